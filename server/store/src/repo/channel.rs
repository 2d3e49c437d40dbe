//! Channels: who has one at the moment, how it does, what it took in.
use super::{
    Raw, Result, Row,
    load::{Load, all, get, micros, optional, query, run, time, time_opt, word_opt},
};
use chrono::{DateTime, Utc};
use domain::{
    channel::{Alarm, ChannelState, Tally, TurnedAway},
    id::ReportId,
};
use uuid::Uuid;

const DAY_MICROS: i64 = 86_400_000_000;

pub(crate) const ADD: &str =
    "INSERT INTO channels (name, held_by, held_until, due_at, created_at, ok_at, news_at, failing_since, failures, problem,
        problem_at, alarm, mark)
    VALUES ($1, NULL, 0, 0, $2, NULL, NULL, NULL, 0, NULL, NULL, NULL, '{}') ON CONFLICT (name) DO NOTHING";
pub(crate) const BY_NAME: &str = "SELECT name, held_by, held_until, due_at, created_at, ok_at, news_at, failing_since,
        failures, problem, problem_at, alarm, mark
    FROM channels WHERE name = $1";
pub(crate) const LIST: &str = "SELECT name, held_by, held_until, due_at, created_at, ok_at, news_at, failing_since,
        failures, problem, problem_at, alarm, mark
    FROM channels ORDER BY name";
// Only who finds it due and free gets it; who has it may take it again.
pub(crate) const TAKE: &str = "UPDATE channels SET held_by = $2, held_until = $4
    WHERE name = $1 AND due_at <= $3 AND (held_until <= $3 OR held_by = $2)";
pub(crate) const KEEP: &str = "UPDATE channels SET held_until = $3 WHERE name = $1 AND held_by = $2";
pub(crate) const WENT_WELL: &str = "UPDATE channels SET ok_at = $2, failing_since = NULL, failures = 0 WHERE name = $1";
pub(crate) const NEWS: &str = "UPDATE channels SET news_at = $2 WHERE name = $1";
pub(crate) const FAILED: &str = "UPDATE channels SET failures = failures + 1,
        failing_since = COALESCE(failing_since, $2), problem = $3, problem_at = $2
    WHERE name = $1";
pub(crate) const LET_GO: &str =
    "UPDATE channels SET held_by = NULL, held_until = 0, due_at = $3 WHERE name = $1 AND held_by = $2";
pub(crate) const MARK: &str = "UPDATE channels SET mark = $2 WHERE name = $1";
pub(crate) const ALARM: &str = "UPDATE channels SET alarm = $2 WHERE name = $1";
pub(crate) const ITEM_ADD: &str = "INSERT INTO channel_items (channel, item, report_id, taken_at)
    VALUES ($1, $2, $3, $4) ON CONFLICT (channel, item) DO NOTHING";
pub(crate) const ITEM: &str = "SELECT COUNT(*) AS n FROM channel_items WHERE channel = $1 AND item = $2";
pub(crate) const ITEM_FORGET: &str = "DELETE FROM channel_items WHERE channel = $1 AND item = $2";
pub(crate) const COUNT: &str = "INSERT INTO channel_days (channel, day, received, duplicates, refused)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (channel, day) DO UPDATE SET received = channel_days.received + excluded.received,
        duplicates = channel_days.duplicates + excluded.duplicates, refused = channel_days.refused + excluded.refused";
pub(crate) const DAY: &str = "SELECT channel, received, duplicates, refused FROM channel_days WHERE day = $1";
pub(crate) const WAYS: &str = "SELECT channel, COUNT(*) AS received,
        CAST(SUM(CASE WHEN duplicate_of IS NULL THEN 0 ELSE 1 END) AS BIGINT) AS duplicates,
        CAST(0 AS BIGINT) AS refused, MAX(received_at) AS last_at
    FROM reports WHERE received_at >= $1 GROUP BY channel";
pub(crate) const TURN_AWAY: &str =
    "INSERT INTO turned_away (id, channel, at, what, reason) VALUES ($1, $2, $3, $4, $5)";
