//! The real program and a resolver: killed while it asks, two at a time, and a resolver that goes away.
use crate::{
    authority::certificate,
    house::{House, have, mail, system},
    world::services,
};
use axum::{Router, body::Bytes, extract::State, http::StatusCode, response::IntoResponse, routing::post};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    attribution::Certainty,
    clock::{Clock as _, SystemClock},
    page::PageOf,
    report::Channel,
};
use lazaret::desk::Arrival;
use std::{
    net::SocketAddr,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    },
    server::TlsStream,
};

/// What the resolver does, and how often it was asked.
#[derive(Clone, Default)]
struct Books {
    stuck: Arc<AtomicBool>,
    away: Arc<AtomicBool>,
    asked: Arc<AtomicUsize>,
}

impl Books {
    async fn start(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (router, url) = (self.router(), format!("http://{}/who", listener.local_addr().unwrap()));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        url
    }

    /// Over TLS, with the certificate of this folder.
    async fn start_secured(&self, folder: &Path) -> String {
        let certificate = CertificateDer::from_pem_file(folder.join("cert.pem")).unwrap();
        let key = PrivateKeyDer::from_pem_file(folder.join("key.pem")).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        let acceptor = Arc::new(config.with_single_cert(vec![certificate], key).unwrap()).into();
        let listener = Secured { listener: TcpListener::bind("127.0.0.1:0").await.unwrap(), acceptor };
        let port = listener.listener.local_addr().unwrap().port();
        let router = self.router();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        format!("https://localhost:{port}/who")
    }

    fn router(&self) -> Router {
        Router::new().route("/who", post(answer)).with_state(self.clone())
    }

    fn asked(&self) -> usize {
        self.asked.load(SeqCst)
    }
}

struct Secured {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl axum::serve::Listener for Secured {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (stream, from) = self.listener.accept().await.unwrap();
            // Who does not trust the certificate hangs up.
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, from);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

/// Everything was anna's since yesterday.
async fn answer(State(books): State<Books>, body: Bytes) -> impl IntoResponse {
    books.asked.fetch_add(1, SeqCst);
    while books.stuck.load(SeqCst) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    if books.away.load(SeqCst) {
        return (StatusCode::BAD_GATEWAY, String::new());
    }
    let question: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let from = (SystemClock.now() - TimeDelta::days(2)).to_rfc3339();
    let lease = serde_json::json!({ "address": question["address"], "username": "anna@isp.example", "from": from });
    (StatusCode::OK, serde_json::json!({ "leases": [lease], "complete": true }).to_string())
}

async fn desk(books: &Books) -> House {
    let url = books.start().await;
    let house = House::new(&[("resolver.books.url", &url), ("resolver.books.per_second", "100")]).await;
    services(&house, &[("ln-1", "anna@isp.example", "", "")]).await;
    house
}

fn yesterday() -> DateTime<Utc> {
    SystemClock.now() - TimeDelta::days(1)
}

/// A complaint about an address of its own for each number.
async fn complain(house: &House, number: usize) {
    let mail = mail(number, yesterday());
    let arrival = Arrival {
        channel: Channel::Api,
        bytes: mail.as_bytes(),
        content_type: "",
        file_name: "",
        read_by_caller: false,
    };
    house.desk.receive(&system(), arrival).await.unwrap();
}

/// How many events are certain.
async fn certain(house: &House) -> usize {
    let mut certain = 0;
    for report in house.reports().await {
        let mut conn = house.desk.store().read().await.unwrap();
        let events = conn.events_of_report(report.id, PageOf::default()).await.unwrap().rows;
        certain += events.iter().filter(|event| event.certainty == Certainty::Certain).count();
    }
    certain
}

#[tokio::test]
async fn a_question_outlives_the_process_that_put_it() {
    let books = Books::default();
    books.stuck.store(true, SeqCst);
    let house = desk(&books).await;
    complain(&house, 1).await;
    let process = house.serve();
    house.until("it is asked", async || books.asked() == 1).await;
    process.crash();
    books.stuck.store(false, SeqCst);
    // Its leases on the resolver and on the question run out in their time; not waited for here.
    house.due("resolver.books").await;
    house.due_to_be_done("resolver.books").await;
    let (one, other) = (house.serve(), house.serve());
    house.until("it is answered", async || certain(&house).await == 1).await;
    assert_eq!(books.asked(), 2);
    for number in 2..30 {
        complain(&house, number).await;
    }
    house.until("all are answered", async || certain(&house).await == 29).await;
    assert_eq!(books.asked(), 30, "two processes ask each once");
    assert_eq!(house.desk.store().read().await.unwrap().lease_count().await.unwrap(), 29);
    drop((one, other));
}

#[tokio::test]
async fn a_resolver_that_goes_away_is_shown_and_makes_nobody_unready() {
    let books = Books::default();
    books.away.store(true, SeqCst);
    let house = desk(&books).await;
    complain(&house, 1).await;
    let process = house.serve();
    house.until("it has failed", async || house.problem("resolver.books").await == "answered 502").await;
    let board = house.desk.channels(&system()).await.unwrap();
    let way = board.leases.iter().find(|way| way.source == "resolver.books").unwrap();
    assert_eq!(way.health().as_str(), "failing");
    let check = house.check();
    assert!(check.contains("warning: resolver.books does not work since"), "{check}");
    let asked = books.asked();
    for number in 2..20 {
        complain(&house, number).await;
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(books.asked() <= asked + 4, "left alone as a whole: {} times", books.asked());
    books.away.store(false, SeqCst);
    house.until("it answers again", async || certain(&house).await == 19).await;
    house
        .until("nothing is wrong any more", async || {
            house.desk.lease_warnings().await.unwrap().iter().all(|warning| warning.source() != "resolver.books")
        })
        .await;
    drop(process);
}

#[tokio::test]
async fn a_resolver_with_a_certificate_of_a_private_authority_is_asked_only_if_the_authority_is_named() {
    if !have("openssl") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    certificate(folder.path());
    let books = Books::default();
    let url = books.start_secured(folder.path()).await;
    let named = folder.path().join("ca.pem").display().to_string();
    let missing = folder.path().join("none.pem").display().to_string();
    for (ca_file, problem) in [("", "certificate"), (missing.as_str(), "ca_file"), (named.as_str(), "")] {
        let house = House::new(&[("resolver.books.url", &url), ("resolver.books.ca_file", ca_file)]).await;
        services(&house, &[("ln-1", "anna@isp.example", "", "")]).await;
        complain(&house, 1).await;
        let process = house.serve();
        if problem.is_empty() {
            house.until("it is answered", async || certain(&house).await == 1).await;
        } else {
            house.until("it has failed", async || house.problem("resolver.books").await.contains(problem)).await;
            assert_eq!((certain(&house).await, books.asked()), (0, 0));
        }
        drop(process);
    }
    assert_eq!(books.asked(), 1);
}
