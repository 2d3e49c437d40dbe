//! Netcraft's takedown requests without an X-ARF part: the page's URL stands alone on a line, defanged or not.
use super::Letter;
use crate::sighting::{self, With};
use crate::{Context, Parsed, address, limits, time};
use domain::class::Class;
use domain::event::{Format, Source, SourceKind};

/// Reads the text; X-ARF and XARF parts were looked at before.
pub(crate) fn read(letter: &Letter<'_>, context: Context) -> Option<Parsed> {
    if !(letter.is_from("netcraft.com") || letter.text.contains("Netcraft Issue Number")) {
        return None;
    }
    let low = format!("{} {}", letter.subject, letter.text).to_lowercase();
    let class = if low.contains("phish") {
        Class::Phishing
    } else if low.contains("malware") {
        Class::Malware
    } else if low.contains("fraud") || low.contains("scam") || low.contains("fake") {
        Class::Fraud
    } else if low.contains("compromise") || low.contains("web shell") || low.contains("skimmer") {
        Class::RemoteCompromise
    } else if low.contains("vulnerable") || low.contains("unrestricted") {
        Class::OpenService
    } else {
        return None;
    };
    if class == Class::OpenService {
        return service(letter, context);
    }
    let (url, rest) = letter.lines().find_map(page)?;
    let ip = rest.trim_matches(['[', ']', '(', ')', ' ']);
    let span = time::assumed(context.received_at, "the text gives no time");
    let source = Source::new(SourceKind::Url, limits::clip(&url, limits::SOURCE_BYTES), None);
    let event =
        sighting::event(source, class, span).detail("ip", address::parse_ip(ip).map(|ip| ip.to_string()).as_deref());
    let mut parsed = Parsed::events(Format::Mime, vec![event]).from(Some("netcraft.com".to_owned()));
    parsed.reference = number(&letter.subject);
    Some(parsed)
}

/// "Potentially vulnerable server at 192.0.2.1:27017".
fn service(letter: &Letter<'_>, context: Context) -> Option<Parsed> {
    let (_, named) = letter.subject.rsplit_once(" at ")?;
    let (ip, port) = named.trim().rsplit_once(':').map_or((named, None), |(ip, port)| (ip, port.parse().ok()));
    let source = Source::from_ip(address::parse_ip(ip)?, port);
    let span = time::assumed(context.received_at, "the text gives no time");
    let mut parsed = Parsed::events(Format::Mime, vec![sighting::event(source, Class::OpenService, span)]);
    parsed.reference = number(&letter.subject);
    Some(parsed.from(Some("netcraft.com".to_owned())))
}

/// `Issue 1234567: ...`.
fn number(subject: &str) -> Option<String> {
    let (_, rest) = subject.split_once("ssue ")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    (!digits.is_empty()).then_some(digits)
}

/// A line that is a URL, with an address behind it at most; Netcraft's own pages are not meant.
fn page(line: &str) -> Option<(String, &str)> {
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let plain = word.replacen("hxxp", "http", 1).replace("[.]", ".").replace("[:]", ":");
    let named = plain.starts_with("http://") || plain.starts_with("https://");
    let own = domain::event::url_host(&plain).is_some_and(|h| h.ends_with("netcraft.com"));
    let alone = rest.trim().is_empty() || address::parse_ip(rest.trim().trim_matches(['[', ']', '(', ')'])).is_some();
    (named && !own && alone).then_some((plain, rest))
}
