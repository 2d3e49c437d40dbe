//! The figures of a period, counted by the engine. Durations are differences of microseconds; a percentile is the nearest
//! rank on both engines.
use super::{
    Raw, Result, Row,
    load::{Load, all, get, micros, one, query, time_opt, word},
};
use crate::error::StoreError;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::{
    case::Outcome,
    class::Class,
    metrics::{AGEING, CaseDay, Period, RELAPSE, ReporterFigure, Share, Spread, WorkFigure},
};
use std::collections::BTreeMap;

const DAY: i64 = 86_400_000_000;

/// Number, median and 90th percentile (nearest rank) of the rows' `lasted`: one row or two, the median's first.
macro_rules! spread {
    ($rows:literal) => {
        concat!(
            "SELECT n, lasted FROM (SELECT lasted, ROW_NUMBER() OVER (ORDER BY lasted) AS place, COUNT(*) OVER () AS n
                FROM (",
            $rows,
            ") AS measured) AS ranked
            WHERE place = (n * 50 + 99) / 100 OR place = (n * 90 + 99) / 100 ORDER BY place"
        )
    };
}

pub(crate) const OPENED: &str = "SELECT COUNT(*) AS n FROM cases WHERE opened_at >= $1 AND opened_at < $2";
pub(crate) const CLOSED: &str = "SELECT COUNT(*) AS n FROM cases WHERE closed_at >= $1 AND closed_at < $2";
// The open ones by state, and those that were closed later by time: each half has its index.
pub(crate) const OPEN_AT: &str = "SELECT COUNT(*) AS n,
    CAST(COALESCE(SUM(CASE WHEN opened_at < $2 THEN 1 ELSE 0 END), 0) AS BIGINT) AS ageing, MIN(opened_at) AS oldest
    FROM (SELECT opened_at FROM cases
            WHERE state <> 'closed' AND opened_at < $1
          UNION ALL
          SELECT opened_at FROM cases WHERE closed_at >= $1 AND opened_at < $1 AND state || '' = 'closed') AS unfinished";
pub(crate) const TO_NOTICE: &str = spread!(
    "SELECT notified_at - first_stored_at AS lasted FROM cases
    WHERE opened_at >= $1 AND opened_at < $2 AND notified_at IS NOT NULL"
);
pub(crate) const TO_CONTAINMENT: &str = spread!(
    "SELECT lasted FROM (
        SELECT q.confirmed_at - (SELECT MIN(c.notified_at) FROM quarantine_causes k JOIN cases c ON c.id = k.case_id
            WHERE k.quarantine_id = q.id) AS lasted
        FROM quarantines q WHERE q.confirmed_at >= $1 AND q.confirmed_at < $2) AS confirmed
    WHERE lasted IS NOT NULL"
);
// Without `|| ''` SQLite takes the smallest time from the index of all that were granted, once for each quarantine.
pub(crate) const TO_RELEASE: &str = spread!(
    "SELECT lasted FROM (
        SELECT q.lifted_at - (SELECT MIN(r.asked_at) FROM releases r
            WHERE r.quarantine_id = q.id AND r.state || '' = 'granted') AS lasted
        FROM quarantines q WHERE q.lifted_at >= $1 AND q.lifted_at < $2) AS lifted
    WHERE lasted IS NOT NULL"
);
pub(crate) const SELF_RELEASED: &str =
    "SELECT CAST(COALESCE(SUM(CASE WHEN by_himself = TRUE THEN 1 ELSE 0 END), 0) AS BIGINT) AS part, COUNT(*) AS whole
    FROM releases WHERE state = 'granted' AND asked_at >= $1 AND asked_at < $2";
pub(crate) const STAYED_CLEAN: &str =
    "SELECT CAST(COALESCE(SUM(CASE WHEN relapsed THEN 0 ELSE 1 END), 0) AS BIGINT) AS part, COUNT(*) AS whole
    FROM (SELECT EXISTS (SELECT 1 FROM cases c WHERE c.customer_id = r.customer_id
                           AND c.opened_at > r.asked_at AND c.opened_at <= r.asked_at + $3) AS relapsed
            FROM releases r
            WHERE r.state = 'granted' AND r.by_himself = TRUE AND r.asked_at >= $1 AND r.asked_at < $2) AS given";
pub(crate) const REPEATS: &str =
    "SELECT CAST(COALESCE(SUM(CASE WHEN relapsed THEN 1 ELSE 0 END), 0) AS BIGINT) AS part, COUNT(*) AS whole
    FROM (SELECT EXISTS (SELECT 1 FROM cases n WHERE n.customer_id = c.customer_id AND n.category = c.category
                           AND n.opened_at > c.closed_at AND n.opened_at <= c.closed_at + $3) AS relapsed
            FROM cases c WHERE c.closed_at >= $1 AND c.closed_at < $2 AND c.outcome = 'resolved') AS finished";
