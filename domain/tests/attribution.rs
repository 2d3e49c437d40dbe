//! Whose was it then? Each rule of the answer, with the case that would break it.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    attribution::{Answer, Certainty, Doubt, Known, Moment},
    id::{CustomerId, LeaseId, ServiceId},
    lease::{
        Held, HeldBy, LeaseSourceKind, address_key, address_of, key_within, net_bytes, net_key, net_of, net_of_bytes,
    },
    saying::HolderName,
};
use proptest::prelude::*;

fn at(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000 + minute * 60, 0).unwrap()
}

struct Holder {
    service: ServiceId,
    customer: CustomerId,
}

impl Holder {
    fn new() -> Self {
        Self { service: ServiceId::new(), customer: CustomerId::new() }
    }

    fn held(&self, from: i64, to: Option<i64>, ports: (u16, u16)) -> Held {
        Held {
            id: LeaseId::new(),
            net: "198.51.100.77/32".parse().unwrap(),
            ports,
            protocol: None,
            by: HeldBy {
                name: HolderName::Username(self.service.to_string()),
                service: Some((self.service, self.customer)),
            },
            from: at(from),
            to: to.map(at),
            sure_until: None,
            over_at: None,
            inside: None,
            source: "radius.bng-3".into(),
            kind: LeaseSourceKind::Radius,
            skew: TimeDelta::zero(),
            through: None,
        }
    }
}

const ALL: (u16, u16) = (0, u16::MAX);

fn moment(minute: i64, port: Option<u16>) -> Moment {
    Moment::at(at(minute), port)
}

fn decide(rows: &[Held], moment: &Moment) -> Answer {
    domain::attribution::decide(rows, moment, &Known::default())
}

#[test]
fn the_holder_at_the_time_counts_not_the_present_one() {
    let (before, now) = (Holder::new(), Holder::new());
    let leases = [before.held(0, Some(100), ALL), now.held(100, None, ALL)];
    assert_eq!(decide(&leases, &moment(99, None)).holder().unwrap().service, before.service);
    // The border belongs to the new lease alone.
    assert_eq!(decide(&leases, &moment(100, None)).holder().unwrap().service, now.service);
    assert_eq!(decide(&leases, &moment(-1, None)).certainty, Certainty::Unknown);
}

#[test]
fn a_gap_between_leases_is_nobodys() {
    let holder = Holder::new();
    let leases = [holder.held(0, Some(10), ALL), holder.held(20, None, ALL)];
    assert_eq!(decide(&leases, &moment(15, None)).certainty, Certainty::Unknown);
}

#[test]
fn a_shared_address_needs_the_port() {
    let (one, other) = (Holder::new(), Holder::new());
    let leases = [one.held(0, None, (49_152, 50_175)), other.held(0, None, (50_176, 51_199))];
    assert_eq!(decide(&leases, &moment(5, Some(49_431))).holder().unwrap().service, one.service);
    let without = decide(&leases, &moment(5, None));
    assert_eq!((without.certainty, without.candidates.len()), (Certainty::Ambiguous, 2));
    assert!(without.why.contains("no source port"), "{}", without.why);
    assert_eq!(decide(&leases, &moment(5, Some(80))).certainty, Certainty::Unknown);
    // Even a single known block of a shared address proves nothing without the port.
    assert_eq!(decide(&leases[..1], &moment(5, None)).certainty, Certainty::Ambiguous);
}

#[test]
fn a_span_over_two_holders_is_ambiguous_over_two_leases_of_one_is_not() {
    let (one, other) = (Holder::new(), Holder::new());
    let span = Moment { to: at(15), ..moment(5, None) };
    let changed = [one.held(0, Some(10), ALL), other.held(10, None, ALL)];
    assert_eq!(decide(&changed, &span).certainty, Certainty::Ambiguous);
    let renewed = [one.held(0, Some(10), ALL), one.held(10, None, ALL)];
    assert_eq!(decide(&renewed, &span).certainty, Certainty::Certain);
    let holey = [one.held(0, Some(8), ALL), one.held(10, None, ALL)];
    let partly = decide(&holey, &span);
    assert_eq!(partly.certainty, Certainty::Ambiguous);
    assert!(partly.why.contains("only part"), "{}", partly.why);
}

