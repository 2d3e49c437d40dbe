//! What a text points at: every candidate with its weight and the reason for it.
use super::candidate::{Candidate, FORM, Found, How};
use super::document::Document;
use super::label::{self, Part};
use super::lines::{Ready, Setting};
use super::logs::{self, Log};
use super::spot::{self, Spot};
use super::table::Tables;
use super::url;
use crate::address;
use std::net::IpAddr;

/// Reason for an address that a receiving server noted when it checked the sender.
pub(crate) const CHECKED: &str = "the server that checked the shown mail's sender names it";

/// Reason for an address that the text calls one of the reader's own.
pub(crate) const YOURS: &str = "the words that call it yours";

/// Every candidate, best first.
pub(crate) fn all(document: &Document, lines: &[Ready]) -> Vec<Candidate> {
    let mut found = Found::default();
    let tables = Tables::read(lines);
    let mut heading = None;
    for (at, line) in lines.iter().enumerate() {
        let spots = spot::all(&line.text);
        if spots.is_empty() {
            let bare = line.lower.trim();
            // A heading stays good over empty lines and remarks that are indented below an entry.
            if line.setting == Setting::Plain && !bare.is_empty() && !line.lower.starts_with([' ', '\t']) {
                heading = bare.ends_with(':').then(|| label::heading(&line.lower));
            }
            continue;
        }
        // "Your host 192.0.2.1 has attacked one of our servers:" announces what stands below.
        if let Some(end) = spots.last().map(|s| s.end).filter(|_| line.lower.trim_end().ends_with(':')) {
            let rest = line.lower.get(end..).unwrap_or_default();
            heading = (line.setting == Setting::Plain && rest.split_whitespace().count() > 3)
                .then(|| label::heading(rest))
                .or(heading);
        }
        let parts = parts(line, &spots);
        let with = |test: &dyn Fn(&Part) -> bool| parts.iter().position(test).and_then(|at| spots.get(at)).copied();
        // A log names its own host first; what it says of an address counts more than where it stands.
        let first = with(&|p| !matches!(p, Part::Other | Part::Bare)).or_else(|| with(&|p| *p != Part::Other));
        let log = (line.setting == Setting::Plain).then(|| logs::read(&line.lower)).flatten();
        for (spot, part) in spots.iter().zip(&parts) {
            if !is_anybodys(spot.ip) || in_url(&line.text, *spot) {
                continue;
            }
            let own_line = spots.len() == 1 && stands_alone(lines, at, *spot);
            let look = Look {
                line,
                spot: *spot,
                part: *part,
                log,
                alone: spots.len() == 1,
                first: first == Some(*spot),
                heading,
                own_line,
                yours: is_yours(lines, at, *spot),
            };
            let (weight, how, reason) = match tables.part(at, spot.start) {
                Some(Part::Other) => (0, How::Bare, String::new()),
                Some(_) => (85, How::Table, "the table's column for the source".to_owned()),
                None => carried(lines, at, &look).unwrap_or_else(|| weigh(&look)),
            };
            found.add(&look, weight, how, reason, at, tables.port(at));
        }
    }
    found.subject(&document.subject);
    let mut list = found.0;
    list.retain(|c| c.weight > 0);
    list.sort_by_key(|c| (std::cmp::Reverse(c.weight), c.line));
    list
}

/// An address at the start of a line, when the sentence began on the line above.
fn carried(lines: &[Ready], at: usize, look: &Look<'_>) -> Option<(i32, How, String)> {
    let begins = look.line.text.get(..look.spot.start)?.chars().all(|c| !c.is_alphanumeric());
    let above = at.checked_sub(1).and_then(|above| lines.get(above))?;
    let open = above.setting == Setting::Plain && look.line.setting == Setting::Plain;
    let bare = above.text.trim_end();
    // A rule is no sentence.
    let says = bare.contains(char::is_alphabetic) && !["--", "==", "**"].iter().any(|rule| bare.starts_with(rule));
    if !begins
        || !open
        || !says
        || bare.len() < 25
        || bare.ends_with([':', '.', '!', '?', ';'])
        || !spot::all(bare).is_empty()
    {
        return None;
    }
    let text = format!("{bare} {}", look.line.text);
    let moved = bare.len() + 1;
    let spot = Spot { start: look.spot.start + moved, end: look.spot.end + moved, ..look.spot };
    match label::judge(&text, &text.to_ascii_lowercase(), spot) {
        Part::Said | Part::Field | Part::Labelled => Some((62, How::Prose, "the words around it".to_owned())),
        Part::Other => Some((0, How::Bare, String::new())),
        Part::Flow | Part::Bare => None,
    }
}

