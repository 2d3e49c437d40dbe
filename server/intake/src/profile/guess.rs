//! Fills a profile in from a sample: by the names of the columns and by what stands in them. A person looks at it next.
use super::guess_class::class_of;
use super::guess_form::{HEAD_BYTES, form_of};
use super::preview::{SampleColumn, columns_of};
use crate::{address, time};
use domain::event::SourceKind;
use domain::feed::{ClassValue, Column, FeedProfile, Meaning, TableForm, TimeForm};

/// Rows that the guess looks at.
const ROWS: usize = 200;
/// Details that are kept unasked.
const DETAILS: usize = 8;
/// Values of a class column.
const CLASSES: usize = 40;

/// Guesses what the columns of a sample mean. What cannot be guessed is "not kept".
#[must_use]
pub fn guess(bytes: &[u8]) -> FeedProfile {
    guess_columns(bytes, form_of(bytes))
}

/// Guesses what the columns of a sample mean whose form a person has said.
#[must_use]
pub fn guess_columns(bytes: &[u8], mut profile: FeedProfile) -> FeedProfile {
    let json = profile.form == TableForm::Json;
    let head = if json { bytes } else { bytes.get(..bytes.len().min(HEAD_BYTES)).unwrap_or_default() };
    let columns = columns_of(head, &profile, ROWS).unwrap_or_default();
    profile.columns = columns.iter().map(|c| Column { name: c.name.clone(), is: Meaning::Ignore }).collect();
    let mut guess = Guess { columns: &columns, profile };
    guess.source();
    guess.times();
    guess.numbers();
    guess.class();
    guess.details();
    guess.profile
}

/// A kind of source, how its values look, and how much that counts.
type Kind = (SourceKind, fn(&str) -> bool, i32);

struct Guess<'c> {
    columns: &'c [SampleColumn],
    profile: FeedProfile,
}

