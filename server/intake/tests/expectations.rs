//! What an honest analyst would enter for each foreign sample, against what the readers make of it.
//!
//! The expectations were written by reading the files, never by running a reader. One JSON object a line in
//! `expectations/<top folder>.jsonl`, one line a file:
//!
//! * `file`: path under the samples' folder. `kind`: `report`, `bounce`, `auto_reply`, `not_a_report`, `decoy`.
//! * `disposition`: the allowed ones, best first. `format`, `reporter`, `reference`: one text or a list of allowed ones.
//!   A reporter may also be named by a sub-domain or its short name. A missing or null field is not checked, here and below.
//! * `events`, in the order of the document: `kind`, `value`, `port`, `from`, `to`, `grade` (of the time), `class`, `role`,
//!   each one value or a list of allowed ones. Port `"none"`: it must not carry one (the port in the text is the
//!   victim's). A time is RFC 3339, or a mere day (`2015-01-31`) where the text gives no zone or no hour.
//! * `total`: how many events in all, one number or a list. When more than the listed ones, the last listed is the last.
//! * `or_events`: other lists of events that would be as good.
//! * `bounce`: `recipient`, `action`, `status`. `note`: why, where it is not obvious.
//!
//! To add a sample: put the file under the samples' folder, read it, write its line, and run
//! `LAZARET_EXPECT_PRINT=1 cargo test -p intake --test expectations -- --nocapture`.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail loudly")]
mod samples;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use domain::event::{Disposition, Observation};
use intake::{Bounce, Hint, Parsed, parse};
use samples::{now, samples, walk};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// So many files may be read wrongly (parked ones are not wrong). To be lowered, never raised.
const WRONG_AT_MOST: usize = 1;
/// So many percent of the reports must be read right. To be raised, never lowered; 95 is the aim.
const REPORTS_RIGHT_PERCENT: usize = 98;

/// What became of one sample, compared with its expectation.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Grade {
    Right,
    /// A person is asked although the file says enough.
    Parked(String),
    /// Anything else, with the first difference.
    Wrong(String),
}

/// How many files of a folder were read how.
#[derive(Debug, Clone, Copy, Default)]
struct Score {
    right: usize,
    parked: usize,
    wrong: usize,
}

impl Score {
    fn count(&mut self, grade: &Grade) {
        match grade {
            Grade::Right => self.right += 1,
            Grade::Parked(_) => self.parked += 1,
            Grade::Wrong(_) => self.wrong += 1,
        }
    }

    fn all(self) -> usize {
        self.right + self.parked + self.wrong
    }

    fn row(self, name: &str) {
        println!("{name:<24}{:>6}{:>8}{:>7}{:>6}", self.right, self.parked, self.wrong, self.all());
    }
}

/// Every expectation by file name; a file named twice fails.
fn expectations() -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    let mut files = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expectations"), &mut files);
    for file in files.iter().filter(|f| f.extension().is_some_and(|e| e == "jsonl")) {
        let text = std::fs::read_to_string(file).unwrap();
        for (number, line) in text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
            let place = format!("{}:{}", file.display(), number + 1);
            let value: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{place}: {e}"));
            let name = value["file"].as_str().unwrap_or_else(|| panic!("{place}: no file")).to_owned();
            let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
            assert!(name.starts_with(&format!("{stem}/")), "{place}: {name} belongs to another folder");
            check_words(&place, &value);
            assert!(all.insert(name.clone(), value).is_none(), "{place}: {name} is named twice");
        }
    }
    all
}

