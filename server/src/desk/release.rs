//! Lifting a quarantine: by staff, on request, by the timer; and refusing a request.
use super::{Desk, DeskError, quarantine::seen, quarantine_step as step};
use chrono::{DateTime, Utc};
use domain::{
    act::Act,
    actor::{Actor, Permission},
    case::{self, CaseCommand, CaseState},
    case_text,
    id::{CaseId, QuarantineId, ReleaseId},
    ledger::NewEntry,
    quarantine::{self, Quarantine, QuarantineCommand, QuarantineState},
    refusal::Refusal,
    release::{AskedBy, Release, ReleaseState},
};
use store::Tx;

/// Who lets go, why, and for which of the cases that hold it.
pub(super) struct Letting<'a> {
    /// Who.
    pub(super) actor: &'a Actor,
    /// In which part.
    pub(super) asked_by: AskedBy,
    /// Why.
    pub(super) reason: &'a str,
    /// Only this case lets go; None = all.
    pub(super) case: Option<CaseId>,
    /// The customer's own request, granted by the rule of self-release.
    pub(super) himself: Option<ReleaseId>,
}

impl Desk {
    /// Releases by a decision of staff: the cause `case` goes, or all of them; with the last one the network is told.
    ///
    /// # Errors
    /// [`Refusal::Stale`] when it changed; [`Refusal::QuarantineState`] when there is nothing to release.
    pub async fn quarantine_release(
        &self,
        actor: &Actor,
        id: QuarantineId,
        version: i64,
        case: Option<CaseId>,
        reason: &str,
    ) -> Result<QuarantineState, DeskError> {
        self.require(actor, Permission::OrderQuarantine)?;
        case_text("reason", reason)?;
        let mut tx = self.store.write().await?;
        let mut found = seen(&mut tx, id, version).await?;
        let letting = Letting { actor, asked_by: AskedBy::Staff, reason, case, himself: None };
        let entries = let_go(&mut tx, &mut found, &letting).await?;
        step::commit(tx, entries).await?;
        self.wake.enforcement.notify_one();
        Ok(found.state)
    }

    /// Grants a request that waits for a person.
    ///
    /// # Errors
    /// [`Refusal::Stale`] when it is decided already.
    pub async fn release_grant(&self, actor: &Actor, id: ReleaseId, reason: &str) -> Result<(), DeskError> {
        self.require(actor, Permission::OrderQuarantine)?;
        case_text("reason", reason)?;
        let mut tx = self.store.write().await?;
        let request = waiting(&mut tx, id).await?;
        let mut found = tx.quarantine_by_id(request.quarantine).await?.ok_or(Refusal::NotFound)?;
        let letting = Letting { actor, asked_by: AskedBy::Staff, reason, case: Some(request.case), himself: None };
        let entries = let_go(&mut tx, &mut found, &letting).await?;
        step::commit(tx, entries).await?;
        self.wake.enforcement.notify_one();
        Ok(())
    }

    /// Refuses a request, with a reason that the customer reads. His answer is dealt with by that.
    ///
    /// # Errors
    /// [`Refusal::Stale`] when it is decided already.
    pub async fn release_refuse(&self, actor: &Actor, id: ReleaseId, reason: &str) -> Result<(), DeskError> {
        self.require(actor, Permission::OrderQuarantine)?;
        case_text("reason", reason)?;
        let mut tx = self.store.write().await?;
        let request = waiting(&mut tx, id).await?;
        let now = tx.now();
        tx.release_decide(id, ReleaseState::Refused, &actor.ledger_text(), now, reason.trim()).await?;
        let mut entry = NewEntry::new(actor, Act::ReleaseRefused, "quarantine", request.quarantine)
            .case(request.case)
            .fact("release", id.to_string())
            .why(reason.trim());
        let mut about = tx.case_by_id(request.case).await?.ok_or(Refusal::NotFound)?;
        if about.state == CaseState::Answered {
            let held = tx.case_holds(request.case).await?.into_iter().any(QuarantineState::holding);
            let old = about.state;
            about.state = case::step(about.state, CaseCommand::Settle, held)?;
            about.unread = false;
            entry = entry.change(old.as_str(), about.state.as_str());
            tx.case_save(&about).await?;
        }
        tx.commit(entry).await?;
        Ok(())
    }
}

