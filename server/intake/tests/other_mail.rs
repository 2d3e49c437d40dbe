//! Mail that is no complaint, or none that a machine reads: bounces, auto-replies, statistics, free text.
mod common;

use domain::event::{Disposition, Format};

#[test]
fn a_delivery_report_names_whom_and_why() {
    let parsed = common::read("dsn_failed.eml");
    assert_eq!((parsed.format, parsed.disposition), (Format::Dsn, Disposition::Bounce));
    let bounce = parsed.bounce.unwrap();
    assert_eq!(bounce.recipient.as_deref(), Some("bob@customer.example"), "the worst outcome counts");
    assert_eq!((bounce.action.as_str(), bounce.status.as_deref()), ("failed", Some("5.1.1")));
    assert!(bounce.diagnostic.unwrap().contains("no such user"));
    assert_eq!(bounce.original_message_id.as_deref(), Some("notice-17@isp.example"));
    assert_eq!(bounce.original_envelope_id.as_deref(), Some("notice-17"));
}

#[test]
fn delayed_is_not_failed() {
    let text = String::from_utf8(common::fixture("dsn_failed.eml")).unwrap();
    let parsed = common::read_as(text.replace("Action: failed", "Action: delayed").as_bytes(), "x.eml");
    assert_eq!(parsed.bounce.unwrap().action, "delayed");
}

#[test]
fn a_bounce_says_where_it_was_delivered_to() {
    let bounce = common::read("dsn_verp.eml").bounce.unwrap();
    assert_eq!(bounce.original_message_id, None, "the other side kept nothing of our mail");
    let expected = [
        "abuse-box@isp.example",
        "bounce+01234567-89ab-7def-8123-456789abcdef.00ff00ff00ff00ff@isp.example",
        "abuse@isp.example",
        "postmaster@isp.example",
    ];
    assert_eq!(bounce.delivered_to, expected, "each once, in lower case, whichever header names it");
}

#[test]
fn bounces_of_other_forms() {
    let parsed = common::read("dsn_qmail.eml");
    assert_eq!(parsed.disposition, Disposition::Bounce);
    let bounce = parsed.bounce.unwrap();
    assert_eq!(bounce.recipient.as_deref(), Some("bob@customer.example"));
    assert_eq!(bounce.status.as_deref(), Some("5.1.1"));
    assert_eq!(bounce.original_message_id.as_deref(), Some("notice-18@isp.example"));
    let header = "From: Postmaster <p@mx.example>\nX-Failed-Recipients: bob@customer.example\nSubject: hm\n\nno\n";
    let parsed = common::read_as(header.as_bytes(), "x.eml");
    assert_eq!(parsed.bounce.unwrap().recipient.as_deref(), Some("bob@customer.example"));
}

#[test]
fn automatic_answers() {
    let parsed = common::read("auto_reply.eml");
    assert_eq!(parsed.disposition, Disposition::AutoReply);
    assert_eq!(parsed.in_reply_to.as_deref(), Some("notice-19@isp.example"));
    for header in ["Auto-Submitted: auto-replied (vacation)", "X-Autoreply: yes", "Precedence: auto_reply"] {
        let mail = format!("From: a@b.example\nSubject: hello\n{header}\n\nAway.\n");
        assert_eq!(common::read_as(mail.as_bytes(), "x.eml").disposition, Disposition::AutoReply, "{header}");
    }
    let mail = "From: a@b.example\nSubject: hello\nAuto-Submitted: auto-generated\n\nComplaint.\n";
    assert_eq!(common::read_as(mail.as_bytes(), "x.eml").disposition, Disposition::NeedsHuman);
}

#[test]
fn statistics_are_no_complaints() {
    assert_eq!(common::read("dmarc.eml").disposition, Disposition::NotAReport);
    let tls = br#"{"organization-name":"X","date-range":{},"report-id":"1","policies":[]}"#;
    assert_eq!(common::read_as(tls, "t.json").disposition, Disposition::NotAReport);
}

#[test]
fn what_is_only_recognised_says_so() {
    let text = common::read("free_text.eml");
    assert_eq!((text.format, text.disposition), (Format::Mime, Disposition::NeedsHuman));
    assert_eq!((text.subject.as_deref(), text.reporter.as_deref()), (Some("Stop it!"), Some("person.example")));
}

#[test]
fn a_forwarded_report_is_read() {
    let inner = String::from_utf8(common::fixture("xarf_old_fail2ban.eml")).unwrap();
    let mail = format!(
        "From: noc@isp.example\nSubject: Fwd: abuse\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"f\"\n\n\
         --f\nContent-Type: text/plain\n\nfyi\n--f\nContent-Type: message/rfc822\n\n{inner}\n--f--\n"
    );
    let parsed = common::read_as(mail.as_bytes(), "x.eml");
    assert_eq!((parsed.format, parsed.events.len()), (Format::XArf, 1), "{parsed:?}");
    assert_eq!(parsed.reporter.as_deref(), Some("sensor.example"), "who vouches");
    assert_eq!(parsed.sender.as_deref(), Some("noc@isp.example"), "who transmitted");
}

