//! What only PostgreSQL needs: its pool, its migrations, its fragments of SQL.
use crate::Result;
use sqlx::{Executor as _, PgPool, Transaction, pool::PoolConnection, postgres::PgPoolOptions};
use std::time::Duration;

pub(crate) type Db = sqlx::Postgres;

/// Fragments in which the engines differ.
pub(crate) mod dialect {
    use super::repo::given::{Column, Leases, add_value};
    use sqlx::{Arguments as _, QueryBuilder, error::BoxDynError, postgres::PgArguments};

    /// Passes over rows another worker holds.
    pub(crate) const SKIP_LOCKED: &str = "FOR UPDATE SKIP LOCKED";
    /// Whoever changes the rows that were read waits for the end of this transaction.
    pub(crate) const HOLD: &str = "FOR SHARE";
    /// The leases of which the column is one of these values of `p`; an `IN` would be no condition of an index here. What is
    /// asked stands behind `OFFSET 0`, so that the server asks it once for each row of `p`: while an import goes on it knows
    /// too little of how much there is, and would read millions of leases to join them with a hundred questions.
    pub(crate) fn for_each<S: AsRef<str>>(asked: &Leases, values: &[S]) -> String {
        let Leases { columns, when, key, with: (with, by) } = asked;
        let values: Vec<&str> = values.iter().map(AsRef::as_ref).collect();
        format!(
            "SELECT {columns} FROM p CROSS JOIN LATERAL (SELECT * FROM leases l WHERE {when} AND {key} = ANY(ARRAY[{}])
                OFFSET 0) l CROSS JOIN {with} WHERE {by}",
            values.join(", ")
        )
    }
    /// Migrations of this engine: number, name, SQL.
    pub(crate) const MIGRATIONS: &[(i64, &str, &str)] = &[
        (1, "desk", include_str!("../../../migrations/postgres/0001_desk.sql")),
        (2, "speed", include_str!("../../../migrations/postgres/0002_speed.sql")),
        (3, "append_only", include_str!("../../../migrations/postgres/0003_append_only.sql")),
        (4, "channels", include_str!("../../../migrations/postgres/0004_channels.sql")),
        (5, "feeds", include_str!("../../../migrations/postgres/0005_feeds.sql")),
        (6, "triage", include_str!("../../../migrations/postgres/0006_triage.sql")),
        (7, "again", include_str!("../../../migrations/postgres/0007_again.sql")),
        (8, "reporters", include_str!("../../../migrations/postgres/0008_reporters.sql")),
        (9, "leases", include_str!("../../../migrations/postgres/0009_leases.sql")),
        (10, "envelopes", include_str!("../../../migrations/postgres/0010_envelopes.sql")),
        (11, "growth", include_str!("../../../migrations/postgres/0011_growth.sql")),
        (12, "token_scope", include_str!("../../../migrations/postgres/0012_token_scope.sql")),
        (13, "corrections", include_str!("../../../migrations/postgres/0013_corrections.sql")),
        (14, "names", include_str!("../../../migrations/postgres/0014_names.sql")),
        (15, "resolver", include_str!("../../../migrations/postgres/0015_resolver.sql")),
        (16, "contradictions", include_str!("../../../migrations/postgres/0016_contradictions.sql")),
        (17, "orders", include_str!("../../../migrations/postgres/0017_orders.sql")),
        (18, "lease_rows", include_str!("../../../migrations/postgres/0018_lease_rows.sql")),
        (19, "lease_eras", include_str!("../../../migrations/postgres/0019_lease_eras.sql")),
        (20, "lease_lots", include_str!("../../../migrations/postgres/0020_lease_lots.sql")),
        (21, "lease_kinds", include_str!("../../../migrations/postgres/0021_lease_kinds.sql")),
        (22, "lease_news", include_str!("../../../migrations/postgres/0022_lease_news.sql")),
    ];

    /// Takes so many numbers for new holders, and says them. A counter would have whoever comes second wait for the end of the
    /// other's transaction.
    pub(crate) const HOLDER_NUMBERS: &str = "SELECT nextval('lease_holder_ids') AS value FROM generate_series(1, $1)";

    /// The numbers that were taken.
    pub(crate) const fn numbers(said: Vec<i64>, _: i64) -> Vec<i64> {
        said
    }

    /// Rows or keys of one statement: while the server takes them, the next are made ready.
    pub(crate) const GIVEN_MAX: usize = 4_000;

    /// Whether a statement is as quick for any number of rows as for one of a few numbers.
    pub(crate) const ANY_SIZE: bool = true;

    /// So few rows are values. Of an array the server does not know how much it holds: it takes a plan for any array to be
    /// dearer than one for this array, and plans each time, which takes longer than one look-up.
    const FEW: usize = 4;

    /// So many rows have the same text.
    pub(crate) const fn alike(rows: usize) -> usize {
        if rows > FEW { FEW + 1 } else { rows }
    }

    /// The rows as an array for each column. One text and one plan serve any number of rows; thousands of parameters would
    /// be read and planned each time.
    pub(crate) fn given<T>(columns: &[Column<T>], rows: usize) -> String {
        let kinds = || columns.iter().map(kind);
        if rows <= FEW {
            let row = |n: usize| kinds().zip(n * columns.len() + 1..).map(|(kind, at)| format!("${at}::{kind}"));
            let rows = (0..rows).map(|n| format!("({})", row(n).collect::<Vec<_>>().join(", ")));
            return format!("VALUES {}", rows.collect::<Vec<_>>().join(", "));
        }
        let arrays = kinds().zip(1..).map(|(kind, at)| format!("unnest(${at}::{kind}[])"));
        format!("SELECT {}", arrays.collect::<Vec<_>>().join(", "))
    }

    const fn kind<T>(column: &Column<T>) -> &'static str {
        match column {
            Column::Int(_) | Column::IntOpt(_) => "bigint",
            Column::Text(_) | Column::TextOpt(_) => "text",
            Column::Bytes(_) => "bytea",
            Column::Id(_) | Column::IdOpt(_) => "uuid",
        }
    }

    /// The values, row by row, or the arrays.
    pub(crate) fn bound<T>(columns: &[Column<T>], rows: &[T]) -> Result<PgArguments, BoxDynError> {
        let mut bound = PgArguments::default();
        if rows.len() <= FEW {
            for row in rows {
                for column in columns {
                    add_value!(bound, column, row)?;
                }
            }
            return Ok(bound);
        }
        for column in columns {
            match column {
                Column::Int(of) => bound.add(rows.iter().map(of).collect::<Vec<_>>()),
                Column::IntOpt(of) => bound.add(rows.iter().map(of).collect::<Vec<_>>()),
                Column::Text(of) => bound.add(rows.iter().map(of).collect::<Vec<_>>()),
                Column::TextOpt(of) => bound.add(rows.iter().map(of).collect::<Vec<_>>()),
                Column::Bytes(of) => bound.add(rows.iter().map(of).collect::<Vec<_>>()),
                Column::Id(of) => bound.add(rows.iter().map(of).collect::<Vec<_>>()),
                Column::IdOpt(of) => bound.add(rows.iter().map(of).collect::<Vec<_>>()),
            }?;
        }
        Ok(bound)
    }

    /// "is one of these keys", asked once for each of them as above.
    pub(crate) fn among(
        builder: &mut QueryBuilder<super::Db>,
        keys: &[String],
        start: impl Fn(&mut QueryBuilder<super::Db>),
    ) {
        builder.push("SELECT found.* FROM unnest(").push_bind(keys.to_vec());
        builder.push("::text[]) AS asked (key) CROSS JOIN LATERAL (");
        start(builder);
        builder.push(" = asked.key OFFSET 0) AS found");
    }

    /// Whether a writing statement for so many rows stays prepared.
    pub(crate) const fn write_kept(_: usize) -> bool {
        true
    }

    /// Whether a reading one does. No: an import fills empty tables, and a plan made for an empty one reads all of a full one.
    pub(crate) const fn read_kept(_: usize) -> bool {
        false
    }
}

