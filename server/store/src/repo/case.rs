//! Cases: numbered, joined, saved with their version as the guard.
use super::{
    Db, Raw, Result, Row,
    load::{Load, all, get, micros, micros_opt, one, optional, query, run, run_one, time, time_opt, word, word_opt},
};
use crate::types::{NewCase, Pending};
use chrono::{DateTime, Utc};
use domain::{
    case::{Case, CaseState, Claim, DisputeState, Outcome, Sightings},
    class::{Category, Class},
    id::{CaseId, CustomerId, EventId, ServiceId, UserId},
    quarantine::QuarantineState,
};
use sqlx::{QueryBuilder, Row as _};
use uuid::Uuid;

/// The columns of a [`Case`].
macro_rules! columns {
    () => {
        "c.id, c.number, c.customer_id, c.service_id, c.category, c.class, c.state, c.outcome, c.claim, c.dispute,
        c.assignee_id, c.opened_at, c.first_event_at, c.last_event_at, c.events, c.notified_at, c.due_at,
        c.snoozed_until, c.closed_at, c.repeat_of, c.strikes, c.unread, c.version"
    };
}

pub(crate) const NUMBER: &str = "INSERT INTO counters (name, value) VALUES ($1, 1)
    ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value";
pub(crate) const BY_ID: &str = concat!("SELECT ", columns!(), " FROM cases c WHERE c.id = $1");
pub(crate) const BY_NUMBER: &str = concat!("SELECT ", columns!(), " FROM cases c WHERE c.number = $1");
pub(crate) const JOINABLE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM cases c WHERE c.customer_id = $1 AND c.category = $2 AND c.joinable = TRUE AND c.last_event_at >= $3"
);
// An older case of the same key that is still being worked on keeps its events; new ones go to the new case.
pub(crate) const RETIRE: &str = "UPDATE cases SET joinable = FALSE
    WHERE customer_id = $1 AND category = $2 AND joinable = TRUE AND last_event_at < $3";
pub(crate) const ADD: &str = "INSERT INTO cases
    (id, number, customer_id, service_id, category, class, state, outcome, claim, dispute, assignee_id, opened_at,
     first_event_at, last_event_at, first_stored_at, events, notified_at, due_at, snoozed_until, closed_at, repeat_of,
     strikes, unread, joinable, search, version)
    VALUES ($1, $2, $3, $4, $5, $6, 'open', NULL, NULL, 'none', $7, $8, $9, $10, $11, 0, NULL, $12, NULL, NULL, $13,
     $14, FALSE, TRUE, $15, 1)";
pub(crate) const SAVE: &str = "UPDATE cases SET state = $3, outcome = $4, claim = $5, dispute = $6, assignee_id = $7,
    notified_at = $8, due_at = $9, snoozed_until = $10, closed_at = $11, unread = $12, service_id = $13,
    joinable = CASE WHEN $3 = 'closed' THEN FALSE ELSE joinable END, version = version + 1
    WHERE id = $1 AND version = $2";
pub(crate) const REJOIN: &str = "UPDATE cases SET joinable = TRUE WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM cases o
    WHERE o.customer_id = cases.customer_id AND o.category = cases.category AND o.joinable = TRUE)";
pub(crate) const ABSORB: &str = "UPDATE cases SET state = $3, events = events + $4,
    first_event_at = CASE WHEN $5 < first_event_at THEN $5 ELSE first_event_at END,
    last_event_at = CASE WHEN $6 > last_event_at THEN $6 ELSE last_event_at END,
    first_stored_at = CASE WHEN $7 < first_stored_at THEN $7 ELSE first_stored_at END,
    snoozed_until = CASE WHEN $3 = $2 THEN snoozed_until ELSE NULL END,
    due_at = CASE WHEN $3 = $2 THEN due_at ELSE NULL END, version = version + 1
    WHERE id = $1 AND state = $2";
pub(crate) const PENDING: &str = "SELECT COUNT(*) AS events, MIN(at) AS first_at, MAX(at) AS last_at,
    MIN(received_at) AS stored_at FROM events
    WHERE state = 'pending' AND certainty = 'certain' AND customer_id = $1 AND category = $2";
pub(crate) const PENDING_CLASS: &str = "SELECT class FROM events
    WHERE state = 'pending' AND certainty = 'certain' AND customer_id = $1 AND category = $2 ORDER BY at, id LIMIT 1";
