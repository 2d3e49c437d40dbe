//! Feeds that people map: found by token, sender and file name, read with their version, alarmed when they change.
use crate::world::{World, both, system};
use chrono::TimeDelta;
use domain::{
    actor::{Actor, Role},
    class::Class,
    feed::{AlarmKind, Feed, FeedMatch, FeedProfile},
    id::{ReportId, UserId},
    report::{Channel, Report, ReportState},
};
use lazaret::desk::Arrival;

const LIST: &str = "when,src_ip,kind\n2026-11-19 10:00:00,198.51.100.77,brute-force\n2026-11-19 10:01:00,bad,scan\n";
const RENAMED: &str = "when,address,kind\n2026-11-19 10:00:00,198.51.100.77,brute-force\n";

async fn feed(world: &World, name: &str, found: FeedMatch) -> Feed {
    let guess = world.desk.guess_feed(&system(), LIST).await.unwrap();
    let profile =
        FeedProfile { name: name.into(), reporter: "cert.example".into(), zone: "UTC".into(), found, ..guess };
    world.desk.save_feed(&system(), profile).await.unwrap()
}

async fn take_in(world: &World, actor: &Actor, bytes: &str, file_name: &str) -> Report {
    let arrival =
        Arrival { channel: Channel::Api, bytes: bytes.as_bytes(), content_type: "", file_name, read_by_caller: true };
    let received = world.desk.receive(actor, arrival).await.unwrap();
    world.desk.read_report(received.id).await.unwrap()
}

fn mail(from: &str, file: &str, table: &str) -> String {
    format!(
        "From: {from}\r\nSubject: list\r\nMessage-ID: <1@cert.example>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nToday's list.\r\n\
         --b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename={file}\r\n\r\n{table}\r\n--b--\r\n"
    )
}

async fn by_name(world: &World, name: &str) -> Feed {
    world.desk.feed_view(&system(), name, None).await.unwrap().feed
}

#[tokio::test]
async fn a_parked_list_is_taught_and_read_with_all_its_like() {
    both(|world| async move {
        let parked = take_in(&world, &system(), LIST, "list.csv").await;
        assert_eq!(parked.state, ReportState::Parked);
        let other = take_in(&world, &system(), &LIST.replace("10:00", "10:30"), "other.csv").await;
        let (_, sample) = world.desk.feed_sample(&system(), parked.id).await.unwrap();
        assert_eq!(sample, LIST);
        let saved = feed(&world, "cert", FeedMatch::default()).await;
        assert_eq!(saved.profile.version, 1);
        let fitting: Vec<ReportId> =
            world.desk.feed_view(&system(), "cert", None).await.unwrap().fitting.iter().map(|r| r.id).collect();
        assert!(fitting.contains(&parked.id) && fitting.contains(&other.id), "{fitting:?}");
        assert_eq!(world.desk.reread_with_feed(&system(), "cert", &fitting).await.unwrap(), 2);
        let read = world.desk.read_report(parked.id).await.unwrap();
        assert_eq!((read.state, read.events, read.reporter.as_deref()), (ReportState::Done, 1, Some("cert.example")));
        assert!(read.reason.unwrap().contains("line 3, column \"src_ip\""));
        world.desk.read_report(other.id).await.unwrap();
        let event = world.event(parked.id).await;
        assert_eq!(event.observation.class, Class::LoginAttack);
        assert!(event.customer.is_some(), "attributed by the event's time");
        let feed = by_name(&world, "cert").await;
        assert_eq!((feed.reports, feed.rows, feed.bad_rows, feed.alarm), (2, 2, 2, None));
        let mut conn = world.desk.store().read().await.unwrap();
        let by = conn.report_feed(parked.id).await.unwrap().unwrap();
        assert_eq!((by.feed, by.version), (feed.id, 1), "the version that read it is kept");
        // Once more changes nothing.
        world.desk.read_report(parked.id).await.unwrap();
        assert_eq!(by_name(&world, "cert").await.rows, 2);
    })
    .await;
}

#[tokio::test]
async fn mail_is_found_by_sender_and_file_and_no_other() {
    both(|world| async move {
        let found = FeedMatch { token: None, sender: "@cert.example".into(), file: "list-*.csv".into() };
        feed(&world, "cert", found).await;
        let read = take_in(&world, &system(), &mail("Feed <feed@cert.example>", "list-1.csv", LIST), "").await;
        assert_eq!((read.state, read.events), (ReportState::Done, 1), "{:?}", read.reason);
        assert_eq!((read.sender.as_deref(), read.subject.as_deref()), (Some("feed@cert.example"), Some("list")));
        for (from, file) in [("feed@evil.example", "list-1.csv"), ("feed@cert.example", "other.csv")] {
            let read = take_in(&world, &system(), &mail(from, file, LIST), "").await;
            assert_ne!(read.events, 1, "{from} {file}");
        }
        assert_eq!(by_name(&world, "cert").await.reports, 1);
    })
    .await;
}

