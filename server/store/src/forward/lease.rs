//! Leases and own ranges.
use super::forward;
use crate::types::{HolderNumber, HolderRow, LeaseAsk, LeaseForms, LeaseRow, NamedService, News, Reach, SessionAsk};
use chrono::{DateTime, Utc};
use domain::{
    attribution::Wait,
    customer::Service,
    id::{CgnatRuleId, EventId, LeaseId, RangeId, ServiceId},
    lease::{CgnatRule, Held, ImportPlace, Lease, LeaseSource, OwnRange, SourceSetUp},
};

forward! {
    /// Adds leases of known services. One that is known (same prefix, start, ports, service) takes the newer end and source.
    fn lease_add(leases: &[Lease]) -> () = lease::add;
    /// Leases of a service, newest first.
    fn leases_of(service: ServiceId, limit: i64) -> Vec<Lease> = lease::of_service;
    /// The fixed addresses a service holds now.
    fn lease_static_of(service: ServiceId) -> Vec<Lease> = lease::static_of;
    /// Ends a fixed address that a service still holds.
    fn lease_end_static(service: ServiceId, id: LeaseId, at: DateTime<Utc>) -> () = lease::end_static;
    /// How many leases there are.
    fn lease_count() -> i64 = lease::count;
    /// The forms that leases have and their sources, for [`Conn::lease_find`](crate::Conn::lease_find).
    fn lease_forms() -> LeaseForms = lease_find::forms;
    /// For each question the rows that may reach its span, clocks being what they are.
    fn lease_find(forms: &LeaseForms, asks: &[LeaseAsk]) -> Vec<Vec<Held>> = lease_find::find;
    /// Adds rows, or brings those that are known up to date; how many said the same as another of the batch.
    fn lease_keep(rows: &[LeaseRow]) -> usize = lease_keep::keep;
    /// Makes the days known on which leases that are no fixed addresses begin.
    fn lease_days_known(begun: &[DateTime<Utc>]) -> () = lease_keep::days;
    /// Takes a row out again: its start moves.
    fn lease_remove(row: &LeaseRow) -> () = lease_keep::remove;
    /// The rows of these sessions of a source that began around the time they are said to have begun, or are open.
    fn lease_of_sessions(source: i64, sessions: &[SessionAsk]) -> Vec<LeaseRow> = lease_session::of_sessions;
    /// The open sessions of an access server that began before `at`.
    fn lease_open_of_nas(source: i64, nas: &str, at: DateTime<Utc>) -> Vec<LeaseRow> = lease_session::open_of_nas;
    /// Erases the rows of a source that ended before, or whose last proof is from before; how many there were.
    fn lease_erase(source: i64, before: DateTime<Utc>) -> u64 = lease_keep::erase;
    /// All lease sources by name.
    fn lease_sources() -> Vec<LeaseSource> = lease_source::sources;
    /// Makes a source known, if it is not.
    fn lease_source_add(name: &str, set_up: SourceSetUp) -> () = lease_source::add;
    /// Changes what a source is.
    fn lease_source_set_up(name: &str, set_up: SourceSetUp) -> () = lease_source::set_up;
    /// A source was heard: rows, and the span of time it has spoken of.
    fn lease_source_heard(id: i64, reach: &Reach) -> () = lease_source::heard;
    /// A source's leases that ended before are gone.
    fn lease_source_erased(id: i64, before: DateTime<Utc>) -> () = lease_source::erased;
    /// Rules of deterministic CGNAT.
    fn cgnat_rules() -> Vec<CgnatRule> = lease_source::rules;
    /// A new rule of deterministic CGNAT.
    fn cgnat_rule_add(rule: &CgnatRule) -> () = lease_source::add_rule;
    /// A rule of deterministic CGNAT does not hold any more from `at` on.
    fn cgnat_rule_end(id: CgnatRuleId, at: DateTime<Utc>) -> () = lease_source::end_rule;
    /// How far the import of a file has come.
    fn lease_import_place(source: &str, sha256: &str) -> Option<ImportPlace> = lease_source::place;
    /// Keeps how far the import of a file has come.
    fn lease_import_set(source: i64, place: &ImportPlace, refused: i64, now: DateTime<Utc>) -> () = lease_source::set_place;
    /// The numbers of the holders with one of these names, of one kind; for a name every binding it had.
    fn lease_holders_named(kind: &str, names: &[String]) -> Vec<HolderNumber> = lease_holder::numbers;
    /// Adds holders with new numbers, and says which; none when some are known by the same name meanwhile: those stay as
    /// they are.
    fn lease_holder_add(holders: &[HolderRow]) -> Option<Vec<HolderNumber>> = lease_holder::add;
    /// How often a name of holders has changed hands, or come to a service: while it stays the same, numbers and services
    /// read for names stay right.
    fn lease_holder_changes() -> i64 = lease_holder::changes;
    /// A service was added or has other names now; events that waited for such a name.
    fn lease_holder_bind(service: &Service, now: DateTime<Utc>) -> Vec<EventId> = lease_holder::bind;
    /// The services with one of these names, by the column of that kind of name.
    fn services_named(kind: &str, names: &[String]) -> Vec<NamedService> = lease_holder::services_named;
    /// How often something new was told of who held what when.
    fn lease_news() -> i64 = lease_news::news;
    /// The same within a transaction: until its end nobody tells anything new.
    fn lease_news_held() -> i64 = lease_news::news_held;
    /// The events of which something new is known: at an address of the news in its time, or behind it. Counts as news.
    fn event_touched(news: &[News]) -> Vec<EventId> = event_ask::touched;
    /// The events that wait for what this source says of a time up to `through`.
    fn event_of_source(source: &str, through: DateTime<Utc>) -> Vec<EventId> = event_ask::of_source;
    /// Has these events asked again from `due` on.
    fn event_ask(events: &[EventId], due: DateTime<Utc>) -> () = event_ask::ask;
    /// Events to be asked again by now.
    fn event_asks_due(now: DateTime<Utc>, limit: i64) -> Vec<EventId> = event_ask::due;
    /// An event was asked again; one that became due later stays. Whether it was still on the list.
    fn event_unask(event: EventId, now: DateTime<Utc>) -> bool = event_ask::unask;
    /// What these events' answers hang on.
    fn event_wait(waits: &[(EventId, Wait)]) -> () = event_ask::wait;
    /// Events from before this time whose answers hang on leases of inside addresses.
    fn event_waits_past(before: DateTime<Utc>, limit: i64) -> Vec<EventId> = event_ask::past;
    /// The answers of these events do not hang on leases of inside addresses any more.
    fn event_waits_forget(events: &[EventId]) -> () = event_ask::forget_inside;
    /// An event's answer hangs on nothing any more.
    fn event_unwait(event: EventId) -> () = event_ask::unwait;
    /// The provider's own ranges.
    fn range_list() -> Vec<OwnRange> = lease::ranges;
    /// A new own range; a conflict when it is there.
    fn range_add(range: &OwnRange) -> () = lease::add_range;
    /// Removes an own range.
    fn range_remove(id: RangeId) -> () = lease::remove_range;
}

#[cfg(feature = "testing")]
forward! {
    /// Adds rows that nobody knows yet, as fast as the engine takes them: the yard-stick of the benchmarks.
    fn lease_keep_bare(rows: &[LeaseRow]) -> () = lease_keep::keep_bare;
}
