//! Certain answers that later leases speak against.
use super::forward;
use domain::{
    class::Category,
    contradiction::{Contradiction, Settled},
    id::{CaseId, CustomerId, EventId, QuarantineId},
    page::{PageOf, Rows},
};

forward! {
    /// Keeps an open contradiction, in the place of an older one about the same event.
    fn contradiction_put(row: &Contradiction) -> () = contradiction::put;
    /// The contradiction of one event's answer, open or settled.
    fn contradiction_of_event(event: EventId) -> Option<Contradiction> = contradiction::of_event;
    /// A page of open or of settled contradictions, the latest first.
    fn contradiction_list(settled: bool, page: PageOf) -> Rows<Contradiction> = contradiction::list;
    /// The open contradictions about events of a case, the latest first.
    fn contradictions_of_case(case: CaseId, most: i64) -> Vec<Contradiction> = contradiction::of_case;
    /// The open contradictions about events of a customer, the latest first.
    fn contradictions_of_customer(customer: CustomerId, most: i64) -> Vec<Contradiction> = contradiction::of_customer;
    /// How many contradictions are open.
    fn contradiction_count() -> i64 = contradiction::count;
    /// How many are open about events of a case.
    fn contradiction_count_of_case(case: CaseId) -> i64 = contradiction::count_of_case;
    /// Those of the given cases that have an open contradiction.
    fn contradicted_cases(of: &[CaseId]) -> Vec<CaseId> = contradiction::cases;
    /// How many are open about what waits of a customer in a category.
    fn contradiction_count_of_group(customer: CustomerId, category: Category) -> i64 = contradiction::count_of_group;
    /// How many are open about events of the cases that hold a quarantine.
    fn contradiction_count_of_quarantine(quarantine: QuarantineId) -> i64 = contradiction::count_of_quarantine;
    /// Settles an open contradiction; stale when it is settled already.
    fn contradiction_settle(event: EventId, settled: &Settled) -> () = contradiction::settle;
    /// Opens one again that a person had settled by keeping the answer; stale when that is not so any more.
    fn contradiction_reopen(event: EventId) -> () = contradiction::reopen;
}
