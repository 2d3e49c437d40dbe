//! When the demo's staff works: Monday to Friday, eight to half past five.
use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc, Weekday};

const OPENS: u32 = 8;
const CLOSES: u32 = 17;

/// Whether somebody is there.
pub(super) fn working(at: DateTime<Utc>) -> bool {
    !matches!(at.weekday(), Weekday::Sat | Weekday::Sun) && (OPENS..=CLOSES).contains(&at.hour())
}

/// The same instant when somebody is there, else some minutes after the next opening.
pub(super) fn next(at: DateTime<Utc>, minutes: i64) -> DateTime<Utc> {
    if working(at) {
        return at;
    }
    let mut day = at.date_naive();
    if at.hour() > CLOSES {
        day = day.succ_opt().unwrap_or(day);
    }
    while matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
        day = day.succ_opt().unwrap_or(day);
    }
    let opens = day.and_hms_opt(OPENS, 0, 0).map(|at| at.and_utc()).unwrap_or(at);
    opens + TimeDelta::minutes(minutes.clamp(0, 500))
}

/// Ten past every hour in which somebody is there.
pub(super) fn ticks(begins: DateTime<Utc>, ends: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let first = begins.timestamp().div_euclid(3600) + 1;
    let last = ends.timestamp().div_euclid(3600);
    let hours = (first..=last).filter_map(|hour| DateTime::from_timestamp(hour * 3600 + 600, 0));
    hours.filter(|at| *at < ends && (working(*at) || at.hour() == 10)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_works_at_night() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        assert_eq!(next(at("2026-11-20T09:30:00Z"), 5), at("2026-11-20T09:30:00Z"));
        assert_eq!(next(at("2026-11-20T19:30:00Z"), 5), at("2026-11-23T08:05:00Z"), "Friday night");
        assert_eq!(next(at("2026-11-24T03:00:00Z"), 5), at("2026-11-24T08:05:00Z"));
        assert_eq!(ticks(at("2026-11-24T00:00:00Z"), at("2026-11-25T00:00:00Z")).len(), 10);
    }
}
