//! Rows that only the store and the desk speak of (the nouns live in `domain`).
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    attribution::Certainty,
    case::CaseState,
    class::{Category, Class},
    evidence::Event,
    id::{CaseId, CustomerId, JobId, ServiceId, UserId},
    lease::{
        LeaseSource,
        shape::{Form, Shape},
    },
};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// What a worker owes the world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Identifier.
    pub id: JobId,
    /// Which worker's: `mail`, `apply`, `lift`.
    pub kind: String,
    /// The notice or quarantine it is about.
    pub noun: Uuid,
    /// Not before.
    pub due_at: DateTime<Utc>,
    /// Tries so far.
    pub attempts: i64,
}

/// A session as stored: found by the hash of its id only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// SHA-256 of the session id.
    pub id_hash: Vec<u8>,
    /// Whose, once signed in.
    pub user: Option<UserId>,
    /// The session's values as JSON.
    pub data: String,
    /// End of its life.
    pub expires_at: DateTime<Utc>,
}

/// Whose events are from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HolderOf {
    /// How sure.
    pub certainty: Certainty,
    /// Whose, when certain.
    pub customer: Option<CustomerId>,
    /// Which service, when certain.
    pub service: Option<ServiceId>,
}

/// A case to be opened; its number is given by the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCase {
    /// Identifier.
    pub id: CaseId,
    /// Whose.
    pub customer: CustomerId,
    /// The service most events are about.
    pub service: Option<ServiceId>,
    /// Grouping key.
    pub category: Category,
    /// Class of the first event.
    pub class: Class,
    /// Who works on it.
    pub assignee: Option<UserId>,
    /// Now.
    pub opened_at: DateTime<Utc>,
    /// Time of the earliest event.
    pub first_event_at: DateTime<Utc>,
    /// Time of the latest event.
    pub last_event_at: DateTime<Utc>,
    /// When its first event was stored: the figures count from there.
    pub first_stored_at: DateTime<Utc>,
    /// By when the desk should act.
    pub due_at: Option<DateTime<Utc>>,
    /// The closed case it repeats.
    pub repeat_of: Option<CaseId>,
    /// Earlier cases within the repeat window.
    pub strikes: i64,
}

/// What waits for a decision under one customer and category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// How many events.
    pub events: i64,
    /// Time of the earliest.
    pub first_at: DateTime<Utc>,
    /// Time of the latest.
    pub last_at: DateTime<Utc>,
    /// When the first was stored.
    pub stored_at: DateTime<Utc>,
    /// Class of the earliest.
    pub class: Class,
    /// The service most of them are about.
    pub service: Option<ServiceId>,
}

/// An event to be stored, with what makes it the same as another.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// The event.
    pub event: Event,
    /// SHA-256 of reporter, reference, source, port, time and class.
    pub fingerprint: [u8; 32],
}

/// A case that new evidence may join, as far as grouping needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joinable {
    /// Which case.
    pub id: CaseId,
    /// Its number.
    pub number: String,
    /// Whose.
    pub customer: CustomerId,
    /// Grouping key.
    pub category: Category,
    /// Where it stands.
    pub state: CaseState,
    /// Earliest event.
    pub first_event_at: DateTime<Utc>,
    /// Latest event.
    pub last_event_at: DateTime<Utc>,
}

/// How much waits where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Lines of the inbox, a customer and a category each: events certain whose, without a case.
    pub evidence: i64,
    /// Parked reports, sources whose events are ambiguous or unknown, and answers in doubt.
    pub sort_out: i64,
    /// Cases not closed and not snoozed.
    pub cases: i64,
    /// Cases with an unread customer's message.
    pub unread: i64,
    /// Quarantines that wait for a signature, releases and disputes that wait for a decision.
    pub approvals: i64,
    /// Quarantines the network holds or should hold.
    pub quarantines: i64,
    /// Quarantines in trouble: failed.
    pub quarantines_failed: i64,
    /// Mail that failed or came back.
    pub mail: i64,
    /// Feeds whose reports cannot be read as they were meant.
    pub feed_alarms: i64,
    /// What is wrong with lease sources; counted by the desk.
    pub lease_warnings: i64,
}

