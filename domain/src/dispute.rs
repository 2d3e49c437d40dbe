//! A customer's objection: dated, with a deadline, decided by a person who is not the first decider.
use crate::{
    id::{CaseId, CustomerId, DisputeId, UserId},
    refusal::Refusal,
    words::words,
};
use chrono::{DateTime, Utc};

words! {
    /// How an objection was decided.
    Verdict {
        /// The customer was right.
        Upheld = "upheld",
        /// The desk was right.
        Rejected = "rejected",
    }
}

/// One objection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// Identifier; given by the form, so that a double click objects once.
    pub id: DisputeId,
    /// In which case.
    pub case: CaseId,
    /// When.
    pub opened_at: DateTime<Utc>,
    /// His words.
    pub text: String,
    /// Who decided first: may not decide again. None: a machine, or nobody yet.
    pub first_decider: Option<UserId>,
    /// By when a person owes him the decision.
    pub due_at: DateTime<Utc>,
    /// Decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// By whom.
    pub decided_by: Option<UserId>,
    /// How.
    pub verdict: Option<Verdict>,
    /// Why, in words the customer reads.
    pub reason: String,
}

/// An objection with the names a list shows.
#[derive(Debug, Clone)]
pub struct DisputeRow {
    /// The objection.
    pub dispute: Dispute,
    /// Number of the case.
    pub case_number: String,
    /// Whose.
    pub customer: CustomerId,
    /// Name of the customer.
    pub customer_name: String,
    /// Name of the first decider, or empty.
    pub first_decider_name: String,
}

/// Whether `decider` may decide `dispute` for `reason`.
///
/// # Errors
/// [`Refusal::Invalid`] when it is decided, when the first decider would decide again, or without a reason.
pub fn decide(dispute: &Dispute, decider: UserId, reason: &str) -> Result<(), Refusal> {
    if dispute.decided_at.is_some() {
        return Err(Refusal::invalid("dispute", "it is decided already"));
    }
    if dispute.first_decider == Some(decider) {
        return Err(Refusal::invalid(
            "dispute",
            "you took the first decision: another person must decide the objection",
        ));
    }
    crate::case_text("reason", reason)
}
