//! One report as one JSON object: the output of `lazaret parse`.
use crate::Opened;
use chrono::{DateTime, SecondsFormat, Utc};
use domain::event::Observation;
use serde::ser::{Serialize, SerializeSeq as _, Serializer};

/// The object that `lazaret parse` prints for one input, written event by event. The names are a contract with other
/// people's scripts.
#[derive(serde::Serialize)]
pub struct Line<'r> {
    file: &'r str,
    sha256: &'r str,
    format: &'static str,
    reporter: Option<&'r str>,
    sender: Option<&'r str>,
    reference: Option<&'r str>,
    events: Events<'r>,
    duplicate_of: Option<&'r str>,
    disposition: &'static str,
    reason: Option<&'r str>,
}

impl<'r> Line<'r> {
    /// `duplicate_of` names the input that had the same bytes before.
    #[must_use]
    pub fn new(file: &'r str, report: &'r Opened, duplicate_of: Option<&'r str>) -> Self {
        let parsed = &report.parsed;
        Self {
            file,
            sha256: &parsed.sha256,
            format: parsed.format.as_str(),
            reporter: parsed.reporter.as_deref(),
            sender: parsed.sender.as_deref(),
            reference: parsed.reference.as_deref(),
            events: Events(report),
            duplicate_of,
            disposition: parsed.disposition.as_str(),
            reason: parsed.reason.as_deref(),
        }
    }
}

struct Events<'r>(&'r Opened);

impl Serialize for Events<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.total()))?;
        let mut outcome = Ok(());
        self.0.visit(&mut |event| {
            if outcome.is_ok() {
                outcome = list.serialize_element(&EventLine::new(&event));
            }
        });
        outcome?;
        list.end()
    }
}

#[derive(serde::Serialize)]
struct EventLine<'e> {
    source: SourceLine<'e>,
    from: Option<String>,
    to: Option<String>,
    time_grade: &'static str,
    class: &'static str,
    rsit: &'static str,
    role: &'static str,
    count: i64,
    reference: Option<&'e str>,
    faults: &'e [String],
}

#[derive(serde::Serialize)]
struct SourceLine<'e> {
    kind: &'static str,
    value: &'e str,
    port: Option<u16>,
}

impl<'e> EventLine<'e> {
    fn new(event: &'e Observation) -> Self {
        let source =
            SourceLine { kind: event.source.kind.as_str(), value: &event.source.value, port: event.source.port };
        Self {
            source,
            from: event.from.map(rfc3339),
            to: event.to.map(rfc3339),
            time_grade: event.time_grade.as_str(),
            class: event.class.as_str(),
            rsit: event.class.rsit(),
            role: event.role.as_str(),
            count: event.count,
            reference: event.reference.as_deref(),
            faults: &event.faults,
        }
    }
}

fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
