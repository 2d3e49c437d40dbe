//! Points in time and spans as staff read them; stored and compared in UTC only.

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use chrono_tz::Tz;
use leptos::prelude::*;

/// The zone staff read times in: the desk's, as [`crate::document::render`] gave it to the page; else UTC.
pub fn zone() -> Tz {
    use_context::<Tz>().unwrap_or(Tz::UTC)
}

fn local(at: DateTime<Utc>) -> DateTime<Tz> {
    at.with_timezone(&zone())
}

/// `10:38:12`: when a page was made.
pub fn clock(at: DateTime<Utc>) -> String {
    local(at).format("%H:%M:%S").to_string()
}

/// `10:38` today, `22 Nov 10:38` this year, else `22 Nov 2025`.
pub fn short(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let (at, now) = (local(at), local(now));
    if at.date_naive() == now.date_naive() {
        at.format("%H:%M").to_string()
    } else if at.year() == now.year() {
        at.format("%-d %b %H:%M").to_string()
    } else {
        at.format("%-d %b %Y").to_string()
    }
}

/// `22 Nov 10:38`, with the year when it is not this one.
pub fn stamp(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let (at, now) = (local(at), local(now));
    if at.year() == now.year() {
        at.format("%-d %b %H:%M").to_string()
    } else {
        at.format("%-d %b %Y %H:%M").to_string()
    }
}

/// `2026-11-22 10:38:12 UTC`: for titles, proofs and tables of events.
pub fn full(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// `22 Nov 2026`.
pub fn day(at: DateTime<Utc>) -> String {
    local(at).format("%-d %b %Y").to_string()
}

/// `4 min ago`, `3 days ago`, `in 3 h 12 min`, `now`.
pub fn ago(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let gone = now - at;
    if gone.abs() < TimeDelta::seconds(45) {
        "now".to_owned()
    } else if gone < TimeDelta::zero() {
        format!("in {}", span(-gone))
    } else {
        format!("{} ago", rough(gone))
    }
}

/// A span with its two largest units: `40 s`, `38 min`, `5 h 10 min`, `9 days 4 h`.
pub fn span(delta: TimeDelta) -> String {
    let seconds = delta.num_seconds().max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, m) => format!("{m} min"),
        (0, h, m) if m % 60 == 0 => format!("{h} h"),
        (0, h, m) => format!("{h} h {} min", m % 60),
        (1, h, _) => format!("{h} h"),
        (d, h, _) if h % 24 == 0 || d > 9 => format!("{d} days"),
        (d, h, _) => format!("{d} days {} h", h % 24),
    }
}

fn rough(delta: TimeDelta) -> String {
    let (minutes, hours, days) = (delta.num_minutes().max(1), delta.num_hours(), delta.num_days());
    match (days, hours) {
        (0, 0) => format!("{minutes} min"),
        (0, h) => format!("{h} h"),
        (1, _) => "1 day".to_owned(),
        (d, _) => format!("{d} days"),
    }
}

/// A point in time, short, with the full instant in its title; `relative` says how long ago instead.
#[component]
pub fn When(
    /// The instant.
    at: DateTime<Utc>,
    /// The time of the page.
    now: DateTime<Utc>,
    /// "4 min ago" rather than "10:38".
    #[prop(optional)]
    relative: bool,
) -> AnyView {
    let text = if relative { ago(at, now) } else { stamp(at, now) };
    view! { <time datetime=at.to_rfc3339() title=full(at)>{text}</time> }.into_any()
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, TimeZone, Utc};
    use chrono_tz::Tz;
    use leptos::prelude::*;

    use super::{ago, day, full, short, span, stamp};

    #[test]
    fn reads_as_people_say_it() {
        let now = Utc.with_ymd_and_hms(2026, 11, 22, 13, 4, 0).single().unwrap_or_default();
        let minutes = |m: i64| now - TimeDelta::minutes(m);
        assert_eq!(ago(now, now), "now");
        assert_eq!(ago(minutes(4), now), "4 min ago");
        assert_eq!(ago(minutes(150), now), "2 h ago");
        assert_eq!(ago(minutes(3000), now), "2 days ago");
        assert_eq!(ago(minutes(-192), now), "in 3 h 12 min");
        assert_eq!(short(minutes(4), now), "13:00");
        assert_eq!(short(minutes(1500), now), "21 Nov 12:04");
        assert_eq!(stamp(minutes(4), now), "22 Nov 13:00");
        assert_eq!(full(minutes(4)), "2026-11-22 13:00:00 UTC");
        let there = |zone: Tz| {
            Owner::new_root(None).with(|| {
                provide_context(zone);
                (stamp(minutes(4), now), short(minutes(800), now), day(minutes(800)), full(minutes(4)))
            })
        };
        let texts = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned(), full(minutes(4)));
        assert_eq!(there(Tz::Europe__Vienna), texts("22 Nov 14:00", "00:44", "22 Nov 2026"));
        assert_eq!(there(Tz::UTC), texts("22 Nov 13:00", "21 Nov 23:44", "21 Nov 2026"));
        assert_eq!(span(TimeDelta::hours(26)), "26 h");
        assert_eq!(span(TimeDelta::hours(52)), "2 days 4 h");
    }
}
