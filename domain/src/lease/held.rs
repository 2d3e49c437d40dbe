//! A row of the lease index as a look-up finds it: the span, the proof of it, and by what name the holder is known.
use super::source::LeaseSourceKind;
use crate::{
    id::{CustomerId, LeaseId, ServiceId},
    saying::HolderName,
};
use chrono::{DateTime, TimeDelta, Utc};
use ipnet::IpNet;
use std::{borrow::Cow, sync::Arc};

/// Who held it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldBy {
    /// By what name the source knows him.
    pub name: HolderName,
    /// Whose that name was then; none = nobody's that we know.
    pub service: Option<(ServiceId, CustomerId)>,
}

impl HeldBy {
    /// Whether both are the same holder: the same service, else the same name.
    pub fn same(&self, other: &Self) -> bool {
        match (self.service, other.service) {
            (Some((one, _)), Some((two, _))) => one == two,
            (None, None) => self.name == other.name,
            _ => false,
        }
    }
}

/// A source's word that somebody held an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Identifier of the row.
    pub id: LeaseId,
    /// The address or prefix.
    pub net: IpNet,
    /// Lowest and highest source port; `(0, 65535)` = the address is not shared.
    pub ports: (u16, u16),
    /// IP protocol the ports belong to; none = any.
    pub protocol: Option<u8>,
    /// Who.
    pub by: HeldBy,
    /// First instant.
    pub from: DateTime<Utc>,
    /// First instant after it; none = no end is known.
    pub to: Option<DateTime<Utc>>,
    /// Last proof that it was still held, where the rest up to `to` is only presumed; none = held to `to`.
    pub sure_until: Option<DateTime<Utc>>,
    /// When somebody else began to hold the same: ends what is only presumed.
    pub over_at: Option<DateTime<Utc>>,
    /// The inside address it was found by, behind a CGNAT.
    pub inside: Option<std::net::IpAddr>,
    /// Name of the source.
    pub source: Arc<str>,
    /// What the source is.
    pub kind: LeaseSourceKind,
    /// How far its clock may be off.
    pub skew: TimeDelta,
    /// How far its knowledge reaches; none = it states no such time.
    pub through: Option<DateTime<Utc>>,
}

impl Held {
    /// Whether the holder had the address for himself.
    pub const fn whole_address(&self) -> bool {
        self.ports.0 == 0 && self.ports.1 == u16::MAX
    }

    /// First instant after which nothing is proven; none = proven without end.
    pub fn sure_to(&self) -> Option<DateTime<Utc>> {
        let proven = earlier(self.to, self.sure_until);
        // An end in the future is only a promise: how it went is known up to the watermark.
        if self.kind == LeaseSourceKind::Static { proven } else { earlier(proven, self.through) }
    }

    /// First instant at which it was over for sure, without regard to clocks; none = may still be held.
    pub fn over_by(&self) -> Option<DateTime<Utc>> {
        match self.sure_until {
            None => self.to,
            Some(sure) => earlier(self.to, self.over_at).map(|over| over.max(sure)),
        }
    }

    /// Whether it may have been held at some instant of the span, clocks being what they are.
    pub fn may_reach(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> bool {
        before(self.from, self.skew) <= to && self.over_by().is_none_or(|over| after(over, self.skew) > from)
    }

    /// Whether an event with this port and protocol may be its holder's.
    pub fn fits(&self, port: Option<u16>, protocol: Option<u8>) -> bool {
        port.is_none_or(|port| self.ports.0 <= port && port <= self.ports.1)
            && self.protocol.is_none_or(|own| protocol.is_none_or(|asked| own == asked))
    }

    /// The same for whoever held the inside address in its time: both must be true at once.
    #[must_use]
    pub fn seen_through(&self, inside: &Self) -> Self {
        let presumed = self.sure_until.is_some() || inside.sure_until.is_some();
        Self {
            id: inside.id,
            by: inside.by.clone(),
            from: self.from.max(inside.from),
            to: earlier(self.over_by(), inside.over_by()),
            sure_until: if presumed { earlier(self.sure_to(), inside.sure_to()) } else { None },
            over_at: None,
            inside: Some(inside.net.addr()),
            source: format!("{}, {}", self.source, inside.source).into(),
            skew: self.skew.max(inside.skew),
            through: earlier(self.through, inside.through),
            kind: if inside.kind == LeaseSourceKind::Static { self.kind } else { inside.kind },
            ..self.clone()
        }
    }
}

impl HolderName {
    /// What kind of name it is, and the name: how it is stored.
    pub fn parts(&self) -> (&'static str, Cow<'_, str>) {
        match self {
            Self::Service(name) => ("service", name.into()),
            Self::Username(name) => ("username", name.into()),
            Self::Circuit(name) => ("circuit", name.into()),
            Self::Mac(name) => ("mac", name.into()),
            Self::Inside(ip) => ("inside", ip.to_canonical().to_string().into()),
        }
    }

    /// The name of stored parts; none if they do not make one.
    pub fn of_parts(kind: &str, name: &str) -> Option<Self> {
        Some(match kind {
            "service" => Self::Service(name.to_owned()),
            "username" => Self::Username(name.to_owned()),
            "circuit" => Self::Circuit(name.to_owned()),
            "mac" => Self::Mac(name.to_owned()),
            "inside" => Self::Inside(name.parse().ok()?),
            _ => return None,
        })
    }
}

impl std::fmt::Display for HolderName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Service(name) => write!(f, "service {name}"),
            Self::Username(name) => write!(f, "user name {name}"),
            Self::Circuit(name) => write!(f, "circuit {name}"),
            Self::Mac(name) => write!(f, "MAC {name}"),
            Self::Inside(ip) => write!(f, "inside address {ip}"),
        }
    }
}

/// The earlier of two instants of which each may be missing (never).
pub fn earlier(one: Option<DateTime<Utc>>, other: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// `at` earlier by `by`, within what can be dated.
pub(crate) fn before(at: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    at.checked_sub_signed(by).unwrap_or(DateTime::<Utc>::MIN_UTC)
}

/// `at` later by `by`, within what can be dated.
pub(crate) fn after(at: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    at.checked_add_signed(by).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
