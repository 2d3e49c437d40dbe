//! Versioned contract text; a clause may permit measures.
use crate::{id::ClauseId, quarantine::Measure};
use chrono::{DateTime, Utc};

/// One clause of one terms version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// Identifier.
    pub id: ClauseId,
    /// The terms version it stands in.
    pub terms_version: String,
    /// Number in the text, such as `7.2`.
    pub number: String,
    /// The wording.
    pub text: String,
    /// Measures it permits.
    pub permits: Vec<Measure>,
    /// Days a measure under it may last at most (1..=365).
    pub days_max: i64,
}

/// One version of the terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Version, such as `2026-03`.
    pub version: String,
    /// Published on.
    pub published_at: DateTime<Utc>,
    /// Its clauses that permit something.
    pub clauses: Vec<Clause>,
}
