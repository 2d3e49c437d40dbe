//! Lease sources and their watermarks, the forms of leases, rules of deterministic CGNAT, and how far imports have come.
use super::{
    Raw, Result, Row,
    load::{Load, all, get, micros, micros_opt, optional, query, run, run_one, time, time_opt, word},
};
use crate::{error::StoreError, types::Reach};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    id::CgnatRuleId,
    lease::{
        CgnatRule, ImportPlace, LeaseSource, LeaseSourceKind, SourceSetUp, net_key, net_of,
        shape::{Form, Kinds, Shape},
    },
};
use ipnet::IpNet;

pub(crate) const SOURCES: &str = "SELECT s.id, s.name, s.kind, COALESCE(w.skew, s.skew) AS skew,
        COALESCE(w.silent_after, s.silent_after) AS silent_after, s.known_from, s.known_through, s.last_heard_at,
        s.erased_before, s.rows_kept, s.rows_refused
    FROM lease_sources s LEFT JOIN lease_source_limits w ON w.source_id = s.id ORDER BY s.name";
// A number nobody has yet; two that add sources at once meet at the name or the number, and the later one tries again.
pub(crate) const ADD_SOURCE: &str =
    "INSERT INTO lease_sources (id, name, kind, skew, silent_after, rows_kept, rows_refused)
    SELECT COALESCE(MAX(id), 0) + 1, $1, $2, $3, $4, 0, 0 FROM lease_sources WHERE TRUE
    ON CONFLICT (name) DO NOTHING";
pub(crate) const SET_UP: &str = "UPDATE lease_sources SET kind = $2, skew = $3, silent_after = $4 WHERE name = $1";
pub(crate) const HEARD: &str = "UPDATE lease_sources SET last_heard_at = $2, rows_kept = rows_kept + $3,
        rows_refused = rows_refused + $4,
        known_from = CASE WHEN known_from IS NULL OR known_from > $5 THEN $5 ELSE known_from END,
        known_through = CASE WHEN known_through IS NULL OR known_through < $6 THEN $6 ELSE known_through END
    WHERE id = $1";
pub(crate) const ERASED: &str = "UPDATE lease_sources SET erased_before = $2, known_from = $2
    WHERE id = $1 AND (erased_before IS NULL OR erased_before < $2)";
pub(crate) const SHAPES: &str = "SELECT id, length, ports, port_offset, protocol, kinds FROM lease_shapes ORDER BY id";
pub(crate) const ADD_SHAPE: &str = "INSERT INTO lease_shapes (id, length, ports, port_offset, protocol, kinds)
    SELECT COALESCE(MAX(id), 0) + 1, $1, $2, $3, $4, $5 FROM lease_shapes WHERE TRUE
    ON CONFLICT (length, ports, port_offset, protocol) DO UPDATE SET kinds = lease_shapes.kinds | excluded.kinds";
pub(crate) const ADD_DAY: &str = "INSERT INTO lease_days (day) VALUES ($1) ON CONFLICT (day) DO NOTHING";
pub(crate) const RULES: &str = "SELECT id, inside_net, inside_length, outside_net, outside_length, ports, first_port,
        valid_from, valid_to
    FROM cgnat_rules ORDER BY outside_net, valid_from";
pub(crate) const ADD_RULE: &str = "INSERT INTO cgnat_rules (id, inside_net, inside_length, outside_net, outside_length,
        ports, first_port, valid_from, valid_to)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
pub(crate) const END_RULE: &str = "UPDATE cgnat_rules SET valid_to = $2 WHERE id = $1";
pub(crate) const PLACE: &str = "SELECT i.sha256, i.rows_done FROM lease_imports i
    JOIN lease_sources s ON s.id = i.source_id WHERE s.name = $1 AND i.sha256 = $2";
pub(crate) const SET_PLACE: &str =
    "INSERT INTO lease_imports (source_id, sha256, rows_done, rows_refused, begun_at, touched_at)
    VALUES ($1, $2, $3, $4, $5, $5)
    ON CONFLICT (source_id, sha256) DO UPDATE SET rows_done = excluded.rows_done,
        rows_refused = lease_imports.rows_refused + excluded.rows_refused, touched_at = excluded.touched_at";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[
    SOURCES, ADD_SOURCE, SET_UP, HEARD, ERASED, SHAPES, ADD_SHAPE, ADD_DAY, RULES, ADD_RULE, END_RULE, PLACE, SET_PLACE,
];

impl Load for LeaseSource {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            id: get(row, "id")?,
            name: get(row, "name")?,
            kind: word(row, "kind", LeaseSourceKind::parse)?,
            skew: TimeDelta::microseconds(get(row, "skew")?),
            silent_after: get::<Option<i64>>(row, "silent_after")?
                .filter(|after| *after > 0)
                .map(TimeDelta::microseconds),
            known_from: time_opt(row, "known_from")?,
            known_through: time_opt(row, "known_through")?,
            last_heard_at: time_opt(row, "last_heard_at")?,
            erased_before: time_opt(row, "erased_before")?,
            rows_kept: get(row, "rows_kept")?,
            rows_refused: get(row, "rows_refused")?,
        })
    }
}

impl Load for Shape {
    fn load(row: &Row) -> Result<Self> {
        let form = Form {
            length: get(row, "length")?,
            ports: get(row, "ports")?,
            port_offset: get(row, "port_offset")?,
            protocol: get(row, "protocol")?,
        };
        Ok(Self { id: get(row, "id")?, form, kinds: Kinds(get(row, "kinds")?) })
    }
}

