//! Reporters: seen with each report, counted by day, set by the staff; and senders whose reports are filed away.
use super::{
    Raw, Result, Row,
    load::{Load, all, get, micros, optional, query, run, run_one, time, time_opt, word},
};
use chrono::{DateTime, Utc};
use domain::{
    id::ReportId,
    report::ReportState,
    reporter::{Feedback, FeedbackBy, Mark, MarkKind, Reporter, ReporterSettings, WEIGHT_USUAL},
};

const DAY: i64 = 86_400_000_000;

macro_rules! columns {
    () => {
        "name, first_at, last_at, switched_on, weight, never_automatic, feedback, feedback_by, feedback_to, reason,
        changed_by, changed_at, version"
    };
}

pub(crate) const SEEN: &str = "INSERT INTO reporters (name, first_at, last_at, switched_on, weight, never_automatic,
        feedback, feedback_by, feedback_to, reason, changed_by, changed_at, version)
    VALUES ($1, $2, $2, TRUE, $3, FALSE, 'none', 'mail', '', '', '', NULL, 0)
    ON CONFLICT (name) DO UPDATE SET
        first_at = CASE WHEN excluded.first_at < reporters.first_at THEN excluded.first_at ELSE reporters.first_at END,
        last_at = CASE WHEN excluded.last_at > reporters.last_at THEN excluded.last_at ELSE reporters.last_at END";
pub(crate) const COUNT: &str = "INSERT INTO reporter_days (day, reporter, reports, parked, events, repeated)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (day, reporter) DO UPDATE SET reports = reporter_days.reports + excluded.reports,
        parked = reporter_days.parked + excluded.parked, events = reporter_days.events + excluded.events,
        repeated = reporter_days.repeated + excluded.repeated";
pub(crate) const AGED: &str = "INSERT INTO reporter_ages (day, reporter, minutes, events) VALUES ($1, $2, $3, $4)
    ON CONFLICT (day, reporter, minutes) DO UPDATE SET events = reporter_ages.events + excluded.events";
pub(crate) const BY_NAME: &str = concat!("SELECT ", columns!(), " FROM reporters WHERE name = $1");
pub(crate) const LIST: &str = concat!("SELECT ", columns!(), " FROM reporters ORDER BY last_at DESC, name LIMIT $1");
pub(crate) const SAVE: &str = "UPDATE reporters SET switched_on = $3, weight = $4, never_automatic = $5, feedback = $6,
        feedback_by = $7, feedback_to = $8, reason = $9, changed_by = $10, changed_at = $11, version = version + 1
    WHERE name = $1 AND version = $2";
pub(crate) const NEVER_AUTOMATIC: &str =
    "SELECT DISTINCT e.reporter FROM events e JOIN reporters r ON r.name = e.reporter
    WHERE e.case_id = $1 AND r.never_automatic = TRUE ORDER BY e.reporter";
pub(crate) const MARK: &str = "INSERT INTO sender_marks (kind, name, reason, marked_by, marked_at)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (kind, name) DO NOTHING";
pub(crate) const UNMARK: &str = "DELETE FROM sender_marks WHERE kind = $1 AND name = $2";
pub(crate) const MARKS: &str = "SELECT kind, name, reason, marked_by, marked_at FROM sender_marks
    WHERE (kind = 'sender' AND name = $1) OR (kind = 'reporter' AND name = $2) ORDER BY kind DESC";
pub(crate) const PARKED_OF_SENDER: &str = "SELECT id FROM reports WHERE state = 'parked' AND sender = $1
    ORDER BY received_at LIMIT 1000";
pub(crate) const PARKED_OF_REPORTER: &str = "SELECT id FROM reports WHERE state = 'parked' AND reporter = $1
    ORDER BY received_at LIMIT 1000";
pub(crate) const FILED: &str = "INSERT INTO sender_mark_reports (report_id, kind, name) VALUES ($1, $2, $3)
    ON CONFLICT (report_id) DO UPDATE SET kind = excluded.kind, name = excluded.name";
pub(crate) const FILED_WITH: &str =
    "SELECT f.report_id AS id FROM sender_mark_reports f JOIN reports r ON r.id = f.report_id
    WHERE f.kind = $1 AND f.name = $2 AND r.state = 'dismissed' ORDER BY r.received_at";
pub(crate) const FORGET_FILED: &str = "DELETE FROM sender_mark_reports WHERE kind = $1 AND name = $2";
pub(crate) const FILE: &str = "UPDATE reports SET state = $3 WHERE id = $1 AND state = $2";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[
    SEEN,
    COUNT,
    AGED,
    BY_NAME,
    LIST,
    SAVE,
    NEVER_AUTOMATIC,
    MARK,
    UNMARK,
    MARKS,
    PARKED_OF_SENDER,
    PARKED_OF_REPORTER,
    FILED,
    FILED_WITH,
    FORGET_FILED,
    FILE,
];

impl Load for Reporter {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            name: get(row, "name")?,
            first_at: time(row, "first_at")?,
            last_at: time(row, "last_at")?,
            settings: ReporterSettings {
                switched_on: get(row, "switched_on")?,
                weight: get(row, "weight")?,
                never_automatic: get(row, "never_automatic")?,
                feedback: word(row, "feedback", Feedback::parse)?,
                feedback_by: word(row, "feedback_by", FeedbackBy::parse)?,
                feedback_to: get(row, "feedback_to")?,
            },
            reason: get(row, "reason")?,
            changed_by: get(row, "changed_by")?,
            changed_at: time_opt(row, "changed_at")?,
            version: get(row, "version")?,
        })
    }
}

