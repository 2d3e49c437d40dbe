//! A file or a request full of leases, taken in batch after batch: good rows are kept, bad ones named, and an import that
//! was broken off goes on where it was.
use super::ImportOrder;
use crate::desk::{Desk, DeskError, SAYINGS_FULL, SAYINGS_MAX};
use domain::{
    actor::Actor,
    import::{ImportReport, Problem},
    lease::{Heard, ImportPlace},
    refusal::Refusal,
    saying::{HolderName, Saying, SourceName},
};
use leases::{Format, Out, Prefer, Reader, Settings};
use std::collections::{BTreeMap, HashSet};

/// Bytes taken at once.
const PIECE: usize = 64 * 1024;

/// How an import is to be done.
#[derive(Debug, Clone)]
pub struct LeaseOrder {
    /// Who says it; a row may name another source.
    pub source: SourceName,
    /// Its form.
    pub format: Format,
    /// What the file does not say of itself.
    pub settings: Settings,
    /// Check everything, write nothing.
    pub dry_run: bool,
    /// SHA-256 of the file in hex, if it may be begun again; none for what comes but once.
    pub sha256: Option<String>,
}

/// An import under way.
pub struct LeaseImport<'a> {
    desk: &'a Desk,
    actor: &'a Actor,
    order: LeaseOrder,
    reader: Reader,
    report: ImportReport,
    /// Sayings of an earlier, broken-off import of this file, still to be passed over.
    skip: u64,
    /// Sayings that are done.
    done: u64,
    /// On a dry run: the numbers of all services.
    services: HashSet<String>,
}

impl<'a> LeaseImport<'a> {
    /// Begins, or goes on with a file that was begun before.
    ///
    /// # Errors
    /// Any store error.
    pub async fn begin(desk: &'a Desk, actor: &'a Actor, order: LeaseOrder) -> Result<Self, DeskError> {
        let place = match &order.sha256 {
            Some(sha256) if !order.dry_run => desk.lease_import_place(&order.source, sha256).await?,
            _ => None,
        };
        let services = if order.dry_run { service_numbers(desk).await? } else { HashSet::new() };
        let reader = Reader::new(order.format, &order.settings);
        let report = ImportReport { dry_run: order.dry_run, ..ImportReport::default() };
        let skip = place.map_or(0, |place| place.rows_done);
        Ok(Self { desk, actor, order, reader, report, skip, done: 0, services })
    }

    /// Sayings that were taken by an earlier import of this file.
    pub const fn known_before(&self) -> u64 {
        self.skip
    }

    /// Rows read so far.
    pub const fn rows(&self) -> u64 {
        self.report.rows
    }

    /// Takes the next bytes; what makes a full batch is durable when this returns.
    ///
    /// # Errors
    /// Any error of the desk; what was kept before stays.
    pub async fn bytes(&mut self, bytes: &[u8]) -> Result<(), DeskError> {
        // Small pieces, so that a batch is not much larger than the desk takes.
        for piece in bytes.chunks(PIECE) {
            self.reader.bytes(piece);
            if self.reader.waiting() >= SAYINGS_FULL {
                self.keep().await?;
            }
        }
        Ok(())
    }

    /// Takes what is left; what became of all.
    ///
    /// # Errors
    /// As [`LeaseImport::bytes`].
    pub async fn end(mut self) -> Result<ImportReport, DeskError> {
        self.reader.end();
        self.keep().await?;
        self.report.problems.sort_by_key(|problem| problem.line);
        Ok(self.report)
    }

