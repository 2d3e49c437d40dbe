//! Quarantines.
use super::forward;
use chrono::{DateTime, Utc};
use domain::{
    event::Role,
    id::{CaseId, CustomerId, QuarantineId, ServiceId},
    page::PageOf,
    quarantine::{Quarantine, QuarantineCounts, QuarantineRow, QuarantineState, QuarantineTab},
    quarantine_view::ApprovalCounts,
};

forward! {
    /// A new quarantine; a conflict when the service has a live one, or the order was given before.
    fn quarantine_add(quarantine: &Quarantine) -> () = quarantine::add;
    /// The quarantine with this id.
    fn quarantine_by_id(id: QuarantineId) -> Option<Quarantine> = quarantine::by_id;
    /// The live quarantine of a service: there is at most one.
    fn quarantine_live_of_service(service: ServiceId) -> Option<Quarantine> = quarantine::live_of_service;
    /// Keeps a changed quarantine; stale when its version is no longer the stored one.
    fn quarantine_save(quarantine: &Quarantine) -> () = quarantine::save;
    /// What the network last said while the quarantine is in `state`; no change of the desk's mind.
    fn quarantine_answered(id: QuarantineId, state: QuarantineState, answer: &str, attempts: i64) -> ()
        = quarantine::answered;
    /// Read back as still in force.
    fn quarantine_verified(id: QuarantineId, at: DateTime<Utc>) -> () = quarantine::verified;
    /// All that the network may hold.
    fn quarantine_holding() -> Vec<Quarantine> = quarantine::holding;
    /// Scheduled ones whose time has come.
    fn quarantine_to_begin(now: DateTime<Utc>, limit: i64) -> Vec<Quarantine> = quarantine::to_begin;
    /// Those whose last day is over.
    fn quarantine_to_end(now: DateTime<Utc>, limit: i64) -> Vec<Quarantine> = quarantine::to_end;
    /// Ordered by a rule since `since`: what the circuit breaker counts.
    fn quarantine_automatic(since: DateTime<Utc>) -> i64 = quarantine::automatic;
    /// The case holds the quarantine (again).
    fn quarantine_cause_add(id: QuarantineId, case: CaseId) -> () = quarantine::cause_add;
    /// The case holds it no longer. False when it did not.
    fn quarantine_cause_gone(id: QuarantineId, case: CaseId, at: DateTime<Utc>) -> bool = quarantine::cause_gone;
    /// No case holds it any longer.
    fn quarantine_causes_gone(id: QuarantineId, at: DateTime<Utc>) -> () = quarantine::causes_gone;
    /// The cases that hold it.
    fn quarantine_causes(id: QuarantineId) -> Vec<CaseId> = quarantine::causes;
    /// Quarantines that the case holds or held, newest first.
    fn quarantines_of_case(case: CaseId) -> Vec<Quarantine> = quarantine::of_case;
    /// What the customer is in the case's certain events.
    fn quarantine_roles(case: CaseId) -> Vec<Role> = quarantine::roles;
    /// A page of one view: at most one row more than a page holds.
    fn quarantine_list(tab: QuarantineTab, page: PageOf, now: DateTime<Utc>) -> Vec<QuarantineRow>
        = quarantine_list::list;
    /// How many are in each view.
    fn quarantine_counts(now: DateTime<Utc>) -> QuarantineCounts = quarantine_list::counts;
    /// Those that wait for a signature, oldest first, at most so many.
    fn quarantines_unsigned(most: i64) -> Vec<QuarantineRow> = quarantine_list::unsigned;
    /// How much waits for a second person.
    fn approval_counts() -> ApprovalCounts = quarantine_list::approvals;
    /// One with its names.
    fn quarantine_row(id: QuarantineId) -> Option<QuarantineRow> = quarantine_list::row;
    /// Those of a case with their names, newest first.
    fn quarantine_rows_of_case(case: CaseId) -> Vec<QuarantineRow> = quarantine_list::of_case;
    /// Those of a customer with their names, newest first.
    fn quarantine_rows_of_customer(customer: CustomerId) -> Vec<QuarantineRow> = quarantine_list::of_customer;
}
