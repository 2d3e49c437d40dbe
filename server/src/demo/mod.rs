//! The demo desk: a provider that does not exist, and sixty days of its abuse desk, lived through the real intake and
//! the real desk with a clock that is moved along. One seed makes the same desk again, but for random secrets and ids.
mod acts;
mod hours;
mod leases;
mod people;
mod provider;
mod reports;
mod rng;
mod scenes;
mod staff;
mod tale;
mod trouble;

pub use rng::Rng;
pub use staff::LOGINS;

use crate::{
    config::Config,
    desk::{Desk, ImportOrder},
};
use anyhow::bail;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{actor::Actor, clock::FrozenClock, import::ImportKind};
use provider::Provider;
use std::sync::Arc;
use store::Store;

/// How long the history is.
const HISTORY: TimeDelta = TimeDelta::days(60);
/// Leases begin so much earlier, so that no event is older than its lease.
const BOOKS_BEFORE: TimeDelta = TimeDelta::days(5);

/// How much to make.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Customers, one line each.
    pub customers: usize,
    /// Events, roughly.
    pub events: usize,
    /// Chance.
    pub seed: u64,
    /// When the history ends.
    pub ends: DateTime<Utc>,
}

/// Is told what is being done and how far it is: name, done, of how many.
pub type Tell<'t> = &'t (dyn Fn(&str, usize, usize) + Send + Sync);

/// Fills an empty database.
///
/// # Errors
/// When the database is not empty or fails.
pub async fn fill(config: Config, plan: Plan, tell: Tell<'_>) -> anyhow::Result<()> {
    let begins = plan.ends - HISTORY;
    let clock = Arc::new(FrozenClock::at(begins - BOOKS_BEFORE));
    let store = Store::open_hasty(config.database_url(), clock.clone()).await?;
    store.migrate().await?;
    let desk = Desk::new(store, config.with("mail.keep", "true")).with_cheap_passwords();
    let mut conn = desk.store().read().await?;
    if conn.customer_count().await? > 0 || conn.user_count().await? > 0 {
        bail!("the database is not empty: a demo desk is only made in a fresh one");
    }
    drop(conn);
    let mut rng = Rng::new(plan.seed);
    let provider = Provider::new(plan.customers, begins - BOOKS_BEFORE, plan.ends, &mut rng);
    let staff = staff::hire(&desk).await?;
    books(&desk, &provider, &mut rng, tell).await?;
    // Who held what in the whole history is known when it begins; as a file it could be known only when it ends.
    clock.set(plan.ends);
    take_in(&desk, ImportKind::Names, &provider.names_csv()).await?;
    take_in(&desk, ImportKind::Leases, &provider.leases_csv(plan.ends)).await?;
    clock.set(begins - BOOKS_BEFORE);
    let arrivals = trouble::arrivals(&provider, plan.events, (begins, plan.ends), &mut rng);
    let mut tale = tale::Tale::new(desk.clone(), clock, staff, rng, (begins, plan.ends));
    tale.expect(arrivals);
    tale.expect(leases::arrivals(plan.ends));
    scenes::expect(&mut tale);
    tale.live(tell).await?;
    desk.store().close().await;
    Ok(())
}

/// Takes the provider's books in.
async fn books(desk: &Desk, provider: &Provider, rng: &mut Rng, tell: Tell<'_>) -> anyhow::Result<()> {
    let cli = Actor::system("cli");
    for (net, label) in provider::RANGES {
        desk.add_range(&cli, net, label).await?;
    }
    let files = [(ImportKind::Terms, Provider::terms_csv()), (ImportKind::Customers, provider.customers_csv(rng))];
    let many = files.len();
    for (done, (kind, csv)) in files.into_iter().enumerate() {
        tell("books", done, many);
        take_in(desk, kind, &csv).await?;
    }
    Ok(())
}

async fn take_in(desk: &Desk, kind: ImportKind, csv: &str) -> anyhow::Result<()> {
    let order = ImportOrder { kind, dry_run: false, progress: &|_| {} };
    let report = desk.import(&Actor::system("cli"), csv.as_bytes(), order).await?;
    if let Some(problem) = report.problems.first() {
        bail!("the demo's {kind} file, line {}: {}: {}", problem.line, problem.column, problem.problem);
    }
    Ok(())
}
