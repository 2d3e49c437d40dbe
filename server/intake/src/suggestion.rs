//! What a person who reads a parked report is offered: likely sources, times and classes, each with its reason.
use crate::{Context, Hint, detect, text};
use chrono::{DateTime, Utc};
use domain::class::Class;
use domain::event::{Source, TimeGrade};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A guess, why it was made, and where it was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hinted<T> {
    /// What is guessed.
    pub value: T,
    /// Why, in words for people.
    pub reason: String,
    /// The line in which it was found, at most 200 bytes, without control characters. Hostile text.
    pub excerpt: String,
}

/// A time in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// The instant; UTC is assumed where the text gives no zone.
    pub at: DateTime<Utc>,
    /// How well it is known.
    pub grade: TimeGrade,
}

/// Guesses about one report, best first in each list, each value once. Any list may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// What the report could point at.
    pub sources: Vec<Hinted<Source>>,
    /// When it could have been.
    pub times: Vec<Hinted<Moment>>,
    /// What kind of abuse it could be.
    pub classes: Vec<Hinted<Class>>,
}

/// Reads a report only for guesses: what a person is offered who has to finish it. Total, as [`parse`](crate::parse) is.
/// Sources inside `own`, the provider's own ranges, come first.
#[must_use]
pub fn suggest(bytes: &[u8], hint: Hint<'_>, received_at: DateTime<Utc>, own: &[IpNet]) -> Suggestion {
    let context = Context::of(received_at);
    let read = || text::suggest(detect::document(bytes, hint), context, own);
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_default()
}
