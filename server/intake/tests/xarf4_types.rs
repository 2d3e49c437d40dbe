//! Every type of XARF v4.2, made up by the official schema: its class, our customer's part in it, and what may be missing.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]
use chrono::DateTime;
use domain::class::Class;
use domain::event::{Disposition, Format, Role, Source, SourceKind};
use intake::{Hint, Parsed, parse};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

fn read(report: &Value) -> Parsed {
    let received_at = DateTime::parse_from_rfc3339("2024-05-02T08:00:00Z").unwrap().to_utc();
    parse(report.to_string().as_bytes(), Hint { content_type: None, file_name: Some("xarf.json") }, received_at)
}

/// Where the abuse came from.
const ADDRESS: &str = "2001:db8::85";
const SITE: &str = "shop.customer.example";

/// Type, the customer's role, its source, and the fields that the schema wants of it.
type Type = (&'static str, Role, &'static str, Value);

const SEEN: &str = "2024-05-01T08:00:00Z";
const URL: &str = "http://shop.customer.example/x";

fn types() -> Vec<Type> {
    [traffic(), pages(), claims(), machines()].concat()
}

fn traffic() -> Vec<Type> {
    let smtp = json!({"protocol": "smtp", "smtp_from": "bob@shop.customer.example", "source_port": 40123});
    let mut bulk = smtp.clone();
    bulk["recipient_count"] = json!(500);
    let attack = json!({"protocol": "tcp", "first_seen": SEEN, "source_port": 40123});
    vec![
        ("messaging/spam", Role::Actor, ADDRESS, smtp),
        ("messaging/bulk_messaging", Role::Actor, ADDRESS, bulk),
        ("connection/login_attack", Role::Actor, ADDRESS, attack.clone()),
        ("connection/port_scan", Role::Actor, ADDRESS, attack.clone()),
        ("connection/ddos", Role::Actor, ADDRESS, attack),
        (
            "connection/infected_host",
            Role::Infected,
            ADDRESS,
            json!({"protocol": "tcp", "first_seen": SEEN, "bot_type": "malicious"}),
        ),
        (
            "connection/reconnaissance",
            Role::Actor,
            ADDRESS,
            json!({"protocol": "tcp", "first_seen": SEEN, "probed_resources": ["/.env"]}),
        ),
        (
            "connection/scraping",
            Role::Actor,
            ADDRESS,
            json!({"protocol": "tcp", "first_seen": SEEN, "total_requests": 4500}),
        ),
        ("connection/sql_injection", Role::Actor, ADDRESS, json!({"protocol": "tcp", "first_seen": SEEN})),
        (
            "connection/vulnerability_scan",
            Role::Actor,
            ADDRESS,
            json!({"protocol": "tcp", "first_seen": SEEN, "scan_type": "web_vuln_scan"}),
        ),
    ]
}

fn pages() -> Vec<Type> {
    vec![
        ("content/phishing", Role::Actor, SITE, json!({"url": URL})),
        ("content/malware", Role::Actor, SITE, json!({"url": URL})),
        ("content/fraud", Role::Actor, SITE, json!({"url": URL, "fraud_type": "investment"})),
        (
            "content/brand_infringement",
            Role::RightsClaim,
            SITE,
            json!({"url": URL, "infringement_type": "logo_misuse", "legitimate_site": "http://brand.example/"}),
        ),
        (
            "content/csam",
            Role::Actor,
            SITE,
            json!({"url": URL, "classification": "A1", "detection_method": "hash_match"}),
        ),
        (
            "content/csem",
            Role::Actor,
            SITE,
            json!({"url": URL, "exploitation_type": "grooming", "detection_method": "user_report"}),
        ),
        (
            "content/exposed_data",
            Role::Vulnerable,
            ADDRESS,
            json!({"url": URL, "data_types": ["credentials"], "exposure_method": "misconfigured_server"}),
        ),
        ("content/remote_compromise", Role::Infected, SITE, json!({"url": URL, "compromise_type": "webshell"})),
        (
            "content/suspicious_registration",
            Role::Actor,
            SITE,
            json!({"url": URL, "registration_date": SEEN, "suspicious_indicators": ["typosquatting"]}),
        ),
    ]
}

fn claims() -> Vec<Type> {
    let copy = |extra: &str| json!({"infringing_url": URL, extra: "Example"});
    vec![
        ("copyright/copyright", Role::RightsClaim, ADDRESS, json!({"infringing_url": URL})),
        ("copyright/cyberlocker", Role::RightsClaim, SITE, copy("hosting_service")),
        ("copyright/link_site", Role::RightsClaim, SITE, copy("site_name")),
        ("copyright/ugc_platform", Role::RightsClaim, SITE, copy("platform_name")),
        (
            "copyright/p2p",
            Role::RightsClaim,
            ADDRESS,
            json!({"p2p_protocol": "bittorrent", "swarm_info": {"info_hash": "0".repeat(40)}}),
        ),
        (
            "copyright/usenet",
            Role::RightsClaim,
            SITE,
            json!({"newsgroup": "alt.example", "message_info": {"message_id": "<1@news.example>"}}),
        ),
    ]
}

