//! Stored reports read again: shown first, put in force once, and never against what a person decided.
use crate::{
    copies::xarf,
    world::{World, both, now, system},
};
use chrono::TimeDelta;
use domain::{
    actor::Actor,
    again::{LinkKind, RereadFilter, RereadState},
    attribution::{Answer, Candidate, Certainty},
    class::{Category, Class},
    event::{Disposition, Format, Observation, Role, Source, TimeGrade},
    evidence::{Attribution, Event, EventState, InboxTab},
    id::{AttributionId, EventId, ReportId, RereadId},
    ledger::NewEntry,
    refusal::Refusal,
    report::{Report, ReportState},
};
use lazaret::desk::DeskError;
use store::NewEvent;

const REFERENCE: &str = "11111111-1111-4111-8111-111111111111";
const AT: &str = "2026-11-21T08:00:00Z";

fn spam() -> String {
    xarf(REFERENCE, "198.51.100.77", AT, "messaging/spam")
}

/// As an older parser would have read it.
fn older(class: Class, address: &str) -> Observation {
    Observation {
        source: Source::from_ip(address.parse().unwrap(), Some(50_123)),
        from: Some(AT.parse().unwrap()),
        to: Some(AT.parse().unwrap()),
        time_grade: TimeGrade::Stated,
        class,
        role: Role::Actor,
        count: 1,
        reference: Some(REFERENCE.to_owned()),
        details: serde_json::Map::new(),
        faults: Vec::new(),
    }
}

/// Stores a report with the events that a parser of version 0 read.
async fn as_read_before(world: &World, bytes: &str, seen: &[Observation]) -> ReportId {
    let id = world.receive(bytes.as_bytes()).await.id;
    let mut conn = world.desk.store().read().await.unwrap();
    let report = conn.report_by_id(id).await.unwrap().unwrap();
    let bakery = conn.customer_by_number("C-2").await.unwrap().unwrap();
    let service = conn.service_by_number("ln-2").await.unwrap().unwrap();
    drop(conn);
    let read = Report {
        format: Some(Format::Xarf4),
        disposition: Some(Disposition::Events),
        state: ReportState::Done,
        reporter: Some("reporter.example".to_owned()),
        events: i64::try_from(seen.len()).unwrap(),
        parser_version: 0,
        ..report
    };
    let mut tx = world.desk.store().write().await.unwrap();
    for (position, seen) in (0..).zip(seen) {
        let event = Event {
            id: EventId::new(),
            report: id,
            position,
            reporter: "reporter.example".to_owned(),
            at: seen.from.unwrap(),
            observation: seen.clone(),
            received_at: read.received_at,
            certainty: Certainty::Certain,
            customer: Some(bakery.id),
            service: Some(service.id),
            case: None,
            state: EventState::Pending,
        };
        let fingerprint = uuid::Uuid::now_v7().into_bytes();
        let fingerprint: [u8; 32] = [fingerprint, fingerprint].concat().try_into().unwrap();
        let candidate = Candidate {
            lease: None,
            service: service.id,
            customer: bakery.id,
            from: read.received_at,
            to: None,
            ports: (0, u16::MAX),
            source: "as it was".to_owned(),
            row: None,
        };
        let answer = Answer::certain(candidate, "lease");
        let made = Attribution {
            id: AttributionId::new(),
            event: event.id,
            made_at: read.received_at,
            made_by: "system:intake".to_owned(),
            answer,
        };
        tx.event_add(&[NewEvent { event, fingerprint }]).await.unwrap();
        tx.attribution_add(&[made]).await.unwrap();
    }
    tx.report_settle(&read, ReportState::Received).await.unwrap();
    tx.job_forget(lazaret::desk::PARSE_JOB, id.0).await.unwrap();
    tx.commit(NewEntry::new(&system(), domain::act::Act::ReportParsed, "report", id)).await.unwrap();
    id
}

async fn events(world: &World, report: ReportId) -> Vec<Event> {
    world.desk.store().read().await.unwrap().event_all_of_report(report).await.unwrap()
}

