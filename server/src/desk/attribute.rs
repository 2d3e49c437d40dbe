//! Whose was it then? Looks the sources of a batch of events up in the lease index, behind a CGNAT too.
use super::{
    DeskError,
    attribute_name::{Names, host_of, reconcile, stated_address},
};
use crate::config::resolver::Resolver;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    attribution::{Answer, Candidate, Doubt, Known, Moment, Wait, decide},
    customer::Service,
    event::{Observation, SourceKind, TimeGrade},
    id::LeaseId,
    lease::{CgnatRule, Held, HeldBy, LeaseSource, LeaseSourceKind, OwnRange},
    saying::HolderName,
};
use std::{
    collections::{HashMap, HashSet},
    net::IpAddr,
    sync::Arc,
};
use store::{Conn, LeaseAsk, LeaseForms, Tx};

/// A reporter's clock may be this far ahead of ours before its time counts as not stated.
const CLOCK_AHEAD: TimeDelta = TimeDelta::minutes(10);
/// Inside addresses behind one outside address that are looked up where no port is given.
const INSIDES_MAX: u16 = 64;

/// What attribution needs of the whole desk, loaded for each part of a report: leases of a new form, or of a new source, may
/// have come since the last.
pub(super) struct Attributor {
    news: i64,
    ranges: Vec<OwnRange>,
    forms: LeaseForms,
    known: Known,
    rules: Vec<CgnatRule>,
    resolvers: Arc<[Resolver]>,
}

/// An address, its port and protocol, and the span in microseconds: what makes two questions the same.
type Place = (IpAddr, Option<u16>, Option<u8>, i64, i64);

/// Questions to the index: each distinct one once.
#[derive(Default)]
struct Asked {
    asks: Vec<LeaseAsk>,
    places: HashMap<Place, usize>,
}

impl Attributor {
    /// `resolvers`: who may be asked what the index does not know.
    pub(super) async fn load(conn: &mut Conn, resolvers: &Arc<[Resolver]>) -> Result<Self, DeskError> {
        // First: what is told from now on is seen by the count.
        let news = conn.lease_news().await?;
        let forms = conn.lease_forms().await?;
        let known = Known::of(&forms.by_name());
        let (ranges, rules) = (conn.range_list().await?, conn.cgnat_rules().await?);
        Ok(Self { news, ranges, forms, known, rules, resolvers: resolvers.clone() })
    }

    /// The same, for answers that are stored in this transaction: what is told of leases meanwhile waits for its end, and then
    /// has their events asked again.
    pub(super) async fn load_holding(tx: &mut Tx, resolvers: &Arc<[Resolver]>) -> Result<Self, DeskError> {
        tx.lease_news_held().await?;
        Self::load(tx, resolvers).await
    }

    /// How often something new had been told when it was loaded.
    pub(super) const fn news(&self) -> i64 {
        self.news
    }

    /// The answer for each event, in their order. One look-up serves all.
    pub(super) async fn answers(
        &self,
        conn: &mut Conn,
        events: &[Observation],
        received_at: DateTime<Utc>,
    ) -> Result<Vec<Answer>, DeskError> {
        let moments: Vec<Moment> = events.iter().map(|event| moment(event, received_at)).collect();
        let names = Names::load(conn, events).await?;
        let hosts: Vec<Option<String>> = events.iter().map(host_of).collect();
        let address = |(event, host): (&Observation, &Option<String>)| match host {
            Some(_) => stated_address(event),
            None => event.source.ip(),
        };
        let asked: Vec<Option<(IpAddr, Moment)>> = (events.iter().zip(&hosts).map(address).zip(&moments))
            .map(|(address, moment)| Some((address?, *moment)))
            .collect();
        let placed: Vec<(IpAddr, Moment)> = asked.iter().flatten().copied().collect();
        let mut found = self.at(conn, &placed).await?.into_iter();
        let mut answers = Vec::with_capacity(events.len());
        for (((event, moment), asked), host) in events.iter().zip(&moments).zip(&asked).zip(&hosts) {
            let by_address = asked.and_then(|_| found.next());
            answers.push(match (host, by_address) {
                (Some(host), by_address) => reconcile(conn, host, names.host(host, moment), by_address, moment).await?,
                (None, Some(by_address)) => by_address,
                (None, None) => by_name(&names, event, moment),
            });
        }
        Ok(answers)
    }

