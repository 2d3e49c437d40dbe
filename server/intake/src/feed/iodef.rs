//! IODEF (RFC 5070, RFC 7970): incidents as XML; the systems with category `source` are what is complained about.
use super::class;
use crate::sighting::{self, With};
use crate::time::{self, Unzoned};
use crate::xml::{self, Node};
use crate::{Context, Parsed, address, limits};
use domain::class::Class;
use domain::event::{Format, Observation, Source};

/// Reads `<IODEF-Document>`.
pub(crate) fn read(text: &str, context: Context) -> Option<Parsed> {
    if !limits::clip(text, 4096).contains("IODEF-Document") {
        return None;
    }
    let document = xml::parse(text)?;
    let incidents: Vec<&Node> = document.root.all("Incident").take(limits::EVENTS).collect();
    let number = incidents.first().and_then(|i| i.child("IncidentID"));
    let mut parsed = Parsed::events(Format::Text, Vec::new());
    parsed.reporter = number.and_then(|n| n.attribute("name")).map(str::to_ascii_lowercase);
    for incident in &incidents {
        let id = incident.text_at(&["IncidentID"]);
        parsed.reference = parsed.reference.take().or_else(|| id.map(str::to_owned));
        let before = parsed.events.len();
        parsed.events.extend(events(incident, id, context));
        if parsed.events.len() == before {
            parsed.fault(format!("incident {}: no source with an address", id.unwrap_or("without number")));
        }
    }
    if let Some(fault) = document.fault {
        parsed.fault(fault);
    }
    Some(parsed)
}

fn events(incident: &Node, id: Option<&str>, context: Context) -> Vec<Observation> {
    let mut systems = Vec::new();
    incident.descendants("System", &mut systems);
    let at = |names: &[&str]| {
        names.iter().find_map(|name| {
            let mut found = Vec::new();
            incident.descendants(name, &mut found);
            found.iter().find_map(|n| n.text())
        })
    };
    let (start, end) = (at(&["StartTime"]), at(&["EndTime"]));
    let detected = at(&["DetectTime"]);
    // The time of the report is no time of the event.
    let span = time::span(start.or(detected), end.or(start).or(detected), Unzoned::IsGuess, context.received_at);
    let (class, said) = class_of(incident);
    let sources =
        systems.into_iter().filter(|s| s.attribute("category").is_none_or(|c| c.eq_ignore_ascii_case("source")));
    let mut found = Vec::new();
    for system in sources {
        let mut ports = Vec::new();
        system.descendants("Port", &mut ports);
        let port = ports.iter().find_map(|p| p.text()?.parse::<u16>().ok()).filter(|p| *p > 0);
        let mut addresses = Vec::new();
        system.descendants("Address", &mut addresses);
        for ip in addresses.iter().filter_map(|a| address::parse_ip(a.text()?)) {
            let event = sighting::event(Source::from_ip(ip, port), class, span.clone()).reference(id);
            found.push(event.detail("kind", said.as_deref()));
        }
    }
    found
}

/// What the report says of its kind: the method, the impact, or a description that names it.
fn class_of(incident: &Node) -> (Class, Option<String>) {
    let mut words: Vec<String> = Vec::new();
    for name in ["Classification", "Method", "Impact", "IncidentCategory", "AdditionalData", "Description"] {
        let mut found = Vec::new();
        incident.descendants(name, &mut found);
        for node in found.iter().take(20) {
            let told = [node.text(), node.attribute("ext-type"), node.attribute("type")];
            words.extend(told.into_iter().flatten().filter(|t| t.len() < 120).map(str::to_owned));
        }
    }
    let known =
        words.iter().find_map(|w| Some(class::of(w).0).filter(|c| *c != Class::Unclassified).map(|c| (c, w.clone())));
    known.map_or((Class::Unclassified, words.into_iter().next()), |(class, word)| (class, Some(word)))
}
