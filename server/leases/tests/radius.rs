//! Detail files and packets of RADIUS accounting.
mod common;

use chrono::{DateTime, Utc};
use common::{read, refused, said, settings, short};
use leases::{
    Format, Prefer,
    radius::{
        packet::{ACCOUNTING_REQUEST, Malformed, Packet, answers, request},
        record::Record,
    },
};

const DETAIL: &str = "Thu Nov 19 11:00:00 2026
\tAcct-Status-Type = Start
\tUser-Name = \"anna@isp.example\"
\tNAS-Identifier = \"bng-1\"
\tAcct-Session-Id = \"0001\"
\tFramed-IP-Address = 192.0.2.10
\tDelegated-IPv6-Prefix = 2001:db8:1:100::/56
\tCisco-AVPair = \"client-mac-address=001a.2b3c.4d01\"
\tEvent-Timestamp = \"Nov 19 2026 11:00:01 CET\"
\tAcct-Delay-Time = 0
\tAcct-Unique-Session-Id = \"ffff\"
\tTimestamp = 1795082402

Thu Nov 19 12:00:00 2026
\tAcct-Status-Type = Interim-Update
\tUser-Name = \"anna@isp.example\"
\tNAS-Identifier = \"bng-1\"
\tAcct-Session-Id = \"0001\"
\tFramed-IP-Address = 192.0.2.10
\tAcct-Session-Time = 3600
\tEvent-Timestamp = \"Jan  1 1970 00:00:09 UTC\"
\tAcct-Delay-Time = 3
\tTimestamp = 1795086005

Thu Nov 19 12:00:00 2026
\tAcct-Status-Type = Stop
\tNAS-IP-Address = 198.51.100.2
\tNAS-Port-Id = \"ge-0/0/1:100\"
\tAcct-Session-Id = \"0002\"
\tFramed-IP-Address = 192.0.2.11

Thu Nov 19 12:00:00 2026
\tAcct-Status-Type = Start
\tUser-Name = \"nobody\"
\tNAS-Identifier = \"bng-1\"
\tFramed-IP-Address = 192.0.2.12

Thu Nov 19 12:00:00 2026
\tAcct-Status-Type = Accounting-On
\tNAS-IP-Address = 198.51.100.2

Thu Nov 19 12:00:00 2026
\tAcct-Status-Type = Start
\tUser-Name = \"late\"
\tNAS-Identifier = \"bng-1\"
\tAcct-Session-Id = \"0003\"
";

#[test]
fn detail_files_are_read_record_by_record() {
    let out = read(Format::RadiusDetail, &settings("Europe/Berlin"), DETAIL);
    assert_eq!(
        said(&out),
        [
            "1 192.0.2.10/32 user anna@isp.example: start 2026-11-19T10:00:01Z bng-1/0001",
            "1 2001:db8:1:100::/56 user anna@isp.example: start 2026-11-19T10:00:01Z bng-1/0001",
            "14 192.0.2.10/32 user anna@isp.example: alive 2026-11-19T11:00:02Z bng-1/0001 since 2026-11-19T10:00:02Z",
            "25 192.0.2.11/32 circuit ge-0/0/1:100: stop 2026-11-19T11:00:00Z 198.51.100.2/0002",
            "38 198.51.100.2/32 service : reboot 2026-11-19T11:00:00Z 198.51.100.2",
        ]
        .map(String::from)
    );
    assert_eq!(refused(&out), ["32: has no Acct-Session-Id, or one that is too long"]);
    // Without a zone the records that have only their first line's time are refused; the others have their own.
    let out = read(Format::RadiusDetail, &settings(""), DETAIL);
    assert_eq!((out.said.len(), out.refused.len(), out.rows), (3, 4, 6), "{:?}", refused(&out));
}

const SECRET: &[u8] = b"testing123";

fn heard() -> DateTime<Utc> {
    "2026-11-19T10:00:05Z".parse().unwrap()
}

