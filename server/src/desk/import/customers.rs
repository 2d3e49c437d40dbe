//! Customers with contracts, services and fixed addresses from CSV: one row a service.
use super::{
    ImportOrder,
    table::{Fault, Line, Table, prefix},
};
use crate::desk::{Desk, DeskError, lease_settle::told};
use chrono::{DateTime, Utc};
use domain::{
    act::Act,
    actor::Actor,
    customer::{Contract, Customer, Service},
    id::{ContractId, CustomerId, LeaseId, ServiceId},
    import::{ImportKind, ImportReport, Problem},
    lease::Lease,
    ledger::NewEntry,
};
use ipnet::IpNet;
use std::collections::{HashMap, HashSet};
use store::{News, Tx};

/// Rows of one transaction.
const ROWS_PER_TRANSACTION: usize = 200;
/// Languages the customer's page speaks.
const LANGUAGES: &[&str] = &["en", "de"];

/// A row that is right in itself. Ids are those of new records; known ones keep theirs.
struct Row {
    line: u64,
    customer: Customer,
    contract: Contract,
    service: Service,
    addresses: Vec<IpNet>,
}

/// What earlier rows of the file said, so that the rows of one customer agree.
#[derive(Default)]
struct Said {
    names: HashMap<String, String>,
    owners: HashMap<String, String>,
}

impl Desk {
    pub(super) async fn import_customers(
        &self,
        actor: &Actor,
        csv: &[u8],
        order: ImportOrder<'_>,
    ) -> Result<ImportReport, DeskError> {
        let mut report = ImportReport { dry_run: order.dry_run, ..ImportReport::default() };
        let mut table = Table::open(csv, ImportKind::Customers.columns(), &mut report)?;
        let versions = self.store.read().await?.terms_list().await?;
        let versions: HashSet<String> = versions.into_iter().map(|terms| terms.version).collect();
        let now = self.clock.now();
        let (mut said, mut batch) = (Said::default(), Vec::new());
        while let Some(line) = table.next(&mut report) {
            let number = line.number;
            match row(&line, &versions, now).and_then(|row| said.agree(row)) {
                Ok(row) => batch.push(row),
                Err((column, problem)) => {
                    report.refuse(Problem { line: number, column: column.to_owned(), problem });
                }
            }
            if batch.len() == ROWS_PER_TRANSACTION {
                self.keep_customers(actor, &mut batch, &mut report).await?;
                (order.progress)(report.rows);
            }
        }
        self.keep_customers(actor, &mut batch, &mut report).await?;
        (order.progress)(report.rows);
        Ok(report)
    }

    async fn keep_customers(
        &self,
        actor: &Actor,
        batch: &mut Vec<Row>,
        report: &mut ImportReport,
    ) -> Result<(), DeskError> {
        let rows = std::mem::take(batch);
        if rows.is_empty() {
            return Ok(());
        }
        let mut tx = self.store.write().await?;
        let mut kept = 0_u64;
        for row in rows {
            let line = row.line;
            match keep(&mut tx, row).await? {
                Ok(()) => kept += 1,
                Err((column, problem)) => report.refuse(Problem { line, column: column.to_owned(), problem }),
            }
        }
        report.good += kept;
        // A dry run has asked the store everything and now forgets it: dropping rolls back.
        if !report.dry_run && kept > 0 {
            let entry = NewEntry::new(actor, Act::CustomersImported, "import", CustomerId::new());
            tx.commit(entry.fact("services", kept)).await?;
        }
        Ok(())
    }
}

impl Said {
    /// Rows of one customer must not contradict each other.
    fn agree(&mut self, row: Row) -> Result<Row, Fault> {
        let number = row.customer.number.clone();
        let name = self.names.entry(number.clone()).or_insert_with(|| row.customer.name.clone());
        if *name != row.customer.name {
            return Err(("name", format!("customer {number} is called {name:?} in an earlier row")));
        }
        let contract = format!("contract {}", row.contract.number);
        let service = format!("service {}", row.service.number);
        for (column, thing) in [("contract_number", contract), ("service_number", service)] {
            let owner = self.owners.entry(thing.clone()).or_insert_with(|| number.clone());
            if *owner != number {
                return Err((column, format!("{thing} belongs to customer {owner} in an earlier row")));
            }
        }
        Ok(row)
    }
}

