//! Feeds are fetched on a schedule. What has not changed (ETag, Last-Modified, the bytes) makes nothing new; a fetch that
//! breaks, lies or is too large makes nothing at all and is tried again.
use super::{Post, Problem, away};
use crate::{
    desk::{Arrival, DeskError, Kept},
    outside::{self, Unfit},
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{channel::ChannelState, limit::REPORT_BYTES_MAX, refusal::Refusal, report::Channel};
use flate2::read::MultiGzDecoder;
use reqwest::{
    Client, Response, StatusCode, Url,
    header::{
        ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, IF_MODIFIED_SINCE,
        IF_NONE_MATCH, LAST_MODIFIED, LOCATION, RETRY_AFTER,
    },
    redirect::Policy,
};
use serde::{Deserialize, Serialize};
use std::{io::Read as _, time::Duration};

/// Longest wait for a connection.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(10);
/// Longest pause in the middle.
const PAUSE_MAX: Duration = Duration::from_secs(20);
/// Longest time of a fetch in all; shorter than the lease of a channel.
const FETCH_TIME_MAX: Duration = Duration::from_secs(120);
/// Addresses followed one after the other.
const REDIRECTS_MAX: usize = 5;
/// How gzip begins.
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// Unpacked to packed; tables reach 60.
const RATIO_MAX: usize = 250;
/// Below this size the ratio does not matter.
const UNPACKED_SMALL: usize = 1024 * 1024;
/// Longest pause a server may ask for.
const RETRY_MAX: TimeDelta = TimeDelta::days(1);

/// What a feed remembers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Mark {
    /// The address it holds for.
    url: String,
    etag: String,
    modified: String,
    /// SHA-256 of the last body.
    sha256: String,
}

/// What came of a fetch.
enum Fetched {
    /// Nothing new since the mark.
    Unchanged,
    /// The server asks for patience.
    Later(TimeDelta),
    /// A body.
    Body { bytes: Vec<u8>, content_type: String, mark: Mark },
}

/// Fetches once; when the next fetch is due.
pub(super) async fn turn(post: &Post, state: &ChannelState) -> Result<DateTime<Utc>, Problem> {
    let url = post.set("url");
    let mark: Mark = serde_json::from_str(&state.mark).unwrap_or_default();
    let mark = if mark.url == url { mark } else { Mark { url: url.to_owned(), ..Mark::default() } };
    let fetched = tokio::time::timeout(FETCH_TIME_MAX, fetch(post, &mark)).await;
    let fetched = fetched.map_err(|_| format!("did not come to an end within {} s", FETCH_TIME_MAX.as_secs()))??;
    let mut due = post.desk.clock().now() + TimeDelta::seconds(post.number("every_seconds"));
    match fetched {
        Fetched::Unchanged => settle(post, None).await?,
        Fetched::Later(pause) => {
            let words = format!("asks for patience: again in {} s", pause.num_seconds());
            let again = post.desk.channel_failed(&post.name, &words).await.map_err(|error| away(&error))?;
            due = again.max(post.desk.clock().now() + pause);
        }
        Fetched::Body { bytes, content_type, mark: new } => {
            let new = Mark { sha256: intake::sha256_hex(&bytes), ..new };
            let text = serde_json::to_string(&new).unwrap_or_default();
            if new.sha256 == mark.sha256 {
                settle(post, Some(&text)).await?;
            } else {
                let file_name = Url::parse(url).ok().map(|url| file_name(&url)).unwrap_or_default();
                let arrival = Arrival {
                    channel: Channel::Feed,
                    bytes: &bytes,
                    content_type: &content_type,
                    file_name: &file_name,
                    read_by_caller: false,
                };
                // The bytes and what is remembered of them are one transaction: a crash before it fetches again, a crash
                // after it is answered with "not modified".
                let kept = Kept { channel: &post.name, item: None, mark: Some(&text), envelope: None };
                post.desk.channel_receive(kept, arrival).await.map_err(|error| away(&error))?;
                settle(post, None).await?;
            }
        }
    }
    Ok(due)
}

