//! Many rows in one statement: text and bounds of multi-row inserts and of look-ups by many keys.
use super::{Db, Raw, Result, load::Load};
use sqlx::{QueryBuilder, query_builder::Separated};

/// Rows of one statement: with at most 26 columns far below SQLite's 32,766 parameters.
pub(crate) const CHUNK: usize = 500;

/// `head VALUES (…), (…) tail` for up to [`CHUNK`] rows.
pub(crate) fn insert<T>(
    head: &'static str,
    tail: &'static str,
    rows: &[T],
    bind: impl Fn(&mut Separated<'_, Db, &'static str>, &T),
) -> QueryBuilder<Db> {
    let mut builder = QueryBuilder::new(head);
    builder.push_values(rows, |mut row, item| bind(&mut row, item));
    builder.push(tail);
    builder
}

/// Runs it. Only full chunks are worth a place among the prepared statements.
pub(crate) async fn run(conn: &mut Raw, mut builder: QueryBuilder<Db>, full: bool) -> Result<u64> {
    Ok(builder.build().persistent(full).execute(conn).await?.rows_affected())
}

/// Runs it and reads what it returns.
pub(crate) async fn fetch<T: Load>(conn: &mut Raw, mut builder: QueryBuilder<Db>, full: bool) -> Result<Vec<T>> {
    builder.build().persistent(full).fetch_all(conn).await?.iter().map(T::load).collect()
}

/// Repeats the last key until the list has one of a few lengths, so that few statements serve every batch.
pub(crate) fn padded<K: Clone>(keys: &[K]) -> Vec<K> {
    let size = [1, 8, 64, CHUNK].into_iter().find(|size| *size >= keys.len()).unwrap_or(keys.len());
    let mut padded = keys.to_vec();
    if let Some(last) = keys.last() {
        padded.resize(size, last.clone());
    }
    padded
}

/// A folded word for `LIKE '%…%' ESCAPE '\'`: lower case, the pattern's own signs escaped.
pub(crate) fn like(text: &str) -> String {
    let folded = text.trim().to_lowercase();
    folded.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