/// A misspelt word in an expectation would never match: say so at once.
fn check_words(place: &str, line: &Value) {
    let known = |key: &str, parse: fn(&str) -> bool, within: &Value| {
        for word in texts(&within[key]) {
            assert!(parse(&word), "{place}: {key} {word} is no such word");
        }
    };
    known("kind", |k| ["report", "bounce", "auto_reply", "not_a_report", "decoy"].contains(&k), line);
    known("disposition", |d| Disposition::parse(d).is_some(), line);
    known("format", |f| domain::event::Format::parse(f).is_some(), line);
    assert!(!texts(&line["disposition"]).is_empty(), "{place}: no disposition");
    for events in lists_of_events(line) {
        for event in &events {
            known("kind", |k| domain::event::SourceKind::parse(k).is_some(), event);
            known("class", |c| domain::class::Class::parse(c).is_some(), event);
            known("role", |r| domain::event::Role::parse(r).is_some(), event);
            known("grade", |g| domain::event::TimeGrade::parse(g).is_some(), event);
        }
    }
}

/// One value or a list of values as texts; null and nothing give none.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::String(text) => vec![text.clone()],
        other => vec![other.to_string()],
    }
}

fn lists_of_events(line: &Value) -> Vec<Vec<Value>> {
    let others = line["or_events"].as_array().cloned().unwrap_or_default();
    let mut lists = vec![line["events"].as_array().cloned().unwrap_or_default()];
    lists.extend(others.iter().map(|list| list.as_array().cloned().unwrap()));
    lists
}

fn grade(line: &Value, parsed: &Parsed) -> Grade {
    let allowed = texts(&line["disposition"]);
    let got = parsed.disposition;
    if !allowed.iter().any(|a| a == got.as_str()) {
        let reason = format!("{} ({})", got, parsed.reason.as_deref().unwrap_or("no reason"));
        let asks = matches!(got, Disposition::NeedsHuman | Disposition::Unreadable);
        if asks && allowed.iter().any(|a| a == "events") {
            return Grade::Parked(reason);
        }
        return Grade::Wrong(format!("{reason} instead of {}", allowed.join(" or ")));
    }
    let difference = match got {
        Disposition::Events => events_differ(line, parsed)
            .or_else(|| text_differs("format", &line["format"], Some(parsed.format.as_str())))
            .or_else(|| reporter_differs(&line["reporter"], parsed.reporter.as_deref()))
            .or_else(|| text_differs("reference", &line["reference"], parsed.reference.as_deref())),
        Disposition::Bounce => bounce_differs(&line["bounce"], parsed.bounce.as_ref()),
        // Where a person is rightly asked, he will fill in the rest.
        _ => None,
    };
    difference.map_or(Grade::Right, Grade::Wrong)
}

/// The first difference to the first list of events, unless another list fits.
fn events_differ(line: &Value, parsed: &Parsed) -> Option<String> {
    let mut first = None;
    for (index, events) in lists_of_events(line).iter().enumerate() {
        let total = if index == 0 { &line["total"] } else { &Value::Null };
        match list_differs(events, total, &parsed.events) {
            None => return None,
            Some(difference) if first.is_none() => first = Some(difference),
            Some(_) => {}
        }
    }
    first
}

fn list_differs(wanted: &[Value], total: &Value, got: &[Observation]) -> Option<String> {
    let totals = texts(total);
    let fits =
        if totals.is_empty() { got.len() == wanted.len() } else { totals.iter().any(|t| t.parse() == Ok(got.len())) };
    if !fits {
        let number = if totals.is_empty() { wanted.len().to_string() } else { totals.join(" or ") };
        let first = got.first().map_or_else(String::new, |e| format!(", first {}", e.source.value));
        return Some(format!("{} events instead of {number}{first}", got.len()));
    }
    let cut = got.len() > wanted.len();
    wanted.iter().enumerate().find_map(|(index, want)| {
        let is_last = index + 1 == wanted.len();
        let event = if cut && is_last { got.last() } else { got.get(index) };
        let difference = event.map_or_else(|| Some("is missing".to_owned()), |e| event_differs(want, e));
        difference.map(|d| format!("event {}: {d}", index + 1))
    })
}