fn row(line: &Line<'_>, versions: &HashSet<String>, now: DateTime<Utc>) -> Result<Row, Fault> {
    let terms_version = line.needed("terms_version")?;
    if !versions.contains(&terms_version) {
        return Err(("terms_version", format!("there are no terms {terms_version:?}: import the terms first")));
    }
    let customer = Customer {
        id: CustomerId::new(),
        number: line.needed("customer_number")?,
        name: line.needed("name")?,
        email: email(line)?,
        phone: line.text("phone").to_owned(),
        language: language(line)?,
        created_at: now,
    };
    let contract = Contract {
        id: ContractId::new(),
        customer: customer.id,
        number: line.needed("contract_number")?,
        terms_version,
        accepted_at: line.instant("accepted_at")?,
    };
    let protected = line.text("protected");
    let service = Service {
        id: ServiceId::new(),
        customer: customer.id,
        contract: contract.id,
        number: line.needed("service_number")?,
        product: line.text("product").to_owned(),
        username: line.text("username").to_owned(),
        circuit_id: line.text("circuit_id").to_owned(),
        mac: mac(line)?,
        protected: (!protected.is_empty()).then(|| protected.to_owned()),
    };
    let addresses = line.text("addresses").split_whitespace().map(prefix).collect::<Result<Vec<_>, _>>();
    let addresses = addresses.map_err(|problem| ("addresses", problem))?;
    Ok(Row { line: line.number, customer, contract, service, addresses })
}

fn email(line: &Line<'_>) -> Result<String, Fault> {
    let text = line.needed("email")?;
    let parts = text.split_once('@').filter(|(user, host)| !user.is_empty() && !host.is_empty());
    if parts.is_none() || text.contains(char::is_whitespace) || text.contains(',') {
        return Err(("email", format!("{text:?} is not one mail address")));
    }
    Ok(text)
}

fn language(line: &Line<'_>) -> Result<String, Fault> {
    match line.text("language").to_lowercase().as_str() {
        "" => Ok("en".to_owned()),
        word if LANGUAGES.contains(&word) => Ok(word.to_owned()),
        word => Err(("language", format!("{word:?} is not spoken here; use {}", LANGUAGES.join(" or ")))),
    }
}

/// Lower case with colons, from any usual writing.
fn mac(line: &Line<'_>) -> Result<String, Fault> {
    let text = line.text("mac");
    let digits: Vec<char> = text.chars().filter(|letter| !matches!(letter, ':' | '-' | '.')).collect();
    match digits.len() {
        0 => Ok(String::new()),
        12 if digits.iter().all(char::is_ascii_hexdigit) => {
            let pairs: Vec<String> =
                digits.chunks(2).map(|pair| pair.iter().collect::<String>().to_lowercase()).collect();
            Ok(pairs.join(":"))
        }
        _ => Err(("mac", format!("{text:?} is no MAC address such as 02:00:5e:10:00:01"))),
    }
}

/// Adds or changes what the row names. The inner error is the row's, the outer one the store's.
async fn keep(tx: &mut Tx, row: Row) -> Result<Result<(), Fault>, DeskError> {
    let Row { mut customer, mut contract, mut service, addresses, .. } = row;
    let now = tx.now();
    let known = tx.customer_by_number(&customer.number).await?;
    if let Some(known) = &known {
        customer.id = known.id;
        customer.created_at = known.created_at;
    }
    (contract.customer, service.customer) = (customer.id, customer.id);
    if let Some(known) = tx.contract_by_number(&contract.number).await? {
        if known.customer != customer.id {
            return Ok(Err(("contract_number", format!("{} belongs to another customer", contract.number))));
        }
        contract.id = known.id;
    }
    service.contract = contract.id;
    let known_service = tx.service_by_number(&service.number).await?;
    if let Some(known) = &known_service {
        if known.customer != customer.id {
            return Ok(Err(("service_number", format!("{} belongs to another customer", service.number))));
        }
        service.id = known.id;
    }
    match known {
        Some(known) if known == customer => {}
        Some(_) => tx.customer_update(&customer).await?,
        None => tx.customer_add(&customer).await?,
    }
    tx.contract_put(&contract).await?;
    tx.service_put(&service).await?;
    let waiting = tx.lease_holder_bind(&service, now).await?;
    tx.event_ask(&waiting, now).await?;
    tx.customer_refresh_search(&customer).await?;
    // A service that was here before gets a new address from now on, not in the past.
    let from = if known_service.is_some() { None } else { contract.accepted_at };
    fix_addresses(tx, &service, &addresses, from).await?;
    Ok(Ok(()))
}

/// Makes the fixed addresses of a service those of the row: ends the others, begins the new ones.
async fn fix_addresses(
    tx: &mut Tx,
    service: &Service,
    wanted: &[IpNet],
    from: Option<DateTime<Utc>>,
) -> Result<(), DeskError> {
    let now = tx.now();
    let held = tx.lease_static_of(service.id).await?;
    for lease in held.iter().filter(|lease| !wanted.contains(&lease.net)) {
        tx.lease_end_static(service.id, lease.id, now).await?;
    }
    let new = wanted.iter().filter(|net| !held.iter().any(|lease| lease.net == **net)).map(|net| Lease {
        id: LeaseId::new(),
        net: *net,
        ports: (0, u16::MAX),
        service: service.id,
        customer: service.customer,
        from: from.unwrap_or(now),
        to: None,
        source: "static".to_owned(),
    });
    let new: Vec<Lease> = new.collect();
    let news: Vec<News> = new.iter().map(|lease| News { net: lease.net, from: lease.from, to: lease.to }).collect();
    tx.lease_add(&new).await?;
    told(tx, &news).await?;
    Ok(())
}
