//! Feeds of other organisations, by fixtures of their own; and archives around them.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]
mod common;

use domain::class::Class;
use domain::event::{Disposition, Format, Role, TimeGrade};
use intake::Parsed;
use std::io::Write;

fn sources(parsed: &Parsed) -> Vec<(&str, Option<u16>)> {
    parsed.events.iter().map(|e| (e.source.value.as_str(), e.source.port)).collect()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn team_cymru_in_both_styles() {
    let parsed = common::read("cymru.txt");
    assert_eq!(parsed.format, Format::Csv);
    let want = [("192.0.2.100", Some(1046)), ("192.0.2.101", Some(1047)), ("192.0.2.102", None), ("192.0.2.103", None)];
    assert_eq!(sources(&parsed), want);
    let classes: Vec<Class> = parsed.events.iter().map(|e| e.class).collect();
    assert_eq!(classes, [Class::InfectedHost, Class::InfectedHost, Class::OpenService, Class::Phishing]);
    assert_eq!((parsed.events[0].time_grade, parsed.faults.len()), (TimeGrade::StatedUtc, 1));
}

#[test]
fn microsoft_ctip_in_both_forms() {
    let parsed = common::read("ctip.json");
    assert_eq!((parsed.format, parsed.reporter.as_deref()), (Format::Json, Some("microsoft.com")));
    assert_eq!(sources(&parsed), [("192.0.2.104", Some(40004)), ("192.0.2.105", Some(40005))]);
    assert_eq!(parsed.events[1].count, 3);
    assert_eq!(parsed.events[1].from.unwrap().to_rfc3339(), "2024-05-01T10:00:00+00:00");
    assert_eq!(parsed.faults.len(), 1);
}

#[test]
fn tables_of_certs() {
    let parsed = common::read("intelmq.csv");
    assert_eq!(sources(&parsed), [("192.0.2.106", Some(40006)), ("2001:db8::6", None)]);
    assert_eq!((parsed.events[0].class, parsed.events[0].role), (Class::InfectedHost, Role::Infected));
    assert_eq!(
        (parsed.events[1].class, parsed.faults.as_slice()),
        (Class::Cve, &["row 4: the source is empty".to_owned()][..])
    );
    let hub = common::read("abusehub.csv");
    assert_eq!(sources(&hub), [("192.0.2.107", Some(40007)), ("192.0.2.108", Some(53))]);
    assert_eq!((hub.events[0].class, hub.events[1].class), (Class::InfectedHost, Class::OpenService));
    assert_eq!(hub.events[0].time_grade, TimeGrade::Assumed, "local time without zone");
    let eu = common::read("certeu.csv");
    assert_eq!((eu.events[0].class, eu.events[0].count), (Class::LoginAttack, 5));
    let json = br#"{"status":"OK","data":[{"source.ip":"192.0.2.1","time.source":"2024-05-01T10:00:00+00:00","classification.type":"scanner"}]}"#;
    assert_eq!(common::read_as(json, "x.json").events[0].class, Class::PortScan);
}

#[test]
fn statements_of_snds() {
    let blocks = b"192.0.2.1,192.0.2.1,Yes,Blocked due to user complaints\n192.0.2.0,192.0.2.255,Yes,x\n192.0.2.3,192.0.2.3,No,\n";
    let parsed = common::read_as(blocks, "ipStatus.csv");
    assert_eq!((sources(&parsed), parsed.faults.len()), (vec![("192.0.2.1", None)], 1));
    assert_eq!(parsed.events[0].class, Class::Blocklist);
    let days = b"192.0.2.1,5/1/2024 12:00 AM,5/1/2024 11:59 PM,10,10,10,RED,< 0.1%,,,2,helo.example,a@b.example,\n\
                 192.0.2.2,5/1/2024 12:00 AM,5/1/2024 11:59 PM,10,10,10,GREEN,< 0.1%,,,0,helo.example,a@b.example,\n";
    let parsed = common::read_as(days, "data.csv");
    assert_eq!((sources(&parsed), parsed.events[0].count), (vec![("192.0.2.1", None)], 2));
}

#[test]
fn gzip_is_opened_within_limits() {
    let packed = gzipped(&common::fixture("intelmq.csv"));
    assert_eq!(common::read_as(&packed, "intelmq.csv.gz").events.len(), 2);
    let twice = gzipped(&packed);
    assert_eq!(common::read_as(&twice, "intelmq.csv.gz.gz").events.len(), 2);
    let bomb = gzipped(&vec![b'0'; 10 * 1024 * 1024]);
    let parsed = common::read_as(&bomb, "bomb.gz");
    assert_eq!(parsed.disposition, Disposition::NeedsHuman);
    assert!(parsed.reason.unwrap().contains("bomb"));
    assert_eq!(common::read_as(b"\x1f\x8b\x08\x00broken", "x.gz").disposition, Disposition::Unreadable);
    let dmarc = gzipped(b"<?xml version=\"1.0\"?><feedback><report_metadata/></feedback>");
    assert_eq!(common::read_as(&dmarc, "r.xml.gz").disposition, Disposition::NotAReport);
}

#[test]
fn iodef_and_the_sentence_beside_it() {
    let iodef = r#"<?xml version="1.0"?><IODEF-Document version="2.00" xmlns:iodef="urn:ietf:params:xml:ns:iodef-2.0">
        <iodef:Incident purpose="reporting"><iodef:IncidentID name="cert.example">I-1</iodef:IncidentID>
        <iodef:StartTime>2024-05-01T10:00:00Z</iodef:StartTime><iodef:EndTime>2024-05-01T10:05:00Z</iodef:EndTime>
        <iodef:ReportTime>2024-05-02T00:00:00Z</iodef:ReportTime><iodef:Description>Brute force attack</iodef:Description>
        <iodef:EventData><iodef:Flow>
        <iodef:System category="source"><iodef:Node><iodef:Address category="ipv4-addr">192.0.2.120</iodef:Address></iodef:Node>
        <iodef:Service><iodef:Port>40020</iodef:Port></iodef:Service></iodef:System>
        <iodef:System category="target"><iodef:Node><iodef:Address>203.0.113.9</iodef:Address></iodef:Node></iodef:System>
        </iodef:Flow></iodef:EventData></iodef:Incident></IODEF-Document>"#;
    let parsed = common::read_as(iodef.as_bytes(), "incident.xml");
    assert_eq!(sources(&parsed), [("192.0.2.120", Some(40020))]);
    assert_eq!((parsed.reporter.as_deref(), parsed.reference.as_deref()), (Some("cert.example"), Some("I-1")));
    assert_eq!((parsed.events[0].class, parsed.events[0].time_grade), (Class::LoginAttack, TimeGrade::Stated));
    let mail = "From: reports@reports.abusehub.nl\nSubject: [Abusehub] [192.0.2.121] [Spamhaus Bot Report] Incident Report\n\n\
                At 2024-05-01 13:00:00 +02:00 we received an abuse report from\nSpamhaus Bot Report about abuse from 192.0.2.121 \
                (event time 2024-05-01\n12:00:00 +02:00).\n";
    let parsed = common::read_as(mail.as_bytes(), "x.eml");
    assert_eq!((sources(&parsed), parsed.events[0].class), (vec![("192.0.2.121", None)], Class::InfectedHost));
    assert_eq!(parsed.events[0].from.unwrap().to_rfc3339(), "2024-05-01T10:00:00+00:00");
}

#[test]
fn a_table_in_the_middle_of_a_text() {
    let mail = "From: CERT <reports@cert.example>\nSubject: [CB-Report#1] Offene Dienste in 192.0.2.0/24\n\nDear all,\n\n\
                \"asn\",\"ip\",\"timestamp\",\"port\"\n\"64496\",\"192.0.2.122\",\"2024-05-01 10:00:00\",\"27017\"\n\nKind regards, 198.51.100.1\n";
    let parsed = common::read_as(mail.as_bytes(), "x.eml");
    assert_eq!((sources(&parsed), parsed.events[0].class), (vec![("192.0.2.122", Some(27017))], Class::OpenService));
    assert_eq!((parsed.events[0].time_grade, parsed.reporter.as_deref()), (TimeGrade::StatedUtc, Some("cert.example")));
}

#[test]
fn the_type_of_a_row_counts_more_than_the_name_of_its_feed() {
    let csv = b"time_detected,ip,class,type,feed_name\n2024-05-01T10:00:00+00:00,192.0.2.123,malicious code,infected-system,spam-cert\n\
                2024-05-01T10:00:00+00:00,192.0.2.124,x,,spam-cert\n";
    let parsed = common::read_as(csv, "events.csv");
    let classes: Vec<Class> = parsed.events.iter().map(|e| e.class).collect();
    assert_eq!(classes, [Class::InfectedHost, Class::Spam], "{parsed:?}");
}
