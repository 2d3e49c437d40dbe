//! Lots: leases that were added one after the other, so that the index of their holders grows at few places at a time.
use super::{
    Raw, Result,
    load::{one, query, run},
};

/// Fixed addresses are of this one.
pub(crate) const FIXED: i64 = 0;
/// A lot that has so many is followed by the next.
const FULL: i64 = 131_072;

pub(crate) const OPEN: &str = "SELECT MAX(CASE WHEN lot = 0 OR leases >= $1 THEN lot + 1 ELSE lot END) AS n
    FROM lease_lots WHERE lot = (SELECT MAX(lot) FROM lease_lots)";
pub(crate) const FILL: &str = "INSERT INTO lease_lots (lot, leases) VALUES ($1, $2)
    ON CONFLICT (lot) DO UPDATE SET leases = lease_lots.leases + excluded.leases";
// Of the last two one may still be written to.
pub(crate) const FORGET: &str = "DELETE FROM lease_lots WHERE lot > 0 AND lot < (SELECT MAX(lot) FROM lease_lots) - 1
    AND NOT EXISTS (SELECT 1 FROM leases l WHERE l.lot = lease_lots.lot)";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[OPEN, FILL, FORGET];

/// The lot that leases are added to by now.
pub(crate) async fn open(conn: &mut Raw) -> Result<i64> {
    one(conn, query(OPEN).bind(FULL)).await
}

/// So many were added to it. The last step of adding: on PostgreSQL others who add wait from here on.
pub(crate) async fn fill(conn: &mut Raw, lot: i64, leases: usize) -> Result<()> {
    run(conn, query(FILL).bind(lot).bind(i64::try_from(leases).unwrap_or(i64::MAX))).await.map(drop)
}

/// Lots of which nothing is left are no more asked.
pub(crate) async fn forget(conn: &mut Raw) -> Result<()> {
    run(conn, query(FORGET)).await.map(drop)
}
