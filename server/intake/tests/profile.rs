//! Feeds that people map: guessed from a sample, read row by row, and noticed when their columns change.
use chrono::{DateTime, Utc};
use domain::{
    class::Class,
    event::{Disposition, Role, SourceKind, TimeGrade},
    feed::{ClassValue, Column, FeedProfile, Meaning, TableForm, TimeForm},
};
use intake::{Hint, profile};

const NOW: &str = "2026-03-14T12:00:00Z";

fn now() -> DateTime<Utc> {
    NOW.parse().unwrap()
}

fn guessed(sample: &str) -> FeedProfile {
    FeedProfile { name: "test".into(), reporter: "feed.example".into(), ..profile::guess(sample.as_bytes()) }
}

fn meaning(profile: &FeedProfile, column: &str) -> Meaning {
    profile.columns.iter().find(|c| c.name == column).unwrap_or_else(|| panic!("no {column}")).is
}

const BLOCKLIST: &str = "\u{feff}first_seen;src_ip;src_port;attack_type;hits;target_ip;username;comment\r\n\
    14.03.2026 10:00:00;192.0.2.7;51000;brute-force;12;203.0.113.5;root;ssh\r\n\
    14.03.2026 10:05:00;192.0.2.300;51001;brute-force;3;203.0.113.5;admin;ssh\r\n\
    \r\n\
    31.02.2026 10:05:00;192.0.2.8;51001;scan;3;203.0.113.5;admin;ssh\r\n\
    14.03.2026 10:09:00;2001:db8::9;;tea;x;203.0.113.5;admin;\"two\r\nlines\"\r\n";

#[test]
fn a_csv_is_guessed_and_bad_rows_cost_themselves() {
    let mut feed = guessed(BLOCKLIST);
    assert_eq!((feed.form, feed.delimiter, feed.header), (TableForm::Csv, ';', true));
    assert_eq!(feed.time_form, TimeForm::DayFirst);
    for (column, is) in [
        ("first_seen", Meaning::Time),
        ("src_ip", Meaning::Source),
        ("src_port", Meaning::Port),
        ("attack_type", Meaning::Class),
        ("hits", Meaning::Count),
        ("username", Meaning::Ignore),
        ("comment", Meaning::Detail),
    ] {
        assert_eq!(meaning(&feed, column), is, "{column}");
    }
    feed.zone = "Europe/Berlin".into();
    assert_eq!(profile::problems(&feed), []);
    let read = profile::read(BLOCKLIST.as_bytes(), &feed, now());
    assert_eq!((read.rows, read.bad_rows), (2, 2), "{:?}", read.parsed.faults);
    assert_eq!(read.parsed.faults[0], "line 3, column \"src_ip\": \"192.0.2.300\" is no address");
    assert!(read.parsed.faults[1].starts_with("line 5, column \"first_seen\": \"31.02.2026 10:05:00\" is no time"));
    let first = &read.parsed.events[0];
    assert_eq!(first.from.unwrap().to_rfc3339(), "2026-03-14T09:00:00+00:00");
    assert_eq!((first.time_grade, first.class, first.role), (TimeGrade::Stated, Class::LoginAttack, Role::Actor));
    assert_eq!((first.source.value.as_str(), first.source.port, first.count), ("192.0.2.7", Some(51000), 12));
    assert!(!first.details.contains_key("username"), "strangers' names are not kept unasked");
    let last = &read.parsed.events[1];
    assert_eq!((last.class, last.count), (Class::Unclassified, 1));
    assert_eq!(last.faults.len(), 1, "{:?}", last.faults);
    assert_eq!(last.details["comment"], "two  lines");
    assert_eq!(read.parsed.reporter.as_deref(), Some("feed.example"));
    assert_eq!(read.parsed.disposition, Disposition::Events);
}

#[test]
fn tabs_without_heading_epochs_and_comments() {
    let text = "# made at night\n1773482400\t192.0.2.1\t25\n1773482401.5\t192.0.2.2\t0\n# end\n";
    let feed = guessed(text);
    assert_eq!((feed.form, feed.header, feed.time_form), (TableForm::Tsv, false, TimeForm::Unix));
    assert_eq!(feed.columns[0], Column { name: "column 1".into(), is: Meaning::Time });
    assert_eq!(feed.columns[1].is, Meaning::Source);
    let read = profile::read(text.as_bytes(), &feed, now());
    assert_eq!((read.rows, read.bad_rows), (2, 0));
    assert_eq!(read.parsed.events[1].from.unwrap().to_rfc3339(), "2026-03-14T10:00:01.500+00:00");
    assert_eq!(read.parsed.events[1].time_grade, TimeGrade::StatedUtc);
}

