//! What was said before counts once, in whatever order, wrapping and number it comes.
use crate::world::{World, arf, both, now, system};
use chrono::TimeDelta;
use domain::{
    class::Category,
    evidence::{Event, EventState, InboxTab},
    id::ReportId,
    page::PageOf,
};
use std::collections::BTreeSet;

/// A XARF v4 report of one observation.
pub(crate) fn xarf(reference: &str, address: &str, at: &str, class: &str) -> String {
    let (category, kind) = class.split_once('/').unwrap();
    serde_json::json!({
        "xarf_version": "4.2.0", "report_id": reference, "timestamp": at,
        "reporter": { "org": "R", "contact": "r@reporter.example", "domain": "reporter.example" },
        "sender": { "org": "R", "contact": "r@reporter.example", "domain": "reporter.example" },
        "source_identifier": address, "source_port": 50_123, "category": category, "type": kind,
    })
    .to_string()
}

/// The same notice in another wrapping: other headers, another Message-ID, a reminder's subject.
fn mailed(message_id: &str, subject: &str, report: &str) -> String {
    format!(
        "From: r@reporter.example\r\nTo: abuse@isp.example\r\nSubject: {subject}\r\nMessage-ID: <{message_id}>\r\n\
         Date: Sun, 22 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\n{subject}\r\n--b\r\nContent-Type: application/json; name=\"xarf.json\"\r\n\
         Content-Disposition: attachment; filename=\"xarf.json\"\r\n\r\n{report}\r\n--b--\r\n"
    )
}

fn feed(rows: &[u32]) -> String {
    let mut csv = "\"timestamp\",\"ip\",\"port\",\"asn\",\"geo\",\"tag\",\"infection\"\n".to_owned();
    for row in rows {
        csv.push_str(&format!(
            "\"2026-11-21 {:02}:{:02}:00\",\"198.51.100.77\",{},64496,NL,bot,mirai\n",
            row / 60,
            row % 60,
            40_000 + row
        ));
    }
    csv
}

async fn events(world: &World, report: ReportId) -> Vec<Event> {
    world.desk.store().read().await.unwrap().event_all_of_report(report).await.unwrap()
}

/// What counts: source, port, time and class of each event that is no copy.
async fn counted(world: &World, reports: &[ReportId]) -> BTreeSet<String> {
    let mut set = BTreeSet::new();
    for report in reports {
        for event in events(world, *report).await {
            let seen = &event.observation;
            if !matches!(event.state, EventState::Duplicate | EventState::Superseded) {
                let what = format!("{} {:?} {:?} {}", seen.source.value, seen.source.port, seen.from, seen.class);
                assert!(set.insert(what.clone()), "{what} counts twice");
            }
        }
    }
    set
}

fn deliveries() -> Vec<String> {
    let one = xarf(
        "11111111-1111-4111-8111-111111111111",
        "198.51.100.77",
        "2026-11-21T08:00:00Z",
        "connection/login_attack",
    );
    let two = xarf(
        "22222222-2222-4222-8222-222222222222",
        "198.51.100.77",
        "2026-11-21T09:00:00Z",
        "connection/login_attack",
    );
    vec![
        one.clone(),
        mailed("a@reporter.example", "Abuse report", &one),
        mailed("b@reporter.example", "2nd notice: abuse report", &one),
        two.clone(),
        mailed("c@reporter.example", "REMINDER", &two),
        arf("198.51.100.77", None, "2026-11-21T07:00:00Z"),
        format!("X-Resent: yes\r\n{}", arf("198.51.100.77", None, "2026-11-21T07:00:00Z")),
        feed(&[1, 2, 3, 4, 5, 5, 5]),
        feed(&[4, 5, 6, 7]),
    ]
}

/// The `n`-th shuffle, the same in each run.
fn shuffled<T: Clone>(items: &[T], mut n: usize) -> Vec<T> {
    let (mut left, mut out) = (items.to_vec(), Vec::new());
    while !left.is_empty() {
        out.push(left.remove(n % left.len()));
        n = n / 2 + 7 * (n % 5) + 3;
    }
    out
}

