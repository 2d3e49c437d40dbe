//! The numbers of a reporter and what each of them means.
use super::Reporter;
use crate::{metrics::Share, words::words};
use chrono::{NaiveDate, TimeDelta};

/// Steps of the scale on which the age of an event at its arrival is counted, in minutes.
const AGE_STEPS: [i64; 12] = [15, 60, 180, 360, 720, 1_440, 2_880, 4_320, 10_080, 20_160, 43_200, 129_600];
/// The step above the last one.
pub const AGE_BEYOND: i64 = 10_000_000;

/// The step of the scale, in minutes, that an event of this age falls into.
#[must_use]
pub fn age_step(age: TimeDelta) -> i64 {
    AGE_STEPS.into_iter().find(|step| age <= TimeDelta::minutes(*step)).unwrap_or(AGE_BEYOND)
}

/// The step under which at least half of the events lie; none without events.
#[must_use]
pub fn median_step(counts: &[(i64, i64)]) -> Option<i64> {
    let mut counts = counts.to_vec();
    counts.sort_unstable();
    let total: i64 = counts.iter().map(|(_, events)| events).sum();
    let mut seen = 0;
    counts.into_iter().find_map(|(step, events)| {
        seen += events;
        (total > 0 && seen * 2 >= total).then_some(step)
    })
}

/// A step in words: `within 6 h`.
#[must_use]
pub fn age_words(step: i64) -> String {
    match step {
        AGE_BEYOND => "over 90 d".to_owned(),
        minutes @ 0..60 => format!("≤ {minutes} min"),
        minutes @ 60..1_440 => format!("≤ {} h", minutes / 60),
        minutes => format!("≤ {} d", minutes / 1_440),
    }
}

/// What one reporter sent in a period, and what came of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReporterFigures {
    /// Reports read for the first time.
    pub reports: i64,
    /// Of these, those that no machine understood.
    pub parked: i64,
    /// Reports that came again byte for byte.
    pub duplicates: i64,
    /// New events.
    pub events: i64,
    /// Events that he had said before.
    pub repeated: i64,
    /// Median age of events with a stated time when they came: see [`age_step`].
    pub late: Option<i64>,
    /// Cases closed.
    pub closed: i64,
    /// Of these, as resolved.
    pub held: i64,
    /// Of these, as false positive or not ours.
    pub refuted: i64,
}

impl ReporterFigures {
    /// Reports that no machine understood, of all.
    #[must_use]
    pub const fn parked_share(&self) -> Share {
        Share { part: self.parked, whole: self.reports }
    }

    /// What he said before, of all he said.
    #[must_use]
    pub const fn repeated_share(&self) -> Share {
        Share { part: self.repeated, whole: self.events + self.repeated }
    }

    /// Cases closed as resolved, of all closed.
    #[must_use]
    pub const fn held_share(&self) -> Share {
        Share { part: self.held, whole: self.closed }
    }

    /// Cases closed as false positive or not ours, of all closed.
    #[must_use]
    pub const fn refuted_share(&self) -> Share {
        Share { part: self.refuted, whole: self.closed }
    }
}

/// One day of a reporter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReporterDay {
    /// The UTC day.
    pub day: NaiveDate,
    /// Reports.
    pub reports: i64,
    /// New events.
    pub events: i64,
}

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReporterRow {
    /// Who.
    pub reporter: Reporter,
    /// His numbers.
    pub figures: ReporterFigures,
    /// New events per day of the period, oldest first.
    pub days: Vec<i64>,
}

words! {
    /// A column of the list that sorts.
    ReporterColumn {
        /// The name.
        Name = "name",
        /// Reports.
        Reports = "reports",
        /// New events.
        Events = "events",
        /// Share parked.
        Parked = "parked",
        /// Share said before.
        Repeated = "repeated",
        /// Median age.
        Late = "late",
        /// Share that held up.
        Held = "held",
        /// Share refuted.
        Refuted = "refuted",
        /// Weight.
        Weight = "weight",
        /// Last report.
        Last = "last",
    }
}

/// Sort order of the list; in the address as the column's word, with a minus sign for "highest first".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReporterOrder {
    /// By which column.
    pub column: ReporterColumn,
    /// Highest first.
    pub down: bool,
}

impl Default for ReporterOrder {
    fn default() -> Self {
        Self { column: ReporterColumn::Events, down: true }
    }
}

