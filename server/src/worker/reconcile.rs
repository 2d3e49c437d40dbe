//! Compares the network with the desk every minute, and soon after each change; repairs both ways.
use super::Workers;
use crate::{desk::Desk, enforcement::Network};
use domain::enforcement::{Findings, NetworkBoard};
use std::time::Duration;

/// Pause between two comparisons however much happens: a list of all quarantines is not small.
const REST: Duration = Duration::from_secs(5);

/// Starts the worker.
pub(super) fn start(workers: &Workers, desk: Desk, network: Network) {
    let stop = workers.stop.clone();
    let pause = Duration::from_secs(desk.config().number("quarantine.reconcile_seconds").max(1).unsigned_abs());
    workers.tracker.spawn(async move {
        loop {
            compare(&desk, &network).await;
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(REST.min(pause)) => {}
            }
            tokio::select! {
                () = stop.cancelled() => break,
                () = desk.wake.compare.notified() => {}
                () = tokio::time::sleep(pause.saturating_sub(REST)) => {}
            }
        }
    });
}

/// One comparison.
pub async fn compare(desk: &Desk, network: &Network) {
    super::enforcement::remember(desk, network).await;
    let wanted = match desk.reconcile_wanted().await {
        Ok(wanted) => wanted,
        Err(error) => {
            tracing::warn!(%error, "the network is compared later");
            return;
        }
    };
    let mut board = NetworkBoard { name: network.backend().name(), ..desk.network_last_heard() };
    let outcome = match network.backend().list().await {
        Ok(held) => {
            board.held.clone_from(&held);
            desk.reconcile(&wanted, held).await.map_err(|error| error.to_string())
        }
        Err(problem) => Err(problem),
    };
    board.findings = outcome.unwrap_or_else(|problem| Findings {
        at: Some(desk.clock().now()),
        problem: Some(problem),
        ..Findings::default()
    });
    if let Some(problem) = &board.findings.problem {
        tracing::warn!(problem, "the network could not be compared");
    }
    let repaired = board.findings.missing.len() + board.findings.left_over.len();
    let strangers = board.findings.strangers.len();
    if repaired + strangers > 0 {
        tracing::warn!(repaired, strangers, "the network held something else than ordered");
    }
    desk.network_heard(board);
}
