//! Own addresses on block lists.
use super::{
    Raw, Result, Row,
    load::{Load, all, get, micros, one, optional, query, run, run_one, time, time_opt},
};
use crate::error::StoreError;
use chrono::{DateTime, Utc};
use domain::{
    channel::Listing,
    id::{CaseId, ListingId, ReportId},
    lease::{address_key, address_of},
};
use sqlx::Row as _;
use std::net::IpAddr;

pub(crate) const ADD: &str =
    "INSERT INTO listings (id, channel, zone, address, answers, reason, listed_at, seen_at, cleared_at, report_id)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $7, NULL, $8)";
pub(crate) const NOW: &str =
    "SELECT id, channel, zone, address, answers, reason, listed_at, seen_at, cleared_at, report_id
    FROM listings WHERE channel = $1 AND address = $2 AND cleared_at IS NULL";
pub(crate) const NOW_OF: &str =
    "SELECT id, channel, zone, address, answers, reason, listed_at, seen_at, cleared_at, report_id
    FROM listings WHERE channel = $1 AND cleared_at IS NULL ORDER BY address";
pub(crate) const NOW_ALL: &str =
    "SELECT id, channel, zone, address, answers, reason, listed_at, seen_at, cleared_at, report_id
    FROM listings WHERE cleared_at IS NULL ORDER BY listed_at DESC, id DESC LIMIT 50";
pub(crate) const COUNT: &str = "SELECT COUNT(*) AS n FROM listings WHERE cleared_at IS NULL";
pub(crate) const SEEN: &str =
    "UPDATE listings SET seen_at = $2, answers = $3, reason = $4 WHERE id = $1 AND cleared_at IS NULL";
pub(crate) const CLEAR: &str = "UPDATE listings SET cleared_at = $2 WHERE id = $1 AND cleared_at IS NULL";
pub(crate) const CASE: &str = "SELECT case_id FROM events WHERE report_id = $1 AND case_id IS NOT NULL LIMIT 1";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[ADD, NOW, NOW_OF, NOW_ALL, COUNT, SEEN, CLEAR, CASE];

impl Load for Listing {
    fn load(row: &Row) -> Result<Self> {
        let key: Vec<u8> = get(row, "address")?;
        let key: [u8; 16] = key
            .try_into()
            .map_err(|_| StoreError::Inconsistent { column: "address", value: "not 16 bytes".to_owned() })?;
        Ok(Self {
            id: ListingId(get(row, "id")?),
            channel: get(row, "channel")?,
            zone: get(row, "zone")?,
            address: address_of(key),
            answers: get(row, "answers")?,
            reason: get(row, "reason")?,
            listed_at: time(row, "listed_at")?,
            seen_at: time(row, "seen_at")?,
            cleared_at: time_opt(row, "cleared_at")?,
            report: ReportId(get(row, "report_id")?),
        })
    }
}

/// A new listing; a conflict when the address stands there already.
pub(crate) async fn add(conn: &mut Raw, listing: &Listing) -> Result<()> {
    let bound = query(ADD)
        .bind(listing.id.0)
        .bind(listing.channel.clone())
        .bind(listing.zone.clone())
        .bind(address_key(listing.address).to_vec())
        .bind(listing.answers.clone())
        .bind(listing.reason.clone())
        .bind(micros(listing.listed_at))
        .bind(listing.report.0);
    run(conn, bound).await.map(drop)
}

/// The listing of an address that holds now.
pub(crate) async fn now(conn: &mut Raw, channel: &str, address: IpAddr) -> Result<Option<Listing>> {
    optional(conn, query(NOW).bind(channel.to_owned()).bind(address_key(address).to_vec())).await
}

/// All listings of a channel that hold now.
pub(crate) async fn now_of(conn: &mut Raw, channel: &str) -> Result<Vec<Listing>> {
    all(conn, query(NOW_OF).bind(channel.to_owned())).await
}

/// All listings that hold now, newest first, at most 50.
pub(crate) async fn now_all(conn: &mut Raw) -> Result<Vec<Listing>> {
    all(conn, query(NOW_ALL)).await
}

/// How many hold now.
pub(crate) async fn count(conn: &mut Raw) -> Result<i64> {
    one(conn, query(COUNT)).await
}

/// Still there, perhaps with other words.
pub(crate) async fn seen(conn: &mut Raw, id: ListingId, now: DateTime<Utc>, answers: &str, reason: &str) -> Result<()> {
    let bound = query(SEEN).bind(id.0).bind(micros(now)).bind(answers.to_owned()).bind(reason.to_owned());
    run_one(conn, bound).await
}

/// Gone; stale when it was cleared already.
pub(crate) async fn clear(conn: &mut Raw, id: ListingId, now: DateTime<Utc>) -> Result<()> {
    run_one(conn, query(CLEAR).bind(id.0).bind(micros(now))).await
}

/// The case that a report's events joined, if any.
pub(crate) async fn case_of(conn: &mut Raw, report: ReportId) -> Result<Option<CaseId>> {
    let row = query(CASE).bind(report.0).fetch_optional(conn).await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?.map(CaseId))
}
