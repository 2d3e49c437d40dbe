//! Fixtures and a fixed time of receipt for the tests of the readers.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]
use chrono::{DateTime, Utc};
use intake::{Hint, Parsed, parse};
use std::path::Path;

/// The day on which all fixtures arrive.
pub(crate) fn received_at() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2024-05-02T08:00:00Z").unwrap().to_utc()
}

/// Bytes of a fixture.
pub(crate) fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)).unwrap()
}

/// A fixture, read under its own name.
pub(crate) fn read(name: &str) -> Parsed {
    read_as(&fixture(name), name)
}

/// Bytes, read under a name.
pub(crate) fn read_as(bytes: &[u8], name: &str) -> Parsed {
    parse(bytes, Hint { content_type: None, file_name: Some(name) }, received_at())
}
