//! Feed profiles: any table under any profile. The first line of an input turns the guessed profile into another one.
#![no_main]
use domain::feed::{ClassValue, FeedProfile, Meaning, TableForm, TimeForm};
use intake::profile;
use libfuzzer_sys::fuzz_target;

const ZONES: [&str; 7] = ["", "UTC", "Europe/Berlin", "+02:00", "America/New_York", "Asia/Kathmandu", "Nowhere/Else"];

fuzz_target!(init: intake_fuzz::expect_caught_panics(), |bytes: &[u8]| {
    let (turns, table) = match bytes.iter().position(|byte| *byte == b'\n') {
        Some(at) => (bytes.get(..at).unwrap_or_default(), bytes.get(at + 1..).unwrap_or_default()),
        None => (&[][..], bytes),
    };
    let feed = turned(turns, profile::guess(table));
    let at = intake_fuzz::received_at();
    let read = profile::read(table, &feed, at);
    intake_fuzz::check_parsed(&read.parsed);
    // The same event twice is one event that counts twice.
    assert!(read.rows >= read.parsed.events.len());
    if let Ok(shown) = profile::preview(table, &feed, at, 20) {
        assert!(shown.rows.len() <= 20);
    }
    let known = profile::problems(&feed);
    assert!(known.iter().all(|problem| !problem.field.is_empty()));
    let _ = profile::changed_columns(table, &feed);
    let named = intake::Hint { content_type: None, file_name: Some("feed.csv.gz") };
    let _ = profile::read_files(&profile::files(table, named), &feed, at, false);
});

/// The profile with other signs, forms and meanings.
fn turned(turns: &[u8], mut feed: FeedProfile) -> FeedProfile {
    let turn = |at: usize| turns.get(at).copied().map(usize::from);
    let pick = |at: usize, of: usize| turn(at).filter(|byte| *byte != usize::from(b'-')).map(|byte| byte % of);
    if let Some(form) = pick(0, TableForm::ALL.len()).and_then(|at| TableForm::ALL.get(at)) {
        feed.form = *form;
    }
    if let Some(sign) = turn(1).and_then(|byte| u8::try_from(byte).ok()).filter(|byte| *byte != b'-') {
        feed.delimiter = char::from(sign);
    }
    match pick(2, 4) {
        Some(0) => feed.header = !feed.header,
        Some(1) => feed.quote = None,
        Some(2) => feed.quote = Some('\''),
        _ => {}
    }
    if let Some(form) = pick(3, TimeForm::ALL.len()).and_then(|at| TimeForm::ALL.get(at)) {
        feed.time_form = *form;
    }
    if let Some(zone) = pick(4, ZONES.len()).and_then(|at| ZONES.get(at)) {
        feed.zone = (*zone).to_owned();
    }
    for (at, column) in feed.columns.iter_mut().enumerate().take(12) {
        if let Some(is) = pick(5 + at, Meaning::ALL.len()).and_then(|at| Meaning::ALL.get(at)) {
            column.is = *is;
        }
    }
    let words = String::from_utf8_lossy(turns.get(17..).unwrap_or_default()).into_owned();
    let (pattern, path) = words.split_once('|').unwrap_or((words.as_str(), ""));
    feed.time_pattern = pattern.to_owned();
    if !path.is_empty() {
        feed.rows = path.to_owned();
        feed.classes.push(ClassValue { value: path.to_owned(), class: domain::class::Class::Spam });
    }
    feed
}
