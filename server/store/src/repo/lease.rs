//! Leases, looked up by address, port and time, and the provider's own ranges.
use super::{
    Raw, Result, Row, bulk,
    load::{Load, all, get, micros, micros_opt, one, query, run, run_one, time, time_opt},
};
use crate::error::StoreError;
use chrono::{DateTime, Utc};
use domain::{
    id::{CustomerId, LeaseId, RangeId, ServiceId},
    lease::{Holder, Lease, OwnRange, key_within, net_key, net_of},
};
use sqlx::QueryBuilder;
use std::{collections::HashSet, net::IpAddr};

const ADD_HEAD: &str = "INSERT INTO leases
    (id, net, length, port_from, port_to, service_id, customer_id, started_at, ended_at, source) ";
// The same lease said again: it may have ended meanwhile.
const ADD_TAIL: &str = " ON CONFLICT (net, length, started_at, port_from, service_id)
    DO UPDATE SET port_to = excluded.port_to, ended_at = excluded.ended_at, source = excluded.source";
pub(crate) const ADD_LENGTH: &str = "INSERT INTO lease_lengths (length) VALUES ($1) ON CONFLICT (length) DO NOTHING";
pub(crate) const LENGTHS: &str = "SELECT length AS n FROM lease_lengths ORDER BY length DESC";
const AT_HEAD: &str =
    "SELECT id, net, length, port_from, port_to, service_id, customer_id, started_at, ended_at, source
    FROM leases WHERE length = ";
// $1 holds the key of the prefix of every length around one address, 16 bytes each: one look-up serves all lengths.
pub(crate) const AT_ONE: &str = concat!(
    "SELECT l.id, l.net, l.length, l.port_from, l.port_to, l.service_id, l.customer_id, l.started_at, l.ended_at, l.source
    FROM lease_lengths n CROSS JOIN leases l
    WHERE n.length >= $2 AND l.length = n.length
        AND l.net = substr(CAST($1 AS ",
    super::dialect::bytes!(),
    "), CAST(n.length * 16 + 1 AS INTEGER), 16)
        AND l.started_at <= $4 AND (l.ended_at IS NULL OR l.ended_at > $3)
    ORDER BY n.length DESC"
);
pub(crate) const HOLDERS: &str = "SELECT l.id, l.net, l.length, l.port_from, l.port_to, l.service_id, l.customer_id,
        l.started_at, l.ended_at, l.source, s.number AS service_number, s.product, c.name AS customer_name
    FROM leases l JOIN services s ON s.id = l.service_id JOIN customers c ON c.id = l.customer_id
    WHERE l.length = $1 AND l.net = $2 AND l.started_at <= $4 AND (l.ended_at IS NULL OR l.ended_at > $3)
    ORDER BY l.started_at DESC, l.port_from LIMIT $5";
pub(crate) const OF_SERVICE: &str =
    "SELECT id, net, length, port_from, port_to, service_id, customer_id, started_at, ended_at, source
    FROM leases WHERE service_id = $1 ORDER BY started_at DESC LIMIT $2";
pub(crate) const STATIC_OF: &str =
    "SELECT id, net, length, port_from, port_to, service_id, customer_id, started_at, ended_at, source
    FROM leases WHERE service_id = $1 AND source = 'static' AND ended_at IS NULL ORDER BY net";
pub(crate) const END: &str = "UPDATE leases SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL";
pub(crate) const BY_ID: &str =
    "SELECT id, net, length, port_from, port_to, service_id, customer_id, started_at, ended_at, source
    FROM leases WHERE id = $1";
pub(crate) const COUNT: &str = "SELECT COUNT(*) AS n FROM leases";
pub(crate) const RANGES: &str = "SELECT id, net, length, label FROM own_ranges ORDER BY net, length";
pub(crate) const ADD_RANGE: &str = "INSERT INTO own_ranges (id, net, length, label) VALUES ($1, $2, $3, $4)";
pub(crate) const REMOVE_RANGE: &str = "DELETE FROM own_ranges WHERE id = $1";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] =
    &[ADD_LENGTH, LENGTHS, AT_ONE, HOLDERS, OF_SERVICE, STATIC_OF, END, BY_ID, COUNT, RANGES, ADD_RANGE, REMOVE_RANGE];

fn net(row: &Row) -> Result<ipnet::IpNet> {
    let key: Vec<u8> = get(row, "net")?;
    let length: i64 = get(row, "length")?;
    let bad = || StoreError::Inconsistent { column: "net", value: format!("{} bytes /{length}", key.len()) };
    let key = key.as_slice().try_into().map_err(|_| bad())?;
    net_of(key, length).ok_or_else(bad)
}

impl Load for Lease {
    fn load(row: &Row) -> Result<Self> {
        let port = |column| Ok::<_, StoreError>(u16::try_from(get::<i64>(row, column)?).unwrap_or(u16::MAX));
        Ok(Self {
            id: LeaseId(get(row, "id")?),
            net: net(row)?,
            ports: (port("port_from")?, port("port_to")?),
            service: ServiceId(get(row, "service_id")?),
            customer: CustomerId(get(row, "customer_id")?),
            from: time(row, "started_at")?,
            to: time_opt(row, "ended_at")?,
            source: get(row, "source")?,
        })
    }
}

impl Load for Holder {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            lease: Lease::load(row)?,
            service_number: get(row, "service_number")?,
            product: get(row, "product")?,
            customer_name: get(row, "customer_name")?,
        })
    }
}

impl Load for OwnRange {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self { id: RangeId(get(row, "id")?), net: net(row)?, label: get(row, "label")? })
    }
}

