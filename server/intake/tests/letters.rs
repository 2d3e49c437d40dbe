//! Letters as people and programs really send them: wrapped, defanged, under banners, in the source of a page, in many languages.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

use chrono::DateTime;
use domain::event::Disposition;
use intake::{Hint, Parsed, parse};

/// A mail to an abuse mailbox with one more header or none.
fn mail(subject: &str, header: &str, body: &str) -> Parsed {
    let text = format!(
        "From: Desk <desk@reporter.example>\nTo: abuse@isp.example\nSubject: {subject}\n\
         Date: Wed, 1 May 2024 20:00:00 +0000\n{header}\n{body}"
    );
    let received_at = DateTime::parse_from_rfc3339("2024-05-02T08:00:00Z").unwrap().to_utc();
    parse(text.as_bytes(), Hint { content_type: None, file_name: Some("mail.eml") }, received_at)
}

/// What the mail becomes: each source with its class.
fn reads(subject: &str, body: &str, want: &[&str]) {
    let parsed = mail(subject, "", body);
    let seen: Vec<String> = parsed.events.iter().map(|e| format!("{} {}", e.source.value, e.class)).collect();
    assert_eq!(seen, want, "{subject}: {:?} {:?}", parsed.reason, parsed.suggestion);
}

fn waits(subject: &str, body: &str) {
    let parsed = mail(subject, "", body);
    let seen: Vec<_> = parsed.events.iter().map(|e| e.source.value.clone()).collect();
    assert_eq!(parsed.disposition, Disposition::NeedsHuman, "{subject}: {seen:?}");
}

#[test]
fn links_pulled_apart_are_made_whole() {
    let body = "Dear abuse team,\na phishing website of your customer is at the following URL:\n\n";
    let page = "https://login.shop.example/x content/phishing";
    for link in [
        "https://login [.] shop [.] example/x",
        "hxxps[:][//]login[.]shop[.]example[/]x",
        "hxxps://login [.] shop [.]\nexample/x",
    ] {
        reads("Phishing", &format!("{body}{link}\n"), &[page]);
    }
    reads(
        "Phishing of login-shop [.] example",
        "A phishing website registered through your service is available at the following URL:\n\nlogin-shop [.] example/\n\n\
         It is conducting a phishing attack against the users of the website:\n\nbank.example\n",
        &["login-shop.example content/phishing"],
    );
}

#[test]
fn the_source_of_a_page_is_read_as_the_page() {
    reads(
        "Report",
        "<p>Dear Sir,</p>\n<p>Your network hosts child sexual abuse material.</p>\n<p>URL:</p>\n\
         <table><tr><th>url</th><th>IP</th><th>first seen</th></tr>\n\
         <tr><td>https://board.example/pic/1.jpg</td><td>192.0.2.10</td><td>2024-05-01 09:59:55</td></tr></table>\n",
        &["https://board.example/pic/1.jpg content/csam"],
    );
    let page = mail(
        "Abuse from 192.0.2.10",
        "Content-Type: text/html\n",
        "<body><pre>\nWe saw login attempts from your network:\n\nDateTime             SourceIP      Src Port   Dest IP\n\
         2024-05-01 10:00:00  192.0.2.10    4711       198.51.100.7\n\
         2024-05-01 10:00:01  192.0.2.11    4712       198.51.100.7\n</pre></body>\n",
    );
    let seen: Vec<_> = page.events.iter().map(|e| e.source.value.as_str()).collect();
    assert!(!seen.is_empty() && !seen.contains(&"198.51.100.7"), "{seen:?} {:?}", page.reason);
}

#[test]
fn a_gateways_warning_is_no_word_of_the_reporter() {
    reads(
        "Compromised host used for an attack: 192.0.2.10",
        "An address of your network took part in a DDoS attack.\n\
         2024-05-01 10:00:00 IP 192.0.2.10.3139 > 198.51.100.7.80: UDP, length 1205\n\
         See http://news.example/security/an-article-about-an-exploit\n\
         ----------\nThis email is from an external source. Please do not open attachments or click links from an unknown \
         or suspicious origin. Phishing attempts can be reported to us.\n",
        &["192.0.2.10 connection/ddos"],
    );
}

