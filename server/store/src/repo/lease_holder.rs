//! By what names holders are known, and whose each name was since when.
use super::{
    Raw, Result, Row, bulk, dialect,
    given::{Column, Given, among},
    load::{Load, all, get, micros, one, query, run, time},
};
use crate::types::{HolderNumber, HolderRow, NamedService};
use chrono::{DateTime, Utc};
use domain::{
    customer::Service,
    id::{CustomerId, EventId, ServiceId},
};
use std::borrow::Cow;

/// A name is bound since ever, until it changes hands.
pub(crate) const SINCE_EVER: i64 = -i64::MAX;

const BY_NAME_HEAD: &str =
    "SELECT id, kind, name, bound_from, service_id, customer_id FROM lease_holders WHERE kind = ";
// On SQLite all of it stands in the index of names: the rows are not read.
const NUMBERS_HEAD: &str = "SELECT id, name, bound_from FROM lease_holders WHERE kind = ";
const OF_SERVICES_HEAD: &str = "SELECT id, kind, name, bound_from, service_id, customer_id FROM lease_holders
    WHERE kind = 'service' AND service_id IN (";
const ADD_HEAD: &str = "INSERT INTO lease_holders (id, kind, name, bound_from, service_id, customer_id) ";
const ADD_TAIL: &str = " ON CONFLICT (kind, name, bound_from) DO NOTHING";
pub(crate) const CHANGES: &str =
    "SELECT COALESCE(MAX(value), 0) AS n FROM counters WHERE name = 'lease_holder_changes'";
pub(crate) const CHANGED: &str = "INSERT INTO counters (name, value) VALUES ('lease_holder_changes', 1)
    ON CONFLICT (name) DO UPDATE SET value = counters.value + 1";
pub(crate) const BIND: &str = "UPDATE lease_holders SET service_id = $2, customer_id = $3 WHERE id = $1";
pub(crate) const WAITING: &str = "SELECT event_id FROM event_waits WHERE kind = $1 AND what = $2";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[dialect::HOLDER_NUMBERS, CHANGES, CHANGED, BIND, WAITING];

/// Statements of this file that are made for as many rows as there are.
#[cfg(feature = "testing")]
pub(crate) fn made() -> Vec<String> {
    vec![adding().text(1), adding().text(5)]
}

impl Load for HolderRow {
    fn load(row: &Row) -> Result<Self> {
        let service: Option<uuid::Uuid> = get(row, "service_id")?;
        let customer: Option<uuid::Uuid> = get(row, "customer_id")?;
        Ok(Self {
            id: get(row, "id")?,
            kind: get(row, "kind")?,
            name: get(row, "name")?,
            bound_from: time(row, "bound_from")?,
            service: service.map(ServiceId).zip(customer.map(CustomerId)),
        })
    }
}

impl Load for HolderNumber {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self { id: get(row, "id")?, name: get(row, "name")?, bound_from: time(row, "bound_from")? })
    }
}

impl Load for NamedService {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            name: get(row, "name")?,
            service: ServiceId(get(row, "id")?),
            customer: CustomerId(get(row, "customer_id")?),
        })
    }
}

/// The holders with one of these names, of one kind; for a name every binding it had.
pub(crate) async fn by_names(conn: &mut Raw, kind: &str, names: &[String]) -> Result<Vec<HolderRow>> {
    among(conn, names, |text| {
        text.push(BY_NAME_HEAD).push_bind(kind.to_owned()).push(" AND name");
    })
    .await
}

/// The numbers of the holders with one of these names, of one kind; for a name every binding it had.
pub(crate) async fn numbers(conn: &mut Raw, kind: &str, names: &[String]) -> Result<Vec<HolderNumber>> {
    among(conn, names, |text| {
        text.push(NUMBERS_HEAD).push_bind(kind.to_owned()).push(" AND name");
    })
    .await
}

/// The holders that stand for services by their number.
pub(crate) async fn of_services(conn: &mut Raw, services: &[ServiceId]) -> Result<Vec<HolderRow>> {
    bulk::of_keys(conn, (OF_SERVICES_HEAD, ")"), services, false, |list, service| {
        list.push_bind(service.0);
    })
    .await
}

