//! A case with everything its page shows.
use super::{Case, Message};
use crate::{
    contradiction::Contradiction,
    correction::CorrectionRow,
    customer::{Contract, Customer, Service},
    evidence::Event,
    id::UserId,
    ledger::Entry,
    link::Link,
    notice::Notice,
    page::Rows,
    quarantine::QuarantineRow,
    release::Release,
    terms::Clause,
};

/// What the case's events add up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sightings {
    /// Sum of the events' counts.
    pub times: i64,
    /// How many reporters vouch for them.
    pub reporters: i64,
    /// How many of the events are attributed without doubt.
    pub certain: i64,
}

/// A case with everything its page shows.
#[derive(Debug, Clone)]
pub struct CaseView {
    /// The case.
    pub case: Case,
    /// Whose.
    pub customer: Customer,
    /// The service most events are about.
    pub service: Option<Service>,
    /// The service's contract.
    pub contract: Option<Contract>,
    /// Clauses of the accepted terms that permit something.
    pub clauses: Vec<Clause>,
    /// Name of the person who works on it, or empty.
    pub assignee_name: String,
    /// Number of the closed case this one repeats.
    pub repeats: Option<String>,
    /// What the events add up to.
    pub sightings: Sightings,
    /// The newest events.
    pub events: Rows<Event>,
    /// What happened, newest first.
    pub entries: Vec<Entry>,
    /// Texts, newest first.
    pub messages: Vec<Message>,
    /// Notices, newest first.
    pub notices: Vec<Notice>,
    /// Quarantines, newest first.
    pub quarantines: Vec<QuarantineRow>,
    /// Releases asked for, newest first.
    pub releases: Vec<Release>,
    /// The customer's links, newest first.
    pub links: Vec<Link>,
    /// Reporters of its evidence on whose word no machine may act.
    pub never_automatic: Vec<String>,
    /// Corrections that took events from the case or gave it some, newest first.
    pub corrections: Vec<CorrectionRow>,
    /// What later leases say against answers about its events, and waits for a person; the latest first.
    pub contradictions: Vec<Contradiction>,
    /// People the case can be given to.
    pub colleagues: Vec<(UserId, String)>,
}

impl CaseView {
    /// Whether a quarantine of this case is not over: it cannot be closed then.
    #[must_use]
    pub fn held(&self) -> bool {
        self.quarantines.iter().any(|row| row.quarantine.state.live())
    }

    /// Whether a release waits for a person.
    #[must_use]
    pub fn release_waits(&self) -> bool {
        self.releases.iter().any(|release| release.state == crate::release::ReleaseState::Waiting)
    }
}