#[test]
fn a_sentence_with_in_a_is_no_look_up() {
    reads(
        "Malicious traffic",
        "Our client brought\nto our attention that this IP has been involved in a DDoS\nattack on their servers:\n\n\
         IP: 192.0.2.10\n\nWe ask that you investigate.\n",
        &["192.0.2.10 connection/ddos"],
    );
}

#[test]
fn headings_say_whose_the_addresses_are() {
    reads(
        "Ticket",
        "Abuse report about 192.0.2.10 - portscan\n\nOne of your clients using the IP: 192.0.2.10, which is yours by whois, \
         has attacked one of our servers:\ngate.example - IPv4: 198.51.100.7\nService: portscan\n",
        &["192.0.2.10 connection/port_scan"],
    );
    reads(
        "Security abuse incident",
        "One of our web servers was attacked using the exploit attempt below from the following IP address we were able to \
         trace back to your company:\n192.0.2.10 and 192.0.2.11\n\nIt hit the following IP addresses of ours:\n\n\
         198.51.100.7 or 198.51.100.8\n\n198.51.100.9 or 198.51.100.10\n",
        &["192.0.2.10 connection/vulnerability_scan", "192.0.2.11 connection/vulnerability_scan"],
    );
    reads(
        "Phishing mail",
        "Dear team,\nthe phishing mail from your network originated from this IP - 192.0.2.10\n",
        &["192.0.2.10 content/phishing"],
    );
    reads(
        "Spam from your network",
        "Hi abuse team,\nthese addresses send spam.\n\n-- IPs listed --\n192.0.2.10\n192.0.2.11\n-- End of IPs listed --\n",
        &["192.0.2.10 messaging/spam", "192.0.2.11 messaging/spam"],
    );
}

#[test]
fn whose_page_it_is() {
    reads(
        "Notice of copyright infringement",
        "It has come to my attention that the website files.example distributes copies of these works.\n\
         The following URL(s) identify the infringing files and the means to locate them.\n\nhttp://files.example/game-2017/\n",
        &["http://files.example/game-2017/ copyright/copyright"],
    );
    reads(
        "Infringement of a trademark by parcel.example",
        "We represent Brand Ltd. The Brand Ltd site can be accessed at the URL\nhttps://brand.example.\n\n\
         Our client has noticed that the following\nURL https://parcel.example, hosted by your company, uses the trademark.\n",
        &["https://parcel.example content/brand_infringement"],
    );
    reads(
        "Unauthorized Use of BRAND Marks at shop.example",
        "The marks are used on the web site. This can confuse consumers. Take it down, it violates our intellectual property.\n\n\
         Homepage: http://shop.example\nPage: http://shop.example\nDomain: shop.example\n",
        &["http://shop.example content/brand_infringement"],
    );
}

#[test]
fn a_shown_mail_says_itself_where_it_came_from() {
    let head = "Received: from relay.example (relay.example [198.51.100.20]) by mx.victim.example; Wed, 1 May 2024 10:00:00 +0000\n\
         Received: from farm.example (farm.example [198.51.100.21]) by relay.example; Wed, 1 May 2024 09:59:00 +0000\n";
    let one = format!("This is spam.\n\nX-Originating-IP: [192.0.2.10]\n{head}Subject: pills\n\nbuy\n");
    reads("Fw: pills", &one, &["192.0.2.10 messaging/spam"]);
    // Two servers noted two: a person has to say which one is meant.
    let two = format!(
        "This is spam.\n\nX-Originating-IP: [192.0.2.10]\n{head}X-Originating-IP: 192.0.2.11\nSubject: x\n\nbuy\n"
    );
    waits("Fw: pills", &two);
}

