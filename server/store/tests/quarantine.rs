//! Quarantines, releases and objections on both engines.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    act::Act,
    actor::Actor,
    clock::{FrozenClock, SharedClock},
    customer::Service,
    dispute::{Dispute, Verdict},
    id::{CaseId, ClauseId, ContractId, CustomerId, DisputeId, QuarantineId, ReleaseId, ServiceId, UserId},
    ledger::NewEntry,
    page::PageOf,
    quarantine::{Measure, Quarantine, QuarantineState, QuarantineTab},
    release::{AskedBy, Release, ReleaseState},
    user::User,
};
use std::sync::Arc;
use store::{Chore, Store, StoreError, testing};
use uuid::Uuid;

struct World {
    customer: CustomerId,
    service: ServiceId,
    clause: ClauseId,
    cases: [CaseId; 2],
    now: DateTime<Utc>,
}

fn now() -> DateTime<Utc> {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn clock() -> SharedClock {
    Arc::new(FrozenClock::at(now()))
}

/// The rows around a quarantine, typed into the database.
async fn world(store: &Store) -> World {
    let world = World {
        customer: CustomerId::new(),
        service: ServiceId::new(),
        clause: ClauseId::new(),
        cases: [CaseId::new(), CaseId::new()],
        now: now(),
    };
    let sqlite = store.engine_name() == "sqlite";
    let id = |id: Uuid| if sqlite { format!("X'{}'", id.simple()) } else { format!("'{id}'") };
    let (customer, contract, at) = (id(world.customer.0), id(ContractId::new().0), world.now.timestamp_micros());
    let mut statements = vec![
        format!("INSERT INTO terms (version, published_at) VALUES ('2026-03', {at})"),
        format!(
            "INSERT INTO clauses (id, terms_version, number, wording, permits, days_max)
             VALUES ({}, '2026-03', '7.2', 'We may.', '[\"walled_garden\"]', 14)",
            id(world.clause.0)
        ),
        format!(
            "INSERT INTO customers (id, number, name, email, phone, language, search, created_at)
             VALUES ({customer}, 'k-1', 'Okafor, Nadia', 'n@mail.example', '', 'en', 'okafor', {at})"
        ),
        format!(
            "INSERT INTO contracts (id, customer_id, number, terms_version, accepted_at)
             VALUES ({contract}, {customer}, 'c-1', '2026-03', {at})"
        ),
        format!(
            "INSERT INTO services (id, customer_id, contract_id, number, product, username, circuit_id, mac, protected)
             VALUES ({}, {customer}, {contract}, 'ln-1', 'Fibre', '', '', '', NULL)",
            id(world.service.0)
        ),
    ];
    for (place, case) in world.cases.iter().enumerate() {
        statements.push(format!(
            "INSERT INTO cases (id, number, customer_id, service_id, category, class, state, dispute, opened_at,
               first_event_at, last_event_at, first_stored_at, events, strikes, unread, joinable, search, version)
             VALUES ({}, 'L-2026-00000{place}', {customer}, NULL, 'infrastructure', 'infrastructure/botnet', 'open',
               'none', {at}, {at}, {at}, {at}, 0, 0, FALSE, FALSE, '', 1)",
            id(case.0)
        ));
    }
    let mut tx = store.write().await.unwrap();
    for sql in statements {
        testing::tamper(&mut tx, &sql).await.unwrap();
    }
    tx.commit_chore(Chore::Seen).await.unwrap();
    world
}

fn quarantine(world: &World, state: QuarantineState) -> Quarantine {
    Quarantine {
        id: QuarantineId::new(),
        service: world.service,
        customer: world.customer,
        measure: Measure::PortBlock,
        ports: vec![25, 445],
        state,
        clause: world.clause,
        reason: "bot traffic".into(),
        ordered_by: "user:1:Mara".into(),
        ordered_at: world.now,
        approved_by: None,
        starts_at: world.now,
        review_at: world.now + TimeDelta::days(7),
        expires_at: world.now + TimeDelta::days(14),
        confirmed_at: None,
        verified_at: None,
        lift_asked_at: None,
        lifted_at: None,
        attempts: 0,
        answer: String::new(),
        version: 1,
    }
}

fn entry() -> NewEntry {
    NewEntry::new(&Actor::system("test"), Act::QuarantineOrdered, "quarantine", "1")
}

