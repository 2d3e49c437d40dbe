//! Times as reporters write them, and how far they can be trusted. The event's time decides whose it was.
use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use domain::event::TimeGrade;

/// Clocks of reporters may run ahead this far.
const AHEAD_MINUTES: i64 = 10;
/// Older events are rarely attributable: leases are kept for weeks.
const OLD_DAYS: i64 = 90;
/// A span longer than this is a range, not a moment.
const MOMENT_HOURS: i64 = 24;

/// A time that could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// The instant, taken as UTC when the text gives no zone.
    pub(crate) at: DateTime<Utc>,
    /// Whether the text gives an offset or a zone we know.
    pub(crate) zoned: bool,
}

/// When an event was, and how well we know.
#[derive(Debug, Clone)]
pub(crate) struct Span {
    pub(crate) from: DateTime<Utc>,
    pub(crate) to: DateTime<Utc>,
    pub(crate) grade: TimeGrade,
    pub(crate) faults: Vec<String>,
}

/// What a time without zone means in a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unzoned {
    /// The format is defined to be UTC.
    IsUtc,
    /// It could be anything; UTC is a guess.
    IsGuess,
}

/// The time of receipt, for a report that gives none.
pub(crate) fn assumed(received_at: DateTime<Utc>, why: &str) -> Span {
    Span {
        from: received_at,
        to: received_at,
        grade: TimeGrade::Assumed,
        faults: vec![format!("{why}: time of receipt assumed")],
    }
}

/// From the first and last times of a report, either of which may be missing or unreadable.
pub(crate) fn span(first: Option<&str>, last: Option<&str>, unzoned: Unzoned, received_at: DateTime<Utc>) -> Span {
    let mut faults = Vec::new();
    let mut read = |text: Option<&str>| {
        let text = text.map(str::trim).filter(|t| !t.is_empty())?;
        let stamp = parse(text);
        if stamp.is_none() {
            faults.push(format!("time {:?} cannot be read", crate::limits::clip(text, 60)));
        }
        stamp
    };
    let (first, last) = (read(first), read(last));
    let (Some(mut from), Some(mut to)) = (first.or(last), last.or(first)) else {
        let mut span = assumed(received_at, "no event time");
        span.faults.splice(0..0, faults);
        return span;
    };
    if from.at > to.at {
        faults.push("first seen is after last seen: exchanged".into());
        std::mem::swap(&mut from, &mut to);
    }
    let mut grade = match (from.zoned && to.zoned, unzoned) {
        (true, _) => TimeGrade::Stated,
        (false, Unzoned::IsUtc) => TimeGrade::StatedUtc,
        (false, Unzoned::IsGuess) => {
            faults.push("time without zone: UTC assumed".into());
            TimeGrade::Assumed
        }
    };
    if to.at - from.at > Duration::hours(MOMENT_HOURS) {
        grade = TimeGrade::Range;
    }
    faults.extend(doubt(to.at, received_at));
    Span { from: from.at, to: to.at, grade, faults }
}

/// What is strange about a time, seen from the time of receipt.
pub(crate) fn doubt(at: DateTime<Utc>, received_at: DateTime<Utc>) -> Option<String> {
    let age = received_at - at;
    if age < -Duration::minutes(AHEAD_MINUTES) {
        Some(format!("event time is {} min after receipt", -age.num_minutes()))
    } else if age > Duration::days(OLD_DAYS) {
        Some(format!("event is {} days old", age.num_days()))
    } else {
        None
    }
}

/// Reads `YYYY-MM-DD HH:MM:SS` without looking at anything else: the fast path of the feeds.
pub(crate) fn plain(bytes: &[u8]) -> Option<DateTime<Utc>> {
    let number = |range: std::ops::Range<usize>| {
        bytes.get(range)?.iter().try_fold(0_u32, |n, b| b.is_ascii_digit().then(|| n * 10 + u32::from(b - b'0')))
    };
    let separators = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')];
    if bytes.len() != 19
        || !separators.iter().all(|(at, c)| bytes.get(*at) == Some(c))
        || !matches!(bytes.get(10), Some(b' ' | b'T'))
    {
        return None;
    }
    let date = NaiveDate::from_ymd_opt(i32::try_from(number(0..4)?).ok()?, number(5..7)?, number(8..10)?)?;
    date.and_hms_opt(number(11..13)?, number(14..16)?, number(17..19)?).map(|t| t.and_utc())
}

