//! Stored reports of a period that are read again: how far, and which read differently.
use super::{
    Raw, Result, Row,
    load::{Load, all, get, micros, micros_opt, one, optional, query, run, run_one, time, time_opt, word},
};
use chrono::{DateTime, Utc};
use domain::{
    again::{Reread, RereadFilter, RereadReport, RereadState, RereadSum},
    event::Format,
    id::{ReportId, RereadId},
    limit::PAGE_ROWS,
    page::{PageOf, Rows},
    report::ReportState,
};

/// The columns of a [`Reread`].
macro_rules! columns {
    () => {
        "id, made_at, made_by, from_at, to_at, format, report_state, parser_version, state, reason, total, looked,
        cursor_at, cursor_id, ended_at"
    };
}

pub(crate) const ADD: &str = concat!(
    "INSERT INTO rereads (",
    columns!(),
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT (id) DO NOTHING"
);
pub(crate) const BY_ID: &str = concat!("SELECT ", columns!(), " FROM rereads WHERE id = $1");
pub(crate) const NEWEST: &str = concat!("SELECT ", columns!(), " FROM rereads ORDER BY made_at DESC, id DESC LIMIT $1");
// Two workers cannot both go on from the same place.
pub(crate) const MOVE: &str = "UPDATE rereads SET state = $4, looked = $5, cursor_at = $6, cursor_id = $7, reason = $8,
    ended_at = $9 WHERE id = $1 AND state = $2 AND cursor_id = $3";
// A report that is not read yet has no old reading; one with the bytes of another is read with that one.
pub(crate) const TOTAL: &str = "SELECT COUNT(*) FROM reports WHERE received_at >= $1 AND received_at < $2
    AND ($3 = '' OR format = $3) AND ($4 = '' OR state = $4) AND state IN ('done', 'parked', 'asked')";
pub(crate) const NEXT: &str = "SELECT id, received_at FROM reports WHERE received_at >= $1 AND received_at < $2
    AND ($3 = '' OR format = $3) AND ($4 = '' OR state = $4) AND state IN ('done', 'parked', 'asked')
    AND (received_at > $5 OR (received_at = $5 AND id > $6)) ORDER BY received_at, id LIMIT $7";
pub(crate) const PUT_REPORT: &str =
    "INSERT INTO reread_reports (reread_id, report_id, received_at, old_state, new_state,
        added, gone, changed, kept, applied)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    ON CONFLICT (reread_id, report_id) DO UPDATE SET old_state = excluded.old_state, new_state = excluded.new_state,
        added = excluded.added, gone = excluded.gone, changed = excluded.changed, kept = excluded.kept";
pub(crate) const REPORTS: &str =
    "SELECT report_id, received_at, old_state, new_state, added, gone, changed, kept, applied
    FROM reread_reports WHERE reread_id = $1 ORDER BY received_at, report_id LIMIT $2 OFFSET $3";
pub(crate) const WAITING: &str =
    "SELECT report_id, received_at, old_state, new_state, added, gone, changed, kept, applied
    FROM reread_reports WHERE reread_id = $1 AND applied = FALSE ORDER BY received_at, report_id LIMIT $2";
pub(crate) const APPLIED: &str = "UPDATE reread_reports SET applied = TRUE WHERE reread_id = $1 AND report_id = $2";
pub(crate) const SUM: &str = "SELECT COUNT(*) AS reports,
        CAST(COALESCE(SUM(CASE WHEN applied = TRUE THEN 1 ELSE 0 END), 0) AS BIGINT) AS applied,
        CAST(COALESCE(SUM(CASE WHEN old_state <> new_state THEN 1 ELSE 0 END), 0) AS BIGINT) AS states,
        CAST(COALESCE(SUM(added), 0) AS BIGINT) AS added, CAST(COALESCE(SUM(gone), 0) AS BIGINT) AS gone,
        CAST(COALESCE(SUM(changed), 0) AS BIGINT) AS changed, CAST(COALESCE(SUM(kept), 0) AS BIGINT) AS kept
    FROM reread_reports WHERE reread_id = $1";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[ADD, BY_ID, NEWEST, MOVE, TOTAL, NEXT, PUT_REPORT, REPORTS, WAITING, APPLIED, SUM];

impl Load for Reread {
    fn load(row: &Row) -> Result<Self> {
        let (format, state): (String, String) = (get(row, "format")?, get(row, "report_state")?);
        Ok(Self {
            id: RereadId(get(row, "id")?),
            made_at: time(row, "made_at")?,
            made_by: get(row, "made_by")?,
            filter: RereadFilter {
                from: time(row, "from_at")?,
                to: time(row, "to_at")?,
                format: Format::parse(&format),
                state: ReportState::parse(&state),
            },
            parser_version: get(row, "parser_version")?,
            state: word(row, "state", RereadState::parse)?,
            reason: get(row, "reason")?,
            total: get(row, "total")?,
            looked: get(row, "looked")?,
            cursor: (time(row, "cursor_at")?, ReportId(get(row, "cursor_id")?)),
            ended_at: time_opt(row, "ended_at")?,
        })
    }
}

