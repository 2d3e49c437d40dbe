//! Whether a text is clear enough to be read by machine. A wrong event costs more than a minute of a person.
use super::Findings;
use super::class;
use super::complaint::{self, Verdict};
use super::handed;
use super::known;
use super::lines::Setting;
use super::mailbox;
use super::page::{self, Page};
use super::ports;
use super::source::{self, CHECKED, Candidate, FORM, How, SOME, STRONG};
use crate::{limits, role};
use domain::class::{Category, Class};
use domain::event::{Observation, Source, SourceKind};
use serde_json::Map;
use std::net::IpAddr;

/// A page that is named so is meant, whatever the matter.
const CERTAIN: i32 = 86;
/// A page in a field or under a heading that can only mean the offence.
const NAMED: i32 = 92;
/// Most events of one text.
const MOST: usize = 500;

/// The events of a text, or why a person has to read it.
pub(crate) fn events(findings: &Findings) -> Result<Vec<Observation>, String> {
    if let Some(known) = known::read(findings) {
        let pages = known.pages.iter().map(|p| page_event(findings, p, known.class));
        let each = known.candidates.iter().flat_map(|c| ports::apart(c, &[])).take(MOST);
        let by_address = each.map(|c| event(findings, &c, known.class, false));
        let events = pages.chain(by_address).collect();
        return Ok(not_after(findings, events));
    }
    let accused = before_shown(findings, page::accused(&findings.pages));
    let verdict = admitted(findings, &accused)?;
    let in_subject = findings.candidates.iter().any(|c| c.subject);
    let worded = class::clear(&findings.classes, verdict == Verdict::Plain || in_subject);
    if let Some(event) = mailbox_event(findings, worded, &accused) {
        return Ok(not_after(findings, vec![event]));
    }
    let events = match page_class(findings, worded, &accused, verdict) {
        Some(class) => accused.into_iter().take(MOST).map(|page| page_event(findings, page, class)).collect(),
        None => clearer(findings, verdict, worded, &accused).or_else(|reason| {
            // A weakness or a matter without a word of its own, on a page that is named for certain.
            // Links in a complaint about a mail are mostly the mail's.
            let mailed = worded.is_some_and(|c| c.category() == Category::Messaging)
                || handed::shows_mail_unquoted(&findings.document);
            let floor = if mailed { NAMED } else { CERTAIN };
            let clear: Vec<&Page> = accused.into_iter().filter(|p| p.weight >= floor).collect();
            let linked = clear.iter().all(|p| p.url.contains("://"));
            let class = worded.or((verdict == Verdict::Plain && linked).then_some(Class::Unclassified));
            let (class, pages) = match class.filter(|_| !clear.is_empty()) {
                Some(class) => (class, clear),
                None => only_host(findings, verdict, worded).ok_or(reason)?,
            };
            Ok::<_, String>(pages.into_iter().take(MOST).map(|p| page_event(findings, p, class)).collect())
        })?,
    };
    Ok(not_after(findings, events))
}

/// An event about the mailbox that a field names, where nothing is named more clearly: what the shown mail went through
/// is not meant then.
fn mailbox_event(findings: &Findings, worded: Option<Class>, accused: &[&Page]) -> Option<Observation> {
    let clearer = findings.candidates.iter().any(|c| c.weight >= STRONG || c.subject)
        || accused.iter().any(|p| p.weight >= page::STRONG);
    let (mailbox, line) = mailbox::named(&findings.document, &findings.lines).filter(|_| !clearer)?;
    let mailed = |c: Class| c.category() == Category::Messaging || matches!(c, Class::Phishing | Class::Fraud);
    let loudest = findings.classes.first().map(|s| s.class);
    let class = worded
        .or(loudest)
        .filter(|c| mailed(*c))
        .or_else(|| handed::shows_mail(&findings.document).then_some(Class::Spam))?;
    let source = Source::new(SourceKind::Account, limits::clip(&mailbox, limits::SOURCE_BYTES), None);
    Some(named_event(findings, source, class, "a field that names the mailbox", Some(line)))
}

