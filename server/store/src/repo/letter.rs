//! Letters to reporters: written once, then only their delivery changes.
use super::{
    Raw, Result, Row,
    load::{Load, all, get, micros, micros_opt, one, optional, query, run, run_one, time, time_opt, word},
};
use chrono::{DateTime, Utc};
use domain::{
    id::{LetterId, ReportId},
    letter::{Letter, LetterKind},
    limit::PAGE_ROWS,
    notice::NoticeState,
    page::{PageOf, Rows},
};

macro_rules! columns {
    () => {
        "id, kind, report_id, recipient, subject, body, message_id, in_reply_to, state, attempts, answer, created_at,
        next_at, sent_at"
    };
}

pub(crate) const ADD: &str = "INSERT INTO letters
    (id, kind, report_id, recipient, subject, body, message_id, in_reply_to, state, attempts, answer, created_at,
     next_at, sent_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (id) DO NOTHING";
pub(crate) const BY_ID: &str = concat!("SELECT ", columns!(), " FROM letters WHERE id = $1");
pub(crate) const BY_MESSAGE_ID: &str = concat!("SELECT ", columns!(), " FROM letters WHERE message_id = $1");
pub(crate) const OF_REPORT: &str =
    concat!("SELECT ", columns!(), " FROM letters WHERE report_id = $1 ORDER BY created_at DESC, id DESC LIMIT 50");
pub(crate) const LIST: &str =
    concat!("SELECT ", columns!(), " FROM letters ORDER BY created_at DESC, id DESC LIMIT $1 OFFSET $2");
pub(crate) const SAVE: &str = "UPDATE letters SET state = $3, attempts = $4, answer = $5, next_at = $6, sent_at = $7,
    body = $8 WHERE id = $1 AND state = $2";
pub(crate) const SINCE: &str = "SELECT COUNT(*) FROM letters WHERE recipient = $1 AND kind = $2 AND created_at > $3";
pub(crate) const COUNT: &str = "SELECT COUNT(*) FROM letters";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[ADD, BY_ID, BY_MESSAGE_ID, OF_REPORT, LIST, SAVE, SINCE, COUNT];

impl Load for Letter {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            id: LetterId(get(row, "id")?),
            kind: word(row, "kind", LetterKind::parse)?,
            report: ReportId(get(row, "report_id")?),
            recipient: get(row, "recipient")?,
            subject: get(row, "subject")?,
            body: get(row, "body")?,
            message_id: get(row, "message_id")?,
            in_reply_to: get(row, "in_reply_to")?,
            state: word(row, "state", NoticeState::parse)?,
            attempts: get(row, "attempts")?,
            answer: get(row, "answer")?,
            created_at: time(row, "created_at")?,
            next_at: time(row, "next_at")?,
            sent_at: time_opt(row, "sent_at")?,
        })
    }
}

/// Adds a letter; false when one with this id is there already.
pub(crate) async fn add(conn: &mut Raw, letter: &Letter) -> Result<bool> {
    let bound = query(ADD)
        .bind(letter.id.0)
        .bind(letter.kind.as_str())
        .bind(letter.report.0)
        .bind(letter.recipient.clone())
        .bind(letter.subject.clone())
        .bind(letter.body.clone())
        .bind(letter.message_id.clone())
        .bind(letter.in_reply_to.clone())
        .bind(letter.state.as_str())
        .bind(letter.attempts)
        .bind(letter.answer.clone())
        .bind(micros(letter.created_at))
        .bind(micros(letter.next_at))
        .bind(micros_opt(letter.sent_at));
    Ok(run(conn, bound).await? == 1)
}

/// The letter with this id.
pub(crate) async fn by_id(conn: &mut Raw, id: LetterId) -> Result<Option<Letter>> {
    optional(conn, query(BY_ID).bind(id.0)).await
}

/// The letter with this Message-ID, angle brackets included.
pub(crate) async fn by_message_id(conn: &mut Raw, message_id: &str) -> Result<Option<Letter>> {
    optional(conn, query(BY_MESSAGE_ID).bind(message_id.to_owned())).await
}

/// The letters about a report, newest first.
pub(crate) async fn of_report(conn: &mut Raw, report: ReportId) -> Result<Vec<Letter>> {
    all(conn, query(OF_REPORT).bind(report.0)).await
}

/// A page of all letters, newest first.
pub(crate) async fn list(conn: &mut Raw, page: PageOf) -> Result<Rows<Letter>> {
    Ok(Rows::cut(all(conn, query(LIST).bind(PAGE_ROWS + 1).bind(page.offset())).await?))
}

/// Keeps what became of a letter; stale when it is no longer in `from`.
pub(crate) async fn save(conn: &mut Raw, letter: &Letter, from: NoticeState) -> Result<()> {
    let bound = query(SAVE)
        .bind(letter.id.0)
        .bind(from.as_str())
        .bind(letter.state.as_str())
        .bind(letter.attempts)
        .bind(letter.answer.clone())
        .bind(micros(letter.next_at))
        .bind(micros_opt(letter.sent_at))
        .bind(letter.body.clone());
    run_one(conn, bound).await
}

/// How many letters of a kind went to an address since an instant: nobody is flooded.
pub(crate) async fn since(conn: &mut Raw, recipient: &str, kind: LetterKind, since: DateTime<Utc>) -> Result<i64> {
    one(conn, query(SINCE).bind(recipient.to_owned()).bind(kind.as_str()).bind(micros(since))).await
}

/// How many letters there are.
pub(crate) async fn count(conn: &mut Raw) -> Result<i64> {
    one(conn, query(COUNT)).await
}