fn event_differs(want: &Value, got: &Observation) -> Option<String> {
    let port = got.source.port.map(|p| p.to_string());
    text_differs("kind", &want["kind"], Some(got.source.kind.as_str()))
        .or_else(|| value_differs(&want["value"], &got.source.value))
        .or_else(|| text_differs("port", &want["port"], Some(port.as_deref().unwrap_or("none"))))
        .or_else(|| time_differs("from", &want["from"], got.from))
        .or_else(|| time_differs("to", &want["to"], got.to))
        .or_else(|| text_differs("time grade", &want["grade"], Some(got.time_grade.as_str())))
        .or_else(|| text_differs("class", &want["class"], Some(got.class.as_str())))
        .or_else(|| text_differs("role", &want["role"], Some(got.role.as_str())))
}

fn text_differs(what: &str, want: &Value, got: Option<&str>) -> Option<String> {
    let allowed = texts(want);
    let fits = allowed.is_empty() || got.is_some_and(|g| allowed.iter().any(|a| a.eq_ignore_ascii_case(g)));
    (!fits).then(|| format!("{what} is {} instead of {}", got.unwrap_or("missing"), allowed.join(" or ")))
}

/// Case and a last slash of a URL or host are no difference.
fn value_differs(want: &Value, got: &str) -> Option<String> {
    let plain = |text: &str| text.trim_end_matches('/').to_ascii_lowercase();
    let allowed = texts(want);
    let fits = allowed.is_empty() || allowed.iter().any(|a| plain(a) == plain(got));
    (!fits).then(|| format!("source is {got} instead of {}", allowed.join(" or ")))
}

/// A sub-domain (`fbl.cox.net`) and a short name (`shadowserver`) stand for the domain.
fn reporter_differs(want: &Value, got: Option<&str>) -> Option<String> {
    let fits = |name: &str, domain: &str| {
        let below = name.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
        below || domain.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'))
    };
    let name = got.map(str::to_ascii_lowercase);
    let known = name.as_deref().is_some_and(|n| texts(want).iter().any(|a| fits(n, &a.to_ascii_lowercase())));
    if known { None } else { text_differs("reporter", want, got) }
}

fn time_differs(what: &str, want: &Value, got: Option<DateTime<Utc>>) -> Option<String> {
    let allowed = texts(want);
    let fits = allowed.is_empty() || got.is_some_and(|g| allowed.iter().any(|a| time_fits(a, g)));
    let seen = got.map_or_else(|| "missing".to_owned(), |g| g.to_rfc3339());
    (!fits).then(|| format!("{what} is {seen} instead of {}", allowed.join(" or ")))
}

/// A moment to the second; a day in any zone of the world.
fn time_fits(want: &str, got: DateTime<Utc>) -> bool {
    if let Ok(moment) = DateTime::parse_from_rfc3339(want) {
        return (got - moment.to_utc()).abs() < Duration::seconds(1);
    }
    let day: NaiveDate = want.parse().unwrap_or_else(|e| panic!("{want}: {e}"));
    let start = day.and_hms_opt(0, 0, 0).unwrap().and_utc();
    let zones = Duration::hours(14);
    got >= start - zones && got < start + Duration::days(1) + zones
}

fn bounce_differs(want: &Value, got: Option<&Bounce>) -> Option<String> {
    if want.is_null() {
        return None;
    }
    let Some(got) = got else { return Some("no bounce".to_owned()) };
    text_differs("recipient", &want["recipient"], got.recipient.as_deref())
        .or_else(|| text_differs("action", &want["action"], Some(&got.action)))
        .or_else(|| text_differs("status", &want["status"], got.status.as_deref()))
}