impl ReporterOrder {
    /// From the address; the usual order for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let (down, word) = text.strip_prefix('-').map_or((false, text), |word| (true, word));
        ReporterColumn::parse(word).map_or_else(Self::default, |column| Self { column, down })
    }

    /// As the address has it.
    #[must_use]
    pub fn word(self) -> String {
        format!("{}{}", if self.down { "-" } else { "" }, self.column)
    }

    /// Sorts rows; those without a value come last, the same values by name.
    pub fn sort(self, rows: &mut [ReporterRow]) {
        use ReporterColumn as C;
        // Shares are compared in ten-thousandths.
        let share = |share: Share| (share.whole > 0).then(|| share.part * 10_000 / share.whole);
        let value = |row: &ReporterRow| {
            let figures = &row.figures;
            match self.column {
                C::Name => None,
                C::Reports => Some(figures.reports),
                C::Events => Some(figures.events),
                C::Parked => share(figures.parked_share()),
                C::Repeated => share(figures.repeated_share()),
                C::Late => figures.late,
                C::Held => share(figures.held_share()),
                C::Refuted => share(figures.refuted_share()),
                C::Weight => Some(row.reporter.settings.weight),
                C::Last => Some(row.reporter.last_at.timestamp()),
            }
        };
        rows.sort_by(|one, other| {
            let by_value = match (value(one), value(other)) {
                (Some(a), Some(b)) if self.down => b.cmp(&a),
                (Some(a), Some(b)) => a.cmp(&b),
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (None, None) => std::cmp::Ordering::Equal,
            };
            let names = one.reporter.name.to_lowercase().cmp(&other.reporter.name.to_lowercase());
            let by_name = if self.column == C::Name && self.down { names.reverse() } else { names };
            by_value.then(by_name)
        });
    }
}

/// The definition of a reporter's figure, as the pages and the CSV show it.
#[must_use]
pub fn definition(name: &str) -> &'static str {
    DEFINITIONS.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text)
}

const DEFINITIONS: &[(&str, &str)] = &[
    (
        "reports",
        "reports that came in the period and were read, each once; by the one who vouches, not by who forwarded",
    ),
    ("events", "new events of these reports, by the UTC day they were stored"),
    ("parked", "reports that no machine understood when they came, of all read"),
    (
        "repeated",
        "events the reporter had said before, of all events he sent; they are counted and never make a new notice",
    ),
    ("duplicates", "reports that came again byte for byte; they are recorded and not read again"),
    ("late", "half of the events with a stated time were at most this old when they came"),
    ("held", "cases closed as resolved, of all cases closed in the period that hold evidence of this reporter"),
    ("refuted", "cases closed as false positive or not ours, of the same cases"),
    ("standing", "what our own mail server verified of the mails in the period, and how it stands to the reporter"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_fall_into_steps() {
        assert_eq!(age_step(TimeDelta::minutes(-5)), 15);
        assert_eq!(age_step(TimeDelta::minutes(15)), 15);
        assert_eq!(age_step(TimeDelta::minutes(16)), 60);
        assert_eq!(age_step(TimeDelta::days(100)), AGE_BEYOND);
        assert_eq!(age_words(age_step(TimeDelta::hours(5))), "≤ 6 h");
        assert_eq!(age_words(age_step(TimeDelta::hours(30))), "≤ 2 d");
        assert_eq!(age_words(15), "≤ 15 min");
    }

    #[test]
    fn the_median_is_where_half_lie() {
        assert_eq!(median_step(&[]), None);
        assert_eq!(median_step(&[(1_440, 3)]), Some(1_440));
        assert_eq!(median_step(&[(1_440, 2), (15, 2)]), Some(15));
        assert_eq!(median_step(&[(1_440, 3), (15, 2)]), Some(1_440));
    }

    #[test]
    fn orders_are_read_back() {
        for text in ["-events", "name", "-late", "held"] {
            assert_eq!(ReporterOrder::parse(text).word(), text);
        }
        assert_eq!(ReporterOrder::parse("nonsense"), ReporterOrder::default());
    }

    #[test]
    fn every_figure_is_defined() {
        for column in ["reports", "events", "parked", "repeated", "duplicates", "late", "held", "refuted", "standing"] {
            assert!(!definition(column).is_empty(), "{column}");
        }
    }
}
