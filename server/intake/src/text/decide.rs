//! Whether a text is clear enough to be read by machine. A wrong event costs more than a minute of a person.
use super::Findings;
use super::candidate::{Candidate, FORM, How, SOME, STRONG};
use super::chosen::chosen;
use super::class;
use super::complaint::{self, Verdict};
use super::event::{event, named_event, page_event};
use super::handed;
use super::known;
use super::lines::Setting;
use super::mailbox;
use super::page::{self, Page};
use super::ports;
use crate::limits;
use domain::class::{Category, Class};
use domain::event::{Observation, Source, SourceKind};

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
            let floor = if mailed { page::NAMED } else { page::CERTAIN };
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
        return accused.into_iter().filter(|p| p.weight >= page::CERTAIN).collect();
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
    let alike = second.is_none_or(|s| about(s.class) || s.score * 3 <= first.score * 2 || best >= page::NAMED);
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
    let floor = if weakness { page::CERTAIN } else { page::NAMED };
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

fn is_about_pages(class: Class) -> bool {
    matches!(class.category(), Category::Content) || matches!(class, Class::Copyright | Class::Malware)
}

/// Whether a port in the text is our customer's, because he offers what the report is about.
fn serves(class: Class) -> bool {
    class.category() == Category::Vulnerability || matches!(class, Class::P2p | Class::Botnet)
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
