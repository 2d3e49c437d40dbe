//! Quarantine back ends: what puts a restriction into the network and takes it out again.
mod demo;
mod http;
mod sign;

pub use demo::Demo;
pub use http::HttpBackend;
pub use sign::signature;

use crate::config::Config;
use domain::{
    clock::SharedClock,
    enforcement::{BackendAnswer, BackendOutcome, Desired, Held},
    id::QuarantineId,
};
use std::sync::Arc;
use tokio::sync::OnceCell;

/// A back end. Every call is idempotent: it states what is wanted, it toggles nothing.
#[async_trait::async_trait]
pub trait Backend: Send + Sync {
    /// Its name for people.
    fn name(&self) -> String;
    /// Hold this. `key` is the same at each try of one step.
    async fn put(&self, id: QuarantineId, key: &str, desired: &Desired) -> BackendAnswer;
    /// What is held under this id.
    async fn get(&self, id: QuarantineId) -> BackendAnswer;
    /// Hold nothing under this id.
    async fn delete(&self, id: QuarantineId, key: &str) -> BackendAnswer;
    /// Everything that is held.
    ///
    /// # Errors
    /// What was wrong, for people.
    async fn list(&self) -> Result<Vec<Held>, String>;
    /// Told once at the start what is in force: for a back end that forgets when the process ends.
    async fn remember(&self, _held: Vec<(QuarantineId, Desired)>) {}
}

/// The network as this process reaches it, and whether it was told what is in force. Cheap to clone.
#[derive(Clone)]
pub struct Network {
    backend: Arc<dyn Backend>,
    told: Arc<OnceCell<()>>,
}

impl Network {
    /// Over a back end.
    pub fn new(backend: Arc<dyn Backend>) -> Self {
        Self { backend, told: Arc::default() }
    }

    /// As set: `quarantine.url`, else the built-in demo.
    ///
    /// # Errors
    /// When the HTTP client cannot be made.
    pub fn of(config: &Config, clock: SharedClock) -> Result<Self, String> {
        Ok(match config.text("quarantine.url") {
            "" => Self::new(Arc::new(Demo::new())),
            url => Self::new(Arc::new(HttpBackend::new(
                url,
                config.text("quarantine.token"),
                config.text("quarantine.signing_key"),
                clock,
            )?)),
        })
    }

    /// The back end.
    pub fn backend(&self) -> &dyn Backend {
        self.backend.as_ref()
    }

    /// Runs `tell` once in the life of this process, before anything else is asked of the back end.
    pub async fn once<F: Future<Output = ()>>(&self, tell: impl FnOnce() -> F) {
        self.told.get_or_init(tell).await;
    }

    /// Puts it in force and reads it back: a yes without the thing itself is no yes.
    ///
    /// `again` says that this step was tried before: then what is held already is not ordered twice.
    pub async fn apply(&self, id: QuarantineId, key: &str, desired: &Desired, again: bool) -> BackendAnswer {
        use BackendOutcome::{Absent, Accepted, InForce, NotOnline};
        if again {
            let seen = self.backend.get(id).await;
            if matches!(seen.outcome, InForce | Accepted | NotOnline) && seen.fits(desired) {
                return seen;
            }
        }
        let said = self.backend.put(id, key, desired).await;
        if !matches!(said.outcome, InForce | Accepted | NotOnline) {
            return if said.outcome == Absent { BackendAnswer::unknown(said.detail) } else { said };
        }
        let seen = self.backend.get(id).await;
        match (said.outcome, seen.outcome) {
            (InForce, Absent) => BackendAnswer::unknown("the back end said yes, but holds nothing"),
            // Taken and not done yet, or kept for the customer's next session.
            (_, Absent) => said,
            (_, InForce | Accepted | NotOnline) if !seen.fits(desired) => {
                BackendAnswer::unknown("the back end holds something else than was ordered")
            }
            _ => seen,
        }
    }

    /// Takes it out and reads back that it is gone.
    pub async fn lift(&self, id: QuarantineId, key: &str) -> BackendAnswer {
        use BackendOutcome::{Absent, Accepted, InForce, NotOnline};
        let said = self.backend.delete(id, key).await;
        if !matches!(said.outcome, Absent | Accepted) {
            return said;
        }
        let seen = self.backend.get(id).await;
        match (said.outcome, seen.outcome) {
            (Accepted, InForce | Accepted | NotOnline) => said,
            (_, InForce | NotOnline) => BackendAnswer::unknown("the back end said it is gone, but still holds it"),
            _ => seen,
        }
    }
}
