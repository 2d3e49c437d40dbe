//! The few forms that leases have: by them an address and port are looked up by equality instead of by searching a history.
use super::{key_within, net_bytes, net_key};
use ipnet::IpNet;
use std::net::IpAddr;

/// Ports of an address that is not shared.
pub const WHOLE: i64 = 65_536;
/// Ports of a shape whose blocks have no common size: all blocks of the address are looked through.
pub const IRREGULAR: i64 = 0;
/// A prefix length may have so many sizes of port blocks before further ones count as irregular.
const SIZES_MAX: usize = 12;
/// Leases that last longer, in microseconds, are found by the era in which they began: 25 hours.
pub const LASTING_US: i64 = 25 * 3_600 * 1_000_000;
/// Days of an era.
pub const ERA_DAYS: i64 = 32;
/// Leases that last longer, in microseconds, belong to no era: 32 days.
pub const ERAS_US: i64 = 32 * DAY_US;
/// The era of leases that belong to none: those without an end, and the very long ones.
pub const TIMELESS: i64 = 0;
/// A day in microseconds.
pub const DAY_US: i64 = 86_400 * 1_000_000;

/// What leases have in common that can be found in one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Form {
    /// Bits of the prefix in the 128-bit space (v4 lengths + 96).
    pub length: i64,
    /// Size of the port block; [`WHOLE`] or [`IRREGULAR`] too.
    pub ports: i64,
    /// First port of a block modulo its size.
    pub port_offset: i64,
    /// IP protocol; 0 = any.
    pub protocol: i64,
}

/// A form with its number in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Its number.
    pub id: i64,
    /// The form.
    pub form: Form,
    /// What leases of this form there are, or were.
    pub kinds: Kinds,
}

/// Of what families and how long the leases of a form are: a look-up asks only where there may be some. A bit each for those
/// of IPv4 that do not last, that last, and that are [`TIMELESS`], then the same of IPv6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Kinds(pub i64);

/// Where a look-up finds the leases of one form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spans {
    /// By the day on which they began.
    pub days: bool,
    /// By the era in which they began.
    pub eras: bool,
    /// In no era.
    pub timeless: bool,
}

impl Kinds {
    /// The kind of a lease with this prefix and [`era`].
    pub fn of(net: &IpNet, era: Option<i64>) -> Self {
        let (key, length) = net_key(net);
        let span = match era {
            None => 0,
            Some(TIMELESS) => 2,
            Some(_) => 1,
        };
        Self(1 << (Self::first_bit(&key, length) + span))
    }

    /// Of IPv4 is what has at most four bytes of its own: [`net_bytes`].
    fn first_bit(key: &[u8; 16], length: i64) -> u8 {
        if length >= 96 && net_bytes(key, length).len() <= 4 { 0 } else { 3 }
    }

    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of the other are among them.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Where leases of a prefix with this key may be found.
    pub fn spans(self, key: &[u8; 16], length: i64) -> Spans {
        let bits = self.0 >> Self::first_bit(key, length);
        Spans { days: bits & 1 != 0, eras: bits & 2 != 0, timeless: bits & 4 != 0 }
    }
}

impl Spans {
    /// There are none.
    pub const NOWHERE: Self = Self { days: false, eras: false, timeless: false };
}

impl Form {
    /// The form of a lease.
    pub fn of(net: &IpNet, ports: (u16, u16), protocol: Option<u8>) -> Self {
        let size = i64::from(ports.1) - i64::from(ports.0) + 1;
        Self {
            length: net_key(net).1,
            ports: size,
            port_offset: i64::from(ports.0) % size.max(1),
            protocol: i64::from(protocol.unwrap_or(0)),
        }
    }

    /// The same for blocks without a common size.
    #[must_use]
    pub const fn irregular(self) -> Self {
        Self { ports: IRREGULAR, port_offset: 0, ..self }
    }

    /// First port of the block that holds `port`; none where it cannot be computed, or no block of this form holds it.
    pub const fn block_of(&self, port: u16) -> Option<i64> {
        if self.ports <= 0 {
            return None;
        }
        let port = port as i64;
        if port < self.port_offset {
            return None;
        }
        Some(port - (port - self.port_offset) % self.ports)
    }

    /// Whether an address of this family can lie in a prefix of this form, and the key it is stored under.
    pub fn key(&self, ip: IpAddr) -> Option<[u8; 16]> {
        (ip.is_ipv6() || self.length >= 96).then(|| key_within(ip, self.length))
    }
}

/// The era under which a lease that lasts is found: that in which it began, counted from 1970, or [`TIMELESS`]. None for
/// the many that do not last: they are found by the day on which they began.
pub const fn era(from_us: i64, to_us: Option<i64>) -> Option<i64> {
    match to_us {
        None => Some(TIMELESS),
        Some(to) if to.saturating_sub(from_us) <= LASTING_US => None,
        Some(to) if to.saturating_sub(from_us) > ERAS_US => Some(TIMELESS),
        Some(_) => Some(from_us.div_euclid(DAY_US).div_euclid(ERA_DAYS)),
    }
}

/// The form under which a lease of this form is kept beside those that are there: its own, or the irregular one when there
/// are too many.
pub fn kept_as(known: &[Shape], form: Form) -> Form {
    if known.iter().any(|shape| shape.form == form) {
        return form;
    }
    let sizes = known.iter().filter(|shape| shape.form.length == form.length && shape.form.ports != IRREGULAR).count();
    if form.ports == WHOLE || sizes < SIZES_MAX { form } else { form.irregular() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_says_where_its_leases_are_found() {
        let net = |text: &str| text.parse::<IpNet>().unwrap();
        let (four, six, mapped) = (net("192.0.2.7/32"), net("2001:db8::7/128"), net("::ffff:192.0.2.7/128"));
        let kinds = Kinds::of(&four, None).and(Kinds::of(&four, Some(TIMELESS))).and(Kinds::of(&six, Some(640)));
        let spans = |net| {
            let (key, length) = net_key(net);
            kinds.spans(&key, length)
        };
        assert_eq!(spans(&four), Spans { days: true, eras: false, timeless: true });
        assert_eq!(spans(&six), Spans { days: false, eras: true, timeless: false });
        assert_eq!(spans(&mapped), spans(&four), "kept as IPv4 is");
        assert!(kinds.has(Kinds::of(&mapped, None)) && !kinds.has(Kinds::of(&six, None)));
        assert_eq!(Kinds::default().spans(&net_key(&four).0, 128), Spans::NOWHERE);
    }
}
