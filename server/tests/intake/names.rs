//! Hosts, accounts and servers: the longest name that was somebody's then decides, and only if it was one alone.
use crate::world::{World, both};
use domain::{attribution::Certainty, evidence::Event, import::ImportKind};
use serde_json::json;

const HEAD: &str = "kind,name,service_number,from,to\n";
const NAMES: &str = "host,shop.example,ln-1,2026-11-01T00:00:00Z,2026-11-20T00:00:00Z
host,shop.example,ln-3,2026-11-20T00:00:00Z,
host,blog.shop.example,ln-1,2026-11-01T00:00:00Z,
host,twice.example,ln-1,2026-11-01T00:00:00Z,
host,twice.example,ln-3,2026-11-01T00:00:00Z,
mail,Nadia@Mail.Example,ln-1,2026-11-01T00:00:00Z,
account,web17,ln-3,2026-11-01T00:00:00Z,
";

async fn told(world: &World, source: &str, url: Option<&str>, at: &str) -> Event {
    let mut report = json!({
        "xarf_version": "4.2.0", "report_id": uuid::Uuid::now_v7(), "timestamp": at,
        "reporter": {"org": "R", "contact": "a@reporter.example", "domain": "reporter.example"},
        "sender": {"org": "R", "contact": "a@reporter.example", "domain": "reporter.example"},
        "source_identifier": source, "category": "content", "type": "phishing",
    });
    report["url"] = json!(url.unwrap_or(source));
    let report = world.take_in(report.to_string().as_bytes()).await;
    world.event(report.id).await
}

async fn service(world: &World, event: &Event) -> String {
    let Some(service) = event.service else { return String::new() };
    world.desk.store().read().await.unwrap().service_by_id(service).await.unwrap().unwrap().number
}

#[tokio::test]
async fn the_longest_name_of_that_time_decides() {
    both(|world| async move {
        let report = world.import(ImportKind::Names, &format!("{HEAD}{NAMES}"), false).await;
        assert_eq!((report.good, report.refused), (7, 0), "{:?}", report.problems);
        let cases = [
            ("https://www.shop.example/login", "2026-11-19T10:00:00Z", "ln-1"),
            ("https://www.shop.example/login2", "2026-11-21T10:00:00Z", "ln-3"),
            ("https://a.blog.shop.example/x", "2026-11-21T10:00:00Z", "ln-1"),
            ("https://twice.example/", "2026-11-21T10:00:00Z", ""),
            ("https://elsewhere.example/", "2026-11-21T10:00:00Z", ""),
        ];
        for (url, at, whose) in cases {
            let event = told(&world, url, None, at).await;
            assert_eq!(service(&world, &event).await, whose, "{url} at {at}: {:?}", event.certainty);
        }
        let twice = told(&world, "https://twice.example/again", None, "2026-11-21T11:00:00Z").await;
        assert_eq!(twice.certainty, Certainty::Ambiguous);
    })
    .await;
}

#[tokio::test]
async fn host_and_address_must_agree_unless_the_server_is_shared() {
    both(|world| async move {
        world.import(ImportKind::Names, &format!("{HEAD}{NAMES}"), false).await;
        // 203.0.113.9 is the fixed address of ln-2.
        let at = "2026-11-21T10:00:00Z";
        let apart = told(&world, "203.0.113.9", Some("https://blog.shop.example/1"), at).await;
        assert_eq!((apart.certainty, service(&world, &apart).await.as_str()), (Certainty::Ambiguous, ""));
        let server = format!("{HEAD}server,web1.isp.example,ln-2,2026-11-01T00:00:00Z,\n");
        world.import(ImportKind::Names, &server, false).await;
        let shared = told(&world, "203.0.113.9", Some("https://blog.shop.example/2"), at).await;
        assert_eq!((shared.certainty, service(&world, &shared).await.as_str()), (Certainty::Certain, "ln-1"));
        let unlisted = told(&world, "203.0.113.9", Some("https://unlisted.example/3"), at).await;
        assert_eq!((unlisted.certainty, service(&world, &unlisted).await.as_str()), (Certainty::Unknown, ""));
    })
    .await;
}

#[tokio::test]
async fn a_name_that_comes_later_settles_what_waits() {
    both(|world| async move {
        let event = told(&world, "https://late.example/x", None, "2026-11-21T10:00:00Z").await;
        assert_eq!(event.certainty, Certainty::Unknown);
        world.import(ImportKind::Names, &format!("{HEAD}host,late.example,ln-1,2026-11-01T00:00:00Z,\n"), false).await;
        while world.desk.ask_again().await.unwrap() {}
        let settled = world.desk.store().read().await.unwrap().event_by_id(event.id).await.unwrap().unwrap();
        assert_eq!((settled.certainty, service(&world, &settled).await.as_str()), (Certainty::Certain, "ln-1"));
    })
    .await;
}

#[tokio::test]
async fn bad_rows_are_named_and_a_dry_run_writes_nothing() {
    both(|world| async move {
        let rows = "host,no name,ln-1,2026-11-01T00:00:00Z,
web,a.example,ln-1,2026-11-01T00:00:00Z,
host,b.example,ln-404,2026-11-01T00:00:00Z,
host,c.example,ln-1,2026-11-01,
host,d.example,ln-1,2026-11-02T00:00:00Z,2026-11-01T00:00:00Z
host,e.example,ln-1,2026-11-02T00:00:00Z,
";
        let report = world.import(ImportKind::Names, &format!("{HEAD}{rows}"), true).await;
        let named: Vec<(u64, &str)> = report.problems.iter().map(|one| (one.line, one.column.as_str())).collect();
        assert_eq!(named, [(2, "name"), (3, "kind"), (4, "service_number"), (5, "from"), (6, "to")]);
        assert_eq!((report.good, report.refused), (1, 5));
        assert_eq!(world.desk.store().read().await.unwrap().service_name_count().await.unwrap(), 0);
        for _ in 0..2 {
            world.import(ImportKind::Names, &format!("{HEAD}{rows}"), false).await;
        }
        assert_eq!(world.desk.store().read().await.unwrap().service_name_count().await.unwrap(), 1, "said twice");
    })
    .await;
}
