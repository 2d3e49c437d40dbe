//! ACNS 2.0: copyright notices as XML, alone, in a signed text, quoted, escaped, and often twice in one mail.
use super::Letter;
use crate::sighting::{self, With};
use crate::time::{self, Unzoned};
use crate::xml::{self, Node};
use crate::{Context, Parsed, address, limits};
use domain::class::Class;
use domain::event::{Format, Observation, Role, Source};

/// Notices of one mail; agents send one, a few send a handful.
const NOTICES: usize = 2000;

/// Protocols and programs of file sharing.
const SHARING: [&str; 12] = [
    "torrent",
    "p2p",
    "ed2k",
    "edonkey",
    "emule",
    "gnutella",
    "kad",
    "directconnect",
    "fasttrack",
    "ares",
    "limewire",
    "peer",
];

/// Reads a mail or text that holds at least one `<Infringement>`.
pub(crate) fn read(letter: &Letter<'_>, context: Context) -> Option<Parsed> {
    let mut found = Vec::new();
    match letter.mail {
        Some(mail) => {
            let readable = |p: &&crate::mail::Part<'_>| {
                p.is_text()
                    || p.is("application", "xml")
                    || p.is("application", "octet-stream")
                    || p.name_ends(&[".xml"])
            };
            for part in mail.parts.iter().filter(readable).filter(|p| p.bytes.len() <= limits::TEXT_BYTES * 16) {
                notices(&part.text(), &mut found);
            }
        }
        None => notices(&letter.text, &mut found),
    }
    if found.is_empty() {
        return None;
    }
    let mut parsed = Parsed::events(Format::Acns, Vec::new());
    for text in &found {
        match xml::parse(text) {
            Some(document) => notice(&document, &mut parsed, context),
            None => parsed.fault("a copyright notice whose XML cannot be read, or declares a document type"),
        }
    }
    // Some agents leave the address out of the XML and write it in the letter.
    if parsed.events.is_empty() && parsed.faults.iter().all(|f| f.ends_with("\"\" is no address")) {
        return None;
    }
    contradiction(letter, &mut parsed);
    Some(parsed)
}

/// Every notice in a text, cleaned of what mail programs did to it.
fn notices(text: &str, found: &mut Vec<String>) {
    if let Some(escaped) = find(text, "&lt;infringement") {
        if found.is_empty() && find(text, "<infringement").is_none() {
            let plain = text.get(escaped..).unwrap_or_default();
            let plain = plain.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
            notices(&plain.replace("<br>", "\n").replace("<br/>", "\n").replace("<br />", "\n"), found);
        }
        return;
    }
    let mut rest = text;
    while let Some(start) = find(rest, "<infringement").filter(|_| found.len() < NOTICES) {
        let body = rest.get(start..).unwrap_or_default();
        let end = find(body, "</infringement>").map_or(body.len().min(64 * 1024), |at| at + "</infringement>".len());
        let end = limits::clip(body, end).len();
        let (one, after) = body.split_at(end);
        // What stands in front belongs to the document: with a document type it is refused as a whole.
        let declared = declares_type(rest.get(..start).unwrap_or_default());
        found.push(if declared { format!("<!DOCTYPE notice>{}", clean(one)) } else { clean(one) });
        rest = after;
    }
}

/// Whether a prolog declares a document type or entities; that of a web page around the notice does no harm.
fn declares_type(prolog: &str) -> bool {
    let Some(at) = find(prolog, "<!doctype") else { return find(prolog, "<!entity").is_some() };
    let rest = prolog.get(at + "<!doctype".len()..).unwrap_or_default().trim_start();
    find(prolog, "<!entity").is_some() || !rest.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("html"))
}

/// Where a lower-case ASCII word stands, without regard to case.
fn find(text: &str, word: &str) -> Option<usize> {
    text.as_bytes().windows(word.len()).position(|w| w.eq_ignore_ascii_case(word.as_bytes()))
}

/// Takes off quotation marks, the dashes of RFC 4880 section 7.1 and a layer of quoted-printable.
fn clean(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let mut line = line;
        while let Some(bare) =
            line.strip_prefix("> ").or_else(|| line.strip_prefix('>')).or_else(|| line.strip_prefix("- "))
        {
            line = bare;
        }
        line
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    if text.contains("=3D\"") || text.contains("=3D'") || text.contains("=\n") && text.contains("=20") {
        unprintable(&text)
    } else {
        text
    }
}