async fn states(world: &World, report: ReportId) -> Vec<(Class, EventState)> {
    events(world, report).await.iter().map(|event| (event.observation.class, event.state)).collect()
}

async fn entries(world: &World) -> i64 {
    world.desk.store().read().await.unwrap().ledger_size().await.unwrap()
}

async fn apply(world: &World, report: ReportId) {
    world.desk.apply_again(&system(), report, "the parser reads more").await.unwrap();
}

#[tokio::test]
async fn the_difference_is_shown_before_anything_changes() {
    both(|world| async move {
        let report = as_read_before(
            &world,
            &spam(),
            &[older(Class::Phishing, "198.51.100.77"), older(Class::Spam, "203.0.113.200")],
        )
        .await;
        let before = entries(&world).await;
        let again = world.desk.again(&system(), report).await.unwrap();
        let found = &again.difference;
        assert_eq!((found.changed.len(), found.gone.len(), found.added.len()), (1, 1, 0), "{found:#?}");
        assert!(again.writes() && again.differs());
        assert_eq!(entries(&world).await, before);
        assert!(events(&world, report).await.iter().all(|event| event.state == EventState::Pending));
        let refused = world.desk.apply_again(&system(), report, " ").await;
        assert!(matches!(refused, Err(DeskError::Refused(Refusal::Invalid { field: "reason", .. }))));
    })
    .await;
}

#[tokio::test]
async fn what_only_waited_gets_its_newer_reading_and_doing_it_again_changes_nothing() {
    both(|world| async move {
        let seen = [older(Class::Phishing, "198.51.100.77"), older(Class::Spam, "203.0.113.200")];
        let report = as_read_before(&world, &spam(), &seen).await;
        apply(&world, report).await;
        let now = states(&world, report).await;
        assert_eq!(now[..2], [(Class::Phishing, EventState::Superseded), (Class::Spam, EventState::Superseded)]);
        assert_eq!(now[2..], [(Class::Spam, EventState::Pending)]);
        let all = events(&world, report).await;
        let mut conn = world.desk.store().read().await.unwrap();
        assert!(!conn.attributions_of(all[0].id).await.unwrap().is_empty(), "the older answer stays");
        assert_eq!(conn.event_earlier(all[2].id).await.unwrap()[0].0, LinkKind::Reading);
        assert_eq!(conn.report_by_id(report).await.unwrap().unwrap().parser_version, intake::PARSER_VERSION);
        drop(conn);
        let (before, left) = (entries(&world).await, states(&world, report).await);
        apply(&world, report).await;
        assert_eq!((entries(&world).await, states(&world, report).await), (before, left));
        assert!(!world.desk.again(&system(), report).await.unwrap().writes());
        // The same report in another wrapping is a copy of the newer reading.
        let resent = world.take_in(spam().replace("4.2.0", "4.1.0").as_bytes()).await;
        assert_eq!(world.event(resent.id).await.state, EventState::Duplicate);
    })
    .await;
}

