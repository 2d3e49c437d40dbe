//! Reports: the bytes as they came, and what became of them.
use super::{
    Raw, Result, Row,
    load::{Load, all, get, micros, one, optional, query, run, run_one, time, word, word_opt},
};
use chrono::{DateTime, Utc};
use domain::{
    event::{Disposition, Format},
    id::ReportId,
    limit::PAGE_ROWS,
    page::{PageOf, Rows},
    report::{Channel, Envelope, Report, ReportFilter, ReportState},
};
use sqlx::Row as _;

pub(crate) const ADD_BYTES: &str =
    "INSERT INTO report_bytes (sha256, bytes) VALUES ($1, $2) ON CONFLICT (sha256) DO NOTHING";
pub(crate) const ADD: &str = "INSERT INTO reports (id, received_at, channel, sha256, size, file_name, content_type,
        format, disposition, state, reason, reporter, sender, subject, events, duplicate_of, parser_version)
    VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, NULL, $8, $9, NULL, NULL, NULL, 0, $10, 0)";
pub(crate) const FIRST_WITH_BYTES: &str =
    "SELECT id FROM reports WHERE sha256 = $1 AND duplicate_of IS NULL ORDER BY received_at, id LIMIT 1";
pub(crate) const BYTES: &str =
    "SELECT b.bytes FROM report_bytes b JOIN reports r ON r.sha256 = b.sha256 WHERE r.id = $1";
pub(crate) const BY_ID: &str = "SELECT id, received_at, channel, sha256, size, file_name, content_type, format,
        disposition, state, reason, reporter, sender, subject, events, duplicate_of, parser_version
    FROM reports WHERE id = $1";
pub(crate) const DUPLICATES: &str = "SELECT id, received_at, channel, sha256, size, file_name, content_type, format,
        disposition, state, reason, reporter, sender, subject, events, duplicate_of, parser_version
    FROM reports WHERE sha256 = $1 AND duplicate_of IS NOT NULL ORDER BY received_at LIMIT 20";
// The guard: only who saw it in the state he acted on may change it.
pub(crate) const SETTLE: &str = "UPDATE reports SET format = $3, disposition = $4, state = $5, reason = $6,
        reporter = $7, sender = $8, subject = $9, events = $10, parser_version = $11
    WHERE id = $1 AND state = $2";
pub(crate) const SET_STATE: &str = "UPDATE reports SET state = $3 WHERE id = $1 AND state = $2";
pub(crate) const LIST: &str = "SELECT id, received_at, channel, sha256, size, file_name, content_type, format,
        disposition, state, reason, reporter, sender, subject, events, duplicate_of, parser_version
    FROM reports ORDER BY received_at DESC, id DESC LIMIT $1 OFFSET $2";
// The newest as reporter and the newest as sender, each from its index.
pub(crate) const LIST_WHO: &str = "SELECT id, received_at, channel, sha256, size, file_name, content_type, format,
        disposition, state, reason, reporter, sender, subject, events, duplicate_of, parser_version
    FROM reports WHERE id IN (
        SELECT id FROM (SELECT id FROM reports WHERE reporter = $1 AND ($4 = '' OR state || '' = $4)
            ORDER BY received_at DESC, id DESC LIMIT $5) AS vouched
        UNION SELECT id FROM (SELECT id FROM reports WHERE sender = $1 AND ($4 = '' OR state || '' = $4)
            ORDER BY received_at DESC, id DESC LIMIT $5) AS sent)
    ORDER BY received_at + 0 DESC, id DESC LIMIT $2 OFFSET $3";
pub(crate) const LIST_STATE: &str = "SELECT id, received_at, channel, sha256, size, file_name, content_type, format,
        disposition, state, reason, reporter, sender, subject, events, duplicate_of, parser_version
    FROM reports WHERE state = $1 AND ($2 = '' OR reporter = $2 OR sender = $2)
    ORDER BY received_at DESC, id DESC LIMIT $3 OFFSET $4";
