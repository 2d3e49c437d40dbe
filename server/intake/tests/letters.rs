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