/// The fetch went well; but a profile that is not in use is for the administrator to look at.
async fn settle(post: &Post, mark: Option<&str>) -> Result<(), Problem> {
    let profile = post.set("profile");
    let missing = match post.desk.feed_named(profile).await {
        _ if profile.is_empty() => false,
        Err(DeskError::Refused(Refusal::NotFound)) => true,
        other => other.map(|_| false).map_err(|error| away(&error))?,
    };
    if !missing {
        return post.desk.channel_went_well(&post.name, mark).await.map_err(|error| away(&error));
    }
    let words = format!("is fetched, but there is no feed profile {profile:?} in use: it is read as anything else");
    post.desk.channel_failed(&post.name, &words).await.map(drop).map_err(|error| away(&error))
}

fn file_name(url: &Url) -> String {
    let name = url.path_segments().and_then(Iterator::last).unwrap_or_default();
    // It is unpacked when it is kept.
    name.strip_suffix(".gz").unwrap_or(name).to_owned()
}

async fn fetch(post: &Post, mark: &Mark) -> Result<Fetched, Problem> {
    // Once per process; a second time changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let start = Url::parse(&mark.url).map_err(|error| error.to_string())?;
    let mut url = start.clone();
    for _ in 0..=REDIRECTS_MAX {
        let mut request = client(&start, &url).await?.get(url.clone());
        if same_origin(&start, &url) {
            request = request.headers(token(post)?);
        }
        request = request.header(ACCEPT_ENCODING, "gzip");
        if !mark.etag.is_empty() {
            request = request.header(IF_NONE_MATCH, &mark.etag);
        }
        if !mark.modified.is_empty() {
            request = request.header(IF_MODIFIED_SINCE, &mark.modified);
        }
        let response = request.send().await.map_err(|error| unreachable(&error))?;
        let status = response.status();
        match status {
            StatusCode::OK => return body(response, mark).await,
            StatusCode::NOT_MODIFIED if mark.sha256.is_empty() => {
                return Err("says 304 to the first request".to_owned());
            }
            StatusCode::NOT_MODIFIED => return Ok(Fetched::Unchanged),
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => return later(&response),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                return Err(format!("answers {}: is the token right?", status.as_u16()));
            }
            _ if status.is_redirection() => url = redirected(&url, &response)?,
            _ => return Err(format!("answers {}", status.as_u16())),
        }
    }
    Err(format!("leads from one address to the next more than {REDIRECTS_MAX} times"))
}

fn token(post: &Post) -> Result<HeaderMap, Problem> {
    let (name, token) = (post.set("header"), post.set("token"));
    let mut headers = HeaderMap::new();
    if token.is_empty() {
        return Ok(headers);
    }
    let (name, value) = match name {
        "" => (AUTHORIZATION, format!("Bearer {token}")),
        name => (HeaderName::from_bytes(name.as_bytes()).map_err(|_| "the header's name is none")?, token.to_owned()),
    };
    let mut value: reqwest::header::HeaderValue =
        value.parse().map_err(|_| "the token holds characters that a header cannot")?;
    value.set_sensitive(true);
    headers.insert(name, value);
    Ok(headers)
}

fn same_origin(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host() == other.host()
        && one.port_or_known_default() == other.port_or_known_default()
}

/// A client for the next request. The settings name where a feed begins; where its server sends us is looked up, checked,
/// and only what was checked is called.
async fn client(start: &Url, url: &Url) -> Result<Client, Problem> {
    let mut client = Client::builder()
        .connect_timeout(CONNECT_TIME_MAX)
        .read_timeout(PAUSE_MAX)
        .redirect(Policy::none())
        .user_agent(concat!("lazaret/", env!("CARGO_PKG_VERSION")));
    if start.host() != url.host() {
        let addresses = outside::looked_up(url, false).await.map_err(|unfit| match unfit {
            Unfit::Inside => "redirects to an address inside the own network, which is not followed".to_owned(),
            Unfit::Unknown => "redirects to a name that cannot be looked up".to_owned(),
        })?;
        client = outside::pinned(client, url, &addresses);
    }
    client.build().map_err(|error| format!("no HTTP client: {error}"))
}

/// Where a redirect leads, when it may: only the web, never from TLS to clear text.
fn redirected(from: &Url, response: &Response) -> Result<Url, Problem> {
    let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default();
    let to = from.join(to).map_err(|_| "redirects to no address".to_owned())?;
    match (from.scheme(), to.scheme()) {
        (_, "https") | ("http", "http") => Ok(to),
        (_, other) => Err(format!("redirects to {other}://, which is not followed")),
    }
}

