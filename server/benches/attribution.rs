//! How fast leases are imported and found, and how often a certain answer is wrong (never).
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark may fail loudly")]
#![allow(clippy::allow_attributes, reason = "not every lint fires in every benchmark")]
mod common;

use chrono::{DateTime, TimeDelta, Utc};
use common::{books, config, now, open, percentile, say, size};
use domain::{actor::Actor, attribution::Certainty, id::ServiceId, import::ImportKind, page::PageOf, report::Channel};
use lazaret::{
    demo::Rng,
    desk::{Arrival, Desk, ImportOrder},
};
use std::{collections::HashMap, fmt::Write as _, net::IpAddr, time::Instant};

fn main() {
    common::run(async {
        let folder = tempfile::tempdir().unwrap();
        let desk = open(config(folder.path())).await;
        let customers = 2_000;
        books(&desk, customers).await;
        let leases = size("BENCH_LEASES", 400_000);
        let addresses = leases / 20;
        let begins = now() - TimeDelta::days(60);
        let mut csv = String::from("address,port_from,port_to,service_number,from,to,source\n");
        for n in 0..leases {
            let (place, turn) = (n % addresses, (n / addresses) as i64);
            let from = begins + TimeDelta::days(turn * 3);
            let to = from + TimeDelta::days(3) - TimeDelta::seconds(1);
            let _ = writeln!(csv, "{},,,ln-{},{},{},radius", address(place), (n * 7) % customers, text(from), text(to));
        }
        let start = Instant::now();
        let order = ImportOrder { kind: ImportKind::Leases, dry_run: false, progress: &|_| {} };
        let report = desk.import(&Actor::system("bench"), csv.as_bytes(), order).await.unwrap();
        assert_eq!(report.refused, 0);
        say("lease_import_per_s", leases as f64 / start.elapsed().as_secs_f64(), "1/s");
        let mut rng = Rng::new(3);
        let mut conn = desk.store().read().await.unwrap();
        let forms = conn.lease_forms().await.unwrap();
        let mut took = Vec::new();
        for _ in 0..5_000 {
            let place: IpAddr = address(rng.below(addresses)).parse().unwrap();
            let at = begins + TimeDelta::minutes(rng.between(10, 59 * 24 * 60));
            let ask = store::LeaseAsk { address: place, port: None, protocol: None, from: at, to: at };
            let start = Instant::now();
            let found = conn.lease_find(&forms, &[ask]).await.unwrap();
            took.push(start.elapsed().as_secs_f64() * 1e6);
            assert!(found[0].len() <= 2, "{}", found[0].len());
        }
        say("lease_lookup_us", percentile(&mut took, 50), "us");
        say("leases", leases as f64, "rows");
        drop(conn);
        let world = World { customers, addresses, begins };
        answers(&desk, &world, &mut rng).await;
    });
}

/// Who held which address when, as the leases were made.
struct World {
    customers: usize,
    addresses: usize,
    begins: DateTime<Utc>,
}

/// Shared addresses: each in blocks of this many ports, one customer a block.
const SHARED: usize = 500;
const BLOCK: usize = 4_096;

/// Events whose holder is known from how the leases were made, taken through the real intake: some on shared addresses,
/// some without a port, some in the second in which an address changes hands.
async fn answers(desk: &Desk, world: &World, rng: &mut Rng) {
    let cli = Actor::system("bench");
    let mut csv = String::from("address,port_from,port_to,service_number,from,to,source\n");
    for n in 0..SHARED * 8 {
        let (from, holder) = (n % 8 * BLOCK, shared_holder(world, n / 8, n % 8));
        let to = from + BLOCK - 1;
        let _ = writeln!(csv, "{},{from},{to},ln-{holder},{},,cgnat", shared(n / 8), text(world.begins));
    }
    let order = ImportOrder { kind: ImportKind::Leases, dry_run: false, progress: &|_| {} };
    assert_eq!(desk.import(&cli, csv.as_bytes(), order).await.unwrap().refused, 0);
    let mut csv = String::from("\"timestamp\",\"src_ip\",\"src_port\",\"infection\",\"tag\",\"severity\"\n");
    let mut holders = Vec::new();
    for row in 0..5_000 {
        // Whole seconds, as reporters write them; now and then the last one of a lease.
        let at = match row % 10 {
            0 => world.begins + TimeDelta::days(3 * rng.between(1, 19)) - TimeDelta::seconds(1),
            _ => world.begins + TimeDelta::seconds(rng.between(600, 59 * 86_400)),
        };
        let port = rng.below(8 * BLOCK).max(1);
        let (address, holder, port) = match row % 5 {
            0 => {
                let place = rng.below(SHARED);
                let port = if row % 2 == 0 { String::new() } else { port.to_string() };
                let block = port.parse::<usize>().unwrap_or(0) / BLOCK;
                (shared(place), shared_holder(world, place, block), port)
            }
            _ => {
                let place = rng.below(world.addresses);
                let turn = usize::try_from((at - world.begins).num_days() / 3).unwrap();
                (address(place), (turn * world.addresses + place) * 7 % world.customers, port.to_string())
            }
        };
        holders.push(format!("ln-{holder}"));
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
    let received = desk.receive(&cli, arrival).await.unwrap();
    desk.read_report(received.id).await.unwrap();
    let mut conn = desk.store().read().await.unwrap();
    let services: HashMap<ServiceId, String> =
        conn.service_keys().await.unwrap().into_iter().map(|(number, service, _)| (service, number)).collect();
    let (mut certain, mut wrong) = (0, 0);
    for page in 1..=holders.len() / 50 {
        for event in conn.events_of_report(received.id, PageOf::new(page as i64)).await.unwrap().rows {
            if event.certainty == Certainty::Certain {
                certain += 1;
                let said = event.service.and_then(|service| services.get(&service));
                wrong += usize::from(said != holders.get(event.position as usize));
            }
        }
    }
    say("attribution_wrong_certain", wrong as f64, "events");
    say("attribution_certain_share", certain as f64 / holders.len() as f64, "of 1");
}

fn shared(n: usize) -> String {
    format!("2001:db8:fffe::{n:x}")
}

fn shared_holder(world: &World, place: usize, block: usize) -> usize {
    (place * 8 + block) * 3 % world.customers
}

fn text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

fn address(n: usize) -> String {
    format!("2001:db8:ffff:{:x}::{:x}", n / 65_536, n % 65_536)
}
