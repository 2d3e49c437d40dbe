//! Accounts, throttle, tokens.
use super::forward;
use chrono::{DateTime, Utc};
use domain::{
    actor::Role,
    id::{TokenId, UserId},
    user::{Token, User},
};

forward! {
    /// A new account; a conflict when the address is taken.
    fn user_add(user: &User, password_hash: &str) -> () = user::add;
    /// All accounts by name.
    fn user_list() -> Vec<User> = user::list;
    /// The account with this id.
    fn user_by_id(id: UserId) -> Option<User> = user::by_id;
    /// The account with this (lower-case) address.
    fn user_by_email(email: &str) -> Option<User> = user::by_email;
    /// Its password hash in PHC form.
    fn user_password(id: UserId) -> Option<String> = user::password;
    /// A new password hash.
    fn user_set_password(id: UserId, hash: &str) -> () = user::set_password;
    /// Another role or name.
    fn user_set_role(id: UserId, role: Role, name: &str) -> () = user::set_role;
    /// Closes the account (None = opens it again).
    fn user_set_disabled(id: UserId, at: Option<DateTime<Utc>>) -> () = user::set_disabled;
    /// Remembers the last sign-in.
    fn user_signed_in(id: UserId, at: DateTime<Utc>) -> () = user::signed_in;
    /// Number of accounts.
    fn user_count() -> i64 = user::count;
    /// Failed sign-ins under this key since `since`.
    fn sign_in_failures(key: &str, since: DateTime<Utc>) -> i64 = user::failures;
    /// One more failure under this key; older ones than `since` are forgotten.
    fn sign_in_failed(key: &str, now: DateTime<Utc>, since: DateTime<Utc>) -> () = user::failed;
    /// Forgets the failures under this key.
    fn sign_in_forgive(key: &str) -> () = user::forgive;
    /// A new API token; only the hash of its secret is kept.
    fn token_add(token: &Token, secret_hash: &[u8]) -> () = user::add_token;
    /// The token with this secret, unless revoked.
    fn token_by_hash(secret_hash: &[u8]) -> Option<Token> = user::token_by_hash;
    /// All tokens, oldest first.
    fn token_list() -> Vec<Token> = user::tokens;
    /// Withdraws a token.
    fn token_revoke(id: TokenId, at: DateTime<Utc>) -> () = user::revoke_token;
}
