//! Rows of the lease index as they come in: each said twice changes nothing, a session is found by its name.
use super::{
    Raw, Result, Row,
    given::{Column, Given},
    lease_lot,
    lease_source::{add_day, add_shape, shapes},
    load::{Load, all, get, micros, micros_opt, query, run, time, time_opt},
};
use crate::{error::StoreError, types::LeaseRow};
use chrono::{DateTime, Utc};
use domain::{
    id::LeaseId,
    lease::{
        net_bytes, net_key, net_of_bytes,
        shape::{DAY_US, Form, Kinds, Shape, TIMELESS, era, kept_as},
    },
};
use ipnet::IpNet;
use std::{borrow::Cow, collections::BTreeMap};

const ADD_HEAD: &str = "INSERT INTO leases (day, shape, net, port_from, started_at, holder_id, port_to, ended_at,
    sure_until, era, source_id, nas, session, id, lot) ";
// The same lease said again: it may have ended meanwhile. Of a session all is known here, also that it goes on after all.
// What has not changed is not written again.
const ADD_TAIL: &str = " ON CONFLICT (day, shape, net, port_from, started_at, holder_id) DO UPDATE SET
    port_to = excluded.port_to, ended_at = CASE WHEN excluded.session IS NULL
        THEN COALESCE(excluded.ended_at, leases.ended_at) ELSE excluded.ended_at END,
    sure_until = excluded.sure_until, source_id = excluded.source_id, nas = excluded.nas, session = excluded.session,
    era = CASE WHEN excluded.ended_at IS NULL AND excluded.session IS NULL THEN leases.era ELSE excluded.era END
    WHERE leases.port_to <> excluded.port_to
    OR excluded.ended_at IS DISTINCT FROM leases.ended_at OR excluded.sure_until IS DISTINCT FROM leases.sure_until";
pub(crate) const REMOVE: &str = "DELETE FROM leases WHERE day = $1 AND shape = $2 AND net = $3 AND port_from = $4
    AND started_at = $5 AND holder_id = $6";
pub(crate) const ERASE: &str = "DELETE FROM leases WHERE day = $1 AND source_id = $2 AND ended_at IS NOT NULL
        AND ended_at <= $3";
pub(crate) const ERASE_OPEN: &str = "DELETE FROM leases WHERE day = $1 AND source_id = $2 AND ended_at IS NULL
        AND sure_until IS NOT NULL AND sure_until <= $3";
pub(crate) const DAYS_BEFORE: &str = "SELECT day FROM lease_days WHERE day <= $1 AND day <> 0 ORDER BY day";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[REMOVE, ERASE, ERASE_OPEN, DAYS_BEFORE];

/// Statements of this file that are made for as many rows as there are.
#[cfg(feature = "testing")]
pub(crate) fn made() -> Vec<String> {
    vec![adding(ADD_TAIL).text(1), adding(ADD_TAIL).text(5), adding("").text(2)]
}

/// Where a row stands: day, form, key of the prefix, first port, start, holder.
type Key = (i64, i64, [u8; 16], i64, i64, i64);

impl Load for LeaseRow {
    fn load(row: &Row) -> Result<Self> {
        let port = |column| Ok::<_, StoreError>(u16::try_from(get::<i64>(row, column)?).unwrap_or(u16::MAX));
        let protocol: i64 = get(row, "protocol")?;
        Ok(Self {
            id: LeaseId(get(row, "id")?),
            net: prefix(row)?,
            ports: (port("port_from")?, port("port_to")?),
            protocol: u8::try_from(protocol).ok().filter(|protocol| *protocol > 0),
            holder: get(row, "holder_id")?,
            source: get(row, "source_id")?,
            fixed: get::<i64>(row, "day")? == 0,
            from: time(row, "started_at")?,
            to: time_opt(row, "ended_at")?,
            sure_until: time_opt(row, "sure_until")?,
            session: get(row, "session")?,
        })
    }
}

