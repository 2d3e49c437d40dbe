//! Deciding a customer's objection: a person who did not take the first decision, with a reason the customer reads.
use super::{
    Desk, DeskError, quarantine_step as step,
    release::{Letting, let_go},
};
use domain::{
    act::Act,
    actor::{Actor, Permission},
    case::{self, CaseCommand, CaseState, DisputeState},
    dispute::{self, Verdict},
    id::DisputeId,
    ledger::NewEntry,
    quarantine::QuarantineState,
    refusal::Refusal,
    release::AskedBy,
};

impl Desk {
    /// Decides an objection. If the customer was right, what his case holds is released in the same act.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for the first decider or without a reason; [`Refusal::Stale`] when it is decided already.
    pub async fn dispute_decide(
        &self,
        actor: &Actor,
        id: DisputeId,
        verdict: Verdict,
        reason: &str,
    ) -> Result<(), DeskError> {
        self.require(actor, Permission::Approve)?;
        let decider = actor.user().ok_or(Refusal::NotAllowed(Permission::Approve))?;
        let mut tx = self.store.write().await?;
        let objection = tx.dispute_by_id(id).await?.ok_or(Refusal::NotFound)?;
        dispute::decide(&objection, decider, reason)?;
        let now = tx.now();
        tx.dispute_decide(id, decider, verdict, reason.trim(), now).await?;
        let mut about = tx.case_by_id(objection.case).await?.ok_or(Refusal::NotFound)?;
        about.dispute = match verdict {
            Verdict::Upheld => DisputeState::Upheld,
            Verdict::Rejected => DisputeState::Rejected,
        };
        about.unread = false;
        // The decision, which the customer reads, answers him.
        let old = about.state;
        if old == CaseState::Answered {
            let held = tx.case_holds(about.id).await?.into_iter().any(QuarantineState::holding);
            about.state = case::step(old, CaseCommand::Settle, held)?;
        }
        tx.case_save(&about).await?;
        let entry = NewEntry::new(actor, Act::DisputeDecided, "dispute", id).case(objection.case);
        let entry = entry.change("open", verdict.as_str()).why(reason.trim());
        let mut entries = vec![entry.fact("case", format!("{old} → {}", about.state))];
        if verdict == Verdict::Upheld {
            for mut held in tx.quarantines_of_case(objection.case).await? {
                let holds = held.state.live() && held.state != QuarantineState::Lifting;
                if holds && tx.quarantine_causes(held.id).await?.contains(&objection.case) {
                    let case = Some(objection.case);
                    let letting = Letting { actor, asked_by: AskedBy::Staff, reason, case, himself: None };
                    entries.extend(let_go(&mut tx, &mut held, &letting).await?);
                }
            }
        }
        step::commit(tx, entries).await?;
        self.wake.enforcement.notify_one();
        Ok(())
    }
}