pub(crate) const OPENED_DAYS: &str = "SELECT opened_at / 86400000000 AS day, COUNT(*) AS n FROM cases
    WHERE opened_at >= $1 AND opened_at < $2 GROUP BY opened_at / 86400000000";
pub(crate) const CLOSED_DAYS: &str = "SELECT closed_at / 86400000000 AS day, COUNT(*) AS n FROM cases
    WHERE closed_at >= $1 AND closed_at < $2 GROUP BY closed_at / 86400000000";
pub(crate) const OUTCOMES: &str = "SELECT outcome, COUNT(*) AS n FROM cases
    WHERE closed_at >= $1 AND closed_at < $2 AND outcome IS NOT NULL GROUP BY outcome ORDER BY n DESC, outcome";
pub(crate) const IN_FORCE: &str =
    "SELECT CAST(COALESCE(SUM(CASE WHEN review_at < $1 THEN 1 ELSE 0 END), 0) AS BIGINT) AS part, COUNT(*) AS whole
    FROM quarantines WHERE state = 'in_force'";
pub(crate) const AWAITING: &str = "SELECT COUNT(*) AS n FROM quarantines WHERE state = 'awaiting_approval'";
pub(crate) const CLASSES: &str = "SELECT class, CAST(SUM(events) AS BIGINT) AS n FROM event_days
    WHERE day >= $1 AND day < $2 GROUP BY class ORDER BY n DESC, class";
pub(crate) const REPORTERS: &str = "SELECT reporter, CAST(SUM(events) AS BIGINT) AS n FROM event_days
    WHERE day >= $1 AND day < $2 GROUP BY reporter ORDER BY n DESC, reporter LIMIT 25";
pub(crate) const REFUTED: &str = "SELECT e.reporter, COUNT(*) AS n FROM cases c JOIN events e ON e.case_id = c.id
    WHERE c.closed_at >= $1 AND c.closed_at < $2 AND c.outcome IN ('false_positive', 'not_ours')
    GROUP BY e.reporter";
pub(crate) const WORK: &str = "SELECT actor, act, CAST(SUM(acts) AS BIGINT) AS n FROM work_days
    WHERE day >= $1 AND day < $2 GROUP BY actor, act";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[
    OPENED,
    CLOSED,
    OPEN_AT,
    TO_NOTICE,
    TO_CONTAINMENT,
    TO_RELEASE,
    SELF_RELEASED,
    STAYED_CLEAN,
    REPEATS,
    OPENED_DAYS,
    CLOSED_DAYS,
    OUTCOMES,
    IN_FORCE,
    AWAITING,
    CLASSES,
    REPORTERS,
    REFUTED,
    WORK,
];

impl Load for Share {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self { part: get(row, "part")?, whole: get(row, "whole")? })
    }
}

/// A word and a number.
struct Count(String, i64);

impl Load for Count {
    /// The first column and `n`.
    fn load(row: &Row) -> Result<Self> {
        use sqlx::Row as _;
        Ok(Self(row.try_get(0)?, get(row, "n")?))
    }
}

fn within(sql: &'static str, period: Period) -> super::load::Bound {
    query(sql).bind(micros(period.from)).bind(micros(period.to))
}

/// Cases opened and closed.
pub(crate) async fn opened_closed(conn: &mut Raw, period: Period) -> Result<(i64, i64)> {
    Ok((one(conn, within(OPENED, period)).await?, one(conn, within(CLOSED, period)).await?))
}

/// Cases open at `at`, how many of them are ageing, and when the oldest was opened.
pub(crate) async fn open_at(conn: &mut Raw, at: DateTime<Utc>) -> Result<(i64, i64, Option<DateTime<Utc>>)> {
    let row = query(OPEN_AT).bind(micros(at)).bind(micros(at - AGEING)).fetch_one(conn).await?;
    Ok((get(&row, "n")?, get(&row, "ageing")?, time_opt(&row, "oldest")?))
}

async fn spread_of(conn: &mut Raw, sql: &'static str, period: Period) -> Result<Option<Spread>> {
    let rows = within(sql, period).fetch_all(conn).await?;
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(None) };
    // A clock that ran back measures less than nothing.
    let lasted = |row| Ok::<_, StoreError>(TimeDelta::microseconds(get::<i64>(row, "lasted")?.max(0)));
    Ok(Some(Spread { count: get(first, "n")?, median: lasted(first)?, p90: lasted(last)? }))
}

/// First event stored → first notice taken by the relay.
pub(crate) async fn to_notice(conn: &mut Raw, period: Period) -> Result<Option<Spread>> {
    spread_of(conn, TO_NOTICE, period).await
}

/// First notice → quarantine confirmed.
pub(crate) async fn to_containment(conn: &mut Raw, period: Period) -> Result<Option<Spread>> {
    spread_of(conn, TO_CONTAINMENT, period).await
}

