//! What lease sources say in the last days beside the books: a lost Stop, a name that no service has, a source whose word
//! does not reach to now, one that has fallen silent, and leases that come in late and say otherwise.
use super::{
    reports::{self, Mail, Sighting},
    scenes::free,
    tale::Tale,
};
use crate::desk::{AskEvent, DeskError};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::Actor,
    case::{Case, CaseState},
    customer::Service,
    evidence::{Event, InboxFilter, InboxTab},
    id::QuestionId,
    lease::{Heard, LeaseSourceKind, SourceSetUp},
    page::PageOf,
    question::Lacking,
    saying::{HolderName, Saying, SourceName, Word},
};
use ipnet::IpNet;
use serde_json::json;
use std::net::IpAddr;

/// A part of that story.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    /// A DHCP server speaks for the last time.
    Silent,
    /// Sessions begin; one's Stop is lost, one's user nobody knows.
    Sessions,
    /// The reporter of a shared address is asked for the port.
    Ask,
    /// A file that comes in late names somebody else; the answer is kept or waits.
    Late {
        /// Somebody looks, and keeps it.
        kept: bool,
    },
    /// The sessions' source tells how far it has come.
    Watermark,
}

const BNG: &str = "radius.bng-4";
const OLT: &str = "dhcp.olt-7";
const LATE: &str = "radius.bng-3-detail";
/// Addresses that no line of the books has.
const LOST_STOP: [u8; 4] = [198, 51, 100, 252];
const NOBODYS_NAME: [u8; 4] = [198, 51, 100, 253];
const WAITING: [u8; 4] = [198, 51, 100, 254];
/// What these sources said long ago: how far back their knowledge reaches.
const OLD: [[u8; 4]; 3] = [[198, 51, 100, 251], [192, 0, 2, 126], [192, 0, 2, 127]];

/// Reports about these sessions.
pub(super) fn arrivals(ends: DateTime<Utc>) -> Vec<(DateTime<Utc>, Mail)> {
    let seen = |address: [u8; 4], minutes: i64, serial: u64| Sighting {
        at: ends - TimeDelta::minutes(minutes),
        address: IpAddr::from(address),
        port: Some(51_324),
        serial,
    };
    let arrives = |minutes: i64| ends - TimeDelta::minutes(minutes);
    let scan = |seen: &Sighting| {
        let more = json!({ "protocol": "tcp", "destination_ip": "192.0.2.200", "destination_port": 445, "first_seen": seen.at.to_rfc3339() });
        reports::xarf4(seen, ("Sensor Network", "sensor.example"), ("connection", "port_scan"), more)
    };
    vec![
        (arrives(5 * 60 + 15), reports::arf(&seen(LOST_STOP, 7 * 60, 900_001), "You have won")),
        (arrives(5 * 60 + 10), scan(&seen(NOBODYS_NAME, 8 * 60, 900_002))),
        (arrives(12), scan(&seen(WAITING, 20, 900_003))),
    ]
}

/// Plays one part; what a rule forbids is left out.
pub(super) async fn play(tale: &mut Tale, part: Part) -> Result<(), DeskError> {
    match part {
        Part::Silent => silent(tale).await,
        Part::Sessions => sessions(tale).await,
        Part::Ask => ask(tale).await,
        Part::Late { kept } => late(tale, kept).await,
        Part::Watermark => watermark(tale).await,
    }
}

fn said(address: [u8; 4], holder: HolderName, word: Word) -> Saying {
    said_of(IpNet::from(IpAddr::from(address)), holder, word)
}

fn said_of(net: IpNet, holder: HolderName, word: Word) -> Saying {
    Saying { line: 1, net, ports: (0, u16::MAX), protocol: None, holder, word }
}

async fn take(tale: &Tale, name: &str, sayings: &[Saying], through: Option<DateTime<Utc>>) -> Result<(), DeskError> {
    let Some(name) = SourceName::new(name) else { return Ok(()) };
    let heard = Heard { through, place: None };
    tale.desk.leases_take(&Actor::system("lease source"), &name, sayings, &heard).await?;
    while tale.desk.ask_again().await? {}
    Ok(())
}

async fn set_up(tale: &Tale, name: &str, kind: LeaseSourceKind, silent_hours: i64) -> Result<(), DeskError> {
    let Some(name) = SourceName::new(name) else { return Ok(()) };
    let set_up = SourceSetUp { kind, skew: None, silent_after: Some(TimeDelta::hours(silent_hours)) };
    tale.desk.lease_source_set_up(&name, set_up).await
}

/// Lines of customers with a case, each with a user name.
async fn lines(tale: &Tale) -> Result<Vec<Service>, DeskError> {
    let mut cases = Vec::new();
    for state in [CaseState::Notified, CaseState::Open, CaseState::Released, CaseState::Closed] {
        cases.extend(free(tale, state).await?);
    }
    let mut conn = tale.desk.store().read().await?;
    let mut lines: Vec<Service> = Vec::new();
    for case in cases {
        let Some(id) = case.service else { continue };
        let line = conn.service_by_id(id).await?.filter(|line| !line.username.is_empty());
        lines.extend(line.filter(|line| lines.iter().all(|known| known.customer != line.customer)));
    }
    Ok(lines)
}

