//! CSV files: the feeds we know by their columns, and all others for a person to map.
use crate::{Context, Hint, Parsed, feed, limits, shadowserver};
use domain::event::Format;

/// Reads CSV of any kind; `None` if the bytes are not CSV.
pub(crate) fn read(bytes: &[u8], hint: Hint<'_>, context: Context) -> Option<Parsed> {
    if let Some(parsed) = read_known(bytes, hint.file_name, context) {
        return Some(parsed);
    }
    let named = hint.file_name.is_some_and(|n| n.to_ascii_lowercase().ends_with(".csv"))
        || hint.content_type.is_some_and(|t| t.to_ascii_lowercase().starts_with("text/csv"));
    named.then(|| Parsed::parked(Format::Csv, "CSV with columns that no reader knows: it needs a mapping"))
}

/// Reads CSV of a feed that we know.
pub(crate) fn read_known(bytes: &[u8], name: Option<&str>, context: Context) -> Option<Parsed> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let bytes = bytes.trim_ascii_start();
    shadowserver::read(bytes, name, context)
        .or_else(|| feed::read_csv(bytes, name, context))
        .or_else(|| feed::snds::read(&String::from_utf8_lossy(limits::head(bytes, limits::TEXT_BYTES * 16)), context))
}

/// A table in the middle of a text: from a line that is the header of a known form to the next empty line.
/// `title` (a subject) tells what the rows are about where their columns do not.
pub(crate) fn read_inline(text: &str, title: &str, context: Context) -> Option<Parsed> {
    let mut start = 0;
    for line in limits::clip(text, limits::TEXT_BYTES).split_inclusive('\n') {
        let at = start;
        start += line.len();
        let low = line.to_ascii_lowercase();
        if line.matches(',').count() < 2 || !low.contains("ip") || !(low.contains("time") || low.contains("date")) {
            continue;
        }
        let rest = text.get(at..)?.replace("\r\n", "\n");
        let table = rest.split("\n\n").next().unwrap_or_default();
        // Signatures stand right below some tables.
        let rows: Vec<&str> = table.lines().take_while(|l| l.contains(',')).collect();
        if rows.len() > 1
            && let Some(parsed) =
                feed::read_csv(rows.join("\n").as_bytes(), Some(title), context).filter(Parsed::has_events)
        {
            return Some(parsed);
        }
    }
    None
}
