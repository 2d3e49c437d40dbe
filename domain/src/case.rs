//! The unit of work: events of one customer under one grouping key, and THE table of what may happen to a case.
use crate::{
    actor::Permission,
    class::{Category, Class},
    id::{CaseId, CustomerId, ServiceId, UserId},
    refusal::Refusal,
    words::words,
};
use chrono::{DateTime, Utc};

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
    }
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
    }
}

/// Where a command leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The state stays.
    Same,
    /// Into this state.
    To(CaseState),
    /// To `quarantined` if a quarantine holds, else to `notified`.
    Waiting,
}

/// One row of the table: command, states from which it is legal, where it leads, the staff's right (None = not a staff
/// command), the button's words.
pub struct Move {
    /// The command.
    pub command: CaseCommand,
    /// Legal from these states.
    pub from: &'static [CaseState],
    /// Leads there.
    pub next: Next,
    /// The right a member of staff needs; None = machines and customers only.
    pub right: Option<Permission>,
    /// The words on the button.
    pub label: &'static str,
}

use CaseState::{Answered, Closed, Notified, Open, Quarantined, Released};
const ACTIVE: &[CaseState] = &[Open, Notified, Quarantined, Answered, Released];
const WORK: Option<Permission> = Some(Permission::WorkCases);

/// The only authority on what may happen to a case.
pub const MOVES: &[Move] = &[
    Move {
        command: CaseCommand::Join,
        from: &[Open, Notified, Quarantined, Answered],
        next: Next::Same,
        right: WORK,
        label: "Join",
    },
    // New evidence in the watch period: it was not fixed.
    Move { command: CaseCommand::Join, from: &[Released], next: Next::To(Open), right: WORK, label: "Join" },
    Move { command: CaseCommand::Assign, from: ACTIVE, next: Next::Same, right: WORK, label: "Take" },
    Move { command: CaseCommand::HandBack, from: ACTIVE, next: Next::Same, right: WORK, label: "Hand back" },
    Move {
        command: CaseCommand::Note,
        from: &[Open, Notified, Quarantined, Answered, Released, Closed],
        next: Next::Same,
        right: WORK,
        label: "Note",
    },
    Move { command: CaseCommand::Snooze, from: ACTIVE, next: Next::Same, right: WORK, label: "Snooze" },
    Move { command: CaseCommand::Notify, from: ACTIVE, next: Next::Same, right: WORK, label: "Notify" },
    Move { command: CaseCommand::NoticeDelivered, from: &[Open], next: Next::To(Notified), right: None, label: "" },
    Move {
        command: CaseCommand::NoticeDelivered,
        from: &[Notified, Quarantined, Answered, Released, Closed],
        next: Next::Same,
        right: None,
        label: "",
    },
    Move { command: CaseCommand::NoticeBounced, from: &[Notified], next: Next::To(Open), right: None, label: "" },
    Move {
        command: CaseCommand::NoticeBounced,
        from: &[Open, Quarantined, Answered, Released, Closed],
        next: Next::Same,
        right: None,
        label: "",
    },
    Move {
        command: CaseCommand::OrderQuarantine,
        from: ACTIVE,
        next: Next::Same,
        right: Some(Permission::OrderQuarantine),
        label: "Quarantine",
    },
    Move {
        command: CaseCommand::QuarantineInForce,
        from: &[Open, Notified, Quarantined, Released],
        next: Next::To(Quarantined),
        right: None,
        label: "",
    },
    // The customer's word stands until the desk has answered it.
    Move {
        command: CaseCommand::QuarantineInForce,
        from: &[Answered, Closed],
        next: Next::Same,
        right: None,
        label: "",
    },
    Move { command: CaseCommand::QuarantineLifted, from: ACTIVE, next: Next::To(Released), right: None, label: "" },
    Move { command: CaseCommand::QuarantineLifted, from: &[Closed], next: Next::Same, right: None, label: "" },
    Move {
        command: CaseCommand::State,
        from: &[Open, Notified, Quarantined, Answered],
        next: Next::To(Answered),
        right: None,
        label: "",
    },
    Move { command: CaseCommand::State, from: &[Released, Closed], next: Next::Same, right: None, label: "" },
    Move { command: CaseCommand::Reply, from: &[Answered], next: Next::Waiting, right: WORK, label: "Reply" },
    Move {
        command: CaseCommand::Reply,
        from: &[Open, Notified, Quarantined, Released],
        next: Next::Same,
        right: WORK,
        label: "Reply",
    },
    Move { command: CaseCommand::Settle, from: &[Answered], next: Next::Waiting, right: WORK, label: "Nothing to add" },
    Move {
        command: CaseCommand::Close,
        from: &[Open, Notified, Answered, Released],
        next: Next::To(Closed),
        right: WORK,
        label: "Close",
    },
    Move { command: CaseCommand::Reopen, from: &[Closed], next: Next::To(Open), right: WORK, label: "Reopen" },
];

/// Decides where `command` leads from `state`.
///
/// `held` says whether the case holds a quarantine that is not lifted yet: such a case cannot be closed.
///
/// # Errors
/// [`Refusal::CaseState`] when the table has no such move.
pub fn step(state: CaseState, command: CaseCommand, held: bool) -> Result<CaseState, Refusal> {
    let refused = Refusal::CaseState { state, act: command.as_str() };
    if command == CaseCommand::Close && held {
        return Err(Refusal::Invalid {
            field: "outcome",
            problem: "release the quarantine first, then close the case".to_owned(),
        });
    }
    let found = MOVES.iter().find(|row| row.command == command && row.from.contains(&state)).ok_or(refused)?;
    Ok(match found.next {
        Next::Same => state,
        Next::To(to) => to,
        Next::Waiting if held => Quarantined,
        Next::Waiting => Notified,
    })
}

/// What a person with the rights of `may` can do in `state`: what the interface offers.
pub fn offered(state: CaseState, held: bool, may: impl Fn(Permission) -> bool) -> Vec<CaseCommand> {
    let mut commands: Vec<CaseCommand> = MOVES
        .iter()
        .filter(|row| {
            row.from.contains(&state) && row.right.is_some_and(&may) && step(state, row.command, held).is_ok()
        })
        .map(|row| row.command)
        .filter(|command| *command != CaseCommand::Join)
        .collect();
    commands.dedup();
    commands
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
    /// Sort order of the case queue.
    CaseOrder {
        /// What is due first.
        Due = "due",
        /// Newest case first.
        Newest = "newest",
        /// Oldest case first.
        Oldest = "oldest",
        /// Most events first.
        Events = "events",
        /// Latest event first.
        Activity = "activity",
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
