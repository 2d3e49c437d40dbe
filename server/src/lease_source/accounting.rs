//! RADIUS accounting (RFC 2866) over UDP: a request is answered when what it says is durable, and never otherwise; one
//! that nobody with the secret made is dropped without a word, counted and shown.
use super::accounting_batch::{self, Request};
use crate::{config::lease::RadiusClient, desk::Desk};
use domain::lease::{LeaseSourceKind, SourceSetUp};
use leases::radius::{
    packet::{ACCOUNTING_REQUEST, PACKET_BYTES_MAX, Packet},
    record::Record,
};
use std::{
    collections::HashMap,
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::{net::UdpSocket, sync::mpsc};
use tokio_util::sync::CancellationToken;

/// Its name among the channels.
pub(super) const NAME: &str = "radius";
/// Requests that wait for the store; more are dropped, and sent again by their access servers.
const WAITING_MAX: usize = 20_000;
/// Pause before another try to open the door.
const AGAIN: Duration = Duration::from_secs(5);
/// How often it is noted what was dropped.
const NOTE_EVERY: Duration = Duration::from_secs(60);

/// Listens until it is asked to stop.
pub(super) async fn listen(desk: Desk, stop: CancellationToken) {
    let Some(address) = desk.config().radius_listen() else { return };
    let clients = Arc::new(desk.config().radius_clients());
    for client in clients.iter() {
        let set_up =
            SourceSetUp { kind: LeaseSourceKind::Radius, skew: client.skew, silent_after: client.silent_after };
        if let Err(error) = desk.lease_source_set_up(&client.source, set_up).await {
            tracing::warn!(%error, "the store is away");
        }
    }
    while !stop.is_cancelled() {
        let outcome = tokio::select! {
            outcome = open(&desk, address, &clients) => outcome,
            () = stop.cancelled() => break,
        };
        let problem = match outcome {
            Err(error) => format!("cannot listen on {address}: {error}"),
            Ok(()) => "the worker that keeps accounting has ended".to_owned(),
        };
        tracing::error!(problem, "radius");
        if let Err(error) = desk.channel_failed(NAME, &problem).await {
            tracing::warn!(%error, "the store is away");
        }
        tokio::select! {
            () = tokio::time::sleep(AGAIN) => {}
            () = stop.cancelled() => break,
        }
    }
}

async fn open(desk: &Desk, address: SocketAddr, clients: &Arc<Vec<RadiusClient>>) -> io::Result<()> {
    let socket = Arc::new(UdpSocket::bind(address).await?);
    tracing::info!(address = %socket.local_addr()?, "radius accounting");
    if let Err(error) = desk.channel_went_well(NAME, None).await {
        tracing::warn!(%error, "the store is away");
    }
    let (to, from) = mpsc::channel(WAITING_MAX);
    let batches = accounting_batch::run(desk.clone(), socket.clone(), clients.clone(), from);
    let mut door = Door { desk, socket, clients, to, dropped: HashMap::new() };
    tokio::select! {
        () = batches => Ok(()),
        outcome = door.receive() => outcome,
    }
}

/// Who knocks, and what becomes of it.
struct Door<'a> {
    desk: &'a Desk,
    socket: Arc<UdpSocket>,
    clients: &'a [RadiusClient],
    to: mpsc::Sender<Request>,
    /// Requests that were dropped since it was last noted: how many, by sender and reason.
    dropped: HashMap<(IpAddr, &'static str), u64>,
}

impl Door<'_> {
    async fn receive(&mut self) -> io::Result<()> {
        let mut bytes = vec![0; PACKET_BYTES_MAX + 1];
        let mut note = tokio::time::interval(NOTE_EVERY);
        note.reset();
        let mut first = true;
        loop {
            tokio::select! {
                received = self.socket.recv_from(&mut bytes) => {
                    let (length, sender) = received?;
                    self.take(bytes.get(..length).unwrap_or_default(), sender);
                    if first && !self.dropped.is_empty() {
                        // The first is shown at once; a flood must not fill the record.
                        first = false;
                        self.note().await;
                    }
                }
                _ = note.tick() => {
                    self.note().await;
                    first = true;
                }
            }
        }
    }

    fn take(&mut self, bytes: &[u8], sender: SocketAddr) {
        if let Err(reason) = self.check(bytes, sender) {
            let from = sender.ip().to_canonical();
            // As many senders as can be named; a flood from made-up addresses is counted under one.
            let known = self.dropped.contains_key(&(from, reason)) || self.dropped.len() < 8;
            let from = if known { from } else { IpAddr::from([0, 0, 0, 0]) };
            *self.dropped.entry((from, reason)).or_default() += 1;
        }
    }

    fn check(&self, bytes: &[u8], sender: SocketAddr) -> Result<(), &'static str> {
        let ip = sender.ip().to_canonical();
        let index = self.clients.iter().position(|client| client.net.contains(&ip)).ok_or("is no client")?;
        let client = self.clients.get(index).ok_or("is no client")?;
        let packet = Packet::parse(bytes).map_err(|malformed| malformed.as_str())?;
        if packet.code != ACCOUNTING_REQUEST {
            return Err("is no accounting request");
        }
        if !packet.signed_with(&client.secret) {
            return Err("has a wrong secret or authenticator");
        }
        let record = Record::of_packet(&packet, ip, self.desk.clock().now());
        let answer = packet.accounting_response(&client.secret);
        let request = Request { client: index, sender, record, answer };
        self.to.try_send(request).map_err(|_| "came faster than the store keeps them")
    }

    async fn note(&mut self) {
        for ((sender, reason), count) in std::mem::take(&mut self.dropped) {
            let client = self.clients.iter().find(|client| client.net.contains(&sender));
            let channel = client.map_or(NAME, |client| client.source.as_str());
            let what = format!("{count} requests from {sender}");
            tracing::warn!(%sender, reason, count, "accounting was dropped");
            let mut noted = self.desk.channel_turned_away(channel, &what, reason).await;
            if noted.is_ok() && client.is_some() {
                noted = self.desk.channel_failed(channel, &format!("a request {reason}")).await.map(drop);
            }
            if let Err(error) = noted {
                tracing::warn!(%error, "the store is away");
            }
        }
    }
}
