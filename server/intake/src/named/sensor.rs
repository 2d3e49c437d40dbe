//! Sensor services with a fixed form: BitNinja and LeakIX.
use super::{Letter, behind};
use crate::sighting::{self, With};
use crate::time::{self, Unzoned};
use crate::{Context, Parsed, address};
use domain::class::Class;
use domain::event::{Format, Role, Source};

/// Reads either form.
pub(crate) fn read(letter: &Letter<'_>, context: Context) -> Option<Parsed> {
    bitninja(letter, context).or_else(|| leakix(letter, context))
}

/// "Your server 192.0.2.1 has been registered as an attack source", with "Timestamp (UTC):" lines.
fn bitninja(letter: &Letter<'_>, context: Context) -> Option<Parsed> {
    if !(letter.is_from("bitninja.com")
        || letter.is_from("bitninja.io")
        || letter.text.to_lowercase().contains("bitninja"))
    {
        return None;
    }
    let subject = letter.subject.split_once("our server ").map(|(_, rest)| rest);
    let text = letter.text.split_once("The source ").map(|(_, rest)| rest);
    let ip = [subject, text].into_iter().flatten().find_map(address::parse_ip)?;
    let stated = letter.after("Timestamp (UTC):");
    let span = match stated {
        Some(date) => time::span(None, Some(date), Unzoned::IsUtc, context.received_at),
        None => time::assumed(context.received_at, "no event time"),
    };
    let attack = letter.after("Attack type:");
    let low = attack.unwrap_or_default().to_lowercase();
    let (class, role) = if low.contains("botnet") {
        (Class::InfectedHost, Role::Infected)
    } else if low.contains("brute") || low.contains("login") || low.contains("auth") {
        (Class::LoginAttack, Role::Actor)
    } else if low.contains("scan") {
        (Class::PortScan, Role::Actor)
    } else if low.contains("dos") {
        (Class::Ddos, Role::Actor)
    } else if low.contains("spam") || low.contains("smtp") {
        (Class::Spam, Role::Actor)
    } else {
        (Class::VulnerabilityScan, Role::Actor)
    };
    let event = sighting::event(Source::from_ip(ip, None), class, span).role(role).detail("attack", attack);
    Some(Parsed::events(Format::Mime, vec![event]).from(Some("bitninja.com".to_owned())))
}

/// A table of two columns: `| Host | 192.0.2.1 |`.
fn leakix(letter: &Letter<'_>, context: Context) -> Option<Parsed> {
    if !(letter.is_from("leakix.net") || letter.subject.contains("[LeakIX]")) {
        return None;
    }
    let cell = |name: &str| {
        letter.lines().filter_map(|l| l.strip_prefix('|')).find_map(|l| {
            let (key, value) = l.split_once('|')?;
            let value = value.trim().trim_end_matches('|').trim();
            (key.trim().eq_ignore_ascii_case(name) && !value.is_empty()).then_some(value)
        })
    };
    let named = cell("Host").or_else(|| cell("IP")).or_else(|| letter.subject.rsplit(" for ").next())?;
    let ip = address::parse_ip(named)?;
    let port = cell("Port").and_then(|p| p.split_whitespace().next()?.parse::<u16>().ok()).filter(|p| *p > 0);
    let span = time::span(None, cell("Discovered").or_else(|| cell("Date")), Unzoned::IsGuess, context.received_at);
    let low = letter.text.to_lowercase();
    let class = if low.contains("cve-") {
        Class::Cve
    } else if low.contains("leak") && !low.contains("security issue") {
        Class::ExposedData
    } else {
        Class::Misconfiguration
    };
    let event = sighting::event(Source::from_ip(ip, port), class, span)
        .role(Role::Vulnerable)
        .detail("severity", cell("Severity"))
        .detail("plugin", cell("Plugin").or_else(|| cell("Type")))
        .detail("service", cell("Service"))
        .detail("summary", letter.lines().find_map(|l| behind(l, "Summary:")));
    Some(Parsed::events(Format::Mime, vec![event]).from(Some("leakix.net".to_owned())))
}
