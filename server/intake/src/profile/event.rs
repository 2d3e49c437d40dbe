//! From a row to an event, or the column that stands in its way.
use super::clock::{Clock, Moment};
use super::table::{Row, Table};
use crate::{Context, address, limits, role, time};
use chrono::Duration;
use domain::class::Class;
use domain::event::{Observation, Source, SourceKind, TimeGrade};
use domain::feed::{FeedProfile, Meaning};
use serde_json::Map;
use std::collections::HashMap;
use std::net::SocketAddr;

/// Most details of one event.
const DETAILS: usize = 12;
/// A span longer than this is a range, not a moment.
const MOMENT_HOURS: i64 = 24;

/// Why a row is no event.
pub(super) struct Fault {
    /// The column in the way; empty = the row as a whole.
    pub(super) column: String,
    /// What is wrong with it.
    pub(super) text: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.column.is_empty() {
            f.write_str(&self.text)
        } else {
            write!(f, "column {:?}: {}", self.column, self.text)
        }
    }
}

/// The value and the name of a mapped column.
struct Cell<'r> {
    name: &'r str,
    text: std::borrow::Cow<'r, str>,
}

impl Cell<'_> {
    fn fault(&self, problem: &str) -> Fault {
        Fault { column: self.name.to_owned(), text: format!("{:?} {problem}", limits::clip(&self.text, 60)) }
    }
}

/// What every row of a table is read by: the profile with its columns found.
pub(super) struct Plan<'p> {
    profile: &'p FeedProfile,
    clock: Clock,
    at: HashMap<Meaning, (usize, &'p str)>,
    details: Vec<(usize, &'p str)>,
    exact: HashMap<String, Class>,
    begins: Vec<(String, Class)>,
    context: Context<'p>,
}

impl<'p> Plan<'p> {
    pub(super) fn new(profile: &'p FeedProfile, table: &Table<'_>, context: Context<'p>) -> Self {
        let (mut at, mut details) = (HashMap::new(), Vec::new());
        for column in &profile.columns {
            let Some(position) = table.position(&column.name) else { continue };
            match column.is {
                Meaning::Ignore => {}
                Meaning::Detail => details.push((position, column.name.as_str())),
                // A name in somebody's file vouches for nothing: the reporter stays the profile's.
                Meaning::Reporter => details.push((position, "reporter")),
                meaning => {
                    at.entry(meaning).or_insert((position, column.name.as_str()));
                }
            }
        }
        details.truncate(DETAILS);
        let (mut exact, mut begins) = (HashMap::new(), Vec::new());
        for row in &profile.classes {
            let value = row.value.trim().to_lowercase();
            match value.strip_suffix('*') {
                Some(head) => begins.push((head.to_owned(), row.class)),
                None => drop(exact.insert(value, row.class)),
            }
        }
        Self { profile, clock: Clock::new(profile), at, details, exact, begins, context }
    }

    fn cell<'r>(&'r self, row: &'r Row<'_>, meaning: Meaning) -> Option<Cell<'r>> {
        let (position, name) = self.at.get(&meaning)?;
        Some(Cell { name, text: row.cell(*position)? })
    }

    /// The event of a row.
    pub(super) fn event(&self, row: &Row<'_>) -> Result<Observation, Fault> {
        let mut faults: Vec<String> = row.odd.iter().cloned().collect();
        let port = self.port(row, &mut faults);
        let source = self.source(row, port)?;
        let (class, unknown) = self.class(row);
        faults.extend(unknown);
        let span = self.span(row)?;
        faults.extend(span.faults);
        let count = self.cell(row, Meaning::Count).and_then(|cell| match cell.text.parse::<i64>() {
            Ok(n) if n > 0 => Some(n),
            _ => {
                faults.push(cell.fault("is no count").to_string());
                None
            }
        });
        let mut details = Map::new();
        for (position, name) in &self.details {
            if let Some(text) = row.cell(*position) {
                details.insert((*name).to_owned(), limits::clip(&text, limits::DETAIL_BYTES).into());
            }
        }
        let reference = self.cell(row, Meaning::Reference);
        Ok(Observation {
            source,
            from: Some(span.from),
            to: Some(span.to),
            time_grade: span.grade,
            class,
            role: self.profile.role.unwrap_or_else(|| role::of(class)),
            count: count.unwrap_or(1),
            reference: reference.map(|cell| limits::clip(&cell.text, 100).to_owned()),
            details,
            faults,
        })
    }

    fn port(&self, row: &Row<'_>, faults: &mut Vec<String>) -> Option<u16> {
        let cell = self.cell(row, Meaning::Port)?;
        let digits = cell.text.strip_suffix(".0").unwrap_or(&cell.text);
        match digits.parse::<u16>() {
            Ok(0) => None,
            Ok(port) => Some(port),
            Err(_) => {
                faults.push(cell.fault("is no port").to_string());
                None
            }
        }
    }

    fn source(&self, row: &Row<'_>, port: Option<u16>) -> Result<Source, Fault> {
        let Some(cell) = self.cell(row, Meaning::Source) else {
            let name = self.at.get(&Meaning::Source).map_or("", |(_, name)| name);
            return Err(Fault { column: name.to_owned(), text: "is empty: nothing names the source".into() });
        };
        let text = armed(limits::clip(&cell.text, limits::SOURCE_BYTES));
        if address::is_range(&text) {
            return Err(cell.fault("is a range, not an address"));
        }
        match self.profile.source {
            Some(SourceKind::Ip) => ip(&text, port).ok_or_else(|| cell.fault("is no address")),
            Some(SourceKind::Host) => {
                Ok(Source::new(SourceKind::Host, text.trim_end_matches('.').to_lowercase(), port))
            }
            Some(kind) => Ok(Source::new(kind, text, port)),
            None => ip(&text, port)
                .or_else(|| address::source_of(&text, port))
                .ok_or_else(|| cell.fault("is no address, URL, host or account")),
        }
    }

    fn class(&self, row: &Row<'_>) -> (Class, Option<String>) {
        if !self.at.contains_key(&Meaning::Class) {
            return (self.profile.class, None);
        }
        let Some(cell) = self.cell(row, Meaning::Class) else { return (self.profile.class, None) };
        let value = cell.text.to_lowercase();
        let known = self.exact.get(&value).copied();
        let known =
            known.or_else(|| self.begins.iter().find(|(head, _)| value.starts_with(head.as_str())).map(|(_, c)| *c));
        match known {
            Some(class) => (class, None),
            None => (self.profile.class, Some(cell.fault("is in no row of the class table").to_string())),
        }
    }

    fn span(&self, row: &Row<'_>) -> Result<time::Span, Fault> {
        let received_at = self.context.received_at;
        let mut faults = Vec::new();
        let clock = self.cell(row, Meaning::Clock);
        let first = match self.cell(row, Meaning::Time) {
            Some(mut cell) => {
                if let Some(clock) = clock {
                    cell.text = format!("{} {}", cell.text, clock.text).into();
                }
                Some(
                    self.clock
                        .read(&cell.text)
                        .ok_or_else(|| cell.fault("is no time in the form that the profile names"))?,
                )
            }
            None => None,
        };
        let last = match self.cell(row, Meaning::LastTime) {
            Some(cell) => {
                let moment = self.clock.read(&cell.text);
                if moment.is_none() {
                    faults.push(cell.fault("is no time").to_string());
                }
                moment
            }
            None => None,
        };
        let (Some(mut first), Some(mut last)) = (first.or(last), last.or(first)) else {
            let why = if self.at.contains_key(&Meaning::Time) { "the time is empty" } else { "the feed names no time" };
            return Ok(time::assumed(received_at, why));
        };
        if first.from > last.to {
            faults.push("first seen is after last seen: exchanged".into());
            std::mem::swap(&mut first, &mut last);
        }
        Ok(joined(first, last, faults, received_at))
    }
}

