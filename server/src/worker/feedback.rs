//! Tells reporters what was agreed: decides what is owed, and posts the webhooks. Letters go with the mail.
use super::{LOOK_EVERY, Workers, webhook, woken};
use crate::desk::Desk;

/// Starts it.
pub(super) fn start(workers: &Workers, desk: &Desk) {
    let poster = webhook::Poster::new(desk);
    let (desk, stop) = (desk.clone(), workers.stopping());
    let name = format!("feedback-{}", uuid::Uuid::now_v7().simple());
    workers.spawn(async move {
        while !stop.is_cancelled() {
            let told = desk.feedback_step(&name).await;
            let posted = webhook::deliver_one(&desk, &poster, &name).await;
            match (told, posted) {
                (Ok(false), Ok(false)) => tokio::select! {
                    () = stop.cancelled() => break,
                    () = woken(&desk.wake.feedback) => {}
                },
                (Ok(_), Ok(_)) => {}
                (told, posted) => {
                    if let Some(error) = told.err().or(posted.err()) {
                        tracing::error!(%error, "feedback");
                    }
                    tokio::time::sleep(LOOK_EVERY).await;
                }
            }
        }
    });
}
