//! What a text points at: every candidate with its weight and the reason for it.
use super::document::Document;
use super::label::{self, Part};
use super::lines::{Ready, Setting};
use super::logs::{self, Log};
use super::ports::{self, Port};
use super::spot::{self, Spot};
use super::table::Tables;
use super::url;
use crate::address;
use domain::class::Class;
use std::net::IpAddr;

/// A field that can only mean the source.
pub(crate) const FORM: i32 = 90;
/// From here on a candidate is clear enough to stand alone.
pub(crate) const STRONG: i32 = 75;
/// From here on a candidate is more than an address that happens to stand there.
pub(crate) const SOME: i32 = 55;

/// Reason for an address that a receiving server noted when it checked the sender.
pub(crate) const CHECKED: &str = "the server that checked the shown mail's sender names it";

/// Reason for an address that the text calls one of the reader's own.
pub(crate) const YOURS: &str = "the words that call it yours";

/// How a candidate was found; those of one kind belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    Subject,
    Log,
    Label,
    Table,
    Prose,
    Head,
    Bare,
}

/// An address that the report may be about.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(crate) ip: IpAddr,
    pub(crate) port: Option<u16>,
    /// Every source port that the lines about it name, in order: with addresses that are shared each may be another customer.
    pub(crate) ports: Vec<Port>,
    pub(crate) weight: i32,
    pub(crate) how: How,
    /// How the text names it where the subject names it too.
    pub(crate) found: How,
    pub(crate) reason: String,
    /// Line of the best find; the subject has none.
    pub(crate) line: Option<usize>,
    /// Lines of logs that name it.
    pub(crate) logs: Vec<usize>,
    /// All other lines of the reporter that name it.
    pub(crate) lines: Vec<usize>,
    /// Class by the logs.
    pub(crate) class: Option<Class>,
    /// Whether the subject names it.
    pub(crate) subject: bool,
    /// Whether it stands alone on a line of its own somewhere, as an entry of a list does.
    pub(crate) listed: bool,
    /// The words in front of it, without numbers: those of a list are alike.
    pub(crate) words: String,
}

/// Most candidates of one report.
const MOST: usize = 1000;

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