#[test]
fn one_line_of_json_has_the_agreed_names() {
    let parsed = common::read("arf_abuse.eml");
    let opened = intake::Opened::from(parsed);
    let line = serde_json::to_value(intake::line::Line::new("in/arf.eml", &opened, Some("first.eml"))).unwrap();
    let names =
        |v: &serde_json::Value| v.as_object().unwrap().keys().cloned().collect::<std::collections::BTreeSet<_>>();
    let want = "disposition duplicate_of events file format reason reference reporter sender sha256";
    assert_eq!(names(&line).into_iter().collect::<Vec<_>>().join(" "), want);
    let want = "class count faults from reference role rsit source time_grade to";
    assert_eq!(names(&line["events"][0]).into_iter().collect::<Vec<_>>().join(" "), want);
    assert_eq!(line["events"][0]["from"], "2024-05-01T14:30:00Z");
    assert_eq!(line["events"][0]["rsit"], "abusive-content/spam");
    assert_eq!(line["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(line["duplicate_of"], "first.eml");
}

#[test]
fn a_parked_report_comes_with_guesses() {
    let parsed = common::read("free_text.eml");
    assert_eq!(parsed.disposition, Disposition::NeedsHuman);
    assert_eq!(parsed.suggestion.unwrap().sources[0].value.value, "192.0.2.200");
    assert!(common::read("arf_abuse.eml").suggestion.is_none());
}

#[test]
fn a_list_that_rewrites_from_does_not_vouch() {
    let text = String::from_utf8(common::fixture("arf_abuse.eml")).unwrap();
    let from = text.lines().find(|l| l.starts_with("From:")).unwrap();
    let listed = text.replacen(
        from,
        "From: \"'FBL' via Abuse\" <abuse@isp.example>\nX-Original-From: FBL <fbl@reporter.example>",
        1,
    );
    let parsed = common::read_as(listed.as_bytes(), "x.eml");
    assert_eq!(parsed.reporter.as_deref(), Some("reporter.example"));
    assert_eq!(parsed.sender.as_deref(), Some("abuse@isp.example"));
}

#[test]
fn bounces_in_other_words() {
    let bounces = [
        "From: post_master@phone.example\nSubject: Undeliverable Message\n\nYour mail to a@phone.example was not delivered.",
        "Return-Path: <>\nFrom: Mail Admin <admin@x.example>\nSubject: Message delivery has failed\n\nNo such user.",
        "From: System <gateway@x.example>\nSubject: Undeliverable Mail\n\nThe message to <bob@x.example> could not be delivered: user unknown.",
        "From: MAILER-DAEMON@x.example\nSubject: whatever\n\nbob@x.example: 550 5.1.1 unknown user",
        "Return-Path: <>\nFrom: postmaster@x.example\nSubject: =?UTF-8?B?6YCA5L+h?=\n\nbob@x.example",
    ];
    for mail in bounces {
        assert_eq!(common::read_as(mail.as_bytes(), "x.eml").disposition, Disposition::Bounce, "{mail}");
    }
    let others = [
        "From: post@courier.example\nSubject: Delivery failed\n\nYour parcel could not be delivered. Write to help@courier.example.",
        "From: bob@x.example\nSubject: Re: Undeliverable mail\n\nThis message could not be delivered to bob@x.example, you said?",
        "From: shop@x.example\nSubject: Sale\nContent-Type: multipart/alternative; boundary=\"b\"; report-type=delivery-status\n\n--b\n\nBuy!\n--b--\n",
    ];
    for mail in others {
        let parsed = common::read_as(mail.as_bytes(), "x.eml");
        assert!(!matches!(parsed.disposition, Disposition::Bounce | Disposition::Events), "{mail}");
    }
}

#[test]
fn tickets_and_registries() {
    let ticket = "From: CERT <cert@cert.example>\nSubject: [CERT #1] open port\nX-RT-Ticket: CERT #1\n\
                  Auto-Submitted: auto-replied\nIn-Reply-To:\n\nPlease look at your servers.";
    assert_ne!(common::read_as(ticket.as_bytes(), "x.eml").disposition, Disposition::AutoReply);
    let answer = ticket.replace("In-Reply-To:", "In-Reply-To: <1@isp.example>");
    assert_eq!(common::read_as(answer.as_bytes(), "x.eml").disposition, Disposition::AutoReply);
    let check = "From: RIPE NCC <noreply@ripe.net>\nSubject: Abuse contact validation\n\nPlease validate abuse@isp.example: https://my.ripe.example/";
    let parsed = common::read_as(check.as_bytes(), "x.eml");
    assert_eq!(parsed.disposition, Disposition::NotAReport);
    assert!(parsed.reason.unwrap().contains("follow its link"));
}

/// Found by fuzzing: mail-parser 0.11.9 panics on these parts.
#[test]
fn parts_that_confuse_the_library_wait_for_a_person() {
    let parsed = common::read("parts_that_confuse.eml");
    assert_eq!(parsed.disposition, Disposition::NeedsHuman);
    assert!(parsed.reason.unwrap().contains("taken apart"));
    assert!(parsed.suggestion.is_some());
    let bytes = common::fixture("parts_that_confuse.eml");
    assert!(intake::readable(&bytes, intake::Hint::default()).text.contains("called this mail spam"));
}
