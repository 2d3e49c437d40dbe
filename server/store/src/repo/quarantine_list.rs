//! Lists of quarantines with the names people know them by.
use super::{
    Raw, Result, Row, bulk,
    load::{Load, all, get, micros, one, optional, query},
    quarantine::columns,
};
use chrono::{DateTime, Utc};
use domain::{
    id::{CaseId, CustomerId, QuarantineId},
    limit::PAGE_ROWS,
    page::PageOf,
    quarantine::{Quarantine, QuarantineCounts, QuarantineRow, QuarantineTab},
    quarantine_view::ApprovalCounts,
};
use std::collections::HashMap;
use uuid::Uuid;

macro_rules! rows {
    ($tail:literal) => {
        rows!("quarantines", $tail)
    };
    // The page is cut before the names are looked up.
    ($page:literal, $tail:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            ", s.number AS service_number, s.product, s.protected, c.name AS customer_name,
             k.number AS clause_number, k.terms_version
             FROM ",
            $page,
            " q JOIN services s ON s.id = q.service_id JOIN customers c ON c.id = q.customer_id
             JOIN clauses k ON k.id = q.clause_id ",
            $tail
        )
    };
}

// In the words of the index `quarantines_held`, which is in this order.
pub(crate) const IN_FORCE: &str = rows!(
    "(SELECT * FROM quarantines WHERE state || '' IN ('applying', 'in_force', 'lifting')
        ORDER BY review_at, id LIMIT $1 OFFSET $2)",
    "ORDER BY q.review_at, q.id"
);
pub(crate) const WAITING: &str = rows!(
    "(SELECT * FROM quarantines WHERE state IN ('awaiting_approval', 'scheduled')
        ORDER BY ordered_at, id LIMIT $1 OFFSET $2)",
    "ORDER BY q.ordered_at, q.id"
);
pub(crate) const UNSIGNED: &str = rows!(
    "(SELECT * FROM quarantines WHERE state = 'awaiting_approval' ORDER BY ordered_at, id LIMIT $1)",
    "ORDER BY q.ordered_at, q.id"
);
pub(crate) const FAILED: &str = rows!(
    "(SELECT * FROM quarantines WHERE state = 'failed' OR (state IN ('applying', 'lifting') AND attempts > 0)
        ORDER BY ordered_at, id LIMIT $1 OFFSET $2)",
    "ORDER BY q.ordered_at, q.id"
);
pub(crate) const OVERDUE: &str = rows!(
    "(SELECT * FROM quarantines WHERE state = 'in_force' AND review_at < $3
        ORDER BY review_at, id LIMIT $1 OFFSET $2)",
    "ORDER BY q.review_at, q.id"
);
pub(crate) const REQUESTS: &str = rows!(
    "(SELECT * FROM quarantines WHERE id IN (SELECT r.quarantine_id FROM releases r WHERE r.state = 'waiting')
        ORDER BY id LIMIT $1 OFFSET $2)",
    "ORDER BY q.id"
);
// Identifiers rise with time: the newest first without a sort of all. Most are over: SQLite is kept from their index.
pub(crate) const ENDED: &str = rows!(
    "(SELECT * FROM quarantines WHERE state || '' IN ('lifted', 'cancelled', 'refused')
        ORDER BY id DESC LIMIT $1 OFFSET $2)",
    "ORDER BY q.id DESC"
);
pub(crate) const ONE: &str = rows!("WHERE q.id = $1");
pub(crate) const OF_CASE: &str = rows!(
    "WHERE q.id IN (SELECT x.quarantine_id FROM quarantine_causes x WHERE x.case_id = $1)
    ORDER BY q.id DESC LIMIT 50"
);
pub(crate) const OF_CUSTOMER: &str = rows!("WHERE q.customer_id = $1 ORDER BY q.id DESC LIMIT 50");
pub(crate) const COUNTS: &str = "SELECT
    (SELECT COUNT(*) FROM quarantines WHERE state IN ('applying', 'in_force', 'lifting')) AS in_force,
    (SELECT COUNT(*) FROM quarantines WHERE state IN ('awaiting_approval', 'scheduled')) AS waiting,
    (SELECT COUNT(*) FROM quarantines WHERE state = 'failed'
        OR (state IN ('applying', 'lifting') AND attempts > 0)) AS failed,
    (SELECT COUNT(*) FROM quarantines WHERE state = 'in_force' AND review_at < $1) AS overdue,
    (SELECT COUNT(DISTINCT quarantine_id) FROM releases WHERE state = 'waiting') AS requests";
pub(crate) const APPROVALS: &str = "SELECT
    (SELECT COUNT(*) FROM quarantines WHERE state = 'awaiting_approval') AS signatures,
    (SELECT COUNT(*) FROM releases WHERE state = 'waiting') AS requests,
    (SELECT COUNT(*) FROM disputes WHERE decided_at IS NULL) AS disputes";
