//! WebIron: an offending address with "- key: value" lines; their other mails carry an X-ARF block.
use super::Letter;
use crate::sighting::{self, With};
use crate::time::{self, Unzoned};
use crate::{Context, Parsed, address, block};
use domain::class::Class;
use domain::event::{Format, Role, Source};

/// Reads the text form.
pub(crate) fn read(letter: &Letter<'_>, context: Context) -> Option<Parsed> {
    let named = letter.is_from("webiron.com") || letter.text.contains("WebIron") || letter.text.contains("webiron.com");
    if !named {
        return None;
    }
    let ip = ["Offending IP:", "Source IP:", "Offending/Source IP:"]
        .iter()
        .find_map(|label| letter.after(label))
        .or_else(|| letter.lines().find_map(|l| super::behind(l.trim_start_matches(['-', '*', ' ']), "ip:")))
        .and_then(address::parse_ip)?;
    let listed: String = letter.lines().filter_map(|l| l.strip_prefix("- ")).flat_map(|l| [l, "\n"]).collect();
    let fields = block::flat(&listed);
    let get = |names: &[&str]| {
        names.iter().find_map(|n| fields.get(n).or_else(|| letter.after(&format!("{n}:")).filter(|_| n.len() > 3)))
    };
    let date = get(&["Time", "Date", "Timestamp", "Attack Date"]).map(|d| d.trim_matches(['\'', '"']));
    let span = time::span(None, date, Unzoned::IsGuess, context.received_at);
    let low = format!("{} {}", letter.subject, letter.text).to_lowercase();
    let (class, role) = if low.contains("botnet") || low.contains("infect") {
        (Class::InfectedHost, Role::Infected)
    } else if low.contains("brute") || low.contains("login") {
        (Class::LoginAttack, Role::Actor)
    } else {
        (Class::VulnerabilityScan, Role::Actor)
    };
    let event = sighting::event(Source::from_ip(ip, None), class, span)
        .role(role)
        .detail("attack", get(&["Attack", "Type", "Reason"]))
        .detail("request", get(&["URI", "Request", "URL"]));
    Some(Parsed::events(Format::Mime, vec![event]).from(Some("webiron.com".to_owned())))
}
