//! Evidence passed on: valid by the official schema, without the customer, signed, and tried again.
use crate::{
    copies::xarf,
    world::{World, both, system},
};
use axum::{Router, body::Bytes, extract::State, http::HeaderMap, http::StatusCode, routing::post};
use chrono::TimeDelta;
use domain::{
    attribution::Certainty,
    class::{Category, Class},
    event::{Observation, Role, Source, SourceKind, TimeGrade},
    evidence::{Event, EventState},
    id::{EventId, PassingId, ReportId},
    notice::NoticeState,
    passing::{Passing, Subject, Way},
    refusal::Refusal,
    xarf::{Contact, Envelope, write},
};
use lazaret::{
    config::Config,
    desk::{Desk, DeskError, Order},
    enforcement::signature,
    worker::passing::Passer,
};
use serde_json::{Value, json};
use std::{
    io::Write as _,
    path::PathBuf,
    process::{Command, Stdio},
    sync::{Arc, Mutex},
};

const AT: &str = "2026-11-21T08:00:00Z";

fn event(class: Class, source: Source, details: &Value) -> Event {
    Event {
        id: EventId::new(),
        report: ReportId::new(),
        position: 0,
        reporter: "reporter.example".to_owned(),
        observation: Observation {
            source,
            from: Some(AT.parse().unwrap()),
            to: Some("2026-11-21T09:00:00.5Z".parse().unwrap()),
            time_grade: TimeGrade::Stated,
            class,
            role: Role::Actor,
            count: 300,
            reference: Some("their-number".to_owned()),
            details: details.as_object().cloned().unwrap_or_default(),
            faults: Vec::new(),
        },
        at: AT.parse().unwrap(),
        received_at: AT.parse().unwrap(),
        certainty: Certainty::Certain,
        customer: None,
        service: None,
        case: None,
        state: EventState::Pending,
    }
}

fn envelope(named: bool) -> Envelope {
    let us = Contact {
        org: "Example ISP".to_owned(),
        contact: "abuse@isp.example".to_owned(),
        domain: "isp.example".to_owned(),
    };
    let reporter = named.then(|| Contact::of_reporter("reporter.example", Some("soc@reporter.example")).unwrap());
    Envelope { us, reporter, secrets: vec!["okafor".to_owned(), "ln-1".to_owned()] }
}

/// Everything a report might say, the customer's name and strangers' addresses among it.
fn rich() -> Value {
    json!({
        "protocol": "udp", "destination_ip": "192.0.2.250", "destination_port": 443, "malware_family": "mirai",
        "service": "ssh", "service_port": 22, "cve_id": "cve-2024-1234", "url": "http://host.example/a?user=x@y.example",
        "infringing_url": "http://host.example/film", "hosting_service": "Box", "site_name": "S", "platform_name": "P",
        "info_hash": "0123456789abcdef0123456789ABCDEF01234567", "p2p_protocol": "BitTorrent", "work_title": "A film",
        "newsgroup": "alt.test", "message_id": "part1", "probed_resources": "/.env", "threat_type": "listed",
        "compromise_method": "weak password of Okafor", "legitimate_site": "https://bank.example", "bot_type": "malicious",
        "classification": "baseline", "subject": "to victim@third.example", "description": "free words of Okafor",
        "smtp_from": "okafor@customer.example", "recipient_count": 5000, "total_requests": 12,
    })
}

fn every_report() -> Vec<Value> {
    let address = |port| Source::from_ip("198.51.100.77".parse().unwrap(), port);
    let sources = [
        address(Some(50_123)),
        address(None),
        address(Some(0)),
        Source::from_ip("2001:db8::5".parse().unwrap(), Some(25)),
        Source::new(SourceKind::Host, "www.host.example", None),
        Source::new(SourceKind::Url, "https://[2001:db8::7]:8443/x y", Some(8443)),
        Source::new(SourceKind::Url, "hTTps://www.host.example/login?victim=a%40b.example", None),
    ];
    let mut all = Vec::new();
    for class in Class::ALL {
        for source in &sources {
            for details in [json!({}), rich()] {
                for named in [false, true] {
                    let one = event(*class, source.clone(), &details);
                    all.push(Value::Object(write(&one, &envelope(named)).unwrap().report));
                }
            }
        }
    }
    all
}