/// The prefix of a row, from its bytes and the length of its form.
pub(crate) fn prefix(row: &Row) -> Result<IpNet> {
    let (bytes, length): (Vec<u8>, i64) = (get(row, "net")?, get(row, "length")?);
    let bad = || StoreError::Inconsistent { column: "net", value: format!("{} bytes /{length}", bytes.len()) };
    net_of_bytes(&bytes, length).ok_or_else(bad)
}

/// The bytes of a prefix as they are kept.
pub(crate) fn bytes_of(net: &IpNet) -> Vec<u8> {
    let (key, length) = net_key(net);
    net_bytes(&key, length).to_vec()
}

/// The day under which a row stands.
pub(crate) fn day_of(from: DateTime<Utc>, fixed: bool) -> i64 {
    if fixed { 0 } else { micros(from).div_euclid(DAY_US) }
}

fn key_of(row: &LeaseRow, known: &[Shape]) -> Key {
    let shape = kept_shape(known, row.net, row.ports, row.protocol).unwrap_or(0);
    let net = net_key(&row.net).0;
    (day_of(row.from, row.fixed), shape, net, i64::from(row.ports.0), micros(row.from), row.holder)
}

/// Number of the form under which such a lease is kept; none while there is no lease of that form.
pub(crate) fn kept_shape(known: &[Shape], net: IpNet, ports: (u16, u16), protocol: Option<u8>) -> Option<i64> {
    let form = kept_as(known, Form::of(&net, ports, protocol));
    known.iter().find(|shape| shape.form == form).map(|shape| shape.id)
}

/// The forms of the rows, made known where they are new or have leases of a new kind.
async fn forms(conn: &mut Raw, rows: &[LeaseRow]) -> Result<Vec<Shape>> {
    let mut known = shapes(conn).await?;
    // Neighbours mostly have one form.
    let (mut wanted, mut last) = (BTreeMap::<Form, Kinds>::new(), None);
    for row in rows {
        let form = Form::of(&row.net, row.ports, row.protocol);
        let kinds = Kinds::of(&row.net, era_of(row));
        if last != Some((form, kinds)) {
            let all = wanted.entry(form).or_default();
            *all = all.and(kinds);
            last = Some((form, kinds));
        }
    }
    for (form, kinds) in wanted {
        let form = kept_as(&known, form);
        if !known.iter().any(|shape| shape.form == form && shape.kinds.has(kinds)) {
            add_shape(conn, form, kinds).await?;
            known = shapes(conn).await?;
        }
    }
    Ok(known)
}

/// Adds rows, or brings those that are known up to date; how many said the same as another of the batch.
pub(crate) async fn keep(conn: &mut Raw, rows: &[LeaseRow]) -> Result<usize> {
    Ok(rows.len() - add(conn, rows, ADD_TAIL).await?)
}

/// Adds rows that nobody knows yet: what the engine itself takes for it.
#[cfg(feature = "testing")]
pub(crate) async fn keep_bare(conn: &mut Raw, rows: &[LeaseRow]) -> Result<()> {
    add(conn, rows, "").await.map(drop)
}

/// Adds them; how many there were, each key counted once.
async fn add(conn: &mut Raw, rows: &[LeaseRow], tail: &'static str) -> Result<usize> {
    let lot = lease_lot::open(conn).await?;
    let keyed = keyed(conn, rows, lot).await?;
    adding(tail).run(conn, &keyed).await?;
    lease_lot::fill(conn, lot, keyed.len()).await?;
    Ok(keyed.len())
}

