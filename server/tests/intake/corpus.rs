//! The folder of foreign samples through the whole desk, three times: nothing is doubled, nothing altered, nobody written to.
use crate::world::{World, both, system};
use domain::{event::Disposition, id::ReportId, report::Channel};
use lazaret::desk::Arrival;
use sha2::{Digest as _, Sha256};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};
use store::testing::rows;

/// One file and the report it became first.
struct Sample {
    name: String,
    bytes: Vec<u8>,
    report: ReportId,
}

/// The samples' folder: `LAZARET_SAMPLES`, or beside the repository.
fn samples() -> Option<PathBuf> {
    let folder = std::env::var_os("LAZARET_SAMPLES")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/samples"), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED: no samples in {}; set LAZARET_SAMPLES", folder.display());
    None
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            walk(&entry, files);
        } else {
            files.push(entry);
        }
    }
}

/// Takes bytes in and reads them; the report that holds what was made of them.
async fn take_in(world: &World, name: &str, bytes: &[u8]) -> ReportId {
    let arrival = Arrival { channel: Channel::File, bytes, content_type: "", file_name: name, read_by_caller: true };
    let received = world.desk.receive(&system(), arrival).await.unwrap();
    if let Some(first) = received.duplicate_of {
        return first;
    }
    world.desk.read_report(received.id).await.unwrap_or_else(|error| panic!("{name}: {error}"));
    received.id
}

/// How many rows there are of what may not grow; of the events only those that count.
async fn counted(world: &World) -> BTreeMap<&'static str, i64> {
    let mut conn = world.desk.store().read().await.unwrap();
    let mut counts = BTreeMap::new();
    for (what, table) in [
        ("events", "events WHERE state <> 'duplicate'"),
        ("cases", "cases"),
        ("letters", "letters"),
        ("notices", "notices"),
        ("passed on", "passings"),
        ("mail owed", "jobs WHERE kind NOT IN ('parse')"),
        ("bytes", "report_bytes"),
        ("copies", "events WHERE state = 'duplicate'"),
    ] {
        counts.insert(what, rows(&mut conn, table).await.unwrap());
    }
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn the_corpus_again_adds_nothing_and_writes_to_nobody() {
    let Some(root) = samples() else { return };
    let mut files = Vec::new();
    walk(&root, &mut files);
    both(async |world| {
        let mut samples = Vec::new();
        for file in &files {
            let bytes = std::fs::read(file).unwrap();
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            let report = take_in(&world, &name, &bytes).await;
            samples.push(Sample { name: file.display().to_string(), bytes, report });
        }
        let first = counted(&world).await;
        eprintln!("{} files: {first:?}", samples.len());
        assert!(first["events"] > 500, "{first:?}");
        for owed in ["letters", "notices", "passed on", "mail owed"] {
            assert_eq!(first[owed], 0, "{owed}: {first:?}");
        }

        // The same bytes again.
        for sample in &samples {
            let name = sample.name.rsplit('/').next().unwrap();
            assert_eq!(take_in(&world, name, &sample.bytes).await, sample.report, "{}", sample.name);
        }
        assert_eq!(counted(&world).await, first);

        // The same mails once more over another relay: other bytes, nothing new.
        for sample in &samples {
            let report = world.desk.report(&system(), sample.report).await.unwrap();
            let mailed = report.sender.is_some() && sample.bytes.first().is_some_and(u8::is_ascii_alphabetic);
            if !mailed || report.disposition != Some(Disposition::Events) || sample.bytes.starts_with(b"From ") {
                continue;
            }
            let received = b"Received: from mx2.relay.example (mx2.relay.example [203.0.113.250])\r\n\tby mail.isp.example; Sun, 22 Nov 2026 10:40:00 +0000\r\n";
            let before = counted(&world).await["events"];
            take_in(&world, "again.eml", &[received, sample.bytes.as_slice()].concat()).await;
            let after = counted(&world).await["events"];
            assert_eq!(before, after, "{}: {} events more", sample.name, after - before);
        }
        let last = counted(&world).await;
        eprintln!("after a resend: {last:?}");
        for owed in ["letters", "notices", "passed on", "mail owed"] {
            assert_eq!(last[owed], 0, "{owed}: {last:?}");
        }

        // What came is what is kept.
        for sample in &samples {
            let (report, kept) = world.desk.report_with_bytes(&system(), sample.report).await.unwrap();
            assert!(kept == sample.bytes, "{}", sample.name);
            assert_eq!(report.sha256, hex::encode(Sha256::digest(&kept)), "{}", sample.name);
        }
    })
    .await;
}
