//! What only SQLite needs: its pools, its pragmas, its migrations, its fragments of SQL.
use crate::Result;
use sqlx::{
    SqlitePool, Transaction,
    pool::PoolConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{path::Path, time::Duration};

pub(crate) type Db = sqlx::Sqlite;

/// Fragments in which the engines differ.
pub(crate) mod dialect {
    use super::repo::{
        bulk,
        given::{Column, Leases, add_value},
    };
    use sqlx::{Arguments as _, QueryBuilder, error::BoxDynError, sqlite::SqliteArguments};

    /// Passes over rows another worker holds: SQLite has one writer, nothing to pass over.
    pub(crate) const SKIP_LOCKED: &str = "";
    /// Whoever changes the rows that were read waits for the end of this transaction: here he does so anyway.
    pub(crate) const HOLD: &str = "";
    /// The leases of which the column is one of these values of `p`: a part for each value. A list that differs from row to
    /// row would be put into a table of its own each time.
    pub(crate) fn for_each<S: AsRef<str>>(asked: &Leases, values: &[S]) -> String {
        let Leases { columns, when, key, with: (with, by) } = asked;
        let part = |(n, value): (usize, &S)| {
            let value = value.as_ref();
            let others = values.iter().take(n).map(|before| format!(" AND {value} <> {}", before.as_ref()));
            let others: String = others.collect();
            format!(
                "SELECT {columns} FROM p CROSS JOIN leases l CROSS JOIN {with}
                    WHERE {by} AND {when} AND {key} = {value}{others}"
            )
        };
        values.iter().enumerate().map(part).collect::<Vec<_>>().join(" UNION ALL ")
    }
    /// Migrations of this engine: number, name, SQL.
    pub(crate) const MIGRATIONS: &[(i64, &str, &str)] = &[
        (1, "desk", include_str!("../../../migrations/sqlite/0001_desk.sql")),
        (2, "speed", include_str!("../../../migrations/sqlite/0002_speed.sql")),
        (3, "append_only", include_str!("../../../migrations/sqlite/0003_append_only.sql")),
        (4, "channels", include_str!("../../../migrations/sqlite/0004_channels.sql")),
        (5, "feeds", include_str!("../../../migrations/sqlite/0005_feeds.sql")),
        (6, "triage", include_str!("../../../migrations/sqlite/0006_triage.sql")),
        (7, "again", include_str!("../../../migrations/sqlite/0007_again.sql")),
        (8, "reporters", include_str!("../../../migrations/sqlite/0008_reporters.sql")),
        (9, "leases", include_str!("../../../migrations/sqlite/0009_leases.sql")),
        (10, "envelopes", include_str!("../../../migrations/sqlite/0010_envelopes.sql")),
        (11, "growth", include_str!("../../../migrations/sqlite/0011_growth.sql")),
        (12, "token_scope", include_str!("../../../migrations/sqlite/0012_token_scope.sql")),
        (13, "corrections", include_str!("../../../migrations/sqlite/0013_corrections.sql")),
        (14, "names", include_str!("../../../migrations/sqlite/0014_names.sql")),
        (15, "resolver", include_str!("../../../migrations/sqlite/0015_resolver.sql")),
        (16, "contradictions", include_str!("../../../migrations/sqlite/0016_contradictions.sql")),
        (17, "orders", include_str!("../../../migrations/sqlite/0017_orders.sql")),
        (18, "lease_rows", include_str!("../../../migrations/sqlite/0018_lease_rows.sql")),
        (19, "lease_eras", include_str!("../../../migrations/sqlite/0019_lease_eras.sql")),
        (20, "lease_lots", include_str!("../../../migrations/sqlite/0020_lease_lots.sql")),
        (21, "lease_kinds", include_str!("../../../migrations/sqlite/0021_lease_kinds.sql")),
        (22, "lease_news", include_str!("../../../migrations/sqlite/0022_lease_news.sql")),
    ];

    /// Takes so many numbers for new holders; what it says is the last.
    pub(crate) const HOLDER_NUMBERS: &str = "INSERT INTO counters (name, value) VALUES ('lease_holders', $1)
        ON CONFLICT (name) DO UPDATE SET value = counters.value + excluded.value RETURNING value";

    /// The numbers that were taken.
    pub(crate) fn numbers(said: Vec<i64>, many: i64) -> Vec<i64> {
        said.into_iter().flat_map(|last| last - many + 1..=last).collect()
    }

    /// Rows or keys of one statement: with fifteen columns far below SQLite's 32,766 parameters.
    pub(crate) const GIVEN_MAX: usize = bulk::CHUNK;

    /// Whether a statement is as quick for any number of rows as for one of a few numbers.
    pub(crate) const ANY_SIZE: bool = false;

    /// So many rows have the same text.
    pub(crate) const fn alike(rows: usize) -> usize {
        rows
    }

    /// The rows as `VALUES`: SQLite knows no arrays. Its parameters have no names: it looks for a name among all names.
    pub(crate) fn given<T>(columns: &[Column<T>], rows: usize) -> String {
        let row = format!("(?{})", ", ?".repeat(columns.len().saturating_sub(1)));
        format!("VALUES {row}{}", format!(", {row}").repeat(rows.saturating_sub(1)))
    }

    /// The values, row by row.
    pub(crate) fn bound<T>(columns: &[Column<T>], rows: &[T]) -> Result<SqliteArguments, BoxDynError> {
        let mut bound = SqliteArguments::default();
        bound.reserve(columns.len() * rows.len(), 0);
        for row in rows {
            for column in columns {
                add_value!(bound, column, row)?;
            }
        }
        Ok(bound)
    }

    /// "is one of these keys"; the last is repeated until there is one of a few lengths, so that few statements serve all.
    pub(crate) fn among(
        builder: &mut QueryBuilder<super::Db>,
        keys: &[String],
        start: impl Fn(&mut QueryBuilder<super::Db>),
    ) {
        start(builder);
        let mut list = builder.push(" IN (").separated(", ");
        for key in bulk::padded(keys) {
            list.push_bind(key);
        }
        builder.push(")");
    }

    /// Whether a writing statement for so many rows is worth a place among those that stay prepared.
    pub(crate) const fn write_kept(rows: usize) -> bool {
        bulk::common(rows)
    }

    /// Whether a reading one is.
    pub(crate) const fn read_kept(rows: usize) -> bool {
        bulk::common(rows)
    }
}

#[path = "repo/mod.rs"]
pub(crate) mod repo;

/// One writer, several readers: a transaction that reads and then writes would fail at once otherwise
/// (SQLITE_BUSY_SNAPSHOT ignores the busy time-out).
#[derive(Clone)]
pub(crate) struct Pools {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl Pools {
    /// `durable`: a commit survives a power cut, as every answer that says "stored" promises (design rule 1).
    pub(crate) async fn open(path: &Path, durable: bool) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(if durable { SqliteSynchronous::Full } else { SqliteSynchronous::Off })
            .busy_timeout(Duration::from_secs(10))
            .foreign_keys(true)
            .pragma("temp_store", "memory")
            .pragma("cache_size", "-32768")
            // Whose addresses were is looked up among millions of leases: as many pages as may be are mapped instead of copied.
            // They are the system's cache, not memory of ours.
            .pragma("mmap_size", "2147418112")
            // 32 MB instead of 4: a page that many transactions change is copied back once.
            .pragma("wal_autocheckpoint", "8192")
            // What an import of millions of rows has made of it is given back when the journal begins anew.
            .pragma("journal_size_limit", "67108864")
            // Long answers are not handed over row by row.
            .row_buffer_size(1_000);
        let writer = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
        let readers = SqlitePoolOptions::new().max_connections(4).connect_lazy_with(options.pragma("query_only", "on"));
        Ok(Self { writer, readers })
    }

    pub(crate) async fn migrate(&self) -> Result<()> {
        repo::migrator().run(&self.writer).await?;
        let mut tx = self.begin().await?;
        repo::search::fill(&mut tx).await?;
        Ok(tx.commit().await?)
    }

    pub(crate) async fn reader(&self) -> Result<PoolConnection<Db>> {
        Ok(self.readers.acquire().await?)
    }

    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Db>> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }

    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}