impl Guess<'_> {
    fn free(&self, at: usize) -> bool {
        self.profile.columns.get(at).is_some_and(|c| c.is == Meaning::Ignore)
    }

    fn set(&mut self, at: Option<usize>, meaning: Meaning) {
        if let Some(column) = at.and_then(|at| self.profile.columns.get_mut(at)) {
            column.is = meaning;
        }
    }

    /// The free column with the most points, if any has some.
    fn best(&self, points: impl Fn(&SampleColumn, &[String]) -> i32) -> Option<usize> {
        let scored = self.columns.iter().enumerate().filter(|(at, _)| self.free(*at));
        let scored = scored.map(|(at, column)| (points(column, &words(&column.name)), at));
        // The first of equals: feeds name the main thing first.
        scored.filter(|(points, _)| *points > 0).max_by_key(|(points, at)| (*points, usize::MAX - at)).map(|(_, at)| at)
    }

    fn source(&mut self) {
        let kinds: [Kind; 4] = [
            (SourceKind::Ip, is_ip, 40),
            (SourceKind::Url, |v| v.contains("://") || v.to_lowercase().starts_with("hxxp"), 30),
            (SourceKind::Host, |v| address::source_of(v, None).is_some_and(|s| s.kind == SourceKind::Host), 20),
            (SourceKind::Account, |v| address::source_of(v, None).is_some_and(|s| s.kind == SourceKind::Account), 5),
        ];
        for (kind, is, base) in kinds {
            let found = self.best(|column, words| {
                if !column.mostly(is) {
                    return 0;
                }
                let has = |all: &[&str]| all.iter().any(|w| words.iter().any(|word| word == w));
                let mut points = base;
                points += if has(&[
                    "src", "source", "srcip", "sourceip", "attacker", "offender", "infected", "bot", "abuser",
                ]) {
                    20
                } else {
                    0
                };
                points += if has(&["ip", "address", "ipaddress", "host", "url"]) { 5 } else { 0 };
                points -= if has(&[
                    "dst",
                    "dest",
                    "destination",
                    "target",
                    "sensor",
                    "reporter",
                    "victim",
                    "c2",
                    "cc",
                    "server",
                    "honeypot",
                ]) {
                    30
                } else {
                    0
                };
                points.max(1)
            });
            if let Some(at) = found {
                self.set(Some(at), Meaning::Source);
                // Addresses among which are names and URLs: each is judged by its look.
                let mixed = |v: &str| !is_ip(v) && address::source_of(v, None).is_some();
                let mixed = self.columns.get(at).is_some_and(|c| c.values.iter().any(|v| mixed(v)));
                self.profile.source = (kind != SourceKind::Ip || !mixed).then_some(kind);
                return;
            }
        }
    }

    fn times(&mut self) {
        let points = |column: &SampleColumn, words: &[String], last: bool| {
            let named = has_part(
                words,
                &["time", "date", "seen", "timestamp", "detected", "when", "at", "ts", "first", "last", "start", "end"],
            );
            let form = time_form(column);
            let Some((form, _)) = form else { return 0 };
            if form == TimeForm::Auto && !named && !column.mostly(is_written_time) {
                return 0;
            }
            let late =
                has_part(words, &["last", "end", "updated", "until", "to", "processed", "observation", "received"]);
            let early = has_part(words, &["first", "start", "from", "source", "event", "timestamp"]);
            10 + i32::from(named) * 5
                + if last {
                    i32::from(late) * 10 - i32::from(early) * 5
                } else {
                    i32::from(early) * 6 - i32::from(late) * 8
                }
        };
        let first = self.best(|column, words| points(column, words, false));
        let Some(at) = first else { return };
        self.set(first, Meaning::Time);
        let last = self.best(|column, words| {
            let is_last = has_part(words, &["last", "end", "until"]);
            if is_last && time_form(column) == self.columns.get(at).and_then(time_form) {
                points(column, words, true)
            } else {
                0
            }
        });
        self.set(last, Meaning::LastTime);
        let Some(column) = self.columns.get(at) else { return };
        (self.profile.time_form, self.profile.time_pattern) =
            time_form(column).unwrap_or((TimeForm::Auto, String::new()));
        if column.mostly(|v| !v.contains(':') && v.len() <= 10) {
            let clock = self.best(|column, _| i32::from(column.mostly(is_clock)));
            self.set(clock, Meaning::Clock);
        }
        let named = self.profile.columns.iter().any(|c| has_part(&words(&c.name), &["utc", "gmt"]));
        // These names are IntelMQ's, whose times are UTC by definition.
        if named || column.name == "time.source" {
            self.profile.zone = "UTC".into();
        }
    }

    fn numbers(&mut self) {
        let port = self.best(|column, words| {
            let named = has_part(words, &["port", "sport", "srcport"]) || words.iter().any(|w| w.ends_with("port"));
            let theirs = has_part(words, &["dst", "dest", "destination", "target", "dport", "server", "remote", "cc"]);
            let is_port = |v: &str| v.parse::<u16>().is_ok();
            if !named || theirs || !column.mostly(is_port) {
                return 0;
            }
            1 + i32::from(has_part(words, &["src", "source", "sport"]))
        });
        self.set(port, Meaning::Port);
        let counted = |v: &str| v.len() < 10 && v.parse::<u64>().is_ok();
        let count = self.best(|column, words| {
            let named =
                has_part(words, &["count", "hits", "attempts", "events", "times", "attacks", "num", "occurrences"]);
            i32::from(named && column.mostly(counted))
        });
        self.set(count, Meaning::Count);
        let reference = self.best(|column, words| {
            let named = has_part(words, &["id", "ref", "reference", "uuid", "guid", "incident", "ticket", "eventid"]);
            i32::from(named && column.distinct() == column.values.len() && column.values.len() > 1)
        });
        self.set(reference, Meaning::Reference);
        let reporter = self.best(|column, words| {
            i32::from(has_part(words, &["reporter", "feed", "provider"]) && column.mostly(|v| v.len() < 60))
        });
        self.set(reporter, Meaning::Reporter);
    }

    fn class(&mut self) {
        let found = self.best(|column, words| {
            let named = has_part(
                words,
                &[
                    "type",
                    "class",
                    "classification",
                    "category",
                    "threat",
                    "malware",
                    "family",
                    "infection",
                    "attack",
                    "abuse",
                    "reason",
                    "event",
                    "tag",
                ],
            );
            let few = column.distinct() <= CLASSES && !column.mostly(|v| v.len() > 60 || v.parse::<f64>().is_ok());
            if !few || column.values.is_empty() {
                return 0;
            }
            let known = column.values.iter().filter(|v| class_of(v).is_some()).count();
            let share = i32::try_from(known * 10 / column.values.len()).unwrap_or(0);
            let exact = i32::from(has_part(words, &["type", "class", "category"])) * 3;
            if named { 2 + exact + share } else { share - 7 }
        });
        let Some(column) = found.and_then(|at| self.columns.get(at)) else { return };
        let values = column.distinct_values().into_iter().take(CLASSES);
        self.profile.classes =
            values.map(|value| ClassValue { class: class_of(&value).unwrap_or(self.profile.class), value }).collect();
        self.set(found, Meaning::Class);
    }

    /// What may help the staff; strangers' secrets and what anybody can look up stay out.
    fn details(&mut self) {
        const SECRET: [&str; 15] = [
            "password",
            "passwd",
            "pwd",
            "user",
            "username",
            "account",
            "login",
            "email",
            "mail",
            "recipient",
            "phone",
            "victim",
            "sensor",
            "token",
            "cookie",
        ];
        const DULL: [&str; 12] =
            ["asn", "as", "geo", "cc", "country", "city", "region", "latitude", "longitude", "naics", "sector", "org"];
        let mut kept = 0;
        for at in 0..self.columns.len() {
            let Some(column) = self.columns.get(at).filter(|c| self.free(at) && !c.values.is_empty()) else { continue };
            let words = words(&column.name);
            if kept < DETAILS && !has_part(&words, &SECRET) && !has_part(&words, &DULL) {
                self.set(Some(at), Meaning::Detail);
                kept += 1;
            }
        }
    }
}

