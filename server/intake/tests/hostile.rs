//! Hostile and broken bytes: never a panic, never a hang, always a disposition with a reason.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]
use chrono::{DateTime, Utc};
use domain::event::Disposition;
use intake::{Hint, parse};
use proptest::prelude::*;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

fn received_at() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2024-05-02T08:00:00Z").unwrap().to_utc()
}

/// Time that this thread has worked: a reader uses no other, and waiting for a busy machine is no work. Where the system does
/// not say, the time of the clock.
fn worked() -> Duration {
    static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = stat.split_whitespace().next().and_then(|n| n.parse().ok()).filter(|n| *n > 0);
    nanos.map_or_else(|| BEGAN.elapsed(), Duration::from_nanos)
}

fn check(bytes: &[u8], name: Option<&str>) {
    let timed = || {
        let started = worked();
        let parsed = parse(bytes, Hint { content_type: None, file_name: name }, received_at());
        (parsed, worked().saturating_sub(started))
    };
    let (parsed, mut took) = timed();
    // A cold cache makes one run slow, hostile bytes make every run slow.
    for _ in 0..3 {
        if took >= Duration::from_secs(2) {
            took = took.min(timed().1);
        }
    }
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert_eq!(parsed.disposition == Disposition::Events, !parsed.events.is_empty());
    assert!(parsed.disposition == Disposition::Events || parsed.reason.is_some());
    for event in &parsed.events {
        let texts = event.details.values().filter_map(|v| v.as_str()).chain(event.faults.iter().map(String::as_str));
        for text in texts.chain([event.source.value.as_str()]) {
            assert!(!text.chars().any(char::is_control) && text.len() <= 2000, "{text:?}");
        }
        assert!(event.from <= event.to && event.count >= 1);
    }
    assert!(!parsed.reason.is_some_and(|r| r.contains("reader failed")), "a reader panicked");
}

fn fixtures() -> Vec<Vec<u8>> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    names.sort();
    names.iter().map(|n| std::fs::read(n).unwrap()).collect()
}

#[test]
fn odd_bytes() {
    check(b"", None);
    check(b"\0", None);
    check(b"\xff\xfe", Some("x.csv"));
    check(b"\xfe\xff\0{\0", Some("x.json"));
    check(b"PK\x03\x04", Some("x.zip"));
    check(b"From \n", Some("x.eml"));
    check(b"Subject: x", Some("x.eml"));
    check(b"Content-Type: multipart/mixed; boundary=\n\n--\n--\n----\n", Some("x.eml"));
    check(b"Content-Type: multipart/report; report-type=feedback-report\n\n", Some("x.eml"));
    check(&[b'['; 200_000], Some("x.json"));
    check(b"timestamp,ip,asn,geo\n\"", Some("x.csv"));
    check(b"timestamp,url,asn,geo,tag\n2024-05-01 00:00:00,http://x.example/\0\x01a,1,AT,\0b\xc2\x85\n", Some("x.csv"));
}

#[test]
fn too_large_is_said_without_reading() {
    let big = vec![b'a'; 26 * 1024 * 1024];
    let parsed = parse(&big, Hint::default(), received_at());
    assert_eq!(parsed.disposition, Disposition::NeedsHuman);
    assert!(parsed.reason.unwrap().contains("25 MiB"));
}

#[test]
fn deep_and_wide_mails() {
    check("Content-Type: message/rfc822\n\n".repeat(50_000).as_bytes(), Some("x.eml"));
    let nested =
        (0..400).map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n")).collect::<String>();
    check(nested.as_bytes(), Some("x.eml"));
    check(
        format!("Content-Type: multipart/mixed; boundary=b\n\n{}", "--b\n\n".repeat(100_000)).as_bytes(),
        Some("x.eml"),
    );
    check(format!("Subject: x\n{}\n", "X-A: b\n".repeat(100_000)).as_bytes(), Some("x.eml"));
    check(format!("Subject: {}\n\n", "=?utf-8?q?x?= ".repeat(20_000)).as_bytes(), Some("x.eml"));
    check(format!("From: {}\n\n", "a@b.example, ".repeat(20_000)).as_bytes(), Some("x.eml"));
}

#[test]
fn json_of_very_many_values() {
    let many = format!("[{}1]", "{\"a\":[1]},".repeat(600_000));
    check(many.as_bytes(), Some("x.json"));
}

#[test]
fn every_fixture_cut_anywhere() {
    for bytes in fixtures() {
        for end in (0..bytes.len()).step_by(37) {
            check(&bytes[..end], Some("cut.eml"));
        }
    }
}

#[test]
fn quotes_never_cost_more_than_a_second_pass() {
    let header = "timestamp,ip,asn,geo,port\n";
    let rows = "2024-05-01 00:00:00,192.0.2.1,64496,AT,\"1\n2024-05-01 00:00:00,192.0.2.2,64496,AT,1\n".repeat(20_000);
    check(format!("{header}{rows}").as_bytes(), Some("scan_x.csv"));
    let pairs = "\"\"\"\",\"\"\n\"\n".repeat(20_000);
    check(format!("{header}{pairs}").as_bytes(), Some("scan_x.csv"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..2000), name in prop::option::of("[a-z0-9_]{1,8}\\.(eml|csv|json|zip)")) {
        check(&bytes, name.as_deref());
    }

    #[test]
    fn mutated_fixtures(
        which in any::<prop::sample::Index>(),
        cuts in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..4), 1..12),
    ) {
        let all = fixtures();
        let mut bytes = all[which.index(all.len())].clone();
        for (at, byte, how) in cuts {
            if bytes.is_empty() {
                break;
            }
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => { bytes.remove(at); }
                2 => bytes.insert(at, byte),
                _ => { let tail = bytes.split_off(at); bytes.extend(tail.into_iter().skip(usize::from(byte))); }
            }
        }
        check(&bytes, Some("mutated.eml"));
        check(&bytes, None);
    }
}