/// What is said of each address; those of a list share what is said of the first.
fn parts(line: &Ready, spots: &[Spot]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::with_capacity(spots.len());
    let mut end = None;
    for spot in spots {
        let gap = end.and_then(|end| line.lower.get(end..spot.start)).map(str::trim);
        let listed = gap.is_some_and(|g| matches!(g, "," | ";" | "and" | "&" | ", and" | "und" | "et" | "y" | "/"));
        let own = label::judge(&line.text, &line.lower, *spot);
        let before = parts.last().copied().filter(|_| listed && matches!(own, Part::Bare | Part::Said));
        parts.push(before.unwrap_or(own));
        end = Some(spot.end);
    }
    parts
}

/// An address in its line, and what stands around it.
pub(super) struct Look<'t> {
    pub(super) line: &'t Ready,
    pub(super) spot: Spot,
    pub(super) part: Part,
    pub(super) log: Option<Log>,
    pub(super) alone: bool,
    pub(super) first: bool,
    pub(super) heading: Option<Part>,
    /// Whether the line holds nothing else, and is no cell of a table that was taken apart.
    pub(super) own_line: bool,
    /// Whether the words behind it call it one of the reader's own.
    pub(super) yours: bool,
}

/// How much speaks for an address being the accused, and what.
fn weigh(look: &Look<'_>) -> (i32, How, String) {
    let line = look.line;
    let part = look.part;
    let said = |weight, how, reason: &str| (weight, how, reason.to_owned());
    match line.setting {
        Setting::Plain if is_origin(&line.lower) => return in_head(look, part),
        Setting::Plain => {}
        Setting::MailHead => return in_head(look, part),
        Setting::MailBody | Setting::Quoted => {
            return if part == Part::Labelled {
                said(45, How::Head, "a field in a quoted text")
            } else {
                said(8, How::Bare, "an address in a quoted text")
            };
        }
        Setting::Whois | Setting::Trace | Setting::Ticket | Setting::Signature | Setting::Example => {
            return said(0, How::Bare, "");
        }
    }
    if part == Part::Other {
        return said(0, How::Bare, "");
    }
    // What a mail server noted about who may send.
    if line.lower.contains("permitted sender") || line.lower.contains("spf=") {
        return said(30, How::Head, "the server that checked the shown mail's sender names it");
    }
    if let Some(log) = look.log
        && (part != Part::Bare || look.first)
    {
        return (85, How::Log, log.name.to_owned());
    }
    if matches!(part, Part::Said | Part::Bare) && look.yours {
        return said(82, How::Label, YOURS);
    }
    match part {
        // "The attacked system:" above "IP: 198.51.100.2".
        Part::Field if look.heading == Some(Part::Other) => said(0, How::Bare, ""),
        Part::Said if look.heading == Some(Part::Other) && is_keyed(look) => said(0, How::Bare, ""),
        Part::Labelled => said(FORM, How::Label, "a field that names the source"),
        Part::Field => said(76, How::Label, "a field that names an address"),
        Part::Flow => said(78, How::Log, "the left side of a connection"),
        Part::Said => said(62, How::Prose, "the words around it"),
        Part::Bare => match look.heading {
            Some(Part::Labelled | Part::Field | Part::Said) if is_item(look) => {
                said(76, How::Table, "the list under a heading that announces it")
            }
            Some(Part::Other) if is_item(look) => said(0, How::Bare, ""),
            _ if look.own_line && address::is_public(look.spot.ip) => {
                said(58, How::Table, "addresses on lines of their own")
            }
            _ => said(if look.alone { 25 } else { 15 }, How::Bare, "an address in the text"),
        },
        Part::Other => said(0, How::Bare, ""),
    }
}

/// Whether the words behind the address say that it is the reader's: "192.0.2.1, which belongs to your network".
fn is_yours(lines: &[Ready], at: usize, spot: Spot) -> bool {
    const TO: [&str; 10] = [
        "which belongs to you",
        "that belongs to you",
        "belongs to you",
        "belonging to you",
        "which is assigned to you",
        "assigned to you",
        "which is allocated to you",
        "allocated to you",
        "which is registered to you",
        "registered to you",
    ];
    let behind = |at: usize, from: usize| lines.get(at).and_then(|l| l.lower.get(from..)).unwrap_or_default();
    let bare = |text: &'_ str| {
        text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ')' | ']' | '*')).len()
    };
    let here = behind(at, spot.end);
    // The sentence may go on below.
    let after = match bare(here) {
        0 => behind(at + 1, 0).trim_start(),
        left => here.get(here.len() - left..).unwrap_or_default(),
    };
    TO.iter().any(|to| after.starts_with(to))
}

/// Whether a short name and a colon stand in front of the address.
fn is_keyed(look: &Look<'_>) -> bool {
    let before = look.line.lower.get(..look.spot.start).unwrap_or_default().trim_end();
    before.ends_with(':') && before.len() < 60
}

