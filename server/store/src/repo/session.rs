//! Staff sessions, found by the hash of their id.
use super::{
    Raw, Result, Row,
    load::{Load, get, micros, optional, query, run, time},
};
use crate::types::SessionRow;
use chrono::{DateTime, Utc};
use domain::id::UserId;

pub(crate) const ADD: &str = "INSERT INTO sessions (id_hash, user_id, data, created_at, expires_at)
    VALUES ($1, $2, $3, $4, $5)";
pub(crate) const SAVE: &str = "INSERT INTO sessions (id_hash, user_id, data, created_at, expires_at)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (id_hash) DO UPDATE SET user_id = excluded.user_id, data = excluded.data, expires_at = excluded.expires_at";
pub(crate) const GET: &str =
    "SELECT id_hash, user_id, data, expires_at FROM sessions WHERE id_hash = $1 AND expires_at > $2";
pub(crate) const FORGET: &str = "DELETE FROM sessions WHERE id_hash = $1";
pub(crate) const FORGET_OF_USER: &str = "DELETE FROM sessions WHERE user_id = $1";
pub(crate) const FORGET_EXPIRED: &str = "DELETE FROM sessions WHERE expires_at <= $1";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[ADD, SAVE, GET, FORGET, FORGET_OF_USER, FORGET_EXPIRED];

impl Load for SessionRow {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            id_hash: get(row, "id_hash")?,
            user: get::<Option<uuid::Uuid>>(row, "user_id")?.map(UserId),
            data: get(row, "data")?,
            expires_at: time(row, "expires_at")?,
        })
    }
}

fn bound(sql: &'static str, session: &SessionRow, now: DateTime<Utc>) -> super::load::Bound {
    query(sql)
        .bind(session.id_hash.clone())
        .bind(session.user.map(|id| id.0))
        .bind(session.data.clone())
        .bind(micros(now))
        .bind(micros(session.expires_at))
}

/// A new session; a conflict when the id is taken.
pub(crate) async fn add(conn: &mut Raw, session: &SessionRow, now: DateTime<Utc>) -> Result<()> {
    run(conn, bound(ADD, session, now)).await.map(drop)
}

/// Keeps a session's values.
pub(crate) async fn save(conn: &mut Raw, session: &SessionRow, now: DateTime<Utc>) -> Result<()> {
    run(conn, bound(SAVE, session, now)).await.map(drop)
}

/// A session that has not expired.
pub(crate) async fn by_hash(conn: &mut Raw, id_hash: &[u8], now: DateTime<Utc>) -> Result<Option<SessionRow>> {
    optional(conn, query(GET).bind(id_hash.to_vec()).bind(micros(now))).await
}

/// Forgets one session.
pub(crate) async fn forget(conn: &mut Raw, id_hash: &[u8]) -> Result<()> {
    run(conn, query(FORGET).bind(id_hash.to_vec())).await.map(drop)
}

/// Forgets all sessions of a member of staff.
pub(crate) async fn forget_of_user(conn: &mut Raw, user: UserId) -> Result<()> {
    run(conn, query(FORGET_OF_USER).bind(user.0)).await.map(drop)
}

/// Forgets what has expired.
pub(crate) async fn forget_expired(conn: &mut Raw, now: DateTime<Utc>) -> Result<()> {
    run(conn, query(FORGET_EXPIRED).bind(micros(now))).await.map(drop)
}
