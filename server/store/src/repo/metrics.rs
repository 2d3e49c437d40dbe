//! The figures of a period: sums of the days that triggers keep (`migrations/*/0011_growth.sql`), the same on both
//! engines. A percentile is the nearest rank: the sums name the step of the scale it stands in, that step's facts give it.
use super::{
    Raw, Result, Row,
    load::{Load, all, get, micros, one, query, time_opt, word},
};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::{
    case::Outcome,
    class::Class,
    metrics::{AGEING, CaseDay, Period, ReporterFigure, Share, Spread, Summary, WorkFigure},
};
use std::collections::BTreeMap;

const DAY: i64 = 86_400_000_000;

pub(crate) const SUMS: &str = "SELECT figure, part, CAST(SUM(n) AS BIGINT) AS n FROM figure_days
    WHERE figure IN ('opened', 'closed', 'granted', 'relapsed', 'self_relapsed') AND day >= $1 AND day < $2
    GROUP BY figure, part";
// A span stands under the day it ended on, the open ones under a day far ahead.
pub(crate) const OPEN_AT: &str = "SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) AS n,
    CAST(COALESCE(SUM(CASE WHEN step < $2 THEN n ELSE 0 END), 0) AS BIGINT) AS ageing, MIN(step) AS oldest
    FROM figure_days WHERE figure = 'span' AND day >= $1 AND step < $1";
pub(crate) const OLDEST: &str = "SELECT opened_at AS oldest FROM cases
    WHERE opened_at >= $1 AND opened_at < $2 AND (closed_at IS NULL OR closed_at >= $3) ORDER BY opened_at LIMIT 1";
// For each step of the scale its days, in the order of their index: a plain GROUP BY sorts all of them first.
pub(crate) const SCALE: &str = "SELECT figure, step, n FROM (
        SELECT f.figure, s.step, (SELECT CAST(SUM(d.n) AS BIGINT) FROM figure_days d
            WHERE d.figure = f.figure AND d.step = s.step AND d.day >= $1 AND d.day < $2) AS n
        FROM figure_steps s CROSS JOIN
            (SELECT 'notice' AS figure UNION ALL SELECT 'containment' UNION ALL SELECT 'release') AS f) AS steps
    WHERE n IS NOT NULL ORDER BY figure, step";
pub(crate) const IN_STEP: &str = "SELECT lasted FROM figure_facts
    WHERE figure = $1 AND step = $2 AND day >= $3 AND day < $4 AND lasted IS NOT NULL ORDER BY lasted LIMIT 1 OFFSET $5";
pub(crate) const DAYS: &str = "SELECT figure, day, CAST(SUM(n) AS BIGINT) AS n FROM figure_days
    WHERE figure IN ('opened', 'closed') AND day >= $1 AND day < $2 GROUP BY figure, day";
pub(crate) const OUTCOMES: &str = "SELECT part AS outcome, CAST(SUM(n) AS BIGINT) AS n FROM figure_days
    WHERE figure = 'closed' AND day >= $1 AND day < $2 AND part <> '' GROUP BY part ORDER BY n DESC, outcome";
pub(crate) const IN_FORCE: &str =
    "SELECT CAST(COALESCE(SUM(CASE WHEN review_at < $1 THEN 1 ELSE 0 END), 0) AS BIGINT) AS part, COUNT(*) AS whole
    FROM quarantines WHERE state = 'in_force'";
pub(crate) const AWAITING: &str = "SELECT COUNT(*) AS n FROM quarantines WHERE state = 'awaiting_approval'";
pub(crate) const CLASSES: &str = "SELECT class, CAST(SUM(events) AS BIGINT) AS n FROM event_days
    WHERE day >= $1 AND day < $2 GROUP BY class ORDER BY n DESC, class";
