//! What workers owe the world: written with the decision, leased by one worker at a time.
use super::{
    Raw, Result, Row, dialect,
    load::{Load, get, micros, optional, query, run, time},
};
use crate::types::Job;
use chrono::{DateTime, Utc};
use domain::id::JobId;
use uuid::Uuid;

/// Owes a job once per noun: asking again only brings it forward.
pub(crate) const OWE: &str =
    "INSERT INTO jobs (id, kind, noun_id, due_at, attempts, locked_by, locked_until, created_at)
    VALUES ($1, $2, $3, $4, 0, NULL, 0, $5)
    ON CONFLICT (kind, noun_id) DO UPDATE SET due_at = excluded.due_at, attempts = 0";
const DUE: &str = "SELECT id FROM jobs WHERE kind = $1 AND due_at <= $2 AND locked_until <= $2
    ORDER BY due_at LIMIT 1";
const TAKE_HEAD: &str = "UPDATE jobs SET locked_by = $3, locked_until = $4
    WHERE locked_until <= $2 AND id = (";
pub(crate) const SETTLE: &str = "DELETE FROM jobs WHERE id = $1 AND locked_by = $2";
pub(crate) const POSTPONE: &str =
    "UPDATE jobs SET due_at = $3, attempts = attempts + 1, locked_by = NULL, locked_until = 0
    WHERE id = $1 AND locked_by = $2";
pub(crate) const FORGET: &str = "DELETE FROM jobs WHERE kind = $1 AND noun_id = $2";
pub(crate) const OWED: &str = "SELECT COUNT(*) AS n FROM jobs WHERE kind = $1 AND noun_id = $2";
pub(crate) const COUNT: &str = "SELECT COUNT(*) AS n FROM jobs WHERE kind = $1";

/// The take statement differs by one fragment.
fn take_sql() -> &'static str {
    use std::sync::LazyLock;
    static TAKE: LazyLock<String> = LazyLock::new(|| {
        format!("{TAKE_HEAD}{DUE} {}) RETURNING id, kind, noun_id, due_at, attempts", dialect::SKIP_LOCKED)
    });
    &TAKE
}

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[OWE, DUE, SETTLE, POSTPONE, FORGET, OWED, COUNT];

impl Load for Job {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            id: JobId(get(row, "id")?),
            kind: get(row, "kind")?,
            noun: get(row, "noun_id")?,
            due_at: time(row, "due_at")?,
            attempts: get(row, "attempts")?,
        })
    }
}

/// Owes `kind` for the noun from `due_at` on.
pub(crate) async fn owe(
    conn: &mut Raw,
    kind: &str,
    noun: Uuid,
    due_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<()> {
    let bound = query(OWE).bind(JobId::new().0).bind(kind.to_owned()).bind(noun).bind(micros(due_at)).bind(micros(now));
    run(conn, bound).await.map(drop)
}

/// Takes one due job for `worker` until `until`.
pub(crate) async fn take(
    conn: &mut Raw,
    kind: &str,
    worker: &str,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Option<Job>> {
    let bound = query(take_sql()).bind(kind.to_owned()).bind(micros(now)).bind(worker.to_owned()).bind(micros(until));
    optional(conn, bound).await
}

/// Done: the job is gone. False when another worker holds it by now.
pub(crate) async fn settle(conn: &mut Raw, id: JobId, worker: &str) -> Result<bool> {
    Ok(run(conn, query(SETTLE).bind(id.0).bind(worker.to_owned())).await? == 1)
}

/// Not done: again from `due_at` on. False when another worker holds it by now.
pub(crate) async fn postpone(conn: &mut Raw, id: JobId, worker: &str, due_at: DateTime<Utc>) -> Result<bool> {
    Ok(run(conn, query(POSTPONE).bind(id.0).bind(worker.to_owned()).bind(micros(due_at))).await? == 1)
}

/// No longer owed.
pub(crate) async fn forget(conn: &mut Raw, kind: &str, noun: Uuid) -> Result<()> {
    run(conn, query(FORGET).bind(kind.to_owned()).bind(noun)).await.map(drop)
}

/// Whether it is owed.
pub(crate) async fn owed(conn: &mut Raw, kind: &str, noun: Uuid) -> Result<bool> {
    Ok(super::load::one::<i64>(conn, query(OWED).bind(kind.to_owned()).bind(noun)).await? > 0)
}

/// How many are owed.
pub(crate) async fn count(conn: &mut Raw, kind: &str) -> Result<i64> {
    super::load::one(conn, query(COUNT).bind(kind.to_owned())).await
}
