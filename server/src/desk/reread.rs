//! Reading the stored reports of a period again: compared step by step by a worker, put in force when a person says so.
//!
//! A step is short, begins where the last one was recorded, and may be done twice: a crash or a second replica costs
//! nothing but the step.
use super::{Desk, DeskError, again::readable};
use chrono::{TimeDelta, Utc};
use domain::{
    act::Act,
    actor::{Actor, Permission},
    again::{Reread, RereadFilter, RereadReport, RereadState, RereadSum},
    id::{ReportId, RereadId},
    ledger::NewEntry,
    limit::JOB_LEASE,
    page::{PageOf, Rows},
    refusal::Refusal,
};
use std::time::{Duration, Instant};
use store::{Chore, Job};

/// The worker's kind of job.
pub const REREAD_JOB: &str = "reread";
/// Reports of one step, at most.
const STEP_REPORTS: i64 = 50;
/// A step ends after this time and records how far it came; well below the job's lease.
const STEP_TIME: Duration = Duration::from_secs(10);
/// Earlier readings again that the page lists.
const LISTED: i64 = 20;

/// A reading again as its page shows it.
#[derive(Debug, Clone)]
pub struct RereadView {
    /// Where it stands.
    pub reread: Reread,
    /// The differences in numbers.
    pub sum: RereadSum,
    /// A page of the reports that read differently.
    pub reports: Rows<RereadReport>,
}

impl Desk {
    /// Begins to compare the stored reports of a period; nothing of them is changed. The same id begins once.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for a period that ends before it begins.
    pub async fn begin_reread(&self, actor: &Actor, id: RereadId, filter: RereadFilter) -> Result<Reread, DeskError> {
        self.require(actor, Permission::WorkCases)?;
        if filter.to <= filter.from {
            return Err(Refusal::invalid("to", "lies before the beginning").into());
        }
        let mut tx = self.store.write().await?;
        let now = tx.now();
        let reread = Reread {
            id,
            made_at: now,
            made_by: actor.ledger_text(),
            parser_version: intake::PARSER_VERSION,
            state: RereadState::Looking,
            reason: String::new(),
            total: tx.reread_total(&filter).await?,
            looked: 0,
            cursor: (filter.from - TimeDelta::microseconds(1), ReportId(uuid::Uuid::nil())),
            ended_at: None,
            filter,
        };
        if !tx.reread_add(&reread).await? {
            return Ok(reread);
        }
        tx.job_owe(REREAD_JOB, id.0, now, now).await?;
        let entry = NewEntry::new(actor, Act::RereadBegun, "reread", id)
            .fact("from", reread.filter.from.to_rfc3339())
            .fact("to", reread.filter.to.to_rfc3339())
            .fact("format", reread.filter.format.map_or("any", |format| format.as_str()))
            .fact("state", reread.filter.state.map_or("any", |state| state.as_str()))
            .fact("reports", reread.total)
            .fact("parser", reread.parser_version);
        tx.commit(entry).await?;
        self.wake.reread.notify_one();
        Ok(reread)
    }

