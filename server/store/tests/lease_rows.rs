//! Leases that a desk holds from before migration 18 are found as before, on both engines.
use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use domain::{
    clock::FrozenClock,
    id::LeaseId,
    lease::{LeaseSourceKind, SourceSetUp},
};
use std::{net::IpAddr, sync::Arc};
use store::{
    Chore, HolderRow, LeaseAsk, LeaseRow, SessionAsk, Store,
    testing::{both, rows, tamper},
};

const HOUR: i64 = 3_600_000_000;

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 22, 10, 0, 0).unwrap()
}

/// A lease as it was kept: form, address, first and last port, hours before now of its start and end, session.
struct Old {
    shape: i64,
    address: &'static str,
    ports: (i64, i64),
    hours: (i64, Option<i64>),
    fixed: bool,
    session: Option<&'static str>,
}

const OLD: [Old; 7] = [
    Old { shape: 1, address: "198.51.100.7", ports: (1_024, 2_031), hours: (20, Some(0)), fixed: false, session: None },
    Old {
        shape: 1,
        address: "198.51.100.7",
        ports: (2_032, 3_039),
        hours: (300, Some(-1)),
        fixed: false,
        session: None,
    },
    Old {
        shape: 2,
        address: "2001:db8:4f:1200::",
        ports: (0, 65_535),
        hours: (900, Some(-1)),
        fixed: false,
        session: None,
    },
    Old {
        shape: 2,
        address: "2001:db8:4f:1300::",
        ports: (0, 65_535),
        hours: (40, None),
        fixed: false,
        session: Some("bng-1/a/b"),
    },
    Old { shape: 3, address: "203.0.113.0", ports: (0, 65_535), hours: (9_000, None), fixed: true, session: None },
    Old {
        shape: 3,
        address: "203.0.114.0",
        ports: (0, 65_535),
        hours: (26, Some(0)),
        fixed: false,
        session: Some("plain"),
    },
    Old { shape: 4, address: "2001:db8::9", ports: (0, 65_535), hours: (1, Some(0)), fixed: false, session: None },
];
/// Bits of the prefix, size of the block of ports, its first port modulo that.
const SHAPES: [(i64, i64, i64); 4] = [(128, 1_008, 16), (56, 65_536, 0), (120, 65_536, 0), (128, 65_536, 0)];

const BEFORE: &str = "CREATE TABLE leases (day BIGINT NOT NULL, shape BIGINT NOT NULL, net BLOB NOT NULL,
    port_from BIGINT NOT NULL, started_at BIGINT NOT NULL, holder_id BIGINT NOT NULL, port_to BIGINT NOT NULL,
    ended_at BIGINT, sure_until BIGINT, lasting BOOLEAN NOT NULL, source_id BIGINT NOT NULL, session TEXT, id UUID NOT NULL,
    PRIMARY KEY (day, shape, net, port_from, started_at, holder_id))";

