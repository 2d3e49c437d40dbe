//! A simulated provider: how fast leases are imported and found, and how often a certain answer is wrong (never).
//!
//! `BENCH_LEASES` (1,000,000; a tenth as many subscribers) is the large size, a tenth of it the small one. Nothing holds
//! more than a batch of what the sources say, so that memory is the desk's. `lease_bare_insert_per_s` is the engine's own
//! insert of the same rows into the same table, in the same run; rates are given by the clock and by the processor time
//! of this process and of the engine's.
//! `BENCH_NO_BARE=1` leaves that out.
//! `BENCH_SUBJECTS` (100,000) events with known truth. `BENCH_ENGINE` is `sqlite` or `postgres` (the server of
//! `LAZARET_TEST_PG`, names end in `_postgres`); both, if it is not set, each in a process of its own. `BENCH_DB` is the URL
//! of that engine's database, which is kept: leases that are there already, of the same day, are not imported again, and
//! there is no small size.
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark may fail loudly")]
#![allow(clippy::allow_attributes, reason = "not every lint fires in every benchmark")]
mod common;
#[path = "common/lease_import.rs"]
mod lease_import;
#[path = "common/provider.rs"]
mod provider;

use chrono::{DateTime, TimeDelta, Utc};
use common::{config, now, open, peak_mb, percentile, say, size, skipped};
use domain::{
    act::Act, actor::Actor, attribution::Certainty, id::ServiceId, ledger::NewEntry, page::PageOf, report::Channel,
};
use lazaret::{
    demo::Rng,
    desk::{Arrival, Desk},
};
use provider::{DAYS, Place, Provider, mixed};
use std::{collections::HashMap, fmt::Write as _, path::Path, process::Command, time::Instant};
use store::{
    Conn, LeaseAsk,
    testing::{pg_database, round_trip, tamper},
};

/// Look-ups that are timed.
const LOOKUPS: u64 = 20_000;
/// Questions of one report that are asked together.
const TOGETHER: u64 = 500;
/// Events of one report.
const ROWS: usize = 2_000;

fn main() {
    let Ok(engine) = std::env::var("BENCH_ENGINE") else { return each_engine() };
    common::run(async {
        let leases = size("BENCH_LEASES", 1_000_000);
        let suffix = if engine == "postgres" { "_postgres" } else { "" };
        if std::env::var_os("BENCH_DB").is_none() {
            measure(&engine, leases / 10, &format!("{suffix}_small"), 0).await;
        }
        measure(&engine, leases, suffix, size("BENCH_SUBJECTS", 100_000)).await;
    });
}

/// One after the other, so that the memory of one is not counted with that of the other.
fn each_engine() {
    assert!(std::env::var_os("BENCH_DB").is_none(), "BENCH_DB needs BENCH_ENGINE: it is the database of one engine");
    for engine in ["sqlite", "postgres"] {
        let mut again = Command::new(std::env::current_exe().unwrap());
        let done = again.args(std::env::args_os().skip(1)).env("BENCH_ENGINE", engine).status().unwrap();
        assert!(done.success(), "{engine}: {done}");
    }
}

async fn measure(engine: &str, leases: usize, suffix: &str, subjects: usize) {
    let folder = tempfile::tempdir().unwrap();
    let Some(desk) = empty(engine, folder.path()).await else { return skipped("no PostgreSQL") };
    let day = now().timestamp().div_euclid(86_400) - DAYS;
    let begins = DateTime::from_timestamp(day * 86_400, 0).unwrap();
    let provider = Provider { subscribers: (leases / 10) as u64, begins };
    if desk.store().read().await.unwrap().lease_count().await.unwrap() == 0 {
        books(&desk, provider.subscribers).await;
        lease_import::import(&desk, provider, suffix).await;
    }
    if engine == "postgres" {
        // Where nobody benchmarks, autovacuum does it.
        let mut tx = desk.store().write().await.unwrap();
        tamper(&mut tx, "ANALYZE").await.unwrap();
        tx.commit_chore(store::Chore::Verified).await.unwrap();
    }
    lookups(&desk, provider, suffix).await;
    let other = tempfile::tempdir().unwrap();
    if ["BENCH_NO_BARE", "BENCH_DB"].iter().all(|name| std::env::var_os(name).is_none())
        && let Some(desk) = empty(engine, other.path()).await
    {
        lease_import::bare(&desk, provider, suffix).await;
    }
    if subjects > 0 {
        answers(&desk, provider, subjects, (true, suffix)).await;
        answers(&desk, provider, subjects / 5, (false, &format!("_no_port{suffix}"))).await;
        say(&format!("peak_mb{suffix}"), peak_mb(), "MB with pages of files");
    }
}