async fn waiting(tx: &mut Tx, id: ReleaseId) -> Result<Release, DeskError> {
    let request = tx.release_by_id(id).await?.ok_or(Refusal::NotFound)?;
    if request.state == ReleaseState::Waiting { Ok(request) } else { Err(Refusal::Stale.into()) }
}

/// Takes the causes away; with the last one the quarantine is lifted (or withdrawn, if it never began). The entries
/// are the caller's to commit.
pub(super) async fn let_go(
    tx: &mut Tx,
    found: &mut Quarantine,
    letting: &Letting<'_>,
) -> Result<Vec<NewEntry>, DeskError> {
    let causes = tx.quarantine_causes(found.id).await?;
    let going: Vec<CaseId> = match letting.case {
        Some(case) if causes.contains(&case) => vec![case],
        Some(_) => return Err(Refusal::invalid("case", "this case does not hold the quarantine any more").into()),
        None => causes.clone(),
    };
    let last = going.len() == causes.len();
    let now = tx.now();
    let mut entries = Vec::new();
    for case in &going {
        record(tx, found, *case, letting, now).await?;
        let entry = NewEntry::new(letting.actor, Act::ReleaseGranted, "quarantine", found.id).case(*case);
        entries.push(entry.fact("last_cause", last).why(letting.reason.trim()));
    }
    if last {
        entries.extend(lift_or_cancel(tx, found, letting).await?);
        return Ok(entries);
    }
    if !found.state.live() || found.state == QuarantineState::Lifting {
        return Err(Refusal::QuarantineState { state: found.state, act: QuarantineCommand::Lift.as_str() }.into());
    }
    for (case, entry) in going.iter().zip(entries.iter_mut()) {
        tx.quarantine_cause_gone(found.id, *case, now).await?;
        let began = found.state.holding();
        if began && let Some((old, new)) = step::tell_case(tx, *case, CaseCommand::QuarantineLifted, None).await? {
            *entry = entry.clone().change(old.as_str(), new.as_str());
        }
    }
    // Rises the version, so that a form made before cannot act on it.
    tx.quarantine_save(found).await?;
    Ok(entries)
}

async fn lift_or_cancel(
    tx: &mut Tx,
    found: &mut Quarantine,
    letting: &Letting<'_>,
) -> Result<Vec<NewEntry>, DeskError> {
    let old = found.state;
    let began = !matches!(old, QuarantineState::AwaitingApproval | QuarantineState::Scheduled);
    let act = if began { Act::QuarantineLifting } else { Act::QuarantineCancelled };
    let mut entries = step::entries(tx, found.id, letting.actor, act).await?;
    if began {
        step::lift(tx, found).await?;
    } else {
        found.state = quarantine::step(old, QuarantineCommand::Cancel)?;
        tx.quarantine_save(found).await?;
        let now = tx.now();
        tx.quarantine_causes_gone(found.id, now).await?;
    }
    for entry in &mut entries {
        *entry = entry.clone().change(old.as_str(), found.state.as_str());
    }
    Ok(entries)
}

/// Decides the requests that wait in the case; where none waits, the decision is a record of its own.
async fn record(
    tx: &mut Tx,
    found: &Quarantine,
    case: CaseId,
    letting: &Letting<'_>,
    now: DateTime<Utc>,
) -> Result<(), DeskError> {
    let by = letting.actor.ledger_text();
    let asked: Vec<Release> =
        tx.releases_waiting_of(found.id).await?.into_iter().filter(|request| request.case == case).collect();
    for request in &asked {
        tx.release_decide(request.id, ReleaseState::Granted, &by, now, letting.reason.trim()).await?;
    }
    // A request that waited for a person was no self-release; his own grant now is one.
    if asked.is_empty() || letting.himself.is_some() {
        tx.release_add(&Release {
            id: letting.himself.unwrap_or_else(ReleaseId::new),
            quarantine: found.id,
            case,
            customer: found.customer,
            asked_by: letting.asked_by,
            asked_at: now,
            state: ReleaseState::Granted,
            by_himself: letting.himself.is_some(),
            decided_by: Some(by),
            decided_at: Some(now),
            reason: letting.reason.trim().to_owned(),
        })
        .await?;
    }
    Ok(())
}
