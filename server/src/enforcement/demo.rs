//! The built-in back end: holds quarantines in memory, so that everything can be tried without a network.
use super::Backend;
use domain::{
    enforcement::{BackendAnswer, BackendOutcome, Desired, Held},
    id::QuarantineId,
};
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// As long as a near provisioning system takes.
const DELAY: Duration = Duration::from_millis(120);

/// The demo back end.
#[derive(Debug, Default)]
pub struct Demo {
    held: Mutex<BTreeMap<QuarantineId, Desired>>,
    delay: Duration,
}

impl Demo {
    /// Empty, and as slow as a real one.
    pub fn new() -> Self {
        Self { held: Mutex::default(), delay: DELAY }
    }

    /// Empty, and at once; for tests.
    pub fn quick() -> Self {
        Self::default()
    }

    fn held(&self) -> MutexGuard<'_, BTreeMap<QuarantineId, Desired>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn shown(id: QuarantineId, desired: &Desired) -> Held {
    Held {
        id: id.to_string(),
        state: BackendOutcome::InForce,
        service: desired.service.number.clone(),
        measure: Some(desired.measure),
        ports: desired.ports.clone(),
    }
}

#[async_trait::async_trait]
impl Backend for Demo {
    fn name(&self) -> String {
        "the built-in demo back end".to_owned()
    }

    async fn put(&self, id: QuarantineId, _key: &str, desired: &Desired) -> BackendAnswer {
        tokio::time::sleep(self.delay).await;
        self.held().insert(id, desired.clone());
        BackendAnswer::held(shown(id, desired))
    }

    async fn get(&self, id: QuarantineId) -> BackendAnswer {
        match self.held().get(&id) {
            Some(desired) => BackendAnswer::held(shown(id, desired)),
            None => BackendAnswer::new(BackendOutcome::Absent, "not held"),
        }
    }

    async fn delete(&self, id: QuarantineId, _key: &str) -> BackendAnswer {
        tokio::time::sleep(self.delay).await;
        self.held().remove(&id);
        BackendAnswer::new(BackendOutcome::Absent, "not held")
    }

    async fn list(&self) -> Result<Vec<Held>, String> {
        Ok(self.held().iter().map(|(id, desired)| shown(*id, desired)).collect())
    }

    async fn remember(&self, held: Vec<(QuarantineId, Desired)>) {
        self.held().extend(held);
    }
}