pub(crate) const PENDING_SERVICE: &str = "SELECT service_id FROM events
    WHERE state = 'pending' AND certainty = 'certain' AND customer_id = $1 AND category = $2
      AND service_id IS NOT NULL GROUP BY service_id ORDER BY COUNT(*) DESC, service_id LIMIT 1";
pub(crate) const TAKE_PENDING: &str = "UPDATE events SET case_id = $3, state = 'on_case'
    WHERE state = 'pending' AND certainty = 'certain' AND customer_id = $1 AND category = $2
    RETURNING at, received_at";
pub(crate) const STRIKES: &str = "SELECT COUNT(*) FROM cases WHERE customer_id = $1 AND opened_at >= $2
    AND (outcome IS NULL OR outcome NOT IN ('false_positive', 'not_ours', 'victim', 'duplicate', 'wrong_customer'))";
pub(crate) const REPEATS: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM cases c WHERE c.customer_id = $1 AND c.category = $2 AND c.state = 'closed' AND c.closed_at >= $3
      AND c.outcome NOT IN ('false_positive', 'not_ours', 'duplicate', 'wrong_customer') ORDER BY c.closed_at DESC LIMIT 1"
);
pub(crate) const HOLDS: &str = "SELECT q.state FROM quarantine_causes x JOIN quarantines q ON q.id = x.quarantine_id
    WHERE x.case_id = $1 AND x.gone_at IS NULL
      AND q.state IN ('awaiting_approval', 'scheduled', 'applying', 'in_force', 'failed', 'lifting')";
// Changes nothing: the same on both engines, and it does not keep foreign keys waiting as FOR UPDATE would.
pub(crate) const HOLD: &str = "UPDATE cases SET unread = unread WHERE id = $1";
pub(crate) const SEEN: &str = "UPDATE cases SET unread = FALSE WHERE id = $1";
pub(crate) const SEARCH: &str = "SELECT number, name FROM customers WHERE id = $1";
pub(crate) const SERVICE_NUMBER: &str = "SELECT number FROM services WHERE id = $1";

pub(crate) const SIGHTINGS: &str = "SELECT CAST(COALESCE(SUM(count), 0) AS BIGINT) AS times,
    COUNT(DISTINCT reporter) AS reporters,
    CAST(COALESCE(SUM(CASE WHEN certainty = 'certain' THEN 1 ELSE 0 END), 0) AS BIGINT) AS certain
    FROM events WHERE case_id = $1";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[
    NUMBER,
    BY_ID,
    BY_NUMBER,
    JOINABLE,
    RETIRE,
    ADD,
    SAVE,
    REJOIN,
    ABSORB,
    PENDING,
    PENDING_CLASS,
    PENDING_SERVICE,
    TAKE_PENDING,
    STRIKES,
    REPEATS,
    HOLDS,
    HOLD,
    SEEN,
    SIGHTINGS,
    SEARCH,
    SERVICE_NUMBER,
];

pub(crate) use columns;

impl Load for CaseId {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self(get(row, "case_id")?))
    }
}

impl Load for Case {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            id: CaseId(get(row, "id")?),
            number: get(row, "number")?,
            customer: CustomerId(get(row, "customer_id")?),
            service: get::<Option<Uuid>>(row, "service_id")?.map(ServiceId),
            category: word(row, "category", Category::parse)?,
            class: word(row, "class", Class::parse)?,
            state: word(row, "state", CaseState::parse)?,
            outcome: word_opt(row, "outcome", Outcome::parse)?,
            claim: word_opt(row, "claim", Claim::parse)?,
            dispute: word(row, "dispute", DisputeState::parse)?,
            assignee: get::<Option<Uuid>>(row, "assignee_id")?.map(UserId),
            opened_at: time(row, "opened_at")?,
            first_event_at: time(row, "first_event_at")?,
            last_event_at: time(row, "last_event_at")?,
            events: get(row, "events")?,
            notified_at: time_opt(row, "notified_at")?,
            due_at: time_opt(row, "due_at")?,
            snoozed_until: time_opt(row, "snoozed_until")?,
            closed_at: time_opt(row, "closed_at")?,
            repeat_of: get::<Option<Uuid>>(row, "repeat_of")?.map(CaseId),
            strikes: get(row, "strikes")?,
            unread: get(row, "unread")?,
            version: get(row, "version")?,
        })
    }
}

impl Load for QuarantineState {
    fn load(row: &Row) -> Result<Self> {
        word(row, "state", Self::parse)
    }
}

