//! The words of a receipt and of an outcome. They are made of the report's number and day and of the class of outcome
//! alone, so that they cannot hold a word about a customer.
use super::OutcomeClass;
use crate::id::ReportId;
use chrono::{DateTime, Utc};

/// What a reporter is told about one report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// Which report.
    pub report: ReportId,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// What came of it; none: it arrived.
    pub outcome: Option<OutcomeClass>,
}

impl Told {
    /// Subject and text of the letter, signed by the desk.
    #[must_use]
    pub fn letter(&self, desk: &str) -> (&'static str, String) {
        let day = self.received_at.format("%-d %B %Y");
        let (subject, news) = match self.outcome {
            None => {
                ("Your report has arrived", "We look into it and act where our terms or the law ask for it.".to_owned())
            }
            Some(outcome) => ("What became of your report", outcome.sentence().to_owned()),
        };
        let number = self.report;
        let body = format!(
            "Hello,\n\nthis is about your report of {day}, which has the number {number} here.\n\n{news}\n\nWe do not \
             tell reporters who our customers are. A machine wrote this mail because it was agreed with you; if you \
             do not want it any more, answer it.\n\n{desk}\n"
        );
        (subject, body)
    }

    /// The same as the JSON object of a webhook.
    #[must_use]
    pub fn json(&self, message_id: &str) -> String {
        let object = serde_json::json!({
            "version": 1,
            "kind": if self.outcome.is_some() { "outcome" } else { "receipt" },
            "report": self.report.to_string(),
            "received_at": self.received_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            "message_id": (!message_id.is_empty()).then_some(message_id),
            "outcome": self.outcome.map(OutcomeClass::as_str),
        });
        object.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Outcome;

    #[test]
    fn the_words_are_few_and_known() {
        let told = |outcome| Told { report: ReportId::new(), received_at: DateTime::UNIX_EPOCH, outcome };
        let all = OutcomeClass::ALL.iter().copied().map(Some).chain([None]);
        for outcome in all {
            let told = told(outcome);
            let (subject, body) = told.letter("Abuse desk");
            // Nothing but the number and the day differs between two reports.
            let other = Told { report: ReportId::new(), ..told };
            let (same, text) = other.letter("Abuse desk");
            assert_eq!(subject, same);
            assert_eq!(body.replace(&told.report.to_string(), "N"), text.replace(&other.report.to_string(), "N"));
            assert!(subject.chars().all(|c| !c.is_control()) && body.contains("1 January 1970"));
            assert!(body.lines().all(|line| line.len() < 998));
            let object: serde_json::Value = serde_json::from_str(&told.json("m@r.example")).unwrap();
            let keys: Vec<&String> = object.as_object().unwrap().keys().collect();
            assert_eq!(keys.len(), 6, "{keys:?}");
        }
        for outcome in Outcome::ALL {
            assert!(!OutcomeClass::of(*outcome).sentence().contains("customer"), "{outcome}");
        }
    }
}
