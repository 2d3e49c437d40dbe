//! Names of hosts, mail accounts, logins and servers, and whose they were when.
use super::{
    Raw, Result, Row, bulk,
    load::{Load, all, get, micros, micros_opt, query, time, time_opt, word},
};
use domain::{
    id::{CustomerId, EventId, ServiceId, ServiceNameId},
    names::{NameKind, ServiceName},
};

const ADD_HEAD: &str = "INSERT INTO service_names (id, kind, name, service_id, customer_id, valid_from, valid_to) ";
// The same said again: it may have ended meanwhile.
const ADD_TAIL: &str = " ON CONFLICT (name, kind, service_id, valid_from) DO UPDATE SET valid_to = excluded.valid_to,
    customer_id = excluded.customer_id";
const NAMED_HEAD: &str =
    "SELECT id, kind, name, service_id, customer_id, valid_from, valid_to FROM service_names WHERE name IN (";
const SERVERS_HEAD: &str = "SELECT id, kind, name, service_id, customer_id, valid_from, valid_to FROM service_names
    WHERE kind = 'server' AND service_id IN (";
pub(crate) const OF_CUSTOMER: &str =
    "SELECT id, kind, name, service_id, customer_id, valid_from, valid_to FROM service_names
    WHERE customer_id = $1 ORDER BY name, kind, valid_from DESC LIMIT $2";
pub(crate) const COUNT: &str = "SELECT COUNT(*) AS n FROM service_names";
// Written as the condition of the index of open events is.
pub(crate) const WAITING: &str = "SELECT id FROM events WHERE state = 'pending' AND certainty <> 'certain'
    AND source_kind IN ('url', 'host', 'account') LIMIT $1";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[OF_CUSTOMER, COUNT, WAITING];

impl Load for ServiceName {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            id: ServiceNameId(get(row, "id")?),
            kind: word(row, "kind", NameKind::parse)?,
            name: get(row, "name")?,
            service: ServiceId(get(row, "service_id")?),
            customer: CustomerId(get(row, "customer_id")?),
            from: time(row, "valid_from")?,
            to: time_opt(row, "valid_to")?,
        })
    }
}

/// Adds names, or brings those that are known up to date. No two rows may say the same.
pub(crate) async fn add(conn: &mut Raw, names: &[ServiceName]) -> Result<()> {
    for chunk in names.chunks(bulk::CHUNK) {
        let builder = bulk::insert(ADD_HEAD, ADD_TAIL, chunk, |row, name| {
            row.push_bind(name.id.0)
                .push_bind(name.kind.as_str())
                .push_bind(name.name.clone())
                .push_bind(name.service.0)
                .push_bind(name.customer.0)
                .push_bind(micros(name.from))
                .push_bind(micros_opt(name.to));
        });
        bulk::run(conn, builder, bulk::common(chunk.len())).await?;
    }
    Ok(())
}

/// Every row with one of these names.
pub(crate) async fn named(conn: &mut Raw, names: &[String]) -> Result<Vec<ServiceName>> {
    bulk::of_keys(conn, (NAMED_HEAD, ")"), names, true, |list, name| {
        list.push_bind(name);
    })
    .await
}

/// The server names of these services.
pub(crate) async fn servers(conn: &mut Raw, services: &[ServiceId]) -> Result<Vec<ServiceName>> {
    bulk::of_keys(conn, (SERVERS_HEAD, ")"), services, true, |list, service| {
        list.push_bind(service.0);
    })
    .await
}

/// The names of a customer's services.
pub(crate) async fn of_customer(conn: &mut Raw, customer: CustomerId, limit: i64) -> Result<Vec<ServiceName>> {
    all(conn, query(OF_CUSTOMER).bind(customer.0).bind(limit)).await
}

/// How many there are.
pub(crate) async fn count(conn: &mut Raw) -> Result<i64> {
    super::load::one(conn, query(COUNT)).await
}

/// Open events that name a host or an account: a new name may be the answer.
pub(crate) async fn waiting(conn: &mut Raw, limit: i64) -> Result<Vec<EventId>> {
    all(conn, query(WAITING).bind(limit)).await
}
