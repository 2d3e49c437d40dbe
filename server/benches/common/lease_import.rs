//! What the sources of a provider say, taken in batch by batch as it would come in, and the bare insert of the same rows.
use crate::{
    common::{cpu_seconds, cpu_seconds_of, forget_peak, own_mb, peak_mb, say, thread_seconds},
    provider::{DAYS, Provider},
};
use chrono::TimeDelta;
use domain::{
    actor::Actor,
    id::LeaseId,
    lease::{Heard, LeaseSourceKind, SourceSetUp},
    saying::{HolderName, Saying, SourceName, Word},
};
use lazaret::desk::Desk;
use std::time::{Duration, Instant};
use store::{Chore, LeaseRow, testing};

/// Sayings of one batch, as the import of a file hands them over.
const BATCH: usize = lazaret::desk::SAYINGS_FULL;
/// Places whose sayings are made at a time; not each place says something every day.
const PLACES: u64 = 1_000;
/// Name, kind, and whether it tells of IPv6.
const SOURCES: [(&str, LeaseSourceKind, bool); 2] =
    [("cgnat-1", LeaseSourceKind::Cgnat, false), ("radius-1", LeaseSourceKind::Radius, true)];

/// What was done so far, and what it took.
#[derive(Clone, Copy)]
struct Meter {
    rows: usize,
    wall: Duration,
    cpu_before: f64,
    made: f64,
}

impl Meter {
    async fn new(desk: &Desk) -> Self {
        forget_peak();
        Self { rows: 0, wall: Duration::ZERO, cpu_before: all_cpu(desk).await, made: 0.0 }
    }

    /// Says the rates: by the clock, and by a second of processor time here and in the engine.
    async fn say(self, desk: &Desk, name: &str, suffix: &str) {
        let cpu = all_cpu(desk).await - self.cpu_before - self.made;
        say(&format!("{name}_per_s{suffix}"), self.rate_since(None), "1/s");
        say(&format!("{name}_per_cpu_s{suffix}"), self.rows as f64 / cpu, "1/s");
    }

    /// Rows a second, of all or since an earlier reading.
    fn rate_since(self, earlier: Option<Self>) -> f64 {
        let (rows, wall) = earlier.map_or((0, Duration::ZERO), |earlier| (earlier.rows, earlier.wall));
        (self.rows - rows) as f64 / (self.wall - wall).as_secs_f64()
    }
}

/// Processor time of this process and of the engine's processes for this database.
async fn all_cpu(desk: &Desk) -> f64 {
    let engine = testing::backends(desk.store()).await.unwrap();
    cpu_seconds() + engine.iter().map(|pid| cpu_seconds_of(&pid.to_string())).sum::<f64>()
}

/// The batches of a day in the order in which they come in; each is made when it is asked for.
struct Batches {
    provider: Provider,
    day: i64,
    six: bool,
    next: u64,
    made: Vec<Saying>,
}

impl Iterator for Batches {
    type Item = Vec<Saying>;

    fn next(&mut self) -> Option<Vec<Saying>> {
        while self.made.len() < BATCH && self.next < self.provider.subscribers {
            let until = (self.next + PLACES).min(self.provider.subscribers);
            self.provider.day(self.six, self.day, self.next..until, |saying| self.made.push(saying));
            self.next = until;
        }
        let batch: Vec<Saying> = self.made.drain(..self.made.len().min(BATCH)).collect();
        (!batch.is_empty()).then_some(batch)
    }
}

impl Batches {
    fn of(provider: Provider, day: i64, six: bool) -> Self {
        Self { provider, day, six, next: 0, made: Vec::with_capacity(BATCH + 4 * PLACES as usize) }
    }

    /// The next batch; the time that making it took is not the desk's.
    fn metered(&mut self, meter: &mut Meter) -> Option<Vec<Saying>> {
        let start = thread_seconds();
        let batch = self.next();
        meter.made += thread_seconds() - start;
        batch
    }
}

/// What the sources say, day by day, as it would come in.
pub(crate) async fn import(desk: &Desk, provider: Provider, suffix: &str) {
    for (name, kind, _) in SOURCES {
        let set_up = SourceSetUp { kind, skew: Some(TimeDelta::seconds(2)), silent_after: None };
        desk.lease_source_set_up(&SourceName::new(name).unwrap(), set_up).await.unwrap();
    }
    let bench = Actor::system("bench");
    let (mut meter, mut own) = (Meter::new(desk).await, 0.0_f64);
    let mut days = Vec::new();
    for day in 0..DAYS {
        let before = meter;
        for (name, _, six) in SOURCES {
            let name = SourceName::new(name).unwrap();
            let mut batches = Batches::of(provider, day, six);
            while let Some(batch) = batches.metered(&mut meter) {
                let start = Instant::now();
                let taken = desk.leases_take(&bench, &name, &batch, &Heard::default()).await.unwrap();
                meter.wall += start.elapsed();
                meter.rows += batch.len();
                assert!(taken.refused.is_empty(), "{:?}", taken.refused.first());
                own = own.max(own_mb());
            }
        }
        days.push(meter.rate_since(Some(before)));
        let rate = days.last().unwrap();
        eprintln!(
            "day {} of {DAYS}: {} leases, {rate:.0} a second, {:.0} MB of its own",
            day + 1,
            meter.rows,
            own_mb()
        );
    }
    meter.say(desk, "lease_import", suffix).await;
    say(&format!("lease_import_per_s_third_day{suffix}"), days[2], "1/s");
    say(&format!("lease_import_per_s_last_day{suffix}"), days[DAYS as usize - 2], "1/s");
    say(&format!("leases{suffix}"), meter.rows as f64, "rows");
    say(&format!("lease_import_memory_mb{suffix}"), own, "MB of its own");
    say(&format!("lease_import_peak_rss_mb{suffix}"), peak_mb(), "MB with pages of files");
}

/// The same rows in the same batches into an empty table of the same form, without anything around it.
pub(crate) async fn bare(desk: &Desk, provider: Provider, suffix: &str) {
    let mut meter = Meter::new(desk).await;
    for day in 0..DAYS {
        for (source, (_, _, six)) in (1..).zip(SOURCES) {
            let mut batches = Batches::of(provider, day, six);
            while let Some(batch) = batches.metered(&mut meter) {
                let start = thread_seconds();
                let rows: Vec<LeaseRow> = batch.iter().map(|saying| row(saying, source)).collect();
                meter.made += thread_seconds() - start;
                let start = Instant::now();
                let mut tx = desk.store().write().await.unwrap();
                tx.lease_keep_bare(&rows).await.unwrap();
                tx.commit_chore(Chore::LeasesHeard).await.unwrap();
                meter.wall += start.elapsed();
                meter.rows += rows.len();
            }
        }
    }
    meter.say(desk, "lease_bare_insert", suffix).await;
}

/// The row that a saying ends as; the holder's number is in his name.
fn row(saying: &Saying, source: i64) -> LeaseRow {
    let HolderName::Username(name) = &saying.holder else { panic!("{:?}", saying.holder) };
    let holder = name.trim_start_matches('u').split('@').next().unwrap().parse::<i64>().unwrap();
    let (from, to, sure_until, session) = match &saying.word {
        Word::Held { from, to } => (*from, *to, None, None),
        Word::Alive { at, session, started } => (started.unwrap_or(*at), None, Some(*at), Some(session.clone())),
        word => panic!("{word:?}"),
    };
    let Saying { net, ports, protocol, .. } = *saying;
    LeaseRow { id: LeaseId::new(), net, ports, protocol, holder, source, fixed: false, from, to, sure_until, session }
}
