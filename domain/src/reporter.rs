//! Who vouches for reports: how much he is worth to us, what his reports were like, and what we tell him.
mod figures;
mod provenance;
mod words;

pub use figures::{
    AGE_BEYOND, ReporterColumn, ReporterDay, ReporterFigures, ReporterOrder, ReporterRow, age_step, age_words,
    definition, median_step,
};
pub use provenance::{Method, Provenance, Standing, Verdict, same_organisation, standing};

pub use words::Told;

use crate::{case::Outcome, id::ReportId, notice::address_fault, refusal::Refusal, report::Report, words::words};
use chrono::{DateTime, Utc};

/// Smallest and largest weight of a reporter.
pub const WEIGHTS: std::ops::RangeInclusive<i64> = 1..=10;
/// Weight of a reporter nobody has judged yet.
pub const WEIGHT_USUAL: i64 = 5;
/// Characters of a feedback address or webhook.
const TARGET_CHARS_MAX: usize = 500;

words! {
    /// What a reporter is told about his reports.
    Feedback {
        /// Nothing.
        None = "none",
        /// That a report arrived.
        Receipt = "receipt",
        /// That, and the class of what came of it.
        Outcome = "receipt_and_outcome",
    }
}

words! {
    /// How he is told.
    FeedbackBy {
        /// A mail to one address.
        Mail = "mail",
        /// A signed POST to one URL.
        Webhook = "webhook",
    }
}

words! {
    /// What a reporter may learn about the end of his report. Never whose it was, nor what was done to whom.
    OutcomeClass {
        /// The desk acted.
        ActedOn = "acted_on",
        /// The desk looked and found no abuse.
        NoAbuse = "no_abuse_found",
        /// It was nobody of ours.
        NotOurs = "not_our_customer",
        /// Nobody could be found for it.
        Unidentified = "could_not_identify",
    }
}

impl OutcomeClass {
    /// What a case that ended like this means to the reporter.
    #[must_use]
    pub const fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Resolved | Outcome::Victim | Outcome::Duplicate => Self::ActedOn,
            Outcome::FalsePositive | Outcome::NoAction => Self::NoAbuse,
            Outcome::NotOurs => Self::NotOurs,
            // Its events went to another case, whose end counts.
            Outcome::WrongCustomer => Self::Unidentified,
        }
    }

    /// The sentence of the letter.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::ActedOn => "We found cause for it and acted on it.",
            Self::NoAbuse => "We looked into it and found no abuse.",
            Self::NotOurs => "What you reported does not belong to our network.",
            Self::Unidentified => "From what the report says we could not find out who it was.",
        }
    }

    /// The one word for a report whose parts ended in these ways: the strongest of them; none when there are no parts.
    #[must_use]
    pub fn strongest(parts: impl IntoIterator<Item = Self>) -> Option<Self> {
        // The order of the declaration.
        parts.into_iter().min()
    }
}

/// What the staff decided about a reporter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReporterSettings {
    /// Off: his reports are stored and filed away.
    pub switched_on: bool,
    /// How much his word counts, see [`WEIGHTS`].
    pub weight: i64,
    /// No playbook may act on his word alone without a person.
    pub never_automatic: bool,
    /// What he is told.
    pub feedback: Feedback,
    /// How.
    pub feedback_by: FeedbackBy,
    /// Mail address or URL; empty without feedback.
    pub feedback_to: String,
}

impl Default for ReporterSettings {
    fn default() -> Self {
        Self {
            switched_on: true,
            weight: WEIGHT_USUAL,
            never_automatic: false,
            feedback: Feedback::None,
            feedback_by: FeedbackBy::Mail,
            feedback_to: String::new(),
        }
    }
}

impl ReporterSettings {
    /// Checks what was typed.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] naming the field.
    pub fn checked(mut self) -> Result<Self, Refusal> {
        if !WEIGHTS.contains(&self.weight) {
            return Err(Refusal::invalid("weight", "is a whole number from 1 to 10"));
        }
        self.feedback_to = self.feedback_to.trim().to_owned();
        if self.feedback == Feedback::None && self.feedback_to.is_empty() {
            return Ok(self);
        }
        let to = &self.feedback_to;
        let fault = match self.feedback_by {
            _ if to.chars().count() > TARGET_CHARS_MAX => Some("is too long"),
            FeedbackBy::Mail => address_fault(to).map(|_| "is not one mail address, such as abuse@reporter.example"),
            FeedbackBy::Webhook => {
                (!web_address(to)).then_some("is not an address that begins with https:// or http://")
            }
        };
        match fault {
            Some(fault) => Err(Refusal::invalid("feedback_to", fault)),
            None => Ok(self),
        }
    }

    /// What differs from `old`, each as old and new value; for the record.
    #[must_use]
    pub fn changes(&self, old: &Self) -> Vec<(&'static str, String, String)> {
        let word = |on: bool| if on { "yes" } else { "no" }.to_owned();
        let told = |one: &Self| match one.feedback {
            Feedback::None => "none".to_owned(),
            feedback => format!("{feedback} by {} to {}", one.feedback_by, one.feedback_to),
        };
        let all = [
            ("switched_on", word(old.switched_on), word(self.switched_on)),
            ("weight", old.weight.to_string(), self.weight.to_string()),
            ("never_automatic", word(old.never_automatic), word(self.never_automatic)),
            ("feedback", told(old), told(self)),
        ];
        all.into_iter().filter(|(_, was, is)| was != is).collect()
    }
}

