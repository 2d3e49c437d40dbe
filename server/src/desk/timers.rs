//! What happens because its time has come: a scheduled quarantine begins, one past its last day ends.
use super::{
    Desk, DeskError, quarantine_step as step,
    release::{Letting, let_go},
};
use domain::{
    act::Act, actor::Actor, id::QuarantineId, ledger::NewEntry, quarantine::QuarantineState, release::AskedBy,
};

/// How many are looked at in one go.
const AT_ONCE: i64 = 200;

impl Desk {
    /// Begins scheduled quarantines and ends those past their last day; how many there were.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn quarantines_tick(&self) -> Result<usize, DeskError> {
        let now = self.clock.now();
        let (begin, end) = {
            let mut conn = self.store.read().await?;
            (conn.quarantine_to_begin(now, AT_ONCE).await?, conn.quarantine_to_end(now, AT_ONCE).await?)
        };
        for found in &begin {
            self.begin_scheduled(found.id).await?;
        }
        for found in &end {
            self.end_expired(found.id).await?;
        }
        if begin.len() + end.len() > 0 {
            self.wake.enforcement.notify_one();
        }
        Ok(begin.len() + end.len())
    }

    async fn begin_scheduled(&self, id: QuarantineId) -> Result<(), DeskError> {
        let mut tx = self.store.write().await?;
        let Some(mut found) = tx.quarantine_by_id(id).await? else { return Ok(()) };
        // While later leases speak against whose it was, it waits for a person.
        let doubted = tx.contradiction_count_of_quarantine(id).await? > 0;
        if found.state != QuarantineState::Scheduled || found.starts_at > tx.now() || doubted {
            return Ok(());
        }
        step::begin(&mut tx, &mut found).await?;
        tx.quarantine_save(&found).await?;
        let entries = step::entries(&mut tx, id, &Actor::system("timer"), Act::QuarantineBegun).await?;
        let told = |entry: NewEntry| entry.change(QuarantineState::Scheduled.as_str(), found.state.as_str());
        step::commit(tx, entries.into_iter().map(told).collect()).await
    }

    async fn end_expired(&self, id: QuarantineId) -> Result<(), DeskError> {
        let mut tx = self.store.write().await?;
        let Some(mut found) = tx.quarantine_by_id(id).await? else { return Ok(()) };
        let over = found.expires_at <= tx.now() && found.state.live() && found.state != QuarantineState::Lifting;
        if !over {
            return Ok(());
        }
        let timer = Actor::system("timer");
        let reason = "the last day the clause allows is over";
        let letting = Letting { actor: &timer, asked_by: AskedBy::Timer, reason, case: None, himself: None };
        let entries = let_go(&mut tx, &mut found, &letting).await?;
        step::commit(tx, entries).await
    }
}
