//! Why the desk says no; one variant per rule, each with the words a person can act on.
use crate::{actor::Permission, case::CaseState, quarantine::QuarantineState};
use thiserror::Error;

/// A command that may not be carried out. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The role does not hold the right (shown as "not found" where even seeing is not allowed).
    #[error("your role does not allow this ({0})")]
    NotAllowed(Permission),
    /// No such thing, or not for this person's eyes.
    #[error("not found")]
    NotFound,
    /// The case is in a state from which this act does not lead anywhere.
    #[error("the case is {state}: {act} is not possible from there")]
    CaseState {
        /// Where the case stands.
        state: CaseState,
        /// What was asked for.
        act: &'static str,
    },
    /// The quarantine is in a state from which this act does not lead anywhere.
    #[error("the quarantine is {state}: {act} is not possible from there")]
    QuarantineState {
        /// Where the quarantine stands.
        state: QuarantineState,
        /// What was asked for.
        act: &'static str,
    },
    /// Somebody else changed the record since this page was loaded.
    #[error("somebody changed this while you were looking at it: look again, then decide")]
    Stale,
    /// A typed value is not acceptable.
    #[error("{field}: {problem}")]
    Invalid {
        /// The form field or column.
        field: &'static str,
        /// What is wrong and what would be right.
        problem: String,
    },
    /// A quarantine without ground (design rule 4).
    #[error("no ground for this quarantine: {0}")]
    NoGround(&'static str),
    /// A rule may not act on an answer that later leases speak against (design rule 2).
    #[error("later leases speak against whose it was: a person has to look first")]
    Doubted,
    /// A limit was reached.
    #[error("{0}")]
    Limit(String),
}

impl Refusal {
    /// An unacceptable value of `field`.
    pub fn invalid(field: &'static str, problem: impl Into<String>) -> Self {
        Self::Invalid { field, problem: problem.into() }
    }
}
