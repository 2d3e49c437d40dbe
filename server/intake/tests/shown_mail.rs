//! Complaints of people who show an unwanted mail with its traces: who handed it over is accused, nobody else.
#[expect(dead_code, reason = "mails are made here, not read from fixtures")]
mod common;

use domain::event::Disposition;
use intake::Parsed;

fn mail(to: &str, subject: &str, body: &str) -> Parsed {
    let text = format!(
        "From: Jo <jo@reader.example>\nTo: {to}\nSubject: {subject}\nReferences: <1@reader.example>\n\
         Date: Wed, 1 May 2024 20:00:00 +0000\n\n{body}"
    );
    common::read_as(text.as_bytes(), "mail.eml")
}

fn events(parsed: &Parsed) -> Vec<String> {
    parsed.events.iter().map(|e| format!("{} {}", e.source.value, e.class)).collect()
}

/// The reader's provider checked 192.0.2.10, which a machine at 203.0.113.9 had used.
const HEAD: &str = "Delivered-To: jo@reader.example\n\
    Received: from inner.reader.example ([198.51.100.7]) by box.reader.example; Wed, 1 May 2024 10:00:02 +0000\n\
    DKIM-Signature: v=1; a=rsa-sha256; d=relay.example; s=a1;\n\
    TmljZWx5IGVuY29kZWQgc2lnbmF0dXJlIHdpdGhvdXQgYmxhbmtz\n\
    TmljZWx5IGVuY29kZWQgc2lnbmF0dXJlIHdpdGhvdXQgYmxhbmtz\n\
    TmljZWx5IGVuY29kZWQgc2lnbmF0dXJlIHdpdGhvdXQgYmxhbmtz\n\
    Received-SPF: pass (mx.reader.example: domain of relay.example designates 192.0.2.10 as permitted sender)\n\
    Received: from relay.example ([192.0.2.10]) by mx.reader.example; Wed, 1 May 2024 10:00:01 +0000\n\
    Received: from pc ([203.0.113.9]) by relay.example; Wed, 1 May 2024 10:00:00 +0000\n\
    From: Win <win@relay.example>\nSubject: You have won a kettle\n\nClick http://shop.example/x to unsubscribe\n";

#[test]
fn the_server_that_was_checked_is_accused() {
    let parsed = mail("abuse@isp.example", "Spam from your network", &format!("Please stop this spam.\n\n{HEAD}"));
    assert_eq!(events(&parsed), ["192.0.2.10 messaging/spam"], "{:?}", parsed.reason);
}

#[test]
fn a_mail_passed_on_to_the_complaints_mailbox_says_enough() {
    let parsed = mail("abuse@isp.example", "Fwd: You have won a kettle", HEAD);
    assert_eq!(events(&parsed), ["192.0.2.10 messaging/spam"], "{:?}", parsed.reason);
    let parsed = mail("info@isp.example", "Fwd: You have won a kettle", HEAD);
    assert_eq!(parsed.disposition, Disposition::NeedsHuman);
    let parsed = mail("abuse@isp.example", "Fwd: failure notice", HEAD);
    assert_eq!(parsed.disposition, Disposition::NeedsHuman);
}

#[test]
fn an_answer_to_the_spammer_is_no_answer_to_us() {
    let body = format!("Stop this, criminals!\n\n{HEAD}");
    let parsed = mail("abuse@isp.example", "Re: You have won a kettle", &body);
    assert_eq!(events(&parsed), ["192.0.2.10 messaging/spam"], "{:?}", parsed.reason);
    let parsed = mail("abuse@isp.example", "Re: [L-2024-000007] Spam from your line", &body);
    assert_eq!(parsed.disposition, Disposition::NeedsHuman);
}

#[test]
fn two_checked_servers_leave_it_to_a_person() {
    let twice = HEAD.replace(
        "From: Win",
        "Authentication-Results: far.example; spf=pass (sender IP is 192.0.2.77) smtp.mailfrom=relay.example\nFrom: Win",
    );
    // The reader's own servers are known by their names; without them nobody is certain.
    let strange = twice.replace("reader.example", "elsewhere.example");
    let parsed = mail("abuse@isp.example", "Spam from your network", &format!("Please stop this spam.\n\n{strange}"));
    assert_eq!(parsed.disposition, Disposition::NeedsHuman, "{:?}", events(&parsed));
}

#[test]
fn hops_inside_a_mail_service_are_nobody() {
    let body = "I tried to send you this spam, it came from your network.\n\n\
        Received: from A1.namprd01.prod.outlook.com (2001:db8::13) by B1.namprd01.prod.outlook.com; Wed, 1 May 2024 10:00:00 +0000\n\
        Received: from B1.namprd01.prod.outlook.com ([fe80::1]) by B1.namprd01.prod.outlook.com; Wed, 1 May 2024 10:00:00 +0000\n\
        Subject: Junk\n\ntext\n";
    let parsed = mail("abuse@isp.example", "Spam", body);
    assert_eq!(parsed.disposition, Disposition::NeedsHuman, "{:?}", events(&parsed));
}

#[test]
fn a_page_that_is_named_above_the_shown_mail_is_meant_and_none_inside_it() {
    let body = format!("SPAMMER: http://spam.example/cl/105809_md/9\n\nPlease stop this spam.\n\n{HEAD}");
    let parsed = mail("abuse@isp.example", "Spam from your network", &body);
    assert_eq!(events(&parsed), ["http://spam.example/cl/105809_md/9 messaging/spam"], "{:?}", parsed.reason);
}

#[test]
fn a_head_pasted_as_one_line_is_read_as_the_lines_it_was() {
    let head = format!(
        "Received: from inner.reader.example ([198.51.100.7]) by box.reader.example; Wed, 1 May 2024 10:00:02 +0000 \
         Received-SPF: pass (mx.reader.example: domain of relay.example designates 192.0.2.10 as permitted sender) \
         Received: from relay.example ([192.0.2.10]) by mx.reader.example; Wed, 1 May 2024 10:00:01 +0000 \
         Message-ID: <{}@relay.example> From: Win <win@relay.example> Subject: You have won a kettle",
        "x".repeat(60)
    );
    let parsed = mail("abuse@isp.example", "Fwd: You have won a kettle", &format!("{head}\n\nClick here\n"));
    assert_eq!(events(&parsed), ["192.0.2.10 messaging/spam"], "{:?}", parsed.reason);
}

#[test]
fn a_name_that_the_other_side_only_claims_is_not_believed() {
    let body = "Spam.\n\nDelivered-To: jo@reader.example\nReturn-Path: <win@relay.example>\n\
        Received: from out.host.example (relay.example [192.0.2.10]) by mx.reader.example; Wed, 1 May 2024 10:00:01 +0000\n\
        Received: from relay.example (unknown [203.0.113.9]) by out.host.example; Wed, 1 May 2024 10:00:00 +0000\n\
        From: Win <win@relay.example>\nSubject: You have won\n\nClick\n";
    let parsed = mail("spam@isp.example", "Spam", body);
    assert!(events(&parsed).iter().all(|e| !e.starts_with("203.0.113.9")), "{:?}", events(&parsed));
}
