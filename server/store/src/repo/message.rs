//! Texts in a case: notes, replies, statements.
use super::{
    Raw, Result, Row,
    load::{Load, all, get, micros, query, run, time, word, word_opt},
};
use domain::{
    case::{Claim, Message, MessageKind},
    id::{CaseId, MessageId},
};

pub(crate) const ADD: &str = "INSERT INTO messages (id, case_id, kind, claim, author, at, wording)
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING";
pub(crate) const OF_CASE: &str = "SELECT id, case_id, kind, claim, author, at, wording FROM messages
    WHERE case_id = $1 ORDER BY at DESC, id DESC LIMIT $2";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[ADD, OF_CASE];

impl Load for Message {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            id: MessageId(get(row, "id")?),
            case: CaseId(get(row, "case_id")?),
            kind: word(row, "kind", MessageKind::parse)?,
            claim: word_opt(row, "claim", Claim::parse)?,
            author: get(row, "author")?,
            at: time(row, "at")?,
            text: get(row, "wording")?,
        })
    }
}

/// Adds a text; false when one with this id is there already.
pub(crate) async fn add(conn: &mut Raw, message: &Message) -> Result<bool> {
    let bound = query(ADD)
        .bind(message.id.0)
        .bind(message.case.0)
        .bind(message.kind.as_str())
        .bind(message.claim.map(Claim::as_str))
        .bind(message.author.clone())
        .bind(micros(message.at))
        .bind(message.text.clone());
    Ok(run(conn, bound).await? == 1)
}

/// The newest texts of a case, newest first.
pub(crate) async fn of_case(conn: &mut Raw, case: CaseId, limit: i64) -> Result<Vec<Message>> {
    all(conn, query(OF_CASE).bind(case.0).bind(limit)).await
}
