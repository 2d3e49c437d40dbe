//! A parked report on the triage screen: its words, what was guessed from them, whose it would be, and what to do next.
use crate::{
    attribution::Answer,
    class::Class,
    evidence::Named,
    id::ReportId,
    letter::Letter,
    question::Question,
    report::{Envelope, Report},
    reporter::{Markable, Provenance},
};

/// A guess with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    /// As it would be typed.
    pub value: String,
    /// Why it was guessed.
    pub reason: String,
    /// The line in which it was found; hostile.
    pub excerpt: String,
}

/// What was guessed from a report's words, best first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guesses {
    /// Addresses, hosts, URLs.
    pub sources: Vec<Guess>,
    /// The port that goes with the first source.
    pub port: String,
    /// Times, as RFC 3339.
    pub times: Vec<Guess>,
    /// Classes with the reason.
    pub classes: Vec<(Class, String)>,
}

impl Guesses {
    /// The form filled in with the best guess of each field. A time that stands nowhere in the text is not filled in.
    #[must_use]
    pub fn filled(&self) -> EventFields {
        let read = self.times.first().filter(|guess| !guess.excerpt.trim().is_empty());
        EventFields {
            source: self.sources.first().map(|guess| guess.value.clone()).unwrap_or_default(),
            port: self.port.clone(),
            seen: read.map(|guess| guess.value.clone()).unwrap_or_default(),
            class: self.classes.first().map(|(class, _)| class.as_str().to_owned()).unwrap_or_default(),
            ..EventFields::default()
        }
    }
}

/// A report as text for the eyes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// Telling headers of a mail.
    pub headers: Vec<(String, String)>,
    /// The text.
    pub text: String,
    /// It was cut.
    pub cut: bool,
    /// Names and sizes in bytes of what is attached.
    pub attachments: Vec<(String, usize)>,
}

/// The triage screen of one report.
#[derive(Debug, Clone)]
pub struct Triage {
    /// The report.
    pub report: Report,
    /// Its words.
    pub words: Words,
    /// What was guessed.
    pub guesses: Guesses,
    /// Whose the first guess would be, with the candidates by name.
    pub whose: Option<(Answer, Vec<Named>)>,
    /// Whom one would ask; empty when nobody can be.
    pub recipient: String,
    /// What the reporter was asked, newest first.
    pub questions: Vec<Question>,
    /// Letters to the reporter, newest first.
    pub letters: Vec<Letter>,
    /// The parked report that comes after this one.
    pub next: Option<ReportId>,
    /// Parked reports in all.
    pub left: i64,
    /// How it was delivered, where it came by mail.
    pub provenance: Option<Provenance>,
    /// How a mail server handed it over, where one did.
    pub envelope: Option<Envelope>,
    /// What could be marked, and what is.
    pub markable: Markable,
}

/// What the form of the triage screen holds, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFields {
    /// Address, host, URL or account.
    pub source: String,
    /// Port, or empty.
    pub port: String,
    /// Time with zone, or empty.
    pub seen: String,
    /// `category/type`.
    pub class: String,
    /// Role, or empty: as the class says.
    pub role: String,
    /// How often, or empty: once.
    pub count: String,
}
