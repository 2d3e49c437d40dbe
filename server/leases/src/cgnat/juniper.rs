//! Juniper: SRX and MX-SPC3 (`RT_SRC_NAT_PBA_*`, `RT_FLOW_SESSION_*`), MS-MPC and MS-DPC (`*_NAT_PORT_BLOCK_*`).
use super::{Act, Found, Told, place, value};
use chrono::{DateTime, Utc};
use std::net::IpAddr;

/// Reads a message; none if it is not of Juniper.
pub(super) fn read(text: &str) -> Found {
    if let Some((_, rest)) = text.split_once("RT_SRC_NAT_PBA_") {
        return pool(rest);
    }
    if let Some((_, rest)) = text.split_once("_NAT_PORT_BLOCK_") {
        return block(rest);
    }
    for (word, act) in [("RT_FLOW_SESSION_CREATE", Act::Begin), ("RT_FLOW_SESSION_CLOSE", Act::End)] {
        if let Some((_, rest)) = text.split_once(word) {
            return session(rest, act);
        }
    }
    None
}

fn act(word: &str) -> Option<Act> {
    match word {
        "ALLOC" => Some(Act::Begin),
        "INTERIM" | "ACTIVE" => Some(Act::Goes),
        "RELEASE" => Some(Act::End),
        _ => None,
    }
}

fn begun(hex: Option<&str>) -> Option<DateTime<Utc>> {
    let seconds = i64::from_str_radix(hex?.trim_start_matches("0x"), 16).ok()?;
    // Before 2000 it is no time.
    DateTime::from_timestamp(seconds, 0).filter(|_| seconds > 946_684_800)
}

/// `ALLOC [internal-ip="..." ...]` or `ALLOC: Subscriber 100.64.0.9 used/maximum [1/4] blocks, allocates port block
/// [1024-1151] from 203.0.113.5 in source pool p lsys_id: 0`.
fn pool(rest: &str) -> Found {
    let end = rest.find(|letter: char| !letter.is_ascii_alphabetic())?;
    let (word, rest) = rest.split_at(end);
    let act = act(word)?;
    let told = match value(rest, "internal-ip") {
        Some(inside) => structured(act, inside, rest),
        None => prose(act, rest),
    };
    Some(told.map(|told| vec![told]).ok_or_else(|| "the message of the port block cannot be read".to_owned()))
}

fn structured(act: Act, inside: &str, rest: &str) -> Option<Told> {
    let ports = (value(rest, "block-port-low")?.parse().ok()?, value(rest, "block-port-high")?.parse().ok()?);
    // At the end it is the time of the end.
    let begun = begun(value(rest, "epoch-time-64")).filter(|_| act != Act::End);
    let outside = value(rest, "reflexive-ip")?.parse().ok()?;
    Some(Told { act, inside: inside.parse().ok()?, outside, ports, protocol: None, begun })
}

fn prose(act: Act, rest: &str) -> Option<Told> {
    let inside = rest.split_once("Subscriber ")?.1.split_whitespace().next()?.parse().ok()?;
    let (_, rest) = rest.split_once("port block [")?;
    let (ports, rest) = rest.split_once(']')?;
    let (low, high) = ports.split_once('-')?;
    let outside = rest.split_once("from ")?.1.split_whitespace().next()?.parse().ok()?;
    Some(Told { act, inside, outside, ports: (low.parse().ok()?, high.parse().ok()?), protocol: None, begun: None })
}

/// `ALLOC: 100.64.0.9 -> 203.0.113.5:1024-1151 0x5f3b2a10`: the number is when the block was given.
fn block(rest: &str) -> Found {
    let (word, rest) = rest.split_once(':')?;
    let act = act(word.trim())?;
    let told = || {
        let (inside, rest) = rest.split_once("->")?;
        let mut words = rest.split_whitespace();
        let (outside, ports) = place(words.next()?)?;
        let begun = begun(words.next().filter(|word| word.starts_with("0x")));
        Some(Told { act, inside: inside.trim().parse::<IpAddr>().ok()?, outside, ports, protocol: None, begun })
    };
    Some(told().map(|told| vec![told]).ok_or_else(|| "the message of the port block cannot be read".to_owned()))
}

/// `[source-address="100.64.0.9" ... nat-source-address="203.0.113.5" nat-source-port="4986" protocol-id="6" ...]`.
fn session(rest: &str, act: Act) -> Found {
    let told = || {
        let port = value(rest, "nat-source-port")?.parse().ok()?;
        Some(Told {
            act,
            inside: value(rest, "source-address")?.parse().ok()?,
            outside: value(rest, "nat-source-address")?.parse().ok()?,
            ports: (port, port),
            protocol: value(rest, "protocol-id")?.parse().ok(),
            begun: None,
        })
    };
    match told() {
        // A session that was not translated tells nothing of shared addresses.
        Some(told) if told.inside == told.outside => None,
        Some(told) => Some(Ok(vec![told])),
        None => Some(Err("the message of the session cannot be read: is the log structured (sd-syslog)?".to_owned())),
    }
}
