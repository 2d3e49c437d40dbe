//! Complaints that people and programs wrote for people, and mail that must never become an event by itself.
mod common;

use domain::event::{Disposition, Format, TimeGrade};
use intake::Parsed;

/// A mail of the day before the fixtures arrive.
fn mail(subject: &str, body: &str) -> Parsed {
    let text = format!(
        "From: Desk <desk@reporter.example>\nTo: abuse@isp.example\nSubject: {subject}\n\
         Date: Wed, 1 May 2024 20:00:00 +0000\nMessage-ID: <1@reporter.example>\n\n{body}"
    );
    common::read_as(text.as_bytes(), "mail.eml")
}

/// Source, class, first time and count of each event.
fn events(parsed: &Parsed) -> Vec<String> {
    let line = |e: &domain::event::Observation| {
        let port = e.source.port.map_or(String::new(), |p| format!("#{p}"));
        let from = e.from.map_or(String::new(), |t| t.format("%Y-%m-%d %H:%M:%S").to_string());
        format!("{}{port} {} {from} {} x{}", e.source.value, e.class, e.time_grade, e.count)
    };
    parsed.events.iter().map(line).collect()
}

fn one(subject: &str, body: &str, want: &str) {
    several(subject, body, &[want]);
}

fn several(subject: &str, body: &str, want: &[&str]) {
    let parsed = mail(subject, body);
    assert_eq!(events(&parsed), want, "{subject}: {:?} {:?}", parsed.reason, parsed.suggestion);
    assert_eq!(parsed.format, Format::Mime);
    assert!(parsed.events[0].faults[0].contains("free text"), "{:?}", parsed.events[0].faults);
}

fn parked(subject: &str, body: &str, because: &str) -> Parsed {
    let parsed = mail(subject, body);
    assert_eq!(parsed.disposition, Disposition::NeedsHuman, "{subject}: {:?}", events(&parsed));
    let reason = parsed.reason.as_deref().unwrap_or_default();
    assert!(reason.contains(because), "{subject}: {reason}");
    assert!(parsed.suggestion.is_some());
    parsed
}

#[test]
fn logs_of_programs() {
    several(
        "Abuse from your network",
        "Dear abuse team,\nwe saw brute force attacks from your network against our server 198.51.100.7.\n\n\
         May  1 10:00:01 gate sshd[311]: Failed password for invalid user bob from 192.0.2.10 port 4711 ssh2\n\
         May  1 10:00:09 gate sshd[312]: Failed password for root from 192.0.2.10 port 4712 ssh2\nAll times are UTC.\n",
        &[
            "192.0.2.10#4711 connection/login_attack 2024-05-01 10:00:01 assumed x1",
            "192.0.2.10#4712 connection/login_attack 2024-05-01 10:00:09 assumed x1",
        ],
    );
    one(
        "Network abuse report",
        "Please investigate.\n\n192.0.2.10 - - [01/May/2024:10:00:00 +0200] \"GET /a?id=1%27+UNION+SELECT+1 HTTP/1.1\" 403 1\n",
        "192.0.2.10 connection/sql_injection 2024-05-01 08:00:00 stated x1",
    );
    one(
        "Port scan from your network",
        "The times are GMT+2.\n\
         May  1 10:00:01 fw kernel: DROP IN=eth0 OUT= SRC=192.0.2.10 DST=198.51.100.7 LEN=44 PROTO=TCP SPT=4711 DPT=23\n",
        "192.0.2.10#4711 connection/port_scan 2024-05-01 08:00:01 assumed x1",
    );
    one(
        "Abuse complaint",
        "Hello abuse desk,\n\
         May  1 10:00:01 mx postfix/smtpd[1]: warning: unknown[192.0.2.10]: SASL LOGIN authentication failed: x\n",
        "192.0.2.10 connection/login_attack 2024-05-01 10:00:01 assumed x1",
    );
    one(
        "attack from your network",
        "dovecot: 2024-05-01T10:00:00Z imap-login: auth failed, 3 attempts: user=<a>, method=PLAIN, rip=192.0.2.10, lip=198.51.100.7\n",
        "192.0.2.10 connection/login_attack 2024-05-01 10:00:00 stated x1",
    );
    one(
        "SIP attack, abuse",
        "[2024-05-01 10:00:00 +0000] NOTICE[1] chan_sip.c: Registration from '\"1\" <sip:1@198.51.100.7>' failed for '192.0.2.10:5061' - Wrong password\n",
        "192.0.2.10#5061 connection/login_attack 2024-05-01 10:00:00 stated x1",
    );
    one(
        "DDoS attack from your network",
        "Time (UTC)            Src IP         Src Port   Dst IP          Dst Port\n\
         2024-05-01 10:00:00   192.0.2.10     53         198.51.100.7    80\n",
        "192.0.2.10#53 connection/ddos 2024-05-01 10:00:00 stated x1",
    );
}

