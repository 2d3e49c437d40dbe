//! Notices that an address is on a block list (UCEPROTECT, Spamhaus), as providers and data centres pass them on.
use super::Letter;
use crate::sighting::{self, With};
use crate::{Context, Parsed, address, time};
use domain::class::Class;
use domain::event::{Format, Role, Source};
use std::net::IpAddr;

/// Reads a mail that names one address and one of the lists; who passed it on does not vouch for it.
pub(crate) fn read(letter: &Letter<'_>, context: Context) -> Option<Parsed> {
    let subject = letter.subject.to_lowercase();
    let uce = subject.contains("uceprotect");
    let sbl = number(&letter.subject).or_else(|| subject.contains("spamhaus").then(|| number(&letter.text)).flatten());
    let low = letter.text.to_lowercase();
    let spamhaus = letter.is_from("spamhaus.org") || subject.contains("spamhaus") || low.contains("spamhaus");
    let titled_so = subject.contains("spamhaus") || subject.contains(" sbl") || subject.contains("[sbl");
    if !(uce || spamhaus && (sbl.is_some() || titled_so && low.contains("list"))) {
        return None;
    }
    // A monthly overview of whole networks is no notice about an address.
    if uce && letter.text.contains("/24") {
        return None;
    }
    let ip = titled(&letter.subject).or_else(|| in_text(letter, sbl.as_deref()))?;
    let span = time::assumed(context.received_at, "the notice gives no time");
    let (class, reporter) = if uce { (Class::Spam, "uceprotect.net") } else { (Class::Blocklist, "spamhaus.org") };
    let role = if uce { Role::Actor } else { Role::Unknown };
    let event = sighting::event(Source::from_ip(ip, None), class, span).role(role).reference(sbl.as_deref());
    let mut parsed = Parsed::events(Format::Mime, vec![event]).from(Some(reporter.to_owned()));
    parsed.reference = sbl;
    Some(parsed)
}

/// `SBL123456`.
fn number(text: &str) -> Option<String> {
    text.match_indices("SBL").find_map(|(at, _)| {
        let digits: String = text.get(at + 3..)?.chars().take_while(char::is_ascii_digit).collect();
        (digits.len() >= 4).then(|| format!("SBL{digits}"))
    })
}

fn titled(subject: &str) -> Option<IpAddr> {
    let mut found = address::ips_in(subject).filter(|ip| !ip.is_unspecified());
    let first = found.next()?;
    found.all(|other| other == first).then_some(first)
}

/// The one address on the lines that speak of the list.
fn in_text(letter: &Letter<'_>, sbl: Option<&str>) -> Option<IpAddr> {
    let near = |line: &&str| sbl.is_some_and(|n| line.contains(n)) || line.to_lowercase().contains("listed");
    let only = |mut found: Box<dyn Iterator<Item = IpAddr> + '_>| {
        let first = found.next()?;
        found.all(|other| other == first).then_some(first)
    };
    only(Box::new(letter.lines().filter(near).flat_map(address::ips_in)))
        .or_else(|| only(Box::new(letter.lines().flat_map(address::ips_in))))
}
