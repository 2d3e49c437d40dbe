//! Team Cymru's CAP report: lines of category, address, AS, UTC time, notes and AS name between pipes.
use super::{class, lines};
use crate::sighting::{self, With};
use crate::time::{self, Unzoned};
use crate::{Context, Parsed, address, limits};
use domain::class::Class;
use domain::event::{Format, Observation, Role, Source};

/// Reads a text whose first data lines have that form.
pub(crate) fn read(text: &str, context: Context) -> Option<Parsed> {
    let data = |line: &&str| !line.is_empty() && !line.starts_with('#');
    let mut probe = text.lines().map(str::trim).filter(data).filter(|l| l.matches('|').count() >= 3);
    let fits = probe.next().is_some_and(is_row) && text.lines().map(str::trim).filter(|l| is_row(l)).count() > 0;
    if !fits {
        return None;
    }
    Some(lines::read(Format::Csv, "team-cymru.com", text, context, |line, context| {
        let line = line.trim();
        let is_data = !line.is_empty() && !line.starts_with('#') && line.contains('|');
        is_data.then(|| row(line, context)).transpose()
    }))
}

fn is_row(line: &str) -> bool {
    let cells: Vec<&str> = line.split('|').map(str::trim).collect();
    matches!(cells.as_slice(), [word, ip, asn, when, ..]
        if word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') && !word.is_empty()
            && address::parse_ip(ip).is_some() && asn.len() <= 12 && asn.bytes().all(|b| b.is_ascii_alphanumeric()) && time::parse(when).is_some())
}

fn row(line: &str, context: Context) -> Result<Observation, String> {
    let cells: Vec<&str> = line.splitn(6, '|').map(str::trim).collect();
    let [category, ip, _, when, notes, ..] = cells.as_slice() else {
        return Err(format!("{} columns instead of 6", cells.len()));
    };
    let address = address::parse_ip(ip).ok_or_else(|| format!("{:?} is no address", limits::clip(ip, 60)))?;
    let (class, role) = meaning(category);
    let source = Source::from_ip(address, port(category, notes));
    let span = time::span(None, Some(when), Unzoned::IsUtc, context.received_at);
    let mut event = sighting::event(source, class, span)
        .role(role)
        .detail("category", Some(category))
        .detail("malware", note(notes, "family").or_else(|| note(notes, "mwtype")))
        .detail(
            "target_port",
            note(notes, "dest_port").or_else(|| note(notes, "ports_scanned")).or_else(|| note(notes, "darknet_port")),
        )
        .detail("url", notes.split_whitespace().find(|w| w.contains("://")))
        .detail("notes", Some(notes));
    if class == Class::Unclassified {
        event = event.fault(format!("category {:?} is not known", limits::clip(category, 40)));
    }
    Ok(event)
}

/// `family: X; dest_addr: 198.51.100.1; port: 1234`, or in the older style `srcport 1234 mwtype X`.
fn note<'n>(notes: &'n str, key: &str) -> Option<&'n str> {
    let new = notes
        .split(';')
        .filter_map(|n| n.split_once(':'))
        .find(|(k, _)| k.trim().eq_ignore_ascii_case(key))
        .map(|(_, v)| v.trim());
    new.or_else(|| {
        let (_, rest) = notes.split_once(&format!("{key} "))?;
        rest.split_whitespace().next()
    })
}

fn port(category: &str, notes: &str) -> Option<u16> {
    let digits = |t: &str| t.parse::<u16>().ok().filter(|p| *p > 0);
    if category == "proxy" || category == "openproxy" {
        // "http-8080", "HTTP CONNECT (8080)".
        return notes.split(|c: char| !c.is_ascii_digit()).filter(|w| w.len() >= 2).find_map(digits);
    }
    ["srcport", "source_port", "src_port", "port"].iter().find_map(|key| note(notes, key)).and_then(digits)
}

fn meaning(category: &str) -> (Class, Role) {
    match category.to_ascii_lowercase().as_str() {
        "bot" | "bots" | "toxbot" | "stormworm" | "beagle" | "blaster" | "dameware" | "dipnet" | "mydoom" | "nachi"
        | "phatbot" | "sinit" | "slammer" | "conficker" => (Class::InfectedHost, Role::Infected),
        "bruteforce" => (Class::LoginAttack, Role::Actor),
        "controller" | "ddosreport" | "fastflux" => (Class::Botnet, Role::Infected),
        "darknet" | "scanners" | "scanner" | "honeypot" => (Class::PortScan, Role::Actor),
        "defacement" => (Class::RemoteCompromise, Role::Infected),
        "malwareurl" | "spreaders" => (Class::Malware, Role::Actor),
        "openresolvers" | "proxy" | "openproxy" => (Class::OpenService, Role::Vulnerable),
        "routers" => (Class::CompromisedServer, Role::Infected),
        other => class::of(other),
    }
}
