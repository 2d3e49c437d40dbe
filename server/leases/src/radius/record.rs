//! One accounting request and what it says of addresses: RFC 2865, 2866, 2869, 3162, 4818 and 6911.
use super::{Status, packet::Packet};
use crate::{
    format::Prefer,
    mac::{circuit, mac},
    row::nobody,
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::saying::{HolderName, Saying, Word};
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How far an access server's clock may be from the accounting server's before the latter is believed.
const CLOCKS_APART_MAX: TimeDelta = TimeDelta::minutes(5);
/// Longest name of a user, session or access server, in characters.
const NAME_CHARS_MAX: usize = 253;
/// Shortest routed prefix that somebody holds; a shorter one is a route, no customer.
const ROUTED_V4_MIN: u8 = 16;
const ROUTED_V6_MIN: u8 = 32;
/// ADSL Forum: its circuit id names the line of an access node (RFC 4679).
const ADSL_FORUM: u32 = 3561;

/// One accounting request, as far as it tells of addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// What it tells; none if it does not say.
    pub status: Option<Status>,
    /// When the accounting server got it.
    pub heard: Option<DateTime<Utc>>,
    /// When it happened, by the access server's clock.
    pub happened: Option<DateTime<Utc>>,
    /// How long the access server had tried to tell it.
    pub delay: TimeDelta,
    /// How long the session has lasted.
    pub lasted: Option<TimeDelta>,
    /// User-Name.
    pub user: String,
    /// Acct-Session-Id.
    pub session: String,
    /// NAS-Identifier.
    pub nas_name: String,
    /// NAS-IP-Address or NAS-IPv6-Address.
    pub nas_ip: Option<IpAddr>,
    /// Who sent it, for an access server that does not name itself.
    pub sender: Option<IpAddr>,
    /// Agent-Circuit-Id, else NAS-Port-Id.
    pub circuit: Option<String>,
    /// NAS-Port-Id: it names the line where the access node does not.
    pub port: Option<String>,
    /// Calling-Station-Id.
    pub calling: String,
    /// Framed-IP-Address, Framed-IPv6-Address, Framed-IPv6-Prefix, Delegated-IPv6-Prefix, Framed-Route.
    pub nets: Vec<IpNet>,
}

impl Record {
    /// The record of an Accounting-Request that came from `sender` at `heard`.
    pub fn of_packet(packet: &Packet<'_>, sender: IpAddr, heard: DateTime<Utc>) -> Self {
        let mut record = Self { heard: Some(heard), sender: Some(sender.to_canonical()), ..Self::default() };
        for (kind, value) in packet.attributes() {
            record.attribute(kind, value);
        }
        record
    }

    fn attribute(&mut self, kind: u8, value: &[u8]) {
        let text = || String::from_utf8_lossy(value).trim_end_matches('\0').to_owned();
        let number = || <[u8; 4]>::try_from(value).ok().map(u32::from_be_bytes);
        let seconds = || TimeDelta::try_seconds(i64::from(number()?));
        match kind {
            1 => self.user = text(),
            4 => self.nas_ip = self.nas_ip.or(v4(value).map(IpAddr::from)),
            8 => self.framed(v4(value)),
            22 => self.route(&text(), ROUTED_V4_MIN),
            26 => self.vendor(value),
            31 => self.calling = text(),
            32 => self.nas_name = text(),
            40 => self.status = number().map(Status::of),
            41 => self.delay = seconds().unwrap_or_default(),
            44 => self.session = text(),
            46 => self.lasted = seconds(),
            55 => self.happened = number().and_then(|at| DateTime::from_timestamp(i64::from(at), 0)),
            87 => self.port = circuit(value),
            95 => self.nas_ip = self.nas_ip.or(v6(value).map(IpAddr::from)),
            97 | 123 => self.nets.extend(prefix(value)),
            99 => self.route(&text(), ROUTED_V6_MIN),
            168 => self.nets.extend(v6(value).map(|ip| IpNet::from(IpAddr::from(ip)))),
            _ => {}
        }
    }

    pub(crate) fn framed(&mut self, ip: Option<Ipv4Addr>) {
        // 255.255.255.255 and .254 leave the choice to others (RFC 2865 §5.8); 0.0.0.0 is none yet.
        let real = ip.filter(|ip| !ip.is_unspecified() && ip.octets().first() != Some(&255));
        self.nets.extend(real.map(|ip| IpNet::from(IpAddr::from(ip))));
    }

    /// `203.0.113.8/29 0.0.0.0 1`: what is routed to somebody is his.
    pub(crate) fn route(&mut self, text: &str, length_min: u8) {
        let net = text.split_whitespace().next().and_then(|first| first.parse::<IpNet>().ok());
        self.nets.extend(net.filter(|net| net.prefix_len() >= length_min).map(|net| net.trunc()));
    }

