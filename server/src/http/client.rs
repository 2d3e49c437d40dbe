//! The address of the person at the other end: for throttles and the record.
use super::AppState;
use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::request::Parts,
};
use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
};

/// The client's address. `X-Forwarded-For` is believed only from proxies named in `http.trusted_proxies`.
pub struct Client(pub String);

impl FromRequestParts<AppState> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let Some(ConnectInfo(peer)) = parts.extensions.get::<ConnectInfo<SocketAddr>>() else {
            return Ok(Self("unknown".to_owned()));
        };
        let trusted = state.desk.config().text("http.trusted_proxies");
        let trusted: Vec<IpAddr> = trusted.split(',').filter_map(|text| text.trim().parse().ok()).collect();
        let chain = parts.headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
        let chain: Vec<&str> = chain.flat_map(|value| value.split(',')).map(str::trim).collect();
        Ok(Self(behind(peer.ip(), &chain, &trusted).to_string()))
    }
}

/// Walks from the peer towards the client for as long as the hop is a proxy of ours.
fn behind(peer: IpAddr, chain: &[&str], trusted: &[IpAddr]) -> IpAddr {
    let mut address = peer.to_canonical();
    for hop in chain.iter().rev() {
        if !trusted.contains(&address) {
            break;
        }
        match hop.parse::<IpAddr>() {
            Ok(next) => address = next.to_canonical(),
            Err(_) => break,
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::behind;

    #[test]
    fn only_own_proxies_are_believed() {
        let proxy = "192.0.2.1".parse().unwrap();
        let stranger = "203.0.113.9".parse().unwrap();
        assert_eq!(behind(stranger, &["198.51.100.7"], &[proxy]), stranger, "a stranger's header is a claim");
        assert_eq!(behind(proxy, &["198.51.100.7"], &[proxy]).to_string(), "198.51.100.7");
        assert_eq!(behind(proxy, &["10.0.0.1", "198.51.100.7"], &[proxy]).to_string(), "198.51.100.7");
        assert_eq!(behind(proxy, &["nonsense"], &[proxy]), proxy);
    }
}
