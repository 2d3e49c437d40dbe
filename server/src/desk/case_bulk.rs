//! One act on many cases with one reason: each case in a transaction of its own, so that one refusal stops no other.
use super::{Desk, DeskError};
use chrono::{DateTime, Utc};
use domain::{actor::Actor, case::Outcome, id::UserId};

/// What is done to each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkAct {
    /// Given to this person.
    Assign(UserId),
    /// Hidden until then.
    Snooze(DateTime<Utc>),
    /// Closed with this outcome.
    Close(Outcome),
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BulkDone {
    /// Cases on which it was done.
    pub done: usize,
    /// Numbers of the others, each with the reason.
    pub refused: Vec<(String, String)>,
}

impl Desk {
    /// Does one act to each picked case (number and the version the person saw).
    ///
    /// # Errors
    /// What is no refusal by a rule, and a missing right: then nothing was done to the rest either.
    pub async fn act_on_cases(
        &self,
        actor: &Actor,
        picks: &[(String, i64)],
        act: BulkAct,
        why: &str,
    ) -> Result<BulkDone, DeskError> {
        self.require(actor, domain::actor::Permission::WorkCases)?;
        let mut outcome = BulkDone::default();
        for (number, version) in picks {
            let done = match act {
                BulkAct::Assign(to) => self.assign_case(actor, number, *version, to).await,
                BulkAct::Snooze(until) => self.snooze_case(actor, number, *version, Some(until), why).await,
                BulkAct::Close(how) => self.close_case(actor, number, *version, how, why).await,
            };
            match done {
                Ok(_) => outcome.done += 1,
                Err(DeskError::Refused(refusal)) => outcome.refused.push((number.clone(), refusal.to_string())),
                Err(error) => return Err(error),
            }
        }
        Ok(outcome)
    }
}
