//! Leases of a service, its fixed addresses, and the provider's own ranges.
use super::{
    Raw, Result, Row, lease_holder, lease_keep, lease_source,
    load::{Load, all, get, micros, one, query, run, run_one, time, time_opt},
};
use crate::{
    error::StoreError,
    types::{HolderRow, LeaseRow},
};
use chrono::{DateTime, Utc};
use domain::{
    id::{CustomerId, LeaseId, RangeId, ServiceId},
    lease::{Lease, LeaseSourceKind, OwnRange, SourceSetUp, net_key},
};
use std::collections::{HashMap, HashSet};

pub(crate) const OF_SERVICE: &str = "SELECT l.id, l.net, f.length, l.port_from, l.port_to, h.service_id, h.customer_id,
        l.started_at, l.ended_at, s.name AS source
    FROM lease_holders h CROSS JOIN lease_lots o CROSS JOIN leases l CROSS JOIN lease_shapes f CROSS JOIN lease_sources s
    WHERE h.service_id = $1 AND l.lot = o.lot AND l.holder_id = h.id AND f.id = l.shape AND s.id = l.source_id
    ORDER BY l.started_at DESC LIMIT $2";
pub(crate) const STATIC_OF: &str = "SELECT l.id, l.net, f.length, l.port_from, l.port_to, h.service_id, h.customer_id,
        l.started_at, l.ended_at, s.name AS source
    FROM lease_holders h CROSS JOIN leases l CROSS JOIN lease_shapes f CROSS JOIN lease_sources s
    WHERE h.service_id = $1 AND l.lot = 0 AND l.day = 0 AND l.holder_id = h.id
        AND l.ended_at IS NULL AND f.id = l.shape AND s.id = l.source_id AND s.name = 'static'
    ORDER BY l.net";
pub(crate) const END_STATIC: &str =
    "UPDATE leases SET ended_at = $3 WHERE ended_at IS NULL AND id = $2 AND lot = 0 AND day = 0
    AND holder_id IN (SELECT h.id FROM lease_holders h WHERE h.service_id = $1)";
pub(crate) const COUNT: &str = "SELECT COUNT(*) AS n FROM leases";
pub(crate) const SERVICE_NUMBER: &str = "SELECT number AS name, id, customer_id FROM services WHERE id = $1";
pub(crate) const RANGES: &str = "SELECT id, net, length, label FROM own_ranges ORDER BY net, length";
pub(crate) const ADD_RANGE: &str = "INSERT INTO own_ranges (id, net, length, label) VALUES ($1, $2, $3, $4)";
pub(crate) const REMOVE_RANGE: &str = "DELETE FROM own_ranges WHERE id = $1";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] =
    &[OF_SERVICE, STATIC_OF, END_STATIC, COUNT, SERVICE_NUMBER, RANGES, ADD_RANGE, REMOVE_RANGE];

impl Load for Lease {
    fn load(row: &Row) -> Result<Self> {
        let port = |column| Ok::<_, StoreError>(u16::try_from(get::<i64>(row, column)?).unwrap_or(u16::MAX));
        Ok(Self {
            id: LeaseId(get(row, "id")?),
            net: lease_keep::prefix(row)?,
            ports: (port("port_from")?, port("port_to")?),
            service: ServiceId(get(row, "service_id")?),
            customer: CustomerId(get(row, "customer_id")?),
            from: time(row, "started_at")?,
            to: time_opt(row, "ended_at")?,
            source: get(row, "source")?,
        })
    }
}

impl Load for OwnRange {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            id: RangeId(get(row, "id")?),
            net: lease_source::prefix(row, "net", "length")?,
            label: get(row, "label")?,
        })
    }
}

/// Adds leases of known services. One that is known (same prefix, start, ports, service) takes the newer end and source.
pub(crate) async fn add(conn: &mut Raw, leases: &[Lease]) -> Result<()> {
    let names: HashSet<&str> = leases.iter().map(|lease| lease.source.as_str()).collect();
    for name in names {
        let kind = if name == "static" { LeaseSourceKind::Static } else { LeaseSourceKind::Import };
        lease_source::add(conn, name, SourceSetUp { kind, skew: None, silent_after: None }).await?;
    }
    let sources = lease_source::sources(conn).await?;
    let sources: HashMap<&str, i64> = sources.iter().map(|source| (source.name.as_str(), source.id)).collect();
    let services: HashSet<ServiceId> = leases.iter().map(|lease| lease.service).collect();
    let holders = holders(conn, &services.into_iter().collect::<Vec<_>>()).await?;
    let row = |lease: &Lease| {
        Some(LeaseRow {
            id: lease.id,
            net: lease.net,
            ports: lease.ports,
            protocol: None,
            holder: *holders.get(&lease.service)?,
            source: *sources.get(lease.source.as_str())?,
            fixed: lease.source == "static",
            from: lease.from,
            to: lease.to,
            sure_until: None,
            session: None,
        })
    };
    let rows: Vec<LeaseRow> = leases.iter().filter_map(row).collect();
    lease_keep::keep(conn, &rows).await.map(drop)
}

/// Numbers of the holders that stand for services; made where there are none.
async fn holders(conn: &mut Raw, services: &[ServiceId]) -> Result<HashMap<ServiceId, i64>> {
    let numbers = |rows: Vec<HolderRow>| -> HashMap<ServiceId, i64> {
        rows.into_iter().filter_map(|row| Some((row.service?.0, row.id))).collect()
    };
    let known = numbers(lease_holder::of_services(conn, services).await?);
    let mut new = Vec::new();
    for service in services.iter().filter(|service| !known.contains_key(service)) {
        let Some(named) =
            super::load::optional::<crate::types::NamedService>(conn, query(SERVICE_NUMBER).bind(service.0)).await?
        else {
            continue;
        };
        new.push(HolderRow {
            id: 0,
            kind: "service".to_owned(),
            name: named.name,
            bound_from: DateTime::<Utc>::MIN_UTC,
            service: Some((named.service, named.customer)),
        });
    }
    if new.is_empty() {
        return Ok(known);
    }
    lease_holder::add(conn, &new).await?;
    Ok(numbers(lease_holder::of_services(conn, services).await?))
}

/// Leases of a service, newest first.
pub(crate) async fn of_service(conn: &mut Raw, service: ServiceId, limit: i64) -> Result<Vec<Lease>> {
    all(conn, query(OF_SERVICE).bind(service.0).bind(limit)).await
}

/// The fixed addresses a service holds now.
pub(crate) async fn static_of(conn: &mut Raw, service: ServiceId) -> Result<Vec<Lease>> {
    all(conn, query(STATIC_OF).bind(service.0)).await
}

/// Ends a fixed address that a service still holds.
pub(crate) async fn end_static(conn: &mut Raw, service: ServiceId, id: LeaseId, at: DateTime<Utc>) -> Result<()> {
    run_one(conn, query(END_STATIC).bind(service.0).bind(id.0).bind(micros(at))).await
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