struct Look<'t> {
    line: &'t Ready,
    spot: Spot,
    part: Part,
    log: Option<Log>,
    alone: bool,
    first: bool,
    heading: Option<Part>,
    /// Whether the line holds nothing else, and is no cell of a table that was taken apart.
    own_line: bool,
    /// Whether the words behind it call it one of the reader's own.
    yours: bool,
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
                || !before && super::names::is_farewell(&l.lower)
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
fn is_anybodys(ip: IpAddr) -> bool {
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

#[derive(Default)]
struct Found(Vec<Candidate>);

impl Found {
    fn add(&mut self, look: &Look<'_>, weight: i32, how: How, reason: String, at: usize, port: Option<u16>) {
        let private = !address::is_public(look.spot.ip);
        // Inner addresses are named in many logs; only a clear sign makes one the accused.
        let weight = if private && weight < SOME { weight / 3 } else { weight };
        let port = look.spot.port.or(port).or_else(|| ports::on_line(&look.line.lower, how));
        if let Some(known) = self.0.iter_mut().find(|c| c.ip == look.spot.ip) {
            if weight > known.weight {
                (known.weight, known.how, known.reason, known.line) = (weight, how, reason, Some(at));
                known.found = how;
            }
            known.note(look, weight, how, at, port);
            return;
        }
        if self.0.len() < MOST {
            let mut one = Candidate {
                ip: look.spot.ip,
                port: None,
                ports: Vec::new(),
                weight,
                how,
                found: how,
                reason,
                line: Some(at),
                logs: Vec::new(),
                lines: Vec::new(),
                class: None,
                subject: false,
                listed: false,
                words: pattern(look),
            };
            one.note(look, weight, how, at, port);
            self.0.push(one);
        }
    }

    /// The subject names few addresses, and hardly ever the victim's.
    fn subject(&mut self, subject: &str) {
        let text = super::refang::refang(subject).into_owned();
        let lower = text.to_ascii_lowercase();
        for spot in spot::all(&text).into_iter().filter(|s| is_anybodys(s.ip)) {
            if label::judge(&text, &lower, spot) == Part::Other {
                continue;
            }
            let reason = "the subject names it".to_owned();
            match self.0.iter_mut().find(|c| c.ip == spot.ip) {
                Some(known) => {
                    known.subject = true;
                    if known.weight < 80 {
                        (known.weight, known.how, known.reason, known.line) = (80, How::Subject, reason, None);
                    }
                }
                None => self.0.push(Candidate {
                    ip: spot.ip,
                    port: spot.port,
                    ports: Vec::new(),
                    weight: 80,
                    how: How::Subject,
                    found: How::Subject,
                    reason,
                    line: None,
                    logs: Vec::new(),
                    lines: Vec::new(),
                    class: None,
                    subject: true,
                    listed: false,
                    words: String::new(),
                }),
            }
        }
    }
}

impl Candidate {
    fn note(&mut self, look: &Look<'_>, weight: i32, how: How, at: usize, port: Option<u16>) {
        if weight == 0 {
            return;
        }
        self.listed |= look.own_line && how == How::Table;
        let row = how == How::Table && weight > STRONG + 5;
        let is_log = how == How::Log || row || (how == How::Label && is_timed(&look.line.lower));
        let lines = if is_log { &mut self.logs } else { &mut self.lines };
        let shown = is_log || look.line.setting == Setting::Plain || how == How::Head;
        if shown && lines.last() != Some(&at) {
            lines.push(at);
        }
        if is_log {
            self.class = self.class.or(look.log.and_then(|l| l.class));
        }
        if weight >= SOME {
            self.port = self.port.or(port);
            self.note_port(port, at);
        }
    }

    /// Notes that a line names a source port of it.
    pub(crate) fn note_port(&mut self, port: Option<u16>, at: usize) {
        let Some(number) = port else { return };
        let room = self.ports.len() <= ports::APART;
        match self.ports.iter_mut().find(|p| p.number == number) {
            Some(known) if known.lines.last() != Some(&at) => known.lines.push(at),
            Some(_) => {}
            // One more than are told apart says that there are too many.
            None if room => self.ports.push(Port { number, lines: vec![at] }),
            None => {}
        }
    }
}

/// The words before an address, without numbers.
fn pattern(look: &Look<'_>) -> String {
    words_before(&look.line.lower, look.spot.start)
}

fn words_before(lower: &str, start: usize) -> String {
    let before = lower.get(..start).unwrap_or_default();
    let words: String = before.chars().filter(|c| !c.is_ascii_digit()).collect();
    words.trim_end_matches(|c: char| !c.is_alphanumeric()).to_owned()
}

/// Whether two addresses stand in rows of one log: lines with a time and the same words in front.
pub(crate) fn are_rows(lines: &[Ready], one: &Candidate, other: &Candidate) -> bool {
    let patterns = |c: &Candidate| -> Vec<String> {
        let at = c.logs.iter().chain(&c.lines).take(50);
        let timed = at.filter_map(|at| lines.get(*at)).filter(|l| l.setting == Setting::Plain && is_timed(&l.lower));
        let before = timed.filter_map(|l| {
            let spot = spot::all(&l.text).into_iter().find(|s| s.ip == c.ip)?;
            Some(words_before(&l.lower, spot.start))
        });
        before.filter(|words| words.len() >= 8).collect()
    };
    if other.weight < SOME {
        return false;
    }
    // What is said of one packet says nothing of the next.
    if other.how == How::Log {
        return false;
    }
    let of_one = patterns(one);
    !of_one.is_empty() && patterns(other).iter().any(|words| of_one.contains(words))
}

/// Whether a line has a time of day: then it is one of several like it.
pub(crate) fn is_timed(lower: &str) -> bool {
    lower
        .as_bytes()
        .windows(5)
        .any(|w| matches!(w, [a, b, b':', c, d] if [a, b, c, d].iter().all(|x| x.is_ascii_digit())))
}