#[test]
fn samples_are_read_as_a_person_would() {
    let Some(root) = samples() else { return };
    let print = std::env::var_os("LAZARET_EXPECT_PRINT").is_some();
    let mut folders: BTreeMap<String, Score> = BTreeMap::new();
    let (mut all, mut reports) = (Score::default(), Score::default());
    for (name, line) in expectations() {
        let Ok(bytes) = std::fs::read(root.join(&name)) else { continue };
        let file_name = Path::new(&name).file_name().and_then(|n| n.to_str());
        let grade = grade(&line, &parse(&bytes, Hint { content_type: None, file_name }, now()));
        if print && grade != Grade::Right {
            println!("{name}: {grade:?}");
        }
        let folder = name.split('/').next().unwrap().to_owned();
        folders.entry(folder).or_default().count(&grade);
        all.count(&grade);
        if line["kind"] == "report" {
            reports.count(&grade);
        }
    }
    println!("{:<24}{:>6}{:>8}{:>7}{:>6}", "folder", "right", "parked", "wrong", "all");
    folders.iter().for_each(|(folder, score)| score.row(folder));
    all.row("all");
    reports.row("reports only");
    assert!(all.wrong <= WRONG_AT_MOST, "{} files are read wrongly; LAZARET_EXPECT_PRINT=1 lists them", all.wrong);
    assert!(reports.right * 100 >= reports.all() * REPORTS_RIGHT_PERCENT, "{reports:?}; LAZARET_EXPECT_PRINT=1 lists");
}

/// Every sample has its line, and every line its sample.
#[test]
fn no_sample_is_forgotten() {
    let Some(root) = samples() else { return };
    let mut files = Vec::new();
    walk(&root, &mut files);
    let there: BTreeSet<String> =
        files.iter().map(|f| f.strip_prefix(&root).unwrap().to_string_lossy().into_owned()).collect();
    let named: BTreeSet<String> = expectations().into_keys().collect();
    let forgotten: Vec<_> = there.difference(&named).collect();
    assert!(forgotten.is_empty(), "no expectation for {forgotten:?}");
    let gone: Vec<_> = named.difference(&there).collect();
    assert!(gone.is_empty(), "no sample for {gone:?}");
}

/// The judge itself: each kind of mistake in a known report is seen, and named.
#[test]
fn the_judge_sees_each_difference() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/arf_abuse.eml");
    let parsed = parse(&std::fs::read(path).unwrap(), Hint::default(), now());
    let event = parsed.events.first().unwrap();
    let right = serde_json::json!({
        "disposition": ["events"], "format": ["mime", "arf"], "reporter": parsed.reporter, "total": [1, 2],
        "events": [{ "kind": "ip", "value": event.source.value, "port": "none", "from": event.from, "to": event.to,
                     "grade": event.time_grade.as_str(), "class": ["messaging/spam"], "role": ["actor"] }],
    });
    assert_eq!(grade(&right, &parsed), Grade::Right);
    let wrong = |pointer: &str, value: Value, word: &str| {
        let mut line = right.clone();
        *line.pointer_mut(pointer).unwrap() = value;
        let Grade::Wrong(difference) = grade(&line, &parsed) else { panic!("{pointer} was not seen") };
        assert!(difference.contains(word), "{difference}");
    };
    wrong("/disposition", serde_json::json!(["bounce"]), "instead of bounce");
    wrong("/format", "csv".into(), "format");
    wrong("/reporter", "another.example".into(), "reporter");
    wrong("/total", 2.into(), "1 events instead of 2");
    wrong("/events/0/value", "192.0.2.254".into(), "source");
    wrong("/events/0/port", 25.into(), "port");
    wrong("/events/0/from", "1999-01-01T00:00:00Z".into(), "from");
    wrong("/events/0/to", "1999-01-01".into(), "to");
    wrong("/events/0/class", "content/phishing".into(), "class");
    wrong("/events/0/role", "victim".into(), "role");
    let mut other = right.clone();
    other["events"] = serde_json::json!([]);
    other["total"] = Value::Null;
    other["or_events"] = serde_json::json!([right["events"]]);
    assert_eq!(grade(&other, &parsed), Grade::Right);
    let nothing = parse(b"", Hint::default(), now());
    assert!(matches!(grade(&right, &nothing), Grade::Parked(_)));
}