fn later(response: &Response) -> Result<Fetched, Problem> {
    let asked = response.headers().get(RETRY_AFTER).and_then(|pause| pause.to_str().ok()?.trim().parse::<i64>().ok());
    match asked {
        Some(seconds) if seconds > 0 => Ok(Fetched::Later(TimeDelta::seconds(seconds.min(RETRY_MAX.num_seconds())))),
        _ => Err(format!("answers {}: too many requests, or out of order", response.status().as_u16())),
    }
}

/// Reads the body, at most as much as a report may have.
async fn body(mut response: Response, mark: &Mark) -> Result<Fetched, Problem> {
    let header =
        |name| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let (content_type, encoding) = (header(CONTENT_TYPE), header(CONTENT_ENCODING));
    let new = Mark { url: mark.url.clone(), etag: header(ETAG), modified: header(LAST_MODIFIED), ..Mark::default() };
    let packed = matches!(encoding.as_str(), "gzip" | "x-gzip");
    if !packed && !matches!(encoding.as_str(), "" | "identity") {
        return Err(format!("sends {encoding:?}, which was not asked for"));
    }
    // A login page or an error page with status 200 is no feed.
    if content_type.to_ascii_lowercase().starts_with("text/html") {
        return Err("sends a web page instead of data".to_owned());
    }
    let announced = response.content_length();
    let too_large = || format!("is larger than {} MiB", REPORT_BYTES_MAX / (1024 * 1024));
    if announced.is_some_and(|length| length > REPORT_BYTES_MAX as u64) {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    while let Some(part) = response.chunk().await.map_err(|error| cut_off(&error, bytes.len()))? {
        if bytes.len() + part.len() > REPORT_BYTES_MAX {
            return Err(too_large());
        }
        bytes.extend_from_slice(&part);
    }
    if announced.is_some_and(|length| length != bytes.len() as u64) {
        return Err("was cut off".to_owned());
    }
    if bytes.is_empty() {
        return Err("sends nothing at all".to_owned());
    }
    if packed {
        bytes = unpacked(&bytes)?;
    }
    // A file that is packed itself, whatever its name.
    if bytes.starts_with(&GZIP) {
        bytes = unpacked(&bytes)?;
    }
    if bytes.is_empty() {
        return Err("sends nothing at all".to_owned());
    }
    Ok(Fetched::Body { bytes, content_type, mark: new })
}

/// What is inside gzip (RFC 1952): no more than a report may have, and no more than a real table can be squeezed.
fn unpacked(packed: &[u8]) -> Result<Vec<u8>, Problem> {
    let most = packed.len().saturating_mul(RATIO_MAX).clamp(UNPACKED_SMALL, REPORT_BYTES_MAX);
    let mut bytes = Vec::new();
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let outcome = MultiGzDecoder::new(packed).take(limit).read_to_end(&mut bytes);
    outcome.map_err(|_| "was packed wrongly, or cut off inside".to_owned())?;
    if bytes.len() <= most {
        return Ok(bytes);
    }
    Err(match most {
        REPORT_BYTES_MAX => format!("is larger than {} MiB unpacked", REPORT_BYTES_MAX / (1024 * 1024)),
        _ => format!("unpacks to more than {RATIO_MAX} times its size: not opened"),
    })
}

fn cut_off(error: &reqwest::Error, seen: usize) -> Problem {
    if error.is_timeout() {
        format!("stopped in the middle, after {seen} bytes")
    } else {
        format!("was cut off after {seen} bytes")
    }
}

/// Why there was no answer, without the address (it may hold a key).
fn unreachable(error: &reqwest::Error) -> Problem {
    if error.is_timeout() {
        "no answer in time".to_owned()
    } else if error.is_connect() {
        "cannot be reached".to_owned()
    } else {
        "the connection broke, or the answer was not HTTP".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{file_name, same_origin};
    use reqwest::Url;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn a_token_stays_with_its_server() {
        assert!(same_origin(&url("https://a.example/x"), &url("https://a.example:443/y")));
        assert!(!same_origin(&url("https://a.example/x"), &url("https://b.example/x")));
        assert!(!same_origin(&url("https://a.example/x"), &url("http://a.example/x")));
    }

    #[test]
    fn the_last_part_of_the_address_names_the_file() {
        assert_eq!(file_name(&url("https://a.example/feeds/today.csv?key=1")), "today.csv");
        assert_eq!(file_name(&url("https://a.example/feeds/today.csv.gz")), "today.csv");
    }
}
