//! Cases, texts, notices and links on both engines.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    act::Act,
    actor::{Actor, Role as StaffRole},
    attribution::Certainty,
    case::{Case, CaseFilter, CaseOrder, CaseState, Message, MessageKind, Outcome},
    class::{Category, Class},
    clock::{FrozenClock, SharedClock},
    customer::Customer,
    event::{Observation, Role, Source, TimeGrade},
    evidence::{Event, EventState},
    id::{CaseId, CustomerId, EventId, LinkId, MessageId, NoticeId, ReportId, UserId},
    ledger::NewEntry,
    limit::GROUPING,
    link::Link,
    notice::{Notice, NoticeFilter, NoticeState},
    page::PageOf,
    report::{Channel, Report, ReportState},
    user::User,
};
use std::sync::Arc;
use store::{Chore, NewCase, NewEvent, Store, StoreError, Tx, testing};

fn now() -> DateTime<Utc> {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn clock() -> SharedClock {
    Arc::new(FrozenClock::at(now()))
}

async fn keep(tx: Tx) {
    tx.commit(NewEntry::new(&Actor::system("test"), Act::CaseNoted, "test", 1)).await.unwrap();
}

async fn customer(store: &Store, name: &str) -> CustomerId {
    let customer = Customer {
        id: CustomerId::new(),
        number: format!("k-{name}"),
        name: name.to_owned(),
        email: "n@mail.example".to_owned(),
        phone: String::new(),
        language: "en".to_owned(),
        created_at: now(),
    };
    let mut tx = store.write().await.unwrap();
    tx.customer_add(&customer).await.unwrap();
    keep(tx).await;
    customer.id
}

/// `count` waiting events an hour apart, the last one at `last`.
async fn events(store: &Store, customer: CustomerId, count: u8, last: DateTime<Utc>) -> Vec<EventId> {
    let id = ReportId::new();
    let report = Report {
        id,
        received_at: now(),
        channel: Channel::Api,
        sha256: id.to_string(),
        size: 1,
        file_name: String::new(),
        content_type: String::new(),
        format: None,
        disposition: None,
        state: ReportState::Done,
        reason: None,
        reporter: None,
        sender: None,
        subject: None,
        events: 0,
        duplicate_of: None,
        parser_version: 1,
    };
    let new: Vec<NewEvent> = (0..count)
        .map(|n| {
            let at = last - TimeDelta::hours(i64::from(count - 1 - n));
            let mut fingerprint = [n; 32];
            fingerprint[..16].copy_from_slice(id.0.as_bytes());
            let observation = Observation {
                source: Source::from_ip("192.0.2.7".parse().unwrap(), None),
                from: Some(at),
                to: None,
                time_grade: TimeGrade::Stated,
                class: Class::InfectedHost,
                role: Role::Infected,
                count: 2,
                reference: None,
                details: serde_json::Map::new(),
                faults: Vec::new(),
            };
            let event = Event {
                id: EventId::new(),
                report: id,
                position: i64::from(n),
                reporter: format!("reporter {}", n % 2),
                observation,
                at,
                received_at: now(),
                certainty: Certainty::Certain,
                customer: Some(customer),
                service: None,
                case: None,
                state: EventState::Pending,
            };
            NewEvent { event, fingerprint }
        })
        .collect();
    let mut tx = store.write().await.unwrap();
    tx.report_add_bytes(&report.sha256, b"x").await.unwrap();
    tx.report_add(&report).await.unwrap();
    let ids = tx.event_add(&new).await.unwrap();
    keep(tx).await;
    ids
}

fn new_case(customer: CustomerId, last: DateTime<Utc>) -> NewCase {
    NewCase {
        id: CaseId::new(),
        customer,
        service: None,
        category: Category::Connection,
        class: Class::InfectedHost,
        assignee: None,
        opened_at: now(),
        first_event_at: last,
        last_event_at: last,
        first_stored_at: now(),
        due_at: Some(now() + TimeDelta::hours(24)),
        repeat_of: None,
        strikes: 0,
    }
}

async fn opened(store: &Store, customer: CustomerId, last: DateTime<Utc>) -> Case {
    let new = new_case(customer, last);
    let mut tx = store.write().await.unwrap();
    tx.case_add(&new, 2026, last - GROUPING).await.unwrap();
    keep(tx).await;
    store.read().await.unwrap().case_by_id(new.id).await.unwrap().unwrap()
}

async fn save(store: &Store, case: &Case) -> Result<(), StoreError> {
    let mut tx = store.write().await.unwrap();
    tx.case_save(case).await?;
    keep(tx).await;
    Ok(())
}

#[tokio::test]
async fn a_case_takes_what_waits_and_is_joined_until_it_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    testing::both(folder.path(), clock(), |store| async move {
        let owner = customer(&store, "Okafor, Nadia").await;
        events(&store, owner, 5, now() - TimeDelta::hours(1)).await;
        let pending = store.read().await.unwrap().case_pending(owner, Category::Connection).await.unwrap().unwrap();
        assert_eq!((pending.events, pending.last_at), (5, now() - TimeDelta::hours(1)));
        let case = opened(&store, owner, pending.last_at).await;
        assert_eq!(case.number, "L-2026-000001");
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.case_take_pending(&case, CaseState::Open).await.unwrap(), 5);
        keep(tx).await;
        let mut conn = store.read().await.unwrap();
        assert!(conn.case_pending(owner, Category::Connection).await.unwrap().is_none());
        let sightings = conn.case_sightings(case.id).await.unwrap();
        assert_eq!((sightings.times, sightings.reporters, sightings.certain), (10, 2, 5));
        let found = conn.case_joinable(owner, Category::Connection, now() - GROUPING).await.unwrap().unwrap();
        assert_eq!((found.id, found.events, found.version), (case.id, 5, 2));
        assert_eq!(found.first_event_at, now() - TimeDelta::hours(5));
        assert!(conn.case_joinable(owner, Category::Connection, now()).await.unwrap().is_none(), "too old to join");
        assert!(conn.case_joinable(owner, Category::Content, now() - GROUPING).await.unwrap().is_none());
        drop(conn);

        let more = events(&store, owner, 2, now()).await;
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.case_add_events(case.id, CaseState::Open, CaseState::Open, &more).await.unwrap(), 2);
        // The same events again are on the case already.
        assert_eq!(tx.case_add_events(case.id, CaseState::Open, CaseState::Open, &more).await.unwrap(), 0);
        keep(tx).await;
        let mut case = store.read().await.unwrap().case_by_number("L-2026-000001").await.unwrap().unwrap();
        assert_eq!((case.events, case.last_event_at, case.version), (7, now(), 3));

        let late = events(&store, owner, 1, now()).await;
        let mut tx = store.write().await.unwrap();
        let stale = tx.case_add_events(case.id, CaseState::Released, CaseState::Open, &late).await;
        assert!(matches!(stale, Err(StoreError::Stale)));
        drop(tx);
        case.state = CaseState::Closed;
        case.outcome = Some(Outcome::Resolved);
        case.closed_at = Some(now());
        save(&store, &case).await.unwrap();
        let mut conn = store.read().await.unwrap();
        assert!(conn.case_joinable(owner, Category::Connection, now() - GROUPING).await.unwrap().is_none());
        let repeated = conn.case_repeats(owner, Category::Connection, now() - TimeDelta::days(365)).await.unwrap();
        assert_eq!(repeated.map(|case| case.id), Some(case.id));
        assert_eq!(conn.case_strikes(owner, now() - TimeDelta::days(365)).await.unwrap(), 1);
        assert!(conn.case_holds(case.id).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn two_replicas_cannot_open_it_twice_and_a_stale_page_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    testing::both(folder.path(), clock(), |store| async move {
        let owner = customer(&store, "Okafor, Nadia").await;
        let mut case = opened(&store, owner, now()).await;
        let mut tx = store.write().await.unwrap();
        let twice = tx.case_add(&new_case(owner, now()), 2026, now() - GROUPING).await;
        assert!(matches!(twice, Err(StoreError::Conflict(_))));
        drop(tx);
        // Long quiet but still being worked on: new evidence opens a new case, the old one keeps what it has.
        let later = now() + TimeDelta::days(20);
        let newer = opened(&store, owner, later).await;
        assert_eq!(newer.number, "L-2026-000002");
        let join = store.read().await.unwrap().case_joinable(owner, Category::Connection, now()).await.unwrap();
        assert_eq!(join.map(|case| case.id), Some(newer.id));

        let seen = case.clone();
        case.state = CaseState::Notified;
        save(&store, &case).await.unwrap();
        assert!(matches!(save(&store, &seen).await, Err(StoreError::Stale)));

        // A reopened case does not take the place of the one that is joined now.
        let mut tx = store.write().await.unwrap();
        tx.case_rejoin(case.id).await.unwrap();
        keep(tx).await;
        let join = store.read().await.unwrap().case_joinable(owner, Category::Connection, now()).await.unwrap();
        assert_eq!(join.map(|case| case.id), Some(newer.id));
    })
    .await;
}

async fn numbers(store: &Store, filter: CaseFilter, order: CaseOrder) -> Vec<String> {
    let rows = store.read().await.unwrap().case_list(&filter, order, PageOf::default(), now()).await.unwrap();
    rows.rows.iter().map(|row| row.case.number.trim_start_matches("L-2026-00000").to_owned()).collect()
}

#[tokio::test]
async fn the_queue_shows_what_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    testing::both(folder.path(), clock(), |store| async move {
        let analyst = User {
            id: UserId::new(),
            email: "a@desk.example".to_owned(),
            name: "Mara Lind".to_owned(),
            role: StaffRole::Analyst,
            disabled_at: None,
            created_at: now(),
            signed_in_at: None,
        };
        let mut tx = store.write().await.unwrap();
        tx.user_add(&analyst, "x").await.unwrap();
        keep(tx).await;
        let names = ["Okafor, Nadia", "100% Hosting_GmbH", "Jansen", "Duarte"];
        let mut cases = Vec::new();
        for name in names {
            let owner = customer(&store, name).await;
            cases.push(opened(&store, owner, now()).await);
        }
        cases[0].assignee = Some(analyst.id);
        cases[0].due_at = Some(now() - TimeDelta::hours(1));
        cases[1].unread = true;
        cases[1].due_at = None;
        cases[2].snoozed_until = Some(now() + TimeDelta::days(1));
        cases[3].state = CaseState::Closed;
        for case in &cases {
            save(&store, case).await.unwrap();
        }
        let any = CaseFilter::default;
        assert_eq!(numbers(&store, any(), CaseOrder::Due).await, ["1", "2"]);
        assert_eq!(numbers(&store, CaseFilter { all: true, ..any() }, CaseOrder::Newest).await, ["4", "3", "2", "1"]);
        assert_eq!(numbers(&store, CaseFilter { snoozed: true, ..any() }, CaseOrder::Due).await, ["3"]);
        assert_eq!(numbers(&store, CaseFilter { overdue: true, ..any() }, CaseOrder::Events).await, ["1"]);
        assert_eq!(numbers(&store, CaseFilter { unread: true, ..any() }, CaseOrder::Activity).await, ["2"]);
        assert_eq!(numbers(&store, CaseFilter { unassigned: true, ..any() }, CaseOrder::Oldest).await, ["2"]);
        assert_eq!(numbers(&store, CaseFilter { assignee: Some(analyst.id), ..any() }, CaseOrder::Due).await, ["1"]);
        assert_eq!(
            numbers(&store, CaseFilter { state: Some(CaseState::Closed), ..any() }, CaseOrder::Due).await,
            ["4"]
        );
        assert!(numbers(&store, CaseFilter { disputed: true, ..any() }, CaseOrder::Due).await.is_empty());
        assert!(
            numbers(&store, CaseFilter { category: Some(Category::Content), ..any() }, CaseOrder::Due).await.is_empty()
        );
        let text = |text: &str| CaseFilter { text: text.to_owned(), ..CaseFilter::default() };
        assert_eq!(numbers(&store, text("NADIA okafor"), CaseOrder::Due).await, ["1"]);
        assert_eq!(numbers(&store, text("100% hosting_g"), CaseOrder::Due).await, ["2"]);
        assert!(numbers(&store, text("% _"), CaseOrder::Due).await.is_empty(), "a wildcard is no word");
        assert_eq!(numbers(&store, text("l-2026-000001"), CaseOrder::Due).await, ["1"]);
        let counts = store.read().await.unwrap().case_counts(Some(analyst.id), now()).await.unwrap();
        assert_eq!((counts.active, counts.mine, counts.unassigned, counts.unread), (2, 1, 1, 1));
        assert_eq!((counts.overdue, counts.disputed, counts.snoozed), (1, 0, 1));
    })
    .await;
}

