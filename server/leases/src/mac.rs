//! The names of devices and lines in DHCP: MAC addresses, DUIDs, options 82, 18 and 37.
use std::fmt::Write as _;

/// Longest circuit id, in characters; more is no name.
const CIRCUIT_CHARS_MAX: usize = 200;

/// A MAC address in lower case with colons, from any usual spelling: `00-1A-2B-...`, `001a.2b3c.4d5e`, `001a2b3c4d5e`.
pub(crate) fn mac(text: &str) -> Option<String> {
    let text = text.trim();
    if !text.chars().all(|letter| letter.is_ascii_hexdigit() || matches!(letter, ':' | '-' | '.')) {
        return None;
    }
    let mut digits = String::with_capacity(12);
    for part in text.split([':', '-']) {
        // `0:1a:...` of some systems leaves zeros out.
        if part.len() == 1 {
            digits.push('0');
        }
        digits.extend(part.chars().filter(|letter| *letter != '.'));
    }
    let bytes = hex(&digits).filter(|bytes| bytes.len() == 6)?;
    Some(colons(&bytes))
}

/// Bytes in hex with colons between.
pub(crate) fn colons(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 3);
    for (index, byte) in bytes.iter().enumerate() {
        if index > 0 {
            text.push(':');
        }
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The bytes of hex digits, with or without `0x` and colons.
pub(crate) fn hex(text: &str) -> Option<Vec<u8>> {
    let text = text.trim().trim_start_matches("0x").trim_start_matches("0X");
    let digits: Vec<u8> = text.bytes().filter(|byte| *byte != b':').collect();
    if digits.is_empty() || !digits.len().is_multiple_of(2) {
        return None;
    }
    let value = |digit: u8| (digit as char).to_digit(16).and_then(|value| u8::try_from(value).ok());
    digits.chunks_exact(2).map(|pair| Some(value(*pair.first()?)? * 16 + value(*pair.get(1)?)?)).collect()
}

/// The MAC address inside a DUID of type 1 (LLT) or 3 (LL), RFC 8415 §11.
pub(crate) fn mac_of_duid(duid: &[u8]) -> Option<String> {
    let address = match duid {
        [0, 1, 0, 1, _, _, _, _, address @ ..] | [0, 3, 0, 1, address @ ..] => address,
        _ => return None,
    };
    (address.len() == 6).then(|| colons(address))
}

/// A name that a network gives a line: text where it is text, else hex.
pub(crate) fn circuit(bytes: &[u8]) -> Option<String> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) if !text.chars().any(char::is_control) => text.trim().to_owned(),
        _ => colons(bytes),
    };
    (!text.is_empty() && text.chars().count() <= CIRCUIT_CHARS_MAX).then_some(text)
}

/// Circuit id (1) and remote id (2) of a relay agent option (RFC 3046).
pub(crate) fn relay_agent(mut bytes: &[u8]) -> (Option<String>, Option<String>) {
    let mut found = (None, None);
    while let [code, length, rest @ ..] = bytes {
        let Some((value, after)) = rest.split_at_checked(usize::from(*length)) else { break };
        match code {
            1 => found.0 = circuit(value),
            2 => found.1 = circuit(value),
            _ => {}
        }
        bytes = after;
    }
    found
}

/// Interface id (18) and remote id (37, after its enterprise number) of a DHCPv6 relay's options (RFC 8415, RFC 4649).
pub(crate) fn relay_options(mut bytes: &[u8]) -> (Option<String>, Option<String>) {
    let mut found = (None, None);
    while let [c0, c1, l0, l1, rest @ ..] = bytes {
        let length = usize::from(u16::from_be_bytes([*l0, *l1]));
        let Some((value, after)) = rest.split_at_checked(length) else { break };
        match u16::from_be_bytes([*c0, *c1]) {
            18 => found.0 = circuit(value),
            37 => found.1 = value.get(4..).and_then(circuit),
            _ => {}
        }
        bytes = after;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{hex, mac, mac_of_duid, relay_agent, relay_options};

    #[test]
    fn spellings_of_one_device() {
        for text in ["00:1A:2b:3c:4d:5e", "00-1a-2B-3c-4d-5e", "001a.2b3c.4d5e", "001A2B3C4D5E", "0:1a:2b:3c:4d:5e"] {
            assert_eq!(mac(text).as_deref(), Some("00:1a:2b:3c:4d:5e"), "{text}");
        }
        for bad in ["", "00:1a:2b:3c:4d", "host", "001a2b3c4d5e6f", "zz:1a:2b:3c:4d:5e"] {
            assert_eq!(mac(bad), None, "{bad}");
        }
    }

    #[test]
    fn devices_inside_duids() {
        let duid = hex("00:01:00:01:2a:2b:2c:2d:00:1a:2b:3c:4d:5e").unwrap();
        assert_eq!(mac_of_duid(&duid).as_deref(), Some("00:1a:2b:3c:4d:5e"));
        assert_eq!(mac_of_duid(&hex("00:03:00:01:00:1a:2b:3c:4d:5e").unwrap()).as_deref(), Some("00:1a:2b:3c:4d:5e"));
        assert_eq!(mac_of_duid(&hex("00:04:00:01").unwrap()), None);
    }

    #[test]
    fn relays_name_the_line() {
        let option = hex("0104657468310206000102030405").unwrap();
        assert_eq!(relay_agent(&option), (Some("eth1".into()), Some("00:01:02:03:04:05".into())));
        assert_eq!(relay_agent(&[1, 200, 0]), (None, None));
        let option = hex("0012000465746831002500060000000ac3a4").unwrap();
        assert_eq!(relay_options(&option), (Some("eth1".into()), Some("ä".into())));
    }
}
