//! The lease index takes many rows at once and finds them again, on both engines.
use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use domain::{
    clock::FrozenClock,
    customer::{Contract, Customer, Service},
    id::{ContractId, CustomerId, LeaseId, ServiceId},
    lease::{LeaseSourceKind, SourceSetUp},
};
use std::{
    net::IpAddr,
    sync::{Arc, atomic::Ordering},
};
use store::{
    Chore, HolderRow, LeaseAsk, LeaseRow, SessionAsk, Store,
    testing::{both, rows, steps, tamper},
};

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 22, 10, 0, 0).unwrap()
}

async fn on_both<F: Future<Output = ()>>(test: impl Fn(Store) -> F) {
    let folder = tempfile::tempdir().unwrap();
    both(folder.path(), Arc::new(FrozenClock::at(now())), test).await;
}

/// An hour of an address behind a shared one's block of ports.
fn lease(n: u16, from: DateTime<Utc>, hours: i64) -> LeaseRow {
    LeaseRow {
        id: LeaseId::new(),
        net: "198.51.100.7/32".parse().unwrap(),
        ports: (n * 16, n * 16 + 15),
        protocol: None,
        holder: 1,
        source: 1,
        fixed: false,
        from,
        to: Some(from + TimeDelta::hours(hours)),
        sure_until: None,
        session: (n % 100 == 7).then(|| format!("bng/{n}")),
    }
}

async fn keep(store: &Store, leases: &[LeaseRow]) -> usize {
    let set_up = SourceSetUp { kind: LeaseSourceKind::Cgnat, skew: None, silent_after: None };
    let holder = HolderRow {
        id: 0,
        kind: "username".to_owned(),
        name: "u1@isp.example".to_owned(),
        bound_from: DateTime::<Utc>::MIN_UTC,
        service: None,
    };
    let mut tx = store.write().await.unwrap();
    tx.lease_source_add("cgnat", set_up).await.unwrap();
    tx.lease_holder_add(&[holder]).await.unwrap();
    let twice = tx.lease_keep(leases).await.unwrap();
    tx.commit_chore(Chore::LeasesHeard).await.unwrap();
    twice
}

/// A customer with one line.
async fn line(store: &Store) -> (ServiceId, CustomerId) {
    let (customer, contract, service) = (CustomerId::new(), ContractId::new(), ServiceId::new());
    let text = |text: &str| text.to_owned();
    let mut tx = store.write().await.unwrap();
    tx.terms_add("2026-03", now()).await.unwrap();
    let (name, email) = (text("Nadia Okafor"), text("n.okafor@mail.example"));
    let (number, phone, language) = (text("C-1"), String::new(), text("en"));
    tx.customer_add(&Customer { id: customer, number, name, email, phone, language, created_at: now() }).await.unwrap();
    let (number, terms_version) = (text("K-1"), text("2026-03"));
    tx.contract_put(&Contract { id: contract, customer, number, terms_version, accepted_at: None }).await.unwrap();
    let (number, product, username) = (text("ln-1"), String::new(), text("u2@isp.example"));
    let (circuit_id, mac, protected) = (String::new(), String::new(), None);
    let line = Service { id: service, customer, contract, number, product, username, circuit_id, mac, protected };
    tx.service_put(&line).await.unwrap();
    tx.commit_chore(Chore::LeasesHeard).await.unwrap();
    (service, customer)
}

