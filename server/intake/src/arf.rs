//! ARF, RFC 5965: one complaint about one mail, with auth-failure (RFC 6591) and not-spam (RFC 6430).
use crate::block::Block;
use crate::enclosed::Enclosed;
use crate::mail::{self, Mail};
use crate::time::{self, Span, Unzoned};
use crate::{Context, Parsed, address, block, limits, mail_readers, named, role, xarf_old};
use domain::class::Class;
use domain::event::{Format, Observation, Role, Source, TimeGrade};
use serde_json::{Map, Value};
use std::net::IpAddr;

/// Reads a mail that holds, or should hold, a `message/feedback-report`.
pub(crate) fn read(mail: &Mail<'_>, context: Context) -> Option<Parsed> {
    let at = mail.parts.iter().position(|p| p.is("message", "feedback-report")).or_else(|| mistyped(mail));
    let at = at?;
    let part = mail.parts.get(at)?;
    // Some senders put empty lines between the fields.
    let text = part.text();
    let fields = match part.enclosed {
        Some(message) => mail::header_block(message),
        None => block::flat(&text),
    };
    // Some put the older X-ARF block into a part of this type.
    if !fields.has("Feedback-Type")
        && let Some(parsed) = xarf_old::read_text(&text, context)
    {
        return Some(parsed);
    }
    let feedback = fields.get("Feedback-Type").unwrap_or_default().to_ascii_lowercase();
    let original = mail.parts.get(at + 1..).unwrap_or_default().iter().find_map(enclosed_in);
    let parsed = match feedback.trim() {
        "xarf" => {
            return mail_readers::attached_json(mail, context)
                .or_else(|| Some(Parsed::parked(Format::Xarf3, "feedback type xarf without a readable JSON part")));
        }
        "not-spam" => Parsed::not_a_report(Format::Arf, "feedback type not-spam: the recipient wants such mail"),
        "auth-failure" | "dmarc" => Parsed::not_a_report(
            Format::Arf,
            "authentication failure report: somebody used the domain; it accuses none of our customers",
        ),
        _ => complaint(&fields, original, &mail.text(), context),
    };
    let agent = fields.get("User-Agent").and_then(|a| a.split(['/', ' ']).next()).map(str::to_ascii_lowercase);
    let mut parsed = parsed.from(mail.originator_domain().or(agent));
    if parsed.reporter.as_deref().is_some_and(|r| r.ends_with("spamcop.net")) {
        parsed.reference = named::spamcop::number(&mail.subject().unwrap_or_default());
    }
    Some(parsed)
}

/// A mail that says it is such a report and has no part that could be one.
pub(crate) fn claimed(mail: &Mail<'_>) -> Option<Parsed> {
    let claims = mail.report_type().is_some_and(|t| t.eq_ignore_ascii_case("feedback-report"));
    claims.then(|| Parsed::parked(Format::Arf, "ARF without a readable message/feedback-report part"))
}

/// The part that holds the fields although its type does not say so: sent wrong, or changed on the way.
fn mistyped(mail: &Mail<'_>) -> Option<usize> {
    let signs = [
        "User-Agent",
        "Version",
        "Source-IP",
        "Arrival-Date",
        "Received-Date",
        "Original-Mail-From",
        "Reported-Domain",
    ];
    mail.parts.iter().position(|part| {
        part.enclosed.is_none()
            && (part.is_text() || part.is("application", "octet-stream") || part.is("message", "delivery-status"))
            && part.text_head().contains("Feedback-Type:")
            && block::blocks(&part.text_head()).any(|group| {
                group.get("Feedback-Type").is_some_and(|t| !t.contains(' '))
                    && signs.iter().filter(|s| group.has(s)).count() >= 2
            })
    })
}

fn enclosed_in<'m>(part: &mail::Part<'m>) -> Option<Enclosed<'m>> {
    let block = match part.enclosed {
        Some(message) => mail::header_block(message),
        None if part.is("message", "rfc822")
            || part.is("text", "rfc822-headers")
            || part.is("text", "rfc822-header")
            || part.is("message", "rfc822-headers")
            || part.is("text", "rfc822")
            || part.is("message", "rfc822-header") =>
        {
            block::read(part.text())
        }
        None => return None,
    };
    Some(Enclosed(block))
}

