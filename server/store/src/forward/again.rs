//! Copies and newer readings of events, reports read again, and what was passed on.
use super::forward;
use chrono::{DateTime, Utc};
use domain::{
    again::{LinkKind, Reread, RereadFilter, RereadReport, RereadSum},
    evidence::{Event, EventState},
    id::{EventId, PassingId, ReportId, RereadId},
    notice::NoticeState,
    page::{PageOf, Rows},
    passing::{Passing, Subject},
};

forward! {
    /// Links later events to earlier ones: later, kind, earlier.
    fn event_link_add(links: &[(EventId, LinkKind, EventId)], made_at: DateTime<Utc>) -> () = event_link::add;
    /// Which events stand for these fingerprints: at most one each.
    fn event_counted(fingerprints: &[[u8; 32]]) -> Vec<(EventId, Vec<u8>)> = event_link::counted;
    /// What an event is a copy or a newer reading of.
    fn event_earlier(event: EventId) -> Vec<(LinkKind, Event)> = event_link::earlier;
    /// Newer readings and copies of an event, at most `most`.
    fn event_later(event: EventId, most: i64) -> Vec<(LinkKind, Event)> = event_link::later;
    /// How often an event was said again.
    fn event_copies(event: EventId) -> i64 = event_link::copies;
    /// Newer readings in a report and what they stand for.
    fn event_readings(report: ReportId) -> Vec<(EventId, EventId)> = event_link::readings;
    /// Every event of a report in its order, superseded ones too.
    fn event_all_of_report(report: ReportId) -> Vec<Event> = event_link::of_report;
    /// Takes an event out of the count; stale when it is not in state `from` or a person decided on it.
    fn event_supersede(event: EventId, from: EventState) -> () = event_link::supersede;
    /// The first copy of an event that still says the same.
    fn event_heir(event: EventId) -> Option<EventId> = event_link::heir;
    /// Lets a copy count in the place of the event it was a copy of; the other copies become copies of it.
    fn event_inherit(heir: EventId, of: EventId) -> () = event_link::inherit;
    /// Makes the copies of one event copies of another.
    fn event_relink(from: EventId, to: EventId) -> () = event_link::relink;
    /// What makes an event the same as another.
    fn event_fingerprint(event: EventId) -> Option<Vec<u8>> = event_link::fingerprint;
    /// Keeps a new reading again; false when this id is kept already.
    fn reread_add(new: &Reread) -> bool = reread::add;
    /// One reading again.
    fn reread_by_id(id: RereadId) -> Option<Reread> = reread::by_id;
    /// The newest, at most `most`.
    fn reread_newest(most: i64) -> Vec<Reread> = reread::newest;
    /// Moves it on from where it was `seen`; stale when somebody else did.
    fn reread_step(seen: &Reread, to: &Reread) -> () = reread::step;
    /// How many reports a filter is about.
    fn reread_total(filter: &RereadFilter) -> i64 = reread::total;
    /// The next reports of a filter after a place, in order of arrival.
    fn reread_next(
        filter: &RereadFilter,
        after: (DateTime<Utc>, ReportId),
        most: i64,
    ) -> Vec<(ReportId, DateTime<Utc>)> = reread::next;
    /// Keeps what was found about a report.
    fn reread_put_report(reread: RereadId, found: &RereadReport) -> () = reread::put_report;
    /// A page of the reports that read differently.
    fn reread_reports(id: RereadId, page: PageOf) -> Rows<RereadReport> = reread::reports;
    /// Reports whose differences are not in force yet, at most `most`.
    fn reread_waiting(id: RereadId, most: i64) -> Vec<RereadReport> = reread::waiting;
    /// The differences of a report are in force.
    fn reread_applied(id: RereadId, report: ReportId) -> () = reread::applied;
    /// The differences in numbers.
    fn reread_sum(id: RereadId) -> RereadSum = reread::sum;
    /// Keeps a new passing on; false when this id is kept already.
    fn passing_add(new: &Passing) -> bool = passing::add;
    /// One passing on.
    fn passing_by_id(id: PassingId) -> Option<Passing> = passing::by_id;
    /// Saves its delivery; stale when it is not in state `from` any more.
    fn passing_save(passing: &Passing, from: NoticeState) -> () = passing::save;
    /// The newest of an event or a case.
    fn passings_of(subject: Subject) -> Vec<Passing> = passing::of;
}