#[test]
fn every_class_leaves_with_all_that_the_core_requires_and_nothing_of_the_customer() {
    for report in every_report() {
        for name in
            ["xarf_version", "report_id", "timestamp", "reporter", "sender", "source_identifier", "category", "type"]
        {
            assert!(report[name].is_string() || report[name].is_object(), "{name}: {report:#}");
        }
        let class = format!("{}/{}", report["category"].as_str().unwrap(), report["type"].as_str().unwrap());
        assert!(Class::parse(&class).is_some_and(|class| class != Class::Unclassified), "{class}");
        let text = report.to_string();
        for hidden in
            ["kafor", "third.example", "victim", "free words", "y.example", "b.example", "_internal", "their-number"]
        {
            assert!(!text.contains(hidden), "{hidden}: {report:#}");
        }
        let named = report["reporter"]["domain"] == "reporter.example";
        assert_eq!(named && text.contains("192.0.2.250"), text.contains("192.0.2.250"), "{report:#}");
        assert_eq!(report["sender"]["domain"], "isp.example");
        let parsed = intake::parse(text.as_bytes(), intake::Hint::default(), AT.parse().unwrap());
        assert_eq!(parsed.events.len(), 1, "we read what we write: {:?} {report:#}", parsed.reason);
        assert_eq!(parsed.events[0].class.as_str(), class);
        assert_eq!(parsed.events[0].from, Some(AT.parse().unwrap()));
    }
}

#[test]
fn an_account_of_the_customer_never_leaves() {
    let one = event(Class::Spam, Source::new(SourceKind::Account, "nadia@isp.example", None), &json!({}));
    assert!(matches!(write(&one, &envelope(false)), Err(Refusal::Invalid { field: "event", .. })));
}

/// The folder of the official schemas; none (loudly) where the samples are not there.
fn schemas() -> Option<PathBuf> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/samples");
    let samples = std::env::var_os("LAZARET_SAMPLES").map_or(beside, PathBuf::from);
    let folder = samples.join("xarf-spec/schemas/v4");
    folder.is_dir().then_some(folder)
}

const VALIDATOR: &str = r#"
import json, pathlib, sys
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
folder = pathlib.Path(sys.argv[1])
files = {p: json.loads(p.read_text()) for p in folder.rglob("*.json")}
registry = Registry().with_resources([(d["$id"], Resource.from_contents(d)) for d in files.values()])
checker = Draft202012Validator(files[folder / "xarf-v4-master.json"], registry=registry, format_checker=FormatChecker())
plain = Draft202012Validator(files[folder / "xarf-v4-master.json"], registry=registry)
bad = 0
for line in sys.stdin:
    report = json.loads(line)
    for error in [*checker.iter_errors(report), *plain.iter_errors(report)]:
        bad += 1
        print(report["category"], report["type"], error.message[:300], file=sys.stderr)
sys.exit(1 if bad else 0)
"#;