#[test]
fn labelled_forms_in_several_languages() {
    one(
        "Abuse report",
        "We detected spam.\nSource IP: 192.0.2.10\nSource Port: 4711\nDestination IP: 198.51.100.7\nDate: 2024-05-01 10:00:00 UTC\n\
         \n% This is the whois of 192.0.2.10\ninetnum: 192.0.2.0 - 192.0.2.255\nnserver: 192.0.2.53\n\n\
         traceroute to 192.0.2.10\n 1 gw (203.0.113.1) 1.0 ms 1.1 ms\n",
        "192.0.2.10#4711 messaging/spam 2024-05-01 10:00:00 stated x1",
    );
    one(
        "Missbrauch",
        "Anmeldeversuche aus Ihrem Netz\nAngreifer: 192[.]0[.]2[.]10\nZiel: 198.51.100.7\nDatum: 01.05.2024\nUhrzeit: 10:00:00 CEST\n",
        "192.0.2.10 connection/login_attack 2024-05-01 08:00:00 stated x1",
    );
    one(
        "Phishing takedown request",
        "Dear abuse team,\nplease take down this page.\nPhishing URL: hxxps://login[.]bad[.]example/a\nIP: 192.0.2.10\n\
         Legitimate site: https://bank.example/\nMore information: https://reporter.example/1\n",
        "https://login.bad.example/a content/phishing 2024-05-01 20:00:00 assumed x1",
    );
    one(
        "Notice of Claimed Infringement",
        "Copyright infringement through BitTorrent by your customer.\nIP Address: 192.0.2.10\nPort: 6881\n\
         Timestamp: 2024-05-01T10:00:00Z\n",
        "192.0.2.10#6881 copyright/p2p 2024-05-01 10:00:00 stated x1",
    );
    let html = "From: a@reporter.example\nTo: b@isp.example\nSubject: Abuse report\nContent-Type: text/html\n\n\
        <p>Brute force attacks from your network</p><table><tr><td>Attacker IP</td><td>192.0.2.10</td></tr>\
        <tr><td>Time</td><td>2024-05-01 10:00 UTC</td></tr></table>";
    let parsed = common::read_as(html.as_bytes(), "x.eml");
    assert_eq!(events(&parsed), ["192.0.2.10 connection/login_attack 2024-05-01 10:00:00 stated x1"], "{parsed:?}");
}

#[test]
fn the_reporters_number_is_kept() {
    let body = "Copyright infringement through BitTorrent by your customer.\nCase ID: AB-12\nInfringers IP Address: 192.0.2.10\n";
    assert_eq!(mail("Notice of Claimed Infringement", body).reference.as_deref(), Some("AB-12"));
    let parsed = mail("Abuse report - Case ID 4711", "Source IP: 192.0.2.10\nbrute force\n");
    assert_eq!(parsed.reference.as_deref(), Some("4711"));
    assert_eq!(parsed.events[0].reference.as_deref(), Some("4711"));
    assert_eq!(mail("Abuse case: none", "in case: yes\n").reference, None);
}

#[test]
fn several_sources_of_one_kind_are_several_events() {
    let parsed = mail(
        "Abuse: infected hosts",
        "The following hosts on your network are infected with a bot:\n\n192.0.2.10\n192.0.2.11\n\nThanks\n",
    );
    assert_eq!(parsed.events.len(), 2, "{:?} {:?}", parsed.reason, parsed.suggestion);
}

#[test]
fn no_time_is_said() {
    let parsed = mail("Spam from 192.0.2.10", "Your customer sends spam, please stop it.\n");
    assert_eq!(events(&parsed), ["192.0.2.10 messaging/spam 2024-05-01 20:00:00 assumed x1"]);
    assert!(parsed.events[0].faults.iter().any(|f| f.contains("mail's own date")), "{:?}", parsed.events[0].faults);
    assert_eq!(parsed.events[0].time_grade, TimeGrade::Assumed);
}

