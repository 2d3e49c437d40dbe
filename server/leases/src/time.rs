//! Times as lease sources write them: with a zone, without one, without a year.
use chrono::{
    DateTime, Datelike as _, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _, Utc,
};
use chrono_tz::Tz;

/// How far a clock may run ahead of ours before a date without year means the year before.
const AHEAD: TimeDelta = TimeDelta::days(1);

/// A zone for times that name none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// A fixed distance from Greenwich.
    Fixed(FixedOffset),
    /// A name of the tz database, with its summer times.
    Named(Tz),
}

impl Zone {
    /// UTC.
    pub fn utc() -> Self {
        Self::Named(Tz::UTC)
    }

    /// `UTC`, `Europe/Berlin`, `+02:00`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("z") {
            return Some(Self::utc());
        }
        if let Some(offset) = offset(text) {
            return Some(Self::Fixed(offset));
        }
        let found = chrono_tz::TZ_VARIANTS.iter().find(|tz| tz.name().eq_ignore_ascii_case(text));
        found.map(|tz| Self::Named(*tz))
    }

    /// The instant of a local time.
    ///
    /// # Errors
    /// The hour that was twice when the clock was put back, and the one that never was.
    pub(crate) fn instant(self, local: NaiveDateTime) -> Result<DateTime<Utc>, String> {
        let found = match self {
            Self::Fixed(offset) => offset.from_local_datetime(&local).map(|at| at.with_timezone(&Utc)),
            Self::Named(tz) => tz.from_local_datetime(&local).map(|at| at.with_timezone(&Utc)),
        };
        match found {
            chrono::LocalResult::Single(at) => Ok(at),
            chrono::LocalResult::Ambiguous(..) => {
                Err(format!("{local} was twice, because the clock was put back: let the device write UTC"))
            }
            chrono::LocalResult::None => {
                Err(format!("{local} never was, because the clock was put forward: is the zone right?"))
            }
        }
    }
}

/// `+0200`, `+02:00`, `-05`, `+2`.
fn offset(text: &str) -> Option<FixedOffset> {
    let sign = match text.bytes().next()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = text.get(1..)?.chars().filter(|letter| *letter != ':').collect();
    if digits.is_empty() || digits.len() > 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i32 = digits.parse().ok()?;
    let (hours, minutes) = if digits.len() > 2 { (number / 100, number % 100) } else { (number, 0) };
    if hours > 14 || minutes > 59 {
        return None;
    }
    FixedOffset::east_opt(sign * (hours * 3600 + minutes * 60))
}

/// Names of zones that mean one thing where network devices write them.
const NAMES: [(&str, i32); 10] = [
    ("utc", 0),
    ("gmt", 0),
    ("z", 0),
    ("cet", 3600),
    ("cest", 7200),
    ("eet", 7200),
    ("eest", 10_800),
    ("wet", 0),
    ("west", 3600),
    ("msk", 10_800),
];

/// A zone by number, or by a name that has one meaning.
fn named(word: &str) -> Option<FixedOffset> {
    let word = word.trim_end_matches(':');
    let name = || NAMES.iter().find(|(name, _)| word.eq_ignore_ascii_case(name)).map(|(_, seconds)| *seconds);
    offset(word).or_else(|| FixedOffset::east_opt(name()?))
}

/// A time as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stamp {
    /// With its zone.
    At(DateTime<Utc>),
    /// Without a zone.
    Local(NaiveDateTime),
    /// Without year and zone.
    Yearless(u32, u32, NaiveTime),
}

impl Stamp {
    /// The instant, in a zone for those without one, in the last twelve months before `written` for those without year.
    pub(crate) fn instant(self, zone: Option<Zone>, written: DateTime<Utc>) -> Result<DateTime<Utc>, String> {
        let zone = || {
            zone.ok_or_else(|| {
                "it has no time zone: write it with one, or say which it is in, such as Europe/Berlin".to_owned()
            })
        };
        match self {
            Self::At(at) => Ok(domain::clock::truncate(at)),
            Self::Local(local) => zone()?.instant(local).map(domain::clock::truncate),
            Self::Yearless(month, day, time) => {
                let zone = zone()?;
                let mut year = written.year() + 1;
                for _ in 0..3 {
                    let local = NaiveDate::from_ymd_opt(year, month, day).map(|date| date.and_time(time));
                    year -= 1;
                    let Some(local) = local else { continue };
                    // The hour that was twice is refused only if it is the year that is meant.
                    if local.and_utc() > written + AHEAD + TimeDelta::hours(14) {
                        continue;
                    }
                    let at = zone.instant(local)?;
                    if at <= written + AHEAD {
                        return Ok(domain::clock::truncate(at));
                    }
                }
                Err("the date has no year, and none of the last ones has this day".to_owned())
            }
        }
    }
}

