//! Reads what was received: each report that nobody has read yet, one after the other.
use crate::desk::{Desk, DeskError, PARSE_JOB};
use domain::{
    id::ReportId,
    limit::{JOB_LEASE, retry_wait},
};
use store::Chore;

/// Reads one waiting report; false when there is none.
///
/// # Errors
/// Any store error while the job is taken or put back.
pub async fn step(desk: &Desk, worker: &str) -> Result<bool, DeskError> {
    let mut tx = desk.store().write().await?;
    let now = tx.now();
    let Some(job) = tx.job_take(PARSE_JOB, worker, now, now + JOB_LEASE).await? else { return Ok(false) };
    tx.commit_chore(Chore::JobLease).await?;
    let outcome = desk.read_report(ReportId(job.noun)).await;
    let mut tx = desk.store().write().await?;
    match outcome {
        // Reading it has deleted the job already, unless somebody else had read it.
        Ok(_) => drop(tx.job_settle(job.id, worker).await?),
        Err(error) => {
            tracing::warn!(report = %job.noun, %error, "a report stays unread for now");
            let again = tx.now() + retry_wait(job.attempts);
            tx.job_postpone(job.id, worker, again).await?;
        }
    }
    tx.commit_chore(Chore::JobLease).await?;
    Ok(true)
}