/// Release asked → confirmed gone.
pub(crate) async fn to_release(conn: &mut Raw, period: Period) -> Result<Option<Spread>> {
    spread_of(conn, TO_RELEASE, period).await
}

/// Releases granted, and those the customer gave himself.
pub(crate) async fn self_released(conn: &mut Raw, period: Period) -> Result<Share> {
    one(conn, within(SELF_RELEASED, period)).await
}

/// Self-releases, and those without a new case soon after.
pub(crate) async fn stayed_clean(conn: &mut Raw, period: Period) -> Result<Share> {
    one(conn, within(STAYED_CLEAN, period).bind(RELAPSE.num_microseconds())).await
}

/// Cases closed as resolved, and those with a new case of the category soon after.
pub(crate) async fn repeats(conn: &mut Raw, period: Period) -> Result<Share> {
    one(conn, within(REPEATS, period).bind(RELAPSE.num_microseconds())).await
}

/// Cases opened and closed on each day of the period.
pub(crate) async fn days(conn: &mut Raw, period: Period) -> Result<Vec<CaseDay>> {
    let opened = day_counts(conn, OPENED_DAYS, period).await?;
    let closed = day_counts(conn, CLOSED_DAYS, period).await?;
    let of = |counts: &BTreeMap<i64, i64>, day: i64| counts.get(&day).copied().unwrap_or(0);
    let numbers = micros(period.from) / DAY..micros(period.to) / DAY;
    let named = numbers.map(|day| (DateTime::from_timestamp(day * 86_400, 0).map(|at| at.date_naive()), day));
    let known = named.filter_map(|(date, day): (Option<NaiveDate>, i64)| date.map(|date| (date, day)));
    Ok(known.map(|(date, day)| CaseDay { day: date, opened: of(&opened, day), closed: of(&closed, day) }).collect())
}

async fn day_counts(conn: &mut Raw, sql: &'static str, period: Period) -> Result<BTreeMap<i64, i64>> {
    let rows = within(sql, period).fetch_all(conn).await?;
    rows.iter().map(|row| Ok((get(row, "day")?, get(row, "n")?))).collect()
}

/// How the cases closed in the period ended, most first.
pub(crate) async fn outcomes(conn: &mut Raw, period: Period) -> Result<Vec<(Outcome, i64)>> {
    let rows = within(OUTCOMES, period).fetch_all(conn).await?;
    rows.iter().map(|row| Ok((word(row, "outcome", Outcome::parse)?, get(row, "n")?))).collect()
}

/// Quarantines the network holds, those past their review date, and how many wait for a supervisor.
pub(crate) async fn quarantines(conn: &mut Raw, now: DateTime<Utc>) -> Result<(Share, i64)> {
    Ok((one(conn, query(IN_FORCE).bind(micros(now))).await?, one(conn, query(AWAITING)).await?))
}

fn whole_days(sql: &'static str, period: Period) -> super::load::Bound {
    query(sql).bind(micros(period.from) / DAY).bind(micros(period.to) / DAY)
}

/// Events by class, most first.
pub(crate) async fn classes(conn: &mut Raw, period: Period) -> Result<Vec<(Class, i64)>> {
    let rows = whole_days(CLASSES, period).fetch_all(conn).await?;
    rows.iter().map(|row| Ok((word(row, "class", Class::parse)?, get(row, "n")?))).collect()
}

/// Events by reporter, most first, with those that did not hold up.
pub(crate) async fn reporters(conn: &mut Raw, period: Period) -> Result<Vec<ReporterFigure>> {
    let counts: Vec<Count> = all(conn, whole_days(REPORTERS, period)).await?;
    let refuted: Vec<Count> = all(conn, within(REFUTED, period)).await?;
    let refuted: BTreeMap<String, i64> = refuted.into_iter().map(|count| (count.0, count.1)).collect();
    let figure = |Count(reporter, events): Count| {
        let refuted = refuted.get(&reporter).copied().unwrap_or(0).min(events);
        ReporterFigure { reporter, events, refuted }
    };
    Ok(counts.into_iter().map(figure).collect())
}

/// Work by member of staff, most acts first.
pub(crate) async fn work(conn: &mut Raw, period: Period) -> Result<Vec<WorkFigure>> {
    let rows = whole_days(WORK, period).fetch_all(conn).await?;
    let mut people: BTreeMap<String, WorkFigure> = BTreeMap::new();
    for row in &rows {
        let (actor, act): (String, String) = (get(row, "actor")?, get(row, "act")?);
        let person = people.entry(actor.clone()).or_insert_with(|| WorkFigure { actor, ..WorkFigure::default() });
        person.count(&act, get(row, "n")?);
    }
    let mut people: Vec<WorkFigure> = people.into_values().filter(|person| person.acts > 0).collect();
    people.sort_by(|one, two| two.acts.cmp(&one.acts).then_with(|| one.actor.cmp(&two.actor)));
    Ok(people)
}
