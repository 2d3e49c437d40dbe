//! What comes again and again.
use crate::support::House;
use chrono::TimeDelta;
use domain::{
    case::{CaseFilter, CaseOrder},
    evidence::{InboxFilter, InboxTab},
    notice::NoticeFilter,
    page::PageOf,
    quarantine::QuarantineTab,
    report::ReportFilter,
};
use std::sync::atomic::Ordering;
use store::testing;

/// 17, AbuseIO #55 and #317: a mail about the same trouble each minute. Ours is raised once, tries come less and less often,
/// and its end is said once.
#[tokio::test]
async fn bug_17_an_alarm_is_raised_once_and_tries_get_rarer() {
    let house = House::new().await;
    let mut waits = Vec::new();
    for _ in 0..200 {
        let again = house.desk.channel_failed("mailbox.abuse", "connection refused").await.unwrap();
        waits.push(again - house.desk.clock().now());
        house.clock.advance(TimeDelta::hours(1));
    }
    house.desk.channel_went_well("mailbox.abuse", None).await.unwrap();
    house.desk.channel_went_well("mailbox.abuse", None).await.unwrap();
    assert!(waits.is_sorted() && waits[20] > waits[0] * 10, "{waits:?}");
    let mut conn = house.desk.store().read().await.unwrap();
    let acts: Vec<String> = conn
        .ledger_of_noun("channel", "mailbox.abuse", 500)
        .await
        .unwrap()
        .into_iter()
        .map(|entry| entry.act)
        .collect();
    assert_eq!(acts, ["channel.mended", "channel.alarm"], "the newest first");
}

/// Rows of each thing that more of are made, with the tables they refer to before them.
const COPIED: &[&str] = &[
    "customers",
    "contracts",
    "services",
    "reports",
    "cases",
    "events",
    "attributions",
    "event_doubts",
    "notices",
    "quarantines",
    "quarantine_causes",
];

/// 18, AbuseIO #190, fody #50, iris-web #716: lists joined everything before they took a page of it. Here a page costs as
/// many of the engine's steps when there is ten times as much.
#[tokio::test]
async fn bug_18_a_page_of_a_list_costs_the_same_with_ten_times_the_rows() {
    let house = House::new().await;
    let number = house.with_case().await;
    house.cut(&number).await;
    // What waits for nobody known, and an answer in doubt.
    house.report(&crate::support::REPORT.replace("r1@", "r2@").replace("198.51.100.77", "198.51.100.99")).await;
    let doubt = "INSERT INTO event_doubts (event_id, made_at, answer)
        SELECT id, at, '{\"certainty\":\"unknown\",\"candidates\":[],\"why\":\"\"}' FROM events WHERE case_id IS NOT NULL";
    house.sql(doubt).await.unwrap();
    house.copy(COPIED, 1..=150).await;
    let small = steps_of_lists(&house).await;
    house.copy(COPIED, 151..=1_500).await;
    let large = steps_of_lists(&house).await;
    let mut grown = Vec::new();
    for ((name, before), (_, after)) in small.iter().zip(&large) {
        assert!(*before > 300, "{name}: a whole page was read with {before} steps");
        let most = match *name {
            // Sorted by what no index has: the key of each row is looked at (20 and 9 steps), and nothing is joined.
            "unknown evidence" | "quarantine" => before + 25 * 1_350,
            _ => before * 2,
        };
        if *after > most {
            grown.push(format!("{name}: {before} steps, with ten times the rows {after}"));
        }
    }
    assert!(grown.is_empty(), "{grown:#?}");
}

/// The engine's steps for the first page of each list.
async fn steps_of_lists(house: &House) -> Vec<(&'static str, u64)> {
    let (now, page) = (house.desk.clock().now(), PageOf::default());
    let mut conn = house.desk.store().read().await.unwrap();
    let steps = testing::steps(&mut conn).await.unwrap().unwrap();
    let mut taken = Vec::new();
    let mut note = |name: &'static str, rows: usize| {
        let done = steps.swap(0, Ordering::Relaxed);
        assert!(rows >= 50, "{name}: {rows} rows");
        taken.push((name, done));
    };
    let cases = CaseFilter { all: true, ..CaseFilter::default() };
    note("cases", conn.case_list(&cases, CaseOrder::Newest, page, now).await.unwrap().rows.len());
    for (name, tab) in [("evidence on cases", InboxTab::OnCase), ("unknown evidence", InboxTab::Unknown)] {
        let filter = InboxFilter { tab, ..InboxFilter::default() };
        note(name, conn.inbox_list(&filter, now, page).await.unwrap().rows.len());
    }
    note("events", conn.event_newest(None, "", page).await.unwrap().rows.len());
    note("answers in doubt", conn.contradiction_list(false, page).await.unwrap().rows.len());
    note("reports", conn.report_list(&ReportFilter::default(), page).await.unwrap().rows.len());
    note("customers", conn.customer_list("", page).await.unwrap().rows.len());
    note("mail", conn.notice_list(&NoticeFilter::default(), page).await.unwrap().rows.len());
    note("quarantine", conn.quarantine_list(QuarantineTab::InForce, page, now).await.unwrap().len());
    taken
}

impl House {
    /// Copies of all rows of these tables that there were at first, numbered `which`: ids and references change together.
    async fn copy(&self, tables: &[&str], which: std::ops::RangeInclusive<usize>) {
        let (from, to) = which.into_inner();
        let shape = testing::shape(self.desk.store()).await.unwrap();
        for table in tables {
            let of = format!("column {table}.");
            let columns = shape.iter().filter_map(|line| line.strip_prefix(&of)?.split_once(' '));
            let (names, values): (Vec<&str>, Vec<String>) = columns
                .map(|(name, kind)| match (name, kind.starts_with("BLOB")) {
                    ("address" | "clause_id", _) => (name, format!("t.{name}")),
                    // Another last four bytes: the same for the same id.
                    (_, true) => (
                        name,
                        format!("unhex(substr(hex(t.{name}), 1, length(t.{name}) * 2 - 8) || printf('%08x', n.i))"),
                    ),
                    // Each a minute older than the one before.
                    (name, _) if name == "at" || name.ends_with("_at") => (name, format!("t.{name} - n.i * 60000000")),
                    ("number" | "message_id" | "username" | "source", _) => {
                        (name, format!("t.{name} || CASE t.{name} WHEN '' THEN '' ELSE '-' || n.i END"))
                    }
                    _ => (name, format!("t.{name}")),
                })
                .unzip();
            let first = format!("first_{table}");
            if from == 1 {
                self.sql(&format!("CREATE TABLE {first} AS SELECT * FROM {table}")).await.unwrap();
            }
            let sql = format!(
                "WITH RECURSIVE n(i) AS (SELECT {from} UNION ALL SELECT i + 1 FROM n WHERE i < {to})
                 INSERT INTO {table} ({}) SELECT {} FROM {first} t, n",
                names.join(", "),
                values.join(", ")
            );
            self.sql(&sql).await.unwrap();
        }
    }
}
