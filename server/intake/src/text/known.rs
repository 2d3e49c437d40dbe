//! Reporters whose letters are free text of a fixed layout: what marks one, where its source stands, and what it means.
use super::Findings;
use super::candidate::{Candidate, FORM, How, is_timed};
use super::lines::{Ready, Setting};
use super::page::Page;
use super::ports::Port;
use super::spot::{self, Spot};
use super::url;
use crate::address;
use domain::class::Class;
use domain::event::url_host;
use std::net::IpAddr;

/// Where a layout puts what it is about.
enum Take {
    /// Behind one of these words, or at the start of the line below.
    Label(&'static [&'static str]),
    /// Every address behind this word on its line.
    Line(&'static str),
    /// Every address inside the range of the registry entry that the letter quotes.
    Range,
    /// The first address of each line with a time of day.
    Rows,
    /// Who handed over the shown mail.
    Boundary,
    /// The links on the lines below this one.
    Below(&'static str),
}

/// A reporter's layout. All marks are in lower case; an empty one fits always.
struct Form {
    subject: &'static str,
    text: &'static str,
    take: Take,
    /// The first word found in subject or text decides.
    class: &'static [(&'static str, Class)],
}

const fn form(subject: &'static str, text: &'static str, take: Take, class: &'static [(&'static str, Class)]) -> Form {
    Form { subject, text, take, class }
}

/// What the subject of a ticket desk's notices says in capitals.
const NETSECDB: [(&str, Class); 7] = [
    ("_phish", Class::Phishing),
    ("netsecdb_spam ", Class::Spam),
    ("netsecdb_spam_", Class::Spam),
    ("portscan", Class::PortScan),
    ("hacking_http", Class::VulnerabilityScan),
    ("exploit", Class::VulnerabilityScan),
    ("hacking_", Class::LoginAttack),
];
/// Words of the notices of data centres and CERTs.
const MIXED: [(&str, Class); 16] = [
    ("brute", Class::LoginAttack),
    ("login attack", Class::LoginAttack),
    ("phishing", Class::Phishing),
    ("port scan", Class::PortScan),
    ("portscan", Class::PortScan),
    ("ddos", Class::Ddos),
    ("\"scanner\"", Class::PortScan),
    ("spam", Class::Spam),
    ("copyright", Class::Copyright),
    ("botnet drone", Class::InfectedHost),
    ("infected", Class::InfectedHost),
    ("malware", Class::Malware),
    ("child", Class::Csam),
    ("vulnerab", Class::Cve),
    ("hack", Class::VulnerabilityScan),
    ("", Class::Unclassified),
];

/// Kinds of pages in the weekly overview for a network.
const BROWSING: [(&str, Class); 3] =
    [("social engineering", Class::Phishing), ("unwanted software", Class::Malware), ("", Class::Malware)];

/// What those who report through a proxy's form are heard to say.
const RELAYED: [(&str, Class); 13] = [
    ("dmca", Class::Copyright),
    ("copyright", Class::Copyright),
    ("phish", Class::Phishing),
    ("child", Class::Csam),
    ("malware", Class::Malware),
    ("trojan", Class::Malware),
    ("scam", Class::Fraud),
    ("fraud", Class::Fraud),
    ("estafa", Class::Fraud),
    ("trademark", Class::BrandInfringement),
    ("brand", Class::BrandInfringement),
    ("spam", Class::Spam),
    ("", Class::Unclassified),
];