/// The rows under their keys, in the order of the keys; their forms and days made known.
async fn keyed<'r>(conn: &mut Raw, rows: &'r [LeaseRow], lot: i64) -> Result<Vec<(Key, &'r LeaseRow, i64)>> {
    let known = forms(conn, rows).await?;
    // In the order of the key, so that neighbours are written together and two writers wait for each other instead of
    // blocking each other. One statement must not touch a row twice: the last word counts.
    let lot_of = |row: &LeaseRow| if row.fixed { lease_lot::FIXED } else { lot };
    let mut keyed: Vec<(Key, &LeaseRow, i64)> =
        rows.iter().map(|row| (key_of(row, &known), row, lot_of(row))).collect();
    keyed.sort_by_key(|one| one.0);
    keyed.dedup_by(|later, earlier| {
        let same = later.0 == earlier.0;
        if same {
            earlier.1 = later.1;
        }
        same
    });
    add_days(conn, keyed.iter().map(|one| one.0.0).collect()).await?;
    Ok(keyed)
}

/// In their order: two writers that make the same days known wait for each other.
async fn add_days(conn: &mut Raw, mut days: Vec<i64>) -> Result<()> {
    days.sort_unstable();
    days.dedup();
    for day in days {
        add_day(conn, day).await?;
    }
    Ok(())
}

/// Makes the days known on which leases that are no fixed addresses begin.
pub(crate) async fn days(conn: &mut Raw, begun: &[DateTime<Utc>]) -> Result<()> {
    add_days(conn, begun.iter().map(|at| day_of(*at, false)).collect()).await
}

/// The insert of rows under their keys.
const fn adding<'r>(tail: &'static str) -> Given<15, (Key, &'r LeaseRow, i64)> {
    Given {
        head: ADD_HEAD,
        columns: [
            Column::Int(|(key, _, _)| key.0),
            Column::Int(|(key, _, _)| key.1),
            Column::Bytes(|(_, row, _)| bytes_of(&row.net)),
            Column::Int(|(key, _, _)| key.3),
            Column::Int(|(key, _, _)| key.4),
            Column::Int(|(key, _, _)| key.5),
            Column::Int(|(_, row, _)| i64::from(row.ports.1)),
            Column::IntOpt(|(_, row, _)| micros_opt(row.to)),
            Column::IntOpt(|(_, row, _)| micros_opt(row.sure_until)),
            Column::IntOpt(|(_, row, _)| era_of(row)),
            Column::Int(|(_, row, _)| row.source),
            Column::TextOpt(|(_, row, _)| row.session.as_deref().and_then(nas_of).map(str::to_owned)),
            Column::TextOpt(|(_, row, _)| row.session.clone()),
            Column::Id(|(_, row, _)| row.id.0),
            Column::Int(|(_, _, lot)| *lot),
        ],
        tail: Cow::Borrowed(tail),
    }
}

fn era_of(row: &LeaseRow) -> Option<i64> {
    if row.fixed { Some(TIMELESS) } else { era(micros(row.from), micros_opt(row.to)) }
}

/// What a session's name has before its first slash.
pub(crate) fn nas_of(session: &str) -> Option<&str> {
    session.split_once('/').map(|(nas, _)| nas)
}

/// Takes a row out again: its start moves.
pub(crate) async fn remove(conn: &mut Raw, row: &LeaseRow) -> Result<()> {
    let known = shapes(conn).await?;
    let (day, shape, _, port, from, holder) = key_of(row, &known);
    let bound = query(REMOVE).bind(day).bind(shape).bind(bytes_of(&row.net)).bind(port).bind(from).bind(holder);
    run(conn, bound).await.map(drop)
}

/// Erases the rows of a source that ended before, or whose last proof is from before; how many there were.
pub(crate) async fn erase(conn: &mut Raw, source: i64, before: DateTime<Utc>) -> Result<u64> {
    let last = micros(before).div_euclid(DAY_US);
    let days: Vec<i64> = all(conn, query(DAYS_BEFORE).bind(last)).await?;
    let mut gone = 0;
    for day in days {
        for sql in [ERASE, ERASE_OPEN] {
            gone += run(conn, query(sql).bind(day).bind(source).bind(micros(before))).await?;
        }
    }
    Ok(gone)
}
