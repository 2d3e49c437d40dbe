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

use crate::{Context, Opened, Parsed, events, limits};
use chrono::{DateTime, Utc};
use domain::event::{Format, Observation};
use domain::feed::TableForm;
use event::Plan;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use table::Table;

/// A table read by a profile: as [`Parsed`], or as [`Opened`] to have its events one by one.
#[derive(Debug, Clone, PartialEq)]
pub struct Read<P = Parsed> {
    /// Events, faults, disposition.
    pub parsed: P,
    /// Rows that are events.
    pub rows: usize,
    /// Rows that are not.
    pub bad_rows: usize,
    /// How the columns differ from the profile's; `None` if the file is no table of that form.
    pub changed: Option<Changed>,
}

impl<P> Read<P> {
    fn map<Q>(self, to: impl FnOnce(P) -> Q) -> Read<Q> {
        let Self { parsed, rows, bad_rows, changed } = self;
        Read { parsed: to(parsed), rows, bad_rows, changed }
    }
}

/// Reads a table by a profile. Never fails and never panics.
#[must_use]
pub fn read(bytes: &[u8], profile: &FeedProfile, received_at: DateTime<Utc>) -> Read {
    let read = read_one(bytes, profile, Context::of(received_at)).map(|parsed| Opened::of(parsed).collect());
    read.map(|parsed| Parsed { sha256: crate::sha256_hex(bytes), ..parsed })
}

fn read_one(bytes: &[u8], profile: &FeedProfile, context: Context<'_>) -> Read {
    catch_unwind(AssertUnwindSafe(|| read_table(bytes, profile, context))).unwrap_or_else(|_| {
        parked(profile, None, "the reader failed on these bytes; they are kept and can be read again".into())
    })
}

/// Reads the files of a delivery that fit a profile as one report; if none fits, the answer says why the first does not.
/// With `named` only files whose name fits the profile's pattern count.
#[must_use]
pub fn read_files(files: &Files, profile: &FeedProfile, received_at: DateTime<Utc>, named: bool) -> Read<Opened> {
    let (mut good, mut bad): (Option<Read>, Option<Read>) = (None, None);
    for file in files.files.iter().filter(|file| !named || profile.found.fits_file(&file.name)) {
        let context = Context { streamed: Some(&file.bytes), ..Context::of(received_at) };
        let one = read_one(&file.bytes, profile, context);
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
    read.map(Opened::of)
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

fn read_table(bytes: &[u8], profile: &FeedProfile, context: Context<'_>) -> Read {
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
    drop(table);
    let (by, received_at) = (profile.clone(), context.received_at);
    let read = move |bytes: &[u8], parsed: &mut Parsed, each: &mut dyn FnMut(Observation)| {
        rows((bytes, &by), Context::of(received_at), parsed, each);
    };
    let mut parsed = events::of_table(format(profile), bytes, context, read).from(Some(profile.reporter.clone()));
    if let Some(words) = changed.words() {
        parsed.faults.insert(0, format!("feed {}: columns: {words}", profile.name));
    }
    let rows = parsed.events.len() + parsed.tables.iter().map(events::Table::len).sum::<usize>();
    Read { rows, bad_rows: parsed.bad_rows, parsed, changed: Some(changed) }
}

/// Hands over the events of a table's rows.
fn rows(
    (bytes, profile): (&[u8], &FeedProfile),
    context: Context<'_>,
    parsed: &mut Parsed,
    each: &mut dyn FnMut(Observation),
) {
    let Ok(table) = Table::open(bytes, profile) else { return };
    let plan = Plan::new(profile, &table, context);
    let mut events = 0;
    table.visit(&mut |row| {
        match row {
            Err((place, why)) => parsed.bad_row(format!("{place}: {why}")),
            Ok(row) if events >= limits::EVENTS => {
                let fault =
                    format!("{} and all after it were not read: more than {} events", row.place, limits::EVENTS);
                parsed.fault(fault);
                return ControlFlow::Break(());
            }
            Ok(row) => match plan.event(&row) {
                Ok(event) => {
                    events += 1;
                    each(event);
                }
                Err(fault) => parsed.bad_row(format!("{}, {fault}", row.place)),
            },
        }
        ControlFlow::Continue(())
    });
}
