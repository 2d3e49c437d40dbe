//! Server time of every staff page, through the whole router, at two sizes.
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
        let events = size("BENCH_EVENTS", 100_000);
        all(events, "").await;
        all(events / 100, "_small").await;
        say("page_events", events as f64, "events");
    });
}

async fn all(events: usize, suffix: &str) {
    let folder = tempfile::tempdir().unwrap();
    let start = Instant::now();
    let desk = common::demo_desk(folder.path(), events).await;
    eprintln!("a desk of {events} events took {:.0} s to make", start.elapsed().as_secs_f64());
    let mut conn = desk.store().read().await.unwrap();
    let filter = CaseFilter { all: true, ..CaseFilter::default() };
    let cases = conn.case_list(&filter, CaseOrder::Events, PageOf::default(), common::now()).await.unwrap().rows;
    let (case, customer) = (cases[0].case.number.clone(), cases[0].case.customer);
    let size = conn.ledger_size().await.unwrap();
    drop(conn);
    let pages = [
        ("evidence", "/".to_owned()),
        ("sort_out", "/sort-out".to_owned()),
        ("cases", "/cases".to_owned()),
        ("cases_all", "/cases?view=all".to_owned()),
        ("case", format!("/cases/{case}")),
        ("approvals", "/approvals".to_owned()),
        ("quarantine", "/quarantine".to_owned()),
        ("mail", "/mail".to_owned()),
        ("customers", "/customers".to_owned()),
        ("customer", format!("/customers/{customer}")),
        ("figures", "/figures?days=90".to_owned()),
        ("record", "/record".to_owned()),
        ("record_noun", "/record?act=quarantine".to_owned()),
        ("entry", format!("/record/{}", size / 2)),
    ];
    let browser = Browser::signed_in(desk, "ines@desk.example").await;
    for (name, path) in pages {
        let mut took = Vec::new();
        browser.get(&path).await;
        for _ in 0..100 {
            let start = Instant::now();
            browser.get(&path).await;
            took.push(millis(start.elapsed()));
        }
        say(&format!("page_{name}_ms_p50{suffix}"), percentile(&mut took, 50), "ms");
        say(&format!("page_{name}_ms_p99{suffix}"), percentile(&mut took, 99), "ms");
    }
}