impl Load for CgnatRule {
    fn load(row: &Row) -> Result<Self> {
        let port = |column| Ok::<_, StoreError>(u16::try_from(get::<i64>(row, column)?).unwrap_or(u16::MAX));
        Ok(Self {
            id: CgnatRuleId(get(row, "id")?),
            inside: prefix(row, "inside_net", "inside_length")?,
            outside: prefix(row, "outside_net", "outside_length")?,
            ports: port("ports")?,
            first_port: port("first_port")?,
            from: time(row, "valid_from")?,
            to: time_opt(row, "valid_to")?,
        })
    }
}

impl Load for ImportPlace {
    fn load(row: &Row) -> Result<Self> {
        let rows_done = u64::try_from(get::<i64>(row, "rows_done")?).unwrap_or(0);
        Ok(Self { sha256: get(row, "sha256")?, rows_done })
    }
}

/// A prefix of two columns.
pub(crate) fn prefix(row: &Row, net: &'static str, length: &'static str) -> Result<IpNet> {
    let key: Vec<u8> = get(row, net)?;
    let length: i64 = get(row, length)?;
    let bad = || StoreError::Inconsistent { column: net, value: format!("{} bytes /{length}", key.len()) };
    let key = key.as_slice().try_into().map_err(|_| bad())?;
    net_of(key, length).ok_or_else(bad)
}

/// All sources by name.
pub(crate) async fn sources(conn: &mut Raw) -> Result<Vec<LeaseSource>> {
    all(conn, query(SOURCES)).await
}

/// Makes the source known, if it is not.
pub(crate) async fn add(conn: &mut Raw, name: &str, set_up: SourceSetUp) -> Result<()> {
    run(conn, set_up_bound(ADD_SOURCE, name, set_up)).await.map(drop)
}

/// Changes what it is.
pub(crate) async fn set_up(conn: &mut Raw, name: &str, set_up: SourceSetUp) -> Result<()> {
    run_one(conn, set_up_bound(SET_UP, name, set_up)).await
}

fn set_up_bound(sql: &'static str, name: &str, set_up: SourceSetUp) -> super::load::Bound {
    let us = |delta: TimeDelta| delta.num_microseconds().unwrap_or(i64::MAX);
    query(sql)
        .bind(name.to_owned())
        .bind(set_up.kind.as_str())
        .bind(us(set_up.skew.unwrap_or_else(|| set_up.kind.usual_skew())))
        .bind(set_up.silent_after.map(us))
}

/// It was heard: rows, and the span of time it has spoken of.
pub(crate) async fn heard(conn: &mut Raw, id: i64, reach: &Reach) -> Result<()> {
    let bound = query(HEARD)
        .bind(id)
        .bind(micros(reach.at))
        .bind(reach.kept)
        .bind(reach.refused)
        .bind(micros_opt(reach.from))
        .bind(micros_opt(reach.through));
    run(conn, bound).await.map(drop)
}

/// Its leases that ended before are gone.
pub(crate) async fn erased(conn: &mut Raw, id: i64, before: DateTime<Utc>) -> Result<()> {
    run(conn, query(ERASED).bind(id).bind(micros(before))).await.map(drop)
}

/// The forms that leases have.
pub(crate) async fn shapes(conn: &mut Raw) -> Result<Vec<Shape>> {
    all(conn, query(SHAPES)).await
}

/// Makes a form known, or that it has leases of these kinds too.
pub(crate) async fn add_shape(conn: &mut Raw, form: Form, kinds: Kinds) -> Result<()> {
    let bound = query(ADD_SHAPE).bind(form.length).bind(form.ports).bind(form.port_offset).bind(form.protocol);
    run(conn, bound.bind(kinds.0)).await.map(drop)
}

/// Makes a day on which leases begin known.
pub(crate) async fn add_day(conn: &mut Raw, day: i64) -> Result<()> {
    run(conn, query(ADD_DAY).bind(day)).await.map(drop)
}

/// Rules of deterministic CGNAT.
pub(crate) async fn rules(conn: &mut Raw) -> Result<Vec<CgnatRule>> {
    all(conn, query(RULES)).await
}

/// A new rule.
pub(crate) async fn add_rule(conn: &mut Raw, rule: &CgnatRule) -> Result<()> {
    let (inside, outside) = (net_key(&rule.inside), net_key(&rule.outside));
    let bound = query(ADD_RULE)
        .bind(rule.id.0)
        .bind(inside.0.to_vec())
        .bind(inside.1)
        .bind(outside.0.to_vec())
        .bind(outside.1)
        .bind(i64::from(rule.ports))
        .bind(i64::from(rule.first_port))
        .bind(micros(rule.from))
        .bind(micros_opt(rule.to));
    run(conn, bound).await.map(drop)
}

/// A rule does not hold any more from `at` on.
pub(crate) async fn end_rule(conn: &mut Raw, id: CgnatRuleId, at: DateTime<Utc>) -> Result<()> {
    run_one(conn, query(END_RULE).bind(id.0).bind(micros(at))).await
}

/// How far the import of a file has come.
pub(crate) async fn place(conn: &mut Raw, source: &str, sha256: &str) -> Result<Option<ImportPlace>> {
    optional(conn, query(PLACE).bind(source.to_owned()).bind(sha256.to_owned())).await
}

/// Keeps how far it has come.
pub(crate) async fn set_place(
    conn: &mut Raw,
    source: i64,
    place: &ImportPlace,
    refused: i64,
    now: DateTime<Utc>,
) -> Result<()> {
    let bound = query(SET_PLACE)
        .bind(source)
        .bind(place.sha256.clone())
        .bind(i64::try_from(place.rows_done).unwrap_or(i64::MAX))
        .bind(refused)
        .bind(micros(now));
    run(conn, bound).await.map(drop)
}
