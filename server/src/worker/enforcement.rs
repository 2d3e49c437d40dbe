//! Carries decisions into the network: puts quarantines in force, takes them away, each read back before it is believed.
use super::{Workers, woken};
use crate::{
    desk::{Desk, DeskError},
    enforcement::Network,
};
use domain::{id::QuarantineId, quarantine::QuarantineState};
use store::Job;
use tokio::task::JoinSet;

/// Calls under way at the same time: a thousand releases in one go must not wait for one slow answer each.
const AT_ONCE: usize = 16;
/// Tries of writing an answer down at once; then the job comes back when its lease is over.
const WRITE_TRIES: usize = 3;

/// Starts the worker.
pub(super) fn start(workers: &Workers, desk: Desk, network: Network) {
    let stop = workers.stop.clone();
    workers.tracker.spawn(async move {
        remember(&desk, &network).await;
        let worker = uuid::Uuid::now_v7().to_string();
        let mut running: JoinSet<()> = JoinSet::new();
        while !stop.is_cancelled() {
            let mut found = false;
            while running.len() < AT_ONCE {
                match desk.enforcement_take(&worker).await {
                    Ok(Some(job)) => {
                        found = true;
                        running.spawn(one(desk.clone(), network.clone(), worker.clone(), job));
                    }
                    Ok(None) => break,
                    Err(error) => {
                        tracing::warn!(%error, "no quarantine jobs for now");
                        break;
                    }
                }
            }
            if found && running.len() < AT_ONCE {
                continue;
            }
            tokio::select! {
                () = stop.cancelled() => break,
                () = woken(&desk.wake.enforcement) => {}
                Some(_) = running.join_next() => {}
            }
        }
        // What is under way is written down before the process ends.
        while running.join_next().await.is_some() {}
    });
}

/// A back end that forgets when the process ends is told what is in force.
pub(super) async fn remember(desk: &Desk, network: &Network) {
    let tell = || async {
        match desk.enforcement_in_force().await {
            Ok(held) => network.backend().remember(held).await,
            Err(error) => tracing::warn!(%error, "the back end is told what is in force later"),
        }
    };
    network.once(tell).await;
}

async fn one(desk: Desk, network: Network, worker: String, job: Job) {
    if let Err(error) = run(&desk, &network, &worker, &job).await {
        // The job comes back when its lease is over.
        tracing::warn!(%error, quarantine = %job.noun, kind = job.kind, "what the network said could not be written down");
    }
    desk.wake.compare.notify_one();
}

/// Does one job.
///
/// # Errors
/// Only when the store fails.
pub async fn run(desk: &Desk, network: &Network, worker: &str, job: &Job) -> Result<(), DeskError> {
    use QuarantineState as S;
    let id = QuarantineId(job.noun);
    let Some((found, desired)) = desk.enforcement_wanted(id).await? else {
        return desk.enforcement_settle(job, worker).await;
    };
    let key = format!("{id}-{}-{}", job.kind, found.version);
    match (job.kind.as_str(), found.state) {
        ("apply", S::Applying) => {
            let answer = network.apply(id, &key, &desired, job.attempts > 0).await;
            written(|| desk.applied(job, worker, &answer)).await
        }
        // Also after its end: the network may have taken an order that was on its way when it was lifted.
        ("lift", state) if !matches!(state, S::Applying | S::InForce | S::Failed) => {
            let answer = network.lift(id, &key).await;
            written(|| desk.taken_away(job, worker, &answer)).await
        }
        _ => desk.enforcement_settle(job, worker).await,
    }
}

/// Writes down what the network said; again when somebody changed the quarantine or its case in that very moment.
async fn written<F>(write: impl Fn() -> F) -> Result<(), DeskError>
where
    F: Future<Output = Result<(), DeskError>>,
{
    for _ in 1..WRITE_TRIES {
        match write().await {
            Err(error) if error.passes() => {}
            other => return other,
        }
    }
    write().await
}
