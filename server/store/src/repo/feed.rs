//! Feeds that people map: their profiles with all versions, how they do, and what read a report.
use super::{
    Raw, Result, Row,
    load::{
        Load, all, get, json, micros, micros_opt, optional, query, run, run_one, time, time_opt, to_json, word_opt,
    },
};
use chrono::{DateTime, Utc};
use domain::{
    feed::{AlarmKind, Feed, FeedAlarm, FeedProfile, FeedVersion, ReportFeed},
    id::{FeedId, ReportId, TokenId},
    report::Report,
};

pub(crate) const ADD: &str =
    "INSERT INTO feeds (id, name, version, token_id, created_at, retired_at, reports, rows_read,
        rows_bad, last_report_id, last_report_at, alarm, alarm_text, alarm_at, alarm_report_id)
    VALUES ($1, $2, $3, $4, $5, NULL, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL)";
pub(crate) const ADD_VERSION: &str =
    "INSERT INTO feed_versions (feed_id, version, profile, saved_by, saved_at) VALUES ($1, $2, $3, $4, $5)";
// The guard: only who saw the version in force may replace it.
pub(crate) const ADVANCE: &str = "UPDATE feeds SET version = $3, token_id = $4 WHERE id = $1 AND version = $2";
pub(crate) const LIST: &str = "SELECT f.id, f.created_at, f.retired_at, f.reports, f.rows_read, f.rows_bad,
        f.last_report_id, f.last_report_at, f.alarm, f.alarm_text, f.alarm_at, f.alarm_report_id, v.profile
    FROM feeds f JOIN feed_versions v ON v.feed_id = f.id AND v.version = f.version ORDER BY f.name";
pub(crate) const BY_NAME: &str = "SELECT f.id, f.created_at, f.retired_at, f.reports, f.rows_read, f.rows_bad,
        f.last_report_id, f.last_report_at, f.alarm, f.alarm_text, f.alarm_at, f.alarm_report_id, v.profile
    FROM feeds f JOIN feed_versions v ON v.feed_id = f.id AND v.version = f.version WHERE f.name = $1";
pub(crate) const BY_ID: &str = "SELECT f.id, f.created_at, f.retired_at, f.reports, f.rows_read, f.rows_bad,
        f.last_report_id, f.last_report_at, f.alarm, f.alarm_text, f.alarm_at, f.alarm_report_id, v.profile
    FROM feeds f JOIN feed_versions v ON v.feed_id = f.id AND v.version = f.version WHERE f.id = $1";
pub(crate) const BY_TOKEN: &str = "SELECT id FROM feeds WHERE token_id = $1 AND retired_at IS NULL";
pub(crate) const VERSIONS: &str =
    "SELECT profile, saved_by, saved_at FROM feed_versions WHERE feed_id = $1 ORDER BY version DESC LIMIT 100";
pub(crate) const VERSION: &str =
    "SELECT profile, saved_by, saved_at FROM feed_versions WHERE feed_id = $1 AND version = $2";
pub(crate) const RETIRE: &str = "UPDATE feeds SET retired_at = $2 WHERE id = $1";
pub(crate) const COUNT_READ: &str = "UPDATE feeds SET reports = reports + 1, rows_read = rows_read + $2,
        rows_bad = rows_bad + $3, last_report_id = $4, last_report_at = $5 WHERE id = $1";
pub(crate) const SET_ALARM: &str =
    "UPDATE feeds SET alarm = $2, alarm_text = $3, alarm_at = $4, alarm_report_id = $5 WHERE id = $1";
pub(crate) const OF_REPORT: &str = "SELECT feed_id, version, named FROM report_feeds WHERE report_id = $1";
pub(crate) const PUT_REPORT: &str =
    "INSERT INTO report_feeds (report_id, feed_id, version, named) VALUES ($1, $2, $3, $4)
    ON CONFLICT (report_id) DO UPDATE SET feed_id = excluded.feed_id, version = excluded.version, named = excluded.named";
pub(crate) const REPORTS: &str = "SELECT r.id, r.received_at, r.channel, r.sha256, r.size, r.file_name, r.content_type,
        r.format, r.disposition, r.state, r.reason, r.reporter, r.sender, r.subject, r.events, r.duplicate_of,
        r.parser_version
    FROM report_feeds f JOIN reports r ON r.id = f.report_id WHERE f.feed_id = $1
    ORDER BY f.report_id DESC LIMIT 20";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[
    ADD,
    ADD_VERSION,
    ADVANCE,
    LIST,
    BY_NAME,
    BY_ID,
    BY_TOKEN,
    VERSIONS,
    VERSION,
    RETIRE,
    COUNT_READ,
    SET_ALARM,
    OF_REPORT,
    PUT_REPORT,
    REPORTS,
];

impl Load for Feed {
    fn load(row: &Row) -> Result<Self> {
        let report = |column| Ok::<_, crate::StoreError>(get::<Option<uuid::Uuid>>(row, column)?.map(ReportId));
        let alarm =
            match (word_opt(row, "alarm", AlarmKind::parse)?, time_opt(row, "alarm_at")?, report("alarm_report_id")?) {
                (Some(kind), Some(at), Some(report)) => {
                    let text = get::<Option<String>>(row, "alarm_text")?.unwrap_or_default();
                    Some(FeedAlarm { kind, text, at, report })
                }
                _ => None,
            };
        Ok(Self {
            id: FeedId(get(row, "id")?),
            profile: json(row, "profile")?,
            created_at: time(row, "created_at")?,
            retired_at: time_opt(row, "retired_at")?,
            rows: get(row, "rows_read")?,
            bad_rows: get(row, "rows_bad")?,
            reports: get(row, "reports")?,
            last_report: report("last_report_id")?.zip(time_opt(row, "last_report_at")?),
            alarm,
        })
    }
}

