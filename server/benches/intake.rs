//! How fast reports are read and taken in, beside Python's mail parser and the engines' bare inserts.
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark may fail loudly")]
#![allow(clippy::allow_attributes, reason = "not every lint fires in every benchmark")]
mod common;

use common::{books, config, cpu_seconds, mixed::Mixed, now, open, peak_mb, rate, say, shadowserver, size, skipped};
use domain::{actor::Actor, clock::SystemClock, id::EventId, page::PageOf, report::Channel};
use intake::Hint;
use lazaret::desk::{Arrival, Desk};
use sha2::{Digest as _, Sha256};
use std::{path::Path, process::Command, sync::Arc, time::Instant};
use store::{NewEvent, Store, testing};

const PYTHON: &str = r"
import email.parser, email.policy, sys, time
mails = open(sys.argv[1], 'rb').read().split(b'\0')
parser = email.parser.BytesParser(policy=email.policy.compat32)
done, start = 0, time.process_time()
while time.process_time() - start < 2:
    for mail in mails:
        for part in parser.parsebytes(mail).walk():
            part.get_content_type()
            if not part.is_multipart(): part.get_payload(decode=True)
    done += len(mails)
print(done / (time.process_time() - start))
";

fn mail(n: usize) -> String {
    let b = format!("b{n}");
    format!(
        "From: fbl@mailhost.example\nTo: abuse@desk.example\nSubject: FW: offer {n}\nMessage-ID: <{n}@mailhost.example>\nDate: Wed, 1 May 2024 14:39:58 +0000\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=feedback-report; boundary=\"{b}\"\n\n--{b}\nContent-Type: text/plain\n\nA recipient called this mail spam.\n\n--{b}\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: FBL/1\nVersion: 1\nArrival-Date: Wed, 1 May 2024 16:30:00 +0200\nSource-IP: 192.0.2.{}\n\n--{b}\nContent-Type: message/rfc822\n\nReceived: from shop.example ([192.0.2.1]) by mx.mailhost.example; Wed, 1 May 2024 16:30:00 +0200\nFrom: sales@shop.example\nTo: trap@mailhost.example\nSubject: offer {n}\n\n{}\n\n--{b}--\n",
        n % 250,
        "Buy this now, only today and only for you. http://shop.example/\n".repeat(20)
    )
}

/// Runs this program again to do one piece of work alone: its memory is nobody else's.
const ALONE: &str = "BENCH_ALONE";

fn main() {
    if let Ok(work) = std::env::var(ALONE) {
        return alone(&work);
    }
    parsing();
    mixed();
    rows_in_memory();
    common::run(async {
        ingest("sqlite").await;
        match testing::pg_server() {
            Some(_) => ingest("postgres").await,
            None => skipped("PostgreSQL is not there: no ingest_events_per_s_postgres"),
        }
    });
}

fn parsing() {
    let rows = size("BENCH_ROWS", 100_000);
    let csv = shadowserver(rows, 2_000, 0);
    let hint = || Hint { content_type: Some("text/csv"), file_name: Some("2026-11-20-event4_sinkhole-bench-asn.csv") };
    assert_eq!(intake::parse(&csv, hint(), now()).events.len(), rows);
    let ours = rate(rows, || drop(intake::parse(&csv, hint(), now())));
    say("parse_shadowserver_rows_per_cpu_s", ours, "1/s");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rows");
    // IntelMQ needs its time for each row: a part of the same file is enough.
    std::fs::write(&file, shadowserver(rows.min(20_000), 2_000, 0)).unwrap();
    match peer("LAZARET_INTELMQ", include_str!("common/intelmq.py"), &file) {
        Some(theirs) => {
            say("parse_shadowserver_intelmq_rows_per_cpu_s", theirs, "1/s");
            say("parse_shadowserver_of_intelmq", ours / theirs, "x");
        }
        None => skipped("IntelMQ could not be installed: no peer for parse_shadowserver_rows_per_cpu_s"),
    }
    let mails: Vec<String> = (0..500).map(mail).collect();
    let hint = || Hint { content_type: Some("message/rfc822"), file_name: None };
    let ours = rate(mails.len(), || mails.iter().for_each(|mail| drop(intake::parse(mail.as_bytes(), hint(), now()))));
    say("parse_mail_per_cpu_s", ours, "1/s");
    let file = folder.path().join("mails");
    std::fs::write(&file, mails.join("\0")).unwrap();
    match peer("LAZARET_PYTHON", PYTHON, &file) {
        Some(theirs) => {
            say("parse_mail_python_per_cpu_s", theirs, "1/s");
            say("parse_mail_of_python", ours / theirs, "x");
        }
        None => skipped("no Python that runs: no peer for parse_mail_per_cpu_s"),
    }
}

/// Ten thousand mails of every format, one after the other as they come in.
fn mixed() {
    let mails = size("BENCH_MAILS", 10_000);
    let all = Mixed::load();
    let (mut spent, mut bytes, mut events) = (0.0, 0, 0);
    for batch in 0..mails.div_ceil(1_000) {
        let some: Vec<Vec<u8>> = (0..1_000).map(|n| all.mail(batch * 1_000 + n)).collect();
        let start = cpu_seconds();
        for mail in &some {
            let hint = Hint { content_type: Some("message/rfc822"), file_name: None };
            events += intake::parse(mail, hint, now()).events.len();
        }
        spent += cpu_seconds() - start;
        bytes += some.iter().map(Vec::len).sum::<usize>();
    }
    say("parse_mixed_mail_per_cpu_s", mails as f64 / spent, "1/s");
    say("parse_mixed_events_per_cpu_s", events as f64 / spent, "1/s");
    say("parse_mixed_mb_per_cpu_s", bytes as f64 / 1e6 / spent, "MB/s");
    let (small, large) = (by_itself(&format!("mails {}", mails / 10)), by_itself(&format!("mails {mails}")));
    say("parse_peak_rss_mb_small", small, "MB");
    say("parse_peak_rss_mb", large, "MB");
    say("parse_peak_rss_of_small", large / small, "x");
}

