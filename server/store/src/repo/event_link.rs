//! Copies and newer readings of events: which later event is what to which earlier one.
use super::{
    Raw, Result, Row, bulk,
    load::{Load, all, get, micros, one, query, run, run_one, word},
};
use chrono::{DateTime, Utc};
use domain::{
    again::LinkKind,
    evidence::{Event, EventState},
    id::{EventId, ReportId},
};

const ADD_HEAD: &str = "INSERT INTO event_links (event_id, kind, to_id, made_at) ";
const ADD_TAIL: &str = " ON CONFLICT (event_id, kind) DO NOTHING";
const COUNTED_HEAD: &str = "SELECT id, fingerprint FROM events
    WHERE state NOT IN ('duplicate', 'superseded') AND fingerprint IN (";
pub(crate) const EARLIER: &str = "SELECT l.kind, e.id, e.report_id, e.position, e.reporter, e.source_kind, e.source,
        e.port, e.at, e.from_at, e.to_at, e.time_grade, e.class, e.role, e.count, e.reference, e.details, e.faults,
        e.received_at, e.certainty, e.customer_id, e.service_id, e.case_id, e.state
    FROM event_links l JOIN events e ON e.id = l.to_id WHERE l.event_id = $1 ORDER BY l.kind";
pub(crate) const LATER: &str = "SELECT l.kind, e.id, e.report_id, e.position, e.reporter, e.source_kind, e.source,
        e.port, e.at, e.from_at, e.to_at, e.time_grade, e.class, e.role, e.count, e.reference, e.details, e.faults,
        e.received_at, e.certainty, e.customer_id, e.service_id, e.case_id, e.state
    FROM event_links l JOIN events e ON e.id = l.event_id
    WHERE l.to_id = $1 AND e.state <> 'superseded' ORDER BY l.kind DESC, l.made_at, l.event_id LIMIT $2";
pub(crate) const COPIES: &str = "SELECT COUNT(*) FROM event_links l JOIN events e ON e.id = l.event_id
    WHERE l.to_id = $1 AND l.kind = 'copy' AND e.state <> 'superseded'";
pub(crate) const READINGS: &str = "SELECT l.event_id, l.to_id FROM event_links l JOIN events e ON e.id = l.event_id
    WHERE e.report_id = $1 AND l.kind = 'reading'";
pub(crate) const ALL_OF_REPORT: &str =
    "SELECT id, report_id, position, reporter, source_kind, source, port, at, from_at,
        to_at, time_grade, class, role, count, reference, details, faults, received_at, certainty, customer_id,
        service_id, case_id, state
    FROM events WHERE report_id = $1 ORDER BY position";
// The guard: what a person decided on meanwhile, or a newer reading replaced already, is left alone.
pub(crate) const SUPERSEDE: &str = "UPDATE events SET state = 'superseded' WHERE id = $1 AND state = $2
    AND case_id IS NULL AND state IN ('pending', 'duplicate', 'reading')";
// The copy that counts now: the first to come.
pub(crate) const HEIR: &str = "SELECT l.event_id FROM event_links l JOIN events e ON e.id = l.event_id
    WHERE l.to_id = $1 AND l.kind = 'copy' AND e.state = 'duplicate' ORDER BY l.made_at, l.event_id LIMIT 1";
pub(crate) const INHERIT: &str = "UPDATE events SET state = 'pending' WHERE id = $1 AND state = 'duplicate'";
pub(crate) const FORGET_COPY: &str = "DELETE FROM event_links WHERE event_id = $1 AND kind = 'copy'";
pub(crate) const RELINK: &str = "UPDATE event_links SET to_id = $2 WHERE to_id = $1 AND kind = 'copy'";
pub(crate) const FINGERPRINT: &str = "SELECT fingerprint FROM events WHERE id = $1";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] =
    &[EARLIER, LATER, COPIES, READINGS, ALL_OF_REPORT, SUPERSEDE, HEIR, INHERIT, FORGET_COPY, RELINK, FINGERPRINT];

impl Load for (LinkKind, Event) {
    fn load(row: &Row) -> Result<Self> {
        Ok((word(row, "kind", LinkKind::parse)?, Event::load(row)?))
    }
}

