//! Names that belong to services, from CSV: hosted domains, mail accounts, login names, servers.
use super::{
    ImportOrder,
    table::{Fault, Line, Table},
};
use crate::desk::{Desk, DeskError};
use chrono::{DateTime, Utc};
use domain::{
    act::Act,
    actor::Actor,
    id::{CustomerId, ServiceId, ServiceNameId},
    import::{ImportKind, ImportReport, Problem},
    ledger::NewEntry,
    names::{NameKind, ServiceName},
};
use std::collections::HashMap;

/// Names of one transaction.
const NAMES_PER_TRANSACTION: usize = 5_000;
/// Open events that are asked again after an import.
const ASKED_AGAIN: i64 = 20_000;

type Services = HashMap<String, (ServiceId, CustomerId)>;
type Key = (String, NameKind, ServiceId, DateTime<Utc>);

impl Desk {
    pub(super) async fn import_names(
        &self,
        actor: &Actor,
        csv: &[u8],
        order: ImportOrder<'_>,
    ) -> Result<ImportReport, DeskError> {
        let mut report = ImportReport { dry_run: order.dry_run, ..ImportReport::default() };
        let mut table = Table::open(csv, ImportKind::Names.columns(), &mut report)?;
        let keys = self.store.read().await?.service_keys().await?;
        let services: Services =
            keys.into_iter().map(|(number, service, customer)| (number, (service, customer))).collect();
        // The last word of a file counts where it says the same twice.
        let mut batch: HashMap<Key, (u64, ServiceName)> = HashMap::new();
        while let Some(line) = table.next(&mut report) {
            let number = line.number;
            match name(&line, &services) {
                Ok(name) => {
                    report.good += 1;
                    batch.insert((name.name.clone(), name.kind, name.service, name.from), (number, name));
                }
                Err((column, problem)) => {
                    report.refuse(Problem { line: number, column: column.to_owned(), problem });
                }
            }
            if batch.len() >= NAMES_PER_TRANSACTION {
                self.keep_names(actor, &mut batch, &mut report).await?;
                (order.progress)(report.rows);
            }
        }
        self.keep_names(actor, &mut batch, &mut report).await?;
        (order.progress)(report.rows);
        Ok(report)
    }

    async fn keep_names(
        &self,
        actor: &Actor,
        batch: &mut HashMap<Key, (u64, ServiceName)>,
        report: &mut ImportReport,
    ) -> Result<(), DeskError> {
        let mut rows: Vec<(u64, ServiceName)> = std::mem::take(batch).into_values().collect();
        rows.sort_by_key(|row| row.0);
        if rows.is_empty() {
            return Ok(());
        }
        let wanted: Vec<String> = rows.iter().map(|(_, row)| row.name.clone()).collect();
        let known = self.store.read().await?.service_names_named(&wanted).await?;
        for (line, row) in &rows {
            let end = row.to.unwrap_or(DateTime::<Utc>::MAX_UTC);
            let new = rows.iter().map(|(_, other)| other);
            let other = known.iter().chain(new).find(|other| {
                other.service != row.service
                    && (&other.name, other.kind) == (&row.name, row.kind)
                    && other.touches(row.from, end)
            });
            if other.is_some() {
                let problem = "another service has the name at the same time: its events stay ambiguous; give the other's row an end".to_owned();
                report.note(Problem { line: *line, column: "name".to_owned(), problem });
            }
        }
        if report.dry_run {
            return Ok(());
        }
        let names: Vec<ServiceName> = rows.into_iter().map(|(_, row)| row).collect();
        let mut tx = self.store.write().await?;
        let now = tx.now();
        tx.service_name_add(&names).await?;
        let waiting = tx.events_by_name_waiting(ASKED_AGAIN).await?;
        tx.event_ask(&waiting, now).await?;
        let entry = NewEntry::new(actor, Act::NamesImported, "import", ServiceNameId::new());
        tx.commit(entry.fact("names", names.len())).await?;
        self.wake.asks.notify_one();
        Ok(())
    }
}

fn name(line: &Line<'_>, services: &Services) -> Result<ServiceName, Fault> {
    let kind = NameKind::parse(line.text("kind")).ok_or_else(|| {
        let words: Vec<&str> = NameKind::ALL.iter().map(|kind| kind.as_str()).collect();
        ("kind", format!("{:?} is none of {}", line.text("kind"), words.join(", ")))
    })?;
    let name = kind.canonical(line.text("name")).map_err(|problem| ("name", problem))?;
    let number = line.text("service_number");
    let unknown = || ("service_number", format!("there is no service {number:?}: import the customers first"));
    let (service, customer) = services.get(number).copied().ok_or_else(unknown)?;
    let from = line.instant("from")?.ok_or(("from", "must not be empty".to_owned()))?;
    let to = line.instant("to")?;
    if to.is_some_and(|to| to <= from) {
        return Err(("to", "must be later than from".to_owned()));
    }
    Ok(ServiceName { id: ServiceNameId::new(), kind, name, service, customer, from, to })
}
