//! Certain answers that later leases speak against, and how each of these contradictions was settled.
use super::{
    Raw, Result, Row, bulk,
    load::{Load, all, get, json, micros, one, optional, query, run_one, time, time_opt, to_json, word},
};
use domain::{
    class::Category,
    contradiction::{Contradiction, ContradictionEnd, Settled},
    id::{CaseId, CustomerId, EventId, QuarantineId},
    limit::PAGE_ROWS,
    page::{PageOf, Rows},
};

macro_rules! columns {
    () => {
        "d.event_id, d.made_at, d.answer, d.settled_at, d.settled_by, d.settled_how, d.reason"
    };
}

pub(crate) const PUT: &str =
    "INSERT INTO event_doubts (event_id, made_at, answer, settled_at, settled_by, settled_how, reason)
    VALUES ($1, $2, $3, NULL, '', '', '')
    ON CONFLICT (event_id) DO UPDATE SET answer = excluded.answer, made_at = excluded.made_at, settled_at = NULL,
        settled_by = '', settled_how = '', reason = ''";
pub(crate) const OF_EVENT: &str = concat!("SELECT ", columns!(), " FROM event_doubts d WHERE d.event_id = $1");
pub(crate) const OPEN: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM event_doubts d WHERE d.settled_at IS NULL ORDER BY d.made_at DESC, d.event_id LIMIT $1 OFFSET $2"
);
pub(crate) const SETTLED: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM event_doubts d WHERE d.settled_at IS NOT NULL ORDER BY d.settled_at DESC, d.event_id LIMIT $1 OFFSET $2"
);
pub(crate) const OF_CASE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM event_doubts d JOIN events e ON e.id = d.event_id WHERE d.settled_at IS NULL AND e.case_id = $1
    ORDER BY d.made_at DESC, d.event_id LIMIT $2"
);
pub(crate) const OF_CUSTOMER: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM event_doubts d JOIN events e ON e.id = d.event_id WHERE d.settled_at IS NULL AND e.customer_id = $1
    ORDER BY d.made_at DESC, d.event_id LIMIT $2"
);
pub(crate) const COUNT: &str = "SELECT COUNT(*) AS n FROM event_doubts WHERE settled_at IS NULL";
pub(crate) const COUNT_OF_CASE: &str = "SELECT COUNT(*) AS n FROM event_doubts d JOIN events e ON e.id = d.event_id
    WHERE d.settled_at IS NULL AND e.case_id = $1";
const CASES: &str = "SELECT DISTINCT e.case_id FROM event_doubts d JOIN events e ON e.id = d.event_id
    WHERE d.settled_at IS NULL AND e.case_id IN (";
pub(crate) const COUNT_OF_GROUP: &str = "SELECT COUNT(*) AS n FROM event_doubts d JOIN events e ON e.id = d.event_id
    WHERE d.settled_at IS NULL AND e.customer_id = $1 AND e.category = $2 AND e.state = 'pending'";
pub(crate) const COUNT_OF_QUARANTINE: &str =
    "SELECT COUNT(*) AS n FROM event_doubts d JOIN events e ON e.id = d.event_id
        JOIN quarantine_causes k ON k.case_id = e.case_id
    WHERE d.settled_at IS NULL AND k.quarantine_id = $1 AND k.gone_at IS NULL";
pub(crate) const SETTLE: &str =
    "UPDATE event_doubts SET settled_at = $2, settled_by = $3, settled_how = $4, reason = $5
    WHERE event_id = $1 AND settled_at IS NULL";
pub(crate) const REOPEN: &str =
    "UPDATE event_doubts SET settled_at = NULL, settled_by = '', settled_how = '', reason = ''
    WHERE event_id = $1 AND settled_at IS NOT NULL AND settled_how = 'kept'";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[
    PUT,
    OF_EVENT,
    OPEN,
    SETTLED,
    OF_CASE,
    OF_CUSTOMER,
    COUNT,
    COUNT_OF_CASE,
    COUNT_OF_GROUP,
    COUNT_OF_QUARANTINE,
    SETTLE,
    REOPEN,
];

