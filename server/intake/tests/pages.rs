//! Complaints about pages, lists of addresses in and below a mail, and first reports that look like answers.
mod common;

use domain::event::{Disposition, TimeGrade};
use intake::Parsed;

fn mail(headers: &str, subject: &str, body: &str) -> Parsed {
    let text = format!(
        "From: Desk <desk@reporter.example>\nTo: abuse@isp.example\nSubject: {subject}\n\
         Date: Wed, 1 May 2024 20:00:00 +0000\nMessage-ID: <1@reporter.example>\n{headers}\n{body}"
    );
    common::read_as(text.as_bytes(), "mail.eml")
}

/// Source and class of each event.
fn events(parsed: &Parsed) -> Vec<String> {
    let line = |e: &domain::event::Observation| {
        let port = e.source.port.map_or(String::new(), |p| format!("#{p}"));
        format!("{}{port} {}", e.source.value, e.class)
    };
    parsed.events.iter().map(line).collect()
}

#[track_caller]
fn gives(subject: &str, body: &str, want: &[&str]) -> Parsed {
    let parsed = mail("", subject, body);
    assert_eq!(events(&parsed), want, "{subject}: {:?} {:?}", parsed.reason, parsed.suggestion);
    parsed
}

#[test]
fn references_alone_make_no_answer() {
    let body = "Dear abuse team,\nplease look into brute force attacks from your network.\nSource IP: 192.0.2.10\n";
    let first = mail(
        "References: <RT-Ticket-17@cert.example>\nIn-Reply-To: <rt-4.4-17@cert.example>\n",
        "[CERT #17] Brute force from 192.0.2.10",
        body,
    );
    assert_eq!(events(&first), ["192.0.2.10 connection/login_attack"]);
    let forwarded = mail("In-Reply-To: <x@person.example>\n", "Fwd: Brute force from 192.0.2.10", body);
    assert_eq!(forwarded.events.len(), 1);
    let answer = mail("In-Reply-To: <x@isp.example>\n", "Re: Brute force from 192.0.2.10", body);
    assert_eq!(answer.disposition, Disposition::NeedsHuman);
    assert!(answer.reason.as_deref().unwrap().contains("answers"));
    let gateway = mail("In-Reply-To: <x@isp.example>\n", "[External Sender] AW: Brute force from 192.0.2.10", body);
    assert_eq!(gateway.disposition, Disposition::NeedsHuman);
}

#[test]
fn the_rightful_page_is_not_the_accused_one() {
    gives(
        "Phishing page on your network",
        "Dear abuse team,\nwe are the authorized agent for Bank Ltd., with a website located at\nhttps://www.bank.example/.\n\
         The following page imitates it:\n\nhxxps://login[.]bad[.]test/a\n\nThe legitimate website is:\nhttps://bank.example/\n",
        &["https://login.bad.test/a content/phishing"],
    );
    gives(
        "Notice of copyright infringement",
        "To whom it may concern,\nOriginal work: https://studio.example/film\nInfringing URLs:\nhttp://files.test/film-1\n\
         http://files.test/film-2\n\nI have a good faith belief that this is not authorized.\n\nRegards\nAgent\n\
         https://www.agency.test\n",
        &["http://files.test/film-1 copyright/copyright", "http://files.test/film-2 copyright/copyright"],
    );
    gives(
        "Fake shop shop-bank[.]test hosted on your servers",
        "Hello,\nthe domain shop-bank[.]test is a fake shop on your servers. Our client, Bank Ltd. \
         (https://www.bank.example), asks you to remove it.\nMore information: https://portal.helper.test/17\n",
        &["shop-bank.test content/fraud"],
    );
}

#[test]
fn links_of_the_letterhead_are_no_sources() {
    let parsed = mail(
        "",
        "Phishing from your network",
        "Dear abuse team,\nyour customer sends phishing.\n\nKind regards\nDesk\nhttps://www.helper.test\n",
    );
    assert_eq!(parsed.disposition, Disposition::NeedsHuman, "{:?}", events(&parsed));
}

