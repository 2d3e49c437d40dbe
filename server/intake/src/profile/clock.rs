//! Times as a feed writes them: named forms, a pattern of its own, epochs, and zones by name with their summer times.
use crate::{limits, time};
use chrono::{DateTime, Duration, FixedOffset, LocalResult, NaiveDate, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use domain::event::TimeGrade;
use domain::feed::{FeedProfile, TimeForm};

/// The zone of times that name none.
#[derive(Debug, Clone, Copy)]
pub(super) enum Zone {
    Unknown,
    Utc,
    Fixed(FixedOffset),
    Named(Tz),
}

impl Zone {
    /// `UTC`, a name of the tz database, `+02:00`; empty is unknown. `None` for anything else.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return Some(Self::Unknown);
        }
        if ["utc", "z", "gmt"].iter().any(|name| text.eq_ignore_ascii_case(name)) {
            return Some(Self::Utc);
        }
        if let Some(tz) = chrono_tz::TZ_VARIANTS.iter().find(|tz| tz.name().eq_ignore_ascii_case(text)) {
            return Some(Self::Named(*tz));
        }
        text.parse().ok().map(Self::Fixed)
    }
}

/// An instant, or a span where the text leaves several open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) from: DateTime<Utc>,
    pub(super) to: DateTime<Utc>,
    pub(super) grade: TimeGrade,
    pub(super) fault: Option<&'static str>,
}

/// How a feed writes its times.
#[derive(Debug, Clone)]
pub(super) struct Clock {
    form: TimeForm,
    pattern: String,
    zone: Zone,
}

impl Clock {
    pub(super) fn new(profile: &FeedProfile) -> Self {
        let zone = Zone::parse(&profile.zone).unwrap_or(Zone::Unknown);
        Self { form: profile.time_form, pattern: profile.time_pattern.clone(), zone }
    }

    /// Reads a time; `None` when it is none.
    pub(super) fn read(&self, text: &str) -> Option<Moment> {
        let text = limits::clip(text.trim(), 80);
        match self.form {
            TimeForm::Unix => epoch(text, 1_000_000),
            TimeForm::UnixMillis => epoch(text, 1_000),
            TimeForm::FileTime => filetime(text),
            TimeForm::DayFirst => self.dated(text, true),
            TimeForm::MonthFirst => self.dated(text, false),
            TimeForm::Own => self.own(text),
            TimeForm::Auto => self.iso(text),
        }
    }

    fn iso(&self, text: &str) -> Option<Moment> {
        let stamp = time::parse(text)?;
        Some(if stamp.zoned { known(stamp.at, TimeGrade::Stated) } else { self.local(stamp.at.naive_utc()) })
    }

    /// `31.12.2026 23:59`, `12/31/26 11:59 PM +0100`.
    fn dated(&self, text: &str, day_first: bool) -> Option<Moment> {
        let (date, rest) = text.split_once([' ', 'T', ',', '\t']).unwrap_or((text, ""));
        let mut numbers = date.split(['.', '/', '-']).map(|part| part.parse::<u32>().ok());
        let (one, two, year) = (numbers.next()??, numbers.next()??, numbers.next()??);
        let year = if year < 100 { year + 2000 } else { year };
        let (day, month) = if day_first { (one, two) } else { (two, one) };
        let mut rest = rest.trim_start_matches([',', ' ']).to_owned();
        let half = ["am", "pm"].iter().find_map(|half| {
            let at = rest.to_ascii_lowercase().find(half)?;
            rest.replace_range(at..at + 2, " ");
            Some(*half == "pm")
        });
        let stamp = time::parse(format!("{year:04}-{month:02}-{day:02} {}", rest.trim()).trim())?;
        let hour = chrono::Timelike::hour(&stamp.at);
        let local = hour_of_half(stamp.at, hour, half);
        Some(if stamp.zoned { known(local, TimeGrade::Stated) } else { self.local(local.naive_utc()) })
    }