const CASES: &str = "SELECT x.quarantine_id, x.case_id, k.number FROM quarantine_causes x
    JOIN quarantines q ON q.id = x.quarantine_id JOIN cases k ON k.id = x.case_id
    WHERE (x.gone_at IS NULL OR q.state IN ('lifted', 'cancelled', 'refused')) AND x.quarantine_id IN (";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] =
    &[IN_FORCE, WAITING, UNSIGNED, FAILED, OVERDUE, REQUESTS, ENDED, ONE, OF_CASE, OF_CUSTOMER, COUNTS, APPROVALS];

impl Load for QuarantineRow {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            quarantine: Quarantine::load(row)?,
            service_number: get(row, "service_number")?,
            product: get(row, "product")?,
            protected: get(row, "protected")?,
            customer_name: get(row, "customer_name")?,
            clause_number: get(row, "clause_number")?,
            terms_version: get(row, "terms_version")?,
            cases: Vec::new(),
        })
    }
}

impl Load for QuarantineCounts {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            in_force: get(row, "in_force")?,
            waiting: get(row, "waiting")?,
            failed: get(row, "failed")?,
            overdue: get(row, "overdue")?,
            requests: get(row, "requests")?,
        })
    }
}

impl Load for ApprovalCounts {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            signatures: get(row, "signatures")?,
            requests: get(row, "requests")?,
            disputes: get(row, "disputes")?,
        })
    }
}

struct CauseOf(Uuid, CaseId, String);

impl Load for CauseOf {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self(get(row, "quarantine_id")?, CaseId(get(row, "case_id")?), get(row, "number")?))
    }
}

/// Adds the cases that hold them (of ended ones: that held them).
async fn with_cases(conn: &mut Raw, mut rows: Vec<QuarantineRow>) -> Result<Vec<QuarantineRow>> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.quarantine.id.0).collect();
    let causes: Vec<CauseOf> = bulk::of_keys(conn, (CASES, ") ORDER BY k.number"), &ids, true, |list, id| {
        list.push_bind(id);
    })
    .await?;
    let mut cases: HashMap<Uuid, Vec<(CaseId, String)>> = HashMap::new();
    for CauseOf(quarantine, case, number) in causes {
        cases.entry(quarantine).or_default().push((case, number));
    }
    for row in &mut rows {
        row.cases = cases.remove(&row.quarantine.id.0).unwrap_or_default();
    }
    Ok(rows)
}

/// A page of one view: at most one row more than a page holds.
pub(crate) async fn list(
    conn: &mut Raw,
    tab: QuarantineTab,
    page: PageOf,
    now: DateTime<Utc>,
) -> Result<Vec<QuarantineRow>> {
    let sql = match tab {
        QuarantineTab::InForce => IN_FORCE,
        QuarantineTab::Waiting => WAITING,
        QuarantineTab::Failed => FAILED,
        QuarantineTab::Overdue => OVERDUE,
        QuarantineTab::Requests => REQUESTS,
        QuarantineTab::Ended => ENDED,
    };
    let mut bound = query(sql).bind(PAGE_ROWS + 1).bind(page.offset());
    if tab == QuarantineTab::Overdue {
        bound = bound.bind(micros(now));
    }
    let rows = all(conn, bound).await?;
    with_cases(conn, rows).await
}

/// How many are in each view.
pub(crate) async fn counts(conn: &mut Raw, now: DateTime<Utc>) -> Result<QuarantineCounts> {
    one(conn, query(COUNTS).bind(micros(now))).await
}

/// Those that wait for a signature, oldest first, at most so many.
pub(crate) async fn unsigned(conn: &mut Raw, most: i64) -> Result<Vec<QuarantineRow>> {
    let rows = all(conn, query(UNSIGNED).bind(most)).await?;
    with_cases(conn, rows).await
}

/// How much waits for a second person.
pub(crate) async fn approvals(conn: &mut Raw) -> Result<ApprovalCounts> {
    one(conn, query(APPROVALS)).await
}

/// One with its names.
pub(crate) async fn row(conn: &mut Raw, id: QuarantineId) -> Result<Option<QuarantineRow>> {
    let row = optional(conn, query(ONE).bind(id.0)).await?;
    Ok(with_cases(conn, row.into_iter().collect()).await?.pop())
}

/// Those of a case, newest first.
pub(crate) async fn of_case(conn: &mut Raw, case: CaseId) -> Result<Vec<QuarantineRow>> {
    let rows = all(conn, query(OF_CASE).bind(case.0)).await?;
    with_cases(conn, rows).await
}

/// Those of a customer, newest first.
pub(crate) async fn of_customer(conn: &mut Raw, customer: CustomerId) -> Result<Vec<QuarantineRow>> {
    let rows = all(conn, query(OF_CUSTOMER).bind(customer.0)).await?;
    with_cases(conn, rows).await
}
