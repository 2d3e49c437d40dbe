//! The record: what an entry costs, how fast the whole is checked, how fast one is proven.
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark may fail loudly")]
#![allow(clippy::allow_attributes, reason = "not every lint fires in every benchmark")]
mod common;

use common::{config, millis, open, percentile, say, size};
use domain::{act::Act, actor::Actor, id::CaseId, ledger::NewEntry};
use ledger::SigningKey;
use std::time::Instant;
use store::Entries;

fn main() {
    common::run(async {
        let folder = tempfile::tempdir().unwrap();
        let desk = open(config(folder.path())).await;
        let entries = size("BENCH_ENTRIES", 300_000);
        let case = CaseId::new();
        let entry = |n: usize| {
            NewEntry::new(&Actor::system("bench"), Act::CaseNoted, "case", n)
                .case(case)
                .change("open", "notified")
                .why("a reason of the usual length, as people write it")
        };
        let (batch, start) = (500, Instant::now());
        for first in (0..entries).step_by(batch) {
            let tx = desk.store().write().await.unwrap();
            let rest = (first + 1..first + batch).map(entry);
            tx.commit(Entries::from(entry(first)).and_all(rest)).await.unwrap();
        }
        say("ledger_append_us", start.elapsed().as_secs_f64() * 1e6 / entries as f64, "us");
        let key = SigningKey::generate().unwrap();
        let head = desk.sign_head(&key).await.unwrap().unwrap();
        let start = Instant::now();
        let report = desk.verify_record(&[head], &[key.public()], |_| {}).await.unwrap();
        assert!(report.is_clean());
        say("ledger_verify_per_s", entries as f64 / start.elapsed().as_secs_f64(), "1/s");
        let mut took = Vec::new();
        for seq in (0..entries).step_by(entries / 200) {
            let start = Instant::now();
            let (_, proof, _) = desk.record_entry(&Actor::system("bench"), seq as i64).await.unwrap();
            took.push(millis(start.elapsed()));
            assert_eq!(proof.problem, "");
        }
        say("ledger_proof_ms_p99", percentile(&mut took, 99), "ms");
    });
}