#[tokio::test]
async fn any_order_of_deliveries_counts_the_same_events() {
    let mut seen: Vec<(BTreeSet<String>, i64)> = Vec::new();
    for order in [0, 5, 11, 24, 42, 77] {
        let results = std::sync::Mutex::new(Vec::new());
        both(|world| {
            let results = &results;
            async move {
                let mut reports = Vec::new();
                for bytes in shuffled(&deliveries(), order) {
                    reports.push(world.take_in(bytes.as_bytes()).await.id);
                    world.clock.advance(TimeDelta::seconds(77));
                }
                let rows = world.rows(InboxTab::Decide).await;
                let total = rows.iter().map(|row| row.events).sum::<i64>();
                let counted = counted(&world, &reports).await;
                results.lock().unwrap().push((counted, total));
            }
        })
        .await;
        seen.extend(results.into_inner().unwrap());
    }
    assert_eq!(seen[0].0.len(), 10, "{:#?}", seen[0].0);
    assert_eq!(seen[0].1, 10);
    assert!(seen.iter().all(|one| *one == seen[0]), "{seen:#?}");
}

#[tokio::test]
async fn copies_are_linked_to_what_counts_and_counted_on_its_page() {
    both(|world| async move {
        let first = world.take_in(feed(&[1, 1, 1, 2]).as_bytes()).await;
        let again = world.take_in(feed(&[1, 9]).as_bytes()).await;
        let all = events(&world, first.id).await;
        let original = all.iter().find(|event| event.state == EventState::Pending && event.position < 3).unwrap();
        let view = world.desk.event_view(&system(), original.id).await.unwrap();
        assert_eq!((view.kin.copies, view.kin.later.len()), (3, 3), "two in the same file, one in the next");
        let copy =
            events(&world, again.id).await.into_iter().find(|event| event.state == EventState::Duplicate).unwrap();
        let view = world.desk.event_view(&system(), copy.id).await.unwrap();
        assert_eq!(view.kin.earlier[0].1.id, original.id);
    })
    .await;
}

#[tokio::test]
async fn a_resend_without_a_time_counts_once_a_day() {
    both(|world| async move {
        let mail = arf("198.51.100.77", None, "2026-11-21T07:00:00Z").replace("Arrival-Date", "X-Date");
        let first = world.take_in(mail.as_bytes()).await;
        world.clock.advance(TimeDelta::minutes(5));
        let again = world.take_in(format!("X-Again: yes\r\n{mail}").as_bytes()).await;
        assert_eq!(world.event(first.id).await.state, EventState::Pending);
        assert_eq!(world.event(again.id).await.state, EventState::Duplicate, "the arrival is no time of the event");
    })
    .await;
}

#[tokio::test]
async fn a_reminder_adds_nothing_to_the_case_and_opens_none() {
    both(|world| async move {
        let report =
            xarf("11111111-1111-4111-8111-111111111111", "198.51.100.77", "2026-11-21T08:00:00Z", "messaging/spam");
        world.take_in(report.as_bytes()).await;
        let bakery = world.desk.store().read().await.unwrap().customer_by_number("C-2").await.unwrap().unwrap();
        let case = world.desk.open_case(&system(), bakery.id, Category::Messaging).await.unwrap();
        for n in 0..3 {
            let id = format!("{n}@reporter.example");
            world.take_in(mailed(&id, "Reminder", &report).as_bytes()).await;
            world.clock.advance(TimeDelta::days(1));
        }
        let mut conn = world.desk.store().read().await.unwrap();
        assert_eq!(conn.case_by_id(case.id).await.unwrap().unwrap().events, 1);
        assert_eq!(conn.events_of_case(case.id, PageOf::default()).await.unwrap().rows.len(), 1);
        drop(conn);
        assert!(world.rows(InboxTab::Decide).await.is_empty(), "nothing waits for a decision");
        assert!(world.clock_now() > now());
    })
    .await;
}

#[tokio::test]
async fn two_replicas_that_store_the_same_events_at_once_count_them_once() {
    both(|world| async move {
        let rows: Vec<u32> = (0..200).collect();
        let back: Vec<u32> = (0..200).rev().collect();
        let one = world.receive(feed(&rows).as_bytes()).await.id;
        let two = world.receive(feed(&back).as_bytes()).await.id;
        let (first, second) = tokio::join!(world.desk.read_report(one), world.desk.read_report(two));
        first.unwrap();
        second.unwrap();
        assert_eq!(counted(&world, &[one, two]).await.len(), 200);
        let all = [events(&world, one).await, events(&world, two).await].concat();
        assert_eq!(all.len(), 400);
        let mut conn = world.desk.store().read().await.unwrap();
        for copy in all.iter().filter(|event| event.state == EventState::Duplicate) {
            let earlier = conn.event_earlier(copy.id).await.unwrap();
            assert_eq!(earlier.len(), 1, "each copy names what counts");
            assert_eq!(earlier[0].1.observation.source, copy.observation.source);
        }
    })
    .await;
}
