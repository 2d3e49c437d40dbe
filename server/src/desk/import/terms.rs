//! Terms versions and their clauses from CSV. Published text does not change.
use super::{
    ImportOrder,
    table::{Fault, Line, Table},
};
use crate::desk::{Desk, DeskError};
use chrono::{DateTime, Utc};
use domain::{
    act::Act,
    actor::Actor,
    id::ClauseId,
    import::{ImportKind, ImportReport, Problem},
    ledger::NewEntry,
    quarantine::Measure,
    terms::{Clause, Terms},
};

/// Days a measure may last where the file says nothing.
const DAYS_DEFAULT: i64 = 30;

impl Desk {
    pub(super) async fn import_terms(
        &self,
        actor: &Actor,
        csv: &[u8],
        order: ImportOrder<'_>,
    ) -> Result<ImportReport, DeskError> {
        let mut report = ImportReport { dry_run: order.dry_run, ..ImportReport::default() };
        let mut table = Table::open(csv, ImportKind::Terms.columns(), &mut report)?;
        let mut known = self.store.read().await?.terms_list().await?;
        let mut new: Vec<(DateTime<Utc>, Clause)> = Vec::new();
        while let Some(line) = table.next(&mut report) {
            let number = line.number;
            match clause(&line).and_then(|found| check(&mut known, found)) {
                Ok(Some(found)) => new.push(found),
                Ok(None) => report.good += 1,
                Err((column, problem)) => {
                    report.refuse(Problem { line: number, column: column.to_owned(), problem });
                }
            }
        }
        report.good += u64::try_from(new.len()).unwrap_or(u64::MAX);
        (order.progress)(report.rows);
        if new.is_empty() || order.dry_run {
            return Ok(report);
        }
        let mut tx = self.store.write().await?;
        for (published_at, clause) in &new {
            tx.terms_add(&clause.terms_version, *published_at).await?;
            tx.clause_add(clause).await?;
        }
        let names: Vec<String> = new.iter().map(|(_, c)| format!("{} {}", c.terms_version, c.number)).collect();
        let entry = NewEntry::new(actor, Act::TermsImported, "import", ClauseId::new());
        tx.commit(entry.fact("clauses", names.join(", "))).await?;
        Ok(report)
    }
}

fn clause(line: &Line<'_>) -> Result<(DateTime<Utc>, Clause), Fault> {
    let published_at = line.instant("published_at")?.ok_or(("published_at", "must not be empty".to_owned()))?;
    let text = line.text("text");
    if text.is_empty() || text.chars().count() > domain::limit::TEXT_CHARS_MAX {
        return Err(("text", format!("needs 1 to {} characters", domain::limit::TEXT_CHARS_MAX)));
    }
    let mut permits = Vec::new();
    for word in line.text("permits").split_whitespace() {
        let unknown = || ("permits", format!("{word:?} is no measure; use port_block, walled_garden or suspension"));
        permits.push(Measure::parse(word).ok_or_else(unknown)?);
    }
    let clause = Clause {
        id: ClauseId::new(),
        terms_version: line.needed("version")?,
        number: line.needed("clause")?,
        text: text.to_owned(),
        permits,
        days_max: line.number("days_max", 1..=365)?.unwrap_or(DAYS_DEFAULT),
    };
    Ok((published_at, clause))
}

/// The clause when it is new, none when it is known word for word.
fn check(
    known: &mut Vec<Terms>,
    (published_at, clause): (DateTime<Utc>, Clause),
) -> Result<Option<(DateTime<Utc>, Clause)>, Fault> {
    let version = clause.terms_version.clone();
    if !known.iter().any(|terms| terms.version == version) {
        known.push(Terms { version: version.clone(), published_at, clauses: Vec::new() });
    }
    let Some(terms) = known.iter_mut().find(|terms| terms.version == version) else { return Ok(None) };
    if terms.published_at != published_at {
        return Err((
            "published_at",
            format!("version {version} was published at {}", terms.published_at.to_rfc3339()),
        ));
    }
    match terms.clauses.iter().find(|one| one.number == clause.number) {
        None => {
            terms.clauses.push(clause.clone());
            Ok(Some((published_at, clause)))
        }
        Some(one) if Clause { id: one.id, ..clause.clone() } == *one => Ok(None),
        Some(_) => {
            let problem =
                format!("clause {} of {version} is published with another text: make a new version", clause.number);
            Err(("clause", problem))
        }
    }
}
