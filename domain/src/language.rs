//! The languages customers are written to, and how each writes dates, counts and lists.
use crate::words::words;
use chrono::{DateTime, Datelike, FixedOffset, Timelike, Utc};

words! {
    /// A language of notices and of the customer's page.
    Language {
        /// English, the language of last resort.
        En = "en",
        /// German.
        De = "de",
    }
}

const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const MONTHS_DE: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];

impl Language {
    /// The language of a tag such as `de`, `de-AT` or `DE_at` (RFC 5646), if we speak it.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default().trim();
        Self::ALL.iter().copied().find(|known| known.as_str().eq_ignore_ascii_case(primary))
    }

    /// The best language of an `Accept-Language` header (RFC 9110 §12.5.4), if we speak any of them.
    #[must_use]
    pub fn of_accept(header: &str) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        for part in header.split(',').take(20) {
            let (tag, weight) = part.split_once(";q=").unwrap_or((part, "1"));
            let weight: f32 = weight.trim().parse().unwrap_or(0.0);
            if let Some(language) = Self::of_tag(tag.trim())
                && weight > best.map_or(0.0, |(known, _)| known)
            {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
    }

    /// `22 November 2026`.
    #[must_use]
    pub fn day(self, at: DateTime<Utc>, zone: FixedOffset) -> String {
        let at = at.with_timezone(&zone);
        let month = at.month0() as usize;
        match self {
            Self::En => format!("{} {} {}", at.day(), MONTHS_EN.get(month).unwrap_or(&""), at.year()),
            Self::De => format!("{}. {} {}", at.day(), MONTHS_DE.get(month).unwrap_or(&""), at.year()),
        }
    }

    /// `22 November 2026, 10:51`.
    #[must_use]
    pub fn moment(self, at: DateTime<Utc>, zone: FixedOffset) -> String {
        let local = at.with_timezone(&zone);
        let clock = format!("{}, {:02}:{:02}", self.day(at, zone), local.hour(), local.minute());
        match self {
            Self::En => clock,
            Self::De => clock + " Uhr",
        }
    }

    /// `22 November, 10:51`: for running text, where the year goes without saying.
    #[must_use]
    pub fn moment_short(self, at: DateTime<Utc>, zone: FixedOffset) -> String {
        let year = at.with_timezone(&zone).year();
        self.moment(at, zone).replacen(&format!(" {year},"), ",", 1)
    }

    /// `UTC`, `UTC+1`, `UTC+5:30`.
    #[must_use]
    pub fn zone(zone: FixedOffset) -> String {
        let minutes = zone.local_minus_utc() / 60;
        let (hours, rest) = (minutes / 60, (minutes % 60).abs());
        match (minutes, rest) {
            (0, _) => "UTC".to_owned(),
            (_, 0) => format!("UTC{hours:+}"),
            // A whole number of hours would lose its sign at minus half an hour.
            _ => format!("UTC{}{}:{rest:02}", if minutes < 0 { '-' } else { '+' }, hours.abs()),
        }
    }

    /// `1 time`, `1,234 times`.
    #[must_use]
    pub fn times(self, count: i64) -> String {
        match (self, count) {
            (Self::En, 1) => "once".to_owned(),
            (Self::De, 1) => "einmal".to_owned(),
            (Self::En, _) => format!("{} times", grouped(count, ',')),
            (Self::De, _) => format!("{}-mal", grouped(count, '.')),
        }
    }

    /// `a`, `a and b`, `a, b and c`.
    #[must_use]
    pub fn list(self, items: &[String]) -> String {
        let and = match self {
            Self::En => " and ",
            Self::De => " und ",
        };
        match items {
            [] => String::new(),
            [only] => only.clone(),
            [front @ .., last] => format!("{}{and}{last}", front.join(", ")),
        }
    }
}

fn grouped(number: i64, separator: char) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::from(if number < 0 { "-" } else { "" });
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn dates_are_written_as_people_do() {
        let (when, utc) = (at("2026-03-01T23:05:00Z"), FixedOffset::east_opt(0).unwrap());
        let berlin = FixedOffset::east_opt(3600).unwrap();
        assert_eq!(Language::En.moment(when, utc), "1 March 2026, 23:05");
        assert_eq!(Language::De.moment(when, berlin), "2. März 2026, 00:05 Uhr");
        assert_eq!(Language::De.moment_short(when, berlin), "2. März, 00:05 Uhr");
        let named = |seconds| Language::zone(FixedOffset::east_opt(seconds).unwrap());
        assert_eq!([named(0), named(3600), named(-7200)], ["UTC", "UTC+1", "UTC-2"]);
        assert_eq!([named(19800), named(-1800)], ["UTC+5:30", "UTC-0:30"]);
    }

    #[test]
    fn counts_and_lists() {
        assert_eq!([1, 2, 1_234_567].map(|n| Language::En.times(n)), ["once", "2 times", "1,234,567 times"]);
        assert_eq!([1, 2, 1000].map(|n| Language::De.times(n)), ["einmal", "2-mal", "1.000-mal"]);
        let items = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(Language::En.list(&items), "a, b and c");
        assert_eq!(Language::De.list(&items[..2]), "a und b");
    }

    #[test]
    fn the_browser_says_which_language() {
        assert_eq!(Language::of_accept("fr, de-CH;q=0.8, en;q=0.5"), Some(Language::De));
        assert_eq!(Language::of_accept("fr, *;q=0.1"), None);
        assert_eq!(Language::of_accept("en;q=0, ;;,q=x"), None);
        assert_eq!(Language::of_tag("DE_at"), Some(Language::De));
    }
}
