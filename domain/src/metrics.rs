//! What the figures mean: the pure arithmetic and the sentence shown beside each number.
use crate::{case::Outcome, class::Class};
use chrono::{DateTime, DurationRound, NaiveDate, TimeDelta, Utc};

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

    /// Whole UTC days: today and the `days - 1` days before it.
    pub fn last_days(now: DateTime<Utc>, days: i64) -> Self {
        let today = now.duration_trunc(TimeDelta::days(1)).unwrap_or(now);
        Self::days_before(today + TimeDelta::days(1), days)
    }

    /// Whole UTC days from `first` to `last`, both included; `None` when they are the wrong way round or more than
    /// [`DAYS_MAX`] apart.
    pub fn between(first: NaiveDate, last: NaiveDate) -> Option<Self> {
        let days = (last - first).num_days() + 1;
        let midnight = first.and_hms_opt(0, 0, 0)?.and_utc();
        (1..=DAYS_MAX).contains(&days).then(|| Self { from: midnight, to: midnight + TimeDelta::days(days) })
    }

    /// Its length in days.
    pub fn days(self) -> i64 {
        (self.to - self.from).num_days()
    }

    /// The last day in it.
    pub fn last_day(self) -> NaiveDate {
        (self.to - TimeDelta::microseconds(1)).date_naive()
    }

    /// The period of the same length before it.
    #[must_use]
    pub fn before(self) -> Self {
        Self { from: self.from - (self.to - self.from), to: self.from }
    }
}

/// Longest period that can be asked for, in days.
pub const DAYS_MAX: i64 = 366;
/// A case is ageing when it is older than this.
pub const AGEING: TimeDelta = TimeDelta::days(7);
/// A new case within this time after the end of the last one is a relapse.
pub const RELAPSE: TimeDelta = TimeDelta::days(30);

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

/// A part of a whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// How many of them.
    pub part: i64,
    /// How many there are.
    pub whole: i64,
}

impl Share {
    /// The rest of the whole.
    #[must_use]
    pub fn rest(self) -> Self {
        Self { part: (self.whole - self.part).max(0), whole: self.whole }
    }
}

/// Cases opened and closed on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseDay {
    /// The UTC day.
    pub day: NaiveDate,
    /// Opened on it.
    pub opened: i64,
    /// Closed on it.
    pub closed: i64,
}

/// What one reporter sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReporterFigure {
    /// Who vouches.
    pub reporter: String,
    /// Events stored.
    pub events: i64,
    /// Events on cases that were closed as false positive or not ours.
    pub refuted: i64,
}

/// What one member of staff did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkFigure {
    /// As the ledger names the person.
    pub actor: String,
    /// Cases opened.
    pub opened: i64,
    /// Notices written.
    pub notices: i64,
    /// Quarantines ordered, approved, refused, reviewed or cancelled, releases decided.
    pub quarantines: i64,
    /// Notes and replies.
    pub messages: i64,
    /// Cases closed.
    pub closed: i64,
    /// Acts of every kind but signing in and out.
    pub acts: i64,
}

impl WorkFigure {
    /// Counts `n` acts with this word of the ledger.
    pub fn count(&mut self, act: &str, n: i64) {
        if matches!(act, "user.signed_in" | "user.signed_out" | "user.sign_in_failed") {
            return;
        }
        self.acts += n;
        match act {
            "case.opened" => self.opened += n,
            "case.closed" => self.closed += n,
            "case.noted" | "case.replied" => self.messages += n,
            "notice.queued" => self.notices += n,
            _ if act.starts_with("quarantine.") || act.starts_with("release.") => self.quarantines += n,
            _ => {}
        }
    }
}

/// The numbers of one period that are compared with the period before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Cases opened.
    pub opened: i64,
    /// Cases closed.
    pub closed: i64,
    /// Cases open at the end.
    pub open: i64,
    /// Of these, older than [`AGEING`].
    pub ageing: i64,
    /// When the oldest of these was opened.
    pub oldest_at: Option<DateTime<Utc>>,
    /// First event stored → first notice taken by the relay.
    pub to_notice: Option<Spread>,
    /// First notice → quarantine confirmed.
    pub to_containment: Option<Spread>,
    /// Release asked → confirmed gone.
    pub to_release: Option<Spread>,
    /// Releases granted; part = by the self-release rule.
    pub self_released: Share,
    /// Self-releases; part = without a new case within [`RELAPSE`].
    pub stayed_clean: Share,
    /// Cases closed as resolved; part = with a new case of the same category within [`RELAPSE`].
    pub repeats: Share,
}

