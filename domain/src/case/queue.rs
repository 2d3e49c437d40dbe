//! The queue of cases: its rows, filters, orders and counts.
use super::{Case, CaseState, Outcome};
use crate::{
    class::Category,
    id::{CustomerId, UserId},
    words::words,
};
use chrono::{DateTime, Utc};

/// A row of the case queue.
#[derive(Debug, Clone)]
pub struct CaseRow {
    /// The case.
    pub case: Case,
    /// Name of the customer.
    pub customer_name: String,
    /// Number of the service, or empty.
    pub service_number: String,
    /// Name of the assignee, or empty.
    pub assignee_name: String,
}

words! {
    /// Sort order of the case queue; the word is the `sort` parameter.
    CaseOrder {
        /// What is due first.
        Due = "due",
        /// What is due last.
        DueLast = "-due",
        /// Newest case first.
        Newest = "-opened",
        /// Oldest case first.
        Oldest = "opened",
        /// Most events first.
        Events = "-events",
        /// Fewest events first.
        Fewest = "events",
        /// Latest event first.
        Activity = "-last",
        /// Longest quiet first.
        Quiet = "last",
    }
}

/// Filter of the case queue; lives in the URL. None = any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseFilter {
    /// Only this state; None = all but closed unless `all`.
    pub state: Option<CaseState>,
    /// Closed cases too.
    pub all: bool,
    /// Only this category.
    pub category: Option<Category>,
    /// Only of this person.
    pub assignee: Option<UserId>,
    /// Only without an assignee.
    pub unassigned: bool,
    /// Only with unread customer messages.
    pub unread: bool,
    /// Only past their due time.
    pub overdue: bool,
    /// Only with an open dispute.
    pub disputed: bool,
    /// Only the snoozed ones; they are hidden otherwise, unless `all`.
    pub snoozed: bool,
    /// Only of this customer.
    pub customer: Option<CustomerId>,
    /// Opened at or after.
    pub opened_from: Option<DateTime<Utc>>,
    /// Opened before.
    pub opened_to: Option<DateTime<Utc>>,
    /// Only with this outcome.
    pub outcome: Option<Outcome>,
    /// Closed at or after.
    pub closed_from: Option<DateTime<Utc>>,
    /// Closed before.
    pub closed_to: Option<DateTime<Utc>>,
    /// Words in number, customer's name or service number.
    pub text: String,
}

/// How many cases wait in each view of the queue; closed ones left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CaseCounts {
    /// Not closed, not snoozed.
    pub active: i64,
    /// Of the person who looks.
    pub mine: i64,
    /// Of nobody.
    pub unassigned: i64,
    /// With a customer's message nobody has looked at.
    pub unread: i64,
    /// Past their due time.
    pub overdue: i64,
    /// With an open dispute.
    pub disputed: i64,
    /// Hidden until a time.
    pub snoozed: i64,
}