#[test]
fn a_domain_without_a_scheme() {
    gives(
        "Notice of Infringement brand-shop.test [E:1]",
        "Dear Internet Service Provider,\nyou are the hosting provider of brand-shop.test, which uses our trademark. \
         This is trademark infringement.\n",
        &["brand-shop.test content/brand_infringement"],
    );
}

#[test]
fn cells_that_a_mail_program_took_apart() {
    gives(
        "Port scan from your network",
        "Dear abuse team, these hosts scanned our network (port scan):\n\nTime\nSource IP\nDestination IP\nPort\n\
         2024-05-01 10:00\n192.0.2.10\n198.51.100.7\n22\n2024-05-01 10:05\n192.0.2.11\n198.51.100.7\n23\n\nRegards\n",
        &["192.0.2.10 connection/port_scan", "192.0.2.11 connection/port_scan"],
    );
}

#[test]
fn an_attached_list_is_read_by_its_columns() {
    let list = |rows: &str| {
        mail(
            "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n",
            "Brute force attacks from your network",
            &format!(
                "--b\nContent-Type: text/plain\n\nThe attached hosts of your network attack us.\n--b\n\
                 Content-Type: text/csv; name=l.csv\n\n{rows}\n--b--\n"
            ),
        )
    };
    let parsed = list(
        "IP,timestamp(UTC+0),source_port,destination_port\n192.0.2.10,2024-05-01T10:00:00.000Z,4711,22\n\
         192.0.2.10,2024-05-01T10:05:00.000Z,4711,22\n192.0.2.11,2024-05-01T10:00:00.000Z,4712,22",
    );
    assert_eq!(events(&parsed), ["192.0.2.10#4711 connection/login_attack", "192.0.2.11#4712 connection/login_attack"]);
    assert_eq!((parsed.events[0].count, parsed.events[0].time_grade), (2, TimeGrade::Stated));
    let timeless = list("IP Address,Country\n192.0.2.10,XX");
    assert_eq!((timeless.events.len(), timeless.events[0].time_grade), (1, TimeGrade::Assumed));
    let unknown = list("name,street,town\na,b,c");
    assert_eq!(unknown.disposition, Disposition::NeedsHuman);
}

#[test]
fn who_was_attacked_is_not_accused() {
    gives(
        "Brute force from your network",
        "Dear abuse team,\nthe following addresses were attacked from your network:\n198.51.100.7\n198.51.100.8\n\n\
         The following systems or IP addresses have attacked our systems (brute force):\n192.0.2.10\n",
        &["192.0.2.10 connection/login_attack"],
    );
    gives(
        "Abuse report",
        "Brute force attack.\nTechnical information about the malicious system:\nIP: 192.0.2.10\n\
         Technical information about the attacked resource:\nIP: 198.51.100.7\n",
        &["192.0.2.10 connection/login_attack"],
    );
}

#[test]
fn the_one_address_of_a_plain_complaint() {
    gives(
        "Abuse report",
        "Dear abuse team,\nspam reached us and it is hosted on your network, see there\n192.0.2.10\n\nRegards\n",
        &["192.0.2.10 messaging/spam"],
    );
    let two =
        mail("", "Abuse report", "Dear abuse team,\nspam, see 192.0.2.10 or see 192.0.2.11 there, thank you all.\n");
    assert_eq!(two.disposition, Disposition::NeedsHuman);
}

#[test]
fn certified_mail_is_opened() {
    let parsed = mail(
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n",
        "POSTA CERTIFICATA: abuse",
        "--b\nContent-Type: text/plain\n\nMessaggio di posta certificata\nil messaggio originale\n--b\n\
         Content-Type: message/rfc822\n\nFrom: a@person.example\nSubject: Spam from your network\n\n\
         Dear abuse team,\nspam.\nSource IP: 192.0.2.10\n--b--\n",
    );
    assert_eq!(events(&parsed), ["192.0.2.10 messaging/spam"], "{:?}", parsed.reason);
    assert_eq!(parsed.reporter.as_deref(), Some("person.example"));
}