/// Of pages before and inside a shown mail those before it: what the reporter himself names.
fn before_shown<'f>(findings: &'f Findings, accused: Vec<&'f Page>) -> Vec<&'f Page> {
    let head = findings.lines.iter().position(|l| l.setting == Setting::MailHead);
    let own: Vec<&Page> = accused.iter().copied().filter(|p| p.line < head).collect();
    if head.is_none() {
        return accused;
    }
    if own.is_empty() && handed::shows_mail_unquoted(&findings.document) {
        // The links of the shown mail itself, unless something names them.
        return accused.into_iter().filter(|p| p.weight >= CERTAIN).collect();
    }
    if own.is_empty() { accused } else { own }
}

/// A time after the mail was written is none: clocks run wrong, and reporters show times of other things.
fn not_after(findings: &Findings, mut events: Vec<Observation>) -> Vec<Observation> {
    let Some(mailed) = findings.document.date else { return events };
    for event in events.iter_mut().filter(|e| e.from.is_some_and(|from| from > mailed + chrono::Duration::days(1))) {
        let span = findings.times.assumed("the time in the text is after the mail was written");
        (event.from, event.to, event.time_grade) = (Some(span.from), Some(span.to), span.grade);
        event.faults.extend(span.faults);
    }
    events
}

/// How sure it is that the text complains; an error says why it is not sure enough.
fn admitted(findings: &Findings, accused: &[&Page]) -> Result<Verdict, String> {
    let verdict = complaint::judge(&findings.document, &findings.words);
    let in_subject = findings.candidates.iter().find(|c| c.subject);
    let first = findings.classes.first();
    let about_pages = first.is_some_and(|c| is_about_pages(c.class) && (c.in_subject || c.score >= 8));
    let firm = findings.candidates.first().is_some_and(|c| c.weight >= STRONG && c.how != How::Subject)
        || first.is_some_and(|c| is_about_pages(c.class)) && accused.iter().any(|p| p.weight >= 84);
    let form = findings.times.labelled() && findings.candidates.first().is_some_and(|c| c.weight >= FORM);
    match verdict {
        Verdict::Plain | Verdict::Complaint => Ok(verdict),
        // Nobody but a reporter names an address in the subject and shows its logs, or says there what it did.
        Verdict::Unclear if in_subject.is_some_and(|c| !c.logs.is_empty()) => Ok(Verdict::Complaint),
        Verdict::Unclear if in_subject.is_some() && first.is_some_and(|c| c.in_subject) => Ok(Verdict::Complaint),
        // Forms with fields for the source and for the time come from programs that report.
        Verdict::Unclear if form => Ok(Verdict::Complaint),
        // A word that names the deed and an address or page that is named for certain.
        Verdict::Unclear if first.is_some_and(|c| c.score >= 5 && c.class != Class::Unclassified) && firm => {
            Ok(Verdict::Complaint)
        }
        // Nobody names such pages but to have them gone.
        Verdict::Unclear if first.is_some_and(|c| c.class == Class::Csam) && !accused.is_empty() => {
            Ok(Verdict::Complaint)
        }
        Verdict::Unclear if about_pages && accused.iter().any(|p| p.weight >= page::STRONG) => Ok(Verdict::Complaint),
        Verdict::Personal => Err("it tells somebody about his own account".to_owned()),
        Verdict::Unclear => Err("nothing in it says that it is a complaint".to_owned()),
        Verdict::Answer => Err("it answers an earlier mail".to_owned()),
        // Shown spam ends with "unsubscribe" too.
        Verdict::Bulk if (in_subject.is_some() || form) && !findings.document.bulk => Ok(Verdict::Complaint),
        Verdict::Bulk => Err("it went to many readers, as newsletters do".to_owned()),
    }
}

