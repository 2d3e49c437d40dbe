//! What the desk owes the world. Workers look for due jobs every second, and at once when the desk wakes them.
pub mod asks;
pub mod enforcement;
pub mod expire;
pub mod feedback;
pub mod heads;
pub mod intake;
pub mod mail;
pub mod passing;
pub mod reconcile;
pub mod reread;
pub mod timers;
pub mod webhook;

use crate::{channel, desk::Desk, enforcement::Network, lease_source};
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How often a worker looks without being woken (other replicas' jobs, retries that became due).
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How often it is looked whether something that should have come has not.
const SILENCE_EVERY: Duration = Duration::from_secs(60);

/// The running workers of this process.
pub struct Workers {
    tracker: TaskTracker,
    stop: CancellationToken,
}

impl Workers {
    /// Starts all of them.
    pub fn start(desk: &Desk, network: &Network) -> Self {
        let workers = Self { tracker: TaskTracker::new(), stop: CancellationToken::new() };
        workers.every(Duration::from_secs(600), desk.clone(), |desk| async move {
            if let Err(error) = desk.forget_expired_sessions().await {
                tracing::warn!(%error, "expired sessions stay for now");
            }
        });
        workers.every(SILENCE_EVERY, desk.clone(), |desk| async move { timers::silence(&desk).await });
        workers.mailers(desk);
        workers.reader(desk);
        workers.signer(desk);
        enforcement::start(&workers, desk.clone(), network.clone());
        reconcile::start(&workers, desk.clone(), network.clone());
        channel::start(&workers, desk);
        lease_source::start(&workers, desk);
        feedback::start(&workers, desk);
        reread::start(&workers, desk);
        asks::start(&workers, desk);
        expire::start(&workers, desk);
        passing::start(&workers, desk);
        workers.every(LOOK_EVERY, desk.clone(), |desk| async move { timers::tick(&desk).await });
        workers
    }

    /// Runs until it ends by itself, which it does when [`Workers::stopping`] says so.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.tracker.spawn(work);
    }

    /// Says when it is time to end.
    pub(crate) fn stopping(&self) -> CancellationToken {
        self.stop.clone()
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

    /// Starts the mailers; they share one connection pool to the relay.
    fn mailers(&self, desk: &Desk) {
        let mailer = match mail::Mailer::new(desk, "mailer") {
            Ok(mailer) => std::sync::Arc::new(mailer),
            Err(error) => return tracing::error!(%error, "no mail goes out"),
        };
        for _ in 0..mail::AT_ONCE {
            let (mailer, stop, wake) = (mailer.clone(), self.stop.clone(), desk.wake.clone());
            self.tracker.spawn(async move {
                while !stop.is_cancelled() {
                    match mailer.deliver_one().await {
                        Ok(true) => {}
                        Ok(false) => tokio::select! {
                            () = stop.cancelled() => break,
                            () = woken(&wake.mail) => {}
                        },
                        Err(error) => {
                            tracing::error!(%error, "mailer");
                            tokio::time::sleep(LOOK_EVERY).await;
                        }
                    }
                }
            });
        }
    }

    /// Starts the reader of received reports; one is enough, parsing is what takes the time.
    fn reader(&self, desk: &Desk) {
        let (desk, stop) = (desk.clone(), self.stop.clone());
        let name = format!("reader-{}", uuid::Uuid::now_v7().simple());
        self.tracker.spawn(async move {
            while !stop.is_cancelled() {
                match intake::step(&desk, &name).await {
                    Ok(true) => {}
                    Ok(false) => tokio::select! {
                        () = stop.cancelled() => break,
                        () = woken(&desk.wake.intake) => {}
                    },
                    Err(error) => {
                        tracing::error!(%error, "reader");
                        tokio::time::sleep(LOOK_EVERY).await;
                    }
                }
            }
        });
    }

    /// Starts the signer of the record.
    fn signer(&self, desk: &Desk) {
        let Some((key, pause)) = heads::prepared(desk) else { return };
        let key = std::sync::Arc::new(key);
        self.every(pause, desk.clone(), move |desk| {
            let key = key.clone();
            async move {
                if let Err(error) = heads::sign(&desk, &key).await {
                    tracing::error!(%error, "the record is not signed");
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
