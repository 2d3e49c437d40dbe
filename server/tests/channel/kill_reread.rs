//! kill -9 while stored reports of a period are read again: it goes on where it was, nothing is lost or done twice.
use crate::house::{House, mail, system};
use chrono::TimeDelta;
use domain::{
    again::{Reread, RereadFilter, RereadState},
    class::Class,
    clock::{Clock as _, SystemClock},
    evidence::EventState,
    id::RereadId,
    page::PageOf,
    report::Channel,
};
use lazaret::desk::Arrival;
use std::time::Duration;

const REPORTS: usize = 240;

/// Reports that an older parser read as something else.
async fn read_otherwise(house: &House) {
    let at = SystemClock.now() - TimeDelta::hours(3);
    for n in 0..REPORTS {
        let bytes = mail(n, at);
        let arrival = Arrival {
            channel: Channel::File,
            bytes: bytes.as_bytes(),
            content_type: "message/rfc822",
            file_name: "",
            read_by_caller: true,
        };
        let received = house.desk.receive(&system(), arrival).await.unwrap();
        house.desk.read_report(received.id).await.unwrap();
    }
    tamper(house, "UPDATE events SET class = 'messaging/bulk_messaging', fingerprint = randomblob(32)").await;
    tamper(house, "UPDATE reports SET parser_version = 0").await;
}

async fn tamper(house: &House, sql: &str) {
    let mut tx = house.desk.store().write().await.unwrap();
    store::testing::tamper(&mut tx, sql).await.unwrap();
    tx.commit_chore(store::Chore::JobLease).await.unwrap();
}

async fn now(house: &House, id: RereadId) -> Reread {
    house.desk.reread(&system(), id, PageOf::default()).await.unwrap().reread
}

/// Lets the program run for short whiles, killed each time, until the state is left; how many kills fell into the work.
async fn killed_while(house: &House, id: RereadId, state: RereadState) -> usize {
    let (mut kills, mut chance) = (0, 11_u64);
    while now(house, id).await.state == state && kills < 40 {
        // The lease of the killed worker is not waited for.
        tamper(house, "UPDATE jobs SET locked_until = 0 WHERE kind = 'reread'").await;
        let server = house.serve_as("worker");
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        tokio::time::sleep(Duration::from_millis(250 + (chance >> 33) % 500)).await;
        server.crash();
        kills += 1;
    }
    kills
}

#[tokio::test]
async fn killed_again_and_again_it_reads_each_report_again_once() {
    let house = House::new(&[]).await;
    read_otherwise(&house).await;
    let at = SystemClock.now();
    let filter = RereadFilter { from: at - TimeDelta::days(1), to: at + TimeDelta::days(1), format: None, state: None };
    let id = RereadId::new();
    house.desk.begin_reread(&system(), id, filter).await.unwrap();
    let looked = killed_while(&house, id, RereadState::Looking).await;
    let view = house.desk.reread(&system(), id, PageOf::default()).await.unwrap();
    assert_eq!(view.reread.state, RereadState::Ready, "after {looked} kills");
    let all = i64::try_from(REPORTS).unwrap();
    assert_eq!((view.reread.looked, view.sum.reports, view.sum.changed), (all, all, all));
    assert!(house.acts("report.reparsed").await.is_empty(), "a comparison changes nothing");

    house.desk.apply_reread(&system(), id, "read as bulk by mistake").await.unwrap();
    let applied = killed_while(&house, id, RereadState::Applying).await;
    let view = house.desk.reread(&system(), id, PageOf::default()).await.unwrap();
    assert_eq!(view.reread.state, RereadState::Applied, "after {applied} kills");
    assert_eq!(view.sum.applied, all);
    eprintln!("killed {looked} times while comparing, {applied} times while putting in force");
    assert!(looked + applied > 2, "the kills fell into the work: {looked}, {applied}");

    let mut conn = house.desk.store().read().await.unwrap();
    for report in house.reports().await {
        let events = conn.event_all_of_report(report.id).await.unwrap();
        let states: Vec<_> = events.iter().map(|event| (event.observation.class, event.state)).collect();
        let wanted = [(Class::BulkMessaging, EventState::Superseded), (Class::Spam, EventState::Pending)];
        assert_eq!(states, wanted, "{}", report.id);
        assert_eq!((report.events, report.parser_version), (1, intake::PARSER_VERSION));
    }
    assert_eq!(house.acts("report.reparsed").await.len(), REPORTS, "each once");
    assert_eq!(house.acts("reread.").await, ["reread.begun", "reread.ended", "reread.applied", "reread.ended"]);
}
