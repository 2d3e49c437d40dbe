//! The inbox: waiting events by customer and category, by source where nobody is known, and by case.
use super::{
    Raw, Result, Row, bulk,
    load::{Load, all, get, micros, one, query, time, word},
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    attribution::{Answer, Certainty},
    class::{Category, Class},
    evidence::{InboxCounts, InboxFilter, InboxOrder, InboxRow, InboxTab, SPARK_DAYS},
    id::{CaseId, CustomerId, EventId},
    limit::{PAGE_ROWS, REPEAT_WINDOW},
    page::{PageOf, Rows},
    search::{after, asked},
};
use sqlx::QueryBuilder;
use std::collections::HashMap;
use uuid::Uuid;

/// What the groups of every tab are ordered by.
macro_rules! order {
    ($n:literal, $events:literal, $last:literal, $received:literal) => {
        concat!(
            " ORDER BY CASE ",
            $n,
            " WHEN '-events' THEN -",
            $events,
            " WHEN 'events' THEN ",
            $events,
            " WHEN 'last' THEN ",
            $last,
            " WHEN '-last' THEN -",
            $last,
            " ELSE -",
            $received,
            " END"
        )
    };
}

/// The newest event of a group with the names around it; `$since` bounds the strikes.
macro_rules! around {
    ($group:expr, $newest:literal, $strikes:literal, $order:expr) => {
        concat!(
            "SELECT g.events, g.last_at, g.received_at, g.reporters, g.case_id, g.case_number, n.id AS event_id,
                n.customer_id, n.category, n.class, n.source, n.port, n.reporter, n.certainty,
                COALESCE(c.name, '') AS customer_name, COALESCE(s.number, '') AS service_number,
                COALESCE(s.product, '') AS product, ", $strikes, " AS strikes,
                (SELECT a.answer FROM attributions a WHERE a.event_id = n.id ORDER BY a.made_at DESC, a.id DESC LIMIT 1)
                    AS answer
            FROM (", $group, ") g JOIN events n ON n.id = (SELECT x.id FROM events x WHERE ", $newest,
            " ORDER BY x.at DESC LIMIT 1)
            LEFT JOIN customers c ON c.id = n.customer_id LEFT JOIN services s ON s.id = n.service_id",
            $order
        )
    };
}

/// Rows of customers: `$which` are the groups of the page, `$page` cuts the page where `$which` did not.
macro_rules! decide {
    ($which:expr, $page:expr) => {
        around!(
            concat!(
                "SELECT e.customer_id, e.category, COUNT(*) AS events, MAX(e.at) AS last_at,
                    MAX(e.received_at) AS received_at, COUNT(DISTINCT e.reporter) AS reporters,
                    NULL AS case_id, NULL AS case_number
                FROM ",
                $which,
                " GROUP BY e.customer_id, e.category",
                $page
            ),
            "x.state = 'pending' AND x.certainty = 'certain' AND x.customer_id = g.customer_id
                AND x.category = g.category",
            "(SELECT COUNT(*) FROM cases k WHERE k.customer_id = g.customer_id AND k.opened_at >= $7
                AND (k.outcome IS NULL OR k.outcome NOT IN ('false_positive', 'not_ours', 'victim', 'duplicate',
                        'wrong_customer')))",
            concat!(order!("$4", "g.events", "g.last_at", "g.received_at"), ", n.customer_id, n.category")
        )
    };
}

// The page's groups come from the small table, what is said about them from their events.
pub(crate) const DECIDE: &str = decide!(
    concat!(
        "(SELECT w.customer_id, w.category FROM waiting_customers w
            WHERE ($1 = '' OR w.category = $1) AND $2 = $2 AND $3 = $3",
        order!("$4", "w.events", "w.last_at", "w.received_at"),
        ", w.customer_id, w.category LIMIT $5 OFFSET $6) w JOIN events e ON e.customer_id = w.customer_id
            AND e.category = w.category AND e.state = 'pending' AND e.certainty = 'certain'"
    ),
    ""
);
// Only the events know their reporters and sources.
pub(crate) const DECIDE_TEXT: &str = decide!(
    "events e WHERE e.state = 'pending' AND e.certainty = 'certain'
        AND ($1 = '' OR e.category = $1) AND ($2 = '' OR e.reporter = $2)
        AND ($3 = '' OR e.source LIKE '%' || $3 || '%' ESCAPE '\\' OR e.customer_id IN
            (SELECT w.noun_id FROM search_words w WHERE w.noun = 'customer' AND w.word >= $8 AND w.word < $9
                AND EXISTS (SELECT 1 FROM search_words v WHERE v.noun_id = w.noun_id
                    AND v.word >= $10 AND v.word < $11)))",
    concat!(
        order!("$4", "COUNT(*)", "MAX(e.at)", "MAX(e.received_at)"),
        ", e.customer_id, e.category LIMIT $5 OFFSET $6"
    )
);