#[test]
fn an_assumed_time_is_certain_only_for_who_held_it_long() {
    let holder = Holder::new();
    let assumed = Moment { time_stated: false, ..moment(60 * 48, None) };
    assert_eq!(decide(&[holder.held(0, None, ALL)], &assumed).certainty, Certainty::Certain);
    assert_eq!(decide(&[holder.held(60 * 47, None, ALL)], &assumed).certainty, Certainty::Ambiguous);
}

#[test]
fn clocks_that_may_be_off_make_the_border_doubtful() {
    let (before, now) = (Holder::new(), Holder::new());
    let off = |held: Held| Held { skew: TimeDelta::seconds(5), ..held };
    let leases = [off(before.held(0, Some(100), ALL)), off(now.held(100, None, ALL))];
    let near = Moment { from: at(100) - TimeDelta::seconds(4), to: at(100) - TimeDelta::seconds(4), ..moment(0, None) };
    assert_eq!(decide(&leases, &near).doubt, Some(Doubt::NearChange));
    assert_eq!(decide(&leases, &moment(99, None)).holder().unwrap().service, before.service);
    // What the reporter's clock may be off counts on top.
    let vague = Moment { uncertainty: TimeDelta::seconds(56), ..moment(99, None) };
    assert_eq!(decide(&leases, &vague).doubt, Some(Doubt::NearChange));
    // The same holder before and after: no doubt.
    let renewed = [off(now.held(0, Some(100), ALL)), off(now.held(100, None, ALL))];
    assert_eq!(decide(&renewed, &near).certainty, Certainty::Certain);
}

#[test]
fn what_is_only_presumed_is_never_certain() {
    let holder = Holder::new();
    let lost = Held { sure_until: Some(at(50)), ..holder.held(0, None, ALL) };
    assert_eq!(decide(std::slice::from_ref(&lost), &moment(49, None)).certainty, Certainty::Certain);
    assert_eq!(decide(std::slice::from_ref(&lost), &moment(60, None)).doubt, Some(Doubt::Presumed));
    // Somebody else got the address at 70: the lost session was over by then.
    let over = Held { over_at: Some(at(70)), ..lost };
    assert_eq!(decide(&[over], &moment(80, None)).doubt, Some(Doubt::NoLease));
}

#[test]
fn beyond_the_watermark_is_waited() {
    let holder = Holder::new();
    let open = Held { through: Some(at(50)), ..holder.held(0, None, ALL) };
    assert_eq!(decide(std::slice::from_ref(&open), &moment(49, None)).certainty, Certainty::Certain);
    assert_eq!(decide(std::slice::from_ref(&open), &moment(60, None)).doubt, Some(Doubt::Waiting));
    let known = Known { through: Some(("dhcp-1".to_owned(), at(50))), ..Known::default() };
    let nobody = domain::attribution::decide(&[], &moment(60, None), &known);
    assert_eq!((nobody.certainty, nobody.doubt), (Certainty::Unknown, Some(Doubt::Waiting)));
    let gone = Known { erased_before: Some(at(100)), ..Known::default() };
    assert_eq!(domain::attribution::decide(&[], &moment(60, None), &gone).doubt, Some(Doubt::Gone));
}

#[test]
fn of_ranges_inside_each_other_the_narrowest_speaks() {
    let (reseller, customer) = (Holder::new(), Holder::new());
    let range = |holder: &Holder, net: &str, to| Held {
        net: net.parse().unwrap(),
        kind: LeaseSourceKind::Static,
        ..holder.held(0, to, ALL)
    };
    let leases = [range(&reseller, "198.51.100.0/24", None), range(&customer, "198.51.100.64/28", Some(100))];
    assert_eq!(decide(&leases, &moment(50, None)).holder().unwrap().service, customer.service);
    assert_eq!(decide(&leases, &moment(150, None)).holder().unwrap().service, reseller.service);
}