#[test]
fn unclear_complaints_wait_with_guesses() {
    let parsed = parked(
        "Problem with your customers",
        "Spam from your network came from 192.0.2.10 and perhaps from 192.0.2.11, see 203.0.113.1.\n",
        "2 addresses could be the source",
    );
    let guesses = parsed.suggestion.unwrap();
    assert_eq!(guesses.sources[0].value.value, "192.0.2.10");
    assert_eq!(guesses.sources.len(), 3);
    assert!(guesses.sources[0].excerpt.starts_with("Spam from"));
    assert_eq!(guesses.classes[0].value.as_str(), "messaging/spam");
    assert_eq!(common::read("free_text.eml").disposition, Disposition::NeedsHuman);
    parked("Your customer 192.0.2.10", "He is a nuisance on your network.\n", "what kind of abuse");
    parked("abuse", "Your customer attacks our server 198.51.100.7 with a brute force attack.\n", "no address");
}

#[test]
fn ordinary_mail_is_never_an_event() {
    parked("Re: Abuse report", "> Source IP: 192.0.2.10\n> brute force\nI have fixed it.\n", "answers an earlier mail");
    parked("Lunch", "See you on 2024-05-03. The server 192.0.2.10 is fine.\n", "nothing in it says");
    parked("Cheap pills", "Buy now at http://192.0.2.10/pills and http://shop.example/\n", "nothing in it says");
    parked(
        "Weekly security news",
        "A botnet used 192.0.2.10 for phishing. Malware is on the rise.\n",
        "nothing in it says",
    );
    parked("Invoice 192", "Your server rental IP address: 192.0.2.10. Take action now. unsolicited\n", "little says");
    parked(
        "Maintenance notice",
        "We work on your server 192.0.2.10 on 2024-05-03 10:00 UTC, which may look like a denial of service. Please take \
         appropriate action.\n",
        "not clearly to us",
    );
    parked(
        "Threat report: DDoS attack",
        "We have observed a DDoS attack from a botnet.\nIP addresses:\n192.0.2.10\n192.0.2.11\nUnsubscribe: https://x.example/\n",
        "went to many",
    );
    parked(
        "Unusual sign-in activity",
        "We detected a login attempt to your account.\nIP address: 192.0.2.10\nTime: 2024-05-01 10:00 UTC\nIf this wasn't you, \
         reset your password. We have detected failed login attempts originating from IP address 192.0.2.10.\n",
        "own account",
    );
    parked(
        "server down",
        "Hi Bob, the brute force from 192.0.2.10 crashed our server again (failed logins). Block it in our firewall?\n",
        "",
    );
    parked(
        "port scans",
        "Hi all, anyone else seeing port scans from 192.0.2.10? Their abuse department is silent.\n",
        "",
    );
    parked(
        "Copyright infringement on your website",
        "Your website is violating the copyright of my images. See the links: http://bad.example/x.zip\nDMCA. Take action.\n",
        "",
    );
    let news = "From: news@security.example\nSubject: Attack report\nList-Unsubscribe: <https://x.example/u>\n\n\
        We have detected brute force attacks from 192.0.2.10.\nSource IP: 192.0.2.10\n";
    let parsed = common::read_as(news.as_bytes(), "x.eml");
    assert_eq!(parsed.disposition, Disposition::NeedsHuman, "{parsed:?}");
    let forwarded = "From: a@person.example\nSubject: spam\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n\
        --b\n\nplease stop this\n--b\nContent-Type: message/rfc822\n\nReceived: from bad.example ([192.0.2.10]) by \
        mx.person.example; Wed, 1 May 2024 10:00:00 +0000\nFrom: x@bad.example\nSubject: pills\n\nbuy\n--b--\n";
    let parsed = common::read_as(forwarded.as_bytes(), "x.eml");
    assert_eq!(parsed.disposition, Disposition::NeedsHuman);
    let guesses = parsed.suggestion.unwrap();
    assert_eq!(guesses.sources[0].value.value, "192.0.2.10");
    assert!(guesses.sources[0].reason.contains("Received"));
}

#[test]
fn own_ranges_come_first() {
    let text = b"Source IP: 203.0.113.9\nperhaps 192.0.2.10 and http://192.0.2.11/x\n";
    let own = ["192.0.2.0/24".parse().unwrap()];
    let guesses = intake::suggest(text, intake::Hint::default(), common::received_at(), &own);
    let values: Vec<&str> = guesses.sources.iter().map(|s| s.value.value.as_str()).collect();
    assert_eq!(values, ["http://192.0.2.11/x", "192.0.2.10", "203.0.113.9"]);
    assert!(guesses.sources[0].reason.contains("own addresses"));
    assert_eq!(guesses.times.len(), 1);
}