/// Reads RFC 5322, ISO 8601 and RFC 3339, asctime and their common misspellings.
pub(crate) fn parse(text: &str) -> Option<Stamp> {
    let text = crate::limits::clip(text.trim(), 80);
    if let Some(at) = plain(text.as_bytes()) {
        return Some(Stamp { at, zoned: false });
    }
    let iso = text.get(..5).is_some_and(|t| t.ends_with('-') && t.bytes().take(4).all(|b| b.is_ascii_digit()));
    if iso { parse_iso(text) } else { parse_words(text) }
}

fn parse_iso(text: &str) -> Option<Stamp> {
    let date = NaiveDate::parse_from_str(text.get(..10)?, "%Y-%m-%d").ok()?;
    let rest = text.get(10..)?.trim_start_matches(['T', 't', ' ', '_']);
    let split = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.' | ','))).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(split);
    let time = if clock.is_empty() { NaiveTime::MIN } else { parse_clock(clock)? };
    Some(stamp(date.and_time(time), zone.split_whitespace().find_map(offset_seconds)))
}

/// Day, month, year, clock and zone in any order, as in mail headers and logs.
fn parse_words(text: &str) -> Option<Stamp> {
    let (mut day, mut month, mut year, mut clock, mut zone) = (None, None, None, None, None);
    let (mut afternoon, mut morning) = (false, false);
    let bare = text.split('(').next().unwrap_or(text);
    for word in bare.split([' ', '\t', ',', '\r', '\n']).filter(|w| !w.is_empty()) {
        if word.contains(':') && word.starts_with(|c: char| c.is_ascii_digit()) {
            clock = Some(parse_clock(word)?);
        } else if word.eq_ignore_ascii_case("pm") || word.eq_ignore_ascii_case("am") {
            afternoon = word.eq_ignore_ascii_case("pm");
            morning = !afternoon;
        } else if let Some(n) = month_number(word) {
            month = Some(n);
        } else if let Ok(n) = word.parse::<i32>()
            && !word.starts_with(['+', '-'])
        {
            match (word.len(), day) {
                (1 | 2, None) => day = u32::try_from(n).ok(),
                (1 | 2, Some(_)) => year = year.or(Some(if n < 50 { 2000 + n } else { 1900 + n })),
                _ => year = year.or(Some(n)),
            }
        } else if clock.is_some() && zone.is_none() {
            zone = offset_seconds(word);
        }
    }
    if zone.is_none() && bare.len() < text.len() {
        zone = text.split(['(', ')']).nth(1).and_then(offset_seconds);
    }
    let date = NaiveDate::from_ymd_opt(year?, month?, day?)?;
    let mut time = date.and_time(clock.unwrap_or(NaiveTime::MIN));
    let hour = chrono::Timelike::hour(&time);
    if afternoon && hour < 12 {
        time += Duration::hours(12);
    } else if morning && hour == 12 {
        time -= Duration::hours(12);
    }
    Some(stamp(time, zone))
}

fn stamp(local: NaiveDateTime, offset: Option<i64>) -> Stamp {
    let shifted = local.checked_sub_signed(Duration::seconds(offset.unwrap_or(0))).unwrap_or(local);
    Stamp { at: shifted.and_utc(), zoned: offset.is_some() }
}

fn parse_clock(text: &str) -> Option<NaiveTime> {
    let mut parts = text.split([':', '.', ',']);
    let mut number = |least: bool| match parts.next() {
        Some(p) if !p.is_empty() => p.parse::<u32>().ok(),
        _ if least => None,
        _ => Some(0),
    };
    let (hour, minute, second) = (number(true)?, number(true)?, number(false)?);
    // Leap seconds and the hour 24 are written by some; the instant beside them is near enough.
    NaiveTime::from_hms_opt(hour, minute, second.min(59))
}

fn month_number(word: &str) -> Option<u32> {
    const NAMES: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let head = word.get(..3)?.to_ascii_lowercase();
    let at = NAMES.iter().position(|n| *n == head)?;
    word.bytes().all(|b| b.is_ascii_alphabetic() || b == b'.').then(|| u32::try_from(at + 1).ok())?
}

