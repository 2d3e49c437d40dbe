//! Shadowserver CSV: columns by header name, times UTC without zone, one event a row, bad rows named.
use crate::shadowserver_types::{self as types, Kind, Side};
use crate::time::{self, Span, Unzoned};
use crate::{Context, Parsed, address, events, limits};
use chrono::{DateTime, Utc};
use csv::{ByteRecord, Position, Reader, ReaderBuilder};
use domain::class::{Category, Class};
use domain::event::{Format, Observation, Role, Source, SourceKind, TimeGrade};
use serde_json::Map;
use std::io::Cursor;
use std::net::Ipv4Addr;

/// Columns that help the staff. Left out: user names and passwords (strangers'), addresses of sensors.
const DETAILS: [&str; 16] = [
    "severity",
    "infection",
    "tag",
    "protocol",
    "dst_port",
    "service",
    "http_host",
    "url",
    "hostname",
    "src_hostname",
    "reason",
    "source",
    "detail",
    "device_model",
    "type",
    "application",
];
/// Most details of one row.
const MOST_DETAILS: usize = 8;

/// Reads a file that has Shadowserver's columns; `None` for any other.
pub(crate) fn read(bytes: &[u8], name: Option<&str>, context: Context) -> Option<Parsed> {
    let header = bytes.split(|b| *b == b'\n').next()?;
    if header.len() > 64 * 1024 || !contains(header, b"timestamp") {
        return None;
    }
    let delimiter = [b',', b';', b'\t', b'|'].into_iter().max_by_key(|d| header.iter().filter(|b| *b == d).count())?;
    let mut rows = Rows::new(bytes, delimiter);
    let mut record = ByteRecord::new();
    rows.next(&mut record)?;
    let names: Vec<String> =
        record.iter().map(|n| String::from_utf8_lossy(n).trim().trim_matches('"').to_ascii_lowercase()).collect();
    let (dated, named) = name.and_then(types::of_file).map_or((None, None), |(date, kind)| (date, Some(kind)));
    let has = |name: &str| names.iter().any(|n| n == name);
    let known = named.and_then(types::by_name);
    let located = ["", "src_", "http_referer_"].iter().any(|of| has(&format!("{of}asn")) && has(&format!("{of}geo")));
    if !has("timestamp") || !(located || known.is_some()) {
        return None;
    }
    let kind = known.unwrap_or_else(|| types::by_columns(has));
    let report = named.filter(|_| known.is_some());
    let table = Table::new(&names, delimiter, kind, report, context.received_at);
    let read =
        move |bytes: &[u8], parsed: &mut Parsed, each: &mut dyn FnMut(Observation)| table.read(bytes, parsed, each);
    let mut parsed = events::of_table(Format::Shadowserver, bytes, context, read).from(Some("shadowserver".to_owned()));
    parsed.reference = match (dated, report) {
        (Some(date), Some(report)) => Some(format!("{date}-{report}")),
        (_, report) => report.map(str::to_owned),
    };
    Some(parsed)
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|w| w.eq_ignore_ascii_case(needle))
}

/// Records, with a way back after a quote that was never closed.
struct Rows<'b> {
    data: &'b [u8],
    reader: Reader<Cursor<&'b [u8]>>,
    /// Bytes that may still be read twice.
    again: usize,
}

impl<'b> Rows<'b> {
    fn new(data: &'b [u8], delimiter: u8) -> Self {
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .buffer_capacity(16 * 1024)
            .from_reader(Cursor::new(data));
        Self { data, reader, again: data.len().saturating_mul(2) }
    }

    /// The next record, or `None` at the end.
    fn next(&mut self, record: &mut ByteRecord) -> Option<()> {
        // Reading from memory cannot fail, and any bytes are a record.
        matches!(self.reader.read_byte_record(record), Ok(true)).then_some(())
    }

    /// Whether a quote in the record was never closed, so that it swallowed the rows behind it: it runs over
    /// several lines, and has too many or too few columns or a line that starts like a row.
    fn swallowed(&self, record: &ByteRecord, odd: bool) -> bool {
        let Some(start) = record.position() else { return false };
        if self.reader.position().line() <= start.line() + 1 {
            return false;
        }
        let range = usize::try_from(start.byte()).ok().zip(usize::try_from(self.reader.position().byte()).ok());
        let raw = range.and_then(|(from, to)| self.data.get(from..to)).unwrap_or_default().trim_ascii();
        odd || raw.split(|b| *b == b'\n').skip(1).any(starts_like_a_row)
    }

