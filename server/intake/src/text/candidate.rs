//! An address that a report may be about, with all that the text says of it.
use super::label::{self, Part};
use super::lines::{Ready, Setting};
use super::ports::{self, Port};
use super::source::{Look, is_anybodys};
use super::spot;
use crate::address;
use domain::class::Class;
use std::net::IpAddr;

/// A field that can only mean the source.
pub(crate) const FORM: i32 = 90;

/// From here on a candidate is clear enough to stand alone.
pub(crate) const STRONG: i32 = 75;

/// From here on a candidate is more than an address that happens to stand there.
pub(crate) const SOME: i32 = 55;

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

#[derive(Default)]
pub(super) struct Found(pub(super) Vec<Candidate>);

impl Found {
    pub(super) fn add(&mut self, look: &Look<'_>, weight: i32, how: How, reason: String, at: usize, port: Option<u16>) {
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
    pub(super) fn subject(&mut self, subject: &str) {
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
