//! Customers, leases, reports, events and the inbox behave the same on both engines.
use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use domain::{
    act::Act,
    actor::Actor,
    attribution::{Answer, Candidate, Certainty},
    class::{Category, Class},
    clock::FrozenClock,
    customer::{Contract, Customer, Service},
    event::{Observation, Role, Source, TimeGrade},
    evidence::{Attribution, Event, EventState, InboxFilter, InboxTab},
    id::{AttributionId, ClauseId, ContractId, CustomerId, EventId, LeaseId, RangeId, ReportId, ServiceId},
    lease::{Held, Lease, OwnRange},
    ledger::NewEntry,
    page::PageOf,
    report::{Channel, Report, ReportFilter, ReportState},
    terms::Clause,
};
use std::sync::Arc;
use store::{
    LeaseAsk, NewEvent, Store, StoreError, Tx,
    testing::{both, rows, tamper},
};

const ALL: (u16, u16) = (0, u16::MAX);

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 22, 10, 0, 0).unwrap()
}

fn hour(n: i64) -> DateTime<Utc> {
    now() + TimeDelta::hours(n)
}

async fn done(tx: Tx) {
    tx.commit(NewEntry::new(&Actor::system("test"), Act::CustomersImported, "import", "t")).await.unwrap();
}

async fn on_both<F: Future<Output = ()>>(test: impl Fn(Store) -> F) {
    let folder = tempfile::tempdir().unwrap();
    both(folder.path(), Arc::new(FrozenClock::at(now())), test).await;
}

async fn line(store: &Store, number: &str, name: &str) -> Service {
    let customer = Customer {
        id: CustomerId::new(),
        number: format!("C-{number}"),
        name: name.to_owned(),
        email: format!("{number}@customer.example"),
        phone: String::new(),
        language: "en".to_owned(),
        created_at: now(),
    };
    let contract = Contract {
        id: ContractId::new(),
        customer: customer.id,
        number: format!("K-{number}"),
        terms_version: "2026-03".to_owned(),
        accepted_at: Some(hour(-5000)),
    };
    let service = Service {
        id: ServiceId::new(),
        customer: customer.id,
        contract: contract.id,
        number: format!("ln-{number}"),
        product: "Fibre 500".to_owned(),
        username: format!("user{number}@isp.example"),
        circuit_id: String::new(),
        mac: String::new(),
        protected: None,
    };
    let mut tx = store.write().await.unwrap();
    tx.terms_add("2026-03", hour(-9000)).await.unwrap();
    tx.customer_add(&customer).await.unwrap();
    tx.contract_put(&contract).await.unwrap();
    tx.service_put(&service).await.unwrap();
    tx.customer_refresh_search(&customer).await.unwrap();
    done(tx).await;
    service
}

fn lease(service: &Service, net: &str, ports: (u16, u16), from: i64, to: Option<i64>) -> Lease {
    Lease {
        id: LeaseId::new(),
        net: net.parse().unwrap(),
        ports,
        service: service.id,
        customer: service.customer,
        from: hour(from),
        to: to.map(hour),
        source: "radius".to_owned(),
    }
}

#[tokio::test]
async fn customers_are_found_by_everything_they_have() {
    on_both(|store| async move {
        let service = line(&store, "0001", "Okafor, Nadia").await;
        line(&store, "0002", "100 % Ltd").await;
        let mut conn = store.read().await.unwrap();
        for word in ["okafor", "C-0001", "ln-0001", "USER0001@", "0001@customer.example"] {
            let found = conn.customer_list(word, PageOf::default()).await.unwrap();
            assert_eq!(found.rows.len(), 1, "{word}");
            assert_eq!(found.rows[0].services, 1);
        }
        assert_eq!(conn.customer_list("", PageOf::default()).await.unwrap().rows.len(), 2);
        assert_eq!(conn.customer_list("100 %", PageOf::default()).await.unwrap().rows.len(), 1);
        assert!(conn.customer_list("0_01", PageOf::default()).await.unwrap().rows.is_empty(), "a sign is only a sign");
        let named = vec![service.username.clone(), "nobody".to_owned()];
        assert_eq!(conn.services_by_username(&named).await.unwrap(), vec![service.clone()]);
        assert_eq!(conn.service_by_number("ln-0001").await.unwrap(), Some(service.clone()));
        assert_eq!(conn.service_keys().await.unwrap().len(), 2);
        assert_eq!(conn.contracts_of(service.customer).await.unwrap()[0].accepted_at, Some(hour(-5000)));
    })
    .await;
}

