//! Where addresses stand in a line, with the port written beside them. Ranges, versions and parts of names are none.
use crate::address;
use std::net::IpAddr;

/// An address in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) ip: IpAddr,
    pub(crate) port: Option<u16>,
    /// Where the address begins.
    pub(crate) start: usize,
    /// Where the address and its port end.
    pub(crate) end: usize,
}

/// Most addresses looked at in one line.
const MOST: usize = 48;

/// The addresses of a line, in order.
pub(crate) fn all(line: &str) -> Vec<Spot> {
    let bytes = line.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() && found.len() < MOST {
        let Some(byte) = bytes.get(at) else { break };
        if !(byte.is_ascii_hexdigit() || *byte == b':') || !starts(line, at) {
            at += 1;
            continue;
        }
        let run = run(bytes, at);
        match v4(line, at).or_else(|| v6(line, at, run)) {
            Some(Ok(spot)) => {
                at = spot.end.max(at + 1);
                found.push(spot);
            }
            Some(Err(end)) => at = end.max(at + 1),
            None => at = (at + run).max(at + 1),
        }
    }
    found
}

/// Whether a number or word begins here that is not the rest of a longer one.
fn starts(line: &str, at: usize) -> bool {
    let bytes = line.as_bytes();
    let Some(before) = at.checked_sub(1).and_then(|b| bytes.get(b)) else { return true };
    match before {
        b':' => {
            // `src:2001:db8::1` and `client:192.0.2.1`: the word before is no part of an address.
            let word = bytes.get(..at - 1).unwrap_or_default();
            let from = word.iter().rposition(|b| !b.is_ascii_alphanumeric()).map_or(0, |p| p + 1);
            let word = word.get(from..).unwrap_or_default();
            word.is_empty() || word.len() > 4 || word.iter().any(|b| !b.is_ascii_hexdigit())
        }
        b'.' | b'_' | b'%' | b'+' => false,
        b'-' => !at.checked_sub(2).and_then(|b| bytes.get(b)).is_some_and(u8::is_ascii_alphanumeric),
        b if b.is_ascii() => !b.is_ascii_alphanumeric(),
        // Scripts without spaces put a word before an address; Latin letters make it a part of a name.
        _ => !line.get(..at).and_then(|t| t.chars().next_back()).is_some_and(|c| c.is_alphabetic() && c < '\u{250}'),
    }
}

fn run(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    rest.iter().position(|b| !(b.is_ascii_hexdigit() || matches!(b, b'.' | b':'))).unwrap_or(rest.len())
}

/// `Err` is where something ends that looks like an address and is none.
type Look = Option<Result<Spot, usize>>;

fn v4(line: &str, start: usize) -> Look {
    let bytes = line.as_bytes();
    let mut end = start;
    for octet in 0..4 {
        let digits = digits(bytes, end);
        if digits == 0 || digits > 3 {
            return None;
        }
        end += digits;
        if octet < 3 {
            if bytes.get(end) != Some(&b'.') {
                return None;
            }
            end += 1;
        }
    }
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(b' ');
    let Some(ip) = line.get(start..end).and_then(address::parse_ip) else { return Some(Err(end)) };
    let port_at =
        |at: usize| number(line, at).and_then(|(n, end)| u16::try_from(n).ok().filter(|p| *p > 0).map(|p| (p, end)));
    let bare = Spot { ip, port: None, start, end };
    let with = |(port, end)| Some(Ok(Spot { port: Some(port), end, ..bare }));
    match byte(end) {
        // tcpdump writes the port behind a dot.
        b'.' if byte(end + 1).is_ascii_digit() => match port_at(end + 1) {
            Some((port, to)) if !byte(to).is_ascii_alphanumeric() && byte(to) != b'.' => with((port, to)),
            _ => Some(Err(end + run(bytes, end))),
        },
        b'.' if byte(end + 1).is_ascii_alphanumeric() => Some(Err(end + 1)),
        // "192.0.2.1-Request" in a title; names of hosts and ranges go on with dots.
        b'-' if byte(end + 1).is_ascii_alphabetic() && is_word(line, end + 1) => Some(Ok(bare)),
        b'-' if byte(end + 1).is_ascii_alphanumeric() => Some(Err(end + 1 + run(bytes, end + 1))),
        b'_' | b'a'..=b'z' | b'A'..=b'Z' => Some(Err(end + 1)),
        b'/' => match number(line, end + 1) {
            Some((32, to)) => Some(Ok(Spot { end: to, ..bare })),
            // A prefix, unless it is Cisco's `outside:192.0.2.1/4711`.
            Some((n, to)) if n < 32 && !prefixed(bytes, start) => Some(Err(to)),
            Some(_) => port_at(end + 1).map_or(Some(Ok(bare)), with),
            None => Some(Ok(bare)),
        },
        b':' | b'#' => match port_at(end + 1) {
            Some((port, to))
                if !byte(to).is_ascii_alphanumeric() && (byte(to) != b':' || !byte(to + 1).is_ascii_digit()) =>
            {
                with((port, to))
            }
            _ => Some(Ok(bare)),
        },
        b'(' => match port_at(end + 1) {
            Some((port, to)) if byte(to) == b')' => with((port, to + 1)),
            _ => Some(Ok(bare)),
        },
        _ => Some(Ok(said_port(line, bare))),
    }
}