    /// Goes on with the line after the first line of a record that swallowed the lines behind it.
    fn resume_after_first_line(&mut self, record: &ByteRecord) -> bool {
        let offset = |p: &Position| usize::try_from(p.byte()).ok();
        let Some(start) = record.position().and_then(offset) else { return false };
        let rest = self.data.get(start..).unwrap_or_default();
        let text = rest.iter().take_while(|b| matches!(b, b'\n' | b'\r')).count();
        let Some(line) = rest.get(text..).and_then(|r| r.iter().position(|b| *b == b'\n')) else { return false };
        let next = start + text + line + 1;
        let swallowed = offset(self.reader.position()).unwrap_or(next).saturating_sub(next);
        let Some(left) = self.again.checked_sub(swallowed) else { return false };
        self.again = left;
        let mut position = Position::new();
        position.set_byte(next as u64);
        self.reader.seek(position).is_ok()
    }
}

/// Where in a row everything stands.
struct Table {
    delimiter: u8,
    kind: Kind,
    report: Option<String>,
    received_at: DateTime<Utc>,
    width: usize,
    timestamp: Option<usize>,
    start: Option<usize>,
    end: Option<usize>,
    source: Option<(SourceKind, usize)>,
    port: Option<usize>,
    infection: Option<usize>,
    tag: Option<usize>,
    status: Option<usize>,
    count: Option<usize>,
    event_id: Option<usize>,
    details: Vec<(&'static str, usize)>,
}

impl Table {
    fn new(names: &[String], delimiter: u8, kind: Kind, report: Option<&str>, received_at: DateTime<Utc>) -> Self {
        let column = |wanted: &[&str]| wanted.iter().find_map(|w| names.iter().position(|n| n == w));
        let (addresses, ports): (&[&str], &[&str]) = match kind.side {
            Side::Own => (&["ip", "src_ip"], &["port"]),
            Side::Src => (&["src_ip", "ip"], &["src_port", "port"]),
            Side::Dst => (&["dst_ip"], &["dst_port"]),
            Side::Referer => (&["http_referer_ip"], &["http_referer_port"]),
        };
        let source = column(addresses)
            .map(|at| (SourceKind::Ip, at))
            .or_else(|| column(&["url"]).map(|at| (SourceKind::Url, at)))
            .or_else(|| column(&["domain", "hostname", "host", "website", "request"]).map(|at| (SourceKind::Host, at)))
            .or_else(|| column(&["email", "account"]).map(|at| (SourceKind::Account, at)));
        let details = DETAILS.iter().filter_map(|name| column(&[name]).map(|at| (*name, at)));
        Self {
            delimiter,
            kind,
            report: report.map(str::to_owned),
            received_at,
            width: names.len(),
            timestamp: column(&["timestamp"]),
            start: column(&["start_time"]),
            end: column(&["end_time"]),
            source,
            port: column(ports),
            infection: column(&["infection"]),
            tag: column(&["tag"]),
            status: column(&["status"]),
            count: column(&["count"]),
            event_id: column(&["event_id"]),
            details: details.take(MOST_DETAILS).collect(),
        }
    }

    /// Hands over the events of the rows below the header.
    fn read(&self, bytes: &[u8], parsed: &mut Parsed, each: &mut dyn FnMut(Observation)) {
        let (mut rows, mut record) = (Rows::new(bytes, self.delimiter), ByteRecord::new());
        let (mut number, mut events) = (1_usize, 0_usize);
        rows.next(&mut record);
        while rows.next(&mut record).is_some() {
            number += 1;
            if events >= limits::EVENTS {
                parsed
                    .fault(format!("row {number} and all after it were not read: more than {} events", limits::EVENTS));
                break;
            }
            if is_blank(&record) {
                number -= 1;
                continue;
            }
            let odd = record.len() != self.width;
            if rows.swallowed(&record, odd) && rows.resume_after_first_line(&record) {
                parsed.bad_row(format!("row {number}: a quote is not closed"));
                continue;
            }
            match self.event(&record) {
                Ok(mut event) => {
                    if odd {
                        event.faults.push(format!("row {number} has {} of {} columns", record.len(), self.width));
                    }
                    events += 1;
                    each(event);
                }
                Err(fault) => parsed.bad_row(format!("row {number}: {fault}")),
            }
        }
    }