/// The services with one of these names, by the column of that kind of name.
pub(crate) async fn services_named(conn: &mut Raw, kind: &str, names: &[String]) -> Result<Vec<NamedService>> {
    let head = match kind {
        "service" => "SELECT number AS name, id, customer_id FROM services WHERE number",
        "username" => "SELECT username AS name, id, customer_id FROM services WHERE username",
        "circuit" => "SELECT circuit_id AS name, id, customer_id FROM services WHERE circuit_id <> '' AND circuit_id",
        "mac" => "SELECT mac AS name, id, customer_id FROM services WHERE mac <> '' AND mac",
        _ => return Ok(Vec::new()),
    };
    among(conn, names, |text| {
        text.push(head);
    })
    .await
}

/// Adds holders with new numbers, and says which; none when somebody else added some of them meanwhile: those stay as they
/// are.
pub(crate) async fn add(conn: &mut Raw, holders: &[HolderRow]) -> Result<Option<Vec<HolderNumber>>> {
    if holders.is_empty() {
        return Ok(Some(Vec::new()));
    }
    let many = i64::try_from(holders.len()).unwrap_or(i64::MAX);
    let said: Vec<i64> = all(conn, query(dialect::HOLDER_NUMBERS).bind(many)).await?;
    let numbered: Vec<(i64, &HolderRow)> = dialect::numbers(said, many).into_iter().zip(holders).collect();
    let added = adding().run(conn, &numbered).await?;
    let number = |(id, row): (i64, &HolderRow)| HolderNumber { id, name: row.name.clone(), bound_from: row.bound_from };
    Ok((added == many.unsigned_abs()).then(|| numbered.into_iter().map(number).collect()))
}

/// The insert of numbered holders.
const fn adding<'r>() -> Given<6, (i64, &'r HolderRow)> {
    Given {
        head: ADD_HEAD,
        columns: [
            Column::Int(|(id, _)| *id),
            Column::Text(|(_, holder)| holder.kind.clone()),
            Column::Text(|(_, holder)| holder.name.clone()),
            Column::Int(|(_, holder)| since(holder.bound_from)),
            Column::IdOpt(|(_, holder)| holder.service.map(|(service, _)| service.0)),
            Column::IdOpt(|(_, holder)| holder.service.map(|(_, customer)| customer.0)),
        ],
        tail: Cow::Borrowed(ADD_TAIL),
    }
}

fn since(at: DateTime<Utc>) -> i64 {
    if at == DateTime::<Utc>::MIN_UTC { SINCE_EVER } else { micros(at) }
}

/// How often a name has changed hands, or come to a service before there was a holder of that name.
pub(crate) async fn changes(conn: &mut Raw) -> Result<i64> {
    one(conn, query(CHANGES)).await
}

/// A service was added or has other names now: what nobody had is his; what somebody else had is his from `now` on.
/// Events that waited for such a name.
pub(crate) async fn bind(conn: &mut Raw, service: &Service, now: DateTime<Utc>) -> Result<Vec<EventId>> {
    let names = [
        ("service", &service.number),
        ("username", &service.username),
        ("circuit", &service.circuit_id),
        ("mac", &service.mac),
    ];
    let mut waiting = Vec::new();
    for (kind, name) in names.into_iter().filter(|(_, name)| !name.is_empty()) {
        let known = by_names(conn, kind, std::slice::from_ref(name)).await?;
        let Some(latest) = known.iter().max_by_key(|holder| holder.bound_from) else {
            // Whoever looks for its service just now must look again.
            run(conn, query(CHANGED)).await.map(drop)?;
            continue;
        };
        if latest.service.is_some_and(|(known, _)| known == service.id) {
            continue;
        }
        let owners = services_named(conn, kind, std::slice::from_ref(name)).await?;
        // Two services with one name: it is nobody's, for who would it be?
        let sole = owners.len() == 1;
        match latest.service {
            None if sole => {
                run(conn, query(BIND).bind(latest.id).bind(service.id.0).bind(service.customer.0)).await?;
                let what = name.as_bytes().to_vec();
                waiting.extend(all::<EventId>(conn, query(WAITING).bind(kind).bind(what)).await?);
            }
            None => {}
            Some(_) => {
                let whose = sole.then_some((service.id, service.customer));
                let row =
                    HolderRow { id: 0, kind: kind.to_owned(), name: name.clone(), bound_from: now, service: whose };
                add(conn, &[row]).await.map(drop)?;
                run(conn, query(CHANGED)).await.map(drop)?;
            }
        }
    }
    Ok(waiting)
}
