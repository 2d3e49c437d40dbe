//! Times as reporters write them, and how far they can be trusted. The event's time decides whose it was.
mod find;
mod gather;
mod parse;
mod zone;

pub(crate) use find::{all, stated_zone};
pub(crate) use parse::{parse, parse_near, plain};
pub(crate) use zone::Zone;

use chrono::{DateTime, Datelike, Duration, NaiveDateTime, Utc};
use domain::event::TimeGrade;

/// Clocks of reporters may run ahead this far.
const AHEAD_MINUTES: i64 = 10;
/// Older events are rarely attributable: leases are kept for weeks.
const OLD_DAYS: i64 = 90;
/// A span longer than this is a range, not a moment.
const MOMENT_HOURS: i64 = 24;

/// How exactly a time is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Precision {
    Second,
    Minute,
    Hour,
    Day,
}

impl Precision {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Second => "second",
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }
}

/// A time that could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// The instant, taken as UTC when the text gives no zone.
    pub(crate) at: DateTime<Utc>,
    /// Whether the text gives an offset or a zone we know.
    pub(crate) zoned: bool,
    /// How exactly it is given; a day begins at `at`.
    pub(crate) precision: Precision,
    /// Set when the zone's name has several meanings.
    zone_doubt: Option<&'static str>,
    /// Whether day and month could as well be exchanged.
    swappable: bool,
    /// Whether the year is not in the text.
    year_guessed: bool,
}

impl Stamp {
    fn new(
        local: NaiveDateTime,
        zone: Option<Zone>,
        precision: Precision,
        swappable: bool,
        year_guessed: bool,
    ) -> Self {
        let shift = Duration::seconds(zone.map_or(0, |z| z.seconds));
        let at = local.checked_sub_signed(shift).unwrap_or(local).and_utc();
        let zone_doubt = zone.and_then(|z| z.doubt);
        Self { at, zoned: zone.is_some(), precision, zone_doubt, swappable, year_guessed }
    }

    /// A time that needs no words: from a number, or put together by a reader.
    pub(crate) fn utc(at: DateTime<Utc>, zoned: bool, precision: Precision) -> Self {
        Self { at, zoned, precision, zone_doubt: None, swappable: false, year_guessed: false }
    }

    /// The same wall clock in a zone that the text names elsewhere.
    pub(crate) fn in_zone(self, zone: Zone) -> Self {
        if self.zoned {
            return self;
        }
        let winter = zone == zone::SEASONAL && !(4..=10).contains(&self.at.month());
        let zone = if winter { Zone { seconds: 3600, ..zone } } else { zone };
        let moved = Self::new(self.at.naive_utc(), Some(zone), self.precision, self.swappable, self.year_guessed);
        Self { zone_doubt: zone.doubt, ..moved }
    }

    /// Whether nothing had to be guessed but perhaps the zone.
    pub(crate) fn is_clear(&self) -> bool {
        self.zone_doubt.is_none() && !self.swappable && !self.year_guessed
    }

    /// The last second that the text can mean.
    pub(crate) fn end(&self) -> DateTime<Utc> {
        let day = Duration::days(1) - Duration::seconds(1);
        let longer = if self.precision == Precision::Day { day } else { Duration::zero() };
        self.at.checked_add_signed(longer).unwrap_or(self.at)
    }