#[test]
fn attacks_of_an_unclear_kind_and_other_languages() {
    reads(
        "Unfriendly network attack originating from your site",
        "Time\tAttacker Address\tAttacker Port\tTarget Address\n2024-05-01 10:00:00\t192.0.2.10\t4711\t198.51.*.7\n",
        &["192.0.2.10 connection/reconnaissance"],
    );
    reads(
        "違反サイトの削除協力依頼",
        "ご担当者様\n違反ページURL: https://shop.example/item/3120\n",
        &["https://shop.example/item/3120 other/unclassified"],
    );
}

/// A mail with one part more.
fn with_part(subject: &str, to: &str, body: &str, head: &str, part: &str) -> Parsed {
    let text = format!(
        "From: Desk <desk@reporter.example>\nTo: {to}\nSubject: {subject}\nDate: Wed, 1 May 2024 20:00:00 +0000\n\
         MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n{body}\n\
         --b\n{head}\n\n{part}\n--b--\n"
    );
    let received_at = DateTime::parse_from_rfc3339("2024-05-02T08:00:00Z").unwrap().to_utc();
    parse(text.as_bytes(), Hint { content_type: None, file_name: Some("mail.eml") }, received_at)
}

fn sources(parsed: &Parsed) -> Vec<String> {
    parsed.events.iter().map(|e| format!("{} {}", e.source.value, e.class)).collect()
}

#[test]
fn spam_handed_in_at_a_mailbox_for_it() {
    let mail = "Return-Path: <shop@pills.example>\nReceived: from out.pills.example ([192.0.2.10]) by mx.victim.example; \
                Wed, 1 May 2024 10:00:00 +0000\nReceived: from [198.51.100.30] by out.pills.example; Wed, 1 May 2024 09:59:00 \
                +0000\nFrom: shop@pills.example\nSubject: pills\n\nbuy\n";
    let head = "Content-Type: message/rfc822";
    let handed = with_part("Fwd: pills", "submit@spam.collector.example", "", head, mail);
    assert_eq!(sources(&handed), ["192.0.2.10 messaging/spam"], "{:?}", handed.reason);
    // To a provider's desk it may be about any server on the way.
    let desk = with_part("Fwd: pills", "abuse@isp.example", "This is spam.", head, mail);
    assert_eq!(desk.disposition, Disposition::NeedsHuman, "{:?}", sources(&desk));
}

#[test]
fn a_shown_mail_under_re_is_a_complaint_and_an_answer_is_none() {
    let shown = "More spam from your customer.\n\nReceived-SPF: pass client-ip=192.0.2.10;\n\
                 Received: from out.pills.example ([192.0.2.10]) by mx.victim.example; Wed, 1 May 2024 10:00:00 +0000\n\
                 Received: from in.example ([198.51.100.30]) by out.pills.example; Wed, 1 May 2024 09:59:00 +0000\n\
                 Subject: An offer for you\n\nCopyright 2024 Pills Ltd.\n";
    let parsed = mail("Re: An offer for you", "In-Reply-To: <1@pills.example>\n", shown);
    assert_eq!(sources(&parsed), ["192.0.2.10 messaging/spam"], "{:?}", parsed.reason);
    let quoted = format!("Thanks, the case can be closed.\n\nOn Wednesday the desk wrote:\n{shown}");
    let parsed = mail("Re: spam", "In-Reply-To: <1@pills.example>\n", &quoted);
    assert_eq!(parsed.disposition, Disposition::NeedsHuman);
    for receipt in [
        "We are changing the status of your ticket to closed.\nSubject: 192.0.2.10 port scan from your network\n",
        "We are in receipt of your report. Reports need six elements; the provider is in receipt of your report about\n\
         Infringing URL: https://files.example/game\n",
    ] {
        waits("[Ticket 1] 192.0.2.10 abuse from your network", receipt);
    }
    let handed_on = "Hello,\nI'm forwarding your email to the proper contacts for this network.\n\n----- Original message -----\n\
                     From: Takedown <t@takedown.example>\nSubject: x\n\nAn address in your country is attacking us:\n\n192.0.2.10\n";
    let parsed =
        mail("Re: IP address attacking a web application at 192.0.2.10", "In-Reply-To: <1@t.example>\n", handed_on);
    assert_eq!(sources(&parsed).len(), 1, "{:?}", parsed.reason);
}

