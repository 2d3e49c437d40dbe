//! Events, attributions, the inbox, and what joins a case.
use super::forward;
use crate::types::{Joinable, NewEvent};
use chrono::{DateTime, Utc};
use domain::{
    case::CaseState,
    class::{Category, Class},
    evidence::{Attribution, Event, EventState, InboxCounts, InboxFilter, InboxRow},
    id::{CaseId, CustomerId, EventId, ReportId},
    page::{PageOf, Rows},
};

forward! {
    /// Adds events of one report; the ids of those that were not known yet.
    fn event_add(events: &[NewEvent]) -> Vec<EventId> = event::add;
    /// Adds dated answers to "whose was it then?".
    fn attribution_add(answers: &[Attribution]) -> () = event::add_answers;
    /// Every answer about an event, newest first.
    fn attributions_of(event: EventId) -> Vec<Attribution> = event::answers;
    /// Adds to the number of events stored on a day (days since 1970 UTC).
    fn event_on_day(day: i64, class: Class, reporter: &str, events: i64) -> () = event::on_day;
    /// One event.
    fn event_by_id(id: EventId) -> Option<Event> = event::by_id;
    /// Events of a report in its order.
    fn events_of_report(report: ReportId, page: PageOf) -> Rows<Event> = event::of_report;
    /// Events of a case, newest first.
    fn events_of_case(case: CaseId, page: PageOf) -> Rows<Event> = event::of_case;
    /// All events, or those of a class or reporter; the latest arrival first.
    fn event_newest(class: Option<Class>, reporter: &str, page: PageOf) -> Rows<Event> = event::newest;
    /// Events of a customer, newest first.
    fn events_of_customer(customer: CustomerId, page: PageOf) -> Rows<Event> = event::of_customer;
    /// Position of the last stored event of a report; -1 when there is none.
    fn event_last_position(report: ReportId) -> i64 = event::last_position;
    /// Lets an event without a case follow a newer answer; stale when it is not in state `from`.
    fn event_set_holder(event: &Event, from: EventState) -> () = event::set_holder;
    /// Sets waiting events of a customer and category aside; how many there were.
    fn event_dismiss_group(customer: CustomerId, category: Category) -> u64 = grouping::dismiss_group;
    /// Reports with waiting events of a customer and category whose reporters are to be told the outcome, at most 1000.
    fn event_ends_group(customer: CustomerId, category: Category) -> Vec<ReportId> = grouping::ends_group;
    /// The same of a source nobody is known for.
    fn event_ends_source(source: &str, category: Category) -> Vec<ReportId> = grouping::ends_source;
    /// Sets waiting, not certain events of one source and category aside; how many there were.
    fn event_dismiss_source(source: &str, category: Category) -> u64 = grouping::dismiss_source;
    /// The cases that new evidence of any of the customers may join, at most one per customer and category.
    fn case_joinables(customers: &[CustomerId]) -> Vec<Joinable> = grouping::joinables;
    /// Counts `events` events stored on the case (span of their times, moment of storing); it goes from the state it was
    /// seen in to `to`. Stale when it changed meanwhile.
    fn case_grow(
        seen: &Joinable,
        to: CaseState,
        events: i64,
        span: (DateTime<Utc>, DateTime<Utc>),
        stored_at: DateTime<Utc>,
    ) -> () = grouping::grow;
    /// Numbers on the inbox's tabs.
    fn inbox_counts() -> InboxCounts = evidence::counts;
    /// A page of the inbox.
    fn inbox_list(filter: &InboxFilter, now: DateTime<Utc>, page: PageOf) -> Rows<InboxRow> = evidence::list;
}

#[cfg(feature = "testing")]
forward! {
    /// Adds events as fast as the engine takes them: the yard-stick of the benchmarks.
    fn event_add_bare(events: &[NewEvent]) -> () = event::add_bare;
}
