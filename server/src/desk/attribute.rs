//! Whose was it then? Looks the sources of a batch of events up in the leases of their time.
use super::DeskError;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    attribution::{Answer, Candidate, Certainty, Moment, decide},
    customer::Service,
    event::{Observation, SourceKind, TimeGrade},
    lease::{Lease, OwnRange, key_within, net_key},
};
use std::{
    collections::{HashMap, HashSet},
    net::IpAddr,
};
use store::Conn;

/// A reporter's clock may be this far ahead of ours before its time counts as not stated.
const CLOCK_AHEAD: TimeDelta = TimeDelta::minutes(10);

/// What attribution needs of the whole desk, loaded once per report.
pub(super) struct Attributor {
    ranges: Vec<OwnRange>,
}

/// Leases by prefix.
struct Known {
    leases: HashMap<([u8; 16], i64), Vec<Lease>>,
    lengths: Vec<i64>,
}

impl Attributor {
    pub(super) async fn load(conn: &mut Conn) -> Result<Self, DeskError> {
        Ok(Self { ranges: conn.range_list().await? })
    }

    /// The answer for each event, in their order. One look-up serves all.
    pub(super) async fn answers(
        &self,
        conn: &mut Conn,
        events: &[Observation],
        received_at: DateTime<Utc>,
    ) -> Result<Vec<Answer>, DeskError> {
        let moments: Vec<Moment> = events.iter().map(|event| moment(event, received_at)).collect();
        let known = self.leases(conn, events, &moments).await?;
        let accounts = accounts(conn, events).await?;
        let answer = |(event, moment): (&Observation, &Moment)| match event.source.ip() {
            Some(ip) => self.by_address(&known, ip, moment),
            None => by_name(&accounts, event, moment),
        };
        Ok(events.iter().zip(&moments).map(answer).collect())
    }

    fn ours(&self, ip: IpAddr) -> bool {
        self.ranges.is_empty() || self.ranges.iter().any(|range| range.net.contains(&ip))
    }

    async fn leases(&self, conn: &mut Conn, events: &[Observation], moments: &[Moment]) -> Result<Known, DeskError> {
        let addresses: HashSet<IpAddr> =
            events.iter().filter_map(|event| event.source.ip()).filter(|ip| self.ours(*ip)).collect();
        let addresses: Vec<IpAddr> = addresses.into_iter().collect();
        let span = moments.iter().map(|m| m.from).min().zip(moments.iter().map(|m| m.to).max());
        let found = match span {
            Some((from, to)) if !addresses.is_empty() => conn.lease_at(&addresses, from, to).await?,
            _ => Vec::new(),
        };
        let mut leases: HashMap<_, Vec<Lease>> = HashMap::new();
        for lease in found {
            leases.entry(net_key(&lease.net)).or_default().push(lease);
        }
        let lengths: HashSet<i64> = leases.keys().map(|key| key.1).collect();
        Ok(Known { leases, lengths: lengths.into_iter().collect() })
    }

    fn by_address(&self, known: &Known, ip: IpAddr, moment: &Moment) -> Answer {
        if !self.ours(ip) {
            return Answer::unknown("not one of our addresses");
        }
        decide(&known.of(ip), moment)
    }
}

impl Known {
    fn of(&self, ip: IpAddr) -> Vec<Lease> {
        let lengths = self.lengths.iter().filter(|length| ip.is_ipv6() || **length >= 96);
        let held = lengths.filter_map(|length| self.leases.get(&(key_within(ip, *length), *length)));
        held.flatten().cloned().collect()
    }
}

/// When the event was, and how far the reporter's time is to be trusted.
pub(super) fn moment(event: &Observation, received_at: DateTime<Utc>) -> Moment {
    let from = event.from.unwrap_or(received_at);
    let to = event.to.unwrap_or(from).max(from);
    let stated = matches!(event.time_grade, TimeGrade::Stated | TimeGrade::StatedUtc | TimeGrade::Range);
    Moment { from, to, port: event.source.port, time_stated: stated && to <= received_at + CLOCK_AHEAD }
}

async fn accounts(conn: &mut Conn, events: &[Observation]) -> Result<HashMap<String, Vec<Service>>, DeskError> {
    let names: HashSet<String> = events
        .iter()
        .filter(|event| event.source.kind == SourceKind::Account)
        .map(|event| event.source.value.clone())
        .collect();
    let names: Vec<String> = names.into_iter().collect();
    let mut found: HashMap<String, Vec<Service>> = HashMap::new();
    if !names.is_empty() {
        for service in conn.services_by_username(&names).await? {
            found.entry(service.username.clone()).or_default().push(service);
        }
    }
    Ok(found)
}

fn by_name(accounts: &HashMap<String, Vec<Service>>, event: &Observation, moment: &Moment) -> Answer {
    let why = match event.source.kind {
        SourceKind::Account => "no service has this user name",
        SourceKind::Phone => "the report names a telephone number, not an address",
        _ => "the report names a host, not an address",
    };
    let Some(services) = accounts.get(&event.source.value).filter(|_| event.source.kind == SourceKind::Account) else {
        return Answer::unknown(why);
    };
    let candidates: Vec<Candidate> = services.iter().map(|service| named(service, moment.from)).collect();
    if candidates.len() > 1 {
        let why = "several services have this user name".to_owned();
        return Answer { certainty: Certainty::Ambiguous, candidates, why };
    }
    Answer { certainty: Certainty::Certain, candidates, why: String::new() }
}

/// A service that is known by its own name, without a lease.
pub(super) fn named(service: &Service, from: DateTime<Utc>) -> Candidate {
    Candidate {
        lease: None,
        service: service.id,
        customer: service.customer,
        from,
        to: None,
        ports: (0, u16::MAX),
        source: "user name".to_owned(),
    }
}
