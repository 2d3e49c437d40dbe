//! An event in the making: what the readers of all named forms fill in alike.
use crate::time::{self, Precision, Span, Stamp, Unzoned};
use crate::{limits, role};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use domain::class::Class;
use domain::event::{Observation, Role, Source, TimeGrade};
use serde_json::Map;

/// An event of one customer, once, with the role that follows from its class.
pub(crate) fn event(source: Source, class: Class, span: Span) -> Observation {
    Observation {
        source,
        from: Some(span.from),
        to: Some(span.to),
        time_grade: span.grade,
        class,
        role: role::of(class),
        count: 1,
        reference: None,
        details: Map::new(),
        faults: span.faults,
    }
}

/// What the readers add to an event, one call each.
pub(crate) trait With: Sized {
    /// What our customer is in it.
    fn role(self, role: Role) -> Self;
    /// How often it was seen; less than one counts as one.
    fn count(self, count: i64) -> Self;
    /// The reporter's number of it.
    fn reference(self, reference: Option<&str>) -> Self;
    /// A fact for the staff, if there is one.
    fn detail(self, name: &str, value: Option<&str>) -> Self;
    /// What was wrong or had to be guessed.
    fn fault(self, fault: impl Into<String>) -> Self;
}

impl With for Observation {
    fn role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }

    fn count(mut self, count: i64) -> Self {
        self.count = count.max(1);
        self
    }

    fn reference(mut self, reference: Option<&str>) -> Self {
        self.reference = reference.map(|r| limits::clip(r, limits::NAME_BYTES).to_owned());
        self
    }

    fn detail(mut self, name: &str, value: Option<&str>) -> Self {
        if let Some(value) = value.map(str::trim).filter(|v| !v.is_empty() && *v != "-") {
            self.details.insert(name.to_owned(), limits::clip(value, limits::DETAIL_BYTES).into());
        }
        self
    }

    fn fault(mut self, fault: impl Into<String>) -> Self {
        self.faults.push(fault.into());
        self
    }
}

/// The span of one moment.
pub(crate) fn moment(stamp: Stamp, received_at: DateTime<Utc>) -> Span {
    between(stamp, stamp, received_at)
}

/// The span between two times that the report gives; without a zone UTC is a guess.
pub(crate) fn between(first: Stamp, last: Stamp, received_at: DateTime<Utc>) -> Span {
    let (first, last) = if first.at <= last.at { (first, last) } else { (last, first) };
    time::between(first, last, Unzoned::IsGuess, received_at)
}

/// Whole days: the event was somewhere between them.
pub(crate) fn days(first: NaiveDate, last: NaiveDate, received_at: DateTime<Utc>) -> Span {
    let (first, last) = if first <= last { (first, last) } else { (last, first) };
    let start = |day: NaiveDate| day.and_time(chrono::NaiveTime::MIN).and_utc();
    let to = start(last) + Duration::days(1) - Duration::seconds(1);
    let faults = time::doubt(start(last), received_at).into_iter().collect();
    Span { from: start(first), to, grade: TimeGrade::Range, faults }
}

/// Seconds since the epoch, as feeds give them.
pub(crate) fn epoch(seconds: i64) -> Option<Stamp> {
    (seconds > 0)
        .then(|| DateTime::from_timestamp(seconds, 0))
        .flatten()
        .map(|at| Stamp::utc(at, true, Precision::Second))
}
