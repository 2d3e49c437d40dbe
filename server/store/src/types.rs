//! Rows that only the store and the desk speak of (the nouns live in `domain`).
use chrono::{DateTime, Utc};
use domain::id::{JobId, UserId};
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
