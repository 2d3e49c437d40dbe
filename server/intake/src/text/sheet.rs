//! A list attached to a complaint as CSV: the columns say what each cell is, the mail says what it is all about.
use super::Findings;
use super::class;
use super::complaint;
use super::document::Document;
use super::label::{self, Part};
use super::reference;
use crate::mail::{Mail, Part as MailPart};
use crate::sighting::{self, With};
use crate::time::{self, Stamp, Unzoned, Zone};
use crate::{Context, Parsed, address, limits};
use csv::ReaderBuilder;
use domain::class::{Category, Class};
use domain::event::{Format, Observation, Source};
use std::borrow::Cow;
use std::collections::HashMap;

/// Lines before the header: signatures and titles.
const HEAD_LINES: usize = 14;
/// Most rows that are read.
const ROWS: usize = 100_000;
/// Most events of one list.
const MOST: usize = 5000;

/// What the columns of a list hold.
#[derive(Debug, Default, PartialEq, Eq)]
struct Columns {
    source: Option<usize>,
    page: Option<usize>,
    first: Option<usize>,
    last: Option<usize>,
    port: Option<usize>,
    zone: Option<Zone>,
    /// Whether a column names the other side.
    target: bool,
}

/// Reads the lists of a mail whose text says what they are about.
pub(crate) fn read(mail: &Mail<'_>, context: Context) -> Option<Parsed> {
    let plain = mail.parts.iter().filter(|p| is_list(p)).map(MailPart::text);
    let packed = mail.packed().iter().filter(|a| a.list).map(|a| Cow::Borrowed(a.text.as_str()));
    let lists: Vec<Cow<'_, str>> = plain.chain(packed).collect();
    if lists.is_empty() {
        return None;
    }
    let findings = Findings::new(Document::of_mail(mail), context);
    let class = class::clear(&findings.classes, true).filter(|c| *c != Class::Unclassified);
    // A plain abuse report's list names sources of whatever kind.
    let plain = || {
        let named = complaint::is_named(&findings.document.subject) || findings.words.contains("abuse report");
        named && complaint::judge(&findings.document, &findings.words) == complaint::Verdict::Plain
    };
    let class = class.or_else(|| plain().then_some(Class::Unclassified))?;
    let mut parsed = Parsed::events(Format::Csv, Vec::new());
    for text in lists {
        if let Some(events) = list(&text, class, &findings, context) {
            parsed.merge(Parsed::events(Format::Csv, events));
        }
    }
    parsed.reference = reference::reference(&findings);
    (!parsed.events.is_empty()).then_some(parsed)
}

fn is_list(part: &MailPart<'_>) -> bool {
    part.is("text", "csv") || part.is("application", "csv") || part.name_ends(&[".csv", ".tsv"])
}

