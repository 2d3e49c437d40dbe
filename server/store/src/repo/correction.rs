//! Corrections: events leave the case of the wrong customer, and nothing of it is counted against him.
use super::{
    Db, Raw, Result, Row,
    load::{Load, all, get, micros, micros_opt, optional, query, run, run_one, time, to_json},
};
use crate::types::HolderOf;
use chrono::{DateTime, Utc};
use domain::{
    case::Case,
    correction::{Correction, CorrectionRow},
    evidence::Event,
    id::{CaseId, CorrectionId, EventId},
    limit::{EVENTS_PER_TRANSACTION, REPEAT_WINDOW},
};
use sqlx::QueryBuilder;
use uuid::Uuid;

pub(crate) const ADD: &str =
    "INSERT INTO corrections (id, from_case, to_case, events, closed, reason, made_by, made_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING";
pub(crate) const BY_ID: &str =
    "SELECT id, from_case, to_case, events, closed, reason, made_by, made_at FROM corrections WHERE id = $1";
pub(crate) const OF_CASE: &str =
    "SELECT k.id, k.from_case, k.to_case, k.events, k.closed, k.reason, k.made_by, k.made_at,
        f.number AS from_number, t.number AS to_number
    FROM corrections k JOIN cases f ON f.id = k.from_case LEFT JOIN cases t ON t.id = k.to_case
    WHERE k.from_case = $1 OR k.to_case = $1 ORDER BY k.made_at DESC, k.id DESC LIMIT 100";
pub(crate) const EVENTS: &str = "SELECT id, report_id, position, reporter, source_kind, source, port, at, from_at,
        to_at, time_grade, class, role, count, reference, details, faults, received_at, certainty, customer_id,
        service_id, case_id, state
    FROM events WHERE case_id = $1 ORDER BY at DESC, id LIMIT $2";
// What is left, counted anew; a case without events keeps the times of those it had.
pub(crate) const RECOUNT: &str = "UPDATE cases SET
    events = (SELECT COUNT(*) FROM events e WHERE e.case_id = cases.id),
    first_event_at = COALESCE((SELECT MIN(e.at) FROM events e WHERE e.case_id = cases.id), first_event_at),
    last_event_at = COALESCE((SELECT MAX(e.at) FROM events e WHERE e.case_id = cases.id), last_event_at),
    service_id = COALESCE((SELECT e.service_id FROM events e WHERE e.case_id = cases.id AND e.service_id IS NOT NULL
        GROUP BY e.service_id ORDER BY COUNT(*) DESC, e.service_id LIMIT 1), service_id)
    WHERE id = $1";
// Later cases of his were opened with one strike too many, or as a repeat of this one.
pub(crate) const UNSTRIKE: &str = "UPDATE cases SET strikes = strikes - 1
    WHERE customer_id = $1 AND id <> $2 AND opened_at >= $3 AND opened_at <= $4 AND strikes > 0";
pub(crate) const UNREPEAT: &str = "UPDATE cases SET repeat_of = NULL WHERE customer_id = $1 AND repeat_of = $2";
pub(crate) const COMPLETE: &str = "UPDATE events SET port = $2, at = $3, from_at = $4, to_at = $5, time_grade = $6,
    faults = $7, details = $8, certainty = $9, customer_id = $10, service_id = $11
    WHERE id = $1 AND state = 'pending' AND certainty <> 'certain' AND case_id IS NULL";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[ADD, BY_ID, OF_CASE, EVENTS, RECOUNT, UNSTRIKE, UNREPEAT, COMPLETE];

impl Load for Correction {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            id: CorrectionId(get(row, "id")?),
            from: CaseId(get(row, "from_case")?),
            to: get::<Option<Uuid>>(row, "to_case")?.map(CaseId),
            events: get(row, "events")?,
            closed: get(row, "closed")?,
            reason: get(row, "reason")?,
            made_by: get(row, "made_by")?,
            made_at: time(row, "made_at")?,
        })
    }
}

impl Load for CorrectionRow {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            correction: Correction::load(row)?,
            from_number: get(row, "from_number")?,
            to_number: get(row, "to_number")?,
        })
    }
}

/// Keeps a correction; false when one with this id is there already.
pub(crate) async fn add(conn: &mut Raw, made: &Correction) -> Result<bool> {
    let bound = query(ADD)
        .bind(made.id.0)
        .bind(made.from.0)
        .bind(made.to.map(|id| id.0))
        .bind(made.events)
        .bind(made.closed)
        .bind(made.reason.clone())
        .bind(made.made_by.clone())
        .bind(micros(made.made_at));
    Ok(run(conn, bound).await? == 1)
}

