//! How much waits where: the numbers in the rail.
use super::{Desk, DeskError, StateCounts, fresh::Fresh};
use domain::{case::CaseCounts, evidence::InboxCounts, id::UserId};
pub use store::Counts;

/// The numbers that stand on many pages, counted once for each change.
#[derive(Default)]
pub(crate) struct Counted {
    rail: Fresh<(), Counts>,
    pub(super) inbox: Fresh<(), InboxCounts>,
    pub(super) cases: Fresh<Option<UserId>, CaseCounts>,
    pub(super) mail: Fresh<(), StateCounts>,
}

impl Desk {
    /// The numbers in the rail.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn counts(&self) -> Result<Counts, DeskError> {
        let at = self.counting();
        let count = async || {
            let counts = self.store.read().await?.counts(at.1).await?;
            let warnings = self.lease_warnings().await?.len();
            Ok(Counts { lease_warnings: i64::try_from(warnings).unwrap_or(i64::MAX), ..counts })
        };
        self.counted.rail.get((), at, count).await
    }

    /// What a count is kept under: the commits so far and the time, both from before it is counted.
    pub(super) fn counting(&self) -> (u64, chrono::DateTime<chrono::Utc>) {
        (self.store.commits(), self.clock.now())
    }
}
