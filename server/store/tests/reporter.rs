//! Reporters, marks, provenance and what a report came to, on both engines.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    act::Act,
    actor::Actor,
    clock::FrozenClock,
    id::ReportId,
    ledger::NewEntry,
    metrics::Period,
    report::{Channel, Report, ReportState},
    reporter::{
        Feedback, FeedbackBy, Mark, MarkKind, Method, Provenance, ReporterFigures, ReporterSettings, Standing, Verdict,
    },
};
use std::sync::Arc;
use store::{Store, StoreError, Tx, testing::both};

const WHO: &str = "reporter.example";

fn now() -> DateTime<Utc> {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn clock() -> Arc<FrozenClock> {
    Arc::new(FrozenClock::at(now()))
}

async fn commit(tx: Tx) {
    tx.commit(NewEntry::new(&Actor::system("test"), Act::ReporterChanged, "reporter", WHO)).await.unwrap();
}

/// A report of a sender, parked.
async fn parked(store: &Store, sender: &str) -> ReportId {
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
        state: ReportState::Received,
        reason: None,
        reporter: Some(WHO.to_owned()),
        sender: Some(sender.to_owned()),
        subject: None,
        events: 0,
        duplicate_of: None,
        parser_version: 1,
    };
    let mut tx = store.write().await.unwrap();
    tx.report_add_bytes(&report.sha256, b"x").await.unwrap();
    tx.report_add(&report).await.unwrap();
    tx.report_settle(&Report { state: ReportState::Parked, ..report }, ReportState::Received).await.unwrap();
    commit(tx).await;
    id
}

#[tokio::test]
async fn seen_counted_and_decided() {
    let folder = tempfile::tempdir().unwrap();
    both(folder.path(), clock(), |store| async move {
        let mut tx = store.write().await.unwrap();
        for hours in [5, 1, 9] {
            tx.reporter_seen(WHO, now() - TimeDelta::hours(hours)).await.unwrap();
        }
        tx.reporter_count(now(), WHO, [1, 1, 0, 0]).await.unwrap();
        tx.reporter_count(now(), WHO, [1, 0, 40, 2]).await.unwrap();
        tx.reporter_count(now() - TimeDelta::days(20), WHO, [7, 0, 0, 0]).await.unwrap();
        for (minutes, events) in [(15, 10), (60, 20), (15, 5)] {
            tx.reporter_aged(now(), WHO, minutes, events).await.unwrap();
        }
        commit(tx).await;
        let mut conn = store.read().await.unwrap();
        let found = conn.reporter_by_name(WHO).await.unwrap().unwrap();
        assert_eq!((found.first_at, found.last_at), (now() - TimeDelta::hours(9), now() - TimeDelta::hours(1)));
        assert_eq!(found.settings, ReporterSettings::default());
        let period = Period::last_days(now(), 7);
        for name in ["", WHO] {
            let (figures, days) = conn.reporter_figures(period, name).await.unwrap().remove(WHO).unwrap();
            let wanted = ReporterFigures {
                reports: 2,
                parked: 1,
                events: 40,
                repeated: 2,
                late: Some(60),
                ..ReporterFigures::default()
            };
            assert_eq!(figures, wanted);
            assert_eq!(days, [(now().timestamp() / 86_400, 2, 40)]);
        }
        assert!(conn.reporter_figures(period, "nobody").await.unwrap().is_empty());
        drop(conn);

        let settings = ReporterSettings {
            switched_on: false,
            weight: 9,
            never_automatic: true,
            feedback: Feedback::Outcome,
            feedback_by: FeedbackBy::Webhook,
            feedback_to: "https://reporter.example/hook".to_owned(),
        };
        let mut changed = found.clone();
        changed.settings = settings.clone();
        changed.changed_at = Some(now());
        let mut tx = store.write().await.unwrap();
        tx.reporter_save(&changed).await.unwrap();
        commit(tx).await;
        let mut tx = store.write().await.unwrap();
        assert!(matches!(tx.reporter_save(&found).await, Err(StoreError::Stale)), "an older page decides nothing");
        drop(tx);
        let mut tx = store.write().await.unwrap();
        tx.reporter_seen(WHO, now()).await.unwrap();
        commit(tx).await;
        let kept = store.read().await.unwrap().reporter_list(10).await.unwrap().remove(0);
        assert_eq!(
            (kept.settings, kept.version, kept.last_at),
            (settings, 1, now()),
            "a new report changes no decision"
        );
    })
    .await;
}

