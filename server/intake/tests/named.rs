//! Every form that has a name, by a fixture of its own.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]
mod common;

use domain::class::Class;
use domain::event::{Disposition, Format, Observation, Role, SourceKind, TimeGrade};
use intake::Parsed;

fn one(name: &str) -> (Parsed, Observation) {
    let parsed = common::read(name);
    assert_eq!((parsed.disposition, parsed.events.len()), (Disposition::Events, 1), "{name}: {parsed:?}");
    let event = parsed.events[0].clone();
    (parsed, event)
}

fn at(event: &Observation) -> (String, String) {
    (event.from.unwrap().format("%m-%dT%H:%M:%S").to_string(), event.to.unwrap().format("%m-%dT%H:%M:%S").to_string())
}

fn sources(parsed: &Parsed) -> Vec<&str> {
    parsed.events.iter().map(|e| e.source.value.as_str()).collect()
}

#[test]
fn a_copyright_notice_twice_in_one_mail_is_one_event() {
    let (parsed, event) = one("acns.eml");
    assert_eq!((parsed.format, parsed.reporter.as_deref()), (Format::Acns, Some("agent.example")));
    assert_eq!(parsed.reference.as_deref(), Some("A-4711"));
    assert_eq!((event.source.value.as_str(), event.source.port), ("192.0.2.90", Some(51413)));
    assert_eq!((event.class, event.role, event.time_grade), (Class::P2p, Role::RightsClaim, TimeGrade::Stated));
    assert_eq!((event.count, event.faults.len()), (1, 0), "{:?}", event.faults);
    assert_eq!(event.details["title"], "Salt & Pepper");
    assert_eq!(event.details["items"], "2");
}

#[test]
fn a_copyright_notice_that_mail_programs_spoilt() {
    let (parsed, event) = one("acns_quoted.eml");
    assert_eq!((parsed.format, event.source.value.as_str()), (Format::Acns, "192.0.2.91"));
    assert_eq!(event.class, Class::Copyright);
}

#[test]
fn copyright_notices_that_contradict_themselves() {
    let text = String::from_utf8(common::fixture("acns.eml")).unwrap();
    let other = text.replace("IP Address:   192.0.2.90", "IP Address:   192.0.2.99");
    let parsed = common::read_as(other.as_bytes(), "x.eml");
    assert_eq!(parsed.events[0].faults, ["the text names another address than the XML: 192.0.2.99"]);
    let bomb = text.replace("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", "").replace(
        "<Infringement xmlns",
        "<Infringement><!DOCTYPE x [<!ENTITY y SYSTEM \"file:///etc/passwd\">]></Infringement><Infringement xmlns",
    );
    let parsed = common::read_as(bomb.as_bytes(), "x.eml");
    assert_eq!((parsed.events.len(), parsed.faults.len()), (1, 2), "{:?}", parsed.faults);
    let file =
        b"<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY y \"ha\">]><Infringement><Case><ID>&y;</ID></Case><Source>\
                 <TimeStamp>2024-05-01T10:00:00Z</TimeStamp><IP_Address>192.0.2.1</IP_Address></Source></Infringement>";
    assert_eq!(common::read_as(file, "notice.xml").disposition, Disposition::NeedsHuman);
    let nobody = text.replace("192.0.2.90</IP_Address>", "unknown</IP_Address>");
    assert_eq!(common::read_as(nobody.as_bytes(), "x.eml").disposition, Disposition::NeedsHuman);
}

#[test]
fn spamcop() {
    let (parsed, event) = one("spamcop_report.eml");
    assert_eq!((parsed.format, parsed.reporter.as_deref()), (Format::Spamcop, Some("spamcop.net")));
    assert_eq!(parsed.reference.as_deref(), Some("7100000001"));
    assert_eq!((event.source.value.as_str(), event.class), ("192.0.2.60", Class::Spam));
    assert_eq!(at(&event).0, "05-01T10:00:00");
    let (_, site) = one("spamcop_site.eml");
    assert_eq!((site.source.value.as_str(), &site.details["url"]), ("192.0.2.61", &"http://watches.example/".into()));
    let summary = common::read("spamcop_summary.eml");
    assert_eq!(sources(&summary), ["192.0.2.62", "192.0.2.63"]);
    assert_eq!((summary.events[0].count, summary.events[0].time_grade), (52, TimeGrade::Range));
    assert_eq!(at(&summary.events[0]), ("04-29T18:00:00".into(), "05-01T18:59:00".into()));
    let alert = common::read("spamcop_alert.eml");
    assert_eq!(sources(&alert), ["192.0.2.64", "192.0.2.65"]);
    assert_eq!(alert.events[0].time_grade, TimeGrade::Assumed);
}

