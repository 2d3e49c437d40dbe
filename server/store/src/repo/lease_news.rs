//! How often something new was told of who held what when. Whoever stores an answer sees by it whether the answer is still
//! what would be given now.
use super::{
    Raw, Result, dialect,
    load::{one, query, run_one},
};
use std::sync::LazyLock;

pub(crate) const TOLD: &str = "UPDATE counters SET value = value + 1 WHERE name = 'lease_news'";
pub(crate) const NEWS: &str = "SELECT value AS n FROM counters WHERE name = 'lease_news'";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[TOLD, NEWS];

/// Something new was told. Whoever comes second, with news or an answer to store, waits for the end of the first's transaction.
pub(crate) async fn told(conn: &mut Raw) -> Result<()> {
    run_one(conn, query(TOLD)).await
}

/// How often something new was told.
pub(crate) async fn news(conn: &mut Raw) -> Result<i64> {
    one(conn, query(NEWS)).await
}

/// The same, and until the end of the transaction nobody tells anything new.
pub(crate) async fn news_held(conn: &mut Raw) -> Result<i64> {
    static HELD: LazyLock<String> = LazyLock::new(|| format!("{NEWS} {}", dialect::HOLD));
    one(conn, query(&HELD)).await
}
