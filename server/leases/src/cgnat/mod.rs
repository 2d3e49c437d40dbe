//! Logs of address translation as their devices write them: port blocks (RFC 7422 §2) and single ports.
//!
//! | file | devices |
//! | --- | --- |
//! | [`juniper`] | `RT_SRC_NAT_PBA_*`, `JSERVICES_NAT_PORT_BLOCK_*`, `ASP_NAT_PORT_BLOCK_*`, `RT_FLOW_SESSION_*` |
//! | [`others`] | Cisco IOS XR (`UserbasedA`), A10 (CEF and ASCII), NFWare, 6WIND |
//!
//! The style is known from the line; lines that tell of something else are passed over.
mod juniper;
mod others;

use crate::{
    Out,
    reader::{Rows, Settings},
    time::{Stamp, leading, word},
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::saying::{HolderName, Saying, Word};
use ipnet::IpNet;
use std::net::IpAddr;

/// What a line tells of a block of ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// It was given.
    Begin,
    /// It is still held.
    Goes,
    /// It was taken back.
    End,
}

/// One thing that a device logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) act: Act,
    pub(crate) inside: IpAddr,
    pub(crate) outside: IpAddr,
    pub(crate) ports: (u16, u16),
    pub(crate) protocol: Option<u8>,
    /// When the block was given, by the device's own count of seconds.
    pub(crate) begun: Option<DateTime<Utc>>,
}

/// What came of reading a message.
pub(crate) type Found = Option<Result<Vec<Told>, String>>;

/// The reader.
pub(crate) struct Cgnat {
    settings: Settings,
}

impl Cgnat {
    pub(crate) fn new(settings: Settings) -> Self {
        Self { settings }
    }

    fn at(&self, stamp: Option<Stamp>, told: &Told) -> Result<DateTime<Utc>, String> {
        if let (Act::Begin, Some(begun)) = (told.act, told.begun) {
            return Ok(begun);
        }
        let stamp = stamp.ok_or("the line begins with no time")?;
        stamp.instant(self.settings.zone, self.settings.written)
    }

    fn saying(&self, line: u64, stamp: Option<Stamp>, host: &str, told: &Told) -> Result<Saying, String> {
        let at = self.at(stamp, told)?;
        if told.ports.0 > told.ports.1 {
            return Err("its last port is lower than its first".to_owned());
        }
        let protocol = told.protocol.map_or_else(String::new, |number| number.to_string());
        let (outside, ports, inside) = (told.outside, told.ports, told.inside);
        let session = format!("{}/{protocol}:{outside}:{}-{}/{inside}", host.replace('/', "_"), ports.0, ports.1);
        // A device whose clock is far off does not say when a block was given.
        let started = told.begun.filter(|begun| *begun <= at && at - *begun < TimeDelta::days(366));
        let word = match told.act {
            Act::Begin => Word::Start { at, session },
            Act::Goes => Word::Alive { at, session, started },
            Act::End => Word::Stop { at, session, started },
        };
        let (net, holder) = (IpNet::from(outside), HolderName::Inside(inside));
        Ok(Saying { line, net, ports, protocol: told.protocol, holder, word })
    }
}

/// The line without its priority and version (RFC 3164, RFC 5424) and sequence number.
fn bare(text: &str) -> &str {
    let text = text.trim_start();
    let text = match text.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
        Some((number, rest)) if number.len() <= 3 && number.bytes().all(|byte| byte.is_ascii_digit()) => rest,
        _ => text,
    };
    let (first, rest) = word(text);
    if first == "1" { rest } else { text }
}

impl Rows for Cgnat {
    fn written(&mut self, at: DateTime<Utc>) {
        self.settings.written = at;
    }

    fn line(&mut self, number: u64, text: &str, out: &mut Out) {
        let text = bare(text);
        let (stamp, rest) = match leading(text) {
            Some((stamp, rest)) => (Some(stamp), rest),
            None => (None, text),
        };
        let (host, _) = word(rest);
        let Some(found) = juniper::read(rest).or_else(|| others::read(rest)) else { return };
        out.rows += 1;
        let all = found.and_then(|all| {
            all.iter().map(|told| self.saying(number, stamp, host, told)).collect::<Result<Vec<_>, _>>()
        });
        match all {
            Ok(all) => all.into_iter().for_each(|saying| out.say(saying)),
            Err(problem) => out.refuse(number, problem),
        }
    }
}

/// `address:low-high` or `address:port`.
pub(crate) fn place(text: &str) -> Option<(IpAddr, (u16, u16))> {
    let (address, ports) = text.trim_end_matches([',', ';']).rsplit_once(':')?;
    let (low, high) = ports.split_once('-').unwrap_or((ports, ports));
    Some((address.trim_matches(['[', ']']).parse().ok()?, (low.parse().ok()?, high.parse().ok()?)))
}

/// The value of `name="value"` or `name=value` in a message.
pub(crate) fn value<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = text;
    loop {
        let at = rest.find(name)?;
        let before = rest.get(..at)?.chars().next_back();
        let after = rest.get(at + name.len()..)?;
        if before.is_none_or(|letter| matches!(letter, ' ' | '[' | '|'))
            && let Some(value) = after.strip_prefix('=')
        {
            return match value.strip_prefix('"') {
                Some(quoted) => quoted.split('"').next(),
                None => value.split([' ', ']']).next(),
            };
        }
        rest = after;
    }
}
