//! Texts and lists that a mail carries packed: files in ZIP and gzip archives, workbooks.
use crate::mail::Part;
use crate::{archive, limits, spreadsheet};

/// Packed attachments of one mail that are looked into.
const ARCHIVES: usize = 5;
/// All texts of one mail, unpacked.
const BYTES: usize = 16 * limits::TEXT_BYTES;

/// One text out of an archive.
pub(crate) struct Attached {
    /// Whether its name says that it is a list.
    pub(crate) list: bool,
    pub(crate) text: String,
}

/// The texts and lists in the packed attachments of a mail, as far as they stay within the limits.
pub(crate) fn texts(parts: &[Part<'_>]) -> Vec<Attached> {
    let packed = parts.iter().filter(|p| archive::is_zip(p.bytes) || archive::is_gzip(p.bytes)).take(ARCHIVES);
    let mut found: Vec<Attached> = Vec::new();
    let mut left = BYTES;
    for part in packed {
        let files = if spreadsheet::is_workbook(part.bytes) {
            spreadsheet::csv(part.bytes).map(|text| ("list.csv".to_owned(), text.into_bytes())).into_iter().collect()
        } else if archive::is_zip(part.bytes) {
            if archive::is_document(part.bytes) { Vec::new() } else { archive::heads(part.bytes, left) }
        } else {
            let name = part.name.unwrap_or_default();
            let name = name.strip_suffix(".gz").unwrap_or(name).to_owned();
            archive::gzip_head(part.bytes, left).map(|content| (name, content)).into_iter().collect()
        };
        for (name, content) in files {
            let name = name.to_ascii_lowercase();
            let list = [".csv", ".tsv"].iter().any(|end| name.ends_with(end));
            let plain = [".txt", ".log", ".dat"].iter().any(|end| name.ends_with(end)) || !name.contains('.');
            let Ok(text) = String::from_utf8(content) else { continue };
            if (list || plain) && text.len() <= left && !text.contains('\0') {
                left -= text.len();
                found.push(Attached { list, text });
            }
        }
    }
    found
}