const FORMS: [Form; 24] = [
    form("", "below is the report we received:", Take::Below("reported urls:"), &RELAYED),
    form("suspected botn", "attacker ip =>", Take::Rows, &[("", Class::InfectedHost)]),
    form("dronedb feed", "", Take::Rows, &[("", Class::InfectedHost)]),
    form("rogue dns server", "rogue dns ip", Take::Rows, &[("", Class::Unclassified)]),
    form("compromised machine on your network", "", Take::Rows, &[("", Class::InfectedHost)]),
    form("attacks from multiple", "", Take::Rows, &[("", Class::VulnerabilityScan)]),
    form("sinkhole http events", "", Take::Rows, &[("", Class::InfectedHost)]),
    form("safe browsing report for as", "google detected", Take::Label(&["("]), &BROWSING),
    form("cert-bund", "schadsoftware installiert", Take::Rows, &[("", Class::InfectedHost)]),
    form("cert-bund", "systembc", Take::Rows, &[("", Class::InfectedHost)]),
    form("cert-bund", "c2 host", Take::Rows, &[("", Class::InfectedHost)]),
    form("netsecdb_", "", Take::Range, &NETSECDB),
    form("", "blacklisted from using our services", Take::Rows, &[("", Class::LoginAttack)]),
    form(
        "new report abuse complaint",
        "new report abuse complaint - ",
        Take::Line("new report abuse complaint - "),
        &MIXED,
    ),
    form("", "added to spamhaus block list", Take::Line("sbl notify: ip:"), &[("", Class::Blocklist)]),
    form("", "cloudblock rbl", Take::Label(&["[ rbl ]"]), &[("", Class::Blocklist)]),
    form("", "has tried to send email, but was blocked", Take::Label(&["x-originating-ip: ["]), &[("", Class::Spam)]),
    form("fn report", "", Take::Boundary, &[("", Class::Spam)]),
    form("securitate cibernetica", "", Take::Rows, &MIXED),
    form(
        "",
        "(attacker's ip)=",
        Take::Label(&["(attacker's ip)="]),
        &[("probe", Class::PortScan), ("", Class::LoginAttack)],
    ),
    form("", "under your control", Take::Label(&["i. ", "v. ", "x. "]), &MIXED),
    form(
        "",
        "authenticated sender ip:",
        Take::Label(&["^authenticated sender ip:", "^endereço:", "^ip:"]),
        &[("fraude", Class::Phishing), ("phishing", Class::Phishing), ("", Class::Spam)],
    ),
    form("", "(anvisa)", Take::Below("attachment:"), &[("", Class::Fraud)]),
    form("", "(anvisa)", Take::Below("anexo url(s):"), &[("", Class::Fraud)]),
];

/// What a letter of a known layout is about.
pub(crate) struct Known {
    pub(crate) class: Class,
    pub(crate) candidates: Vec<Candidate>,
    pub(crate) pages: Vec<Page>,
}

/// Reads a letter of a known layout; none when its source is not where the layout puts it.
pub(crate) fn read(findings: &Findings) -> Option<Known> {
    let subject = findings.document.subject.to_lowercase();
    let says = |mark: &str| mark.is_empty() || findings.lines.iter().take(600).any(|l| l.lower.contains(mark));
    FORMS.iter().filter(|f| subject.contains(f.subject) && says(f.text)).find_map(|form| {
        let said = format!("{subject} {}", findings.words);
        let class = form.class.iter().find(|(word, _)| said.contains(word)).map(|(_, class)| *class)?;
        let (candidates, pages) = match form.take {
            Take::Below(mark) => (Vec::new(), below(&findings.lines, mark)),
            Take::Boundary => (boundary(&findings.candidates), Vec::new()),
            _ => (addresses(&findings.lines, &form.take), Vec::new()),
        };
        (!candidates.is_empty() || !pages.is_empty()).then_some(Known { class, candidates, pages })
    })
}

/// The server that handed over the shown mail.
fn boundary(candidates: &[Candidate]) -> Vec<Candidate> {
    let hop = candidates.iter().filter(|c| c.how == How::Head && c.reason.contains("Received"));
    hop.take(1).cloned().collect()
}

fn addresses(lines: &[Ready], take: &Take) -> Vec<Candidate> {
    let range = matches!(take, Take::Range).then(|| quoted_range(lines)).flatten();
    let mut found: Vec<Candidate> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let spots = spot::all(&line.text);
        let chosen: Vec<Spot> = match take {
            Take::Range if is_registry(line) => Vec::new(),
            Take::Range => spots.into_iter().filter(|s| range.is_some_and(|(a, b)| a < s.ip && s.ip < b)).collect(),
            Take::Rows if is_timed(&line.lower) && line.setting != Setting::MailHead => {
                spots.into_iter().take(1).collect()
            }
            Take::Line(mark) => behind(line, mark, &spots).collect(),
            Take::Label(marks) => marks
                .iter()
                .filter_map(|m| at_start(line, m))
                .find_map(|m| behind(line, m, &spots).next().filter(|s| fits(line, m, s)))
                .into_iter()
                .collect(),
            _ => Vec::new(),
        };
        for spot in chosen.into_iter().filter(|s| address::is_public(s.ip)) {
            if let Some(known) = found.iter_mut().find(|c| c.ip == spot.ip) {
                known.logs.push(at);
                known.note_port(spot.port, at);
            } else if found.len() < 1000 {
                found.push(candidate(spot, at));
            }
        }
    }
    if matches!(take, Take::Line(_)) {
        beside(lines, &mut found);
    }
    found
}

