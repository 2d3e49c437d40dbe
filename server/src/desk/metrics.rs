//! The figures.
use super::{Desk, DeskError};
use domain::{
    actor::{Actor, Permission},
    metrics::{Figures, Period},
};

impl Desk {
    /// Everything the figures page shows of a period.
    ///
    /// # Errors
    /// [`domain::refusal::Refusal`] without the right to read figures.
    pub async fn figures(&self, actor: &Actor, period: Period) -> Result<Figures, DeskError> {
        self.require(actor, Permission::ReadFigures)?;
        Ok(self.store.read().await?.figures(period, self.clock.now()).await?)
    }
}