fn start() -> Vec<u8> {
    let mut line = vec![0, 0, 0x0d, 0xe9, 1, 7];
    line.extend(b"line7");
    let attributes: Vec<(u8, Vec<u8>)> = vec![
        (40, 1_u32.to_be_bytes().to_vec()),
        (1, b"anna@isp.example".to_vec()),
        (33, b"one".to_vec()),
        (32, b"bng/1".to_vec()),
        (44, b"0001".to_vec()),
        (8, vec![192, 0, 2, 10]),
        (22, b"203.0.113.8/29 0.0.0.0 1".to_vec()),
        (22, b"0.0.0.0/0 192.0.2.1 1".to_vec()),
        (123, vec![0, 56, 0x20, 1, 0x0d, 0xb8, 0, 1, 1]),
        (168, vec![0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7]),
        (41, 5_u32.to_be_bytes().to_vec()),
        (26, line),
        (33, b"two".to_vec()),
    ];
    let attributes: Vec<(u8, &[u8])> = attributes.iter().map(|(kind, value)| (*kind, value.as_slice())).collect();
    request(ACCOUNTING_REQUEST, 7, &attributes, SECRET)
}

#[test]
fn packets_say_who_has_which_addresses() {
    let bytes = start();
    let packet = Packet::parse(&bytes).unwrap();
    let record = Record::of_packet(&packet, "198.51.100.2".parse().unwrap(), heard());
    let all: Vec<String> = record.sayings(1, Prefer::Best).unwrap().iter().map(short).collect();
    let session = "user anna@isp.example: start 2026-11-19T10:00:00Z bng_1/0001";
    assert_eq!(
        all,
        ["192.0.2.10/32", "203.0.113.8/29", "2001:db8::7/128", "2001:db8:1:100::/56"]
            .map(|net| format!("1 {net} {session}"))
    );
    let circuit = record.sayings(1, Prefer::Circuit).unwrap();
    assert!(short(&circuit[0]).contains("circuit line7"));
}

#[test]
fn only_the_secret_makes_a_request() {
    let bytes = start();
    assert!(Packet::parse(&bytes).unwrap().signed_with(SECRET));
    assert!(!Packet::parse(&bytes).unwrap().signed_with(b"testing124"));
    for at in [0, 1, 4, 19, 25, bytes.len() - 1] {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!(!Packet::parse(&changed).is_ok_and(|packet| packet.signed_with(SECRET)), "byte {at}");
    }
}

#[test]
fn answers_are_signed_and_give_the_proxies_their_state_back() {
    let bytes = start();
    let packet = Packet::parse(&bytes).unwrap();
    let answer = packet.accounting_response(SECRET);
    assert!(answers(&answer, &bytes, SECRET));
    assert!(!answers(&answer, &bytes, b"other"));
    let state: Vec<_> = Packet::parse(&answer).unwrap().attributes().collect();
    assert_eq!(state, [(33, b"one".as_slice()), (33, b"two".as_slice())]);
    // RFC 2866 has no example with its secret; this one was checked against radclient.
    assert_eq!((answer[0], answer[1], answer.len()), (5, 7, 30));
}

#[test]
fn broken_packets_are_named() {
    let bytes = start();
    assert_eq!(Packet::parse(&bytes[..10]), Err(Malformed::Short));
    assert_eq!(Packet::parse(&[4, 1, 0, 19]), Err(Malformed::Length));
    let mut cut = bytes.clone();
    let last = cut.len() - 4;
    cut[last] = 99;
    assert_eq!(Packet::parse(&cut), Err(Malformed::Attribute));
    let mut padded = bytes.clone();
    padded.extend([0; 9]);
    assert!(Packet::parse(&padded).unwrap().signed_with(SECRET));
    for length in 0..bytes.len() {
        let _ = Packet::parse(&bytes[..length]);
    }
}