#[tokio::test]
async fn what_is_on_a_case_stays_and_is_listed_for_a_person() {
    both(|world| async move {
        let gone = Observation { class: Class::BulkMessaging, ..older(Class::Spam, "203.0.113.200") };
        let seen = [Observation { count: 7, ..older(Class::Spam, "198.51.100.77") }, gone];
        let report = as_read_before(&world, &spam(), &seen).await;
        let bakery = world.desk.store().read().await.unwrap().customer_by_number("C-2").await.unwrap().unwrap();
        let case = world.desk.open_case(&system(), bakery.id, Category::Messaging).await.unwrap();
        assert_eq!(case.events, 2);
        let again = world.desk.again(&system(), report).await.unwrap();
        assert_eq!((again.difference.kept.len(), again.difference.changed.len()), (1, 1));
        assert_eq!(again.case_numbers[0].1, case.number);
        for _ in 0..2 {
            apply(&world, report).await;
            let all = events(&world, report).await;
            assert_eq!(all.len(), 3, "the newer reading stands beside");
            assert_eq!((all[0].state, all[0].observation.count), (EventState::OnCase, 7), "not altered");
            assert_eq!(all[1].state, EventState::OnCase, "not removed");
            assert_eq!((all[2].state, all[2].case), (EventState::Reading, None));
            let mut conn = world.desk.store().read().await.unwrap();
            let now = conn.case_by_id(case.id).await.unwrap().unwrap();
            assert_eq!(now.events, 2, "the case counts as before");
            let told: Vec<_> = conn.ledger_of_case(case.id, 20).await.unwrap();
            assert_eq!(told.iter().filter(|entry| entry.act == "case.reread").count(), 1);
        }
        let view = world.desk.event_view(&system(), events(&world, report).await[0].id).await.unwrap();
        assert_eq!(view.kin.later[0].0, LinkKind::Reading);
        // A resend that today's parser reads in the new way adds nothing to the case either.
        let resent = world.take_in(spam().replace("4.2.0", "4.1.0").as_bytes()).await;
        assert_eq!(world.event(resent.id).await.state, EventState::Duplicate);
        assert!(world.rows(InboxTab::Decide).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_a_person_typed_is_no_parsers_to_take_away() {
    both(|world| async move {
        let mut typed = older(Class::Ddos, "203.0.113.9");
        typed.faults.push("read by a person: Ann".to_owned());
        let report = as_read_before(&world, &spam(), &[typed, older(Class::Spam, "198.51.100.77")]).await;
        let again = world.desk.again(&system(), report).await.unwrap();
        assert_eq!((again.difference.same, again.difference.acts(), again.difference.kept.len()), (1, false, 0));
        apply(&world, report).await;
        assert!(states(&world, report).await.iter().all(|(_, state)| *state == EventState::Pending));
    })
    .await;
}

#[tokio::test]
async fn a_copy_counts_when_what_it_copied_reads_otherwise() {
    both(|world| async move {
        let first = world.take_in(spam().as_bytes()).await.id;
        let copy = world.take_in(spam().replace("4.2.0", "4.1.0").as_bytes()).await.id;
        assert_eq!(world.event(copy).await.state, EventState::Duplicate);
        // A parser that finds nothing in the first any more: as if its event had been read wrongly.
        let original = world.event(first).await;
        let mut tx = world.desk.store().write().await.unwrap();
        let store = original.id.0.simple().to_string();
        let sqlite = format!(
            "UPDATE events SET source = '203.0.113.77', address = NULL WHERE hex(id) = '{}'",
            store.to_uppercase()
        );
        let postgres =
            format!("UPDATE events SET source = '203.0.113.77', address = NULL WHERE id = '{}'", original.id);
        let sql = if world.desk.store().engine_name() == "sqlite" { sqlite } else { postgres };
        store::testing::tamper(&mut tx, &sql).await.unwrap();
        tx.commit(NewEntry::new(&system(), domain::act::Act::ReportParsed, "report", first)).await.unwrap();
        apply(&world, first).await;
        let counted = [events(&world, first).await, events(&world, copy).await].concat();
        let counted: Vec<_> = counted.iter().filter(|event| event.state == EventState::Pending).collect();
        assert_eq!(counted.len(), 1, "once, whichever of the two it is: {counted:#?}");
        assert_eq!(counted[0].observation.source.value, "198.51.100.77");
    })
    .await;
}

#[tokio::test]
async fn a_parked_report_that_reads_now_is_read_from_the_start() {
    both(|world| async move {
        let id = world.receive(spam().as_bytes()).await.id;
        let mut tx = world.desk.store().write().await.unwrap();
        let report = tx.report_by_id(id).await.unwrap().unwrap();
        let parked = Report { state: ReportState::Parked, disposition: Some(Disposition::NeedsHuman), ..report };
        tx.report_settle(&parked, ReportState::Received).await.unwrap();
        tx.commit(NewEntry::new(&system(), domain::act::Act::ReportParked, "report", id)).await.unwrap();
        let again = world.desk.again(&system(), id).await.unwrap();
        assert_eq!((again.new.state, again.difference.added.len()), (ReportState::Done, 1));
        apply(&world, id).await;
        assert_eq!(states(&world, id).await, [(Class::Spam, EventState::Pending)]);
        assert_eq!(world.desk.report(&system(), id).await.unwrap().state, ReportState::Done);
    })
    .await;
}

fn week() -> RereadFilter {
    RereadFilter { from: now() - TimeDelta::days(7), to: now() + TimeDelta::days(1), format: None, state: None }
}

#[tokio::test]
async fn a_period_is_compared_then_put_in_force_and_survives_crashes_and_replicas() {
    both(|world| async move {
        let mut reports = Vec::new();
        for n in 0..60 {
            let bytes = spam().replace("08:00:00", &format!("08:{n:02}:00"));
            let seen = Observation {
                from: Some(format!("2026-11-21T08:{n:02}:00Z").parse().unwrap()),
                to: Some(format!("2026-11-21T08:{n:02}:00Z").parse().unwrap()),
                ..older(if n % 2 == 0 { Class::Phishing } else { Class::Spam }, "198.51.100.77")
            };
            reports.push(as_read_before(&world, &bytes, &[seen]).await);
        }
        let id = RereadId::new();
        let desk = &world.desk;
        desk.begin_reread(&system(), id, week()).await.unwrap();
        desk.begin_reread(&system(), id, week()).await.unwrap();
        // A worker takes the job and dies; another goes on when the lease is over.
        let mut tx = desk.store().write().await.unwrap();
        let at = tx.now();
        tx.job_take("reread", "dead", at, at + TimeDelta::seconds(90)).await.unwrap().unwrap();
        tx.commit_chore(store::Chore::JobLease).await.unwrap();
        assert!(!desk.step_reread("w1").await.unwrap());
        world.clock.advance(TimeDelta::seconds(91));
        while desk.step_reread("w1").await.unwrap() {}
        let view = desk.reread(&system(), id, domain::page::PageOf::default()).await.unwrap();
        assert_eq!((view.reread.state, view.reread.looked, view.reread.total), (RereadState::Ready, 60, 60));
        assert_eq!((view.sum.reports, view.sum.changed), (30, 30));
        assert_eq!(states(&world, reports[0]).await, [(Class::Phishing, EventState::Pending)], "nothing changed yet");
        let analyst =
            Actor::User { id: domain::id::UserId::new(), name: "A".to_owned(), role: domain::actor::Role::Analyst };
        assert!(desk.apply_reread(&analyst, id, "newer parser").await.is_err(), "a supervisor decides");
        desk.apply_reread(&system(), id, "newer parser").await.unwrap();
        let run = async |name: &str| {
            for _ in 0..6 {
                desk.step_reread(name).await.unwrap();
                tokio::task::yield_now().await;
            }
        };
        tokio::join!(run("w1"), run("w2"));
        let view = desk.reread(&system(), id, domain::page::PageOf::default()).await.unwrap();
        assert_eq!((view.reread.state, view.sum.applied), (RereadState::Applied, 30));
        for report in &reports {
            let now = states(&world, *report).await;
            assert_eq!(now.iter().filter(|(_, state)| *state == EventState::Pending).count(), 1);
            assert_eq!(now.last().unwrap().0, Class::Spam);
        }
        assert_eq!(world.rows(InboxTab::Decide).await.iter().map(|row| row.events).sum::<i64>(), 60);
        let second = RereadId::new();
        desk.begin_reread(&system(), second, week()).await.unwrap();
        while desk.step_reread("w1").await.unwrap() {}
        let view = desk.reread(&system(), second, domain::page::PageOf::default()).await.unwrap();
        assert_eq!((view.reread.state, view.sum.reports), (RereadState::Applied, 0), "the second time nothing differs");
    })
    .await;
}
