//! XARF in all its ages: X-ARF 0.1/0.2, v3 and v4.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]
mod common;

use domain::class::Class;
use domain::event::{Disposition, Format, Role, SourceKind, TimeGrade};
use serde_json::{Value, json};

#[test]
fn x_arf_port_is_the_attacked_port() {
    let parsed = common::read("xarf_old_fail2ban.eml");
    assert_eq!((parsed.format, parsed.disposition), (Format::XArf, Disposition::Events));
    assert_eq!(parsed.reporter.as_deref(), Some("sensor.example"));
    assert_eq!(parsed.reference.as_deref(), Some("1714550000@sensor.example"));
    let event = &parsed.events[0];
    assert_eq!((event.source.value.as_str(), event.source.port), ("192.0.2.77", None));
    assert_eq!((event.class, event.role, event.count), (Class::LoginAttack, Role::Actor, 12));
    assert_eq!(event.from.unwrap().to_rfc3339(), "2024-05-01T08:00:00+00:00");
    assert_eq!(event.details["port"], "22");
}

#[test]
fn x_arf_about_a_page_names_the_url_and_its_port() {
    let event = &common::read("xarf_old_phishing.eml").events[0];
    assert_eq!((event.source.kind, event.source.port), (SourceKind::Url, Some(8080)));
    assert_eq!(event.source.value, "http://customer.example/login?a=b");
    assert_eq!((event.class, event.time_grade), (Class::Phishing, TimeGrade::Stated));
}

#[test]
fn v3_plain_wrapped_and_mixed_are_the_same() {
    for name in ["xarf3.json", "xarf3_wrapped.eml", "xarf3_mixed.eml"] {
        let parsed = common::read(name);
        assert_eq!((parsed.format, parsed.disposition), (Format::Xarf3, Disposition::Events), "{name}: {parsed:?}");
        assert_eq!(parsed.reporter.as_deref(), Some("sensor.example"));
        assert_eq!(parsed.reference.as_deref(), Some("case-9"));
        let event = &parsed.events[0];
        assert_eq!((event.source.value.as_str(), event.source.port), ("2001:db8::55", Some(54321)));
        assert_eq!((event.class, event.role), (Class::LoginAttack, Role::Actor));
        assert_eq!((event.to.unwrap() - event.from.unwrap()).num_minutes(), 10);
        let all = format!("{parsed:?}");
        assert!(!all.contains("victim@isp.example") && !all.contains("vip"), "InternalProcessing is ignored");
    }
}

#[test]
fn v3_types_in_both_spellings() {
    let spellings = [
        ("Login-Attack", Class::LoginAttack),
        ("login_attack", Class::LoginAttack),
        ("DDoS", Class::Ddos),
        ("DOS", Class::Ddos),
        ("Port-Scan", Class::PortScan),
        ("PortScan", Class::PortScan),
        ("Malware", Class::InfectedHost),
        ("Spam", Class::Spam),
    ];
    for (spelling, class) in spellings {
        let mut report: Value = serde_json::from_slice(&common::fixture("xarf3.json")).unwrap();
        report["Report"]["ReportType"] = json!(spelling);
        assert_eq!(common::read_as(report.to_string().as_bytes(), "x.json").events[0].class, class, "{spelling}");
    }
}

fn v4(change: impl FnOnce(&mut Value)) -> intake::Parsed {
    let mut report: Value = serde_json::from_slice(&common::fixture("xarf4.json")).unwrap();
    change(&mut report);
    common::read_as(report.to_string().as_bytes(), "report.json")
}

#[test]
fn v4_valid() {
    let parsed = v4(|_| {});
    assert_eq!((parsed.format, parsed.disposition), (Format::Xarf4, Disposition::Events));
    assert_eq!(parsed.reporter.as_deref(), Some("watch.example"));
    assert_eq!(parsed.reference.as_deref(), Some("9ac39cd1-85f3-4c31-ae87-a0a95f3ebc83"));
    let event = &parsed.events[0];
    assert_eq!((event.source.value.as_str(), event.source.port), ("192.0.2.85", Some(40123)));
    assert_eq!((event.class, event.role, event.time_grade), (Class::InfectedHost, Role::Infected, TimeGrade::Stated));
    assert_eq!(event.from.unwrap().to_rfc3339(), "2024-05-01T08:00:00+00:00");
    assert_eq!(event.to.unwrap().to_rfc3339(), "2024-05-01T10:00:00+00:00");
    assert_eq!(event.faults, [""; 0]);
    assert!(!format!("{parsed:?}").contains("victim@isp.example"), "_internal is never looked at");
}

