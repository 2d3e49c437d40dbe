//! Leases in bulk: from CSV and, by the HTTP interface, from one JSON object a line.
use super::{
    ImportOrder,
    table::{Fault, Line, Table, instant, prefix},
};
use crate::desk::{Desk, DeskError};
use domain::{
    act::Act,
    actor::{Actor, Permission},
    id::{CustomerId, LeaseId, ServiceId},
    import::{ImportKind, ImportReport, Problem},
    lease::Lease,
    ledger::NewEntry,
};
use serde::Deserialize;
use std::collections::HashMap;
use store::News;

/// Leases of one transaction: neighbours in the indexes are then written once, and others still wait less than a second.
const LEASES_PER_TRANSACTION: usize = 10_000;

/// One lease as a line of JSON: the same fields as the columns of the CSV file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct LeaseLine {
    address: String,
    #[serde(default)]
    port_from: Option<u16>,
    #[serde(default)]
    port_to: Option<u16>,
    service_number: String,
    from: String,
    #[serde(default)]
    to: Option<String>,
    #[serde(default)]
    source: Option<String>,
}

type Services = HashMap<String, (ServiceId, CustomerId)>;

impl Desk {
    pub(super) async fn import_leases(
        &self,
        actor: &Actor,
        csv: &[u8],
        order: ImportOrder<'_>,
    ) -> Result<ImportReport, DeskError> {
        let mut report = ImportReport { dry_run: order.dry_run, ..ImportReport::default() };
        let mut table = Table::open(csv, ImportKind::Leases.columns(), &mut report)?;
        let services = self.service_numbers().await?;
        let mut batch = Vec::with_capacity(LEASES_PER_TRANSACTION);
        while let Some(line) = table.next(&mut report) {
            let number = line.number;
            match of_line(&line, &services) {
                Ok(lease) => batch.push(lease),
                Err((column, problem)) => {
                    report.refuse(Problem { line: number, column: column.to_owned(), problem });
                }
            }
            if batch.len() == LEASES_PER_TRANSACTION {
                self.keep_leases(actor, &mut batch, &mut report).await?;
                (order.progress)(report.rows);
            }
        }
        self.keep_leases(actor, &mut batch, &mut report).await?;
        (order.progress)(report.rows);
        Ok(report)
    }

    /// Imports leases written as one JSON object a line.
    ///
    /// # Errors
    /// [`domain::refusal::Refusal::NotAllowed`]; any store error, then rows up to the last full batch are kept.
    pub async fn import_lease_lines(&self, actor: &Actor, ndjson: &str) -> Result<ImportReport, DeskError> {
        if !matches!(actor, Actor::Machine { .. }) {
            self.require(actor, Permission::Administer)?;
        }
        let services = self.service_numbers().await?;
        let mut report = ImportReport::default();
        let mut batch = Vec::with_capacity(LEASES_PER_TRANSACTION);
        let lines = (1..).zip(ndjson.lines()).filter(|(_, text)| !text.trim().is_empty());
        for (number, text) in lines {
            report.rows += 1;
            match of_json(text, &services) {
                Ok(lease) => batch.push(lease),
                Err((column, problem)) => {
                    report.refuse(Problem { line: number, column: column.to_owned(), problem });
                }
            }
            if batch.len() == LEASES_PER_TRANSACTION {
                self.keep_leases(actor, &mut batch, &mut report).await?;
            }
        }
        self.keep_leases(actor, &mut batch, &mut report).await?;
        Ok(report)
    }

    /// The numbers of all services: a dry run names those that are none.
    ///
    /// # Errors
    /// Any store error.
    pub async fn service_number_list(&self) -> Result<std::collections::HashSet<String>, DeskError> {
        Ok(self.service_numbers().await?.into_keys().collect())
    }

    async fn service_numbers(&self) -> Result<Services, DeskError> {
        let keys = self.store.read().await?.service_keys().await?;
        Ok(keys.into_iter().map(|(number, service, customer)| (number, (service, customer))).collect())
    }

    async fn keep_leases(
        &self,
        actor: &Actor,
        batch: &mut Vec<Lease>,
        report: &mut ImportReport,
    ) -> Result<(), DeskError> {
        let leases = std::mem::take(batch);
        report.good += u64::try_from(leases.len()).unwrap_or(u64::MAX);
        if leases.is_empty() || report.dry_run {
            return Ok(());
        }
        let mut tx = self.store.write().await?;
        tx.lease_add(&leases).await?;
        let news: Vec<News> = leases.iter().map(|lease| News { net: lease.net, from: lease.from, to: lease.to }).collect();
        let touched = tx.event_touched(&news).await?;
        let now = tx.now();
        tx.event_ask(&touched, now).await?;
        let entry = NewEntry::new(actor, Act::LeasesImported, "import", LeaseId::new());
        tx.commit(entry.fact("leases", leases.len())).await?;
        Ok(())
    }
}

/// What a lease needs, still as text where it came as text.
struct Raw<'a> {
    address: &'a str,
    ports: (Option<i64>, Option<i64>),
    service: &'a str,
    from: &'a str,
    to: &'a str,
    source: &'a str,
}

fn of_line(line: &Line<'_>, services: &Services) -> Result<Lease, Fault> {
    let ports = (line.number("port_from", 0..=65_535)?, line.number("port_to", 0..=65_535)?);
    let raw = Raw {
        address: line.text("address"),
        ports,
        service: line.text("service_number"),
        from: line.text("from"),
        to: line.text("to"),
        source: line.text("source"),
    };
    lease(&raw, services)
}

fn of_json(text: &str, services: &Services) -> Result<Lease, Fault> {
    let line: LeaseLine = serde_json::from_str(text).map_err(|error| ("", error.to_string()))?;
    let raw = Raw {
        address: &line.address,
        ports: (line.port_from.map(i64::from), line.port_to.map(i64::from)),
        service: &line.service_number,
        from: &line.from,
        to: line.to.as_deref().unwrap_or_default(),
        source: line.source.as_deref().unwrap_or_default(),
    };
    lease(&raw, services)
}

fn lease(raw: &Raw<'_>, services: &Services) -> Result<Lease, Fault> {
    let net = prefix(raw.address).map_err(|problem| ("address", problem))?;
    let unknown = || ("service_number", format!("there is no service {:?}: import the customers first", raw.service));
    let (service, customer) = services.get(raw.service).copied().ok_or_else(unknown)?;
    let from = instant(raw.from).map_err(|problem| ("from", problem))?;
    let to = match raw.to {
        "" => None,
        text => Some(instant(text).map_err(|problem| ("to", problem))?),
    };
    if to.is_some_and(|to| to <= from) {
        return Err(("to", "must be later than from".to_owned()));
    }
    let port = |number: i64| u16::try_from(number).unwrap_or(u16::MAX);
    let ports = match raw.ports {
        (None, None) => (0, u16::MAX),
        (Some(from), Some(to)) if from <= to => (port(from), port(to)),
        (Some(_), Some(_)) => return Err(("port_to", "must not be lower than port_from".to_owned())),
        _ => return Err(("port_to", "give both port_from and port_to, or neither".to_owned())),
    };
    let source = if raw.source.is_empty() { "import" } else { raw.source };
    if source.chars().count() > 100 {
        return Err(("source", "has more than 100 characters".to_owned()));
    }
    Ok(Lease { id: LeaseId::new(), net, ports, service, customer, from, to, source: source.to_owned() })
}