#[test]
fn large_texts_cost_little() {
    let started = std::time::Instant::now();
    let line = |n: u32| {
        let (a, b) = (n / 200 % 200, n % 200);
        format!(
            "2024-05-01 10:00:{:02} sshd: Failed password for x from 198.51.{a}.{b} port 22, 192.0.{b}.{a} 203.{b}.113.{a}\n",
            n % 60
        )
    };
    let body: String = (0..4000).map(line).collect();
    let _ = mail("Abuse from your network", &format!("attacks from your network\n{body}"));
    let dense = "1.2.3.4 ".repeat(30_000);
    let _ = mail("Abuse", &dense);
    let many: String = (0..20_000).map(|n| format!("1.{}.{}.9:x\n", n / 250, n % 250)).collect();
    let _ = mail("Abuse", &format!("The following addresses on your network send spam:\n{many}"));
    let times = "2024-05-01 10:00 2024-05-01 10:01 2024-05-01 10:02 2024-05-01 10:03 192.0.2.1\n".repeat(3000);
    let _ = mail("Abuse", &times);
    let urls: String = (0..5000).map(|n| format!("hxxp://a{n}.example/x\n")).collect();
    let _ = mail("Phishing takedown abuse", &urls);
    let hex = "a:b:c::d:e:f ".repeat(20_000);
    let _ = mail("Abuse", &hex);
    assert!(started.elapsed() < std::time::Duration::from_secs(20), "{:?}", started.elapsed());
    println!("large texts: {:?}", started.elapsed());
}

#[test]
fn layouts_of_reporters() {
    let events_of = |subject: &str, body: &str, want: &[&str]| {
        let parsed = mail(subject, body);
        let seen: Vec<String> = parsed.events.iter().map(|e| format!("{} {}", e.source.value, e.class)).collect();
        assert_eq!(seen, want, "{subject}: {:?} {:?}", parsed.reason, parsed.suggestion);
    };
    let whois =
        "% Abuse contact for '192.0.2.0 - 192.0.2.255' is 'abuse@isp.example'\ninetnum: 192.0.2.0 - 192.0.2.255\n";
    let log =
        "Datum: 2024-05-01 10:00:00\nMay 1 10:00:00 gate smtp_auth[1]: connect from\nh.isp.example [192.0.2.10]\n";
    let body = format!("{whois}\nnetname: ISP\n\n{log}to 198.51.100.7\n");
    events_of("Fwd: [Ticket#1] NETSECDB_HACKING_SMTP", &body, &["192.0.2.10 connection/login_attack"]);
    events_of("Fwd: [Ticket#1] NETSECDB_PORTSCAN_SMTP", &body, &["192.0.2.10 connection/port_scan"]);
    events_of(
        "Addresses of yours",
        "The below IP addresses were blacklisted from using our services.\n\nTime Range (UTC), IP Address, Reason\n\
         2024-05-01 01:37 ~ 2024-05-01 02:07 (UTC), 192.0.2.10, Account Takeover Attempts\n\
         2024-05-01 04:12 ~ 2024-05-01 04:42 (UTC), 192.0.2.11, Account Takeover Attempts\n\
         Likely endpoints:\n198.51.100.7\n",
        &["192.0.2.10 connection/login_attack", "192.0.2.11 connection/login_attack"],
    );
    events_of(
        "New report abuse complaint: Brute force attack",
        "From: Ann\nSubject: New report abuse complaint - 192.0.2.10 / 192.0.2.11 - Brute force attack\nPhone:\n",
        &["192.0.2.10 connection/login_attack", "192.0.2.11 connection/login_attack"],
    );
    events_of(
        "Webmail user",
        "has tried to send email, but was blocked due to being on sbl:\n10.2.0.192.zen.spamhaus.org\n\
         Return-Path: <a@shop.example>\nX-Originating-IP: [192.0.2.10]\n",
        &["192.0.2.10 messaging/spam"],
    );
    events_of(
        "Content removal",
        "The health agency (Anvisa) asks you to remove the advertisements.\nSee https://agency.example/contact\n\n\
         Attachment:\nhttps://shop.example/pills\nhttps://shop.example/cream\n\nhello\n",
        &["https://shop.example/pills content/fraud", "https://shop.example/cream content/fraud"],
    );
}