/// Quoted-printable (RFC 2045 section 6.7) that was encoded twice.
fn unprintable(text: &str) -> String {
    let joined = text.replace("=\n", "");
    let mut bytes = Vec::with_capacity(joined.len());
    let mut rest = joined.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let pair = tail.get(..2).filter(|_| *first == b'=').and_then(|hex| hex::decode(hex).ok());
        match pair.as_deref() {
            Some([byte]) => {
                bytes.push(*byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn notice(document: &xml::Document, parsed: &mut Parsed, context: Context) {
    let root = &document.root;
    let source = root.child("Source");
    let at = |names: &[&'static str]| source.and_then(|s| names.iter().find_map(|n| s.text_at(&[n])));
    let case = root.text_at(&["Case", "ID"]);
    parsed.reference = parsed.reference.take().or_else(|| case.map(str::to_owned));
    let complainant = root.text_at(&["Complainant", "Email"]).and_then(address::domain_of);
    parsed.reporter = parsed.reporter.take().or(complainant);
    let items: Vec<&Node> = root.child("Content").map(|c| c.all("Item").collect()).unwrap_or_default();
    let item = items.first().copied();
    let port = at(&["Port", "Source_Port"]).and_then(|p| p.parse::<u16>().ok()).filter(|p| *p > 0);
    let url = item.and_then(|i| i.text_at(&["URL"])).filter(|u| u.contains("://"));
    let ip = at(&["IP_Address", "IPAddress", "IP"]).and_then(address::parse_ip);
    let found = ip
        .map(|ip| Source::from_ip(ip, port))
        .or_else(|| [url, at(&["DNS_Name"])].into_iter().flatten().find_map(|text| address::source_of(text, None)));
    let Some(found) = found else {
        let said = at(&["IP_Address", "IPAddress", "IP"]).unwrap_or_default();
        parsed.fault(format!("copyright notice {}: {said:?} is no address", case.unwrap_or("without number")));
        return;
    };
    let stamp = at(&["TimeStamp", "Timestamp", "Time_Stamp"]).or_else(|| item.and_then(|i| i.text_at(&["TimeStamp"])));
    let span = time::span(None, stamp, Unzoned::IsUtc, context.received_at);
    let mut event = sighting::event(found, class_of(source, url), span)
        .role(Role::RightsClaim)
        .reference(case)
        .detail("title", item.and_then(|i| i.text_at(&["Title"])))
        .detail("file_name", item.and_then(|i| i.text_at(&["FileName"])))
        .detail("hash", item.and_then(|i| i.text_at(&["Hash"])))
        .detail("url", url)
        .detail("rights_holder", root.text_at(&["Complainant", "Entity"]))
        .detail("items", Some(items.len().to_string()).filter(|_| items.len() > 1).as_deref());
    if let Some(fault) = &document.fault {
        event = event.fault(fault.clone());
    }
    keep(event, parsed);
}

/// Adds a notice unless it is the copy of one that is there.
fn keep(event: Observation, parsed: &mut Parsed) {
    let same_case = parsed
        .events
        .iter_mut()
        .find(|e| e.reference == event.reference && (event.reference.is_some() || e.source == event.source));
    match same_case {
        Some(first) if first.source == event.source && first.from == event.from => {}
        Some(first) if first.source != event.source => {
            let fault = format!("another copy of the notice names {}", event.source.value);
            if !first.faults.contains(&fault) {
                first.faults.push(fault);
            }
        }
        Some(first) if event.reference.is_some() => {
            first.faults.push("another copy of the notice gives another time".into());
        }
        _ => parsed.events.push(event),
    }
}

fn class_of(source: Option<&Node>, url: Option<&str>) -> Class {
    let sub = source.and_then(|s| s.child("SubType"));
    let words = [
        source.and_then(|s| s.text_at(&["Type"])),
        sub.and_then(|s| s.attribute("BaseType")),
        sub.and_then(|s| s.attribute("Protocol")),
    ];
    let said = words.into_iter().flatten().collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|w| said.contains(w));
    // Notices that name neither protocol nor page are about file sharing: that is what ACNS was made for.
    let sharing = has(&SHARING) || (said.is_empty() && url.is_none());
    match () {
        () if has(&["usenet", "nntp", "newsgroup"]) => Class::Usenet,
        () if has(&["cyberlocker", "file host"]) => Class::Cyberlocker,
        () if has(&["ugc", "user generated"]) => Class::UgcPlatform,
        () if has(&["link site", "linksite"]) => Class::LinkSite,
        () if sharing => Class::P2p,
        () => Class::Copyright,
    }
}

/// The text around the XML often names the address too; where both differ, the XML counts and a person is told.
fn contradiction(letter: &Letter<'_>, parsed: &mut Parsed) {
    let [event] = parsed.events.as_mut_slice() else { return };
    let labels = ["IP Address:", "Infringers IP Address:", "Infringer's IP Address:", "Infringing IP Address:"];
    let Some(said) = labels.iter().find_map(|l| letter.after(l)).and_then(address::parse_ip) else { return };
    if event.source.ip().is_some_and(|ip| ip != said) {
        event.faults.push(format!("the text names another address than the XML: {said}"));
    }
}