pub(crate) const TURNED_AWAY: &str = "SELECT channel, at, what, reason FROM turned_away ORDER BY at DESC LIMIT 20";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[
    ADD,
    BY_NAME,
    LIST,
    TAKE,
    KEEP,
    WENT_WELL,
    NEWS,
    FAILED,
    LET_GO,
    MARK,
    ALARM,
    ITEM_ADD,
    ITEM,
    ITEM_FORGET,
    COUNT,
    DAY,
    WAYS,
    TURN_AWAY,
    TURNED_AWAY,
];

impl Load for ChannelState {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            name: get(row, "name")?,
            held_by: get(row, "held_by")?,
            held_until: time(row, "held_until")?,
            due_at: time(row, "due_at")?,
            created_at: time(row, "created_at")?,
            ok_at: time_opt(row, "ok_at")?,
            news_at: time_opt(row, "news_at")?,
            failing_since: time_opt(row, "failing_since")?,
            failures: get(row, "failures")?,
            problem: get(row, "problem")?,
            problem_at: time_opt(row, "problem_at")?,
            alarm: word_opt(row, "alarm", Alarm::parse)?,
            mark: get(row, "mark")?,
        })
    }
}

impl Load for (String, Tally) {
    fn load(row: &Row) -> Result<Self> {
        let tally = Tally {
            received: get(row, "received")?,
            duplicates: get(row, "duplicates")?,
            refused: get(row, "refused")?,
            last_at: None,
        };
        Ok((get(row, "channel")?, tally))
    }
}

/// A tally of the reports themselves, with the time of the last.
struct Way(String, Tally);

impl Load for Way {
    fn load(row: &Row) -> Result<Self> {
        let (channel, tally) = <(String, Tally)>::load(row)?;
        Ok(Self(channel, Tally { last_at: time_opt(row, "last_at")?, ..tally }))
    }
}

impl Load for TurnedAway {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            channel: get(row, "channel")?,
            at: time(row, "at")?,
            what: get(row, "what")?,
            reason: get(row, "reason")?,
        })
    }
}

/// Makes its row, if there is none.
pub(crate) async fn add(conn: &mut Raw, name: &str, now: DateTime<Utc>) -> Result<()> {
    run(conn, query(ADD).bind(name.to_owned()).bind(micros(now))).await.map(drop)
}

/// One channel.
pub(crate) async fn by_name(conn: &mut Raw, name: &str) -> Result<Option<ChannelState>> {
    optional(conn, query(BY_NAME).bind(name.to_owned())).await
}

/// All channels that were ever tried.
pub(crate) async fn list(conn: &mut Raw) -> Result<Vec<ChannelState>> {
    all(conn, query(LIST)).await
}

