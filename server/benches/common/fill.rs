//! A desk of any size in minutes: a demo desk that was lived through, and copies of its rows made by the engine.
use crate::common::{config, now, open};
use domain::{
    act::Act,
    actor::Actor,
    case::{CaseFilter, CaseOrder, CaseRow},
    clock::SystemClock,
    id::CaseId,
    ledger::NewEntry,
    page::PageOf,
};
use lazaret::{
    demo::{self, Plan},
    desk::Desk,
};
use std::{path::Path, sync::Arc};
use store::{
    Chore, Entries, Store,
    testing::{shape, tamper},
};

/// Tables that are copied, each after those it refers to.
const PEOPLE: &[&str] = &[
    "customers",
    "contracts",
    "services",
    "lease_holders",
    "leases",
    "cases",
    "messages",
    "disputes",
    "links",
    "notices",
    "quarantines",
    "quarantine_causes",
    "releases",
    "search_words",
];
const EVIDENCE: &[&str] = &["reports", "events", "attributions", "reporter_cases"];
/// Columns that hold the id of a copied row.
const IDS: &[&str] = &[
    "id",
    "report_id",
    "event_id",
    "customer_id",
    "contract_id",
    "service_id",
    "case_id",
    "duplicate_of",
    "repeat_of",
    "quarantine_id",
    "noun_id",
];
/// Entries of the record for each copied case.
const ENTRIES_PER_CASE: usize = 10;
/// Waits in the made desk: the events of so many cases of the demo, about one in twenty.
const CASES_UNDONE: usize = 30;

/// A desk of a demo with so many events, copied until there are `copies` of it: each with customers, reports, cases,
/// notices and quarantines of its own. Also the case with the most events of the first one.
pub(crate) async fn filled(folder: &Path, url: &str, events: usize, copies: usize) -> (Desk, CaseRow) {
    let config = config(folder).with("database.url", url);
    let plan = Plan { customers: 600, events, seed: 1, ends: now() };
    demo::fill(config.clone(), plan, &|_, _, _| {}).await.unwrap();
    let store = Store::open_hasty(url, Arc::new(SystemClock)).await.unwrap();
    let columns = columns(&store).await;
    let copy = |tables: &[&str], number: usize| -> Vec<String> {
        tables.iter().map(|table| copied(&store, table, &columns, number)).collect()
    };
    // The demo's cases have twenty events each, those of the design ten: as many cases again, without evidence.
    base(&store, PEOPLE).await;
    run(&store, &copy(PEOPLE, 0)).await;
    let undone = format!(
        "UPDATE events SET state = 'pending', case_id = NULL WHERE case_id IN
            (SELECT id FROM cases WHERE state = 'closed' ORDER BY id LIMIT {CASES_UNDONE})"
    );
    run(&store, &[undone]).await;
    let all = CaseFilter { all: true, ..CaseFilter::default() };
    let mut conn = store.read().await.unwrap();
    let most = conn.case_list(&all, CaseOrder::Events, PageOf::default(), now()).await.unwrap().rows;
    drop(conn);
    let tables = [PEOPLE, EVIDENCE].concat();
    base(&store, &tables).await;
    for number in 1..copies {
        run(&store, &copy(&tables, number)).await;
    }
    // The figures of cases count their events, which came after them.
    let refuted = "UPDATE cases SET closed_at = closed_at + 1 WHERE outcome IN ('false_positive', 'not_ours')";
    run(&store, &[refuted.to_owned()]).await;
    run(&store, &tables.iter().map(|table| format!("DROP TABLE base_{table}")).collect::<Vec<_>>()).await;
    run(&store, &[format!("UPDATE event_days SET events = events * {copies}")]).await;
    if store.engine_name() == "postgres" {
        // Where nobody benchmarks, autovacuum does it.
        run(&store, &["ANALYZE".to_owned()]).await;
    }
    record(&store, events / 10 * (copies - 1) * ENTRIES_PER_CASE).await;
    store.close().await;
    (open(config).await, most.into_iter().next().unwrap())
}