async fn found(store: &Store, port: Option<u16>, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<(u16, DateTime<Utc>)> {
    let mut conn = store.read().await.unwrap();
    let forms = conn.lease_forms().await.unwrap();
    let address: IpAddr = "198.51.100.7".parse().unwrap();
    let ask = LeaseAsk { address, port, protocol: None, from, to };
    let held = conn.lease_find(&forms, &[ask]).await.unwrap().remove(0);
    let mut found: Vec<_> = held.iter().map(|held| (held.ports.0, held.to.unwrap())).collect();
    found.sort_unstable();
    found
}

#[tokio::test]
async fn more_leases_than_one_statement_takes_are_all_kept_and_said_again_change_nothing() {
    on_both(|store| async move {
        let many: Vec<LeaseRow> = (0..1_203).map(|n| lease(n, now(), 1)).collect();
        assert_eq!(keep(&store, &many).await, 0);
        let again: Vec<LeaseRow> = many.iter().map(|row| LeaseRow { id: LeaseId::new(), ..row.clone() }).collect();
        keep(&store, &again).await;
        let mut conn = store.read().await.unwrap();
        assert_eq!(rows(&mut conn, "leases").await.unwrap(), 1_203);
        assert_eq!(rows(&mut conn, "leases WHERE session IS NOT NULL").await.unwrap(), 12);
        drop(conn);
        for n in [0, 499, 500, 1_202] {
            let end = now() + TimeDelta::hours(1);
            assert_eq!(found(&store, Some(n * 16 + 3), now(), now()).await, [(n * 16, end)]);
        }
    })
    .await;
}

#[tokio::test]
async fn of_the_same_lease_twice_in_a_batch_the_last_word_counts() {
    on_both(|store| async move {
        let mut batch: Vec<LeaseRow> = (0..600).map(|n| lease(n, now(), 1)).collect();
        batch.push(lease(3, now(), 5));
        batch.push(lease(3, now(), 2));
        assert_eq!(keep(&store, &batch).await, 2);
        assert_eq!(found(&store, Some(3 * 16), now(), now()).await, [(48, now() + TimeDelta::hours(2))]);
    })
    .await;
}

#[tokio::test]
async fn a_question_about_weeks_finds_each_lease_once_also_those_that_last() {
    on_both(|store| async move {
        let day = |n: i64| now() - TimeDelta::days(n);
        let mut leases: Vec<LeaseRow> = (0..40).map(|n| lease(5, day(n), 20)).collect();
        // Longer than a day, begun before the time in question, in it, and after it.
        leases.extend([(30, 24 * 15), (18, 30), (3, 24 * 5)].map(|(n, hours)| lease(6, day(n), hours)));
        keep(&store, &leases).await;
        let (from, to) = (day(25), day(8));
        let begins: Vec<_> = found(&store, Some(5 * 16), from, to).await;
        let expected: Vec<_> = (8..=25).rev().map(|n| (80, day(n) + TimeDelta::hours(20))).collect();
        assert_eq!(begins, expected);
        let mut ends = vec![day(18) + TimeDelta::hours(30), day(30) + TimeDelta::days(15)];
        ends.sort_unstable();
        let expected: Vec<_> = ends.into_iter().map(|end| (96, end)).collect();
        assert_eq!(found(&store, Some(6 * 16), from, to).await, expected);
        // A time on whose days nothing began: those that last are found all the same.
        assert_eq!(found(&store, Some(6 * 16), day(-1), day(-1)).await, [(96, day(3) + TimeDelta::days(5))]);
        assert_eq!(found(&store, None, day(25), day(8)).await.len(), 20);
    })
    .await;
}

/// A question about the session of such a lease.
fn session_of(row: &LeaseRow, began: DateTime<Utc>, sure: bool) -> SessionAsk {
    let LeaseRow { net, ports, protocol, .. } = *row;
    SessionAsk { session: row.session.clone().unwrap(), net, ports, protocol, began, sure }
}

#[tokio::test]
async fn sessions_are_found_however_many_the_source_has() {
    on_both(|store| async move {
        let session = |n: u16| LeaseRow { session: Some(format!("bng/{n}")), ..lease(n, now(), 1) };
        let asks: Vec<SessionAsk> = (0..500).map(|n| session_of(&session(n), now(), true)).collect();
        let mut taken = Vec::new();
        for all in [0..500, 500..4_000] {
            keep(&store, &all.map(session).collect::<Vec<_>>()).await;
            let mut conn = store.read().await.unwrap();
            let counted = steps(&mut conn).await.unwrap();
            assert_eq!(conn.lease_of_sessions(1, &asks).await.unwrap().len(), 500);
            taken.extend(counted.map(|steps| steps.load(Ordering::Relaxed)));
        }
        if let [few, many] = taken[..] {
            assert!(many < few * 2, "{few} steps among 500 sessions, {many} among 4,000");
        }
    })
    .await;
}

#[tokio::test]
async fn a_session_is_found_by_words_from_any_time_of_it() {
    on_both(|store| async move {
        let day = |n: i64| now() - TimeDelta::days(n);
        let named =
            |n: u16, name: &str, from, hours| LeaseRow { session: Some(name.to_owned()), ..lease(n, from, hours) };
        let open = LeaseRow { to: None, ..named(1, "bng/open", day(90), 0) };
        let weeks = named(2, "bng/weeks", day(31), 31 * 24);
        let months = named(3, "bng/months", day(90), 80 * 24);
        let short = named(4, "bng/short", now() - TimeDelta::hours(25), 25);
        keep(&store, &[open.clone(), weeks.clone(), months.clone(), short.clone()]).await;
        // Many others at the same address, ports and time.
        let later = TimeDelta::minutes(1);
        keep(&store, &[named(1, "bng/else", day(90) + later, 1), named(4, "bng/else", short.from + later, 2)]).await;
        let mut conn = store.read().await.unwrap();
        for (row, at, sure) in [
            (&open, day(90), true),
            (&open, now(), false),
            (&weeks, day(31) + TimeDelta::seconds(2), true),
            (&weeks, day(1), false),
            (&months, day(50), false),
            (&short, short.from, true),
            (&short, short.from - TimeDelta::minutes(55), true),
            (&short, now(), false),
        ] {
            let found = conn.lease_of_sessions(1, &[session_of(row, at, sure)]).await.unwrap();
            assert_eq!(found.iter().map(|row| row.id).collect::<Vec<_>>(), [row.id], "{:?} {at} {sure}", row.session);
            assert!(conn.lease_of_sessions(2, &[session_of(row, at, sure)]).await.unwrap().is_empty());
        }
        let elsewhere = SessionAsk { ports: (5 * 16, 5 * 16 + 15), ..session_of(&open, now(), false) };
        assert!(conn.lease_of_sessions(1, &[elsewhere]).await.unwrap().is_empty());
        let forgotten = conn.lease_open_of_nas(1, "bng", now()).await.unwrap();
        assert_eq!(forgotten.iter().map(|row| row.id).collect::<Vec<_>>(), [open.id]);
        assert!(conn.lease_open_of_nas(1, "bn", now()).await.unwrap().is_empty());
    })
    .await;
}

/// A service and the number of the holder that stands for it; another holder is there before.
async fn holder_of_a_line(store: &Store) -> (ServiceId, i64) {
    let (service, customer) = line(store).await;
    keep(store, &[lease(0, now(), 1)]).await;
    let his = HolderRow {
        id: 0,
        kind: "username".to_owned(),
        name: "u2@isp.example".to_owned(),
        bound_from: DateTime::<Utc>::MIN_UTC,
        service: Some((service, customer)),
    };
    let mut tx = store.write().await.unwrap();
    tx.lease_holder_add(&[his]).await.unwrap();
    let held = tx.lease_holders_named("username", &["u2@isp.example".to_owned()]).await.unwrap();
    tx.commit_chore(Chore::LeasesHeard).await.unwrap();
    (service, held[0].id)
}

#[tokio::test]
async fn a_fixed_address_is_ended_however_many_others_have_one() {
    on_both(|store| async move {
        let (service, holder) = holder_of_a_line(&store).await;
        let fixed = |n| LeaseRow { fixed: true, to: None, ..lease(n, now(), 1) };
        let mut taken = Vec::new();
        for (his, others) in [(1, 3..400), (2, 400..4_000)] {
            keep(&store, &others.map(fixed).collect::<Vec<_>>()).await;
            let own = LeaseRow { holder, ..fixed(his) };
            keep(&store, std::slice::from_ref(&own)).await;
            let mut tx = store.write().await.unwrap();
            let counted = steps(&mut tx).await.unwrap();
            tx.lease_end_static(service, own.id, now()).await.unwrap();
            taken.extend(counted.map(|steps| steps.load(Ordering::Relaxed)));
            let again = tx.lease_end_static(service, own.id, now()).await;
            assert!(matches!(again, Err(store::StoreError::Stale)), "{again:?}");
            tx.commit_chore(Chore::LeasesHeard).await.unwrap();
        }
        if let [few, many] = taken[..] {
            assert!(many <= few * 2 + 100, "{few} steps among 400 fixed addresses, {many} among 4,000");
        }
    })
    .await;
}

#[tokio::test]
async fn what_a_service_holds_is_found_however_many_others_hold_something_that_day() {
    on_both(|store| async move {
        let (service, holder) = holder_of_a_line(&store).await;
        keep(&store, &[LeaseRow { holder, ..lease(1, now(), 1) }]).await;
        let mut taken = Vec::new();
        for others in [2..400, 400..4_000] {
            keep(&store, &others.map(|n| lease(n, now(), 1)).collect::<Vec<_>>()).await;
            let mut conn = store.read().await.unwrap();
            let counted = steps(&mut conn).await.unwrap();
            assert_eq!(conn.leases_of(service, 10).await.unwrap().len(), 1);
            taken.extend(counted.map(|steps| steps.load(Ordering::Relaxed)));
        }
        if let [few, many] = taken[..] {
            assert!(many <= few * 2 + 100, "{few} steps among 400 leases, {many} among 4,000");
        }
    })
    .await;
}

#[tokio::test]
async fn leases_fill_one_lot_after_the_other_and_their_holder_is_found_in_all_of_them() {
    on_both(|store| async move {
        let (service, holder) = holder_of_a_line(&store).await;
        let day = |n: u16| now() - TimeDelta::days(i64::from(n));
        let his = |n: u16| LeaseRow { holder, ..lease(n, day(n), 1) };
        for n in 1..=5 {
            keep(&store, &[his(n), his(n), lease(100 + n, now(), 1)]).await;
            // Said again, it stays where it is, and what is fixed is of no lot.
            keep(&store, &[his(1), LeaseRow { fixed: true, to: None, ..his(200 + n) }]).await;
            sql(&store, "UPDATE lease_lots SET leases = 131072 WHERE lot = (SELECT MAX(lot) FROM lease_lots)").await;
        }
        let mut conn = store.read().await.unwrap();
        for (lot, many) in [(0, 5), (1, 3), (2, 2), (5, 2), (6, 0)] {
            assert_eq!(rows(&mut conn, &format!("leases WHERE lot = {lot}")).await.unwrap(), many, "lot {lot}");
        }
        let found = conn.leases_of(service, 20).await.unwrap();
        assert_eq!(found.iter().filter(|lease| lease.to.is_some()).count(), 5, "{found:?}");
        assert_eq!(conn.lease_static_of(service).await.unwrap().len(), 0, "its source is no list of fixed addresses");
        drop(conn);
        // Lots of which nothing is left are forgotten, but for the last two: one may still be written to.
        sql(&store, "DELETE FROM leases WHERE lot IN (1, 2, 4, 5)").await;
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.lease_erase_some(1, now() + TimeDelta::days(1), 1).await.unwrap(), 1);
        tx.commit_chore(Chore::LeasesHeard).await.unwrap();
        let mut conn = store.read().await.unwrap();
        for (which, many) in [("", 4), ("WHERE lot IN (1, 2)", 0)] {
            assert_eq!(rows(&mut conn, &format!("lease_lots {which}")).await.unwrap(), many, "{which}");
        }
    })
    .await;
}

