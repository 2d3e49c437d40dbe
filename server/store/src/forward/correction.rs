//! Corrections of whose events were.
use super::forward;
use crate::types::HolderOf;
use domain::{
    case::Case,
    correction::{Correction, CorrectionRow},
    evidence::Event,
    id::{CaseId, CorrectionId, EventId},
};

forward! {
    /// Keeps a correction; false when one with this id is there already.
    fn correction_add(made: &Correction) -> bool = correction::add;
    /// The correction with this id.
    fn correction_by_id(id: CorrectionId) -> Option<Correction> = correction::by_id;
    /// Corrections that took events from the case or gave it some, newest first.
    fn corrections_of_case(case: CaseId) -> Vec<CorrectionRow> = correction::of_case;
    /// Events of a case, newest first, at most `most`.
    fn case_events(case: CaseId, most: i64) -> Vec<Event> = correction::events;
    /// Gives events of a case, their copies and newer readings another holder; how many of the case there were. Where
    /// `leave`, they wait from then on without a case.
    fn events_lay(case: CaseId, events: &[EventId], holder: &HolderOf, leave: bool) -> usize = correction::lay;
    /// Counts the events of a case anew, with their span and the service most of them are about.
    fn case_recount(case: CaseId) -> () = correction::recount;
    /// Takes the case out of its customer's history; `counted`: it was a strike until now.
    fn case_acquit(case: &Case, counted: bool) -> () = correction::acquit;
    /// Completes a waiting event by what its reporter said, and lays it to whom it is found to be; stale when it does not
    /// wait any more.
    fn event_complete(event: &Event) -> () = correction::complete;
}