/// A desk with an empty database of the engine that is measured, or with the one that was kept.
async fn empty(engine: &str, folder: &Path) -> Option<Desk> {
    let url = match (std::env::var("BENCH_DB"), engine) {
        (Ok(kept), _) => kept,
        (_, "postgres") => pg_database().await?,
        _ => format!("sqlite://{}", folder.join("desk.db").display()),
    };
    Some(open(config(folder).with("database.url", url)).await)
}

/// Customers with one service each, made by the engine.
async fn books(desk: &Desk, subscribers: u64) {
    let cli = Actor::system("bench");
    for range in ["2001:db8::/32", "198.18.0.0/15"] {
        desk.add_range(&cli, range, "all").await.unwrap();
    }
    let (numbers, id) = match desk.store().engine_name() {
        "postgres" => (format!("generate_series(0, {}) AS n(n)", subscribers - 1), "md5('{}' || n)::uuid"),
        _ => (
            format!(
                "(WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < {}) SELECT n FROM n) AS n",
                subscribers - 1
            ),
            "unhex(printf('{}%030x', n))",
        ),
    };
    let id = |kind: &str| id.replace("{}", kind);
    let (customer, contract, service) = (id("c1"), id("c2"), id("c3"));
    let statements = [
        "INSERT INTO terms (version, published_at) VALUES ('2026-01', 0)".to_owned(),
        format!(
            "INSERT INTO customers (id, number, name, email, phone, language, search, created_at)
                SELECT {customer}, 'C-' || n, 'Customer ' || n, 'c' || n || '@mail.example', '', 'en', '', 0 FROM {numbers}"
        ),
        format!(
            "INSERT INTO contracts (id, customer_id, number, terms_version, accepted_at)
                SELECT {contract}, {customer}, 'V-' || n, '2026-01', 0 FROM {numbers}"
        ),
        format!(
            "INSERT INTO services (id, customer_id, contract_id, number, product, username, circuit_id, mac, protected)
                SELECT {service}, {customer}, {contract}, 'ln-' || n, '', 'u' || n || '@isp.example', '', '', NULL
                FROM {numbers}"
        ),
    ];
    let mut tx = desk.store().write().await.unwrap();
    for sql in &statements {
        tamper(&mut tx, sql).await.unwrap_or_else(|error| panic!("{error}\n{sql}"));
    }
    tx.commit(NewEntry::new(&cli, Act::CustomersImported, "import", "bench")).await.unwrap();
}

/// Times of single look-ups, each of another address and time.
async fn lookups(desk: &Desk, provider: Provider, suffix: &str) {
    // As intake asks: on a connection for reading, and beside it on another where the engine has use for it.
    let mut conn = desk.store().read().await.unwrap();
    let forms = conn.lease_forms().await.unwrap();
    let mut took = Vec::new();
    for _ in 0..LOOKUPS {
        let start = Instant::now();
        round_trip(&mut conn).await.unwrap();
        took.push(start.elapsed().as_secs_f64() * 1e6);
    }
    say(&format!("round_trip_us{suffix}"), percentile(&mut took, 50), "us");
    for (name, six, with_port) in [
        ("lease_lookup_us", false, true),
        ("lease_lookup_prefix_us", true, true),
        ("lease_lookup_no_port_us", false, false),
    ] {
        let mut took = Vec::new();
        for n in 0..LOOKUPS {
            let ask = asked(provider, n, six, with_port);
            let start = Instant::now();
            let found = conn.lease_find(&forms, &[ask]).await.unwrap();
            took.push(start.elapsed().as_secs_f64() * 1e6);
            assert!(found.len() == 1);
            if !with_port && n > 2_000 {
                break;
            }
        }
        say(&format!("{name}{suffix}"), percentile(&mut took, 50), "us");
        say(&format!("{name}_p99{suffix}"), percentile(&mut took, 99), "us");
    }
    // As a report of many rows asks: one way to the engine for all of them, or for half of them on each connection.
    let of_many = async |one: &mut Conn, beside: Option<Conn>, first: u64| {
        let (mut took, mut beside) = (Vec::new(), beside);
        for part in 0..LOOKUPS / TOGETHER {
            let numbers = first + part * TOGETHER..first + (part + 1) * TOGETHER;
            let asks: Vec<LeaseAsk> = numbers.map(|n| asked(provider, n, n % 10 < 3, true)).collect();
            let start = Instant::now();
            match &mut beside {
                None => drop(one.lease_find(&forms, &asks).await.unwrap()),
                Some(beside) => {
                    let (some, others) = asks.split_at(asks.len() / 2);
                    tokio::try_join!(one.lease_find(&forms, some), beside.lease_find(&forms, others)).unwrap();
                }
            }
            took.push(start.elapsed().as_secs_f64() * 1e6 / TOGETHER as f64);
        }
        percentile(&mut took, 50)
    };
    let beside = desk.store().read_beside();
    let ways = 1 + usize::from(beside.is_some());
    say(&format!("lease_lookup_of_many_one_way_us{suffix}"), of_many(&mut conn, None, 0).await, "us");
    say(&format!("lease_lookup_of_many_us{suffix}"), of_many(&mut conn, beside, LOOKUPS).await, "us");
    say(&format!("lease_lookup_ways{suffix}"), ways as f64, "connections");
}