/// RFC 3339, with a space instead of the T too; without a zone it stays local.
pub(crate) fn iso(text: &str) -> Option<Stamp> {
    let text = text.trim();
    if !text.is_ascii() || text.len() < 16 {
        return None;
    }
    let mut joined = text.replacen([' ', '_'], "T", 1).replacen(',', ".", 1);
    if joined.get(4..5) == Some("/") {
        joined = joined.replace('/', "-");
    }
    // Zones stand behind the T only: a date has hyphens of its own.
    let (clock, zone) = match joined.get(11..)?.find(['Z', 'z', '+', '-', ' ']) {
        Some(at) => joined.split_at(11 + at),
        None => (joined.as_str(), ""),
    };
    let local = NaiveDateTime::parse_from_str(clock, "%Y-%m-%dT%H:%M:%S%.f")
        .or_else(|_| NaiveDateTime::parse_from_str(clock, "%Y-%m-%dT%H:%M"))
        .ok()?;
    match zone.trim() {
        "" => Some(Stamp::Local(local)),
        zone => Some(Stamp::At(named(zone)?.from_local_datetime(&local).single()?.with_timezone(&Utc))),
    }
}

/// Seconds since the epoch, with a fraction perhaps.
pub(crate) fn epoch(text: &str) -> Option<DateTime<Utc>> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    if seconds.is_empty() || seconds.len() > 11 || !seconds.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits: String = fraction.chars().chain("000000".chars()).take(6).collect();
    DateTime::from_timestamp(seconds.parse().ok()?, digits.parse::<u32>().ok()? * 1000)
}

/// The seconds of a whole number that is no time: lease times, session times.
pub(crate) fn seconds(text: &str) -> Option<TimeDelta> {
    TimeDelta::try_seconds(i64::from(text.trim().parse::<u32>().ok()?))
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

fn month(word: &str) -> Option<u32> {
    (1..).zip(MONTHS).find(|(_, name)| word.eq_ignore_ascii_case(name)).map(|(number, _)| number)
}

fn clock(word: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(word.trim_end_matches(':'), "%H:%M:%S%.f").ok()
}

/// The next word and what is behind it.
pub(crate) fn word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()))
}

/// The time at the beginning of a line and what is behind it: ISO, epoch, `Nov 19 10:00:00`, `Nov 19 2026 10:00:00 UTC`,
/// `2026 Nov 19 10:00:00`, `Thu Nov 19 10:00:00 2026`.
pub(crate) fn leading(text: &str) -> Option<(Stamp, &str)> {
    let text = text.trim_start();
    let (first, rest) = word(text);
    let bare = first.trim_matches(|letter| matches!(letter, '[' | ']' | ':'));
    if let Some(at) = epoch(bare).filter(|_| bare.len() >= 9) {
        return Some((Stamp::At(at), rest));
    }
    if let Some(stamp) = iso(bare) {
        return Some((stamp, rest));
    }
    if bare.len() == 10 && bare.get(4..5).is_some_and(|dash| matches!(dash, "-" | "/")) {
        let (second, rest) = word(rest);
        let (local, _) = (iso(&format!("{bare}T{}", second.trim_end_matches([':', ']', ','])))?, ());
        return Some(zoned(local, rest));
    }
    by_month(first, rest)
}

fn by_month<'a>(first: &'a str, rest: &'a str) -> Option<(Stamp, &'a str)> {
    let (mut first, mut rest) = (first, rest);
    let mut year: Option<i32> = None;
    if first.len() == 3 && month(first).is_none() && first.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        // The name of the day.
        (first, rest) = word(rest);
    }
    if let Some(number) = first.parse().ok().filter(|number| (1990..2200).contains(number)) {
        year = Some(number);
        (first, rest) = word(rest);
    }
    let month = month(first.trim_start_matches(['*', '.']))?;
    let (day, after) = word(rest);
    let day: u32 = day.trim_end_matches(',').parse().ok()?;
    let (mut next, mut rest) = word(after);
    if let Some(number) = next.parse().ok().filter(|number| (1990..2200).contains(number)) {
        year = Some(number);
        (next, rest) = word(rest);
    }
    let time = clock(next)?;
    if year.is_none() {
        let (behind, after) = word(rest);
        if let Some(number) = behind.parse().ok().filter(|number| (1990..2200).contains(number)) {
            year = Some(number);
            rest = after;
        }
    }
    match year {
        Some(year) => {
            let local = NaiveDate::from_ymd_opt(year, month, day)?.and_time(time);
            Some(zoned(Stamp::Local(local), rest))
        }
        None => {
            NaiveDate::from_ymd_opt(2024, month, day)?;
            Some((Stamp::Yearless(month, day, time), rest))
        }
    }
}

