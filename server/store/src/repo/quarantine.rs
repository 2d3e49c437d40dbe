//! Quarantines: ordered once, saved with their version as the guard, held by cases.
use super::{
    Raw, Result, Row,
    load::{
        Load, all, get, json, micros, micros_opt, one, optional, query, run, run_one, time, time_opt, to_json, word,
    },
};
use chrono::{DateTime, Utc};
use domain::{
    event::Role,
    id::{CaseId, ClauseId, CustomerId, QuarantineId, ServiceId, UserId},
    quarantine::{Measure, Quarantine, QuarantineState},
};
use uuid::Uuid;

/// The columns of a [`Quarantine`].
macro_rules! columns {
    () => {
        "q.id, q.service_id, q.customer_id, q.measure, q.ports, q.state, q.clause_id, q.reason, q.ordered_by,
        q.ordered_at, q.approved_by, q.starts_at, q.review_at, q.expires_at, q.confirmed_at, q.verified_at,
        q.lift_asked_at, q.lifted_at, q.attempts, q.answer, q.version"
    };
}
pub(crate) use columns;

pub(crate) const ADD: &str = "INSERT INTO quarantines
    (id, service_id, customer_id, measure, ports, state, clause_id, reason, ordered_by, ordered_at, approved_by,
     starts_at, review_at, expires_at, confirmed_at, verified_at, lift_asked_at, lifted_at, attempts, answer, version)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, NULL, $11, $12, $13, NULL, NULL, NULL, NULL, 0, '', 1)";
pub(crate) const BY_ID: &str = concat!("SELECT ", columns!(), " FROM quarantines q WHERE q.id = $1");
pub(crate) const LIVE_OF_SERVICE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM quarantines q WHERE q.service_id = $1
      AND q.state IN ('awaiting_approval', 'scheduled', 'applying', 'in_force', 'failed', 'lifting')"
);
pub(crate) const SAVE: &str = "UPDATE quarantines SET state = $3, approved_by = $4, starts_at = $5, review_at = $6,
    expires_at = $7, confirmed_at = $8, verified_at = $9, lift_asked_at = $10, lifted_at = $11, attempts = $12,
    answer = $13, version = version + 1 WHERE id = $1 AND version = $2";
// What the network said does not make a person's open form stale.
pub(crate) const ANSWERED: &str = "UPDATE quarantines SET answer = $3, attempts = $4 WHERE id = $1 AND state = $2";
pub(crate) const VERIFIED: &str = "UPDATE quarantines SET verified_at = $2 WHERE id = $1 AND state = 'in_force'";
pub(crate) const HOLDING: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM quarantines q WHERE q.state IN ('applying', 'in_force', 'failed', 'lifting') ORDER BY q.id"
);
pub(crate) const TO_BEGIN: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM quarantines q WHERE q.state = 'scheduled' AND q.starts_at <= $1 AND NOT EXISTS (
        SELECT 1 FROM event_doubts d JOIN events e ON e.id = d.event_id
            JOIN quarantine_causes k ON k.case_id = e.case_id
        WHERE d.settled_at IS NULL AND k.quarantine_id = q.id AND k.gone_at IS NULL)
    ORDER BY q.starts_at LIMIT $2"
);
pub(crate) const TO_END: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM quarantines q WHERE q.state IN ('awaiting_approval', 'scheduled', 'applying', 'in_force', 'failed')
      AND q.expires_at <= $1 ORDER BY q.expires_at LIMIT $2"
);
pub(crate) const AUTOMATIC: &str =
    "SELECT COUNT(*) FROM quarantines WHERE ordered_by LIKE 'system:%' AND ordered_at >= $1";
pub(crate) const CAUSE_ADD: &str = "INSERT INTO quarantine_causes (quarantine_id, case_id, gone_at)
    VALUES ($1, $2, NULL) ON CONFLICT (quarantine_id, case_id) DO UPDATE SET gone_at = NULL";
