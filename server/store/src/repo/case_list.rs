//! The queue of cases: filtered, ordered, a page at a time, and how many wait in each view.
use super::{
    Db, Raw, Result, Row,
    case::columns,
    load::{Load, get, micros, one, query},
    search,
};
use chrono::{DateTime, Utc};
use domain::{
    case::{Case, CaseCounts, CaseFilter, CaseOrder, CaseRow, CaseState},
    id::UserId,
    limit::PAGE_ROWS,
    page::{PageOf, Rows},
};
use sqlx::QueryBuilder;

// Names are joined to the page's rows only: joining before paging would read every customer.
const HEAD: &str = concat!(
    "SELECT ",
    columns!(),
    ", k.name AS customer_name, COALESCE(s.number, '') AS service_number, COALESCE(u.name, '') AS assignee_name
    FROM (SELECT c.* FROM cases c WHERE TRUE"
);
const TAIL: &str = ") c JOIN customers k ON k.id = c.customer_id LEFT JOIN services s ON s.id = c.service_id
    LEFT JOIN users u ON u.id = c.assignee_id";
// In the words of the indexes of the cases that are worked on.
const ACTIVE: &str = " AND c.state <> 'closed'";

pub(crate) const COUNTS: &str = "SELECT
    CAST(COALESCE(SUM(CASE WHEN hidden = 0 THEN 1 ELSE 0 END), 0) AS BIGINT) AS active,
    CAST(COALESCE(SUM(CASE WHEN hidden = 0 AND assignee_id = $2 THEN 1 ELSE 0 END), 0) AS BIGINT) AS mine,
    CAST(COALESCE(SUM(CASE WHEN hidden = 0 AND assignee_id IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT) AS unassigned,
    CAST(COALESCE(SUM(CASE WHEN hidden = 0 AND unread = TRUE THEN 1 ELSE 0 END), 0) AS BIGINT) AS unread,
    CAST(COALESCE(SUM(CASE WHEN hidden = 0 AND due_at < $1 THEN 1 ELSE 0 END), 0) AS BIGINT) AS overdue,
    CAST(COALESCE(SUM(CASE WHEN hidden = 0 AND dispute = 'open' THEN 1 ELSE 0 END), 0) AS BIGINT) AS disputed,
    CAST(COALESCE(SUM(hidden), 0) AS BIGINT) AS snoozed
    FROM (SELECT assignee_id, unread, due_at, dispute,
            CASE WHEN snoozed_until > $1 THEN 1 ELSE 0 END AS hidden FROM cases
        WHERE state <> 'closed') c";
pub(crate) const NEW_SINCE: &str = "SELECT COUNT(*) FROM cases WHERE opened_at > $1";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[COUNTS, NEW_SINCE];

impl Load for CaseRow {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            case: Case::load(row)?,
            customer_name: get(row, "customer_name")?,
            service_number: get(row, "service_number")?,
            assignee_name: get(row, "assignee_name")?,
        })
    }
}

const fn order_sql(order: CaseOrder) -> &'static str {
    match order {
        CaseOrder::Due => " ORDER BY c.due_at IS NULL, c.due_at, c.opened_at, c.id",
        CaseOrder::DueLast => " ORDER BY c.due_at IS NULL, c.due_at DESC, c.opened_at DESC, c.id DESC",
        CaseOrder::Newest => " ORDER BY c.opened_at DESC, c.id DESC",
        CaseOrder::Oldest => " ORDER BY c.opened_at, c.id",
        CaseOrder::Events => " ORDER BY c.events DESC, c.id DESC",
        CaseOrder::Fewest => " ORDER BY c.events, c.id",
        CaseOrder::Quiet => " ORDER BY c.last_event_at, c.id",
        CaseOrder::Activity => " ORDER BY c.last_event_at DESC, c.id DESC",
    }
}

