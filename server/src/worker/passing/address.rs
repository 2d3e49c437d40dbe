//! Which addresses are the internet's, and which lead inside somebody's network.
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address may be called that somebody outside named: nothing private, local, shared or embedded
/// (RFC 6890 and its successors).
pub(super) fn is_public(ip: IpAddr) -> bool {
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
