//! What a table of many rows needs in memory beside its bytes. Alone in its process: nothing else may be counted.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]
#![cfg(target_os = "linux")]
use intake::{Hint, open};
use std::fmt::Write as _;
use std::sync::Arc;

/// The most memory that this process ever held, in kB.
fn peak_kb() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_table_of_a_hundred_thousand_rows_needs_little_more_than_its_bytes() {
    let rows = 100_000;
    let mut text = String::from("\"timestamp\",\"ip\",\"port\",\"asn\",\"geo\",\"tag\",\"infection\",\"event_id\"\n");
    for n in 0..rows {
        let at = format!("2024-05-01 {:02}:{:02}:{:02}", n / 3600 % 24, n / 60 % 60, n % 60);
        writeln!(
            text,
            "\"{at}\",\"192.0.2.{}\",{},64500,\"XX\",\"bot\",\"avalanche\",\"e-{n}\"",
            n % 250,
            1024 + n % 60_000
        )
        .unwrap();
    }
    let bytes = Arc::new(text.into_bytes());
    let before = peak_kb();
    let hint = Hint { content_type: None, file_name: Some("2024-05-01-event4_sinkhole-example-asn.csv") };
    let opened = open(&bytes, hint, "2024-05-02T08:00:00Z".parse().unwrap());
    let mut events = 0;
    opened.visit(&mut |_| events += 1);
    assert_eq!((opened.total(), events), (rows, rows));
    let more = peak_kb() - before;
    assert!(more < 8_000, "{more} kB more than the bytes");
}
