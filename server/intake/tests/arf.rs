//! ARF, RFC 5965, with its relatives RFC 6591 and RFC 6430.
mod common;

use domain::class::Class;
use domain::event::{Disposition, Format, Role, TimeGrade};

#[test]
fn a_complaint_is_one_event() {
    let parsed = common::read("arf_abuse.eml");
    assert_eq!((parsed.format, parsed.disposition), (Format::Arf, Disposition::Events));
    assert_eq!(parsed.reporter.as_deref(), Some("reporter.example"));
    assert_eq!(parsed.sender.as_deref(), Some("fbl@reporter.example"));
    assert_eq!(parsed.message_id.as_deref(), Some("fbl-1@reporter.example"));
    let [event] = parsed.events.as_slice() else { panic!("{parsed:?}") };
    assert_eq!(event.source.value, "192.0.2.55", "the text part never wins");
    assert_eq!((event.class, event.role, event.count), (Class::Spam, Role::Actor, 1));
    assert_eq!(event.time_grade, TimeGrade::Stated);
    assert_eq!(event.from.unwrap().to_rfc3339(), "2024-05-01T14:30:00+00:00");
    assert_eq!(event.reference.as_deref(), Some("watch-1@shop.example"));
    assert_eq!(event.faults, [""; 0]);
    assert_eq!(event.details["reported_uri"], "http://shop.example/watches");
}

#[test]
fn complainants_and_traps_stay_out_of_the_details() {
    for name in
        ["arf_abuse.eml", "arf_virus.eml", "xarf3.json", "2024-05-01-event4_honeypot_brute_force-example-asn.csv"]
    {
        let details = serde_json::to_string(&common::read(name).events[0].details).unwrap();
        for secret in ["trap", "5f4dcc3b", "hunter2", "root"] {
            assert!(!details.contains(secret), "{name}: {secret} in {details}");
        }
    }
}

#[test]
fn time_from_the_trace_when_there_is_no_arrival_date() {
    let event = &common::read("arf_without_date.eml").events[0];
    assert_eq!(event.from.unwrap().to_rfc3339(), "2024-05-01T14:30:00+00:00");
    assert_eq!(event.time_grade, TimeGrade::Stated);
    assert_eq!(event.faults, ["no Arrival-Date: time taken from the enclosed mail"]);
}

#[test]
fn without_any_time_the_receipt_is_assumed() {
    let text = String::from_utf8(common::fixture("arf_without_date.eml")).unwrap();
    let text = text.replace("; Wed, 1 May 2024 16:30:00 +0200", "");
    let event = &common::read_as(text.as_bytes(), "x.eml").events[0];
    assert_eq!((event.from, event.time_grade), (Some(common::received_at()), TimeGrade::Assumed));
    assert_eq!(event.faults, ["no Arrival-Date: time of receipt assumed"]);
}

#[test]
fn source_from_the_trace_when_there_is_none() {
    let event = &common::read("arf_without_source.eml").events[0];
    assert_eq!(event.source.value, "192.0.2.55");
    assert_eq!(event.faults.len(), 1);
}

#[test]
fn other_feedback_types() {
    let virus = &common::read("arf_virus.eml").events[0];
    assert_eq!((virus.class, virus.role, virus.count), (Class::InfectedHost, Role::Infected, 7));
    assert_eq!(virus.source.port, Some(40001));
    for name in ["arf_auth_failure.eml", "arf_not_spam.eml"] {
        let parsed = common::read(name);
        assert_eq!((parsed.format, parsed.disposition), (Format::Arf, Disposition::NotAReport), "{name}");
        assert!(parsed.reason.is_some() && parsed.events.is_empty());
    }
    let text = String::from_utf8(common::fixture("arf_abuse.eml")).unwrap();
    let strange = common::read_as(text.replace("Type: abuse", "Type: moonlight").as_bytes(), "x.eml");
    assert_eq!((strange.events[0].class, strange.events[0].role), (Class::Unclassified, Role::Unknown));
    assert_eq!(strange.events[0].faults, ["feedback type \"moonlight\" is not known"]);
}

#[test]
fn future_and_old_times_are_doubted() {
    let text = String::from_utf8(common::fixture("arf_abuse.eml")).unwrap();
    let future = common::read_as(
        text.replace("Arrival-Date: Wed, 1 May 2024", "Arrival-Date: Fri, 3 May 2024").as_bytes(),
        "x.eml",
    );
    assert!(future.events[0].faults[0].contains("after receipt"), "{:?}", future.events[0].faults);
    let old = common::read_as(
        text.replace("Arrival-Date: Wed, 1 May 2024", "Arrival-Date: Wed, 3 Jan 2024").as_bytes(),
        "x.eml",
    );
    assert_eq!(old.events[0].faults, ["event is 119 days old"]);
}

#[test]
fn a_broken_report_waits_for_a_person() {
    let text = String::from_utf8(common::fixture("arf_abuse.eml")).unwrap();
    let truncated = text.split("Content-Type: message/feedback-report").next().unwrap();
    let parsed = common::read_as(truncated.as_bytes(), "x.eml");
    assert_eq!((parsed.format, parsed.disposition), (Format::Arf, Disposition::NeedsHuman));
    assert!(parsed.reason.is_some());
}

#[test]
fn types_that_no_standard_names_but_everybody_means() {
    let text = String::from_utf8(common::fixture("arf_abuse.eml")).unwrap();
    for (said, class) in [("spam", Class::Spam), ("phishing", Class::Phishing)] {
        let parsed = common::read_as(text.replace("Type: abuse", &format!("Type: {said}")).as_bytes(), "x.eml");
        assert_eq!(parsed.events[0].class, class);
    }
}