#[tokio::test]
async fn marks_file_and_come_back() {
    let folder = tempfile::tempdir().unwrap();
    both(folder.path(), clock(), |store| async move {
        let (one, other) = (parked(&store, "a@reporter.example").await, parked(&store, "b@reporter.example").await);
        let mark = Mark {
            kind: MarkKind::Sender,
            name: "a@reporter.example".to_owned(),
            reason: "a newsletter".to_owned(),
            marked_by: "system:test".to_owned(),
            marked_at: now(),
        };
        let mut tx = store.write().await.unwrap();
        assert!(tx.sender_mark(&mark).await.unwrap());
        assert!(!tx.sender_mark(&mark).await.unwrap(), "once");
        assert_eq!(tx.sender_parked(MarkKind::Sender, &mark.name).await.unwrap(), [one]);
        assert_eq!(tx.sender_parked(MarkKind::Reporter, WHO).await.unwrap().len(), 2);
        assert!(tx.sender_file(one, mark.kind, &mark.name).await.unwrap());
        assert!(!tx.sender_file(one, mark.kind, &mark.name).await.unwrap(), "it is not parked any more");
        commit(tx).await;
        let mut conn = store.read().await.unwrap();
        assert_eq!(conn.sender_marks(&mark.name, "").await.unwrap(), std::slice::from_ref(&mark));
        assert!(conn.sender_marks("b@reporter.example", &mark.name).await.unwrap().is_empty(), "the kind counts too");
        assert_eq!(conn.report_by_id(one).await.unwrap().unwrap().state, ReportState::Dismissed);
        assert_eq!(conn.report_by_id(other).await.unwrap().unwrap().state, ReportState::Parked);
        drop(conn);
        let mut tx = store.write().await.unwrap();
        tx.sender_unmark(mark.kind, &mark.name).await.unwrap();
        assert_eq!(tx.sender_unfile(mark.kind, &mark.name).await.unwrap(), [one]);
        assert!(tx.sender_unfile(mark.kind, &mark.name).await.unwrap().is_empty());
        commit(tx).await;
        let mut tx = store.write().await.unwrap();
        assert!(matches!(tx.sender_unmark(mark.kind, &mark.name).await, Err(StoreError::Stale)));
        drop(tx);
        assert_eq!(store.read().await.unwrap().report_by_id(one).await.unwrap().unwrap().state, ReportState::Parked);
    })
    .await;
}

#[tokio::test]
async fn provenance_is_kept_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    both(folder.path(), clock(), |store| async move {
        let report = parked(&store, "a@reporter.example").await;
        let verdicts =
            vec![Verdict { method: Method::Dkim, result: "pass".to_owned(), domain: "reporter.example".to_owned() }];
        let mut shown = Provenance {
            standing: Standing::Failed,
            verdicts,
            message_id: "m1@reporter.example".to_owned(),
            silent: String::new(),
        };
        let mut tx = store.write().await.unwrap();
        tx.provenance_keep(report, WHO, now(), &shown).await.unwrap();
        shown.standing = Standing::Verified;
        tx.provenance_keep(report, WHO, now(), &shown).await.unwrap();
        commit(tx).await;
        let mut conn = store.read().await.unwrap();
        assert_eq!(conn.provenance(report).await.unwrap(), Some(shown));
        let period = Period::last_days(now(), 7);
        assert_eq!(conn.reporter_standings(WHO, period).await.unwrap(), [(Standing::Verified, 1)]);
        assert_eq!(conn.reporter_recent(WHO, 5).await.unwrap().len(), 1);
        assert_eq!(conn.report_endings(report).await.unwrap().open, 0);
    })
    .await;
}
