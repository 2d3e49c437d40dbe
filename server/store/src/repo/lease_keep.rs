//! Rows of the lease index as they come in: each said twice changes nothing, a session is found by its name.
use super::{
    Raw, Result, Row,
    given::{Column, Given, among},
    lease_source::{add_day, add_shape, shapes},
    load::{Load, all, get, micros, micros_opt, query, run, time, time_opt},
};
use crate::types::LeaseRow;
use chrono::{DateTime, Utc};
use domain::{
    id::LeaseId,
    lease::{
        net_key,
        shape::{DAY_US, Form, LASTING_US, Shape, kept_as},
    },
};
use std::collections::{HashMap, HashSet};

const ADD_HEAD: &str = "INSERT INTO leases (day, shape, net, port_from, started_at, holder_id, port_to, ended_at,
    sure_until, lasting, source_id, session, id) ";
// The same lease said again: it may have ended meanwhile. Of a session all is known here, also that it goes on after all.
// What has not changed is not written again.
const ADD_TAIL: &str = " ON CONFLICT (day, shape, net, port_from, started_at, holder_id) DO UPDATE SET
    port_to = excluded.port_to, ended_at = CASE WHEN excluded.session IS NULL
        THEN COALESCE(excluded.ended_at, leases.ended_at) ELSE excluded.ended_at END,
    sure_until = excluded.sure_until, source_id = excluded.source_id, session = excluded.session,
    lasting = CASE WHEN excluded.ended_at IS NULL AND excluded.session IS NULL THEN leases.lasting
        ELSE excluded.lasting END
    WHERE leases.port_to <> excluded.port_to
    OR excluded.ended_at IS DISTINCT FROM leases.ended_at OR excluded.sure_until IS DISTINCT FROM leases.sure_until";
const OF_SESSIONS_HEAD: &str =
    "SELECT l.day, l.shape, l.net, s.length, s.protocol, l.port_from, l.port_to, l.started_at,
        l.ended_at, l.sure_until, l.holder_id, l.source_id, l.session, l.id
    FROM leases l JOIN lease_shapes s ON s.id = l.shape WHERE l.source_id = ";
pub(crate) const REMOVE: &str = "DELETE FROM leases WHERE day = $1 AND shape = $2 AND net = $3 AND port_from = $4
    AND started_at = $5 AND holder_id = $6";
pub(crate) const OPEN_OF_NAS: &str = "SELECT l.day, l.shape, l.net, s.length, s.protocol, l.port_from, l.port_to,
        l.started_at, l.ended_at, l.sure_until, l.holder_id, l.source_id, l.session, l.id
    FROM leases l JOIN lease_shapes s ON s.id = l.shape
    WHERE l.source_id = $1 AND l.session IS NOT NULL AND l.session >= $2 AND l.session < $3
        AND l.ended_at IS NULL AND l.started_at < $4";
pub(crate) const ERASE: &str = "DELETE FROM leases WHERE day = $1 AND source_id = $2 AND ended_at IS NOT NULL
        AND ended_at <= $3";
pub(crate) const ERASE_OPEN: &str = "DELETE FROM leases WHERE day = $1 AND source_id = $2 AND ended_at IS NULL
        AND sure_until IS NOT NULL AND sure_until <= $3";
pub(crate) const DAYS_BEFORE: &str = "SELECT day FROM lease_days WHERE day <= $1 AND day <> 0 ORDER BY day";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[REMOVE, OPEN_OF_NAS, ERASE, ERASE_OPEN, DAYS_BEFORE];

/// Statements of this file that are made for as many rows as there are.
#[cfg(feature = "testing")]
pub(crate) fn made() -> Vec<String> {
    vec![adding(ADD_TAIL).text(1), adding(ADD_TAIL).text(3), adding("").text(2)]
}

/// Where a row stands: the key of the table.
type Key = (i64, i64, [u8; 16], i64, i64, i64);

