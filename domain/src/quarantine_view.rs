//! What the quarantine pages show: read models, filled by the desk.
use crate::{
    case::Case,
    customer::{Contract, Service},
    dispute::DisputeRow,
    enforcement::NetworkBoard,
    event::Role,
    id::CaseId,
    ledger::Entry,
    quarantine::{QuarantineCommand, QuarantineCounts, QuarantineRow, QuarantineTab},
    release::{Release, ReleaseRow},
    terms::Clause,
};

/// One quarantine with its history.
#[derive(Debug, Clone)]
pub struct QuarantinePage {
    /// It.
    pub row: QuarantineRow,
    /// What may be done by whoever looks.
    pub may: Vec<QuarantineCommand>,
    /// Whoever looks ordered it himself and so cannot sign for it.
    pub own_order: bool,
    /// Wording of the clause.
    pub clause_text: String,
    /// Requests for release, newest first.
    pub releases: Vec<Release>,
    /// Its entries in the ledger, newest first.
    pub history: Vec<Entry>,
}

/// A page of the list.
#[derive(Debug, Clone)]
pub struct QuarantineList {
    /// Which view.
    pub tab: QuarantineTab,
    /// Its rows.
    pub rows: crate::page::Rows<QuarantineRow>,
    /// How many are in each view.
    pub counts: QuarantineCounts,
}

/// A service that may be restricted, and under what.
#[derive(Debug, Clone)]
pub struct ServiceChoice {
    /// The service.
    pub service: Service,
    /// Its contract.
    pub contract: Contract,
    /// Clauses of the accepted terms that permit a measure.
    pub clauses: Vec<Clause>,
    /// What restricts it already.
    pub live: Option<QuarantineRow>,
}

/// What an order from a case can be made of.
#[derive(Debug, Clone)]
pub struct OrderChoices {
    /// The case.
    pub case: Case,
    /// Name of the customer.
    pub customer_name: String,
    /// The customer's services, the case's own first.
    pub services: Vec<ServiceChoice>,
    /// What the customer is in the case's certain events.
    pub roles: Vec<Role>,
    /// A notice was given or is owed.
    pub notice: bool,
    /// Events of the case whose answer later leases speak against.
    pub doubted: i64,
}

/// What waits for a second person.
#[derive(Debug, Clone)]
pub struct Approvals {
    /// Quarantines of protected services.
    pub signatures: Vec<QuarantineRow>,
    /// Release requests that need a person.
    pub requests: Vec<ReleaseRow>,
    /// Objections.
    pub disputes: Vec<DisputeRow>,
    /// How many of each there are, shown or not.
    pub counts: ApprovalCounts,
    /// The cases of those shown that rest on an answer in doubt.
    pub doubted: Vec<CaseId>,
}

/// How much waits for a second person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApprovalCounts {
    /// Quarantines of protected services.
    pub signatures: i64,
    /// Release requests that need a person.
    pub requests: i64,
    /// Objections.
    pub disputes: i64,
}

/// What the network holds beside what the desk wants.
#[derive(Debug, Clone)]
pub struct NetworkPage {
    /// What the network held at the last comparison.
    pub board: NetworkBoard,
    /// What the desk wants, with names.
    pub wanted: Vec<QuarantineRow>,
}
