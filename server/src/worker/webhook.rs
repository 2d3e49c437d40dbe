//! Webhooks: a signed POST of JSON to an address that the staff set; tried again with growing waits, given up after some.
use crate::{
    desk::{Desk, DeskError, Relayed},
    enforcement::signature,
};
use domain::clock::SharedClock;
use reqwest::{
    Client, StatusCode, Url,
    header::{CONTENT_TYPE, HeaderValue},
};
use std::time::Duration;

/// Longest wait for a connection.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(5);
/// Longest time of a whole call; below the job's lease, so that nobody else posts it meanwhile.
const CALL_TIME_MAX: Duration = Duration::from_secs(15);
/// Bytes of the answer that are read.
const ANSWER_BYTES_MAX: usize = 2_000;
/// Characters kept of what the other side says.
const ANSWER_CHARS_MAX: usize = 200;

/// Posts signed JSON.
pub struct Poster {
    client: Client,
    signing_key: String,
    clock: SharedClock,
}

impl Poster {
    /// A poster with the desk's `webhook.signing_key`.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(desk: &Desk) -> Result<Self, DeskError> {
        // Once per process; a second time changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .connect_timeout(CONNECT_TIME_MAX)
            .timeout(CALL_TIME_MAX)
            // Whoever is agreed with answers himself: a redirect would lead the news elsewhere.
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("lazaret/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| DeskError::Broken(format!("webhooks: {error}")))?;
        let signing_key = desk.config().text("webhook.signing_key").to_owned();
        Ok(Self { client, signing_key, clock: desk.clock().clone() })
    }

    /// Posts `body` to `url`; `id` tells the other side that two posts are the same.
    ///
    /// Only 2xx counts as taken. 410 means: never again. Everything else is tried again later.
    pub async fn post(&self, url: &str, id: &str, body: &str) -> Relayed {
        let Ok(parsed) = Url::parse(url) else { return Relayed::Never("the address is none".to_owned()) };
        let at = self.clock.now().timestamp();
        let mut request = self
            .client
            .post(parsed.clone())
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header("Idempotency-Key", id)
            .body(body.to_owned());
        if !self.signing_key.is_empty() {
            let signed = signature(&self.signing_key, "POST", parsed.path(), at, body.as_bytes());
            request = request.header("Lazaret-Signature", signed);
        }
        match request.send().await {
            Ok(response) => judged(response).await,
            Err(error) if error.is_timeout() => Relayed::Later("no answer in time".to_owned()),
            Err(error) if error.is_connect() => Relayed::Later("cannot be reached".to_owned()),
            Err(_) => Relayed::Later("the connection broke".to_owned()),
        }
    }
}

async fn judged(mut response: reqwest::Response) -> Relayed {
    let status = response.status();
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        body.extend_from_slice(&chunk);
        if body.len() > ANSWER_BYTES_MAX {
            break;
        }
    }
    let text = String::from_utf8_lossy(&body);
    let clean = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    let text: String = clean.take(ANSWER_CHARS_MAX).collect();
    let answer = format!("{} {}", status.as_u16(), text.trim()).trim().to_owned();
    match status {
        status if status.is_success() => Relayed::Taken(answer),
        StatusCode::GONE => Relayed::Never(answer),
        _ => Relayed::Later(answer),
    }
}

/// Posts one webhook that is due; false when none is.
///
/// # Errors
/// Only when the store fails; the webhook is then taken up again after the job's lease.
pub async fn deliver_one(desk: &Desk, poster: &Poster, worker: &str) -> Result<bool, DeskError> {
    let Some(delivery) = desk.begin_webhook(worker).await? else { return Ok(false) };
    let letter = &delivery.letter;
    let relayed = poster.post(&letter.recipient, &letter.id.to_string(), &letter.body).await;
    desk.settle_letter(worker, &delivery, &relayed).await?;
    Ok(true)
}
