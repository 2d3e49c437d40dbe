//! Whose was it then? A dated answer with its proof; corrected by a newer record, never overwritten.
use crate::{
    id::{CustomerId, LeaseId, ServiceId},
    lease::Lease,
    words::words,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

words! {
    /// How sure the answer is. Nobody is notified or quarantined by rule on anything but `certain` (design rule 2).
    Certainty {
        /// Exactly one service held the address (and port) at the event's time.
        Certain = "certain",
        /// Several candidates, or a clock too vague.
        Ambiguous = "ambiguous",
        /// Nobody known held it.
        Unknown = "unknown",
    }
}

/// One possible holder, with the lease row as proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Which lease; none = the user name itself belongs to the service, or a person said so.
    pub lease: Option<LeaseId>,
    /// The service that held it.
    pub service: ServiceId,
    /// Whose service.
    pub customer: CustomerId,
    /// First instant of the lease.
    pub from: DateTime<Utc>,
    /// First instant after it; none = still held.
    pub to: Option<DateTime<Utc>>,
    /// Lowest and highest port; the whole span for an unshared address.
    pub ports: (u16, u16),
    /// Where the lease came from, such as `radius bng-3`.
    pub source: String,
}

impl From<&Lease> for Candidate {
    fn from(lease: &Lease) -> Self {
        Self {
            lease: Some(lease.id),
            service: lease.service,
            customer: lease.customer,
            from: lease.from,
            to: lease.to,
            ports: lease.ports,
            source: lease.source.clone(),
        }
    }
}

/// The answer for one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// How sure.
    pub certainty: Certainty,
    /// Who it may have been: one when certain, none when unknown.
    pub candidates: Vec<Candidate>,
    /// Why it is not certain, in words for the screen; empty when certain.
    pub why: String,
}

impl Answer {
    /// The holder, when certain.
    pub fn holder(&self) -> Option<&Candidate> {
        match (self.certainty, self.candidates.as_slice()) {
            (Certainty::Certain, [one]) => Some(one),
            _ => None,
        }
    }

    /// Nobody known, because `why`.
    pub fn unknown(why: &str) -> Self {
        Self { certainty: Certainty::Unknown, candidates: Vec::new(), why: why.to_owned() }
    }
}

/// When and from where the event came, as far as stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// First instant of the event.
    pub from: DateTime<Utc>,
    /// Last instant; equal to `from` for a single observation.
    pub to: DateTime<Utc>,
    /// Source port, if stated.
    pub port: Option<u16>,
    /// Whether the time was stated by the reporter (not assumed from the arrival).
    pub time_stated: bool,
}

/// Decides from all leases of the address that overlap the event's time: one service over the whole time is certain,
/// two are ambiguous, none is unknown. A time that was only assumed is never certain, except where a single lease has
/// been open for the day before: then no other holder is possible within the usual delay of a report.
pub fn decide(leases: &[Lease], moment: &Moment) -> Answer {
    let fitting: Vec<&Lease> = leases.iter().filter(|lease| fits(lease, moment)).collect();
    let Some(first) = fitting.first() else {
        return Answer::unknown("no lease of this address covers the event's time");
    };
    let mut candidates: Vec<Candidate> = Vec::new();
    for lease in &fitting {
        if !candidates.iter().any(|known| known.service == lease.service) {
            candidates.push(Candidate::from(*lease));
        }
    }
    if candidates.len() > 1 {
        let why = if moment.port.is_none() && fitting.iter().any(|lease| !lease.whole_address()) {
            "shared address and the report gives no source port"
        } else {
            "several services held this address within the event's time span"
        };
        return Answer { certainty: Certainty::Ambiguous, candidates, why: why.to_owned() };
    }
    if moment.port.is_none() && !first.whole_address() {
        let why = "shared address and the report gives no source port".to_owned();
        return Answer { certainty: Certainty::Ambiguous, candidates, why };
    }
    let long_held = first.from <= moment.from - chrono::TimeDelta::days(1);
    if !moment.time_stated && !long_held {
        let why = "the report states no time, and the address changed hands within a day of its arrival".to_owned();
        return Answer { certainty: Certainty::Ambiguous, candidates, why };
    }
    if !covers(&fitting, moment) {
        let why = "the lease covers only part of the event's time span".to_owned();
        return Answer { certainty: Certainty::Ambiguous, candidates, why };
    }
    Answer { certainty: Certainty::Certain, candidates, why: String::new() }
}

fn fits(lease: &Lease, moment: &Moment) -> bool {
    let in_time = lease.from <= moment.to && lease.to.is_none_or(|to| to > moment.from);
    let in_ports = moment.port.is_none_or(|port| lease.ports.0 <= port && port <= lease.ports.1);
    in_time && in_ports
}

/// Whether the leases (all of one service) cover the whole span together.
fn covers(leases: &[&Lease], moment: &Moment) -> bool {
    let mut spans: Vec<_> = leases.iter().map(|lease| (lease.from, lease.to)).collect();
    spans.sort_by_key(|span| span.0);
    let mut reached = moment.from;
    for (from, to) in spans {
        if from > reached {
            return false;
        }
        match to {
            None => return true,
            Some(to) => reached = reached.max(to),
        }
    }
    reached > moment.to
}