/// Rows of sources; see [`decide`].
macro_rules! unsure {
    ($which:expr, $page:expr) => {
        around!(
            concat!(
                "SELECT e.source, e.category, COUNT(*) AS events, MAX(e.at) AS last_at,
                    MAX(e.received_at) AS received_at, COUNT(DISTINCT e.reporter) AS reporters,
                    NULL AS case_id, NULL AS case_number
                FROM ",
                $which,
                " GROUP BY e.source, e.category",
                $page
            ),
            "x.state = 'pending' AND x.certainty <> 'certain' AND x.certainty = $7 AND x.source = g.source
                AND x.category = g.category",
            "CAST(0 AS BIGINT)",
            concat!(order!("$4", "g.events", "g.last_at", "g.received_at"), ", g.source, g.category")
        )
    };
}

pub(crate) const UNSURE: &str = unsure!(
    concat!(
        "(SELECT w.source, w.category FROM waiting_sources w WHERE w.certainty = $7
            AND ($1 = '' OR w.category = $1) AND $2 = $2 AND ($3 = '' OR w.source LIKE '%' || $3 || '%' ESCAPE '\\')",
        order!("$4", "w.events", "w.last_at", "w.received_at"),
        ", w.source, w.category LIMIT $5 OFFSET $6) w JOIN events e ON e.source = w.source
            AND e.category = w.category AND e.state = 'pending' AND e.certainty <> 'certain' AND e.certainty = $7"
    ),
    ""
);
pub(crate) const UNSURE_REPORTER: &str = unsure!(
    "events e WHERE e.state = 'pending' AND e.certainty <> 'certain' AND e.certainty = $7
        AND ($1 = '' OR e.category = $1) AND ($2 = '' OR e.reporter = $2)
        AND ($3 = '' OR e.source LIKE '%' || $3 || '%' ESCAPE '\\')",
    concat!(order!("$4", "COUNT(*)", "MAX(e.at)", "MAX(e.received_at)"), ", e.source, e.category LIMIT $5 OFFSET $6")
);

/// Rows of cases in one order: each has its index. The sign before `events` keeps SQLite from another one.
macro_rules! on_case {
    ($order:literal, $shown:literal) => {
        around!(
            concat!(
                "SELECT k.id AS case_id, k.number AS case_number, k.customer_id, k.category, k.events,
                    k.last_event_at AS last_at, k.last_event_at AS received_at, CAST(1 AS BIGINT) AS reporters, k.strikes
                FROM cases k WHERE k.state <> 'closed' AND +k.events > 0 AND ($1 = '' OR k.category = $1)
                    AND ($2 = '' OR EXISTS (SELECT 1 FROM events r WHERE r.case_id = k.id AND r.reporter = $2))
                    AND ($3 = '' OR k.search LIKE '%' || $3 || '%' ESCAPE '\\') AND $4 = $4 ORDER BY ",
                $order,
                " LIMIT $5 OFFSET $6"
            ),
            "x.case_id = g.case_id",
            "g.strikes",
            concat!(" ORDER BY ", $shown)
        )
    };
}

pub(crate) const ON_CASE_MOST: &str = on_case!("k.events DESC, k.id DESC", "g.events DESC, g.case_id DESC");
pub(crate) const ON_CASE_FEWEST: &str = on_case!("k.events, k.id", "g.events, g.case_id");
pub(crate) const ON_CASE_LATEST: &str = on_case!("k.last_event_at DESC, k.id DESC", "g.last_at DESC, g.case_id DESC");
pub(crate) const ON_CASE_OLDEST: &str = on_case!("k.last_event_at, k.id", "g.last_at, g.case_id");
pub(crate) const COUNT_DECIDE: &str = "SELECT COUNT(*) AS n FROM waiting_customers";
pub(crate) const COUNT_UNSURE: &str = "SELECT COUNT(*) AS n FROM waiting_sources WHERE certainty = $1";
pub(crate) const COUNT_ON_CASE: &str = "SELECT COUNT(*) AS n FROM cases WHERE state <> 'closed' AND events > 0";
// The sign before `at` keeps the engines from the index of all events of a customer.
const DAYS_OF_CUSTOMERS: &str = "SELECT customer_id AS owner, category, at / 86400000000 AS day, COUNT(*) AS events
    FROM events WHERE state = 'pending' AND certainty = 'certain' AND +at >= ";
