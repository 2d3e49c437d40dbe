//! Times inside lines of text.
use super::gather::Gather;
use super::{Stamp, zone};
use chrono::{DateTime, Utc};

/// Most times read of one line.
const MOST: usize = 4;
/// Words that are looked at in one line.
const WORDS: usize = 200;

/// A time and the text that it was read from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found<'t> {
    pub(crate) stamp: Stamp,
    pub(crate) text: &'t str,
    /// Where the text begins in the line.
    pub(crate) start: usize,
}

/// The times of a line, in order. `anchor` is when the report came: years that are missing are taken from it.
pub(crate) fn all(line: &str, anchor: DateTime<Utc>) -> Vec<Found<'_>> {
    let words = words(line);
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() && found.len() < MOST {
        match from(line, words.get(at..).unwrap_or_default(), anchor) {
            Some((one, used)) => {
                found.push(one);
                at += used;
            }
            None => at += 1,
        }
    }
    found
}

/// The longest time that begins with the first word.
fn from<'t>(line: &'t str, words: &[(usize, &'t str)], anchor: DateTime<Utc>) -> Option<(Found<'t>, usize)> {
    let mut gather = Gather::default();
    let mut best = None;
    for (count, (start, word)) in words.iter().take(10).enumerate() {
        let joins = count > 0 && ["at", "um", "à", "-", "@", "om", "time", "Time", "uhr", "Uhr"].contains(word);
        if joins {
            continue;
        }
        if !gather.take(word, false) {
            break;
        }
        if let Some(stamp) = gather.stamp(Some(anchor)) {
            best = Some((stamp, count + 1, start + word.len()));
        }
    }
    let (stamp, used, end) = best?;
    let start = words.first()?.0;
    Some((Found { stamp, text: line.get(start..end)?, start }, used))
}

fn words(line: &str) -> Vec<(usize, &str)> {
    let mut words = Vec::new();
    let mut start = None;
    let mut before = ' ';
    for (at, c) in line.char_indices().chain([(line.len(), ' ')]) {
        // `Date:2024-05-01` is two words, `10:00` is one.
        let label = c == ':' && (before.is_alphabetic() || before == ':');
        before = c;
        let gap = label
            || c.is_whitespace()
            || matches!(c, '"' | '\'' | '[' | ']' | '(' | ')' | '|' | ';' | '<' | '>' | ',' | '=' | '{' | '}');
        match (gap, start) {
            (true, Some(from)) => {
                if let Some(word) = line.get(from..at) {
                    words.push((from, word));
                }
                start = None;
                if words.len() >= WORDS {
                    break;
                }
            }
            (false, None) => start = Some(at),
            _ => {}
        }
    }
    words
}

/// What a text says about the zone of all its times: "all times are UTC", "Time Zone: +0200", "Local timezone is CEST".
pub(crate) fn stated_zone(line: &str) -> Option<zone::Zone> {
    const SIGNS: [&str; 12] = [
        "time zone",
        "timezone",
        "zeitzone",
        "times are",
        "time is",
        "timestamps are",
        "all times",
        "times in",
        "timestamps in",
        "zeiten",
        "fuseau",
        "time in",
    ];
    let lower = line.to_ascii_lowercase();
    if let Some(zone) = named_in_brackets(line, &lower) {
        return Some(zone);
    }
    let at = SIGNS.iter().find_map(|sign| lower.find(sign).map(|at| at + sign.len()))?;
    let rest = line.get(at..)?;
    if lower.get(at..).is_some_and(|r| r.contains("ce(s)t") || r.contains("me(s)z") || r.contains("me(s)t")) {
        return Some(zone::SEASONAL);
    }
    let words = rest.split(|c: char| c.is_whitespace() || matches!(c, ':' | ',' | '(' | ')' | '=' | '"' | '*'));
    words.filter(|w| !w.is_empty()).take(6).find_map(|w| {
        let w = w.trim_end_matches('.');
        let looks = w.starts_with(['+', '-']) && w.len() >= 3 || w.chars().all(|c| !c.is_ascii_lowercase());
        looks.then(|| zone::read(w)).flatten()
    })
}

/// `Timestamp (UTC)`, the name of a field or column.
fn named_in_brackets(line: &str, lower: &str) -> Option<zone::Zone> {
    let open = lower.find(['(', '['])?;
    let name = lower.get(..open)?.trim_end();
    let word = name.rsplit([' ', '|', ',', ';', '\t', '/']).next().unwrap_or(name);
    let is_time = ["time", "date", "zeit", "stamp", "heure", "hora", "seen", "datum"].iter().any(|n| word.contains(n));
    let inner = line.get(open + 1..)?.split([')', ']']).next()?;
    if is_time { zone::read(inner.trim()) } else { None }
}