/// Whether a line is nothing but an address, between sentences, rules or lines like it.
fn stands_alone(lines: &[Ready], at: usize, spot: Spot) -> bool {
    let only = |line: &Ready| {
        let rest = line.text.trim();
        let spots = spot::all(rest);
        matches!(spots[..], [one] if one.end - one.start + 8 >= rest.len() && one.start < 7)
    };
    let Some(line) = lines.get(at) else { return false };
    if line.text.trim().len() > spot.end - spot.start + 8 {
        return false;
    }
    let fits = |line: Option<&Ready>, before: bool| {
        line.is_none_or(|l| {
            let bare = l.text.trim();
            only(l)
                || bare.len() > 40
                || l.setting != Setting::Plain
                || bare.bytes().all(|b| !b.is_ascii_alphanumeric())
                || before && bare.ends_with([':', '.'])
                || !before && super::farewell::is_farewell(&l.lower)
                || bare.contains("://")
                || bare.starts_with("--") && bare.ends_with("--")
        })
    };
    let filled = |l: &&Ready| !l.text.trim().is_empty();
    // A list without empty lines in it. Two lines may be cells of one row, unless they stand apart.
    let above = lines.get(..at).map_or(0, |b| b.iter().rev().take(20).take_while(|l| only(l)).count());
    let below = lines.get(at + 1..).map_or(0, |b| b.iter().take(20).take_while(|l| only(l)).count());
    let ends = |line: Option<&Ready>| {
        line.is_none_or(|l| l.text.trim().is_empty() || l.text.trim().len() > 40 || l.text.trim().ends_with(':'))
    };
    let before = (at - above).checked_sub(1).and_then(|i| lines.get(i));
    if above + below >= 2 || above + below == 1 && ends(before) && ends(lines.get(at + below + 1)) {
        return true;
    }
    fits(lines.get(..at).and_then(|b| b.iter().rev().take(4).find(filled)), true)
        && fits(lines.get(at + 1..).and_then(|a| a.iter().take(4).find(filled)), false)
}

/// An entry of a list: the address comes first on its line.
fn is_item(look: &Look<'_>) -> bool {
    let before = look.line.text.get(..look.spot.start).unwrap_or_default();
    let plain = |c: char| !c.is_alphanumeric() || c.is_ascii_digit();
    if look.first {
        return before.chars().all(plain) && before.len() < 12;
    }
    // Several addresses on one line, with nothing between them but "and".
    let listed = |word: &str| word.chars().all(plain) || matches!(word, "and" | "und" | "et" | "y" | "e" | "en");
    !spot::all(before).is_empty() && before.to_ascii_lowercase().split_whitespace().all(listed)
}

/// The head of a shown mail: who handed it over, as the reporter's server saw it.
fn in_head(look: &Look<'_>, part: Part) -> (i32, How, String) {
    let lower = look.line.lower.trim_start();
    let before = look.line.lower.get(..look.spot.start).unwrap_or_default();
    let said = |weight, reason: &str| (weight, How::Head, reason.to_owned());
    if is_origin(lower) {
        said(52, "the shown mail says from where it was sent")
    } else if before.contains("client-ip=") {
        said(50, CHECKED)
    } else if before.contains(" by ") || part == Part::Other || !address::is_public(look.spot.ip) {
        (0, How::Head, String::new())
    } else if [".prod.outlook.com", ".prod.exchangelabs.com"].iter().any(|inner| before.contains(inner)) {
        said(6, "a hop inside the mail service of the reader")
    } else if lower.starts_with("received:") || lower.starts_with("from ") || lower.starts_with(['(', '[']) {
        said(40, "a Received line of the shown mail")
    } else {
        said(6, "the head of the shown mail")
    }
}

/// A field in which servers note from where a mail was sent: it belongs to a shown mail wherever it stands.
fn is_origin(lower: &str) -> bool {
    ["x-originating-ip", "x-sender-ip", "x-source-ip"].iter().any(|f| lower.trim_start().starts_with(f))
}

/// Addresses that are never a customer's: this network, loopback, link-local, multicast, broadcast.
pub(super) fn is_anybodys(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => {
            let [first, ..] = v4.octets();
            first != 0 && first < 224 && !v4.is_loopback() && !v4.is_link_local()
        }
        IpAddr::V6(v6) => !(v6.is_loopback() || v6.is_unspecified() || v6.is_multicast() || v6.is_unicast_link_local()),
    }
}

/// Whether the address is a part of a link; a link to nothing but the address is a way to write it.
fn in_url(text: &str, spot: Spot) -> bool {
    let merely = |url: &str| url.split_once("://").is_some_and(|(_, rest)| rest.len() <= spot.end - spot.start + 1);
    url::in_line(text).iter().any(|(start, url)| (*start..start + url.len()).contains(&spot.start) && !merely(url))
}
