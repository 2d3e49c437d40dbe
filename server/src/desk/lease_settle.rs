//! Late knowledge: events whose answer may have changed are asked again. Open answers settle by themselves; a certain one
//! is never changed, but shown to a person when it is contradicted.
use super::{
    Desk, DeskError,
    attribute::Attributor,
    correct_apply::taken_away,
    evidence::{join_open_case, newest},
    resolver::hang,
};
use domain::{
    act::Act,
    actor::Actor,
    attribution::{Answer, Certainty, Wait},
    evidence::{Attribution, EventState},
    id::{AttributionId, EventId},
    ledger::NewEntry,
    refusal::Refusal,
};
use store::{Chore, Entries, News, StoreError, Tx};

/// Events asked again in one go.
const AT_ONCE: i64 = 200;

/// Who the ledger names for it.
fn index_actor() -> Actor {
    Actor::system("lease index")
}

/// Has the events asked again of which something new is known; whether there are any.
pub(super) async fn told(tx: &mut Tx, news: &[News]) -> Result<bool, DeskError> {
    let again = tx.event_touched(news).await?;
    let now = tx.now();
    tx.event_ask(&again, now).await?;
    Ok(!again.is_empty())
}

impl Desk {
    /// Asks again for events that are due; whether there were any.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn ask_again(&self) -> Result<bool, DeskError> {
        let now = self.clock.now();
        let due = self.store.read().await?.event_asks_due(now, AT_ONCE).await?;
        if due.is_empty() {
            return Ok(false);
        }
        for id in due {
            match self.ask_one(id).await {
                Ok(()) => {}
                // A person decided it meanwhile: it is looked at once more, and then left alone.
                Err(DeskError::Refused(Refusal::Stale) | DeskError::Store(StoreError::Stale)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    async fn ask_one(&self, id: EventId) -> Result<(), DeskError> {
        let mut tx = self.store.write().await?;
        let now = tx.now();
        if !tx.event_unask(id, now).await? {
            return Ok(());
        }
        let Some(mut event) = tx.event_by_id(id).await? else {
            return Ok(tx.commit_chore(Chore::AskedAgain).await?);
        };
        let live = matches!(event.state, EventState::Pending | EventState::OnCase);
        if !live {
            tx.event_unwait(id).await?;
            return Ok(tx.commit_chore(Chore::AskedAgain).await?);
        }
        let stands = newest(&mut tx, id).await?;
        let asked = std::slice::from_ref(&event.observation);
        let attributor = Attributor::load(&mut tx, &self.resolvers).await?;
        let found = attributor.answers(&mut tx, asked, event.received_at).await?;
        let found = found.into_iter().next().unwrap_or_else(|| Answer::unknown(""));
        let waits: Vec<_> = found.waits.iter().map(|wait| (id, wait.clone())).collect();
        if event.certainty == Certainty::Certain {
            let inside: Vec<_> = waits.into_iter().filter(|(_, wait)| matches!(wait, Wait::Inside(_))).collect();
            hang(&mut tx, &inside).await?;
            return self.weigh(tx, &index_actor(), &event, &stands, found).await;
        }
        tx.event_unwait(id).await?;
        hang(&mut tx, &waits).await?;
        if event.state != EventState::Pending || same(&stands, &found) || taken_away(&mut tx, id, &found).await? {
            return Ok(tx.commit_chore(Chore::AskedAgain).await?);
        }
        let holder = found.holder().cloned();
        event.answer(&found);
        tx.event_set_holder(&event, EventState::Pending).await?;
        let why = format!("later leases; before: {}", stands.why);
        let entry = NewEntry::new(&index_actor(), Act::EventAttributed, "event", id)
            .change(stands.certainty.as_str(), found.certainty.as_str())
            .why(&why);
        let made_by = index_actor().ledger_text();
        tx.attribution_add(&[Attribution {
            id: AttributionId::new(),
            event: id,
            made_at: now,
            made_by,
            answer: found,
        }])
        .await?;
        let joined = match holder {
            Some(holder) => join_open_case(&mut tx, &index_actor(), &event, holder.customer).await?,
            None => None,
        };
        tx.commit(Entries::from(entry).and_all(joined)).await?;
        Ok(())
    }
}

/// Whether two open answers say the same.
fn same(before: &Answer, now: &Answer) -> bool {
    let services = |answer: &Answer| -> Vec<_> { answer.candidates.iter().map(|one| one.service).collect() };
    before.certainty == now.certainty
        && (before.doubt == now.doubt || before.doubt.is_none())
        && services(before) == services(now)
}
