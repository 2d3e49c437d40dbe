//! Feeds that people map.
use super::forward;
use chrono::{DateTime, Utc};
use domain::{
    feed::{Feed, FeedAlarm, FeedProfile, FeedVersion, ReportFeed},
    id::{FeedId, ReportId, TokenId},
    report::Report,
};

forward! {
    /// A new feed with the first version of its profile; a conflict when the name or the token is taken.
    fn feed_add(id: FeedId, profile: &FeedProfile, by: &str, at: DateTime<Utc>) -> () = feed::add;
    /// The next version of a profile in place of version `from`; stale when another is in force.
    fn feed_save(id: FeedId, from: i64, profile: &FeedProfile, by: &str, at: DateTime<Utc>) -> () = feed::save;
    /// All feeds by name, retired ones too.
    fn feed_list() -> Vec<Feed> = feed::list;
    /// The feed of that name.
    fn feed_by_name(name: &str) -> Option<Feed> = feed::by_name;
    /// The feed with this id.
    fn feed_by_id(id: FeedId) -> Option<Feed> = feed::by_id;
    /// The feed that reads what is posted with a token.
    fn feed_by_token(token: TokenId) -> Option<FeedId> = feed::by_token;
    /// The saved versions of a profile, newest first, at most 100.
    fn feed_versions(id: FeedId) -> Vec<FeedVersion> = feed::versions;
    /// One saved version.
    fn feed_version(id: FeedId, version: i64) -> Option<FeedVersion> = feed::version;
    /// Takes a feed out of use (None = into use again); a conflict when its token is another feed's now.
    fn feed_retire(id: FeedId, at: Option<DateTime<Utc>>) -> () = feed::retire;
    /// Counts a report that was read with the feed.
    fn feed_count_read(id: FeedId, report: &Report, rows: i64, bad: i64) -> () = feed::count_read;
    /// Raises an alarm, or ends it.
    fn feed_set_alarm(id: FeedId, alarm: Option<&FeedAlarm>) -> () = feed::set_alarm;
    /// Which feed read a report, or is to read it.
    fn report_feed(report: ReportId) -> Option<ReportFeed> = feed::of_report;
    /// Says which feed read a report, or is to read it.
    fn report_feed_put(report: ReportId, feed: ReportFeed) -> () = feed::put_report;
    /// The last reports of a feed, at most 20, newest first.
    fn feed_reports(id: FeedId) -> Vec<Report> = feed::reports;
}
