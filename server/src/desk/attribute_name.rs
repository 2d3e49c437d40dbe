//! Whose was the name: hosts by the longest domain that is known, mail accounts and login names, each as of then.
use super::{DeskError, attribute::named};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    attribution::{Answer, Candidate, Certainty, Doubt, Moment},
    class::Category,
    customer::Service,
    event::{Observation, SourceKind, url_host},
    id::ServiceId,
    names::{self, NameKind, ServiceName, suffixes},
};
use std::{
    collections::{HashMap, HashSet},
    net::IpAddr,
};
use store::Conn;

/// The names that a batch of events needs.
#[derive(Default)]
pub(super) struct Names {
    rows: HashMap<String, Vec<ServiceName>>,
    services: HashMap<String, Vec<Service>>,
}

impl Names {
    /// Those of these events.
    pub(super) async fn load(conn: &mut Conn, events: &[Observation]) -> Result<Self, DeskError> {
        let mut wanted: HashSet<String> = HashSet::new();
        let mut accounts: HashSet<String> = HashSet::new();
        for event in events {
            if let Some(host) = host_of(event) {
                wanted.extend(suffixes(&host).into_iter().map(str::to_owned));
            }
            if event.source.kind == SourceKind::Account {
                accounts.insert(event.source.value.clone());
                wanted.insert(event.source.value.trim().to_owned());
                wanted.extend(names::mail(&event.source.value));
            }
        }
        let mut names = Self::default();
        names.add(conn, wanted).await?;
        if !accounts.is_empty() {
            let accounts: Vec<String> = accounts.into_iter().collect();
            for service in conn.services_by_username(&accounts).await? {
                names.services.entry(service.username.clone()).or_default().push(service);
            }
        }
        Ok(names)
    }

    /// Those of one host.
    pub(super) async fn of_host(conn: &mut Conn, host: &str) -> Result<Self, DeskError> {
        let mut names = Self::default();
        names.add(conn, suffixes(host).into_iter().map(str::to_owned).collect()).await?;
        Ok(names)
    }

    async fn add(&mut self, conn: &mut Conn, wanted: HashSet<String>) -> Result<(), DeskError> {
        if wanted.is_empty() {
            return Ok(());
        }
        let mut wanted: Vec<String> = wanted.into_iter().collect();
        wanted.sort_unstable();
        for row in conn.service_names_named(&wanted).await? {
            self.rows.entry(row.name.clone()).or_default().push(row);
        }
        Ok(())
    }

    /// Whose a host was; none when no list has it.
    pub(super) fn host(&self, host: &str, moment: &Moment) -> Option<Answer> {
        let window = moment.window();
        let of = |suffix: &str| -> Vec<&ServiceName> {
            let right = |row: &&ServiceName| match row.kind {
                NameKind::Host => true,
                NameKind::Server => suffix == host,
                NameKind::Mail | NameKind::Account => false,
            };
            self.rows
                .get(suffix)
                .into_iter()
                .flatten()
                .filter(right)
                .filter(|row| row.touches(window.0, window.1))
                .collect()
        };
        let longest = suffixes(host).into_iter().map(of).find(|rows| !rows.is_empty())?;
        Some(decided(&longest, moment))
    }

    /// Whose a user name or mail account was.
    pub(super) fn account(&self, event: &Observation, moment: &Moment) -> Answer {
        let window = moment.window();
        let value = event.source.value.trim();
        let mail = names::mail(value);
        let right = |row: &&ServiceName| match row.kind {
            NameKind::Account => row.name == value,
            NameKind::Mail => Some(&row.name) == mail.as_ref(),
            NameKind::Host | NameKind::Server => false,
        };
        let texts: HashSet<&str> = [Some(value), mail.as_deref()].into_iter().flatten().collect();
        let rows = texts.into_iter().filter_map(|text| self.rows.get(text)).flatten();
        let rows: Vec<&ServiceName> = rows.filter(right).filter(|row| row.touches(window.0, window.1)).collect();
        let by_user = self.services.get(&event.source.value).map(Vec::as_slice).unwrap_or_default();
        let known = |service: &&Service| !rows.iter().any(|row| row.service == service.id);
        let others: Vec<Candidate> = by_user.iter().filter(known).map(|service| named(service, moment.from)).collect();
        match (rows.is_empty(), others.as_slice()) {
            (true, []) => Answer::unknown("no service has this user name or mail account").because(Doubt::NoAddress),
            (true, [one]) => Answer::certain(one.clone(), "user name"),
            (false, []) => decided(&rows, moment),
            _ => {
                let candidates = each(&rows).into_iter().chain(others).collect();
                let why = "several services have this user name".to_owned();
                Answer::open(Certainty::Ambiguous, candidates, why).because(Doubt::SeveralNames)
            }
        }
    }
}

