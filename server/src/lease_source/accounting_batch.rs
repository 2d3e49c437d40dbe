//! Accounting requests on their way into the store: as many at once as have come meanwhile, each answered afterwards.
use crate::{
    config::lease::RadiusClient,
    desk::{Desk, SAYINGS_MAX},
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{actor::Actor, lease::Heard, saying::Saying};
use leases::radius::record::Record;
use std::{collections::BTreeMap, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{net::UdpSocket, sync::mpsc, time::timeout};

/// Requests of one batch; each may speak of several addresses.
const BATCH_MAX: usize = 1_000;
/// How long a batch waits for more: shorter than any access server's patience.
const GATHER: Duration = Duration::from_millis(15);
/// Wait for the store before a batch is given up; its access servers send it again.
const STORE_TIME_MAX: Duration = Duration::from_secs(20);
/// How far back an access server may still be trying to tell something.
const ON_THE_WAY: TimeDelta = TimeDelta::seconds(30);
/// How often a client's channel is said to work.
const WELL_EVERY: TimeDelta = TimeDelta::seconds(30);

/// A request that was made with the secret.
pub(super) struct Request {
    /// Which client of the settings.
    pub(super) client: usize,
    pub(super) sender: SocketAddr,
    pub(super) record: Record,
    /// What is sent when it is durable.
    pub(super) answer: Vec<u8>,
}

/// Keeps requests until there are no more to come.
pub(super) async fn run(
    desk: Desk,
    socket: Arc<UdpSocket>,
    clients: Arc<Vec<RadiusClient>>,
    mut from: mpsc::Receiver<Request>,
) {
    let mut well: BTreeMap<usize, DateTime<Utc>> = BTreeMap::new();
    while let Some(first) = from.recv().await {
        let mut batch = vec![first];
        let gathered = async {
            while batch.len() < BATCH_MAX {
                let Some(next) = from.recv().await else { break };
                batch.push(next);
            }
        };
        // What has come while the last batch was written is there at once.
        let _ = timeout(GATHER, gathered).await;
        let mut by_client: BTreeMap<usize, Vec<Request>> = BTreeMap::new();
        for request in batch {
            by_client.entry(request.client).or_default().push(request);
        }
        for (index, requests) in by_client {
            let Some(client) = clients.get(index) else { continue };
            if keep(&desk, client, &requests).await {
                for request in &requests {
                    if let Err(error) = socket.send_to(&request.answer, request.sender).await {
                        tracing::debug!(%error, "an access server was not answered");
                    }
                }
                say_well(&desk, client, &mut well, index).await;
            }
        }
    }
}

/// Makes the requests of a client durable; whether they are.
async fn keep(desk: &Desk, client: &RadiusClient, requests: &[Request]) -> bool {
    let mut sayings: Vec<Saying> = Vec::with_capacity(requests.len() * 2);
    let mut useless: Vec<String> = Vec::new();
    for (line, request) in (1..).zip(requests) {
        match request.record.sayings(line, client.prefer) {
            Ok(all) => sayings.extend(all),
            Err(problem) => useless.push(format!("a request from {}: {problem}", request.sender.ip())),
        }
    }
    let actor = Actor::system(client.source.as_str());
    let heard = Heard { through: Some(desk.clock().now() - ON_THE_WAY), place: None };
    for batch in sayings.chunks(SAYINGS_MAX) {
        match timeout(STORE_TIME_MAX, desk.leases_take(&actor, &client.source, batch, &heard)).await {
            Ok(Ok(taken)) => useless.extend(taken.refused.into_iter().map(|(_, reason)| reason)),
            Ok(Err(error)) => {
                tracing::error!(%error, "accounting is left with its access servers");
                return false;
            }
            Err(_) => {
                tracing::error!("the store does not answer: accounting is left with its access servers");
                return false;
            }
        }
    }
    if useless.is_empty() {
        return true;
    }
    // Sent again it would be as useless: it is noted, and answered.
    let reason = useless.iter().take(3).cloned().collect::<Vec<_>>().join("; ");
    let what = format!("{} requests", useless.len());
    let noted = desk.channel_turned_away(client.source.as_str(), &what, &reason).await;
    noted.is_ok()
}

/// The client's channel works; not said for each batch.
async fn say_well(desk: &Desk, client: &RadiusClient, well: &mut BTreeMap<usize, DateTime<Utc>>, index: usize) {
    let now = desk.clock().now();
    if well.get(&index).is_some_and(|at| now - *at < WELL_EVERY) {
        return;
    }
    well.insert(index, now);
    if let Err(error) = desk.channel_news_went_well(client.source.as_str(), "{}").await {
        tracing::warn!(%error, "the store is away");
    }
}
