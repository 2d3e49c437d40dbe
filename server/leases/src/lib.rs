//! Reads what lease sources write: bytes in, sayings out, with the line and the reason for everything that is none.
//!
//! A [`Reader`] is given bytes as they come and never needs a whole file; it does no IO and has no clock. One bad row
//! costs that row. The same readers serve the command line, the HTTP interface and the followers of files.
mod cgnat;
mod conntrack;
mod csv;
mod dhcp;
mod format;
mod isc;
mod kea;
mod mac;
mod ndjson;
pub mod radius;
mod reader;
mod row;
mod tenancy;
mod time;

pub use format::{Format, Prefer};
pub use reader::{Place, Reader, Settings};
pub use time::Zone;

use domain::saying::Saying;

/// A saying and, where the row names one, its own source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What was said.
    pub saying: Saying,
    /// The source that the row names.
    pub source: Option<String>,
}

/// A row that says nothing that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its line, from 1.
    pub line: u64,
    /// What is wrong and what would be right.
    pub reason: String,
}

/// What was read since it was last taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Out {
    /// In the order of the file.
    pub said: Vec<Said>,
    /// Rows that could not be used.
    pub refused: Vec<Refused>,
    /// What is left out of the file without costing a row.
    pub noted: Vec<Refused>,
    /// Why the file as a whole cannot be used.
    pub useless: Option<String>,
    /// Rows read, used or not.
    pub rows: u64,
}

impl Out {
    fn say(&mut self, saying: Saying) {
        self.said.push(Said { saying, source: None });
    }

    fn refuse(&mut self, line: u64, reason: impl Into<String>) {
        // A reason quotes the row: it must not become as long as a row may be.
        let reason: String = reason.into().chars().filter(|letter| !letter.is_control()).take(300).collect();
        self.refused.push(Refused { line, reason });
    }
}