#[tokio::test]
async fn published_clauses_and_ranges_are_kept_once() {
    on_both(|store| async move {
        let clause = Clause {
            id: ClauseId::new(),
            terms_version: "2026-03".to_owned(),
            number: "7.2".to_owned(),
            text: "We may restrict the line.".to_owned(),
            permits: vec![domain::quarantine::Measure::WalledGarden],
            days_max: 30,
        };
        let range = OwnRange { id: RangeId::new(), net: "198.51.100.0/24".parse().unwrap(), label: "Fibre".to_owned() };
        let mut tx = store.write().await.unwrap();
        tx.terms_add("2026-03", now()).await.unwrap();
        tx.clause_add(&clause).await.unwrap();
        tx.range_add(&range).await.unwrap();
        done(tx).await;
        let mut tx = store.write().await.unwrap();
        let again = tx.clause_add(&Clause { id: ClauseId::new(), ..clause.clone() }).await;
        assert!(matches!(again, Err(StoreError::Conflict(_))), "{again:?}");
        drop(tx);
        let mut tx = store.write().await.unwrap();
        let again = tx.range_add(&OwnRange { id: RangeId::new(), ..range.clone() }).await;
        assert!(matches!(again, Err(StoreError::Conflict(_))), "{again:?}");
        drop(tx);
        let mut conn = store.read().await.unwrap();
        assert_eq!(conn.terms_by_version("2026-03").await.unwrap().unwrap().clauses, vec![clause]);
        assert_eq!(conn.range_list().await.unwrap(), vec![range]);
    })
    .await;
}

#[tokio::test]
async fn leases_answer_by_address_prefix_port_and_time() {
    on_both(|store| async move {
        let (one, two) = (line(&store, "1", "One").await, line(&store, "2", "Two").await);
        let leases = vec![
            lease(&one, "198.51.100.7/32", ALL, -48, Some(-24)),
            lease(&two, "198.51.100.7/32", ALL, -24, None),
            lease(&one, "203.0.113.5/32", (1024, 2047), -48, None),
            lease(&two, "203.0.113.5/32", (2048, 3071), -48, None),
            lease(&one, "2001:db8:4f:1200::/56", ALL, -48, None),
            lease(&two, "192.0.2.64/28", ALL, -48, None),
        ];
        let mut tx = store.write().await.unwrap();
        tx.lease_add(&leases).await.unwrap();
        // The first lease again, now with an earlier end, twice in one go.
        let ended = Lease { id: LeaseId::new(), to: Some(hour(-30)), ..leases[0].clone() };
        tx.lease_add(&[leases[0].clone(), ended]).await.unwrap();
        done(tx).await;
        let mut conn = store.read().await.unwrap();
        assert_eq!(conn.lease_count().await.unwrap(), 6);
        let cases = [
            ("198.51.100.7", -40, vec![one.id]),
            ("198.51.100.7", -29, vec![]),
            ("198.51.100.7", -24, vec![two.id]),
            ("2001:db8:4f:12ff::9", -1, vec![one.id]),
            ("2001:db8:4f:1300::9", -1, vec![]),
            ("192.0.2.79", -1, vec![two.id]),
            ("192.0.2.80", -1, vec![]),
        ];
        let forms = conn.lease_forms().await.unwrap();
        let ask = |address: &str, from: i64, to: i64, port| LeaseAsk {
            address: address.parse().unwrap(),
            port,
            protocol: None,
            from: hour(from),
            to: hour(to),
        };
        let who = |rows: &[Held]| rows.iter().filter_map(|row| Some(row.by.service?.0)).collect::<Vec<_>>();
        for (address, at, holders) in cases {
            let mut found = conn.lease_find(&forms, &[ask(address, at, at, None)]).await.unwrap();
            let mut rows = found.remove(0);
            rows.retain(|row| row.from <= hour(at) && row.to.is_none_or(|to| to > hour(at)));
            assert_eq!(who(&rows), holders, "{address} at {at}");
        }
        let all = ["198.51.100.7", "203.0.113.5", "192.0.2.65"].map(|address| ask(address, -40, 0, None));
        let found = conn.lease_find(&forms, &all).await.unwrap();
        assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 1]);
        let block = conn.lease_find(&forms, &[ask("203.0.113.5", -1, -1, Some(2_500))]).await.unwrap();
        assert_eq!(who(&block[0]), [two.id]);
        assert_eq!(conn.leases_of(one.id, 10).await.unwrap().len(), 3);
    })
    .await;
}