pub(crate) const REPORTERS: &str = "SELECT reporter, CAST(SUM(events) AS BIGINT) AS n FROM event_days
    WHERE day >= $1 AND day < $2 GROUP BY reporter ORDER BY n DESC, reporter LIMIT 25";
pub(crate) const REFUTED: &str = "SELECT part AS reporter, CAST(SUM(n) AS BIGINT) AS n FROM figure_days
    WHERE figure = 'refuted' AND day >= $1 AND day < $2 GROUP BY part";
pub(crate) const WORK: &str = "SELECT actor, act, CAST(SUM(acts) AS BIGINT) AS n FROM work_days
    WHERE day >= $1 AND day < $2 GROUP BY actor, act";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] =
    &[SUMS, OPEN_AT, OLDEST, SCALE, IN_STEP, DAYS, OUTCOMES, IN_FORCE, AWAITING, CLASSES, REPORTERS, REFUTED, WORK];

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

fn whole_days(sql: &'static str, period: Period) -> super::load::Bound {
    query(sql).bind(micros(period.from) / DAY).bind(micros(period.to) / DAY)
}

/// The numbers of one period that are compared with the period before.
pub(crate) async fn summary(conn: &mut Raw, period: Period) -> Result<Summary> {
    let mut it = sums(&whole_days(SUMS, period).fetch_all(&mut *conn).await?)?;
    (it.open, it.ageing, it.oldest_at) = open_at(conn, period.to).await?;
    let rows = whole_days(SCALE, period).fetch_all(&mut *conn).await?;
    let mut scales = Scales::new();
    for row in &rows {
        scales.entry(get(row, "figure")?).or_default().push((get(row, "step")?, get(row, "n")?));
    }
    it.to_notice = spread_of(conn, "notice", &scales, period).await?;
    it.to_containment = spread_of(conn, "containment", &scales, period).await?;
    it.to_release = spread_of(conn, "release", &scales, period).await?;
    Ok(it)
}

/// For each figure the steps of the scale that anything fell into, from below, and how much.
type Scales = BTreeMap<String, Vec<(i64, i64)>>;

fn sums(rows: &[Row]) -> Result<Summary> {
    let mut it = Summary::default();
    for row in rows {
        let (figure, part, n): (String, String, i64) = (get(row, "figure")?, get(row, "part")?, get(row, "n")?);
        match (figure.as_str(), part.as_str()) {
            ("opened", _) => it.opened += n,
            ("closed", outcome) => {
                it.closed += n;
                it.repeats.whole += if outcome == Outcome::Resolved.as_str() { n } else { 0 };
            }
            ("granted", by) => {
                let himself = if by == "himself" { n } else { 0 };
                it.self_released.whole += n;
                it.self_released.part += himself;
                it.stayed_clean.whole += himself;
                it.stayed_clean.part += himself;
            }
            ("relapsed", _) => it.repeats.part += n,
            ("self_relapsed", _) => it.stayed_clean.part -= n,
            _ => {}
        }
    }
    Ok(it)
}

/// Cases open at a midnight, how many of them are ageing, and when the oldest was opened.
async fn open_at(conn: &mut Raw, at: DateTime<Utc>) -> Result<(i64, i64, Option<DateTime<Utc>>)> {
    let bound = query(OPEN_AT).bind(micros(at) / DAY).bind(micros(at - AGEING) / DAY);
    let row = bound.fetch_one(&mut *conn).await?;
    let oldest = match get::<Option<i64>>(&row, "oldest")? {
        Some(day) => {
            let bound = query(OLDEST).bind(day * DAY).bind((day + 1) * DAY).bind(micros(at));
            bound.fetch_optional(conn).await?.map(|row| time_opt(&row, "oldest")).transpose()?.flatten()
        }
        None => None,
    };
    Ok((get(&row, "n")?, get(&row, "ageing")?, oldest))
}

