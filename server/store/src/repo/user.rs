//! Staff accounts, the throttle of failed sign-ins, API tokens.
use super::{
    Raw, Result, Row,
    load::{Load, all, get, micros, one, optional, query, run, run_one, time, time_opt, word},
};
use chrono::{DateTime, Utc};
use domain::{
    actor::Role,
    id::{TokenId, UserId},
    user::{Token, TokenScope, User},
};

pub(crate) const ADD: &str =
    "INSERT INTO users (id, email, name, role, password_hash, disabled_at, created_at, signed_in_at)
    VALUES ($1, $2, $3, $4, $5, NULL, $6, NULL)";
pub(crate) const LIST: &str =
    "SELECT id, email, name, role, disabled_at, created_at, signed_in_at FROM users ORDER BY name, id";
pub(crate) const BY_ID: &str =
    "SELECT id, email, name, role, disabled_at, created_at, signed_in_at FROM users WHERE id = $1";
pub(crate) const BY_EMAIL: &str =
    "SELECT id, email, name, role, disabled_at, created_at, signed_in_at FROM users WHERE email = $1";
pub(crate) const PASSWORD: &str = "SELECT password_hash FROM users WHERE id = $1";
pub(crate) const SET_PASSWORD: &str = "UPDATE users SET password_hash = $2 WHERE id = $1";
pub(crate) const SET_ROLE: &str = "UPDATE users SET role = $2, name = $3 WHERE id = $1";
pub(crate) const DISABLE: &str = "UPDATE users SET disabled_at = $2 WHERE id = $1";
pub(crate) const SIGNED_IN: &str = "UPDATE users SET signed_in_at = $2 WHERE id = $1";
pub(crate) const FAILURES: &str = "SELECT failures FROM sign_in_failures WHERE throttle_key = $1 AND last_at > $2";
pub(crate) const FAILED: &str = "INSERT INTO sign_in_failures (throttle_key, failures, last_at) VALUES ($1, 1, $2)
    ON CONFLICT (throttle_key) DO UPDATE SET last_at = excluded.last_at,
        failures = CASE WHEN sign_in_failures.last_at > $3 THEN sign_in_failures.failures + 1 ELSE 1 END";
pub(crate) const FORGIVE: &str = "DELETE FROM sign_in_failures WHERE throttle_key = $1";
pub(crate) const ADD_TOKEN: &str =
    "INSERT INTO tokens (id, name, secret_hash, created_at, revoked_at, scope) VALUES ($1, $2, $3, $4, NULL, $5)";
pub(crate) const TOKEN_BY_HASH: &str =
    "SELECT id, name, created_at, revoked_at, scope FROM tokens WHERE secret_hash = $1 AND revoked_at IS NULL";
pub(crate) const TOKENS: &str = "SELECT id, name, created_at, revoked_at, scope FROM tokens ORDER BY created_at, id";
pub(crate) const REVOKE_TOKEN: &str = "UPDATE tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[
    ADD,
    LIST,
    BY_ID,
    BY_EMAIL,
    PASSWORD,
    SET_PASSWORD,
    SET_ROLE,
    DISABLE,
    SIGNED_IN,
    FAILURES,
    FAILED,
    FORGIVE,
    ADD_TOKEN,
    TOKEN_BY_HASH,
    TOKENS,
    REVOKE_TOKEN,
];

impl Load for User {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            id: UserId(get(row, "id")?),
            email: get(row, "email")?,
            name: get(row, "name")?,
            role: word(row, "role", Role::parse)?,
            disabled_at: time_opt(row, "disabled_at")?,
            created_at: time(row, "created_at")?,
            signed_in_at: time_opt(row, "signed_in_at")?,
        })
    }
}

impl Load for Token {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            id: TokenId(get(row, "id")?),
            name: get(row, "name")?,
            created_at: time(row, "created_at")?,
            revoked_at: time_opt(row, "revoked_at")?,
            scope: word(row, "scope", TokenScope::parse)?,
        })
    }
}

impl Load for String {
    /// The first column.
    fn load(row: &Row) -> Result<Self> {
        use sqlx::Row as _;
        Ok(row.try_get(0)?)
    }
}

