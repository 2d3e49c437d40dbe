//! A decision to lift: asked for by the customer, by staff or by the timer.
use crate::{
    case::Claim,
    id::{CaseId, CustomerId, QuarantineId, ReleaseId},
    limit::SELF_RELEASES_MAX,
    refusal::Refusal,
    words::words,
};
use chrono::{DateTime, Utc};

words! {
    /// Who asked.
    AskedBy {
        /// Through his page.
        Customer = "customer",
        /// At the desk.
        Staff = "staff",
        /// The last day the clause allows was reached.
        Timer = "timer",
    }
}

words! {
    /// What became of it.
    ReleaseState {
        /// A person must decide.
        Waiting = "waiting",
        /// The lift is under way or done.
        Granted = "granted",
        /// No, with reason.
        Refused = "refused",
    }
}

/// One request and its decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Identifier.
    pub id: ReleaseId,
    /// Which quarantine.
    pub quarantine: QuarantineId,
    /// From which case.
    pub case: CaseId,
    /// Whose.
    pub customer: CustomerId,
    /// Who asked.
    pub asked_by: AskedBy,
    /// When.
    pub asked_at: DateTime<Utc>,
    /// What became of it.
    pub state: ReleaseState,
    /// Granted by the self-release rule, without a person.
    pub by_himself: bool,
    /// Who decided, as the ledger names him.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// Why.
    pub reason: String,
}

/// A request with the names a list shows.
#[derive(Debug, Clone)]
pub struct ReleaseRow {
    /// The request.
    pub release: Release,
    /// Number of the case.
    pub case_number: String,
    /// Name of the customer.
    pub customer_name: String,
    /// Number of the service.
    pub service_number: String,
}

/// Self-releases left to a customer who has used `used` within the window.
pub fn left(used: i64) -> i64 {
    (SELF_RELEASES_MAX - used).max(0)
}

/// Whether the customer's request is granted at once: he says what he did, and has self-releases left.
///
/// # Errors
/// [`Refusal::Invalid`] when he did not say what he did.
pub fn asked_by_customer(claim: Claim, text: &str, used: i64) -> Result<ReleaseState, Refusal> {
    if claim != Claim::Fixed {
        return Err(Refusal::invalid("claim", "a release needs the statement that the cause is fixed"));
    }
    if text.trim().chars().count() < crate::limit::REASON_CHARS_MIN {
        return Err(Refusal::invalid("text", "please say in a few words what you did"));
    }
    Ok(if left(used) > 0 { ReleaseState::Granted } else { ReleaseState::Waiting })
}