#[test]
fn every_class_is_valid_by_the_official_schema() {
    let Some(folder) = schemas() else {
        eprintln!("SKIPPED: the official XARF schemas are not there (LAZARET_SAMPLES)");
        return;
    };
    let python = std::env::var("LAZARET_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let found = Command::new(&python).args(["-c", "import jsonschema, referencing"]).stderr(Stdio::null()).status();
    if !found.is_ok_and(|status| status.success()) {
        eprintln!("SKIPPED: no jsonschema for {python} (tools/setup test)");
        return;
    }
    let mut checker = Command::new(&python)
        .args(["-c", VALIDATOR])
        .arg(folder)
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines: String = every_report().iter().map(|report| format!("{report}\n")).collect();
    checker.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let outcome = checker.wait_with_output().unwrap();
    assert!(outcome.status.success(), "{}", String::from_utf8_lossy(&outcome.stderr));
}

/// What a webhook got: headers and body.
type Got = Arc<Mutex<Vec<(HeaderMap, Bytes)>>>;

/// A webhook that says "later" first.
async fn hook() -> (String, Got) {
    let got: Got = Arc::default();
    let app = Router::new()
        .route(
            "/in",
            post(async |State(got): State<Got>, headers: HeaderMap, body: Bytes| {
                let mut got = got.lock().unwrap();
                got.push((headers, body));
                if got.len() == 1 { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::ACCEPTED }
            }),
        )
        .with_state(got.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/in", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    (url, got)
}

fn with(world: &World, url: &str, private: &str) -> Desk {
    let config = Config::defaults()
        .with("passon.cert.url", url)
        .with("passon.cert.key", "secret")
        .with("passon.cert.private", private);
    Desk::new(world.desk.store().clone(), config)
}

async fn evidence(world: &World) -> EventId {
    let report = xarf("11111111-1111-4111-8111-111111111111", "198.51.100.77", AT, "connection/login_attack");
    let id = world.take_in(report.as_bytes()).await.id;
    world.event(id).await.id
}

async fn pass(desk: &Desk, subject: Subject, way: Way, target: &str) -> Result<Passing, DeskError> {
    let draft = desk.passing_draft(&system(), subject, false).await?;
    let order = Order {
        id: PassingId::new(),
        way,
        target: target.to_owned(),
        note: String::new(),
        named: false,
        sha256: draft.sha256,
    };
    desk.pass_on(&system(), subject, order).await
}

async fn now(desk: &Desk, id: PassingId) -> Passing {
    desk.store().read().await.unwrap().passing_by_id(id).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_webhook_gets_exactly_what_was_seen_signed_and_once_it_takes_it() {
    both(|world| async move {
        let event = evidence(&world).await;
        let (url, got) = hook().await;
        let desk = with(&world, &url, "yes");
        let passing = pass(&desk, Subject::Event(event), Way::Webhook, "cert").await.unwrap();
        let passer = Passer::new(&desk).unwrap();
        assert!(passer.deliver_one().await.unwrap());
        assert_eq!(now(&desk, passing.id).await.state, NoticeState::Queued, "503 is no refusal");
        assert!(!passer.deliver_one().await.unwrap(), "not before its time");
        world.clock.advance(TimeDelta::minutes(20));
        assert!(passer.deliver_one().await.unwrap());
        let done = now(&desk, passing.id).await;
        assert_eq!((done.state, done.attempts), (NoticeState::Sent, 2));
        assert!(!passer.deliver_one().await.unwrap());
        let got = got.lock().unwrap();
        assert_eq!(got.len(), 2);
        for (headers, body) in got.iter() {
            assert_eq!(body.as_ref(), passing.body.as_bytes());
            assert_eq!(headers["idempotency-key"], passing.id.to_string());
            assert_eq!(headers["content-type"], "application/json");
            let signed = headers["lazaret-signature"].to_str().unwrap();
            let at = signed.strip_prefix("t=").unwrap().split(',').next().unwrap().parse().unwrap();
            assert_eq!(signed, signature("secret", "POST", "/in", at, body));
        }
        let text = String::from_utf8(got[0].1.to_vec()).unwrap();
        for hidden in ["C-2", "De Vries", "bakery@", "ln-2", "reporter.example"] {
            assert!(!text.contains(hidden), "{hidden} in {text}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_webhook_that_leads_inside_is_not_called() {
    both(|world| async move {
        let event = evidence(&world).await;
        let (url, got) = hook().await;
        let desk = with(&world, &url, "no");
        let passing = pass(&desk, Subject::Event(event), Way::Webhook, "cert").await.unwrap();
        Passer::new(&desk).unwrap().deliver_one().await.unwrap();
        let failed = now(&desk, passing.id).await;
        assert_eq!(failed.state, NoticeState::Failed);
        assert!(failed.answer.contains("private"), "{}", failed.answer);
        assert!(got.lock().unwrap().is_empty());
        let stranger = pass(&desk, Subject::Event(event), Way::Webhook, "http://elsewhere.example").await;
        assert!(matches!(stranger, Err(DeskError::Refused(Refusal::Invalid { field: "target", .. }))));
    })
    .await;
}

#[tokio::test]
async fn what_leaves_is_what_was_seen_and_stands_in_the_record() {
    both(|world| async move {
        let event = evidence(&world).await;
        let bakery = world.desk.store().read().await.unwrap().customer_by_number("C-2").await.unwrap().unwrap();
        let case = world.desk.open_case(&system(), bakery.id, Category::Connection).await.unwrap();
        let subject = Subject::Case(case.id);
        let draft = world.desk.passing_draft(&system(), subject, false).await.unwrap();
        assert_eq!((draft.events, draft.body.lines().count()), (1, 1), "one JSON a line");
        let order = |sha256: &str| Order {
            id: PassingId::new(),
            way: Way::Mail,
            target: "abuse@other.example".to_owned(),
            note: "please have a look".to_owned(),
            named: false,
            sha256: sha256.to_owned(),
        };
        let stale = world.desk.pass_on(&system(), subject, order("something else")).await;
        assert!(matches!(stale, Err(DeskError::Refused(Refusal::Stale))));
        let twice = order(&draft.sha256);
        let first = world.desk.pass_on(&system(), subject, twice.clone()).await.unwrap();
        world.desk.pass_on(&system(), subject, twice).await.unwrap();
        assert_eq!(first.body, draft.body);
        let kept = Desk::new(world.desk.store().clone(), Config::defaults().with("mail.keep", "true"));
        Passer::new(&kept).unwrap().deliver_one().await.unwrap();
        let sent = now(&world.desk, first.id).await;
        assert_eq!((sent.state, sent.answer.as_str()), (NoticeState::Sent, "kept here: no smtp.url set"));
        let entries = world.desk.store().read().await.unwrap().ledger_of_case(case.id, 20).await.unwrap();
        let passed: Vec<_> = entries.iter().filter(|entry| entry.act == "evidence.passed").collect();
        assert_eq!(passed.len(), 1, "a double click passes on once");
        assert_eq!(passed[0].text("target"), "abuse@other.example");
        let file = pass(&world.desk, Subject::Event(event), Way::Download, "").await.unwrap();
        assert_eq!(file.state, NoticeState::Sent);
        let bad = pass(&world.desk, subject, Way::Mail, "a@b.example, c@d.example").await;
        assert!(matches!(bad, Err(DeskError::Refused(Refusal::Invalid { field: "target", .. }))));
    })
    .await;
}
