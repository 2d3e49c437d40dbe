//! The customer's secret address: scoped to one case of one customer, expiring, revocable; only its hash is stored.
use crate::id::{CaseId, CustomerId, LinkId};
use chrono::{DateTime, Utc};

/// A link as stored. The secret itself stands only in the mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Identifier.
    pub id: LinkId,
    /// The case its page is about.
    pub case: CaseId,
    /// Whose it is.
    pub customer: CustomerId,
    /// Made.
    pub created_at: DateTime<Utc>,
    /// Leads nowhere from then on.
    pub expires_at: DateTime<Utc>,
    /// Withdrawn.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl Link {
    /// Whether it leads to the customer's page at `now`.
    #[must_use]
    pub fn alive(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}
