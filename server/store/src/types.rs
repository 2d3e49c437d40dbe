//! Rows that only the store and the desk speak of (the nouns live in `domain`).
use chrono::{DateTime, Utc};
use domain::{
    case::CaseState,
    class::{Category, Class},
    evidence::Event,
    id::{CaseId, CustomerId, JobId, ServiceId, UserId},
};
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
    /// Events certain whose, without a case.
    pub evidence: i64,
    /// Parked reports, ambiguous and unknown events.
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
}