/// A new account.
pub(crate) async fn add(conn: &mut Raw, user: &User, password_hash: &str) -> Result<()> {
    let bound = query(ADD)
        .bind(user.id.0)
        .bind(user.email.clone())
        .bind(user.name.clone())
        .bind(user.role.as_str())
        .bind(password_hash.to_owned())
        .bind(micros(user.created_at));
    run(conn, bound).await.map(drop)
}

/// All accounts by name.
pub(crate) async fn list(conn: &mut Raw) -> Result<Vec<User>> {
    all(conn, query(LIST)).await
}

/// The account with this id.
pub(crate) async fn by_id(conn: &mut Raw, id: UserId) -> Result<Option<User>> {
    optional(conn, query(BY_ID).bind(id.0)).await
}

/// The account with this (lower-case) address.
pub(crate) async fn by_email(conn: &mut Raw, email: &str) -> Result<Option<User>> {
    optional(conn, query(BY_EMAIL).bind(email.to_owned())).await
}

/// Its password hash in PHC form.
pub(crate) async fn password(conn: &mut Raw, id: UserId) -> Result<Option<String>> {
    optional(conn, query(PASSWORD).bind(id.0)).await
}

/// A new password hash.
pub(crate) async fn set_password(conn: &mut Raw, id: UserId, hash: &str) -> Result<()> {
    run_one(conn, query(SET_PASSWORD).bind(id.0).bind(hash.to_owned())).await
}

/// Another role or name.
pub(crate) async fn set_role(conn: &mut Raw, id: UserId, role: Role, name: &str) -> Result<()> {
    run_one(conn, query(SET_ROLE).bind(id.0).bind(role.as_str()).bind(name.to_owned())).await
}

/// Closes the account (None = opens it again).
pub(crate) async fn set_disabled(conn: &mut Raw, id: UserId, at: Option<DateTime<Utc>>) -> Result<()> {
    run_one(conn, query(DISABLE).bind(id.0).bind(at.map(micros))).await
}

/// Remembers the last sign-in.
pub(crate) async fn signed_in(conn: &mut Raw, id: UserId, at: DateTime<Utc>) -> Result<()> {
    run_one(conn, query(SIGNED_IN).bind(id.0).bind(micros(at))).await
}

/// Failed sign-ins under this key since `since`.
pub(crate) async fn failures(conn: &mut Raw, key: &str, since: DateTime<Utc>) -> Result<i64> {
    Ok(optional(conn, query(FAILURES).bind(key.to_owned()).bind(micros(since))).await?.unwrap_or(0))
}

/// One more failure under this key; older ones than `since` are forgotten.
pub(crate) async fn failed(conn: &mut Raw, key: &str, now: DateTime<Utc>, since: DateTime<Utc>) -> Result<()> {
    run(conn, query(FAILED).bind(key.to_owned()).bind(micros(now)).bind(micros(since))).await.map(drop)
}

/// Forgets the failures under this key.
pub(crate) async fn forgive(conn: &mut Raw, key: &str) -> Result<()> {
    run(conn, query(FORGIVE).bind(key.to_owned())).await.map(drop)
}

/// A new API token; only the hash of its secret is kept.
pub(crate) async fn add_token(conn: &mut Raw, token: &Token, secret_hash: &[u8]) -> Result<()> {
    let bound = query(ADD_TOKEN)
        .bind(token.id.0)
        .bind(token.name.clone())
        .bind(secret_hash.to_vec())
        .bind(micros(token.created_at))
        .bind(token.scope.as_str());
    run(conn, bound).await.map(drop)
}

/// The token with this secret, unless revoked.
pub(crate) async fn token_by_hash(conn: &mut Raw, secret_hash: &[u8]) -> Result<Option<Token>> {
    optional(conn, query(TOKEN_BY_HASH).bind(secret_hash.to_vec())).await
}

/// All tokens, oldest first.
pub(crate) async fn tokens(conn: &mut Raw) -> Result<Vec<Token>> {
    all(conn, query(TOKENS)).await
}

/// Withdraws a token.
pub(crate) async fn revoke_token(conn: &mut Raw, id: TokenId, at: DateTime<Utc>) -> Result<()> {
    run_one(conn, query(REVOKE_TOKEN).bind(id.0).bind(micros(at))).await
}

/// Number of accounts.
pub(crate) async fn count(conn: &mut Raw) -> Result<i64> {
    one(conn, query(COUNT)).await
}
pub(crate) const COUNT: &str = "SELECT COUNT(*) AS n FROM users";
