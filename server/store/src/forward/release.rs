//! Releases and objections.
use super::forward;
use chrono::{DateTime, Utc};
use domain::{
    dispute::{Dispute, DisputeRow, Verdict},
    id::{CaseId, CustomerId, DisputeId, QuarantineId, ReleaseId, UserId},
    release::{Release, ReleaseRow, ReleaseState},
};

forward! {
    /// A new request or decision; a conflict when the form was sent before.
    fn release_add(release: &Release) -> () = release::add;
    /// The request with this id.
    fn release_by_id(id: ReleaseId) -> Option<Release> = release::by_id;
    /// Decides a waiting request; stale when it is decided already.
    fn release_decide(id: ReleaseId, state: ReleaseState, by: &str, at: DateTime<Utc>, reason: &str) -> ()
        = release::decide;
    /// Requests about a quarantine that wait for a person.
    fn releases_waiting_of(quarantine: QuarantineId) -> Vec<Release> = release::waiting_of;
    /// All requests about a quarantine, newest first.
    fn releases_of_quarantine(quarantine: QuarantineId) -> Vec<Release> = release::of_quarantine;
    /// All requests from a case, newest first.
    fn releases_of_case(customer: CustomerId, case: CaseId) -> Vec<Release> = release::of_case;
    /// Self-releases the customer has used since `since`.
    fn self_releases_used(customer: CustomerId, since: DateTime<Utc>) -> i64 = release::used;
    /// Requests that wait for a person, oldest first, at most so many.
    fn releases_waiting(most: i64) -> Vec<ReleaseRow> = release::waiting;
    /// A new objection; a conflict when the form was sent before.
    fn dispute_add(dispute: &Dispute) -> () = dispute::add;
    /// The objection with this id.
    fn dispute_by_id(id: DisputeId) -> Option<Dispute> = dispute::by_id;
    /// Objections in a case, newest first.
    fn disputes_of_case(case: CaseId) -> Vec<Dispute> = dispute::of_case;
    /// Decides it; stale when it is decided already.
    fn dispute_decide(id: DisputeId, by: UserId, verdict: Verdict, reason: &str, at: DateTime<Utc>) -> ()
        = dispute::decide;
    /// Objections that wait for a decision, by deadline, at most so many.
    fn disputes_open(most: i64) -> Vec<DisputeRow> = dispute::open;
}