#[test]
fn a_mail_of_html_alone() {
    let parsed = common::read("page_html_only.eml");
    assert_eq!(events(&parsed), ["https://secure.bank-login.test/a/b content/phishing"], "{:?}", parsed.reason);
    let event = &parsed.events[0];
    assert_eq!(event.details.get("ip").and_then(|v| v.as_str()), Some("192.0.2.10"));
    assert_eq!(
        (event.from.unwrap().to_rfc3339().as_str(), event.time_grade),
        ("2024-05-01T10:00:00+00:00", TimeGrade::Stated)
    );
}

#[test]
fn every_source_port_is_an_event_of_its_own() {
    let parsed = mail(
        "",
        "Brute force from your network",
        "Dear abuse team,\nMay  1 10:00:01 gate sshd[1]: Failed password for root from 192.0.2.10 port 4711 ssh2\n\
         May  1 10:00:09 gate sshd[2]: Failed password for root from 192.0.2.10 port 4712 ssh2\n",
    );
    let (one, two) = ("192.0.2.10#4711 connection/login_attack", "192.0.2.10#4712 connection/login_attack");
    assert_eq!(events(&parsed), [one, two]);
    // Lines that name no port belong to the one before them; the same line twice is one sight more, no event more.
    let parsed = mail(
        "",
        "Brute force from your network",
        "Dear abuse team,\nMay  1 10:00:01 gate sshd[1]: Failed password for root from 192.0.2.10 port 4711 ssh2\n\
         May  1 10:00:01 gate sshd[1]: Failed password for root from 192.0.2.10 port 4711 ssh2\n\
         May  1 10:00:02 gate sshd[1]: Connection closed by 192.0.2.10 [preauth]\n\
         May  1 10:00:09 gate sshd[2]: Failed password for root from 192.0.2.10 port 4712 ssh2\n",
    );
    assert_eq!(events(&parsed), [one, two]);
    let counts: Vec<i64> = parsed.events.iter().map(|e| e.count).collect();
    assert_eq!(counts, [3, 1]);
    let span = parsed.events[0].to.unwrap() - parsed.events[0].from.unwrap();
    assert_eq!(span.num_seconds(), 1, "each port has its own time");
}

#[test]
fn ports_that_a_form_lists_are_told_apart() {
    gives(
        "Abuse report: spam",
        "Source IP: 192.0.2.10\nSource ports: 4711, 4712 and 4713\nDate: 2024-05-01 10:00:00 UTC\n",
        &["192.0.2.10#4711 messaging/spam", "192.0.2.10#4712 messaging/spam", "192.0.2.10#4713 messaging/spam"],
    );
    gives("Abuse report: spam", "Source IP: 192.0.2.10\nSource ports: 4711-4720\n", &["192.0.2.10 messaging/spam"]);
    gives(
        "Notice of Claimed Infringement",
        "Copyright infringement through BitTorrent by your customer.\nIP Address: 192.0.2.10\nPorts: 6881, 6882\n",
        &["192.0.2.10#6881 copyright/p2p", "192.0.2.10#6882 copyright/p2p"],
    );
}

#[test]
fn more_ports_than_a_person_could_follow_stay_one_event() {
    let row = |n: u32| {
        format!("May  1 10:00:01 gate sshd[1]: Failed password for root from 192.0.2.10 port {} ssh2\n", 4000 + n)
    };
    let body = |rows: u32| format!("Dear abuse team,\n{}", (0..rows).map(row).collect::<String>());
    assert_eq!(mail("", "Brute force from your network", &body(32)).events.len(), 32);
    let parsed = mail("", "Brute force from your network", &body(33));
    assert_eq!((parsed.events.len(), parsed.events[0].count), (1, 33));
    assert!(
        parsed.events[0].faults.iter().any(|f| f.contains("more than 32 source ports")),
        "{:?}",
        parsed.events[0].faults
    );
}