fn report(sha256: &str, state: ReportState) -> Report {
    Report {
        id: ReportId::new(),
        received_at: now(),
        channel: Channel::Api,
        sha256: sha256.to_owned(),
        size: 3,
        file_name: "a.eml".to_owned(),
        content_type: "message/rfc822".to_owned(),
        format: None,
        disposition: None,
        state,
        reason: None,
        reporter: None,
        sender: None,
        subject: None,
        events: 0,
        duplicate_of: None,
        parser_version: 0,
    }
}

fn event(report: ReportId, position: i64, holder: Option<&Service>, certainty: Certainty, source: &str) -> NewEvent {
    let observation = Observation {
        source: Source::from_ip(source.parse().unwrap(), Some(25)),
        from: Some(hour(-position)),
        to: Some(hour(-position)),
        time_grade: TimeGrade::Stated,
        class: Class::Spam,
        role: Role::Actor,
        count: 1,
        reference: Some(format!("r{position}")),
        details: serde_json::Map::new(),
        faults: vec!["no zone".to_owned()],
    };
    let mut fingerprint = [0; 32];
    fingerprint[..8].copy_from_slice(&position.to_be_bytes());
    let event = Event {
        id: EventId::new(),
        report,
        position,
        reporter: format!("reporter{}.example", position % 2),
        at: hour(-position),
        observation,
        received_at: now(),
        certainty,
        customer: holder.map(|service| service.customer),
        service: holder.map(|service| service.id),
        case: None,
        state: EventState::Pending,
    };
    NewEvent { event, fingerprint }
}

fn answer(event: &Event, lease: Option<&Lease>) -> Attribution {
    let candidate = |lease: &Lease| Candidate {
        lease: Some(lease.id),
        service: lease.service,
        customer: lease.customer,
        from: lease.from,
        to: lease.to,
        ports: lease.ports,
        source: lease.source.clone(),
        row: None,
    };
    let candidates: Vec<Candidate> = lease.map(candidate).into_iter().collect();
    let answer = Answer::open(event.certainty, candidates, "no lease".to_owned());
    let made_by = "system:intake".to_owned();
    Attribution { id: AttributionId::new(), event: event.id, made_at: now(), made_by, answer }
}

#[tokio::test]
async fn reports_keep_their_bytes_once_and_move_under_guard() {
    on_both(|store| async move {
        let first = report("aa", ReportState::Received);
        let twin = Report { id: ReportId::new(), duplicate_of: Some(first.id), ..report("aa", ReportState::Duplicate) };
        let mut tx = store.write().await.unwrap();
        tx.report_add_bytes("aa", b"abc").await.unwrap();
        tx.report_add(&first).await.unwrap();
        assert_eq!(tx.report_first_with_bytes("aa").await.unwrap(), Some(first.id));
        tx.report_add_bytes("aa", b"abc").await.unwrap();
        tx.report_add(&twin).await.unwrap();
        tx.report_settle(&Report { state: ReportState::Parked, ..first.clone() }, ReportState::Received).await.unwrap();
        done(tx).await;
        let mut tx = store.write().await.unwrap();
        let stale = tx.report_set_state(first.id, ReportState::Received, ReportState::Done).await;
        assert!(matches!(stale, Err(StoreError::Stale)));
        drop(tx);
        let mut conn = store.read().await.unwrap();
        assert_eq!(conn.report_bytes(twin.id).await.unwrap().unwrap(), b"abc");
        assert_eq!(conn.report_duplicates("aa").await.unwrap().len(), 1);
        assert_eq!(conn.report_count(ReportState::Parked).await.unwrap(), 1);
        let parked = ReportFilter { state: Some(ReportState::Parked), who: String::new() };
        assert_eq!(conn.report_list(&parked, PageOf::default()).await.unwrap().rows[0].id, first.id);
        assert_eq!(conn.report_list(&ReportFilter::default(), PageOf::default()).await.unwrap().rows.len(), 2);
    })
    .await;
}

