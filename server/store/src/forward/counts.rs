//! The numbers in the rail.
use super::forward;
use crate::types::Counts;
use chrono::{DateTime, Utc};

forward! {
    /// How much waits where at `now`.
    fn counts(now: DateTime<Utc>) -> Counts = counts::counts;
}