/// What a table of many rows needs while its events are read one after the other, as the desk and the command line do,
/// and what its bytes alone need.
fn rows_in_memory() {
    let rows = size("BENCH_ROWS", 100_000);
    for (name, rows) in [("rows_peak_rss_mb_small", rows / 10), ("rows_peak_rss_mb", rows)] {
        say(&format!("parse_{name}"), by_itself(&format!("rows {rows}")), "MB");
        say(&format!("parse_{name}_before"), by_itself(&format!("bytes {rows}")), "MB");
    }
}

fn by_itself(work: &str) -> f64 {
    let said = Command::new(std::env::current_exe().unwrap()).env(ALONE, work).output().unwrap();
    String::from_utf8_lossy(&said.stdout).trim().parse().unwrap_or(f64::NAN)
}

fn alone(work: &str) {
    let (what, n) = work.split_once(' ').unwrap();
    let n: usize = n.parse().unwrap();
    let csv = Hint { content_type: Some("text/csv"), file_name: Some("2026-11-20-event4_sinkhole-bench-asn.csv") };
    match what {
        "mails" => {
            let all = Mixed::load();
            let hint = Hint { content_type: Some("message/rfc822"), file_name: None };
            (0..n).for_each(|n| drop(intake::parse(&all.mail(n), hint, now())));
        }
        "rows" => {
            let (opened, mut events) = (intake::open(&Arc::new(shadowserver(n, 2_000, 0)), csv, now()), 0);
            opened.visit(&mut |_| events += 1);
            assert_eq!(events, n);
        }
        _ => assert!(shadowserver(n, 2_000, 0).len() > n),
    }
    println!("{}", peak_mb());
}

/// What a script says about a file; the variable names the Python that runs it.
fn peer(variable: &str, script: &str, file: &Path) -> Option<f64> {
    let python = std::env::var(variable).ok().filter(|text| !text.is_empty())?;
    let said = Command::new(python).args(["-c", script]).arg(file).output().ok()?;
    let text = String::from_utf8_lossy(&said.stdout).trim().parse().ok();
    if text.is_none() {
        eprintln!("{}", String::from_utf8_lossy(&said.stderr));
    }
    text
}

async fn ingest(engine: &str) {
    let folder = tempfile::tempdir().unwrap();
    let desk = match engine {
        "sqlite" => open(config(folder.path())).await,
        _ => {
            let store = Store::open(&testing::pg_database().await.unwrap(), Arc::new(SystemClock)).await.unwrap();
            store.migrate().await.unwrap();
            Desk::new(store, config(folder.path()))
        }
    };
    books(&desk, 2_000).await;
    let (rows, files) = (5_000, size("BENCH_EVENTS", 40_000) / 5_000);
    let (start, mut report) = (Instant::now(), None);
    for round in 0..files {
        let csv = shadowserver(rows, 2_000, round);
        let arrival = Arrival {
            channel: Channel::File,
            bytes: &csv,
            content_type: "text/csv",
            file_name: "2026-11-20-event4_sinkhole-bench-asn.csv",
            read_by_caller: true,
        };
        let received = desk.receive(&Actor::system("bench"), arrival).await.unwrap();
        report = Some(desk.read_report(received.id).await.unwrap().id);
    }
    let events = rows * files;
    let ours = events as f64 / start.elapsed().as_secs_f64();
    say(&format!("ingest_events_per_s_{engine}"), ours, "1/s");
    let bare = bare(&desk, report.unwrap(), events).await;
    say(&format!("bare_insert_rows_per_s_{engine}"), bare, "1/s");
    say(&format!("ingest_of_bare_{engine}"), ours / bare, "x");
    desk.store().close().await;
}

/// The same rows once more under new ids, 500 a transaction, without anything around them.
async fn bare(desk: &Desk, report: domain::id::ReportId, events: usize) -> f64 {
    let mut pattern = Vec::new();
    for page in 1..=10 {
        let rows = desk.store().read().await.unwrap().events_of_report(report, PageOf::new(page)).await.unwrap();
        pattern.extend(rows.rows);
    }
    assert_eq!(pattern.len(), 500);
    let mut spent = 0.0;
    for batch in 0..events / 500 {
        let rows: Vec<NewEvent> = pattern
            .iter()
            .enumerate()
            .map(|(place, event)| {
                let position = 10_000_000 + (batch * 500 + place) as i64;
                let id = EventId::new();
                // As scattered as a hash: the index of real fingerprints has no order either.
                let fingerprint = Sha256::digest(id.0.as_bytes()).into();
                NewEvent { event: domain::evidence::Event { id, position, ..event.clone() }, fingerprint }
            })
            .collect();
        let start = Instant::now();
        let mut tx = desk.store().write().await.unwrap();
        tx.event_add_bare(&rows).await.unwrap();
        tx.commit_chore(store::Chore::Verified).await.unwrap();
        spent += start.elapsed().as_secs_f64();
    }
    events as f64 / spent
}
