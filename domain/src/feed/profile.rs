//! A feed profile: what the columns of somebody's table mean, said by a person instead of a parser.
use crate::{
    class::Class,
    event::{Role, SourceKind},
    id::TokenId,
    words::words,
};
use serde::{Deserialize, Serialize};

words! {
    /// How the rows stand in the file.
    TableForm {
        /// Rows are lines, values are separated by a sign.
        Csv = "csv",
        /// The same with tab stops.
        Tsv = "tsv",
        /// One JSON document with a list of objects somewhere in it.
        Json = "json",
        /// One JSON object a line.
        Ndjson = "ndjson",
    }
}

impl TableForm {
    /// Whether rows are JSON objects.
    #[must_use]
    pub const fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::Ndjson)
    }
}

words! {
    /// How a feed writes its times.
    TimeForm {
        /// ISO 8601, RFC 5322 and what is like them.
        Auto = "auto",
        /// Seconds since 1970.
        Unix = "unix",
        /// Milliseconds since 1970.
        UnixMillis = "unix_ms",
        /// Windows FILETIME: 100 ns since 1601.
        FileTime = "filetime",
        /// `31.12.2026 23:59:59`, `31/12/2026`.
        DayFirst = "day_first",
        /// `12/31/2026 11:59:59 PM`.
        MonthFirst = "month_first",
        /// A pattern of its own, such as `%d/%b/%Y:%H:%M:%S %z`.
        Own = "own",
    }
}

words! {
    /// What a column is for us. All but the first two stand for one column only.
    Meaning {
        /// Not kept.
        Ignore = "ignore",
        /// Kept beside the event, for the staff.
        Detail = "detail",
        /// When it was, or when it was first seen.
        Time = "time",
        /// The time of day, when [`Meaning::Time`] holds only the date.
        Clock = "clock",
        /// When it was last seen.
        LastTime = "last_time",
        /// Our customer's address, URL, host or account.
        Source = "source",
        /// The port on our customer's side.
        Port = "port",
        /// The kind of abuse, by a table of values.
        Class = "class",
        /// How often.
        Count = "count",
        /// The reporter's number of the event.
        Reference = "reference",
        /// Whom the feed names as its own source; kept as a detail, for the feed itself vouches.
        Reporter = "reporter",
    }
}

impl Meaning {
    /// Whether a table without the column cannot be read as it was meant.
    #[must_use]
    pub const fn essential(self) -> bool {
        matches!(self, Self::Time | Self::Clock | Self::Source | Self::Port | Self::Class)
    }

    /// Plain English for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Ignore => "not kept",
            Self::Detail => "kept as a detail",
            Self::Time => "time (or first seen)",
            Self::Clock => "time of day",
            Self::LastTime => "last seen",
            Self::Source => "source: our customer",
            Self::Port => "port of our customer",
            Self::Class => "kind of abuse",
            Self::Count => "how often",
            Self::Reference => "reporter's number",
            Self::Reporter => "who told the feed",
        }
    }
}

/// A column the feed is expected to have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its heading; in JSON the path to the value, `network.source.ip`; without heading `column 3`.
    pub name: String,
    /// What it is for us.
    pub is: Meaning,
}

/// A value of the class column and the class it stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassValue {
    /// The value, without regard to case; `scan*` stands for all that begin so.
    pub value: String,
    /// Its class.
    pub class: Class,
}

/// How to find the reports that this profile reads. All that is said must fit; nothing said fits nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FeedMatch {
    /// Reports posted with this token; they need to fit nothing else.
    pub token: Option<TokenId>,
    /// Mail from this address, or from `@` and its domain.
    pub sender: String,
    /// File name with `*` for any text: `blocklist-*.csv`.
    pub file: String,
}

impl FeedMatch {
    /// Whether a report's sender and the name of one of its files fit.
    #[must_use]
    pub fn fits(&self, sender: &str, file: &str) -> bool {
        (!self.sender.is_empty() || !self.file.is_empty()) && self.fits_sender(sender) && self.fits_file(file)
    }

    fn fits_sender(&self, sender: &str) -> bool {
        let (wanted, sender) = (self.sender.to_ascii_lowercase(), sender.to_ascii_lowercase());
        match wanted.strip_prefix('@') {
            Some(domain) => sender.rsplit_once('@').is_some_and(|(_, d)| d == domain),
            None => wanted.is_empty() || wanted == sender,
        }
    }

    /// Whether the name of a file fits, as far as names matter.
    #[must_use]
    pub fn fits_file(&self, file: &str) -> bool {
        self.file.is_empty() || glob(&self.file.to_lowercase(), &file.to_lowercase())
    }
}

/// Whether `text` fits a pattern in which `*` stands for any text.
fn glob(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(head) else { return false };
    let mut parts = rest.split('*').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return text.ends_with(part);
        }
        let Some(at) = text.find(part) else { return false };
        text = text.get(at + part.len()..).unwrap_or_default();
    }
    true
}

