//! Addresses, hosts and mail addresses as they stand in reports.
use domain::event::{Source, SourceKind, canonical_ip};
use std::net::{IpAddr, Ipv4Addr};

/// Reads an address with what reporters put around it: brackets, quotes, `IPv6:`, a zone id, a comment,
/// leading zeros (decimal, as SANS ISC writes them, never octal).
pub(crate) fn parse_ip(text: &str) -> Option<IpAddr> {
    let word = text.split_whitespace().next()?;
    let word = word.trim_matches(['"', '\'', '[', ']', '(', ')', '<', '>', ',', ';']);
    let word = word.strip_prefix("IPv6:").unwrap_or(word);
    let word = word.split_once('%').map_or(word, |(ip, _)| ip);
    word.parse().ok().map(canonical_ip).or_else(|| padded(word).map(IpAddr::V4))
}

fn padded(word: &str) -> Option<Ipv4Addr> {
    let mut octets = [0_u8; 4];
    let mut parts = word.split('.');
    for octet in &mut octets {
        let part = parts.next()?;
        let digits = !part.is_empty() && part.len() <= 3 && part.bytes().all(|b| b.is_ascii_digit());
        *octet = digits.then(|| part.parse().ok())??;
    }
    parts.next().is_none().then(|| Ipv4Addr::from(octets))
}

/// Every address in a line of text, in order.
pub(crate) fn ips_in(text: &str) -> impl Iterator<Item = IpAddr> + '_ {
    text.split(|c: char| !(c.is_ascii_hexdigit() || c == '.' || c == ':'))
        .map(|w| w.trim_end_matches(['.', ':']))
        .filter(|w| w.len() >= 3 && (w.matches('.').count() == 3 || w.contains("::") || w.matches(':').count() == 7))
        .filter_map(parse_ip)
}

/// Whether an address could be somebody's on the internet.
pub(crate) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => {
            !(v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_unspecified() || v4.is_broadcast())
        }
        IpAddr::V6(v6) => {
            !(v6.is_loopback() || v6.is_unspecified() || v6.is_unique_local() || v6.is_unicast_link_local())
        }
    }
}

/// The domain of a mail address, lower case.
pub(crate) fn domain_of(address: &str) -> Option<String> {
    let (_, domain) = address.rsplit_once('@')?;
    let domain = domain.trim_matches(['>', ' ', '.', '<', '"']).to_ascii_lowercase();
    (!domain.is_empty()).then_some(domain)
}

/// The first thing in a text that looks like a mail address, without brackets around it.
pub(crate) fn mail_address_in(text: &str) -> Option<&str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';' | '"'))
        .map(|w| w.trim_matches(|c: char| matches!(c, ':' | '.' | '\'' | '*')))
        .map(|w| w.strip_prefix("mailto:").unwrap_or(w))
        .find(|w| {
            w.split_once('@').is_some_and(|(local, domain)| {
                !local.is_empty() && domain.contains('.') && !domain.contains('@') && domain.len() > 3
            })
        })
}

/// What a reporter's "source" is, judged by its look.
pub(crate) fn source_of(text: &str, port: Option<u16>) -> Option<Source> {
    let text = refanged(crate::limits::clip(text.trim(), crate::limits::SOURCE_BYTES));
    let text = text.as_ref();
    if let Some(ip) = parse_ip(text).filter(|_| !text.contains("://") && !text.contains('/')) {
        return Some(Source::from_ip(ip, port));
    }
    if text.is_empty() || text.contains(char::is_control) {
        return None;
    }
    if text.contains("://") || (text.contains('/') && text.contains('.') && !is_range(text)) {
        return Some(Source::new(SourceKind::Url, text, port));
    }
    if text.contains('@') {
        return Some(Source::new(SourceKind::Account, text, port));
    }
    if text.starts_with('+') && text.bytes().filter(u8::is_ascii_digit).count() >= 6 {
        return Some(Source::new(SourceKind::Phone, text, port));
    }
    is_host(text).then(|| Source::new(SourceKind::Host, text.trim_end_matches('.').to_ascii_lowercase(), port))
}

