//! The customer's page: what it shows, what it does, and that reading it does nothing.
use crate::{network::Peer, world::both};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use chrono::TimeDelta;
use domain::{
    case::CaseState,
    id::MessageId,
    portal::{PortalState, Said},
    quarantine::QuarantineState as S,
    release::ReleaseState,
};
use lazaret::{
    desk::{Portal, Stated},
    http::{AppState, router},
};
use tower::ServiceExt;

#[tokio::test]
async fn two_self_releases_then_a_person() {
    both(|world| async move {
        let peer = Peer::start().await;
        let network = peer.network(world.clock.clone());
        let (_, secret) = world.link(0, 365).await;
        for round in 0..3 {
            let id = world.ordered().await;
            world.work(&network).await;
            let Portal::Page(view) = world.desk.portal(&secret, None).await.unwrap() else { panic!("page expected") };
            assert_eq!(view.state, PortalState::Restricted);
            assert_eq!((view.may.ask_release, view.may.self_release_left), (true, 2 - round));
            let form = MessageId::new();
            let said = world.desk.portal_state(&secret, form, "fixed", "I reset the tablet", None).await.unwrap();
            assert_eq!(said, Stated::Taken);
            let twice = world.desk.portal_state(&secret, form, "fixed", "I reset the tablet", None).await.unwrap();
            assert_eq!(twice, Stated::Taken, "a double click is one statement");
            if round < 2 {
                world.work(&network).await;
                assert_eq!((world.state(id).await, peer.held()), (S::Lifted, 0));
                assert_eq!(world.case(0).await.state, CaseState::Released);
                world.clock.advance(TimeDelta::days(1));
                continue;
            }
            world.work(&network).await;
            assert_eq!((world.state(id).await, peer.held()), (S::InForce, 1), "the third time a person decides");
            assert_eq!(world.case(0).await.state, CaseState::Answered);
            let page = world.desk.quarantine(&world.analyst, id).await.unwrap();
            let request = page.releases.iter().find(|request| request.state == ReleaseState::Waiting).unwrap();
            world.desk.release_refuse(&world.analyst, request.id, "traffic was seen an hour ago").await.unwrap();
            assert_eq!(world.case(0).await.state, CaseState::Quarantined);
            let Portal::Page(view) = world.desk.portal(&secret, None).await.unwrap() else { panic!("page expected") };
            let refused = view.conversation.iter().any(|line| matches!(line.said, Said::ReleaseRefused { .. }));
            assert!(refused && view.may.ask_release, "he reads why, and may ask again");
            world.desk.portal_state(&secret, MessageId::new(), "fixed", "now really", None).await.unwrap();
            let waiting = world.desk.quarantine(&world.analyst, id).await.unwrap().releases;
            let request = waiting.iter().find(|request| request.state == ReleaseState::Waiting).unwrap();
            world.desk.release_grant(&world.analyst, request.id, "quiet for a day").await.unwrap();
            world.work(&network).await;
            assert_eq!((world.state(id).await, peer.held()), (S::Lifted, 0));
        }
    })
    .await;
}

#[tokio::test]
async fn the_page_is_redacted_and_reading_it_changes_nothing() {
    both(|world| async move {
        let peer = Peer::start().await;
        let id = world.ordered().await;
        world.work(&peer.network(world.clock.clone())).await;
        let (_, secret) = world.link(0, 90).await;
        let before = (world.ledger_size().await, world.case(0).await, world.now(id).await);
        let app = router(AppState::new(world.desk.clone()));
        let get = |path: String| app.clone().oneshot(Request::get(path).body(Body::empty()).unwrap());
        for path in [format!("/c/{secret}"), format!("/c/{secret}?done=statement&all=1&lang=de"), "/garden".to_owned()]
        {
            let response = get(path).await.unwrap();
            assert_eq!(response.status(), StatusCode::OK);
            let headers = response.headers().clone();
            assert!(headers.get(header::SET_COOKIE).is_none(), "no cookie");
            assert_eq!(headers[header::CACHE_CONTROL], "no-store");
            assert_eq!(headers["x-robots-tag"], "noindex, nofollow");
            let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
            assert!(
                policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("script"),
                "{policy}"
            );
            let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
            let html = String::from_utf8(body.to_vec()).unwrap();
            for hidden in ["secret-reporter", "trap@hidden", "<script"] {
                assert!(!html.contains(hidden), "{hidden}");
            }
        }
        let captive = Request::get(format!("/captive/{secret}")).header(header::ACCEPT, "application/captive+json");
        let response = app.clone().oneshot(captive.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/captive+json");
        let body = axum::body::to_bytes(response.into_body(), 4096).await.unwrap();
        let json: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(json["captive"], true);
        assert_eq!(json["user-portal-url"], format!("https://desk.example/c/{secret}"));
        let after = (world.ledger_size().await, world.case(0).await, world.now(id).await);
        assert_eq!(before, after, "a GET has no effect at all");
    })
    .await;
}

#[tokio::test]
async fn dead_links_show_nothing() {
    both(|world| async move {
        let (_, old) = world.link(0, 90).await;
        let (withdrawn, revoked) = world.link(0, 365).await;
        let mut tx = world.desk.store().write().await.unwrap();
        tx.link_revoke(withdrawn, crate::world::start()).await.unwrap();
        tx.commit_chore(store::Chore::Seen).await.unwrap();
        world.clock.advance(TimeDelta::days(91));
        let app = router(AppState::new(world.desk.clone()));
        let guessed = lazaret::secret::fresh().unwrap();
        for (link, expected) in
            [(&old, StatusCode::GONE), (&revoked, StatusCode::NOT_FOUND), (&guessed, StatusCode::NOT_FOUND)]
        {
            let size = world.ledger_size().await;
            let url = format!("/c/{link}");
            let get = app.clone().oneshot(Request::get(&url).body(Body::empty()).unwrap()).await.unwrap();
            assert_eq!(get.status(), expected);
            let body = axum::body::to_bytes(get.into_body(), 1 << 20).await.unwrap();
            let html = String::from_utf8(body.to_vec()).unwrap();
            assert!(!html.contains("L-2026") && !html.contains("Okafor") && !html.contains("198.51"), "{html}");
            let form = Request::post(&url).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            let form = form.body(Body::from("claim=fixed&text=I+cleaned+it&id=x")).unwrap();
            assert_eq!(app.clone().oneshot(form).await.unwrap().status(), expected);
            assert_eq!(world.ledger_size().await, size);
        }
    })
    .await;
}

#[tokio::test]
async fn faults_are_told_and_floods_stopped() {
    both(|world| async move {
        let (_, secret) = world.link(0, 90).await;
        let state = async |claim: &str, text: &str| {
            world.desk.portal_state(&secret, MessageId::new(), claim, text, None).await.unwrap()
        };
        assert!(matches!(state("fixed", "").await, Stated::Fault(..)));
        assert!(matches!(state("grant_me", "please").await, Stated::Fault(..)));
        for _ in 0..10 {
            assert_eq!(state("need_help", "hello there").await, Stated::Taken);
        }
        assert_eq!(state("need_help", "hello there").await, Stated::TooMany);
        world.clock.advance(TimeDelta::hours(2));
        assert_eq!(state("need_help", "hello there").await, Stated::Taken);
    })
    .await;
}
