//! The back end over HTTP (docs/quarantine-api.md): PUT, GET, DELETE of one quarantine, GET of all.
use super::{Backend, sign::signature};
use chrono::TimeDelta;
use domain::{
    clock::SharedClock,
    enforcement::{BackendAnswer, BackendOutcome, Desired, Held},
    id::QuarantineId,
};
use reqwest::{
    Client, Method, Response, StatusCode, Url,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER},
};
use serde::Deserialize;
use std::time::Duration;

/// Longest wait for a connection.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(5);
/// Longest time of a call in all.
const CALL_TIME_MAX: Duration = Duration::from_secs(10);
/// Largest answer about one quarantine, in bytes.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// Largest list, in bytes: some 100,000 quarantines.
const LIST_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Characters kept of what a back end says.
const DETAIL_CHARS_MAX: usize = 200;

/// A back end with an address.
pub struct HttpBackend {
    client: Client,
    base: Url,
    token: String,
    signing_key: String,
    clock: SharedClock,
}

/// What may stand in an answer; everything else is ignored.
#[derive(Deserialize, Default)]
struct Said {
    #[serde(default)]
    state: String,
    #[serde(default)]
    cause: String,
}

#[derive(Deserialize)]
struct List {
    quarantines: Vec<Held>,
}

/// A whole answer: status, pause asked for, body.
struct Answer {
    status: StatusCode,
    retry: Option<TimeDelta>,
    body: Vec<u8>,
}

impl HttpBackend {
    /// Reaches `base` with a bearer `token` and a `signing_key`, each may be empty.
    ///
    /// # Errors
    /// When the address is none, or TLS cannot be set up.
    pub fn new(base: &str, token: &str, signing_key: &str, clock: SharedClock) -> Result<Self, String> {
        // Once per process; a second time changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let base = format!("{}/v1/quarantines", base.trim_end_matches('/'));
        let base = Url::parse(&base).map_err(|error| format!("quarantine.url: {error}"))?;
        let client = Client::builder()
            .connect_timeout(CONNECT_TIME_MAX)
            .timeout(CALL_TIME_MAX)
            // A redirect would carry the token elsewhere.
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("lazaret/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| format!("quarantine.url: {error}"))?;
        Ok(Self { client, base, token: token.to_owned(), signing_key: signing_key.to_owned(), clock })
    }

    async fn call(
        &self,
        method: Method,
        id: Option<QuarantineId>,
        key: Option<&str>,
        body: Vec<u8>,
    ) -> Result<Answer, String> {
        let mut url = self.base.clone();
        if let Some(id) = id {
            url.set_path(&format!("{}/{id}", self.base.path()));
        }
        let limit = if id.is_some() { ANSWER_BYTES_MAX } else { LIST_BYTES_MAX };
        let mut request = self.client.request(method.clone(), url.clone()).header(ACCEPT, "application/json");
        if !self.token.is_empty() {
            request = request.header(AUTHORIZATION, format!("Bearer {}", self.token));
        }
        if !self.signing_key.is_empty() {
            let at = self.clock.now().timestamp();
            request = request
                .header("Lazaret-Signature", signature(&self.signing_key, method.as_str(), url.path(), at, &body));
        }
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        if !body.is_empty() {
            request = request.header(CONTENT_TYPE, "application/json").body(body);
        }
        let response = request.send().await.map_err(|error| unreachable(&error))?;
        read(response, limit).await
    }
}

/// Why there was no answer, without the address (it may hold a secret).
fn unreachable(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        "no answer in time".to_owned()
    } else if error.is_connect() {
        "cannot be reached".to_owned()
    } else {
        "the connection broke".to_owned()
    }
}