impl Load for Contradiction {
    fn load(row: &Row) -> Result<Self> {
        let settled = match time_opt(row, "settled_at")? {
            None => None,
            Some(at) => Some(Settled {
                at,
                by: get(row, "settled_by")?,
                how: word(row, "settled_how", ContradictionEnd::parse)?,
                reason: get(row, "reason")?,
            }),
        };
        let event = EventId(get(row, "event_id")?);
        Ok(Self { event, made_at: time(row, "made_at")?, answer: json(row, "answer")?, settled })
    }
}

/// Keeps an open contradiction, in the place of an older one about the same event.
pub(crate) async fn put(conn: &mut Raw, row: &Contradiction) -> Result<()> {
    run_one(conn, query(PUT).bind(row.event.0).bind(micros(row.made_at)).bind(to_json(&row.answer))).await
}

/// The contradiction of one event's answer, open or settled.
pub(crate) async fn of_event(conn: &mut Raw, event: EventId) -> Result<Option<Contradiction>> {
    optional(conn, query(OF_EVENT).bind(event.0)).await
}

/// A page of them, the latest first.
pub(crate) async fn list(conn: &mut Raw, settled: bool, page: PageOf) -> Result<Rows<Contradiction>> {
    let sql = if settled { SETTLED } else { OPEN };
    Ok(Rows::cut(all(conn, query(sql).bind(PAGE_ROWS + 1).bind(page.offset())).await?))
}

/// The open ones about events of a case, the latest first.
pub(crate) async fn of_case(conn: &mut Raw, case: CaseId, most: i64) -> Result<Vec<Contradiction>> {
    all(conn, query(OF_CASE).bind(case.0).bind(most)).await
}

/// The open ones about events of a customer, the latest first.
pub(crate) async fn of_customer(conn: &mut Raw, customer: CustomerId, most: i64) -> Result<Vec<Contradiction>> {
    all(conn, query(OF_CUSTOMER).bind(customer.0).bind(most)).await
}

/// How many are open.
pub(crate) async fn count(conn: &mut Raw) -> Result<i64> {
    one(conn, query(COUNT)).await
}

/// How many are open about events of a case.
pub(crate) async fn count_of_case(conn: &mut Raw, case: CaseId) -> Result<i64> {
    one(conn, query(COUNT_OF_CASE).bind(case.0)).await
}

/// Those of the given cases that have an open one.
pub(crate) async fn cases(conn: &mut Raw, of: &[CaseId]) -> Result<Vec<CaseId>> {
    bulk::of_keys(conn, (CASES, ")"), of, true, |list, case| {
        list.push_bind(case.0);
    })
    .await
}

/// How many are open about what waits of a customer in a category.
pub(crate) async fn count_of_group(conn: &mut Raw, customer: CustomerId, category: Category) -> Result<i64> {
    one(conn, query(COUNT_OF_GROUP).bind(customer.0).bind(category.as_str())).await
}

/// How many are open about events of the cases that hold a quarantine.
pub(crate) async fn count_of_quarantine(conn: &mut Raw, quarantine: QuarantineId) -> Result<i64> {
    one(conn, query(COUNT_OF_QUARANTINE).bind(quarantine.0)).await
}

/// Settles an open one; stale when it is settled already.
pub(crate) async fn settle(conn: &mut Raw, event: EventId, settled: &Settled) -> Result<()> {
    let bound = query(SETTLE).bind(event.0).bind(micros(settled.at)).bind(settled.by.clone());
    run_one(conn, bound.bind(settled.how.as_str()).bind(settled.reason.clone())).await
}

/// Opens one again that a person had settled by keeping the answer; stale when that is not so any more.
pub(crate) async fn reopen(conn: &mut Raw, event: EventId) -> Result<()> {
    run_one(conn, query(REOPEN).bind(event.0)).await
}
