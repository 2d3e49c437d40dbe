//! Comparing what the network holds with what it should hold, and repairing both ways.
use super::{
    Desk, DeskError,
    quarantine_step::{self as step, APPLY, LIFT},
};
use domain::{
    act::Act,
    actor::Actor,
    enforcement::{BackendOutcome, Findings, Held},
    id::QuarantineId,
    ledger::NewEntry,
    quarantine::{Quarantine, QuarantineCommand, QuarantineState},
};
use std::collections::HashMap;
use store::{Chore, Tx};

fn reconciler() -> Actor {
    Actor::system("reconciler")
}

impl Desk {
    /// All that the network may hold, read before the network is asked.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn reconcile_wanted(&self) -> Result<Vec<Quarantine>, DeskError> {
        Ok(self.store.read().await?.quarantine_holding().await?)
    }

    /// Compares `wanted` (read before) with `held` (the network's list) and repairs. What changed meanwhile is left alone.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn reconcile(&self, wanted: &[Quarantine], held: Vec<Held>) -> Result<Findings, DeskError> {
        let mut findings = Findings { at: Some(self.clock.now()), ..Findings::default() };
        let mut there: HashMap<QuarantineId, Held> = HashMap::new();
        for held in held {
            match held.id.parse::<QuarantineId>() {
                // Only one spelling of an id is ours.
                Ok(id) if id.to_string() == held.id => drop(there.insert(id, held)),
                _ => findings.strangers.push(held),
            }
        }
        let mut verified = Vec::new();
        for found in wanted {
            let seen = there.remove(&found.id);
            if found.state == QuarantineState::InForce && seen.as_ref().is_some_and(|held| fits(found, held)) {
                verified.push(found.id);
            } else if self.reconcile_one(found, seen.is_some()).await? {
                findings.missing.push(found.id.to_string());
            }
        }
        self.verified(&verified).await?;
        for (id, held) in there {
            self.reconcile_left_over(id, held, &mut findings).await?;
        }
        Ok(findings)
    }

    async fn verified(&self, ids: &[QuarantineId]) -> Result<(), DeskError> {
        if ids.is_empty() {
            return Ok(());
        }
        let mut tx = self.store.write().await?;
        let now = tx.now();
        for id in ids {
            tx.quarantine_verified(*id, now).await?;
        }
        Ok(tx.commit_chore(Chore::Verified).await?)
    }

    /// One that the network may hold, and does not hold as wanted; true when it had to be repaired.
    async fn reconcile_one(&self, found: &Quarantine, there: bool) -> Result<bool, DeskError> {
        let tx = self.store.write().await?;
        let repaired = match found.state {
            QuarantineState::InForce => repair(tx, found, QuarantineCommand::Repair, there).await?,
            // It failed here, but is held there: make both say the same.
            QuarantineState::Failed if there => repair(tx, found, QuarantineCommand::Retry, true).await?,
            QuarantineState::Applying => owe_again(tx, found, APPLY).await?,
            QuarantineState::Lifting => owe_again(tx, found, LIFT).await?,
            _ => false,
        };
        self.wake.enforcement.notify_one();
        Ok(repaired)
    }

    /// One that is in the network's list only.
    async fn reconcile_left_over(
        &self,
        id: QuarantineId,
        held: Held,
        findings: &mut Findings,
    ) -> Result<(), DeskError> {
        let mut tx = self.store.write().await?;
        let Some(found) = tx.quarantine_by_id(id).await? else {
            findings.strangers.push(held);
            return Ok(());
        };
        // Begun since the list was asked for, or already being seen to.
        if found.state.holding() {
            return Ok(());
        }
        findings.left_over.push(held.id);
        if tx.job_owed(LIFT, id.0).await? {
            return Ok(());
        }
        let now = tx.now();
        tx.job_owe(LIFT, id.0, now, now).await?;
        let entry = NewEntry::new(&reconciler(), Act::QuarantineRepaired, "quarantine", id);
        let entry = match tx.quarantine_row(id).await?.and_then(|row| row.cases.first().map(|case| case.0)) {
            Some(case) => entry.case(case),
            None => entry,
        };
        let why = "the network still held it after its end: told to let go again";
        tx.commit(entry.fact("left_over", true).why(why)).await?;
        self.wake.enforcement.notify_one();
        Ok(())
    }
}

/// Whether the network holds what was ordered (for a customer without a session: from his next one on).
fn fits(found: &Quarantine, held: &Held) -> bool {
    held.is(found.measure, &found.ports) && held.state != BackendOutcome::Accepted
}

async fn repair(mut tx: Tx, seen: &Quarantine, command: QuarantineCommand, differs: bool) -> Result<bool, DeskError> {
    let Some(mut found) = tx.quarantine_by_id(seen.id).await?.filter(|found| found.version == seen.version) else {
        return Ok(false);
    };
    let old = found.state;
    step::ask_again(&mut tx, &mut found, command).await?;
    let why = match (command, differs) {
        (QuarantineCommand::Retry, _) => "it had failed here, but the network holds it: asked again",
        (_, true) => "the network held something else: asked again",
        (_, false) => "the network no longer held it: asked again",
    };
    let entries = step::entries(&mut tx, found.id, &reconciler(), Act::QuarantineRepaired).await?;
    let told = |entry: NewEntry| entry.change(old.as_str(), found.state.as_str()).why(why);
    step::commit(tx, entries.into_iter().map(told).collect()).await?;
    Ok(true)
}

/// A step under way always has its job; should it ever be lost, it is owed again.
async fn owe_again(mut tx: Tx, found: &Quarantine, kind: &str) -> Result<bool, DeskError> {
    let now = tx.now();
    let still = tx.quarantine_by_id(found.id).await?.is_some_and(|now| now.version == found.version);
    if still && !tx.job_owed(kind, found.id.0).await? {
        tx.job_owe(kind, found.id.0, now, now).await?;
        tx.commit_chore(Chore::JobLease).await?;
    }
    Ok(false)
}
