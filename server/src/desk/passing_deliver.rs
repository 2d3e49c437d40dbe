//! What becomes of evidence on its way to somebody outside: the worker's side of the desk.
use super::{
    Desk, DeskError,
    delivery::{Relayed, verdict},
    passing::case_of,
};
use domain::{
    act::Act,
    actor::Actor,
    id::PassingId,
    ledger::NewEntry,
    limit::{JOB_LEASE, retry_wait},
    notice::{self, NoticeCommand, NoticeState},
    passing::Passing,
    refusal::Refusal,
};
use store::{Chore, Job};

/// The worker's kind of job.
pub const PASSING_JOB: &str = "passing";

/// A passing on that a worker holds.
#[derive(Debug, Clone)]
pub struct PassingDelivery {
    /// The job; held for [`JOB_LEASE`].
    pub job: Job,
    /// What leaves, in `sending`.
    pub passing: Passing,
}

impl Desk {
    /// Takes the next due one for `worker`.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn begin_passing(&self, worker: &str) -> Result<Option<PassingDelivery>, DeskError> {
        loop {
            let mut tx = self.store.write().await?;
            let now = tx.now();
            let Some(job) = tx.job_take(PASSING_JOB, worker, now, now + JOB_LEASE).await? else { return Ok(None) };
            let found = tx.passing_by_id(PassingId(job.noun)).await?;
            let begun =
                found.and_then(|passing| Some((notice::step(passing.state, NoticeCommand::Begin).ok()?, passing)));
            let Some((to, mut passing)) = begun else {
                tx.job_settle(job.id, worker).await?;
                tx.commit_chore(Chore::JobLease).await?;
                continue;
            };
            let from = passing.state;
            passing.state = to;
            passing.attempts += 1;
            tx.passing_save(&passing, from).await?;
            tx.commit_chore(Chore::JobLease).await?;
            return Ok(Some(PassingDelivery { job, passing }));
        }
    }

    /// Writes down what the other side said.
    ///
    /// # Errors
    /// Only when the store fails; it is then taken up again after the job's lease, under the same key.
    pub async fn settle_passing(
        &self,
        worker: &str,
        delivery: &PassingDelivery,
        relayed: &Relayed,
    ) -> Result<(), DeskError> {
        let mut tx = self.store.write().await?;
        let now = tx.now();
        let mut passing = tx.passing_by_id(delivery.passing.id).await?.ok_or(Refusal::NotFound)?;
        if passing.state != NoticeState::Sending {
            tx.job_settle(delivery.job.id, worker).await?;
            return Ok(tx.commit_chore(Chore::JobLease).await?);
        }
        let (command, answer) = verdict(passing.attempts, relayed);
        passing.state = notice::step(passing.state, command)?;
        passing.answer = answer;
        let act = match command {
            NoticeCommand::Accept => {
                passing.sent_at = Some(now);
                tx.job_settle(delivery.job.id, worker).await?;
                Act::PassingSent
            }
            NoticeCommand::Defer => {
                passing.next_at = now + retry_wait(delivery.job.attempts);
                if matches!(relayed, Relayed::Away(_)) {
                    passing.attempts -= 1;
                }
                tx.job_postpone(delivery.job.id, worker, passing.next_at).await?;
                Act::PassingDeferred
            }
            _ => {
                tx.job_settle(delivery.job.id, worker).await?;
                Act::PassingFailed
            }
        };
        tx.passing_save(&passing, NoticeState::Sending).await?;
        let entry = NewEntry::new(&Actor::system("passer"), act, "passing", passing.id)
            .fact("way", passing.way.as_str())
            .fact("target", passing.target.as_str())
            .fact("answer", passing.answer.as_str())
            .fact("attempt", passing.attempts);
        let entry = match case_of(&mut tx, passing.subject).await? {
            Some(case) => entry.case(case),
            None => entry,
        };
        tx.commit(entry).await?;
        Ok(())
    }
}
