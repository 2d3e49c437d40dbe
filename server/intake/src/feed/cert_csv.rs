//! CSV of CERTs and clearing houses, known by its header: IntelMQ names, CERT-EU, CERT-Bund, PROKI, AbuseHub, Zone-H, Microsoft.
use super::class;
use super::table::{Cells, Header};
use crate::sighting::{self, With};
use crate::time::{self, Unzoned};
use crate::{Context, Parsed, address, events, limits};
use domain::class::Class;
use domain::event::{Format, Observation, Role};

/// A form, known by columns that all of its files have.
struct Layout {
    columns: &'static [&'static str],
    source: &'static [&'static str],
    port: &'static [&'static str],
    time: &'static [&'static str],
    unzoned: Unzoned,
    class: fn(&Cells<'_>, &str) -> (Class, Role),
    reporter: Option<&'static str>,
}

const LAYOUTS: [Layout; 9] = [
    // AbuseHub 1.0.0: local time of the reporters, without zone.
    Layout {
        columns: &["report.type", "src.ip", "event.date", "event.time"],
        source: &["src.ip"],
        port: &["src.port"],
        time: &["event.date"],
        unzoned: Unzoned::IsGuess,
        class: |row, _| class::of(row.get(&["report.type"]).unwrap_or_default()),
        reporter: Some("abusehub.nl"),
    },
    // CERT-EU 1.5.
    Layout {
        columns: &["source.ip", "source.time", "type"],
        source: &["source.ip", "url", "domain.name"],
        port: &["source.port"],
        time: &["source.time", "observation.time"],
        unzoned: Unzoned::IsUtc,
        class: |row, _| class::of(row.get(&["type"]).unwrap_or_default()),
        reporter: Some("cert.europa.eu"),
    },
    // IntelMQ's names: CERT.at, CSIRT.cz and every CERT that sends what IntelMQ writes; always UTC.
    Layout {
        columns: &["source.ip", "time.source"],
        source: &["source.ip", "source.url", "source.fqdn", "source.account"],
        port: &["source.port"],
        time: &["time.source", "time.observation"],
        unzoned: Unzoned::IsUtc,
        class: |row, name| {
            let known = row.get(&["classification.type"]).map(class::of).filter(|(c, _)| *c != Class::Unclassified);
            let other = || {
                class::of(
                    row.get(&["classification.identifier", "classification.taxonomy", "feed.name"]).unwrap_or(name),
                )
            };
            known.unwrap_or_else(other)
        },
        reporter: None,
    },
    // PROKI of CSIRT.cz by mail.
    Layout {
        columns: &["feed.name", "time.detected", "ip"],
        source: &["ip"],
        port: &["port", "source.port"],
        time: &["time.detected"],
        unzoned: Unzoned::IsUtc,
        class: |row, _| {
            let known = row.get(&["type"]).map(class::of).filter(|(c, _)| *c != Class::Unclassified);
            known.unwrap_or_else(|| proki(row.get(&["feed.name"]).unwrap_or_default()))
        },
        reporter: Some("csirt.cz"),
    },
    // Zone-H's archive of defaced pages.
    Layout {
        columns: &["add.date", "attacker", "domain", "ip.address"],
        source: &["ip.address", "domain"],
        port: &[],
        time: &["add.date"],
        unzoned: Unzoned::IsGuess,
        class: |_, _| (Class::RemoteCompromise, Role::Infected),
        reporter: Some("zone-h.org"),
    },
    // Microsoft's Digital Crimes Unit before CTIP was JSON.
    Layout {
        columns: &["sourceip", "filetimeutc", "botnet"],
        source: &["sourceip"],
        port: &["sourceport"],
        time: &["filetimeutc"],
        unzoned: Unzoned::IsUtc,
        class: |_, _| (Class::InfectedHost, Role::Infected),
        reporter: Some("microsoft.com"),
    },
    // Shadowserver's list of command servers before its columns were the same in all of its reports.
    Layout {
        columns: &["ip", "port", "channel", "asn", "first.seen"],
        source: &["ip"],
        port: &["port"],
        time: &["first.seen"],
        unzoned: Unzoned::IsUtc,
        class: |_, _| (Class::Botnet, Role::Infected),
        reporter: Some("shadowserver"),
    },
    // US-CERT and its like: infected machines, one column names the malware.
    Layout {
        columns: &["ip", "malware", "timestamp"],
        source: &["ip"],
        port: &["src.port", "source.port"],
        time: &["timestamp"],
        unzoned: Unzoned::IsUtc,
        class: |_, _| (Class::InfectedHost, Role::Infected),
        reporter: None,
    },
    // CERT-Bund (BSI): asn, ip, timestamp and what the report is about.
    Layout {
        columns: &["asn", "ip", "timestamp"],
        source: &["ip"],
        port: &["src.port", "source.port", "port"],
        time: &["timestamp"],
        unzoned: Unzoned::IsUtc,
        class: certbund,
        reporter: None,
    },
];

