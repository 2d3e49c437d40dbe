//! Sessions.
use super::forward;
use crate::types::SessionRow;
use chrono::{DateTime, Utc};
use domain::id::UserId;

forward! {
    /// A new session; a conflict when the id is taken.
    fn session_add(session: &SessionRow, now: DateTime<Utc>) -> () = session::add;
    /// Keeps a session's values.
    fn session_save(session: &SessionRow, now: DateTime<Utc>) -> () = session::save;
    /// A session that has not expired.
    fn session_by_hash(id_hash: &[u8], now: DateTime<Utc>) -> Option<SessionRow> = session::by_hash;
    /// Forgets one session.
    fn session_forget(id_hash: &[u8]) -> () = session::forget;
    /// Forgets all sessions of a member of staff.
    fn session_forget_of_user(user: UserId) -> () = session::forget_of_user;
    /// Forgets what has expired.
    fn session_forget_expired(now: DateTime<Utc>) -> () = session::forget_expired;
}
