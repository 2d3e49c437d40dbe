//! Events whose answer may have changed: which they are when leases come in late, and the list a worker asks again from.
use super::{
    Raw, Result, bulk,
    given::{Column, Given},
    lease_news,
    load::{all, micros, query, run},
};
use crate::types::News;
use chrono::{DateTime, Utc};
use domain::{
    attribution::Wait,
    id::EventId,
    lease::{address_key, net_key},
    saying::HolderName,
};
use std::{borrow::Cow, net::IpAddr};

const NEWS_HEAD: &str = "WITH news (low, high, from_at, to_at) AS (";
const TOUCHED: &str = ") SELECT DISTINCT e.id FROM news n CROSS JOIN events e
    WHERE e.address IS NOT NULL AND e.address BETWEEN n.low AND n.high AND e.at < n.to_at
        AND COALESCE(e.to_at, e.at) >= n.from_at AND e.state IN ('pending', 'on_case')";
const INSIDE: &str = ") SELECT DISTINCT w.event_id FROM news n CROSS JOIN event_waits w CROSS JOIN events e
    WHERE w.kind = 'inside' AND w.what BETWEEN n.low AND n.high AND e.id = w.event_id AND e.at < n.to_at
        AND COALESCE(e.to_at, e.at) >= n.from_at AND e.state IN ('pending', 'on_case')";
const ASK_HEAD: &str = "INSERT INTO event_asks (event_id, due_at) ";
const ASK_TAIL: &str = " ON CONFLICT (event_id) DO UPDATE SET
    due_at = CASE WHEN excluded.due_at < event_asks.due_at THEN excluded.due_at ELSE event_asks.due_at END";
pub(crate) const DUE: &str = "SELECT event_id FROM event_asks WHERE due_at <= $1 ORDER BY due_at, event_id LIMIT $2";
pub(crate) const WAITING_ANY: &str = "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM events
    WHERE address IS NOT NULL LIMIT 1) AS events_some";
pub(crate) const OF_SOURCE: &str = "SELECT w.event_id FROM event_waits w JOIN events e ON e.id = w.event_id
    WHERE w.kind = 'source' AND w.what = $1 AND COALESCE(e.to_at, e.at) <= $2";
pub(crate) const UNASK: &str = "DELETE FROM event_asks WHERE event_id = $1 AND due_at <= $2";
const WAIT_HEAD: &str = "INSERT INTO event_waits (kind, what, event_id) ";
const WAIT_TAIL: &str = " ON CONFLICT (kind, what, event_id) DO NOTHING";
pub(crate) const UNWAIT: &str = "DELETE FROM event_waits WHERE event_id = $1";
pub(crate) const PAST: &str = "SELECT DISTINCT w.event_id FROM event_waits w JOIN events e ON e.id = w.event_id
    WHERE w.kind = 'inside' AND COALESCE(e.to_at, e.at) < $1 LIMIT $2";
const FORGET_HEAD: &str = "WITH past (event_id) AS (";
const FORGET_TAIL: &str = ") DELETE FROM event_waits WHERE kind = 'inside' AND event_id IN (SELECT event_id FROM past)";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[DUE, WAITING_ANY, OF_SOURCE, UNASK, UNWAIT, PAST];

/// Statements of this file that are made for as many rows as there are.
#[cfg(feature = "testing")]
pub(crate) fn made() -> Vec<String> {
    vec![hearing(TOUCHED).text(1), hearing(INSIDE).text(3), forgetting().text(1), forgetting().text(5)]
}

/// The events of which something new is known: at an address of the news in its time, or behind it. Those whose answer is
/// stored at the same time are not among them: whoever stores it sees that there are news.
pub(crate) async fn touched(conn: &mut Raw, news: &[News]) -> Result<Vec<EventId>> {
    if news.is_empty() {
        return Ok(Vec::new());
    }
    lease_news::told(conn).await?;
    let any: i64 = super::load::one(conn, query(WAITING_ANY)).await?;
    let mut found = Vec::new();
    if any == 0 {
        return Ok(found);
    }
    for tail in [TOUCHED, INSIDE] {
        found.extend(hearing(tail).fetch::<EventId>(conn, news).await?);
    }
    Ok(found)
}