/// What the columns of a feed mean. Versioned: a saved profile never changes, a change makes the next version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedProfile {
    /// Its name in addresses and settings: small letters, digits, hyphens.
    pub name: String,
    /// From 1; 0 while it is not saved.
    pub version: i64,
    /// How the rows stand in the file.
    pub form: TableForm,
    /// Between the values of a CSV line.
    pub delimiter: char,
    /// Around values that hold the delimiter; none = quotes are ordinary letters.
    pub quote: Option<char>,
    /// The first line names the columns.
    pub header: bool,
    /// JSON: path to the list of rows; empty = the document itself.
    pub rows: String,
    /// The columns, in the order of the sample.
    pub columns: Vec<Column>,
    /// How times are written.
    pub time_form: TimeForm,
    /// The pattern of [`TimeForm::Own`], as of strftime.
    pub time_pattern: String,
    /// The zone of times that name none: `UTC`, `Europe/Berlin`, `+02:00`; empty = not known.
    pub zone: String,
    /// What the source is; none = judged by its look.
    pub source: Option<SourceKind>,
    /// The class, where no column tells it or its value is in no row of the table.
    pub class: Class,
    /// Classes by the value of the class column.
    pub classes: Vec<ClassValue>,
    /// What our customer is in these events; none = what follows from the class.
    pub role: Option<Role>,
    /// Who vouches: a short stable name.
    pub reporter: String,
    /// Which reports are read with it.
    #[serde(default)]
    pub found: FeedMatch,
    /// Hours without a report that raise an alarm, at most a year; 0 = it may come when it likes.
    #[serde(default)]
    pub silent_hours: i64,
}

/// Most hours after which a feed can be late.
pub const SILENT_HOURS_MAX: i64 = 8_760;

impl Default for FeedProfile {
    /// A CSV of which nothing is known.
    fn default() -> Self {
        Self {
            name: String::new(),
            version: 0,
            form: TableForm::Csv,
            delimiter: ',',
            quote: Some('"'),
            header: true,
            rows: String::new(),
            columns: Vec::new(),
            time_form: TimeForm::Auto,
            time_pattern: String::new(),
            zone: String::new(),
            source: None,
            class: Class::Unclassified,
            classes: Vec::new(),
            role: None,
            reporter: String::new(),
            found: FeedMatch::default(),
            silent_hours: 0,
        }
    }
}

impl FeedProfile {
    /// The column that has this meaning.
    #[must_use]
    pub fn column(&self, meaning: Meaning) -> Option<&str> {
        self.columns.iter().find(|c| c.is == meaning).map(|c| c.name.as_str())
    }

    /// What is different in `newer`: the thing, how it was, how it is.
    #[must_use]
    pub fn differences(&self, newer: &Self) -> Vec<Difference> {
        let mut all = Vec::new();
        let mut add = |what: &str, old: String, new: String| {
            if old != new {
                all.push(Difference { what: what.to_owned(), old, new });
            }
        };
        let text = |c: Option<char>| c.map_or_else(|| "none".to_owned(), |c| c.to_string());
        add("form", self.form.to_string(), newer.form.to_string());
        add("delimiter", self.delimiter.to_string(), newer.delimiter.to_string());
        add("quote", text(self.quote), text(newer.quote));
        add("first line names the columns", self.header.to_string(), newer.header.to_string());
        add("path to the rows", self.rows.clone(), newer.rows.clone());
        add("form of times", self.time_form.to_string(), newer.time_form.to_string());
        add("pattern of times", self.time_pattern.clone(), newer.time_pattern.clone());
        add("zone", self.zone.clone(), newer.zone.clone());
        let kind = |p: &Self| p.source.map_or("by its look", SourceKind::as_str).to_owned();
        add("kind of source", kind(self), kind(newer));
        add("class", self.class.to_string(), newer.class.to_string());
        let role = |p: &Self| p.role.map_or("by the class", Role::as_str).to_owned();
        add("role", role(self), role(newer));
        add("reporter", self.reporter.clone(), newer.reporter.clone());
        let token = |p: &Self| p.found.token.map(|id| id.to_string()).unwrap_or_default();
        add("token", token(self), token(newer));
        add("sender", self.found.sender.clone(), newer.found.sender.clone());
        add("file name", self.found.file.clone(), newer.found.file.clone());
        let hours =
            |p: &Self| if p.silent_hours > 0 { format!("{} hours", p.silent_hours) } else { "never".to_owned() };
        add("late after", hours(self), hours(newer));
        let column = |p: &Self, name: &str| {
            let found = p.columns.iter().find(|c| c.name == name);
            found.map_or("not there", |c| c.is.title()).to_owned()
        };
        for name in union(&self.columns, &newer.columns, |c| &c.name) {
            add(&format!("column {name}"), column(self, name), column(newer, name));
        }
        let class = |p: &Self, value: &str| {
            let found = p.classes.iter().find(|c| c.value == value);
            found.map_or_else(|| "not there".to_owned(), |c| c.class.to_string())
        };
        for value in union(&self.classes, &newer.classes, |c| &c.value) {
            add(&format!("value {value}"), class(self, value), class(newer, value));
        }
        all
    }
}

fn union<'a, T>(old: &'a [T], new: &'a [T], key: impl Fn(&'a T) -> &'a String) -> Vec<&'a str> {
    let mut all: Vec<&str> = Vec::new();
    for name in old.iter().chain(new).map(|one| key(one).as_str()) {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

/// One thing that a version changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What.
    pub what: String,
    /// How it was.
    pub old: String,
    /// How it is.
    pub new: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_found_by_sender_and_file() {
        let found = |sender: &str, file: &str| FeedMatch { token: None, sender: sender.into(), file: file.into() };
        assert!(!found("", "").fits("a@b.example", "x.csv"), "nothing said fits nothing");
        assert!(found("Feed@Cert.example", "").fits("feed@cert.example", ""));
        assert!(found("@cert.example", "*.csv").fits("x@cert.example", "Today.CSV"));
        assert!(!found("@cert.example", "*.csv").fits("x@evil-cert.example", "today.csv"));
        assert!(!found("@cert.example", "*.csv").fits("x@cert.example", "today.json"));
        assert!(found("", "block-*-v*.txt").fits("", "block-2026-v2.txt"));
        assert!(!found("", "a*a").fits("", "a"));
    }
}
