//! Compares stored reports with what today's parsers read, and puts the differences in force when a person said so.
use super::{LOOK_EVERY, Workers, woken};
use crate::desk::Desk;

/// Starts the worker; one is enough, parsing is what takes the time.
pub(super) fn start(workers: &Workers, desk: &Desk) {
    let (desk, stop) = (desk.clone(), workers.stopping());
    let name = format!("reread-{}", uuid::Uuid::now_v7().simple());
    workers.spawn(async move {
        while !stop.is_cancelled() {
            match desk.step_reread(&name).await {
                Ok(true) => {}
                Ok(false) => tokio::select! {
                    () = stop.cancelled() => break,
                    () = woken(&desk.wake.reread) => {}
                },
                Err(error) => {
                    tracing::error!(%error, "reading again");
                    tokio::time::sleep(LOOK_EVERY).await;
                }
            }
        }
    });
}
