//! Leases within a prefix and leases of a customer, for people who ask; and erasing those whose time is over.
use super::{
    Raw, Result,
    lease::whole_row,
    lease_find::{forms, load},
    lease_keep::DAYS_BEFORE,
    load::{all, micros, query, run},
};
use chrono::{DateTime, Utc};
use domain::{
    id::CustomerId,
    lease::{
        Held,
        look::bounds,
        net_key,
        shape::{DAY_US, LASTING_US},
    },
    limit::PAGE_ROWS,
    page::{PageOf, Rows},
};
use ipnet::IpNet;

// As the look-up asks, but for every address of a prefix: its first and last address bound the key.
pub(crate) const WITHIN: &str =
    "SELECT CAST(0 AS BIGINT) AS n, l.shape, l.net, l.port_from, l.port_to, l.started_at, l.ended_at,
        l.sure_until, l.holder_id, l.source_id, l.id, h.kind, h.name, h.service_id, h.customer_id
    FROM lease_shapes f CROSS JOIN lease_days d CROSS JOIN leases l CROSS JOIN lease_holders h
    WHERE f.length >= $1 AND d.day BETWEEN $2 AND $3 AND l.day = d.day AND l.shape = f.id
        AND l.net BETWEEN $4 AND $5 AND l.lasting = FALSE AND l.started_at <= $6 AND l.ended_at > $7
        AND h.id = l.holder_id
    UNION ALL SELECT CAST(0 AS BIGINT) AS n, l.shape, l.net, l.port_from, l.port_to, l.started_at, l.ended_at,
        l.sure_until, l.holder_id, l.source_id, l.id, h.kind, h.name, h.service_id, h.customer_id
    FROM lease_shapes f CROSS JOIN leases l CROSS JOIN lease_holders h
    WHERE f.length >= $1 AND l.lasting = TRUE AND l.shape = f.id AND l.net BETWEEN $4 AND $5
        AND l.started_at <= $6 AND (l.ended_at IS NULL OR l.ended_at > $7) AND h.id = l.holder_id
    LIMIT $8";
// All that the names of a customer's services held; `k` as in `lease::whole_row`.
pub(crate) const OF_CUSTOMER: &str = concat!(
    "SELECT CAST(0 AS BIGINT) AS n, l.shape, l.net, l.port_from, l.port_to, l.started_at, l.ended_at,
        l.sure_until, l.holder_id, l.source_id, l.id, h.kind, h.name, h.service_id, h.customer_id
    FROM services v CROSS JOIN lease_holders h CROSS JOIN lease_days d CROSS JOIN leases k CROSS JOIN leases l
    WHERE v.customer_id = $1 AND h.service_id = v.id AND k.day = d.day AND k.holder_id = h.id AND ",
    whole_row!(),
    "
    ORDER BY l.started_at DESC, l.id DESC LIMIT $2 OFFSET $3"
);
// So many rows of one day at a time; a lost end counts from its last proof on.
pub(crate) const ERASE_SOME: &str = "DELETE FROM leases WHERE (day, shape, net, port_from, started_at, holder_id) IN (
        SELECT day, shape, net, port_from, started_at, holder_id FROM leases
        WHERE day = $1 AND source_id = $2 AND COALESCE(ended_at, sure_until) <= $3 LIMIT $4)";
// A source that never spoke of the time before has lost nothing.
pub(crate) const MOVE_MARK: &str = "UPDATE lease_sources SET erased_before = $2, known_from = $2
    WHERE id = $1 AND known_from < $2";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[WITHIN, OF_CUSTOMER, ERASE_SOME, MOVE_MARK];

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
    let (from, to) = (micros(from).saturating_sub(skew), micros(to).saturating_add(skew));
    let day = |at: i64| at.div_euclid(DAY_US);
    let bound = query(WITHIN)
        .bind(net_key(&net).1)
        .bind(day(from.saturating_sub(LASTING_US)))
        .bind(day(to))
        .bind(low.to_vec())
        .bind(high.to_vec())
        .bind(to)
        .bind(from)
        .bind(most);
    let rows = bound.fetch_all(conn).await?;
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
    Ok(gone)
}

/// The source's knowledge begins at `before` now, if it began earlier; whether it did.
pub(crate) async fn move_mark(conn: &mut Raw, source: i64, before: DateTime<Utc>) -> Result<bool> {
    Ok(run(conn, query(MOVE_MARK).bind(source).bind(micros(before))).await? > 0)
}