impl Load for Mark {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            kind: word(row, "kind", MarkKind::parse)?,
            name: get(row, "name")?,
            reason: get(row, "reason")?,
            marked_by: get(row, "marked_by")?,
            marked_at: time(row, "marked_at")?,
        })
    }
}

impl Load for ReportId {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self(get(row, "id")?))
    }
}

/// A name in the first column.
struct Name(String);

impl Load for Name {
    fn load(row: &Row) -> Result<Self> {
        use sqlx::Row as _;
        Ok(Self(row.try_get(0)?))
    }
}

/// A report of his came.
pub(crate) async fn seen(conn: &mut Raw, name: &str, at: DateTime<Utc>) -> Result<()> {
    run(conn, query(SEEN).bind(name.to_owned()).bind(micros(at)).bind(WEIGHT_USUAL)).await.map(drop)
}

/// Adds to the numbers of a day: reports, parked ones, new events, events said before.
pub(crate) async fn count(conn: &mut Raw, at: DateTime<Utc>, name: &str, more: [i64; 4]) -> Result<()> {
    let [reports, parked, events, repeated] = more;
    let bound = query(COUNT).bind(micros(at) / DAY).bind(name.to_owned()).bind(reports).bind(parked).bind(events);
    run(conn, bound.bind(repeated)).await.map(drop)
}

/// Adds events of an age, by the step of the scale.
pub(crate) async fn aged(conn: &mut Raw, at: DateTime<Utc>, name: &str, minutes: i64, events: i64) -> Result<()> {
    let bound = query(AGED).bind(micros(at) / DAY).bind(name.to_owned()).bind(minutes).bind(events);
    run(conn, bound).await.map(drop)
}

/// The reporter of that name.
pub(crate) async fn by_name(conn: &mut Raw, name: &str) -> Result<Option<Reporter>> {
    optional(conn, query(BY_NAME).bind(name.to_owned())).await
}

/// All of them, the last heard of first.
pub(crate) async fn list(conn: &mut Raw, limit: i64) -> Result<Vec<Reporter>> {
    all(conn, query(LIST).bind(limit)).await
}

/// Keeps what the staff decided; stale when somebody else decided meanwhile.
pub(crate) async fn save(conn: &mut Raw, reporter: &Reporter) -> Result<()> {
    let settings = &reporter.settings;
    let bound = query(SAVE)
        .bind(reporter.name.clone())
        .bind(reporter.version)
        .bind(settings.switched_on)
        .bind(settings.weight)
        .bind(settings.never_automatic)
        .bind(settings.feedback.as_str())
        .bind(settings.feedback_by.as_str())
        .bind(settings.feedback_to.clone())
        .bind(reporter.reason.clone())
        .bind(reporter.changed_by.clone())
        .bind(reporter.changed_at.map(micros));
    run_one(conn, bound).await
}

/// Reporters with evidence on the case on whose word no machine may act.
pub(crate) async fn never_automatic(conn: &mut Raw, case: domain::id::CaseId) -> Result<Vec<String>> {
    let names: Vec<Name> = all(conn, query(NEVER_AUTOMATIC).bind(case.0)).await?;
    Ok(names.into_iter().map(|name| name.0).collect())
}

/// Marks a sender or reporter; false when he is marked already.
pub(crate) async fn mark(conn: &mut Raw, mark: &Mark) -> Result<bool> {
    let bound = query(MARK)
        .bind(mark.kind.as_str())
        .bind(mark.name.clone())
        .bind(mark.reason.clone())
        .bind(mark.marked_by.clone())
        .bind(micros(mark.marked_at));
    Ok(run(conn, bound).await? == 1)
}

/// Takes a mark back; stale when there is none.
pub(crate) async fn unmark(conn: &mut Raw, kind: MarkKind, name: &str) -> Result<()> {
    run_one(conn, query(UNMARK).bind(kind.as_str()).bind(name.to_owned())).await
}

/// The marks that hold for this sender and this reporter.
pub(crate) async fn marks(conn: &mut Raw, sender: &str, reporter: &str) -> Result<Vec<Mark>> {
    all(conn, query(MARKS).bind(sender.to_owned()).bind(reporter.to_owned())).await
}

/// Reports from there that wait for a person, at most 1,000.
pub(crate) async fn parked(conn: &mut Raw, kind: MarkKind, name: &str) -> Result<Vec<ReportId>> {
    let sql = match kind {
        MarkKind::Sender => PARKED_OF_SENDER,
        MarkKind::Reporter => PARKED_OF_REPORTER,
    };
    all(conn, query(sql).bind(name.to_owned())).await
}

/// Files a parked report with a mark; false when it is not parked any more.
pub(crate) async fn file(conn: &mut Raw, report: ReportId, kind: MarkKind, name: &str) -> Result<bool> {
    let (from, to) = (ReportState::Parked.as_str(), ReportState::Dismissed.as_str());
    if run(conn, query(FILE).bind(report.0).bind(from).bind(to)).await? != 1 {
        return Ok(false);
    }
    run(conn, query(FILED).bind(report.0).bind(kind.as_str()).bind(name.to_owned())).await.map(|_| true)
}

/// Parks again what was filed with a mark; which reports.
pub(crate) async fn unfile(conn: &mut Raw, kind: MarkKind, name: &str) -> Result<Vec<ReportId>> {
    let (from, to) = (ReportState::Dismissed.as_str(), ReportState::Parked.as_str());
    let filed: Vec<ReportId> = all(conn, query(FILED_WITH).bind(kind.as_str()).bind(name.to_owned())).await?;
    for report in &filed {
        run_one(conn, query(FILE).bind(report.0).bind(from).bind(to)).await?;
    }
    run(conn, query(FORGET_FILED).bind(kind.as_str()).bind(name.to_owned())).await?;
    Ok(filed)
}