const DAYS_OF_CASES: &str = "SELECT case_id AS owner, category, at / 86400000000 AS day, COUNT(*) AS events
    FROM events WHERE at >= ";
const DAYS_OF_SOURCES: &str = "SELECT source AS owner, category, at / 86400000000 AS day, COUNT(*) AS events
    FROM events WHERE state = 'pending' AND certainty IN ('ambiguous', 'unknown') AND certainty <> 'certain' AND +at >= ";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[
    DECIDE,
    DECIDE_TEXT,
    UNSURE,
    UNSURE_REPORTER,
    ON_CASE_MOST,
    ON_CASE_FEWEST,
    ON_CASE_LATEST,
    ON_CASE_OLDEST,
    COUNT_DECIDE,
    COUNT_UNSURE,
    COUNT_ON_CASE,
];

impl Load for InboxRow {
    fn load(row: &Row) -> Result<Self> {
        let service = (get::<String>(row, "product")?, get::<String>(row, "service_number")?);
        let port: Option<i64> = get(row, "port")?;
        let source: String = get(row, "source")?;
        let answer: Option<String> = get(row, "answer")?;
        let answer = answer.and_then(|text| serde_json::from_str::<Answer>(&text).ok());
        let case: Option<Uuid> = get(row, "case_id")?;
        let number: Option<String> = get(row, "case_number")?;
        Ok(Self {
            customer: get::<Option<Uuid>>(row, "customer_id")?.map(CustomerId),
            customer_name: get(row, "customer_name")?,
            service: [service.0, service.1].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
            category: word(row, "category", Category::parse)?,
            class: word(row, "class", Class::parse)?,
            source,
            port: port.and_then(|port| u16::try_from(port).ok()),
            certainty: word(row, "certainty", Certainty::parse)?,
            candidates: answer.as_ref().map_or(0, |answer| i64::try_from(answer.candidates.len()).unwrap_or(0)),
            why: answer.map(|answer| answer.why).unwrap_or_default(),
            events: get(row, "events")?,
            last_at: time(row, "last_at")?,
            received_at: time(row, "received_at")?,
            days: vec![0; SPARK_DAYS],
            reporter: get(row, "reporter")?,
            reporters: get(row, "reporters")?,
            strikes: get(row, "strikes")?,
            event: EventId(get(row, "event_id")?),
            case: case.map(CaseId).zip(number),
        })
    }
}

/// How many events a group had on a day.
struct OnDay<K> {
    owner: K,
    category: String,
    day: i64,
    events: i64,
}

impl Load for OnDay<Uuid> {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            owner: get(row, "owner")?,
            category: get(row, "category")?,
            day: get(row, "day")?,
            events: get(row, "events")?,
        })
    }
}

impl Load for OnDay<String> {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            owner: get(row, "owner")?,
            category: get(row, "category")?,
            day: get(row, "day")?,
            events: get(row, "events")?,
        })
    }
}

/// Numbers on the inbox's tabs: groups, not events.
pub(crate) async fn counts(conn: &mut Raw) -> Result<InboxCounts> {
    Ok(InboxCounts {
        decide: one(conn, query(COUNT_DECIDE)).await?,
        on_case: one(conn, query(COUNT_ON_CASE)).await?,
        ambiguous: one(conn, query(COUNT_UNSURE).bind(Certainty::Ambiguous.as_str())).await?,
        unknown: one(conn, query(COUNT_UNSURE).bind(Certainty::Unknown.as_str())).await?,
        doubted: super::contradiction::count(conn).await?,
        parked: super::report::count(conn, domain::report::ReportState::Parked).await?,
    })
}

/// A page of the inbox.
pub(crate) async fn list(
    conn: &mut Raw,
    filter: &InboxFilter,
    now: DateTime<Utc>,
    page: PageOf,
) -> Result<Rows<InboxRow>> {
    let bound = query(list_sql(filter))
        .bind(filter.category.map_or("", Category::as_str))
        .bind(filter.reporter.trim().to_owned())
        .bind(bulk::like(&filter.text))
        .bind(filter.order.as_str())
        .bind(PAGE_ROWS + 1)
        .bind(page.offset());
    let bound = match filter.tab {
        InboxTab::Decide if list_sql(filter) == DECIDE_TEXT => {
            // Customers by the first two words; a text without any has none.
            let words = asked(&filter.text);
            let first = words.first().cloned().unwrap_or_else(|| after(""));
            let second = words.get(1).cloned().unwrap_or_else(|| first.clone());
            let since = micros(now - REPEAT_WINDOW);
            bound.bind(since).bind(first.clone()).bind(after(&first)).bind(second.clone()).bind(after(&second))
        }
        InboxTab::Decide => bound.bind(micros(now - REPEAT_WINDOW)),
        InboxTab::Ambiguous => bound.bind(Certainty::Ambiguous.as_str()),
        InboxTab::Unknown => bound.bind(Certainty::Unknown.as_str()),
        InboxTab::OnCase => bound,
    };
    let mut rows = Rows::cut(all::<InboxRow>(conn, bound).await?);
    fill_days(conn, filter.tab, now, &mut rows.rows).await?;
    Ok(rows)
}

