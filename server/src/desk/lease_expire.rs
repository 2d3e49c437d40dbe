//! Leases whose time is over are erased in small batches; what is frozen in an attribution stays with its event.
use super::{Desk, DeskError};
use chrono::{DateTime, TimeDelta, Timelike as _, Utc};
use domain::{act::Act, actor::Actor, lease::LeaseSourceKind, ledger::NewEntry};
use store::Chore;

/// Rows of one transaction: others wait for less than a second.
pub const EXPIRE_BATCH: i64 = 5_000;

impl Desk {
    /// Erases at most `most` leases of each source that ended longer ago than they are kept, and what people were shown or
    /// refused of them; whether more may be left. The watermark moves first, so that no answer takes what is gone for what
    /// never was. Fixed addresses of the books are no traffic data: they stay with their service.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn leases_expire(&self, most: i64) -> Result<bool, DeskError> {
        let before = self.expired_before();
        let sources = self.store.read().await?.lease_sources().await?;
        let (mut more, mut later) = (false, false);
        for source in sources.iter().filter(|source| source.kind != LeaseSourceKind::Static) {
            let mut tx = self.store.write().await?;
            let moved = tx.lease_source_mark(source.id, before).await?;
            let gone = tx.lease_erase_some(source.id, before, most).await?;
            later |= moved;
            more |= gone >= u64::try_from(most).unwrap_or(u64::MAX);
            if gone > 0 {
                tx.commit(erased("lease_source", &source.name, before).fact("leases", gone)).await?;
            } else if moved {
                tx.commit_chore(Chore::LeasesHeard).await?;
            }
        }
        if later {
            self.inside_forget(before, most).await?;
        }
        let mut tx = self.store.write().await?;
        let answers = tx.look_up_forget(before).await?;
        let rows = tx.lease_refusals_forget(before).await?;
        let questions = tx.resolver_forget(before).await?;
        if answers + rows + questions > 0 {
            let entry = erased("look_up", "", before).fact("answers", answers).fact("refused_rows", rows);
            tx.commit(entry.fact("resolver_questions", questions)).await?;
        }
        Ok(more)
    }

    /// Answers about a time of which leases are gone hang on leases of inside addresses no more. Looks at all that hang on
    /// some, so only where the watermark has moved.
    async fn inside_forget(&self, before: DateTime<Utc>, most: i64) -> Result<(), DeskError> {
        loop {
            let past = self.store.read().await?.event_waits_past(before, most).await?;
            if past.is_empty() {
                return Ok(());
            }
            let mut tx = self.store.write().await?;
            tx.event_waits_forget(&past).await?;
            tx.commit_chore(Chore::LeasesHeard).await?;
        }
    }

    /// Leases that ended before are not kept any more: whole hours, so that the watermark does not move all the time.
    fn expired_before(&self) -> DateTime<Utc> {
        let at = self.clock.now() - TimeDelta::days(self.lease_keep_days());
        let hour = at.with_minute(0).and_then(|at| at.with_second(0)).and_then(|at| at.with_nanosecond(0));
        hour.unwrap_or(at)
    }
}

fn erased(noun: &'static str, name: &str, before: DateTime<Utc>) -> NewEntry {
    NewEntry::new(&Actor::system("retention"), Act::LeasesErased, noun, name).fact("before", before.to_rfc3339())
}