#[test]
fn lists_without_names_of_columns_and_in_archives() {
    let body = "Dear administrator,\nwe are writing about a firewall misconfiguration in your autonomous system; see the list.";
    let head =
        "Content-Type: application/octet-stream; name=hosts.tsv\nContent-Disposition: attachment; filename=hosts.tsv";
    let list = "192.0.2.10\tSNMP (UDP 161)\n192.0.2.11\tSNMP (UDP 161)\n0.0.0.0\tSNMP\n";
    let parsed = with_part("Firewall misconfiguration", "abuse@isp.example", body, head, list);
    assert_eq!(
        sources(&parsed),
        ["192.0.2.10 vulnerability/open_service", "192.0.2.11 vulnerability/open_service"],
        "{:?}",
        parsed.reason
    );
    let links = "Shop,https://shop.example/a?x=1\nShop,https://other.example/board.php\n";
    let head = "Content-Type: text/csv; name=list.csv\nContent-Disposition: attachment; filename=list.csv";
    let parsed =
        with_part("Phishing sites hosted on your network", "abuse@isp.example", "See the attachment.", head, links);
    assert_eq!(
        sources(&parsed),
        ["https://shop.example/a?x=1 content/phishing", "https://other.example/board.php content/phishing"],
        "{:?}",
        parsed.reason
    );
}

#[test]
fn evidence_that_no_reader_knows_does_not_hide_the_letter() {
    let body = "To whom it may concern,\nwe noticed a port scan coming from your network.\nTimestamp: 2024-05-01 10:00:00 UTC\n\
                Source IP: 192.0.2.10\nDestination IP: 198.51.100.7\n";
    let head =
        "Content-Type: application/json; name=capture.json\nContent-Disposition: attachment; filename=capture.json";
    let parsed = with_part("Port scan from your network", "abuse@isp.example", body, head, "{\"packets\": [1, 2]}");
    assert_eq!(sources(&parsed), ["192.0.2.10 connection/port_scan"], "{:?}", parsed.reason);
    assert!(parsed.faults.iter().any(|f| f.contains("not read")), "{:?}", parsed.faults);
}

#[test]
fn pages_beside_their_host_and_beside_others() {
    reads(
        "Trademark infringement notice",
        "Dear Sirs,\nthe website operated under the domain name shop.example, hosted on your server, bears the trademark of Brand \
         Ltd. without permission. I have a good faith belief that such use is not authorized.\nhttps://shop.example/wdwi/basic\n",
        &["https://shop.example/wdwi/basic content/brand_infringement"],
    );
    let list: String = (1..7).map(|n| format!("https://videos.example/clip/{n}.jpg\n")).collect();
    let want: Vec<String> = (1..7).map(|n| format!("https://videos.example/clip/{n}.jpg other/unclassified")).collect();
    let want: Vec<&str> = want.iter().map(String::as_str).collect();
    reads("削除請求", &format!("通知文\n[削除請求URL]\n{list}\n[URL ] http://helpers.example\n"), &want);
    reads(
        "Plugin weakness (CVE-2023-6634)",
        "Your networks host sites with a vulnerable plugin (versions up to 4.2.5.7).\n\nIdentifikuotos svetainės:\n\
         one-site.example\ntwo-site.example\n\nMore: see the vendor.\nAbuse report of your network.\n",
        &["one-site.example vulnerability/cve", "two-site.example vulnerability/cve"],
    );
}

#[test]
fn a_servers_operator_and_an_authenticated_sender() {
    reads(
        "Abuse report - letters .example",
        "Users of our network have received phishing messages.\n\nDOMAIN: letters .example\n\nIP: 192 .0 .2 .10 [HOSTER]\n\n\
         AUTHENTICATED SENDER IP: 192 .0 .2 .11 [ISP]\n\nX-Note: ip: 198.51.100.7\n",
        &["192.0.2.10 content/phishing", "192.0.2.11 content/phishing"],
    );
}
