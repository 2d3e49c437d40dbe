//! Channels and what they watch.
use super::forward;
use chrono::{DateTime, Utc};
use domain::{
    channel::{Alarm, ChannelState, Listing, Tally, TurnedAway},
    id::{CaseId, ListingId, ReportId},
};
use std::net::IpAddr;

forward! {
    /// Makes a channel's row, if there is none.
    fn channel_add(name: &str, now: DateTime<Utc>) -> () = channel::add;
    /// One channel.
    fn channel_by_name(name: &str) -> Option<ChannelState> = channel::by_name;
    /// All channels that were ever tried.
    fn channel_list() -> Vec<ChannelState> = channel::list;
    /// Takes it for `holder` until `until`, when it is due and free.
    fn channel_take(name: &str, holder: &str, now: DateTime<Utc>, until: DateTime<Utc>) -> bool = channel::take;
    /// Has it for longer; false when another has it by now.
    fn channel_keep(name: &str, holder: &str, until: DateTime<Utc>) -> bool = channel::keep;
    /// It worked.
    fn channel_went_well(name: &str, now: DateTime<Utc>) -> () = channel::went_well;
    /// It brought something new.
    fn channel_news(name: &str, now: DateTime<Utc>) -> () = channel::news;
    /// It did not work.
    fn channel_failed(name: &str, now: DateTime<Utc>, problem: &str) -> () = channel::failed;
    /// Gives it back, to be tried from `due` on.
    fn channel_let_go(name: &str, holder: &str, due: DateTime<Utc>) -> () = channel::let_go;
    /// What it remembers for itself.
    fn channel_mark(name: &str, mark: &str) -> () = channel::mark;
    /// Raises an alarm, or ends it.
    fn channel_alarm(name: &str, alarm: Option<Alarm>) -> () = channel::alarm;
    /// Remembers an item as taken in; false when it was already.
    fn channel_item_add(name: &str, item: &str, report: ReportId, now: DateTime<Utc>) -> bool = channel::item_add;
    /// Whether an item was taken in.
    fn channel_item_taken(name: &str, item: &str) -> bool = channel::item_taken;
    /// The item is gone from where it came from.
    fn channel_item_forget(name: &str, item: &str) -> () = channel::item_forget;
    /// Adds to the day's numbers.
    fn channel_count(name: &str, now: DateTime<Utc>, more: &Tally) -> () = channel::count;
    /// The day's numbers, by name of the channel.
    fn channel_day(now: DateTime<Utc>) -> Vec<(String, Tally)> = channel::day;
    /// The day's reports, by kind of channel.
    fn channel_ways(now: DateTime<Utc>) -> Vec<(String, Tally)> = channel::ways;
    /// Remembers what could not be taken in.
    fn channel_turn_away(what: &TurnedAway) -> () = channel::turn_away;
    /// What could not be taken in, newest first, at most 20.
    fn channel_turned_away() -> Vec<TurnedAway> = channel::turned_away;
    /// A new listing; a conflict when the address stands there already.
    fn listing_add(listing: &Listing) -> () = listing::add;
    /// The listing of an address that holds now.
    fn listing_now(channel: &str, address: IpAddr) -> Option<Listing> = listing::now;
    /// All listings of a channel that hold now.
    fn listings_of(channel: &str) -> Vec<Listing> = listing::now_of;
    /// All listings that hold now, newest first, at most 50.
    fn listings_now() -> Vec<Listing> = listing::now_all;
    /// How many listings hold now.
    fn listing_count() -> i64 = listing::count;
    /// Still there, perhaps with other words.
    fn listing_seen(id: ListingId, now: DateTime<Utc>, answers: &str, reason: &str) -> () = listing::seen;
    /// Gone; stale when it was cleared already.
    fn listing_clear(id: ListingId, now: DateTime<Utc>) -> () = listing::clear;
    /// The case that a report's events joined, if any.
    fn report_case(report: ReportId) -> Option<CaseId> = listing::case_of;
}
