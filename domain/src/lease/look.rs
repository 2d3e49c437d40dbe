//! "Who had this?": what a person asks and why, and the answer as it was frozen for him.
use super::{Held, LeaseSource, LeaseSourceKind};
use crate::{
    attribution::{Answer, Moment},
    event::canonical_ip,
    id::{CaseId, CustomerId, LeaseId, LookUpId, ServiceId, UserId},
    words::words,
};
use chrono::{DateTime, TimeDelta, Utc};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::{fmt, net::IpAddr};

/// Shortest prefixes that may be asked about: more addresses would be a list of customers, no look-up.
pub const PREFIX_MIN: (u8, u8) = (22, 40);
/// A reason may have so many characters.
pub const WHY_CHARS_MAX: usize = 200;
/// Rows that one answer shows.
pub const ROWS_SHOWN: usize = 60;

words! {
    /// What was asked.
    LookKind {
        /// Whose an address was.
        Address = "address",
        /// What a customer held.
        Customer = "customer",
    }
}

/// What somebody asks about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// One address.
    Address(IpAddr),
    /// A prefix: whoever held something in it.
    Prefix(IpNet),
    /// A host or domain name.
    Host(String),
}

impl Target {
    /// What was typed, with the port if it was written behind.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(text: &str) -> Result<(Self, Option<u16>), String> {
        if let Some((ip, port)) = address_of(text) {
            return Ok((Self::Address(ip), port));
        }
        let text = text.trim().replace("[.]", ".");
        if let Ok(net) = text.parse::<IpNet>() {
            return prefix(net.trunc()).map(|target| (target, None));
        }
        let bare = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
        let bare = bare.split(['/', '?', '#']).next().unwrap_or_default();
        let (host, port) = match bare.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().ok()),
            None => (bare, None),
        };
        match crate::names::host(host) {
            Some(host) => Ok((Self::Host(host), port)),
            None => Err("is no IP address, prefix or host name".to_owned()),
        }
    }
}

fn prefix(net: IpNet) -> Result<Target, String> {
    if net.prefix_len() == net.max_prefix_len() {
        return Ok(Target::Address(canonical_ip(net.addr())));
    }
    let shortest = if matches!(net, IpNet::V4(_)) { PREFIX_MIN.0 } else { PREFIX_MIN.1 };
    if net.prefix_len() < shortest {
        return Err(format!("is too large: ask for a /{shortest} at most"));
    }
    Ok(Target::Prefix(net))
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(ip) => ip.fmt(f),
            Self::Prefix(net) => net.fmt(f),
            Self::Host(name) => f.write_str(name),
        }
    }
}

/// `192.0.2.1`, `192.0.2.1:25`, `2001:db8::1`, `[2001:db8::1]:25`, also defanged (`192[.]0[.]2[.]1`).
pub fn address_of(text: &str) -> Option<(IpAddr, Option<u16>)> {
    let text = text.trim().replace("[.]", ".");
    if let Ok(ip) = text.parse::<IpAddr>() {
        return Some((canonical_ip(ip), None));
    }
    if let Ok(socket) = text.parse::<std::net::SocketAddr>() {
        return Some((canonical_ip(socket.ip()), Some(socket.port())));
    }
    let bare = text.strip_prefix('[')?.strip_suffix(']')?;
    bare.parse().ok().map(|ip| (canonical_ip(ip), None))
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// About what.
    pub target: Target,
    /// Source port, if known.
    pub port: Option<u16>,
    /// IP protocol of the port: 6 TCP, 17 UDP; none = not known.
    pub protocol: Option<u8>,
    /// First instant.
    pub from: DateTime<Utc>,
    /// Last instant; equal to `from` for one moment.
    pub to: DateTime<Utc>,
    /// How far the stated time may be off, in seconds.
    pub uncertainty_s: i64,
}

impl Question {
    /// One address at one instant, known exactly.
    pub const fn at(address: IpAddr, port: Option<u16>, at: DateTime<Utc>) -> Self {
        Self { target: Target::Address(address), port, protocol: None, from: at, to: at, uncertainty_s: 0 }
    }

