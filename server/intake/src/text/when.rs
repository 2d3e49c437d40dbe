//! When it happened, by a text: the times of the logs, of the fields, of the words; the mail's own date only as a guess.
use super::candidate::Candidate;
use super::document::Document;
use super::lines::{Ready, Setting};
use crate::time::{self, Span, Stamp, Unzoned, Zone};
use chrono::{DateTime, Utc};

/// A time in the text.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) stamp: Stamp,
    pub(crate) line: usize,
    /// Whether a field such as `Date:` holds it.
    pub(crate) labelled: bool,
}

/// All times that the reporter wrote, with the zone that he states for all of them.
pub(crate) struct Times {
    seen: Vec<Seen>,
    /// Times in the heads of shown mails.
    heads: Vec<Seen>,
    anchor: DateTime<Utc>,
    received_at: DateTime<Utc>,
    mailed: Option<DateTime<Utc>>,
    zone: Option<Zone>,
}

/// Most lines that are searched for times.
const LINES: usize = 5000;

/// Where the time of an event was found.
pub(crate) struct When {
    pub(crate) span: Span,
    /// For people.
    pub(crate) origin: &'static str,
    pub(crate) precision: Option<&'static str>,
}

impl Times {
    pub(crate) fn read(document: &Document, lines: &[Ready], received_at: DateTime<Utc>) -> Self {
        // A mail's date after its receipt is wrong; before it, it is nearer to the event.
        let mailed = document.date.filter(|d| *d <= received_at);
        let anchor = mailed.unwrap_or(received_at);
        let plain = |l: &&Ready| matches!(l.setting, Setting::Plain | Setting::Signature);
        let zone = lines.iter().filter(plain).take(LINES).find_map(|l| time::stated_zone(&l.text));
        let mut times = Self { seen: Vec::new(), heads: Vec::new(), anchor, received_at, mailed, zone };
        let mut day: Option<(usize, Stamp, String)> = None;
        for (at, line) in lines.iter().enumerate().take(LINES) {
            let head = line.setting == Setting::MailHead;
            if !head && line.setting != Setting::Plain || !line.text.bytes().any(|b| b.is_ascii_digit()) {
                continue;
            }
            let joined =
                day.as_ref().filter(|(from, ..)| at - from <= 3).and_then(|(.., date)| clock_below(line, date, anchor));
            if let Some(stamp) = joined {
                // "Date: 2024-05-01" and "Time: 10:00" on lines of their own.
                times.seen.pop();
                times.seen.push(Seen { stamp: in_zone(stamp, zone), line: at, labelled: true });
                day = None;
                continue;
            }
            for found in time::all(&line.text, anchor) {
                let stamp = in_zone(found.stamp, zone.filter(|_| !head));
                let labelled = is_label(line.lower.get(..found.start).unwrap_or_default());
                if labelled && stamp.precision == time::Precision::Day {
                    day = Some((at, stamp, found.text.to_owned()));
                }
                let seen = Seen { stamp, line: at, labelled };
                if head { times.heads.push(seen) } else { times.seen.push(seen) }
            }
            times.epochs(line, at);
        }
        times
    }

    /// Seconds since 1970 in a field.
    fn epochs(&mut self, line: &Ready, at: usize) {
        if let Some((key, value)) = line.lower.split_once([':', '='])
            && is_label(key)
            && let value = value.trim()
            && matches!(value.len(), 10 | 13)
            && let Some(stamp) = time::parse(value)
        {
            self.seen.push(Seen { stamp, line: at, labelled: true });
        }
    }

