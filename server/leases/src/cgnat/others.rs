//! Cisco IOS XR (CGv6, `[UserbasedA - ...]`), A10 Thunder (CEF and ASCII), NFWare (`A VRF 0 INT ... EXT ...`), 6WIND.
use super::{Act, Found, Told, place, value};
use crate::row::protocol;
use std::net::IpAddr;

/// Reads a message; none if it is of none of them.
pub(super) fn read(text: &str) -> Found {
    if text.contains("[Userbased") || text.contains("[Sessionbased") {
        return Some(cisco(text));
    }
    if text.contains("|A10|") && text.contains("|CGN 1") {
        return a10_cef(text);
    }
    if let Some(at) = text.find("NAT-TCP-").or_else(|| text.find("NAT-UDP-")) {
        return a10(text.get(at + 4..)?);
    }
    if let Some(at) = text.find(" VRF ") {
        return nfware(text, at);
    }
    for (mark, act) in [("NEW BLOCK (", Act::Begin), ("DESTROY BLOCK (", Act::End)] {
        if let Some((before, rest)) = text.split_once(mark) {
            let told = sixwind(before, rest, act);
            return Some(told.map(|told| vec![told]).ok_or_else(|| "the block cannot be read".to_owned()));
        }
    }
    None
}

/// `[Event L4 inside VRF inside6 outside port first last destination port]`, several in a message.
fn cisco(text: &str) -> Result<Vec<Told>, String> {
    let mut all = Vec::new();
    for part in text.split('[').skip(1).filter_map(|part| part.split(']').next()) {
        let mut words = part.split_whitespace();
        let act = match words.next() {
            Some("UserbasedA" | "SessionbasedA" | "SessionbasedAD") => Act::Begin,
            Some("UserbasedW" | "SessionbasedW" | "SessionbasedWD") => Act::End,
            _ => continue,
        };
        let fields: Vec<&str> = words.collect();
        let field = |index: usize| fields.get(index).copied().filter(|field| *field != "-");
        let told = || {
            // DS-Lite names the subscriber by his IPv6 address.
            let inside: IpAddr = field(3).or(field(1))?.parse().ok()?;
            let outside = field(4)?.parse().ok()?;
            let first: u16 = field(6).or(field(5))?.parse().ok()?;
            let last = field(7).map_or(Some(first), |last| last.parse().ok())?;
            let protocol = protocol(field(0).unwrap_or_default()).ok()?;
            Some(Told { act, inside, outside, ports: (first, last), protocol, begun: None })
        };
        all.push(told().ok_or_else(|| format!("[{part}] cannot be read"))?);
    }
    Ok(all)
}

/// `CEF:0|A10|CFW|6.0.0|CGN 106|Nat Port Batch Pool Allocated|5|proto=UDP src=... sourceTranslatedAddress=...`.
fn a10_cef(text: &str) -> Found {
    let (_, rest) = text.split_once("|CGN ")?;
    let act = match rest.get(..3)? {
        "100" | "106" => Act::Begin,
        "101" | "107" => Act::End,
        _ => return None,
    };
    let told = || {
        let first: u16 = value(rest, "sourceTranslatedPort")?.parse().ok()?;
        let last = value(rest, "cn3").map_or(Some(first), |last| last.parse().ok())?;
        Some(Told {
            act,
            inside: value(rest, "src")?.parse().ok()?,
            outside: value(rest, "sourceTranslatedAddress")?.parse().ok()?,
            ports: (first, last),
            protocol: protocol(value(rest, "proto").unwrap_or_default()).ok()?,
            begun: None,
        })
    };
    Some(told().map(|told| vec![told]).ok_or_else(|| "the CEF message cannot be read".to_owned()))
}

/// `TCP-C: inside:port -> outside:port`, `TCP-C: inside:port<->target:port,outside:port<-->target:port`: C, B given,
/// F, D freed.
fn a10(text: &str) -> Found {
    let (head, rest) = text.split_once(':')?;
    let (name, letter) = head.split_once('-')?;
    let act = match letter {
        "C" | "B" => Act::Begin,
        "F" | "D" => Act::End,
        _ => return None,
    };
    let told = || {
        let rest = rest.replace("<-->", " ").replace("<->", " ").replace("->", " ").replace(": ", ":");
        let session = rest.contains(',');
        let mut places = rest.split([' ', ',']).filter(|word| !word.is_empty() && *word != "to");
        let (inside, _) = place(places.next()?)?;
        let outside = if session { places.nth(1)? } else { places.next()? };
        let (outside, ports) = place(outside)?;
        Some(Told { act, inside, outside, ports, protocol: protocol(name).ok()?, begun: None })
    };
    Some(told().map(|told| vec![told]).ok_or_else(|| "the message cannot be read".to_owned()))
}

/// `A VRF 0 INT 100.64.0.9 EXT 203.0.113.5:1024-1535`, `D VRF 0 6 INT 100.64.0.9:57938 EXT 203.0.113.5:28475 DST ...`.
fn nfware(text: &str, at: usize) -> Found {
    let act = match text.get(..at)?.split_whitespace().next_back()?.trim_end_matches(':') {
        "A" => Act::Begin,
        "I" => Act::Goes,
        "D" => Act::End,
        _ => return None,
    };
    let told = || {
        let rest = text.get(at..)?;
        let (head, rest) = rest.split_once(" INT ")?;
        let (inside, rest) = rest.split_once(" EXT ")?;
        let outside = rest.split_whitespace().next()?;
        let inside = inside.trim();
        let inside = inside.parse().ok().or_else(|| place(inside).map(|(ip, _)| ip))?;
        let (outside, ports) = outside.parse().ok().map(|ip| (ip, (0, u16::MAX))).or_else(|| place(outside))?;
        let protocol = head.split_whitespace().nth(2).and_then(|number| number.parse().ok());
        Some(Told { act, inside, outside, ports, protocol, begun: None })
    };
    Some(told().map(|told| vec![told]).ok_or_else(|| "the message cannot be read".to_owned()))
}

/// `USER 100.64.0.9 (matching rule 1): NEW BLOCK (203.0.113.5, proto 6, port 1024 - 1536)`.
fn sixwind(before: &str, rest: &str, act: Act) -> Option<Told> {
    let inside = before.split_once("USER ")?.1.split_whitespace().next()?.parse().ok()?;
    let mut parts = rest.split(')').next()?.split(',').map(str::trim);
    let outside = parts.next()?.trim_start_matches("ip ").parse().ok()?;
    let protocol = protocol(parts.next()?.trim_start_matches("proto ")).ok()?;
    let (low, high) = parts.next()?.trim_start_matches("port ").split_once('-')?;
    let ports = (low.trim().parse().ok()?, high.trim().parse().ok()?);
    Some(Told { act, inside, outside, ports, protocol, begun: None })
}
