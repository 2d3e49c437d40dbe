//! The page of lease sources, what is wrong with them, and the limits a person sets for each.
use super::{Desk, DeskError};
use chrono::TimeDelta;
use domain::{
    act::Act,
    actor::{Actor, Permission},
    lease::board::{LeaseBoard, LeaseWarning, warnings},
    ledger::NewEntry,
    refusal::Refusal,
};

/// Refused rows that the page shows.
const REFUSED_SHOWN: i64 = 50;
/// Imports that the page shows.
const IMPORTS_SHOWN: i64 = 20;
/// A clock may be off by an hour at most: beyond, nothing would be certain any more.
const SKEW_MAX: i64 = 3_600;
/// Longest accepted silence, in hours.
const SILENCE_MAX: i64 = 8_760;

impl Desk {
    /// Days for which leases are kept after their end.
    pub(crate) fn lease_keep_days(&self) -> i64 {
        self.config.number("leases.keep_days")
    }

    /// Everything on the page of lease sources.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`]; any store error.
    pub async fn lease_board(&self, actor: &Actor) -> Result<LeaseBoard, DeskError> {
        self.require(actor, Permission::Administer)?;
        let warnings = self.lease_warnings().await?;
        let mut conn = self.store.read().await?;
        Ok(LeaseBoard {
            sources: conn.lease_sources().await?,
            warnings,
            refused: conn.lease_refusals(REFUSED_SHOWN).await?,
            imports: conn.lease_imports(IMPORTS_SHOWN).await?,
            names: conn.service_name_count().await?,
            keep_days: self.lease_keep_days(),
            report_days: self.config.number("leases.report_days"),
            now: self.clock.now(),
        })
    }

    /// What is wrong with the lease sources: for the rail, the health page and `lazaret check`.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn lease_warnings(&self) -> Result<Vec<LeaseWarning>, DeskError> {
        let sources = self.store.read().await?.lease_sources().await?;
        let report_days = self.config.number("leases.report_days");
        Ok(warnings(&sources, report_days, self.lease_keep_days(), self.clock.now()))
    }

    /// Says how far a source's clock may be off, in seconds, and after how many hours of silence to warn (0: never).
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for a limit that makes no sense; [`Refusal::NotFound`]; any store error.
    pub async fn lease_source_limits(
        &self,
        actor: &Actor,
        name: &str,
        skew_s: &str,
        silent_hours: &str,
    ) -> Result<(), DeskError> {
        self.require(actor, Permission::Administer)?;
        let number = |field: &'static str, text: &str, most: i64| {
            let found = text.trim().parse::<i64>().ok().filter(|number| (0..=most).contains(number));
            found.ok_or_else(|| Refusal::invalid(field, format!("a whole number from 0 to {most}")))
        };
        let skew = number("skew", skew_s, SKEW_MAX)?;
        let silent = number("silent", silent_hours, SILENCE_MAX)?;
        let mut tx = self.store.write().await?;
        let sources = tx.lease_sources().await?;
        let source = sources.iter().find(|source| source.name == name).ok_or(Refusal::NotFound)?;
        let after = (silent > 0).then(|| TimeDelta::hours(silent));
        tx.lease_source_limits(source.id, TimeDelta::seconds(skew), after).await?;
        let words = |skew: i64, silent: i64| format!("clock ± {skew} s, silent after {silent} h");
        let before = source.silent_after.map_or(0, |after| after.num_hours());
        let entry = NewEntry::new(actor, Act::LeaseSourceChanged, "lease_source", name)
            .change(words(source.skew.num_seconds(), before), words(skew, silent));
        tx.commit(entry).await?;
        Ok(())
    }
}
