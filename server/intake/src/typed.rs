//! An event as a person types it: the desk at triage, or the reporter in the form he was sent.
use crate::{address, role, time, time::Unzoned};
use chrono::{DateTime, Utc};
use domain::{
    class::Class,
    event::{Observation, Role, TimeGrade},
    refusal::Refusal,
    triage::EventFields,
};

/// The fields of such a form, as typed.
pub struct Typed<'f>(pub &'f EventFields);

impl Typed<'_> {
    /// The event these fields stand for. A time without zone is taken as UTC and says so.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] naming the field and what would be right.
    pub fn observation(&self, received_at: DateTime<Utc>) -> Result<Observation, Refusal> {
        let port = optional(&self.0.port, |text| text.parse::<u16>().ok().filter(|port| *port > 0))
            .ok_or_else(|| Refusal::invalid("port", "is a number from 1 to 65535, or empty"))?;
        let source = address::source_of(&undefanged(self.0.source.trim()), port).ok_or_else(|| {
            Refusal::invalid("source", "is not one address, host name, URL or account, such as 192.0.2.7")
        })?;
        if source.ip().is_some_and(|ip| !address::is_public(ip)) {
            return Err(Refusal::invalid("source", "is an address that nobody on the internet has"));
        }
        let class = Class::parse(self.0.class.trim())
            .ok_or_else(|| Refusal::invalid("class", "is not one of the list: choose what happened"))?;
        let role = optional(&self.0.role, Role::parse)
            .ok_or_else(|| Refusal::invalid("role", "is not one of the list"))?
            .unwrap_or_else(|| role::of(class));
        let count = optional(&self.0.count, |text| text.parse::<i64>().ok().filter(|n| (1..=1_000_000).contains(n)))
            .ok_or_else(|| Refusal::invalid("count", "is a whole number from 1 to 1000000, or empty"))?
            .unwrap_or(1);
        let span = self.span(received_at)?;
        Ok(Observation {
            source,
            from: Some(span.from),
            to: Some(span.to),
            time_grade: span.grade,
            class,
            role,
            count,
            reference: None,
            details: serde_json::Map::new(),
            faults: span.faults,
        })
    }

    fn span(&self, received_at: DateTime<Utc>) -> Result<time::Span, Refusal> {
        let typed = self.0.seen.trim();
        if typed.is_empty() {
            return Ok(time::assumed(received_at, "no event time"));
        }
        let (first, last) = match typed.split_once(" to ").or_else(|| typed.split_once(" - ")) {
            Some((first, last)) => (Some(first), Some(last)),
            None => (Some(typed), None),
        };
        let span = time::span(first, last, Unzoned::IsGuess, received_at);
        let unread =
            span.faults.iter().any(|fault| fault.contains("cannot be read") || fault.contains("no event time"));
        if unread {
            let problem = "cannot be read: write 2026-11-20 14:03 +0100, or 20 Nov 2026 14:03 UTC";
            return Err(Refusal::invalid("seen", problem));
        }
        if span.grade != TimeGrade::Range && span.from > received_at + chrono::Duration::minutes(10) {
            return Err(Refusal::invalid("seen", "lies after the report's arrival"));
        }
        Ok(span)
    }
}

/// None: typed and wrong. Some(None): not typed.
fn optional<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
    match text.trim() {
        "" => Some(None),
        typed => read(typed).map(Some),
    }
}

/// `hxxp://evil[.]example` as people write it so that nobody clicks it.
fn undefanged(text: &str) -> String {
    let text = text.replace("[.]", ".").replace("(.)", ".").replace("[:]", ":");
    match text.get(..4) {
        Some(head) if head.eq_ignore_ascii_case("hxxp") => format!("http{}", text.get(4..).unwrap_or_default()),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::parse_from_rfc3339("2026-11-22T12:00:00Z").unwrap().to_utc()
    }

    fn typed(source: &str, port: &str, seen: &str, class: &str) -> EventFields {
        let text = |text: &str| text.to_owned();
        EventFields {
            source: text(source),
            port: text(port),
            seen: text(seen),
            class: text(class),
            ..EventFields::default()
        }
    }

    #[test]
    fn what_people_type_becomes_an_event() {
        let seen = typed(" 203.0.113.9 ", "50123", "2026-11-20 14:03 +0100", "messaging/spam");
        let event = Typed(&seen).observation(now()).unwrap();
        assert_eq!((event.source.value.as_str(), event.source.port), ("203.0.113.9", Some(50123)));
        assert_eq!(event.from.unwrap().to_rfc3339(), "2026-11-20T13:03:00+00:00");
        assert_eq!((event.time_grade, event.role), (TimeGrade::Stated, Role::Actor));
        let url = typed("hxxps://login[.]shop.example/x", "", "", "content/phishing");
        let url = Typed(&url).observation(now()).unwrap();
        assert_eq!((url.source.value.as_str(), url.time_grade), ("https://login.shop.example/x", TimeGrade::Assumed));
    }

    #[test]
    fn each_fault_names_its_field() {
        let good = ("203.0.113.9", "", "2026-11-20 14:03 UTC", "messaging/spam");
        for (field, wrong) in [
            ("source", typed("somewhere", good.1, good.2, good.3)),
            ("source", typed("192.168.1.4", good.1, good.2, good.3)),
            ("port", typed(good.0, "70000", good.2, good.3)),
            ("seen", typed(good.0, good.1, "yesterday", good.3)),
            ("seen", typed(good.0, good.1, "2027-01-01 00:00 UTC", good.3)),
            ("class", typed(good.0, good.1, good.2, "spam")),
        ] {
            match Typed(&wrong).observation(now()) {
                Err(Refusal::Invalid { field: named, .. }) => assert_eq!(named, field),
                other => panic!("{field}: {other:?}"),
            }
        }
    }
}
