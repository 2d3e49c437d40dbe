//! Hands evidence to others: a signed POST to a webhook of the settings, or a mail with the file attached.
mod address;

use super::{LOOK_EVERY, Workers, mail::Mailer, woken};
use crate::{
    desk::{Desk, DeskError, Relayed},
    enforcement::signature,
};
use address::is_public;
use domain::passing::{Passing, Way};
use reqwest::{
    Client, Url,
    header::{CONTENT_TYPE, USER_AGENT},
    redirect::Policy,
};
use std::{net::SocketAddr, time::Duration};

/// Longest wait for a connection.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(5);
/// Longest time of a call in all; below the job's lease, so that nobody else takes it meanwhile.
const CALL_TIME_MAX: Duration = Duration::from_secs(30);

/// Gives to others what people passed on.
pub struct Passer {
    desk: Desk,
    mailer: Mailer,
    name: String,
}

/// Starts the worker.
pub(super) fn start(workers: &Workers, desk: &Desk) {
    let passer = match Passer::new(desk) {
        Ok(passer) => passer,
        Err(error) => return tracing::error!(%error, "nothing is passed on"),
    };
    let (desk, stop) = (desk.clone(), workers.stopping());
    workers.spawn(async move {
        while !stop.is_cancelled() {
            match passer.deliver_one().await {
                Ok(true) => {}
                Ok(false) => tokio::select! {
                    () = stop.cancelled() => break,
                    () = woken(&desk.wake.passing) => {}
                },
                Err(error) => {
                    tracing::error!(%error, "passing on");
                    tokio::time::sleep(LOOK_EVERY).await;
                }
            }
        }
    });
}

impl Passer {
    /// For the desk's settings.
    ///
    /// # Errors
    /// [`DeskError::Broken`] when `smtp.url` is not one.
    pub fn new(desk: &Desk) -> Result<Self, DeskError> {
        let name = format!("passer-{}", uuid::Uuid::now_v7().simple());
        Ok(Self { desk: desk.clone(), mailer: Mailer::new(desk, "passer")?, name })
    }

    /// Gives one that is owed; false when none is due.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn deliver_one(&self) -> Result<bool, DeskError> {
        let Some(delivery) = self.desk.begin_passing(&self.name).await? else { return Ok(false) };
        let passing = &delivery.passing;
        let relayed = match passing.way {
            Way::Mail => self.mailer.pass_on(passing).await,
            Way::Webhook => self.post(passing).await,
            Way::Download => Relayed::Taken("taken as a file".to_owned()),
        };
        if let Relayed::Later(answer) | Relayed::Away(answer) | Relayed::Never(answer) = &relayed {
            tracing::warn!(passing = %passing.id, answer, "not passed on");
        }
        self.desk.settle_passing(&self.name, &delivery, &relayed).await?;
        Ok(true)
    }

    async fn post(&self, passing: &Passing) -> Relayed {
        let config = self.desk.config();
        let key = |end: &str| config.text(&format!("passon.{}.{end}", passing.target));
        let Ok(url) = Url::parse(key("url")) else {
            return Relayed::Never("this webhook is not in the settings any more".to_owned());
        };
        let pinned = match addresses(&url, key("private") == "yes").await {
            Ok(pinned) => pinned,
            Err(problem) => return problem,
        };
        // Asked once, and only what was checked is called: a name that changes in between leads nowhere else.
        let client = Client::builder()
            .connect_timeout(CONNECT_TIME_MAX)
            .timeout(CALL_TIME_MAX)
            .redirect(Policy::none())
            .no_proxy()
            .resolve_to_addrs(url.host_str().unwrap_or_default(), &pinned)
            .build();
        let client = match client {
            Ok(client) => client,
            Err(error) => return Relayed::Never(format!("no client can be made: {error}")),
        };
        let body = passing.body.clone().into_bytes();
        let mut request = client
            .post(url.clone())
            .header(CONTENT_TYPE, passing.media_type())
            .header(USER_AGENT, concat!("lazaret/", env!("CARGO_PKG_VERSION")))
            .header("Idempotency-Key", passing.id.to_string());
        if !key("key").is_empty() {
            let at = self.desk.clock().now().timestamp();
            request = request.header("Lazaret-Signature", signature(key("key"), "POST", url.path(), at, &body));
        }
        match request.body(body).send().await {
            Err(error) if error.is_timeout() => Relayed::Later("no answer in time".to_owned()),
            Err(error) if error.is_connect() => Relayed::Later("cannot be reached".to_owned()),
            Err(_) => Relayed::Later("the connection broke".to_owned()),
            Ok(response) => judged(response.status().as_u16()),
        }
    }
}

fn judged(status: u16) -> Relayed {
    let answer = format!("answered {status}");
    match status {
        200..=299 => Relayed::Taken(answer),
        300..=399 => Relayed::Never(format!("{answer}: redirects are not followed")),
        408 | 425 | 429 | 500..=599 => Relayed::Later(answer),
        _ => Relayed::Never(answer),
    }
}

/// The addresses behind a webhook, when all of them may be called.
async fn addresses(url: &Url, private: bool) -> Result<Vec<SocketAddr>, Relayed> {
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').to_owned();
    let port = url.port_or_known_default().unwrap_or(443);
    let found = tokio::time::timeout(CONNECT_TIME_MAX, tokio::net::lookup_host((host.as_str(), port))).await;
    let Ok(Ok(found)) = found else {
        return Err(Relayed::Later("its name cannot be looked up".to_owned()));
    };
    let found: Vec<SocketAddr> = found.collect();
    if !private && found.iter().any(|address| !is_public(address.ip())) {
        let problem = "leads to an address inside a private network: set passon.NAME.private = \"yes\" to allow it";
        return Err(Relayed::Never(problem.to_owned()));
    }
    Ok(found)
}
