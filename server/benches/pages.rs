//! Server time of every staff page, through the whole router, at two sizes.
//!
//! `BENCH_EVENTS` (1,000,000; a tenth as many cases) is the large size, a hundredth of it the small one.
//! `BENCH_ENGINE=postgres` measures on the server of `LAZARET_TEST_PG` instead of SQLite.
//! `BENCH_KEEP=FOLDER` keeps the desks there and measures those that are there; `BENCH_ONLY=figures,cases` some pages.
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark may fail loudly")]
#![allow(clippy::allow_attributes, reason = "not every lint fires in every benchmark")]
#[path = "common/browser.rs"]
mod browser;
mod common;
#[path = "common/fill.rs"]
mod fill;

use browser::Browser;
use common::{millis, percentile, say, size, skipped};
use lazaret::desk::Desk;
use std::time::Instant;
use store::testing::{pg_database, rows};

/// How many times larger the large desk is.
const COPIES: usize = 100;

fn main() {
    common::run(async {
        let events = size("BENCH_EVENTS", 1_000_000);
        all(events / COPIES, COPIES, "").await;
        all(events / COPIES, 1, "_small").await;
    });
}

/// The desk in this folder, or a new one; number and customer of a case with much to show. `None` without its engine.
async fn desk(folder: &std::path::Path, events: usize, copies: usize) -> Option<(Desk, String, String)> {
    let note = folder.join("desk.txt");
    if let Ok(text) = std::fs::read_to_string(&note) {
        let mut words = text.split_whitespace().map(str::to_owned);
        let (url, number, customer) = (words.next()?, words.next()?, words.next()?);
        return Some((common::open(common::config(folder).with("database.url", url)).await, number, customer));
    }
    std::fs::create_dir_all(folder).unwrap();
    let url = match std::env::var("BENCH_ENGINE").as_deref() {
        Ok("postgres") => pg_database().await?,
        _ => format!("sqlite://{}", folder.join("desk.db").display()),
    };
    let start = Instant::now();
    let (desk, case) = fill::filled(folder, &url, events, copies).await;
    eprintln!("the desk took {:.0} s to make", start.elapsed().as_secs_f64());
    let (number, customer) = (case.case.number.to_string(), case.case.customer.to_string());
    std::fs::write(note, format!("{url} {number} {customer}")).unwrap();
    Some((desk, number, customer))
}

async fn all(events: usize, copies: usize, suffix: &str) {
    let passing = tempfile::tempdir().unwrap();
    let folder = match std::env::var("BENCH_KEEP") {
        Ok(kept) => std::path::Path::new(&kept).join(format!("{events}x{copies}")),
        Err(_) => passing.path().to_owned(),
    };
    let Some((desk, number, customer)) = desk(&folder, events, copies).await else {
        return skipped("PostgreSQL is not there: no pages on it");
    };
    let mut conn = desk.store().read().await.unwrap();
    let entries = conn.ledger_size().await.unwrap();
    let (events, cases) = (rows(&mut conn, "events").await.unwrap(), rows(&mut conn, "cases").await.unwrap());
    drop(conn);
    let pages = [
        ("evidence", "/".to_owned()),
        ("evidence_latest", "/?sort=-last".to_owned()),
        ("evidence_unknown", "/?view=unknown".to_owned()),
        ("evidence_on_case", "/?view=on_case".to_owned()),
        ("evidence_on_case_latest", "/?view=on_case&sort=-last".to_owned()),
        ("events", "/events".to_owned()),
        ("sort_out", "/sort-out".to_owned()),
        ("reports", "/reports".to_owned()),
        ("cases", "/cases".to_owned()),
        ("cases_newest", "/cases?sort=-opened".to_owned()),
        ("cases_events", "/cases?sort=-events".to_owned()),
        ("cases_quiet", "/cases?sort=last".to_owned()),
        ("cases_due_last", "/cases?sort=-due".to_owned()),
        ("cases_unread", "/cases?view=unread".to_owned()),
        ("cases_all", "/cases?view=all".to_owned()),
        ("cases_all_due", "/cases?view=all&sort=due".to_owned()),
        ("cases_closed_events", "/cases?view=closed&sort=-events".to_owned()),
        ("cases_text", "/cases?q=huber".to_owned()),
        ("case", format!("/cases/{number}")),
        ("approvals", "/approvals".to_owned()),
        ("quarantine", "/quarantine".to_owned()),
        ("quarantine_ended", "/quarantine?state=ended".to_owned()),
        ("mail", "/mail".to_owned()),
        ("customers", "/customers".to_owned()),
        ("customers_text", "/customers?q=huber".to_owned()),
        ("customer", format!("/customers/{customer}")),
        ("figures", "/figures?days=90".to_owned()),
        ("figures_30", "/figures?days=30".to_owned()),
        ("record", "/record".to_owned()),
        ("record_noun", "/record?act=quarantine".to_owned()),
        ("entry", format!("/record/{}", entries / 2)),
    ];
    let browser = Browser::signed_in(desk, "ines@desk.example").await;
    let only = std::env::var("BENCH_ONLY").unwrap_or_default();
    let wanted = |name: &str| only.is_empty() || only.split(',').any(|one| one == name);
    for (name, path) in pages.into_iter().filter(|page| wanted(page.0)) {
        let mut took = Vec::new();
        // A page with three rows of a small desk takes less than one with fifty: its size says so.
        say(&format!("page_{name}_kb{suffix}"), browser.get(&path).await.len() as f64 / 1e3, "kB");
        for _ in 0..100 {
            let start = Instant::now();
            browser.get(&path).await;
            took.push(millis(start.elapsed()));
        }
        say(&format!("page_{name}_ms_p50{suffix}"), percentile(&mut took, 50), "ms");
        say(&format!("page_{name}_ms_p99{suffix}"), percentile(&mut took, 99), "ms");
    }
    say(&format!("page_events{suffix}"), events as f64, "events");
    say(&format!("page_cases{suffix}"), cases as f64, "cases");
}
