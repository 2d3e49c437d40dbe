//! Project Honey Pot's monitor reports: addresses by kind of abuse; paid ones with times, free ones with a range of days.
use super::Letter;
use crate::sighting::{self, With};
use crate::time::{self, Stamp};
use crate::{Context, Parsed, address};
use chrono::NaiveDate;
use domain::class::Class;
use domain::event::{Format, Role, Source};
use std::net::IpAddr;

/// One address in one section, with its times if the report gives any.
struct Entry {
    ip: IpAddr,
    class: Class,
    role: Role,
    times: Vec<Stamp>,
}

/// Reads the mail.
pub(crate) fn read(letter: &Letter<'_>, context: Context) -> Option<Parsed> {
    let named = letter.text.contains("Project Honey Pot Monitor Report")
        || letter.subject.to_lowercase().contains("project honey pot monitor");
    if !(named && letter.text.contains("On Your Network")) {
        return None;
    }
    let range = letter.after("Report Date Range:").unwrap_or_default();
    let span = match days(range) {
        Some((first, last)) => sighting::days(first, last, context.received_at),
        None => time::assumed(context.received_at, "no readable range of days"),
    };
    let reporter = Some("projecthoneypot.org".to_owned());
    let mut events = Vec::new();
    for entry in entries(letter) {
        let source = Source::from_ip(entry.ip, None);
        if entry.times.is_empty() {
            events.push(sighting::event(source, entry.class, span.clone()).role(entry.role));
            continue;
        }
        for stamp in entry.times {
            let moment = sighting::moment(stamp, context.received_at);
            events.push(sighting::event(source.clone(), entry.class, moment).role(entry.role));
        }
    }
    let reference = Some(range.to_owned()).filter(|r| !r.is_empty());
    let mut parsed = if events.is_empty() {
        Parsed::not_a_report(Format::Mime, "Project Honey Pot monitor report that lists no address")
    } else {
        Parsed::events(Format::Mime, events)
    };
    parsed.reference = reference;
    Some(parsed.from(reporter))
}

fn entries(letter: &Letter<'_>) -> Vec<Entry> {
    let mut found: Vec<Entry> = Vec::new();
    let mut section: Option<(Class, Role)> = None;
    for line in letter.lines() {
        if line.starts_with("-----") {
            section = None;
        } else if line.ends_with("On Your Network:") {
            section = Some(meaning(line));
        }
        let Some((class, role)) = section else { continue };
        if let Some(ip) = line.split_whitespace().next().and_then(address::parse_ip) {
            found.push(Entry { ip, class, role, times: Vec::new() });
        } else if let Some(text) = line.strip_prefix("- ")
            && let Some(stamp) = time::parse(&spaced(text))
            && let Some(entry) = found.last_mut()
        {
            entry.times.push(stamp);
        }
    }
    found
}

/// `09/02/2015 - 10/03/2015`, American order.
fn days(text: &str) -> Option<(NaiveDate, NaiveDate)> {
    let (first, last) = text.split_once(" - ")?;
    let day = |t: &str| NaiveDate::parse_from_str(t.trim(), "%m/%d/%Y").ok();
    Some((day(first)?, day(last)?))
}

/// `11:00AM PDT` with a space before the half of the day.
fn spaced(text: &str) -> String {
    text.replace("AM ", " AM ").replace("PM ", " PM ")
}

fn meaning(line: &str) -> (Class, Role) {
    let line = line.to_ascii_lowercase();
    if line.contains("harvest") {
        (Class::Scraping, Role::Actor)
    } else if line.contains("dictionary") || line.contains("spam") {
        // A dictionary attack is mail to guessed addresses.
        (Class::Spam, Role::Actor)
    } else {
        (Class::Unclassified, Role::Unknown)
    }
}