/// Five certain events, an unknown and an ambiguous one, with their answers.
async fn fill(store: &Store, one: &Service) -> Vec<NewEvent> {
    let held = lease(one, "198.51.100.7/32", ALL, -500, None);
    let source = report("bb", ReportState::Received);
    let mut events: Vec<NewEvent> =
        (0..5).map(|n| event(source.id, n, Some(one), Certainty::Certain, "198.51.100.7")).collect();
    events.push(event(source.id, 5, None, Certainty::Unknown, "192.0.2.9"));
    events.push(event(source.id, 6, None, Certainty::Ambiguous, "192.0.2.10"));
    let mut tx = store.write().await.unwrap();
    tx.lease_add(std::slice::from_ref(&held)).await.unwrap();
    tx.report_add_bytes("bb", b"x").await.unwrap();
    tx.report_add(&source).await.unwrap();
    assert_eq!(tx.event_add(&events).await.unwrap().len(), 7);
    let answers: Vec<Attribution> =
        events.iter().map(|new| answer(&new.event, new.event.customer.map(|_| &held))).collect();
    tx.attribution_add(&answers).await.unwrap();
    tx.event_on_day(100, Class::Spam, "reporter.example", 3).await.unwrap();
    tx.event_on_day(100, Class::Spam, "reporter.example", 2).await.unwrap();
    // The same observation again is not stored as new.
    let mut again = event(source.id, 7, Some(one), Certainty::Certain, "198.51.100.7");
    again.fingerprint = events[0].fingerprint;
    assert!(tx.event_add(&[again.clone()]).await.unwrap().is_empty());
    again.event.state = EventState::Duplicate;
    assert_eq!(tx.event_add(&[again]).await.unwrap().len(), 1);
    assert_eq!(tx.event_last_position(source.id).await.unwrap(), 7);
    done(tx).await;
    events
}

