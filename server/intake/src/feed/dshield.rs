//! DShield / SANS ISC: the detail of an AS, one address by the API, and the list of networks, which names nobody.
use super::lines;
use crate::json::{self, text};
use crate::sighting::{self, With};
use crate::time::{self, Unzoned};
use crate::{Context, Parsed, address, limits};
use domain::class::Class;
use domain::event::{Format, Observation, Role, Source};
use serde_json::{Map, Value};

const REPORTER: &str = "dshield.org";

/// Reads the texts of the feeds.
pub(crate) fn read(text: &str, context: Context) -> Option<Parsed> {
    let head = limits::clip(text, 8192);
    let low = head.to_ascii_lowercase();
    let named = low.contains("dshield") || low.contains("isc.sans");
    let detail = low.contains("0 padded") || low.contains("asdetail") || low.contains("source ip <tab>");
    if !(named || detail) || low.contains("\nreceived:") {
        return None;
    }
    if low.contains("suspicious domain") {
        return Some(domains(text, context));
    }
    let rows = || text.lines().filter(|l| is_data(l)).map(cells);
    if rows().any(|cells| is_network(&cells)) {
        let reason = "DShield's list of networks: it names no single address";
        return Some(Parsed::not_a_report(Format::Dshield, reason).from(Some(REPORTER.to_owned())));
    }
    if !rows().any(|cells| cells.len() >= 5 && cells.first().is_some_and(|c| address::parse_ip(c).is_some())) {
        return None;
    }
    Some(lines::read(Format::Dshield, REPORTER, text, context, |line, context| {
        if !is_data(line) {
            return Ok(None);
        }
        let cells = cells(line);
        match row(&cells, context) {
            Some(event) => Ok(Some(event)),
            // The header line is no bad row.
            None if cells.first().is_some_and(|c| c.to_ascii_lowercase().contains("ip")) => Ok(None),
            None => Err("cannot be read".to_owned()),
        }
    }))
}

fn is_data(line: &str) -> bool {
    !line.trim().is_empty() && !line.starts_with('#')
}

fn cells(line: &str) -> Vec<&str> {
    line.split('\t').map(str::trim).collect()
}

/// The list of suspicious domains: one a line under the heading `Site`.
fn domains(text: &str, context: Context) -> Parsed {
    let updated = text.lines().take(100).find_map(|l| l.split_once("updated:")).and_then(|(_, t)| time::parse(t));
    let span = match updated {
        Some(stamp) => sighting::days(stamp.at.date_naive(), stamp.at.date_naive(), context.received_at),
        None => time::assumed(context.received_at, "the list gives no time"),
    };
    lines::read(Format::Dshield, REPORTER, text, context, move |line, _| {
        let line = line.trim();
        if !is_data(line) || line.eq_ignore_ascii_case("site") {
            return Ok(None);
        }
        let source = address::source_of(line, None).ok_or("names no host")?;
        Ok(Some(sighting::event(source, Class::ThreatIntelligence, span.clone())))
    })
}

/// Start, end and length of a network.
fn is_network(cells: &[&str]) -> bool {
    matches!(cells, [start, end, bits, ..] if address::parse_ip(start).is_some() && address::parse_ip(end).is_some() && bits.parse::<u8>().is_ok())
}

/// Address (zero padded), reports, targets, first seen, last seen, updated.
fn row(cells: &[&str], context: Context) -> Option<Observation> {
    let ip = cells.first().and_then(|c| address::parse_ip(c))?;
    let day = |at: usize| cells.get(at).copied().filter(|t| !t.is_empty() && !t.starts_with("0000"));
    let span = seen(day(3), day(4).or_else(|| day(5)), context);
    let reports = cells.get(1).and_then(|n| n.parse().ok()).unwrap_or(1);
    Some(
        sighting::event(Source::from_ip(ip, None), Class::PortScan, span)
            .count(reports)
            .detail("targets", cells.get(2).copied()),
    )
}

/// Days are whole days; the last one counts.
fn seen(first: Option<&str>, last: Option<&str>, context: Context) -> time::Span {
    let whole = |t: &str| t.len() == 10;
    match (first, last) {
        (Some(a), Some(b)) if whole(a) && whole(b) => match (time::parse(a), time::parse(b)) {
            (Some(a), Some(b)) => sighting::days(a.at.date_naive(), b.at.date_naive(), context.received_at),
            _ => time::assumed(context.received_at, "no readable day"),
        },
        (None, Some(only)) | (Some(only), None) if whole(only) => match time::parse(only) {
            Some(day) => sighting::days(day.at.date_naive(), day.at.date_naive(), context.received_at),
            None => time::assumed(context.received_at, "no readable day"),
        },
        _ => time::span(first, last, Unzoned::IsUtc, context.received_at),
    }
}

/// `{"ip": {"number": ..., "attacks": ..., "mindate": ..., "maxdate": ...}}`.
pub(crate) fn is(object: &Map<String, Value>) -> bool {
    inner(object)
        .is_some_and(|ip| text(ip, "number").is_some() && (ip.contains_key("attacks") || ip.contains_key("maxdate")))
}

fn inner(object: &Map<String, Value>) -> Option<&Map<String, Value>> {
    json::object(object, "ip")
}

/// One address of the API.
pub(crate) fn read_object(object: &Map<String, Value>, context: Context) -> super::Row {
    let ip = inner(object).ok_or("no address")?;
    let number = text(ip, "number").and_then(address::parse_ip).ok_or("number is no address")?;
    let span = seen(text(ip, "mindate"), text(ip, "maxdate"), context);
    let count = json::field(ip, "count").and_then(|v| v.as_i64().or_else(|| v.as_str()?.parse().ok())).unwrap_or(1);
    Ok(sighting::event(Source::from_ip(number, None), Class::PortScan, span).role(Role::Actor).count(count))
}
