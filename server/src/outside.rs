//! Addresses that somebody wrote down and the desk calls: looked up once, checked, and only what was checked is called. So
//! nobody can lead the desk into its own network, not even by a name that changes in between.
use reqwest::{ClientBuilder, Url, redirect::Policy};
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

/// Longest wait for the name's addresses.
const LOOKUP_TIME_MAX: Duration = Duration::from_secs(5);

/// Why an address is not called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// Its name leads nowhere, or nobody says where.
    Unknown,
    /// It leads into a private network.
    Inside,
}

/// The addresses behind a URL; all of them must be the internet's, unless it may lead `inside`.
///
/// # Errors
/// [`Unfit`] says why it must not be called.
pub(crate) async fn looked_up(url: &Url, inside: bool) -> Result<Vec<SocketAddr>, Unfit> {
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').to_owned();
    let port = url.port_or_known_default().unwrap_or(443);
    let found = tokio::time::timeout(LOOKUP_TIME_MAX, tokio::net::lookup_host((host.as_str(), port))).await;
    let Ok(Ok(found)) = found else { return Err(Unfit::Unknown) };
    let found: Vec<SocketAddr> = found.collect();
    if found.is_empty() {
        return Err(Unfit::Unknown);
    }
    if !inside && found.iter().any(|address| !is_public(address.ip())) {
        return Err(Unfit::Inside);
    }
    Ok(found)
}

/// A client that calls these addresses and no other, and follows nobody elsewhere.
pub(crate) fn pinned(client: ClientBuilder, url: &Url, addresses: &[SocketAddr]) -> ClientBuilder {
    // A proxy would look the name up again.
    client.redirect(Policy::none()).no_proxy().resolve_to_addrs(url.host_str().unwrap_or_default(), addresses)
}

/// Whether an address may be called that somebody outside named: nothing private, local, shared or embedded
/// (RFC 6890 and its successors).
fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

const fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let shared = a == 100 && b >= 64 && b <= 127;
    let protocol = a == 192 && b == 0 && c == 0;
    let measuring = a == 198 && (b == 18 || b == 19);
    !(a == 0
        || a >= 240
        || shared
        || protocol
        || measuring
        || ip.is_loopback()
        || ip.is_private()
        || ip.is_link_local()
        || ip.is_multicast())
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [first, second, .., sixth, seventh] = ip.segments();
    let [a, b, c, d] = [(sixth >> 8) as u8, sixth as u8, (seventh >> 8) as u8, seventh as u8];
    match (first, second) {
        // NAT64 and 6to4 carry an IPv4 address inside.
        (0x64, 0xff9b) => is_public_v4(Ipv4Addr::new(a, b, c, d)),
        (0x2002, _) => {
            let [_, high, low, ..] = ip.segments();
            is_public_v4(Ipv4Addr::new((high >> 8) as u8, high as u8, (low >> 8) as u8, low as u8))
        }
        // Only 2000::/3 is given out.
        _ => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_that_leads_inside_is_found_out() {
        for text in ["http://localhost:1/", "http://127.0.0.1/", "http://[::1]/", "http://127.1/"] {
            let url = Url::parse(text).unwrap();
            assert_eq!(looked_up(&url, false).await, Err(Unfit::Inside), "{text}");
            assert!(looked_up(&url, true).await.is_ok(), "{text}");
        }
        let nowhere = Url::parse("http://nobody.invalid/").unwrap();
        assert_eq!(looked_up(&nowhere, true).await, Err(Unfit::Unknown));
    }

    #[test]
    fn what_leads_inside_is_not_public() {
        let inside = [
            "127.0.0.1",
            "10.1.2.3",
            "192.168.0.1",
            "172.16.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "198.18.0.1",
            "192.0.0.8",
            "224.0.0.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "fec0::1",
            "::127.0.0.1",
        ];
        for text in inside {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
        for text in ["192.0.2.1", "8.8.8.8", "2001:db8::1", "2a00:1450::1", "64:ff9b::808:808", "2002:808:808::"] {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }
}