/// Reads a file of one of these forms.
pub(crate) fn read(bytes: &[u8], name: Option<&str>, context: Context) -> Option<Parsed> {
    let header = Header::read(bytes)?;
    let layout = LAYOUTS.iter().find(|l| l.columns.iter().all(|c| header.has(c)))?;
    let (name, received_at) = (name.unwrap_or_default().to_owned(), context.received_at);
    let read = move |bytes: &[u8], parsed: &mut Parsed, each: &mut dyn FnMut(Observation)| {
        rows(layout, (&header, bytes), (&name, Context::of(received_at)), parsed, each);
    };
    Some(events::of_table(Format::Csv, bytes, context, read).from(layout.reporter.map(str::to_owned)))
}

/// Hands over the events of the rows below the header.
fn rows(
    layout: &Layout,
    (header, bytes): (&Header, &[u8]),
    (name, context): (&str, Context<'_>),
    parsed: &mut Parsed,
    each: &mut dyn FnMut(Observation),
) {
    let mut events = 0_usize;
    header.rows(bytes, |number, row| {
        if events >= limits::EVENTS {
            parsed.fault(format!("row {number} and all after it were not read: more than {} events", limits::EVENTS));
            return false;
        }
        match event(layout, row, name, context) {
            Ok(event) => {
                events += 1;
                each(event);
            }
            Err(fault) => parsed.bad_row(format!("row {number}: {fault}")),
        }
        true
    });
}

fn event(layout: &Layout, row: &Cells<'_>, name: &str, context: Context) -> Result<Observation, String> {
    let said = row.get(layout.source).ok_or("the source is empty")?;
    let source = address::source_of(said, row.port(layout.port))
        .ok_or_else(|| format!("{:?} is no source", limits::clip(said, 60)))?;
    let span = span(layout, row, context);
    let (class, role) = (layout.class)(row, name);
    let mut event = sighting::event(source, class, span)
        .role(role)
        .count(row.get(&["count", "extra.count"]).and_then(|n| n.parse().ok()).unwrap_or(1))
        .reference(row.get(&["rtir.id", "event.id", "id", "defacement.id"]))
        .detail("kind", row.get(&["classification.identifier", "report.type", "feed.name", "type", "botnet"]))
        .detail("malware", row.get(&["malware.name", "malware", "infection", "family"]))
        .detail("url", row.get(&["source.url", "url", "domain"]))
        .detail("target_port", row.get(&["destination.port", "dst.port", "targetport"]))
        .detail("protocol", row.get(&["protocol.transport", "protocol"]));
    if !row.is_whole() {
        event = event.fault("the row has more or fewer columns than the header");
    }
    if class == Class::Unclassified {
        event = event.fault("the report's class is not known");
    }
    Ok(event)
}

fn span(layout: &Layout, row: &Cells<'_>, context: Context) -> time::Span {
    let text = row.get(layout.time);
    if layout.time.contains(&"filetimeutc") {
        let stamp =
            text.and_then(|t| t.parse::<i64>().ok()).and_then(|t| sighting::epoch(t / 10_000_000 - 11_644_473_600));
        return stamp.map_or_else(
            || time::assumed(context.received_at, "no readable FILETIME"),
            |s| sighting::moment(s, context.received_at),
        );
    }
    if layout.time.contains(&"event.date") {
        let text = format!("{} {}", text.unwrap_or_default(), row.get(&["event.time"]).unwrap_or_default());
        return time::span(None, Some(text.trim()), layout.unzoned, context.received_at);
    }
    time::span(None, text, layout.unzoned, context.received_at)
}

/// PROKI's feed names are English words with hyphens.
fn proki(feed: &str) -> (Class, Role) {
    let low = feed.to_ascii_lowercase();
    if low.contains("c2") || low.contains("c&c") { (Class::Botnet, Role::Infected) } else { class::of(feed) }
}

/// BSI's files tell by their columns or their name what they are about.
fn certbund(row: &Cells<'_>, name: &str) -> (Class, Role) {
    if row.get(&["malware", "infection", "malware.family"]).is_some() {
        return (Class::InfectedHost, Role::Infected);
    }
    let known = class::of(row.get(&["report.type", "type", "category", "service"]).unwrap_or(name));
    match known.0 {
        Class::Unclassified if row.get(&["port", "protocol", "service"]).is_some() => {
            (Class::OpenService, Role::Vulnerable)
        }
        _ => known,
    }
}
