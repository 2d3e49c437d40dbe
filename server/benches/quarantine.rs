//! From the decision to the network, and a thousand releases in one go.
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark may fail loudly")]
#![allow(clippy::allow_attributes, reason = "not every lint fires in every benchmark")]
mod common;

use common::{books, config, millis, open, percentile, say, shadowserver, size};
use domain::{
    actor::{Actor, Role},
    class::Category,
    enforcement::{BackendAnswer, Desired, Held},
    id::QuarantineId,
    quarantine::{Measure, Order, QuarantineState},
    report::Channel,
};
use lazaret::{
    desk::{Arrival, Desk},
    enforcement::{Backend, Demo, Network},
    worker::Workers,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// The built-in back end with a stop watch.
#[derive(Default)]
struct Watched {
    inner: Demo,
    put: Mutex<HashMap<QuarantineId, Instant>>,
    deleted: Mutex<HashMap<QuarantineId, usize>>,
}

#[async_trait::async_trait]
impl Backend for Watched {
    fn name(&self) -> String {
        self.inner.name()
    }
    async fn put(&self, id: QuarantineId, key: &str, desired: &Desired) -> BackendAnswer {
        self.put.lock().unwrap().entry(id).or_insert_with(Instant::now);
        self.inner.put(id, key, desired).await
    }
    async fn get(&self, id: QuarantineId) -> BackendAnswer {
        self.inner.get(id).await
    }
    async fn delete(&self, id: QuarantineId, key: &str) -> BackendAnswer {
        *self.deleted.lock().unwrap().entry(id).or_default() += 1;
        self.inner.delete(id, key).await
    }
    async fn list(&self) -> Result<Vec<Held>, String> {
        self.inner.list().await
    }
    async fn remember(&self, held: Vec<(QuarantineId, Desired)>) {
        self.inner.remember(held).await;
    }
}

fn main() {
    common::run(async {
        let many = size("BENCH_QUARANTINES", 1_000);
        let folder = tempfile::tempdir().unwrap();
        let desk = open(config(folder.path())).await.with_cheap_passwords();
        let analyst = prepared(&desk, many).await;
        let watched = Arc::new(Watched::default());
        let workers = Workers::start(&desk, &Network::new(watched.clone()));
        let ordered = order(&desk, &analyst).await;
        wait(&desk, QuarantineState::InForce, many).await;
        let put = watched.put.lock().unwrap().clone();
        let mut took: Vec<f64> =
            ordered.iter().map(|(id, at)| millis(put[id].saturating_duration_since(*at))).collect();
        say("quarantine_apply_ms_p50", percentile(&mut took, 50), "ms");
        say("quarantine_apply_ms_p99", percentile(&mut took, 99), "ms");
        let start = Instant::now();
        for (id, _) in &ordered {
            let version = desk.store().read().await.unwrap().quarantine_by_id(*id).await.unwrap().unwrap().version;
            desk.quarantine_release(&analyst, *id, version, None, "all clear, everybody out").await.unwrap();
        }
        wait(&desk, QuarantineState::Lifted, many).await;
        say("release_1000_s", start.elapsed().as_secs_f64() * 1000.0 / many as f64, "s");
        let twice = watched.deleted.lock().unwrap().values().filter(|times| **times > 1).count();
        say("release_twice", twice as f64, "releases");
        workers.stop().await;
    });
}

/// Customers with one bot each, and somebody who may act.
async fn prepared(desk: &Desk, many: usize) -> Actor {
    books(desk, many).await;
    let cli = Actor::system("bench");
    let user = desk.add_user(&cli, "a@desk.example", "A", Role::Analyst, "a long password").await.unwrap();
    let csv = shadowserver(many, many, 0);
    let arrival = Arrival {
        channel: Channel::File,
        bytes: &csv,
        content_type: "text/csv",
        file_name: "2026-11-20-event4_sinkhole-bench-asn.csv",
        read_by_caller: true,
    };
    let received = desk.receive(&cli, arrival).await.unwrap();
    desk.read_report(received.id).await.unwrap();
    user.actor()
}

/// Orders one for each customer; when each order was on record.
async fn order(desk: &Desk, analyst: &Actor) -> Vec<(QuarantineId, Instant)> {
    let keys = desk.store().read().await.unwrap().service_keys().await.unwrap();
    let mut ordered = Vec::with_capacity(keys.len());
    for (_, service, customer) in keys {
        let opened = desk.open_case(analyst, customer, Category::Connection).await.unwrap();
        let choices = desk.quarantine_choices(analyst, &opened.number).await.unwrap();
        let id = QuarantineId::new();
        let order = Order {
            id,
            service,
            measure: Measure::WalledGarden,
            ports: Vec::new(),
            clause: choices.services[0].clauses[0].id,
            reason: "a bot that harms others".to_owned(),
            review_days: 5,
            start_hours: 0,
        };
        desk.quarantine_order(analyst, opened.id, order, true).await.unwrap();
        ordered.push((id, Instant::now()));
    }
    ordered
}

async fn wait(desk: &Desk, state: QuarantineState, many: usize) {
    let start = Instant::now();
    loop {
        let holding = desk.store().read().await.unwrap().quarantine_holding().await.unwrap();
        let there = match state {
            QuarantineState::Lifted => many - holding.len(),
            other => holding.iter().filter(|one| one.state == other).count(),
        };
        if there >= many {
            return;
        }
        assert!(start.elapsed() < Duration::from_secs(120), "{there} of {many} are {state}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
