//! Terms versions and the clauses that permit measures.
use super::{
    Raw, Result, Row,
    load::{Load, all, get, json, micros, optional, query, run, time, to_json},
};
use chrono::{DateTime, Utc};
use domain::{
    id::ClauseId,
    terms::{Clause, Terms},
};

pub(crate) const ADD: &str =
    "INSERT INTO terms (version, published_at) VALUES ($1, $2) ON CONFLICT (version) DO NOTHING";
pub(crate) const ADD_CLAUSE: &str = "INSERT INTO clauses (id, terms_version, number, wording, permits, days_max)
    VALUES ($1, $2, $3, $4, $5, $6)";
pub(crate) const VERSIONS: &str = "SELECT version, published_at FROM terms ORDER BY published_at DESC, version DESC";
pub(crate) const BY_VERSION: &str = "SELECT version, published_at FROM terms WHERE version = $1";
pub(crate) const CLAUSES: &str = "SELECT id, terms_version, number, wording, permits, days_max FROM clauses
    WHERE terms_version = $1 ORDER BY number";
pub(crate) const CLAUSE_BY_ID: &str =
    "SELECT id, terms_version, number, wording, permits, days_max FROM clauses WHERE id = $1";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[ADD, ADD_CLAUSE, VERSIONS, BY_VERSION, CLAUSES, CLAUSE_BY_ID];

impl Load for Terms {
    /// Without its clauses.
    fn load(row: &Row) -> Result<Self> {
        Ok(Self { version: get(row, "version")?, published_at: time(row, "published_at")?, clauses: Vec::new() })
    }
}

impl Load for Clause {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            id: ClauseId(get(row, "id")?),
            terms_version: get(row, "terms_version")?,
            number: get(row, "number")?,
            text: get(row, "wording")?,
            permits: json(row, "permits")?,
            days_max: get(row, "days_max")?,
        })
    }
}

/// A version; nothing happens when it is there.
pub(crate) async fn add(conn: &mut Raw, version: &str, published_at: DateTime<Utc>) -> Result<()> {
    run(conn, query(ADD).bind(version.to_owned()).bind(micros(published_at))).await.map(drop)
}

/// A clause of a version; a conflict when its number is taken: published text does not change.
pub(crate) async fn add_clause(conn: &mut Raw, clause: &Clause) -> Result<()> {
    let bound = query(ADD_CLAUSE)
        .bind(clause.id.0)
        .bind(clause.terms_version.clone())
        .bind(clause.number.clone())
        .bind(clause.text.clone())
        .bind(to_json(&clause.permits))
        .bind(clause.days_max);
    run(conn, bound).await.map(drop)
}

/// All versions with their clauses, newest first.
pub(crate) async fn list(conn: &mut Raw) -> Result<Vec<Terms>> {
    let mut versions: Vec<Terms> = all(conn, query(VERSIONS)).await?;
    for terms in &mut versions {
        terms.clauses = clauses(conn, &terms.version).await?;
    }
    Ok(versions)
}

/// One version with its clauses.
pub(crate) async fn by_version(conn: &mut Raw, version: &str) -> Result<Option<Terms>> {
    let Some(terms): Option<Terms> = optional(conn, query(BY_VERSION).bind(version.to_owned())).await? else {
        return Ok(None);
    };
    let clauses = clauses(conn, version).await?;
    Ok(Some(Terms { clauses, ..terms }))
}

/// The clauses of a version by number.
pub(crate) async fn clauses(conn: &mut Raw, version: &str) -> Result<Vec<Clause>> {
    all(conn, query(CLAUSES).bind(version.to_owned())).await
}

/// One clause.
pub(crate) async fn clause_by_id(conn: &mut Raw, id: ClauseId) -> Result<Option<Clause>> {
    optional(conn, query(CLAUSE_BY_ID).bind(id.0)).await
}
