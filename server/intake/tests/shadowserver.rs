//! Shadowserver CSV: plain, zipped, inside a mail; broken rows; whose fault it is.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]
mod common;

use domain::class::Class;
use domain::event::{Disposition, Format, Role, TimeGrade};
use std::io::Write;
use zip::write::SimpleFileOptions;

const SINKHOLE: &str = "2024-05-01-event4_sinkhole-example-asn.csv";
const TARGET: &str = "2024-05-01-event4_honeypot_ddos_target-example-asn.csv";
const BRUTE: &str = "2024-05-01-event4_honeypot_brute_force-example-asn.csv";

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn good_rows_are_kept_and_bad_rows_are_named() {
    let parsed = common::read(SINKHOLE);
    assert_eq!((parsed.format, parsed.disposition), (Format::Shadowserver, Disposition::Events));
    assert_eq!(parsed.reporter.as_deref(), Some("shadowserver"));
    assert_eq!(parsed.reference.as_deref(), Some("2024-05-01-event4_sinkhole"));
    let sources: Vec<&str> = parsed.events.iter().map(|e| e.source.value.as_str()).collect();
    assert_eq!(sources, ["192.0.2.10", "192.0.2.11", "2001:db8::11", "192.0.2.13", "192.0.2.14"]);
    assert_eq!(parsed.faults, ["row 5: \"192.0.2.999\" is no address"]);
    assert_eq!(parsed.reason.as_deref(), Some("row 5: \"192.0.2.999\" is no address"));
    let first = &parsed.events[0];
    assert_eq!((first.class, first.role), (Class::InfectedHost, Role::Infected));
    assert_eq!((first.source.port, first.reference.as_deref()), (Some(17409), Some("e-1")));
    assert_eq!(first.time_grade, TimeGrade::StatedUtc);
    assert_eq!(first.from.unwrap().to_rfc3339(), "2024-05-01T00:00:01+00:00");
    assert_eq!(first.faults, [""; 0]);
    assert_eq!(parsed.events[2].faults, ["row 4 has 13 of 15 columns"]);
    assert_eq!(parsed.events[3].time_grade, TimeGrade::Assumed);
    assert_eq!(parsed.events[4].faults, ["row 7 has 17 of 15 columns"]);
}

#[test]
fn the_target_of_an_attack_is_a_victim() {
    let event = &common::read(TARGET).events[0];
    assert_eq!((event.source.value.as_str(), event.source.port), ("192.0.2.20", Some(443)));
    assert_eq!((event.class, event.role), (Class::Ddos, Role::Victim));
}

#[test]
fn brute_force_has_a_span_a_count_and_no_secrets() {
    let event = &common::read(BRUTE).events[0];
    assert_eq!((event.class, event.role, event.count), (Class::LoginAttack, Role::Actor, 17));
    assert_eq!((event.to.unwrap() - event.from.unwrap()).num_seconds(), 150);
    assert_eq!(event.time_grade, TimeGrade::StatedUtc);
    assert!(!event.details.contains_key("username"));
}

#[test]
fn a_file_without_its_name_is_known_by_its_columns() {
    let parsed = common::read_as(&common::fixture(SINKHOLE), "report.txt");
    assert_eq!((parsed.format, parsed.events.len()), (Format::Shadowserver, 5));
    assert_eq!((parsed.events[0].class, parsed.events[0].role), (Class::InfectedHost, Role::Infected));
    assert!(parsed.events[0].faults[0].contains("guessed from the columns"));
    let target = common::read_as(&common::fixture(TARGET), "report.csv");
    assert_eq!(target.events[0].role, Role::Unknown, "who was the target cannot be told from the columns");
}

#[test]
fn an_open_quote_costs_one_row() {
    let parsed = common::read("scan_open_quote.csv");
    let sources: Vec<&str> = parsed.events.iter().map(|e| e.source.value.as_str()).collect();
    assert_eq!(sources, ["192.0.2.41", "192.0.2.42"]);
    assert_eq!(parsed.faults, ["row 2: a quote is not closed"]);
}

