//! One question to a resolver over HTTP, and what came back, read but not judged (docs/lease-sources.md).
use crate::config::resolver::Resolver;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    lease::resolver::{LEASES_MAX, ResolverAnswer, ResolverQuestion},
    saying::Saying,
};
use leases::{Format, Prefer, Reader, Settings};
use reqwest::{
    Certificate, Client, Response, StatusCode,
    header::{ACCEPT, AUTHORIZATION, RETRY_AFTER},
    redirect::Policy,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::error::Error;

/// Largest answer that is read, in bytes.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;
/// Longest pause that a resolver may ask for.
const PAUSE_MAX: TimeDelta = TimeDelta::hours(1);

/// What came of a question.
pub(super) enum Reply {
    /// Something that can be read.
    Said(ResolverAnswer),
    /// Something that cannot.
    Useless(String),
    /// Nothing, or that it does not work or does not want to; and for how long it wants to be left alone.
    Away(String, Option<TimeDelta>),
}

/// Calls one resolver.
pub(super) struct Caller {
    client: Client,
    resolver: Resolver,
}

/// The question as it is posted.
#[derive(Serialize)]
struct Posted<'q> {
    address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    protocol: Option<&'q str>,
    from: String,
    to: String,
    skew_seconds: i64,
}

/// The answer as it comes; other names beside these are passed over.
#[derive(Deserialize)]
struct Came {
    leases: Vec<Map<String, Value>>,
    #[serde(default)]
    known_through: Option<DateTime<Utc>>,
    #[serde(default)]
    complete: bool,
}

impl Caller {
    pub(super) fn new(resolver: &Resolver) -> Result<Self, String> {
        // Once per process; a second time changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut client = Client::builder()
            .connect_timeout(resolver.patience)
            .timeout(resolver.patience)
            // A redirect would carry the token elsewhere.
            .redirect(Policy::none())
            // Whose address is asked about is nobody else's business.
            .no_proxy()
            .user_agent(concat!("lazaret/", env!("CARGO_PKG_VERSION")));
        if let Some(file) = &resolver.ca_file {
            let unreadable = |problem: String| format!("ca_file {}: {problem}", file.display());
            let pem = std::fs::read(file).map_err(|error| unreadable(error.to_string()))?;
            let authorities = Certificate::from_pem_bundle(&pem).map_err(|error| unreadable(error.to_string()))?;
            client = client.tls_certs_merge(authorities);
        }
        let client = client.build().map_err(|error| format!("no connection can be set up: {error}"))?;
        Ok(Self { client, resolver: resolver.clone() })
    }

    /// Asks once.
    pub(super) async fn ask(&self, question: &ResolverQuestion, skew: TimeDelta) -> Reply {
        let protocol = match question.protocol {
            Some(6) => Some("tcp"),
            Some(17) => Some("udp"),
            _ => None,
        };
        let text = |at: DateTime<Utc>| at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
        let posted = Posted {
            address: question.address.to_string(),
            port: question.port,
            protocol,
            from: text(question.from),
            to: text(question.to),
            skew_seconds: skew.num_seconds(),
        };
        let mut request = self.client.post(self.resolver.url.clone()).header(ACCEPT, "application/json").json(&posted);
        if !self.resolver.token.is_empty() {
            request = request.header(AUTHORIZATION, format!("Bearer {}", self.resolver.token));
        }
        match request.send().await {
            Ok(response) => received(response).await,
            Err(error) => Reply::Away(unreachable(&error), None),
        }
    }
}

/// Why there was no answer, without the address (it may hold a secret).
fn unreachable(error: &reqwest::Error) -> String {
    let words = if error.is_timeout() {
        "no answer in time"
    } else if untrusted(error) {
        "its certificate is not trusted: name the authority that signed it in ca_file"
    } else if error.is_connect() {
        "cannot be reached"
    } else {
        "the connection broke"
    };
    words.to_owned()
}