/// Number, median and 90th percentile of what was measured.
async fn spread_of(conn: &mut Raw, figure: &'static str, scales: &Scales, period: Period) -> Result<Option<Spread>> {
    let Some(scale) = scales.get(figure) else { return Ok(None) };
    let count: i64 = scale.iter().map(|step| step.1).sum();
    let rank = |percent: i64| (count * percent + 99) / 100;
    let (step, place) = place_of(scale, rank(50));
    let median = in_step(conn, figure, step, place, period).await?;
    let (step, place) = place_of(scale, rank(90));
    let p90 = in_step(conn, figure, step, place, period).await?;
    Ok(Some(Spread { count, median, p90 }))
}

/// The step that holds a rank, and how many of the step come before it.
fn place_of(scale: &[(i64, i64)], rank: i64) -> (i64, i64) {
    let mut before = 0;
    for &(step, n) in scale {
        if before + n >= rank {
            return (step, rank - before - 1);
        }
        before += n;
    }
    (0, 0)
}

async fn in_step(conn: &mut Raw, figure: &'static str, step: i64, place: i64, period: Period) -> Result<TimeDelta> {
    let bound = query(IN_STEP).bind(figure).bind(step).bind(micros(period.from) / DAY).bind(micros(period.to) / DAY);
    let row = bound.bind(place).fetch_optional(conn).await?;
    // Between two statements a fact may have left; a clock that ran back measures less than nothing.
    let lasted = row.map_or(Ok(step), |row| get::<i64>(&row, "lasted"))?;
    Ok(TimeDelta::microseconds(lasted.max(0)))
}

/// Cases opened and closed on each day of the period.
pub(crate) async fn days(conn: &mut Raw, period: Period) -> Result<Vec<CaseDay>> {
    let mut counts: BTreeMap<(String, i64), i64> = BTreeMap::new();
    for row in &whole_days(DAYS, period).fetch_all(conn).await? {
        counts.insert((get(row, "figure")?, get(row, "day")?), get(row, "n")?);
    }
    let of = |figure: &str, day: i64| counts.get(&(figure.to_owned(), day)).copied().unwrap_or(0);
    let numbers = micros(period.from) / DAY..micros(period.to) / DAY;
    let named = numbers.map(|day| (DateTime::from_timestamp(day * 86_400, 0).map(|at| at.date_naive()), day));
    let known = named.filter_map(|(date, day): (Option<NaiveDate>, i64)| date.map(|date| (date, day)));
    Ok(known.map(|(date, day)| CaseDay { day: date, opened: of("opened", day), closed: of("closed", day) }).collect())
}

/// How the cases closed in the period ended, most first.
pub(crate) async fn outcomes(conn: &mut Raw, period: Period) -> Result<Vec<(Outcome, i64)>> {
    let rows = whole_days(OUTCOMES, period).fetch_all(conn).await?;
    rows.iter().map(|row| Ok((word(row, "outcome", Outcome::parse)?, get(row, "n")?))).collect()
}

/// Quarantines the network holds, those past their review date, and how many wait for a supervisor.
pub(crate) async fn quarantines(conn: &mut Raw, now: DateTime<Utc>) -> Result<(Share, i64)> {
    Ok((one(conn, query(IN_FORCE).bind(micros(now))).await?, one(conn, query(AWAITING)).await?))
}

/// Events by class, most first.
pub(crate) async fn classes(conn: &mut Raw, period: Period) -> Result<Vec<(Class, i64)>> {
    let rows = whole_days(CLASSES, period).fetch_all(conn).await?;
    rows.iter().map(|row| Ok((word(row, "class", Class::parse)?, get(row, "n")?))).collect()
}

/// Events by reporter, most first, with those that did not hold up.
pub(crate) async fn reporters(conn: &mut Raw, period: Period) -> Result<Vec<ReporterFigure>> {
    let counts: Vec<Count> = all(conn, whole_days(REPORTERS, period)).await?;
    let refuted: Vec<Count> = all(conn, whole_days(REFUTED, period)).await?;
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
