//! One message owed to one recipient about a case, with its delivery states.
use crate::{
    actor::Permission,
    id::{CaseId, CustomerId, NoticeId},
    refusal::Refusal,
    words::words,
};
use chrono::{DateTime, Utc};

words! {
    /// Where a notice stands.
    NoticeState {
        /// Written and owed; waits for the mailer or for a retry.
        Queued = "queued",
        /// Handed to the relay; the answer is not known yet.
        Sending = "sending",
        /// The relay took it: given.
        Sent = "sent",
        /// The relay refused it for good, or too often.
        Failed = "failed",
        /// It came back: not given.
        Bounced = "bounced",
        /// Taken back within the undo time.
        Cancelled = "cancelled",
    }
}

words! {
    /// Everything that can happen to a notice.
    NoticeCommand {
        /// The mailer takes it.
        Begin = "begin",
        /// The relay took it.
        Accept = "accept",
        /// Try later.
        Defer = "defer",
        /// For good.
        Fail = "fail",
        /// It came back.
        Bounce = "bounce",
        /// Send again after a failure.
        Retry = "retry",
        /// Take back.
        Cancel = "cancel",
    }
}

use NoticeCommand as N;
use NoticeState::{Bounced, Cancelled, Failed, Queued, Sending, Sent};

/// The only authority on what may happen to a notice: command, legal from, leads to.
pub const MOVES: &[(N, &[NoticeState], NoticeState)] = &[
    (N::Begin, &[Queued, Sending], Sending),
    (N::Accept, &[Sending], Sent),
    (N::Defer, &[Sending], Queued),
    (N::Fail, &[Sending], Failed),
    (N::Bounce, &[Sent], Bounced),
    (N::Retry, &[Failed], Queued),
    (N::Cancel, &[Queued], Cancelled),
];

/// Decides where `command` leads from `state`.
///
/// # Errors
/// [`Refusal::Invalid`] when the table has no such move.
pub fn step(state: NoticeState, command: N) -> Result<NoticeState, Refusal> {
    let found = MOVES.iter().find(|(known, from, _)| *known == command && from.contains(&state));
    found
        .map(|row| row.2)
        .ok_or_else(|| Refusal::invalid("notice", format!("is {state}: {command} is not possible from there")))
}

/// The right a member of staff needs for a command; none = the mailer's alone.
pub const fn right(command: N) -> Option<Permission> {
    match command {
        N::Retry | N::Cancel => Some(Permission::WorkCases),
        N::Begin | N::Accept | N::Defer | N::Fail | N::Bounce => None,
    }
}

/// A notice as written and sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Identifier, given by the form, so that a double click writes once.
    pub id: NoticeId,
    /// About which case.
    pub case: CaseId,
    /// To whom.
    pub customer: CustomerId,
    /// Name of the template, such as `bot`.
    pub template: String,
    /// Language of the text.
    pub language: String,
    /// Address.
    pub recipient: String,
    /// Subject line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// RFC 5322 Message-ID with its angle brackets: one per notice, the same at every try.
    pub message_id: String,
    /// Where it stands.
    pub state: NoticeState,
    /// Tries so far.
    pub attempts: i64,
    /// What the relay last said.
    pub answer: String,
    /// Written.
    pub created_at: DateTime<Utc>,
    /// Not before (undo time, back-off).
    pub next_at: DateTime<Utc>,
    /// The relay took it.
    pub sent_at: Option<DateTime<Utc>>,
    /// It came back.
    pub bounced_at: Option<DateTime<Utc>>,
}

/// A row of the mail page.
#[derive(Debug, Clone)]
pub struct NoticeRow {
    /// The notice.
    pub notice: Notice,
    /// Human number of the case.
    pub case_number: String,
    /// Name of the customer.
    pub customer_name: String,
}

/// Filter of the mail page; lives in the URL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoticeFilter {
    /// Only in this state.
    pub state: Option<NoticeState>,
    /// A word of the recipient's address, the customer's name or the case's number.
    pub text: String,
}
