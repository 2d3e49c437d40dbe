//! What people ask about leases, how lease sources are watched, and names of services.
use super::forward;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    id::{CustomerId, EventId, LookUpId, ServiceId, UserId},
    lease::{
        Held, ImportRow, RefusedRow,
        look::{LookUp, LookUpRow, Sighting},
    },
    names::ServiceName,
    page::{PageOf, Rows},
};
use ipnet::IpNet;

forward! {
    /// A new look-up.
    fn look_up_add(look: &LookUp) -> () = look_up::add;
    /// A look-up.
    fn look_up_by_id(id: LookUpId) -> Option<LookUp> = look_up::by_id;
    /// The newest look-ups of one person, or of everybody.
    fn look_up_list(user: Option<UserId>, limit: i64) -> Vec<LookUpRow> = look_up::newest;
    /// Puts a newer answer in the place of one that waited; nothing where it is erased.
    fn look_up_answer(id: LookUpId, result: &Sighting) -> () = look_up::answer;
    /// Erases the answers of look-ups made before; how many there were.
    fn look_up_forget(before: DateTime<Utc>) -> u64 = look_up::forget;
    /// Leases inside a prefix that reach a span, at most `most`.
    fn lease_within(net: IpNet, from: DateTime<Utc>, to: DateTime<Utc>, most: i64) -> Vec<Held> = lease_near::within;
    /// A page of what a customer's services held, newest first.
    fn leases_of_customer(customer: CustomerId, page: PageOf) -> Rows<Held> = lease_near::of_customer;
    /// Erases at most `most` leases of a source that ended by `before`; how many it were.
    fn lease_erase_some(source: i64, before: DateTime<Utc>, most: i64) -> u64 = lease_near::erase_some;
    /// A source's knowledge begins at `before` now, if it began earlier; whether it did.
    fn lease_source_mark(source: i64, before: DateTime<Utc>) -> bool = lease_near::move_mark;
    /// What a person says of a source's clock and silence; none = never an alarm.
    fn lease_source_limits(source: i64, skew: TimeDelta, silent_after: Option<TimeDelta>) -> () = lease_watch::set_limits;
    /// Rows of a source that could not be used: line and reason. The newest are kept.
    fn lease_refuse(source: i64, rows: &[(u64, String)], now: DateTime<Utc>) -> () = lease_watch::refuse;
    /// The newest refused rows of all sources.
    fn lease_refusals(limit: i64) -> Vec<RefusedRow> = lease_watch::refusals;
    /// Forgets rows that were refused before.
    fn lease_refusals_forget(before: DateTime<Utc>) -> u64 = lease_watch::forget;
    /// Imports of files, the one that moved last first.
    fn lease_imports(limit: i64) -> Vec<ImportRow> = lease_watch::imports;
    /// Adds names, or brings those that are known up to date. No two rows may say the same.
    fn service_name_add(names: &[ServiceName]) -> () = service_name::add;
    /// Every row with one of these names.
    fn service_names_named(names: &[String]) -> Vec<ServiceName> = service_name::named;
    /// The server names of these services.
    fn service_names_servers(services: &[ServiceId]) -> Vec<ServiceName> = service_name::servers;
    /// The names of a customer's services.
    fn service_names_of(customer: CustomerId, limit: i64) -> Vec<ServiceName> = service_name::of_customer;
    /// How many names there are.
    fn service_name_count() -> i64 = service_name::count;
    /// Open events that name a host or an account: a new name may be the answer.
    fn events_by_name_waiting(limit: i64) -> Vec<EventId> = service_name::waiting;
}
