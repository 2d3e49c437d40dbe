//! A CSV file as rows of named fields, and the forms its values may have.
use crate::desk::DeskError;
use chrono::{DateTime, Utc};
use domain::{
    import::{Column, ImportReport, Problem},
    refusal::Refusal,
};
use ipnet::IpNet;
use std::net::IpAddr;

/// The file, read to its header.
pub(super) struct Table<'a> {
    reader: csv::Reader<&'a [u8]>,
    /// Position of each known column in the file.
    places: Vec<Option<usize>>,
    columns: &'static [Column],
    width: usize,
    record: csv::StringRecord,
}

/// One row.
pub(super) struct Line<'t> {
    /// Line in the file, from 1.
    pub(super) number: u64,
    columns: &'static [Column],
    places: &'t [Option<usize>],
    record: &'t csv::StringRecord,
}

/// What is wrong with a field.
pub(super) type Fault = (&'static str, String);

impl<'a> Table<'a> {
    /// Reads the header; a file without a required column is refused as a whole.
    pub(super) fn open(
        bytes: &'a [u8],
        columns: &'static [Column],
        report: &mut ImportReport,
    ) -> Result<Self, DeskError> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .trim(csv::Trim::All)
            .delimiter(delimiter(bytes))
            .from_reader(bytes);
        let broken = |error: csv::Error| Refusal::invalid("file", format!("the header cannot be read: {error}"));
        let header = reader.headers().map_err(broken)?.clone();
        let place = |column: &Column| header.iter().position(|name| name.eq_ignore_ascii_case(column.name));
        let places: Vec<Option<usize>> = columns.iter().map(place).collect();
        let missing = columns.iter().zip(&places).find(|(column, place)| column.required && place.is_none());
        if let Some((column, _)) = missing {
            let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
            let problem = format!("column {} is missing; the columns are {}", column.name, names.join(","));
            return Err(Refusal::invalid("file", problem).into());
        }
        for name in header.iter().filter(|name| !columns.iter().any(|known| known.name.eq_ignore_ascii_case(name))) {
            report.note(Problem { line: 1, column: name.to_owned(), problem: "unknown column, left out".to_owned() });
        }
        Ok(Self { width: header.len(), reader, places, columns, record: csv::StringRecord::new() })
    }

    /// The next row that has all fields; rows that have not are named in the report.
    pub(super) fn next(&mut self, report: &mut ImportReport) -> Option<Line<'_>> {
        loop {
            let read = self.reader.read_record(&mut self.record);
            let number = self.record.position().map_or(0, csv::Position::line);
            match read {
                Ok(false) => return None,
                Ok(true) if self.record.len() == self.width => break,
                Ok(true) => {
                    report.rows += 1;
                    let problem = format!("has {} fields, the header has {}", self.record.len(), self.width);
                    report.refuse(Problem { line: number, column: String::new(), problem });
                }
                Err(error) => {
                    report.rows += 1;
                    let line = error.position().map_or(number, csv::Position::line);
                    let problem = match error.kind() {
                        csv::ErrorKind::Utf8 { .. } => "is not UTF-8 text".to_owned(),
                        _ => error.to_string(),
                    };
                    report.refuse(Problem { line, column: String::new(), problem });
                    if error.is_io_error() {
                        return None;
                    }
                }
            }
        }
        report.rows += 1;
        let number = self.record.position().map_or(0, csv::Position::line);
        Some(Line { number, columns: self.columns, places: &self.places, record: &self.record })
    }
}

/// Spreadsheets of some countries write semicolons.
fn delimiter(bytes: &[u8]) -> u8 {
    let header = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |wanted: u8| header.iter().filter(|byte| **byte == wanted).count();
    if count(b';') > count(b',') { b';' } else { b',' }
}

impl Line<'_> {
    /// The text of a column; empty when the file does not have it.
    pub(super) fn text(&self, name: &str) -> &str {
        let index = self.columns.iter().position(|column| column.name == name);
        let place = index.and_then(|index| self.places.get(index).copied().flatten());
        place.and_then(|place| self.record.get(place)).unwrap_or_default()
    }

    /// A text that must be there.
    pub(super) fn needed(&self, name: &'static str) -> Result<String, Fault> {
        match self.text(name) {
            "" => Err((name, "must not be empty".to_owned())),
            text if text.chars().count() > 500 => Err((name, "has more than 500 characters".to_owned())),
            text => Ok(text.to_owned()),
        }
    }

    /// An instant with its zone, if given.
    pub(super) fn instant(&self, name: &'static str) -> Result<Option<DateTime<Utc>>, Fault> {
        match self.text(name) {
            "" => Ok(None),
            text => instant(text).map(Some).map_err(|problem| (name, problem)),
        }
    }

    /// A whole number in a range, if given.
    pub(super) fn number(
        &self,
        name: &'static str,
        range: std::ops::RangeInclusive<i64>,
    ) -> Result<Option<i64>, Fault> {
        let text = self.text(name);
        if text.is_empty() {
            return Ok(None);
        }
        match text.parse() {
            Ok(number) if range.contains(&number) => Ok(Some(number)),
            _ => Err((name, format!("{text:?} is not a whole number from {} to {}", range.start(), range.end()))),
        }
    }
}

/// An instant with its zone: `2026-03-14T10:00:00Z` or `2026-03-14 10:00:00+01:00`.
pub(super) fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    let joined = text.replacen(' ', "T", 1);
    if let Ok(at) = DateTime::parse_from_rfc3339(&joined) {
        return Ok(domain::clock::truncate(at.with_timezone(&Utc)));
    }
    let zoneless = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"];
    let date_only = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok();
    if date_only || zoneless.iter().any(|form| chrono::NaiveDateTime::parse_from_str(&joined, form).is_ok()) {
        return Err(format!(
            "{text:?} has no time zone: write it like 2026-03-14T10:00:00Z or 2026-03-14T10:00:00+01:00"
        ));
    }
    Err(format!("{text:?} is no date and time such as 2026-03-14T10:00:00Z"))
}

/// An address or prefix whose host bits are zero.
pub(super) fn prefix(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    if let Ok(ip) = text.parse::<IpAddr>() {
        return Ok(IpNet::from(ip.to_canonical()));
    }
    let net: IpNet = text.parse().map_err(|_| format!("{text:?} is no IP address or prefix"))?;
    if net.addr() != net.network() {
        return Err(format!("{text:?} is an address inside a prefix: did you mean {}?", net.trunc()));
    }
    Ok(net)
}

#[cfg(test)]
mod tests {
    use super::{instant, prefix};

    #[test]
    fn dates_need_a_zone() {
        assert!(instant("2026-03-14T10:00:00Z").is_ok());
        assert_eq!(instant("2026-03-14 10:00:00+01:00").unwrap(), instant("2026-03-14T09:00:00Z").unwrap());
        for zoneless in ["2026-03-14", "2026-03-14T10:00:00", "2026-03-14 10:00"] {
            assert!(instant(zoneless).unwrap_err().contains("no time zone"), "{zoneless}");
        }
        assert!(instant("14.3.2026").unwrap_err().contains("no date"));
    }

    #[test]
    fn prefixes_begin_at_their_first_address() {
        assert_eq!(prefix("198.51.100.7").unwrap().to_string(), "198.51.100.7/32");
        assert_eq!(prefix("2001:db8:4f:1200::/56").unwrap().prefix_len(), 56);
        assert!(prefix("198.51.100.7/24").unwrap_err().contains("198.51.100.0/24"));
        assert!(prefix("300.1.2.3").is_err());
        assert!(prefix("198.51.100.0/33").is_err());
    }
}