fn joined(
    first: Moment,
    last: Moment,
    mut faults: Vec<String>,
    received_at: chrono::DateTime<chrono::Utc>,
) -> time::Span {
    let (from, to) = (first.from, last.to);
    let worst = |grade: TimeGrade| first.grade == grade || last.grade == grade;
    let grade = if worst(TimeGrade::Range) || to - from > Duration::hours(MOMENT_HOURS) {
        TimeGrade::Range
    } else if worst(TimeGrade::Assumed) {
        TimeGrade::Assumed
    } else {
        first.grade
    };
    faults.extend(first.fault.or(last.fault).map(str::to_owned));
    faults.extend(time::doubt(to, received_at));
    time::Span { from, to, grade, faults }
}

/// An address, also with its port behind it.
fn ip(text: &str, port: Option<u16>) -> Option<Source> {
    if text.contains("://") || text.contains('/') {
        return None;
    }
    if port.is_none()
        && let Ok(both) = text.parse::<SocketAddr>()
    {
        return Some(Source::from_ip(both.ip(), Some(both.port()).filter(|p| *p > 0)));
    }
    address::parse_ip(text).map(|ip| Source::from_ip(ip, port))
}

/// `hxxp://bad[.]example` as it was before somebody made it harmless.
fn armed(text: &str) -> String {
    let text = text.trim().replace("[.]", ".").replace("(.)", ".").replace("[:]", ":");
    match text.get(..4) {
        Some(head) if head.eq_ignore_ascii_case("hxxp") => format!("http{}", text.get(4..).unwrap_or_default()),
        _ => text,
    }
}
