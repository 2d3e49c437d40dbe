//! What the headers of an enclosed mail tell about where and when it came from.
use crate::block::Block;
use crate::{address, time};
use std::net::IpAddr;

/// The header fields of the mail that a report is about.
pub(crate) struct Enclosed<'m>(pub(crate) Block<'m>);

impl Enclosed<'_> {
    /// Message-ID without brackets.
    pub(crate) fn message_id(&self) -> Option<String> {
        let id = self.0.get("Message-ID")?;
        let id = id.trim().trim_start_matches('<').split('>').next()?.trim();
        (!id.is_empty()).then(|| id.to_owned())
    }

    /// When the reporter's server took the mail from that address: the trace line that names it.
    pub(crate) fn received_from(&self, ip: IpAddr) -> Option<time::Stamp> {
        self.0
            .all("Received")
            .find(|line| address::ips_in(from_clause(line)).any(|found| found == ip))
            .and_then(received_date)
    }

    /// When the first server that we know of took it; weaker than [`received_from`](Self::received_from).
    pub(crate) fn received(&self) -> Option<time::Stamp> {
        self.0.all("Received").find_map(received_date).or_else(|| self.0.get("Date").and_then(time::parse))
    }

    /// The address that handed the mail to the reporter: the newest public one in the trace that is not the
    /// reporter's own relay. Where all are private (a report from our own network), the newest.
    pub(crate) fn handed_over_by(&self) -> Option<IpAddr> {
        let stated =
            ["X-Originating-IP", "X-Source-IP"].iter().find_map(|name| self.0.get(name).and_then(address::parse_ip));
        let traced = |line: &str| address::ips_in(from_clause(line)).find(|ip| address::is_public(*ip));
        self.0
            .all("Received")
            .filter(|line| !is_internal(line))
            .find_map(traced)
            .or_else(|| self.0.all("Received").find_map(traced))
            .or(stated)
            .or_else(|| {
                self.0.all("Received").find_map(|line| address::ips_in(from_clause(line)).find(|ip| !ip.is_loopback()))
            })
    }
}

/// Whether a mail went from one machine of a domain to another of the same.
fn is_internal(line: &str) -> bool {
    let Some((from, rest)) = line.split_once(" by ") else { return false };
    let from = from.trim_start().strip_prefix("from ").unwrap_or(from);
    let host = |text: &str| {
        text.split_whitespace().next().map(|h| h.trim_matches(['(', ')', '[', ']', ';']).to_ascii_lowercase())
    };
    match (host(from).as_deref().and_then(domain), host(rest).as_deref().and_then(domain)) {
        (Some(from), Some(by)) => from == by,
        _ => false,
    }
}

/// The last two labels of a host's name, three below suffixes such as `co.uk`.
fn domain(host: &str) -> Option<String> {
    let labels: Vec<&str> = host.split('.').collect();
    let last = labels.last()?;
    if labels.len() < 2 || !last.bytes().all(|b| b.is_ascii_alphabetic()) {
        return None;
    }
    let second = labels.get(labels.len() - 2)?;
    let most = if last.len() == 2 && second.len() <= 3 { 3 } else { 2 };
    Some(labels.get(labels.len().saturating_sub(most)..)?.join("."))
}

/// `from ... by`: addresses after `by` are the receiving server's own.
fn from_clause(line: &str) -> &str {
    let line = line.rsplit_once(';').map_or(line, |(trace, _)| trace);
    line.find(" by ").and_then(|at| line.get(..at)).unwrap_or(line)
}

fn received_date(line: &str) -> Option<time::Stamp> {
    line.rsplit_once(';').and_then(|(_, date)| time::parse(date))
}