    /// Its time and port as attribution takes them.
    pub fn moment(&self) -> Moment {
        Moment {
            from: self.from,
            to: self.to,
            uncertainty: TimeDelta::seconds(self.uncertainty_s.clamp(0, 86_400)),
            port: self.port,
            protocol: self.protocol,
            time_stated: true,
        }
    }
}

/// Why somebody asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// In his words.
    pub why: String,
    /// For which case, if for one.
    pub case: Option<CaseId>,
}

/// A customer's service by the names people know it by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// The service.
    pub service: ServiceId,
    /// Whose.
    pub customer: CustomerId,
    /// Number of the service.
    pub number: String,
    /// Its product.
    pub product: String,
    /// The customer's name.
    pub name: String,
}

/// A row of the lease index as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sight {
    /// Which lease.
    pub id: LeaseId,
    /// The address or prefix.
    pub net: IpNet,
    /// Lowest and highest port; the whole span for an unshared address.
    pub ports: (u16, u16),
    /// IP protocol of the ports; none = any.
    pub protocol: Option<u8>,
    /// Who held it, if the name is somebody's.
    pub service: Option<ServiceId>,
    /// By what name the source knew him.
    pub said: String,
    /// First instant.
    pub from: DateTime<Utc>,
    /// First instant at which it was over for sure; none = may still be held.
    pub to: Option<DateTime<Utc>>,
    /// Last proof, where the rest is only presumed.
    pub sure_until: Option<DateTime<Utc>>,
    /// The inside address behind a CGNAT it was found by.
    pub inside: Option<IpAddr>,
    /// Who says so.
    pub source: String,
    /// What that source is.
    pub kind: LeaseSourceKind,
}

impl Sight {
    /// Of a row of the index.
    pub fn of(held: &Held) -> Self {
        Self {
            id: held.id,
            net: held.net,
            ports: held.ports,
            protocol: held.protocol,
            service: held.by.service.map(|(service, _)| service),
            said: held.by.name.to_string(),
            from: held.from,
            to: held.over_by(),
            sure_until: held.sure_until,
            inside: held.inside,
            source: held.source.to_string(),
            kind: held.kind,
        }
    }

    /// The address where it is one, else the prefix.
    pub fn place(&self) -> String {
        let single = self.net.prefix_len() == self.net.max_prefix_len();
        if single { self.net.addr().to_string() } else { self.net.to_string() }
    }

    /// The port span in words.
    pub fn ports_words(&self) -> String {
        let protocol = match self.protocol {
            Some(6) => "TCP ",
            Some(17) => "UDP ",
            _ => "",
        };
        match self.ports {
            (0, u16::MAX) => "all".to_owned(),
            (low, high) => format!("{protocol}{low}–{high}"),
        }
    }
}

/// The answer for one address, prefix or name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// About what.
    pub target: Target,
    /// Whether it is one of our addresses; a name always is asked about.
    pub ours: bool,
    /// The answer as attribution would give it.
    pub answer: Answer,
    /// Leases around that time, oldest first, at most [`ROWS_SHOWN`].
    pub rows: Vec<Sight>,
    /// How many more there were.
    pub more: usize,
}

/// How far the word of a source reached when the answer was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceReach {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: LeaseSourceKind,
    /// The earliest it has spoken of.
    pub from: Option<DateTime<Utc>>,
    /// Everything up to here is known.
    pub through: Option<DateTime<Utc>>,
    /// Its leases that ended before are erased.
    pub erased_before: Option<DateTime<Utc>>,
    /// How far its clock may be off, in microseconds.
    pub skew_us: i64,
}

impl From<&LeaseSource> for SourceReach {
    fn from(source: &LeaseSource) -> Self {
        Self {
            name: source.name.clone(),
            kind: source.kind,
            from: source.known_from,
            through: source.known_through,
            erased_before: source.erased_before,
            skew_us: source.skew.num_microseconds().unwrap_or(i64::MAX),
        }
    }
}