#[test]
fn two_open_quotes_do_not_make_one_row_of_three() {
    let header = "timestamp,ip,asn,geo,tag\n";
    let row = |n: u8, tag: &str| format!("2024-05-01 00:00:0{n},192.0.2.{n},64496,AT,{tag}\n");
    let csv = [header, &row(1, "\"a"), &row(2, "b"), &row(3, "\"c"), &row(4, "\"two\nlines\"")].concat();
    let parsed = common::read_as(csv.as_bytes(), "scan_x.csv");
    let sources: Vec<&str> = parsed.events.iter().map(|e| e.source.value.as_str()).collect();
    assert_eq!(sources, ["192.0.2.2", "192.0.2.4"]);
    assert_eq!(parsed.faults, ["row 2: a quote is not closed", "row 4: a quote is not closed"]);
}

#[test]
fn zipped_and_inside_a_mail() {
    let archive = zipped(&[(SINKHOLE, &common::fixture(SINKHOLE)), (TARGET, &common::fixture(TARGET))]);
    let parsed = common::read_as(&archive, "reports.zip");
    assert_eq!((parsed.format, parsed.events.len(), parsed.faults.len()), (Format::Shadowserver, 6, 1));
    let base64 = {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(&archive)
    };
    let csv = String::from_utf8(common::fixture(BRUTE)).unwrap();
    let mail = format!(
        "From: CERT <reports@cert.example>\nSubject: Shadowserver\nMIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=\"s\"\n\n--s\nContent-Type: text/plain\n\nsee attachments\n\
         --s\nContent-Type: application/zip; name=\"r.zip\"\nContent-Transfer-Encoding: base64\n\n{base64}\n\
         --s\nContent-Type: text/csv; name=\"{BRUTE}\"\n\n{csv}\n--s--\n"
    );
    let parsed = common::read_as(mail.as_bytes(), "x.eml");
    assert_eq!((parsed.format, parsed.events.len()), (Format::Shadowserver, 7), "{parsed:?}");
    assert_eq!(parsed.reporter.as_deref(), Some("shadowserver"));
    assert_eq!(parsed.sender.as_deref(), Some("reports@cert.example"));
}

#[test]
fn bombs_are_not_opened() {
    let zeros = vec![b'0'; 16 * 1024 * 1024];
    let parsed = common::read_as(&zipped(&[("a.csv", &zeros)]), "bomb.zip");
    assert_eq!(parsed.disposition, Disposition::NeedsHuman);
    assert!(parsed.reason.unwrap().contains("bomb"));
    let many: Vec<(String, Vec<u8>)> = (0..101).map(|n| (format!("{n}.csv"), vec![b'x'])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(n, b)| (n.as_str(), b.as_slice())).collect();
    assert!(common::read_as(&zipped(&many), "many.zip").reason.unwrap().contains("101 files"));
    let inner = zipped(&[(SINKHOLE, &common::fixture(SINKHOLE))]);
    let nested = zipped(&[("b.zip", &zipped(&[("a.zip", &inner)]))]);
    assert_eq!(common::read_as(&nested, "nested.zip").events.len(), 5);
    let nested = zipped(&[("c.zip", &nested)]);
    assert_eq!(common::read_as(&nested, "nested.zip").disposition, Disposition::NeedsHuman);
    let damaged = inner.get(..inner.len() / 2).unwrap();
    assert_eq!(common::read_as(damaged, "half.zip").disposition, Disposition::Unreadable);
}

#[test]
fn other_csv_waits_for_a_mapping() {
    let parsed = common::read_as(b"when;who\n2024-05-01;192.0.2.1\n", "list.csv");
    assert_eq!((parsed.format, parsed.disposition), (Format::Csv, Disposition::NeedsHuman));
}

#[test]
fn special_reports_say_in_each_row_what_they_found() {
    let csv = b"\"timestamp\",\"ip\",\"asn\",\"geo\",\"tag\",\"status\"\n\
                \"2024-05-01 00:00:00\",\"192.0.2.1\",64496,\"ZZ\",\"exchange\",\"compromised\"\n\
                \"2024-05-01 00:00:00\",\"192.0.2.2\",64496,\"ZZ\",\"exchange\",\"vulnerable\"\n\
                \"2024-05-01 00:00:00\",\"192.0.2.3\",64496,\"ZZ\",\"exchange\",\"\"\n";
    let parsed = common::read_as(csv, "2024-05-01-special-example-asn.csv");
    let classes: Vec<Class> = parsed.events.iter().map(|e| e.class).collect();
    assert_eq!(classes, [Class::CompromisedServer, Class::Cve, Class::Unclassified], "{parsed:?}");
}
