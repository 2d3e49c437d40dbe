//! While an import goes on PostgreSQL knows too little of how many leases and names there are: it reads no more of them than it is
//! asked for all the same.
use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use domain::{
    clock::FrozenClock,
    id::LeaseId,
    lease::{LeaseSourceKind, SourceSetUp},
};
use std::{net::Ipv4Addr, sync::Arc};
use store::{
    Chore, HolderRow, LeaseAsk, LeaseRow, SessionAsk, Tx,
    testing::{both, rows_read},
};

/// Leases, and names of holders.
const ALL: u32 = 30_000;
/// So many are asked for.
const ASKED: usize = 107;

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 22, 10, 0, 0).unwrap()
}

/// A session that goes on, of an address of its own.
fn open(n: u32) -> LeaseRow {
    LeaseRow {
        id: LeaseId::new(),
        net: ipnet::IpNet::from(std::net::IpAddr::from(Ipv4Addr::from(0xc612_0000 + n))),
        ports: (0, u16::MAX),
        protocol: None,
        holder: i64::from(n) + 1,
        source: 1,
        fixed: false,
        from: now() - TimeDelta::days(2),
        to: None,
        sure_until: Some(now() - TimeDelta::hours(1)),
        session: Some(format!("bng-1/{n}")),
    }
}

fn name(n: u32) -> String {
    format!("u{n}@isp.example")
}

/// How many rows of a table are read for what `$ask` does.
macro_rules! read_for {
    ($tx:expr, $table:literal, $ask:expr) => {{
        let before = rows_read(&mut $tx, $table).await.unwrap();
        $ask;
        rows_read(&mut $tx, $table).await.unwrap().zip(before).map(|(after, before)| after - before)
    }};
}

fn few(read: Option<i64>, what: &str) {
    let most = i64::try_from(ASKED * 4).unwrap();
    assert!(read.is_none_or(|read| read <= most), "{read:?} rows read for {ASKED} {what}");
}

async fn fill(tx: &mut Tx) {
    let set_up = SourceSetUp { kind: LeaseSourceKind::Radius, skew: None, silent_after: None };
    tx.lease_source_add("radius", set_up).await.unwrap();
    let holder = |n| HolderRow {
        id: 0,
        kind: "username".to_owned(),
        name: name(n),
        bound_from: DateTime::<Utc>::MIN_UTC,
        service: None,
    };
    tx.lease_holder_add(&(0..ALL).map(holder).collect::<Vec<_>>()).await.unwrap();
    tx.lease_keep(&(0..ALL).map(open).collect::<Vec<_>>()).await.unwrap();
}

#[tokio::test]
async fn no_more_is_read_than_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    both(folder.path(), Arc::new(FrozenClock::at(now())), |store| async move {
        let mut tx = store.write().await.unwrap();
        fill(&mut tx).await;
        tx.commit_chore(Chore::LeasesHeard).await.unwrap();

        let asked: Vec<LeaseRow> = (0..ALL).step_by(ALL as usize / ASKED).take(ASKED).map(open).collect();
        let mut tx = store.write().await.unwrap();
        let session = |row: &LeaseRow| SessionAsk {
            session: row.session.clone().unwrap(),
            net: row.net,
            ports: row.ports,
            protocol: None,
            began: row.from,
            sure: true,
        };
        let sessions: Vec<SessionAsk> = asked.iter().map(session).collect();
        let read = read_for!(tx, "leases", {
            assert_eq!(tx.lease_of_sessions(1, &sessions).await.unwrap().len(), ASKED);
        });
        few(read, "sessions");

        let names: Vec<String> = (0..ALL).step_by(ALL as usize / ASKED).take(ASKED).map(name).collect();
        let read = read_for!(tx, "lease_holders", {
            assert_eq!(tx.lease_holders_named("username", &names).await.unwrap().len(), ASKED);
        });
        few(read, "names");

        let forms = tx.lease_forms().await.unwrap();
        let look = |row: &LeaseRow| LeaseAsk {
            address: row.net.addr(),
            port: None,
            protocol: None,
            from: now() - TimeDelta::hours(30),
            to: now(),
        };
        let asks: Vec<LeaseAsk> = asked.iter().map(look).collect();
        let read = read_for!(tx, "leases", {
            let found = tx.lease_find(&forms, &asks).await.unwrap();
            assert!(found.iter().all(|held| held.len() == 1), "each address has one");
        });
        few(read, "look-ups");
    })
    .await;
}