/// What was found: kept with the look-up, so that looking at it again asks nothing again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// What was asked.
    pub question: Question,
    /// For a host name: what it led to when it was asked.
    #[serde(default)]
    pub resolved: Vec<IpAddr>,
    /// The answers.
    pub parts: Vec<Part>,
    /// Everybody who is named in them.
    pub parties: Vec<Party>,
    /// How far the sources' word reached.
    pub sources: Vec<SourceReach>,
    /// The first and last instant of the rows.
    pub around: (DateTime<Utc>, DateTime<Utc>),
}

impl Sighting {
    /// The names of a service.
    pub fn party(&self, service: ServiceId) -> Option<&Party> {
        self.parties.iter().find(|party| party.service == service)
    }
}

/// A look-up by a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookUp {
    /// Identifier.
    pub id: LookUpId,
    /// When.
    pub made_at: DateTime<Utc>,
    /// By whom.
    pub by: UserId,
    /// What was asked.
    pub kind: LookKind,
    /// About what, in words.
    pub what: String,
    /// Why.
    pub why: String,
    /// Of which customer, for [`LookKind::Customer`].
    pub customer: Option<CustomerId>,
    /// What was found; none = erased, or a customer's leases, which are read each time.
    pub result: Option<Sighting>,
}

/// A row of the list of look-ups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookUpRow {
    /// Identifier.
    pub id: LookUpId,
    /// When.
    pub made_at: DateTime<Utc>,
    /// By whom.
    pub by: UserId,
    /// Name of that person.
    pub by_name: String,
    /// What was asked.
    pub kind: LookKind,
    /// About what, in words.
    pub what: String,
    /// Why.
    pub why: String,
    /// Of which customer.
    pub customer: Option<CustomerId>,
    /// Whether the answer is still kept.
    pub kept: bool,
}

/// The first and last address of a prefix as they are stored.
pub fn bounds(net: &IpNet) -> ([u8; 16], [u8; 16]) {
    (super::address_key(net.network()), super::address_key(net.broadcast()))
}

#[cfg(test)]
mod tests {
    use super::{Target, address_of};

    #[test]
    fn addresses_are_understood_as_people_write_them() {
        let said = |text: &str| address_of(text).map(|(ip, port)| (ip.to_string(), port));
        assert_eq!(said(" 192.0.2.1 "), Some(("192.0.2.1".into(), None)));
        assert_eq!(said("192.0.2.1:25"), Some(("192.0.2.1".into(), Some(25))));
        assert_eq!(said("192[.]0[.]2[.]1"), Some(("192.0.2.1".into(), None)));
        assert_eq!(said("[2001:db8::1]:443"), Some(("2001:db8::1".into(), Some(443))));
        assert_eq!(said("::ffff:192.0.2.1"), Some(("192.0.2.1".into(), None)));
        assert_eq!(said("300.1.2.3"), None);
        assert_eq!(said("L-2026-000123"), None);
    }

    #[test]
    fn prefixes_and_names_may_be_asked_about_too() {
        let said = |text: &str| Target::parse(text).map(|(target, port)| (target.to_string(), port));
        assert_eq!(said("198.51.100.7/24").unwrap(), ("198.51.100.0/24".into(), None));
        assert_eq!(said("198.51.100.7/32").unwrap(), ("198.51.100.7".into(), None));
        assert_eq!(said("2001:db8:4f:1200::/56").unwrap().0, "2001:db8:4f:1200::/56");
        assert!(said("10.0.0.0/8").unwrap_err().contains("/22"));
        assert_eq!(said("hxxps://Shop.Example[.]net:8443/a?b").unwrap(), ("shop.example.net".into(), Some(8443)));
        for wrong in ["", "300.1.2.3", "no such thing", "a..b", "-x.example"] {
            assert!(said(wrong).is_err(), "{wrong:?}");
        }
    }
}
