//! Puts a time together word by word, whatever their order: day, month, year, clock, zone.
use super::zone::{self, Zone};
use super::{Precision, Stamp};
use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveTime, Timelike, Utc};

/// Month names of the languages that reports come in; a word of three letters or more may be cut.
const MONTHS: [&[&str]; 12] = [
    &["january", "januar", "janvier", "enero", "januari", "gennaio", "jänner", "ene"],
    &["february", "februar", "février", "fevrier", "febrero", "februari", "febbraio"],
    &["march", "märz", "maerz", "mars", "marzo", "maart", "mrz", "mrt"],
    &["april", "avril", "abril", "aprile"],
    &["may", "mai", "mayo", "mei", "maggio"],
    &["june", "juni", "juin", "junio", "giugno"],
    &["july", "juli", "juillet", "julio", "luglio"],
    &["august", "août", "aout", "agosto", "augustus"],
    &["september", "septembre", "septiembre", "settembre"],
    &["october", "oktober", "octobre", "octubre", "ottobre"],
    &["november", "novembre", "noviembre"],
    &["december", "dezember", "décembre", "decembre", "diciembre", "dicembre"],
];

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// A date as it was written, not yet checked.
#[derive(Debug, Clone, Copy)]
struct Numbers {
    year: i32,
    first: u32,
    second: u32,
}

/// The parts of a time that were found so far.
#[derive(Debug, Default)]
pub(crate) struct Gather {
    weekday: bool,
    day: Option<u32>,
    month: Option<u32>,
    year: Option<i32>,
    /// `a/b/year`, of which either may be the day.
    slashed: Option<Numbers>,
    clock: Option<(NaiveTime, Precision)>,
    /// PM is true.
    half: Option<bool>,
    zone: Option<Zone>,
}

impl Gather {
    /// Takes a word if it is a part of a time that is still missing. `loose` accepts zones such as `-5` and short years.
    pub(crate) fn take(&mut self, word: &str, loose: bool) -> bool {
        let word =
            word.trim_matches(|c: char| matches!(c, '[' | ']' | '"' | '\'' | ',' | ';' | '(' | ')' | '<' | '>' | '|'));
        let word = word.strip_suffix(['.', ':']).unwrap_or(word);
        if word.is_empty() || word.len() > 40 {
            return false;
        }
        let digit = word.starts_with(|c: char| c.is_ascii_digit());
        if digit && (self.yearless(word) || self.date_token(word)) {
            return true;
        }
        if digit && word.contains(':') {
            return self.clock.is_none() && self.take_clock(word);
        }
        if digit {
            return self.number(word, loose) || (self.clock.is_none() && self.twelve(word));
        }
        self.name(word, loose)
    }

    /// A word that begins with a letter or a sign.
    fn name(&mut self, word: &str, loose: bool) -> bool {
        if word.starts_with(['+', '-']) || (self.clock.is_some() && self.zone.is_none()) {
            let long = loose || word.len() >= 5 || !word.starts_with(['+', '-']);
            if self.clock.is_some() && self.zone.is_none() && long {
                self.zone = zone::read(word);
                if self.zone.is_some() {
                    return true;
                }
            }
        }
        if self.half.is_none() && self.clock.is_some() {
            match word.to_ascii_lowercase().as_str() {
                "pm" | "p.m" => self.half = Some(true),
                "am" | "a.m" => self.half = Some(false),
                _ => {}
            }
            if self.half.is_some() {
                return true;
            }
        }
        if self.month.is_none()
            && let Some(month) = month_number(word)
        {
            self.month = Some(month);
            return true;
        }
        let day = WEEKDAYS
            .iter()
            .any(|d| word.len() >= 3 && d.get(..word.len()).is_some_and(|d| d.eq_ignore_ascii_case(word)));
        if day && !self.weekday {
            self.weekday = true;
            return true;
        }
        false
    }

    fn number(&mut self, word: &str, loose: bool) -> bool {
        let ordinal = ["st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word);
        let Ok(n) = ordinal.parse::<u32>() else { return false };
        match ordinal.len() {
            1 | 2 if self.day.is_none() && self.slashed.is_none() && (1..=31).contains(&n) => self.day = Some(n),
            2 if self.year.is_none() && self.month.is_some() && (loose || self.clock.is_none()) => {
                self.year = Some(short_year(n));
            }
            4 if self.year.is_none() && (1970..2200).contains(&n) => self.year = i32::try_from(n).ok(),
            _ => return false,
        }
        true
    }

    /// `7AM` without minutes.
    fn twelve(&mut self, word: &str) -> bool {
        let split = word.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.len());
        let (hour, half) = word.split_at(split);
        let half = half.to_ascii_lowercase();
        let (Ok(hour), "am" | "pm") = (hour.parse::<u32>(), half.as_str()) else { return false };
        let Some(time) = NaiveTime::from_hms_opt(hour, 0, 0) else { return false };
        self.half = Some(half == "pm");
        self.clock = Some((time, Precision::Hour));
        true
    }