    /// Every time in the text, labelled ones first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Seen> {
        let labelled = self.seen.iter().filter(|s| s.labelled);
        labelled.chain(self.seen.iter().filter(|s| !s.labelled)).chain(&self.heads)
    }

    /// Whether a field of the text holds a time.
    pub(crate) fn labelled(&self) -> bool {
        self.seen.iter().any(|s| s.labelled)
    }

    /// When the candidate was seen.
    pub(crate) fn of(&self, candidate: Option<&Candidate>) -> When {
        // The lines of a candidate are in order.
        let on = |lines: &[usize]| {
            self.seen.iter().filter(|s| lines.binary_search(&s.line).is_ok()).cloned().collect::<Vec<_>>()
        };
        let (logs, lines) = candidate.map_or((&[][..], &[][..]), |c| (&c.logs[..], &c.lines[..]));
        if let Some(when) = self.span(&on(logs), "log lines") {
            return when;
        }
        let labelled: Vec<Seen> = self.seen.iter().filter(|s| s.labelled).cloned().collect();
        if let Some(when) = self.span(&labelled, "a field of the text") {
            return when;
        }
        if let Some(when) = self.span(&on(lines), "the line that names the source") {
            return when;
        }
        // A date years ago in a sentence is that of a law, a registration or a work.
        let oldest = self.anchor - chrono::Duration::days(400);
        let recent: Vec<Seen> = self.seen.iter().filter(|s| s.stamp.at > oldest).cloned().collect();
        if let Some(when) = self.span(&recent, "the text") {
            return when;
        }
        let near = |s: &&Seen| lines.iter().any(|l| (*l..l + 4).contains(&s.line));
        let heads: Vec<Seen> = self.heads.iter().filter(near).take(1).cloned().collect();
        if let Some(when) = self.span(&heads, "the trace of the shown mail") {
            return when;
        }
        let origin = if self.mailed.is_some() { "the mail's own date" } else { "receipt" };
        When { span: self.assumed("no event time in the text"), origin, precision: None }
    }

    fn span(&self, seen: &[Seen], origin: &'static str) -> Option<When> {
        let first = seen.iter().map(|s| s.stamp).min_by_key(|s| s.at)?;
        let last = seen.iter().map(|s| s.stamp).max_by_key(|s| s.at)?;
        // Days beside exact times say nothing more.
        let exact: Vec<Seen> = seen.iter().filter(|s| s.stamp.precision < time::Precision::Day).cloned().collect();
        if !exact.is_empty() && exact.len() < seen.len() {
            return self.span(&exact, origin);
        }
        let mut span = time::between(first, last, Unzoned::IsGuess, self.received_at);
        if let Some(mailed) = self.mailed
            && span.to > mailed + chrono::Duration::days(1)
        {
            span.faults.push("event time is after the mail's own date".to_owned());
        }
        Some(When { span, origin, precision: Some(first.precision.as_str()) })
    }

    /// The zone that the text states for all its times.
    pub(crate) fn zone(&self) -> Option<Zone> {
        self.zone
    }

    /// The mail's own date, or its receipt, where nothing gives a time.
    pub(crate) fn assumed(&self, why: &str) -> Span {
        match self.mailed {
            Some(at) => {
                let mut span = time::assumed(at, why);
                span.faults = vec![format!("{why}: the mail's own date assumed")];
                span
            }
            None => time::assumed(self.received_at, why),
        }
    }

    /// The moment against which old and new is judged.
    pub(crate) fn anchor(&self) -> DateTime<Utc> {
        self.anchor
    }
}

fn in_zone(stamp: Stamp, zone: Option<Zone>) -> Stamp {
    zone.map_or(stamp, |z| stamp.in_zone(z))
}

/// A clock alone in a field below a day.
fn clock_below(line: &Ready, date: &str, anchor: DateTime<Utc>) -> Option<Stamp> {
    let (key, value) = line.text.split_once(':')?;
    let is_clock = is_label(&key.to_ascii_lowercase()) && value.contains(':');
    let joined = is_clock.then(|| format!("{date} {}", value.trim()))?;
    time::parse_near(&joined, Some(anchor)).filter(|s| s.precision < time::Precision::Day)
}

/// Whether the words before a time are the name of a field for it.
fn is_label(before: &str) -> bool {
    const NAMES: [&str; 32] = [
        "date",
        "time",
        "timestamp",
        "datum",
        "zeit",
        "uhrzeit",
        "zeitpunkt",
        "when",
        "seen",
        "start",
        "started",
        "begin",
        "end",
        "ended",
        "occurred",
        "detected",
        "discovered",
        "observed",
        "infringement",
        "attack",
        "incident",
        "event",
        "fecha",
        "hora",
        "heure",
        "data",
        "tijd",
        "čas",
        "recorded",
        "verified",
        "last",
        "first",
    ];
    let key = before.trim().trim_end_matches([':', '=', '|', '"', '\'', '[', '(']);
    let key = key.rsplit([',', ';', '|', '.', '"']).next().unwrap_or(key).trim();
    let is_field = before.trim_end().ends_with([':', '=', '|', '"'])
        || before.ends_with('\t')
        || before.ends_with("  ")
        || !before.contains(' ');
    let words: Vec<&str> = key.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    // When the notice was written is not when it happened.
    let written = [
        "notice",
        "report",
        "sent",
        "generated",
        "created",
        "updated",
        "deadline",
        "due",
        "reply",
        "expires",
        "response",
    ];
    let of_mail = words.iter().any(|w| written.contains(w));
    is_field && !of_mail && words.len() <= 6 && words.iter().any(|w| NAMES.contains(w))
}