#[test]
fn a_comment_may_name_the_columns() {
    let text = "# list of today\n# \"first_seen_utc\",\"dst_ip\",\"src_ip\"\n\"2026-03-14 01:00:00\",\"203.0.113.1\",\"192.0.2.1\"\n";
    let feed = guessed(text);
    assert_eq!(meaning(&feed, "src_ip"), Meaning::Source);
    assert_eq!((meaning(&feed, "dst_ip"), feed.zone.as_str()), (Meaning::Detail, "UTC"));
    let read = profile::read(text.as_bytes(), &feed, now());
    assert_eq!((read.rows, read.parsed.events[0].time_grade), (1, TimeGrade::StatedUtc));
}

const NESTED: &str = r#"{"meta":{"count":2},"data":{"items":[
    {"id":"a1","network":{"source":{"ip":"192.0.2.10","port":4000},"tags":["ssh","bot"]},"seen":"2026-03-14T08:00:00+01:00","category":"scanner"},
    {"id":"a2","network":{"source":{"ip":null}},"seen":"2026-03-14T08:00:00Z","category":"phishing"},
    {"id":"a3","network.source.ip":"192.0.2.12","seen":"2026-03-14T08:00:00Z"},
    7]}}"#;

#[test]
fn nested_json_is_found_by_its_paths() {
    let feed = guessed(NESTED);
    assert_eq!((feed.form, feed.rows.as_str()), (TableForm::Json, "data.items"));
    assert_eq!(meaning(&feed, "network.source.ip"), Meaning::Source);
    assert_eq!(meaning(&feed, "network.source.port"), Meaning::Port);
    assert_eq!(meaning(&feed, "id"), Meaning::Reference);
    assert_eq!(meaning(&feed, "category"), Meaning::Class);
    let read = profile::read(NESTED.as_bytes(), &feed, now());
    assert_eq!((read.rows, read.bad_rows), (2, 2), "{:?}", read.parsed.faults);
    assert!(read.parsed.faults[0].starts_with("row 2, column \"network.source.ip\": is empty"));
    let first = &read.parsed.events[0];
    assert_eq!((first.class, first.reference.as_deref()), (Class::PortScan, Some("a1")));
    assert_eq!(first.from.unwrap().to_rfc3339(), "2026-03-14T07:00:00+00:00");
    assert_eq!(first.details["network.tags"], "ssh, bot");
    assert_eq!(read.parsed.events[1].source.value, "192.0.2.12", "names may hold points themselves");
}

#[test]
fn json_lines_name_the_bad_line() {
    let text = "{\"ip\":\"192.0.2.1\",\"ts\":1773482400123}\n{\"ip\":\n\n{\"ip\":\"192.0.2.2\",\"ts\":1773482400124}\n";
    let feed = guessed(text);
    assert_eq!((feed.form, feed.time_form), (TableForm::Ndjson, TimeForm::UnixMillis));
    let read = profile::read(text.as_bytes(), &feed, now());
    assert_eq!((read.rows, read.bad_rows), (2, 1));
    assert!(read.parsed.faults[0].starts_with("line 2: JSON is broken"), "{:?}", read.parsed.faults);
}

#[test]
fn changed_columns_park_the_report_instead_of_losing_it() {
    let feed = guessed("time,src_ip,port,note\n2026-03-14 10:00:00,192.0.2.1,25,x\n");
    let renamed = "time,srcip,port,note\n2026-03-14 10:00:00,192.0.2.1,25,x\n";
    let changed = profile::changed_columns(renamed.as_bytes(), &feed).unwrap();
    assert!(!changed.readable());
    assert_eq!(changed.renamed, [("src_ip".to_owned(), "srcip".to_owned())]);
    let read = profile::read(renamed.as_bytes(), &feed, now());
    assert_eq!((read.parsed.disposition, read.rows), (Disposition::NeedsHuman, 0));
    let reason = read.parsed.reason.unwrap();
    assert!(reason.contains("\"src_ip\" (source: our customer) is missing; perhaps it is \"srcip\" now"), "{reason}");

    let more = "port,new,time,SRC_IP\n25,n,2026-03-14 10:00:00,192.0.2.1\n";
    let read = profile::read(more.as_bytes(), &feed, now());
    let words = read.changed.as_ref().unwrap().words().unwrap();
    assert_eq!((read.rows, words.as_str()), (1, "gone: \"note\"; new: \"new\""));
    assert!(read.parsed.reason.unwrap().contains("new: \"new\""));
}