#[test]
fn mynetwatchman_rows() {
    let parsed = common::read("mynetwatchman.eml");
    assert_eq!((parsed.format, parsed.reference.as_deref()), (Format::Mynetwatchman, Some("77000001")));
    assert_eq!(sources(&parsed), ["192.0.2.70", "192.0.2.70"]);
    let [worm, probe] = parsed.events.as_slice() else { panic!() };
    assert_eq!(
        (worm.class, worm.role, worm.count, worm.source.port),
        (Class::InfectedHost, Role::Infected, 2, Some(1038))
    );
    assert_eq!((probe.class, probe.role, probe.count), (Class::PortScan, Role::Actor, 2));
    assert_eq!(probe.faults, ["stands 2 times in the report: counted as one event"]);
    assert_eq!(parsed.faults.len(), 1, "the row without a time");
}

#[test]
fn dshield_lists() {
    let parsed = common::read("dshield_as.txt");
    assert_eq!((parsed.format, sources(&parsed)), (Format::Dshield, vec!["192.0.2.8", "192.0.2.9"]));
    assert_eq!((parsed.events[0].count, parsed.events[0].time_grade), (12, TimeGrade::Range));
    assert_eq!(parsed.faults.len(), 1);
    let block = common::read("dshield_block.txt");
    assert_eq!((block.format, block.disposition), (Format::Dshield, Disposition::NotAReport));
    let api = br#"{"ip":{"number":"192.0.2.10","count":7,"attacks":3,"mindate":"2024-04-28","maxdate":"2024-05-01"}}"#;
    let parsed = common::read_as(api, "ip.json");
    assert_eq!((parsed.events[0].count, at(&parsed.events[0]).1), (7, "05-01T23:59:59".into()));
}

#[test]
fn complaints_of_fail2ban() {
    let (parsed, event) = one("fail2ban_complain.eml");
    assert_eq!(parsed.reporter.as_deref(), Some("server.example"));
    assert_eq!((event.source.value.as_str(), event.source.port), ("192.0.2.80", None));
    assert_eq!((event.class, event.count), (Class::LoginAttack, 2), "the other address has lines of its own");
    assert_eq!(at(&event), ("05-01T08:00:00".into(), "05-01T08:00:05".into()));
}

#[test]
fn pages() {
    let table = common::read("cleanmx_table.eml");
    assert_eq!((sources(&table), table.faults.len()), (vec!["192.0.2.82"], 1));
    assert_eq!((table.events[0].class, at(&table.events[0]).0.as_str()), (Class::Phishing, "05-01T10:00:00"));
    let feed = common::read("cleanmx_feed.xml");
    assert_eq!((sources(&feed), feed.faults.len()), (vec!["192.0.2.83", "192.0.2.84"], 1));
    assert_eq!(feed.events[0].details["url"], "http://shop.example/a?b=1&c=2");
    assert_eq!((feed.events[0].class, feed.events[1].class), (Class::Phishing, Class::Malware));
    let (_, cyscon) = one("cyscon.eml");
    assert_eq!((cyscon.source.value.as_str(), cyscon.class), ("192.0.2.85", Class::Phishing));
    assert_eq!(at(&cyscon).0, "05-01T10:00:00");
    let browsing = common::read("safebrowsing.eml");
    assert_eq!((sources(&browsing), browsing.faults.len()), (vec!["192.0.2.89", "http://bank.shop.example/"], 1));
    assert_eq!((browsing.events[0].class, browsing.events[0].time_grade), (Class::RemoteCompromise, TimeGrade::Range));
    assert_eq!((browsing.events[1].class, browsing.events[1].source.kind), (Class::Phishing, SourceKind::Url));
    let (netcraft, page) = one("netcraft_text.eml");
    assert_eq!(
        (page.source.value.as_str(), netcraft.reference.as_deref()),
        ("https://shop.example/login/", Some("1234567"))
    );
}