impl Load for LeaseRow {
    fn load(row: &Row) -> Result<Self> {
        let port = |column| Ok::<_, crate::StoreError>(u16::try_from(get::<i64>(row, column)?).unwrap_or(u16::MAX));
        let protocol: i64 = get(row, "protocol")?;
        Ok(Self {
            id: LeaseId(get(row, "id")?),
            net: super::lease_source::prefix(row, "net", "length")?,
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

/// The day under which a row stands.
pub(crate) fn day_of(from: DateTime<Utc>, fixed: bool) -> i64 {
    if fixed { 0 } else { micros(from).div_euclid(DAY_US) }
}

fn key_of(row: &LeaseRow, forms: &HashMap<Form, i64>, known: &[Shape]) -> Key {
    let form = kept_as(known, Form::of(&row.net, row.ports, row.protocol));
    let shape = forms.get(&form).copied().unwrap_or(0);
    let net = net_key(&row.net).0;
    (day_of(row.from, row.fixed), shape, net, i64::from(row.ports.0), micros(row.from), row.holder)
}

/// The forms of the rows, made known where they are new.
async fn forms(conn: &mut Raw, rows: &[LeaseRow]) -> Result<Vec<Shape>> {
    let mut known = shapes(conn).await?;
    let wanted: HashSet<Form> = rows.iter().map(|row| Form::of(&row.net, row.ports, row.protocol)).collect();
    let mut wanted: Vec<Form> = wanted.into_iter().collect();
    wanted.sort_unstable();
    for form in wanted {
        let form = kept_as(&known, form);
        if !known.iter().any(|shape| shape.form == form) {
            add_shape(conn, form).await?;
            known = shapes(conn).await?;
        }
    }
    Ok(known)
}

/// Adds rows, or brings those that are known up to date; how many said the same as another of the batch.
pub(crate) async fn keep(conn: &mut Raw, rows: &[LeaseRow]) -> Result<usize> {
    let keyed = keyed(conn, rows).await?;
    adding(ADD_TAIL).run(conn, &keyed).await?;
    Ok(rows.len() - keyed.len())
}

/// Adds rows that nobody knows yet: what the engine itself takes for it.
#[cfg(feature = "testing")]
pub(crate) async fn keep_bare(conn: &mut Raw, rows: &[LeaseRow]) -> Result<()> {
    let keyed = keyed(conn, rows).await?;
    adding("").run(conn, &keyed).await
}

/// The rows under their keys, in the order of the keys; their forms and days made known.
async fn keyed<'r>(conn: &mut Raw, rows: &'r [LeaseRow]) -> Result<Vec<(Key, &'r LeaseRow)>> {
    let known = forms(conn, rows).await?;
    let numbers: HashMap<Form, i64> = known.iter().map(|shape| (shape.form, shape.id)).collect();
    // In the order of the key, so that neighbours are written together and two writers wait for each other instead of
    // blocking each other. One statement must not touch a row twice: the last word counts.
    let mut keyed: Vec<(Key, &LeaseRow)> = rows.iter().map(|row| (key_of(row, &numbers, &known), row)).collect();
    keyed.sort_by_key(|one| one.0);
    keyed.dedup_by(|later, earlier| {
        let same = later.0 == earlier.0;
        if same {
            earlier.1 = later.1;
        }
        same
    });
    let days: HashSet<i64> = keyed.iter().map(|one| one.0.0).collect();
    for day in days {
        add_day(conn, day).await?;
    }
    Ok(keyed)
}

/// The insert of rows under their keys.
const fn adding<'r>(tail: &'static str) -> Given<13, (Key, &'r LeaseRow)> {
    Given {
        head: ADD_HEAD,
        columns: [
            Column::Int(|(key, _)| key.0),
            Column::Int(|(key, _)| key.1),
            Column::Bytes(|(key, _)| key.2.to_vec()),
            Column::Int(|(key, _)| key.3),
            Column::Int(|(key, _)| key.4),
            Column::Int(|(key, _)| key.5),
            Column::Int(|(_, row)| i64::from(row.ports.1)),
            Column::IntOpt(|(_, row)| micros_opt(row.to)),
            Column::IntOpt(|(_, row)| micros_opt(row.sure_until)),
            Column::Flag(|(_, row)| lasting(row)),
            Column::Int(|(_, row)| row.source),
            Column::TextOpt(|(_, row)| row.session.clone()),
            Column::Id(|(_, row)| row.id.0),
        ],
        tail,
    }
}

fn lasting(row: &LeaseRow) -> bool {
    row.fixed || row.to.is_none_or(|to| micros(to) - micros(row.from) > LASTING_US)
}

/// Takes a row out again: its start moves.
pub(crate) async fn remove(conn: &mut Raw, row: &LeaseRow) -> Result<()> {
    let known = shapes(conn).await?;
    let numbers: HashMap<Form, i64> = known.iter().map(|shape| (shape.form, shape.id)).collect();
    let (day, shape, net, port, from, holder) = key_of(row, &numbers, &known);
    let bound = query(REMOVE).bind(day).bind(shape).bind(net.to_vec()).bind(port).bind(from).bind(holder);
    run(conn, bound).await.map(drop)
}

/// The rows of these sessions of a source.
pub(crate) async fn of_sessions(conn: &mut Raw, source: i64, sessions: &[String]) -> Result<Vec<LeaseRow>> {
    among(conn, sessions, |text| {
        text.push(OF_SESSIONS_HEAD).push_bind(source).push(" AND l.session IS NOT NULL AND l.session");
    })
    .await
}

/// The open sessions of an access server that began before `at`.
pub(crate) async fn open_of_nas(conn: &mut Raw, source: i64, nas: &str, at: DateTime<Utc>) -> Result<Vec<LeaseRow>> {
    // '0' comes after '/': all names that begin with the access server and a slash.
    let bound = query(OPEN_OF_NAS).bind(source).bind(format!("{nas}/")).bind(format!("{nas}0")).bind(micros(at));
    all(conn, bound).await
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