/// The pages of a plain complaint about pages that all stand on one host, when it names no address and no other page.
fn only_host(findings: &Findings, verdict: Verdict, worded: Option<Class>) -> Option<(Class, Vec<&Page>)> {
    let class = worded.filter(|c| (is_about_pages(*c) || *c == Class::Unclassified) && verdict == Verdict::Plain)?;
    let host = &findings.pages.first()?.host;
    let alone = findings.pages.iter().all(|p| p.host == *host);
    let deep = |p: &&Page| {
        let path = || p.url.splitn(4, '/').nth(3).map_or(0, str::len);
        // "The domain bad.example holds ..." names it as well as a link would.
        p.weight >= page::SAID || p.url.contains("://") && path() > 3
    };
    // A shown mail has links of its own, and reporters have channels.
    let named = findings.candidates.iter().any(|c| c.weight >= SOME || c.how == How::Head) || host == "t.me";
    let pages: Vec<&Page> = findings.pages.iter().filter(deep).collect();
    (alone && !named && !pages.is_empty()).then_some((class, pages))
}

/// The class of an event about the accused pages; none when it is about an address.
fn page_class(findings: &Findings, worded: Option<Class>, accused: &[&Page], verdict: Verdict) -> Option<Class> {
    let best = accused.iter().map(|p| p.weight).max()?;
    // One page alone needs less to be meant than one of many.
    let alone = accused.iter().all(|p| p.host == accused.first().map_or("", |f| f.host.as_str()));
    // An address in the subject is meant rather than a page that merely stands there.
    if best < page::STRONG && findings.candidates.iter().any(|c| c.subject) {
        return None;
    }
    // Nobody names such pages but to have them gone.
    let gravest = findings.classes.first().is_some_and(|c| matches!(c.class, Class::Csam | Class::Csem));
    let sure = verdict == Verdict::Plain || best >= page::STRONG || verdict == Verdict::Complaint && alone || gravest;
    if let Some(class) = worded {
        return (is_about_pages(class) && sure).then_some(class);
    }
    // Copyright or brand, phishing or fraud: the louder one serves as long as both are about pages.
    let mut rest = findings.classes.iter().filter(|c| c.class != Class::Unclassified);
    let (first, second) = (rest.next()?, rest.next());
    // A site that infects its visitors is called infected itself.
    let about = |c: Class| is_about_pages(c) || c == Class::InfectedHost;
    let alike = second.is_none_or(|s| about(s.class) || s.score * 3 <= first.score * 2 || best >= NAMED);
    (sure && is_about_pages(first.class) && first.score >= 3 && alike).then_some(first.class)
}

/// Events about the addresses that the text accuses, unless it merely holds one and names pages for certain.
fn clearer(
    findings: &Findings,
    verdict: Verdict,
    worded: Option<Class>,
    accused: &[&Page],
) -> Result<Vec<Observation>, String> {
    let merely = findings.candidates.iter().all(|c| c.weight < SOME);
    let weakness = worded.is_some_and(|c| c.category() == Category::Vulnerability);
    let floor = if weakness { CERTAIN } else { NAMED };
    if merely && accused.iter().any(|p| p.weight >= floor) {
        return Err("an address merely stands beside the pages that it names".to_owned());
    }
    by_address(findings, verdict, worded)
}