impl Load for FeedVersion {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self { profile: json(row, "profile")?, saved_by: get(row, "saved_by")?, saved_at: time(row, "saved_at")? })
    }
}

impl Load for ReportFeed {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self { feed: FeedId(get(row, "feed_id")?), version: get(row, "version")?, named: get(row, "named")? })
    }
}

impl Load for FeedId {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self(get(row, "id")?))
    }
}

async fn add_version(conn: &mut Raw, id: FeedId, profile: &FeedProfile, by: &str, at: DateTime<Utc>) -> Result<()> {
    let bound = query(ADD_VERSION).bind(id.0).bind(profile.version).bind(to_json(profile));
    run(conn, bound.bind(by.to_owned()).bind(micros(at))).await.map(drop)
}

/// A new feed with the first version of its profile; a conflict when the name or the token is taken.
pub(crate) async fn add(conn: &mut Raw, id: FeedId, profile: &FeedProfile, by: &str, at: DateTime<Utc>) -> Result<()> {
    let bound = query(ADD).bind(id.0).bind(profile.name.clone()).bind(profile.version);
    run(conn, bound.bind(profile.found.token.map(|token| token.0)).bind(micros(at))).await?;
    add_version(conn, id, profile, by, at).await
}

/// The next version of a profile in place of version `from`; stale when another is in force.
pub(crate) async fn save(
    conn: &mut Raw,
    id: FeedId,
    from: i64,
    profile: &FeedProfile,
    by: &str,
    at: DateTime<Utc>,
) -> Result<()> {
    let bound = query(ADVANCE).bind(id.0).bind(from).bind(profile.version);
    run_one(conn, bound.bind(profile.found.token.map(|token| token.0))).await?;
    add_version(conn, id, profile, by, at).await
}

/// All feeds by name, retired ones too.
pub(crate) async fn list(conn: &mut Raw) -> Result<Vec<Feed>> {
    all(conn, query(LIST)).await
}

/// The feed of that name.
pub(crate) async fn by_name(conn: &mut Raw, name: &str) -> Result<Option<Feed>> {
    optional(conn, query(BY_NAME).bind(name.to_owned())).await
}

/// The feed with this id.
pub(crate) async fn by_id(conn: &mut Raw, id: FeedId) -> Result<Option<Feed>> {
    optional(conn, query(BY_ID).bind(id.0)).await
}

/// The feed that reads what is posted with a token.
pub(crate) async fn by_token(conn: &mut Raw, token: TokenId) -> Result<Option<FeedId>> {
    optional(conn, query(BY_TOKEN).bind(token.0)).await
}

/// The saved versions, newest first, at most 100.
pub(crate) async fn versions(conn: &mut Raw, id: FeedId) -> Result<Vec<FeedVersion>> {
    all(conn, query(VERSIONS).bind(id.0)).await
}

/// One saved version.
pub(crate) async fn version(conn: &mut Raw, id: FeedId, version: i64) -> Result<Option<FeedVersion>> {
    optional(conn, query(VERSION).bind(id.0).bind(version)).await
}

/// Takes a feed out of use (None = into use again).
pub(crate) async fn retire(conn: &mut Raw, id: FeedId, at: Option<DateTime<Utc>>) -> Result<()> {
    run_one(conn, query(RETIRE).bind(id.0).bind(micros_opt(at))).await
}

/// Counts a report that was read with the feed.
pub(crate) async fn count_read(conn: &mut Raw, id: FeedId, report: &Report, rows: i64, bad: i64) -> Result<()> {
    let bound = query(COUNT_READ).bind(id.0).bind(rows).bind(bad);
    run_one(conn, bound.bind(report.id.0).bind(micros(report.received_at))).await
}

/// Raises an alarm, or ends it.
pub(crate) async fn set_alarm(conn: &mut Raw, id: FeedId, alarm: Option<&FeedAlarm>) -> Result<()> {
    let bound = query(SET_ALARM)
        .bind(id.0)
        .bind(alarm.map(|alarm| alarm.kind.as_str()))
        .bind(alarm.map(|alarm| alarm.text.clone()))
        .bind(alarm.map(|alarm| micros(alarm.at)))
        .bind(alarm.map(|alarm| alarm.report.0));
    run_one(conn, bound).await
}

/// Which feed read a report, or is to read it.
pub(crate) async fn of_report(conn: &mut Raw, report: ReportId) -> Result<Option<ReportFeed>> {
    optional(conn, query(OF_REPORT).bind(report.0)).await
}

/// Says which feed read a report, or is to read it.
pub(crate) async fn put_report(conn: &mut Raw, report: ReportId, feed: ReportFeed) -> Result<()> {
    let bound = query(PUT_REPORT).bind(report.0).bind(feed.feed.0).bind(feed.version).bind(feed.named);
    run(conn, bound).await.map(drop)
}

/// The last reports of a feed, at most 20, newest first.
pub(crate) async fn reports(conn: &mut Raw, id: FeedId) -> Result<Vec<Report>> {
    all(conn, query(REPORTS).bind(id.0)).await
}
