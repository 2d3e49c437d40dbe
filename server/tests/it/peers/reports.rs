//! What reporters and strangers send.
use crate::support::House;
use axum::http::StatusCode;
use domain::{actor::Role, evidence::InboxFilter, page::PageOf, report::ReportState};
use lazaret::enforcement::{Backend as _, HttpBackend};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::net::TcpListener;

/// A XARF v4 report of spam from our customer's address, by an organisation of this name.
fn xarf(org: &str, id: u32, more: &str) -> String {
    format!(
        r#"{{"xarf_version":"4.0.0","report_id":"0199b1c0-0000-4000-8000-{id:012}","timestamp":"2026-11-22T08:00:00Z",
        "reporter":{{"org":{},"contact":"a@r.example","domain":"r.example"}},
        "sender":{{"org":"R","contact":"a@r.example","domain":"r.example"}},
        "source_identifier":"198.51.100.77","source_port":25,"category":"messaging","type":"spam","protocol":"smtp",
        "evidence_source":"spamtrap"{more}}}"#,
        serde_json::Value::from(org)
    )
}

/// 7, RTIR (CVE-2022-25800, CVE-2022-25801): the server fetched what a report or a form told it to.
#[tokio::test]
async fn bug_07_nothing_that_others_name_is_fetched() {
    let inside = Trap::start(StatusCode::OK, None).await;
    let house = House::new().await;
    house.with_evidence().await;
    let url = format!("http://127.0.0.1:{}/latest/meta-data", inside.port);
    let mail = format!(
        "{}\r\nSee {url} <img src=\"{url}\"> \r\n",
        crate::support::REPORT
            .replace("r1@", "r7@")
            .replace("Version: 1", &format!("Reported-URI: {url}\r\nVersion: 1"))
    );
    house.report(&mail).await;
    house
        .file(
            xarf("R", 7, &format!(r#","url":"{url}","evidence":[{{"url":"{url}"}}]"#)).as_bytes(),
            "application/json",
            "",
        )
        .await;
    let mut browser = house.browser_of(Role::Supervisor).await;
    for path in ["/", "/reports", "/find?q=198.51.100.77", &format!("/find?q={url}"), &format!("/who?address={url}")] {
        browser.get(path).await;
    }
    // A back end that sends us elsewhere is not followed: our key would go along.
    let outside = Trap::start(StatusCode::TEMPORARY_REDIRECT, Some(url)).await;
    let base = format!("http://127.0.0.1:{}", outside.port);
    let backend = HttpBackend::new(&base, "token", "", house.desk.clock().clone()).unwrap();
    assert!(backend.list().await.is_err());
    let answer = backend.get(domain::id::QuarantineId::new()).await;
    assert!(!matches!(answer.outcome, domain::enforcement::BackendOutcome::InForce), "{answer:?}");
    assert!(outside.hits() >= 2, "the configured one was asked");
    assert_eq!(inside.hits(), 0, "the named one was not");
}

/// 7, RTIR (CVE-2022-25800), its look-up tools: whoever could ask could have the server call any address inside. Ours answers
/// from its own index, and calls nobody; a name is looked up only for a reason that stands in the ledger.
#[tokio::test]
async fn bug_07_a_look_up_calls_nobody_it_is_asked_about() {
    let inside = Trap::start(StatusCode::OK, None).await;
    let house = House::new().await;
    house.with_evidence().await;
    let mut browser = house.browser_of(Role::Analyst).await;
    let port = inside.port;
    let asked = [
        format!("127.0.0.1:{port}"),
        "127.0.0.1".to_owned(),
        "[::1]".to_owned(),
        "localhost".to_owned(),
        format!("localhost:{port}"),
        format!("http://localhost:{port}/latest/meta-data"),
        format!("http://127.0.0.1:{port}/"),
        format!("hxxp://user@127[.]0[.]0[.]1:{port}/x"),
        "169.254.169.254".to_owned(),
    ];
    let mut answered = 0;
    for address in &asked {
        let before = house.ledger_size().await;
        let without = browser.post("/who", &[("address", address), ("reason", "")]).await;
        assert_eq!(
            (without.status, house.ledger_size().await),
            (StatusCode::UNPROCESSABLE_ENTITY, before),
            "{address}"
        );
        let told = browser.post("/who", &[("address", address), ("reason", "a test of the look-up")]).await;
        if told.status == StatusCode::SEE_OTHER {
            answered += 1;
            assert_eq!(house.ledger_size().await, before + 1, "{address}");
            let page = browser.get(&told.location).await;
            assert!(page.status == StatusCode::OK && !page.text.contains("Okafor"), "{address}");
        } else {
            assert_eq!(
                (told.status, house.ledger_size().await),
                (StatusCode::UNPROCESSABLE_ENTITY, before),
                "{address}"
            );
        }
    }
    assert!(answered >= 3, "addresses and names are answered: {answered}");
    let number = house.with_case_open().await;
    let fields = [("step", "search"), ("q", &*format!("127.0.0.1:{port}")), ("reason", "a test of the look-up")];
    assert_eq!(browser.post(&format!("/cases/{number}/correct"), &fields).await.status, StatusCode::OK);
    assert_eq!(inside.hits(), 0, "nobody was called");
}

/// Counts who comes.
struct Trap {
    port: u16,
    hits: Arc<AtomicUsize>,
}

impl Trap {
    async fn start(status: StatusCode, location: Option<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, hits) = (listener.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
        let counted = hits.clone();
        let router = axum::Router::new().fallback(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            let location = location.clone().unwrap_or_default();
            async move { (status, [("location", location)], "{}") }
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { port, hits }
    }

    fn hits(&self) -> usize {
        self.hits.load(Ordering::SeqCst)
    }
}

/// 11, AbuseIO: a cell that begins like a formula ran in the spreadsheet of whoever opened the export.
#[tokio::test]
async fn bug_11_an_exported_cell_is_no_formula_and_breaks_no_row() {
    let house = House::new().await;
    house.with_evidence().await;
    let names = ["=HYPERLINK(\"http://evil.example\",\"x\")", "+1+1", "-2", "@SUM(A1)", "a\",\"b\r\nc"];
    for (place, name) in names.iter().enumerate() {
        let mail = crate::support::REPORT.replace("r1@", &format!("r11-{place}@"));
        let report = house.report(&mail).await;
        let mut tx = house.desk.store().write().await.unwrap();
        // As a reporter's name that a feed delivers.
        let sql = format!("UPDATE event_days SET reporter = '{}' WHERE reporter <> ''", name.replace('\'', "''"));
        store::testing::tamper(&mut tx, &sql).await.unwrap();
        tx.commit_chore(store::Chore::Seen).await.unwrap();
        let _ = report;
        let csv = house.browser_of(Role::Supervisor).await.get("/figures.csv").await.text;
        let mut rows = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
        for row in rows.records() {
            let row = row.unwrap();
            assert_eq!(row.len(), 5, "{row:?}");
            for cell in &row {
                assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
            }
        }
        let safe = if name.starts_with('a') { (*name).to_owned() } else { format!("'{name}") };
        let found =
            csv::Reader::from_reader(csv.as_bytes()).records().any(|row| row.unwrap().iter().any(|cell| cell == safe));
        assert!(found, "{safe} is not in\n{csv}");
    }
}

/// 12, several: the raw mail was served with the type the reporter chose, in the desk's own origin.
#[tokio::test]
async fn bug_12_the_raw_report_is_a_download_whatever_it_calls_itself() {
    let house = House::new().await;
    let mut browser = house.browser_of(Role::Analyst).await;
    let html = b"<html><script>alert(document.cookie)</script></html>";
    for (content_type, name) in
        [("text/html", "a.html"), ("image/svg+xml", "a.svg"), ("text/html\r\nX-Evil: 1", "\"\r\nSet-Cookie: a=b")]
    {
        let bytes = [html.as_slice(), content_type.as_bytes()].concat();
        let report = house.file(&bytes, content_type, name).await;
        let answer = browser.get(&format!("/reports/{}/raw", report.id)).await;
        let header = |name: &str| answer.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default();
        assert_eq!(header("content-type"), "application/octet-stream");
        assert!(header("content-disposition").starts_with("attachment; filename=\"report-"));
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert!(header("content-security-policy").starts_with("sandbox"));
        assert!(!header("set-cookie").contains("a=b") && answer.headers.get("x-evil").is_none());
        let page = browser.get(&format!("/reports/{}", report.id)).await.text;
        assert!(!page.contains("<script>alert") && page.contains("&lt;script"), "shown as text");
    }
}

/// 14, AbuseIO: one bad row, or one warning, and the whole report was thrown back.
#[tokio::test]
async fn bug_14_a_bad_row_costs_that_row_and_is_named() {
    let house = House::new().await;
    house.with_evidence().await;
    let header = "timestamp,ip,protocol,port,hostname,tag,asn,geo,region,city";
    let good = |hour: u32| format!("2026-11-21 {hour:02}:00:00,198.51.100.77,udp,53,,openresolver,64496,,,");
    let rows = [
        good(1),
        "2026-11-21 02:00:00,999.1.1.1,udp,53,,openresolver,64496,,,".to_owned(),
        "too,short".to_owned(),
        "not a time,198.51.100.77,udp,99999,,openresolver,64496,,,".to_owned(),
        good(5),
        format!("2026-11-21 06:00:00,198.51.100.77,udp,53,{},openresolver,64496,,,", "x".repeat(100_000)),
        good(7),
    ];
    let csv = format!("{header}\n{}\n", rows.join("\n"));
    let report = house.file(csv.as_bytes(), "text/csv", "2026-11-21-scan_dns-isp-asn.csv").await;
    assert_eq!(report.state, ReportState::Done, "{:?}", report.reason);
    assert!(report.events >= 4, "the good rows are kept: {}", report.events);
    let reason = report.reason.unwrap_or_default();
    assert!(reason.contains("line") || reason.contains("row"), "the bad ones are named: {reason}");
    let analyst = house.staff(Role::Analyst).await.actor();
    let inbox = house.desk.inbox(&analyst, &InboxFilter::default(), PageOf::default()).await.unwrap();
    assert!(inbox.rows.rows.iter().any(|row| row.customer_name.contains("Okafor")));
}

/// 15, AbuseIO: with two open tickets that fitted, every further report failed for ever.
#[tokio::test]
async fn bug_15_of_two_cases_that_fit_one_is_joined_and_no_report_fails() {
    let house = House::new().await;
    let number = house.with_case().await;
    let second = "INSERT INTO cases (id, number, customer_id, service_id, category, class, state, dispute, opened_at,
        first_event_at, last_event_at, first_stored_at, events, strikes, unread, joinable, search, version)
        SELECT X'0199b1c0000070008000000000000015', 'L-2026-900000', customer_id, service_id, category, class, 'open', 'none', opened_at,
        first_event_at, last_event_at, first_stored_at, 1, 0, FALSE, JOINABLE, '', 1 FROM cases";
    let twice = house.sql(&second.replace("JOINABLE", "TRUE")).await;
    assert!(twice.is_err(), "the database itself allows one case that is joined");
    house.sql(&second.replace("JOINABLE", "FALSE")).await.unwrap();
    for n in 0..3 {
        let mail =
            crate::support::REPORT.replace("08:30:00", &format!("08:4{n}:00")).replace("r1@", &format!("r15-{n}@"));
        let report = house.file(mail.as_bytes(), "message/rfc822", "").await;
        assert_eq!(report.state, ReportState::Done, "{:?}", report.reason);
    }
    assert_eq!(
        (house.case(&number).await.events, house.case("L-2026-900000").await.events),
        (4, 1),
        "always the same one"
    );
}

/// 21, PacketFence: leases were kept for a week, and reports came later than that.
#[tokio::test]
async fn bug_21_a_report_as_late_as_it_may_be_still_finds_its_lease() {
    let house = House::new().await;
    house.with_evidence().await;
    let leases = "address,service_number,from,to,source\n\
        198.51.100.200,ln-20418,2024-01-01T00:00:00Z,2024-01-02T00:00:00Z,radius\n";
    let order =
        lazaret::desk::ImportOrder { kind: domain::import::ImportKind::Leases, dry_run: false, progress: &|_| {} };
    house.desk.import(&domain::actor::Actor::system("test"), leases.as_bytes(), order).await.unwrap();
    // Everything that tidies up by itself has had its time.
    for _ in 0..10 {
        house.clock.advance(chrono::TimeDelta::days(30));
        house.desk.forget_expired_sessions().await.unwrap();
        house.desk.quarantines_tick().await.unwrap();
    }
    let mail = crate::support::REPORT
        .replace("198.51.100.77", "198.51.100.200")
        .replace("Sun, 22 Nov 2026 08:30:00", "Mon, 1 Jan 2024 08:30:00")
        .replace("r1@", "r21@");
    let report = house.file(mail.as_bytes(), "message/rfc822", "").await;
    let mut conn = house.desk.store().read().await.unwrap();
    let event = conn.events_of_report(report.id, PageOf::default()).await.unwrap().rows.remove(0);
    assert_eq!(event.certainty, domain::attribution::Certainty::Certain, "nearly three years later");
}

/// 23, known of many: entities, bombs and endless nesting in reports took the server down or read its files.
#[tokio::test]
async fn bug_23_entities_bombs_and_endless_nesting_are_parked() {
    let house = House::new().await;
    house.with_evidence().await;
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secret.path(), "root:x:0:0").unwrap();
    let file = format!("file://{}", secret.path().display());
    let mut laughs = String::from("<!ENTITY l0 \"ha\">");
    for level in 1..40 {
        laughs.push_str(&format!("<!ENTITY l{level} \"&l{};&l{};&l{};\">", level - 1, level - 1, level - 1));
    }
    let acns = |dtd: &str, entity: &str| {
        format!(
            "<?xml version=\"1.0\"?><!DOCTYPE x [{dtd}]><Infringement><Case><ID>{entity}</ID></Case><Source>\
             <TimeStamp>2026-11-22T08:00:00Z</TimeStamp><IP_Address>198.51.100.77</IP_Address><Port>6881</Port>\
             </Source></Infringement>"
        )
    };
    let nested = (0..5_000)
        .fold(String::from("From: a@b.example\r\nSubject: deep\r\nMIME-Version: 1.0\r\n"), |mail, n| {
            format!("{mail}Content-Type: multipart/mixed; boundary=\"b{n}\"\r\n\r\n--b{n}\r\n")
        });
    let hostile = [
        (acns(&format!("<!ENTITY x SYSTEM \"{file}\">"), "&x;"), "text/xml"),
        (acns(&laughs, "&l39;"), "text/xml"),
        (nested, "message/rfc822"),
        ("[".repeat(200_000), "application/json"),
    ];
    for (text, content_type) in hostile {
        let read = house.file(text.as_bytes(), content_type, "");
        let report = tokio::time::timeout(Duration::from_secs(30), read).await.expect("it hangs");
        assert_ne!(report.state, ReportState::Received, "{:.80}", text);
        let mut conn = house.desk.store().read().await.unwrap();
        let events = conn.events_of_report(report.id, PageOf::default()).await.unwrap().rows;
        let told = format!("{:?} {events:?}", report.reason);
        assert!(!told.contains("root:x") && !told.contains("hahaha"), "{told:.400}");
    }
}
