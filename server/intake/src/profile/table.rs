//! Rows of a table, whatever form they come in: read one after another, each with the line where it stands.
use super::{csv_rows, json_rows};
use csv::ByteRecord;
use domain::feed::{FeedProfile, TableForm};
use serde_json::Value;
use std::borrow::Cow;
use std::ops::ControlFlow;

/// Most columns of a table.
pub(super) const COLUMNS: usize = 400;

/// One row.
pub(super) struct Row<'r> {
    /// `line 7` or, in a JSON list, `row 7`.
    pub(super) place: Place,
    /// Its cells.
    pub(super) cells: Cells<'r>,
    /// What is odd about the row as a whole, though it can be read.
    pub(super) odd: Option<String>,
}

/// Where a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Line of the file, from 1.
    Line(u64),
    /// Row of the list, from 1.
    Row(u64),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Line(n) => write!(f, "line {n}"),
            Self::Row(n) => write!(f, "row {n}"),
        }
    }
}

/// The values of a row.
pub(super) enum Cells<'r> {
    /// By position.
    Csv(&'r ByteRecord),
    /// By path; the names are those of the table's columns.
    Json(&'r Value, &'r [String]),
}

impl Row<'_> {
    /// The value of a column, trimmed; `None` for nothing and for what stands for nothing.
    pub(super) fn cell(&self, column: usize) -> Option<Cow<'_, str>> {
        let text = match &self.cells {
            Cells::Csv(record) => String::from_utf8_lossy(record.get(column)?),
            Cells::Json(value, names) => json_rows::text(json_rows::at(value, names.get(column)?)?)?,
        };
        let text = match text {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
            Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
        };
        (!is_nothing(&text)).then_some(text)
    }
}

/// What programs write for "no value".
fn is_nothing(text: &str) -> bool {
    matches!(text, "" | "-" | "\\N")
        || ["null", "none", "n/a", "nil"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// What a visitor gets: a row, or why there is none at a place.
pub(super) type Visit<'v> = dyn FnMut(Result<Row<'_>, (Place, String)>) -> ControlFlow<()> + 'v;

/// A table whose columns are known and whose rows can be visited.
pub(super) struct Table<'b> {
    /// Names of the columns as the file gives them.
    pub(super) columns: Vec<String>,
    inner: Inner<'b>,
}

enum Inner<'b> {
    Csv(csv_rows::Source<'b>),
    Json(json_rows::Source<'b>),
}

impl<'b> Table<'b> {
    /// Opens the table in the form that the profile says; the error says why it is none.
    pub(super) fn open(bytes: &'b [u8], profile: &FeedProfile) -> Result<Self, String> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        if bytes.trim_ascii().is_empty() {
            return Err("the file is empty".into());
        }
        let (columns, inner) = match profile.form {
            TableForm::Csv | TableForm::Tsv => {
                let (columns, source) = csv_rows::open(bytes, profile)?;
                (columns, Inner::Csv(source))
            }
            TableForm::Json | TableForm::Ndjson => {
                let (columns, source) = json_rows::open(bytes, profile)?;
                (columns, Inner::Json(source))
            }
        };
        if columns.len() > COLUMNS {
            return Err(format!("the table has {} columns; at most {COLUMNS} are read", columns.len()));
        }
        Ok(Self { columns, inner })
    }

    /// Shows every row to `visit` until it breaks off.
    pub(super) fn visit(&self, visit: &mut Visit<'_>) {
        match &self.inner {
            Inner::Csv(source) => source.visit(self.columns.len(), visit),
            Inner::Json(source) => source.visit(&self.columns, visit),
        }
    }

    /// The position of a column, without regard to case.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        let exact = self.columns.iter().position(|c| c == name);
        exact.or_else(|| self.columns.iter().position(|c| c.eq_ignore_ascii_case(name)))
    }
}

/// Names as a table must have them: none empty, none twice.
pub(super) fn distinct(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = std::collections::HashMap::<String, usize>::new();
    let mut all = Vec::new();
    for (index, name) in names.enumerate() {
        let name = if name.is_empty() { format!("column {}", index + 1) } else { name };
        let times = seen.entry(name.clone()).or_default();
        *times += 1;
        all.push(if *times > 1 { format!("{name} ({times})") } else { name });
    }
    all
}
