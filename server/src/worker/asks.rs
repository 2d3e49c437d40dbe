//! Asks again for events whose answer may have changed, because leases came in late.
use super::{LOOK_EVERY, Workers, woken};
use crate::desk::Desk;

/// Starts the worker; one is enough.
pub(super) fn start(workers: &Workers, desk: &Desk) {
    let (desk, stop) = (desk.clone(), workers.stopping());
    workers.spawn(async move {
        while !stop.is_cancelled() {
            match desk.ask_again().await {
                Ok(true) => {}
                Ok(false) => tokio::select! {
                    () = stop.cancelled() => break,
                    () = woken(&desk.wake.asks) => {}
                },
                Err(error) => {
                    tracing::error!(%error, "asking again");
                    tokio::time::sleep(LOOK_EVERY).await;
                }
            }
        }
    });
}