/// A statement about news.
const fn hearing(tail: &'static str) -> Given<4, News> {
    Given {
        head: NEWS_HEAD,
        columns: [
            Column::Bytes(|news| net_key(&news.net).0.to_vec()),
            Column::Bytes(|news| address_key(last_of(&news.net)).to_vec()),
            Column::Int(|news| micros(news.from)),
            Column::Int(|news| news.to.map_or(i64::MAX, micros)),
        ],
        tail: Cow::Borrowed(tail),
    }
}

fn last_of(net: &ipnet::IpNet) -> IpAddr {
    net.broadcast()
}

/// The events that wait for what this source says of a time up to `through`.
pub(crate) async fn of_source(conn: &mut Raw, source: &str, through: DateTime<Utc>) -> Result<Vec<EventId>> {
    all(conn, query(OF_SOURCE).bind(source.as_bytes().to_vec()).bind(micros(through))).await
}

/// Has these asked again from `due` on.
pub(crate) async fn ask(conn: &mut Raw, events: &[EventId], due: DateTime<Utc>) -> Result<()> {
    let mut events = events.to_vec();
    events.sort_unstable();
    events.dedup();
    for chunk in events.chunks(bulk::CHUNK) {
        let builder = bulk::insert(ASK_HEAD, ASK_TAIL, chunk, |row, event| {
            row.push_bind(event.0).push_bind(micros(due));
        });
        bulk::run(conn, builder, bulk::common(chunk.len())).await?;
    }
    Ok(())
}

/// Those to be asked again by now.
pub(crate) async fn due(conn: &mut Raw, now: DateTime<Utc>, limit: i64) -> Result<Vec<EventId>> {
    all(conn, query(DUE).bind(micros(now)).bind(limit)).await
}

/// It was asked again; one that became due later stays. Whether it was still on the list.
pub(crate) async fn unask(conn: &mut Raw, event: EventId, now: DateTime<Utc>) -> Result<bool> {
    Ok(run(conn, query(UNASK).bind(event.0).bind(micros(now))).await? == 1)
}

/// What these events' answers hang on.
pub(crate) async fn wait(conn: &mut Raw, waits: &[(EventId, Wait)]) -> Result<()> {
    for chunk in waits.chunks(bulk::CHUNK) {
        let builder = bulk::insert(WAIT_HEAD, WAIT_TAIL, chunk, |row, (event, wait)| {
            let (kind, what) = match wait {
                Wait::Inside(ip) | Wait::Name(HolderName::Inside(ip)) => ("inside", address_key(*ip).to_vec()),
                Wait::Resolver(question) => ("resolver", question.id.0.as_bytes().to_vec()),
                Wait::Source(name) => ("source", name.as_bytes().to_vec()),
                Wait::Name(name) => {
                    let (kind, name) = name.parts();
                    (kind, name.into_owned().into_bytes())
                }
            };
            row.push_bind(kind).push_bind(what).push_bind(event.0);
        });
        bulk::run(conn, builder, bulk::common(chunk.len())).await?;
    }
    Ok(())
}

/// Its answer hangs on nothing any more.
pub(crate) async fn unwait(conn: &mut Raw, event: EventId) -> Result<()> {
    run(conn, query(UNWAIT).bind(event.0)).await.map(drop)
}

/// Events from before this time whose answers hang on leases of inside addresses.
pub(crate) async fn past(conn: &mut Raw, before: DateTime<Utc>, limit: i64) -> Result<Vec<EventId>> {
    all(conn, query(PAST).bind(micros(before)).bind(limit)).await
}

const fn forgetting() -> Given<1, EventId> {
    Given { head: FORGET_HEAD, columns: [Column::Id(|event| event.0)], tail: Cow::Borrowed(FORGET_TAIL) }
}

/// The answers of these events do not hang on leases of inside addresses any more.
pub(crate) async fn forget_inside(conn: &mut Raw, events: &[EventId]) -> Result<()> {
    forgetting().run(conn, events).await.map(drop)
}
