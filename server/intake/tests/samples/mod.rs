//! The folder of foreign samples, where it is there: its files, and the moment at which all of them arrive.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]
use chrono::{DateTime, Utc};
use std::path::{Path, PathBuf};

/// The samples' folder: `LAZARET_SAMPLES`, or beside the repository.
pub(crate) fn samples() -> Option<PathBuf> {
    let folder = std::env::var_os("LAZARET_SAMPLES")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples"), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED: no samples in {}; set LAZARET_SAMPLES", folder.display());
    None
}

/// Every file below a folder, in order, but what explains the folder.
pub(crate) fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
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

/// When all of them arrive.
pub(crate) fn now() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-08-20T12:00:00Z").unwrap().to_utc()
}
