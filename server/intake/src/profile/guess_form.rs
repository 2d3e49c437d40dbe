//! How the rows stand in an unknown file: JSON or lines, which delimiter, whether the first line names the columns.
use crate::address;
use domain::feed::{FeedProfile, TableForm};
use serde_json::Value;

/// Bytes that the guess looks at when the file is lines.
pub(super) const HEAD_BYTES: usize = 256 * 1024;

/// An empty profile of the form that the bytes seem to have.
pub(super) fn form_of(bytes: &[u8]) -> FeedProfile {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = bytes.trim_ascii_start();
    let json = match start.first() {
        Some(b'{' | b'[') => json_form(start),
        _ => None,
    };
    json.unwrap_or_else(|| line_form(start))
}

fn empty(form: TableForm) -> FeedProfile {
    let delimiter = if form == TableForm::Tsv { '\t' } else { ',' };
    FeedProfile { form, delimiter, ..FeedProfile::default() }
}

fn json_form(bytes: &[u8]) -> Option<FeedProfile> {
    if let Ok(document) = serde_json::from_slice::<Value>(bytes) {
        let lines = document.is_object() && !bytes.trim_ascii().contains(&b'\n') && largest_list(&document).is_none();
        let form = if lines { TableForm::Ndjson } else { TableForm::Json };
        return Some(FeedProfile { rows: largest_list(&document).unwrap_or_default(), ..empty(form) });
    }
    let objects = |line: &&[u8]| serde_json::from_slice::<Value>(line).is_ok_and(|value| value.is_object());
    let mut lines = bytes.split(|b| *b == b'\n').filter(|line| !line.trim_ascii().is_empty()).take(20);
    lines.any(|line| objects(&line)).then(|| empty(TableForm::Ndjson))
}

/// The path of the longest list of objects; `None` when there is none.
fn largest_list(document: &Value) -> Option<String> {
    let mut best: Option<(usize, String)> = None;
    search(document, String::new(), 0, &mut best);
    best.map(|(_, path)| path)
}

fn search(value: &Value, path: String, depth: usize, best: &mut Option<(usize, String)>) {
    match value {
        Value::Array(items)
            if items.iter().any(Value::is_object) && best.as_ref().is_none_or(|(length, _)| items.len() > *length) =>
        {
            *best = Some((items.len(), path));
        }
        Value::Object(object) if depth < 4 => {
            for (name, inner) in object.iter().filter(|(name, _)| !name.contains('.')) {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                search(inner, path, depth + 1, best);
            }
        }
        _ => {}
    }
}

fn line_form(bytes: &[u8]) -> FeedProfile {
    let head = bytes.get(..bytes.len().min(HEAD_BYTES)).unwrap_or_default();
    let text = String::from_utf8_lossy(head);
    let lines: Vec<&str> =
        text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).take(30).collect();
    let delimiter = [',', ';', '\t', '|'].into_iter().max_by_key(|sign| evenness(&lines, *sign)).unwrap_or(',');
    let form = if delimiter == '\t' { TableForm::Tsv } else { TableForm::Csv };
    let first: Vec<&str> = lines.first().map(|line| line.split(delimiter).collect()).unwrap_or_default();
    let header = !first.iter().any(|cell| is_data(cell.trim_matches(['"', ' '])));
    // A comment that names the columns: `# first_seen,ip,malware`.
    let before_rows = text.lines().take_while(|line| line.starts_with('#') || line.trim().is_empty());
    let comment = before_rows.filter(|line| line.starts_with('#')).last();
    let named = comment.is_some_and(|line| first.len() > 1 && line.matches(delimiter).count() + 1 == first.len());
    FeedProfile { delimiter, header: header || named, ..empty(form) }
}

/// How well a sign divides lines: many lines with the same number of it.
fn evenness(lines: &[&str], sign: char) -> usize {
    let mut counts: Vec<usize> = lines.iter().map(|line| outside_quotes(line, sign)).collect();
    counts.sort_unstable();
    let middle = counts.get(counts.len() / 2).copied().unwrap_or(0);
    if middle == 0 {
        return 0;
    }
    counts.iter().filter(|count| **count == middle).count() * 100 + middle.min(99)
}

fn outside_quotes(line: &str, sign: char) -> usize {
    let mut quoted = false;
    let mut count = 0;
    for letter in line.chars() {
        quoted ^= letter == '"';
        count += usize::from(letter == sign && !quoted);
    }
    count
}

/// Whether a cell is a value and no name of a column.
fn is_data(cell: &str) -> bool {
    let digits = !cell.is_empty() && cell.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    digits
        || cell.contains("://")
        || address::parse_ip(cell).is_some()
        || address::is_range(cell)
        || crate::time::parse(cell).is_some()
}
