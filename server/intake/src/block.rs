//! "Key: value" lines, as in mail headers, feedback reports, delivery reports and old X-ARF.
use crate::limits;
use std::borrow::Cow;

/// Fields in their order. Names compare without regard to case.
#[derive(Debug, Clone, Default)]
pub(crate) struct Block<'t>(Vec<(Cow<'t, str>, Cow<'t, str>)>);

/// Most fields read of one block.
const FIELDS: usize = 1000;

impl<'t> Block<'t> {
    /// The first value of a field that is not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, value)| !value.is_empty() && key.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_ref())
    }

    /// All values of a field.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_ref())
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key.eq_ignore_ascii_case(name))
    }

    fn into_owned(self) -> Block<'static> {
        Block(self.0.into_iter().map(|(key, value)| (key.into_owned().into(), value.into_owned().into())).collect())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Reads the fields up to the first empty line after them; folded lines are joined; other lines are skipped.
pub(crate) fn read(text: Cow<'_, str>) -> Block<'_> {
    match text {
        Cow::Borrowed(text) => blocks(text).next().unwrap_or_default(),
        Cow::Owned(text) => blocks(&text).next().unwrap_or_default().into_owned(),
    }
}

/// Reads groups of fields that empty lines divide (RFC 3464 section 2.1).
pub(crate) fn blocks(text: &str) -> impl Iterator<Item = Block<'_>> {
    let mut lines = limits::clip(text, limits::TEXT_BYTES).lines();
    std::iter::from_fn(move || {
        let mut block = Block::default();
        for line in lines.by_ref() {
            if line.trim().is_empty() {
                if block.is_empty() {
                    continue;
                }
                return Some(block);
            }
            push_line(&mut block, line);
        }
        (!block.is_empty()).then_some(block)
    })
}

/// Reads all fields of a text, whatever stands between them.
pub(crate) fn flat(text: &str) -> Block<'_> {
    let mut block = Block::default();
    for line in limits::clip(text, limits::TEXT_BYTES).lines() {
        push_line(&mut block, line);
    }
    block
}

fn push_line<'t>(block: &mut Block<'t>, line: &'t str) {
    if line.starts_with([' ', '\t'])
        && let Some((_, value)) = block.0.last_mut()
    {
        if value.len() < limits::TEXT_BYTES / 16 {
            let value = value.to_mut();
            value.push(' ');
            value.push_str(line.trim());
        }
        return;
    }
    let Some((key, value)) = line.split_once(':') else { return };
    let key = key.trim();
    let is_name = !key.is_empty() && key.len() <= 60 && key.bytes().all(|b| b.is_ascii_graphic());
    if is_name && block.0.len() < FIELDS {
        block.0.push((key.into(), value.trim().trim_end_matches('\0').into()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_repeated_and_grouped() {
        let text = "\nA: 1\nb:  two\n  more\nA: 3\nnot a field\n\nC: 4\n";
        let groups: Vec<Block<'_>> = blocks(text).collect();
        assert_eq!(groups.len(), 2);
        assert_eq!(groups[0].get("a"), Some("1"));
        assert_eq!(groups[0].all("a").count(), 2);
        assert_eq!(groups[0].get("B"), Some("two more"));
        assert_eq!(groups[1].get("c"), Some("4"));
        assert_eq!(flat(text).get("c"), Some("4"));
    }
}
