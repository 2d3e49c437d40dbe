//! Nothing is lost, nothing counts twice, and the event's time decides whose it was.
use crate::world::{World, arf, both, system};
use domain::{
    attribution::Certainty,
    case::CaseState,
    class::Category,
    event::Disposition,
    evidence::{EventState, InboxTab},
    id::{CustomerId, RangeId},
    lease::OwnRange,
    ledger::{LedgerFilter, NewEntry},
    refusal::Refusal,
    report::{Report, ReportState},
};
use lazaret::{
    desk::{DeskError, PARSE_JOB},
    worker::intake::step,
};

async fn holder(world: &World, report: &Report) -> Option<String> {
    let event = world.event(report.id).await;
    let mut conn = world.desk.store().read().await.unwrap();
    Some(conn.service_by_id(event.service?).await.unwrap()?.number)
}

async fn customer(world: &World, number: &str) -> CustomerId {
    let found = world.desk.store().read().await.unwrap().customer_by_number(number).await.unwrap();
    found.unwrap().id
}

async fn jobs(world: &World) -> i64 {
    world.desk.store().read().await.unwrap().job_count(PARSE_JOB).await.unwrap()
}

#[tokio::test]
async fn the_time_of_the_event_decides_whose_it_was() {
    both(|world| async move {
        let before = world.take_in(arf("198.51.100.77", None, "2026-11-20T11:59:57Z").as_bytes()).await;
        let after = world.take_in(arf("198.51.100.77", None, "2026-11-20T12:00:03Z").as_bytes()).await;
        assert_eq!((before.state, before.disposition), (ReportState::Done, Some(Disposition::Events)));
        assert_eq!(holder(&world, &before).await.as_deref(), Some("ln-1"));
        assert_eq!(holder(&world, &after).await.as_deref(), Some("ln-2"), "not who has it now: who had it then");
        // The source's clock may be off by two seconds: who had it in those is not guessed.
        let between = world.take_in(arf("198.51.100.77", None, "2026-11-20T12:00:01Z").as_bytes()).await;
        assert_eq!(world.event(between.id).await.certainty, Certainty::Ambiguous);
        let fixed = world.take_in(arf("2001:db8:4f:12ff::5", None, "2026-11-21T00:00:00Z").as_bytes()).await;
        assert_eq!(holder(&world, &fixed).await.as_deref(), Some("ln-2"), "a fixed prefix is held from acceptance on");
        let early = world.take_in(arf("203.0.113.9", None, "2026-03-01T00:00:00Z").as_bytes()).await;
        assert_eq!(world.event(early.id).await.certainty, Certainty::Unknown);
        let event = world.event(before.id).await;
        let view = world.desk.event_view(&system(), event.id).await.unwrap();
        let (made, named) = &view.answers[0];
        assert_eq!((named[0].net.as_str(), named[0].customer_name.as_str()), ("198.51.100.77/32", "Okafor, Nadia"));
        assert!(made.answer.holder().unwrap().lease.is_some(), "the lease row is the proof");
    })
    .await;
}

#[tokio::test]
async fn a_shared_address_needs_its_port() {
    both(|world| async move {
        let with = world.take_in(arf("192.0.2.14", Some(2050), "2026-11-21T00:00:00Z").as_bytes()).await;
        assert_eq!(holder(&world, &with).await.as_deref(), Some("ln-3"));
        let without = world.take_in(arf("192.0.2.14", None, "2026-11-21T00:00:00Z").as_bytes()).await;
        let event = world.event(without.id).await;
        assert_eq!((event.certainty, event.customer, event.state), (Certainty::Ambiguous, None, EventState::Pending));
        let rows = world.rows(InboxTab::Ambiguous).await;
        assert_eq!((rows.len(), rows[0].candidates), (1, 2));
        assert!(rows[0].why.contains("port"), "{}", rows[0].why);
    })
    .await;
}

