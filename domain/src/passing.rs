//! Evidence given to somebody outside: as XARF v4, by download, webhook or mail.
use crate::{
    id::{CaseId, EventId, PassingId},
    notice::NoticeState,
    refusal::Refusal,
    words::words,
};
use chrono::{DateTime, Utc};

words! {
    /// How it leaves.
    Way {
        /// As a file, by the hand of whoever takes it.
        Download = "download",
        /// A signed POST to an address of the settings.
        Webhook = "webhook",
        /// A mail with the file attached.
        Mail = "mail",
    }
}

/// What is passed on: one event, or the events of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// One event.
    Event(EventId),
    /// The counted events of a case.
    Case(CaseId),
}

/// Something that left, or is to leave. Its delivery states are those of a notice.
#[derive(Debug, Clone)]
pub struct Passing {
    /// Identifier, given by the form: a double click passes on once.
    pub id: PassingId,
    /// How.
    pub way: Way,
    /// To whom: address of the webhook or of the mail; empty for a download.
    pub target: String,
    /// What.
    pub subject: Subject,
    /// How many events.
    pub events: i64,
    /// Exactly what leaves: one JSON object, or one a line.
    pub body: String,
    /// A few words to whoever gets the mail.
    pub note: String,
    /// By whom, as the ledger names him.
    pub made_by: String,
    /// When.
    pub made_at: DateTime<Utc>,
    /// Where it stands.
    pub state: NoticeState,
    /// Tries so far.
    pub attempts: i64,
    /// What the other side last said.
    pub answer: String,
    /// Not before (back-off).
    pub next_at: DateTime<Utc>,
    /// When it arrived.
    pub sent_at: Option<DateTime<Utc>>,
}

impl Passing {
    /// The media type of the body.
    #[must_use]
    pub const fn media_type(&self) -> &'static str {
        match self.subject {
            Subject::Event(_) => "application/json",
            Subject::Case(_) => "application/x-ndjson",
        }
    }

    /// The name the file has.
    #[must_use]
    pub const fn file_name(&self) -> &'static str {
        match self.subject {
            Subject::Event(_) => "xarf.json",
            Subject::Case(_) => "xarf.ndjson",
        }
    }
}

/// Checks a mail address as typed.
///
/// # Errors
/// [`Refusal::Invalid`] for `target`.
pub fn check_address(text: &str) -> Result<(), Refusal> {
    let bad = |letter: char| letter.is_whitespace() || letter.is_control() || ",;<>()\"".contains(letter);
    let parts = text.split_once('@').filter(|(local, domain)| {
        !local.is_empty() && domain.contains('.') && !domain.contains('@') && !domain.starts_with('.')
    });
    if parts.is_none() || text.len() > 254 || text.contains(bad) {
        return Err(Refusal::invalid("target", "is one mail address, such as abuse@isp.example"));
    }
    Ok(())
}
