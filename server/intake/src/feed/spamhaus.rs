//! Spamhaus' feeds for network owners: the CERT insight list (one infected address a line) and DROP (networks).
use super::{class, lines};
use crate::sighting::{self, With};
use crate::{Context, Parsed, address};
use domain::class::Class;
use domain::event::{Format, Observation, Role, Source};

const REPORTER: &str = "spamhaus.org";

/// Reads either list.
pub(crate) fn read(text: &str, context: Context) -> Option<Parsed> {
    let head = text.lines().find(|l| !l.trim().is_empty())?.trim();
    if head.starts_with(';')
        && head.contains("Spamhaus")
        && text.lines().any(|l| !l.starts_with(';') && l.contains("; SBL"))
    {
        let reason = "Spamhaus DROP: a list of networks, it names no single address";
        return Some(Parsed::not_a_report(Format::Text, reason).from(Some(REPORTER.to_owned())));
    }
    let names = head.trim_start_matches([';', '#', ' ']).split(',').map(|name| name.trim().to_owned());
    let names: Vec<String> = names.collect();
    if !["botname", "lastseen", "ip"].iter().all(|name| names.iter().any(|n| n == name)) {
        return None;
    }
    let head = head.to_owned();
    Some(lines::read(Format::Csv, REPORTER, text, context, move |line, context| {
        if line.trim().is_empty() || line.starts_with([';', '#']) || line.trim() == head {
            return Ok(None);
        }
        let cells: Vec<&str> = line.split(',').map(str::trim).collect();
        let cell = |name: &str| {
            let at = names.iter().position(|n| *n == name)?;
            cells.get(at).copied().filter(|c| !c.is_empty() && *c != "?" && *c != "-")
        };
        row(&cell, context).map(Some)
    }))
}

fn row<'c>(cell: &dyn Fn(&str) -> Option<&'c str>, context: Context) -> Result<Observation, String> {
    let ip = cell("ip").and_then(address::parse_ip).ok_or("no address")?;
    let seen = cell("lastseen").and_then(|t| t.parse().ok()).and_then(sighting::epoch).ok_or("lastseen is no time")?;
    let bot = cell("botname").unwrap_or_default();
    let port = cell("local_port").and_then(|p| p.parse::<u16>().ok()).filter(|p| *p > 0);
    let (class, role) = meaning(bot);
    let span = sighting::moment(seen, context.received_at);
    Ok(sighting::event(Source::from_ip(ip, port), class, span)
        .role(role)
        .detail("botname", Some(bot))
        .detail("remote_port", cell("remote_port"))
        .detail("protocol", cell("protocol")))
}

/// Mostly names of bots; a few name what was seen instead.
fn meaning(bot: &str) -> (Class, Role) {
    let low = bot.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|w| low.contains(w));
    if has(&["openrelay", "openproxy", "proxy"]) {
        (Class::OpenService, Role::Vulnerable)
    } else if has(&[
        "sshauth",
        "telnetauth",
        "smtpauth",
        "imapauth",
        "popauth",
        "wplogin",
        "ftpauth",
        "rdpauth",
        "bruteforce",
    ]) {
        (Class::LoginAttack, Role::Actor)
    } else if has(&["wpscanner", "scanner", "scan"]) && !has(&["iot"]) {
        (Class::VulnerabilityScan, Role::Actor)
    } else if has(&["spamlink"]) {
        (Class::Spam, Role::Actor)
    } else {
        let known = class::of(bot).0;
        let class = if known == Class::Phishing { known } else { Class::InfectedHost };
        (class, crate::role::of(class))
    }
}
