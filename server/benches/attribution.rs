//! How fast leases are imported and found.
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark may fail loudly")]
#![allow(clippy::allow_attributes, reason = "not every lint fires in every benchmark")]
mod common;

use chrono::TimeDelta;
use common::{books, config, now, open, percentile, say, size};
use domain::{actor::Actor, import::ImportKind};
use lazaret::{demo::Rng, desk::ImportOrder};
use std::{fmt::Write as _, net::IpAddr, time::Instant};

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
            let at = |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
            let _ = writeln!(csv, "{},,,ln-{},{},{},radius", address(place), (n * 7) % customers, at(from), at(to));
        }
        let start = Instant::now();
        let order = ImportOrder { kind: ImportKind::Leases, dry_run: false, progress: &|_| {} };
        let report = desk.import(&Actor::system("bench"), csv.as_bytes(), order).await.unwrap();
        assert_eq!(report.refused, 0);
        say("lease_import_per_s", leases as f64 / start.elapsed().as_secs_f64(), "1/s");
        let mut rng = Rng::new(3);
        let mut conn = desk.store().read().await.unwrap();
        let mut took = Vec::new();
        for _ in 0..5_000 {
            let place: IpAddr = address(rng.below(addresses)).parse().unwrap();
            let at = begins + TimeDelta::minutes(rng.between(10, 59 * 24 * 60));
            let start = Instant::now();
            let found = conn.lease_at(&[place], at, at).await.unwrap();
            took.push(start.elapsed().as_secs_f64() * 1e6);
            assert!(found.len() <= 2, "{}", found.len());
        }
        say("lease_lookup_us", percentile(&mut took, 50), "us");
        say("leases", leases as f64, "rows");
    });
}

fn address(n: usize) -> String {
    format!("2001:db8:ffff:{:x}::{:x}", n / 65_536, n % 65_536)
}
