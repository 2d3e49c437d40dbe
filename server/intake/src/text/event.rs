//! The events of a text, with the reason for what they say.
use super::Findings;
use super::candidate::{Candidate, SOME};
use super::page::Page;
use super::ports;
use crate::{limits, role};
use domain::class::Class;
use domain::event::{Observation, Source};
use serde_json::Map;

pub(super) fn event(findings: &Findings, candidate: &Candidate, class: Class, noted: bool) -> Observation {
    let when = findings.times.of(Some(candidate));
    let mut details = Map::new();
    details.insert("source_reason".into(), candidate.reason.clone().into());
    details.insert("source_line".into(), limits::clip(&findings.line(candidate.line), limits::DETAIL_BYTES).into());
    details.insert("time_origin".into(), when.origin.into());
    if let Some(precision) = when.precision {
        details.insert("time_precision".into(), precision.into());
    }
    let mut faults = vec![format!("read from free text: source by {}", candidate.reason)];
    if noted {
        faults.push("class by the log lines; the words say something else".to_owned());
    }
    if candidate.ports.len() > ports::APART {
        faults.push(format!("more than {} source ports: not told apart, the first is given", ports::APART));
    }
    faults.extend(when.span.faults);
    Observation {
        source: Source::from_ip(candidate.ip, candidate.port),
        from: Some(when.span.from),
        to: Some(when.span.to),
        time_grade: when.span.grade,
        class,
        role: role::of(class),
        count: i64::try_from(candidate.logs.len()).unwrap_or(1).max(1),
        reference: None,
        details,
        faults,
    }
}

pub(super) fn page_event(findings: &Findings, page: &Page, class: Class) -> Observation {
    let mut event = named_event(findings, page.source(), class, page.reason, None);
    let named: Vec<&Candidate> = findings.candidates.iter().filter(|c| c.weight >= SOME).collect();
    if let Some(one) = named.iter().find(|c| c.subject).or(named.first().filter(|_| named.len() == 1)) {
        event.details.insert("ip".into(), one.ip.to_string().into());
    }
    event
}

/// An event about what is no address: a page, a host, a mailbox.
pub(super) fn named_event(
    findings: &Findings,
    source: Source,
    class: Class,
    reason: &'static str,
    line: Option<usize>,
) -> Observation {
    let when = findings.times.of(None);
    let mut details = Map::new();
    details.insert("time_origin".into(), when.origin.into());
    details.insert("source_reason".into(), reason.into());
    if line.is_some() {
        details.insert("source_line".into(), limits::clip(&findings.line(line), limits::DETAIL_BYTES).into());
    }
    let mut faults = vec![format!("read from free text: source by {reason}")];
    faults.extend(when.span.faults);
    Observation {
        source,
        from: Some(when.span.from),
        to: Some(when.span.to),
        time_grade: when.span.grade,
        class,
        role: role::of(class),
        count: 1,
        reference: None,
        details,
        faults,
    }
}