fn list(text: &str, class: Class, findings: &Findings, context: Context) -> Option<Vec<Observation>> {
    let text = limits::clip(text.trim_start_matches('\u{feff}'), limits::TEXT_BYTES * 16);
    let (at, sign, columns) = header(text).or_else(|| headless(text))?;
    let body = text.get(at..)?;
    let named = header(text).is_some();
    // Connections to somebody, of which no word says what they were for.
    let class = if class == Class::Unclassified && columns.target { Class::Reconnaissance } else { class };
    let mut rows = ReaderBuilder::new().has_headers(named).flexible(true).delimiter(sign).from_reader(body.as_bytes());
    let mut seen: Vec<Sight> = Vec::new();
    let mut known: HashMap<(String, Option<u16>), usize> = HashMap::new();
    let zone = columns.zone.or(findings.times.zone());
    for record in rows.records().take(ROWS).flatten() {
        let cell = |at: Option<usize>| at.and_then(|at| record.get(at)).map(str::trim).filter(|c| !c.is_empty());
        let port = cell(columns.port).and_then(|p| p.parse().ok()).filter(|p: &u16| *p > 0);
        let ip = cell(columns.source).and_then(address::parse_ip).filter(|ip| !ip.is_unspecified());
        let page = cell(columns.page).filter(|p| p.contains('.')).and_then(|p| address::source_of(p, None));
        let Some(source) = chosen(class, ip, page, port) else { continue };
        let stamp = |at| {
            let text: &str = cell(at)?;
            if let Some(at) = serial(text) {
                return Some(zone.map_or(at, |z| at.in_zone(z)));
            }
            let found = time::parse_near(text, Some(context.received_at));
            let found = found.or_else(|| time::all(text, context.received_at).first().map(|f| f.stamp));
            found.map(|s| zone.map_or(s, |z| s.in_zone(z)))
        };
        let (first, last) = (stamp(columns.first), stamp(columns.last));
        let next = seen.len();
        match known.entry((source.value.clone(), source.port)) {
            std::collections::hash_map::Entry::Occupied(e) => {
                if let Some(sight) = seen.get_mut(*e.get()) {
                    sight.again(first, last);
                }
            }
            std::collections::hash_map::Entry::Vacant(e) if next < MOST => {
                e.insert(next);
                seen.push(Sight {
                    source,
                    ip: ip.map(|i| i.to_string()),
                    first: first.or(last),
                    last: last.or(first),
                    count: 1,
                });
            }
            std::collections::hash_map::Entry::Vacant(_) => {}
        }
    }
    (!seen.is_empty()).then(|| seen.into_iter().map(|s| s.event(class, findings, context)).collect())
}

/// Days since 1899-12-30, as workbooks keep times.
fn serial(text: &str) -> Option<Stamp> {
    let days: f64 = text.parse().ok()?;
    // 2000 to 2099; whole numbers that large are ports and counts.
    let seconds = (36_526.0..73_050.0).contains(&days).then(|| ((days - 25_569.0) * 86_400.0).round())?;
    let at = chrono::DateTime::from_timestamp(seconds as i64, 0).filter(|_| days.fract() > 0.0)?;
    time::parse_near(&at.format("%Y-%m-%d %H:%M:%S").to_string(), None)
}

/// A page where the matter is a page, else the address.
fn chosen(class: Class, ip: Option<std::net::IpAddr>, page: Option<Source>, port: Option<u16>) -> Option<Source> {
    let about_pages = matches!(class.category(), Category::Content) || matches!(class, Class::Copyright);
    match (ip, page) {
        (_, Some(page)) if about_pages => Some(page),
        (Some(ip), _) => Some(Source::from_ip(ip, port)),
        (None, page) => page,
    }
}

/// One address or page in the rows.
struct Sight {
    source: Source,
    ip: Option<String>,
    first: Option<Stamp>,
    last: Option<Stamp>,
    count: i64,
}

impl Sight {
    fn again(&mut self, first: Option<Stamp>, last: Option<Stamp>) {
        self.count += 1;
        for stamp in first.into_iter().chain(last) {
            self.first = Some(self.first.map_or(stamp, |known| if stamp.at < known.at { stamp } else { known }));
            self.last = Some(self.last.map_or(stamp, |known| if stamp.at > known.at { stamp } else { known }));
        }
    }

    fn event(self, class: Class, findings: &Findings, context: Context) -> Observation {
        let span = match (self.first, self.last) {
            (Some(first), Some(last)) => time::between(first, last, Unzoned::IsGuess, context.received_at),
            _ => findings.times.assumed("the list gives no time"),
        };
        let is_ip = self.source.ip().is_some();
        let event = sighting::event(self.source, class, span).count(self.count);
        let event = event.fault("read from an attached list: class by the words of the mail");
        if is_ip { event } else { event.detail("ip", self.ip.as_deref()) }
    }
}

/// Where the header begins, what parts its cells, and what they mean.
fn header(text: &str) -> Option<(usize, u8, Columns)> {
    let mut at = 0;
    for line in text.split_inclusive('\n').take(HEAD_LINES) {
        let bare = line.trim();
        for sign in [b',', b';', b'\t', b'|'] {
            if bare.bytes().any(|b| b == sign)
                && let Some(columns) = columns(bare, sign)
            {
                return Some((at, sign, columns));
            }
        }
        at += line.len();
    }
    None
}

