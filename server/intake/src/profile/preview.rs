//! The first rows of a sample: as they stand, and as the events they would be.
use super::columns::{Changed, compare};
use super::event::Plan;
use super::table::Table;
use crate::{Context, limits};
use chrono::{DateTime, Utc};
use domain::event::Observation;
use domain::feed::FeedProfile;
use std::ops::ControlFlow;

/// Longest cell that is shown.
const CELL_BYTES: usize = 120;

/// A column of a sample with what stands in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleColumn {
    /// Its name.
    pub name: String,
    /// Its values in the first rows, empty ones left out.
    pub values: Vec<String>,
}

impl SampleColumn {
    /// Whether at least half of the values are so; a column without values is nothing.
    pub(super) fn mostly(&self, is: impl Fn(&str) -> bool) -> bool {
        let good = self.values.iter().filter(|v| is(v)).count();
        good > 0 && good * 2 >= self.values.len()
    }

    /// The values, each once, in the order of their first.
    #[must_use]
    pub fn distinct_values(&self) -> Vec<String> {
        let mut seen = std::collections::HashSet::new();
        self.values.iter().filter(|v| seen.insert(v.to_lowercase())).cloned().collect()
    }

    pub(super) fn distinct(&self) -> usize {
        self.distinct_values().len()
    }
}

/// A row of a sample.
#[derive(Debug, Clone, PartialEq)]
pub struct PreviewRow {
    /// `line 7`, `row 7`.
    pub place: String,
    /// The event it would be, or why it is none.
    pub event: Result<Observation, String>,
}

/// A sample read by a profile.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// How the columns differ from the profile's.
    pub changed: Changed,
    /// The first rows.
    pub rows: Vec<PreviewRow>,
    /// All rows of the sample.
    pub total: usize,
    /// Rows that would be no event.
    pub bad: usize,
    /// The first rows that would be no event, also behind those shown.
    pub faults: Vec<String>,
}

/// Reads a sample as [`super::read`] would, and shows its first `n` rows.
///
/// # Errors
/// Why the bytes are no table of the profile's form.
pub fn preview(bytes: &[u8], profile: &FeedProfile, received_at: DateTime<Utc>, n: usize) -> Result<Preview, String> {
    let table = Table::open(bytes, profile)?;
    let plan = Plan::new(profile, &table, Context::of(received_at));
    let changed = compare(&table, profile);
    let mut shown = Preview { changed, rows: Vec::new(), total: 0, bad: 0, faults: Vec::new() };
    table.visit(&mut |row| {
        let (place, event) = match row {
            Ok(row) => (row.place, plan.event(&row).map_err(|fault| fault.to_string())),
            Err((place, why)) => (place, Err(why)),
        };
        shown.total += 1;
        if let Err(why) = &event {
            shown.bad += 1;
            if shown.faults.len() < 20 {
                shown.faults.push(format!("{place}: {why}"));
            }
        }
        if shown.rows.len() < n {
            shown.rows.push(PreviewRow { place: place.to_string(), event });
        }
        if shown.total >= limits::EVENTS { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    Ok(shown)
}

/// The columns of a sample and their values in the first `rows` rows.
///
/// # Errors
/// Why the bytes are no table of the profile's form.
pub fn columns_of(bytes: &[u8], profile: &FeedProfile, rows: usize) -> Result<Vec<SampleColumn>, String> {
    let table = Table::open(bytes, profile)?;
    let names = table.columns.iter().cloned();
    let mut columns: Vec<_> = names.map(|name| SampleColumn { name, values: Vec::new() }).collect();
    let mut seen = 0;
    table.visit(&mut |row| {
        if let Ok(row) = row {
            for (at, column) in columns.iter_mut().enumerate() {
                column.values.extend(row.cell(at).map(|text| limits::clip(&text, CELL_BYTES).to_owned()));
            }
        }
        seen += 1;
        if seen < rows { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    Ok(columns)
}