#[test]
fn project_honey_pot() {
    let free = common::read("honeypot_free.eml");
    assert_eq!(sources(&free), ["192.0.2.87", "192.0.2.88"]);
    assert_eq!((free.events[0].class, free.events[1].class), (Class::Scraping, Class::Spam));
    assert_eq!(free.events[0].time_grade, TimeGrade::Range);
    let paid = common::read("honeypot_paid.eml");
    assert_eq!(sources(&paid), ["192.0.2.87", "192.0.2.87", "192.0.2.88"]);
    let times: Vec<String> = paid.events.iter().map(|e| at(e).0).collect();
    assert_eq!(times, ["04-29T18:00:00", "04-29T07:00:00", "04-30T20:00:00"]);
}

#[test]
fn sensors_and_listings() {
    let (_, webiron) = one("webiron.eml");
    assert_eq!((webiron.source.value.as_str(), webiron.class), ("192.0.2.86", Class::InfectedHost));
    assert_eq!(at(&webiron).0, "05-01T10:00:00");
    let (parsed, uce) = one("uceprotect.eml");
    assert_eq!(parsed.reporter.as_deref(), Some("uceprotect.net"), "who passed it on does not vouch");
    assert_eq!((uce.source.value.as_str(), uce.time_grade), ("192.0.2.110", TimeGrade::Assumed));
    let (parsed, sbl) = one("sbl.eml");
    assert_eq!((parsed.reference.as_deref(), sbl.class), (Some("SBL987654"), Class::Blocklist));
    let (_, ninja) = one("bitninja.eml");
    assert_eq!((ninja.class, ninja.time_grade), (Class::InfectedHost, TimeGrade::StatedUtc));
    let (_, leak) = one("leakix.eml");
    assert_eq!((leak.source.port, leak.role), (Some(8080), Role::Vulnerable));
}

#[test]
fn complaints_of_mailbox_providers_that_are_no_arf() {
    let (_, event) = one("aol_notice.eml");
    assert_eq!(event.source.value, "192.0.2.115", "the provider's own relay is not the culprit");
    assert_eq!((at(&event).0.as_str(), event.time_grade), ("05-01T10:00:00", TimeGrade::Stated));
    let (parsed, event) = one("arf_mistyped.eml");
    assert_eq!((parsed.format, event.source.value.as_str()), (Format::Arf, "192.0.2.116"));
    assert_eq!(event.reference.as_deref(), Some("z@shop.example"));
}

#[test]
fn a_listing_passed_on_in_another_language() {
    let mail = "From: \"support@datacentre.example via RT\" <abuse@isp.example>\nX-RT-Originator: support@datacentre.example\n\
                Subject: [support #7] Spamhaus SBL: 192.0.2.117\n\nIP adresa byla zařazena na blacklist Spamhaus.\n\n192.0.2.117/32\n";
    let parsed = common::read_as(mail.as_bytes(), "x.eml");
    assert_eq!((parsed.reporter.as_deref(), sources(&parsed)), (Some("spamhaus.org"), vec!["192.0.2.117"]));
    assert_eq!(parsed.sender.as_deref(), Some("abuse@isp.example"));
}

#[test]
fn an_x_arf_block_under_the_type_of_arf() {
    let mail = "From: bots@abuse-reporting.webiron.com\nSubject: web-attack\nMIME-Version: 1.0\n\
                Content-Type: multipart/report; report-type=feedback-report; boundary=\"w\"\n\n--w\n\nsee below\n--w\n\
                Content-Type: message/feedback-report; name=\"arf_report1\"\n\nReported-From: bots@abuse-reporting.webiron.com\n\
                Report-Type: web-attack\nCategory: abuse\nSource-Type: ip-address\nSource: 192.0.2.118\n\
                Date: '2024-05-01 10:00:00 +0000'\nVersion: 0.2\n--w--\n";
    let parsed = common::read_as(mail.as_bytes(), "x.eml");
    assert_eq!((parsed.format, sources(&parsed)), (Format::XArf, vec!["192.0.2.118"]));
    assert_eq!(parsed.events[0].class, Class::VulnerabilityScan);
}