fn key(address: &str) -> String {
    let key = domain::lease::address_key(address.parse().unwrap());
    key.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The statements that make the table of before, with those leases.
fn before(postgres: bool, ids: &[LeaseId]) -> Vec<String> {
    let bytes = |hex: String| if postgres { format!("'\\x{hex}'") } else { format!("X'{hex}'") };
    let id = |id: &LeaseId| if postgres { format!("'{}'", id.0) } else { format!("X'{}'", id.0.simple()) };
    let table = match postgres {
        true => BEFORE.replace("BLOB", "BYTEA"),
        false => BEFORE.replace("BIGINT", "INTEGER").replace("BOOLEAN", "INTEGER").replace("UUID", "BLOB"),
    };
    let mut made = vec![
        "DROP TABLE leases".to_owned(),
        "DROP TABLE lease_lots".to_owned(),
        "ALTER TABLE lease_shapes DROP COLUMN kinds".to_owned(),
        "DELETE FROM counters WHERE name = 'lease_news'".to_owned(),
        "DELETE FROM _sqlx_migrations WHERE version >= 18".to_owned(),
        table,
        "CREATE INDEX leases_lasting ON leases (shape, net, port_from, started_at, ended_at) WHERE lasting = TRUE".to_owned(),
        "CREATE INDEX leases_holder ON leases (day, holder_id)".to_owned(),
        "CREATE INDEX leases_session ON leases (source_id, session) WHERE session IS NOT NULL".to_owned(),
        "INSERT INTO lease_sources (id, name, kind, skew, rows_kept, rows_refused) VALUES (1, 'old', 'import', 0, 0, 0)"
            .to_owned(),
        "INSERT INTO lease_holders (id, kind, name, bound_from) VALUES (1, 'username', 'u1@isp.example', 0)".to_owned(),
    ];
    made.extend(postgres.then(|| "DROP SEQUENCE lease_holder_ids".to_owned()));
    for what in ["service", "customer"].iter().filter(|_| postgres) {
        made.push(format!(
            "ALTER TABLE lease_holders ADD CONSTRAINT lease_holders_{what}_id_fkey
                FOREIGN KEY ({what}_id) REFERENCES {what}s (id)"
        ));
    }
    for (n, (length, ports, offset)) in (1..).zip(SHAPES) {
        made.push(format!("INSERT INTO lease_shapes VALUES ({n}, {length}, {ports}, {offset}, 0)"));
    }
    let now = now().timestamp_micros();
    for (old, of) in OLD.iter().zip(ids) {
        let from = now - old.hours.0 * HOUR;
        let to = old.hours.1.map_or("NULL".to_owned(), |hours| (now - hours * HOUR).to_string());
        let day = if old.fixed { 0 } else { from.div_euclid(24 * HOUR) };
        let lasting = old.fixed || old.hours.1.is_none_or(|end| old.hours.0 - end > 25);
        let session = old.session.map_or("NULL".to_owned(), |name| format!("'{name}'"));
        made.push(format!(
            "INSERT INTO leases VALUES ({day}, {}, {}, {}, {from}, 1, {}, {to}, NULL, {lasting}, 1, {session}, {})",
            old.shape,
            bytes(key(old.address)),
            old.ports.0,
            old.ports.1,
            id(of)
        ));
        made.push(format!("INSERT INTO lease_days VALUES ({day}) ON CONFLICT DO NOTHING"));
    }
    made
}

#[tokio::test]
async fn leases_of_before_are_found_as_before() {
    let folder = tempfile::tempdir().unwrap();
    both(folder.path(), Arc::new(FrozenClock::at(now())), |store| async move {
        let ids: Vec<LeaseId> = OLD.iter().map(|_| LeaseId::new()).collect();
        let mut tx = store.write().await.unwrap();
        for sql in before(store.engine_name() == "postgres", &ids) {
            tamper(&mut tx, &sql).await.unwrap_or_else(|error| panic!("{error}\n{sql}"));
        }
        tx.commit_chore(Chore::LeasesHeard).await.unwrap();
        store.migrate().await.unwrap();
        for (old, id) in OLD.iter().zip(&ids) {
            assert_eq!(found(&store, old).await, [*id], "{} {:?}", old.address, old.ports);
        }
        let mut conn = store.read().await.unwrap();
        // Two are short, one is in an era; fixed, open and very long ones are in none.
        for (which, many) in [("IS NULL", 2), ("= 0", 3), ("> 0", 2)] {
            assert_eq!(rows(&mut conn, &format!("leases WHERE era {which}")).await.unwrap(), many, "{which}");
        }
        let open = &OLD[3];
        let ask = SessionAsk {
            session: open.session.unwrap().to_owned(),
            net: "2001:db8:4f:1300::/56".parse().unwrap(),
            ports: (0, u16::MAX),
            protocol: None,
            began: now(),
            sure: false,
        };
        assert_eq!(conn.lease_of_sessions(1, &[ask]).await.unwrap()[0].id, ids[3]);
        assert_eq!(conn.lease_open_of_nas(1, "bng-1", now()).await.unwrap().len(), 1);
    })
    .await;
}

/// What an hour after its start is found at the last address and port of such a lease.
async fn found(store: &Store, old: &Old) -> Vec<LeaseId> {
    let mut conn = store.read().await.unwrap();
    let forms = conn.lease_forms().await.unwrap();
    let at = now() - TimeDelta::hours(old.hours.0) + TimeDelta::minutes(30);
    let address: IpAddr = old.address.parse().unwrap();
    let ask = LeaseAsk { address, port: u16::try_from(old.ports.1).ok(), protocol: None, from: at, to: at };
    conn.lease_find(&forms, &[ask]).await.unwrap().remove(0).into_iter().map(|held| held.id).collect()
}

/// Leases of every length, begun at any time of four months, are found while they last and not after, many questions at
/// once: whatever day or era they stand under.
#[tokio::test]
async fn leases_of_every_length_are_found_while_they_last() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(FrozenClock::at(now()));
    both(folder.path(), clock, |store| async move {
        const HOURS: [i64; 10] = [1, 24, 25, 26, 300, 384, 767, 768, 769, 2_000];
        let row = |n: i64| {
            let from = now() - TimeDelta::minutes(n * 1_187) - TimeDelta::days(20);
            let hours = HOURS[usize::try_from(n).unwrap() % HOURS.len()];
            LeaseRow {
                id: LeaseId::new(),
                net: format!("198.51.100.{n}/32").parse().unwrap(),
                ports: (0, u16::MAX),
                protocol: None,
                holder: 1,
                source: 1,
                fixed: false,
                from,
                // One in eleven goes on.
                to: (n % 11 > 0).then(|| from + TimeDelta::hours(hours)),
                sure_until: None,
                session: None,
            }
        };
        let leases: Vec<LeaseRow> = (0..120).map(row).collect();
        let mut tx = store.write().await.unwrap();
        let set_up = SourceSetUp { kind: LeaseSourceKind::Radius, skew: Some(TimeDelta::zero()), silent_after: None };
        tx.lease_source_add("radius", set_up).await.unwrap();
        let (kind, name) = ("username".to_owned(), "u1@isp.example".to_owned());
        let holder = HolderRow { id: 0, kind, name, bound_from: DateTime::<Utc>::MIN_UTC, service: None };
        tx.lease_holder_add(&[holder]).await.unwrap();
        tx.lease_keep(&leases).await.unwrap();
        tx.commit_chore(Chore::LeasesHeard).await.unwrap();
        let mut conn = store.read().await.unwrap();
        let forms = conn.lease_forms().await.unwrap();
        let ask =
            |row: &LeaseRow, at| LeaseAsk { address: row.net.addr(), port: None, protocol: None, from: at, to: at };
        let moment = TimeDelta::microseconds(1);
        let during = |row: &LeaseRow, part: i32| {
            let end = row.to.unwrap_or(row.from + TimeDelta::days(400));
            row.from + (end - row.from - moment) / 8 * part
        };
        for part in 0..=8 {
            let asks: Vec<LeaseAsk> = leases.iter().map(|row| ask(row, during(row, part))).collect();
            for (found, row) in conn.lease_find(&forms, &asks).await.unwrap().iter().zip(&leases) {
                assert_eq!(found.iter().map(|held| held.id).collect::<Vec<_>>(), [row.id], "part {part} of {row:?}");
            }
        }
        for outside in [
            |row: &LeaseRow| row.from - TimeDelta::microseconds(1),
            |row: &LeaseRow| row.to.unwrap_or(row.from - TimeDelta::days(40)),
        ] {
            let asks: Vec<LeaseAsk> = leases.iter().map(|row| ask(row, outside(row))).collect();
            for (found, row) in conn.lease_find(&forms, &asks).await.unwrap().iter().zip(&leases) {
                assert!(found.is_empty(), "{row:?}");
            }
        }
    })
    .await;
}
