//! myNetWatchman's form: many firewalls' rows about one address, in one zone that the mail names.
use super::Letter;
use crate::sighting::{self, With};
use crate::time::{self, Unzoned};
use crate::{Context, Parsed, address, limits};
use domain::class::Class;
use domain::event::{Format, Observation, Role, Source};
use std::net::IpAddr;

/// Reads an incident; `None` when the form's table or the address is missing, for the readers of free text.
pub(crate) fn read(letter: &Letter<'_>, context: Context) -> Option<Parsed> {
    let titled = letter.subject.to_lowercase().contains("mynetwatchman incident");
    if !(titled || letter.text.contains("myNetWatchman Incident [")) {
        return None;
    }
    let subject = if titled { letter.subject.as_str() } else { letter.lines().find(|l| l.contains("Incident ["))? };
    let named = letter.after("Source IP:").and_then(address::parse_ip);
    let reference = bracketed(subject, "[", ']').map(|id| limits::clip(id, 60).to_owned());
    let Some(ip) = named.or_else(|| bracketed(subject, "Src:(", ')').and_then(address::parse_ip)) else {
        return logged(letter, reference, context);
    };
    let zone = letter.after("Time Zone:").unwrap_or_default();
    let mut parsed = Parsed::events(Format::Mynetwatchman, Vec::new()).from(Some("mynetwatchman.com".to_owned()));
    parsed.reference = reference;
    let mut rows = letter.lines().skip_while(|l| !(l.contains("Event Date") && l.contains("Source Port"))).skip(1);
    for (number, line) in rows.by_ref().skip_while(|l| l.is_empty()).take_while(|l| !l.is_empty()).enumerate() {
        match row(line, ip, zone, context) {
            Some(event) => parsed.events.push(event.reference(parsed.reference.as_deref())),
            None => parsed.fault(format!("row {}: {:?} cannot be read", number + 1, limits::clip(line, 80))),
        }
    }
    if parsed.events.is_empty() {
        let span = time::assumed(context.received_at, "no row of the table could be read");
        let event = sighting::event(Source::from_ip(ip, None), Class::PortScan, span);
        parsed.events.push(event.reference(parsed.reference.as_deref()));
    }
    Some(parsed)
}

/// A mail whose subject hides the address: the firewalls' own lines name it.
fn logged(letter: &Letter<'_>, reference: Option<String>, context: Context) -> Option<Parsed> {
    let near = letter.dated.map_or(context.received_at, |d| d.at);
    let mut events = Vec::new();
    for line in letter.lines().take(5000) {
        let word = |key: &str| line.split_whitespace().find_map(|w| w.strip_prefix(key));
        let blocked = ["DENY", "DROP", "REJECT", "BLOCK"].iter().any(|w| line.contains(w));
        let denied = || line.split_once(" from ").and_then(|(_, rest)| rest.split_whitespace().next());
        let Some(ip) = word("SRC=").or_else(denied).filter(|_| blocked).and_then(address::parse_ip) else { continue };
        let Some(found) = time::all(line, near).first().map(|f| f.stamp) else { continue };
        let port = word("SPT=").and_then(|p| p.parse::<u16>().ok()).filter(|p| *p > 0);
        let span = sighting::moment(found, context.received_at);
        let event =
            sighting::event(Source::from_ip(ip, port), Class::PortScan, span).detail("target_port", word("DPT="));
        events.push(event.reference(reference.as_deref()));
    }
    let mut parsed = Parsed::events(Format::Mynetwatchman, events).from(Some("mynetwatchman.com".to_owned()));
    parsed.reference = reference;
    (!parsed.events.is_empty()).then_some(parsed)
}

fn bracketed<'t>(text: &'t str, open: &str, close: char) -> Option<&'t str> {
    let (_, rest) = text.split_once(open)?;
    rest.split(close).next().map(str::trim).filter(|t| !t.is_empty())
}

/// `agent, date time, destination (masked), protocol number, target port, issue, source port, count`.
fn row(line: &str, ip: IpAddr, zone: &str, context: Context) -> Option<Observation> {
    let cells: Vec<&str> = line.split(',').map(str::trim).collect();
    let [.., _, _, _, _, _, _] = cells.as_slice() else { return None };
    let from_end = |n: usize| cells.len().checked_sub(n).and_then(|at| cells.get(at)).copied();
    let when = cells.get(1)?;
    let stamp = format!("{when} {zone}");
    time::parse(when)?;
    let span = time::span(None, Some(stamp.trim()), Unzoned::IsGuess, context.received_at);
    let port = from_end(2).and_then(|p| p.parse::<u16>().ok()).filter(|p| *p > 0);
    let issue = from_end(3).unwrap_or_default();
    let low = issue.to_ascii_lowercase();
    let infected = ["worm", "virus", "trojan", "w32", "backdoor", "infected", "bot"].iter().any(|w| low.contains(w));
    let (class, role) = if infected { (Class::InfectedHost, Role::Infected) } else { (Class::PortScan, Role::Actor) };
    let event = sighting::event(Source::from_ip(ip, port), class, span)
        .role(role)
        .count(from_end(1).and_then(|n| n.parse().ok()).unwrap_or(1))
        .detail("issue", Some(issue))
        .detail("target_port", cells.get(4).copied())
        .detail("protocol", cells.get(3).copied().map(protocol));
    Some(event)
}

/// IANA protocol numbers that firewalls see.
fn protocol(number: &str) -> &str {
    match number {
        "1" => "icmp",
        "6" => "tcp",
        "17" => "udp",
        other => other,
    }
}