fn machines() -> Vec<Type> {
    vec![
        ("infrastructure/botnet", Role::Infected, ADDRESS, json!({"compromise_evidence": "beacon to c2.example"})),
        ("infrastructure/compromised_server", Role::Infected, ADDRESS, json!({"compromise_method": "webshell"})),
        (
            "vulnerability/cve",
            Role::Vulnerable,
            ADDRESS,
            json!({"service": "http", "service_port": 8080, "cve_id": "CVE-2024-0001"}),
        ),
        ("vulnerability/open_service", Role::Vulnerable, ADDRESS, json!({"service": "redis"})),
        ("vulnerability/misconfiguration", Role::Vulnerable, ADDRESS, json!({"service": "ssh"})),
        ("reputation/blocklist", Role::Unknown, ADDRESS, json!({"threat_type": "spam_source"})),
        ("reputation/threat_intelligence", Role::Unknown, ADDRESS, json!({"threat_type": "command_and_control"})),
    ]
}

fn report(class: &str, source: &str, more: &Value) -> Value {
    let (category, kind) = class.split_once('/').unwrap();
    let who = json!({"org": "Watch", "contact": "abuse@watch.example", "domain": "watch.example"});
    let mut report = json!({
        "xarf_version": "4.2.0", "report_id": "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d", "timestamp": "2024-05-01T10:00:00Z",
        "reporter": who, "sender": who, "source_identifier": source, "category": category, "type": kind,
    });
    report.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    report
}

#[test]
fn every_type_has_its_class_role_and_source() {
    let types = types();
    let named: Vec<&str> = types.iter().map(|t| t.0).collect();
    assert_eq!(named, Class::ALL.iter().map(|c| c.as_str()).filter(|c| !c.starts_with("other/")).collect::<Vec<_>>());
    for (class, role, source, more) in types {
        let parsed = read(&report(class, source, &more));
        assert_eq!((parsed.format, parsed.disposition), (Format::Xarf4, Disposition::Events), "{class}: {parsed:?}");
        assert_eq!(parsed.reporter.as_deref(), Some("watch.example"));
        let event = &parsed.events[0];
        let kind = if source == ADDRESS { SourceKind::Ip } else { SourceKind::Host };
        let port = more.get("source_port").map(|_| 40123);
        assert_eq!(event.source, Source::new(kind, source, port), "{class}");
        assert_eq!((event.class.as_str(), event.role), (class, role));
        assert_eq!(event.to.unwrap().to_rfc3339(), "2024-05-01T10:00:00+00:00", "{class}");
        assert_eq!(event.faults, [""; 0], "{class}");
    }
}

#[test]
fn whatever_is_missing_is_named_and_costs_nothing() {
    for (class, _, source, more) in types() {
        for field in more.as_object().unwrap().keys() {
            let mut less = report(class, source, &more);
            less.as_object_mut().unwrap().remove(field);
            let parsed = read(&less);
            let event = &parsed.events[0];
            assert_eq!(event.class.as_str(), class);
            assert_eq!(event.faults.len(), 1, "{class} without {field}: {:?}", event.faults);
            let fault = &event.faults[0];
            assert!(fault.starts_with(field.as_str()) && fault.ends_with("is missing"), "{class}: {fault}");
        }
    }
}

#[test]
fn the_core_of_a_report_is_graded_too() {
    let fault = |name: &str, value: Value| {
        let mut bad = report("vulnerability/open_service", ADDRESS, &json!({"service": "redis"}));
        bad[name] = value;
        read(&bad).events[0].faults.clone()
    };
    assert_eq!(fault("report_id", json!("l2m3n4o5-p6q7")), ["report_id \"l2m3n4o5-p6q7\" is no UUID"]);
    assert_eq!(fault("xarf_version", json!("5.0.0")), ["xarf_version \"5.0.0\" is not 4.x"]);
    assert_eq!(fault("sender", Value::Null), ["sender is missing"]);
    assert_eq!(fault("reporter", json!({"org": "Watch"})), ["reporter is not complete"]);
    let who = json!({"org": "Watch", "contact": "abuse@watch.example", "domain": "watch.example", "type": "automated"});
    assert_eq!(fault("reporter", who), ["reporter has the key \"type\", which the schema does not know"]);
}

/// The time that a report states is never left out of the span, whatever it says was seen first and last.
#[test]
fn the_span_holds_the_timestamp() {
    let span = |first: &str, last: &str| {
        let more = json!({"service": "ssh", "first_seen": first, "last_seen": last});
        let event = read(&report("vulnerability/misconfiguration", ADDRESS, &more)).events.remove(0);
        [event.from, event.to].map(|t| t.unwrap().format("%H:%M").to_string())
    };
    assert_eq!(span("2024-05-01T08:00:00Z", "2024-05-01T09:00:00Z"), ["08:00", "10:00"]);
    assert_eq!(span("2024-05-01T08:00:00Z", "2024-05-01T11:00:00Z"), ["08:00", "11:00"]);
    assert_eq!(span("2024-05-01T10:30:00Z", ""), ["10:00", "10:30"]);
    assert_eq!(span("whenever", "2024-05-01T12:00:00+03:00"), ["10:00", "10:00"]);
}

/// The examples beside the specification lack nothing that the schema asks for.
#[test]
fn official_examples_lack_nothing() {
    let folder = std::env::var_os("LAZARET_SAMPLES")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples"), PathBuf::from)
        .join("xarf-spec/samples/v4");
    let Ok(files) = std::fs::read_dir(&folder) else {
        eprintln!("SKIPPED: no samples in {}; set LAZARET_SAMPLES", folder.display());
        return;
    };
    for file in files.map(|f| f.unwrap().path()) {
        let example: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        let faults = &read(&example).events[0].faults;
        let of_time = |fault: &&String| !["is after", "days old", "after receipt"].iter().any(|t| fault.contains(t));
        assert_eq!(faults.iter().find(of_time), None, "{}", file.display());
    }
}