pub(crate) const COUNT_STATE: &str = "SELECT COUNT(*) AS n FROM reports WHERE state = $1";
pub(crate) const NEXT_PARKED: &str = "SELECT id FROM reports
    WHERE state = 'parked' AND (received_at < $1 OR (received_at = $1 AND id < $2))
    ORDER BY received_at DESC, id DESC LIMIT 1";
pub(crate) const LAST_PARKED: &str =
    "SELECT id FROM reports WHERE state = 'parked' AND id <> $1 ORDER BY received_at DESC, id DESC LIMIT 1";
pub(crate) const NEW_EVENTS: &str =
    "SELECT CAST(COALESCE(SUM(events), 0) AS BIGINT) AS n FROM reports WHERE received_at > $1 AND state = 'done'";

pub(crate) const ENVELOPE_ADD: &str = "INSERT INTO envelopes (report_id, sender, recipients) VALUES ($1, $2, $3)";
pub(crate) const ENVELOPE: &str = "SELECT sender, recipients FROM envelopes WHERE report_id = $1";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[
    ADD_BYTES,
    ADD,
    ENVELOPE_ADD,
    ENVELOPE,
    FIRST_WITH_BYTES,
    BYTES,
    BY_ID,
    DUPLICATES,
    SETTLE,
    SET_STATE,
    LIST,
    LIST_WHO,
    LIST_STATE,
    COUNT_STATE,
    NEXT_PARKED,
    LAST_PARKED,
    NEW_EVENTS,
];

impl Load for Report {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            id: ReportId(get(row, "id")?),
            received_at: time(row, "received_at")?,
            channel: word(row, "channel", Channel::parse)?,
            sha256: get(row, "sha256")?,
            size: get(row, "size")?,
            file_name: get(row, "file_name")?,
            content_type: get(row, "content_type")?,
            format: word_opt(row, "format", Format::parse)?,
            disposition: word_opt(row, "disposition", Disposition::parse)?,
            state: word(row, "state", ReportState::parse)?,
            reason: get(row, "reason")?,
            reporter: get(row, "reporter")?,
            sender: get(row, "sender")?,
            subject: get(row, "subject")?,
            events: get(row, "events")?,
            duplicate_of: get::<Option<uuid::Uuid>>(row, "duplicate_of")?.map(ReportId),
            parser_version: get(row, "parser_version")?,
        })
    }
}

/// Keeps the bytes, once. A second sender of the same bytes waits here until the first is done, and finds his report.
pub(crate) async fn add_bytes(conn: &mut Raw, sha256: &str, bytes: &[u8]) -> Result<()> {
    run(conn, query(ADD_BYTES).bind(sha256.to_owned()).bind(bytes.to_vec())).await.map(drop)
}

/// Keeps a report whose bytes are kept.
pub(crate) async fn add(conn: &mut Raw, report: &Report) -> Result<()> {
    let bound = query(ADD)
        .bind(report.id.0)
        .bind(micros(report.received_at))
        .bind(report.channel.as_str())
        .bind(report.sha256.clone())
        .bind(report.size)
        .bind(report.file_name.clone())
        .bind(report.content_type.clone())
        .bind(report.state.as_str())
        .bind(report.reason.clone())
        .bind(report.duplicate_of.map(|id| id.0));
    run(conn, bound).await.map(drop)
}

/// The first report with these bytes.
pub(crate) async fn first_with_bytes(conn: &mut Raw, sha256: &str) -> Result<Option<ReportId>> {
    let row = query(FIRST_WITH_BYTES).bind(sha256.to_owned()).fetch_optional(conn).await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?.map(ReportId))
}

/// The bytes as they came.
pub(crate) async fn bytes(conn: &mut Raw, id: ReportId) -> Result<Option<Vec<u8>>> {
    Ok(query(BYTES).bind(id.0).fetch_optional(conn).await?.map(|row| row.try_get(0)).transpose()?)
}

/// One report.
pub(crate) async fn by_id(conn: &mut Raw, id: ReportId) -> Result<Option<Report>> {
    optional(conn, query(BY_ID).bind(id.0)).await
}

