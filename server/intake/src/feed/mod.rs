//! Feeds of other organisations with fixed columns or keys: CERTs, AbuseHub, Team Cymru, Microsoft, DShield, Spamhaus.
mod bitsight;
mod cert_csv;
mod class;
mod ctip;
mod cymru;
mod dshield;
mod intelmq;
mod iodef;
mod lines;
pub(crate) mod snds;
mod spamhaus;
mod table;

use crate::{Context, Parsed, limits};
use serde_json::{Map, Value};

/// Reads a text whose lines have a fixed form.
pub(crate) fn read_text(text: &str, context: Context) -> Option<Parsed> {
    iodef::read(text, context)
        .or_else(|| crate::named::cleanmx::feed(text, context))
        .or_else(|| cymru::read(text, context))
        .or_else(|| dshield::read(text, context))
        .or_else(|| spamhaus::read(text, context))
}

/// Class and role of another taxonomy's words, or of a feed's name.
pub(crate) fn class_of(words: &str) -> (domain::class::Class, domain::event::Role) {
    class::of(words)
}

/// Reads a CSV with columns of a form that is known by its header.
pub(crate) fn read_csv(bytes: &[u8], name: Option<&str>, context: Context) -> Option<Parsed> {
    cert_csv::read(bytes, name, context)
}

/// One JSON object of a feed: its event, a reason why it has none, or `None` when no reader knows its keys.
pub(crate) type Row = Result<domain::event::Observation, String>;

type Reader = (fn(&Map<String, Value>) -> bool, fn(&Map<String, Value>, Context) -> Row, &'static str);

const JSON: [Reader; 4] = [
    (intelmq::is, intelmq::read, ""),
    (ctip::is, ctip::read, "microsoft.com"),
    (bitsight::is, bitsight::read, "bitsight.com"),
    (dshield::is, dshield::read_object, "dshield.org"),
];

/// Reads JSON objects of one feed; rows of another form are named as faults.
pub(crate) fn read_objects<'v>(objects: impl Iterator<Item = &'v Value>, context: Context) -> Option<Parsed> {
    let mut objects = objects.take(limits::EVENTS).enumerate().peekable();
    let first = objects.peek()?.1.as_object()?;
    let (is, read, reporter) = JSON.iter().find(|(is, ..)| is(first))?;
    let mut parsed = Parsed::events(domain::event::Format::Json, Vec::new());
    parsed.reporter = Some((*reporter).to_owned()).filter(|r| !r.is_empty());
    if parsed.reporter.is_none() {
        parsed.reporter = crate::json::text(first, "feed.provider")
            .or_else(|| crate::json::text(first, "feed.name"))
            .map(str::to_owned);
    }
    for (number, value) in objects {
        match value.as_object().filter(|o| is(o)).map(|o| read(o, context)) {
            Some(Ok(event)) => parsed.events.push(event),
            Some(Err(fault)) => parsed.fault(format!("item {}: {fault}", number + 1)),
            None => parsed.fault(format!("item {}: not of the same form as the first", number + 1)),
        }
    }
    Some(parsed)
}