#[tokio::test]
async fn addresses_of_others_are_said_to_be() {
    both(|world| async move {
        let mut tx = world.desk.store().write().await.unwrap();
        let range = OwnRange { id: RangeId::new(), net: "198.51.100.0/24".parse().unwrap(), label: "all".to_owned() };
        tx.range_add(&range).await.unwrap();
        tx.commit(NewEntry::new(&system(), domain::act::Act::RangeAdded, "range", range.id)).await.unwrap();
        world.take_in(arf("203.0.113.9", None, "2026-11-21T00:00:00Z").as_bytes()).await;
        let rows = world.rows(InboxTab::Unknown).await;
        assert_eq!(rows[0].why, "not one of our addresses");
        world.take_in(arf("198.51.100.77", None, "2026-11-21T00:00:00Z").as_bytes()).await;
        assert_eq!(world.rows(InboxTab::Decide).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_same_bytes_are_recorded_but_read_once() {
    both(|world| async move {
        let mail = arf("198.51.100.77", None, "2026-11-21T00:00:00Z");
        let first = world.take_in(mail.as_bytes()).await;
        let again = world.receive(mail.as_bytes()).await;
        assert_eq!(again.duplicate_of, Some(first.id));
        let again = world.desk.read_report(again.id).await.unwrap();
        assert_eq!((again.state, again.events), (ReportState::Duplicate, 0));
        // Other bytes, the same observation: kept, but it does not count.
        let said_again = world.take_in(format!("X-Second: yes\r\n{mail}").as_bytes()).await;
        assert_eq!(world.event(said_again.id).await.state, EventState::Duplicate);
        assert_eq!(world.rows(InboxTab::Decide).await[0].events, 1);
        assert_eq!(jobs(&world).await, 0);
    })
    .await;
}

#[tokio::test]
async fn two_posts_of_the_same_bytes_at_once_are_one_report_and_a_duplicate() {
    both(|world| async move {
        let mail = arf("198.51.100.77", None, "2026-11-21T00:00:00Z");
        let (one, two, three) = tokio::join!(
            world.receive(mail.as_bytes()),
            world.receive(mail.as_bytes()),
            world.receive(mail.as_bytes())
        );
        let firsts = [&one, &two, &three].iter().filter(|received| received.duplicate_of.is_none()).count();
        assert_eq!(firsts, 1);
        assert_eq!(jobs(&world).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_crash_between_receiving_and_reading_is_healed() {
    both(|world| async move {
        let received = world.receive(arf("198.51.100.77", None, "2026-11-21T00:00:00Z").as_bytes()).await;
        // The process dies here; a worker of the next one finds the job.
        assert!(step(&world.desk, "reader-2").await.unwrap());
        assert!(!step(&world.desk, "reader-2").await.unwrap());
        let report = world.desk.report(&system(), received.id).await.unwrap();
        assert_eq!((report.state, report.events), (ReportState::Done, 1));
        assert_eq!(jobs(&world).await, 0);
    })
    .await;
}

#[tokio::test]
async fn two_readers_of_one_report_store_its_events_once() {
    both(|world| async move {
        let received = world.receive(arf("198.51.100.77", None, "2026-11-21T00:00:00Z").as_bytes()).await;
        let (one, two) = tokio::join!(world.desk.read_report(received.id), world.desk.read_report(received.id));
        assert_eq!((one.unwrap().state, two.unwrap().state), (ReportState::Done, ReportState::Done));
        world.event(received.id).await;
        assert_eq!(world.rows(InboxTab::Decide).await[0].events, 1);
    })
    .await;
}

#[tokio::test]
async fn what_no_parser_understands_is_parked_and_can_be_sorted_out() {
    both(|world| async move {
        let report = world.take_in(b"From: a@b.example\r\nSubject: hello\r\n\r\nsomething bad happened\r\n").await;
        assert_eq!(report.state, ReportState::Parked);
        assert!(!report.reason.clone().unwrap_or_default().is_empty(), "a parked report says why");
        assert_eq!(world.counts().await.parked, 1);
        let again = world.desk.reparse_report(&system(), report.id).await.unwrap();
        assert_eq!(again.state, ReportState::Parked, "the parser is the same");
        let refused = world.desk.dismiss_report(&system(), report.id, " ").await;
        assert!(matches!(refused, Err(DeskError::Refused(Refusal::Invalid { field: "reason", .. }))));
        world.desk.dismiss_report(&system(), report.id, "asked the sender for details").await.unwrap();
        assert_eq!(world.counts().await.parked, 0);
        let late = world.desk.dismiss_report(&system(), report.id, "asked the sender for details").await;
        assert!(matches!(late, Err(DeskError::Refused(Refusal::Stale))));
    })
    .await;
}

#[tokio::test]
async fn bounces_and_auto_replies_open_nothing() {
    both(|world| async move {
        let bounce = include_bytes!("../../intake/tests/fixtures/dsn_failed.eml");
        let report = world.take_in(bounce).await;
        assert_eq!((report.disposition, report.events), (Some(Disposition::Bounce), 0));
        assert_eq!(report.state, ReportState::Parked, "a bounce of a mail that is not ours is for a person");
        let reply = world.take_in(include_bytes!("../../intake/tests/fixtures/auto_reply.eml")).await;
        assert_eq!((reply.disposition, reply.state), (Some(Disposition::AutoReply), ReportState::Done));
        let counts = world.counts().await;
        assert_eq!((counts.decide, counts.ambiguous, counts.unknown, counts.on_case), (0, 0, 0, 0));
    })
    .await;
}

#[tokio::test]
async fn new_evidence_joins_the_open_case() {
    both(|world| async move {
        world.take_in(arf("198.51.100.77", None, "2026-11-21T00:00:00Z").as_bytes()).await;
        let bakery = customer(&world, "C-2").await;
        let opened = world.desk.open_case(&system(), bakery, Category::Messaging).await.unwrap();
        assert_eq!(opened.events, 1);
        world.take_in(arf("198.51.100.77", None, "2026-11-22T01:00:00Z").as_bytes()).await;
        let mut conn = world.desk.store().read().await.unwrap();
        let case = conn.case_by_id(opened.id).await.unwrap().unwrap();
        assert_eq!((case.events, case.state), (2, CaseState::Open));
        assert_eq!(case.last_event_at.to_rfc3339(), "2026-11-22T01:00:00+00:00");
        let entries = conn.ledger_of_case(case.id, 10).await.unwrap();
        assert_eq!(entries[0].act, "case.joined");
        assert_eq!(entries[0].text("policy"), domain::policy::VERSION, "a machine's decision names its policy");
        drop(conn);
        assert_eq!((world.counts().await.decide, world.counts().await.on_case), (0, 1));
        // Long after the last event it is another matter.
        world.later(30);
        world.take_in(arf("198.51.100.77", None, "2026-12-20T01:00:00Z").as_bytes()).await;
        assert_eq!(world.counts().await.decide, 1);
    })
    .await;
}

#[tokio::test]
async fn evidence_is_set_aside_or_opened_by_row() {
    both(|world| async move {
        for hour in 1..4 {
            let at = format!("2026-11-21T0{hour}:00:00Z");
            world.take_in(arf("198.51.100.77", None, &at).as_bytes()).await;
            world.take_in(arf("192.0.2.14", None, &at).as_bytes()).await;
        }
        let certain = world.rows(InboxTab::Decide).await.remove(0);
        let ambiguous = world.rows(InboxTab::Ambiguous).await.remove(0);
        assert_eq!((certain.events, ambiguous.events), (3, 3));
        let refused = world.desk.open_evidence(&system(), &[ambiguous.event]).await;
        assert!(matches!(refused, Err(DeskError::Refused(Refusal::Invalid { field: "pick", .. }))), "{refused:?}");
        let set_aside = world.desk.dismiss_evidence(&system(), &[ambiguous.event], "our own scanner").await.unwrap();
        assert_eq!(set_aside, 3);
        let numbers = world.desk.open_evidence(&system(), &[certain.event]).await.unwrap();
        assert_eq!(numbers.len(), 1);
        assert_eq!((world.counts().await.decide, world.counts().await.ambiguous), (0, 0));
        let filter = LedgerFilter { act: "events.dismissed".to_owned(), ..LedgerFilter::default() };
        let entries = world.desk.store().read().await.unwrap().ledger_list(&filter, 10).await.unwrap();
        assert_eq!((entries.len(), entries[0].text("why").as_str()), (1, "our own scanner"));
    })
    .await;
}

#[tokio::test]
async fn a_person_says_who_it_was_and_the_older_answer_stays() {
    both(|world| async move {
        let report = world.take_in(arf("192.0.2.14", None, "2026-11-21T00:00:00Z").as_bytes()).await;
        let event = world.event(report.id).await;
        let wrong = world.desk.attribute_event(&system(), event.id, "ln-99", "the customer called").await;
        assert!(matches!(wrong, Err(DeskError::Refused(Refusal::Invalid { field: "service", .. }))));
        world.desk.attribute_event(&system(), event.id, "ln-1", "the customer called").await.unwrap();
        let view = world.desk.event_view(&system(), event.id).await.unwrap();
        assert_eq!((view.event.certainty, view.answers.len()), (Certainty::Certain, 2));
        assert_eq!(view.answers[1].0.answer.certainty, Certainty::Ambiguous, "never overwritten");
        assert!(view.answers[0].0.answer.candidates[0].lease.is_some(), "the lease that spoke for him stays the proof");
        assert_eq!(world.rows(InboxTab::Decide).await.len(), 1);
    })
    .await;
}

/// Rows of a Shadowserver file, a second apart, received and not read yet.
async fn receive_rows(world: &World, rows: i64) -> lazaret::desk::Received {
    let header = "timestamp,ip,protocol,port,hostname,tag,asn,geo,region,city";
    let row = |n: i64| {
        let at = format!("2026-11-21 {:02}:{:02}:{:02}", n / 3600, n / 60 % 60, n % 60);
        format!("{at},198.51.100.77,udp,53,,openresolver,64496,,,")
    };
    let csv = (0..rows).map(row).fold(header.to_owned(), |text, row| format!("{text}\n{row}"));
    let arrival = lazaret::desk::Arrival {
        channel: domain::report::Channel::File,
        bytes: csv.as_bytes(),
        content_type: "text/csv",
        file_name: "2026-11-21-scan_dns-isp-asn.csv",
        read_by_caller: true,
    };
    world.desk.receive(&system(), arrival).await.unwrap()
}

#[tokio::test]
async fn many_rows_go_in_by_batches_and_go_on_after_a_crash() {
    both(|world| async move {
        let received = receive_rows(&world, 1203).await;
        let report = world.desk.read_report(received.id).await.unwrap();
        assert_eq!((report.state, report.events), (ReportState::Done, 1203), "{:?}", report.reason);
        assert_eq!(world.rows(InboxTab::Decide).await[0].events, 1203);
        // As a crash before the last batch would leave it: events stored, report not settled.
        let mut tx = world.desk.store().write().await.unwrap();
        tx.report_set_state(report.id, ReportState::Done, ReportState::Received).await.unwrap();
        tx.commit(NewEntry::new(&system(), domain::act::Act::ReportReparsed, "report", report.id)).await.unwrap();
        let again = world.desk.read_report(received.id).await.unwrap();
        assert_eq!((again.state, again.events), (ReportState::Done, 1203));
        assert_eq!(world.rows(InboxTab::Decide).await[0].events, 1203, "nothing twice");
    })
    .await;
}

#[tokio::test]
async fn a_reading_broken_off_in_the_middle_of_a_table_goes_on_there() {
    both(|world| async move {
        let received = receive_rows(&world, 6_010).await;
        let stored =
            async || world.desk.store().read().await.unwrap().event_last_position(received.id).await.unwrap() + 1;
        let some = async {
            while stored().await < 1_000 {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            () = some => {}
            done = world.desk.read_report(received.id) => panic!("nothing broke it off: {done:?}"),
        }
        let before = stored().await;
        assert!(before < 6_010 && before % 500 == 0, "whole parts are stored, or not: {before}");
        let report = world.desk.read_report(received.id).await.unwrap();
        assert_eq!((report.state, report.events), (ReportState::Done, 6_010));
        assert_eq!((stored().await, world.rows(InboxTab::Decide).await[0].events), (6_010, 6_010), "each once");
    })
    .await;
}