pub(crate) const CAUSE_GONE: &str = "UPDATE quarantine_causes SET gone_at = $3
    WHERE quarantine_id = $1 AND case_id = $2 AND gone_at IS NULL";
pub(crate) const CAUSES_GONE: &str =
    "UPDATE quarantine_causes SET gone_at = $2 WHERE quarantine_id = $1 AND gone_at IS NULL";
pub(crate) const CAUSES: &str =
    "SELECT case_id FROM quarantine_causes WHERE quarantine_id = $1 AND gone_at IS NULL ORDER BY case_id";
pub(crate) const OF_CASE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM quarantine_causes x JOIN quarantines q ON q.id = x.quarantine_id WHERE x.case_id = $1 ORDER BY q.id DESC"
);
pub(crate) const ROLES: &str =
    "SELECT DISTINCT role FROM events WHERE case_id = $1 AND certainty = 'certain' AND state = 'on_case'";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[
    ADD,
    BY_ID,
    LIVE_OF_SERVICE,
    SAVE,
    ANSWERED,
    VERIFIED,
    HOLDING,
    TO_BEGIN,
    TO_END,
    AUTOMATIC,
    CAUSE_ADD,
    CAUSE_GONE,
    CAUSES_GONE,
    CAUSES,
    OF_CASE,
    ROLES,
];

impl Load for Quarantine {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            id: QuarantineId(get(row, "id")?),
            service: ServiceId(get(row, "service_id")?),
            customer: CustomerId(get(row, "customer_id")?),
            measure: word(row, "measure", Measure::parse)?,
            ports: json(row, "ports")?,
            state: word(row, "state", QuarantineState::parse)?,
            clause: ClauseId(get(row, "clause_id")?),
            reason: get(row, "reason")?,
            ordered_by: get(row, "ordered_by")?,
            ordered_at: time(row, "ordered_at")?,
            approved_by: get::<Option<Uuid>>(row, "approved_by")?.map(UserId),
            starts_at: time(row, "starts_at")?,
            review_at: time(row, "review_at")?,
            expires_at: time(row, "expires_at")?,
            confirmed_at: time_opt(row, "confirmed_at")?,
            verified_at: time_opt(row, "verified_at")?,
            lift_asked_at: time_opt(row, "lift_asked_at")?,
            lifted_at: time_opt(row, "lifted_at")?,
            attempts: get(row, "attempts")?,
            answer: get(row, "answer")?,
            version: get(row, "version")?,
        })
    }
}

struct RoleOf(Role);

impl Load for RoleOf {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self(word(row, "role", Role::parse)?))
    }
}

/// A new quarantine; a conflict when the service has a live one, or the order was given before.
pub(crate) async fn add(conn: &mut Raw, quarantine: &Quarantine) -> Result<()> {
    let bound = query(ADD)
        .bind(quarantine.id.0)
        .bind(quarantine.service.0)
        .bind(quarantine.customer.0)
        .bind(quarantine.measure.as_str())
        .bind(to_json(&quarantine.ports))
        .bind(quarantine.state.as_str())
        .bind(quarantine.clause.0)
        .bind(quarantine.reason.clone())
        .bind(quarantine.ordered_by.clone())
        .bind(micros(quarantine.ordered_at))
        .bind(micros(quarantine.starts_at))
        .bind(micros(quarantine.review_at))
        .bind(micros(quarantine.expires_at));
    run(conn, bound).await.map(drop)
}

/// The quarantine with this id.
pub(crate) async fn by_id(conn: &mut Raw, id: QuarantineId) -> Result<Option<Quarantine>> {
    optional(conn, query(BY_ID).bind(id.0)).await
}

/// The live quarantine of a service: there is at most one.
pub(crate) async fn live_of_service(conn: &mut Raw, service: ServiceId) -> Result<Option<Quarantine>> {
    optional(conn, query(LIVE_OF_SERVICE).bind(service.0)).await
}

