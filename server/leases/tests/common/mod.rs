//! Reads a text and writes what it says as short lines.
use chrono::{DateTime, SecondsFormat, Utc};
use domain::saying::{HolderName, Saying, Word};
use leases::{Format, Out, Prefer, Reader, Settings, Zone};

pub(crate) fn settings(zone: &str) -> Settings {
    Settings { zone: Zone::parse(zone), written: "2026-11-22T12:00:00Z".parse().unwrap(), prefer: Prefer::Best }
}

pub(crate) fn read(format: Format, settings: &Settings, text: &str) -> Out {
    let whole = pieces(format, settings, text.as_bytes(), usize::MAX);
    // However the bytes come, they say the same.
    for size in [1, 7, 64] {
        assert_eq!(pieces(format, settings, text.as_bytes(), size), whole, "in pieces of {size}");
    }
    whole
}

fn pieces(format: Format, settings: &Settings, bytes: &[u8], size: usize) -> Out {
    let mut reader = Reader::new(format, settings);
    for piece in bytes.chunks(size.min(bytes.len().max(1))) {
        reader.bytes(piece);
    }
    reader.end();
    reader.take()
}

fn at(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

pub(crate) fn short(saying: &Saying) -> String {
    let ports =
        if saying.ports == (0, u16::MAX) { String::new() } else { format!(":{}-{}", saying.ports.0, saying.ports.1) };
    let protocol = saying.protocol.map_or_else(String::new, |number| format!(" p{number}"));
    let holder = match &saying.holder {
        HolderName::Service(name) => format!("service {name}"),
        HolderName::Username(name) => format!("user {name}"),
        HolderName::Circuit(name) => format!("circuit {name}"),
        HolderName::Mac(name) => format!("mac {name}"),
        HolderName::Inside(ip) => format!("inside {ip}"),
    };
    let since =
        |started: &Option<DateTime<Utc>>| started.map_or_else(String::new, |started| format!(" since {}", at(started)));
    let word = match &saying.word {
        Word::Held { from, to } => format!("held {} to {}", at(*from), to.map_or_else(|| "ever".into(), at)),
        Word::Start { at: when, session } => format!("start {} {session}", at(*when)),
        Word::Alive { at: when, session, started } => format!("alive {} {session}{}", at(*when), since(started)),
        Word::Stop { at: when, session, started } => format!("stop {} {session}{}", at(*when), since(started)),
        Word::Reboot { nas, at: when } => format!("reboot {} {nas}", at(*when)),
    };
    format!("{} {}{ports}{protocol} {holder}: {word}", saying.line, saying.net)
}

pub(crate) fn said(out: &Out) -> Vec<String> {
    out.said.iter().map(|said| short(&said.saying)).collect()
}

pub(crate) fn refused(out: &Out) -> Vec<String> {
    out.refused.iter().map(|refused| format!("{}: {}", refused.line, refused.reason)).collect()
}
