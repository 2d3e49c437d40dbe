//! Tables of many rows: their events come one after the other, the same ones as all at once, and are not kept.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]
mod common;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::event::{Disposition, Observation};
use intake::{Hint, Opened, line::Line, open, profile};
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;

const NAME: &str = "2024-05-01-event4_sinkhole-example-asn.csv";

/// A Shadowserver file; every hundredth row names no address.
fn shadowserver(rows: usize) -> Vec<u8> {
    let mut text = String::from("\"timestamp\",\"ip\",\"port\",\"asn\",\"geo\",\"tag\",\"infection\",\"event_id\"\n");
    for n in 0..rows {
        let ip = if n % 100 == 99 { "nobody".to_owned() } else { format!("192.0.2.{}", n % 250) };
        let at = format!("2024-05-01 {:02}:{:02}:{:02}", n / 3600 % 24, n / 60 % 60, n % 60);
        writeln!(text, "\"{at}\",\"{ip}\",{},64500,\"XX\",\"bot\",\"avalanche\",\"e-{n}\"", 1024 + n % 60_000).unwrap();
    }
    text.into_bytes()
}

/// A list in IntelMQ's names, the first ten rows of which come again at its end.
fn list(rows: usize) -> Vec<u8> {
    let mut text = String::from("source.ip,time.source,classification.type,extra.count\n");
    for n in (0..rows).chain(0..10) {
        let at = format!("2024-05-01T{:02}:{:02}:{:02}Z", n / 3600 % 24, n / 60 % 60, n % 60);
        writeln!(text, "192.0.2.{},{at},scanner,{}", n % 250, 1 + n % 3).unwrap();
    }
    text.into_bytes()
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn mail(name: &str, kind: &str, bytes: &[u8]) -> Vec<u8> {
    let body: Vec<String> =
        STANDARD.encode(bytes).as_bytes().chunks(76).map(|l| String::from_utf8_lossy(l).into_owned()).collect();
    format!(
        "From: feed@cert.example\r\nTo: abuse@desk.example\r\nSubject: list\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee attachment.\r\n\
         --b\r\nContent-Type: {kind}; name={name}\r\nContent-Disposition: attachment; filename={name}\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}\r\n--b--\r\n",
        body.join("\r\n")
    )
    .into_bytes()
}

fn visited(opened: &Opened) -> Vec<Observation> {
    let mut events = Vec::new();
    opened.visit(&mut |event| events.push(event));
    events
}

/// Opened, it says what it says when it is read at once; and says it as often as it is asked.
fn same_opened(bytes: Vec<u8>, name: &str) -> intake::Parsed {
    let hint = Hint { content_type: None, file_name: Some(name) };
    let whole = common::read_as(&bytes, name);
    let opened = open(&Arc::new(bytes), hint, common::received_at());
    assert!(opened.parsed.events.is_empty());
    assert_eq!(opened.total(), whole.events.len(), "{name}");
    assert!(visited(&opened) == whole.events && visited(&opened) == whole.events, "{name}");
    let line = |opened: &Opened| serde_json::to_string(&Line::new(name, opened, None)).unwrap();
    assert!(line(&opened) == line(&Opened::from(whole.clone())), "{name}");
    assert!(opened.collect() == whole, "{name}");
    whole
}

#[test]
fn a_large_table_is_the_same_event_by_event_as_at_once() {
    let whole = same_opened(shadowserver(3000), NAME);
    assert_eq!((whole.events.len(), whole.faults.len()), (2970, 30));
    assert_eq!(whole.faults[0], "row 101: \"nobody\" is no address");
    for rows in [0, 1, 499, 500, 501, 505, 506] {
        same_opened(shadowserver(rows), NAME);
        same_opened(list(rows), "list.csv");
    }
    same_opened(
        zipped(&[(NAME, &shadowserver(1200)), ("2024-05-01-scan_ssh-example.csv", &shadowserver(700))]),
        "z.zip",
    );
    same_opened(mail(NAME, "text/csv", &shadowserver(1200)), "mail.eml");
    same_opened(mail("z.zip", "application/zip", &zipped(&[(NAME, &shadowserver(1200))])), "mail.eml");
    let utf16: Vec<u8> =
        String::from_utf8(shadowserver(700)).unwrap().encode_utf16().flat_map(u16::to_le_bytes).collect();
    let whole = same_opened([&[0xff, 0xfe][..], &utf16].concat(), NAME);
    assert_eq!(whole.events.len(), 693);
}

#[test]
fn small_reports_are_the_same_too() {
    for name in [NAME, "arf_abuse.eml", "free_text.eml"] {
        assert!(same_opened(common::fixture(name), name) == common::read(name));
    }
}

#[test]
fn copies_in_a_large_table_count_once_with_the_first() {
    let whole = same_opened(list(3000), "list.csv");
    assert_eq!(whole.events.len(), 3000);
    assert_eq!((whole.events[1].count, whole.events[11].count), (4, 3), "two and two more");
    assert_eq!(whole.events[1].faults, ["stands 2 times in the report: counted as one event"]);
    assert!(whole.events[11].faults.is_empty());
    // Two lists of one archive overlap by a row.
    let (one, two) =
        (list(900), [b"source.ip,time.source,classification.type,extra.count\n", &list(900)[54..]].concat());
    let other = String::from_utf8(two).unwrap().replace("192.0.2.1,", "198.51.100.1,");
    let whole = same_opened(zipped(&[("a.csv", &one), ("b.csv", other.as_bytes())]), "z.zip");
    assert!(whole.events.len() < 910, "{}", whole.events.len());
}

#[test]
fn the_same_large_list_attached_twice_counts_once() {
    for table in [shadowserver(800), list(800)] {
        let twice =
            zipped(&[("2024-05-01-event4_sinkhole-a.csv", &table), ("2024-05-01-event4_sinkhole-b.csv", &table)]);
        let once = same_opened(zipped(&[("2024-05-01-event4_sinkhole-a.csv", &table)]), "z.zip");
        let whole = same_opened(twice, "z.zip");
        assert_eq!(whole.events, once.events);
        assert!(
            whole.faults.contains(&"the same list is attached twice: counted once".to_owned()),
            "{:?}",
            whole.faults
        );
    }
}

#[test]
fn a_large_table_without_one_good_row_waits_for_a_person() {
    let text =
        "\"timestamp\",\"ip\",\"asn\",\"geo\"\n".to_owned() + &"\"2024-05-01 00:00:00\",\"x\",1,\"XX\"\n".repeat(1500);
    let whole = same_opened(text.into_bytes(), NAME);
    assert_eq!(whole.disposition, Disposition::NeedsHuman);
    assert_eq!(whole.faults.len(), 1001);
    assert_eq!(whole.faults[1000], "500 more rows could not be read");
}

#[test]
fn a_large_feed_is_the_same_event_by_event_as_at_once() {
    let table = list(1500);
    let mut feed = profile::guess(&table);
    (feed.name, feed.reporter) = ("list".into(), "feed.example".into());
    let whole = profile::read(&table, &feed, common::received_at());
    assert_eq!((whole.rows, whole.parsed.events.len()), (1510, 1500));
    let bytes = mail("list.csv", "text/csv", &table);
    let files = profile::files(&bytes, Hint::default());
    let read = profile::read_files(&files, &feed, common::received_at(), false);
    assert_eq!((read.rows, read.bad_rows, read.parsed.total()), (1510, 0, 1500));
    assert!(visited(&read.parsed) == whole.parsed.events);
}

/// A text of many lines below its head.
fn lines(head: &str, rows: usize, row: impl Fn(usize) -> String) -> Vec<u8> {
    let mut text = head.to_owned();
    (0..rows).for_each(|n| writeln!(text, "{}", row(n)).unwrap());
    text.into_bytes()
}

#[test]
fn feeds_of_one_event_a_line_are_read_the_same_way() {
    let ip = |n: usize| format!("192.0.{}.{}", n / 250, n % 250);
    let bad = |n: usize| n % 100 == 99;
    for rows in [3, 700] {
        let cymru = lines("", rows, |n| {
            let ip = if bad(n) { "nobody".to_owned() } else { ip(n) };
            format!("bot | {ip} | 64500 | 2024-05-01 10:00:00 | family: x; port: 4711 | EXAMPLE")
        });
        assert_eq!(same_opened(cymru, "cap.txt").events.len(), rows - rows / 100);
        let snds = lines("", rows, |n| format!("{0}, {0}, \"Yes\", \"spam {n}\"", ip(n)));
        assert_eq!(same_opened(snds, "snds.csv").events.len(), rows);
        let dshield = lines("# DShield detail of AS 64500\n# source ip <tab> reports\n", rows, |n| {
            format!("{}\t{n}\t3\t2024-05-01\t2024-05-01\t2024-05-01 10:00:00", ip(n))
        });
        assert_eq!(same_opened(dshield, "as.txt").events.len(), rows);
        let spamhaus = lines("; ip, asn, country, lastseen, botname, domain\n", rows, |n| {
            format!("{},AS64500,ZZ,{},bot-{n},x.example", ip(n), 1_714_550_000 + n)
        });
        assert_eq!(same_opened(spamhaus, "cert.txt").events.len(), rows);
    }
}