/// Whether the other side's certificate was refused.
fn untrusted(error: &(dyn Error + 'static)) -> bool {
    if matches!(error.downcast_ref(), Some(rustls::Error::InvalidCertificate(_))) {
        return true;
    }
    // An I/O error keeps what it wraps out of its sources.
    let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    wrapped.is_some_and(|wrapped| untrusted(wrapped)) || error.source().is_some_and(untrusted)
}

async fn received(mut response: Response) -> Reply {
    let status = response.status();
    let seconds = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse::<i64>().ok());
    let pause = seconds.map(|seconds| TimeDelta::seconds(seconds.clamp(0, PAUSE_MAX.num_seconds())));
    let number = status.as_u16();
    match status {
        StatusCode::OK => {}
        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => {
            return Reply::Useless(format!("answered {number}: it does not take the question"));
        }
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            return Reply::Away(format!("answered {number}: is the token right?"), pause);
        }
        status if status.is_redirection() => {
            return Reply::Away(format!("answered {number}: redirects are not followed"), pause);
        }
        _ => return Reply::Away(format!("answered {number}"), pause),
    }
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > ANSWER_BYTES_MAX => {
                return Reply::Useless(format!("answered more than {ANSWER_BYTES_MAX} bytes"));
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return read(&body),
            Err(error) => return Reply::Away(unreachable(&error), None),
        }
    }
}

/// The rows are those of our own NDJSON, and read by the same reader.
fn read(body: &[u8]) -> Reply {
    let came: Came = match serde_json::from_slice(body) {
        Ok(came) => came,
        Err(error) => return Reply::Useless(format!("the answer cannot be read: {error}")),
    };
    if came.leases.len() > LEASES_MAX {
        return Reply::Useless(format!("the answer has more than {LEASES_MAX} leases"));
    }
    let settings = Settings { zone: None, written: DateTime::<Utc>::MIN_UTC, prefer: Prefer::Best };
    let mut reader = Reader::new(Format::Ndjson, &settings);
    for lease in &came.leases {
        let mut line = serde_json::to_vec(lease).unwrap_or_default();
        line.push(b'\n');
        reader.bytes(&line);
    }
    let out = reader.take();
    if let Some(refused) = out.refused.first() {
        return Reply::Useless(format!("lease {}: {}", refused.line, refused.reason));
    }
    let leases: Vec<Saying> = out.said.into_iter().map(|said| said.saying).collect();
    Reply::Said(ResolverAnswer { leases, known_through: came.known_through, complete: came.complete })
}

#[cfg(test)]
mod tests {
    use super::{Reply, read};

    fn useless(text: &str) -> String {
        match read(text.as_bytes()) {
            Reply::Useless(problem) => problem,
            _ => panic!("{text}"),
        }
    }

    #[test]
    fn answers_are_read_row_by_row_and_what_is_wrong_is_named() {
        let good = r#"{"leases": [{"address": "198.51.100.9", "username": "anna@isp.example", "from": "2026-11-20T09:00:00+01:00"},
            {"address": "2001:db8:4f::/56", "mac": "00-1A-2B-3C-4D-01", "from": 1795168800, "to": 1795172400}],
            "known_through": "2026-11-20T10:00:00Z", "complete": true, "served_by": "db-2"}"#;
        let Reply::Said(answer) = read(good.as_bytes()) else { panic!("not read") };
        assert!(answer.complete && answer.known_through.is_some());
        assert_eq!(answer.leases[1].holder.to_string(), "MAC 00:1a:2b:3c:4d:01");
        assert_eq!(answer.leases[1].line, 2);
        assert!(useless("<html>welcome</html>").contains("cannot be read"));
        assert!(useless("[]").contains("cannot be read"));
        assert!(useless(r#"{"complete": true}"#).contains("leases"));
        let row = |row: &str| useless(&format!(r#"{{"leases": [{row}], "complete": true}}"#));
        assert!(row(r#"{"address": "198.51.100.9", "from": "2026-11-20T09:00:00Z"}"#).contains("names no holder"));
        let naked = r#"{"address": "198.51.100.9", "username": "a", "from": "2026-11-20 09:00:00"}"#;
        assert!(row(naked).starts_with("lease 1: from:"), "{}", row(naked));
        assert!(row(r#"{"address": "198.51.100.9", "user": "a", "from": 1795168800}"#).contains("no such field"));
        assert!(row(r#"{"address": "x", "username": "a", "from": 1795168800}"#).contains("no IP address"));
        assert!(row(r#""anna""#).contains("cannot be read"));
    }
}