    /// The newest readings again.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`]; any store error.
    pub async fn rereads(&self, actor: &Actor) -> Result<Vec<Reread>, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        Ok(self.store.read().await?.reread_newest(LISTED).await?)
    }

    /// One with its differences.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; any store error.
    pub async fn reread(&self, actor: &Actor, id: RereadId, page: PageOf) -> Result<RereadView, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        let mut conn = self.store.read().await?;
        let reread = conn.reread_by_id(id).await?.ok_or(Refusal::NotFound)?;
        Ok(RereadView { reread, sum: conn.reread_sum(id).await?, reports: conn.reread_reports(id, page).await? })
    }

    /// Has the differences put in force, for a reason.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] without a reason; [`Refusal::Stale`] when it does not wait for that (any more).
    pub async fn apply_reread(&self, actor: &Actor, id: RereadId, reason: &str) -> Result<(), DeskError> {
        self.require(actor, Permission::Approve)?;
        domain::case_text("reason", reason)?;
        let mut tx = self.store.write().await?;
        let now = tx.now();
        let seen = tx.reread_by_id(id).await?.ok_or(Refusal::NotFound)?;
        if seen.state != RereadState::Ready {
            return Err(Refusal::Stale.into());
        }
        let to = Reread { state: RereadState::Applying, reason: reason.trim().to_owned(), ..seen.clone() };
        tx.reread_step(&seen, &to).await?;
        tx.job_owe(REREAD_JOB, id.0, now, now).await?;
        let sum = tx.reread_sum(id).await?;
        let entry = NewEntry::new(actor, Act::RereadApplied, "reread", id)
            .change("ready", "applying")
            .fact("reports", sum.reports)
            .fact("added", sum.added)
            .fact("gone", sum.gone)
            .fact("changed", sum.changed)
            .fact("kept", sum.kept);
        tx.commit(entry.why(reason.trim())).await?;
        self.wake.reread.notify_one();
        Ok(())
    }

    /// Stops it; what is in force stays in force.
    ///
    /// # Errors
    /// [`Refusal::Stale`] when it has ended.
    pub async fn stop_reread(&self, actor: &Actor, id: RereadId) -> Result<(), DeskError> {
        self.require(actor, Permission::WorkCases)?;
        let mut tx = self.store.write().await?;
        let now = tx.now();
        let seen = tx.reread_by_id(id).await?.ok_or(Refusal::NotFound)?;
        if matches!(seen.state, RereadState::Applied | RereadState::Stopped) {
            return Err(Refusal::Stale.into());
        }
        tx.reread_step(&seen, &Reread { state: RereadState::Stopped, ended_at: Some(now), ..seen.clone() }).await?;
        tx.job_forget(REREAD_JOB, id.0).await?;
        let entry = NewEntry::new(actor, Act::RereadStopped, "reread", id);
        tx.commit(entry.change(seen.state.as_str(), "stopped")).await?;
        Ok(())
    }

    /// Does one step of the next due reading again; false when none is due.
    ///
    /// # Errors
    /// Any store error; the step is then done again after the job's lease.
    pub async fn step_reread(&self, worker: &str) -> Result<bool, DeskError> {
        let mut tx = self.store.write().await?;
        let now = tx.now();
        let Some(job) = tx.job_take(REREAD_JOB, worker, now, now + JOB_LEASE).await? else { return Ok(false) };
        let found = tx.reread_by_id(RereadId(job.noun)).await?;
        tx.commit_chore(Chore::JobLease).await?;
        let seen = found.filter(|found| matches!(found.state, RereadState::Looking | RereadState::Applying));
        let outcome = match &seen {
            Some(seen) if seen.state == RereadState::Looking => self.look(seen, worker, &job).await,
            Some(seen) => self.put_in_force(seen, worker, &job).await,
            None => self.settled(worker, &job).await,
        };
        match outcome {
            // Stopped meanwhile, or another worker holds it by now.
            Err(DeskError::Refused(Refusal::Stale)) => Ok(true),
            other => other.map(|()| true),
        }
    }

    async fn settled(&self, worker: &str, job: &Job) -> Result<(), DeskError> {
        let mut tx = self.store.write().await?;
        tx.job_settle(job.id, worker).await?;
        Ok(tx.commit_chore(Chore::JobLease).await?)
    }

    /// Compares the next reports and records how far it came.
    async fn look(&self, seen: &Reread, worker: &str, job: &Job) -> Result<(), DeskError> {
        let next = self.store.read().await?.reread_next(&seen.filter, seen.cursor, STEP_REPORTS).await?;
        let whole = i64::try_from(next.len()).unwrap_or(0) < STEP_REPORTS;
        let (begun, mut to, mut found) = (Instant::now(), seen.clone(), Vec::new());
        let mut done = 0;
        for (report, received_at) in &next {
            match self.compared(*report).await {
                Ok(again) if again.differs() => found.push(RereadReport::from(&again)),
                // Set aside or taken up by somebody meanwhile: his, not ours.
                Ok(_) | Err(DeskError::Refused(_)) => {}
                Err(error) => return Err(error),
            }
            (to.cursor, done) = ((*received_at, *report), done + 1);
            if begun.elapsed() > STEP_TIME {
                break;
            }
        }
        to.looked += i64::try_from(done).unwrap_or(0);
        let ended = whole && done == next.len();
        let mut tx = self.store.write().await?;
        let now = tx.now();
        for found in &found {
            tx.reread_put_report(seen.id, found).await?;
        }
        if !ended {
            tx.reread_step(seen, &to).await?;
            tx.job_postpone(job.id, worker, now).await?;
            return Ok(tx.commit_chore(Chore::Compared).await?);
        }
        let sum = tx.reread_sum(seen.id).await?;
        // Nothing to decide about.
        to.state = if sum.reports == 0 { RereadState::Applied } else { RereadState::Ready };
        to.ended_at = (sum.reports == 0).then_some(now);
        tx.reread_step(seen, &to).await?;
        tx.job_settle(job.id, worker).await?;
        let entry = NewEntry::new(&Actor::system("intake"), Act::RereadEnded, "reread", seen.id)
            .change("looking", to.state.as_str())
            .fact("looked", to.looked)
            .fact("reports", sum.reports);
        tx.commit(entry).await?;
        Ok(())
    }

    /// Puts the differences of the next reports in force.
    async fn put_in_force(&self, seen: &Reread, worker: &str, job: &Job) -> Result<(), DeskError> {
        let next = self.store.read().await?.reread_waiting(seen.id, STEP_REPORTS).await?;
        let (begun, mut done) = (Instant::now(), 0);
        for waiting in &next {
            self.apply_waiting(seen, waiting.report).await?;
            done += 1;
            if begun.elapsed() > STEP_TIME {
                break;
            }
        }
        let more = done < next.len() || i64::try_from(next.len()).unwrap_or(0) == STEP_REPORTS;
        let mut tx = self.store.write().await?;
        let now = tx.now();
        if more {
            tx.job_postpone(job.id, worker, now).await?;
            return Ok(tx.commit_chore(Chore::JobLease).await?);
        }
        let to = Reread { state: RereadState::Applied, ended_at: Some(now), ..seen.clone() };
        tx.reread_step(seen, &to).await?;
        tx.job_settle(job.id, worker).await?;
        let entry = NewEntry::new(&Actor::system("intake"), Act::RereadEnded, "reread", seen.id);
        tx.commit(entry.change("applying", "applied")).await?;
        Ok(())
    }

    async fn apply_waiting(&self, seen: &Reread, report: ReportId) -> Result<(), DeskError> {
        // Who ordered it stands in the order's own entry; this is the machine's part of it.
        let machine = Actor::system("reread");
        let still = self.store.read().await?.report_by_id(report).await?.is_some_and(|now| readable(&now).is_ok());
        let now = self.store.read().await?.reread_by_id(seen.id).await?;
        if now.is_none_or(|now| now.state != RereadState::Applying) {
            return Err(Refusal::Stale.into());
        }
        if still {
            self.apply_again(&machine, report, &seen.reason).await?;
        }
        let mut tx = self.store.write().await?;
        tx.reread_applied(seen.id, report).await?;
        Ok(tx.commit_chore(Chore::Compared).await?)
    }

    /// The next stored reports of a filter after a place: for the command line.
    ///
    /// # Errors
    /// Any store error.
    pub async fn reread_next(
        &self,
        filter: &RereadFilter,
        after: (chrono::DateTime<Utc>, ReportId),
    ) -> Result<Vec<(ReportId, chrono::DateTime<Utc>)>, DeskError> {
        Ok(self.store.read().await?.reread_next(filter, after, STEP_REPORTS).await?)
    }
}