async fn sql(store: &Store, text: &str) {
    let mut tx = store.write().await.unwrap();
    tamper(&mut tx, text).await.unwrap();
    tx.commit_chore(Chore::LeasesHeard).await.unwrap();
}

#[tokio::test]
async fn a_name_that_changes_hands_is_counted_so_that_numbers_read_before_are_known_to_be_old() {
    on_both(|store| async move {
        let (service, customer) = line(&store).await;
        let mut tx = store.write().await.unwrap();
        let start = tx.lease_holder_changes().await.unwrap();
        let name = |service| HolderRow {
            id: 0,
            kind: "username".to_owned(),
            name: "u2@isp.example".to_owned(),
            bound_from: DateTime::<Utc>::MIN_UTC,
            service,
        };
        tx.lease_holder_add(&[name(Some((service, customer)))]).await.unwrap();
        assert_eq!(tx.lease_holder_changes().await.unwrap(), start, "a new name changes nothing that was read");
        let mut other = tx.service_by_id(service).await.unwrap().unwrap();
        tx.lease_holder_bind(&other, now()).await.unwrap();
        let before = tx.lease_holder_changes().await.unwrap();
        assert_eq!(before, start + 1, "the name is his already, but who looked whose ln-1 is found nobody");
        (other.id, other.number) = (ServiceId::new(), "ln-2".to_owned());
        tx.service_put(&other).await.unwrap();
        tx.lease_holder_bind(&other, now()).await.unwrap();
        assert_eq!(tx.lease_holder_changes().await.unwrap(), before + 2);
        let known = tx.lease_holders_named("username", &["u2@isp.example".to_owned()]).await.unwrap();
        assert_eq!(known.len(), 2);
        tx.commit_chore(Chore::LeasesHeard).await.unwrap();
    })
    .await;
}