    fn vendor(&mut self, value: &[u8]) {
        let Some((vendor, mut rest)) = value.split_at_checked(4) else { return };
        if vendor != ADSL_FORUM.to_be_bytes() {
            return;
        }
        while let [kind, length, _, ..] = rest {
            let Some((whole, after)) = rest.split_at_checked(usize::from(*length).max(2)) else { break };
            if *kind == 1 {
                self.circuit = whole.get(2..).and_then(circuit);
            }
            rest = after;
        }
    }

    /// What the request says: one saying for each address and prefix; none if it tells of none.
    ///
    /// # Errors
    /// What is missing or cannot be right, in plain words.
    pub fn sayings(&self, line: u64, prefer: Prefer) -> Result<Vec<Saying>, String> {
        let status = self.status.ok_or("has no Acct-Status-Type")?;
        if status == Status::Other {
            return Ok(Vec::new());
        }
        let at = self.at().ok_or("says not when it happened")?;
        let nas = self.nas()?;
        if status == Status::Reboot {
            let net = self.nas_ip.or(self.sender).map_or_else(nobody, IpNet::from);
            let holder = HolderName::Service(String::new());
            let word = Word::Reboot { nas, at };
            return Ok(vec![Saying { line, net, ports: (0, u16::MAX), protocol: None, holder, word }]);
        }
        if self.nets.is_empty() {
            return Ok(Vec::new());
        }
        if self.session.is_empty() || self.session.chars().count() > NAME_CHARS_MAX {
            return Err("has no Acct-Session-Id, or one that is too long".to_owned());
        }
        let holder = self.holder(prefer)?;
        let session = format!("{nas}/{}", self.session);
        let started = self.lasted.map(|lasted| at - lasted);
        let mut nets = self.nets.clone();
        nets.sort();
        nets.dedup();
        let saying = |net| {
            let session = session.clone();
            let word = match status {
                Status::Start => Word::Start { at, session },
                Status::Stop => Word::Stop { at, session, started },
                _ => Word::Alive { at, session, started },
            };
            Saying { line, net, ports: (0, u16::MAX), protocol: None, holder: holder.clone(), word }
        };
        Ok(nets.into_iter().map(saying).collect())
    }

    /// The access server's clock, unless it is far from the accounting server's: clocks jump and start in 1970.
    fn at(&self) -> Option<DateTime<Utc>> {
        let told = self.heard.map(|heard| heard - self.delay);
        match (self.happened, told) {
            (Some(happened), Some(told)) if (happened - told).abs() <= CLOCKS_APART_MAX => Some(happened),
            (happened, told) => told.or(happened),
        }
    }

    fn nas(&self) -> Result<String, String> {
        let ip = self.nas_ip.or(self.sender).map(|ip| ip.to_string());
        let name = Some(self.nas_name.clone()).filter(|name| !name.is_empty()).or(ip);
        let name = name.ok_or("names no access server (NAS-Identifier, NAS-IP-Address)")?;
        if name.chars().count() > NAME_CHARS_MAX {
            return Err("NAS-Identifier is too long".to_owned());
        }
        Ok(name.replace('/', "_"))
    }

    fn holder(&self, prefer: Prefer) -> Result<HolderName, String> {
        let user = Some(&self.user).filter(|user| !user.is_empty() && user.chars().count() <= NAME_CHARS_MAX);
        let user = user.map(|user| HolderName::Username(user.clone()));
        let circuit = self.circuit.clone().or_else(|| self.port.clone()).map(HolderName::Circuit);
        let device = mac(&self.calling).map(HolderName::Mac);
        let found = match prefer {
            Prefer::Best => user.or(circuit).or(device),
            Prefer::Username => user,
            Prefer::Circuit => circuit,
            Prefer::Mac => device,
        };
        found.ok_or_else(|| "names no user, circuit or device".to_owned())
    }
}

fn v4(value: &[u8]) -> Option<Ipv4Addr> {
    <[u8; 4]>::try_from(value).ok().map(Ipv4Addr::from)
}

fn v6(value: &[u8]) -> Option<Ipv6Addr> {
    <[u8; 16]>::try_from(value).ok().map(Ipv6Addr::from)
}

/// A prefix: a reserved byte, its length, as many bytes as it needs (RFC 3162 §2.3).
fn prefix(value: &[u8]) -> Option<IpNet> {
    let (&length, bytes) = (value.get(1)?, value.get(2..)?);
    let mut octets = [0; 16];
    octets.get_mut(..bytes.len())?.copy_from_slice(bytes);
    let net = IpNet::new(IpAddr::from(octets), length).ok()?;
    (length >= ROUTED_V6_MIN).then(|| net.trunc())
}
