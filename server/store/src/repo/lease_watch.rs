//! How lease sources are watched: what a person set for them, which rows they brought in vain, how far imports are.
use super::{
    Raw, Result, Row,
    load::{Load, all, get, micros, query, run, time},
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::lease::{ImportRow, RefusedRow};
use uuid::Uuid;

/// Refused rows that are kept of one source.
const REFUSALS_KEPT: i64 = 100;

pub(crate) const SET_LIMITS: &str = "INSERT INTO lease_source_limits (source_id, skew, silent_after)
    VALUES ($1, $2, $3)
    ON CONFLICT (source_id) DO UPDATE SET skew = excluded.skew, silent_after = excluded.silent_after";
pub(crate) const REFUSE: &str =
    "INSERT INTO lease_refusals (id, source_id, made_at, line, problem) VALUES ($1, $2, $3, $4, $5)";
pub(crate) const CUT_REFUSALS: &str = "DELETE FROM lease_refusals WHERE source_id = $1 AND id NOT IN (
        SELECT id FROM lease_refusals WHERE source_id = $1 ORDER BY made_at DESC, id DESC LIMIT $2)";
pub(crate) const FORGET_REFUSALS: &str = "DELETE FROM lease_refusals WHERE made_at < $1";
pub(crate) const REFUSALS: &str = "SELECT s.name AS source, r.made_at, r.line, r.problem
    FROM lease_refusals r JOIN lease_sources s ON s.id = r.source_id ORDER BY r.made_at DESC, r.id DESC LIMIT $1";
pub(crate) const IMPORTS: &str =
    "SELECT s.name AS source, i.sha256, i.rows_done, i.rows_refused, i.begun_at, i.touched_at
    FROM lease_imports i JOIN lease_sources s ON s.id = i.source_id ORDER BY i.touched_at DESC LIMIT $1";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[SET_LIMITS, REFUSE, CUT_REFUSALS, FORGET_REFUSALS, REFUSALS, IMPORTS];

impl Load for RefusedRow {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            source: get(row, "source")?,
            at: time(row, "made_at")?,
            line: get(row, "line")?,
            problem: get(row, "problem")?,
        })
    }
}

impl Load for ImportRow {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            source: get(row, "source")?,
            sha256: get(row, "sha256")?,
            rows_done: get(row, "rows_done")?,
            rows_refused: get(row, "rows_refused")?,
            begun_at: time(row, "begun_at")?,
            touched_at: time(row, "touched_at")?,
        })
    }
}

/// What a person says of a source's clock and silence; none = never an alarm.
pub(crate) async fn set_limits(
    conn: &mut Raw,
    source: i64,
    skew: TimeDelta,
    silent_after: Option<TimeDelta>,
) -> Result<()> {
    let us = |delta: TimeDelta| delta.num_microseconds().unwrap_or(i64::MAX);
    let bound = query(SET_LIMITS).bind(source).bind(us(skew)).bind(silent_after.map_or(0, us));
    run(conn, bound).await.map(drop)
}

/// Rows of a source that could not be used: line and reason. The newest are kept.
pub(crate) async fn refuse(conn: &mut Raw, source: i64, rows: &[(u64, String)], now: DateTime<Utc>) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let most = usize::try_from(REFUSALS_KEPT).unwrap_or(usize::MAX);
    for (line, problem) in rows.iter().take(most) {
        let bound = query(REFUSE)
            .bind(Uuid::now_v7())
            .bind(source)
            .bind(micros(now))
            .bind(i64::try_from(*line).unwrap_or(i64::MAX))
            .bind(problem.chars().take(300).collect::<String>());
        run(conn, bound).await?;
    }
    run(conn, query(CUT_REFUSALS).bind(source).bind(REFUSALS_KEPT)).await.map(drop)
}

/// Forgets rows that were refused before.
pub(crate) async fn forget(conn: &mut Raw, before: DateTime<Utc>) -> Result<u64> {
    run(conn, query(FORGET_REFUSALS).bind(micros(before))).await
}

/// The newest refused rows of all sources.
pub(crate) async fn refusals(conn: &mut Raw, limit: i64) -> Result<Vec<RefusedRow>> {
    all(conn, query(REFUSALS).bind(limit)).await
}

/// Imports of files, the one that moved last first.
pub(crate) async fn imports(conn: &mut Raw, limit: i64) -> Result<Vec<ImportRow>> {
    all(conn, query(IMPORTS).bind(limit)).await
}