/// Events about the addresses that the text accuses.
fn by_address(findings: &Findings, verdict: Verdict, worded: Option<Class>) -> Result<Vec<Observation>, String> {
    let chosen = chosen(findings, verdict)?;
    let known = |c: &&Candidate| c.subject || Some(c.ip) == findings.handed_over;
    if verdict != Verdict::Plain && chosen.iter().any(|c| c.how == How::Prose && !known(c)) {
        return Err("an address is accused, but not clearly to us".to_owned());
    }
    let by_log = chosen.iter().find_map(|c| c.class);
    let tried = || connected(findings, &chosen).filter(|_| by_log.is_none());
    let worded = worded.filter(|c| *c != Class::Unclassified).or_else(tried).or(worded);
    let mailed = chosen.iter().all(|c| c.how == How::Head || Some(c.ip) == findings.handed_over);
    let shown = (mailed || findings.classes.iter().all(|c| c.score < 3))
        && worded.is_none()
        && handed::shows_mail(&findings.document);
    let worded = if shown { Some(Class::Spam) } else { worded };
    if mailed
        && !worded.is_some_and(|c| matches!(c, Class::Spam | Class::Phishing | Class::Fraud | Class::BulkMessaging))
    {
        return Err("it shows a mail, but does not say what is wrong with it".to_owned());
    }
    let named = !findings.classes.is_empty() || complaint::is_named(&findings.document.subject);
    let sure = matches!(chosen[..], [one] if one.weight >= FORM || one.subject && named);
    let class = match (by_log, worded) {
        (Some(log), Some(words)) if log.category() == words.category() => words,
        (Some(log), _) => log,
        (None, Some(words)) => words,
        // A plain complaint with a field or a subject that names the source is one of whatever kind.
        (None, None) if verdict == Verdict::Plain && sure => Class::Unclassified,
        (None, None) => return Err(unclear_class(findings)),
    };
    let stated = if chosen.len() == 1 { ports::stated(&findings.lines, serves(class)) } else { Vec::new() };
    let doubt = (by_log.is_none() && worded.is_none()).then(|| unclear_class(findings));
    let noted = by_log.is_some_and(|log| worded.is_some_and(|w| w.category() != log.category()));
    let events = chosen.into_iter().take(MOST).flat_map(|candidate| ports::apart(candidate, &stated)).take(MOST);
    let events = events.map(|candidate| {
        let own = candidate.class.filter(|c| c.category() != class.category()).unwrap_or(class);
        let mut event = event(findings, &candidate, own, noted);
        event.faults.extend(doubt.clone());
        event
    });
    Ok(events.collect())
}

/// What an address did whose connections are shown, where the words of the letter say no single thing: what they say of
/// connections, else that it tried something.
fn connected(findings: &Findings, chosen: &[&Candidate]) -> Option<Class> {
    const SIDES: [&str; 10] = [
        "destination port",
        "destination ip",
        "destination address",
        "dest_ip",
        "dest ip",
        "dest port",
        "dst_ip",
        "dst ip",
        "dst port",
        "dstport",
    ];
    let logged = chosen.iter().any(|c| c.how == How::Log || c.found == How::Log);
    let attacked = SIDES.iter().any(|side| findings.words.contains(side));
    let said = |c: Class| c != Class::Unclassified && c != Class::Reconnaissance;
    if !findings.classes.iter().any(|s| said(s.class) && s.score >= 3) {
        return (logged || attacked).then_some(Class::Reconnaissance);
    }
    let deeds: Vec<_> =
        findings.classes.iter().filter(|s| s.class.category() == Category::Connection).cloned().collect();
    class::clear(&deeds, true).filter(|_| attacked)
}

/// The reporter's own number: in a field, or behind such a word in the subject.
pub(crate) fn reference(findings: &Findings) -> Option<String> {
    const NAMES: [&str; 22] = [
        "caseid",
        "casenumber",
        "caseno",
        "case",
        "noticeid",
        "reportid",
        "reference",
        "referencenumber",
        "ref",
        "incidentid",
        "incident",
        "incidentnumber",
        "ticket",
        "ticketid",
        "complaintid",
        "infringementid",
        "trackingid",
        "yourreference",
        "ourreference",
        "abuseid",
        "referenz",
        "aktenzeichen",
    ];
    let value = |text: &str| {
        let word = text.trim().trim_matches(['#', '[', ']', '"', '|', ' ']).split_whitespace().next()?;
        let looks = word.len() <= 64
            && word.bytes().any(|b| b.is_ascii_digit())
            && !word.contains("://")
            && !word.contains('@');
        looks.then(|| word.trim_end_matches([',', '.', ';', ']', ')']).to_owned())
    };
    let by_field = findings.lines.iter().filter(|l| l.setting == Setting::Plain).take(1000).find_map(|line| {
        let (key, rest) = line.text.split_once([':', '='])?;
        let key: String = key.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
        NAMES.contains(&key.as_str()).then(|| value(rest)).flatten()
    });
    by_field.or_else(|| {
        let subject = findings.document.subject.as_str();
        let lower = subject.to_ascii_lowercase();
        let words = [
            "case id",
            "case #",
            "case:",
            "notice id",
            "report id",
            "ref:",
            "reference:",
            "ticket #",
            "incident #",
            "incident id",
        ];
        words.iter().find_map(|w| value(subject.get(lower.find(w)? + w.len()..)?.trim_start_matches([':', ' ', '#'])))
    })
}

