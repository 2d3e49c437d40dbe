//! A CSV by the names in its header: rows as cells by name.
use crate::limits;
use csv::{ByteRecord, ReaderBuilder};

/// The header of a CSV.
pub(crate) struct Header {
    names: Vec<String>,
    delimiter: u8,
}

impl Header {
    /// Reads the first line that is not empty and no comment; names in lower case, words joined by dots.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let line = bytes.split(|b| *b == b'\n').find(|l| !l.trim_ascii().is_empty())?;
        if line.len() > 64 * 1024 {
            return None;
        }
        let delimiter =
            [b',', b';', b'\t', b'|'].into_iter().max_by_key(|d| line.iter().filter(|b| *b == d).count())?;
        let mut record = ByteRecord::new();
        let read = reader(line, delimiter).read_byte_record(&mut record).unwrap_or(false);
        let names: Vec<String> = record.iter().map(name).collect();
        (read && names.len() >= 3).then_some(Self { names, delimiter })
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|n| n == name)
    }

    /// Calls `each` with every row behind the header and its number in the file.
    pub(crate) fn rows(&self, bytes: &[u8], mut each: impl FnMut(usize, &Cells<'_>) -> bool) {
        let mut rows = reader(bytes, self.delimiter);
        let mut record = ByteRecord::new();
        let mut number = 0;
        // Reading from memory cannot fail, and any bytes are a record.
        while matches!(rows.read_byte_record(&mut record), Ok(true)) {
            let blank = record.iter().all(|c| c.trim_ascii().is_empty());
            let comment = record.get(0).is_some_and(|c| c.first() == Some(&b'#'));
            if blank || comment {
                continue;
            }
            number += 1;
            if number > 1 && !each(number, &Cells { names: &self.names, record: &record }) {
                return;
            }
        }
    }
}

fn reader(bytes: &[u8], delimiter: u8) -> csv::Reader<&[u8]> {
    ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(bytes)
}

fn name(cell: &[u8]) -> String {
    let text = String::from_utf8_lossy(cell);
    text.trim().trim_matches(['"', '#', '\u{feff}']).trim().to_ascii_lowercase().replace([' ', '_'], ".")
}

/// One row.
pub(crate) struct Cells<'r> {
    names: &'r [String],
    record: &'r ByteRecord,
}

impl<'r> Cells<'r> {
    /// The first of these columns that is there and not empty.
    pub(crate) fn get(&self, names: &[&str]) -> Option<&'r str> {
        names.iter().find_map(|wanted| {
            let at = self.names.iter().position(|n| n == wanted)?;
            let text = std::str::from_utf8(self.record.get(at)?).ok()?.trim();
            (!text.is_empty() && text != "-").then(|| limits::clip(text, 4000))
        })
    }

    /// Whether the row has as many cells as the header.
    pub(crate) fn is_whole(&self) -> bool {
        self.record.len() == self.names.len()
    }

    /// A number out of 1 to 65535.
    pub(crate) fn port(&self, names: &[&str]) -> Option<u16> {
        self.get(names)?.parse().ok().filter(|p| *p > 0)
    }
}