    fn own(&self, text: &str) -> Option<Moment> {
        if let Ok(at) = DateTime::parse_from_str(text, &self.pattern) {
            return Some(known(at.with_timezone(&Utc), TimeGrade::Stated));
        }
        let naive = NaiveDateTime::parse_from_str(text, &self.pattern);
        let naive = naive
            .or_else(|_| NaiveDate::parse_from_str(text, &self.pattern).map(|d| d.and_time(chrono::NaiveTime::MIN)));
        naive.ok().map(|naive| {
            if self.pattern.contains("%s") { known(naive.and_utc(), TimeGrade::StatedUtc) } else { self.local(naive) }
        })
    }

    /// A time without zone, in the feed's zone.
    fn local(&self, naive: NaiveDateTime) -> Moment {
        let tz = match self.zone {
            Zone::Unknown => {
                let fault = Some("time without zone: UTC assumed");
                return Moment { fault, ..known(naive.and_utc(), TimeGrade::Assumed) };
            }
            Zone::Utc => return known(naive.and_utc(), TimeGrade::StatedUtc),
            Zone::Fixed(offset) => {
                let at = naive.checked_sub_offset(offset).unwrap_or(naive);
                return known(at.and_utc(), TimeGrade::Stated);
            }
            Zone::Named(tz) => tz,
        };
        match tz.from_local_datetime(&naive) {
            LocalResult::Single(at) => known(at.with_timezone(&Utc), TimeGrade::Stated),
            LocalResult::Ambiguous(first, second) => Moment {
                from: first.with_timezone(&Utc).min(second.with_timezone(&Utc)),
                to: first.with_timezone(&Utc).max(second.with_timezone(&Utc)),
                grade: TimeGrade::Range,
                fault: Some("the clocks went back: this hour came twice, it may be either"),
            },
            LocalResult::None => {
                let before = tz.from_local_datetime(&(naive - Duration::hours(3))).earliest();
                let at = before.map_or(naive.and_utc(), |at| at.with_timezone(&Utc) + Duration::hours(3));
                Moment {
                    fault: Some("the clocks went forward: there was no such hour"),
                    ..known(at, TimeGrade::Assumed)
                }
            }
        }
    }
}

fn known(at: DateTime<Utc>, grade: TimeGrade) -> Moment {
    Moment { from: at, to: at, grade, fault: None }
}

fn hour_of_half(at: DateTime<Utc>, hour: u32, afternoon: Option<bool>) -> DateTime<Utc> {
    match afternoon {
        Some(true) if hour < 12 => at + Duration::hours(12),
        Some(false) if hour == 12 => at - Duration::hours(12),
        _ => at,
    }
}

/// Seconds (or milliseconds) since 1970 with an optional fraction; `unit` is a unit's length in microseconds.
fn epoch(text: &str, unit: i64) -> Option<Moment> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole: i64 = whole.parse().ok()?;
    let fraction: String = fraction.chars().chain("000000".chars()).take(6).collect();
    let part = fraction.parse::<i64>().ok()?.checked_mul(unit)? / 1_000_000;
    let micros = whole.checked_mul(unit)?.checked_add(part)?;
    plausible(DateTime::from_timestamp_micros(micros)?)
}

fn filetime(text: &str) -> Option<Moment> {
    // 1601 to 1970 in units of 100 ns.
    const TO_1970: i64 = 116_444_736_000_000_000;
    let micros = text.parse::<i64>().ok()?.checked_sub(TO_1970)? / 10;
    plausible(DateTime::from_timestamp_micros(micros)?)
}

/// A number that is a time of nobody's network is no time: the wrong unit shows at once.
fn plausible(at: DateTime<Utc>) -> Option<Moment> {
    let year = chrono::Datelike::year(&at);
    (1990..2100).contains(&year).then(|| known(at, TimeGrade::StatedUtc))
}
