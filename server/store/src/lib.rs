//! SQL and nothing else: one repository source, compiled once for SQLite and once for PostgreSQL.
//!
//! * `repo/<noun>.rs` holds the statements (`pub const`, the same text on both engines) and the functions that run them;
//! * `sqlite.rs` and `postgres.rs` each compile `repo/` with their own `Db`, and hold what differs between the engines;
//! * `forward/<noun>.rs` is the list of what [`Conn`] can do, one line each.
//!
//! Reads go through [`Store::read`]. Writes go through [`Store::write`], and a [`Tx`] can only be committed together with
//! ledger entries: an unaudited write does not compile.
mod conn;
mod error;
mod forward;
mod postgres;
mod sqlite;
#[cfg(feature = "testing")]
pub mod testing;
mod tx;
mod types;
mod url;

pub use conn::Conn;
pub use error::{Result, StoreError};
pub use tx::{Chore, Entries, Tx};
pub use types::*;

use domain::clock::SharedClock;
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// The desk's memory, on either engine. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    engine: Engine,
    clock: SharedClock,
    commits: Arc<AtomicU64>,
}

#[derive(Clone)]
enum Engine {
    Sqlite(sqlite::Pools),
    Postgres(postgres::Pools),
}

impl Store {
    /// Opens `sqlite://PATH` (made if missing) or `postgres://...`, without touching the schema.
    ///
    /// # Errors
    /// [`StoreError::Url`] for another scheme, [`StoreError::Engine`] when the database cannot be reached.
    pub async fn open(url: &str, clock: SharedClock) -> Result<Self> {
        let engine = match url::kind(url)? {
            url::Kind::Sqlite(path) => Engine::Sqlite(sqlite::Pools::open(&path, true).await?),
            url::Kind::Postgres => Engine::Postgres(postgres::Pools::open(url).await?),
        };
        Ok(Self { engine, clock, commits: Arc::default() })
    }

    /// The same for a database that can be made again: SQLite does not wait for the disk.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_hasty(url: &str, clock: SharedClock) -> Result<Self> {
        match url::kind(url)? {
            url::Kind::Sqlite(path) => {
                let engine = Engine::Sqlite(sqlite::Pools::open(&path, false).await?);
                Ok(Self { engine, clock, commits: Arc::default() })
            }
            url::Kind::Postgres => Self::open(url, clock).await,
        }
    }

    /// Brings the schema to this version.
    ///
    /// # Errors
    /// [`StoreError::Migration`] when a released migration was changed or a step fails.
    pub async fn migrate(&self) -> Result<()> {
        match &self.engine {
            Engine::Sqlite(pools) => pools.migrate().await,
            Engine::Postgres(pools) => pools.migrate().await,
        }
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// [`StoreError::Engine`] when none is to be had.
    pub async fn read(&self) -> Result<Conn> {
        Ok(match &self.engine {
            Engine::Sqlite(pools) => Conn::sqlite(pools.reader().await?),
            Engine::Postgres(pools) => Conn::postgres(pools.reader().await?),
        })
    }

    /// Another connection beside one for reading, where half of the questions each are quicker answered and one is free: a
    /// connection of PostgreSQL is a process of its own.
    pub fn read_beside(&self) -> Option<Conn> {
        match &self.engine {
            Engine::Sqlite(_) => None,
            Engine::Postgres(pools) => pools.free_reader().map(Conn::postgres),
        }
    }

    /// A transaction for writing. On SQLite it is the only writer; await nothing but SQL inside it.
    ///
    /// # Errors
    /// [`StoreError::Engine`] when none is to be had.
    pub async fn write(&self) -> Result<Tx> {
        let conn = match &self.engine {
            Engine::Sqlite(pools) => Conn::sqlite_tx(pools.begin().await?),
            Engine::Postgres(pools) => Conn::postgres_tx(pools.begin().await?),
        };
        Ok(Tx::new(conn, self.clock.clone(), self.commits.clone()))
    }

    /// The clock that dates everything written here.
    pub fn clock(&self) -> &SharedClock {
        &self.clock
    }

    /// How often this process has committed something that a page may show. Read it before you count what you keep.
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Acquire)
    }

    /// `sqlite` or `postgres`.
    pub const fn engine_name(&self) -> &'static str {
        match &self.engine {
            Engine::Sqlite(_) => "sqlite",
            Engine::Postgres(_) => "postgres",
        }
    }

    /// Transactions that one import of leases writes at the same time.
    pub const fn writers(&self) -> usize {
        match &self.engine {
            Engine::Sqlite(_) => 1,
            Engine::Postgres(_) => 2,
        }
    }

    /// Closes every connection; on SQLite this also tidies the file.
    pub async fn close(&self) {
        match &self.engine {
            Engine::Sqlite(pools) => pools.close().await,
            Engine::Postgres(pools) => pools.close().await,
        }
    }
}
