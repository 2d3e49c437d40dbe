//! The moves of a quarantine inside a transaction: shared by people's acts, workers and timers.
use super::DeskError;
use chrono::{DateTime, Utc};
use domain::{
    act::Act,
    actor::Actor,
    case::{self, CaseCommand, CaseState},
    id::{CaseId, QuarantineId},
    ledger::NewEntry,
    limit::WATCH,
    quarantine::{self, Quarantine, QuarantineCommand, QuarantineState},
    refusal::Refusal,
};
use store::{Entries, Tx};

/// Kind of the jobs that put a quarantine in force.
pub(crate) const APPLY: &str = "apply";
/// Kind of the jobs that take one away.
pub(crate) const LIFT: &str = "lift";

/// Its time has come: the network is to be asked. The caller saves.
pub(super) async fn begin(tx: &mut Tx, found: &mut Quarantine) -> Result<(), DeskError> {
    found.state = quarantine::step(found.state, QuarantineCommand::Begin)?;
    found.attempts = 0;
    let now = tx.now();
    tx.job_owe(APPLY, found.id.0, now, now).await?;
    Ok(())
}

/// Asks the network once more: after a failure, or because it lost it. Saves.
pub(super) async fn ask_again(
    tx: &mut Tx,
    found: &mut Quarantine,
    command: QuarantineCommand,
) -> Result<(), DeskError> {
    found.state = quarantine::step(found.state, command)?;
    found.attempts = 0;
    let now = tx.now();
    tx.job_owe(APPLY, found.id.0, now, now).await?;
    tx.quarantine_save(found).await?;
    Ok(())
}

/// To be taken away. Saves. A job `apply` that is still about finds that its time is over.
pub(super) async fn lift(tx: &mut Tx, found: &mut Quarantine) -> Result<(), DeskError> {
    let now = tx.now();
    found.state = quarantine::step(found.state, QuarantineCommand::Lift)?;
    found.lift_asked_at = Some(now);
    found.attempts = 0;
    tx.job_owe(LIFT, found.id.0, now, now).await?;
    tx.quarantine_save(found).await?;
    Ok(())
}

/// One entry about a quarantine per case that holds it (without a case when none does).
pub(super) async fn entries(
    tx: &mut Tx,
    id: QuarantineId,
    actor: &Actor,
    act: Act,
) -> Result<Vec<NewEntry>, DeskError> {
    let causes = tx.quarantine_causes(id).await?;
    let entry = NewEntry::new(actor, act, "quarantine", id);
    if causes.is_empty() {
        return Ok(vec![entry]);
    }
    Ok(causes.into_iter().map(|case| entry.clone().case(case)).collect())
}

/// Commits what has at least one entry.
pub(super) async fn commit(tx: Tx, entries: Vec<NewEntry>) -> Result<(), DeskError> {
    let mut entries = entries.into_iter();
    let first = entries.next().ok_or_else(|| DeskError::Broken("a change without an entry".to_owned()))?;
    tx.commit(Entries::from(first).and_all(entries)).await?;
    Ok(())
}

/// Tells a case what the network confirmed; the states before and after, if the case changed.
///
/// A case that still holds another quarantine is not told that one was lifted.
pub(super) async fn tell_case(
    tx: &mut Tx,
    id: CaseId,
    command: CaseCommand,
    due_at: Option<DateTime<Utc>>,
) -> Result<Option<(CaseState, CaseState)>, DeskError> {
    let held = tx.case_holds(id).await?.into_iter().any(QuarantineState::holding);
    if command == CaseCommand::QuarantineLifted && held {
        return Ok(None);
    }
    let mut found = tx.case_by_id(id).await?.ok_or(Refusal::NotFound)?;
    let (old, new) = (found.state, case::step(found.state, command, held)?);
    if old == new {
        return Ok(None);
    }
    found.state = new;
    found.due_at = if new == CaseState::Released { Some(tx.now() + WATCH) } else { due_at.or(found.due_at) };
    tx.case_save(&found).await?;
    Ok(Some((old, new)))
}
