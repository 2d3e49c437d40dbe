//! The customer's page: bytes on the wire and server time.
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark may fail loudly")]
#![allow(clippy::allow_attributes, reason = "not every lint fires in every benchmark")]
#[path = "common/browser.rs"]
mod browser;
mod common;

use browser::Browser;
use common::{millis, percentile, say, size};
use domain::{
    case::{CaseFilter, CaseOrder},
    page::PageOf,
};
use std::time::Instant;

fn main() {
    common::run(async {
        let folder = tempfile::tempdir().unwrap();
        let desk = common::demo_desk(folder.path(), size("BENCH_EVENTS", 4_000)).await;
        let secrets = secrets(&desk).await;
        let browser = Browser::new(desk);
        let (mut bytes, mut took) = (0, Vec::new());
        for secret in &secrets {
            let path = format!("/c/{secret}");
            bytes = bytes.max(browser.get_as(&path, "br").await.len());
            let start = Instant::now();
            browser.get(&path).await;
            took.push(millis(start.elapsed()));
        }
        say("portal_pages", secrets.len() as f64, "pages");
        say("portal_bytes", bytes as f64, "bytes");
        say("portal_ms_p50", percentile(&mut took, 50), "ms");
        say("portal_ms_p99", percentile(&mut took, 99), "ms");
    });
}

/// Links as the customers got them by mail.
async fn secrets(desk: &lazaret::desk::Desk) -> Vec<String> {
    let mut conn = desk.store().read().await.unwrap();
    let mut secrets = Vec::new();
    let filter = CaseFilter { all: true, ..CaseFilter::default() };
    for page in 1..5 {
        let rows = conn.case_list(&filter, CaseOrder::Newest, PageOf::new(page), common::now()).await.unwrap().rows;
        for row in rows {
            for notice in conn.notices_of_case(row.case.id).await.unwrap() {
                if let Some((_, rest)) = notice.body.split_once("/c/") {
                    // A notice that was taken back has its secret struck out.
                    let word = rest.split_whitespace().next().filter(|word| word.len() == 43);
                    secrets.extend(word.map(str::to_owned));
                }
            }
        }
    }
    secrets
}
