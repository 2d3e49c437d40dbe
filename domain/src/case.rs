//! The unit of work: events of one customer under one grouping key.
mod moves;
mod queue;
mod turn;
mod view;

use crate::{
    class::{Category, Class},
    id::{CaseId, CustomerId, ServiceId, UserId},
    words::words,
};
use chrono::{DateTime, Utc};

pub use moves::{MOVES, Move, Next, offered, right, step};
pub use queue::{CaseCounts, CaseFilter, CaseOrder, CaseRow};
pub use turn::{Turn, Whose, turn};
pub use view::{CaseView, Sightings};

words! {
    /// Where a case stands.
    CaseState {
        /// Nobody told the customer yet.
        Open = "open",
        /// The customer was told; the deadline runs from delivery.
        Notified = "notified",
        /// The case holds at least one quarantine in force.
        Quarantined = "quarantined",
        /// The customer stated something; the desk's turn.
        Answered = "answered",
        /// Lifted; watch period.
        Released = "released",
        /// Done; see the outcome.
        Closed = "closed",
    }
}

words! {
    /// How a case ended. Apart from the state, the customer's claim and the dispute.
    Outcome {
        /// The cause is gone.
        Resolved = "resolved",
        /// The evidence was wrong.
        FalsePositive = "false_positive",
        /// It was not our customer.
        NotOurs = "not_ours",
        /// Our customer was the victim.
        Victim = "victim",
        /// Nothing to be done.
        NoAction = "no_action",
        /// Handled in another case.
        Duplicate = "duplicate",
        /// It was another customer: the events moved away. Only a correction ends a case like this.
        WrongCustomer = "wrong_customer",
    }
}

impl Outcome {
    /// The outcomes that a person who closes a case chooses from.
    pub const CHOICES: &'static [Self] =
        &[Self::Resolved, Self::FalsePositive, Self::NotOurs, Self::Victim, Self::NoAction, Self::Duplicate];
}

words! {
    /// What the customer last claimed.
    Claim {
        /// The cause is gone.
        Fixed = "fixed",
        /// It was not he.
        NotMe = "not_me",
        /// He cannot do it alone.
        NeedHelp = "need_help",
        /// He objects.
        Dispute = "dispute",
    }
}

words! {
    /// Where an objection stands.
    DisputeState {
        /// None was made.
        None = "none",
        /// Waits for a person who is not the first decider.
        Open = "open",
        /// The customer was right.
        Upheld = "upheld",
        /// The desk was right.
        Rejected = "rejected",
    }
}

words! {
    /// Everything that can happen to a case.
    CaseCommand {
        /// New evidence of the same grouping key.
        Join = "join",
        /// Somebody takes it.
        Assign = "assign",
        /// Back to the queue.
        HandBack = "hand_back",
        /// An internal note.
        Note = "note",
        /// Hidden from the queue until a time.
        Snooze = "snooze",
        /// A notice is to be sent.
        Notify = "notify",
        /// The relay took the notice.
        NoticeDelivered = "notice_delivered",
        /// The notice came back: not given.
        NoticeBounced = "notice_bounced",
        /// A quarantine is to be ordered.
        OrderQuarantine = "order_quarantine",
        /// The network confirmed the quarantine.
        QuarantineInForce = "quarantine_in_force",
        /// The network confirmed that the last quarantine is gone.
        QuarantineLifted = "quarantine_lifted",
        /// The customer stated something on his page.
        State = "state",
        /// A message to the customer.
        Reply = "reply",
        /// The desk has nothing to add: the answer is dealt with.
        Settle = "settle",
        /// Done.
        Close = "close",
        /// Not done after all.
        Reopen = "reopen",
        /// Some of its events were not his; the rest goes on.
        Correct = "correct",
        /// None of it was his: closed in the act that moves the events and lifts what it held.
        Withdraw = "withdraw",
    }
}

/// `L-2026-000123`.
pub fn number(year: i32, count: i64) -> String {
    format!("L-{year}-{count:06}")
}

/// A case with everything its page needs at a glance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Identifier.
    pub id: CaseId,
    /// Human number.
    pub number: String,
    /// Whose.
    pub customer: CustomerId,
    /// The service most events are about.
    pub service: Option<ServiceId>,
    /// Grouping key: class category.
    pub category: Category,
    /// Class of the first event.
    pub class: Class,
    /// Where it stands.
    pub state: CaseState,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// What the customer claims.
    pub claim: Option<Claim>,
    /// Objection.
    pub dispute: DisputeState,
    /// Who works on it.
    pub assignee: Option<UserId>,
    /// Opened.
    pub opened_at: DateTime<Utc>,
    /// Earliest and latest event.
    pub first_event_at: DateTime<Utc>,
    /// Latest event.
    pub last_event_at: DateTime<Utc>,
    /// Number of events (sum of their counts is in the evidence).
    pub events: i64,
    /// First delivered notice.
    pub notified_at: Option<DateTime<Utc>>,
    /// By when something is due (customer's deadline, or the desk's).
    pub due_at: Option<DateTime<Utc>>,
    /// Hidden until.
    pub snoozed_until: Option<DateTime<Utc>>,
    /// Closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// The closed case this one repeats.
    pub repeat_of: Option<CaseId>,
    /// How many earlier cases within the repeat window.
    pub strikes: i64,
    /// A customer's message nobody has looked at.
    pub unread: bool,
    /// Rises with each change; a form with an older one is refused as stale.
    pub version: i64,
}

words! {
    /// Who wrote a message of a case, and who may read it.
    MessageKind {
        /// For the staff only.
        Note = "note",
        /// From the desk, visible to the customer.
        Reply = "reply",
        /// From the customer's page.
        Statement = "statement",
    }
}

/// A text in a case.
#[derive(Debug, Clone)]
pub struct Message {
    /// Identifier; given by the form, so that a double click writes once.
    pub id: crate::id::MessageId,
    /// In which case.
    pub case: CaseId,
    /// Kind.
    pub kind: MessageKind,
    /// The claim that came with a statement.
    pub claim: Option<Claim>,
    /// Author as the ledger names him.
    pub author: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The words.
    pub text: String,
}