/// Takes back what made a link harmless: `hxxp://shop[.]example`.
pub(crate) fn refanged(text: &str) -> std::borrow::Cow<'_, str> {
    let harmless = text.contains("[.]")
        || text.contains("[dot]")
        || text.contains("[:]")
        || text.get(..4).is_some_and(|h| h.eq_ignore_ascii_case("hxxp"));
    if !harmless {
        return text.into();
    }
    let plain = text.replace("[.]", ".").replace("[dot]", ".").replace("[:]", ":");
    match plain.get(..4) {
        Some(head) if head.eq_ignore_ascii_case("hxxp") => format!("http{}", plain.get(4..).unwrap_or_default()).into(),
        _ => plain.into(),
    }
}

/// `192.0.2.0/24`: a range names nobody.
pub(crate) fn is_range(text: &str) -> bool {
    text.split_once('/').is_some_and(|(ip, bits)| parse_ip(ip).is_some() && bits.trim().parse::<u8>().is_ok())
}

fn is_host(text: &str) -> bool {
    let labels: Vec<&str> = text.trim_end_matches('.').split('.').collect();
    let last_is_name = labels.last().is_some_and(|l| l.chars().any(char::is_alphabetic));
    labels.len() >= 2
        && last_is_name
        && text.len() <= 253
        && labels.iter().all(|l| !l.is_empty() && l.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_with_what_stands_around_them() {
        let ip = |text: &str| parse_ip(text).map(|ip| ip.to_string());
        assert_eq!(ip("192.0.2.85 (host.example)"), Some("192.0.2.85".into()));
        assert_eq!(ip("[IPv6:2001:DB8::1]"), Some("2001:db8::1".into()));
        assert_eq!(ip("192.000.002.009"), Some("192.0.2.9".into()));
        assert_eq!(ip("::ffff:192.0.2.1"), Some("192.0.2.1".into()));
        assert_eq!(ip("fe80::1%eth0"), Some("fe80::1".into()));
        for bad in ["x.x.x.x", "192.0.2", "192.0.2.256", "192.0.2.1.2", "", "74.200.17.xxx", "1.2.3.4567"] {
            assert_eq!(ip(bad), None, "{bad}");
        }
    }

    #[test]
    fn sources_by_their_look() {
        let kind = |text: &str| source_of(text, None).map(|s| (s.kind, s.value));
        assert_eq!(kind("192.0.2.1"), Some((SourceKind::Ip, "192.0.2.1".into())));
        assert_eq!(kind("http://192.0.2.1/x"), Some((SourceKind::Url, "http://192.0.2.1/x".into())));
        assert_eq!(kind("WWW.Shop.Example."), Some((SourceKind::Host, "www.shop.example".into())));
        assert_eq!(kind("bob@shop.example"), Some((SourceKind::Account, "bob@shop.example".into())));
        assert_eq!(kind("+49 30 123456"), Some((SourceKind::Phone, "+49 30 123456".into())));
        assert_eq!(kind("192.0.2.0/24"), None);
        assert_eq!(kind("not an IP"), None);
        assert_eq!(kind("hXXps://shop[.]example/a"), Some((SourceKind::Url, "https://shop.example/a".into())));
    }

    #[test]
    fn lines_of_text() {
        let line = "from x ([203.0.113.25]) by y (2001:db8::5) id 12:34:56; Fri, 1 Jan";
        let found: Vec<String> = ips_in(line).map(|ip| ip.to_string()).collect();
        assert_eq!(found, ["203.0.113.25", "2001:db8::5"]);
        assert_eq!(mail_address_in("<bob@shop.example>: host mx"), Some("bob@shop.example"));
        assert_eq!(mail_address_in("no address @ all"), None);
    }
}
