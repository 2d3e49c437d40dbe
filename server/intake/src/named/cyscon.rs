//! Cyscon: one page a mail, described by key and value in an attachment whose name tells the kind.
use super::Letter;
use crate::sighting::{self, With};
use crate::time::{self, Unzoned};
use crate::{Context, Parsed, address, block};
use domain::class::Class;
use domain::event::{Format, Observation, Role, Source};

/// Reads `PHISH-report.txt` and its sisters.
pub(crate) fn read(letter: &Letter<'_>, context: Context) -> Option<Parsed> {
    let mail = letter.mail?;
    let mut parsed = Parsed::events(Format::Mime, Vec::new());
    let mut recognised = false;
    for part in mail.parts.iter().filter(|p| p.name_ends(&["-report.txt"])) {
        let text = part.text();
        let fields = block::flat(&text);
        if !(fields.has("ip") && (fields.has("last_seen") || fields.has("uri"))) {
            continue;
        }
        recognised = true;
        let kind =
            part.name.and_then(|n| n.rsplit(['/', '\\']).next()).and_then(|n| n.split('-').next()).unwrap_or_default();
        match event(&fields, kind, context) {
            Some(event) => {
                parsed.reference = parsed.reference.take().or_else(|| event.reference.clone());
                parsed.events.push(event);
            }
            None => parsed.fault(format!("{kind}-report.txt names neither address nor domain")),
        }
    }
    let reporter = if letter.is_from("cyscon.de") { Some("cyscon.de".to_owned()) } else { None };
    recognised.then(|| parsed.from(reporter))
}

fn event(fields: &block::Block<'_>, kind: &str, context: Context) -> Option<Observation> {
    let source = fields.get("ip").and_then(address::parse_ip).map(|ip| Source::from_ip(ip, None)).or_else(|| {
        [fields.get("uri"), fields.get("domain")].into_iter().flatten().find_map(|t| address::source_of(t, None))
    })?;
    let last = fields.get("last_seen").or_else(|| fields.get("date"));
    // A page that was seen first and last is there all the time: the last sight is the evidence.
    let span = time::span(None, last.or_else(|| fields.get("first_seen")), Unzoned::IsGuess, context.received_at);
    let class = class_of(kind);
    let event = sighting::event(source, class, span);
    let event = if class == Class::RemoteCompromise { event.role(Role::Infected) } else { event };
    Some(
        event
            .reference(fields.get("id").or_else(|| fields.get("report_id")).or_else(|| fields.get("Report-ID")))
            .detail("url", fields.get("uri"))
            .detail("domain", fields.get("domain"))
            .detail("kind", Some(kind)),
    )
}

fn class_of(kind: &str) -> Class {
    match kind.to_ascii_uppercase().as_str() {
        "PHISH" | "PHISHING" => Class::Phishing,
        "FRAUD" | "SCAM" => Class::Fraud,
        "DEFACEMENT" | "SUSPICIOUS" => Class::RemoteCompromise,
        "SPAMVERTIZED" | "SPAM" => Class::Spam,
        "MALWARE" | "ADWARE" | "MALICIOUS" | "EVIL" | "BLACKLISTED" => Class::Malware,
        _ => Class::Unclassified,
    }
}
