//! How much waits where: the numbers in the rail, each from a small index.
use super::{
    Raw, Result, Row,
    load::{Load, get, micros, one, query},
};
use crate::types::Counts;
use chrono::{DateTime, Utc};

// Lines of the pages behind, not events: what is decided on at a time.
pub(crate) const COUNTS: &str = "SELECT
    (SELECT COUNT(*) FROM waiting_customers) AS evidence,
    (SELECT COUNT(*) FROM waiting_sources)
        + (SELECT COUNT(*) FROM reports WHERE state = 'parked')
        + (SELECT COUNT(*) FROM event_doubts WHERE settled_at IS NULL) AS sort_out,
    (SELECT COUNT(*) FROM cases WHERE state <> 'closed'
        AND (snoozed_until IS NULL OR snoozed_until <= $1)) AS cases,
    (SELECT COUNT(*) FROM cases WHERE state <> 'closed'
        AND unread = TRUE) AS unread,
    (SELECT COUNT(*) FROM quarantines WHERE state = 'awaiting_approval')
        + (SELECT COUNT(*) FROM releases WHERE state = 'waiting')
        + (SELECT COUNT(*) FROM disputes WHERE decided_at IS NULL) AS approvals,
    (SELECT COUNT(*) FROM quarantines WHERE state IN ('scheduled', 'applying', 'in_force', 'failed', 'lifting'))
        AS quarantines,
    (SELECT COUNT(*) FROM quarantines WHERE state = 'failed') AS quarantines_failed,
    (SELECT COUNT(*) FROM notices WHERE state IN ('failed', 'bounced')) AS mail,
    (SELECT COUNT(*) FROM feeds WHERE alarm IS NOT NULL AND retired_at IS NULL) AS feed_alarms";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[COUNTS];

impl Load for Counts {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            evidence: get(row, "evidence")?,
            sort_out: get(row, "sort_out")?,
            cases: get(row, "cases")?,
            unread: get(row, "unread")?,
            approvals: get(row, "approvals")?,
            quarantines: get(row, "quarantines")?,
            quarantines_failed: get(row, "quarantines_failed")?,
            mail: get(row, "mail")?,
            feed_alarms: get(row, "feed_alarms")?,
            lease_warnings: 0,
        })
    }
}

/// The numbers in the rail at `now`.
pub(crate) async fn counts(conn: &mut Raw, now: DateTime<Utc>) -> Result<Counts> {
    one(conn, query(COUNTS).bind(micros(now))).await
}