/// Keeps a changed quarantine; stale when its version is no longer the stored one.
pub(crate) async fn save(conn: &mut Raw, quarantine: &Quarantine) -> Result<()> {
    let bound = query(SAVE)
        .bind(quarantine.id.0)
        .bind(quarantine.version)
        .bind(quarantine.state.as_str())
        .bind(quarantine.approved_by.map(|id| id.0))
        .bind(micros(quarantine.starts_at))
        .bind(micros(quarantine.review_at))
        .bind(micros(quarantine.expires_at))
        .bind(micros_opt(quarantine.confirmed_at))
        .bind(micros_opt(quarantine.verified_at))
        .bind(micros_opt(quarantine.lift_asked_at))
        .bind(micros_opt(quarantine.lifted_at))
        .bind(quarantine.attempts)
        .bind(quarantine.answer.clone());
    run_one(conn, bound).await
}

/// What the network last said while the quarantine is in `state`; no change of the desk's mind.
pub(crate) async fn answered(
    conn: &mut Raw,
    id: QuarantineId,
    state: QuarantineState,
    answer: &str,
    attempts: i64,
) -> Result<()> {
    let bound = query(ANSWERED).bind(id.0).bind(state.as_str()).bind(answer.to_owned()).bind(attempts);
    run(conn, bound).await.map(drop)
}

/// Read back as still in force.
pub(crate) async fn verified(conn: &mut Raw, id: QuarantineId, at: DateTime<Utc>) -> Result<()> {
    run(conn, query(VERIFIED).bind(id.0).bind(micros(at))).await.map(drop)
}

/// All that the network may hold.
pub(crate) async fn holding(conn: &mut Raw) -> Result<Vec<Quarantine>> {
    all(conn, query(HOLDING)).await
}

/// Scheduled ones whose time has come.
pub(crate) async fn to_begin(conn: &mut Raw, now: DateTime<Utc>, limit: i64) -> Result<Vec<Quarantine>> {
    all(conn, query(TO_BEGIN).bind(micros(now)).bind(limit)).await
}

/// Those whose last day is over.
pub(crate) async fn to_end(conn: &mut Raw, now: DateTime<Utc>, limit: i64) -> Result<Vec<Quarantine>> {
    all(conn, query(TO_END).bind(micros(now)).bind(limit)).await
}

/// Ordered by a rule since `since`: what the circuit breaker counts.
pub(crate) async fn automatic(conn: &mut Raw, since: DateTime<Utc>) -> Result<i64> {
    one(conn, query(AUTOMATIC).bind(micros(since))).await
}

/// The case holds the quarantine (again).
pub(crate) async fn cause_add(conn: &mut Raw, id: QuarantineId, case: CaseId) -> Result<()> {
    run(conn, query(CAUSE_ADD).bind(id.0).bind(case.0)).await.map(drop)
}

/// The case holds it no longer. False when it did not.
pub(crate) async fn cause_gone(conn: &mut Raw, id: QuarantineId, case: CaseId, at: DateTime<Utc>) -> Result<bool> {
    Ok(run(conn, query(CAUSE_GONE).bind(id.0).bind(case.0).bind(micros(at))).await? == 1)
}

/// No case holds it any longer.
pub(crate) async fn causes_gone(conn: &mut Raw, id: QuarantineId, at: DateTime<Utc>) -> Result<()> {
    run(conn, query(CAUSES_GONE).bind(id.0).bind(micros(at))).await.map(drop)
}

/// The cases that hold it.
pub(crate) async fn causes(conn: &mut Raw, id: QuarantineId) -> Result<Vec<CaseId>> {
    all(conn, query(CAUSES).bind(id.0)).await
}

/// Quarantines that the case holds or held, newest first.
pub(crate) async fn of_case(conn: &mut Raw, case: CaseId) -> Result<Vec<Quarantine>> {
    all(conn, query(OF_CASE).bind(case.0)).await
}

/// What the customer is in the case's certain events.
pub(crate) async fn roles(conn: &mut Raw, case: CaseId) -> Result<Vec<Role>> {
    Ok(all::<RoleOf>(conn, query(ROLES).bind(case.0)).await?.into_iter().map(|role| role.0).collect())
}
