//! A resolver on loopback that does as the test says, and remembers what it was asked.
use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, StatusCode, header::LOCATION},
    response::{IntoResponse, Response},
    routing::post,
};
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

pub(crate) const TOKEN: &str = "token-of-the-test";

/// How the next question is answered; then rightly again.
#[derive(Debug, Clone)]
pub(crate) enum Mood {
    /// This status, with nothing more.
    Status(u16),
    /// 302 to somewhere else.
    Elsewhere,
    /// 503 with Retry-After.
    Later(u32),
    /// 200 with this body.
    Says(String),
    /// Rightly, after this time.
    Slow(Duration),
    /// 10 MB.
    Huge,
    /// The connection breaks in the middle of the answer.
    Broken,
}

#[derive(Default)]
pub(crate) struct Inside {
    /// Rows of NDJSON by address.
    books: Vec<Value>,
    moods: VecDeque<Mood>,
    asked: Vec<Value>,
    /// What it knows up to; none = it does not say.
    through: Option<String>,
}

/// The running resolver.
#[derive(Clone)]
pub(crate) struct Peer {
    inside: Arc<Mutex<Inside>>,
    pub(crate) url: String,
}

impl Peer {
    pub(crate) async fn start() -> Self {
        let inside = Arc::<Mutex<Inside>>::default();
        let router = Router::new().route("/who", post(answer)).with_state(inside.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/who", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { inside, url }
    }

    /// As new.
    pub(crate) fn reset(&self) {
        *self.inside.lock().unwrap() = Inside::default();
    }

    /// In its books: `user` held the address.
    pub(crate) fn knows(&self, address: &str, user: &str, from: &str, to: Option<&str>) {
        let mut row = json!({ "address": address, "username": user, "from": format!("2026-11-{from}Z") });
        if let Some(to) = to {
            row["to"] = json!(format!("2026-11-{to}Z"));
        }
        self.inside.lock().unwrap().books.push(row);
    }

    /// It knows everything up to here.
    pub(crate) fn through(&self, at: Option<&str>) {
        self.inside.lock().unwrap().through = at.map(|at| format!("2026-11-{at}Z"));
    }

    pub(crate) fn forgets(&self) {
        self.inside.lock().unwrap().books.clear();
    }

    pub(crate) fn next(&self, mood: Mood) {
        self.inside.lock().unwrap().moods.push_back(mood);
    }

    /// The questions so far.
    pub(crate) fn asked(&self) -> Vec<Value> {
        self.inside.lock().unwrap().asked.clone()
    }
}

async fn answer(State(shared): State<Arc<Mutex<Inside>>>, headers: HeaderMap, body: Bytes) -> Response {
    assert_eq!(headers["authorization"], format!("Bearer {TOKEN}"));
    let question: Value = serde_json::from_slice(&body).unwrap();
    let (mood, right) = {
        let mut inside = shared.lock().unwrap();
        inside.asked.push(question.clone());
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let there = |row: &&Value| {
            row["address"] == question["address"] && (row["to"].is_null() || text(&row["to"]) > text(&question["from"]))
        };
        let leases: Vec<Value> = inside.books.iter().filter(there).cloned().collect();
        let mut right = json!({ "leases": leases, "complete": true });
        if let Some(through) = &inside.through {
            right["known_through"] = json!(through);
        }
        (inside.moods.pop_front(), right.to_string())
    };
    match mood {
        None => right.into_response(),
        Some(Mood::Status(status)) => StatusCode::from_u16(status).unwrap().into_response(),
        Some(Mood::Elsewhere) => (StatusCode::FOUND, [(LOCATION, "/elsewhere")]).into_response(),
        Some(Mood::Later(seconds)) => {
            (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", seconds.to_string())]).into_response()
        }
        Some(Mood::Says(text)) => text.into_response(),
        Some(Mood::Slow(time)) => {
            tokio::time::sleep(time).await;
            right.into_response()
        }
        Some(Mood::Huge) => format!("{{\"leases\": [], \"x\": \"{}\"}}", "x".repeat(10_000_000)).into_response(),
        Some(Mood::Broken) => {
            let pieces = [Ok(Bytes::from_static(b"{\"leases\": [], ")), Err(std::io::Error::other("gone"))];
            Body::from_stream(futures_util::stream::iter(pieces)).into_response()
        }
    }
}
