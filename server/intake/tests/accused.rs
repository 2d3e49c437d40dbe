//! Who is accused, and of what: rows of tables and logs, mailboxes, pages, and the words that say whose an address is.
#[expect(dead_code, reason = "mails are made here, not read from fixtures")]
mod common;

use domain::event::Disposition;
use intake::Parsed;

fn mail(header: &str, subject: &str, body: &str) -> Parsed {
    let text = format!(
        "From: Desk <desk@reporter.example>\nTo: abuse@isp.example\nSubject: {subject}\n\
         Date: Wed, 1 May 2024 20:00:00 +0000\n{header}\n{body}"
    );
    common::read_as(text.as_bytes(), "mail.eml")
}

fn events(parsed: &Parsed) -> Vec<String> {
    parsed.events.iter().map(|e| format!("{} {}", e.source.value, e.class)).collect()
}

#[track_caller]
fn gives(subject: &str, body: &str, want: &[&str]) -> Parsed {
    let parsed = mail("", subject, body);
    assert_eq!(events(&parsed), want, "{subject}: {:?} {:?}", parsed.reason, parsed.suggestion);
    parsed
}

#[track_caller]
fn waits(subject: &str, body: &str) {
    let parsed = mail("", subject, body);
    assert_eq!(parsed.disposition, Disposition::NeedsHuman, "{subject}: {:?}", events(&parsed));
}

#[test]
fn the_attacked_site_in_a_firewalls_broken_row_is_not_the_source() {
    gives(
        "Abuse Reports",
        "One of your IP addresses is currently attacking our network.\n\
         Date Rule srcip Message Hostname\n\
         2024-05-01 10:00:00 +0000]\n192.0.2.10 210730 ACME WAF: URL file extension is restricted by\npolicy 198.51.100.7\n\
         2024-05-01 10:01:00 +0000]\n192.0.2.10 210730 ACME WAF: URL file extension is restricted by\npolicy 198.51.100.7\n",
        &["192.0.2.10 connection/vulnerability_scan"],
    );
}

#[test]
fn numbered_rows_with_missing_cells_are_all_read() {
    gives(
        "Possible DDoS from your network",
        "S/N\n\nSource IP Address\n\nDestination IP Address\n\nTimestamp\n\n\
         1\n\n192.0.2.10\n\n198.51.100.7\n\nMay 1, 2024 @ 01:53:58\n\n2\n\n192.0.2.11\n\n3\n\n192.0.2.12\n\n4\n\n192.0.2.13\n",
        &[
            "192.0.2.10 connection/ddos",
            "192.0.2.11 connection/ddos",
            "192.0.2.12 connection/ddos",
            "192.0.2.13 connection/ddos",
        ],
    );
}

#[test]
fn flows_in_both_directions_accuse_the_client_only() {
    let body = "Sehr geehrte Damen und Herren,\nmögliche Infektionen mit Schadsoftware in Ihrem Netz.\n\n\
        client_ip_addr\tclient_port\tserver_ip_addr\tsrc_ip_addr\tdst_ip_addr\tstart_time\n\
        192.0.2.10\t40001\t198.51.100.7\t192.0.2.10\t198.51.100.7\t2024-05-01 10:00:00\n\
        192.0.2.10\t40001\t198.51.100.7\t198.51.100.7\t192.0.2.10\t2024-05-01 10:00:05\n\
        192.0.2.11\t40002\t198.51.100.7\t198.51.100.7\t192.0.2.11\t2024-05-01 10:00:09\n";
    gives(
        "Infizierte Anschlüsse",
        body,
        &["192.0.2.10 connection/infected_host", "192.0.2.11 connection/infected_host"],
    );
}

#[test]
fn rows_like_the_one_that_the_subject_names_are_events_too() {
    gives(
        "Abuse #1 (hacking attempt from 192.0.2.10)",
        "Hacking attempt detected! Abuse log:\n\
         2024-05-01 10:00:12 (GMT+3) hacking attempts detected from IP 192.0.2.10:\nattack to https://shop.example/wp-login.php (brute force passwords)\n\
         2024-05-01 11:00:12 (GMT+3) hacking attempts detected from IP 192.0.2.77:\nattack to https://shop.example/wp-login.php (brute force passwords)\n",
        &["192.0.2.10 connection/login_attack", "192.0.2.77 connection/login_attack"],
    );
}

#[test]
fn whom_the_text_calls_yours_is_meant_whatever_the_evidence_names() {
    gives(
        "Fwd: Hacker",
        "Dear Administrator,\nwe received a notice about a hack attempt originating at computer 192.0.2.10\n\
         which belongs to your network.\n\n203.0.113.9 - - [01/May/2024:08:46:58 +0000] \"GET /setup.php HTTP/1.1\" 404 1\n",
        &["192.0.2.10 connection/vulnerability_scan"],
    );
}