/// `http` or `https`, a host, no user, no control characters.
fn web_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        !host.is_empty() && !host.contains('@') && !text.chars().any(|c| c.is_control() || c.is_whitespace())
    })
}

/// A reporter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reporter {
    /// The short stable name, usually a domain.
    pub name: String,
    /// Arrival of his first report.
    pub first_at: DateTime<Utc>,
    /// Arrival of his last.
    pub last_at: DateTime<Utc>,
    /// What the staff decided.
    pub settings: ReporterSettings,
    /// Why, as the last person wrote.
    pub reason: String,
    /// Who decided last, as the ledger names him; empty: nobody yet.
    pub changed_by: String,
    /// When.
    pub changed_at: Option<DateTime<Utc>>,
    /// Raised with every change.
    pub version: i64,
}

words! {
    /// What a mark names.
    MarkKind {
        /// The address that transmits.
        Sender = "sender",
        /// The one who vouches.
        Reporter = "reporter",
    }
}

/// "Always not abuse": reports from there are filed away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// What is marked.
    pub kind: MarkKind,
    /// Address or name, exactly.
    pub name: String,
    /// Why.
    pub reason: String,
    /// By whom, as the ledger names him.
    pub marked_by: String,
    /// When.
    pub marked_at: DateTime<Utc>,
}

/// What one could mark on a report, what is marked, and what would be filed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Markable {
    /// Kind, name, and how many reports of it wait for a person.
    pub offers: Vec<(MarkKind, String, i64)>,
    /// Marks that hold for this report's sender or reporter.
    pub marks: Vec<Mark>,
}

/// The page of a reporter.
#[derive(Debug, Clone)]
pub struct ReporterView {
    /// Who.
    pub reporter: Reporter,
    /// His numbers in the period.
    pub figures: ReporterFigures,
    /// Those of the period before.
    pub before: ReporterFigures,
    /// Day by day, without gaps.
    pub days: Vec<ReporterDay>,
    /// How many of his mails in the period stood how to him, as our server verified them.
    pub standings: Vec<(Standing, i64)>,
    /// His newest reports.
    pub reports: Vec<Report>,
    /// Cases of his closed in the period: number, outcome, when; newest first.
    pub cases: Vec<(String, Outcome, DateTime<Utc>)>,
    /// Letters and webhooks about his reports, newest first.
    pub told: Vec<crate::letter::Letter>,
    /// A mark that files his reports.
    pub mark: Option<Mark>,
}

/// How the events of a report ended, as far as they have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Endings {
    /// Events that wait, or are on a case that is not closed.
    pub open: i64,
    /// What those that are over mean to the reporter.
    pub over: Vec<OutcomeClass>,
}

/// A report that feedback is about, with what it is sent by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedbackOn {
    /// Which report.
    pub report: ReportId,
    /// Whose.
    pub reporter: Reporter,
    /// Its delivery, where it came by mail.
    pub provenance: Option<Provenance>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(by: FeedbackBy, to: &str) -> Result<ReporterSettings, Refusal> {
        let feedback_to = to.to_owned();
        ReporterSettings { feedback: Feedback::Outcome, feedback_by: by, feedback_to, ..ReporterSettings::default() }
            .checked()
    }

    #[test]
    fn settings_are_checked() {
        assert!(ReporterSettings::default().checked().is_ok());
        for weight in [0, 11, -1] {
            let settings = ReporterSettings { weight, ..ReporterSettings::default() };
            assert!(matches!(settings.checked(), Err(Refusal::Invalid { field: "weight", .. })));
        }
        for good in ["abuse@reporter.example", " abuse@reporter.example "] {
            assert!(told(FeedbackBy::Mail, good).is_ok(), "{good}");
        }
        for bad in ["", "https://reporter.example/", "a@b, c@d", "x@y\r\nBcc: z@w"] {
            assert!(told(FeedbackBy::Mail, bad).is_err(), "{bad}");
        }
        assert!(told(FeedbackBy::Webhook, "https://reporter.example/hook?x=1").is_ok());
        for bad in ["", "ftp://x", "https://", "https://user:pw@host/", "https://a b/", "abuse@reporter.example"] {
            assert!(told(FeedbackBy::Webhook, bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_strongest_ending_counts() {
        use OutcomeClass as O;
        assert_eq!(O::strongest([]), None);
        assert_eq!(O::strongest([O::Unidentified, O::NotOurs]), Some(O::NotOurs));
        assert_eq!(O::strongest([O::NoAbuse, O::ActedOn, O::Unidentified]), Some(O::ActedOn));
    }

    #[test]
    fn changes_are_named() {
        let old = ReporterSettings::default();
        assert!(old.changes(&old).is_empty());
        let new = ReporterSettings { weight: 2, switched_on: false, ..old.clone() };
        let names: Vec<&str> = new.changes(&old).into_iter().map(|(name, ..)| name).collect();
        assert_eq!(names, ["switched_on", "weight"]);
    }
}