    /// `12:30`, `12:30:45.678`, each with `AM` or a zone behind it.
    fn take_clock(&mut self, word: &str) -> bool {
        let split = word.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.' | ','))).unwrap_or(word.len());
        let (clock, rest) = word.split_at(split);
        let Some(clock) = parse_clock(clock) else { return false };
        match rest.to_ascii_lowercase().as_str() {
            "" | "h" => {}
            "am" => self.half = Some(false),
            "pm" => self.half = Some(true),
            _ => match zone::read(rest) {
                Some(zone) => self.zone = Some(zone),
                None => return false,
            },
        }
        self.clock = Some(clock);
        true
    }

    /// `2024-05-01`, `01/May/2024:10:00:00`, `1.5.2024`, `05/01/24`, `20240501`, each with a clock behind it.
    fn date_token(&mut self, word: &str) -> bool {
        if self.slashed.is_some() || self.day.is_some() || self.year.is_some() {
            return false;
        }
        let Some((date, clock)) = split_date(word) else { return false };
        let mut parts = date.split(['-', '/', '.', '_']);
        let (Some(a), Some(b), Some(c), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return false;
        };
        let mut next = Self { weekday: self.weekday, month: self.month, ..Self::default() };
        if !next.date_parts([a, b, c], date) || (!clock.is_empty() && !next.take_clock(clock)) {
            return false;
        }
        next.zone = next.zone.or(self.zone);
        if next.clock.is_none() {
            (next.clock, next.half) = (self.clock, self.half);
        }
        *self = next;
        true
    }

    /// `08/19-10:00:00.123456`, as intrusion detectors write it: month, day and clock.
    fn yearless(&mut self, word: &str) -> bool {
        let Some((date, clock)) = word.split_once('-').filter(|(_, clock)| clock.contains(':')) else { return false };
        let Some((month, day)) = date.split_once('/') else { return false };
        let (Ok(month), Ok(day)) = (month.parse(), day.parse()) else { return false };
        let free = self.day.is_none() && self.month.is_none() && self.year.is_none() && self.clock.is_none();
        if !free || !self.take_clock(clock) {
            return false;
        }
        (self.month, self.day) = (Some(month), Some(day));
        true
    }

    fn date_parts(&mut self, [a, b, c]: [&str; 3], date: &str) -> bool {
        let year = |text: &str| match (text.len(), text.parse::<u32>()) {
            (4, Ok(n)) if (1970..2200).contains(&n) => i32::try_from(n).ok(),
            (2, Ok(n)) => Some(short_year(n)),
            _ => None,
        };
        let number = |text: &str| text.parse::<u32>().ok().filter(|_| matches!(text.len(), 1 | 2));
        if let (Some(month), Some(day), Some(y)) = (month_number(b), number(a), year(c)) {
            (self.day, self.month, self.year) = (Some(day), Some(month), Some(y));
            return true;
        }
        if let (4, Some(y), Some(month), Some(day)) = (a.len(), year(a), number(b), number(c)) {
            (self.day, self.month, self.year) = (Some(day), Some(month), Some(y));
            return true;
        }
        let (Some(first), Some(second), Some(y)) = (number(a), number(b), year(c)) else { return false };
        if date.contains('.') {
            // With dots the day comes first, in every country that writes dots.
            (self.day, self.month, self.year) = (Some(first), Some(second), Some(y));
        } else {
            self.slashed = Some(Numbers { year: y, first, second });
        }
        true
    }

    /// The time, if there is a whole date. A missing year is taken so that the time is the last one before `anchor`.
    pub(crate) fn stamp(&self, anchor: Option<DateTime<Utc>>) -> Option<Stamp> {
        let (date, swapped, year_guessed) = self.date(anchor)?;
        let (clock, precision) = self.clock.unwrap_or((NaiveTime::MIN, Precision::Day));
        let mut local = date.and_time(clock);
        match self.half {
            Some(true) if local.hour() < 12 => local = local.checked_add_signed(Duration::hours(12))?,
            Some(false) if local.hour() == 12 => local = local.checked_sub_signed(Duration::hours(12))?,
            _ => {}
        }
        let zone = self.zone.map(|zone| {
            let by_mail_rule = self.weekday && zone::is_mail_zone(zone.seconds);
            Zone { doubt: zone.doubt.filter(|_| !by_mail_rule), ..zone }
        });
        Some(Stamp::new(local, zone, precision, swapped, year_guessed))
    }

