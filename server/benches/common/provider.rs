//! A provider that never was: who held which address when is a formula, so that the truth is known without a list.
//!
//! IPv4 behind a CGNAT, 64 subscribers an address in blocks of 1,008 ports; a fifth of the blocks change hands every day,
//! the others every twelve days. Each subscriber has a delegated /56 of IPv6, which changes hands every fifteen days.
//! Devices' clocks are off by up to two seconds; one session in a hundred loses its Stop.
use chrono::{DateTime, TimeDelta, Utc};
use domain::saying::{HolderName, Saying, Word};
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    ops::Range,
};

/// Days of leases.
pub(crate) const DAYS: i64 = 30;
/// Subscribers of one shared address.
pub(crate) const SHARE: u64 = 64;
/// Ports of each.
const PORTS: u64 = 1_008;
const FIRST_PORT: u64 = 1_024;

/// The provider.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Provider {
    /// Subscribers, with one service each.
    pub(crate) subscribers: u64,
    /// First instant of the first day.
    pub(crate) begins: DateTime<Utc>,
}

/// One of the things that are leased: a block of ports, or a prefix.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) six: bool,
    pub(crate) number: u64,
}

/// A lease as it truly was.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Truth {
    pub(crate) holder: u64,
    pub(crate) from: DateTime<Utc>,
    pub(crate) to: DateTime<Utc>,
    /// Last sign of life, where the Stop was lost.
    lost: Option<DateTime<Utc>>,
}

/// Numbers that look random and are the same in every run.
pub(crate) fn mixed(seed: u64) -> u64 {
    let mut x = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

impl Provider {
    fn period(place: Place) -> i64 {
        match (place.six, place.number % 5) {
            (true, _) => 15,
            (false, 0) => 1,
            (false, _) => 12,
        }
    }

    fn key(place: Place) -> u64 {
        mixed(place.number * 2 + u64::from(place.six))
    }

    /// Start of the `nth` lease of a place; before the first day for the first ones.
    fn border(self, place: Place, nth: i64) -> DateTime<Utc> {
        let period = Self::period(place) * 86_400;
        let phase = i64::try_from(Self::key(place) % period.unsigned_abs()).unwrap();
        self.begins + TimeDelta::seconds(nth * period + phase - period)
    }

    /// The `nth` lease of a place.
    pub(crate) fn truth(self, place: Place, nth: i64) -> Truth {
        let roll = mixed(Self::key(place) ^ nth.unsigned_abs());
        let (from, next) = (self.border(place, nth), self.border(place, nth + 1));
        // Half of the changes of hands are immediate.
        let gap = if roll.is_multiple_of(2) { 0 } else { i64::try_from(roll / 2 % 120).unwrap() };
        let to = next - TimeDelta::seconds(gap);
        let part = (to - from) / 100 * i32::try_from(roll / 7 % 99).unwrap();
        let lost = (roll / 1_000).is_multiple_of(100).then_some(from + part);
        let stride = if place.six { 611_953 } else { 370_003 };
        Truth { holder: (place.number + nth.unsigned_abs() * stride) % self.subscribers, from, to, lost }
    }

    /// Who truly held it at an instant.
    pub(crate) fn holder(self, place: Place, at: DateTime<Utc>) -> Option<u64> {
        let period = Self::period(place) * 86_400;
        let nth = (at - self.border(place, 0)).num_seconds().div_euclid(period);
        let truth = self.truth(place, nth);
        (truth.from <= at && at < truth.to).then_some(truth.holder)
    }

    /// The address an event of this place comes from, and its port.
    pub(crate) fn source(place: Place, roll: u64) -> (IpAddr, u16) {
        if place.six {
            let bits = (0x2001_0db8_u128 << 96) | (u128::from(place.number) << 72) | u128::from(mixed(roll));
            return (Ipv6Addr::from(bits).into(), 1_024 + u16::try_from(roll % 60_000).unwrap());
        }
        let port = FIRST_PORT + place.number % SHARE * PORTS + roll % PORTS;
        (Self::shared(place.number), u16::try_from(port).unwrap())
    }

    /// 198.18.0.0/15 is for benchmarks (RFC 2544).
    fn shared(number: u64) -> IpAddr {
        Ipv4Addr::from(0xc612_0000 + u32::try_from(number / SHARE).unwrap()).into()
    }

    /// What the sources say of the leases that end on a day, in no order of addresses; on the last day also of those that
    /// go on: the part about some of the places. Calls `each` for every saying.
    pub(crate) fn day(self, six: bool, day: i64, places: Range<u64>, mut each: impl FnMut(Saying)) {
        let (first, last) = (self.begins + TimeDelta::days(day), self.begins + TimeDelta::days(day + 1));
        for n in places {
            let place = Place { six, number: (n * 7_919 + day.unsigned_abs()) % self.subscribers };
            let period = Self::period(place) * 86_400;
            let mut nth = (first - self.border(place, 0)).num_seconds().div_euclid(period) - 1;
            loop {
                let truth = self.truth(place, nth);
                let ended = truth.to >= first && truth.to < last;
                let goes_on = day == DAYS - 1 && truth.from < last && truth.to >= last;
                if ended || goes_on {
                    self.say(place, nth, truth, goes_on, &mut each);
                }
                if truth.from >= last {
                    break;
                }
                nth += 1;
            }
        }
    }

    fn say(self, place: Place, nth: i64, truth: Truth, goes_on: bool, each: &mut impl FnMut(Saying)) {
        // Each address has its device, and each device its own wrong clock.
        let device = if place.six { place.number % 97 } else { place.number / SHARE % 97 };
        let off = TimeDelta::milliseconds(i64::try_from(mixed(device) % 4_000).unwrap() - 2_000);
        let net = if place.six {
            let bits = (0x2001_0db8_u128 << 96) | (u128::from(place.number) << 72);
            ipnet::IpNet::new(Ipv6Addr::from(bits).into(), 56).unwrap()
        } else {
            Self::shared(place.number).into()
        };
        let block = u16::try_from(FIRST_PORT + place.number % SHARE * PORTS).unwrap();
        let ports = if place.six { (0, u16::MAX) } else { (block, block + 1_007) };
        let holder = HolderName::Username(format!("u{}@isp.example", truth.holder));
        let saying = |word| Saying { line: 0, net, ports, protocol: None, holder: holder.clone(), word };
        let session = || format!("bng-{device}/{}-{}-{nth}", u8::from(place.six), place.number);
        let end = self.begins + TimeDelta::days(DAYS);
        match truth.lost.filter(|last| *last < end) {
            Some(last) => {
                each(saying(Word::Alive { at: last + off, session: session(), started: Some(truth.from + off) }));
            }
            None if goes_on => {
                each(saying(Word::Alive { at: end + off, session: session(), started: Some(truth.from + off) }));
            }
            None => each(saying(Word::Held { from: truth.from + off, to: Some(truth.to + off) })),
        }
    }
}
