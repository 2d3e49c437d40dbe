//! Leases and own ranges.
use super::forward;
use chrono::{DateTime, Utc};
use domain::{
    id::{LeaseId, RangeId, ServiceId},
    lease::{Holder, Lease, OwnRange},
};
use std::net::IpAddr;

forward! {
    /// Adds leases. One that is known (same prefix, start, first port, service) takes the newer end and source.
    fn lease_add(leases: &[Lease]) -> () = lease::add;
    /// All leases of any of the addresses that overlap the span.
    fn lease_at(addresses: &[IpAddr], from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<Lease> = lease::at;
    /// Who held the address within the span, with names; newest first, at most `limit` per prefix length.
    fn lease_holders(address: IpAddr, from: DateTime<Utc>, to: DateTime<Utc>, limit: i64) -> Vec<Holder> = lease::holders;
    /// Leases of a service, newest first.
    fn leases_of(service: ServiceId, limit: i64) -> Vec<Lease> = lease::of_service;
    /// The fixed addresses a service holds now.
    fn lease_static_of(service: ServiceId) -> Vec<Lease> = lease::static_of;
    /// Ends a lease that is still held.
    fn lease_end(id: LeaseId, at: DateTime<Utc>) -> () = lease::end;
    /// One lease.
    fn lease_by_id(id: LeaseId) -> Option<Lease> = lease::by_id;
    /// How many leases there are.
    fn lease_count() -> i64 = lease::count;
    /// The provider's own ranges.
    fn range_list() -> Vec<OwnRange> = lease::ranges;
    /// A new own range; a conflict when it is there.
    fn range_add(range: &OwnRange) -> () = lease::add_range;
    /// Removes an own range.
    fn range_remove(id: RangeId) -> () = lease::remove_range;
}
