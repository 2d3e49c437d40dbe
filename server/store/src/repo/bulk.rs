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

/// Whether an insert of that many rows is worth a place among the prepared statements: a full chunk, or a single row.
pub(crate) const fn common(rows: usize) -> bool {
    rows == CHUNK || rows == 1
}

/// Runs it; `keep` has it stay prepared.
pub(crate) async fn run(conn: &mut Raw, mut builder: QueryBuilder<Db>, keep: bool) -> Result<u64> {
    Ok(builder.build().persistent(keep).execute(conn).await?.rows_affected())
}

/// Runs it and reads what it returns.
pub(crate) async fn fetch<T: Load>(conn: &mut Raw, mut builder: QueryBuilder<Db>, keep: bool) -> Result<Vec<T>> {
    builder.build().persistent(keep).fetch_all(conn).await?.iter().map(T::load).collect()
}

/// Reads the rows that `head`, a list of some of the keys and `tail` find, for all of the keys.
pub(crate) async fn of_keys<K: Clone, T: Load>(
    conn: &mut Raw,
    (head, tail): (&'static str, &'static str),
    keys: &[K],
    keep: bool,
    bind: impl Fn(&mut Separated<'_, Db, &'static str>, K),
) -> Result<Vec<T>> {
    let mut found = Vec::with_capacity(keys.len());
    for chunk in keys.chunks(CHUNK) {
        let mut builder = QueryBuilder::new(head);
        let mut list = builder.separated(", ");
        for key in padded(chunk) {
            bind(&mut list, key);
        }
        builder.push(tail);
        found.extend(fetch::<T>(conn, builder, keep).await?);
    }
    Ok(found)
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