/// The correction with this id.
pub(crate) async fn by_id(conn: &mut Raw, id: CorrectionId) -> Result<Option<Correction>> {
    optional(conn, query(BY_ID).bind(id.0)).await
}

/// Corrections that took events from the case or gave it some, newest first.
pub(crate) async fn of_case(conn: &mut Raw, case: CaseId) -> Result<Vec<CorrectionRow>> {
    all(conn, query(OF_CASE).bind(case.0)).await
}

/// Events of a case, newest first, at most `most`.
pub(crate) async fn events(conn: &mut Raw, case: CaseId, most: i64) -> Result<Vec<Event>> {
    all(conn, query(EVENTS).bind(case.0).bind(most)).await
}

/// Gives events of a case another holder; how many there were. Where `leave`, they wait from then on without a case.
pub(crate) async fn lay(
    conn: &mut Raw,
    case: CaseId,
    events: &[EventId],
    holder: &HolderOf,
    leave: bool,
) -> Result<usize> {
    let mut laid = 0;
    for chunk in events.chunks(EVENTS_PER_TRANSACTION) {
        let mut sql = to_holder(holder);
        if leave {
            sql.push(", case_id = NULL, state = 'pending'");
        }
        sql.push(" WHERE state = 'on_case' AND case_id = ").push_bind(case.0).push(" AND id IN (");
        listed(&mut sql, chunk);
        laid += sql.build().execute(&mut *conn).await?.rows_affected();
        // Copies and newer readings do not count, but say the same of the same line.
        let mut sql = to_holder(holder);
        sql.push(
            " WHERE state IN ('duplicate', 'reading') AND id IN (SELECT event_id FROM event_links WHERE to_id IN (",
        );
        listed(&mut sql, chunk);
        sql.push(")");
        sql.build().execute(&mut *conn).await?;
    }
    Ok(usize::try_from(laid).unwrap_or(usize::MAX))
}

fn to_holder(holder: &HolderOf) -> QueryBuilder<Db> {
    let mut sql = QueryBuilder::<Db>::new("UPDATE events SET certainty = ");
    sql.push_bind(holder.certainty.as_str());
    sql.push(", customer_id = ").push_bind(holder.customer.map(|id| id.0));
    sql.push(", service_id = ").push_bind(holder.service.map(|id| id.0));
    sql
}

fn listed(sql: &mut QueryBuilder<Db>, events: &[EventId]) {
    let mut list = sql.separated(", ");
    for event in events {
        list.push_bind(event.0);
    }
    sql.push(")");
}

/// Counts the events of a case anew, with their span and the service most of them are about.
pub(crate) async fn recount(conn: &mut Raw, case: CaseId) -> Result<()> {
    run_one(conn, query(RECOUNT).bind(case.0)).await
}

/// Takes the case out of the customer's history: no strike, and repeated by nothing. Call it once, when it first ends so.
pub(crate) async fn acquit(conn: &mut Raw, case: &Case, counted: bool) -> Result<()> {
    if counted {
        let window = query(UNSTRIKE)
            .bind(case.customer.0)
            .bind(case.id.0)
            .bind(micros(case.opened_at))
            .bind(micros(case.opened_at + REPEAT_WINDOW));
        run(conn, window).await?;
    }
    run(conn, query(UNREPEAT).bind(case.customer.0).bind(case.id.0)).await.map(drop)
}

/// Completes a waiting event by what its reporter said, and lays it to whom it is found to be; stale when it does not
/// wait any more.
pub(crate) async fn complete(conn: &mut Raw, event: &Event) -> Result<()> {
    let (seen, at): (_, DateTime<Utc>) = (&event.observation, event.at);
    let bound = query(COMPLETE)
        .bind(event.id.0)
        .bind(seen.source.port.map(i64::from))
        .bind(micros(at))
        .bind(micros_opt(seen.from))
        .bind(micros_opt(seen.to))
        .bind(seen.time_grade.as_str())
        .bind(to_json(&seen.faults))
        .bind(to_json(&seen.details))
        .bind(event.certainty.as_str())
        .bind(event.customer.map(|id| id.0))
        .bind(event.service.map(|id| id.0));
    run_one(conn, bound).await
}