    /// What had to be guessed, in words.
    pub(crate) fn doubts(&self) -> Vec<String> {
        let mut doubts = Vec::new();
        doubts.extend(self.zone_doubt.map(str::to_owned));
        if self.swappable {
            doubts.push(format!("day and month could be exchanged: {} taken", self.at.format("%-d %B %Y")));
        }
        if self.year_guessed {
            doubts.push(format!("time without year: {} taken, the last one before the report", self.at.year()));
        }
        doubts
    }
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

/// The later of two times of a report; one that is missing or cannot be read loses.
pub(crate) fn later<'t>(one: Option<&'t str>, other: Option<&'t str>) -> Option<&'t str> {
    match (one.and_then(parse), other.and_then(parse)) {
        (Some(a), Some(b)) => {
            if a.at >= b.at {
                one
            } else {
                other
            }
        }
        (Some(_), None) => one,
        (None, Some(_)) => other,
        (None, None) => one.or(other),
    }
}

/// From the first and last times of a report, either of which may be missing or unreadable.
pub(crate) fn span(first: Option<&str>, last: Option<&str>, unzoned: Unzoned, received_at: DateTime<Utc>) -> Span {
    let mut faults = Vec::new();
    let mut read = |text: Option<&str>| {
        let text = text.map(str::trim).filter(|t| !t.is_empty())?;
        let stamp = parse_near(text, Some(received_at));
        if stamp.is_none() {
            faults.push(format!("time {:?} cannot be read", crate::limits::clip(text, 60)));
        }
        stamp
    };
    let (first, last) = (read(first), read(last));
    let (Some(from), Some(to)) = (first.or(last), last.or(first)) else {
        let mut span = assumed(received_at, "no event time");
        span.faults.splice(0..0, faults);
        return span;
    };
    let mut span = between(from, to, unzoned, received_at);
    span.faults.splice(0..0, faults);
    span
}

/// From two times that were read, which may be the same.
pub(crate) fn between(mut from: Stamp, mut to: Stamp, unzoned: Unzoned, received_at: DateTime<Utc>) -> Span {
    let mut faults = Vec::new();
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
    for doubt in from.doubts().into_iter().chain(to.doubts()) {
        grade = TimeGrade::Assumed;
        if !faults.contains(&doubt) {
            faults.push(doubt);
        }
    }
    let end = to.end();
    if from.precision == Precision::Day && to.precision == Precision::Day {
        faults.push("only the day is given, no time of day".into());
        grade = TimeGrade::Range;
    } else if end - from.at > Duration::hours(MOMENT_HOURS) {
        grade = TimeGrade::Range;
    }
    faults.extend(doubt(to.at, received_at));
    Span { from: from.at, to: end, grade, faults }
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
            ("Thu, 01 Jul 2021 23:45:01 IST", "2021-07-01T18:15:01Z", true),
            ("Thu, 01 Jul 2021 23:45:01 XYZ", "2021-07-01T23:45:01Z", false),
            ("Mon, 21 Sep 2015 11:00AM PDT", "2015-09-21T18:00:00Z", true),
            ("02 Jan 25 03:04 UTC", "2025-01-02T03:04:00Z", true),
            ("19/Apr/2026:03:09:22 +0200", "2026-04-19T01:09:22Z", true),
            ("15.09.2023 18:55", "2023-09-15T18:55:00Z", false),
            ("9/15/2023 6:55:37 PM", "2023-09-15T18:55:37Z", false),
            ("2023/09/15 18:55:37 GMT+2", "2023-09-15T16:55:37Z", true),
            ("15 septembre 2023 18:55:37 CEST", "2023-09-15T16:55:37Z", true),
            ("1694804137", "2023-09-15T18:55:37Z", true),
            ("1694804137000", "2023-09-15T18:55:37Z", true),
            ("1694804137.25", "2023-09-15T18:55:37Z", true),
            ("20230915185537", "2023-09-15T18:55:37Z", false),
            ("20230915", "2023-09-15T00:00:00Z", false),
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
    fn times_inside_lines() {
        let now = parse("2024-05-10T00:00:00Z").unwrap().at;
        let read = |line: &str| {
            all(line, now)
                .iter()
                .map(|f| format!("{} {}", f.stamp.at.format("%Y-%m-%d %H:%M:%S"), f.text))
                .collect::<Vec<_>>()
        };
        let cases = [
            ("May  9 18:13:36 sue kernel: DROP", vec!["2024-05-09 18:13:36 May  9 18:13:36"]),
            (
                "192.0.2.1 - - [19/Apr/2024:03:09:22 +0200] \"GET / HTTP/1.1\" 200 414",
                vec!["2024-04-19 01:09:22 19/Apr/2024:03:09:22 +0200"],
            ),
            ("Date:2024-05-01 10:00:00 UTC, more", vec!["2024-05-01 10:00:00 2024-05-01 10:00:00 UTC"]),
            ("generated at Wed May  1 18:55:37 UTC 2024", vec!["2024-05-01 18:55:37 Wed May  1 18:55:37 UTC 2024"]),
            ("date=2024-05-01 time=10:00:00 src=x", vec!["2024-05-01 10:00:00 2024-05-01 time=10:00:00"]),
            (
                "from 2024-05-01 10:00:00 +0000 to 2024-05-02 10:00:00 +0000",
                vec!["2024-05-01 10:00:00 2024-05-01 10:00:00 +0000", "2024-05-02 10:00:00 2024-05-02 10:00:00 +0000"],
            ),
            ("Wed May  1 12:00:00 2024: user: root", vec!["2024-05-01 12:00:00 Wed May  1 12:00:00 2024:"]),
            ("05/01-10:00:00.12 192.0.2.1:4 -> 192.0.2.2:5", vec!["2024-05-01 10:00:00 05/01-10:00:00.12"]),
            ("you may call 24 hours, 192.0.2.1 port 22, version 1.2.3", vec![]),
            ("May 12 servers were hit", vec![]),
        ];
        for (line, want) in cases {
            assert_eq!(read(line), want, "{line}");
        }
        let zone = |line: &str| stated_zone(line).map(|z| z.seconds / 3600);
        assert_eq!(zone("Note: Local timezone is +0100 (CET)"), Some(1));
        assert_eq!(zone("All times are UTC."), Some(0));
        assert_eq!(zone("Time Zone: VET"), Some(-4));
        assert_eq!(zone("this time is a gift"), None);
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
        let day = span(None, Some("2024-05-09"), Unzoned::IsUtc, now);
        assert_eq!((day.grade, (day.to - day.from).num_seconds()), (TimeGrade::Range, 86_399));
        let shared = span(None, Some("2024-05-09 10:00 CST"), Unzoned::IsGuess, now);
        assert_eq!((shared.grade, shared.faults.len()), (TimeGrade::Assumed, 1));
        let mail = span(None, Some("Thu, 09 May 2024 10:00:00 EST"), Unzoned::IsGuess, now);
        assert_eq!((mail.grade, mail.faults.len()), (TimeGrade::Stated, 0));
        let log = span(None, Some("May  9 10:00:00"), Unzoned::IsGuess, now);
        assert_eq!(log.from.to_rfc3339(), "2024-05-09T10:00:00+00:00");
        assert_eq!((log.grade, log.faults.len()), (TimeGrade::Assumed, 2), "{:?}", log.faults);
        let last_year = span(None, Some("Dec 31 10:00:00"), Unzoned::IsUtc, now);
        assert_eq!(last_year.from.to_rfc3339(), "2023-12-31T10:00:00+00:00");
        let either = span(None, Some("05/09/2024 10:00 UTC"), Unzoned::IsGuess, now);
        assert_eq!(either.from.to_rfc3339(), "2024-05-09T10:00:00+00:00");
        assert!(either.faults[0].contains("exchanged"), "{:?}", either.faults);
        let swapped = span(Some("2024-05-09T10:00:00Z"), Some("2024-05-09T09:00:00Z"), Unzoned::IsUtc, now);
        assert!(swapped.from < swapped.to);
    }
}