    /// Whose a host name was by the lists of hosted domains.
    pub(super) async fn by_host(&self, conn: &mut Conn, host: &str, moment: &Moment) -> Result<Answer, DeskError> {
        let names = Names::of_host(conn, host).await?;
        reconcile(conn, host, names.host(host, moment), None, moment).await
    }

    /// The lease sources with their watermarks, by name.
    pub(super) fn sources(&self) -> Vec<LeaseSource> {
        self.forms.by_name()
    }

    /// The answer for each address at its moment.
    pub(super) async fn at(&self, conn: &mut Conn, asked: &[(IpAddr, Moment)]) -> Result<Vec<Answer>, DeskError> {
        let held = self.held(conn, asked).await?;
        let mut answers = self.by_index(asked, &held);
        if !self.resolvers.is_empty() {
            self.resolve(conn, asked, &held, &mut answers).await?;
        }
        Ok(answers)
    }

    /// The answer of the index alone, from the rows of each address.
    pub(super) fn by_index(&self, asked: &[(IpAddr, Moment)], held: &[Vec<Held>]) -> Vec<Answer> {
        let answer = |((ip, moment), rows): (&(IpAddr, Moment), &Vec<Held>)| {
            if !self.ours(*ip) {
                return Answer::unknown("not one of our addresses").because(Doubt::NotOurs);
            }
            let mut answer = decide(rows, moment, &self.known);
            // A certain one too: a later lease of the inside address may speak against it.
            let inside: HashSet<IpAddr> = rows.iter().filter_map(inside_of).collect();
            answer.waits.extend(inside.into_iter().map(Wait::Inside));
            answer
        };
        asked.iter().zip(held).map(answer).collect()
    }

    /// Who may be asked what the index does not know.
    pub(super) fn resolvers(&self) -> &[Resolver] {
        &self.resolvers
    }

    /// Whether the address is one of the provider's.
    pub(super) fn ours(&self, ip: IpAddr) -> bool {
        self.ranges.is_empty() || self.ranges.iter().any(|range| range.net.contains(&ip))
    }

    /// For each address the rows of the index that may reach its moment; those of a CGNAT through to who had the inside
    /// address.
    pub(super) async fn held(&self, conn: &mut Conn, asked: &[(IpAddr, Moment)]) -> Result<Vec<Vec<Held>>, DeskError> {
        let mut first = Asked::default();
        let places: Vec<Option<usize>> =
            asked.iter().map(|(ip, moment)| self.ours(*ip).then(|| first.place(*ip, moment))).collect();
        let found = conn.lease_find(&self.forms, &first.asks).await?;
        let rows = |place: &Option<usize>| place.and_then(|place| found.get(place)).cloned().unwrap_or_default();
        let mut outer: Vec<Vec<Held>> = places.iter().map(rows).collect();
        for ((rows, (ip, moment)), place) in outer.iter_mut().zip(asked).zip(&places) {
            if place.is_some() {
                rows.extend(self.computed(*ip, moment));
            }
        }
        let mut second = Asked::default();
        let mut behind: Vec<Vec<(usize, usize)>> = vec![Vec::new(); outer.len()];
        for ((rows, (_, moment)), links) in outer.iter().zip(asked).zip(&mut behind) {
            for (at, row) in rows.iter().enumerate() {
                if let HolderName::Inside(ip) = &row.by.name {
                    links.push((at, second.place(*ip, &Moment { port: None, protocol: None, ..*moment })));
                }
            }
        }
        if second.asks.is_empty() {
            return Ok(outer);
        }
        let inner = conn.lease_find(&self.forms, &second.asks).await?;
        for ((rows, links), (_, moment)) in outer.iter_mut().zip(behind).zip(asked) {
            through(rows, &links, &inner, moment.window());
        }
        Ok(outer)
    }

