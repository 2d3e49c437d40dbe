//! Free text: what a person wrote or a program printed for people, read with a reason for each choice.
mod candidate;
mod chosen;
mod class;
mod class_words;
mod class_words_more;
mod complaint;
mod complaint_words;
mod decide;
pub(crate) mod document;
mod event;
mod farewell;
mod handed;
mod html;
mod known;
mod label;
mod lines;
pub(crate) mod logs;
mod mailbox;
mod names;
mod page;
mod page_words;
mod ports;
mod refang;
mod reference;
mod rightful;
pub(crate) mod sheet;
mod shown;
mod source;
mod spot;
mod stacked;
mod table;
mod url;
mod vocabulary;
mod when;

use crate::mail::Mail;
use crate::suggestion::{Hinted, Moment, Suggestion};
use crate::{Context, Parsed, limits, time};
use document::Document;
use domain::event::{Format, Source, TimeGrade};
use ipnet::IpNet;
use lines::Ready;
use std::net::IpAddr;

/// Most guesses of one kind.
const GUESSES: usize = 12;
/// Longest excerpt.
const EXCERPT_BYTES: usize = 200;

/// All that is found in one text.
pub(crate) struct Findings {
    pub(crate) document: Document,
    pub(crate) lines: Vec<Ready>,
    /// What the reporter wrote, in lower case and as one line.
    pub(crate) words: String,
    pub(crate) candidates: Vec<candidate::Candidate>,
    pub(crate) pages: Vec<page::Page>,
    pub(crate) times: when::Times,
    pub(crate) classes: Vec<class::Scored>,
    /// Who handed over the mail that the text shows, where that is certain.
    pub(crate) handed_over: Option<IpAddr>,
}

impl Findings {
    fn new(document: Document, context: Context) -> Self {
        let lines = lines::ready(&document);
        let words = lines::words(&lines);
        let mut classes = class::scores(&document.subject, &lines, &words);
        if handed::shows_mail_unquoted(&document) || handed::is_handed_in(&document) {
            class::of_mail(&mut classes);
        }
        // A collector of spam wants the server that handed it over; a provider's desk may be behind any server on the way.
        let collected = || handed::is_collected(&document).then(|| handed::senders_own(&lines)).flatten();
        Self {
            candidates: source::all(&document, &lines),
            pages: page::all(&document, &lines),
            times: when::Times::read(&document, &lines, context.received_at),
            classes,
            handed_over: shown::handed_over(&document, &lines).or_else(collected),
            words,
            document,
            lines,
        }
    }

    fn line(&self, at: Option<usize>) -> String {
        excerpt(at.and_then(|at| self.lines.get(at)).map_or(&self.document.subject, |l| &l.raw))
    }
}

/// Reads a mail that no other reader knows. Without a clear source, class and complaint it waits for a person.
pub(crate) fn read_mail(mail: &Mail<'_>, context: Context) -> Parsed {
    read(Document::of_mail(mail), Format::Mime, context)
}

/// Reads a text that is not a mail.
pub(crate) fn read_text(text: &str, context: Context) -> Parsed {
    read(Document::of_text(text), Format::Text, context)
}

fn read(document: Document, format: Format, context: Context) -> Parsed {
    let findings = Findings::new(document, context);
    match decide::events(&findings) {
        Ok(mut events) => {
            let reference = reference::reference(&findings);
            for event in &mut events {
                event.reference.clone_from(&reference);
            }
            let mut parsed = Parsed::events(format, events);
            parsed.reference = reference;
            parsed
        }
        Err(reason) => {
            let mut parsed = Parsed::parked(format, format!("free text: {reason}"));
            parsed.reference = reference::reference(&findings);
            parsed.suggestion = Some(guesses(&findings, &[]));
            parsed
        }
    }
}

/// Guesses about a text that nobody could read for certain.
pub(crate) fn suggest(document: Document, context: Context, own: &[IpNet]) -> Suggestion {
    guesses(&Findings::new(document, context), own)
}

fn guesses(findings: &Findings, own: &[IpNet]) -> Suggestion {
    let mut sources: Vec<(i32, Hinted<Source>)> = Vec::new();
    for candidate in &findings.candidates {
        let value = Source::from_ip(candidate.ip, candidate.port);
        let hinted = Hinted { value, reason: candidate.reason.clone(), excerpt: findings.line(candidate.line) };
        sources.push((candidate.weight, hinted));
    }
    for page in &findings.pages {
        let hinted = Hinted { value: page.source(), reason: page.reason.to_owned(), excerpt: findings.line(page.line) };
        sources.push((page.weight, hinted));
    }
    let is_own = |s: &Source| s.ip().is_some_and(|ip| own.iter().any(|net| net.contains(&ip)));
    for (_, hinted) in sources.iter_mut().filter(|(_, h)| is_own(&h.value)) {
        hinted.reason.push_str("; one of our own addresses");
    }
    sources.sort_by_key(|(weight, h)| (!is_own(&h.value), std::cmp::Reverse(*weight)));
    Suggestion {
        sources: sources.into_iter().map(|(_, h)| h).take(GUESSES).collect(),
        times: moments(findings),
        classes: findings.classes.iter().filter(|c| c.score >= 2).take(5).map(class::Scored::hinted).collect(),
    }
}

fn moments(findings: &Findings) -> Vec<Hinted<Moment>> {
    let mut times: Vec<Hinted<Moment>> = Vec::new();
    // First what the reader itself would take for the best source.
    let best = findings.times.of(findings.candidates.first());
    let first = Moment { at: best.span.from, grade: best.span.grade };
    let anchor = findings.times.anchor();
    for seen in findings.times.all().take(200) {
        let stamp = seen.stamp;
        let grade = if stamp.zoned && stamp.is_clear() { TimeGrade::Stated } else { TimeGrade::Assumed };
        let value = Moment { at: stamp.at, grade };
        let mut reason =
            if seen.labelled { "a field for the time".to_owned() } else { "a time in the text".to_owned() };
        for doubt in stamp.doubts().into_iter().chain(time::doubt(stamp.at, anchor)) {
            reason.push_str("; ");
            reason.push_str(&doubt);
        }
        if !times.iter().any(|t| t.value.at == value.at) {
            times.push(Hinted { value, reason, excerpt: findings.line(Some(seen.line)) });
        }
    }
    times.sort_by_key(|t| t.value.at != first.at);
    times.truncate(GUESSES - 1);
    if times.first().is_none_or(|t| t.value.at != first.at) {
        let reason = format!("from {}", best.origin);
        times.insert(0, Hinted { value: first, reason, excerpt: String::new() });
    }
    times
}

/// A line as it is shown beside a guess.
fn excerpt(line: &str) -> String {
    let mut text = limits::clip(line.trim(), EXCERPT_BYTES).to_owned();
    limits::shorten(&mut text, EXCERPT_BYTES);
    text
}
