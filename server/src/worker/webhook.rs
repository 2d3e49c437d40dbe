//! Webhooks: a signed POST to an address that the staff or the settings name. One sender for all that leaves this way:
//! nothing private is reached by mistake, nobody is followed elsewhere, and every answer is judged alike.
use crate::{
    desk::{Desk, DeskError, Relayed},
    enforcement::signature,
    outside::{self, Unfit},
};
use domain::clock::SharedClock;
use reqwest::{
    Client, Url,
    header::{CONTENT_TYPE, USER_AGENT},
};
use std::time::Duration;

/// Bytes of the answer that are read.
const ANSWER_BYTES_MAX: usize = 2_000;
/// Characters kept of what the other side says.
const ANSWER_CHARS_MAX: usize = 200;

/// What is posted, and where.
#[derive(Debug, Clone, Copy)]
pub struct Call<'c> {
    /// The address.
    pub url: &'c str,
    /// Tells the other side that two posts are the same.
    pub id: &'c str,
    /// Media type of the body.
    pub media_type: &'c str,
    /// The body.
    pub body: &'c str,
    /// What signs it; empty = it goes unsigned.
    pub key: &'c str,
    /// It may lead into a private network.
    pub inside: bool,
    /// The setting that would allow that.
    pub allowed_by: &'c str,
}

/// Posts webhooks.
pub struct Poster {
    patience: Duration,
    clock: SharedClock,
}

impl Poster {
    /// A poster with the desk's clock and patience.
    pub fn new(desk: &Desk) -> Self {
        // Once per process; a second time changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let seconds = u64::try_from(desk.config().number("webhook.seconds")).unwrap_or(15);
        Self { patience: Duration::from_secs(seconds), clock: desk.clock().clone() }
    }

    /// Posts it once.
    ///
    /// 2xx is taken. 408, 425, 429, 5xx and silence mean later. Everything else means never, redirects among it.
    pub async fn post(&self, call: Call<'_>) -> Relayed {
        let Ok(url) = Url::parse(call.url) else { return Relayed::Never("the address is none".to_owned()) };
        let addresses = match outside::looked_up(&url, call.inside).await {
            Ok(addresses) => addresses,
            Err(Unfit::Unknown) => return Relayed::Later("its name cannot be looked up".to_owned()),
            Err(Unfit::Inside) => {
                let problem = "leads to an address inside a private network";
                return Relayed::Never(format!("{problem}: set {} = \"yes\" to allow it", call.allowed_by));
            }
        };
        let client = Client::builder().connect_timeout(self.patience).timeout(self.patience);
        let client = match outside::pinned(client, &url, &addresses).build() {
            Ok(client) => client,
            Err(error) => return Relayed::Later(format!("no client can be made: {error}")),
        };
        let mut request = client
            .post(url.clone())
            .header(CONTENT_TYPE, call.media_type)
            .header(USER_AGENT, concat!("lazaret/", env!("CARGO_PKG_VERSION")))
            .header("Idempotency-Key", call.id);
        if !call.key.is_empty() {
            let at = self.clock.now().timestamp();
            let signed = signature(call.key, "POST", url.path(), at, call.body.as_bytes());
            request = request.header("Lazaret-Signature", signed);
        }
        match request.body(call.body.to_owned()).send().await {
            Ok(response) => judged(response).await,
            Err(error) if error.is_timeout() => Relayed::Later("no answer in time".to_owned()),
            Err(error) if error.is_connect() => Relayed::Later("cannot be reached".to_owned()),
            Err(_) => Relayed::Later("the connection broke, or the answer was not HTTP".to_owned()),
        }
    }
}

/// The status alone decides; the words are for people, and only the first of them are read.
async fn judged(mut response: reqwest::Response) -> Relayed {
    let status = response.status().as_u16();
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
    let answer = format!("answered {status} {}", text.trim()).trim().to_owned();
    match status {
        200..=299 => Relayed::Taken(answer),
        300..=399 => Relayed::Never(format!("answered {status}: redirects are not followed")),
        408 | 425 | 429 | 500..=599 => Relayed::Later(answer),
        _ => Relayed::Never(answer),
    }
}

/// Posts one word to a reporter that is due; false when none is.
///
/// # Errors
/// Only when the store fails; the webhook is then taken up again after the job's lease.
pub async fn deliver_one(desk: &Desk, poster: &Poster, worker: &str) -> Result<bool, DeskError> {
    let Some(delivery) = desk.begin_webhook(worker).await? else { return Ok(false) };
    let letter = &delivery.letter;
    let call = Call {
        url: &letter.recipient,
        id: &letter.id.to_string(),
        media_type: "application/json",
        body: &letter.body,
        key: desk.config().text("webhook.signing_key"),
        inside: desk.config().text("webhook.private") == "yes",
        allowed_by: "webhook.private",
    };
    let relayed = poster.post(call).await;
    desk.settle_letter(worker, &delivery, &relayed).await?;
    Ok(true)
}
