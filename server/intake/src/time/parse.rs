//! One time as reporters write it: ISO 8601, the forms of mails and logs, seconds since 1970.
use super::{Precision, Stamp, gather, zone};
use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc};

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

/// Reads RFC 5322, ISO 8601 and RFC 3339, asctime, dates with dots and slashes, seconds and milliseconds since 1970,
/// and their common misspellings. Without a year there is no time.
pub(crate) fn parse(text: &str) -> Option<Stamp> {
    parse_near(text, None)
}

/// The same; a year that is missing is taken so that the time is the last one before `anchor`.
pub(crate) fn parse_near(text: &str, anchor: Option<DateTime<Utc>>) -> Option<Stamp> {
    let text = crate::limits::clip(text.trim(), 80);
    if let Some(at) = plain(text.as_bytes()) {
        return Some(Stamp::utc(at, false, Precision::Second));
    }
    if let Some(stamp) = number(text) {
        return Some(stamp);
    }
    let iso = text.get(..5).is_some_and(|t| t.ends_with('-') && t.bytes().take(4).all(|b| b.is_ascii_digit()));
    if iso { parse_iso(text) } else { parse_words(text, anchor) }
}

/// Seconds, milliseconds or microseconds since 1970, `YYYYMMDD` and `YYYYMMDDhhmmss`.
fn number(text: &str) -> Option<Stamp> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if whole.len() < 8 || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let n: i64 = whole.parse().ok()?;
    let (at, zoned) = match whole.len() {
        9 | 10 => (DateTime::from_timestamp(n, 0)?, true),
        13 => (DateTime::from_timestamp_millis(n)?, true),
        16 => (DateTime::from_timestamp_micros(n)?, true),
        8 => return NaiveDate::parse_from_str(whole, "%Y%m%d").ok().map(day),
        14 => (NaiveDateTime::parse_from_str(whole, "%Y%m%d%H%M%S").ok()?.and_utc(), false),
        _ => return None,
    };
    (1970..2200).contains(&at.year()).then(|| Stamp::utc(at, zoned, Precision::Second))
}

fn day(date: NaiveDate) -> Stamp {
    Stamp::utc(date.and_time(NaiveTime::MIN).and_utc(), false, Precision::Day)
}

fn parse_iso(text: &str) -> Option<Stamp> {
    let date = NaiveDate::parse_from_str(text.get(..10)?, "%Y-%m-%d").ok()?;
    let rest = text.get(10..)?.trim_start_matches(['T', 't', ' ', '_']);
    let split = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.' | ','))).unwrap_or(rest.len());
    let (clock, after) = rest.split_at(split);
    let (mut time, precision) =
        if clock.is_empty() { (NaiveTime::MIN, Precision::Day) } else { gather::parse_clock(clock)? };
    if after.trim_start().get(..2).is_some_and(|h| h.eq_ignore_ascii_case("pm")) && time.hour() < 12 {
        time += Duration::hours(12);
    }
    let zone = after.split_whitespace().find_map(zone::read);
    Some(Stamp::new(date.and_time(time), zone, precision, false, false))
}

/// Day, month, year, clock and zone in any order, as in mail headers and logs.
fn parse_words(text: &str, anchor: Option<DateTime<Utc>>) -> Option<Stamp> {
    let mut gather = gather::Gather::default();
    let (bare, comment) = text.split_once('(').unwrap_or((text, ""));
    for word in bare.split([' ', '\t', ',', '\r', '\n']).filter(|w| !w.is_empty()) {
        gather.take(word, true);
    }
    let comment = comment.split(')').next().unwrap_or_default();
    if zone::read(comment).is_some() {
        gather.take(comment, true);
    }
    gather.stamp(anchor)
}