#[tokio::test]
async fn changed_columns_park_and_alarm_until_the_next_version_or_a_good_report() {
    both(|world| async move {
        let (token, _) = world.desk.add_token(&system(), "cert").await.unwrap();
        let saved = feed(&world, "cert", FeedMatch { token: Some(token.id), ..FeedMatch::default() }).await;
        let machine = Actor::Machine { id: token.id, name: "cert".into() };
        let read = take_in(&world, &machine, RENAMED, "").await;
        assert_eq!((read.state, read.events), (ReportState::Parked, 0));
        assert!(
            read.reason.as_deref().unwrap().contains("\"src_ip\" (source: our customer) is missing"),
            "{:?}",
            read.reason
        );
        let alarm = by_name(&world, "cert").await.alarm.unwrap();
        assert_eq!((alarm.kind, alarm.report), (AlarmKind::Columns, read.id));
        assert_eq!(world.desk.counts().await.unwrap().feed_alarms, 1);
        // The next version knows the new name; the parked report is read with it.
        let guess = world.desk.guess_feed(&system(), RENAMED).await.unwrap();
        let next = FeedProfile { columns: guess.columns, ..saved.profile.clone() };
        let next = world.desk.save_feed(&system(), next).await.unwrap();
        assert_eq!(next.profile.version, 2);
        assert_eq!(world.desk.reread_with_feed(&system(), "cert", &[read.id]).await.unwrap(), 1);
        let read = world.desk.read_report(read.id).await.unwrap();
        assert_eq!((read.state, read.events), (ReportState::Done, 1));
        assert_eq!(by_name(&world, "cert").await.alarm, None, "read again: the alarm ends by itself");
        // What is no table of that form at all goes to the built-in readers.
        let other =
            take_in(&world, &machine, &crate::world::arf("198.51.100.77", None, "2026-11-19T09:00:00Z"), "").await;
        assert_eq!((other.state, other.events), (ReportState::Done, 1));
        let back = world.desk.restore_feed(&system(), "cert", 2, 1).await.unwrap();
        assert_eq!((back.profile.version, &back.profile.columns), (3, &saved.profile.columns));
    })
    .await;
}

#[tokio::test]
async fn saving_is_for_those_who_may_and_refuses_with_reasons() {
    both(|world| async move {
        let saved = feed(&world, "cert", FeedMatch::default()).await;
        let actor = |role| Actor::User { id: UserId::new(), name: "N".into(), role };
        for role in [Role::Analyst, Role::Auditor] {
            assert!(world.desk.save_feed(&actor(role), saved.profile.clone()).await.is_err());
            assert!(world.desk.retire_feed(&actor(role), "cert", true).await.is_err());
            assert!(world.desk.feeds(&actor(role)).await.is_ok());
        }
        let same = world.desk.save_feed(&actor(Role::Supervisor), saved.profile.clone()).await.unwrap();
        assert_eq!(same.profile.version, 1, "nothing changed: no new version");
        let refused = |outcome: Result<Feed, lazaret::desk::DeskError>| outcome.unwrap_err().to_string();
        let twice = FeedProfile { version: 0, ..saved.profile.clone() };
        assert!(refused(world.desk.save_feed(&system(), twice).await).contains("already"));
        let empty = FeedProfile { columns: Vec::new(), ..saved.profile.clone() };
        assert!(refused(world.desk.save_feed(&system(), empty).await).contains("no column is the source"));
        world.desk.retire_feed(&system(), "cert", true).await.unwrap();
        assert!(world.desk.feed_named("cert").await.is_err());
        assert!(world.desk.reread_with_feed(&system(), "cert", &[]).await.is_err());
        world.desk.retire_feed(&system(), "cert", false).await.unwrap();
        let sheet =
            world.desk.try_feed(&system(), &FeedProfile { zone: "Mars".into(), ..saved.profile }, LIST).await.unwrap();
        assert_eq!(sheet.problems[0].0, "zone");
        assert_eq!((sheet.total, sheet.bad, sheet.rows.len()), (2, 1, 2));
        assert_eq!(sheet.differences[0].what, "zone");
    })
    .await;
}

#[tokio::test]
async fn a_feed_that_does_not_come_is_late_until_it_comes() {
    both(|world| async move {
        let found = FeedMatch { file: "daily-*.csv".into(), ..FeedMatch::default() };
        let saved = feed(&world, "daily", found).await;
        let next = FeedProfile { silent_hours: 25, ..saved.profile };
        world.desk.save_feed(&system(), next).await.unwrap();
        assert_eq!(world.desk.feeds_tick().await.unwrap(), 0, "what never came is not late");
        assert_eq!(take_in(&world, &system(), LIST, "daily-1.csv").await.state, ReportState::Done);
        world.clock.advance(TimeDelta::hours(24));
        assert_eq!(world.desk.feeds_tick().await.unwrap(), 0);
        world.clock.advance(TimeDelta::hours(2));
        assert_eq!(world.desk.feeds_tick().await.unwrap(), 1);
        assert_eq!(world.desk.feeds_tick().await.unwrap(), 0, "once");
        let late = by_name(&world, "daily").await.alarm.unwrap();
        assert_eq!(late.kind, AlarmKind::Late);
        assert!(late.text.contains("22 November 2026 10:42 UTC"), "{}", late.text);
        let refused = world.desk.clear_feed_alarm(&system(), "daily").await;
        assert!(refused.is_err(), "it would be raised again at once");
        take_in(&world, &system(), &LIST.replace("2026", "2025"), "daily-2.csv").await;
        assert!(by_name(&world, "daily").await.alarm.is_none());
    })
    .await;
}