#[test]
fn an_open_quote_costs_one_line() {
    let feed = guessed("time,ip,note\n2026-03-14 10:00:00,192.0.2.1,x\n2026-03-14 10:00:00,192.0.2.2,y\n");
    let text = "time,ip,note\n2026-03-14 10:00:00,192.0.2.1,\"open\n2026-03-14 10:00:01,192.0.2.2,a\n\
        2026-03-14 10:00:02,192.0.2.3,b\n2026-03-14 10:00:03,bad,b\n2026-03-14 10:00:03,1,2,3,4\n";
    let read = profile::read(text.as_bytes(), &feed, now());
    assert_eq!((read.rows, read.bad_rows), (2, 3), "{:?}", read.parsed.faults);
    assert_eq!(read.parsed.faults[0], "line 2: a quote is not closed");
    assert!(read.parsed.faults[1].starts_with("line 5, column \"ip\""));
    assert!(read.parsed.faults[2].starts_with("line 6: 5 values in a table of 3 columns"));
}

#[test]
fn hours_that_come_twice_or_never() {
    let mut feed = guessed("when,ip\n2026-03-14 10:00:00,192.0.2.1\n");
    feed.zone = "Europe/Berlin".into();
    let at = |text: &str| {
        profile::read(format!("when,ip\n{text},192.0.2.1\n").as_bytes(), &feed, now()).parsed.events[0].clone()
    };
    let twice = at("2025-10-26 02:30:00");
    assert_eq!(twice.time_grade, TimeGrade::Range);
    assert_eq!((twice.to.unwrap() - twice.from.unwrap()).num_minutes(), 60);
    let never = at("2026-03-29 02:30:00");
    assert_eq!(never.time_grade, TimeGrade::Assumed);
    assert_eq!(at("2026-03-14 10:00:00 +0500").from.unwrap().to_rfc3339(), "2026-03-14T05:00:00+00:00");
    feed.zone = String::new();
    let unknown = profile::read(b"when,ip\n2026-03-14 10:00:00,192.0.2.1\n", &feed, now()).parsed.events[0].clone();
    assert_eq!((unknown.time_grade, unknown.faults.len()), (TimeGrade::Assumed, 1));
}

#[test]
fn own_patterns_american_dates_and_two_columns() {
    let log = guessed("at,ip\n14/Mar/2026:10:00:00 +0100,192.0.2.1\n14/Mar/2026:10:00:09 +0100,192.0.2.1\n");
    assert_eq!((log.time_form, log.time_pattern.as_str()), (TimeForm::Own, "%d/%b/%Y:%H:%M:%S %z"));
    let american = "date,time,ip\n03/14/2026,9:05:00 PM,192.0.2.1\n";
    let mut feed = guessed(american);
    assert_eq!(feed.time_form, TimeForm::MonthFirst);
    feed.columns[1].is = Meaning::Clock;
    feed.zone = "-05:00".into();
    let read = profile::read(american.as_bytes(), &feed, "2026-03-16T00:00:00Z".parse().unwrap());
    assert_eq!(read.parsed.events[0].from.unwrap().to_rfc3339(), "2026-03-15T02:05:00+00:00");
    assert_eq!(read.parsed.events[0].time_grade, TimeGrade::Stated);
}

#[test]
fn sources_of_all_kinds() {
    let feed = FeedProfile { source: None, ..guessed("when,source\n2026-03-14 10:00:00,192.0.2.1\n") };
    let source = |text: &str| {
        let read = profile::read(format!("when,source\n2026-03-14 10:00:00,{text}\n").as_bytes(), &feed, now());
        read.parsed.events.first().map(|e| (e.source.kind, e.source.value.clone(), e.source.port))
    };
    assert_eq!(source("192.0.2.1:8080"), Some((SourceKind::Ip, "192.0.2.1".into(), Some(8080))));
    assert_eq!(source("192.0.2[.]1"), Some((SourceKind::Ip, "192.0.2.1".into(), None)));
    assert_eq!(source("hxxps://shop[.]example/x"), Some((SourceKind::Url, "https://shop.example/x".into(), None)));
    assert_eq!(source("Shop.example"), Some((SourceKind::Host, "shop.example".into(), None)));
    assert_eq!(source("192.0.2.0/24"), None);
    assert_eq!(source("?!"), None);
}