    async fn keep(&mut self) -> Result<(), DeskError> {
        let Out { said, refused, noted, useless, rows } = self.reader.take();
        if let Some(problem) = useless {
            return Err(Refusal::invalid("file", problem).into());
        }
        self.report.rows += rows;
        for noted in noted {
            let problem = problem(noted.line, &noted.reason);
            self.report.note(problem);
        }
        for refused in refused {
            self.refuse(refused.line, &refused.reason);
        }
        // However it is cut into pieces, what was passed over before is the same: the file is.
        let known = said.len().min(usize::try_from(self.skip).unwrap_or(usize::MAX));
        self.skip -= u64::try_from(known).unwrap_or(0);
        self.done += u64::try_from(known).unwrap_or(0);
        let mut rest = said.into_iter().skip(known).peekable();
        while rest.peek().is_some() {
            let mut sources: BTreeMap<SourceName, Vec<Saying>> = BTreeMap::new();
            for said in rest.by_ref().take(SAYINGS_MAX) {
                let source = said.source.as_deref().and_then(named).unwrap_or_else(|| self.order.source.clone());
                sources.entry(source).or_default().push(said.saying);
            }
            self.keep_batch(sources).await?;
        }
        Ok(())
    }

    async fn keep_batch(&mut self, mut sources: BTreeMap<SourceName, Vec<Saying>>) -> Result<(), DeskError> {
        let count = u64::try_from(sources.values().map(Vec::len).sum::<usize>()).unwrap_or(0);
        self.done += count;
        if self.order.dry_run {
            let all = sources.into_values().flatten();
            for said in all {
                match &said.holder {
                    HolderName::Service(number) if !self.services.contains(number) => {
                        self.refuse(said.line, &format!("service_number: there is no service {number:?}"));
                    }
                    _ => self.report.good += 1,
                }
            }
            return Ok(());
        }
        let own = sources.remove(&self.order.source);
        for (source, sayings) in &sources {
            self.take(source, sayings, &Heard::default()).await?;
        }
        // The place in the file last: what the others said is durable by then.
        let place = self.order.sha256.clone().map(|sha256| ImportPlace { sha256, rows_done: self.done });
        if own.is_some() || place.is_some() {
            let source = self.order.source.clone();
            self.take(&source, &own.unwrap_or_default(), &Heard { through: None, place }).await?;
        }
        Ok(())
    }

    async fn take(&mut self, source: &SourceName, sayings: &[Saying], heard: &Heard) -> Result<(), DeskError> {
        let taken = self.desk.leases_take(self.actor, source, sayings, heard).await?;
        let refused = u64::try_from(taken.refused.len()).unwrap_or(0);
        self.report.good += u64::try_from(sayings.len()).unwrap_or(0).saturating_sub(refused);
        for (line, reason) in taken.refused {
            self.refuse(line, &reason);
        }
        Ok(())
    }

    fn refuse(&mut self, line: u64, reason: &str) {
        self.report.refuse(problem(line, reason));
    }
}

/// A reason that begins with the name of a column is about that column.
fn problem(line: u64, reason: &str) -> Problem {
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let (column, problem) = match reason.split_once(": ").filter(|(column, _)| plain(column)) {
        Some((column, problem)) => (column.to_owned(), problem.to_owned()),
        None if reason.starts_with("there is no service ") => ("service_number".to_owned(), reason.to_owned()),
        None => (String::new(), reason.to_owned()),
    };
    Problem { line, column, problem }
}

async fn service_numbers(desk: &Desk) -> Result<HashSet<String>, DeskError> {
    let keys = desk.store.read().await?.service_keys().await?;
    Ok(keys.into_iter().map(|(number, _, _)| number).collect())
}

impl Desk {
    /// Imports our own CSV of leases.
    pub(super) async fn import_leases(
        &self,
        actor: &Actor,
        csv: &[u8],
        order: ImportOrder<'_>,
    ) -> Result<ImportReport, DeskError> {
        let settings = Settings { zone: None, written: self.clock.now(), prefer: Prefer::Best };
        let source = SourceName::new("import").ok_or(Refusal::NotFound)?;
        let lease_order = LeaseOrder { source, format: Format::Csv, settings, dry_run: order.dry_run, sha256: None };
        let mut import = LeaseImport::begin(self, actor, lease_order).await?;
        for piece in csv.chunks(PIECE) {
            import.bytes(piece).await?;
            (order.progress)(import.rows());
        }
        import.end().await
    }
}

/// A source as a row names it: older files have blanks in such names.
fn named(text: &str) -> Option<SourceName> {
    let name: String = text.trim().chars().map(|letter| if letter == ' ' { '.' } else { letter }).take(60).collect();
    SourceName::new(&name)
}
