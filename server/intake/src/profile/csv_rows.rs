//! Lines of CSV and TSV, one at a time; a quote that was never closed costs one line, not the rest of the file.
use super::table::{COLUMNS, Cells, Place, Row, Visit, distinct};
use crate::limits;
use csv::{ByteRecord, Position, Reader, ReaderBuilder};
use domain::feed::{FeedProfile, TableForm};
use std::io::Cursor;
use std::ops::ControlFlow;

/// A record over more lines than this is an open quote.
const RECORD_LINES: u64 = 50;
/// Longest line that can name the columns.
const HEADER_BYTES: usize = 64 * 1024;

/// Where the rows begin, and how to read them.
pub(super) struct Source<'b> {
    rows: &'b [u8],
    /// Lines before the rows.
    before: u64,
    delimiter: u8,
    quote: Option<u8>,
}

/// Finds the names of the columns and the first row. Lines that begin with `#` are comments; the last one before the
/// rows may name the columns.
pub(super) fn open<'b>(bytes: &'b [u8], profile: &FeedProfile) -> Result<(Vec<String>, Source<'b>), String> {
    let delimiter = if profile.form == TableForm::Tsv { '\t' } else { profile.delimiter };
    let delimiter = u8::try_from(delimiter).map_err(|_| "the delimiter is not one plain sign".to_owned())?;
    let quote =
        profile.quote.map(u8::try_from).transpose().map_err(|_| "the quote is not one plain sign".to_owned())?;
    let (mut offset, mut before, mut comment) = (0, 0, None);
    while let Some(line) = line_at(bytes, offset) {
        match line.trim_ascii() {
            [] => {}
            [b'#', rest @ ..] => comment = Some(rest.trim_ascii()),
            _ => break,
        }
        offset += line.len();
        before += 1;
    }
    let rows = bytes.get(offset..).unwrap_or_default();
    let mut source = Source { rows, before, delimiter, quote };
    let first = source.first(rows).ok_or("there is no row")?;
    let expected = profile.columns.iter().map(|c| c.name.clone());
    if !profile.header {
        let spare = expected.len()..first.len().min(COLUMNS + 1);
        let names = expected.chain(spare.map(|at| format!("column {}", at + 1)));
        return Ok((distinct(names.take(first.len())), source));
    }
    let named =
        comment.and_then(|line| source.first(line)).filter(|names| names.len() > 1 && names.len() == first.len());
    if let Some(names) = named {
        return Ok((distinct(texts(&names)), source));
    }
    let length = line_at(rows, 0).map_or(0, <[u8]>::len);
    if length > HEADER_BYTES {
        return Err("the first line is too long to name columns".into());
    }
    source.rows = rows.get(length..).unwrap_or_default();
    source.before += 1;
    Ok((distinct(texts(&first)), source))
}

fn texts(record: &ByteRecord) -> impl Iterator<Item = String> {
    let text = |cell: &[u8]| limits::clip(String::from_utf8_lossy(cell).trim(), 100).to_owned();
    record.iter().map(text).collect::<Vec<_>>().into_iter()
}

/// The line at `offset` with its end; `None` at the end of the bytes.
fn line_at(bytes: &[u8], offset: usize) -> Option<&[u8]> {
    let rest = bytes.get(offset..).filter(|rest| !rest.is_empty())?;
    let end = rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |at| at + 1);
    rest.get(..end)
}