    fn date(&self, anchor: Option<DateTime<Utc>>) -> Option<(NaiveDate, bool, bool)> {
        if let Some(numbers) = self.slashed {
            let (date, swapped) = either_way(numbers, anchor)?;
            return Some((date, swapped, false));
        }
        let (day, month) = (self.day?, self.month?);
        if let Some(year) = self.year {
            return NaiveDate::from_ymd_opt(year, month, day).map(|d| (d, false, false));
        }
        // Without a year a day and a month are a time only with a clock, as in logs.
        self.clock?;
        let latest = anchor?.checked_add_signed(Duration::days(1))?.date_naive();
        let candidates = (0..5).filter_map(|back| NaiveDate::from_ymd_opt(latest.year() - back, month, day));
        candidates.into_iter().find(|d| *d <= latest).map(|d| (d, false, true))
    }
}

/// `05/01/2024`: month first or day first; where both are possible, the one nearer before the anchor, and a doubt.
fn either_way(n: Numbers, anchor: Option<DateTime<Utc>>) -> Option<(NaiveDate, bool)> {
    let month_first = NaiveDate::from_ymd_opt(n.year, n.first, n.second);
    let day_first = NaiveDate::from_ymd_opt(n.year, n.second, n.first);
    match (month_first, day_first) {
        (Some(a), Some(b)) if a != b => {
            let far = |date: NaiveDate| {
                let days = anchor.map_or(0, |at| (at.date_naive() - date).num_days());
                if days < -1 { i64::MAX } else { days }
            };
            Some((if far(b) < far(a) { b } else { a }, true))
        }
        (a, b) => a.or(b).map(|date| (date, false)),
    }
}

fn short_year(n: u32) -> i32 {
    let n = i32::try_from(n).unwrap_or(0);
    if n < 70 { 2000 + n } else { 1900 + n }
}

/// Where the date of a token ends: `2024-05-01T10:00:00Z` and `01/May/2024:10:00:00` have a clock behind it.
fn split_date(word: &str) -> Option<(&str, &str)> {
    if word.len() >= 15 && word.get(..8).is_some_and(|d| d.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    let mut separators = 0;
    for (at, c) in word.char_indices() {
        match c {
            '-' | '/' | '.' | '_' if separators < 2 => separators += 1,
            ':' if separators == 2 => return Some((word.get(..at)?, word.get(at + 1..)?)),
            'T' | 't' | '_' | '-'
                if separators == 2
                    && word.get(at + 1..).is_some_and(|r| r.starts_with(|c: char| c.is_ascii_digit())) =>
            {
                return Some((word.get(..at)?, word.get(at + 1..)?));
            }
            c if c.is_alphanumeric() => {}
            _ => return None,
        }
    }
    (separators == 2).then_some((word, ""))
}

/// A clock of one to three numbers and a fraction, which is dropped.
pub(crate) fn parse_clock(text: &str) -> Option<(NaiveTime, Precision)> {
    let mut parts = text.split([':', '.', ',']);
    let mut number = || match parts.next() {
        Some(p) if !p.is_empty() && p.len() <= 2 => p.parse::<u32>().ok().map(Some),
        Some("") | None => Some(None),
        Some(_) => None,
    };
    let (hour, minute, second) = (number()??, number()??, number()?);
    let precision = if second.is_some() { Precision::Second } else { Precision::Minute };
    // Leap seconds are written by some; the instant beside them is near enough.
    let second = second.filter(|s| *s <= 60).map_or(0, |s| s.min(59));
    NaiveTime::from_hms_opt(hour, minute, second).map(|t| (t, precision))
}

/// The number of a month's name or of its beginning.
fn month_number(word: &str) -> Option<u32> {
    let word = word.trim_end_matches('.');
    if word.len() < 3 || word.len() > 12 || !word.chars().all(char::is_alphabetic) {
        return None;
    }
    let word = word.to_lowercase();
    let at = MONTHS.iter().position(|names| names.iter().any(|n| n.starts_with(&word)))?;
    u32::try_from(at + 1).ok()
}