/// A list without names: a column whose cells are all addresses, or all links.
fn headless(text: &str) -> Option<(usize, u8, Columns)> {
    const WIDE: usize = 12;
    let rows: Vec<&str> = text.lines().map(str::trim).filter(|l| !l.is_empty()).take(20).collect();
    [b'\t', b',', b';', b'|'].into_iter().find_map(|sign| {
        let all = |at: usize, is: fn(&str) -> bool| {
            let cell = |row: &str| row.split(char::from(sign)).nth(at).is_some_and(|c| is(c.trim().trim_matches('"')));
            !rows.is_empty() && rows.iter().all(|row| cell(row))
        };
        let source = (0..WIDE).find(|at| all(*at, |c| address::parse_ip(c).is_some()));
        let page =
            (0..WIDE).find(|at| all(*at, |c| c.starts_with("http") && c.contains("://") || c.starts_with("hxxp")));
        (source.is_some() || page.is_some()).then(|| (0, sign, Columns { source, page, ..Columns::default() }))
    })
}

fn columns(line: &str, sign: u8) -> Option<Columns> {
    let mut reader = ReaderBuilder::new().has_headers(false).delimiter(sign).from_reader(line.as_bytes());
    let record = reader.records().next()?.ok()?;
    let names: Vec<String> =
        record.iter().map(|n| n.trim().trim_matches(['"', '#', '\u{feff}']).trim().to_lowercase()).collect();
    let compact = |n: &str| n.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let find = |test: &dyn Fn(&str) -> bool| names.iter().position(|n| test(n));
    let part = |wanted: Part| find(&|n: &str| label::column(n) == Some(wanted));
    let victim = || {
        let controlled = names.iter().any(|n| n.starts_with("c2") || n.contains("c&c") || n.contains("malware"));
        find(&|n: &str| compact(n) == "victimip").filter(|_| controlled)
    };
    let source = victim().or_else(|| part(Part::Labelled)).or_else(|| part(Part::Field));
    let page =
        find(&|n: &str| ["url", "uri", "link", "phishurl", "malwareurl", "domain"].contains(&compact(n).as_str()));
    let times: Vec<usize> = names
        .iter()
        .enumerate()
        .filter(|(_, n)| {
            ["time", "date", "seen", "zeit", "datum", "detected", "observed"].iter().any(|t| n.contains(t))
        })
        .filter(|(_, n)| !["detail", "duration", "verif", "update"].iter().any(|t| n.contains(t)))
        .map(|(at, _)| at)
        .collect();
    let zone = times.iter().find_map(|at| names.get(*at).and_then(|n| time::stated_zone(n)));
    let last = times.iter().copied().find(|at| names.get(*at).is_some_and(|n| n.contains("last")));
    let first = times.iter().copied().find(|at| Some(*at) != last);
    let ports = ["sourceport", "srcport", "sport", "port", "clientport", "victimport"];
    let port = ports.iter().find_map(|p| find(&|n: &str| compact(n) == *p));
    let target = names.iter().any(|n| ["destination", "dest_", "dest ", "dst"].iter().any(|d| n.starts_with(d)));
    (source.is_some() || page.is_some()).then_some(Columns { source, page, first, last, port, zone, target })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_by_their_names() {
        let read = |line: &str| columns(line, b',').map(|c| (c.source, c.page, c.first, c.last, c.port));
        assert_eq!(
            read("IP,timestamp(UTC+0),source_port,destination_port"),
            Some((Some(0), None, Some(1), None, Some(2)))
        );
        assert_eq!(
            read("FirstSeen,LastSeen,Victim IP,Victim Domain,C2 host"),
            Some((Some(2), None, Some(0), Some(1), None))
        );
        assert_eq!(read("URL,IP"), Some((Some(1), Some(0), None, None, None)));
        assert_eq!(read("name,street,town"), None);
    }
}
