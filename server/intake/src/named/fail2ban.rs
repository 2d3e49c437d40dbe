//! fail2ban's complaint mails and their many relatives: one address, then log lines that name it.
use super::Letter;
use crate::sighting::{self, With};
use crate::time::{self, Stamp};
use crate::{Context, Parsed, address, limits};
use domain::class::Class;
use domain::event::{Format, Source};
use std::net::IpAddr;

/// Reads a mail with one of the sentences of fail2ban's actions `complain` and `mail-whois-lines`, or of its relatives.
pub(crate) fn read(letter: &Letter<'_>, context: Context) -> Option<Parsed> {
    let ip = accused(letter)?;
    let near = letter.dated.map_or(context.received_at, |d| d.at);
    let zone = letter.lines().find_map(time::stated_zone);
    let stamp = |line: &str| {
        let found = time::all(limits::clip(line, 400), near).first().map(|f| f.stamp)?;
        Some(zone.map_or(found, |z| found.in_zone(z)))
    };
    let word = ip.to_string();
    let lines: Vec<&str> = letter.lines().filter(|l| mentions(l, &word, ip)).collect();
    let stamps: Vec<Stamp> = lines.iter().filter_map(|l| stamp(l)).collect();
    let first = stamps.iter().min_by_key(|s| s.at).copied();
    let last = stamps.iter().max_by_key(|s| s.at).copied();
    let span = match first.zip(last).or_else(|| generated(letter).map(|s| (s, s))) {
        Some((first, last)) => sighting::between(first, last, context.received_at),
        None => time::assumed(context.received_at, "no log line with a readable time"),
    };
    let count = i64::try_from(stamps.len()).unwrap_or(1);
    let event = sighting::event(Source::from_ip(ip, None), class_of(&letter.text, &lines), span)
        .count(count)
        .detail("log", lines.iter().find(|l| stamp(l).is_some()).map(|l| limits::clip(l, limits::DETAIL_BYTES)));
    Some(Parsed::events(Format::Mime, vec![event]))
}

/// The address in the form's own sentence.
fn accused(letter: &Letter<'_>) -> Option<IpAddr> {
    const SENTENCES: [&str; 7] = [
        "we have detected abuse from the ip address",
        "lines containing failures of",
        "abuse report about the ip address",
        "log line for",
        "log lines for",
        "the ip address was banned:",
        "from the ip address",
    ];
    let low = letter.text.to_ascii_lowercase();
    let ours = low.contains("fail2ban")
        || SENTENCES.iter().take(3).any(|s| low.contains(s))
        || low.contains("we have detected abuse")
        || letter.subject.to_lowercase().contains("automatic abuse report for ip address");
    if !ours {
        return None;
    }
    let said = SENTENCES.iter().find_map(|sentence| {
        let rest = low.get(low.find(sentence)? + sentence.len()..)?;
        rest.split_whitespace().next().map(|w| w.trim_end_matches(['.', ',', ':'])).and_then(address::parse_ip)
    });
    let subject = letter.subject.to_ascii_lowercase();
    let titled = ["abuse from", "for ip address", "banned"].iter().find_map(|label| {
        let rest = subject.get(subject.find(label)? + label.len()..)?;
        rest.split_whitespace().next().and_then(address::parse_ip)
    });
    said.or(titled)
}

/// `generated at Fri Sep 15 18:55:37 UTC 2023`.
fn generated(letter: &Letter<'_>) -> Option<Stamp> {
    let (_, rest) = letter.text.split_once("generated at ")?;
    time::parse(rest.lines().next()?.trim_end_matches('.'))
}

/// Whether a line names the address, as a whole word.
fn mentions(line: &str, word: &str, ip: IpAddr) -> bool {
    if ip.is_ipv6() {
        return address::ips_in(line).any(|found| found == ip);
    }
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|t| t.chars().next_back());
        let after = line.get(at + word.len()..).and_then(|t| t.chars().next());
        !before.is_some_and(|c| c.is_ascii_digit() || c == '.') && !after.is_some_and(|c| c.is_ascii_digit())
    })
}

fn class_of(text: &str, lines: &[&str]) -> Class {
    let low = if lines.is_empty() { text.to_ascii_lowercase() } else { lines.join("\n").to_ascii_lowercase() };
    let has = |words: &[&str]| words.iter().any(|w| low.contains(w));
    if has(&[
        "wp-login",
        "xmlrpc",
        "sshd",
        "failed password",
        "authentication fail",
        "invalid user",
        "login attempt",
        "auth failed",
        "sasl",
        "brute",
        "password",
        "dovecot",
        "administrator/index",
    ]) {
        Class::LoginAttack
    } else if has(&["union select", "sql injection"]) {
        Class::SqlInjection
    } else if has(&["\"get ", "\"post ", "\"head ", "\"connect ", "modsec", "phpmyadmin", "/.env", "/.git"]) {
        Class::VulnerabilityScan
    } else if has(&["port scan", "portscan", "dpt=", "ufw block", "in_tcp", "iptables"]) {
        Class::PortScan
    } else if has(&["postfix/smtpd", "spam", "554 5.7", "550 5.7", "rbl"]) {
        Class::Spam
    } else {
        Class::LoginAttack
    }
}
