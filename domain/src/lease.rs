//! "This address (and port range) belonged to this service from A to B", with its source.
pub mod board;
pub mod held;
pub mod look;
pub mod resolver;
pub mod session;
pub mod shape;
pub mod source;

pub use held::{Held, HeldBy};
pub use source::{
    CgnatRule, Heard, ImportPlace, ImportRow, LeaseSource, LeaseSourceKind, RefusedRow, SourceSetUp, Taken,
};

use crate::id::{CustomerId, LeaseId, RangeId, ServiceId};
use chrono::{DateTime, Utc};
use ipnet::IpNet;
use std::net::{IpAddr, Ipv6Addr};

/// One lease. A fixed address of a service is a lease without an end and with source `static`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Identifier.
    pub id: LeaseId,
    /// The address or prefix.
    pub net: IpNet,
    /// Lowest and highest source port; `(0, 65535)` = the address is not shared.
    pub ports: (u16, u16),
    /// The holder.
    pub service: ServiceId,
    /// Whose service.
    pub customer: CustomerId,
    /// First instant.
    pub from: DateTime<Utc>,
    /// First instant after it; none = still held.
    pub to: Option<DateTime<Utc>>,
    /// Who says so, such as `radius bng-3`, `dhcp`, `static`, `import`.
    pub source: String,
}

impl Lease {
    /// Whether the holder had the address for himself.
    pub const fn whole_address(&self) -> bool {
        self.ports.0 == 0 && self.ports.1 == u16::MAX
    }
}

/// A range of the provider's own addresses: an event from elsewhere is not ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnRange {
    /// Identifier.
    pub id: RangeId,
    /// The prefix.
    pub net: IpNet,
    /// What it is used for.
    pub label: String,
}

/// 16 bytes big-endian, v4 as `::ffff:a.b.c.d`: the form of an address in the store.
pub fn address_key(ip: IpAddr) -> [u8; 16] {
    match ip {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().octets(),
        IpAddr::V6(v6) => v6.octets(),
    }
}

/// The address of a stored key; v4-mapped becomes v4.
pub fn address_of(key: [u8; 16]) -> IpAddr {
    Ipv6Addr::from(key).to_canonical()
}

/// First address key and prefix length in the 128-bit space (v4 lengths + 96): how a prefix is stored and looked up.
pub fn net_key(net: &IpNet) -> ([u8; 16], i64) {
    let length = i64::from(net.prefix_len()) + if matches!(net, IpNet::V4(_)) { 96 } else { 0 };
    (address_key(net.network()), length)
}

/// The prefix of a stored key and length; `None` if they do not make one.
pub fn net_of(key: [u8; 16], length: i64) -> Option<IpNet> {
    let ip = address_of(key);
    let length = if ip.is_ipv4() { length - 96 } else { length };
    IpNet::new(ip, u8::try_from(length).ok()?).ok()
}

/// What an IPv4 address begins with in the 128-bit space (RFC 4291 section 2.5.5.2).
const V4_MAPPED: [u8; 12] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/// The bytes of a key that a prefix of `length` (128-bit space) fixes: of IPv4 at most four, of a /56 seven. In the lease
/// index every byte counts. They are four at most for IPv4 only, so bytes and length say which prefix it is.
pub fn net_bytes(key: &[u8; 16], length: i64) -> &[u8] {
    let end = usize::try_from((length.clamp(0, 128) + 7) / 8).unwrap_or(16);
    let begin = if length >= 96 && key.starts_with(&V4_MAPPED) { 12 } else { 0 };
    key.get(begin..end).unwrap_or_default()
}

/// The prefix of [`net_bytes`] and length; `None` if they do not make one.
pub fn net_of_bytes(bytes: &[u8], length: i64) -> Option<IpNet> {
    let mut key = [0; 16];
    let begin = if length >= 96 && bytes.len() <= 4 {
        key.get_mut(..12)?.copy_from_slice(&V4_MAPPED);
        12
    } else {
        0
    };
    key.get_mut(begin..begin + bytes.len())?.copy_from_slice(bytes);
    net_of(key, length)
}

/// The stored key of the prefix of `length` (128-bit space) around `ip`.
pub fn key_within(ip: IpAddr, length: i64) -> [u8; 16] {
    let bits = u128::from_be_bytes(address_key(ip));
    let shift = u32::try_from(128 - length.clamp(0, 128)).unwrap_or(0);
    bits.checked_shr(shift).and_then(|kept| kept.checked_shl(shift)).unwrap_or(0).to_be_bytes()
}