/// One answer for events that name a host: the host's, the address's, or both where they do not agree.
pub(super) async fn reconcile(
    conn: &mut Conn,
    host: &str,
    by_host: Option<Answer>,
    by_address: Option<Answer>,
    moment: &Moment,
) -> Result<Answer, DeskError> {
    let unlisted = || {
        let why = format!("no list of hosted domains has {host}");
        Answer::unknown(&why).because(Doubt::NoAddress)
    };
    let (by_host, by_address) = match (by_host, by_address) {
        (None, None) => return Ok(unlisted()),
        (Some(by_host), None) => return Ok(by_host),
        (by_host, Some(by_address)) => (by_host, by_address),
    };
    let shared = match by_address.holder() {
        Some(holder) => shared(conn, holder.service, moment).await?,
        None => false,
    };
    let Some(by_host) = by_host else {
        // On a server of many, the address says nothing about whose page it is.
        return Ok(if shared {
            let why = format!("{host} is on a shared server, and no list of hosted domains has it");
            Answer { method: "shared server".to_owned(), ..Answer::unknown(&why).because(Doubt::NoAddress) }
        } else {
            by_address
        });
    };
    let same = match (by_host.holder(), by_address.holder()) {
        (Some(one), Some(two)) => one.service == two.service,
        _ => false,
    };
    if shared || same || by_host.certainty != Certainty::Certain {
        return Ok(by_host);
    }
    let why = match by_address.holder() {
        Some(_) => format!("{host} and the stated address belonged to different services then"),
        None => format!("{host} is known, but of the stated address: {}", by_address.why),
    };
    // What a resolver may still say of the address is waited for.
    let doubt = by_address.doubt.filter(|doubt| *doubt == Doubt::Unanswered).unwrap_or(Doubt::SeveralNames);
    let mut candidates = by_host.candidates;
    for other in by_address.candidates {
        if !candidates.iter().any(|one| one.service == other.service) {
            candidates.push(other);
        }
    }
    let answer = Answer::open(Certainty::Ambiguous, candidates, why).because(doubt);
    Ok(Answer { waits: by_address.waits, ..answer })
}

/// Whether the service is a server on which many have their pages.
async fn shared(conn: &mut Conn, service: ServiceId, moment: &Moment) -> Result<bool, DeskError> {
    let (from, to) = moment.window();
    Ok(conn.service_names_servers(&[service]).await?.iter().any(|row| row.touches(from, to)))
}

/// The host an event is about, where it is our customer's: of its source, else of what it says about a page.
pub(super) fn host_of(event: &Observation) -> Option<String> {
    let text = match event.source.kind {
        SourceKind::Host => event.source.value.as_str(),
        SourceKind::Url => url_host(&event.source.value)?,
        // What is attacked is somebody else's: only of pages the named host is the accused one.
        SourceKind::Ip if event.class.category() == Category::Content => {
            let said = |key: &str| event.details.get(key).and_then(serde_json::Value::as_str);
            said("url").and_then(url_host).or_else(|| said("domain")).or_else(|| said("host"))?
        }
        SourceKind::Ip | SourceKind::Account | SourceKind::Phone => return None,
    };
    names::host(text)
}

/// The address an event states beside its host.
pub(super) fn stated_address(event: &Observation) -> Option<IpAddr> {
    let keys = ["ip", "source_ip", "address", "host_ip"];
    let text = |key: &str| event.details.get(key).and_then(serde_json::Value::as_str);
    let stated = || keys.into_iter().find_map(|key| text(key)?.parse().ok());
    event.source.ip().or_else(stated).map(domain::event::canonical_ip)
}

/// Who has the names, each once.
fn each(rows: &[&ServiceName]) -> Vec<Candidate> {
    let mut seen = HashSet::new();
    rows.iter().filter(|row| seen.insert(row.service)).map(|row| candidate(row)).collect()
}

fn candidate(row: &ServiceName) -> Candidate {
    Candidate {
        lease: None,
        service: row.service,
        customer: row.customer,
        from: row.from,
        to: row.to,
        ports: (0, u16::MAX),
        source: format!("{} {}", row.kind.title(), row.name),
        row: None,
    }
}

/// Certain only if exactly one service had the name for all of the event's time.
fn decided(rows: &[&ServiceName], moment: &Moment) -> Answer {
    let window = moment.window();
    let candidates = each(rows);
    let what = rows.first().map_or("name", |row| row.kind.title());
    let [one] = candidates.as_slice() else {
        let why = format!("{} services had this {what} then", candidates.len());
        return Answer::open(Certainty::Ambiguous, candidates, why).because(Doubt::SeveralNames);
    };
    let covered = |from: DateTime<Utc>| rows.iter().any(|row| row.covers(from, window.1));
    if !covered(window.0) {
        let why = format!("the {what} was this service's for a part of the event's time only");
        return Answer::open(Certainty::Ambiguous, candidates, why).because(Doubt::PartOfSpan);
    }
    if !moment.time_stated && !covered(window.0 - TimeDelta::days(1)) {
        let why = format!("the report states no time, and the {what} changed hands within a day of its arrival");
        return Answer::open(Certainty::Ambiguous, candidates, why).because(Doubt::NoTime);
    }
    Answer::certain(one.clone(), what)
}
