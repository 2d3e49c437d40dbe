//! Feeds, their versions and their alarms behave the same on both engines.
use chrono::{DateTime, TimeZone, Utc};
use domain::{
    act::Act,
    actor::Actor,
    class::Class,
    clock::FrozenClock,
    feed::{AlarmKind, Column, FeedAlarm, FeedMatch, FeedProfile, Meaning, ReportFeed, TableForm, TimeForm},
    id::{FeedId, ReportId, TokenId},
    ledger::NewEntry,
    report::{Channel, Report, ReportState},
    user::{Token, TokenScope},
};
use std::sync::Arc;
use store::{Store, StoreError, Tx, testing::both};

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 22, 10, 0, 0).unwrap()
}

async fn on_both<F: Future<Output = ()>>(test: impl Fn(Store) -> F) {
    let folder = tempfile::tempdir().unwrap();
    both(folder.path(), Arc::new(FrozenClock::at(now())), test).await;
}

async fn done(tx: Tx) {
    tx.commit(NewEntry::new(&Actor::system("test"), Act::FeedSaved, "feed", "t")).await.unwrap();
}

fn profile(name: &str, version: i64, token: Option<TokenId>) -> FeedProfile {
    FeedProfile {
        name: name.into(),
        version,
        form: TableForm::Csv,
        delimiter: ';',
        quote: Some('"'),
        header: true,
        rows: String::new(),
        columns: vec![Column { name: "ip".into(), is: Meaning::Source }],
        time_form: TimeForm::Auto,
        time_pattern: String::new(),
        zone: "Europe/Berlin".into(),
        source: None,
        class: Class::PortScan,
        classes: Vec::new(),
        role: None,
        reporter: "cert.example".into(),
        found: FeedMatch { token, sender: "@cert.example".into(), file: "*.csv".into() },
        silent_hours: 0,
    }
}

fn report() -> Report {
    Report {
        id: ReportId::new(),
        received_at: now(),
        channel: Channel::Api,
        sha256: "aa".into(),
        size: 1,
        file_name: "x.csv".into(),
        content_type: String::new(),
        format: None,
        disposition: None,
        state: ReportState::Parked,
        reason: None,
        reporter: None,
        sender: None,
        subject: None,
        events: 0,
        duplicate_of: None,
        parser_version: 0,
    }
}

#[tokio::test]
async fn versions_stay_and_one_is_in_force() {
    on_both(|store| async move {
        let id = FeedId::new();
        let mut tx = store.write().await.unwrap();
        tx.feed_add(id, &profile("a", 1, None), "user:1:Ann", now()).await.unwrap();
        done(tx).await;
        let mut tx = store.write().await.unwrap();
        let newer = FeedProfile { zone: "UTC".into(), ..profile("a", 2, None) };
        tx.feed_save(id, 1, &newer, "user:2:Ben", now()).await.unwrap();
        done(tx).await;
        let mut tx = store.write().await.unwrap();
        let late = tx.feed_save(id, 1, &profile("a", 2, None), "user:1:Ann", now()).await;
        assert!(matches!(late, Err(StoreError::Stale)), "{late:?}");
        drop(tx);
        let mut conn = store.read().await.unwrap();
        let feed = conn.feed_by_name("a").await.unwrap().unwrap();
        assert_eq!((feed.id, &feed.profile, feed.rows, feed.alarm), (id, &newer, 0, None));
        let saved = conn.feed_versions(id).await.unwrap();
        let saved: Vec<_> = saved.iter().map(|v| (v.profile.version, v.saved_by.as_str())).collect();
        assert_eq!(saved, [(2, "user:2:Ben"), (1, "user:1:Ann")]);
        assert_eq!(conn.feed_version(id, 1).await.unwrap().unwrap().profile, profile("a", 1, None));
        drop(conn);
        let mut tx = store.write().await.unwrap();
        let twice = tx.feed_add(FeedId::new(), &profile("a", 1, None), "x", now()).await;
        assert!(matches!(twice, Err(StoreError::Conflict(_))), "{twice:?}");
    })
    .await;
}

#[tokio::test]
async fn a_token_is_one_feeds_until_that_is_retired() {
    on_both(|store| async move {
        let token = Token {
            id: TokenId::new(),
            name: "cert".into(),
            created_at: now(),
            revoked_at: None,
            scope: TokenScope::All,
        };
        let (one, two) = (FeedId::new(), FeedId::new());
        let mut tx = store.write().await.unwrap();
        tx.token_add(&token, &[7; 32]).await.unwrap();
        tx.feed_add(one, &profile("one", 1, Some(token.id)), "x", now()).await.unwrap();
        done(tx).await;
        assert_eq!(store.read().await.unwrap().feed_by_token(token.id).await.unwrap(), Some(one));
        let mut tx = store.write().await.unwrap();
        let taken = tx.feed_add(two, &profile("two", 1, Some(token.id)), "x", now()).await;
        assert!(matches!(taken, Err(StoreError::Conflict(_))), "{taken:?}");
        drop(tx);
        let mut tx = store.write().await.unwrap();
        tx.feed_retire(one, Some(now())).await.unwrap();
        tx.feed_add(two, &profile("two", 1, Some(token.id)), "x", now()).await.unwrap();
        done(tx).await;
        let mut conn = store.read().await.unwrap();
        assert_eq!(conn.feed_by_token(token.id).await.unwrap(), Some(two));
        let names: Vec<_> =
            conn.feed_list().await.unwrap().into_iter().map(|f| (f.profile.name, f.retired_at.is_some())).collect();
        assert_eq!(names, [("one".to_owned(), true), ("two".to_owned(), false)]);
    })
    .await;
}

#[tokio::test]
async fn readings_are_counted_and_alarms_are_shown() {
    on_both(|store| async move {
        let (id, report) = (FeedId::new(), report());
        let mut tx = store.write().await.unwrap();
        tx.feed_add(id, &profile("a", 1, None), "x", now()).await.unwrap();
        tx.report_add_bytes("aa", b"x").await.unwrap();
        tx.report_add(&report).await.unwrap();
        tx.report_feed_put(report.id, ReportFeed { feed: id, version: 0, named: true }).await.unwrap();
        tx.report_feed_put(report.id, ReportFeed { feed: id, version: 1, named: false }).await.unwrap();
        tx.feed_count_read(id, &report, 40, 2).await.unwrap();
        let alarm = FeedAlarm { kind: AlarmKind::Columns, text: "ip is gone".into(), at: now(), report: report.id };
        tx.feed_set_alarm(id, Some(&alarm)).await.unwrap();
        done(tx).await;
        let mut conn = store.read().await.unwrap();
        let feed = conn.feed_by_id(id).await.unwrap().unwrap();
        assert_eq!((feed.rows, feed.bad_rows, feed.reports), (40, 2, 1));
        assert_eq!((feed.last_report, feed.alarm), (Some((report.id, now())), Some(alarm)));
        assert_eq!(conn.counts(now()).await.unwrap().feed_alarms, 1);
        let by = conn.report_feed(report.id).await.unwrap();
        assert_eq!(by, Some(ReportFeed { feed: id, version: 1, named: false }));
        assert_eq!(conn.feed_reports(id).await.unwrap()[0].id, report.id);
        drop(conn);
        let mut tx = store.write().await.unwrap();
        tx.feed_set_alarm(id, None).await.unwrap();
        done(tx).await;
        assert_eq!(store.read().await.unwrap().counts(now()).await.unwrap().feed_alarms, 0);
    })
    .await;
}