async fn read(mut response: Response, limit: usize) -> Result<Answer, String> {
    let status = response.status();
    let seconds = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse::<i64>().ok());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| unreachable(&error))? {
        if body.len() + chunk.len() > limit {
            return Err(format!("answered {} with more than {limit} bytes", status.as_u16()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, retry: seconds.map(|s| TimeDelta::seconds(s.clamp(0, 3_600))), body })
}

/// One line, cut: a back end's words are shown to people and kept in the record.
fn one_line(text: &str) -> String {
    let clean = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    clean.take(DETAIL_CHARS_MAX).collect::<String>().trim().to_owned()
}

impl Answer {
    fn said(&self) -> Option<Said> {
        serde_json::from_slice(&self.body).ok()
    }

    fn useless(&self) -> BackendAnswer {
        let body = one_line(&String::from_utf8_lossy(&self.body));
        let mut answer = BackendAnswer::unknown(format!("answered {} {body}", self.status.as_u16()).trim().to_owned());
        answer.retry = self.retry;
        answer
    }

    /// Statuses that mean the same for every method.
    fn other(&self) -> BackendAnswer {
        match (self.status.as_u16(), self.said()) {
            (423, said) => {
                let cause = said.map(|said| said.cause).unwrap_or_default();
                let cause = if cause.is_empty() { "the customer has no session".to_owned() } else { one_line(&cause) };
                BackendAnswer { retry: self.retry, ..BackendAnswer::new(BackendOutcome::NotOnline, cause) }
            }
            (400 | 404 | 409 | 422, Some(said)) if !said.cause.is_empty() => {
                BackendAnswer::new(BackendOutcome::Refused, one_line(&said.cause))
            }
            (401 | 403, _) => BackendAnswer::unknown(format!("answered {}: check token and key", self.status.as_u16())),
            _ => self.useless(),
        }
    }

    fn to_put(&self) -> BackendAnswer {
        let said = if self.body.is_empty() { Some(Said::default()) } else { self.said() };
        match (self.status.as_u16(), said) {
            (200..=202, Some(said)) if said.state == "not_online" => {
                BackendAnswer::new(BackendOutcome::NotOnline, "the customer has no session")
            }
            (200..=202, Some(said)) if said.state == "accepted" || self.status == StatusCode::ACCEPTED => {
                BackendAnswer { retry: self.retry, ..BackendAnswer::new(BackendOutcome::Accepted, "accepted") }
            }
            (200 | 201 | 204, Some(said)) if matches!(said.state.as_str(), "" | "in_force") => {
                BackendAnswer::new(BackendOutcome::InForce, "in force")
            }
            _ => self.other(),
        }
    }

    fn to_get(&self, id: QuarantineId) -> BackendAnswer {
        match self.status.as_u16() {
            200 => match serde_json::from_slice::<Held>(&self.body) {
                Ok(held) if held.id == id.to_string() && speakable(held.state) => BackendAnswer::held(held),
                _ => self.useless(),
            },
            404 | 410 => BackendAnswer::new(BackendOutcome::Absent, "not held"),
            _ => self.other(),
        }
    }

    fn to_delete(&self) -> BackendAnswer {
        match self.status.as_u16() {
            200 | 204 | 404 | 410 => BackendAnswer::new(BackendOutcome::Absent, "not held"),
            202 => BackendAnswer { retry: self.retry, ..BackendAnswer::new(BackendOutcome::Accepted, "accepted") },
            _ => self.other(),
        }
    }
}

/// States a back end may say of a thing it holds.
const fn speakable(state: BackendOutcome) -> bool {
    matches!(state, BackendOutcome::InForce | BackendOutcome::Accepted | BackendOutcome::NotOnline)
}

#[async_trait::async_trait]
impl Backend for HttpBackend {
    fn name(&self) -> String {
        self.base.host_str().unwrap_or("the back end").to_owned()
    }

    async fn put(&self, id: QuarantineId, key: &str, desired: &Desired) -> BackendAnswer {
        let body = serde_json::to_vec(desired).unwrap_or_default();
        match self.call(Method::PUT, Some(id), Some(key), body).await {
            Ok(answer) => answer.to_put(),
            Err(problem) => BackendAnswer::unknown(problem),
        }
    }

    async fn get(&self, id: QuarantineId) -> BackendAnswer {
        match self.call(Method::GET, Some(id), None, Vec::new()).await {
            Ok(answer) => answer.to_get(id),
            Err(problem) => BackendAnswer::unknown(problem),
        }
    }

    async fn delete(&self, id: QuarantineId, key: &str) -> BackendAnswer {
        match self.call(Method::DELETE, Some(id), Some(key), Vec::new()).await {
            Ok(answer) => answer.to_delete(),
            Err(problem) => BackendAnswer::unknown(problem),
        }
    }

    async fn list(&self) -> Result<Vec<Held>, String> {
        let answer = self.call(Method::GET, None, None, Vec::new()).await?;
        if answer.status != StatusCode::OK {
            return Err(answer.useless().detail);
        }
        let list: List = serde_json::from_slice(&answer.body)
            .map_err(|error| format!("the list of quarantines cannot be read: {error}"))?;
        Ok(list.quarantines)
    }
}