/// The `n`th question: another address and time each.
fn asked(provider: Provider, n: u64, six: bool, with_port: bool) -> LeaseAsk {
    let roll = mixed(n ^ 0x5eed);
    let place = Place { six, number: roll % provider.subscribers };
    let at = provider.begins + TimeDelta::seconds((mixed(roll) % (DAYS as u64 * 86_400)) as i64);
    let (address, port) = Provider::source(place, roll / 3);
    LeaseAsk { address, port: with_port.then_some(port), protocol: None, from: at, to: at }
}

/// Events whose holder is known from how the leases were made, taken through the real intake: some in the seconds in which
/// an address changes hands.
async fn answers(desk: &Desk, provider: Provider, subjects: usize, (with_port, suffix): (bool, &str)) {
    let mut rng = Rng::new(if with_port { 3 } else { 4 });
    let mut conn = desk.store().read().await.unwrap();
    let services: HashMap<ServiceId, String> =
        conn.service_keys().await.unwrap().into_iter().map(|(number, service, _)| (service, number)).collect();
    drop(conn);
    let (mut certain, mut wrong, mut held, mut done) = (0, 0, 0, 0);
    let start = Instant::now();
    while done < subjects {
        let mut csv = String::from("\"timestamp\",\"src_ip\",\"src_port\",\"infection\",\"tag\",\"severity\"\n");
        let mut holders = Vec::new();
        for row in 0..ROWS.min(subjects - done) {
            let roll = mixed((done + row) as u64 ^ rng.below(1 << 30) as u64);
            let place = Place { six: roll % 10 < 3, number: roll / 10 % provider.subscribers };
            // Whole seconds, as reporters write them; one in ten near a change of hands.
            let at: DateTime<Utc> = if row % 10 == 0 {
                provider.truth(place, 1).to + TimeDelta::seconds(rng.between(-4, 5))
            } else {
                provider.begins + TimeDelta::seconds(rng.between(600, DAYS * 86_400 - 600))
            };
            let (address, port) = Provider::source(place, roll / 77);
            holders.push(provider.holder(place, at).map(|holder| format!("ln-{holder}")));
            let port = if with_port { port.to_string() } else { String::new() };
            let at = at.format("%Y-%m-%d %H:%M:%S");
            let _ = writeln!(csv, "\"{at}\",\"{address}\",{port},\"mirai-like\",\"iot\",\"critical\"");
        }
        let arrival = Arrival {
            channel: Channel::File,
            bytes: csv.as_bytes(),
            content_type: "text/csv",
            file_name: "2026-11-20-event4_sinkhole-bench-asn.csv",
            read_by_caller: true,
        };
        let received = desk.receive(&Actor::system("bench"), arrival).await.unwrap();
        desk.read_report(received.id).await.unwrap();
        let mut conn = desk.store().read().await.unwrap();
        for page in 1..=holders.len().div_ceil(50) {
            for event in conn.events_of_report(received.id, PageOf::new(page as i64)).await.unwrap().rows {
                let truth = holders.get(event.position as usize).unwrap();
                held += usize::from(truth.is_some());
                if event.certainty == Certainty::Certain {
                    certain += 1;
                    let said = event.service.and_then(|service| services.get(&service));
                    if said != truth.as_ref() {
                        eprintln!("WRONG: {said:?}, truly {truth:?}: {:?}", event.observation.source);
                        wrong += 1;
                    }
                }
            }
        }
        done += holders.len();
    }
    say(&format!("attribution_wrong_certain{suffix}"), wrong as f64, "events");
    say(&format!("attribution_certain_share{suffix}"), certain as f64 / held as f64, "of 1");
    say(&format!("attribution_events{suffix}"), done as f64, "events");
    say(&format!("attribution_events_per_s{suffix}"), done as f64 / start.elapsed().as_secs_f64(), "1/s");
}