#[tokio::test]
async fn one_live_quarantine_per_service_held_by_several_cases() {
    let folder = tempfile::tempdir().unwrap();
    testing::both(folder.path(), clock(), |store| async move {
        let world = world(&store).await;
        let order = quarantine(&world, QuarantineState::Applying);
        let mut tx = store.write().await.unwrap();
        tx.quarantine_add(&order).await.unwrap();
        tx.quarantine_cause_add(order.id, world.cases[0]).await.unwrap();
        tx.quarantine_cause_add(order.id, world.cases[1]).await.unwrap();
        tx.quarantine_cause_add(order.id, world.cases[1]).await.unwrap();
        tx.commit(entry()).await.unwrap();

        let mut tx = store.write().await.unwrap();
        let second = tx.quarantine_add(&quarantine(&world, QuarantineState::Scheduled)).await;
        assert!(matches!(second, Err(StoreError::Conflict(_))), "{second:?}");
        drop(tx);

        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.quarantine_live_of_service(world.service).await.unwrap(), Some(order.clone()));
        assert_eq!(tx.quarantine_causes(order.id).await.unwrap(), world.cases);
        assert!(tx.quarantine_cause_gone(order.id, world.cases[0], world.now).await.unwrap());
        assert!(!tx.quarantine_cause_gone(order.id, world.cases[0], world.now).await.unwrap());
        assert_eq!(tx.quarantine_causes(order.id).await.unwrap(), world.cases[1..]);
        let ended = Quarantine { state: QuarantineState::Lifted, lifted_at: Some(world.now), ..order.clone() };
        tx.quarantine_save(&ended).await.unwrap();
        let stale = tx.quarantine_save(&ended).await;
        assert!(matches!(stale, Err(StoreError::Stale)), "{stale:?}");
        tx.quarantine_causes_gone(order.id, world.now).await.unwrap();
        tx.quarantine_add(&quarantine(&world, QuarantineState::Scheduled)).await.unwrap();
        tx.commit(entry()).await.unwrap();

        let mut conn = store.read().await.unwrap();
        let kept = conn.quarantine_by_id(order.id).await.unwrap().unwrap();
        assert_eq!(kept, Quarantine { version: 2, ..ended });
    })
    .await;
}

