//! The record, and the demo desk that fills it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may fail loudly")]
mod demo;
mod verify;
