//! Bulk import of customers, leases, terms and names: row by row, with a dry run; good rows are kept, bad ones named.
mod customers;
mod leases;
mod names;
mod rules;
mod table;
mod terms;

pub use leases::{LeaseImport, LeaseOrder};

use super::{Desk, DeskError};
use domain::{
    actor::{Actor, Permission},
    import::{ImportKind, ImportReport},
};

/// Tells how many rows are done, for a progress bar.
pub type Progress<'a> = &'a (dyn Fn(u64) + Send + Sync);

/// How an import is to be done.
#[derive(Clone, Copy)]
pub struct ImportOrder<'a> {
    /// What the file holds.
    pub kind: ImportKind,
    /// Check everything, write nothing.
    pub dry_run: bool,
    /// Called now and then.
    pub progress: Progress<'a>,
}

impl Desk {
    /// Imports a CSV file. Bad rows are named in the report and left out, good rows are kept.
    ///
    /// # Errors
    /// [`domain::refusal::Refusal::Invalid`] when the file as a whole is not usable (a required column is missing); any
    /// store error, then rows up to the last full batch are kept.
    pub async fn import(&self, actor: &Actor, csv: &[u8], order: ImportOrder<'_>) -> Result<ImportReport, DeskError> {
        let leases_by_machine = matches!(actor, Actor::Machine { .. }) && order.kind == ImportKind::Leases;
        if !leases_by_machine {
            self.require(actor, Permission::Administer)?;
        }
        match order.kind {
            ImportKind::Customers => self.import_customers(actor, csv, order).await,
            ImportKind::Leases => self.import_leases(actor, csv, order).await,
            ImportKind::Terms => self.import_terms(actor, csv, order).await,
            ImportKind::CgnatRules => self.import_rules(actor, csv, order).await,
            ImportKind::Names => self.import_names(actor, csv, order).await,
        }
    }
}
