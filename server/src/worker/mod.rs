//! What the desk owes the world. Workers look for due jobs every second, and at once when the desk wakes them.
use crate::desk::Desk;
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How often a worker looks without being woken (other replicas' jobs, retries that became due).
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The running workers of this process.
pub struct Workers {
    tracker: TaskTracker,
    stop: CancellationToken,
}

impl Workers {
    /// Starts all of them.
    pub fn start(desk: &Desk) -> Self {
        let workers = Self { tracker: TaskTracker::new(), stop: CancellationToken::new() };
        workers.every(Duration::from_secs(600), desk.clone(), |desk| async move {
            if let Err(error) = desk.forget_expired_sessions().await {
                tracing::warn!(%error, "expired sessions stay for now");
            }
        });
        workers
    }

    /// Runs `work` again and again with `pause` between.
    fn every<F>(&self, pause: Duration, desk: Desk, work: impl Fn(Desk) -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send,
    {
        let stop = self.stop.clone();
        self.tracker.spawn(async move {
            loop {
                work(desk.clone()).await;
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = tokio::time::sleep(pause) => {}
                }
            }
        });
    }

    /// Lets each finish what it has begun.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tracker.close();
        self.tracker.wait().await;
    }
}

/// Waits until woken, or for [`LOOK_EVERY`].
pub(crate) async fn woken(notify: &Notify) {
    let _ = tokio::time::timeout(LOOK_EVERY, notify.notified()).await;
}