#[test]
fn a_name_that_no_service_has_is_nobody_but_not_nothing() {
    let holder = Holder::new();
    let by = HeldBy { name: HolderName::Username("u1".to_owned()), service: None };
    let nameless = Held { by, ..holder.held(0, None, ALL) };
    let answer = decide(&[nameless], &moment(5, None));
    assert_eq!((answer.certainty, answer.doubt), (Certainty::Unknown, Some(Doubt::NameUnknown)));
    assert!(answer.why.contains("user name u1"), "{}", answer.why);
    assert_eq!(answer.waits.len(), 1);
}

proptest! {
    #[test]
    fn certain_means_exactly_one_service_whatever_the_leases(
        spans in prop::collection::vec((0_usize..4, 0_i64..200, prop::option::of(1_i64..100)), 0..12),
        minute in 0_i64..200, length in 0_i64..20, port in prop::option::of(0_u16..), stated: bool,
    ) {
        let holders: Vec<Holder> = (0..4).map(|_| Holder::new()).collect();
        let leases: Vec<Held> =
            spans.iter().map(|(who, from, life)| holders[*who].held(*from, life.map(|life| from + life), ALL)).collect();
        let when = Moment { to: at(minute + length), time_stated: stated, ..moment(minute, port) };
        let answer = decide(&leases, &when);
        let services: std::collections::BTreeSet<_> = leases
            .iter()
            .filter(|lease| lease.from <= when.to && lease.to.is_none_or(|to| to > when.from))
            .filter_map(|lease| lease.by.service)
            .collect();
        match answer.certainty {
            Certainty::Certain => prop_assert_eq!(services.len(), 1),
            Certainty::Unknown => prop_assert!(services.is_empty()),
            Certainty::Ambiguous => prop_assert!(!answer.why.is_empty() && !services.is_empty()),
        }
        prop_assert_eq!(answer.holder().is_some(), answer.certainty == Certainty::Certain);
    }

    #[test]
    fn an_address_lies_in_the_prefix_its_key_says(bits: u128, v4: u32, length in 0_u8..=32) {
        let six = std::net::IpAddr::from(bits.to_be_bytes());
        prop_assert_eq!(address_key(address_of(address_key(six))), address_key(six));
        let four = std::net::IpAddr::from(v4.to_be_bytes());
        let net = ipnet::IpNet::new(four, length).unwrap().trunc();
        let (key, bits_used) = net_key(&net);
        prop_assert_eq!(key_within(four, bits_used), key);
        prop_assert_eq!(net_of(key, bits_used), Some(net));
        prop_assert!(net_bytes(&key, bits_used).len() <= 4);
        prop_assert_eq!(net_of_bytes(net_bytes(&key, bits_used), bits_used), Some(net));
    }

    #[test]
    fn the_bytes_a_prefix_fixes_say_which_it_is(bits: u128, length in 0_u8..=128) {
        let net = ipnet::IpNet::new(std::net::IpAddr::from(bits.to_be_bytes()), length).unwrap().trunc();
        let (key, length) = net_key(&net);
        let bytes = net_bytes(&key, length);
        prop_assert_eq!(bytes.len(), usize::from(net.prefix_len().div_ceil(8)));
        prop_assert_eq!(net_of_bytes(bytes, length), Some(net));
    }
}

#[test]
fn the_lengths_of_both_families_share_one_space() {
    let v4: ipnet::IpNet = "192.0.2.0/24".parse().unwrap();
    let v6: ipnet::IpNet = "2001:db8:4f::/56".parse().unwrap();
    assert_eq!((net_key(&v4).1, net_key(&v6).1), (120, 56));
    let within = key_within("2001:db8:4f:12::9".parse().unwrap(), 56);
    assert_eq!(net_of(within, 56).unwrap().to_string(), "2001:db8:4f::/56");
}
