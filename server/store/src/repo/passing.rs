//! Evidence given to others: exactly what left, to whom, and what became of it.
use super::{
    Raw, Result, Row,
    load::{Load, all, get, micros, micros_opt, optional, query, run, run_one, time, time_opt, word},
};
use crate::error::StoreError;
use domain::{
    id::{CaseId, EventId, PassingId},
    notice::NoticeState,
    passing::{Passing, Subject, Way},
};
use uuid::Uuid;

/// The columns of a [`Passing`].
macro_rules! columns {
    () => {
        "id, way, target, event_id, case_id, events, body, note, made_by, made_at, state, attempts, answer, next_at,
        sent_at"
    };
}

pub(crate) const ADD: &str = concat!(
    "INSERT INTO passings (",
    columns!(),
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT (id) DO NOTHING"
);
pub(crate) const BY_ID: &str = concat!("SELECT ", columns!(), " FROM passings WHERE id = $1");
pub(crate) const SAVE: &str = "UPDATE passings SET state = $3, attempts = $4, answer = $5, next_at = $6, sent_at = $7
    WHERE id = $1 AND state = $2";
pub(crate) const OF_EVENT: &str =
    concat!("SELECT ", columns!(), " FROM passings WHERE event_id = $1 ORDER BY made_at DESC, id DESC LIMIT 20");
pub(crate) const OF_CASE: &str =
    concat!("SELECT ", columns!(), " FROM passings WHERE case_id = $1 ORDER BY made_at DESC, id DESC LIMIT 20");

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[ADD, BY_ID, SAVE, OF_EVENT, OF_CASE];

impl Load for Passing {
    fn load(row: &Row) -> Result<Self> {
        let (event, case): (Option<Uuid>, Option<Uuid>) = (get(row, "event_id")?, get(row, "case_id")?);
        let subject = match (event, case) {
            (Some(event), _) => Subject::Event(EventId(event)),
            (None, Some(case)) => Subject::Case(CaseId(case)),
            (None, None) => {
                return Err(StoreError::Inconsistent { column: "event_id", value: "nothing passed on".to_owned() });
            }
        };
        Ok(Self {
            id: PassingId(get(row, "id")?),
            way: word(row, "way", Way::parse)?,
            target: get(row, "target")?,
            subject,
            events: get(row, "events")?,
            body: get(row, "body")?,
            note: get(row, "note")?,
            made_by: get(row, "made_by")?,
            made_at: time(row, "made_at")?,
            state: word(row, "state", NoticeState::parse)?,
            attempts: get(row, "attempts")?,
            answer: get(row, "answer")?,
            next_at: time(row, "next_at")?,
            sent_at: time_opt(row, "sent_at")?,
        })
    }
}

/// Keeps a new one; false when this id is kept already.
pub(crate) async fn add(conn: &mut Raw, new: &Passing) -> Result<bool> {
    let (event, case) = match new.subject {
        Subject::Event(event) => (Some(event.0), None),
        Subject::Case(case) => (None, Some(case.0)),
    };
    let bound = query(ADD)
        .bind(new.id.0)
        .bind(new.way.as_str())
        .bind(new.target.clone())
        .bind(event)
        .bind(case)
        .bind(new.events)
        .bind(new.body.clone())
        .bind(new.note.clone())
        .bind(new.made_by.clone())
        .bind(micros(new.made_at))
        .bind(new.state.as_str())
        .bind(new.attempts)
        .bind(new.answer.clone())
        .bind(micros(new.next_at))
        .bind(micros_opt(new.sent_at));
    Ok(run(conn, bound).await? == 1)
}

/// One.
pub(crate) async fn by_id(conn: &mut Raw, id: PassingId) -> Result<Option<Passing>> {
    optional(conn, query(BY_ID).bind(id.0)).await
}

/// Saves its delivery; stale when it is not in state `from` any more.
pub(crate) async fn save(conn: &mut Raw, passing: &Passing, from: NoticeState) -> Result<()> {
    let bound = query(SAVE)
        .bind(passing.id.0)
        .bind(from.as_str())
        .bind(passing.state.as_str())
        .bind(passing.attempts)
        .bind(passing.answer.clone())
        .bind(micros(passing.next_at))
        .bind(micros_opt(passing.sent_at));
    run_one(conn, bound).await
}

/// The newest of an event or a case.
pub(crate) async fn of(conn: &mut Raw, subject: Subject) -> Result<Vec<Passing>> {
    let bound = match subject {
        Subject::Event(event) => query(OF_EVENT).bind(event.0),
        Subject::Case(case) => query(OF_CASE).bind(case.0),
    };
    all(conn, bound).await
}
