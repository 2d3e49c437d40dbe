//! What must hold for whatever bytes a reader is given. Any panic is a finding, caught or not, but
//! those inside the library that takes mails apart: the reader catches them and parks the mail with its text.
use chrono::{DateTime, Utc};
use domain::event::Disposition;
use intake::{Hint, Parsed, parse, suggest};
use serde_json::Value;

/// The day on which everything arrives.
///
/// # Panics
/// Never: the day is a constant.
#[must_use]
pub fn received_at() -> DateTime<Utc> {
    DateTime::from_timestamp(1_714_636_800, 0).unwrap_or_default()
}

/// Where panics are no finding: [`intake`] expects them there and parks the mail.
const EXPECTED: &str = "/mail-parser-";

/// Lets the panics pass that the reader of mails catches; every other one ends the process.
pub fn expect_caught_panics() {
    // libFuzzer's hook aborts at any panic, and prints it.
    let every = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !info.location().is_some_and(|at| at.file().contains(EXPECTED)) {
            every(info);
        }
    }));
}

/// Reads bytes under a name and checks what came of them.
///
/// # Panics
/// When something does not hold: that is the finding.
pub fn check(bytes: &[u8], content_type: Option<&str>, file_name: Option<&str>) -> Parsed {
    let hint = Hint { content_type, file_name };
    let parsed = parse(bytes, hint, received_at());
    check_parsed(&parsed);
    assert_eq!(parsed.suggestion.is_some(), parsed.disposition == Disposition::NeedsHuman);
    if let Some(guesses) = &parsed.suggestion {
        let own = "192.0.2.0/24".parse().map(|net| vec![net]).unwrap_or_default();
        let again = suggest(bytes, hint, received_at(), &own);
        assert!(guesses.sources.len() <= 12 && again.sources.len() <= 12);
        assert!(guesses.sources.iter().all(|s| s.excerpt.len() <= 200 && !s.reason.is_empty()));
    }
    parsed
}

/// What holds for whatever was read, by whatever reader.
///
/// # Panics
/// When something does not hold.
pub fn check_parsed(parsed: &Parsed) {
    let reason = parsed.reason.as_deref().unwrap_or_default();
    assert!(!reason.contains("reader failed"), "a reader panicked");
    if parsed.disposition == Disposition::Events {
        assert!(!parsed.events.is_empty());
    } else {
        assert!(!reason.is_empty() && parsed.events.is_empty());
    }
    for event in &parsed.events {
        assert!(event.count >= 1 && event.from <= event.to, "{event:?}");
        assert!(!event.source.value.is_empty() && !event.source.value.contains(char::is_control), "{event:?}");
    }
    let opened = intake::Opened::from(parsed.clone());
    assert_eq!(opened.total(), parsed.events.len());
    check_texts(&serde_json::to_value(intake::line::Line::new("x", &opened, None)).unwrap_or_default());
}

/// No text holds NUL: PostgreSQL refuses it.
fn check_texts(value: &Value) {
    match value {
        Value::String(text) => assert!(!text.contains('\0'), "{text:?}"),
        Value::Array(items) => items.iter().for_each(check_texts),
        Value::Object(fields) => fields.values().for_each(check_texts),
        _ => {}
    }
}