impl Load for (EventId, EventId) {
    fn load(row: &Row) -> Result<Self> {
        Ok((EventId(get(row, "event_id")?), EventId(get(row, "to_id")?)))
    }
}

impl Load for (EventId, Vec<u8>) {
    fn load(row: &Row) -> Result<Self> {
        Ok((EventId(get(row, "id")?), get(row, "fingerprint")?))
    }
}

impl Load for Vec<u8> {
    /// The first column.
    fn load(row: &Row) -> Result<Self> {
        use sqlx::Row as _;
        Ok(row.try_get(0)?)
    }
}

/// Links later events to earlier ones: later, kind, earlier.
pub(crate) async fn add(conn: &mut Raw, links: &[(EventId, LinkKind, EventId)], made_at: DateTime<Utc>) -> Result<()> {
    for chunk in links.chunks(bulk::CHUNK) {
        let builder = bulk::insert(ADD_HEAD, ADD_TAIL, chunk, |row, (later, kind, earlier)| {
            row.push_bind(later.0).push_bind(kind.as_str()).push_bind(earlier.0).push_bind(micros(made_at));
        });
        bulk::run(conn, builder, bulk::common(chunk.len())).await?;
    }
    Ok(())
}

/// Which events stand for these fingerprints: at most one each.
pub(crate) async fn counted(conn: &mut Raw, fingerprints: &[[u8; 32]]) -> Result<Vec<(EventId, Vec<u8>)>> {
    bulk::of_keys(conn, (COUNTED_HEAD, ")"), fingerprints, true, |list, fingerprint| {
        list.push_bind(fingerprint.to_vec());
    })
    .await
}

/// What an event is a copy or a newer reading of.
pub(crate) async fn earlier(conn: &mut Raw, event: EventId) -> Result<Vec<(LinkKind, Event)>> {
    all(conn, query(EARLIER).bind(event.0)).await
}

/// Newer readings and copies of an event, at most `most`.
pub(crate) async fn later(conn: &mut Raw, event: EventId, most: i64) -> Result<Vec<(LinkKind, Event)>> {
    all(conn, query(LATER).bind(event.0).bind(most)).await
}

/// How often an event was said again.
pub(crate) async fn copies(conn: &mut Raw, event: EventId) -> Result<i64> {
    one(conn, query(COPIES).bind(event.0)).await
}

/// Newer readings in a report and what they stand for.
pub(crate) async fn readings(conn: &mut Raw, report: ReportId) -> Result<Vec<(EventId, EventId)>> {
    all(conn, query(READINGS).bind(report.0)).await
}

/// Every event of a report in its order, superseded ones too.
pub(crate) async fn of_report(conn: &mut Raw, report: ReportId) -> Result<Vec<Event>> {
    all(conn, query(ALL_OF_REPORT).bind(report.0)).await
}

/// Takes an event out of the count; stale when it is not in state `from` any more or a person decided on it.
pub(crate) async fn supersede(conn: &mut Raw, event: EventId, from: EventState) -> Result<()> {
    run_one(conn, query(SUPERSEDE).bind(event.0).bind(from.as_str())).await
}

/// The first copy of an event that still says the same.
pub(crate) async fn heir(conn: &mut Raw, event: EventId) -> Result<Option<EventId>> {
    super::load::optional(conn, query(HEIR).bind(event.0)).await
}

/// Lets a copy count in the place of the event it was a copy of; the other copies become copies of it.
pub(crate) async fn inherit(conn: &mut Raw, heir: EventId, of: EventId) -> Result<()> {
    run_one(conn, query(INHERIT).bind(heir.0)).await?;
    run(conn, query(FORGET_COPY).bind(heir.0)).await?;
    relink(conn, of, heir).await
}

/// Makes the copies of one event copies of another.
pub(crate) async fn relink(conn: &mut Raw, from: EventId, to: EventId) -> Result<()> {
    run(conn, query(RELINK).bind(from.0).bind(to.0)).await.map(drop)
}

/// What makes an event the same as another.
pub(crate) async fn fingerprint(conn: &mut Raw, event: EventId) -> Result<Option<Vec<u8>>> {
    super::load::optional(conn, query(FINGERPRINT).bind(event.0)).await
}
