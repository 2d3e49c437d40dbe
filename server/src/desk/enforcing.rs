//! What the network answered, written down: for the workers only.
use super::{
    Desk, DeskError,
    quarantine_step::{self as step, APPLY, LIFT},
};
use domain::{
    act::Act,
    actor::Actor,
    case::CaseCommand,
    enforcement::{BackendAnswer, BackendOutcome, Desired, Identities},
    id::QuarantineId,
    ledger::NewEntry,
    limit::{APPLY_ATTEMPTS_MAX, JOB_LEASE, poll_wait, retry_wait},
    quarantine::{self, Quarantine, QuarantineCommand, QuarantineState},
};
use store::{Chore, Conn, Job, Tx};

/// Leases looked through for the addresses a service holds now.
const LEASES_LOOKED_AT: i64 = 50;

fn enforcer() -> Actor {
    Actor::system("enforcer")
}

impl Desk {
    /// Takes one due job for `worker`: lifts first, nobody waits inside for somebody else to be cut.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn enforcement_take(&self, worker: &str) -> Result<Option<Job>, DeskError> {
        let mut tx = self.store.write().await?;
        let now = tx.now();
        for kind in [LIFT, APPLY] {
            if let Some(job) = tx.job_take(kind, worker, now, now + JOB_LEASE).await? {
                tx.commit_chore(Chore::JobLease).await?;
                return Ok(Some(job));
            }
        }
        Ok(None)
    }

    /// The quarantine and what the network is to hold for it.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn enforcement_wanted(&self, id: QuarantineId) -> Result<Option<(Quarantine, Desired)>, DeskError> {
        let mut conn = self.store.read().await?;
        let Some(found) = conn.quarantine_by_id(id).await? else { return Ok(None) };
        let desired = self.desired(&mut conn, &found).await?;
        Ok(Some((found, desired)))
    }

    /// What must be in force now, for a back end that forgets when the process ends.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn enforcement_in_force(&self) -> Result<Vec<(QuarantineId, Desired)>, DeskError> {
        let mut conn = self.store.read().await?;
        let mut wanted = Vec::new();
        for found in conn.quarantine_holding().await? {
            if found.state == QuarantineState::InForce {
                let desired = self.desired(&mut conn, &found).await?;
                wanted.push((found.id, desired));
            }
        }
        Ok(wanted)
    }

    async fn desired(&self, conn: &mut Conn, found: &Quarantine) -> Result<Desired, DeskError> {
        let now = self.clock.now();
        let mut identities = Identities::default();
        if let Some(service) = conn.service_by_id(found.service).await? {
            identities.number = service.number;
            identities.username = service.username;
            identities.circuit_id = service.circuit_id;
            identities.mac = service.mac;
        }
        for lease in conn.leases_of(found.service, LEASES_LOOKED_AT).await? {
            let held = lease.from <= now && lease.to.is_none_or(|to| to > now);
            // Cutting a shared address would cut the neighbours.
            if held && lease.whole_address() {
                identities.addresses.push(lease.net.to_string());
            }
        }
        Ok(Desired {
            service: identities,
            measure: found.measure,
            ports: found.ports.clone(),
            portal_url: format!("{}/garden", self.public_url()),
            expires_at: found.expires_at,
        })
    }

    /// Nothing to do any more.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn enforcement_settle(&self, job: &Job, worker: &str) -> Result<(), DeskError> {
        let mut tx = self.store.write().await?;
        tx.job_settle(job.id, worker).await?;
        Ok(tx.commit_chore(Chore::JobLease).await?)
    }

    /// Writes down what an attempt to put it in force came to.
    ///
    /// # Errors
    /// Only when the store fails; the job is then taken again after its lease.
    pub async fn applied(&self, job: &Job, worker: &str, answer: &BackendAnswer) -> Result<(), DeskError> {
        use BackendOutcome as B;
        use QuarantineState as S;
        let mut tx = self.store.write().await?;
        let Some(mut found) = tx.quarantine_by_id(QuarantineId(job.noun)).await? else {
            return settled(tx, job, worker).await;
        };
        if found.state != S::Applying {
            // Released while we were asking: our call may have reached the network after the one that lifts.
            if matches!(found.state, S::Lifting | S::Lifted | S::Cancelled | S::Refused) {
                let now = tx.now();
                tx.job_owe(LIFT, found.id.0, now, now).await?;
                self.wake.enforcement.notify_one();
            }
            return settled(tx, job, worker).await;
        }
        let tries = found.attempts + 1;
        match answer.outcome {
            B::Unknown | B::Absent if tries < APPLY_ATTEMPTS_MAX => {
                return later(tx, job, worker, &found, answer, tries).await;
            }
            // No failures: the network has it, or keeps it for the customer's next session.
            B::Accepted | B::NotOnline => return later(tx, job, worker, &found, answer, found.attempts).await,
            B::InForce | B::Refused | B::Unknown | B::Absent => {}
        }
        if !tx.job_settle(job.id, worker).await? {
            // Another worker has the job by now; what it finds out counts.
            return Ok(());
        }
        if answer.outcome == B::InForce {
            in_force(tx, &mut found, answer).await
        } else {
            failed(tx, &mut found, answer).await
        }
    }

    /// Writes down what an attempt to take it away came to. A lift is tried for ever.
    ///
    /// # Errors
    /// Only when the store fails; the job is then taken again after its lease.
    pub async fn taken_away(&self, job: &Job, worker: &str, answer: &BackendAnswer) -> Result<(), DeskError> {
        let mut tx = self.store.write().await?;
        let Some(mut found) = tx.quarantine_by_id(QuarantineId(job.noun)).await? else {
            return settled(tx, job, worker).await;
        };
        if answer.outcome != BackendOutcome::Absent {
            let waits = answer.outcome == BackendOutcome::Accepted;
            let tries = found.attempts + i64::from(!waits);
            tracing::error!(quarantine = %found.id, tries, answer = answer.detail, "not lifted yet");
            return later(tx, job, worker, &found, answer, tries).await;
        }
        if found.state != QuarantineState::Lifting {
            return settled(tx, job, worker).await;
        }
        if !tx.job_settle(job.id, worker).await? {
            return Ok(());
        }
        let now = tx.now();
        let causes = tx.quarantine_causes(found.id).await?;
        found.state = quarantine::step(found.state, QuarantineCommand::ConfirmLifted)?;
        found.lifted_at = Some(now);
        found.attempts = 0;
        found.answer.clone_from(&answer.detail);
        tx.quarantine_save(&found).await?;
        tx.quarantine_causes_gone(found.id, now).await?;
        let entry = NewEntry::new(&enforcer(), Act::QuarantineLifted, "quarantine", found.id);
        let mut entries = Vec::new();
        for case in causes {
            let told = step::tell_case(&mut tx, case, CaseCommand::QuarantineLifted, None).await?;
            let entry = entry.clone().case(case).fact("answer", answer.detail.clone());
            entries.push(match told {
                Some((old, new)) => entry.change(old.as_str(), new.as_str()),
                None => entry,
            });
        }
        if entries.is_empty() {
            entries.push(entry);
        }
        step::commit(tx, entries).await
    }
}

