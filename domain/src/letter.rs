//! One mail owed to a reporter about his report: a question, a receipt, or what came of it. Never a word about a customer.
use crate::{
    id::{LetterId, ReportId},
    notice::NoticeState,
    words::words,
};
use chrono::{DateTime, Utc};

words! {
    /// What a letter is for.
    LetterKind {
        /// Asks for what the report does not say.
        Question = "question",
        /// Says that the report arrived.
        Receipt = "receipt",
        /// Says what came of it, by class of outcome only.
        Outcome = "outcome",
    }
}

impl LetterKind {
    /// Whether a machine writes it by itself: then RFC 3834 holds (null return path, never to a machine).
    #[must_use]
    pub const fn automatic(self) -> bool {
        matches!(self, Self::Receipt | Self::Outcome)
    }
}

impl Letter {
    /// The Message-ID of letter `id`; `tag` is random, as that of a notice (`Notice::message_id_of`).
    #[must_use]
    pub fn message_id_of(id: LetterId, tag: &str, domain: &str) -> String {
        format!("<{id}.{tag}@{domain}>")
    }

    /// What those know who had it in their hands: the local part of the Message-ID.
    #[must_use]
    pub fn return_key(&self) -> &str {
        self.message_id.trim_start_matches('<').split('@').next().unwrap_or_default()
    }

    /// The address to which a bounce comes.
    #[must_use]
    pub fn return_address(&self, domain: &str) -> String {
        format!("{}{}@{domain}", crate::notice::RETURN_MARK, self.return_key())
    }
}

/// A letter as written and sent. Its delivery states are those of a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Identifier, given by the form where a person writes, so that a double click writes once.
    pub id: LetterId,
    /// What it is for.
    pub kind: LetterKind,
    /// About which report.
    pub report: ReportId,
    /// Address.
    pub recipient: String,
    /// Subject line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// RFC 5322 Message-ID with its angle brackets: one per letter, the same at every try.
    pub message_id: String,
    /// Message-ID of the report with its angle brackets, or empty.
    pub in_reply_to: String,
    /// Where it stands.
    pub state: NoticeState,
    /// Tries so far.
    pub attempts: i64,
    /// What the relay last said.
    pub answer: String,
    /// Written.
    pub created_at: DateTime<Utc>,
    /// Not before (back-off).
    pub next_at: DateTime<Utc>,
    /// The relay took it.
    pub sent_at: Option<DateTime<Utc>>,
}
