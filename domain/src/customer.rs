//! Who pays: customers, their contracts with the terms they accepted, and their services.
use crate::{
    case::CaseRow,
    contradiction::Contradiction,
    evidence::Event,
    id::{ContractId, CustomerId, ServiceId},
    lease::Lease,
    names::ServiceName,
    page::Rows,
};
use chrono::{DateTime, Utc};

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// Identifier.
    pub id: CustomerId,
    /// Number in the provider's own books, unique.
    pub number: String,
    /// Name as on the contract.
    pub name: String,
    /// Where notices go.
    pub email: String,
    /// Telephone, or empty.
    pub phone: String,
    /// Language of notices and of the customer's page: `en`, `de`.
    pub language: String,
    /// When the record was made here.
    pub created_at: DateTime<Utc>,
}

/// The agreement: which terms the customer accepted, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    /// Identifier.
    pub id: ContractId,
    /// Whose.
    pub customer: CustomerId,
    /// Number in the provider's own books, unique.
    pub number: String,
    /// Version of the terms, such as `2026-03`.
    pub terms_version: String,
    /// When this customer accepted them. None = never proven: no quarantine possible.
    pub accepted_at: Option<DateTime<Utc>>,
}

/// A line, server or account with its identities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Identifier.
    pub id: ServiceId,
    /// Whose.
    pub customer: CustomerId,
    /// Under which contract.
    pub contract: ContractId,
    /// Number such as `ln-20418`, unique.
    pub number: String,
    /// Product name, such as `Fibre 500`.
    pub product: String,
    /// RADIUS user name, or empty.
    pub username: String,
    /// Circuit id (DHCP option 82), or empty.
    pub circuit_id: String,
    /// MAC address, lower case with colons, or empty.
    pub mac: String,
    /// Why it must not be cut without a supervisor (hospital, alarm line...); none = not protected.
    pub protected: Option<String>,
}

/// A row of the customer list.
#[derive(Debug, Clone)]
pub struct CustomerRow {
    /// The customer.
    pub customer: Customer,
    /// Services he has.
    pub services: i64,
    /// Cases not closed.
    pub cases_open: i64,
    /// All cases.
    pub cases: i64,
    /// Last event attributed to him.
    pub last_event_at: Option<DateTime<Utc>>,
}

/// A service with what it holds.
#[derive(Debug, Clone)]
pub struct ServiceView {
    /// The service.
    pub service: Service,
    /// What it holds now.
    pub leases: Vec<Lease>,
}

/// The page of a customer.
#[derive(Debug, Clone)]
pub struct CustomerView {
    /// The customer.
    pub customer: Customer,
    /// His contracts.
    pub contracts: Vec<Contract>,
    /// His services.
    pub services: Vec<ServiceView>,
    /// Names of his services: hosts, mail accounts, logins, servers.
    pub names: Vec<ServiceName>,
    /// His newest cases.
    pub cases: Vec<CaseRow>,
    /// His newest events.
    pub events: Rows<Event>,
    /// What later leases say against answers about his events, and waits for a person; the latest first.
    pub contradictions: Vec<Contradiction>,
    /// When it was read.
    pub now: DateTime<Utc>,
}
