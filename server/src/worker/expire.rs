//! Erases leases whose time is over, a little at a time.
use super::Workers;
use crate::desk::{Desk, EXPIRE_BATCH};
use std::time::Duration;

/// Pause between two looks.
const EVERY: Duration = Duration::from_secs(600);
/// Pause between two batches, so that nobody waits for them.
const BREATH: Duration = Duration::from_millis(200);

/// Starts it; several replicas may do it at once.
pub(super) fn start(workers: &Workers, desk: &Desk) {
    let stop = workers.stopping();
    let desk = desk.clone();
    workers.spawn(async move {
        loop {
            let pause = match desk.leases_expire(EXPIRE_BATCH).await {
                Ok(true) => BREATH,
                Ok(false) => EVERY,
                Err(error) => {
                    tracing::warn!(%error, "leases are erased a little later");
                    EVERY
                }
            };
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(pause) => {}
            }
        }
    });
}