/// Everything the figures page shows.
#[derive(Debug, Clone)]
pub struct Figures {
    /// For which time.
    pub period: Period,
    /// Its numbers.
    pub now: Summary,
    /// Those of the period before.
    pub before: Summary,
    /// Day by day, without gaps.
    pub days: Vec<CaseDay>,
    /// How cases closed in the period ended, most first.
    pub outcomes: Vec<(Outcome, i64)>,
    /// Quarantines the network holds now; part = past their review date.
    pub quarantines: Share,
    /// Quarantines that wait for a supervisor now.
    pub awaiting: i64,
    /// Events by class, most first.
    pub classes: Vec<(Class, i64)>,
    /// Events by reporter, most first.
    pub reporters: Vec<ReporterFigure>,
    /// Work by person, most first.
    pub work: Vec<WorkFigure>,
}

/// The definition of the figure `name` as a sentence.
pub fn sentence(name: &str) -> String {
    let mut letters = definition(name).chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// The definition shown beside the figure `name`.
pub fn definition(name: &str) -> &'static str {
    DEFINITIONS.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text)
}

/// Figures and their definitions, as the page and the CSV show them.
pub const DEFINITIONS: &[(&str, &str)] = &[
    ("open_cases", "cases not closed at the end of the period"),
    ("ageing_cases", "cases not closed and opened more than 7 days before the end of the period"),
    ("cases_per_day", "cases by the UTC day they were opened, and by the day they were closed"),
    ("outcomes", "cases closed in the period, by outcome"),
    ("time_to_notice", "first event stored → first notice taken by the relay; cases opened in the period"),
    ("time_to_containment", "first notice sent → quarantine confirmed by the network; confirmed in the period"),
    ("time_to_release", "release asked → network confirmed; lifted in the period"),
    ("self_released", "share of the releases granted in the period that the customer gave himself, without a person"),
    (
        "stayed_clean",
        "share of the self-releases in the period after which the customer had no new case within 30 days",
    ),
    (
        "repeat_rate",
        "share of cases closed as resolved in the period whose customer had a new case of the same category within 30 days",
    ),
    ("quarantines", "quarantines the network holds now, and how many of them are past their review date"),
    ("events_by_class", "events stored in the period, by class, duplicates left out"),
    (
        "events_by_reporter",
        "events stored in the period, by reporter, duplicates left out; held up = share not on a case closed as false positive or not ours",
    ),
    ("work_by_analyst", "acts written to the ledger in the period, by member of staff; signing in and out is left out"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(values: &[i64]) -> Vec<TimeDelta> {
        values.iter().map(|value| TimeDelta::minutes(*value)).collect()
    }

    #[test]
    fn spread_by_nearest_rank() {
        assert_eq!(spread(vec![]), None);
        let one = spread(minutes(&[7])).unwrap();
        assert_eq!((one.count, one.median, one.p90), (1, TimeDelta::minutes(7), TimeDelta::minutes(7)));
        let ten = spread(minutes(&[10, 9, 8, 7, 6, 5, 4, 3, 2, 1])).unwrap();
        assert_eq!((ten.count, ten.median, ten.p90), (10, TimeDelta::minutes(5), TimeDelta::minutes(9)));
    }

    #[test]
    fn periods_are_whole_days() {
        let now: DateTime<Utc> = "2026-11-22T13:04:00Z".parse().unwrap();
        let week = Period::last_days(now, 7);
        assert_eq!(week.from.to_rfc3339(), "2026-11-16T00:00:00+00:00");
        assert_eq!(week.to.to_rfc3339(), "2026-11-23T00:00:00+00:00");
        assert_eq!((week.days(), week.last_day().to_string().as_str()), (7, "2026-11-22"));
        assert_eq!(week.before().to, week.from);
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(Period::between(day("2026-11-16"), day("2026-11-22")), Some(week));
        assert_eq!(Period::between(day("2026-11-22"), day("2026-11-16")), None);
        assert_eq!(Period::between(day("2020-11-22"), day("2026-11-16")), None);
    }

    #[test]
    fn signing_in_is_no_work() {
        let mut work = WorkFigure::default();
        work.count("user.signed_in", 9);
        work.count("case.closed", 2);
        work.count("release.granted", 1);
        assert_eq!((work.acts, work.closed, work.quarantines), (3, 2, 1));
    }
}