    /// What the rules of deterministic CGNAT say.
    fn computed(&self, ip: IpAddr, moment: &Moment) -> Vec<Held> {
        let (from, to) = moment.window();
        let holding = self.rules.iter().filter(|rule| rule.outside.contains(&ip) && rule.valid(from, to));
        let ports = |rule: &CgnatRule| -> Vec<u16> {
            match moment.port {
                Some(port) => vec![port],
                None => {
                    (0..INSIDES_MAX).map_while(|n| rule.first_port.checked_add(n.checked_mul(rule.ports)?)).collect()
                }
            }
        };
        let held = |rule: &CgnatRule, port: u16| {
            let (inside, ports) = rule.inside_of(ip, port)?;
            Some(Held {
                id: LeaseId(rule.id.0),
                net: ip.into(),
                ports,
                protocol: None,
                by: HeldBy { name: HolderName::Inside(inside), service: None },
                from: rule.from,
                to: rule.to,
                sure_until: None,
                over_at: None,
                inside: None,
                source: "cgnat rule".into(),
                kind: LeaseSourceKind::Cgnat,
                skew: TimeDelta::zero(),
                through: None,
            })
        };
        holding.flat_map(|rule| ports(rule).into_iter().filter_map(move |port| held(rule, port))).collect()
    }
}

impl Asked {
    fn place(&mut self, ip: IpAddr, moment: &Moment) -> usize {
        let (from, to) = moment.window();
        let key = (ip, moment.port, moment.protocol, from.timestamp_micros(), to.timestamp_micros());
        *self.places.entry(key).or_insert_with(|| {
            self.asks.push(LeaseAsk { address: ip, port: moment.port, protocol: moment.protocol, from, to });
            self.asks.len() - 1
        })
    }
}

/// Puts in the place of each inside address those who may have had it.
fn through(
    rows: &mut Vec<Held>,
    links: &[(usize, usize)],
    inner: &[Vec<Held>],
    window: (DateTime<Utc>, DateTime<Utc>),
) {
    let mut gone = HashSet::new();
    let mut seen = Vec::new();
    for (at, place) in links {
        let (Some(outer), Some(inner)) = (rows.get(*at), inner.get(*place)) else { continue };
        let had: Vec<Held> =
            inner.iter().filter(|row| row.may_reach(window.0, window.1)).map(|row| outer.seen_through(row)).collect();
        if !had.is_empty() {
            gone.insert(*at);
            seen.extend(had);
        }
    }
    let mut at = 0;
    rows.retain(|_| {
        at += 1;
        !gone.contains(&(at - 1))
    });
    rows.extend(seen);
}

fn inside_of(row: &Held) -> Option<IpAddr> {
    match (row.inside, &row.by.name) {
        (Some(ip), _) => Some(ip),
        (None, HolderName::Inside(ip)) => Some(*ip),
        _ => None,
    }
}

/// When the event was, and how far the reporter's time is to be trusted.
pub(super) fn moment(event: &Observation, received_at: DateTime<Utc>) -> Moment {
    let from = event.from.unwrap_or(received_at);
    let to = event.to.unwrap_or(from).max(from);
    let stated = matches!(event.time_grade, TimeGrade::Stated | TimeGrade::StatedUtc | TimeGrade::Range);
    let detail = |key: &str| event.details.get(key);
    let protocol = ["protocol", "proto", "transport"].into_iter().find_map(|key| protocol(detail(key)?));
    let seconds = detail("clock_uncertainty_s").and_then(serde_json::Value::as_i64).unwrap_or(0);
    Moment {
        from,
        to,
        uncertainty: TimeDelta::seconds(seconds.clamp(0, 86_400)),
        port: event.source.port,
        protocol,
        time_stated: stated && to <= received_at + CLOCK_AHEAD,
    }
}

/// The IP protocols that have ports, as reporters write them.
fn protocol(said: &serde_json::Value) -> Option<u8> {
    match said.as_str().map(str::to_ascii_lowercase).as_deref().or(said.as_i64().map(|_| "")) {
        Some("tcp" | "6") => Some(6),
        Some("udp" | "17") => Some(17),
        Some("") => said.as_i64().and_then(|n| u8::try_from(n).ok()).filter(|n| matches!(n, 6 | 17)),
        _ => None,
    }
}

fn by_name(names: &Names, event: &Observation, moment: &Moment) -> Answer {
    let why = match event.source.kind {
        SourceKind::Account => return names.account(event, moment),
        SourceKind::Phone => "the report names a telephone number, not an address",
        _ => "the report names something that is no host and no address",
    };
    Answer::unknown(why).because(Doubt::NoAddress)
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
        row: None,
    }
}