/// Two instants of an event: when it happened, when it was stored.
struct Times(i64, i64);

impl Load for Times {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self(get(row, "at")?, get(row, "received_at")?))
    }
}

/// The case with this id.
pub(crate) async fn by_id(conn: &mut Raw, id: CaseId) -> Result<Option<Case>> {
    optional(conn, query(BY_ID).bind(id.0)).await
}

/// The case with this human number.
pub(crate) async fn by_number(conn: &mut Raw, number: &str) -> Result<Option<Case>> {
    optional(conn, query(BY_NUMBER).bind(number.to_owned())).await
}

/// The case that new evidence of the customer and category joins, if its last event is not older than `since`.
pub(crate) async fn joinable(
    conn: &mut Raw,
    customer: CustomerId,
    category: Category,
    since: DateTime<Utc>,
) -> Result<Option<Case>> {
    optional(conn, query(JOINABLE).bind(customer.0).bind(category.as_str()).bind(micros(since))).await
}

/// Adds a case under the next number of `year`; returns that number. A case of the same key whose last event is older
/// than `since` keeps what it has and is joined no more; one that is younger is a conflict.
pub(crate) async fn add(conn: &mut Raw, case: &NewCase, year: i32, since: DateTime<Utc>) -> Result<String> {
    let count: i64 = one(conn, query(NUMBER).bind(format!("case-{year}"))).await?;
    let number = domain::case::number(year, count);
    let search = search_text(conn, case, &number).await?;
    let key = query(RETIRE).bind(case.customer.0).bind(case.category.as_str()).bind(micros(since));
    run(conn, key).await?;
    let bound = query(ADD)
        .bind(case.id.0)
        .bind(number.clone())
        .bind(case.customer.0)
        .bind(case.service.map(|id| id.0))
        .bind(case.category.as_str())
        .bind(case.class.as_str())
        .bind(case.assignee.map(|id| id.0))
        .bind(micros(case.opened_at))
        .bind(micros(case.first_event_at))
        .bind(micros(case.last_event_at))
        .bind(micros(case.first_stored_at))
        .bind(micros_opt(case.due_at))
        .bind(case.repeat_of.map(|id| id.0))
        .bind(case.strikes)
        .bind(search.clone());
    run(conn, bound).await?;
    super::search::add(conn, super::search::CASE, case.id.0, &search).await?;
    Ok(number)
}

/// What the queue's search box finds a case by, in lower case.
async fn search_text(conn: &mut Raw, case: &NewCase, number: &str) -> Result<String> {
    let customer = query(SEARCH).bind(case.customer.0).fetch_optional(&mut *conn).await?;
    let mut words = vec![number.to_owned()];
    if let Some(row) = customer {
        words.push(row.try_get("number")?);
        words.push(row.try_get("name")?);
    }
    if let Some(service) = case.service {
        words.extend(optional::<String>(conn, query(SERVICE_NUMBER).bind(service.0)).await?);
    }
    Ok(words.join(" ").to_lowercase())
}

/// Keeps a changed case; stale when its version is no longer the stored one.
pub(crate) async fn save(conn: &mut Raw, case: &Case) -> Result<()> {
    let bound = query(SAVE)
        .bind(case.id.0)
        .bind(case.version)
        .bind(case.state.as_str())
        .bind(case.outcome.map(Outcome::as_str))
        .bind(case.claim.map(Claim::as_str))
        .bind(case.dispute.as_str())
        .bind(case.assignee.map(|id| id.0))
        .bind(micros_opt(case.notified_at))
        .bind(micros_opt(case.due_at))
        .bind(micros_opt(case.snoozed_until))
        .bind(micros_opt(case.closed_at))
        .bind(case.unread)
        .bind(case.service.map(|id| id.0));
    run_one(conn, bound).await
}

/// Lets a reopened case be joined again, unless another one of the same key took its place.
pub(crate) async fn rejoin(conn: &mut Raw, id: CaseId) -> Result<()> {
    run(conn, query(REJOIN).bind(id.0)).await.map(drop)
}

