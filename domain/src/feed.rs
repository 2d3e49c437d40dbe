//! Feeds that people map in the browser: the profile, its versions, how the feed does, and its alarm.
mod profile;

pub use profile::{
    ClassValue, Column, Difference, FeedMatch, FeedProfile, Meaning, SILENT_HOURS_MAX, TableForm, TimeForm,
};

use crate::{
    class::Class,
    event::Observation,
    id::{FeedId, ReportId},
    report::Report,
    words::words,
};
use chrono::{DateTime, TimeDelta, Utc};

words! {
    /// Why a feed needs somebody to look at it.
    AlarmKind {
        /// Columns that the profile needs are gone or have another name.
        Columns = "columns",
        /// The columns are there, but most rows cannot be read.
        Rows = "rows",
        /// What came is no table of the expected form at all.
        Form = "form",
        /// Nothing has come for longer than it should take.
        Late = "late",
    }
}

/// A feed that stopped being read as it was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedAlarm {
    /// Why.
    pub kind: AlarmKind,
    /// In words.
    pub text: String,
    /// Since when.
    pub at: DateTime<Utc>,
    /// The report that raised it.
    pub report: ReportId,
}

impl Feed {
    /// The last report and its time, when nothing has come since for longer than the profile allows. A feed that never
    /// brought anything is not late, nor is one whose alarm is raised already.
    #[must_use]
    pub fn late(&self, now: DateTime<Utc>) -> Option<(ReportId, DateTime<Utc>)> {
        let hours = self.profile.silent_hours;
        let expected = hours > 0 && self.retired_at.is_none() && self.alarm.is_none();
        self.last_report.filter(|(_, at)| expected && now - *at >= TimeDelta::hours(hours))
    }
}

/// A feed with the version of its profile that is in force.
#[derive(Debug, Clone)]
pub struct Feed {
    /// Identifier.
    pub id: FeedId,
    /// The profile in force.
    pub profile: FeedProfile,
    /// When the feed was made.
    pub created_at: DateTime<Utc>,
    /// Since when nothing is read with it any more.
    pub retired_at: Option<DateTime<Utc>>,
    /// Rows read since it was made.
    pub rows: i64,
    /// Rows that could not be read.
    pub bad_rows: i64,
    /// Reports read or parked with it.
    pub reports: i64,
    /// The last report.
    pub last_report: Option<(ReportId, DateTime<Utc>)>,
    /// What is wrong.
    pub alarm: Option<FeedAlarm>,
}

/// A saved version of a profile.
#[derive(Debug, Clone)]
pub struct FeedVersion {
    /// The profile.
    pub profile: FeedProfile,
    /// Who saved it, as the ledger names him.
    pub saved_by: String,
    /// When.
    pub saved_at: DateTime<Utc>,
}

/// Which profile read a report, or is to read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportFeed {
    /// The feed.
    pub feed: FeedId,
    /// The version that read it last; 0 = not read yet.
    pub version: i64,
    /// A channel, a token or a person named the feed: it is read with it and with nothing else.
    pub named: bool,
}

/// A sample laid out by a profile: what the mapping page shows.
#[derive(Debug, Clone, Default)]
pub struct FeedSheet {
    /// The columns of the sample with their first values; those the profile knows and the sample lacks come last.
    pub columns: Vec<SheetColumn>,
    /// Values of the class column that occur in the sample and have no class yet, with the class they may stand for.
    pub unclassed: Vec<(String, Option<Class>)>,
    /// The first rows as the events they would be, or why they are none.
    pub rows: Vec<SheetRow>,
    /// Rows of the sample.
    pub total: usize,
    /// Rows that would be no event.
    pub bad: usize,
    /// Where they stand and why, the first of them.
    pub faults: Vec<String>,
    /// Field and problem: why it cannot be saved yet.
    pub problems: Vec<(String, String)>,
    /// Why the sample is no table of that form.
    pub broken: Option<String>,
    /// What would be different from the version in force.
    pub differences: Vec<Difference>,
}

/// A column of a sample.
#[derive(Debug, Clone)]
pub struct SheetColumn {
    /// Its name and what it is.
    pub column: Column,
    /// Its first values, each once.
    pub values: Vec<String>,
    /// Not in the sample, only in the profile.
    pub missing: bool,
}

/// A row of a sample.
#[derive(Debug, Clone)]
pub struct SheetRow {
    /// `line 7`.
    pub place: String,
    /// The event it would be, or why it is none.
    pub event: Result<Observation, String>,
}

/// Everything on the page of a feed.
#[derive(Debug, Clone)]
pub struct FeedView {
    /// The feed.
    pub feed: Feed,
    /// Name of the token whose reports it reads.
    pub token: Option<String>,
    /// Its versions, newest first, each with what it changed.
    pub versions: Vec<(FeedVersion, Vec<Difference>)>,
    /// Its last reports.
    pub reports: Vec<Report>,
    /// Parked reports that it could read.
    pub fitting: Vec<Report>,
}
