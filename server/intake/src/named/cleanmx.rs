//! Clean-MX: tables of bad pages in a mail, and the same data as an XML feed.
use super::Letter;
use crate::sighting::{self, With};
use crate::time::{self, Unzoned};
use crate::{Context, Parsed, address, limits, xml};
use domain::class::Class;
use domain::event::{Format, Observation, Role, Source, SourceKind};

const REPORTER: &str = "clean-mx.de";

/// Reads the table with the columns date, id, ip, Url, or the feed's `<entries>`.
pub(crate) fn read(letter: &Letter<'_>, context: Context) -> Option<Parsed> {
    let subject = letter.subject.to_lowercase();
    if !(letter.is_from(REPORTER) || subject.contains("clean-mx") || letter.text.contains("clean-mx.de")) {
        return None;
    }
    let mut names: Vec<String> = Vec::new();
    let mut parsed = Parsed::events(Format::Mime, Vec::new()).from(Some(REPORTER.to_owned()));
    for line in letter.lines().filter(|l| l.starts_with('|')) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        if cells.iter().any(|c| c.eq_ignore_ascii_case("ip")) && cells.iter().any(|c| c.eq_ignore_ascii_case("date")) {
            names = cells.iter().map(|c| c.to_ascii_lowercase()).collect();
            continue;
        }
        if names.is_empty() || cells.iter().all(|c| c.is_empty()) {
            continue;
        }
        let cell = |name: &str| names.iter().position(|n| n == name).and_then(|at| cells.get(at)).copied();
        match event(&cell, &subject, context) {
            Some(event) => parsed.events.push(event),
            None => parsed.fault(format!("row {:?} names neither address nor URL", limits::clip(line, 80))),
        }
    }
    if names.is_empty() {
        return None;
    }
    parsed.reference = letter.subject.split(['[', ']']).nth(1).map(str::to_owned);
    Some(parsed)
}

fn event<'c>(cell: &dyn Fn(&str) -> Option<&'c str>, subject: &str, context: Context) -> Option<Observation> {
    let url = cell("url").or_else(|| cell("uri"));
    let source = cell("ip").and_then(address::parse_ip).map(|ip| Source::from_ip(ip, None)).or_else(|| {
        url.filter(|u| u.contains("://"))
            .map(|u| Source::new(SourceKind::Url, limits::clip(u, limits::SOURCE_BYTES), None))
    })?;
    let span = time::span(None, cell("date"), Unzoned::IsGuess, context.received_at);
    let what = cell("virusname").or_else(|| cell("target"));
    let class = class_of(subject, cell("virusname").is_some());
    Some(
        sighting::event(source, class, span)
            .role(if class == Class::RemoteCompromise { Role::Infected } else { Role::Actor })
            .reference(cell("id"))
            .detail("url", url)
            .detail("domain", cell("domain"))
            .detail("threat", what),
    )
}

fn class_of(subject: &str, virus: bool) -> Class {
    if subject.contains("phish") {
        Class::Phishing
    } else if subject.contains("portal") || subject.contains("deface") || subject.contains("hacked") {
        Class::RemoteCompromise
    } else if virus || subject.contains("virus") || subject.contains("malware") {
        Class::Malware
    } else {
        Class::Unclassified
    }
}

/// `<output><entries><entry><first>epoch</first><ip/><url/>...`: pages seen, or closed since.
pub(crate) fn feed(text: &str, context: Context) -> Option<Parsed> {
    let head = limits::clip(text, 16 * 1024);
    if !(head.contains("<entries>") && head.contains("<entry>") && head.contains("<netname>")) {
        return None;
    }
    let document = xml::parse(text)?;
    let mut entries = Vec::new();
    document.root.descendants("entry", &mut entries);
    let mut parsed = Parsed::events(Format::Text, Vec::new()).from(Some(REPORTER.to_owned()));
    for (number, entry) in entries.iter().enumerate() {
        match entry_event(entry, context) {
            Ok(event) => parsed.events.push(event),
            Err(fault) => parsed.fault(format!("entry {}: {fault}", number + 1)),
        }
    }
    if let Some(fault) = document.fault {
        parsed.fault(fault);
    }
    Some(parsed)
}

fn entry_event(entry: &xml::Node, context: Context) -> Result<Observation, String> {
    let text = |name: &str| entry.text_at(&[name]);
    let url = text("url");
    let source = text("ip")
        .and_then(address::parse_ip)
        .map(|ip| Source::from_ip(ip, None))
        .or_else(|| url.map(|u| Source::new(SourceKind::Url, limits::clip(u, limits::SOURCE_BYTES), None)))
        .ok_or("neither address nor URL")?;
    let stamp = |name: &str| text(name).and_then(|t| t.parse().ok()).and_then(sighting::epoch);
    let span = match (stamp("first"), stamp("last")) {
        (Some(first), Some(last)) => sighting::between(first, last, context.received_at),
        (Some(only), None) | (None, Some(only)) => sighting::moment(only, context.received_at),
        (None, None) => time::assumed(context.received_at, "no event time"),
    };
    let virus = text("virusname");
    let class = if virus.is_some() || text("md5").is_some() { Class::Malware } else { Class::Phishing };
    Ok(sighting::event(source, class, span)
        .reference(text("id"))
        .detail("url", url)
        .detail("threat", virus.or(text("target"))))
}