async fn in_force(mut tx: Tx, found: &mut Quarantine, answer: &BackendAnswer) -> Result<(), DeskError> {
    let now = tx.now();
    found.state = quarantine::step(found.state, QuarantineCommand::Confirm)?;
    found.confirmed_at = found.confirmed_at.or(Some(now));
    found.verified_at = Some(now);
    found.attempts = 0;
    found.answer.clone_from(&answer.detail);
    tx.quarantine_save(found).await?;
    let mut entries = Vec::new();
    for entry in step::entries(&mut tx, found.id, &enforcer(), Act::QuarantineInForce).await? {
        let entry = entry.fact("answer", answer.detail.clone());
        let told = match entry.case {
            Some(case) => step::tell_case(&mut tx, case, CaseCommand::QuarantineInForce, Some(found.review_at)).await?,
            None => None,
        };
        entries.push(match told {
            Some((old, new)) => entry.change(old.as_str(), new.as_str()),
            None => entry,
        });
    }
    step::commit(tx, entries).await
}

async fn failed(mut tx: Tx, found: &mut Quarantine, answer: &BackendAnswer) -> Result<(), DeskError> {
    let old = found.state;
    found.state = quarantine::step(found.state, QuarantineCommand::Fail)?;
    found.attempts += 1;
    found.answer.clone_from(&answer.detail);
    tx.quarantine_save(found).await?;
    let entries = step::entries(&mut tx, found.id, &enforcer(), Act::QuarantineFailed).await?;
    let told = |entry: NewEntry| entry.change(old.as_str(), found.state.as_str()).why(&answer.detail);
    step::commit(tx, entries.into_iter().map(told).collect()).await
}

async fn settled(mut tx: Tx, job: &Job, worker: &str) -> Result<(), DeskError> {
    tx.job_settle(job.id, worker).await?;
    Ok(tx.commit_chore(Chore::JobLease).await?)
}

/// Asks again after a while: the back end's own wish, else longer each time.
async fn later(
    mut tx: Tx,
    job: &Job,
    worker: &str,
    found: &Quarantine,
    answer: &BackendAnswer,
    tries: i64,
) -> Result<(), DeskError> {
    let wait = answer.retry.unwrap_or_else(|| match answer.outcome {
        BackendOutcome::Accepted => poll_wait(job.attempts),
        _ => retry_wait(job.attempts),
    });
    let due_at = tx.now() + wait;
    if tx.job_postpone(job.id, worker, due_at).await? {
        tx.quarantine_answered(found.id, found.state, &answer.detail, tries).await?;
    }
    Ok(tx.commit_chore(Chore::JobLease).await?)
}
