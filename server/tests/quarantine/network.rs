//! A back end on loopback that does as the test says, and remembers what it was asked.
use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
    routing::{get, put},
};
use lazaret::enforcement::{HttpBackend, Network, signature};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

pub(crate) const TOKEN: &str = "token-of-the-test";
pub(crate) const KEY: &str = "key-of-the-test";

/// How the next call that changes something is answered; then honestly again.
#[derive(Debug, Clone)]
pub(crate) enum Mood {
    /// 500.
    Broken,
    /// 200 with something that is no JSON.
    Garbage,
    /// 200, and nothing done.
    Lying,
    /// 422 with a cause.
    Refusing,
    /// 423.
    NotOnline,
    /// 202; done at the n-th look.
    Accepting(u32),
    /// Done, but answered after this time.
    Slow(Duration),
    /// 200, and something else done.
    Twisted,
    /// An answer without an end.
    Endless,
}

#[derive(Default)]
pub(crate) struct Inside {
    pub(crate) held: BTreeMap<String, Value>,
    pub(crate) moods: VecDeque<Mood>,
    pub(crate) calls: Vec<(Method, String, String)>,
    pending: BTreeMap<String, (u32, Value)>,
}

pub(crate) type Shared = Arc<Mutex<Inside>>;

/// The running back end.
pub(crate) struct Peer {
    pub(crate) inside: Shared,
    pub(crate) url: String,
}

impl Peer {
    pub(crate) async fn start() -> Self {
        let inside = Shared::default();
        let router = Router::new()
            .route("/v1/quarantines", get(list))
            .route("/v1/quarantines/{id}", put(change).delete(change).get(look))
            .with_state(inside.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { inside, url }
    }

    pub(crate) fn network(&self, clock: domain::clock::SharedClock) -> Network {
        Network::new(Arc::new(HttpBackend::new(&self.url, TOKEN, KEY, clock).unwrap()))
    }

    pub(crate) fn next(&self, mood: Mood) {
        self.inside.lock().unwrap().moods.push_back(mood);
    }

    pub(crate) fn holds(&self, id: impl ToString) -> bool {
        self.inside.lock().unwrap().held.contains_key(&id.to_string())
    }

    pub(crate) fn held(&self) -> usize {
        self.inside.lock().unwrap().held.len()
    }

    /// How often a method was called.
    pub(crate) fn count(&self, method: &Method) -> usize {
        self.inside.lock().unwrap().calls.iter().filter(|call| call.0 == *method).count()
    }
}

/// Every call carries the token and a signature over exactly what came.
fn checked(method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) {
    let text = |name: &str| headers.get(name).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
    assert_eq!(text("authorization"), format!("Bearer {TOKEN}"));
    let given = text("lazaret-signature");
    let at: i64 = given.trim_start_matches("t=").split(',').next().unwrap().parse().unwrap();
    assert_eq!(given, signature(KEY, method.as_str(), uri.path(), at, body));
    if *method != Method::GET {
        assert!(!text("idempotency-key").is_empty());
    }
}

async fn change(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    checked(&method, &uri, &headers, &body);
    let key = headers["idempotency-key"].to_str().unwrap().to_owned();
    let mood = {
        let mut inside = shared.lock().unwrap();
        inside.calls.push((method.clone(), id.clone(), key));
        inside.moods.pop_front()
    };
    let desired: Value = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() };
    let thing = json!({
        "id": id, "state": "in_force", "measure": desired["measure"], "ports": desired.get("ports").unwrap_or(&json!([])),
        "service": desired["service"]["number"],
    });
    let act = |shared: &Shared| {
        let mut inside = shared.lock().unwrap();
        if method == Method::PUT {
            inside.held.insert(id.clone(), thing.clone());
        } else {
            inside.held.remove(&id);
        }
    };
    match mood {
        Some(Mood::Broken) => (StatusCode::INTERNAL_SERVER_ERROR, "boom").into_response(),
        Some(Mood::Garbage) => (StatusCode::OK, "<html>welcome</html>").into_response(),
        Some(Mood::Lying) => Json(json!({"state": "in_force"})).into_response(),
        Some(Mood::Refusing) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({"cause": "no such line"}))).into_response()
        }
        Some(Mood::NotOnline) => (StatusCode::LOCKED, Json(json!({"state": "not_online"}))).into_response(),
        Some(Mood::Accepting(looks)) => {
            shared.lock().unwrap().pending.insert(id.clone(), (looks, thing));
            (StatusCode::ACCEPTED, Json(json!({"state": "accepted"}))).into_response()
        }
        Some(Mood::Slow(wait)) => {
            tokio::time::sleep(wait).await;
            act(&shared);
            Json(json!({"state": "in_force"})).into_response()
        }
        Some(Mood::Twisted) => {
            act(&shared);
            shared.lock().unwrap().held.get_mut(&id).unwrap()["measure"] = json!("suspension");
            Json(json!({"state": "in_force"})).into_response()
        }
        Some(Mood::Endless) => (StatusCode::OK, vec![b'x'; 1_000_000]).into_response(),
        None => {
            act(&shared);
            Json(json!({"state": "in_force"})).into_response()
        }
    }
}

async fn look(State(shared): State<Shared>, Path(id): Path<String>, uri: Uri, headers: HeaderMap) -> Response {
    checked(&Method::GET, &uri, &headers, b"");
    let mut inside = shared.lock().unwrap();
    inside.calls.push((Method::GET, id.clone(), String::new()));
    if let Some((looks, thing)) = inside.pending.get_mut(&id) {
        *looks = looks.saturating_sub(1);
        let (done, thing) = (*looks == 0, thing.clone());
        if done {
            inside.pending.remove(&id);
            inside.held.insert(id.clone(), thing);
        } else {
            let mut thing = thing;
            thing["state"] = json!("accepted");
            return Json(thing).into_response();
        }
    }
    match inside.held.get(&id) {
        Some(thing) => Json(thing.clone()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn list(State(shared): State<Shared>, uri: Uri, headers: HeaderMap) -> Response {
    checked(&Method::GET, &uri, &headers, b"");
    let held: Vec<Value> = shared.lock().unwrap().held.values().cloned().collect();
    Json(json!({ "quarantines": held })).into_response()
}