async fn silent(tale: &mut Tale) -> Result<(), DeskError> {
    set_up(tale, OLT, LeaseSourceKind::Dhcp, 12).await?;
    let Some(line) = lines(tale).await?.pop() else { return Ok(()) };
    let from = tale.ends - TimeDelta::days(40);
    let word = Word::Held { from, to: Some(tale.now() + TimeDelta::hours(1)) };
    take(tale, OLT, &[said(OLD[0], HolderName::Service(line.number), word)], None).await
}

async fn sessions(tale: &mut Tale) -> Result<(), DeskError> {
    set_up(tale, BNG, LeaseSourceKind::Radius, 6).await?;
    let mut lines = lines(tale).await?.into_iter();
    let (Some(lost), Some(old)) = (lines.next(), lines.next()) else { return Ok(()) };
    let before = |minutes: i64| tale.ends - TimeDelta::minutes(minutes);
    let user = |line: &Service| HolderName::Username(line.username.clone());
    let session = |n: u32| format!("bng-4/0A{n:04X}");
    let nobody = HolderName::Username("hk-4471@access.example".to_owned());
    let sayings = [
        said(OLD[1], user(&old), Word::Held { from: before(30 * 1_440), to: Some(before(2 * 1_440)) }),
        said(LOST_STOP, user(&lost), Word::Start { at: before(9 * 60), session: session(1) }),
        said(LOST_STOP, user(&lost), Word::Alive { at: before(7 * 60 + 30), session: session(1), started: None }),
        said(NOBODYS_NAME, nobody.clone(), Word::Start { at: before(12 * 60), session: session(2) }),
        said(NOBODYS_NAME, nobody, Word::Alive { at: before(6 * 60), session: session(2), started: None }),
    ];
    take(tale, BNG, &sayings, Some(tale.now())).await
}

async fn watermark(tale: &mut Tale) -> Result<(), DeskError> {
    let Some(line) = lines(tale).await?.into_iter().nth(2) else { return Ok(()) };
    let before = |minutes: i64| tale.ends - TimeDelta::minutes(minutes);
    let (user, session) = (HolderName::Username(line.username), "bng-4/0A0003".to_owned());
    let sayings = [
        said(WAITING, user.clone(), Word::Start { at: before(3 * 60), session: session.clone() }),
        said(WAITING, user, Word::Alive { at: before(50), session, started: None }),
    ];
    take(tale, BNG, &sayings, Some(before(40))).await
}

/// The newest event of a shared address without a port whose reporter can be asked.
async fn ask(tale: &mut Tale) -> Result<(), DeskError> {
    let reader = tale.staff.supervisor.clone();
    let filter = InboxFilter { tab: InboxTab::Ambiguous, ..InboxFilter::default() };
    let mut rows = tale.desk.inbox(&reader, &filter, PageOf::default()).await?.rows.rows;
    rows.sort_by(|one, other| (other.received_at, &other.source).cmp(&(one.received_at, &one.source)));
    for row in rows {
        let asking = tale.desk.event_view(&reader, row.event).await?.asking;
        if asking.recipient.is_empty() || !asking.lacking.contains(&Lacking::Port) {
            continue;
        }
        let by = tale.analyst();
        let text = "About sixty of our customers share this address.".to_owned();
        let question = AskEvent { id: QuestionId::new(), recipient: asking.recipient, text };
        return tale.desk.ask_about_event(&by, row.event, &question).await;
    }
    Ok(())
}

/// A case of no scene with its newest event that a changing address proves.
async fn provable(tale: &Tale) -> Result<Option<(Case, Event)>, DeskError> {
    let mut cases = Vec::new();
    for state in [CaseState::Notified, CaseState::Open, CaseState::Released] {
        cases.extend(free(tale, state).await?);
    }
    let mut conn = tale.desk.store().read().await?;
    for case in cases {
        let events = conn.case_events(case.id, 20).await?;
        let changing =
            |event: &Event| matches!(event.observation.source.ip(), Some(IpAddr::V4(ip)) if ip.octets()[0] == 198);
        if let Some(event) = events.into_iter().find(changing) {
            return Ok(Some((case, event)));
        }
    }
    Ok(None)
}

async fn late(tale: &mut Tale, kept: bool) -> Result<(), DeskError> {
    let Some((case, event)) = provable(tale).await? else { return Ok(()) };
    let other = lines(tale).await?.into_iter().find(|line| line.customer != case.customer);
    let Some((other, address)) = other.zip(event.observation.source.ip()) else { return Ok(()) };
    tale.kept.insert(case.number);
    let user = || HolderName::Username(other.username.clone());
    let around = Word::Held { from: event.at - TimeDelta::minutes(95), to: Some(event.at + TimeDelta::minutes(40)) };
    let before = |days: i64| tale.ends - TimeDelta::days(days);
    let old = Word::Held { from: before(40), to: Some(before(39)) };
    take(tale, LATE, &[said(OLD[2], user(), old), said_of(IpNet::from(address), user(), around)], None).await?;
    if kept {
        let by = tale.analyst();
        let why = "the detail file was written with the clock of the old server, an hour off";
        tale.desk.keep_answers(&by, &[event.id], why).await?;
    }
    Ok(())
}
