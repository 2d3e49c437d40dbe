//! Google Safe Browsing's alerts for network administrators: XML in the body, a day's pages of one network.
use super::Letter;
use crate::sighting::{self, With};
use crate::{Context, Parsed, address, limits, time, xml};
use domain::class::Class;
use domain::event::{Format, Observation, Role, Source, SourceKind};

/// Reads `<notification_message>`.
pub(crate) fn read(letter: &Letter<'_>, context: Context) -> Option<Parsed> {
    let start = letter.text.find("<notification_message")?;
    // Large networks get long lists: the whole part, not only what the readers of free text see.
    let whole = letter.mail.and_then(|m| m.parts.iter().find(|p| p.text_head().contains("<notification_message")));
    let whole = whole.map(|p| p.text());
    let text = match &whole {
        Some(text) => text.find("<notification_message").and_then(|at| text.get(at..))?,
        None => letter.text.get(start..)?,
    };
    let document = xml::parse(text)?;
    let span = match document.root.attribute("date").and_then(time::parse).map(|s| s.at.date_naive()) {
        Some(day) => sighting::days(day, day, context.received_at),
        None => time::assumed(context.received_at, "no date"),
    };
    let mut parsed = Parsed::events(Format::Mime, Vec::new()).from(Some("google.com".to_owned()));
    parsed.reference = document
        .root
        .attribute("asn")
        .zip(document.root.attribute("date"))
        .map(|(asn, date)| format!("AS{} {date}", asn.trim_start_matches("AS")));
    for list in document.root.all("list") {
        let (class, role) = meaning(list.attribute("type").unwrap_or_default());
        for (row, info) in list.all("url_info").enumerate() {
            match event(info, class, span.clone()) {
                Some(event) => parsed.events.push(event.role(role)),
                None => parsed.fault(format!("url_info {}: neither URL nor address", row + 1)),
            }
        }
    }
    if let Some(fault) = document.fault.filter(|_| !text.contains("</notification_message>")) {
        parsed.fault(fault);
    }
    Some(parsed)
}

/// The address decides whose it is; without one the page itself is named.
fn event(info: &xml::Node, class: Class, span: time::Span) -> Option<Observation> {
    let url = info.attribute("url");
    let source = info
        .attribute("ip")
        .and_then(address::parse_ip)
        .map(|ip| Source::from_ip(ip, None))
        .or_else(|| url.map(|u| Source::new(SourceKind::Url, limits::clip(u, limits::SOURCE_BYTES), None)))?;
    Some(sighting::event(source, class, span).detail("url", url))
}

/// Type 0: pages that were broken into and send visitors to malware; 1: phishing; 2: pages that hold the malware.
fn meaning(kind: &str) -> (Class, Role) {
    match kind.trim().to_ascii_lowercase().as_str() {
        "1" | "phishing" | "social_engineering" => (Class::Phishing, Role::Actor),
        "2" | "distribution" | "malware" => (Class::Malware, Role::Actor),
        _ => (Class::RemoteCompromise, Role::Infected),
    }
}
