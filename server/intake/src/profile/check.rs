//! What is wrong with a profile before it is saved: the field and what to do.
use super::clock::Zone;
use chrono::format::{Item, StrftimeItems};
use domain::feed::{FeedProfile, Meaning, TableForm, TimeForm};

/// A field of the form and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Name of the field: `name`, `zone`, `column:ip`, `value:scan`...
    pub field: String,
    /// What is wrong and what would be right.
    pub text: String,
}

/// Everything that is wrong with a profile; empty = it can be saved.
#[must_use]
pub fn problems(profile: &FeedProfile) -> Vec<Problem> {
    let mut all = Vec::new();
    let mut say = |field: &str, text: String| all.push(Problem { field: field.to_owned(), text });
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if profile.name.is_empty() || profile.name.len() > 60 || !profile.name.chars().all(letters) || profile.name == "new"
    {
        say("name", "use 1 to 60 small letters, digits and hyphens, such as cert-blocklist".into());
    }
    if profile.reporter.trim().is_empty() || profile.reporter.len() > 200 {
        say("reporter", "say who vouches for the feed: a short name such as cert.example".into());
    }
    if profile.form == TableForm::Csv && (!profile.delimiter.is_ascii() || profile.delimiter.is_ascii_alphanumeric()) {
        say("delimiter", "must be one sign such as , or ; or |".into());
    }
    if profile.quote.is_some_and(|quote| !quote.is_ascii() || quote == profile.delimiter) {
        say("quote", "must be one sign, and not the delimiter".into());
    }
    if Zone::parse(&profile.zone).is_none() {
        let text = format!("{:?} is no zone: write UTC, Europe/Berlin or +02:00, or leave it empty", profile.zone);
        say("zone", text);
    }
    if profile.time_form == TimeForm::Own
        && let Some(text) = pattern_problem(&profile.time_pattern)
    {
        say("time_pattern", text);
    }
    columns(profile, &mut say);
    for row in profile.classes.iter().filter(|row| row.value.trim().is_empty()) {
        say("classes", format!("a row of the class table ({}) has no value", row.class));
    }
    all
}

fn columns(profile: &FeedProfile, say: &mut impl FnMut(&str, String)) {
    if profile.column(Meaning::Source).is_none() {
        say(
            "columns",
            "no column is the source: say which one names our customer's address, URL, host or account".into(),
        );
    }
    if profile.column(Meaning::Clock).is_some() && profile.column(Meaning::Time).is_none() {
        say("columns", "there is a time of day but no date: say which column is the time".into());
    }
    let single = Meaning::ALL.iter().filter(|m| !matches!(m, Meaning::Ignore | Meaning::Detail));
    for meaning in single {
        let names: Vec<&str> = profile.columns.iter().filter(|c| c.is == *meaning).map(|c| c.name.as_str()).collect();
        if let [first, second, ..] = names.as_slice() {
            let text = format!("{first:?} and {second:?} are both “{}”: only one column can be", meaning.title());
            say(&format!("column:{second}"), text);
        }
    }
    if profile.column(Meaning::Class).is_some() && profile.classes.is_empty() {
        say("classes", "a column tells the kind of abuse, but no value has a class yet".into());
    }
}

/// What is wrong with a pattern of times, if anything.
fn pattern_problem(pattern: &str) -> Option<String> {
    if pattern.trim().is_empty() {
        return Some("write a pattern such as %d/%b/%Y:%H:%M:%S %z".into());
    }
    if pattern.len() > 100 || StrftimeItems::new(pattern).any(|item| matches!(item, Item::Error)) {
        return Some(format!("{pattern:?} is no pattern: use %Y %m %d %H %M %S %z and the like"));
    }
    let has = |signs: &[&str]| signs.iter().any(|sign| pattern.contains(sign));
    let dated = has(&["%s", "%c", "%D", "%x", "%F", "%+"])
        || (has(&["%Y", "%y", "%G"]) && has(&["%m", "%b", "%B", "%h", "%j"]) && has(&["%d", "%e", "%j"]));
    (!dated).then(|| "the pattern names no full date: it needs %Y, %m (or %b) and %d, or %s".into())
}
