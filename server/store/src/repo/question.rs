//! Questions to reporters: found by the hash of the secret in their link.
use super::{
    Raw, Result, Row,
    load::{Load, all, get, micros, optional, query, run, run_one, time, time_opt},
};
use chrono::{DateTime, Utc};
use domain::{
    id::{EventId, QuestionId, ReportId},
    question::{Question, lacking_of, lacking_text},
};

macro_rules! columns {
    () => {
        "id, report_id, event_id, recipient, lacking, asked_by, asked_at, expires_at, answered_at, answer"
    };
}

pub(crate) const ADD: &str = "INSERT INTO questions
    (id, report_id, secret_hash, recipient, lacking, asked_by, asked_at, expires_at, answered_at, answer, event_id)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, '', $9) ON CONFLICT (id) DO NOTHING";
pub(crate) const BY_HASH: &str = concat!("SELECT ", columns!(), " FROM questions WHERE secret_hash = $1");
pub(crate) const OF_REPORT: &str =
    concat!("SELECT ", columns!(), " FROM questions WHERE report_id = $1 ORDER BY asked_at DESC, id DESC");
pub(crate) const OF_EVENT: &str =
    concat!("SELECT ", columns!(), " FROM questions WHERE event_id = $1 ORDER BY asked_at DESC, id DESC");
// The guard: an answer counts once.
pub(crate) const ANSWER: &str =
    "UPDATE questions SET answered_at = $2, answer = $3 WHERE id = $1 AND answered_at IS NULL AND expires_at > $2";
pub(crate) const EXPIRED: &str = "SELECT DISTINCT q.report_id FROM questions q JOIN reports r ON r.id = q.report_id
    WHERE r.state = 'asked' AND q.event_id IS NULL AND q.answered_at IS NULL AND q.expires_at <= $1
      AND NOT EXISTS (SELECT 1 FROM questions o WHERE o.report_id = q.report_id AND o.event_id IS NULL
          AND o.expires_at > $1)
    LIMIT $2";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[ADD, BY_HASH, OF_REPORT, OF_EVENT, ANSWER, EXPIRED];

impl Load for Question {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            id: QuestionId(get(row, "id")?),
            report: ReportId(get(row, "report_id")?),
            event: get::<Option<uuid::Uuid>>(row, "event_id")?.map(EventId),
            recipient: get(row, "recipient")?,
            lacking: lacking_of(&get::<String>(row, "lacking")?),
            asked_by: get(row, "asked_by")?,
            asked_at: time(row, "asked_at")?,
            expires_at: time(row, "expires_at")?,
            answered_at: time_opt(row, "answered_at")?,
            answer: get(row, "answer")?,
        })
    }
}

/// Keeps a question under the SHA-256 of its secret; false when one with this id is there already.
pub(crate) async fn add(conn: &mut Raw, question: &Question, secret_hash: &[u8]) -> Result<bool> {
    let bound = query(ADD)
        .bind(question.id.0)
        .bind(question.report.0)
        .bind(secret_hash.to_vec())
        .bind(question.recipient.clone())
        .bind(lacking_text(&question.lacking))
        .bind(question.asked_by.clone())
        .bind(micros(question.asked_at))
        .bind(micros(question.expires_at))
        .bind(question.event.map(|id| id.0));
    Ok(run(conn, bound).await? == 1)
}

/// The question with this hash, open or not: see [`Question::open`].
pub(crate) async fn by_hash(conn: &mut Raw, secret_hash: &[u8]) -> Result<Option<Question>> {
    optional(conn, query(BY_HASH).bind(secret_hash.to_vec())).await
}

/// The questions about a report, newest first.
pub(crate) async fn of_report(conn: &mut Raw, report: ReportId) -> Result<Vec<Question>> {
    all(conn, query(OF_REPORT).bind(report.0)).await
}

/// The questions about one event, newest first.
pub(crate) async fn of_event(conn: &mut Raw, event: EventId) -> Result<Vec<Question>> {
    all(conn, query(OF_EVENT).bind(event.0)).await
}

/// Writes the reporter's words down; stale when the question was answered or is over.
pub(crate) async fn answer(conn: &mut Raw, id: QuestionId, at: DateTime<Utc>, text: &str) -> Result<()> {
    run_one(conn, query(ANSWER).bind(id.0).bind(micros(at)).bind(text.to_owned())).await
}

/// Reports whose last question nobody answered in time.
pub(crate) async fn expired(conn: &mut Raw, now: DateTime<Utc>, limit: i64) -> Result<Vec<ReportId>> {
    let rows = query(EXPIRED).bind(micros(now)).bind(limit).fetch_all(conn).await?;
    rows.iter().map(|row| Ok(ReportId(get(row, "report_id")?))).collect()
}