#[test]
fn a_sentence_between_a_title_and_its_list_belongs_to_both() {
    gives(
        "Copyright infringement notice",
        "To whom it may concern:\n\nIdentification of copyrighted work(1):\n\
         The copyrighted work at issue is the file that appears on:\nhttps://studio.example/work-1\n\n\
         Identification of infringed material(1):\nThe copyrighted work at issue is the file which is located at:\n\
         https://files.test/g/1\nhttps://files.test/g/2\n\nI have a good faith belief that this is not authorized.\n",
        &["https://files.test/g/1 copyright/copyright", "https://files.test/g/2 copyright/copyright"],
    );
    gives(
        "Notification of trademark infringement",
        "We act on behalf of our client, Boots Ltd.\nThe URL below displays content that infringes on our client's rights, its \
         trademarks, goodwill and reputation:\nAll of them, for instance:\nhttps://shop.test/boot-1\nhttps://shop.test/boot-2\n",
        &["https://shop.test/boot-1 content/brand_infringement", "https://shop.test/boot-2 content/brand_infringement"],
    );
}

#[test]
fn what_was_copied_and_what_shows_it_is_not_accused() {
    gives(
        "DMCA notice",
        "A copyrighted picture was uploaded to a site hosted by you.\nThe infringing URLs:\n\nhttps://files.test/a/48953\n\n\
         The unauthorised content was taken from a live show on this profile:\n\nhttps://shows.example/profile/ann\n\n\
         Screenshot of infringing content: https://pictures.example/1.jpg\n\n\
         For information regarding the registration please refer to:\nhttps://register.example/1\n",
        &["https://files.test/a/48953 copyright/copyright"],
    );
}

#[test]
fn a_provider_that_is_its_own_customer_is_told_of_its_pages() {
    gives(
        "DMCA notice of copyright infringement",
        "These rights are being violated by material upon your site at the following URL(s):\n\n\
         http://isp.example/files/course-1.html\nhttp://isp.example/files/course-2.html\n\nSee http://isp.example/contact too.\n\n\
         I have a good faith belief that this is not authorized.\n",
        &[
            "http://isp.example/files/course-1.html copyright/copyright",
            "http://isp.example/files/course-2.html copyright/copyright",
        ],
    );
}

#[test]
fn links_are_made_whole_and_rows_may_hold_more_cells() {
    gives(
        "Phishing on your network",
        "Dear abuse team,\nFull URL: https://bank-login _._ test/ab+c\nIPv4(s): 192.0.2.10, 192.0.2.11\n",
        &["https://bank-login.test/ab+c content/phishing"],
    );
    gives(
        "Phishing sites on your network",
        "# N       Uptime           IPs             URLs\n# ------ ------------- ----------------  ----------------\n\
         1     0d 00h 56m     192.0.2.10   https://one.test/\n2     2d 15h 39m     192.0.2.11   https://two.test/dados\n",
        &["https://one.test/ content/phishing", "https://two.test/dados content/phishing"],
    );
}

#[test]
fn reports_that_a_proxy_passes_on_are_about_the_reported_pages() {
    gives(
        "[140c]: we received an abuse report regarding one of your customers",
        "We received an abuse report regarding:\nshop.test\nThe actual host for shop.test are the following IP addresses. \
         192.0.2.10, 192.0.2.11.\nBelow is the report we received:\nReporter: Anonymous\nReported URLs:\n\
         http://cdn.shop.test/1.html\nLogs or Evidence of Abuse: a scam, look for yourself\n",
        &["http://cdn.shop.test/1.html content/fraud"],
    );
}