#[tokio::test]
async fn the_views_show_what_they_say() {
    let folder = tempfile::tempdir().unwrap();
    testing::both(folder.path(), clock(), |store| async move {
        let world = world(&store).await;
        let order = quarantine(&world, QuarantineState::InForce);
        let mut tx = store.write().await.unwrap();
        tx.quarantine_add(&order).await.unwrap();
        tx.quarantine_cause_add(order.id, world.cases[1]).await.unwrap();
        let request = Release {
            id: ReleaseId::new(),
            quarantine: order.id,
            case: world.cases[1],
            customer: world.customer,
            asked_by: AskedBy::Customer,
            asked_at: world.now,
            state: ReleaseState::Waiting,
            by_himself: false,
            decided_by: None,
            decided_at: None,
            reason: String::new(),
        };
        tx.release_add(&request).await.unwrap();
        assert!(
            matches!(tx.quarantine_row(order.id).await.unwrap(), Some(row) if row.customer_name == "Okafor, Nadia")
        );
        tx.commit(entry()).await.unwrap();

        let mut conn = store.read().await.unwrap();
        let later = world.now + TimeDelta::days(8);
        for (tab, at, expected) in [
            (QuarantineTab::InForce, world.now, 1),
            (QuarantineTab::Waiting, world.now, 0),
            (QuarantineTab::Failed, world.now, 0),
            (QuarantineTab::Overdue, world.now, 0),
            (QuarantineTab::Overdue, later, 1),
            (QuarantineTab::Requests, world.now, 1),
            (QuarantineTab::Ended, world.now, 0),
        ] {
            let rows = conn.quarantine_list(tab, PageOf::default(), at).await.unwrap();
            assert_eq!(rows.len(), expected, "{tab}");
            if let Some(row) = rows.first() {
                assert_eq!((row.service_number.as_str(), row.clause_number.as_str()), ("ln-1", "7.2"));
                assert_eq!(row.cases, [(world.cases[1], "L-2026-000001".to_owned())]);
            }
        }
        let counts = conn.quarantine_counts(later).await.unwrap();
        assert_eq!((counts.in_force, counts.overdue, counts.requests, counts.failed), (1, 1, 1, 0));
        assert_eq!(conn.quarantine_rows_of_case(world.cases[1]).await.unwrap().len(), 1);
        assert_eq!(conn.quarantine_rows_of_case(world.cases[0]).await.unwrap().len(), 0);
        assert_eq!(conn.quarantine_to_end(later, 10).await.unwrap().len(), 0);
        assert_eq!(conn.quarantine_to_end(world.now + TimeDelta::days(14), 10).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_signature_is_asked_for_behind_any_number_of_orders_to_come() {
    let folder = tempfile::tempdir().unwrap();
    testing::both(folder.path(), clock(), |store| async move {
        let world = world(&store).await;
        let mut tx = store.write().await.unwrap();
        let contract = tx.services_of(world.customer).await.unwrap()[0].contract;
        for n in 0..60 {
            let service = Service {
                id: ServiceId::new(),
                customer: world.customer,
                contract,
                number: format!("ln-1{n}"),
                product: String::new(),
                username: String::new(),
                circuit_id: String::new(),
                mac: String::new(),
                protected: None,
            };
            tx.service_put(&service).await.unwrap();
            let order = quarantine(&world, QuarantineState::Scheduled);
            tx.quarantine_add(&Quarantine { service: service.id, ..order }).await.unwrap();
        }
        let unsigned = Quarantine {
            ordered_at: world.now + TimeDelta::hours(1),
            ..quarantine(&world, QuarantineState::AwaitingApproval)
        };
        tx.quarantine_add(&unsigned).await.unwrap();
        let found = tx.quarantines_unsigned(20).await.unwrap();
        assert_eq!(found.iter().map(|row| row.quarantine.id).collect::<Vec<_>>(), [unsigned.id]);
        assert_eq!(tx.approval_counts().await.unwrap().signatures, 1);
    })
    .await;
}

#[tokio::test]
async fn requests_and_objections_are_decided_once() {
    let folder = tempfile::tempdir().unwrap();
    testing::both(folder.path(), clock(), |store| async move {
        let world = world(&store).await;
        let order = quarantine(&world, QuarantineState::InForce);
        let decider = User {
            id: UserId::new(),
            email: "s@desk.example".into(),
            name: "Sol".into(),
            role: domain::actor::Role::Supervisor,
            disabled_at: None,
            created_at: world.now,
            signed_in_at: None,
        };
        let mut tx = store.write().await.unwrap();
        tx.user_add(&decider, "x").await.unwrap();
        tx.quarantine_add(&order).await.unwrap();
        let request = Release {
            id: ReleaseId::new(),
            quarantine: order.id,
            case: world.cases[0],
            customer: world.customer,
            asked_by: AskedBy::Customer,
            asked_at: world.now,
            state: ReleaseState::Waiting,
            by_himself: false,
            decided_by: None,
            decided_at: None,
            reason: String::new(),
        };
        tx.release_add(&request).await.unwrap();
        let himself = Release {
            id: ReleaseId::new(),
            state: ReleaseState::Granted,
            by_himself: true,
            asked_at: world.now - TimeDelta::days(91),
            ..request.clone()
        };
        tx.release_add(&himself).await.unwrap();
        assert_eq!(tx.self_releases_used(world.customer, world.now - TimeDelta::days(90)).await.unwrap(), 0);
        assert_eq!(tx.self_releases_used(world.customer, world.now - TimeDelta::days(92)).await.unwrap(), 1);
        assert_eq!(tx.releases_waiting_of(order.id).await.unwrap(), std::slice::from_ref(&request));
        tx.release_decide(request.id, ReleaseState::Refused, "user:1:Sol", world.now, "still seen").await.unwrap();
        let again = tx.release_decide(request.id, ReleaseState::Granted, "user:1:Sol", world.now, "x").await;
        assert!(matches!(again, Err(StoreError::Stale)));
        let decided = tx.release_by_id(request.id).await.unwrap().unwrap();
        assert_eq!((decided.state, decided.reason.as_str()), (ReleaseState::Refused, "still seen"));

        let objection = Dispute {
            id: DisputeId::new(),
            case: world.cases[0],
            opened_at: world.now,
            text: "not me".into(),
            first_decider: None,
            due_at: world.now + TimeDelta::days(5),
            decided_at: None,
            decided_by: None,
            verdict: None,
            reason: String::new(),
        };
        tx.dispute_add(&objection).await.unwrap();
        assert_eq!(tx.disputes_open(5).await.unwrap().len(), 1);
        let counts = tx.approval_counts().await.unwrap();
        assert_eq!((counts.signatures, counts.requests, counts.disputes), (0, 0, 1));
        tx.dispute_decide(objection.id, decider.id, Verdict::Upheld, "he is right", world.now).await.unwrap();
        let again = tx.dispute_decide(objection.id, decider.id, Verdict::Rejected, "no", world.now).await;
        assert!(matches!(again, Err(StoreError::Stale)));
        assert_eq!(tx.disputes_of_case(world.cases[0]).await.unwrap()[0].verdict, Some(Verdict::Upheld));
        tx.commit(entry()).await.unwrap();
    })
    .await;
}
