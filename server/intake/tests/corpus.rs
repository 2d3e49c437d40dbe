//! Everything in the folder of foreign samples is read: without a panic, in time, and nothing vanishes.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]
mod samples;

use domain::event::{Disposition, Format, TimeGrade};
use intake::{Hint, Parsed, parse};
use samples::{now, samples, walk};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

fn read_all(root: &Path) -> Vec<(String, Parsed)> {
    let mut files = Vec::new();
    walk(root, &mut files);
    let mut read = Vec::new();
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        let name = file.strip_prefix(root).unwrap().to_string_lossy().into_owned();
        let started = Instant::now();
        let hint = Hint { content_type: None, file_name: file.file_name().and_then(|n| n.to_str()) };
        let parsed = parse(&bytes, hint, now());
        assert!(started.elapsed() < Duration::from_secs(2), "{name} took {:?}", started.elapsed());
        read.push((name, parsed));
    }
    read
}

#[test]
fn nothing_vanishes() {
    let Some(root) = samples() else { return };
    let read = read_all(&root);
    let print = std::env::var_os("LAZARET_CORPUS_PRINT").is_some();
    let mut folders: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (name, parsed) in &read {
        if print {
            let opened = intake::Opened::from(parsed.clone());
            println!("{}", serde_json::to_string(&intake::line::Line::new(name, &opened, None)).unwrap());
        }
        if parsed.disposition == Disposition::Events {
            assert!(!parsed.events.is_empty(), "{name}");
        } else {
            assert!(parsed.reason.as_ref().is_some_and(|r| !r.is_empty()), "{name} has no reason");
            assert!(parsed.events.is_empty(), "{name}");
        }
        assert!(!parsed.reason.as_ref().is_some_and(|r| r.contains("reader failed")), "{name} made a reader panic");
        assert_eq!(parsed.bounce.is_some(), parsed.disposition == Disposition::Bounce, "{name}");
        for event in &parsed.events {
            assert!(event.count >= 1 && event.from <= event.to && event.time_grade != TimeGrade::None, "{name}");
        }
        let folder = name.split('/').next().unwrap().to_owned();
        let entry = folders.entry(folder).or_default();
        entry.0 += 1;
        entry.1 += usize::from(!matches!(parsed.disposition, Disposition::NeedsHuman | Disposition::Unreadable));
    }
    for (folder, (files, known)) in &folders {
        println!("{folder}: {known} of {files} read by machine");
    }
    let known: usize = folders.values().map(|f| f.1).sum();
    println!("all: {known} of {} read by machine", read.len());
    assert!(known * 100 >= read.len() * 50, "{known} of {}", read.len());
}

/// A folder, how many percent of its files must keep its promise, and the promise.
type Promise = (&'static str, usize, fn(&Parsed) -> bool);

/// What a folder's name promises about the format of its files.
#[test]
fn folders_are_what_their_names_say() {
    let Some(root) = samples() else { return };
    let promises: [Promise; 12] = [
        ("abuseio/feedback-loop/", 100, |p| p.format == Format::Arf && p.disposition == Disposition::Events),
        ("abuseio/spamexperts/", 100, |p| p.format == Format::Arf && p.disposition == Disposition::Events),
        ("abuseio/netcraft/", 100, |p| p.format == Format::XArf && p.disposition == Disposition::Events),
        ("abuseio/blocklistde/", 100, |p| p.format == Format::XArf && p.disposition == Disposition::Events),
        ("abuseio/ip-echelon/", 100, |p| p.format == Format::Acns),
        ("abuseio/shadowserver/", 100, |p| p.format == Format::Shadowserver && !p.events.is_empty()),
        ("intelmq-shadowserver/", 100, |p| p.format == Format::Shadowserver && !p.events.is_empty()),
        ("xarf-v3/positive/", 100, |p| p.format == Format::Xarf3 && p.disposition == Disposition::Events),
        ("xarf-spec/samples/v4/", 100, |p| p.format == Format::Xarf4 && p.disposition == Disposition::Events),
        ("kumomta/rfc3464/", 100, |p| p.disposition == Disposition::Bounce),
        ("kumomta/rfc5965/", 100, |p| p.format == Format::Arf && p.disposition == Disposition::Events),
        ("parsedmarc/", 100, |p| p.disposition == Disposition::NotAReport),
    ];
    let read = read_all(&root);
    for (folder, percent, kept) in promises {
        let files: Vec<_> = read.iter().filter(|(name, _)| name.starts_with(folder)).collect();
        let good = files.iter().filter(|(_, parsed)| kept(parsed)).count();
        println!("{folder}: {good} of {}", files.len());
        assert!(!files.is_empty() && good * 100 >= files.len() * percent, "{folder}: {good} of {}", files.len());
    }
    let bounces = read.iter().filter(|(n, _)| ["rfc3464-", "lhost-", "rhost-"].iter().any(|s| n.contains(s)));
    for (name, parsed) in bounces {
        assert_eq!(parsed.disposition, Disposition::Bounce, "{name}");
    }
    for (name, parsed) in read.iter().filter(|(n, _)| n.contains("rfc3834-")) {
        assert_eq!(parsed.disposition, Disposition::AutoReply, "{name}");
    }
}

/// Every row of a feed is an event or a named fault.
#[test]
fn no_row_vanishes() {
    let Some(root) = samples() else { return };
    for (name, parsed) in read_all(&root.join("intelmq-shadowserver")) {
        let bytes = std::fs::read(root.join("intelmq-shadowserver").join(&name)).unwrap();
        let rows = csv::ReaderBuilder::new().flexible(true).from_reader(bytes.as_slice()).byte_records().count();
        assert_eq!(rows, parsed.events.len() + parsed.faults.len(), "{name}: {:?}", parsed.faults);
    }
}
