//! Contracts with the terms accepted, and services with their identities.
use super::{
    Raw, Result, Row, bulk,
    load::{Load, all, get, micros_opt, optional, query, run, time_opt},
};
use domain::{
    customer::{Contract, Service},
    id::{ContractId, CustomerId, ServiceId},
};

pub(crate) const PUT_CONTRACT: &str =
    "INSERT INTO contracts (id, customer_id, number, terms_version, accepted_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (id) DO UPDATE SET terms_version = excluded.terms_version, accepted_at = excluded.accepted_at";
pub(crate) const CONTRACT_BY_ID: &str =
    "SELECT id, customer_id, number, terms_version, accepted_at FROM contracts WHERE id = $1";
pub(crate) const CONTRACT_BY_NUMBER: &str =
    "SELECT id, customer_id, number, terms_version, accepted_at FROM contracts WHERE number = $1";
pub(crate) const CONTRACTS_OF: &str =
    "SELECT id, customer_id, number, terms_version, accepted_at FROM contracts WHERE customer_id = $1 ORDER BY number";
pub(crate) const PUT: &str = "INSERT INTO services
        (id, customer_id, contract_id, number, product, username, circuit_id, mac, protected)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (id) DO UPDATE SET contract_id = excluded.contract_id, product = excluded.product,
        username = excluded.username, circuit_id = excluded.circuit_id, mac = excluded.mac,
        protected = excluded.protected";
pub(crate) const BY_ID: &str =
    "SELECT id, customer_id, contract_id, number, product, username, circuit_id, mac, protected
    FROM services WHERE id = $1";
pub(crate) const BY_NUMBER: &str =
    "SELECT id, customer_id, contract_id, number, product, username, circuit_id, mac, protected
    FROM services WHERE number = $1";
pub(crate) const OF_CUSTOMER: &str =
    "SELECT id, customer_id, contract_id, number, product, username, circuit_id, mac, protected
    FROM services WHERE customer_id = $1 ORDER BY number";
pub(crate) const KEYS: &str = "SELECT number, id, customer_id FROM services";
const BY_USERNAME_HEAD: &str =
    "SELECT id, customer_id, contract_id, number, product, username, circuit_id, mac, protected
    FROM services WHERE username IN (";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] =
    &[PUT_CONTRACT, CONTRACT_BY_ID, CONTRACT_BY_NUMBER, CONTRACTS_OF, PUT, BY_ID, BY_NUMBER, OF_CUSTOMER, KEYS];

impl Load for Contract {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            id: ContractId(get(row, "id")?),
            customer: CustomerId(get(row, "customer_id")?),
            number: get(row, "number")?,
            terms_version: get(row, "terms_version")?,
            accepted_at: time_opt(row, "accepted_at")?,
        })
    }
}

impl Load for Service {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            id: ServiceId(get(row, "id")?),
            customer: CustomerId(get(row, "customer_id")?),
            contract: ContractId(get(row, "contract_id")?),
            number: get(row, "number")?,
            product: get(row, "product")?,
            username: get(row, "username")?,
            circuit_id: get(row, "circuit_id")?,
            mac: get(row, "mac")?,
            protected: get(row, "protected")?,
        })
    }
}

impl Load for (String, ServiceId, CustomerId) {
    fn load(row: &Row) -> Result<Self> {
        Ok((get(row, "number")?, ServiceId(get(row, "id")?), CustomerId(get(row, "customer_id")?)))
    }
}

/// A contract as the books have it now: new, or with other terms.
pub(crate) async fn put_contract(conn: &mut Raw, contract: &Contract) -> Result<()> {
    let bound = query(PUT_CONTRACT)
        .bind(contract.id.0)
        .bind(contract.customer.0)
        .bind(contract.number.clone())
        .bind(contract.terms_version.clone())
        .bind(micros_opt(contract.accepted_at));
    run(conn, bound).await.map(drop)
}

/// The contract with this id.
pub(crate) async fn contract_by_id(conn: &mut Raw, id: ContractId) -> Result<Option<Contract>> {
    optional(conn, query(CONTRACT_BY_ID).bind(id.0)).await
}

/// The contract with this number.
pub(crate) async fn contract_by_number(conn: &mut Raw, number: &str) -> Result<Option<Contract>> {
    optional(conn, query(CONTRACT_BY_NUMBER).bind(number.to_owned())).await
}

/// A customer's contracts.
pub(crate) async fn contracts_of(conn: &mut Raw, customer: CustomerId) -> Result<Vec<Contract>> {
    all(conn, query(CONTRACTS_OF).bind(customer.0)).await
}

/// A service as the books have it now: new, or with other identities.
pub(crate) async fn put(conn: &mut Raw, service: &Service) -> Result<()> {
    let bound = query(PUT)
        .bind(service.id.0)
        .bind(service.customer.0)
        .bind(service.contract.0)
        .bind(service.number.clone())
        .bind(service.product.clone())
        .bind(service.username.clone())
        .bind(service.circuit_id.clone())
        .bind(service.mac.clone())
        .bind(service.protected.clone());
    run(conn, bound).await.map(drop)
}

/// The service with this id.
pub(crate) async fn by_id(conn: &mut Raw, id: ServiceId) -> Result<Option<Service>> {
    optional(conn, query(BY_ID).bind(id.0)).await
}

/// The service with this number.
pub(crate) async fn by_number(conn: &mut Raw, number: &str) -> Result<Option<Service>> {
    optional(conn, query(BY_NUMBER).bind(number.to_owned())).await
}

/// A customer's services by number.
pub(crate) async fn of_customer(conn: &mut Raw, customer: CustomerId) -> Result<Vec<Service>> {
    all(conn, query(OF_CUSTOMER).bind(customer.0)).await
}

/// The services with one of these user names.
pub(crate) async fn by_username(conn: &mut Raw, names: &[String]) -> Result<Vec<Service>> {
    bulk::of_keys(conn, (BY_USERNAME_HEAD, ")"), names, true, |list, name| {
        list.push_bind(name);
    })
    .await
}

/// Number, id and customer of every service: what a bulk import looks up.
pub(crate) async fn keys(conn: &mut Raw) -> Result<Vec<(String, ServiceId, CustomerId)>> {
    all(conn, query(KEYS)).await
}
