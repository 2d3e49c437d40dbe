//! From a row to a noun: time, words and addresses are read here and nowhere else.
use super::{Db, Raw, Result, Row};
use crate::error::StoreError;
use chrono::{DateTime, Utc};
use sqlx::{ColumnIndex, Database, Decode, Row as _, Type, query::Query};

/// A noun that can be read from a row of its statement.
pub(crate) trait Load: Sized {
    /// Reads it.
    fn load(row: &Row) -> Result<Self>;
}

/// The value of a column.
pub(crate) fn get<'r, T>(row: &'r Row, column: &'static str) -> Result<T>
where
    T: Decode<'r, Db> + Type<Db>,
    &'static str: ColumnIndex<Row>,
{
    Ok(row.try_get(column)?)
}

/// Microseconds since 1970 of an instant.
pub(crate) fn micros(at: DateTime<Utc>) -> i64 {
    at.timestamp_micros()
}

/// Microseconds of an instant that may be missing.
pub(crate) fn micros_opt(at: Option<DateTime<Utc>>) -> Option<i64> {
    at.map(micros)
}

fn instant(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or(if micros < 0 {
        DateTime::<Utc>::MIN_UTC
    } else {
        DateTime::<Utc>::MAX_UTC
    })
}

/// An instant.
pub(crate) fn time(row: &Row, column: &'static str) -> Result<DateTime<Utc>> {
    Ok(instant(get(row, column)?))
}

/// An instant that may be missing.
pub(crate) fn time_opt(row: &Row, column: &'static str) -> Result<Option<DateTime<Utc>>> {
    Ok(get::<Option<i64>>(row, column)?.map(instant))
}

/// A word of a closed vocabulary.
pub(crate) fn word<T>(row: &Row, column: &'static str, parse: fn(&str) -> Option<T>) -> Result<T> {
    let value: String = get(row, column)?;
    parse(&value).ok_or(StoreError::Inconsistent { column, value })
}

/// A word that may be missing.
pub(crate) fn word_opt<T>(row: &Row, column: &'static str, parse: fn(&str) -> Option<T>) -> Result<Option<T>> {
    match get::<Option<String>>(row, column)? {
        None => Ok(None),
        Some(value) => parse(&value).map(Some).ok_or(StoreError::Inconsistent { column, value }),
    }
}

/// JSON kept as text.
pub(crate) fn json<T: serde::de::DeserializeOwned>(row: &Row, column: &'static str) -> Result<T> {
    let value: String = get(row, column)?;
    serde_json::from_str(&value).map_err(|_| StoreError::Inconsistent { column, value })
}

/// Text of a JSON column.
pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned())
}

/// A statement with its arguments.
pub(crate) type Bound = Query<'static, Db, <Db as Database>::Arguments>;

/// A registered statement.
pub(crate) fn query(sql: &'static str) -> Bound {
    sqlx::query(sql)
}

/// All rows.
pub(crate) async fn all<T: Load>(conn: &mut Raw, bound: Bound) -> Result<Vec<T>> {
    bound.fetch_all(conn).await?.iter().map(T::load).collect()
}

/// The row, if there is one.
pub(crate) async fn optional<T: Load>(conn: &mut Raw, bound: Bound) -> Result<Option<T>> {
    bound.fetch_optional(conn).await?.as_ref().map(T::load).transpose()
}

/// The row that must be there.
pub(crate) async fn one<T: Load>(conn: &mut Raw, bound: Bound) -> Result<T> {
    T::load(&bound.fetch_one(conn).await?)
}

/// Runs it; the number of rows it changed.
pub(crate) async fn run(conn: &mut Raw, bound: Bound) -> Result<u64> {
    Ok(bound.execute(conn).await?.rows_affected())
}

/// Runs it and insists that it changed exactly one row: the state guard stands in its WHERE.
pub(crate) async fn run_one(conn: &mut Raw, bound: Bound) -> Result<()> {
    match run(conn, bound).await? {
        1 => Ok(()),
        _ => Err(StoreError::Stale),
    }
}

impl Load for i64 {
    /// The first column.
    fn load(row: &Row) -> Result<Self> {
        Ok(row.try_get(0)?)
    }
}