#[path = "repo/mod.rs"]
pub(crate) mod repo;

/// What the server would get wrong about our short statements. It would compile those that compare leases with events, for it
/// believes that a range of addresses holds half a percent of all events: a second and a half for a batch. It would start
/// helpers, which takes longer than most statements. And it believes that reading out of order costs four times as much as in
/// order, as on a turning disk, so it reads all leases instead of looking five hundred of them up.
const SESSION: &str = "SET jit = off; SET max_parallel_workers_per_gather = 0; SET random_page_cost = 1.1";

/// One pool for everything.
#[derive(Clone)]
pub(crate) struct Pools {
    pool: PgPool,
}

impl Pools {
    pub(crate) async fn open(url: &str) -> Result<Self> {
        let options = PgPoolOptions::new()
            .max_connections(12)
            .min_connections(2)
            .acquire_timeout(Duration::from_secs(10))
            .after_connect(|conn, _| Box::pin(async move { conn.execute(SESSION).await.map(drop) }));
        Ok(Self { pool: options.connect(url).await? })
    }

    pub(crate) async fn migrate(&self) -> Result<()> {
        repo::migrator().run(&self.pool).await?;
        let mut tx = self.begin().await?;
        repo::search::fill(&mut tx).await?;
        Ok(tx.commit().await?)
    }

    pub(crate) async fn reader(&self) -> Result<PoolConnection<Db>> {
        Ok(self.pool.acquire().await?)
    }

    /// Without waiting for one.
    pub(crate) fn free_reader(&self) -> Option<PoolConnection<Db>> {
        self.pool.try_acquire()
    }

    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Db>> {
        Ok(self.pool.begin().await?)
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }
}
