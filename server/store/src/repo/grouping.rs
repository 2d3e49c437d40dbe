//! Which case new evidence joins, and which waiting evidence is set aside.
use super::{
    Raw, Result, Row, bulk, case,
    load::{Load, all, get, micros, query, run, run_one, time, word},
};
use crate::types::Joinable;
use chrono::{DateTime, Utc};
use domain::{
    case::CaseState,
    class::Category,
    id::{CaseId, CustomerId, ReportId},
};

const JOINABLES_HEAD: &str = "SELECT id, number, customer_id, category, state, first_event_at, last_event_at
    FROM cases WHERE joinable = TRUE AND customer_id IN (";
pub(crate) const DISMISS_GROUP: &str = "UPDATE events SET state = 'dismissed'
    WHERE state = 'pending' AND certainty = 'certain' AND customer_id = $1 AND category = $2";
pub(crate) const DISMISS_SOURCE: &str = "UPDATE events SET state = 'dismissed'
    WHERE state = 'pending' AND certainty <> 'certain' AND source = $1 AND category = $2
      AND certainty IN ('ambiguous', 'unknown')";

// Before it is set aside: whose reporters are to be told what came of their reports.
pub(crate) const ENDS_GROUP: &str =
    "SELECT DISTINCT e.report_id AS id FROM events e JOIN reporters r ON r.name = e.reporter
    WHERE e.state = 'pending' AND e.certainty = 'certain' AND e.customer_id = $1 AND e.category = $2
      AND r.feedback = 'receipt_and_outcome' LIMIT 1000";
pub(crate) const ENDS_SOURCE: &str =
    "SELECT DISTINCT e.report_id AS id FROM events e JOIN reporters r ON r.name = e.reporter
    WHERE e.state = 'pending' AND e.certainty <> 'certain' AND e.source = $1 AND e.category = $2
      AND e.certainty IN ('ambiguous', 'unknown') AND r.feedback = 'receipt_and_outcome' LIMIT 1000";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[DISMISS_GROUP, DISMISS_SOURCE, ENDS_GROUP, ENDS_SOURCE];

impl Load for Joinable {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            id: CaseId(get(row, "id")?),
            number: get(row, "number")?,
            customer: CustomerId(get(row, "customer_id")?),
            category: word(row, "category", Category::parse)?,
            state: word(row, "state", CaseState::parse)?,
            first_event_at: time(row, "first_event_at")?,
            last_event_at: time(row, "last_event_at")?,
        })
    }
}

/// The cases that new evidence of any of the customers may join, at most one per customer and category.
pub(crate) async fn joinables(conn: &mut Raw, customers: &[CustomerId]) -> Result<Vec<Joinable>> {
    bulk::of_keys(conn, (JOINABLES_HEAD, ")"), customers, true, |list, customer| {
        list.push_bind(customer.0);
    })
    .await
}

/// Counts `events` events that were stored on the case between the instants; it goes from the state it was seen in to
/// `to`. Stale when it changed meanwhile.
pub(crate) async fn grow(
    conn: &mut Raw,
    seen: &Joinable,
    to: CaseState,
    events: i64,
    span: (DateTime<Utc>, DateTime<Utc>),
    stored_at: DateTime<Utc>,
) -> Result<()> {
    let bound = query(case::ABSORB)
        .bind(seen.id.0)
        .bind(seen.state.as_str())
        .bind(to.as_str())
        .bind(events)
        .bind(micros(span.0))
        .bind(micros(span.1))
        .bind(micros(stored_at));
    run_one(conn, bound).await
}

/// Sets waiting events of a customer and category aside; how many there were.
pub(crate) async fn dismiss_group(conn: &mut Raw, customer: CustomerId, category: Category) -> Result<u64> {
    run(conn, query(DISMISS_GROUP).bind(customer.0).bind(category.as_str())).await
}

/// Sets waiting events of a source nobody is known for, and category, aside; how many there were.
pub(crate) async fn dismiss_source(conn: &mut Raw, source: &str, category: Category) -> Result<u64> {
    run(conn, query(DISMISS_SOURCE).bind(source.to_owned()).bind(category.as_str())).await
}

/// Reports with waiting events of a customer and category whose reporters are to be told the outcome, at most 1000.
pub(crate) async fn ends_group(conn: &mut Raw, customer: CustomerId, category: Category) -> Result<Vec<ReportId>> {
    all(conn, query(ENDS_GROUP).bind(customer.0).bind(category.as_str())).await
}

/// The same of a source nobody is known for.
pub(crate) async fn ends_source(conn: &mut Raw, source: &str, category: Category) -> Result<Vec<ReportId>> {
    all(conn, query(ENDS_SOURCE).bind(source.to_owned()).bind(category.as_str())).await
}