fn v6(line: &str, start: usize, run: usize) -> Look {
    let text = line.get(start..start + run)?;
    let text = text.strip_suffix(':').filter(|t| !t.ends_with(':')).unwrap_or(text).trim_end_matches('.');
    let groups = text.split(':').filter(|g| !g.is_empty()).count();
    if text.matches(':').count() < 2 || groups < 2 || text.len() < 6 {
        return None;
    }
    let ip = address::parse_ip(text)?;
    let end = start + text.len();
    let bare = Spot { ip, port: None, start, end };
    if let Some(rest) = line.get(end..).and_then(|r| r.strip_prefix("]:"))
        && let Some((port, to)) = number(line, line.len() - rest.len())
        && let Ok(port) = u16::try_from(port)
    {
        return Some(Ok(Spot { port: Some(port).filter(|p| *p > 0), end: to, ..bare }));
    }
    Some(Ok(said_port(line, bare)))
}

/// `192.0.2.1 port 4711`.
fn said_port(line: &str, spot: Spot) -> Spot {
    let rest = line.get(spot.end..).unwrap_or_default();
    let bare = rest.trim_start_matches([' ', ']', ',', ')', '"']);
    let skipped = rest.len() - bare.len();
    let Some(word) = bare.get(..5).filter(|w| w.eq_ignore_ascii_case("port ") || w.eq_ignore_ascii_case("port:"))
    else {
        return spot;
    };
    let spaces = bare.get(word.len()..).map_or(0, |r| r.len() - r.trim_start().len());
    match number(line, spot.end + skipped + word.len() + spaces) {
        Some((n, end)) => Spot { port: u16::try_from(n).ok().filter(|p| *p > 0), end, ..spot },
        None => spot,
    }
}

/// Whether letters go on to a blank or the end.
fn is_word(line: &str, at: usize) -> bool {
    let word = line.get(at..).and_then(|r| r.split(char::is_whitespace).next()).unwrap_or_default();
    word.len() >= 3 && word.bytes().all(|b| b.is_ascii_alphabetic())
}

fn prefixed(bytes: &[u8], start: usize) -> bool {
    start.checked_sub(1).and_then(|at| bytes.get(at)) == Some(&b':')
}

fn digits(bytes: &[u8], at: usize) -> usize {
    bytes.get(at..).unwrap_or_default().iter().take_while(|b| b.is_ascii_digit()).count()
}

fn number(line: &str, at: usize) -> Option<(u32, usize)> {
    let count = digits(line.as_bytes(), at);
    (count > 0 && count <= 5).then(|| line.get(at..at + count)?.parse().ok().map(|n| (n, at + count)))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_ports_and_what_is_neither() {
        let read = |line: &str| {
            all(line)
                .iter()
                .map(|s| format!("{}{}", s.ip, s.port.map_or(String::new(), |p| format!("#{p}"))))
                .collect::<Vec<_>>()
        };
        let cases: [(&str, &[&str]); 18] = [
            ("from 192.0.2.1 port 4711 ssh2", &["192.0.2.1#4711"]),
            ("192.0.2.1:80 -> 198.51.100.2:443", &["192.0.2.1#80", "198.51.100.2#443"]),
            ("IP 192.0.2.1.53 > 198.51.100.2.1234: UDP", &["192.0.2.1#53", "198.51.100.2#1234"]),
            ("Deny tcp src outside:192.0.2.1/22 dst inside:198.51.100.2/445", &["192.0.2.1#22", "198.51.100.2#445"]),
            ("denied tcp 192.0.2.1(1025) -> 198.51.100.2(80)", &["192.0.2.1#1025", "198.51.100.2#80"]),
            ("AS64496: 192.0.2.1-Request help", &["192.0.2.1"]),
            ("block 192.0.2.0/24 and 192.0.2.7/32", &["192.0.2.7"]),
            ("192.0.2.0-192.0.2.255 host-192.0.2.1.isp.example v1.2.3.4.5.6", &[]),
            ("192-0-2-1.isp.example 192.0.2.1.isp.example", &[]),
            ("RemoteAddress=\"IPV4/UDP/192.0.2.1/5060\"", &["192.0.2.1#5060"]),
            (
                "[IPv6:2001:db8::1] src:2001:db8::2, 2001:0db8:0000:0000:0000:0000:0000:0003.",
                &["2001:db8::1", "2001:db8::2", "2001:db8::3"],
            ),
            ("[2001:db8::1]:443 x", &["2001:db8::1#443"]),
            ("at 12:34:56 from 00:11:22:33:44:55 std::move a::b", &[]),
            ("192.0.2.1: bad", &["192.0.2.1"]),
            ("192.0.2.1, 192.0.2.2; (192.0.2.3) 192.0.2.4.", &["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"]),
            ("192.000.002.009 300.1.1.1", &["192.0.2.9"]),
            ("client 192.0.2.1#53: query", &["192.0.2.1#53"]),
            ("ä192.0.2.1 é:192.0.2.2 地址192.0.2.3", &["192.0.2.2", "192.0.2.3"]),
        ];
        for (line, want) in cases {
            assert_eq!(read(line), want, "{line}");
        }
    }
}
