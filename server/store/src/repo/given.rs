//! Rows and keys that a statement is given all at once, each engine in the way that is quickest for it: ADR 7.
use super::{Raw, Result, Row, dialect, load::Load};
use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, IntoArguments, QueryBuilder, error::BoxDynError, query::Query};
use std::{borrow::Cow, sync::Arc};
use uuid::Uuid;

/// What stands in one column of the rows, and its kind.
pub(crate) enum Column<T> {
    Int(fn(&T) -> i64),
    IntOpt(fn(&T) -> Option<i64>),
    Text(fn(&T) -> String),
    TextOpt(fn(&T) -> Option<String>),
    Bytes(fn(&T) -> Vec<u8>),
    Id(fn(&T) -> Uuid),
    IdOpt(fn(&T) -> Option<Uuid>),
}

/// Binds what stands in one column of one row.
macro_rules! add_value {
    ($bound:expr, $column:expr, $row:expr) => {
        match $column {
            Column::Int(of) => $bound.add(of($row)),
            Column::IntOpt(of) => $bound.add(of($row)),
            Column::Text(of) => $bound.add(of($row)),
            Column::TextOpt(of) => $bound.add(of($row)),
            Column::Bytes(of) => $bound.add(of($row)),
            Column::Id(of) => $bound.add(of($row)),
            Column::IdOpt(of) => $bound.add(of($row)),
        }
    };
}
pub(crate) use add_value;

/// A statement for any number of rows: `head`, the rows, `tail`.
pub(crate) struct Given<const N: usize, T> {
    pub(crate) head: &'static str,
    pub(crate) columns: [Column<T>; N],
    pub(crate) tail: Cow<'static, str>,
}

impl<const N: usize, T> Given<N, T> {
    /// Its text for so many rows.
    pub(crate) fn text(&self, rows: usize) -> String {
        let given = dialect::given(&self.columns, rows);
        [self.head, given.as_str(), &self.tail].concat()
    }

    /// Writes with it; how many rows are new or changed. While the engine takes one part of the rows, the next is made ready.
    pub(crate) async fn run(&self, conn: &mut Raw, rows: &[T]) -> Result<u64> {
        let mut chunks = rows.chunks(dialect::GIVEN_MAX);
        let mut ready = || chunks.next().map(|chunk| (chunk.len(), dialect::bound(&self.columns, chunk)));
        let (mut next, mut changed) = (ready(), 0);
        while let Some((rows, bound)) = next {
            let query = sqlx::query_with(AssertSqlSafe(self.text(rows)), bound.map_err(encode)?);
            let write = query.persistent(dialect::write_kept(rows)).execute(&mut *conn);
            let (done, made) = tokio::join!(write, async { ready() });
            changed += done?.rows_affected();
            next = made;
        }
        Ok(changed)
    }

    /// Reads with it. Rows are read while the engine finds the next.
    pub(crate) async fn fetch<F: Load>(&self, conn: &mut Raw, rows: &[T]) -> Result<Vec<F>> {
        let mut found = Vec::new();
        for chunk in rows.chunks(dialect::GIVEN_MAX) {
            found.extend(self.fetch_as(conn, chunk, dialect::read_kept(chunk.len()), F::load).await?);
        }
        Ok(found)
    }

    /// Reads with it once, for at most [`dialect::GIVEN_MAX`] rows; `kept`: the statement stays prepared.
    pub(crate) async fn fetch_as<F>(
        &self,
        conn: &mut Raw,
        rows: &[T],
        kept: bool,
        load: impl Fn(&Row) -> Result<F>,
    ) -> Result<Vec<F>> {
        let bound = dialect::bound(&self.columns, rows).map_err(encode)?;
        all_of(conn, sqlx::query_with(AssertSqlSafe(self.text(rows.len())), bound).persistent(kept), load).await
    }
}

/// Reads with a statement whose text was made before, for at most [`dialect::GIVEN_MAX`] rows; it stays prepared.
pub(crate) async fn fetch_with<T, F>(
    conn: &mut Raw,
    text: Arc<str>,
    columns: &[Column<T>],
    rows: &[T],
    load: impl Fn(&Row) -> Result<F>,
) -> Result<Vec<F>> {
    let bound = dialect::bound(columns, rows).map_err(encode)?;
    all_of(conn, sqlx::query_with(AssertSqlSafe(text), bound), load).await
}

async fn all_of<'q, A: IntoArguments<super::Db> + Send + 'q, F>(
    conn: &mut Raw,
    query: Query<'q, super::Db, A>,
    load: impl Fn(&Row) -> Result<F>,
) -> Result<Vec<F>> {
    let mut rows = query.fetch(conn);
    let mut found = Vec::new();
    while let Some(row) = rows.try_next().await? {
        found.push(load(&row)?);
    }
    Ok(found)
}

/// Leases that rows `p` ask for: those of which a column is one of a few values.
pub(crate) struct Leases {
    /// Columns of `p`, of the lease `l` and of what is joined to it.
    pub(crate) columns: &'static str,
    /// What a lease must be.
    pub(crate) when: &'static str,
    /// The column that is one of the values.
    pub(crate) key: &'static str,
    /// What is joined to it, and by what.
    pub(crate) with: (&'static str, &'static str),
}

/// Reads with `start` followed by "is one of these keys", each key once: its text up to the column, and its arguments.
pub(crate) async fn among<F: Load>(
    conn: &mut Raw,
    keys: &[String],
    start: impl Fn(&mut QueryBuilder<super::Db>),
) -> Result<Vec<F>> {
    let mut found = Vec::with_capacity(keys.len());
    for chunk in keys.chunks(dialect::GIVEN_MAX) {
        let mut builder = QueryBuilder::new("");
        dialect::among(&mut builder, chunk, &start);
        let query = builder.build().persistent(dialect::read_kept(chunk.len()));
        found.extend(all_of(conn, query, F::load).await?);
    }
    Ok(found)
}

fn encode(error: BoxDynError) -> sqlx::Error {
    sqlx::Error::Encode(error)
}