/// A local time with the zone that may stand behind it.
fn zoned(stamp: Stamp, rest: &str) -> (Stamp, &str) {
    let Stamp::Local(local) = stamp else { return (stamp, rest) };
    let (next, after) = word(rest);
    match named(next).and_then(|offset| offset.from_local_datetime(&local).single()) {
        Some(at) => (Stamp::At(at.with_timezone(&Utc)), after),
        None => (stamp, rest),
    }
}

#[cfg(test)]
mod tests {
    use super::{Stamp, Zone, epoch, iso, leading};
    use chrono::{DateTime, Utc};

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn read(text: &str, zone: &str, written: &str) -> Result<String, String> {
        let (stamp, _) = leading(text).ok_or("no time")?;
        stamp.instant(Zone::parse(zone), utc(written)).map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
    }

    #[test]
    fn times_of_logs_are_read_with_their_zone_or_in_ours() {
        let written = "2026-11-19T12:00:00Z";
        let cases = [
            ("2026-11-19T10:00:00.25+01:00 host x", "", "2026-11-19T09:00:00.250Z"),
            ("2026-11-19 10:00:00 host x", "Europe/Berlin", "2026-11-19T09:00:00Z"),
            ("2026/11/19 10:00:00 UTC x", "Europe/Berlin", "2026-11-19T10:00:00Z"),
            ("Nov 19 10:00:00 host x", "+02:00", "2026-11-19T08:00:00Z"),
            ("Nov  9 10:00:00 host x", "UTC", "2026-11-09T10:00:00Z"),
            ("Nov 20 13:00:00 host x", "UTC", "2025-11-20T13:00:00Z"),
            ("Dec 31 23:59:59 host x", "UTC", "2025-12-31T23:59:59Z"),
            ("Nov 19 2026 10:00:00.123 CET: %X", "UTC", "2026-11-19T09:00:00.123Z"),
            ("2026 Nov 19 10:00:00 192.0.2.3 - -", "UTC", "2026-11-19T10:00:00Z"),
            ("Thu Nov 19 10:00:00 2026", "Europe/Berlin", "2026-11-19T09:00:00Z"),
            ("*Nov 19 10:00:00.5: %X", "UTC", "2026-11-19T10:00:00.500Z"),
            ("[1763546400.5]\t[NEW]", "", "2025-11-19T10:00:00.500Z"),
        ];
        for (text, zone, wanted) in cases {
            assert_eq!(read(text, zone, written).as_deref(), Ok(wanted), "{text}");
        }
    }

    #[test]
    fn doubtful_times_are_refused() {
        let written = "2026-11-19T12:00:00Z";
        assert!(read("Nov 19 10:00:00 x", "", written).unwrap_err().contains("no time zone"));
        assert!(read("2026-10-25 02:30:00 x", "Europe/Berlin", written).unwrap_err().contains("twice"));
        assert!(read("2026-03-29 02:30:00 x", "Europe/Berlin", written).unwrap_err().contains("never"));
        assert!(read("Feb 29 10:00:00 x", "UTC", written).is_err());
        assert_eq!(read("Feb 29 10:00:00 x", "UTC", "2024-03-01T00:00:00Z").as_deref(), Ok("2024-02-29T10:00:00Z"));
        for bad in ["", "x", "Nov", "Nov 31 10:00:00 x", "é 1 10:00:00", "2026-13-01T00:00:00Z x"] {
            assert_eq!(leading(bad), None, "{bad}");
        }
    }

    #[test]
    fn zones_and_epochs() {
        assert!(Zone::parse("europe/berlin").is_some() && Zone::parse("-05").is_some());
        assert!(Zone::parse("Atlantis").is_none() && Zone::parse("+99").is_none());
        assert_eq!(epoch("1763546400"), Some(utc("2025-11-19T10:00:00Z")));
        assert_eq!(iso("2026-11-19T10:00"), Some(Stamp::Local("2026-11-19T10:00:00".parse().unwrap())));
    }
}
