//! Where leases come from, how far each source's word reaches, and how far its clock may be off.
use crate::words::words;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

words! {
    /// What kind of thing says who held an address.
    LeaseSourceKind {
        /// The provider's own books: fixed addresses and ranges.
        Static = "static",
        /// A file somebody brought, or the HTTP interface.
        Import = "import",
        /// A DHCP server.
        Dhcp = "dhcp",
        /// RADIUS accounting.
        Radius = "radius",
        /// The log of a carrier-grade NAT.
        Cgnat = "cgnat",
        /// Another system that is asked by HTTP.
        Resolver = "resolver",
    }
}

impl LeaseSourceKind {
    /// How far its clock may be off where nobody has said.
    pub const fn usual_skew(self) -> TimeDelta {
        match self {
            Self::Static => TimeDelta::zero(),
            Self::Import | Self::Dhcp | Self::Cgnat | Self::Resolver => TimeDelta::seconds(2),
            Self::Radius => TimeDelta::seconds(5),
        }
    }
}

/// A source of leases and the watermark of its knowledge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseSource {
    /// Its number in the store.
    pub id: i64,
    /// Its name, such as `dhcp-1`.
    pub name: String,
    /// What it is.
    pub kind: LeaseSourceKind,
    /// How far its clock may be off.
    pub skew: TimeDelta,
    /// An alarm when nothing is heard for so long; none = never.
    pub silent_after: Option<TimeDelta>,
    /// The earliest instant it has spoken of.
    pub known_from: Option<DateTime<Utc>>,
    /// Everything up to here is known; none = the source states no such time.
    pub known_through: Option<DateTime<Utc>>,
    /// When it was last heard.
    pub last_heard_at: Option<DateTime<Utc>>,
    /// Its leases that ended before are erased.
    pub erased_before: Option<DateTime<Utc>>,
    /// Rows it brought.
    pub rows_kept: i64,
    /// Rows that could not be used.
    pub rows_refused: i64,
}

impl LeaseSource {
    /// Whether nothing has been heard for longer than its owner accepts. A resolver speaks only when it is asked.
    pub fn silent(&self, now: DateTime<Utc>) -> bool {
        if self.kind == LeaseSourceKind::Resolver {
            return false;
        }
        let (Some(after), Some(heard)) = (self.silent_after, self.last_heard_at) else { return false };
        now - heard > after
    }
}

/// How a source is set up; from the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceSetUp {
    /// What it is.
    pub kind: LeaseSourceKind,
    /// How far its clock may be off; none = [`LeaseSourceKind::usual_skew`].
    pub skew: Option<TimeDelta>,
    /// An alarm when nothing is heard for so long.
    pub silent_after: Option<TimeDelta>,
}

/// What a source said beside its leases, with one batch of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heard {
    /// Everything up to here has been said; none = the source states no such time (a file somebody brought).
    pub through: Option<DateTime<Utc>>,
    /// Which file the batch is from and how far it goes: kept in the same transaction, so that an import goes on there.
    pub place: Option<ImportPlace>,
}

/// How far the import of a file has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportPlace {
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// Rows of it that are done, this batch included.
    pub rows_done: u64,
}

/// What became of a batch of sayings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// Sayings that are in the index now.
    pub kept: u64,
    /// Of those, how many changed nothing, as far as could be told without looking at each row: doubles in the batch.
    pub known_before: u64,
    /// Line and reason of those that could not be used.
    pub refused: Vec<(u64, String)>,
}

impl Taken {
    /// Adds what became of more sayings of the same batch.
    pub fn add(&mut self, more: Self) {
        self.kept += more.kept;
        self.known_before += more.known_before;
        self.refused.extend(more.refused);
    }
}

/// A row that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRow {
    /// Whose.
    pub source: String,
    /// When it came.
    pub at: DateTime<Utc>,
    /// Line of its file or batch, from 1.
    pub line: i64,
    /// What is wrong with it.
    pub problem: String,
}

/// How the import of a file goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow {
    /// For which source.
    pub source: String,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// Rows that are done.
    pub rows_done: i64,
    /// Rows that were refused.
    pub rows_refused: i64,
    /// When it began.
    pub begun_at: DateTime<Utc>,
    /// When it last went on.
    pub touched_at: DateTime<Utc>,
}

/// Deterministic CGNAT (RFC 7422): the inside address is computed from the outside address and port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CgnatRule {
    /// Identifier.
    pub id: crate::id::CgnatRuleId,
    /// The subscribers' addresses.
    pub inside: ipnet::IpNet,
    /// The public addresses they share.
    pub outside: ipnet::IpNet,
    /// Ports of each subscriber.
    pub ports: u16,
    /// First port of the first subscriber of each public address.
    pub first_port: u16,
    /// First instant of its validity.
    pub from: DateTime<Utc>,
    /// First instant after it; none = still valid.
    pub to: Option<DateTime<Utc>>,
}

impl CgnatRule {
    /// The inside address behind an outside address and port, and the ports it has; none when the rule does not reach it.
    pub fn inside_of(&self, outside: std::net::IpAddr, port: u16) -> Option<(std::net::IpAddr, (u16, u16))> {
        if !self.outside.contains(&outside) || port < self.first_port || self.ports == 0 {
            return None;
        }
        let ports = u128::from(self.ports);
        let blocks = (65_536 - u128::from(self.first_port)) / ports;
        let block = u128::from(port - self.first_port) / ports;
        if block >= blocks {
            return None;
        }
        let nth = bits(outside).checked_sub(bits(self.outside.network()))?;
        let index = nth.checked_mul(blocks)?.checked_add(block)?;
        let inside = bits(self.inside.network()).checked_add(index)?;
        let inside = super::address_of(inside.to_be_bytes());
        let first = u128::from(self.first_port) + block * ports;
        let (first, last) = (u16::try_from(first).ok()?, u16::try_from(first + ports - 1).ok()?);
        self.inside.contains(&inside).then_some((inside, (first, last)))
    }

    /// Whether it holds over the whole span, or may hold in a part of it.
    pub fn valid(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> bool {
        self.from <= to && self.to.is_none_or(|end| end > from)
    }
}

fn bits(ip: std::net::IpAddr) -> u128 {
    u128::from_be_bytes(super::address_key(ip))
}