/// Moves pending certain events onto the case, which goes from `from` to `to`; how many there were. Stale when the case
/// is no longer in `from`.
pub(crate) async fn add_events(
    conn: &mut Raw,
    id: CaseId,
    from: CaseState,
    to: CaseState,
    events: &[EventId],
) -> Result<i64> {
    let mut times: Vec<Times> = Vec::with_capacity(events.len());
    for chunk in events.chunks(domain::limit::EVENTS_PER_TRANSACTION) {
        let mut sql = QueryBuilder::<Db>::new("UPDATE events SET case_id = ");
        sql.push_bind(id.0).push(", state = 'on_case' WHERE state = 'pending' AND certainty = 'certain' AND id IN (");
        let mut list = sql.separated(", ");
        for event in chunk {
            list.push_bind(event.0);
        }
        sql.push(") RETURNING at, received_at");
        for row in sql.build().fetch_all(&mut *conn).await? {
            times.push(Times::load(&row)?);
        }
    }
    absorb(conn, id, from, to, &times).await
}

/// Moves all pending certain events of the key onto the case; how many there were. Stale when the case is no longer in
/// `from`.
pub(crate) async fn take_pending(conn: &mut Raw, case: &Case, to: CaseState) -> Result<i64> {
    let bound = query(TAKE_PENDING).bind(case.customer.0).bind(case.category.as_str()).bind(case.id.0);
    let times: Vec<Times> = all(conn, bound).await?;
    absorb(conn, case.id, case.state, to, &times).await
}

async fn absorb(conn: &mut Raw, id: CaseId, from: CaseState, to: CaseState, times: &[Times]) -> Result<i64> {
    let count = i64::try_from(times.len()).unwrap_or(i64::MAX);
    let (Some(first), Some(last), Some(stored)) = (
        times.iter().map(|time| time.0).min(),
        times.iter().map(|time| time.0).max(),
        times.iter().map(|time| time.1).min(),
    ) else {
        return Ok(0);
    };
    let bound =
        query(ABSORB).bind(id.0).bind(from.as_str()).bind(to.as_str()).bind(count).bind(first).bind(last).bind(stored);
    run_one(conn, bound).await?;
    Ok(count)
}

/// What waits for a decision under one key; none when nothing does.
pub(crate) async fn pending(conn: &mut Raw, customer: CustomerId, category: Category) -> Result<Option<Pending>> {
    let key = |sql| query(sql).bind(customer.0).bind(category.as_str());
    let row = key(PENDING).fetch_one(&mut *conn).await?;
    let events: i64 = get(&row, "events")?;
    if events == 0 {
        return Ok(None);
    }
    // Between the two statements another replica may have taken them all.
    let Some(class) = optional::<String>(conn, key(PENDING_CLASS)).await? else { return Ok(None) };
    let service = key(PENDING_SERVICE).fetch_optional(&mut *conn).await?;
    Ok(Some(Pending {
        events,
        first_at: time(&row, "first_at")?,
        last_at: time(&row, "last_at")?,
        stored_at: time(&row, "stored_at")?,
        class: Class::parse(&class).unwrap_or(Class::Unclassified),
        service: service.map(|row| row.try_get(0)).transpose()?.map(ServiceId),
    }))
}

/// Earlier cases of the customer since `since` that count against him.
pub(crate) async fn strikes(conn: &mut Raw, customer: CustomerId, since: DateTime<Utc>) -> Result<i64> {
    one(conn, query(STRIKES).bind(customer.0).bind(micros(since))).await
}

/// The case of the key closed last since `since`, unless it was a mistake.
pub(crate) async fn repeats(
    conn: &mut Raw,
    customer: CustomerId,
    category: Category,
    since: DateTime<Utc>,
) -> Result<Option<Case>> {
    optional(conn, query(REPEATS).bind(customer.0).bind(category.as_str()).bind(micros(since))).await
}

/// States of the quarantines that the case holds and that are not over.
pub(crate) async fn holds(conn: &mut Raw, id: CaseId) -> Result<Vec<QuarantineState>> {
    all(conn, query(HOLDS).bind(id.0)).await
}

/// Makes every other transaction that holds this case wait until ours has ended.
pub(crate) async fn hold(conn: &mut Raw, id: CaseId) -> Result<()> {
    run_one(conn, query(HOLD).bind(id.0)).await
}

/// The customer's words were looked at.
pub(crate) async fn seen(conn: &mut Raw, id: CaseId) -> Result<()> {
    run(conn, query(SEEN).bind(id.0)).await.map(drop)
}

/// What the case's events add up to.
pub(crate) async fn sightings(conn: &mut Raw, id: CaseId) -> Result<Sightings> {
    let row = query(SIGHTINGS).bind(id.0).fetch_one(conn).await?;
    Ok(Sightings { times: get(&row, "times")?, reporters: get(&row, "reporters")?, certain: get(&row, "certain")? })
}
