//! Whether a table still has the columns that its profile was made for.
use super::table::Table;
use domain::feed::{FeedProfile, Meaning};

/// How a table differs from what the profile expects.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed {
    /// Columns without which the table cannot be read as it was meant, and what each was for.
    pub missing: Vec<(String, Meaning)>,
    /// Columns that are gone and were of little or no use.
    pub gone: Vec<String>,
    /// Columns that are new.
    pub extra: Vec<String>,
    /// A missing column and the new one that may be it.
    pub renamed: Vec<(String, String)>,
}

impl Changed {
    /// Whether the table can be read.
    #[must_use]
    pub fn readable(&self) -> bool {
        self.missing.is_empty()
    }

    /// What has changed, in words; `None` if nothing has.
    #[must_use]
    pub fn words(&self) -> Option<String> {
        let quoted = |names: &[String]| names.iter().take(10).map(|n| format!("{n:?}")).collect::<Vec<_>>().join(", ");
        let mut parts = Vec::new();
        for (name, meaning) in self.missing.iter().take(10) {
            let now = self.renamed.iter().find(|(old, _)| old == name);
            let now = now.map(|(_, new)| format!("; perhaps it is {new:?} now")).unwrap_or_default();
            parts.push(format!("column {name:?} ({}) is missing{now}", meaning.title()));
        }
        if !self.gone.is_empty() {
            parts.push(format!("gone: {}", quoted(&self.gone)));
        }
        if !self.extra.is_empty() {
            parts.push(format!("new: {}", quoted(&self.extra)));
        }
        (!parts.is_empty()).then(|| parts.join("; "))
    }
}

/// Compares the table with the profile.
pub(super) fn compare(table: &Table<'_>, profile: &FeedProfile) -> Changed {
    let mut changed = Changed::default();
    let expected: Vec<_> = profile.columns.iter().map(|c| (c, table.position(&c.name))).collect();
    let taken: Vec<usize> = expected.iter().filter_map(|(_, at)| *at).collect();
    let extra = table.columns.iter().enumerate().filter(|(at, _)| !taken.contains(at));
    changed.extra = extra.map(|(_, name)| name.clone()).collect();
    for (column, _) in expected.iter().filter(|(_, at)| at.is_none()) {
        // Objects leave out what is empty: only what every event needs is missed there.
        let needed = column.is.essential() && (!profile.form.is_json() || column.is != Meaning::Port);
        if !needed {
            changed.gone.push(column.name.clone());
            continue;
        }
        changed.missing.push((column.name.clone(), column.is));
        if let Some(new) = changed.extra.iter().find(|new| alike(&column.name, new)) {
            changed.renamed.push((column.name.clone(), new.clone()));
        }
    }
    changed
}

/// Whether two names could be one column's: the same letters, or one within the other.
fn alike(old: &str, new: &str) -> bool {
    let letters =
        |name: &str| -> String { name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect() };
    let (old, new) = (letters(old), letters(new));
    !old.is_empty()
        && !new.is_empty()
        && (old == new || (new.len() > 1 && old.contains(&new)) || (old.len() > 1 && new.contains(&old)))
}
