//! Cases.
use super::forward;
use crate::types::{NewCase, Pending};
use chrono::{DateTime, Utc};
use domain::{
    case::{Case, CaseCounts, CaseFilter, CaseOrder, CaseRow, CaseState, Sightings},
    class::Category,
    id::{CaseId, CustomerId, EventId, UserId},
    page::{PageOf, Rows},
    quarantine::QuarantineState,
};

forward! {
    /// The case with this id.
    fn case_by_id(id: CaseId) -> Option<Case> = case::by_id;
    /// The case with this human number.
    fn case_by_number(number: &str) -> Option<Case> = case::by_number;
    /// The case that new evidence of the customer and category joins, if its last event is not older than `since`.
    fn case_joinable(customer: CustomerId, category: Category, since: DateTime<Utc>) -> Option<Case> = case::joinable;
    /// Adds a case under the next number of `year`; returns that number. A case of the same key whose last event is older
    /// than `since` keeps what it has and is joined no more; one that is younger is a conflict.
    fn case_add(case: &NewCase, year: i32, since: DateTime<Utc>) -> String = case::add;
    /// Keeps a changed case; stale when its version is no longer the stored one.
    fn case_save(case: &Case) -> () = case::save;
    /// Lets a reopened case be joined again, unless another one of the same key took its place.
    fn case_rejoin(id: CaseId) -> () = case::rejoin;
    /// Moves pending certain events onto the case, which goes from `from` to `to`; how many there were. Stale when the
    /// case is no longer in `from`.
    fn case_add_events(id: CaseId, from: CaseState, to: CaseState, events: &[EventId]) -> i64 = case::add_events;
    /// Moves all pending certain events of the case's key onto it; how many there were. Stale when the case is no longer
    /// in its state.
    fn case_take_pending(case: &Case, to: CaseState) -> i64 = case::take_pending;
    /// What waits for a decision under one key; none when nothing does.
    fn case_pending(customer: CustomerId, category: Category) -> Option<Pending> = case::pending;
    /// Earlier cases of the customer since `since` that count against him.
    fn case_strikes(customer: CustomerId, since: DateTime<Utc>) -> i64 = case::strikes;
    /// The case of the key closed last since `since`, unless it was a mistake.
    fn case_repeats(customer: CustomerId, category: Category, since: DateTime<Utc>) -> Option<Case> = case::repeats;
    /// States of the quarantines that the case holds and that are not over.
    fn case_holds(id: CaseId) -> Vec<QuarantineState> = case::holds;
    /// Makes every other transaction that holds this case wait until ours has ended.
    fn case_hold(id: CaseId) -> () = case::hold;
    /// The customer's words were looked at.
    fn case_seen(id: CaseId) -> () = case::seen;
    /// What the case's events add up to.
    fn case_sightings(id: CaseId) -> Sightings = case::sightings;
    /// A page of the queue.
    fn case_list(filter: &CaseFilter, order: CaseOrder, page: PageOf, now: DateTime<Utc>) -> Rows<CaseRow> = case_list::list;
    /// How many cases wait in each view, as `user` sees it.
    fn case_counts(user: Option<UserId>, now: DateTime<Utc>) -> CaseCounts = case_list::counts;
    /// Cases opened after `since`.
    fn case_new_since(since: DateTime<Utc>) -> i64 = case_list::new_since;
}