/// A row for the lease index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseRow {
    /// Identifier of a new row; one that is known keeps its own.
    pub id: domain::id::LeaseId,
    /// The address or prefix.
    pub net: ipnet::IpNet,
    /// Lowest and highest port.
    pub ports: (u16, u16),
    /// IP protocol; none = any.
    pub protocol: Option<u8>,
    /// Number of the holder.
    pub holder: i64,
    /// Number of the source.
    pub source: i64,
    /// From the provider's own books: kept apart from what comes and goes.
    pub fixed: bool,
    /// First instant.
    pub from: DateTime<Utc>,
    /// First instant after it; none = no end is known.
    pub to: Option<DateTime<Utc>>,
    /// Last proof, where the rest is only presumed.
    pub sure_until: Option<DateTime<Utc>>,
    /// The session's name.
    pub session: Option<String>,
}

/// What a name means since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HolderNumber {
    /// The holder's number.
    pub id: i64,
    /// The name.
    pub name: String,
    /// First instant at which the name meant him.
    pub bound_from: DateTime<Utc>,
}

/// A name by which a holder is known, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HolderRow {
    /// Its number; the store gives one to a new row.
    pub id: i64,
    /// `service`, `username`, `circuit`, `mac`, `inside`.
    pub kind: String,
    /// The name.
    pub name: String,
    /// Since when it is whose; `DateTime::MIN_UTC` = since ever.
    pub bound_from: DateTime<Utc>,
    /// Whose; none = nobody's that we know.
    pub service: Option<(ServiceId, CustomerId)>,
}

/// A service found by a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedService {
    /// The name.
    pub name: String,
    /// The service.
    pub service: ServiceId,
    /// Whose.
    pub customer: CustomerId,
}

/// What a lease source has spoken of in one batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// When it was heard.
    pub at: DateTime<Utc>,
    /// Rows kept.
    pub kept: i64,
    /// Rows refused.
    pub refused: i64,
    /// The earliest instant it spoke of.
    pub from: Option<DateTime<Utc>>,
    /// Everything up to here is known.
    pub through: Option<DateTime<Utc>>,
}

/// A question to the lease index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaseAsk {
    /// The address.
    pub address: std::net::IpAddr,
    /// The port; none = all of them.
    pub port: Option<u16>,
    /// IP protocol; none = all of them.
    pub protocol: Option<u8>,
    /// First instant.
    pub from: DateTime<Utc>,
    /// Last instant.
    pub to: DateTime<Utc>,
}

/// A session of a lease source, as words about it name it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SessionAsk {
    /// Its name.
    pub session: String,
    /// The address or prefix it holds.
    pub net: ipnet::IpNet,
    /// Lowest and highest port.
    pub ports: (u16, u16),
    /// IP protocol; none = any.
    pub protocol: Option<u8>,
    /// When it began; of one whose begin is not said, when it was alive.
    pub began: DateTime<Utc>,
    /// Whether that is when it began.
    pub sure: bool,
}

/// An address or prefix and a span of time of which something new is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct News {
    /// The address or prefix.
    pub net: ipnet::IpNet,
    /// First instant.
    pub from: DateTime<Utc>,
    /// First instant after it; none = without end.
    pub to: Option<DateTime<Utc>>,
}

/// The forms that leases have and the sources they are from: loaded once for many questions.
#[derive(Debug, Clone, Default)]
pub struct LeaseForms {
    pub(crate) shapes: Vec<Shape>,
    pub(crate) sources: HashMap<i64, (Arc<str>, LeaseSource)>,
    pub(crate) skew: TimeDelta,
}

impl LeaseForms {
    pub(crate) fn of(shapes: Vec<Shape>, sources: Vec<LeaseSource>) -> Self {
        let skew = sources.iter().map(|source| source.skew).max().unwrap_or_default();
        let named = |source: LeaseSource| (source.id, (Arc::from(source.name.as_str()), source));
        Self { shapes, sources: sources.into_iter().map(named).collect(), skew }
    }

    /// The sources by name.
    pub fn by_name(&self) -> Vec<LeaseSource> {
        let mut sources: Vec<LeaseSource> = self.sources.values().map(|(_, source)| source.clone()).collect();
        sources.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        sources
    }

    pub(crate) fn form(&self, shape: i64) -> Option<Form> {
        self.shapes.iter().find(|known| known.id == shape).map(|known| known.form)
    }
}