/// Seconds east of Greenwich of `+0200`, `+02:00`, `Z` or a zone name that means one thing in mail.
fn offset_seconds(word: &str) -> Option<i64> {
    const ZONES: [(&str, i64); 24] = [
        ("z", 0),
        ("ut", 0),
        ("utc", 0),
        ("gmt", 0),
        ("wet", 0),
        ("est", -5),
        ("edt", -4),
        ("cst", -6),
        ("cdt", -5),
        ("mst", -7),
        ("mdt", -6),
        ("pst", -8),
        ("pdt", -7),
        ("cet", 1),
        ("met", 1),
        ("bst", 1),
        ("west", 1),
        ("cest", 2),
        ("mest", 2),
        ("eet", 2),
        ("eest", 3),
        ("msk", 3),
        ("jst", 9),
        ("aest", 10),
    ];
    let word = word.trim();
    if let Some(digits) = word.strip_prefix(['+', '-']) {
        let digits: String = digits.chars().take(6).filter(|c| *c != ':').collect();
        let number: i64 = digits.parse().ok()?;
        let seconds = match digits.len() {
            4 => number / 100 * 3600 + number % 100 * 60,
            1 | 2 => number * 3600,
            _ => return None,
        };
        return (seconds <= 14 * 3600).then_some(if word.starts_with('-') { -seconds } else { seconds });
    }
    let word = word.to_ascii_lowercase();
    ZONES.iter().find(|(name, _)| *name == word).map(|(_, hours)| hours * 3600)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, bool)> {
        parse(text).map(|s| (s.at.format("%Y-%m-%dT%H:%M:%SZ").to_string(), s.zoned))
    }

    #[test]
    fn reads_what_reporters_write() {
        let cases = [
            ("Tue, 19 Jan 2016 14:32:40 -0500 (EST)", "2016-01-19T19:32:40Z", true),
            ("Mon, 18 Jan 2016 23:57:24 UTC", "2016-01-18T23:57:24Z", true),
            ("Mon, 28 Sep 2015 21:31:04 UT", "2015-09-28T21:31:04Z", true),
            ("Thu, 8 Mar 2005 14:00:00 EDT", "2005-03-08T18:00:00Z", true),
            ("Thu, 02 Jul 26 18:55:38 UTC", "2026-07-02T18:55:38Z", true),
            ("Fri Sep 15 18:55:37 UTC 2023", "2023-09-15T18:55:37Z", true),
            ("Oct, 23 2003 6:13:36 PM -0400", "2003-10-23T22:13:36Z", true),
            ("2015-07-23T01:58:17+00:00", "2015-07-23T01:58:17Z", true),
            ("2024-05-01T12:00:00.123456+0200", "2024-05-01T10:00:00Z", true),
            ("2024-05-01 12:00:00 UTC", "2024-05-01T12:00:00Z", true),
            ("2024-05-01T12:00:00Z", "2024-05-01T12:00:00Z", true),
            ("2024-05-01 12:00:00", "2024-05-01T12:00:00Z", false),
            ("2024-05-01", "2024-05-01T00:00:00Z", false),
            ("30 Oct 2003 22:10:04", "2003-10-30T22:10:04Z", false),
            ("Thu, 01 Jul 2021 23:45:01 IST", "2021-07-01T23:45:01Z", false),
        ];
        for (text, want, zoned) in cases {
            assert_eq!(read(text), Some((want.to_owned(), zoned)), "{text}");
        }
        for text in [
            "",
            "yesterday",
            "2024-13-40 00:00:00",
            "12:00",
            "Thu, 32 Jan 2020 10:00:00 +0000",
            "+",
            "2024-05-01T99:00",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn grades_and_doubts() {
        let now = parse("2024-05-10T00:00:00Z").unwrap().at;
        let moment = span(None, Some("2024-05-09 10:00:00"), Unzoned::IsUtc, now);
        assert_eq!((moment.grade, moment.faults.len()), (TimeGrade::StatedUtc, 0));
        let guess = span(None, Some("2024-05-09 10:00:00"), Unzoned::IsGuess, now);
        assert_eq!((guess.grade, guess.faults.len()), (TimeGrade::Assumed, 1));
        let range = span(Some("2024-04-01T00:00:00Z"), Some("2024-05-09T10:00:00Z"), Unzoned::IsUtc, now);
        assert_eq!(range.grade, TimeGrade::Range);
        let none = span(None, Some("soon"), Unzoned::IsUtc, now);
        assert_eq!((none.grade, none.from, none.faults.len()), (TimeGrade::Assumed, now, 2));
        let future = span(None, Some("2024-05-10T01:00:00Z"), Unzoned::IsUtc, now);
        assert_eq!(future.faults, ["event time is 60 min after receipt"]);
        let old = span(None, Some("2023-05-10T00:00:00Z"), Unzoned::IsUtc, now);
        assert_eq!(old.faults, ["event is 366 days old"]);
        let swapped = span(Some("2024-05-09T10:00:00Z"), Some("2024-05-09T09:00:00Z"), Unzoned::IsUtc, now);
        assert!(swapped.from < swapped.to);
    }
}