fn notice(case: &Case, state: NoticeState) -> Notice {
    let id = NoticeId::new();
    Notice {
        id,
        case: case.id,
        customer: case.customer,
        template: "bot".to_owned(),
        language: "en".to_owned(),
        recipient: "n@mail.example".to_owned(),
        subject: "News".to_owned(),
        body: "Text".to_owned(),
        message_id: format!("<{id}@desk.example>"),
        state,
        attempts: 0,
        answer: String::new(),
        created_at: now(),
        next_at: now(),
        sent_at: None,
        bounced_at: None,
    }
}

#[tokio::test]
async fn notices_texts_and_links() {
    let folder = tempfile::tempdir().unwrap();
    testing::both(folder.path(), clock(), |store| async move {
        let owner = customer(&store, "Okafor, Nadia").await;
        let case = opened(&store, owner, now()).await;
        let mut notice = notice(&case, NoticeState::Queued);
        let message = Message {
            id: MessageId::new(),
            case: case.id,
            kind: MessageKind::Note,
            claim: None,
            author: "system:test".to_owned(),
            at: now(),
            text: "Saw it.".to_owned(),
        };
        let link = Link {
            id: LinkId::new(),
            case: case.id,
            customer: owner,
            created_at: now(),
            expires_at: now() + TimeDelta::days(1),
            revoked_at: None,
        };
        let mut tx = store.write().await.unwrap();
        assert!(tx.notice_add(&notice).await.unwrap());
        assert!(!tx.notice_add(&notice).await.unwrap(), "a double click");
        assert!(tx.message_add(&message).await.unwrap());
        assert!(!tx.message_add(&message).await.unwrap());
        tx.link_add(&link, b"hash").await.unwrap();
        keep(tx).await;

        notice.state = NoticeState::Sending;
        notice.attempts = 1;
        let mut tx = store.write().await.unwrap();
        tx.notice_save(&notice, NoticeState::Queued).await.unwrap();
        assert!(matches!(tx.notice_save(&notice, NoticeState::Queued).await, Err(StoreError::Stale)));
        assert_eq!(tx.notice_given_or_owed(case.id).await.unwrap(), 1);
        tx.commit_chore(Chore::JobLease).await.unwrap();

        let mut conn = store.read().await.unwrap();
        assert_eq!(conn.notice_by_message_id(&notice.message_id).await.unwrap(), Some(notice.clone()));
        assert_eq!(conn.notice_counts().await.unwrap(), [(NoticeState::Sending, 1)]);
        assert_eq!(conn.notice_trouble().await.unwrap(), 0);
        for (text, hits) in [("", 1), ("OKAFOR", 1), ("n@mail", 1), ("l-2026-000001", 1), ("nobody", 0)] {
            let filter = NoticeFilter { state: Some(NoticeState::Sending), text: text.to_owned() };
            assert_eq!(conn.notice_list(&filter, PageOf::default()).await.unwrap().rows.len(), hits, "{text}");
        }
        assert_eq!(conn.messages_of_case(case.id, 10).await.unwrap().len(), 1);
        assert_eq!(conn.link_by_hash(b"hash").await.unwrap(), Some(link.clone()));
        assert_eq!(conn.link_by_hash(b"other").await.unwrap(), None);
        drop(conn);
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.link_revoke_of_case(case.id, now()).await.unwrap(), 1);
        assert!(!tx.link_revoke(link.id, now()).await.unwrap());
        assert!(!tx.link_by_hash(b"hash").await.unwrap().unwrap().alive(now()));
        keep(tx).await;
    })
    .await;
}
