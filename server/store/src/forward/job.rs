//! Jobs.
use super::forward;
use crate::types::Job;
use chrono::{DateTime, Utc};
use domain::id::JobId;
use uuid::Uuid;

forward! {
    /// Owes `kind` for the noun from `due_at` on; asking again only brings it forward.
    fn job_owe(kind: &str, noun: Uuid, due_at: DateTime<Utc>, now: DateTime<Utc>) -> () = job::owe;
    /// Takes one due job for `worker` until `until`.
    fn job_take(kind: &str, worker: &str, now: DateTime<Utc>, until: DateTime<Utc>) -> Option<Job> = job::take;
    /// Done: the job is gone. False when another worker holds it by now.
    fn job_settle(id: JobId, worker: &str) -> bool = job::settle;
    /// Not done: again from `due_at` on. False when another worker holds it by now.
    fn job_postpone(id: JobId, worker: &str, due_at: DateTime<Utc>) -> bool = job::postpone;
    /// No longer owed.
    fn job_forget(kind: &str, noun: Uuid) -> () = job::forget;
    /// Whether it is owed.
    fn job_owed(kind: &str, noun: Uuid) -> bool = job::owed;
    /// How many are owed.
    fn job_count(kind: &str) -> i64 = job::count;
}