/// Takes it for `holder` until `until`, when it is due and free.
pub(crate) async fn take(
    conn: &mut Raw,
    name: &str,
    holder: &str,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<bool> {
    let bound = query(TAKE).bind(name.to_owned()).bind(holder.to_owned()).bind(micros(now)).bind(micros(until));
    Ok(run(conn, bound).await? == 1)
}

/// Has it for longer; false when another has it by now.
pub(crate) async fn keep(conn: &mut Raw, name: &str, holder: &str, until: DateTime<Utc>) -> Result<bool> {
    let bound = query(KEEP).bind(name.to_owned()).bind(holder.to_owned()).bind(micros(until));
    Ok(run(conn, bound).await? == 1)
}

/// It worked.
pub(crate) async fn went_well(conn: &mut Raw, name: &str, now: DateTime<Utc>) -> Result<()> {
    run(conn, query(WENT_WELL).bind(name.to_owned()).bind(micros(now))).await.map(drop)
}

/// It brought something new.
pub(crate) async fn news(conn: &mut Raw, name: &str, now: DateTime<Utc>) -> Result<()> {
    run(conn, query(NEWS).bind(name.to_owned()).bind(micros(now))).await.map(drop)
}

/// It did not work.
pub(crate) async fn failed(conn: &mut Raw, name: &str, now: DateTime<Utc>, problem: &str) -> Result<()> {
    run(conn, query(FAILED).bind(name.to_owned()).bind(micros(now)).bind(problem.to_owned())).await.map(drop)
}

/// Gives it back, to be tried from `due` on; nothing happens when another has it by now.
pub(crate) async fn let_go(conn: &mut Raw, name: &str, holder: &str, due: DateTime<Utc>) -> Result<()> {
    run(conn, query(LET_GO).bind(name.to_owned()).bind(holder.to_owned()).bind(micros(due))).await.map(drop)
}

/// What it remembers for itself.
pub(crate) async fn mark(conn: &mut Raw, name: &str, mark: &str) -> Result<()> {
    run(conn, query(MARK).bind(name.to_owned()).bind(mark.to_owned())).await.map(drop)
}

/// Raises an alarm, or ends it.
pub(crate) async fn alarm(conn: &mut Raw, name: &str, alarm: Option<Alarm>) -> Result<()> {
    run(conn, query(ALARM).bind(name.to_owned()).bind(alarm.map(Alarm::as_str))).await.map(drop)
}

/// Remembers an item as taken in; false when it was already.
pub(crate) async fn item_add(
    conn: &mut Raw,
    name: &str,
    item: &str,
    report: ReportId,
    now: DateTime<Utc>,
) -> Result<bool> {
    let bound = query(ITEM_ADD).bind(name.to_owned()).bind(item.to_owned()).bind(report.0).bind(micros(now));
    Ok(run(conn, bound).await? == 1)
}

/// Whether an item was taken in.
pub(crate) async fn item_taken(conn: &mut Raw, name: &str, item: &str) -> Result<bool> {
    Ok(super::load::one::<i64>(conn, query(ITEM).bind(name.to_owned()).bind(item.to_owned())).await? > 0)
}

/// The item is gone from where it came from.
pub(crate) async fn item_forget(conn: &mut Raw, name: &str, item: &str) -> Result<()> {
    run(conn, query(ITEM_FORGET).bind(name.to_owned()).bind(item.to_owned())).await.map(drop)
}

/// Adds to the day's numbers.
pub(crate) async fn count(conn: &mut Raw, name: &str, now: DateTime<Utc>, more: &Tally) -> Result<()> {
    let bound = query(COUNT)
        .bind(name.to_owned())
        .bind(micros(now).div_euclid(DAY_MICROS))
        .bind(more.received)
        .bind(more.duplicates)
        .bind(more.refused);
    run(conn, bound).await.map(drop)
}

/// The day's numbers, by name of the channel.
pub(crate) async fn day(conn: &mut Raw, now: DateTime<Utc>) -> Result<Vec<(String, Tally)>> {
    all(conn, query(DAY).bind(micros(now).div_euclid(DAY_MICROS))).await
}

/// The day's reports, by kind of channel.
pub(crate) async fn ways(conn: &mut Raw, now: DateTime<Utc>) -> Result<Vec<(String, Tally)>> {
    let midnight = micros(now).div_euclid(DAY_MICROS) * DAY_MICROS;
    let ways: Vec<Way> = all(conn, query(WAYS).bind(midnight)).await?;
    Ok(ways.into_iter().map(|Way(channel, tally)| (channel, tally)).collect())
}

/// Remembers what could not be taken in.
pub(crate) async fn turn_away(conn: &mut Raw, what: &TurnedAway) -> Result<()> {
    let bound = query(TURN_AWAY)
        .bind(Uuid::now_v7())
        .bind(what.channel.clone())
        .bind(micros(what.at))
        .bind(what.what.clone())
        .bind(what.reason.clone());
    run(conn, bound).await.map(drop)
}

/// What could not be taken in, newest first, at most 20.
pub(crate) async fn turned_away(conn: &mut Raw) -> Result<Vec<TurnedAway>> {
    all(conn, query(TURNED_AWAY)).await
}
