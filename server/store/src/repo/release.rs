//! Releases: asked for once, decided once.
use super::{
    Raw, Result, Row,
    load::{Load, all, get, micros, micros_opt, one, optional, query, run, run_one, time, time_opt, word},
};
use chrono::{DateTime, Utc};
use domain::{
    id::{CaseId, CustomerId, QuarantineId, ReleaseId},
    release::{AskedBy, Release, ReleaseRow, ReleaseState},
};

macro_rules! columns {
    () => {
        "r.id, r.quarantine_id, r.case_id, r.customer_id, r.asked_by, r.asked_at, r.state, r.by_himself, r.decided_by,
        r.decided_at, r.reason"
    };
}

pub(crate) const ADD: &str = "INSERT INTO releases
    (id, quarantine_id, case_id, customer_id, asked_by, asked_at, state, by_himself, decided_by, decided_at, reason)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
pub(crate) const BY_ID: &str = concat!("SELECT ", columns!(), " FROM releases r WHERE r.id = $1");
pub(crate) const DECIDE: &str = "UPDATE releases SET state = $2, decided_by = $3, decided_at = $4, reason = $5
    WHERE id = $1 AND state = 'waiting'";
pub(crate) const WAITING_OF: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM releases r WHERE r.quarantine_id = $1 AND r.state = 'waiting' ORDER BY r.asked_at"
);
pub(crate) const OF_QUARANTINE: &str =
    concat!("SELECT ", columns!(), " FROM releases r WHERE r.quarantine_id = $1 ORDER BY r.asked_at DESC LIMIT 50");
// Both columns are indexed through the customer.
pub(crate) const OF_CASE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM releases r WHERE r.customer_id = $1 AND r.case_id = $2 ORDER BY r.asked_at DESC LIMIT 50"
);
// What he did about a case that was not his is not counted against him.
pub(crate) const USED: &str =
    "SELECT COUNT(*) FROM releases r WHERE r.customer_id = $1 AND r.asked_at >= $2 AND r.by_himself = TRUE
      AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.id = r.case_id AND c.outcome = 'wrong_customer')";
pub(crate) const WAITING: &str = concat!(
    "SELECT ",
    columns!(),
    ", k.number AS case_number, c.name AS customer_name, s.number AS service_number
     FROM releases r JOIN cases k ON k.id = r.case_id JOIN customers c ON c.id = r.customer_id
     JOIN quarantines q ON q.id = r.quarantine_id JOIN services s ON s.id = q.service_id
     WHERE r.state = 'waiting' ORDER BY r.asked_at LIMIT $1"
);

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[ADD, BY_ID, DECIDE, WAITING_OF, OF_QUARANTINE, OF_CASE, USED, WAITING];

impl Load for Release {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            id: ReleaseId(get(row, "id")?),
            quarantine: QuarantineId(get(row, "quarantine_id")?),
            case: CaseId(get(row, "case_id")?),
            customer: CustomerId(get(row, "customer_id")?),
            asked_by: word(row, "asked_by", AskedBy::parse)?,
            asked_at: time(row, "asked_at")?,
            state: word(row, "state", ReleaseState::parse)?,
            by_himself: get(row, "by_himself")?,
            decided_by: get(row, "decided_by")?,
            decided_at: time_opt(row, "decided_at")?,
            reason: get(row, "reason")?,
        })
    }
}

impl Load for ReleaseRow {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            release: Release::load(row)?,
            case_number: get(row, "case_number")?,
            customer_name: get(row, "customer_name")?,
            service_number: get(row, "service_number")?,
        })
    }
}

/// A new request or decision; a conflict when the form was sent before.
pub(crate) async fn add(conn: &mut Raw, release: &Release) -> Result<()> {
    let bound = query(ADD)
        .bind(release.id.0)
        .bind(release.quarantine.0)
        .bind(release.case.0)
        .bind(release.customer.0)
        .bind(release.asked_by.as_str())
        .bind(micros(release.asked_at))
        .bind(release.state.as_str())
        .bind(release.by_himself)
        .bind(release.decided_by.clone())
        .bind(micros_opt(release.decided_at))
        .bind(release.reason.clone());
    run(conn, bound).await.map(drop)
}

/// The request with this id.
pub(crate) async fn by_id(conn: &mut Raw, id: ReleaseId) -> Result<Option<Release>> {
    optional(conn, query(BY_ID).bind(id.0)).await
}

/// Decides a waiting request; stale when it is decided already.
pub(crate) async fn decide(
    conn: &mut Raw,
    id: ReleaseId,
    state: ReleaseState,
    by: &str,
    at: DateTime<Utc>,
    reason: &str,
) -> Result<()> {
    let bound =
        query(DECIDE).bind(id.0).bind(state.as_str()).bind(by.to_owned()).bind(micros(at)).bind(reason.to_owned());
    run_one(conn, bound).await
}

/// Requests about a quarantine that wait for a person.
pub(crate) async fn waiting_of(conn: &mut Raw, quarantine: QuarantineId) -> Result<Vec<Release>> {
    all(conn, query(WAITING_OF).bind(quarantine.0)).await
}

/// All requests about a quarantine, newest first.
pub(crate) async fn of_quarantine(conn: &mut Raw, quarantine: QuarantineId) -> Result<Vec<Release>> {
    all(conn, query(OF_QUARANTINE).bind(quarantine.0)).await
}

/// All requests from a case, newest first.
pub(crate) async fn of_case(conn: &mut Raw, customer: CustomerId, case: CaseId) -> Result<Vec<Release>> {
    all(conn, query(OF_CASE).bind(customer.0).bind(case.0)).await
}

/// Self-releases the customer has used since `since`.
pub(crate) async fn used(conn: &mut Raw, customer: CustomerId, since: DateTime<Utc>) -> Result<i64> {
    one(conn, query(USED).bind(customer.0).bind(micros(since))).await
}

/// Requests that wait for a person, oldest first, at most so many.
pub(crate) async fn waiting(conn: &mut Raw, most: i64) -> Result<Vec<ReleaseRow>> {
    all(conn, query(WAITING).bind(most)).await
}