#[test]
fn class_tables_take_beginnings() {
    let mut feed = guessed("ip,kind\n192.0.2.1,scan_rdp\n192.0.2.2,other thing\n");
    feed.columns[1].is = Meaning::Class;
    feed.class = Class::ThreatIntelligence;
    feed.classes = vec![ClassValue { value: "Scan*".into(), class: Class::OpenService }];
    feed.role = Some(Role::Vulnerable);
    let read = profile::read(b"ip,kind\n192.0.2.1,scan_rdp\n192.0.2.2,other thing\n", &feed, now());
    let classes: Vec<_> = read.parsed.events.iter().map(|e| e.class).collect();
    assert_eq!(classes, [Class::OpenService, Class::ThreatIntelligence]);
    assert!(read.parsed.events.iter().all(|e| e.role == Role::Vulnerable && e.time_grade == TimeGrade::Assumed));
}

#[test]
fn problems_name_the_field() {
    let mut feed = guessed("ip,kind\n192.0.2.1,scan\n");
    feed.name = "Not Good".into();
    feed.reporter = " ".into();
    feed.zone = "Berlin Time".into();
    feed.time_form = TimeForm::Own;
    feed.time_pattern = "%H:%M".into();
    feed.columns.iter_mut().for_each(|c| c.is = Meaning::Port);
    let fields: Vec<_> = profile::problems(&feed).into_iter().map(|p| p.field).collect();
    assert_eq!(fields, ["name", "reporter", "zone", "time_pattern", "columns", "column:kind"]);
}

#[test]
fn previews_and_samples() {
    let feed = guessed(BLOCKLIST);
    let shown = profile::preview(BLOCKLIST.as_bytes(), &feed, now(), 2).unwrap();
    assert_eq!((shown.rows.len(), shown.total, shown.bad), (2, 4, 2));
    assert_eq!(
        (shown.rows[0].place.as_str(), shown.rows[0].event.is_ok(), shown.rows[1].event.is_ok()),
        ("line 2", true, false)
    );
    assert!(profile::preview(b"", &feed, now(), 2).is_err());

    let long = format!("a,b\n{}", "1,2\n".repeat(10_000));
    let cut = profile::sample(long.as_bytes(), 1000);
    assert!(cut.len() <= 1000 && cut.ends_with("1,2\n"));
    let rows: Vec<_> = (0..5000).map(|n| serde_json::json!({"ip": "192.0.2.1", "n": n})).collect();
    let cut = profile::sample(serde_json::json!({"rows": rows}).to_string().as_bytes(), 2000);
    assert!(cut.len() <= 2000);
    assert_eq!(profile::guess(cut.as_bytes()).rows, "rows");
}

#[test]
fn mails_and_archives_are_taken_apart() {
    let mail = "From: Feed <Feed@cert.example>\r\nSubject: list\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n\
        --b\r\nContent-Type: text/csv; name=list.csv\r\nContent-Disposition: attachment; filename=list.csv\r\n\r\n\
        ip,time\r\n192.0.2.1,2026-03-14 10:00:00\r\n--b--\r\n";
    let files = profile::files(mail.as_bytes(), Hint::default());
    assert_eq!(files.sender.as_deref(), Some("feed@cert.example"));
    let names: Vec<_> = files.files.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(names, ["list.csv", ""]);
    assert!(files.files[0].bytes.starts_with(b"ip,time"));
    let alone = profile::files(b"ip\n192.0.2.1\n", Hint { file_name: Some("x.csv"), content_type: None });
    assert_eq!((alone.files.len(), alone.files[0].name.as_str(), alone.sender), (1, "x.csv", None));
}

#[test]
fn any_bytes_are_read_without_a_crash() {
    let forms =
        ["ip,time\n192.0.2.1,2026-03-14\n", NESTED, "{\"ip\":\"192.0.2.1\"}\n{\"ip\":\"192.0.2.2\"}\n", BLOCKLIST];
    let feeds: Vec<_> = forms.iter().map(|form| guessed(form)).collect();
    let mut seed = 7_u64;
    for _ in 0..300 {
        let mut bytes = forms[usize::try_from(seed % 4).unwrap()].as_bytes().to_vec();
        for _ in 0..8 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = usize::try_from(seed >> 33).unwrap() % bytes.len();
            bytes[at] = seed.to_le_bytes()[5];
        }
        let _ = profile::guess(&bytes);
        for feed in &feeds {
            let read = profile::read(&bytes, feed, now());
            assert!(!read.parsed.reason.as_deref().unwrap_or_default().contains("the reader failed"));
        }
    }
}