fn is_about_pages(class: Class) -> bool {
    matches!(class.category(), Category::Content) || matches!(class, Class::Copyright | Class::Malware)
}

/// Whether a port in the text is our customer's, because he offers what the report is about.
fn serves(class: Class) -> bool {
    class.category() == Category::Vulnerability || matches!(class, Class::P2p | Class::Botnet)
}

/// The addresses that the text clearly accuses.
fn chosen(findings: &Findings, verdict: Verdict) -> Result<Vec<&Candidate>, String> {
    let candidates = &findings.candidates;
    // Inner addresses are the victim's where the report names anybody else.
    let public = candidates.iter().any(|c| c.weight >= SOME && crate::address::is_public(c.ip));
    let candidates: Vec<&Candidate> = candidates
        .iter()
        .filter(|c| c.weight >= FORM || !public && c.how != How::Prose || crate::address::is_public(c.ip))
        .collect();
    let strong: Vec<&Candidate> = candidates.iter().copied().filter(|c| c.weight >= STRONG).collect();
    let named: Vec<&Candidate> = strong.iter().copied().filter(|c| c.subject).collect();
    if let [one] = named[..] {
        // Rows that are like its own, about others: the subject names the first of a list.
        let like = |c: &&Candidate| c.how == one.found && !c.logs.is_empty() && c.weight == 85 && !one.logs.is_empty();
        let row = |c: &&Candidate| c.ip != one.ip && (like(c) || source::are_rows(&findings.lines, one, c));
        return Ok(std::iter::once(one).chain(candidates.iter().copied().filter(row)).collect());
    }
    // "The computer 192.0.2.1, which belongs to your network": whoever else the evidence names.
    if let [one] = strong.iter().copied().filter(|c| c.reason == source::YOURS).collect::<Vec<_>>()[..] {
        return Ok(vec![one]);
    }
    match strong[..] {
        [first, ..]
            if verdict == Verdict::Plain && strong.iter().all(|c| in_column(c) && c.subject == first.subject) =>
        {
            Ok(with_rest(strong.clone(), &candidates))
        }
        [] => {
            // A page that is named for certain is meant rather than who sent the mail that shows it.
            let head = findings.lines.iter().position(|l| l.setting == Setting::MailHead);
            let paged = findings.pages.iter().any(|p| p.weight >= CERTAIN && p.line < head);
            let kept: Vec<&Candidate> = candidates.into_iter().filter(|c| !paged || c.how != How::Head).collect();
            weak(&kept, findings.handed_over, verdict)
        }
        [one] => Ok(vec![one]),
        [first, ..] => {
            let alike = strong.iter().all(|c| c.how == first.how && c.reason == first.reason);
            if alike && matches!(first.how, How::Log | How::Table | How::Label | How::Subject) {
                return Ok(strong);
            }
            // A field that can only mean the source, above fields and lines that may mean others.
            match strong.iter().filter(|c| c.weight >= FORM).collect::<Vec<_>>()[..] {
                [one] if strong.iter().all(|c| c.weight >= FORM || c.logs.is_empty()) => Ok(vec![one]),
                _ => Err(several(&strong)),
            }
        }
    }
}

/// Whether an address stands in a table's column for the source.
fn in_column(candidate: &Candidate) -> bool {
    candidate.how == How::Table && candidate.reason.contains("column")
}