#[test]
fn a_host_with_its_address_in_one_field() {
    gives(
        "Investigation: spam",
        "We have detected that from a server under your authority spam is sent, from a compromised account.\n\
         * Server: mail.shop.example - 192.0.2.10\n * Email account: jo@shop.example\n",
        &["192.0.2.10 messaging/spam"],
    );
}

#[test]
fn a_mailbox_that_a_field_names_is_the_source() {
    let shown = "Delivered-To: x@reader.example\nReceived: from relay.example ([203.0.113.9]) by mx.reader.example; Wed, 1 May 2024 10:00:01 +0000\n\
        From: Win <win@shop.example>\nSubject: You have won\n\nClick\n";
    let body = format!(
        "This is an abuse report for a resource you are managing\n\n - Resource: win@shop.example\n - Abuse type: PHISHING\n\n{shown}"
    );
    let parsed = gives("Abuse report for: win@shop.example", &body, &["win@shop.example content/phishing"]);
    assert_eq!(parsed.events[0].source.kind, domain::event::SourceKind::Account);
    // Where an address is named as clearly, it is meant.
    gives("Abuse report", "Source IP: 192.0.2.10\nAccount: jo@shop.example\nspam\n", &["192.0.2.10 messaging/spam"]);
    // What a letter gives of its own writer is no source.
    waits("Abuse report: spam", "Please stop the spam.\nEmail: jo@shop.example\n");
}

#[test]
fn connections_without_a_word_for_them_are_attempts() {
    gives(
        "Security abuse",
        "There is malicious traffic coming to our servers from an IP address belonging to you.\n\
         IP address: 192.0.2.10\nStart date: [01/May/2024 09:01:46 +0500]\nDestination Port: TCP 80\n",
        &["192.0.2.10 connection/reconnaissance"],
    );
    gives(
        "Abuse",
        "IP 192.0.2.10, belonging to your netblock, was detected abusing our system.\n\
         [Wed May 01 14:29:43.441562 2024] [php7:error] [pid 3] [client 192.0.2.10:36700] script '/srv/a.php' not found\n",
        &["192.0.2.10 connection/reconnaissance"],
    );
}

#[test]
fn the_name_of_a_law_is_no_claim_of_copyright() {
    gives(
        "Illicit use of a brand name",
        "We detected a new domain that may be used for illicit purposes:\nbank-corporate[.]test\n\
         This domain infringes our client's trademark as provided under the Digital Millennium Copyright Act (DMCA).\n",
        &["bank-corporate.test content/brand_infringement"],
    );
}

#[test]
fn a_phishing_mail_is_unsolicited_too() {
    gives(
        "ABUSE report: 192.0.2.10 used to send UNSOLICITED phishing email",
        "Received: from [192.0.2.10] (helo=pent.example) by mx.reporter.example; Wed, 1 May 2024 10:00:01 +0000\n\
         From: a@b.example\nSubject: x\n\nhello\n",
        &["192.0.2.10 content/phishing"],
    );
}

#[test]
fn tickets_that_were_opened_or_answered_are_no_reports() {
    waits(
        "[Ticket ID: 1] 192.0.2.10 [login-attack] Abuse originating from IP you are using",
        "Thank you for contacting our support team. A support ticket has now been opened for your request.\n",
    );
}

#[test]
fn an_answer_that_complains_anew_is_a_report() {
    let page = "The phishing page at the address http://bad.test/11/ seems back online.\nWould you please take action against this fraudulent URL?\n\n";
    let quoted = "On 1 May abuse@isp.example wrote:\n> This is an automated response\n";
    let anew = mail("References: <1@isp.example>\n", "Re: Phishing page", &format!("{page}{quoted}"));
    assert_eq!(events(&anew), ["http://bad.test/11/ content/phishing"], "{:?}", anew.reason);
    let settled =
        "We have removed the phishing page http://bad.test/11/, please take note of our fraudulent site policy.\n";
    let answer = mail("References: <1@isp.example>\n", "Re: Fraudulent page", &format!("{settled}{quoted}"));
    assert_eq!(answer.disposition, Disposition::NeedsHuman);
}

#[test]
fn the_first_line_of_a_list_counts_though_the_evidence_names_it_too() {
    gives(
        "RBL Listing Notification",
        "Hi Abuse Team,\nthe following IP addresses are in the process of being listed as a spam source.\n\
         -- IPs listed to the RBL --\n192.0.2.10\n192.0.2.11\n192.0.2.12\n192.0.2.13\n-- End of IPs listed to the RBL --\n\
         X-SENDER: sent from 192.0.2.10\n",
        &[
            "192.0.2.10 reputation/blocklist",
            "192.0.2.11 reputation/blocklist",
            "192.0.2.12 reputation/blocklist",
            "192.0.2.13 reputation/blocklist",
        ],
    );
}
