//! How much waits where: the numbers in the rail.
use super::{Desk, DeskError};
pub use store::Counts;

impl Desk {
    /// The numbers in the rail.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn counts(&self) -> Result<Counts, DeskError> {
        let now = self.clock.now();
        Ok(self.store.read().await?.counts(now).await?)
    }
}