fn complaint(fields: &Block<'_>, original: Option<Enclosed<'_>>, text: &str, context: Context) -> Parsed {
    let mut faults = Vec::new();
    let feedback = fields.get("Feedback-Type").unwrap_or_default();
    let class = classify(feedback, &mut faults);
    let stated = fields.get("Source-IP").and_then(address::parse_ip);
    if let (None, Some(text)) = (stated, fields.get("Source-IP")) {
        faults.push(format!("Source-IP {:?} is no address", limits::clip(text, 60)));
    }
    let source = stated
        .map(|ip| Source::from_ip(ip, port(fields)))
        .or_else(|| source_of_original(original.as_ref(), text, &mut faults))
        .or_else(|| source_of_domain(fields, &mut faults));
    let Some(source) = source else {
        let mut parsed = Parsed::parked(Format::Arf, "no Source-IP, and the enclosed mail names no sending address");
        parsed.faults = faults;
        return parsed;
    };
    let span = when(fields, original.as_ref(), source.ip(), context);
    faults.extend(span.faults);
    let event = Observation {
        source,
        from: Some(span.from),
        to: Some(span.to),
        time_grade: span.grade,
        class,
        role: if class == Class::InfectedHost { Role::Infected } else { role::of(class) },
        count: fields.get("Incidents").and_then(|n| n.parse::<u32>().ok()).map_or(1, |n| i64::from(n.max(1))),
        reference: original.as_ref().and_then(Enclosed::message_id),
        details: details(fields, original.as_ref()),
        faults,
    };
    Parsed::events(Format::Arf, vec![event])
}

/// RFC 5965 section 7.3, and what is sent besides.
fn classify(feedback: &str, faults: &mut Vec<String>) -> Class {
    match feedback.trim().to_ascii_lowercase().as_str() {
        "abuse" | "spam" | "opt-out" | "opt-out-list" | "miscategorized" => Class::Spam,
        "fraud" | "phishing" => Class::Phishing,
        "virus" => Class::InfectedHost,
        "other" => Class::Unclassified,
        "" => {
            faults.push("Feedback-Type is missing: abuse assumed".into());
            Class::Spam
        }
        unknown => {
            faults.push(format!("feedback type {:?} is not known", limits::clip(unknown, 40)));
            Class::Unclassified
        }
    }
}

fn port(fields: &Block<'_>) -> Option<u16> {
    fields.get("Source-Port").and_then(|p| p.parse().ok()).filter(|p| *p > 0)
}

/// The text part decides nothing, but it may tell which of the trace's addresses is meant.
fn source_of_original(original: Option<&Enclosed<'_>>, text: &str, faults: &mut Vec<String>) -> Option<Source> {
    let original = original?;
    let named = address::ips_in(limits::clip(text, 2000))
        .find(|ip| address::is_public(*ip) && original.received_from(*ip).is_some());
    let ip = named.or_else(|| original.handed_over_by())?;
    faults.push("no Source-IP: taken from the enclosed mail's Received lines".into());
    Some(Source::from_ip(ip, None))
}

fn source_of_domain(fields: &Block<'_>, faults: &mut Vec<String>) -> Option<Source> {
    let domain = fields.get("Reported-Domain")?;
    let source = address::source_of(domain, None)?;
    faults.push("no Source-IP: only the reported domain is known".into());
    Some(source)
}

/// Arrival-Date (historically Received-Date), else the trace line of the enclosed mail, else receipt.
fn when(fields: &Block<'_>, original: Option<&Enclosed<'_>>, ip: Option<IpAddr>, context: Context) -> Span {
    let (arrival, received) = (fields.get("Arrival-Date"), fields.get("Received-Date"));
    if let Some(text) = arrival.or(received) {
        let mut span = time::span(None, Some(text), Unzoned::IsGuess, context.received_at);
        if arrival.is_some() && received.is_some() {
            span.faults.push("both Arrival-Date and Received-Date are given".into());
        }
        return span;
    }
    let traced = original.zip(ip).and_then(|(o, ip)| o.received_from(ip)).filter(|s| s.zoned);
    let stamp = traced.or_else(|| original.and_then(Enclosed::received));
    let Some(stamp) = stamp else {
        return time::assumed(context.received_at, "no Arrival-Date");
    };
    let grade = if traced.is_some() { TimeGrade::Stated } else { TimeGrade::Assumed };
    let mut faults = vec!["no Arrival-Date: time taken from the enclosed mail".to_owned()];
    faults.extend(time::doubt(stamp.at, context.received_at));
    Span { from: stamp.at, to: stamp.at, grade, faults }
}

/// No recipients: they are complainants or traps.
fn details(fields: &Block<'_>, original: Option<&Enclosed<'_>>) -> Map<String, Value> {
    let mut details = Map::new();
    let mut put = |key: &str, value: Option<&str>| {
        if let Some(value) = value.map(str::trim).filter(|v| !v.is_empty()) {
            details.insert(key.to_owned(), limits::clip(value, limits::DETAIL_BYTES).into());
        }
    };
    put("feedback_type", fields.get("Feedback-Type"));
    put("user_agent", fields.get("User-Agent"));
    put("mail_from", fields.get("Original-Mail-From"));
    put("reported_domain", fields.get("Reported-Domain"));
    put("reported_uri", fields.all("Reported-URI").find(|u| !u.to_ascii_lowercase().starts_with("mailto:")));
    put("reporting_mta", fields.get("Reporting-MTA"));
    put("original_from", original.and_then(|o| o.0.get("From")));
    put("original_subject", original.and_then(|o| o.0.get("Subject")));
    details
}
