//! Feeds that people map in the browser: tables read by a [`FeedProfile`] instead of a parser of our own.
//!
//! [`read`] is total like [`crate::parse`]: one bad row costs that row, named by its line and column; a table whose
//! columns have changed is parked and says which. [`guess`] fills a profile in from a sample.
mod check;
mod clock;
mod columns;
mod csv_rows;
mod event;
mod files;
mod guess;
mod guess_class;
mod guess_form;
mod json_rows;
mod preview;
mod sample;
mod table;

pub use check::{Problem, problems};
pub use columns::Changed;
pub use domain::feed::FeedProfile;
pub use files::{FeedFile, Files, files};
pub use guess::{guess, guess_columns};
pub use guess_class::class_of;
pub use preview::{Preview, PreviewRow, SampleColumn, columns_of, preview};
pub use sample::sample;

use crate::{Context, Parsed, limits};
use chrono::{DateTime, Utc};
use domain::event::Format;
use domain::feed::TableForm;
use event::Plan;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use table::Table;

/// Faults of rows that are kept one by one.
const MOST_FAULTS: usize = 1000;

/// A table read by a profile.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// Events, faults, disposition.
    pub parsed: Parsed,
    /// Rows that are events.
    pub rows: usize,
    /// Rows that are not.
    pub bad_rows: usize,
    /// How the columns differ from the profile's; `None` if the file is no table of that form.
    pub changed: Option<Changed>,
}

/// Reads a table by a profile. Never fails and never panics.
#[must_use]
pub fn read(bytes: &[u8], profile: &FeedProfile, received_at: DateTime<Utc>) -> Read {
    let outcome = catch_unwind(AssertUnwindSafe(|| read_table(bytes, profile, received_at)));
    let mut read = outcome.unwrap_or_else(|_| {
        parked(profile, None, "the reader failed on these bytes; they are kept and can be read again".into())
    });
    read.parsed.settle();
    read.parsed.sha256 = crate::sha256_hex(bytes);
    read
}

/// Reads the files of a delivery that fit a profile as one report; if none fits, the answer says why the first does not.
/// With `named` only files whose name fits the profile's pattern count.
#[must_use]
pub fn read_files(files: &Files, profile: &FeedProfile, received_at: DateTime<Utc>, named: bool) -> Read {
    let (mut good, mut bad): (Option<Read>, Option<Read>) = (None, None);
    for file in files.files.iter().filter(|file| !named || profile.found.fits_file(&file.name)) {
        let one = read(&file.bytes, profile, received_at);
        // A table with other columns says more than a text that is no table.
        let better = bad.as_ref().is_none_or(|bad| bad.changed.is_none() && one.changed.is_some());
        match &mut good {
            _ if one.rows == 0 && better => bad = Some(one),
            _ if one.rows == 0 => {}
            Some(all) => {
                all.rows += one.rows;
                all.bad_rows += one.bad_rows;
                all.parsed.merge(one.parsed);
            }
            None => good = Some(one),
        }
    }
    let mut read = good.or(bad).unwrap_or_else(|| parked(profile, None, "it brings no file that fits".into()));
    read.parsed.sender.clone_from(&files.sender);
    read.parsed.subject.clone_from(&files.subject);
    read.parsed.settle();
    read
}

/// How the columns of a table differ from those the profile expects; the error says why it is no such table.
///
/// # Errors
/// In words for people.
pub fn changed_columns(bytes: &[u8], profile: &FeedProfile) -> Result<Changed, String> {
    let table = Table::open(bytes, profile)?;
    Ok(columns::compare(&table, profile))
}

/// The format that events of a profile are filed under.
fn format(profile: &FeedProfile) -> Format {
    match profile.form {
        TableForm::Csv | TableForm::Tsv => Format::Csv,
        TableForm::Json | TableForm::Ndjson => Format::Json,
    }
}

fn parked(profile: &FeedProfile, changed: Option<Changed>, why: String) -> Read {
    let reason = format!("feed {}: {why}", profile.name);
    let parsed = Parsed::parked(format(profile), reason).from(Some(profile.reporter.clone()));
    Read { parsed, rows: 0, bad_rows: 0, changed }
}

fn read_table(bytes: &[u8], profile: &FeedProfile, received_at: DateTime<Utc>) -> Read {
    if bytes.len() as u64 > limits::UNPACKED_BYTES {
        return parked(profile, None, "the file is too large".into());
    }
    let table = match Table::open(bytes, profile) {
        Ok(table) => table,
        Err(why) => return parked(profile, None, why),
    };
    let changed = columns::compare(&table, profile);
    if !changed.readable() {
        let why = format!("its columns have changed: {}", changed.words().unwrap_or_default());
        return parked(profile, Some(changed), why);
    }
    let mut reading = Reading::new(profile);
    reading.parsed.faults.extend(changed.words().map(|words| format!("feed {}: columns: {words}", profile.name)));
    let plan = Plan::new(profile, &table, Context { received_at, depth: 0 });
    table.visit(&mut |row| match row {
        Err((place, why)) => {
            reading.bad(format!("{place}: {why}"));
            ControlFlow::Continue(())
        }
        Ok(row) if reading.parsed.events.len() >= limits::EVENTS => {
            let fault = format!("{} and all after it were not read: more than {} events", row.place, limits::EVENTS);
            reading.parsed.fault(fault);
            ControlFlow::Break(())
        }
        Ok(row) => {
            match plan.event(&row) {
                Ok(event) => reading.parsed.events.push(event),
                Err(fault) => reading.bad(format!("{}, {fault}", row.place)),
            }
            ControlFlow::Continue(())
        }
    });
    reading.done(changed)
}

/// What has been read so far.
struct Reading {
    parsed: Parsed,
    bad: usize,
}

impl Reading {
    fn new(profile: &FeedProfile) -> Self {
        let parsed = Parsed::events(format(profile), Vec::new()).from(Some(profile.reporter.clone()));
        Self { parsed, bad: 0 }
    }

    fn bad(&mut self, fault: String) {
        self.bad += 1;
        if self.bad <= MOST_FAULTS {
            self.parsed.fault(fault);
        }
    }

    fn done(self, changed: Changed) -> Read {
        let mut parsed = self.parsed;
        if self.bad > MOST_FAULTS {
            parsed.fault(format!("{} more rows could not be read", self.bad - MOST_FAULTS));
        }
        let rows = parsed.events.len();
        Read { parsed, rows, bad_rows: self.bad, changed: Some(changed) }
    }
}