/// Adds leases. One that is known (same prefix, start, first port, service) takes the newer end and source.
pub(crate) async fn add(conn: &mut Raw, leases: &[Lease]) -> Result<()> {
    // One statement must not touch a row twice: the last word counts.
    let mut seen = HashSet::new();
    let mut rows: Vec<&Lease> =
        leases.iter().rev().filter(|l| seen.insert((l.net, l.from, l.ports.0, l.service))).collect();
    rows.reverse();
    let lengths: HashSet<i64> = rows.iter().map(|lease| net_key(&lease.net).1).collect();
    for length in lengths {
        run(conn, query(ADD_LENGTH).bind(length)).await?;
    }
    for chunk in rows.chunks(bulk::CHUNK) {
        let builder = bulk::insert(ADD_HEAD, ADD_TAIL, chunk, |row, lease| {
            let (key, length) = net_key(&lease.net);
            row.push_bind(lease.id.0)
                .push_bind(key.to_vec())
                .push_bind(length)
                .push_bind(i64::from(lease.ports.0))
                .push_bind(i64::from(lease.ports.1))
                .push_bind(lease.service.0)
                .push_bind(lease.customer.0)
                .push_bind(micros(lease.from))
                .push_bind(micros_opt(lease.to))
                .push_bind(lease.source.clone());
        });
        bulk::run(conn, builder, bulk::common(chunk.len())).await?;
    }
    Ok(())
}

/// The prefix lengths in use, longest first.
pub(crate) async fn lengths(conn: &mut Raw) -> Result<Vec<i64>> {
    all(conn, query(LENGTHS)).await
}

/// All leases of any of the addresses that overlap the span.
pub(crate) async fn at(
    conn: &mut Raw,
    addresses: &[IpAddr],
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<Lease>> {
    if let [address] = addresses {
        return at_one(conn, *address, from, to).await;
    }
    let mut found = Vec::new();
    for length in lengths(conn).await? {
        let mut keys: Vec<[u8; 16]> =
            addresses.iter().filter(|ip| ip.is_ipv6() || length >= 96).map(|ip| key_within(*ip, length)).collect();
        keys.sort_unstable();
        keys.dedup();
        for chunk in keys.chunks(bulk::CHUNK) {
            found.extend(at_length(conn, length, chunk, from, to).await?);
        }
    }
    Ok(found)
}

async fn at_one(conn: &mut Raw, address: IpAddr, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<Lease>> {
    let keys: Vec<[u8; 16]> = (0..=128).map(|length| key_within(address, length)).collect();
    let shortest: i64 = if address.is_ipv4() { 96 } else { 0 };
    let bound = query(AT_ONE).bind(keys.concat()).bind(shortest).bind(micros(from)).bind(micros(to));
    all(conn, bound).await
}

async fn at_length(
    conn: &mut Raw,
    length: i64,
    keys: &[[u8; 16]],
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<Lease>> {
    let mut builder = QueryBuilder::new(AT_HEAD);
    builder.push_bind(length).push(" AND started_at <= ").push_bind(micros(to));
    builder.push(" AND (ended_at IS NULL OR ended_at > ").push_bind(micros(from)).push(") AND net IN (");
    let mut list = builder.separated(", ");
    for key in bulk::padded(keys) {
        list.push_bind(key.to_vec());
    }
    builder.push(")");
    bulk::fetch(conn, builder, true).await
}

/// Who held the address within the span, with names; newest first, at most `limit` per prefix length.
pub(crate) async fn holders(
    conn: &mut Raw,
    address: IpAddr,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Holder>> {
    let mut found = Vec::new();
    for length in lengths(conn).await? {
        if address.is_ipv4() && length < 96 {
            continue;
        }
        let bound = query(HOLDERS)
            .bind(length)
            .bind(key_within(address, length).to_vec())
            .bind(micros(from))
            .bind(micros(to))
            .bind(limit);
        found.extend(all::<Holder>(conn, bound).await?);
    }
    Ok(found)
}

/// Leases of a service, newest first.
pub(crate) async fn of_service(conn: &mut Raw, service: ServiceId, limit: i64) -> Result<Vec<Lease>> {
    all(conn, query(OF_SERVICE).bind(service.0).bind(limit)).await
}

/// The fixed addresses a service holds now.
pub(crate) async fn static_of(conn: &mut Raw, service: ServiceId) -> Result<Vec<Lease>> {
    all(conn, query(STATIC_OF).bind(service.0)).await
}

/// Ends a lease that is still held.
pub(crate) async fn end(conn: &mut Raw, id: LeaseId, at: DateTime<Utc>) -> Result<()> {
    run_one(conn, query(END).bind(id.0).bind(micros(at))).await
}

/// One lease.
pub(crate) async fn by_id(conn: &mut Raw, id: LeaseId) -> Result<Option<Lease>> {
    super::load::optional(conn, query(BY_ID).bind(id.0)).await
}

/// How many there are.
pub(crate) async fn count(conn: &mut Raw) -> Result<i64> {
    one(conn, query(COUNT)).await
}

/// The provider's own ranges.
pub(crate) async fn ranges(conn: &mut Raw) -> Result<Vec<OwnRange>> {
    all(conn, query(RANGES)).await
}

/// A new own range; a conflict when it is there.
pub(crate) async fn add_range(conn: &mut Raw, range: &OwnRange) -> Result<()> {
    let (key, length) = net_key(&range.net);
    let bound = query(ADD_RANGE).bind(range.id.0).bind(key.to_vec()).bind(length).bind(range.label.clone());
    run(conn, bound).await.map(drop)
}

/// Removes an own range.
pub(crate) async fn remove_range(conn: &mut Raw, id: RangeId) -> Result<()> {
    run_one(conn, query(REMOVE_RANGE).bind(id.0)).await
}
