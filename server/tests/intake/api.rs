//! The HTTP interface for machines.
use crate::{
    described,
    world::{World, arf, both, system},
};
use axum::{
    Router,
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use domain::{limit::REPORT_BYTES_MAX, report::ReportState};
use lazaret::{
    http::{AppState, router},
    worker::intake::step,
};
use serde_json::Value;
use tower::ServiceExt as _;

struct Machine {
    router: Router,
    key: String,
}

impl Machine {
    async fn new(world: &World) -> Self {
        let (_, key) = world.desk.add_token(&system(), "sensor").await.unwrap();
        Self { router: router(AppState::new(world.desk.clone())), key }
    }

    async fn send(&self, method: Method, path: &str, kind: &str, body: impl Into<Body>) -> (StatusCode, Value) {
        let request = Request::builder()
            .method(method.clone())
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.key))
            .header(header::CONTENT_TYPE, kind)
            .body(body.into())
            .unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status();
        let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        let answer = serde_json::from_slice(&bytes).unwrap();
        described::expect(&method, path, status, &answer);
        (status, answer)
    }
}

#[tokio::test]
async fn a_report_is_acknowledged_when_durable_and_told_about_later() {
    both(|world| async move {
        let machine = Machine::new(&world).await;
        let mail = arf("198.51.100.77", None, "2026-11-21T00:00:00Z");
        let (status, said) = machine.send(Method::POST, "/api/v1/reports", "message/rfc822", mail.clone()).await;
        assert_eq!(status, StatusCode::ACCEPTED);
        let path = format!("/api/v1/reports/{}", said["id"].as_str().unwrap());
        assert_eq!(machine.send(Method::GET, &path, "", Body::empty()).await.1["state"], "received");
        assert!(step(&world.desk, "reader").await.unwrap());
        let (_, told) = machine.send(Method::GET, &path, "", Body::empty()).await;
        assert_eq!((told["state"].as_str(), told["events"].as_i64()), (Some(ReportState::Done.as_str()), Some(1)));
        let (status, again) = machine.send(Method::POST, "/api/v1/reports", "message/rfc822", mail).await;
        assert_eq!((status, &again["duplicate_of"]), (StatusCode::ACCEPTED, &said["id"]));
        assert_ne!(again["id"], said["id"]);
    })
    .await;
}

#[tokio::test]
async fn too_much_nothing_and_a_wrong_key_are_told_in_json() {
    both(|world| async move {
        let mut machine = Machine::new(&world).await;
        let huge = vec![b'x'; REPORT_BYTES_MAX + 1];
        let (status, said) = machine.send(Method::POST, "/api/v1/reports", "message/rfc822", huge).await;
        assert_eq!((status, said["error"]["code"].as_str()), (StatusCode::PAYLOAD_TOO_LARGE, Some("too_large")));
        // A hundred megabytes that come in pieces without saying so beforehand.
        let piece = axum::body::Bytes::from(vec![b'x'; 1024 * 1024]);
        let pieces = futures_util::stream::iter((0..100).map(move |_| Ok::<_, std::io::Error>(piece.clone())));
        let (status, said) =
            machine.send(Method::POST, "/api/v1/reports", "message/rfc822", Body::from_stream(pieces)).await;
        assert_eq!((status, said["error"]["code"].as_str()), (StatusCode::PAYLOAD_TOO_LARGE, Some("too_large")));
        let (status, said) = machine.send(Method::POST, "/api/v1/reports", "message/rfc822", Body::empty()).await;
        assert_eq!((status, said["error"]["code"].as_str()), (StatusCode::BAD_REQUEST, Some("empty")));
        let (status, _) = machine.send(Method::GET, "/api/v1/reports/not-an-id", "", Body::empty()).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        machine.key = "guessed".to_owned();
        let (status, said) = machine.send(Method::POST, "/api/v1/reports", "message/rfc822", "x").await;
        assert_eq!((status, said["error"]["code"].as_str()), (StatusCode::UNAUTHORIZED, Some("unauthorized")));
        assert_eq!(world.counts().await.parked, 0);
    })
    .await;
}

#[tokio::test]
async fn leases_come_as_csv_and_as_lines_of_json() {
    both(|world| async move {
        let machine = Machine::new(&world).await;
        let csv = "address,service_number,from\n198.51.100.1,ln-1,2026-11-01T00:00:00Z\n198.51.100.2,ln-99,2026-11-01T00:00:00Z\n";
        let (status, said) = machine.send(Method::POST, "/api/v1/leases", "text/csv", csv).await;
        assert_eq!((status, said["accepted"].as_i64(), said["refused"].as_i64()), (StatusCode::OK, Some(1), Some(1)));
        assert_eq!((said["problems"][0]["line"].as_i64(), said["problems"][0]["column"].as_str()), (Some(3), Some("service_number")));
        let lines = "{\"address\":\"198.51.100.3\",\"service_number\":\"ln-1\",\"from\":\"2026-11-01T00:00:00Z\"}\n\n{\"address\":\"198.51.100.4\",\"service\":\"ln-1\"}\nnonsense\n";
        let (status, said) = machine.send(Method::POST, "/api/v1/leases", "application/x-ndjson", lines).await;
        assert_eq!((status, said["accepted"].as_i64(), said["refused"].as_i64()), (StatusCode::OK, Some(1), Some(2)));
        assert_eq!(said["problems"][0]["line"], 3);
        let (status, _) = machine.send(Method::POST, "/api/v1/leases", "application/pdf", "x").await;
        assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        let kea = "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context\n198.51.100.5,00:1a:2b:3c:4d:01,,3600,1795168800,1,0,0,,0,\n";
        let (status, said) =
            machine.send(Method::POST, "/api/v1/leases?format=kea&source=dhcp-1", "text/csv", kea).await;
        assert_eq!((status, said["accepted"].as_i64()), (StatusCode::OK, Some(1)));
        let (status, said) = machine.send(Method::POST, "/api/v1/leases?source=a%20b", "text/csv", csv).await;
        assert_eq!((status, said["error"]["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("source")));
        let (status, said) = machine.send(Method::POST, "/api/v1/leases?sourse=dhcp-1", "text/csv", csv).await;
        assert_eq!((status, said["error"]["code"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("invalid")));
        let (status, _) = machine.send(Method::POST, "/api/v1/leases?dry_run=1", "text/csv", csv).await;
        assert_eq!(status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a_key_for_leases_opens_nothing_else() {
    both(|world| async move {
        let (_, key) = world.desk.add_token_for(&system(), "dhcp", domain::user::TokenScope::Leases).await.unwrap();
        let machine = Machine { key, ..Machine::new(&world).await };
        let csv = "address,service_number,from\n198.51.100.1,ln-1,2026-11-01T00:00:00Z\n";
        let (status, _) = machine.send(Method::POST, "/api/v1/leases", "text/csv", csv).await;
        assert_eq!(status, StatusCode::OK);
        let (status, said) =
            machine.send(Method::POST, "/api/v1/reports", "message/rfc822", "From: x@y.example\n\nhi").await;
        assert_eq!((status, said["error"]["code"].as_str()), (StatusCode::FORBIDDEN, Some("forbidden")));
    })
    .await;
}
