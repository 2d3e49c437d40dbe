//! What the benchmarks share: the lines they print, the machine's clocks, a desk of any size.
#![allow(dead_code, reason = "each benchmark uses its own part")]
#![allow(clippy::allow_attributes, reason = "an expectation would fail in the benchmark that uses everything")]
pub(crate) mod mixed;

use chrono::{DateTime, Utc};
use domain::{actor::Actor, clock::SystemClock, import::ImportKind};
use lazaret::{
    config::Config,
    demo::{self, Plan},
    desk::{Desk, ImportOrder},
};
use std::{fmt::Write as _, future::Future, path::Path, sync::Arc, time::Duration};
use store::Store;

/// Prints one figure.
pub(crate) fn say(name: &str, value: f64, unit: &str) {
    if value >= 100.0 || value.fract() == 0.0 {
        println!("{name} {value:.0} {unit}")
    } else {
        println!("{name} {value:.3} {unit}")
    }
}

/// Says loudly that something was left out.
pub(crate) fn skipped(what: &str) {
    eprintln!("SKIPPED: {what}");
}

/// A size from the environment, else the usual one.
pub(crate) fn size(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// Processor time of this process (user and system) in seconds; Linux counts it in hundredths.
pub(crate) fn cpu_seconds() -> f64 {
    cpu_seconds_of("self")
}

/// The same of a process by its number; nothing when it is not on this machine.
pub(crate) fn cpu_seconds_of(process: &str) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default().to_owned();
    let ticks: f64 = after.split_whitespace().skip(11).take(2).filter_map(|text| text.parse::<f64>().ok()).sum();
    ticks / 100.0
}

/// Processor time of the running thread so far, in seconds.
pub(crate) fn thread_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    stat.split_whitespace().next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(f64::NAN) / 1e9
}

/// The most memory that this process ever held, in MB; or since [`forget_peak`].
pub(crate) fn peak_mb() -> f64 {
    status_mb("VmHWM:")
}

/// Memory of its own that this process holds now, in MB: without pages of files, which the system takes back when it
/// needs them.
pub(crate) fn own_mb() -> f64 {
    status_mb("RssAnon:")
}

fn status_mb(name: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.split_whitespace().next().and_then(|kb| kb.parse::<f64>().ok()).unwrap_or(f64::NAN) / 1024.0
}

/// From now on the peak is counted anew (Linux, `proc(5)`).
pub(crate) fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// How often a second of processor time `work` can be done, `units` at a time; runs for two seconds or more.
pub(crate) fn rate(units: usize, mut work: impl FnMut()) -> f64 {
    work();
    let (start, mut done) = (cpu_seconds(), 0_usize);
    loop {
        work();
        done += units;
        let spent = cpu_seconds() - start;
        if spent >= 2.0 {
            return done as f64 / spent;
        }
    }
}

/// The value below which `percent` of all lie.
pub(crate) fn percentile(values: &mut [f64], percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    let rank = (values.len() * percent).div_ceil(100).max(1) - 1;
    values.get(rank).copied().unwrap_or(f64::NAN)
}

pub(crate) fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// Runs it on a runtime like the server's.
pub(crate) fn run<F: Future<Output = ()>>(work: F) {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(work);
}

/// Settings of a desk in a folder.
pub(crate) fn config(folder: &Path) -> Config {
    let file = |name: &str| folder.join(name).display().to_string();
    Config::defaults()
        .with("database.url", format!("sqlite://{}", file("desk.db")))
        .with("ledger.key_file", file("key.pem"))
}

/// A demo desk with so many events; it ends now.
pub(crate) async fn demo_desk(folder: &Path, events: usize) -> Desk {
    let plan = Plan { customers: 2_000, events, seed: 1, ends: now() };
    demo::fill(config(folder), plan, &|_, _, _| {}).await.unwrap();
    open(config(folder)).await
}

/// The desk over a database that is there.
pub(crate) async fn open(config: Config) -> Desk {
    let store = Store::open(config.database_url(), Arc::new(SystemClock)).await.unwrap();
    store.migrate().await.unwrap();
    Desk::new(store, config)
}

pub(crate) fn now() -> DateTime<Utc> {
    use domain::clock::Clock as _;
    SystemClock.now()
}

/// Customers with one line each, whose prefix is [`prefix`] of their number; terms that allow everything.
pub(crate) async fn books(desk: &Desk, customers: usize) {
    let cli = Actor::system("bench");
    desk.add_range(&cli, "2001:db8::/32", "all").await.unwrap();
    let terms = "version,published_at,clause,text,permits,days_max\n2026-01,2026-01-01T00:00:00Z,7.2,May be cut off,walled_garden,30\n";
    let mut people =
        String::from("customer_number,name,email,contract_number,terms_version,accepted_at,service_number,addresses\n");
    for n in 0..customers {
        let _ = writeln!(
            people,
            "{n},Customer {n},c{n}@mail.example,V{n},2026-01,2026-01-02T00:00:00Z,ln-{n},{}::/64",
            prefix(n)
        );
    }
    for (kind, csv) in [(ImportKind::Terms, terms.to_owned()), (ImportKind::Customers, people)] {
        let order = ImportOrder { kind, dry_run: false, progress: &|_| {} };
        let report = desk.import(&cli, csv.as_bytes(), order).await.unwrap();
        assert_eq!(report.refused, 0, "{:?}", report.problems.first());
    }
}

/// First four groups of the prefix of customer `n`.
pub(crate) fn prefix(n: usize) -> String {
    format!("2001:db8:{:x}:{:x}", n / 65_536, n % 65_536)
}

/// A Shadowserver file of so many rows about the customers of [`books`]; `round` makes its times its own.
pub(crate) fn shadowserver(rows: usize, customers: usize, round: usize) -> Vec<u8> {
    let mut out = String::from(
        "\"timestamp\",\"protocol\",\"src_ip\",\"src_port\",\"src_asn\",\"src_geo\",\"dst_port\",\"infection\",\"tag\",\"severity\"\n",
    );
    let from = now() - chrono::TimeDelta::days(3);
    for row in 0..rows {
        let at = from + chrono::TimeDelta::seconds(((round * rows + row) % 200_000) as i64);
        let _ = writeln!(
            out,
            "\"{}\",\"tcp\",\"{}::{:x}\",{},64496,\"AT\",80,\"mirai-like\",\"iot\",\"critical\"",
            at.format("%Y-%m-%d %H:%M:%S"),
            prefix(row % customers),
            1 + row / customers,
            1024 + (row * 7 + round) % 60_000
        );
    }
    out.into_bytes()
}
