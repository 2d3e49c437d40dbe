//! What can go wrong between the desk and its memory.
use thiserror::Error;

/// Result of a store call.
pub type Result<T> = std::result::Result<T, StoreError>;

/// A failed store call. The transaction it happened in is rolled back.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The database address is not one.
    #[error("database.url: {0}")]
    Url(String),
    /// The engine is unreachable or refused the statement.
    #[error("database: {0}")]
    Engine(sqlx::Error),
    /// A unique index said no: the thing is there already, or somebody was faster.
    #[error("{0} exists already")]
    Conflict(String),
    /// An update expected to change one row and did not: somebody else changed it first.
    #[error("somebody changed this in the meantime")]
    Stale,
    /// A stored value that the domain does not know.
    #[error("column {column} holds {value:?}, which is not a known value")]
    Inconsistent {
        /// Which column.
        column: &'static str,
        /// What it holds.
        value: String,
    },
    /// The schema could not be brought to this version.
    #[error("migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The ledger's right edge is damaged: run `lazaret verify`.
    #[error("ledger: {0}")]
    Ledger(String),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if let sqlx::Error::Database(database) = &error
            && database.is_unique_violation()
        {
            return Self::Conflict(database.constraint().unwrap_or(database.message()).to_owned());
        }
        Self::Engine(error)
    }
}

impl StoreError {
    /// Whether trying the whole transaction again may help: a serialisation failure, a deadlock, a busy file.
    pub fn is_transient(&self) -> bool {
        let Self::Engine(sqlx::Error::Database(error)) = self else { return false };
        matches!(error.code().as_deref(), Some("40001" | "40P01" | "5" | "517"))
    }
}