#[tokio::test]
async fn the_inbox_groups_what_waits() {
    on_both(|store| async move {
        let one = line(&store, "1", "Okafor, Nadia").await;
        let events = fill(&store, &one).await;
        let mut conn = store.read().await.unwrap();
        let counts = conn.inbox_counts().await.unwrap();
        assert_eq!((counts.decide, counts.unknown, counts.ambiguous, counts.on_case), (1, 1, 1, 0));
        let filter = |tab| InboxFilter { tab, ..InboxFilter::default() };
        let rows = conn.inbox_list(&filter(InboxTab::Decide), now(), PageOf::default()).await.unwrap().rows;
        let [row] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!((row.events, row.reporters, row.event), (5, 2, events[0].event.id));
        assert_eq!((row.customer_name.as_str(), row.service.as_str()), ("Okafor, Nadia", "Fibre 500 · ln-1"));
        assert_eq!((row.days.iter().sum::<i64>(), row.days[9], row.candidates), (5, 5, 1));
        let unknown = conn.inbox_list(&filter(InboxTab::Unknown), now(), PageOf::default()).await.unwrap().rows;
        assert_eq!((unknown[0].source.as_str(), unknown[0].why.as_str()), ("192.0.2.9", "no lease"));
        assert_eq!(unknown[0].days[9], 1);
        for (text, found) in [("okafor", 1), ("100.7", 1), ("nobody", 0)] {
            let filter = InboxFilter { text: text.to_owned(), ..filter(InboxTab::Decide) };
            assert_eq!(conn.inbox_list(&filter, now(), PageOf::default()).await.unwrap().rows.len(), found, "{text}");
        }
        let other = InboxFilter { category: Some(Category::Copyright), ..filter(InboxTab::Decide) };
        assert!(conn.inbox_list(&other, now(), PageOf::default()).await.unwrap().rows.is_empty());
        assert!(conn.inbox_list(&filter(InboxTab::OnCase), now(), PageOf::default()).await.unwrap().rows.is_empty());
        let stored = conn.event_by_id(events[2].event.id).await.unwrap().unwrap();
        assert_eq!(stored.observation, events[2].event.observation);
        assert_eq!(conn.attributions_of(stored.id).await.unwrap()[0].answer.candidates[0].service, one.id);
        assert!(conn.case_joinables(&[one.customer]).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn evidence_is_set_aside_by_row_and_corrected_one_by_one() {
    on_both(|store| async move {
        let one = line(&store, "1", "Okafor, Nadia").await;
        let events = fill(&store, &one).await;
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.event_dismiss_group(one.customer, Category::Messaging).await.unwrap(), 5);
        assert_eq!(tx.event_dismiss_source("192.0.2.9", Category::Messaging).await.unwrap(), 1);
        let mut moved = events[6].event.clone();
        (moved.certainty, moved.customer, moved.service) = (Certainty::Certain, Some(one.customer), Some(one.id));
        tx.event_set_holder(&moved, EventState::Pending).await.unwrap();
        done(tx).await;
        let mut tx = store.write().await.unwrap();
        let late = tx.event_set_holder(&events[5].event, EventState::Pending).await;
        assert!(matches!(late, Err(StoreError::Stale)), "set aside meanwhile: {late:?}");
        drop(tx);
        let counts = store.read().await.unwrap().inbox_counts().await.unwrap();
        assert_eq!((counts.decide, counts.unknown, counts.ambiguous), (1, 0, 0));
    })
    .await;
}

/// What the triggers keep, against what the events say.
const WRONG: &str =
    "(SELECT * FROM (SELECT CAST(customer_id AS TEXT) AS owner, category, COUNT(*) AS events FROM events
        WHERE state = 'pending' AND certainty = 'certain' GROUP BY customer_id, category
      UNION ALL SELECT certainty || ' ' || source, category, COUNT(*) FROM events
        WHERE state = 'pending' AND certainty <> 'certain' GROUP BY certainty, source, category) AS told
    EXCEPT SELECT * FROM (SELECT CAST(customer_id AS TEXT), category, events FROM waiting_customers
      UNION ALL SELECT certainty || ' ' || source, category, events FROM waiting_sources) AS kept) AS wrong";

#[tokio::test]
async fn what_waits_is_counted_right_after_every_change() {
    on_both(|store| async move {
        let (one, two) = (line(&store, "1", "Okafor, Nadia").await, line(&store, "2", "Moser, Jan").await);
        let events = fill(&store, &one).await;
        let first = events[0].event.id.0.simple().to_string();
        let id = if store.engine_name() == "sqlite" { format!("unhex('{first}')") } else { format!("'{first}'") };
        let holder = two.customer.0.simple().to_string();
        let to = if store.engine_name() == "sqlite" { format!("unhex('{holder}')") } else { format!("'{holder}'") };
        let changes = [
            (String::new(), 1, 2),
            (format!("UPDATE events SET customer_id = {to} WHERE id = {id}"), 2, 2),
            (format!("UPDATE events SET certainty = 'ambiguous', customer_id = NULL WHERE id = {id}"), 1, 3),
            ("UPDATE events SET at = at + 1".to_owned(), 1, 3),
            ("UPDATE events SET state = 'on_case' WHERE state = 'pending'".to_owned(), 0, 0),
            ("UPDATE events SET state = 'pending' WHERE state = 'on_case'".to_owned(), 1, 3),
            (format!("DELETE FROM attributions; DELETE FROM events WHERE id <> {id}"), 0, 1),
        ];
        for (sql, customers, sources) in changes {
            let mut tx = store.write().await.unwrap();
            for part in sql.split(';').filter(|part| !part.is_empty()) {
                tamper(&mut tx, part).await.unwrap();
            }
            assert_eq!(rows(&mut tx, WRONG).await.unwrap(), 0, "{}: {sql}", store.engine_name());
            assert_eq!(rows(&mut tx, "waiting_customers").await.unwrap(), customers, "{sql}");
            assert_eq!(rows(&mut tx, "waiting_sources").await.unwrap(), sources, "{sql}");
            done(tx).await;
        }
    })
    .await;
}
