//! Our own CSV and JSON, and what any reader must bear.
mod common;

use common::{read, refused, said, settings};
use leases::{Format, Place, Reader};
use proptest::prelude::*;

#[test]
fn rows_name_their_holder_by_what_is_known_of_him() {
    let text = "\u{feff}address,port_from,port_to,protocol,service_number,username,circuit_id,mac,inside,from,to,source\n\
        192.0.2.10,,,,S-1,,,,,2026-11-19T10:00:00Z,2026-11-19T11:00:00+00:00,dhcp-1\n\
        192.0.2.11,1024,2047,tcp,,anna,,,,2026-11-19 10:00:00Z,,\n\
        2001:db8:1:100::/56,,,,,,\"line, 7\",,,2026-11-19T10:00:00.5Z,,\n\
        192.0.2.12,,,,,,,00-1A-2B-3C-4D-5E,,1795082400,,\n\
        192.0.2.13,4000,,17,,,,,100.64.0.9,2026-11-19T10:00:00Z,,\n\
        192.0.2.14,,,,S-1,,,,,2026-11-19T10:00:00Z,2026-11-19T10:00:00Z,\n\
        192.0.2.15,,,,S-1,,,,,2026-11-19T10:00:00,,\n\
        192.0.2.16/24,,,,S-1,,,,,2026-11-19T10:00:00Z,,\n\
        192.0.2.17,,,,,,,,,2026-11-19T10:00:00Z,,\n\
        192.0.2.18,2,1,,S-1,,,,,2026-11-19T10:00:00Z,,\n\
        192.0.2.19,,,,S-1\n\
        192.0.2.20,,,,\"S-1,,,,,2026-11-19T10:00:00Z,,\n\
        192.0.2.21,,,,S-2,,,,,2026-11-19T10:00:00Z,,\n";
    let out = read(Format::Csv, &settings(""), text);
    assert_eq!(
        said(&out),
        [
            "2 192.0.2.10/32 service S-1: held 2026-11-19T10:00:00Z to 2026-11-19T11:00:00Z",
            "3 192.0.2.11/32:1024-2047 p6 user anna: held 2026-11-19T10:00:00Z to ever",
            "4 2001:db8:1:100::/56 circuit line, 7: held 2026-11-19T10:00:00.500Z to ever",
            "5 192.0.2.12/32 mac 00:1a:2b:3c:4d:5e: held 2026-11-19T10:00:00Z to ever",
            "6 192.0.2.13/32:4000-4000 p17 inside 100.64.0.9: held 2026-11-19T10:00:00Z to ever",
            "14 192.0.2.21/32 service S-2: held 2026-11-19T10:00:00Z to ever",
        ]
        .map(String::from)
    );
    assert_eq!(out.said[0].source.as_deref(), Some("dhcp-1"));
    let lines: Vec<u64> = out.refused.iter().map(|refused| refused.line).collect();
    assert_eq!(lines, [7, 8, 9, 10, 11, 12, 13], "{:#?}", refused(&out));
    assert!(
        refused(&out)[1].contains("no time zone") && refused(&out)[2].contains("192.0.2.0/24"),
        "{:#?}",
        refused(&out)
    );
}

#[test]
fn csv_of_translators_by_their_own_names() {
    let text = "time;action;private_ip;public_ip;port_start;port_end\n\
        2026-11-19 10:00:00;ALLOC;100.64.0.9;203.0.113.5;1024;1535\n\
        2026-11-19 11:00:00;release;100.64.0.9;203.0.113.5;1024;1535\n\
        2026-11-19 11:00:00;vanish;100.64.0.9;203.0.113.5;1024;1535\n";
    let out = read(Format::Csv, &settings("Europe/Berlin"), text);
    let all = said(&out);
    assert!(
        all[0].starts_with("2 203.0.113.5/32:1024-1535 inside 100.64.0.9: start 2026-11-19T09:00:00Z /"),
        "{all:?}"
    );
    assert!(all[1].starts_with("3 203.0.113.5/32:1024-1535 inside 100.64.0.9: stop 2026-11-19T10:00:00Z /"), "{all:?}");
    let session = |line: &str| line.rsplit_once("Z ").unwrap().1.to_owned();
    assert_eq!(session(&all[0]), session(&all[1]));
    assert_eq!(refused(&out).len(), 1);
    let out = read(Format::Csv, &settings(""), "a,b\n1,2\n");
    assert!(out.useless.unwrap().contains("column address is missing"));
}

