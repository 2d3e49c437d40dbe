//! Everything in the folder of foreign samples is read: without a panic, in time, and nothing vanishes.
use chrono::{DateTime, Utc};
use domain::event::{Disposition, Format, TimeGrade};
use intake::{Hint, Parsed, parse};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The samples' folder: `LAZARET_SAMPLES`, or beside the repository.
fn samples() -> Option<PathBuf> {
    let folder = std::env::var_os("LAZARET_SAMPLES")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples"), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED: no samples in {}; set LAZARET_SAMPLES", folder.display());
    None
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            walk(&entry, files);
        } else if entry.file_name().is_some_and(|n| n != "README.txt") {
            files.push(entry);
        }
    }
}

fn now() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-08-20T12:00:00Z").unwrap().to_utc()
}

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
            println!("{}", intake::line::json_line(name, parsed, None));
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