#[test]
fn v4_with_faults_is_still_read() {
    let parsed = v4(|r| {
        r.as_object_mut().unwrap().remove("sender");
        r["type"] = json!("moonlight");
        r["source_port"] = json!(700_000);
    });
    let event = &parsed.events[0];
    assert_eq!((event.class, event.role, event.source.port), (Class::Unclassified, Role::Unknown, None));
    assert_eq!(event.faults.len(), 3, "{:?}", event.faults);
    assert_eq!(event.details["original_class"], "connection/moonlight");
}

#[test]
fn v4_search_engines_are_not_infected() {
    let parsed = v4(|r| r["bot_type"] = json!("search_engine"));
    assert_eq!((parsed.events[0].class, parsed.events[0].role), (Class::InfectedHost, Role::Unknown));
}

#[test]
fn v4_every_class_of_the_specification_is_known() {
    for &class in Class::ALL {
        let Some((category, kind)) = class.as_str().split_once('/') else { panic!() };
        let parsed = v4(|r| {
            r["category"] = json!(category);
            r["type"] = json!(kind);
        });
        assert_eq!(parsed.events[0].class, class);
    }
}

#[test]
fn long_spans_are_ranges_and_zoneless_times_are_guesses() {
    assert_eq!(v4(|r| r["first_seen"] = json!("2024-04-01T00:00:00Z")).events[0].time_grade, TimeGrade::Range);
    let guess = v4(|r| r["timestamp"] = json!("2024-05-01 10:00:00"));
    assert_eq!(guess.events[0].time_grade, TimeGrade::Assumed);
    let none = v4(|r| {
        r.as_object_mut().unwrap().remove("timestamp");
        r.as_object_mut().unwrap().remove("first_seen");
    });
    assert_eq!(none.events[0].time_grade, TimeGrade::Assumed);
    assert_eq!(none.events[0].from, Some(common::received_at()));
}

#[test]
fn json_that_cannot_be_used_says_why() {
    let broken = common::read_as(b"{\"xarf_version\": \"4.2.0\", ", "x.json");
    assert_eq!((broken.format, broken.disposition), (Format::Xarf4, Disposition::Unreadable));
    let nobody = v4(|r| r["source_identifier"] = json!("nobody at all"));
    assert_eq!(nobody.disposition, Disposition::NeedsHuman);
    let other = common::read_as(b"{\"hello\": [1, 2]}", "x.json");
    assert_eq!((other.format, other.disposition), (Format::Json, Disposition::NeedsHuman));
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_ne!(common::read_as(deep.as_bytes(), "x.json").disposition, Disposition::Events);
}

#[test]
fn several_reports_in_one_array() {
    let one = String::from_utf8(common::fixture("xarf4.json")).unwrap();
    let other = one.replace("192.0.2.", "198.51.100.");
    let parsed = common::read_as(format!("[{one}, {{}}, {other}, {one}]").as_bytes(), "x.json");
    assert_eq!((parsed.format, parsed.events.len()), (Format::Xarf4, 2));
    assert_eq!(parsed.events[0].count, 2 * parsed.events[1].count, "a copy is counted, not doubled");
}

#[test]
fn the_attached_log_tells_what_a_vague_x_arf_does_not() {
    let block = "Reported-From: desk@reporter.example\nCategory: abuse\nReport-Type: info\nService: mail\nVersion: 0.2\n\
        Date: Wed, 01 May 2024 10:00:00 +0000\nSource-Type: ipv4\nSource: 192.0.2.10\nReport-ID: 1@reporter.example\n";
    let log = "May  1 09:59:17 mx sm-mta[22]: NOQUEUE: connect from pc.example [192.0.2.10]\n\
        May  1 09:59:20 mx sm-mta[22]: AUTH failure (PLAIN): authentication failure, relay=pc.example [192.0.2.10]\n";
    let mail = format!(
        "From: desk@reporter.example\nSubject: abuse report about 192.0.2.10\nMIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nHello\n--b\nContent-Type: text/plain; name=report.txt\n\n\
         {block}\n--b\nContent-Type: text/plain; name=log.txt\n\n{log}\n--b--\n"
    );
    let parsed = common::read_as(mail.as_bytes(), "x.eml");
    assert_eq!((parsed.format, parsed.events.len()), (Format::XArf, 1), "{parsed:?}");
    assert_eq!(parsed.events[0].class, Class::LoginAttack, "{:?}", parsed.events[0].faults);
}