#[test]
fn objects_a_line() {
    let text = r#"{"address":"192.0.2.10","service_number":"S-1","from":"2026-11-19T10:00:00Z","port_from":1024,"port_to":2047,"to":null}
{"event":"start","address":"192.0.2.11","username":"anna","at":"2026-11-19T10:00:00Z","nas":"bng-1","session":"7"}
{"event":"reboot","nas":"bng-1","at":1795082400}
{"address":"192.0.2.12","service":"S-1","from":"2026-11-19T10:00:00Z"}
[1]
{"address":"192.0.2.12","service_number":["S-1"],"from":"2026-11-19T10:00:00Z"}
"#;
    let out = read(Format::Ndjson, &settings(""), text);
    assert_eq!(
        said(&out),
        [
            "1 192.0.2.10/32:1024-2047 service S-1: held 2026-11-19T10:00:00Z to ever",
            "2 192.0.2.11/32 user anna: start 2026-11-19T10:00:00Z bng-1/7",
            "3 ::/128 service : reboot 2026-11-19T10:00:00Z bng-1",
        ]
        .map(String::from)
    );
    assert_eq!(out.refused.len(), 3, "{:?}", refused(&out));
}

#[test]
fn a_reader_goes_on_where_another_stopped() {
    let (header, rows) = (
        "address,service_number,from\n",
        "192.0.2.10,S-1,2026-11-19T10:00:00Z\n192.0.2.11,S-2,2026-11-19T10:00:00Z\n192.0.",
    );
    let text = format!("{header}{rows}");
    let mut reader = Reader::new(Format::Csv, &settings(""));
    reader.bytes(text.as_bytes());
    reader.pause();
    assert_eq!(reader.take().said.len(), 2);
    let place = reader.settled();
    assert_eq!(place, Place { offset: u64::try_from(text.len() - 6).unwrap(), line: 3 });
    let mut next = Reader::new(Format::Csv, &settings(""));
    next.resume(place, header.trim_end());
    next.bytes(b"192.0.2.12,S-3,2026-11-19T10:00:00Z\n");
    let out = next.take();
    assert_eq!(said(&out), ["4 192.0.2.12/32 service S-3: held 2026-11-19T10:00:00Z to ever"]);
    assert_eq!(next.settled().line, 4);
}

#[test]
fn a_record_of_several_lines_is_read_again_from_its_beginning() {
    let mut reader = Reader::new(Format::RadiusDetail, &settings("UTC"));
    reader.bytes(b"Thu Nov 19 10:00:00 2026\n\tUser-Name = \"a\"\n\nThu Nov 19 10:00:00 2026\n\tUser-");
    assert_eq!(reader.settled().line, 3);
}

#[test]
fn a_line_without_end_does_not_fill_the_memory() {
    let mut reader = Reader::new(Format::Ndjson, &settings(""));
    for _ in 0..200 {
        reader.bytes(&[b'x'; 4096]);
    }
    reader.bytes(b"\n{\"address\":\"192.0.2.10\",\"service_number\":\"S\",\"from\":\"2026-11-19T10:00:00Z\"}\n");
    let out = reader.take();
    assert_eq!((out.said.len(), refused(&out)), (1, vec!["1: is longer than 65536 bytes".to_owned()]));
    assert_eq!(reader.settled().offset, 200 * 4096 + 1 + 76);
}

proptest! {
    #[test]
    fn nothing_makes_a_reader_fall(text in "(?s).{0,400}", which in 0_usize..9) {
        let format = Format::ALL[which];
        read(format, &settings("Europe/Berlin"), &text);
    }
}