async fn run(store: &Store, statements: &[String]) {
    let mut tx = store.write().await.unwrap();
    for sql in statements {
        tamper(&mut tx, sql).await.unwrap_or_else(|error| panic!("{error}\n{sql}"));
    }
    tx.commit_chore(Chore::Verified).await.unwrap();
}

/// The rows that are copied, put aside.
async fn base(store: &Store, tables: &[&str]) {
    let make = |table: &&str| {
        [format!("DROP TABLE IF EXISTS base_{table}"), format!("CREATE TABLE base_{table} AS SELECT * FROM {table}")]
    };
    run(store, &tables.iter().flat_map(make).collect::<Vec<_>>()).await;
}

/// Table and column of everything in the schema.
async fn columns(store: &Store) -> Vec<(String, String)> {
    let lines = shape(store).await.unwrap();
    let named = lines.iter().filter_map(|line| line.strip_prefix("column ")?.split(' ').next()?.split_once('.'));
    named.map(|(table, column)| (table.to_owned(), column.to_owned())).collect()
}

/// The statement that makes copy `number` of a table: new ids, new numbers, the rest as it was.
fn copied(store: &Store, table: &str, columns: &[(String, String)], number: usize) -> String {
    let postgres = store.engine_name() == "postgres";
    let columns: Vec<&str> = columns.iter().filter(|one| one.0 == table).map(|one| one.1.as_str()).collect();
    let value = |column: &&str| match *column {
        // Holders are numbered; leases follow them.
        "id" if table == "lease_holders" => format!("id + {number}0000000 + 1000000"),
        "holder_id" => format!("holder_id + {number}0000000 + 1000000"),
        "name" if table == "lease_holders" => format!("name || '-{number}'"),
        id if IDS.contains(&id) => new_id(id, number, postgres),
        hash @ ("fingerprint" | "secret_hash") if postgres => format!("{hash} || decode('{number:06x}', 'hex')"),
        hash @ ("fingerprint" | "secret_hash") => format!("unhex(hex({hash}) || '{number:06x}')"),
        text @ ("number" | "message_id") => format!("{text} || '-{number}'"),
        "source" if table == "events" => format!("source || '-{number}'"),
        other => other.to_owned(),
    };
    let values: Vec<String> = columns.iter().map(value).collect();
    format!("INSERT INTO {table} ({}) SELECT {} FROM base_{table}", columns.join(", "), values.join(", "))
}

/// Ids keep their time and place. Copy 0 changes the version, the others the last six digits.
fn new_id(column: &str, number: usize, postgres: bool) -> String {
    let hex = if postgres { format!("replace(CAST({column} AS TEXT), '-', '')") } else { format!("hex({column})") };
    let new = match number {
        0 => format!("substr({hex}, 1, 12) || '8' || substr({hex}, 14)"),
        _ => format!("substr({hex}, 1, 26) || '{number:06x}'"),
    };
    match postgres {
        true => format!("CAST({new} AS UUID)"),
        false => format!("CASE WHEN {column} IS NULL THEN NULL ELSE unhex({new}) END"),
    }
}

/// Entries as staff and machines write them; copies would not be a record.
async fn record(store: &Store, entries: usize) {
    let actors = [Actor::system("intake"), Actor::system("mail"), Actor::system("enforcement")];
    let acts = [Act::CaseOpened, Act::CaseJoined, Act::NoticeQueued, Act::CaseNoted, Act::QuarantineOrdered];
    let mut case = CaseId::new();
    for first in (0..entries).step_by(1_000) {
        let mut some: Vec<NewEntry> = Vec::new();
        for n in first..(first + 1_000).min(entries) {
            if n % ENTRIES_PER_CASE == 0 {
                case = CaseId::new();
            }
            let entry = NewEntry::new(&actors[n % 3], acts[n % 5], "case", case).case(case);
            some.push(entry.change("open", "notified").why("a reason of the usual length, as people write it"));
        }
        let Some(last) = some.pop() else { return };
        store.write().await.unwrap().commit(Entries::from(last).and_all(some)).await.unwrap();
    }
}
