//! What is told of leases while answers are on their way into the store.
use crate::{
    contradictions::open,
    world::{arf, at, both, system},
};
use domain::{
    attribution::Certainty,
    class::Category,
    id::{CgnatRuleId, LeaseId},
    import::ImportKind,
    lease::{CgnatRule, Lease},
    page::PageOf,
    report::Channel,
};
use lazaret::desk::Arrival;
use std::{fmt::Write as _, time::Duration};
use store::{Chore, News};

#[tokio::test]
async fn a_lease_told_between_an_answer_and_its_storing_counts() {
    both(|world| async move {
        let received = world.receive(arf("198.51.100.77", None, "2026-11-19T09:00:00Z").as_bytes()).await;
        // Somebody else's lease of the same address, in a transaction that is still under way.
        let mut tx = world.desk.store().write().await.unwrap();
        let other = tx.service_by_number("ln-3").await.unwrap().unwrap();
        let (net, from) = ("198.51.100.77/32".parse().unwrap(), at("19T08:00:00"));
        let lease = Lease {
            id: LeaseId::new(),
            net,
            ports: (0, u16::MAX),
            service: other.id,
            customer: other.customer,
            from,
            to: None,
            source: "static".to_owned(),
        };
        tx.lease_add(&[lease]).await.unwrap();
        assert!(tx.event_touched(&[News { net, from, to: None }]).await.unwrap().is_empty());
        let desk = world.desk.clone();
        let reading = tokio::spawn(async move { desk.read_report(received.id).await });
        // Time enough to be answered without that lease.
        tokio::time::sleep(Duration::from_millis(400)).await;
        assert!(!reading.is_finished(), "the event waits for that transaction");
        tx.commit_chore(Chore::LeasesHeard).await.unwrap();
        reading.await.unwrap().unwrap();
        let event = world.event(received.id).await;
        assert_eq!(event.certainty, Certainty::Ambiguous, "two may have had the address");
        assert_eq!(event.customer, None);
    })
    .await;
}

#[tokio::test]
async fn answers_of_a_long_report_stay_with_their_events() {
    both(|world| async move {
        let mut csv = String::from("\"timestamp\",\"src_ip\",\"src_port\",\"infection\"\n");
        for row in 0..200 {
            let address = if row % 3 == 0 { 77 } else { 150 };
            let _ =
                writeln!(csv, "\"2026-11-19 09:{:02}:{:02}\",\"198.51.100.{address}\",4000,\"x\"", row / 60, row % 60);
        }
        if world.desk.store().engine_name() == "postgres" {
            assert!(world.desk.store().read_beside().is_some(), "half of them are asked on another connection");
        }
        let arrival = Arrival {
            channel: Channel::File,
            bytes: csv.as_bytes(),
            content_type: "text/csv",
            file_name: "2026-11-20-event4_sinkhole-test-asn.csv",
            read_by_caller: true,
        };
        let received = world.desk.receive(&system(), arrival).await.unwrap();
        world.desk.read_report(received.id).await.unwrap();
        let mut conn = world.desk.store().read().await.unwrap();
        let mut seen = 0;
        for page in 1..=4 {
            for event in conn.events_of_report(received.id, PageOf::new(page)).await.unwrap().rows {
                let certain = event.certainty == Certainty::Certain;
                assert_eq!(certain, event.position % 3 == 0, "event {}", event.position);
                seen += 1;
            }
        }
        assert_eq!(seen, 200);
    })
    .await;
}

#[tokio::test]
async fn a_rule_that_comes_late_settles_what_waits_and_its_end_casts_doubt() {
    both(|world| async move {
        let leases = "address,service_number,from\n100.64.0.1,ln-1,2026-11-01T00:00:00Z\n";
        assert_eq!(world.import(ImportKind::Leases, leases, false).await.good, 1);
        let mail = arf("192.0.2.208", Some(1_024 + 1_008), "2026-11-20T10:00:00Z");
        let report = world.take_in(mail.as_bytes()).await;
        let early = world.event(report.id).await;
        assert_eq!(early.certainty, Certainty::Unknown);
        let rule = CgnatRule {
            id: CgnatRuleId::new(),
            inside: "100.64.0.0/26".parse().unwrap(),
            outside: "192.0.2.208/32".parse().unwrap(),
            ports: 1_008,
            first_port: 1_024,
            from: at("01T00:00:00"),
            to: None,
        };
        world.desk.cgnat_rule_add(&system(), &rule).await.unwrap();
        while world.desk.ask_again().await.unwrap() {}
        let settled = world.event(report.id).await;
        assert_eq!(settled.certainty, Certainty::Certain);
        world.desk.open_case(&system(), settled.customer.unwrap(), Category::Messaging).await.unwrap();
        // It had ended before the event: a person has to look at the answer.
        let end = "inside,outside,ports,first_port,from,to\n\
            100.64.0.0/26,192.0.2.208,1008,,2026-11-01T00:00:00Z,2026-11-10T00:00:00Z\n";
        assert_eq!(world.import(ImportKind::CgnatRules, end, false).await.good, 1);
        while world.desk.ask_again().await.unwrap() {}
        assert_eq!(open(&world).await.len(), 1);
        assert_eq!(world.event(report.id).await.customer, settled.customer, "no machine takes it from him");
    })
    .await;
}
