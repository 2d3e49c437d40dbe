//! Customers' links: found by the hash of their secret only.
use super::{
    Raw, Result, Row,
    load::{Load, all, get, micros, optional, query, run, time, time_opt},
};
use chrono::{DateTime, Utc};
use domain::{
    id::{CaseId, CustomerId, LinkId},
    link::Link,
};

pub(crate) const ADD: &str =
    "INSERT INTO links (id, case_id, customer_id, secret_hash, created_at, expires_at, revoked_at)
    VALUES ($1, $2, $3, $4, $5, $6, NULL)";
pub(crate) const BY_HASH: &str =
    "SELECT id, case_id, customer_id, created_at, expires_at, revoked_at FROM links WHERE secret_hash = $1";
pub(crate) const OF_CASE: &str = "SELECT id, case_id, customer_id, created_at, expires_at, revoked_at FROM links
    WHERE case_id = $1 ORDER BY created_at DESC, id DESC";
pub(crate) const REVOKE: &str = "UPDATE links SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
pub(crate) const REVOKE_OF_CASE: &str =
    "UPDATE links SET revoked_at = $2 WHERE case_id = $1 AND revoked_at IS NULL AND expires_at > $2";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[ADD, BY_HASH, OF_CASE, REVOKE, REVOKE_OF_CASE];

impl Load for Link {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            id: LinkId(get(row, "id")?),
            case: CaseId(get(row, "case_id")?),
            customer: CustomerId(get(row, "customer_id")?),
            created_at: time(row, "created_at")?,
            expires_at: time(row, "expires_at")?,
            revoked_at: time_opt(row, "revoked_at")?,
        })
    }
}

/// Keeps a link under the SHA-256 of its secret.
pub(crate) async fn add(conn: &mut Raw, link: &Link, secret_hash: &[u8]) -> Result<()> {
    let bound = query(ADD)
        .bind(link.id.0)
        .bind(link.case.0)
        .bind(link.customer.0)
        .bind(secret_hash.to_vec())
        .bind(micros(link.created_at))
        .bind(micros(link.expires_at));
    run(conn, bound).await.map(drop)
}

/// The link with this hash, alive or not: see [`Link::alive`].
pub(crate) async fn by_hash(conn: &mut Raw, secret_hash: &[u8]) -> Result<Option<Link>> {
    optional(conn, query(BY_HASH).bind(secret_hash.to_vec())).await
}

/// The links of a case, newest first.
pub(crate) async fn of_case(conn: &mut Raw, case: CaseId) -> Result<Vec<Link>> {
    all(conn, query(OF_CASE).bind(case.0)).await
}

/// Withdraws one link; false when it was withdrawn before.
pub(crate) async fn revoke(conn: &mut Raw, id: LinkId, at: DateTime<Utc>) -> Result<bool> {
    Ok(run(conn, query(REVOKE).bind(id.0).bind(micros(at))).await? == 1)
}

/// Withdraws every living link of a case; how many there were.
pub(crate) async fn revoke_of_case(conn: &mut Raw, case: CaseId, at: DateTime<Utc>) -> Result<i64> {
    let count = run(conn, query(REVOKE_OF_CASE).bind(case.0).bind(micros(at))).await?;
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}