impl Source<'_> {
    fn reader<'d>(&self, data: &'d [u8]) -> Reader<Cursor<&'d [u8]>> {
        ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.delimiter)
            .quoting(self.quote.is_some())
            .quote(self.quote.unwrap_or(b'"'))
            .buffer_capacity(16 * 1024)
            .from_reader(Cursor::new(data))
    }

    /// The first record; only its first line, so that an open quote cannot take in the file.
    fn first(&self, data: &[u8]) -> Option<ByteRecord> {
        let mut record = ByteRecord::new();
        let line = line_at(data, 0)?;
        let found = self.reader(line).read_byte_record(&mut record).ok()?;
        (found && !record.is_empty()).then_some(record)
    }

    pub(super) fn visit(&self, width: usize, visit: &mut Visit<'_>) {
        let mut reader = self.reader(self.rows);
        let mut record = ByteRecord::new();
        // Bytes that may still be read twice; and lines that a step back made the reader count again.
        let (mut again, mut line_shift) = (self.rows.len().saturating_mul(2), 0_u64);
        while matches!(reader.read_byte_record(&mut record), Ok(true)) {
            let Some(start) = record.position().cloned() else { break };
            let place = Place::Line(self.before + line_shift + start.line() + self.blank_lines(&start));
            if record.get(0).is_some_and(|c| c.first() == Some(&b'#'))
                || record.iter().all(|c| c.trim_ascii().is_empty())
            {
                continue;
            }
            let lines = reader.position().line().saturating_sub(start.line());
            if lines > 1
                && (record.len() != width || lines > RECORD_LINES || self.holds_rows(&start, &reader, width))
                && let Some((position, skipped)) = self.after_first_line(&start, &reader, &mut again)
            {
                line_shift += start.line() + skipped - 1;
                if reader.seek(position).is_err() || visit(Err((place, "a quote is not closed".into()))).is_break() {
                    break;
                }
                continue;
            }
            if self.show(&record, place, width, visit).is_break() {
                break;
            }
        }
    }

    /// Whether lines within a record have as many delimiters as a row: then an open quote took them in.
    fn holds_rows(&self, start: &Position, reader: &Reader<Cursor<&[u8]>>, width: usize) -> bool {
        let offset = |position: &Position| usize::try_from(position.byte()).unwrap_or(usize::MAX);
        let raw = self.rows.get(offset(start)..offset(reader.position())).unwrap_or_default().trim_ascii();
        let delimiters = |line: &[u8]| line.iter().filter(|b| **b == self.delimiter).count();
        width > 1 && raw.split(|b| *b == b'\n').skip(1).any(|line| delimiters(line) + 1 >= width)
    }

    /// Empty lines that the reader passed over before a record.
    fn blank_lines(&self, start: &Position) -> u64 {
        let rest = usize::try_from(start.byte()).ok().and_then(|at| self.rows.get(at..)).unwrap_or_default();
        rest.iter().take_while(|b| matches!(b, b'\n' | b'\r')).filter(|b| **b == b'\n').count() as u64
    }

    fn show(&self, record: &ByteRecord, place: Place, width: usize, visit: &mut Visit<'_>) -> ControlFlow<()> {
        let odd = (record.len() != width).then(|| format!("{} values in a table of {width} columns", record.len()));
        let too_many = record.iter().skip(width).any(|c| !c.trim_ascii().is_empty());
        match odd {
            Some(why) if too_many => visit(Err((place, format!("{why}: they may stand in the wrong columns")))),
            odd => visit(Ok(Row { place, cells: Cells::Csv(record), odd })),
        }
    }

    /// The position behind the first line of a record, and how many lines lie between its start and there.
    fn after_first_line(
        &self,
        start: &Position,
        reader: &Reader<Cursor<&[u8]>>,
        again: &mut usize,
    ) -> Option<(Position, u64)> {
        let offset = usize::try_from(start.byte()).ok()?;
        let rest = self.rows.get(offset..)?;
        let blank = rest.iter().take_while(|b| matches!(b, b'\n' | b'\r')).count();
        let end = rest.get(blank..)?.iter().position(|b| *b == b'\n')?;
        let next = offset + blank + end + 1;
        let skipped = rest.get(..=blank + end)?.iter().filter(|b| **b == b'\n').count();
        let swallowed = usize::try_from(reader.position().byte()).ok()?.saturating_sub(next);
        *again = again.checked_sub(swallowed)?;
        let mut position = Position::new();
        position.set_byte(next as u64);
        Some((position, skipped as u64))
    }
}