/// The addresses of a table and those below it that lost their place in it: each alone on its line.
fn with_rest<'c>(mut strong: Vec<&'c Candidate>, candidates: &[&'c Candidate]) -> Vec<&'c Candidate> {
    let first = strong.iter().filter_map(|c| c.line).min();
    let lost = candidates.iter().filter(|c| c.how == How::Table && (SOME..STRONG).contains(&c.weight));
    strong.extend(lost.filter(|c| c.line > first));
    strong
}

/// The accused where none is named in a field, a log or a table.
fn weak<'c>(
    candidates: &[&'c Candidate],
    handed_over: Option<IpAddr>,
    verdict: Verdict,
) -> Result<Vec<&'c Candidate>, String> {
    let some: Vec<&Candidate> = candidates.iter().copied().filter(|c| c.weight >= SOME).collect();
    let plain = verdict == Verdict::Plain;
    match some[..] {
        [one] if candidates.iter().all(|c| c.ip == one.ip || c.weight < 20) => Ok(vec![one]),
        // The server that handed over the shown mail, among the others on its way.
        [one]
            if Some(one.ip) == handed_over
                && candidates.iter().all(|c| c.ip == one.ip || c.weight <= 25 || c.how == How::Head) =>
        {
            Ok(vec![one])
        }
        // What stands beside it without a word is its surroundings.
        [one] if plain && candidates.iter().all(|c| c.ip == one.ip || c.weight <= 25 || c.how == How::Head) => {
            Ok(vec![one])
        }
        [] if plain && rows(candidates).len() > 1 => Ok(rows(candidates)),
        [] => only(candidates, verdict).or_else(|why| shown(candidates, handed_over).ok_or(why)).map(|one| vec![one]),
        [first, ..] if plain && some.iter().all(|c| c.how == How::Table && c.reason == first.reason) => Ok(some),
        // "Abuse from address: ..." many times is a list.
        [first, _, ..] if plain && !first.words.is_empty() && some.iter().all(|c| c.words == first.words) => Ok(some),
        _ => {
            let listed: Vec<&Candidate> = some.iter().copied().filter(|c| c.how == How::Table || c.listed).collect();
            if plain && listed.len() >= 3 && listed.len() * 4 > some.len() * 3 {
                Ok(listed)
            } else {
                Err(several(&some))
            }
        }
    }
}

/// Addresses each alone on a line of values, all lines alike: a list without names, as in an attached log.
fn rows<'c>(candidates: &[&'c Candidate]) -> Vec<&'c Candidate> {
    let named: Vec<&Candidate> = candidates
        .iter()
        .copied()
        .filter(|c| c.how != How::Head && c.weight >= 15 && crate::address::is_public(c.ip))
        .collect();
    let Some(first) = named.first() else { return Vec::new() };
    let values = |c: &Candidate| c.weight == 25 && c.words == first.words && !c.words.contains(char::is_alphabetic);
    if named.iter().all(|c| values(c)) { named } else { Vec::new() }
}

/// The one address that a plain complaint names at all.
fn only<'c>(candidates: &[&'c Candidate], verdict: Verdict) -> Result<&'c Candidate, String> {
    let none = || "no address in it is clearly the source".to_owned();
    let mut named =
        candidates.iter().filter(|c| c.how != How::Head && c.weight >= 15 && crate::address::is_public(c.ip));
    // Where a mail is shown, an address that merely stands there is a part of its traces.
    let shows = candidates.iter().filter(|c| c.how == How::Head && c.weight >= 40).count() > 1;
    let one = *named.next().filter(|_| verdict == Verdict::Plain && !shows).ok_or_else(none)?;
    if named.next().is_some() { Err(none()) } else { Ok(one) }
}