#[test]
fn lists_of_two_and_what_a_table_lost() {
    gives(
        "Infected systems in your network",
        "Please find below a list of infected systems in your network.\n\n192.0.2.10\n192.0.2.11\n\nWith best regards\nCERT\n",
        &["192.0.2.10 connection/infected_host", "192.0.2.11 connection/infected_host"],
    );
    gives(
        "New report abuse complaint:",
        "From: Ann\nSubject: New report abuse complaint - 192.0.2.10 -\nMessage Body:\nHundreds of brute force attacks by \
         192.0.2.10, 192.0.2.11 and 192.0.2.12 against our domain on 198.51.100.7.\n",
        &[
            "192.0.2.10 connection/login_attack",
            "192.0.2.11 connection/login_attack",
            "192.0.2.12 connection/login_attack",
        ],
    );
    gives(
        "DDoS from your network",
        "We observed machines under your control participating in a DDoS attack.\n\
         +-----------------+------------------+\n| Infected Server | Last Seen (UTC)  |\n+-----------------+------------------+\n\
         | 192.0.2.10      | 2024-05-01 10:00 |\n| 192.0.2.11      | 2024-05-01 10:05 |\n+-----------------+------------------+\n",
        &["192.0.2.10 connection/ddos", "192.0.2.11 connection/ddos"],
    );
    // The second half of a broken head names no column: what stands there is the victim's.
    let parsed = mail(
        "",
        "Attacks from your network",
        "Date \tsrcip \tRule \tMessage\n\tHostname\n9/2/2021 3:20:00 AM \t2021:03:20:51 +0800]\n\
         192.0.2.10 \t210730 \tfile extension is restricted by\npolicy \t198.51.100.7\n",
    );
    assert!(!events(&parsed).iter().any(|e| e.starts_with("198.51.100.7")), "{:?}", events(&parsed));
}

#[test]
fn links_that_lost_the_blank_behind_them() {
    gives(
        "Trademark infringement",
        "Dear Sirs,\nyour server hosts a counterfeit shop. Infringing URL:\nhttp://www.shop.testWe ask you to remove it.\n",
        &["http://www.shop.test content/brand_infringement"],
    );
    gives(
        "Phishing",
        "Dear abuse team,\nPhishing URL: http://www.shop.testwww.shop.test\n",
        &["http://www.shop.test content/phishing"],
    );
}

#[test]
fn every_way_of_making_a_link_unclickable() {
    gives(
        "Phishing website www.shop.test in your network",
        "Redirect URL:\n\nhXXp://www.away.test\n\nPhishing website's URL:\n\nhXXps://www.shop.test/wp/ee/manage/\n",
        &["https://www.shop.test/wp/ee/manage/ content/phishing", "http://www.away.test content/phishing"],
    );
}

#[test]
fn domains_in_a_list_share_what_is_said_of_the_first() {
    gives(
        "Infringement of trademarks",
        "Dear Sir or Madam,\nyour client has registered the domain names a-brand.test ; b-brand.test and c-brand.test.\n\
         They are used in bad faith and infringe our trademark.\nDomain names: a-brand.test ; b-brand.test and c-brand.test\n",
        &[
            "a-brand.test content/brand_infringement",
            "b-brand.test content/brand_infringement",
            "c-brand.test content/brand_infringement",
        ],
    );
}

#[test]
fn the_resource_that_the_reader_provides_is_meant_rather_than_others_named() {
    gives(
        "Shutdown request",
        "We have identified you as the provider of the following resource: shop[.]test\n\
         This website commits a brand abuse crime. They had other websites; an example is gone[.]test.\n",
        &["shop.test content/brand_infringement"],
    );
}

#[test]
fn the_official_page_beside_a_warning_is_not_accused() {
    gives(
        "Phishing takedown request",
        "The following domain is a fraudulent site.\nDomain: online-bank.test\n\n\
         Customers should refer only to the official website to avoid falling victim to\nscams: https://www.bank.example/\n\n\
         This fake site causes damage.\n",
        &["online-bank.test content/phishing"],
    );
}