fn push_filter(sql: &mut QueryBuilder<Db>, filter: &CaseFilter, now: DateTime<Utc>) {
    match filter.state {
        // Most cases are closed: SQLite is kept from reading and sorting all of them.
        Some(CaseState::Closed) => drop(sql.push(" AND c.state || '' = 'closed'")),
        Some(state) => drop(sql.push(" AND c.state = ").push_bind(state.as_str())),
        None if filter.all => {}
        None => drop(sql.push(ACTIVE)),
    }
    if filter.snoozed {
        sql.push(" AND c.snoozed_until > ").push_bind(micros(now));
    } else if !filter.all {
        sql.push(" AND (c.snoozed_until IS NULL OR c.snoozed_until <= ").push_bind(micros(now)).push(")");
    }
    if let Some(category) = filter.category {
        sql.push(" AND c.category = ").push_bind(category.as_str());
    }
    if let Some(user) = filter.assignee {
        sql.push(" AND c.assignee_id = ").push_bind(user.0);
    }
    if filter.unassigned {
        sql.push(" AND c.assignee_id IS NULL");
    }
    if filter.unread {
        sql.push(" AND c.unread = TRUE");
    }
    if filter.overdue {
        sql.push(" AND (c.due_at IS NULL) = FALSE AND c.due_at < ").push_bind(micros(now));
    }
    if filter.disputed {
        sql.push(" AND c.dispute = 'open'");
    }
    if let Some(customer) = filter.customer {
        sql.push(" AND c.customer_id = ").push_bind(customer.0);
    }
    if let Some(from) = filter.opened_from {
        sql.push(" AND c.opened_at >= ").push_bind(micros(from));
    }
    if let Some(to) = filter.opened_to {
        sql.push(" AND c.opened_at < ").push_bind(micros(to));
    }
    if let Some(outcome) = filter.outcome {
        sql.push(" AND c.outcome = ").push_bind(outcome.as_str());
    }
    if let Some(from) = filter.closed_from {
        sql.push(" AND c.closed_at >= ").push_bind(micros(from));
    }
    if let Some(to) = filter.closed_to {
        sql.push(" AND c.closed_at < ").push_bind(micros(to));
    }
}

/// A page of the queue.
pub(crate) async fn list(
    conn: &mut Raw,
    filter: &CaseFilter,
    order: CaseOrder,
    page: PageOf,
    now: DateTime<Utc>,
) -> Result<Rows<CaseRow>> {
    let ask = search::ask(conn, search::CASE, &filter.text).await?;
    let mut sql = QueryBuilder::<Db>::new(HEAD);
    push_filter(&mut sql, filter, now);
    if let Some(ask) = ask {
        ask.push(&mut sql, "c.id");
    }
    sql.push(order_sql(order));
    sql.push(" LIMIT ").push_bind(PAGE_ROWS + 1).push(" OFFSET ").push_bind(page.offset());
    sql.push(TAIL).push(order_sql(order));
    let rows = sql.build().fetch_all(conn).await?;
    Ok(Rows::cut(rows.iter().map(CaseRow::load).collect::<Result<_>>()?))
}

/// How many cases wait in each view, as `user` sees it.
pub(crate) async fn counts(conn: &mut Raw, user: Option<UserId>, now: DateTime<Utc>) -> Result<CaseCounts> {
    let row = query(COUNTS).bind(micros(now)).bind(user.map(|id| id.0)).fetch_one(conn).await?;
    Ok(CaseCounts {
        active: get(&row, "active")?,
        mine: get(&row, "mine")?,
        unassigned: get(&row, "unassigned")?,
        unread: get(&row, "unread")?,
        overdue: get(&row, "overdue")?,
        disputed: get(&row, "disputed")?,
        snoozed: get(&row, "snoozed")?,
    })
}

/// Cases opened after `since`.
pub(crate) async fn new_since(conn: &mut Raw, since: DateTime<Utc>) -> Result<i64> {
    one(conn, query(NEW_SINCE).bind(micros(since))).await
}
