//! What people asked about addresses: the question, the reason, and the answer as long as it is kept.
use super::{
    Raw, Result, Row,
    load::{Load, all, get, micros, optional, query, run, time, to_json, word},
};
use chrono::{DateTime, Utc};
use domain::{
    id::{CustomerId, LookUpId, UserId},
    lease::look::{LookKind, LookUp, LookUpRow, Sighting},
};

pub(crate) const ADD: &str = "INSERT INTO look_ups (id, made_at, user_id, kind, what, why, customer_id, result)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
pub(crate) const BY_ID: &str =
    "SELECT id, made_at, user_id, kind, what, why, customer_id, result FROM look_ups WHERE id = $1";
pub(crate) const OF_USER: &str = "SELECT l.id, l.made_at, l.user_id, u.name AS by_name, l.kind, l.what, l.why,
        l.customer_id, l.result IS NOT NULL AS kept FROM look_ups l JOIN users u ON u.id = l.user_id
    WHERE l.user_id = $1 ORDER BY l.made_at DESC, l.id DESC LIMIT $2";
pub(crate) const NEWEST: &str = "SELECT l.id, l.made_at, l.user_id, u.name AS by_name, l.kind, l.what, l.why,
        l.customer_id, l.result IS NOT NULL AS kept FROM look_ups l JOIN users u ON u.id = l.user_id
    ORDER BY l.made_at DESC, l.id DESC LIMIT $1";
pub(crate) const ANSWER: &str = "UPDATE look_ups SET result = $2 WHERE id = $1 AND result IS NOT NULL";
pub(crate) const FORGET: &str = "UPDATE look_ups SET result = NULL WHERE made_at < $1 AND result IS NOT NULL";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[ADD, BY_ID, OF_USER, NEWEST, ANSWER, FORGET];

impl Load for LookUp {
    fn load(row: &Row) -> Result<Self> {
        let result: Option<String> = get(row, "result")?;
        Ok(Self {
            id: LookUpId(get(row, "id")?),
            made_at: time(row, "made_at")?,
            by: UserId(get(row, "user_id")?),
            kind: word(row, "kind", LookKind::parse)?,
            what: get(row, "what")?,
            why: get(row, "why")?,
            customer: get::<Option<uuid::Uuid>>(row, "customer_id")?.map(CustomerId),
            // An answer that a later version writes otherwise is as if it were erased.
            result: result.and_then(|text| serde_json::from_str(&text).ok()),
        })
    }
}

impl Load for LookUpRow {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            id: LookUpId(get(row, "id")?),
            made_at: time(row, "made_at")?,
            by: UserId(get(row, "user_id")?),
            by_name: get(row, "by_name")?,
            kind: word(row, "kind", LookKind::parse)?,
            what: get(row, "what")?,
            why: get(row, "why")?,
            customer: get::<Option<uuid::Uuid>>(row, "customer_id")?.map(CustomerId),
            kept: get(row, "kept")?,
        })
    }
}

/// A new one.
pub(crate) async fn add(conn: &mut Raw, look: &LookUp) -> Result<()> {
    let bound = query(ADD)
        .bind(look.id.0)
        .bind(micros(look.made_at))
        .bind(look.by.0)
        .bind(look.kind.as_str())
        .bind(look.what.clone())
        .bind(look.why.clone())
        .bind(look.customer.map(|customer| customer.0))
        .bind(look.result.as_ref().map(to_json));
    run(conn, bound).await.map(drop)
}

/// One by its id.
pub(crate) async fn by_id(conn: &mut Raw, id: LookUpId) -> Result<Option<LookUp>> {
    optional(conn, query(BY_ID).bind(id.0)).await
}

/// The newest of one person, or of everybody.
pub(crate) async fn newest(conn: &mut Raw, user: Option<UserId>, limit: i64) -> Result<Vec<LookUpRow>> {
    match user {
        Some(user) => all(conn, query(OF_USER).bind(user.0).bind(limit)).await,
        None => all(conn, query(NEWEST).bind(limit)).await,
    }
}

/// Puts a newer answer in the place of one that waited; nothing where it is erased.
pub(crate) async fn answer(conn: &mut Raw, id: LookUpId, result: &Sighting) -> Result<()> {
    run(conn, query(ANSWER).bind(id.0).bind(to_json(result))).await.map(drop)
}

/// Erases the answers given before; how many there were.
pub(crate) async fn forget(conn: &mut Raw, before: DateTime<Utc>) -> Result<u64> {
    run(conn, query(FORGET).bind(micros(before))).await
}