/// What a sentence lists together with an address that the form names: "attacks by 192.0.2.1, 192.0.2.2 and 192.0.2.3".
fn beside(lines: &[Ready], found: &mut Vec<Candidate>) {
    for (at, line) in lines.iter().enumerate().filter(|(_, l)| l.setting == Setting::Plain).take(300) {
        let spots = spot::all(&line.text);
        let joined = |a: &Spot, b: &Spot| {
            let gap = line.lower.get(a.end..b.start).map(str::trim);
            gap.is_some_and(|gap| matches!(gap, "," | ";" | "and" | ", and" | "&"))
        };
        for run in spots.chunk_by(joined).filter(|run| run.len() > 1) {
            if !run.iter().any(|s| found.iter().any(|c| c.ip == s.ip)) {
                continue;
            }
            for spot in run.iter().filter(|s| address::is_public(s.ip)) {
                if !found.iter().any(|c| c.ip == spot.ip) {
                    found.push(candidate(*spot, at));
                }
            }
        }
    }
}

/// The mark itself; one with `^` in front counts only at the start of the line.
fn at_start<'m>(line: &Ready, mark: &'m str) -> Option<&'m str> {
    match mark.strip_prefix('^') {
        Some(mark) => Some(mark).filter(|m| line.lower.trim_start().starts_with(m)),
        None => Some(mark),
    }
}

/// Whether nothing but signs stands between a label and the address.
fn fits(line: &Ready, mark: &str, spot: &Spot) -> bool {
    let before = line.lower.get(..spot.start).unwrap_or_default();
    let between = before.rfind(mark).and_then(|at| before.get(at + mark.len()..)).unwrap_or("x");
    !between.contains(char::is_alphanumeric)
}

fn behind(line: &Ready, mark: &str, spots: &[Spot]) -> impl Iterator<Item = Spot> {
    let from = line.lower.find(mark).map(|at| at + mark.len());
    spots.iter().copied().filter(move |s| from.is_some_and(|from| s.start >= from)).collect::<Vec<_>>().into_iter()
}

fn is_registry(line: &Ready) -> bool {
    ["inetnum:", "netrange:", "abuse contact for '"].iter().any(|m| line.lower.contains(m))
}

/// The network of the registry entry that the letter quotes.
fn quoted_range(lines: &[Ready]) -> Option<(IpAddr, IpAddr)> {
    lines.iter().filter(|l| is_registry(l)).find_map(|line| match spot::all(&line.text)[..] {
        [first, last] if first.ip <= last.ip => Some((first.ip, last.ip)),
        _ => None,
    })
}

fn candidate(spot: Spot, at: usize) -> Candidate {
    Candidate {
        ip: spot.ip,
        port: spot.port,
        ports: spot.port.map(|number| Port { number, lines: vec![at] }).into_iter().collect(),
        weight: FORM,
        how: How::Label,
        found: How::Label,
        reason: "where this reporter's layout puts the source".to_owned(),
        line: Some(at),
        logs: vec![at],
        lines: Vec::new(),
        class: None,
        subject: false,
        listed: false,
        words: String::new(),
    }
}

/// The links below a heading, up to the first line that is none.
fn below(lines: &[Ready], mark: &str) -> Vec<Page> {
    let Some(start) = lines.iter().position(|l| l.lower.trim().ends_with(mark)) else { return Vec::new() };
    let rest = lines.iter().enumerate().skip(start + 1).filter(|(_, l)| !l.text.trim().is_empty());
    let linked = rest.map_while(|(at, line)| {
        // A line that begins with words says something else.
        let (start, link) = url::in_line(&line.text).into_iter().next()?;
        let before = line.text.get(..start)?;
        (!before.contains(char::is_alphanumeric)).then(|| (at, link.to_owned()))
    });
    let page = |(at, url): (usize, String)| {
        let host = url_host(&url).unwrap_or_default().to_ascii_lowercase();
        let reason = "where this reporter's layout puts the pages";
        Page { url, host, weight: 95, reason, line: Some(at) }
    };
    linked.take(100).map(page).collect()
}