    fn event(&self, record: &ByteRecord) -> Result<Observation, String> {
        let cell =
            |at: Option<usize>| at.and_then(|at| record.get(at)).map(<[u8]>::trim_ascii).filter(|c| !c.is_empty());
        let port = cell(self.port).and_then(digits).and_then(|n| u16::try_from(n).ok()).filter(|p| *p > 0);
        let source = self.source(record, port)?;
        let span = self.span(cell(self.timestamp), cell(self.start), cell(self.end));
        let mut faults = span.faults;
        if !self.kind.certain {
            faults.push("report type not known: class and role guessed from the columns".into());
        }
        let (mut class, mut role) = (self.kind.class, self.kind.role);
        if self.kind.infection_decides && cell(self.infection).is_some() {
            (class, role) = (Class::InfectedHost, Role::Infected);
        } else if let Some(said) = cell(self.infection).filter(|_| !self.kind.certain).and_then(types::by_infection) {
            (class, role) = said;
        } else if let Some(said) = cell(self.status).filter(|_| class == Class::Unclassified).and_then(types::by_status)
        {
            (class, role) = said;
        } else if class.category() == Category::Vulnerability && cell(self.tag).is_some_and(types::says_compromised) {
            (class, role) = (Class::CompromisedServer, Role::Infected);
        }
        let mut details = Map::new();
        if let Some(report) = &self.report {
            details.insert("report".to_owned(), report.as_str().into());
        }
        for (name, at) in &self.details {
            if let Some(value) = cell(Some(*at)).filter(|v| *v != b"-") {
                let text = String::from_utf8_lossy(value);
                details.insert((*name).to_owned(), limits::clip(&text, limits::DETAIL_BYTES).into());
            }
        }
        Ok(Observation {
            source,
            from: Some(span.from),
            to: Some(span.to),
            time_grade: span.grade,
            class,
            role,
            count: cell(self.count).and_then(digits).map_or(1, |n| n.max(1)),
            reference: cell(self.event_id).map(|id| limits::clip(&String::from_utf8_lossy(id), 100).to_owned()),
            details,
            faults,
        })
    }

    fn source(&self, record: &ByteRecord, port: Option<u16>) -> Result<Source, String> {
        let Some((kind, at)) = self.source else { return Err("the file has no column that names a source".into()) };
        let cell = record.get(at).map(<[u8]>::trim_ascii).unwrap_or_default();
        let text = std::str::from_utf8(cell).map_err(|_| "the source is not readable text".to_owned())?;
        if text.is_empty() {
            return Err("the source is empty".into());
        }
        if kind != SourceKind::Ip {
            // A column of web sites holds names and URLs alike.
            let site = if kind == SourceKind::Host { address::source_of(text, port) } else { None };
            return Ok(site.unwrap_or_else(|| Source::new(kind, limits::clip(text, limits::SOURCE_BYTES), port)));
        }
        // Text that the strict parser takes is already canonical.
        if text.parse::<Ipv4Addr>().is_ok() {
            return Ok(Source::new(SourceKind::Ip, text, port));
        }
        if address::is_range(text) {
            return Err(format!("{:?} is a range, not an address", limits::clip(text, 60)));
        }
        address::parse_ip(text)
            .map(|ip| Source::from_ip(ip, port))
            .ok_or_else(|| format!("{:?} is no address", limits::clip(text, 60)))
    }

    fn span(&self, timestamp: Option<&[u8]>, start: Option<&[u8]>, end: Option<&[u8]>) -> Span {
        let received_at = self.received_at;
        if start.is_none()
            && end.is_none()
            && let Some(at) = timestamp.and_then(time::plain)
        {
            let faults = time::doubt(at, received_at).into_iter().collect();
            return Span { from: at, to: at, grade: TimeGrade::StatedUtc, faults };
        }
        let text = |cell: Option<&[u8]>| cell.map(|c| String::from_utf8_lossy(c).into_owned());
        let (timestamp, start, end) = (text(timestamp), text(start), text(end));
        let first = start.as_deref().or(timestamp.as_deref());
        time::span(first, end.as_deref().or(timestamp.as_deref()), Unzoned::IsUtc, received_at)
    }
}

/// All reports begin with the timestamp.
fn starts_like_a_row(line: &[u8]) -> bool {
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    let date = |(at, byte): (usize, &u8)| if matches!(at, 4 | 7) { *byte == b'-' } else { byte.is_ascii_digit() };
    line.get(..10).is_some_and(|head| head.iter().enumerate().all(date))
}

fn is_blank(record: &ByteRecord) -> bool {
    record.get(0).is_some_and(|c| c.first() == Some(&b'#')) || record.iter().all(|c| c.trim_ascii().is_empty())
}

fn digits(cell: &[u8]) -> Option<i64> {
    if cell.is_empty() || cell.len() > 15 {
        return None;
    }
    cell.iter().try_fold(0_i64, |n, b| b.is_ascii_digit().then(|| n * 10 + i64::from(b - b'0')))
}
