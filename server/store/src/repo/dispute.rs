//! Objections: one open per case, decided once.
use super::{
    Raw, Result, Row,
    load::{Load, all, get, micros, optional, query, run, run_one, time, time_opt, word_opt},
};
use chrono::{DateTime, Utc};
use domain::{
    dispute::{Dispute, DisputeRow, Verdict},
    id::{CaseId, CustomerId, DisputeId, UserId},
};
use uuid::Uuid;

macro_rules! columns {
    () => {
        "d.id, d.case_id, d.opened_at, d.wording, d.first_decider, d.due_at, d.decided_at, d.decided_by, d.outcome,
        d.reason"
    };
}

pub(crate) const ADD: &str = "INSERT INTO disputes
    (id, case_id, opened_at, wording, first_decider, due_at, decided_at, decided_by, outcome, reason)
    VALUES ($1, $2, $3, $4, $5, $6, NULL, NULL, NULL, NULL)";
pub(crate) const BY_ID: &str = concat!("SELECT ", columns!(), " FROM disputes d WHERE d.id = $1");
pub(crate) const OF_CASE: &str =
    concat!("SELECT ", columns!(), " FROM disputes d WHERE d.case_id = $1 ORDER BY d.opened_at DESC LIMIT 50");
pub(crate) const DECIDE: &str = "UPDATE disputes SET decided_at = $2, decided_by = $3, outcome = $4, reason = $5
    WHERE id = $1 AND decided_at IS NULL";
pub(crate) const OPEN: &str = concat!(
    "SELECT ",
    columns!(),
    ", k.number AS case_number, k.customer_id, c.name AS customer_name, COALESCE(u.name, '') AS first_decider_name
     FROM disputes d JOIN cases k ON k.id = d.case_id JOIN customers c ON c.id = k.customer_id
     LEFT JOIN users u ON u.id = d.first_decider WHERE d.decided_at IS NULL ORDER BY d.due_at LIMIT $1"
);

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[ADD, BY_ID, OF_CASE, DECIDE, OPEN];

impl Load for Dispute {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            id: DisputeId(get(row, "id")?),
            case: CaseId(get(row, "case_id")?),
            opened_at: time(row, "opened_at")?,
            text: get(row, "wording")?,
            first_decider: get::<Option<Uuid>>(row, "first_decider")?.map(UserId),
            due_at: time(row, "due_at")?,
            decided_at: time_opt(row, "decided_at")?,
            decided_by: get::<Option<Uuid>>(row, "decided_by")?.map(UserId),
            verdict: word_opt(row, "outcome", Verdict::parse)?,
            reason: get::<Option<String>>(row, "reason")?.unwrap_or_default(),
        })
    }
}

impl Load for DisputeRow {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            dispute: Dispute::load(row)?,
            case_number: get(row, "case_number")?,
            customer: CustomerId(get(row, "customer_id")?),
            customer_name: get(row, "customer_name")?,
            first_decider_name: get(row, "first_decider_name")?,
        })
    }
}

/// A new objection; a conflict when the form was sent before.
pub(crate) async fn add(conn: &mut Raw, dispute: &Dispute) -> Result<()> {
    let bound = query(ADD)
        .bind(dispute.id.0)
        .bind(dispute.case.0)
        .bind(micros(dispute.opened_at))
        .bind(dispute.text.clone())
        .bind(dispute.first_decider.map(|id| id.0))
        .bind(micros(dispute.due_at));
    run(conn, bound).await.map(drop)
}

/// The objection with this id.
pub(crate) async fn by_id(conn: &mut Raw, id: DisputeId) -> Result<Option<Dispute>> {
    optional(conn, query(BY_ID).bind(id.0)).await
}

/// Objections in a case, newest first.
pub(crate) async fn of_case(conn: &mut Raw, case: CaseId) -> Result<Vec<Dispute>> {
    all(conn, query(OF_CASE).bind(case.0)).await
}

/// Decides it; stale when it is decided already.
pub(crate) async fn decide(
    conn: &mut Raw,
    id: DisputeId,
    by: UserId,
    verdict: Verdict,
    reason: &str,
    at: DateTime<Utc>,
) -> Result<()> {
    let bound = query(DECIDE).bind(id.0).bind(micros(at)).bind(by.0).bind(verdict.as_str()).bind(reason.to_owned());
    run_one(conn, bound).await
}

/// Objections that wait for a decision, by deadline, at most so many.
pub(crate) async fn open(conn: &mut Raw, most: i64) -> Result<Vec<DisputeRow>> {
    all(conn, query(OPEN).bind(most)).await
}