impl Load for RereadReport {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            report: ReportId(get(row, "report_id")?),
            received_at: time(row, "received_at")?,
            old_state: word(row, "old_state", ReportState::parse)?,
            new_state: word(row, "new_state", ReportState::parse)?,
            added: get(row, "added")?,
            gone: get(row, "gone")?,
            changed: get(row, "changed")?,
            kept: get(row, "kept")?,
            applied: get(row, "applied")?,
        })
    }
}

impl Load for RereadSum {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            reports: get(row, "reports")?,
            applied: get(row, "applied")?,
            states: get(row, "states")?,
            added: get(row, "added")?,
            gone: get(row, "gone")?,
            changed: get(row, "changed")?,
            kept: get(row, "kept")?,
        })
    }
}

impl Load for (ReportId, DateTime<Utc>) {
    fn load(row: &Row) -> Result<Self> {
        Ok((ReportId(get(row, "id")?), time(row, "received_at")?))
    }
}

fn format_word(filter: &RereadFilter) -> &'static str {
    filter.format.map_or("", Format::as_str)
}

fn state_word(filter: &RereadFilter) -> &'static str {
    filter.state.map_or("", ReportState::as_str)
}

/// Keeps a new one; false when this id is kept already.
pub(crate) async fn add(conn: &mut Raw, new: &Reread) -> Result<bool> {
    let bound = query(ADD)
        .bind(new.id.0)
        .bind(micros(new.made_at))
        .bind(new.made_by.clone())
        .bind(micros(new.filter.from))
        .bind(micros(new.filter.to))
        .bind(format_word(&new.filter))
        .bind(state_word(&new.filter))
        .bind(new.parser_version)
        .bind(new.state.as_str())
        .bind(new.reason.clone())
        .bind(new.total)
        .bind(new.looked)
        .bind(micros(new.cursor.0))
        .bind(new.cursor.1.0)
        .bind(micros_opt(new.ended_at));
    Ok(run(conn, bound).await? == 1)
}

/// One.
pub(crate) async fn by_id(conn: &mut Raw, id: RereadId) -> Result<Option<Reread>> {
    optional(conn, query(BY_ID).bind(id.0)).await
}

/// The newest, at most `most`.
pub(crate) async fn newest(conn: &mut Raw, most: i64) -> Result<Vec<Reread>> {
    all(conn, query(NEWEST).bind(most)).await
}

/// Moves it on from where it was `seen`; stale when somebody else did.
pub(crate) async fn step(conn: &mut Raw, seen: &Reread, to: &Reread) -> Result<()> {
    let bound = query(MOVE)
        .bind(seen.id.0)
        .bind(seen.state.as_str())
        .bind(seen.cursor.1.0)
        .bind(to.state.as_str())
        .bind(to.looked)
        .bind(micros(to.cursor.0))
        .bind(to.cursor.1.0)
        .bind(to.reason.clone())
        .bind(micros_opt(to.ended_at));
    run_one(conn, bound).await
}

/// How many reports a filter is about.
pub(crate) async fn total(conn: &mut Raw, filter: &RereadFilter) -> Result<i64> {
    let bound = query(TOTAL)
        .bind(micros(filter.from))
        .bind(micros(filter.to))
        .bind(format_word(filter))
        .bind(state_word(filter));
    one(conn, bound).await
}

/// The next reports of a filter after a place, in order of arrival.
pub(crate) async fn next(
    conn: &mut Raw,
    filter: &RereadFilter,
    after: (DateTime<Utc>, ReportId),
    most: i64,
) -> Result<Vec<(ReportId, DateTime<Utc>)>> {
    let bound = query(NEXT)
        .bind(micros(filter.from))
        .bind(micros(filter.to))
        .bind(format_word(filter))
        .bind(state_word(filter))
        .bind(micros(after.0))
        .bind(after.1.0)
        .bind(most);
    all(conn, bound).await
}

/// Keeps what was found about a report.
pub(crate) async fn put_report(conn: &mut Raw, reread: RereadId, found: &RereadReport) -> Result<()> {
    let bound = query(PUT_REPORT)
        .bind(reread.0)
        .bind(found.report.0)
        .bind(micros(found.received_at))
        .bind(found.old_state.as_str())
        .bind(found.new_state.as_str())
        .bind(found.added)
        .bind(found.gone)
        .bind(found.changed)
        .bind(found.kept)
        .bind(found.applied);
    run(conn, bound).await.map(drop)
}

/// A page of the reports that read differently.
pub(crate) async fn reports(conn: &mut Raw, id: RereadId, page: PageOf) -> Result<Rows<RereadReport>> {
    Ok(Rows::cut(all(conn, query(REPORTS).bind(id.0).bind(PAGE_ROWS + 1).bind(page.offset())).await?))
}

/// Reports whose differences are not in force yet, at most `most`.
pub(crate) async fn waiting(conn: &mut Raw, id: RereadId, most: i64) -> Result<Vec<RereadReport>> {
    all(conn, query(WAITING).bind(id.0).bind(most)).await
}

/// The differences of a report are in force.
pub(crate) async fn applied(conn: &mut Raw, id: RereadId, report: ReportId) -> Result<()> {
    run(conn, query(APPLIED).bind(id.0).bind(report.0)).await.map(drop)
}

/// The differences in numbers.
pub(crate) async fn sum(conn: &mut Raw, id: RereadId) -> Result<RereadSum> {
    one(conn, query(SUM).bind(id.0)).await
}