/// The words of a name: `source.ip`, `srcIp` and `SRC_IP` are the same.
fn words(name: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut before_lower = false;
    for letter in name.chars() {
        if !letter.is_alphanumeric() || (letter.is_uppercase() && before_lower) {
            all.push(String::new());
        }
        before_lower = letter.is_lowercase();
        if let Some(word) = all.last_mut().filter(|_| letter.is_alphanumeric()) {
            word.extend(letter.to_lowercase());
        }
    }
    all.retain(|word| !word.is_empty());
    all
}

fn has_part(words: &[String], wanted: &[&str]) -> bool {
    words.iter().any(|word| wanted.contains(&word.as_str()))
}

fn is_ip(value: &str) -> bool {
    !value.contains('/')
        && (address::parse_ip(&value.replace("[.]", ".")).is_some() || value.parse::<std::net::SocketAddr>().is_ok())
}

/// `12:30`, `12:30:59`, nothing else.
fn is_clock(value: &str) -> bool {
    value.len() <= 12 && value.contains(':') && value.bytes().all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.'))
}

fn is_written_time(value: &str) -> bool {
    value.len() >= 8 && (time::parse(value).is_some() || day_month(value).is_some())
}

/// The first two numbers of `31.12.2026` or `12/31/2026 11:00`.
fn day_month(value: &str) -> Option<(u32, u32)> {
    let date = value.split([' ', 'T', ',']).next()?;
    let mut parts = date.split(['.', '/', '-']);
    let (one, two, year) = (parts.next()?, parts.next()?, parts.next()?);
    let good = parts.next().is_none()
        && one.len() <= 2
        && two.len() <= 2
        && matches!(year.len(), 2 | 4)
        && year.parse::<u32>().is_ok();
    good.then(|| Some((one.parse().ok()?, two.parse().ok()?)))?
}

/// How a column writes its times; `None` when it holds none.
fn time_form(column: &SampleColumn) -> Option<(TimeForm, String)> {
    const LOG: &str = "%d/%b/%Y:%H:%M:%S %z";
    let epoch = |v: &str, length: usize| {
        let whole = v.split_once('.').map_or(v, |(whole, _)| whole);
        // Of this century: other numbers of that length are numbers.
        let year = whole.get(..2).is_some_and(|head| ("10".."42").contains(&head));
        whole.len() == length && year && whole.bytes().all(|b| b.is_ascii_digit())
    };
    let plain = |form: TimeForm| Some((form, String::new()));
    if column.mostly(|v| epoch(v, 10)) {
        return plain(TimeForm::Unix);
    }
    if column.mostly(|v| epoch(v, 13)) {
        return plain(TimeForm::UnixMillis);
    }
    if column.mostly(|v| epoch(v, 18)) {
        return plain(TimeForm::FileTime);
    }
    if column.mostly(|v| chrono::DateTime::parse_from_str(v, LOG).is_ok()) {
        return Some((TimeForm::Own, LOG.to_owned()));
    }
    if column.mostly(|v| day_month(v).is_some()) {
        let (mut day, mut month) = (0, 0);
        for (one, two) in column.values.iter().filter_map(|v| day_month(v)) {
            day += usize::from(one > 12);
            month += usize::from(two > 12);
        }
        return plain(if month > day { TimeForm::MonthFirst } else { TimeForm::DayFirst });
    }
    if column.mostly(|v| !is_clock(v) && time::parse(v).is_some()) { plain(TimeForm::Auto) } else { None }
}