/// Later reports with the same bytes.
pub(crate) async fn duplicates(conn: &mut Raw, sha256: &str) -> Result<Vec<Report>> {
    all(conn, query(DUPLICATES).bind(sha256.to_owned())).await
}

/// Records what became of a report that was in state `from`; stale when it is in another.
pub(crate) async fn settle(conn: &mut Raw, report: &Report, from: ReportState) -> Result<()> {
    let bound = query(SETTLE)
        .bind(report.id.0)
        .bind(from.as_str())
        .bind(report.format.map(Format::as_str))
        .bind(report.disposition.map(Disposition::as_str))
        .bind(report.state.as_str())
        .bind(report.reason.clone())
        .bind(report.reporter.clone())
        .bind(report.sender.clone())
        .bind(report.subject.clone())
        .bind(report.events)
        .bind(report.parser_version);
    run_one(conn, bound).await
}

/// Moves a report from one state to another; stale when it is in neither.
pub(crate) async fn set_state(conn: &mut Raw, id: ReportId, from: ReportState, to: ReportState) -> Result<()> {
    run_one(conn, query(SET_STATE).bind(id.0).bind(from.as_str()).bind(to.as_str())).await
}

/// A page of reports, newest first.
pub(crate) async fn list(conn: &mut Raw, filter: &ReportFilter, page: PageOf) -> Result<Rows<Report>> {
    let who = filter.who.trim().to_owned();
    let (rows, offset) = (PAGE_ROWS + 1, page.offset());
    let bound = match filter.state {
        // What waits is little; of the rest there is much, and little of it of one person.
        Some(state) if who.is_empty() || state == ReportState::Parked => {
            query(LIST_STATE).bind(state.as_str()).bind(who).bind(rows).bind(offset)
        }
        None if who.is_empty() => query(LIST).bind(rows).bind(offset),
        state => query(LIST_WHO)
            .bind(who)
            .bind(rows)
            .bind(offset)
            .bind(state.map_or("", ReportState::as_str))
            .bind(rows + offset),
    };
    Ok(Rows::cut(all(conn, bound).await?))
}

/// How many reports are in a state.
pub(crate) async fn count(conn: &mut Raw, state: ReportState) -> Result<i64> {
    one(conn, query(COUNT_STATE).bind(state.as_str())).await
}

/// The parked report below this one in the queue, else the first of the queue; none when no other is parked.
pub(crate) async fn next_parked(conn: &mut Raw, at: DateTime<Utc>, id: ReportId) -> Result<Option<ReportId>> {
    let below = query(NEXT_PARKED).bind(micros(at)).bind(id.0).fetch_optional(&mut *conn).await?;
    let row = match below {
        Some(row) => Some(row),
        None => query(LAST_PARKED).bind(id.0).fetch_optional(conn).await?,
    };
    Ok(row.map(|row| row.try_get(0)).transpose()?.map(ReportId))
}

/// Events that came with reports since an instant.
pub(crate) async fn new_events(conn: &mut Raw, since: DateTime<Utc>) -> Result<i64> {
    one(conn, query(NEW_EVENTS).bind(micros(since))).await
}

impl Load for Envelope {
    fn load(row: &Row) -> Result<Self> {
        let recipients: String = get(row, "recipients")?;
        Ok(Self { sender: get(row, "sender")?, recipients: recipients.lines().map(str::to_owned).collect() })
    }
}

/// Keeps how a mail server handed a report over; no address holds a line break.
pub(crate) async fn envelope_add(conn: &mut Raw, id: ReportId, envelope: &Envelope) -> Result<()> {
    let bound = query(ENVELOPE_ADD).bind(id.0).bind(envelope.sender.clone()).bind(envelope.recipients.join("\n"));
    run(conn, bound).await.map(drop)
}

/// How a mail server handed a report over; none where none did.
pub(crate) async fn envelope(conn: &mut Raw, id: ReportId) -> Result<Option<Envelope>> {
    optional(conn, query(ENVELOPE).bind(id.0)).await
}
