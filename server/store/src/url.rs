//! Which engine a database address names.
use crate::error::{Result, StoreError};
use std::path::PathBuf;

pub(crate) enum Kind {
    Sqlite(PathBuf),
    Postgres,
}

pub(crate) fn kind(url: &str) -> Result<Kind> {
    if let Some(path) = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")) {
        if path.is_empty() || path.contains(":memory:") {
            return Err(StoreError::Url("sqlite needs a file, such as sqlite://lazaret.db".to_owned()));
        }
        return Ok(Kind::Sqlite(PathBuf::from(path)));
    }
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok(Kind::Postgres);
    }
    Err(StoreError::Url("must begin with sqlite:// or postgres://".to_owned()))
}