/// The one address that handed over the mail which the complaint shows, or the only one that a server noted as its sender.
fn shown<'c>(candidates: &[&'c Candidate], handed_over: Option<IpAddr>) -> Option<&'c Candidate> {
    let handed = |c: &&&Candidate| c.how == How::Head && Some(c.ip) == handed_over;
    if let Some(one) = candidates.iter().find(handed) {
        return Some(one);
    }
    let mut heads = candidates.iter().filter(|c| c.how == How::Head && c.weight >= 40);
    let noted: Vec<&Candidate> = candidates.iter().copied().filter(|c| c.how == How::Head && c.weight >= 50).collect();
    // What one server noted of the sender counts more than who handed the mail on later.
    let one = match noted[..] {
        [one] => one,
        // Each server on the way checked the one before it; the last check stands on top.
        [first, ..] if noted.iter().all(|c| c.reason == CHECKED) => {
            noted.iter().copied().min_by_key(|c| c.line).unwrap_or(first)
        }
        _ => heads.next().filter(|_| heads.next().is_none()).copied()?,
    };
    let others = candidates.iter().any(|c| c.how != How::Head && c.weight >= 15 && crate::address::is_public(c.ip));
    (!others).then_some(one)
}

fn several(candidates: &[&Candidate]) -> String {
    let shown: Vec<String> = candidates.iter().take(3).map(|c| c.ip.to_string()).collect();
    format!("{} addresses could be the source: {}", candidates.len(), shown.join(", "))
}

fn unclear_class(findings: &Findings) -> String {
    match &findings.classes[..] {
        [first, second, ..] => format!(
            "it could be about {} or {}",
            first.class.title().to_lowercase(),
            second.class.title().to_lowercase()
        ),
        [first] if first.class != Class::Unclassified => {
            format!("little says what kind of abuse it is; perhaps {}", first.class.title().to_lowercase())
        }
        _ => "nothing says what kind of abuse it is".to_owned(),
    }
}

fn event(findings: &Findings, candidate: &Candidate, class: Class, noted: bool) -> Observation {
    let when = findings.times.of(Some(candidate));
    let mut details = Map::new();
    details.insert("source_reason".into(), candidate.reason.clone().into());
    details.insert("source_line".into(), limits::clip(&findings.line(candidate.line), limits::DETAIL_BYTES).into());
    details.insert("time_origin".into(), when.origin.into());
    if let Some(precision) = when.precision {
        details.insert("time_precision".into(), precision.into());
    }
    let mut faults = vec![format!("read from free text: source by {}", candidate.reason)];
    if noted {
        faults.push("class by the log lines; the words say something else".to_owned());
    }
    if candidate.ports.len() > ports::APART {
        faults.push(format!("more than {} source ports: not told apart, the first is given", ports::APART));
    }
    faults.extend(when.span.faults);
    Observation {
        source: Source::from_ip(candidate.ip, candidate.port),
        from: Some(when.span.from),
        to: Some(when.span.to),
        time_grade: when.span.grade,
        class,
        role: role::of(class),
        count: i64::try_from(candidate.logs.len()).unwrap_or(1).max(1),
        reference: None,
        details,
        faults,
    }
}

fn page_event(findings: &Findings, page: &Page, class: Class) -> Observation {
    let mut event = named_event(findings, page.source(), class, page.reason, None);
    let named: Vec<&Candidate> = findings.candidates.iter().filter(|c| c.weight >= SOME).collect();
    if let Some(one) = named.iter().find(|c| c.subject).or(named.first().filter(|_| named.len() == 1)) {
        event.details.insert("ip".into(), one.ip.to_string().into());
    }
    event
}

/// An event about what is no address: a page, a host, a mailbox.
fn named_event(
    findings: &Findings,
    source: Source,
    class: Class,
    reason: &'static str,
    line: Option<usize>,
) -> Observation {
    let when = findings.times.of(None);
    let mut details = Map::new();
    details.insert("time_origin".into(), when.origin.into());
    details.insert("source_reason".into(), reason.into());
    if line.is_some() {
        details.insert("source_line".into(), limits::clip(&findings.line(line), limits::DETAIL_BYTES).into());
    }
    let mut faults = vec![format!("read from free text: source by {reason}")];
    faults.extend(when.span.faults);
    Observation {
        source,
        from: Some(when.span.from),
        to: Some(when.span.to),
        time_grade: when.span.grade,
        class,
        role: role::of(class),
        count: 1,
        reference: None,
        details,
        faults,
    }
}
