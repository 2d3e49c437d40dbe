//! What the figures mean: the pure arithmetic and the sentence shown beside each number.
use chrono::{DateTime, TimeDelta, Utc};

/// A period: from (inclusive) to (exclusive).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// First instant.
    pub from: DateTime<Utc>,
    /// First instant after it.
    pub to: DateTime<Utc>,
}

impl Period {
    /// The `days` days that end at `to`.
    pub fn days_before(to: DateTime<Utc>, days: i64) -> Self {
        Self { from: to - TimeDelta::days(days), to }
    }

    /// The period of the same length before it.
    #[must_use]
    pub fn before(self) -> Self {
        Self { from: self.from - (self.to - self.from), to: self.from }
    }
}

/// A spread of durations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spread {
    /// How many were measured.
    pub count: i64,
    /// Half took at most this long.
    pub median: TimeDelta,
    /// Nine of ten took at most this long.
    pub p90: TimeDelta,
}

/// Median and 90th percentile by nearest rank; `None` for no values.
pub fn spread(mut durations: Vec<TimeDelta>) -> Option<Spread> {
    if durations.is_empty() {
        return None;
    }
    durations.sort_unstable();
    let rank = |percent: usize| durations[(durations.len() * percent).div_ceil(100).max(1) - 1];
    Some(Spread { count: i64::try_from(durations.len()).unwrap_or(i64::MAX), median: rank(50), p90: rank(90) })
}

/// Figures and their definitions, as the page and the CSV show them.
pub const DEFINITIONS: &[(&str, &str)] = &[
    ("open_cases", "cases not closed at the end of the period"),
    ("ageing_cases", "cases not closed and opened more than 7 days before the end of the period"),
    ("time_to_notice", "first event stored → first notice taken by the relay; cases opened in the period"),
    (
        "time_to_containment",
        "first notice sent → quarantine confirmed by the network, where one was ordered; confirmed in the period",
    ),
    ("time_to_release", "release asked → network confirmed; lifted in the period"),
    (
        "repeat_rate",
        "share of cases closed as resolved in the period whose customer had a new case of the same category within 30 days",
    ),
    ("quarantines", "quarantines in force now, and how many are past their review date"),
    ("events_by_class", "events stored in the period, by class, duplicates left out"),
    (
        "events_by_reporter",
        "events stored in the period, by reporter, duplicates left out; held up = share not closed as false positive or not ours",
    ),
    ("work_by_analyst", "acts in the ledger in the period, by member of staff"),
];