#[test]
fn a_time_after_the_mail_is_none() {
    let parsed = mail(
        "Abuse from your network",
        "Source IP: 192.0.2.10\nTime: 2024-05-09 10:00:00 UTC\nType: port scan\nPlease take action.\n",
    );
    assert_eq!(events(&parsed), ["192.0.2.10 connection/port_scan 2024-05-01 20:00:00 assumed x1"]);
    assert!(parsed.events[0].faults.iter().any(|f| f.contains("after the mail")), "{:?}", parsed.events[0].faults);
}

#[test]
fn rows_overviews_and_pages_on_one_host() {
    let events_of = |subject: &str, body: &str, want: &[&str]| {
        let parsed = mail(subject, body);
        let seen: Vec<String> = parsed.events.iter().map(|e| format!("{} {}", e.source.value, e.class)).collect();
        assert_eq!(seen, want, "{subject}: {:?} {:?}", parsed.reason, parsed.suggestion);
    };
    events_of(
        "Safe Browsing Report for AS64496 (ISP) on 05/01/2024",
        "Google detected 2 social engineering URLs (space inserted to prevent\naccidental clicking):\n\
         http://shop .example/ (192.0.2.10)\nhttp://long.shop .example/deep/path/of/it/\n(192.0.2.11)\n",
        &["192.0.2.10 content/phishing", "192.0.2.11 content/phishing"],
    );
    events_of(
        "[CERT-Bund#1] SystemBC",
        "Sehr geehrte Damen und Herren,\nFirstSeen,LastSeen,Victim IP,Account,C2 host\n\
         2024-04-30 22:25,2024-05-01 11:07,192.0.2.10,DEV,198.51.100.7\n",
        &["192.0.2.10 connection/infected_host"],
    );
    events_of(
        "Rogue DNS server used in attacks",
        "rogue DNS IP | status | timestamp (UTC) | phishing IP\n192.0.2.10 | ROGUE DNS | 2024-05-01T00:40:53Z | 198.51.100.7\n",
        &["192.0.2.10 other/unclassified"],
    );
    events_of(
        "Notice of Infringement",
        "Dear Sirs,\nyour service is linking users to infringing copies of the following sound recordings:\n\n\
         THE BAND - A SONG (https://files.example/songs/1234)\nTHE BAND - ANOTHER (https://files.example/songs/1235)\n",
        &[
            "https://files.example/songs/1234 copyright/copyright",
            "https://files.example/songs/1235 copyright/copyright",
        ],
    );
    events_of(
        "Abuse Report IP 192.0.2.10",
        "We saw suspicious traffic.\nSrc: 192.0.2.10\nPlease take action.\n",
        &["192.0.2.10 other/unclassified"],
    );
    events_of(
        "Abuse report: Phishing hosted at your site",
        "Dear Abuse Team,\nWe detected a phishing website hosted at:\nhttps [://] login [.] shop [.] example/x\n",
        &["https://login.shop.example/x content/phishing"],
    );
}

#[test]
fn answers_of_those_who_publish_complaints() {
    parked("Your takedown request for 192.0.2.10 was denied", "Abuse report: your takedown request.\n", "answers");
}

#[test]
fn a_list_of_sources_of_unclear_kind() {
    let text = "From: Desk <desk@reporter.example>\nTo: abuse@isp.example\nSubject: Abuse Reports\n\
        Date: Wed, 1 May 2024 20:00:00 +0000\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n\
        --b\nContent-Type: text/plain\n\nDear Abuse Team, see the list.\n\
        --b\nContent-Type: text/csv; name=list.csv\nContent-Disposition: attachment; filename=list.csv\n\n\
        datetime,as_name,client_ip,path,requests\n2024-05-01 11:00:05 UTC,ISP,192.0.2.10,/,7\n--b--\n";
    let parsed = common::read_as(text.as_bytes(), "mail.eml");
    assert_eq!(events(&parsed), ["192.0.2.10 other/unclassified 2024-05-01 11:00:05 stated x1"], "{:?}", parsed.reason);
}

#[test]
fn abuse_of_adults_is_not_the_class_of_children() {
    let class = |victims: &str| {
        let body = format!(
            "Your network hosts sexual abuse of {victims}.\nReported URLs:\nhttps://board.example/post/3185\nPlease remove it.\n"
        );
        let parsed = mail("Abuse report", &body);
        parsed.events.first().map(|e| e.class.to_string()).unwrap_or_else(|| format!("{:?}", parsed.reason))
    };
    assert_eq!(class("women"), "other/unclassified");
    assert_eq!(class("children"), "content/csam");
}
