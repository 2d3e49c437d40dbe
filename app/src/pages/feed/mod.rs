//! Feeds that people map: the list, one feed with its versions, and the mapping itself.
mod list;
mod map;
mod one;
mod rules;
mod sheet;
mod start;

pub use list::{FeedsPage, feeds};
pub use map::{MapPage, map};
pub use one::{FeedPage, feed};
pub use start::{StartPage, start};

use domain::feed::{Feed, FeedMatch, TableForm, TimeForm};

/// The state of a feed: its word and its colour.
fn state(feed: &Feed) -> (&'static str, &'static str) {
    match (feed.retired_at.is_some(), feed.alarm.is_some()) {
        (true, _) => ("retired", "closed"),
        (false, true) => ("alarm", "quarantined"),
        (false, false) => ("in use", "released"),
    }
}

/// Which reports a feed reads, in words.
fn found_by(found: &FeedMatch, token: Option<&str>) -> String {
    let mut ways = Vec::new();
    if found.token.is_some() {
        ways.push(format!("token {}", token.unwrap_or("of a machine")));
    }
    match (found.sender.as_str(), found.file.as_str()) {
        ("", "") => {}
        (sender, "") => ways.push(format!("mail from {sender}")),
        ("", file) => ways.push(format!("files named {file}")),
        (sender, file) => ways.push(format!("mail from {sender} with {file}")),
    }
    if ways.is_empty() { "by hand, or by a channel that names it".to_owned() } else { ways.join(", or ") }
}

const fn form_title(form: TableForm) -> &'static str {
    match form {
        TableForm::Csv => "CSV: lines with a delimiter",
        TableForm::Tsv => "TSV: lines with tab stops",
        TableForm::Json => "JSON: a list of objects",
        TableForm::Ndjson => "NDJSON: one object a line",
    }
}

const fn time_title(form: TimeForm) -> &'static str {
    match form {
        TimeForm::Auto => "ISO 8601, mail dates and the like",
        TimeForm::Unix => "seconds since 1970",
        TimeForm::UnixMillis => "milliseconds since 1970",
        TimeForm::FileTime => "Windows FILETIME",
        TimeForm::DayFirst => "day first: 31.12.2026 23:59",
        TimeForm::MonthFirst => "month first: 12/31/2026 11:59 PM",
        TimeForm::Own => "a pattern of its own",
    }
}
