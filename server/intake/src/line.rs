//! One report as one JSON object: the output of `lazaret parse`.
use crate::Parsed;
use chrono::{DateTime, SecondsFormat, Utc};
use domain::event::Observation;
use serde_json::{Value, json};

/// The object that `lazaret parse` prints for one input. The names are a contract with other people's scripts.
#[must_use]
pub fn json_line(file: &str, parsed: &Parsed, duplicate_of: Option<&str>) -> Value {
    json!({
        "file": file,
        "sha256": parsed.sha256,
        "format": parsed.format.as_str(),
        "reporter": parsed.reporter,
        "sender": parsed.sender,
        "reference": parsed.reference,
        "events": parsed.events.iter().map(event).collect::<Vec<_>>(),
        "duplicate_of": duplicate_of,
        "disposition": parsed.disposition.as_str(),
        "reason": parsed.reason,
    })
}

fn event(event: &Observation) -> Value {
    json!({
        "source": { "kind": event.source.kind.as_str(), "value": event.source.value, "port": event.source.port },
        "from": event.from.map(rfc3339),
        "to": event.to.map(rfc3339),
        "time_grade": event.time_grade.as_str(),
        "class": event.class.as_str(),
        "rsit": event.class.rsit(),
        "role": event.role.as_str(),
        "count": event.count,
        "reference": event.reference,
        "faults": event.faults,
    })
}

fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
