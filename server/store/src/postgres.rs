//! What only PostgreSQL needs: its pool, its migrations, its fragments of SQL.
use crate::Result;
use sqlx::{PgPool, Transaction, pool::PoolConnection, postgres::PgPoolOptions};
use std::time::Duration;

pub(crate) type Db = sqlx::Postgres;

/// Fragments in which the engines differ.
pub(crate) mod dialect {
    /// Passes over rows another worker holds.
    pub(crate) const SKIP_LOCKED: &str = "FOR UPDATE SKIP LOCKED";
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
    ];
}

#[path = "repo/mod.rs"]
pub(crate) mod repo;

/// One pool for everything.
#[derive(Clone)]
pub(crate) struct Pools {
    pool: PgPool,
}

impl Pools {
    pub(crate) async fn open(url: &str) -> Result<Self> {
        let options = PgPoolOptions::new().max_connections(12).acquire_timeout(Duration::from_secs(10));
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

    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Db>> {
        Ok(self.pool.begin().await?)
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }
}
