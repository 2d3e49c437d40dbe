//! What a reporter is asked when his report lacks a part, and his answer by the form behind a secret link.
use crate::{
    attribution::{Answer, Certainty, Doubt},
    event::{Observation, TimeGrade},
    id::{EventId, QuestionId, ReportId},
    refusal::Refusal,
    words::words,
};
use chrono::{DateTime, TimeDelta, Utc};

/// Time a reporter has to answer; then the report is parked again.
pub const QUESTION_LIFE: TimeDelta = TimeDelta::days(14);

words! {
    /// A part that an event needs and a report may lack.
    Lacking {
        /// The address, host or URL.
        Source = "source",
        /// The port on our customer's side.
        Port = "port",
        /// When it was, with the time zone.
        Time = "time",
        /// What happened.
        What = "what",
        /// Log lines or headers.
        Evidence = "evidence",
    }
}

impl Lacking {
    /// The question in one line of the letter.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Source => "the IP address, host name or URL you are complaining about",
            Self::Port => "the source port: several customers share one address at the same time",
            Self::Time => "the date and time with the time zone: addresses change hands",
            Self::What => "what happened (spam, attack, phishing, ...)",
            Self::Evidence => "the log lines or the full headers that show it",
        }
    }
}

/// What only the reporter can add so that the event's holder becomes certain; nothing where no word of his would.
#[must_use]
pub fn missing(seen: &Observation, answer: &Answer) -> Vec<Lacking> {
    let no_port = seen.source.port.is_none() && answer.candidates.iter().any(|one| one.ports != (0, u16::MAX));
    let no_time = matches!(seen.time_grade, TimeGrade::Assumed | TimeGrade::None);
    let (port, time) = match (answer.certainty, answer.doubt) {
        (Certainty::Certain, _) => (false, false),
        (_, Some(Doubt::NoPort)) => (true, no_time),
        (_, Some(Doubt::NoTime)) => (no_port, true),
        (_, Some(Doubt::SeveralHolders | Doubt::PartOfSpan)) => (no_port, true),
        // Without a time nobody can say that there was no lease.
        (Certainty::Unknown, Some(Doubt::NoLease)) => (false, no_time),
        (Certainty::Ambiguous, None) => (no_port, no_time || seen.time_grade == TimeGrade::Range),
        _ => (false, false),
    };
    [(port, Lacking::Port), (time, Lacking::Time)]
        .into_iter()
        .filter(|(lacks, _)| *lacks)
        .map(|(_, part)| part)
        .collect()
}

/// A question to a reporter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Identifier, given by the form.
    pub id: QuestionId,
    /// About which report.
    pub report: ReportId,
    /// About this one event of it, which waits for its holder; none: about the whole report.
    pub event: Option<EventId>,
    /// Whom it went to.
    pub recipient: String,
    /// What is asked for.
    pub lacking: Vec<Lacking>,
    /// Who asked, as the ledger names him.
    pub asked_by: String,
    /// When.
    pub asked_at: DateTime<Utc>,
    /// The link ends then.
    pub expires_at: DateTime<Utc>,
    /// When the answer came.
    pub answered_at: Option<DateTime<Utc>>,
    /// The reporter's own words with his answer.
    pub answer: String,
}

impl Question {
    /// Whether its form still takes an answer.
    #[must_use]
    pub fn open(&self, now: DateTime<Utc>) -> bool {
        self.answered_at.is_none() && now < self.expires_at
    }
}

/// What is asked for, as stored: words with commas.
#[must_use]
pub fn lacking_text(lacking: &[Lacking]) -> String {
    lacking.iter().map(|part| part.as_str()).collect::<Vec<_>>().join(",")
}

/// Reads words with commas; unknown words are passed over.
#[must_use]
pub fn lacking_of(text: &str) -> Vec<Lacking> {
    text.split(',').filter_map(|word| Lacking::parse(word.trim())).collect()
}

/// An address that a person or a machine may be written to about his report.
///
/// # Errors
/// [`Refusal::Invalid`] of the field `recipient`.
pub fn check_recipient(address: &str) -> Result<(), Refusal> {
    let fault = match crate::notice::address_fault(address) {
        None => return Ok(()),
        Some(_) if address.is_empty() => "is empty: whom shall we ask?",
        Some(_) => "is not one mail address, such as abuse@example.net",
    };
    Err(Refusal::invalid("recipient", fault))
}