fn list_sql(filter: &InboxFilter) -> &'static str {
    let (reporter, text) = (!filter.reporter.trim().is_empty(), !filter.text.trim().is_empty());
    match (filter.tab, filter.order) {
        (InboxTab::Decide, _) if reporter || text => DECIDE_TEXT,
        (InboxTab::Decide, _) => DECIDE,
        (InboxTab::Ambiguous | InboxTab::Unknown, _) if reporter => UNSURE_REPORTER,
        (InboxTab::Ambiguous | InboxTab::Unknown, _) => UNSURE,
        (InboxTab::OnCase, InboxOrder::Most) => ON_CASE_MOST,
        (InboxTab::OnCase, InboxOrder::Fewest) => ON_CASE_FEWEST,
        (InboxTab::OnCase, InboxOrder::Received | InboxOrder::Latest) => ON_CASE_LATEST,
        (InboxTab::OnCase, InboxOrder::Oldest) => ON_CASE_OLDEST,
    }
}

async fn fill_days(conn: &mut Raw, tab: InboxTab, now: DateTime<Utc>, rows: &mut [InboxRow]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let span = i64::try_from(SPARK_DAYS).unwrap_or(10) - 1;
    let first_day = (now - TimeDelta::days(span)).timestamp().div_euclid(86_400);
    let since = first_day * 86_400_000_000;
    let mut days: HashMap<(String, String), Vec<(i64, i64)>> = HashMap::new();
    let mut keep = |owner: String, category: String, day: i64, events: i64| {
        days.entry((owner, category)).or_default().push((day - first_day, events));
    };
    match tab {
        InboxTab::Decide | InboxTab::OnCase => {
            let (head, column) = match tab {
                InboxTab::Decide => (DAYS_OF_CUSTOMERS, "customer_id"),
                _ => (DAYS_OF_CASES, "case_id"),
            };
            let owners: Vec<Uuid> = rows.iter().filter_map(owner_id).collect();
            let builder = days_of(head, column, since, &owners, |list, owner| {
                list.push_bind(*owner);
            });
            for found in bulk::fetch::<OnDay<Uuid>>(conn, builder, true).await? {
                keep(found.owner.to_string(), found.category, found.day, found.events);
            }
        }
        InboxTab::Ambiguous | InboxTab::Unknown => {
            let owners: Vec<String> = rows.iter().map(|row| row.source.clone()).collect();
            let builder = days_of(DAYS_OF_SOURCES, "source", since, &owners, |list, owner| {
                list.push_bind(owner.clone());
            });
            for found in bulk::fetch::<OnDay<String>>(conn, builder, true).await? {
                keep(found.owner, found.category, found.day, found.events);
            }
        }
    }
    for row in rows {
        let owner = owner_id(row).map_or_else(|| row.source.clone(), |id| id.to_string());
        for (day, events) in days.get(&(owner, row.category.as_str().to_owned())).into_iter().flatten() {
            if let Some(count) = usize::try_from(*day).ok().and_then(|day| row.days.get_mut(day)) {
                *count += events;
            }
        }
    }
    Ok(())
}

fn owner_id(row: &InboxRow) -> Option<Uuid> {
    row.case.as_ref().map(|(id, _)| id.0).or(row.customer.map(|id| id.0))
}

fn days_of<K: Clone>(
    head: &'static str,
    column: &'static str,
    since: i64,
    owners: &[K],
    bind: impl Fn(&mut sqlx::query_builder::Separated<'_, super::Db, &'static str>, &K),
) -> QueryBuilder<super::Db> {
    let mut builder = QueryBuilder::new(head);
    builder.push_bind(since).push(" AND ").push(column).push(" IN (");
    let mut list = builder.separated(", ");
    for owner in bulk::padded(owners) {
        bind(&mut list, &owner);
    }
    builder.push(") GROUP BY 1, 2, 3");
    builder
}
