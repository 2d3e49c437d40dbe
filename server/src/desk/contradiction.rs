//! Certain answers that later leases speak against: found by the index, decided by people. Nothing goes on by rule
//! while one is open.
use super::{
    Desk, DeskError,
    evidence::{name_all, newest},
};
use domain::{
    act::Act,
    actor::{Actor, Permission},
    attribution::{Answer, Certainty},
    contradiction::{Contradiction, ContradictionEnd, ContradictionList, ContradictionView, Settled, contradicts},
    evidence::Event,
    id::{CaseId, EventId},
    ledger::NewEntry,
    limit::PAGE_ROWS,
    page::{PageOf, Rows},
    refusal::Refusal,
};
use std::collections::BTreeSet;
use store::{Chore, Conn, Entries, Tx};

/// Open contradictions of one case or customer that a page knows of.
pub(super) const SHOWN: i64 = 200;

impl Desk {
    /// A page of contradictions, the latest first: those that wait for a person, or the settled ones.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`]; any store error.
    pub async fn contradictions(
        &self,
        actor: &Actor,
        settled: bool,
        page: PageOf,
    ) -> Result<ContradictionList, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        let mut conn = self.store.read().await?;
        let found = conn.contradiction_list(settled, page).await?;
        let mut rows = Vec::with_capacity(found.rows.len());
        for row in found.rows {
            rows.extend(view(&mut conn, row).await?);
        }
        Ok(ContradictionList { settled, rows: Rows { rows, more: found.more }, now: self.clock.now() })
    }

    /// A person has looked at what speaks against these answers and lets them stand; how many there were.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] without a reason or without rows; [`Refusal::Stale`] when others were faster with all.
    pub async fn keep_answers(&self, actor: &Actor, picks: &[EventId], reason: &str) -> Result<u64, DeskError> {
        self.require(actor, Permission::WorkCases)?;
        domain::case_text("reason", reason)?;
        let picks = picked(picks)?;
        let mut tx = self.store.write().await?;
        let mut entries = Vec::new();
        for id in picks {
            if settle(&mut tx, actor, id, ContradictionEnd::Kept, reason).await?
                && let Some(event) = tx.event_by_id(id).await?
            {
                entries
                    .push(about(NewEntry::new(actor, Act::AttributionUpheld, "event", id), &event).why(reason.trim()));
            }
        }
        commit(tx, entries).await
    }

    /// Opens contradictions again that were settled by keeping the answer; how many there were.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] without rows; [`Refusal::Stale`] when none of them is settled so any more.
    pub async fn reopen_contradictions(&self, actor: &Actor, picks: &[EventId]) -> Result<u64, DeskError> {
        self.require(actor, Permission::WorkCases)?;
        let picks = picked(picks)?;
        let mut tx = self.store.write().await?;
        let mut entries = Vec::new();
        for id in picks {
            let known = tx.contradiction_of_event(id).await?.and_then(|known| known.settled);
            if known.is_some_and(|settled| settled.how == ContradictionEnd::Kept)
                && let Some(event) = tx.event_by_id(id).await?
            {
                tx.contradiction_reopen(id).await?;
                entries.push(about(NewEntry::new(actor, Act::AttributionDoubtReopened, "event", id), &event));
            }
        }
        commit(tx, entries).await
    }

    /// Weighs what later leases say against a certain answer, and ends the transaction: the answer itself never changes.
    pub(super) async fn weigh(
        &self,
        mut tx: Tx,
        index: &Actor,
        event: &Event,
        stands: &Answer,
        found: Answer,
    ) -> Result<(), DeskError> {
        let known = tx.contradiction_of_event(event.id).await?;
        if contradicts(stands, &found) {
            // Said before: it waits already, or a person has seen as much.
            if known.is_some_and(|known| known.says(&found)) {
                return Ok(tx.commit_chore(Chore::AskedAgain).await?);
            }
            let entry = about(NewEntry::new(index, Act::AttributionDoubted, "event", event.id), event)
                .change(Certainty::Certain.as_str(), found.certainty.as_str())
                .why(if found.why.is_empty() { "later leases name somebody else" } else { &found.why });
            let made_at = tx.now();
            tx.contradiction_put(&Contradiction { event: event.id, made_at, answer: found, settled: None }).await?;
            tx.commit(entry).await?;
            return Ok(());
        }
        let agrees = found.holder().zip(stands.holder()).is_some_and(|(now, then)| now.service == then.service);
        let why = "the leases agree with the answer again";
        if agrees && settle(&mut tx, index, event.id, ContradictionEnd::Withdrawn, why).await? {
            tx.commit(about(NewEntry::new(index, Act::AttributionUpheld, "event", event.id), event).why(why)).await?;
            return Ok(());
        }
        Ok(tx.commit_chore(Chore::AskedAgain).await?)
    }
}

/// Nobody is told or cut off by rule on an answer in doubt; a person sees the warning and may.
///
/// # Errors
/// [`Refusal::Doubted`] for a machine, while a contradiction of the case is open.
pub(super) async fn not_by_rule(conn: &mut Conn, actor: &Actor, case: CaseId) -> Result<(), DeskError> {
    if matches!(actor, Actor::System { .. }) && conn.contradiction_count_of_case(case).await? > 0 {
        return Err(Refusal::Doubted.into());
    }
    Ok(())
}

/// Settles an open contradiction within the caller's transaction; false when there is none.
pub(super) async fn settle(
    tx: &mut Tx,
    actor: &Actor,
    event: EventId,
    how: ContradictionEnd,
    reason: &str,
) -> Result<bool, DeskError> {
    if tx.contradiction_of_event(event).await?.is_none_or(|known| known.settled.is_some()) {
        return Ok(false);
    }
    let settled = Settled { at: tx.now(), by: actor.ledger_text(), how, reason: reason.trim().to_owned() };
    tx.contradiction_settle(event, &settled).await?;
    Ok(true)
}

/// The contradiction with names; none when its event is gone.
pub(super) async fn view(conn: &mut Conn, row: Contradiction) -> Result<Option<ContradictionView>, DeskError> {
    let Some(event) = conn.event_by_id(row.event).await? else { return Ok(None) };
    let stands = newest(conn, event.id).await?;
    let holder = stands.holder().map(|holder| holder.service);
    let others: Vec<_> = row.answer.candidates.iter().filter(|one| Some(one.service) != holder).cloned().collect();
    let stands = name_all(conn, stands.holder().map(std::slice::from_ref).unwrap_or_default()).await?.pop();
    let case = match event.case {
        Some(case) => conn.case_by_id(case).await?.map(|case| case.number),
        None => None,
    };
    let against = name_all(conn, &others).await?;
    Ok(Some(ContradictionView { contradiction: row, event, stands, against, case }))
}

fn about(entry: NewEntry, event: &Event) -> NewEntry {
    match event.case {
        Some(case) => entry.case(case),
        None => entry,
    }
}

fn picked(picks: &[EventId]) -> Result<BTreeSet<EventId>, Refusal> {
    let most = usize::try_from(PAGE_ROWS).unwrap_or(usize::MAX);
    if picks.is_empty() || picks.len() > most {
        return Err(Refusal::invalid("pick", format!("tick at least one row and at most {most}")));
    }
    Ok(picks.iter().copied().collect())
}

async fn commit(tx: Tx, mut entries: Vec<NewEntry>) -> Result<u64, DeskError> {
    let n = u64::try_from(entries.len()).unwrap_or(u64::MAX);
    let first = entries.pop().ok_or(Refusal::Stale)?;
    tx.commit(Entries::from(first).and_all(entries)).await?;
    Ok(n)
}
