//! Leases within a prefix and leases of a customer, for people who ask; and erasing those whose time is over.
use super::{
    Db, Raw, Result,
    lease_find::{forms, load},
    lease_keep::DAYS_BEFORE,
    lease_lot,
    load::{all, micros, query, run},
};
use chrono::{DateTime, Utc};
use domain::{
    id::CustomerId,
    lease::{
        Held,
        look::bounds,
        net_bytes, net_key,
        shape::{DAY_US, LASTING_US, Shape},
    },
    limit::PAGE_ROWS,
    page::{PageOf, Rows},
};
use ipnet::IpNet;
use sqlx::QueryBuilder;

// As the look-up asks, but for every address of a prefix: its first and last address bound the key. Where they have as many
// bytes, they are of one family.
const WITHIN_HEAD: &str = "WITH p (shape, low, high, day_low, day_high, from_at, to_at) AS (";
const WITHIN_TAIL: &str =
    ") SELECT CAST(0 AS BIGINT) AS n, l.shape, l.net, l.port_from, l.port_to, l.started_at, l.ended_at,
        l.sure_until, l.holder_id, l.source_id, l.id, h.kind, h.name, h.service_id, h.customer_id
    FROM p CROSS JOIN lease_days d CROSS JOIN leases l CROSS JOIN lease_holders h
    WHERE d.day BETWEEN p.day_low AND p.day_high AND l.day = d.day AND l.shape = p.shape
        AND l.net BETWEEN p.low AND p.high AND LENGTH(l.net) = LENGTH(p.low)
        AND l.era IS NULL AND l.started_at <= p.to_at AND l.ended_at > p.from_at AND h.id = l.holder_id
    UNION ALL SELECT CAST(0 AS BIGINT) AS n, l.shape, l.net, l.port_from, l.port_to, l.started_at, l.ended_at,
        l.sure_until, l.holder_id, l.source_id, l.id, h.kind, h.name, h.service_id, h.customer_id
    FROM p CROSS JOIN (SELECT 0 AS era UNION SELECT day / 32 FROM lease_days) e CROSS JOIN leases l
        CROSS JOIN lease_holders h
    WHERE l.era = e.era AND l.era IS NOT NULL AND l.shape = p.shape
        AND l.net BETWEEN p.low AND p.high AND LENGTH(l.net) = LENGTH(p.low)
        AND l.started_at <= p.to_at AND (l.ended_at IS NULL OR l.ended_at > p.from_at) AND h.id = l.holder_id
    LIMIT ";
// All that the names of a customer's services held.
pub(crate) const OF_CUSTOMER: &str =
    "SELECT CAST(0 AS BIGINT) AS n, l.shape, l.net, l.port_from, l.port_to, l.started_at,
        l.ended_at, l.sure_until, l.holder_id, l.source_id, l.id, h.kind, h.name, h.service_id, h.customer_id
    FROM services v CROSS JOIN lease_holders h CROSS JOIN lease_lots o CROSS JOIN leases l
    WHERE v.customer_id = $1 AND h.service_id = v.id AND l.lot = o.lot AND l.holder_id = h.id
    ORDER BY l.started_at DESC, l.id DESC LIMIT $2 OFFSET $3";
// So many rows of one day at a time; a lost end counts from its last proof on.
pub(crate) const ERASE_SOME: &str = "DELETE FROM leases WHERE (day, shape, net, port_from, started_at, holder_id) IN (
        SELECT day, shape, net, port_from, started_at, holder_id FROM leases
        WHERE day = $1 AND source_id = $2 AND COALESCE(ended_at, sure_until) <= $3 LIMIT $4)";
// A source that never spoke of the time before has lost nothing.
pub(crate) const MOVE_MARK: &str = "UPDATE lease_sources SET erased_before = $2, known_from = $2
    WHERE id = $1 AND known_from < $2";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[OF_CUSTOMER, ERASE_SOME, MOVE_MARK];

/// The prefixes of one form inside another prefix.
struct Inside {
    shape: i64,
    low: Vec<u8>,
    high: Vec<u8>,
    span: (i64, i64),
}

fn asking(forms: &[Inside], most: i64) -> QueryBuilder<Db> {
    let day = |at: i64| at.div_euclid(DAY_US);
    let mut builder = QueryBuilder::new(WITHIN_HEAD);
    builder.push_values(forms, |mut row, form| {
        row.push_bind(form.shape)
            .push_bind(form.low.clone())
            .push_bind(form.high.clone())
            .push_bind(day(form.span.0.saturating_sub(LASTING_US)))
            .push_bind(day(form.span.1))
            .push_bind(form.span.0)
            .push_bind(form.span.1);
    });
    builder.push(WITHIN_TAIL).push_bind(most);
    builder
}

/// Rows inside a prefix that reach a span, at most `most`.
pub(crate) async fn within(
    conn: &mut Raw,
    net: IpNet,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    most: i64,
) -> Result<Vec<Held>> {
    let forms = forms(conn).await?;
    let skew = forms.skew.num_microseconds().unwrap_or(0);
    let (low, high) = bounds(&net);
    let span = (micros(from).saturating_sub(skew), micros(to).saturating_add(skew));
    let (_, length) = net_key(&net);
    let finer = forms.shapes.iter().filter(|shape| shape.form.length >= length);
    let inside: Vec<Inside> = finer
        .map(|Shape { id, form, .. }| {
            let part = |key| net_bytes(key, form.length).to_vec();
            Inside { shape: *id, low: part(&low), high: part(&high), span }
        })
        .collect();
    if inside.is_empty() {
        return Ok(Vec::new());
    }
    let rows = asking(&inside, most).build().persistent(false).fetch_all(conn).await?;
    rows.iter().map(|row| Ok(load(row, &forms)?.held)).collect()
}

/// A page of what a customer's services held, newest first.
pub(crate) async fn of_customer(conn: &mut Raw, customer: CustomerId, page: PageOf) -> Result<Rows<Held>> {
    let forms = forms(conn).await?;
    let bound = query(OF_CUSTOMER).bind(customer.0).bind(PAGE_ROWS + 1).bind(page.offset());
    let rows = bound.fetch_all(conn).await?;
    let held: Result<Vec<Held>> = rows.iter().map(|row| Ok(load(row, &forms)?.held)).collect();
    Ok(Rows::cut(held?))
}

/// Erases at most `most` rows of a source that ended by `before`; how many it were.
pub(crate) async fn erase_some(conn: &mut Raw, source: i64, before: DateTime<Utc>, most: i64) -> Result<u64> {
    let days: Vec<i64> = all(conn, query(DAYS_BEFORE).bind(micros(before).div_euclid(DAY_US))).await?;
    let mut gone = 0;
    for day in days {
        let left = most.saturating_sub(i64::try_from(gone).unwrap_or(i64::MAX));
        if left <= 0 {
            break;
        }
        gone += run(conn, query(ERASE_SOME).bind(day).bind(source).bind(micros(before)).bind(left)).await?;
    }
    if gone > 0 {
        lease_lot::forget(conn).await?;
    }
    Ok(gone)
}

/// The source's knowledge begins at `before` now, if it began earlier; whether it did.
pub(crate) async fn move_mark(conn: &mut Raw, source: i64, before: DateTime<Utc>) -> Result<bool> {
    Ok(run(conn, query(MOVE_MARK).bind(source).bind(micros(before))).await? > 0)
}
