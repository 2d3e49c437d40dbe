//! Reporters: counted by who vouches, switched, weighed and marked; what our own server verified is kept and shown.
use crate::{
    pages::Browser,
    world::{World, arf, both, system, with},
};
use axum::http::StatusCode;
use chrono::TimeDelta;
use domain::{
    actor::Role,
    case::Outcome,
    class::Category,
    metrics::Period,
    report::{Report, ReportState},
    reporter::{MarkKind, Reporter, ReporterFigures, ReporterOrder, ReporterSettings, Standing},
};
use lazaret::config::Config;

const WHO: &str = "reporter.example";
/// A mail that no machine understands.
pub(crate) const PROSE: &str = "From: Jo Doe <jo@complainer.example>\r\nTo: abuse@isp.example\r\nSubject: trouble\r\n\
    Message-ID: <m1@complainer.example>\r\nDate: Sat, 21 Nov 2026 08:00:00 +0000\r\n\r\n\
    Hello, I think somebody near 198.51.100.77 does odd things, please have a look some time.\r\n";

async fn figures(world: &World, name: &str) -> ReporterFigures {
    let period = Period::last_days(world.desk.clock().now(), 7);
    world.desk.reporter_view(&system(), name, period).await.unwrap().figures
}

async fn reporter(world: &World, name: &str) -> Reporter {
    world.desk.store().read().await.unwrap().reporter_by_name(name).await.unwrap().unwrap()
}

async fn set(world: &World, name: &str, settings: ReporterSettings) {
    let version = reporter(world, name).await.version;
    world.desk.change_reporter(&system(), name, version, settings, "as agreed").await.unwrap();
}

async fn state(world: &World, report: &Report) -> ReportState {
    world.desk.report(&system(), report.id).await.unwrap().state
}

#[tokio::test]
async fn the_one_who_vouches_is_counted_once() {
    both(|world| async move {
        let first = arf("198.51.100.77", None, "2026-11-22T08:42:00Z");
        world.take_in(first.as_bytes()).await;
        world.take_in(first.as_bytes()).await;
        // The same event in another mail, and a new one.
        world.take_in(first.replace("complaint", "reminder").as_bytes()).await;
        world.take_in(arf("198.51.100.77", None, "2026-11-10T08:42:00Z").as_bytes()).await;
        let it = figures(&world, WHO).await;
        assert_eq!((it.reports, it.parked, it.duplicates, it.events, it.repeated), (3, 0, 1, 2, 1));
        assert_eq!(it.late, Some(180), "half were at most three hours old");
        assert_eq!(reporter(&world, WHO).await.settings, ReporterSettings::default());

        // Parked, and read again in vain: one report, parked once.
        let parked = world.take_in(PROSE.as_bytes()).await;
        assert_eq!(parked.state, ReportState::Parked);
        world.desk.reparse_report(&system(), parked.id).await.unwrap();
        let it = figures(&world, "complainer.example").await;
        assert_eq!((it.reports, it.parked), (1, 1));

        // Mail that complains about nobody says nothing about its sender.
        let away = PROSE.replace("trouble", "Out of office: trouble").replace("jo@complainer", "jo@absent");
        world.take_in(away.as_bytes()).await;
        let period = Period::last_days(world.desk.clock().now(), 7);
        let all = world.desk.reporters(&system(), period, "", ReporterOrder::default()).await.unwrap();
        let names: Vec<String> = all.into_iter().map(|row| row.reporter.name).collect();
        assert_eq!(names, [WHO, "complainer.example"]);
    })
    .await;
}

#[tokio::test]
async fn closed_cases_say_what_held_up() {
    both(|world| async move {
        for (day, outcome) in [(19, Outcome::Resolved), (21, Outcome::NotOurs)] {
            let source = if day == 19 { "198.51.100.77" } else { "203.0.113.9" };
            let report = world.take_in(arf(source, None, &format!("2026-11-{day}T08:00:00Z")).as_bytes()).await;
            let customer = world.event(report.id).await.customer.unwrap();
            let opened = world.desk.open_case(&system(), customer, Category::Messaging).await.unwrap();
            world.close(&opened.number, outcome).await;
        }
        let it = figures(&world, WHO).await;
        assert_eq!((it.closed, it.held, it.refuted), (2, 1, 1));
        // Taken up again, it counts for nobody.
        let period = Period::last_days(world.desk.clock().now(), 7);
        let cases = world.desk.reporter_view(&system(), WHO, period).await.unwrap().cases;
        let refuted = cases.iter().find(|(_, outcome, _)| *outcome == Outcome::NotOurs).unwrap();
        world.reopen(&refuted.0).await;
        let it = figures(&world, WHO).await;
        assert_eq!((it.closed, it.held, it.refuted), (1, 1, 0));
    })
    .await;
}

#[tokio::test]
async fn a_reporter_who_is_switched_off_is_kept_and_set_aside() {
    both(|world| async move {
        world.take_in(arf("198.51.100.77", None, "2026-11-19T08:00:00Z").as_bytes()).await;
        let mut settings = ReporterSettings { switched_on: false, ..ReporterSettings::default() };
        set(&world, WHO, settings.clone()).await;
        let report = world.take_in(arf("198.51.100.77", None, "2026-11-19T09:00:00Z").as_bytes()).await;
        assert_eq!((report.state, report.reason.as_deref()), (ReportState::Dismissed, Some("reporter switched off")));
        assert_eq!(figures(&world, WHO).await.events, 1, "it made no event");
        let (_, bytes) = world.desk.report_with_bytes(&system(), report.id).await.unwrap();
        assert!(!bytes.is_empty(), "its bytes are kept");
        settings.switched_on = true;
        set(&world, WHO, settings).await;
        let report = world.take_in(arf("198.51.100.77", None, "2026-11-19T10:00:00Z").as_bytes()).await;
        assert_eq!(report.state, ReportState::Done);
    })
    .await;
}

#[tokio::test]
async fn never_automatic_stands_on_the_case() {
    both(|world| async move {
        let report = world.take_in(arf("198.51.100.77", None, "2026-11-19T08:00:00Z").as_bytes()).await;
        let customer = world.event(report.id).await.customer.unwrap();
        let opened = world.desk.open_case(&system(), customer, Category::Messaging).await.unwrap();
        assert!(world.desk.never_automatic(opened.id).await.unwrap().is_empty());
        set(&world, WHO, ReporterSettings { never_automatic: true, ..ReporterSettings::default() }).await;
        assert_eq!(world.desk.never_automatic(opened.id).await.unwrap(), [WHO]);
        let mut browser = Browser::of(&world, Role::Auditor).await;
        let page = browser.get(&format!("/cases/{}", opened.number)).await;
        assert!(page.text.contains("never automatic"), "{}", page.text);
    })
    .await;
}

#[tokio::test]
async fn what_our_server_verified_is_kept_and_shown() {
    with(Config::defaults().with("mail.authserv_id", "mx.isp.example"), |world| async move {
        let plain = arf("198.51.100.77", None, "2026-11-19T08:00:00Z");
        let sure = format!("Authentication-Results: mx.isp.example; dkim=pass header.d=reporter.example\r\n{plain}");
        let forged = format!("Authentication-Results: mx.other.test; dkim=pass header.d=reporter.example\r\n{plain}");
        let other = format!("Authentication-Results: mx.isp.example; spf=pass smtp.mailfrom=list.test\r\n{plain}");
        let mut browser = Browser::of(&world, Role::Auditor).await;
        for (mail, standing, words) in [
            (&sure, Standing::Verified, "DKIM pass for reporter"),
            (&forged, Standing::Unchecked, "not checked"),
            (&other, Standing::Other, "SPF pass for list"),
        ] {
            let report = world.take_in(mail.as_bytes()).await;
            let found = world.desk.store().read().await.unwrap().provenance(report.id).await.unwrap().unwrap();
            assert_eq!(found.standing, standing);
            let page = browser.get(&format!("/reports/{}", report.id)).await;
            assert!(page.text.contains(words), "{words}: {}", page.text);
        }
        let period = Period::last_days(world.desk.clock().now(), 7);
        let standings = world.desk.reporter_view(&system(), WHO, period).await.unwrap().standings;
        assert_eq!(standings, [(Standing::Verified, 1), (Standing::Other, 1), (Standing::Unchecked, 1)]);
    })
    .await;
}

#[tokio::test]
async fn a_marked_sender_is_filed_away_and_comes_back() {
    both(|world| async move {
        let mut reports = Vec::new();
        for n in 0..3 {
            reports.push(world.take_in(PROSE.replace("trouble", &format!("trouble {n}")).as_bytes()).await);
        }
        let other = world.take_in(PROSE.replace("jo@complainer", "ann@complainer").as_bytes()).await;
        let mut browser = Browser::of(&world, Role::Analyst).await;
        let page = browser.get(&format!("/reports/{}", reports[0].id)).await;
        assert!(page.text.contains("Mark sender…") && page.text.contains("3 reports wait"), "{}", page.text);

        let path = format!("/reports/{}/mark", reports[0].id);
        let short = browser.post(&path, "kind=sender&file=yes&reason=no").await;
        assert_eq!(
            (short.status, short.location()),
            (StatusCode::SEE_OTHER, format!("/reports/{}", reports[0].id).as_str())
        );
        assert_eq!(state(&world, &reports[0]).await, ReportState::Parked, "a reason is needed");
        let done = browser.post(&path, "kind=sender&file=yes&reason=a+newsletter").await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        for report in &reports {
            assert_eq!(state(&world, report).await, ReportState::Dismissed);
        }
        assert_eq!(state(&world, &other).await, ReportState::Parked, "exactly this sender");
        let page = browser.get(done.location()).await;
        assert!(page.text.contains("3 reports are filed away") && page.text.contains("Undo"), "{}", page.text);

        // What comes later from there is filed unread; it is stored all the same.
        let later = world.take_in(PROSE.replace("trouble", "more trouble").as_bytes()).await;
        assert_eq!(later.state, ReportState::Dismissed);
        assert!(later.reason.unwrap().contains("jo@complainer.example is marked"));

        // Taken back: what was filed with the mark waits again, what came filed stays.
        let back = browser.post("/senders/unmark", "kind=sender&name=jo%40complainer.example").await;
        assert_eq!(back.status, StatusCode::SEE_OTHER);
        for report in &reports {
            assert_eq!(state(&world, report).await, ReportState::Parked);
        }
        let again = world.take_in(PROSE.replace("trouble", "new trouble").as_bytes()).await;
        assert_eq!(again.state, ReportState::Parked);

        // A reporter as a whole.
        world.desk.mark_sender(&system(), other.id, MarkKind::Reporter, true, "not for us").await.unwrap();
        assert_eq!(state(&world, &other).await, ReportState::Dismissed);
        assert_eq!(state(&world, &reports[0]).await, ReportState::Dismissed);
    })
    .await;
}

#[tokio::test]
async fn the_pages_the_form_and_the_sheet() {
    both(|world| async move {
        world.take_in(arf("198.51.100.77", None, "2026-11-22T08:42:00Z").as_bytes()).await;
        let hostile = PROSE.replace("jo@complainer.example", "=cmd|x@complainer.example");
        world.take_in(hostile.as_bytes()).await;
        world.take_in(PROSE.as_bytes()).await;
        let mut boss = Browser::of(&world, Role::Supervisor).await;
        let list = boss.get("/reporters?days=7&sort=-parked").await;
        assert_eq!(list.status, StatusCode::OK);
        assert!(list.text.contains("reporter[.]example") || list.text.contains(WHO), "{}", list.text);
        let sheet = boss.get("/reporters.csv?days=7").await;
        assert!(sheet.text.starts_with("reporter,reports,"), "{}", sheet.text);
        assert!(sheet.text.lines().any(|line| line.starts_with("reporter.example,1,0,")), "{}", sheet.text);
        assert!(!sheet.text.lines().any(|line| line.starts_with('=')), "{}", sheet.text);

        let path = format!("/reporters/{WHO}");
        let page = boss.get(&path).await;
        assert!(page.text.contains("Change…") && page.text.contains("each once"), "{}", page.text);
        let form = |version: i64, more: &str| format!("version={version}&switched_on=yes&weight=2&feedback=none&feedback_by=mail{more}");
        for (more, word) in [
            ("", "at least 4 characters"),
            ("&weight=11&reason=too+much", "from 1 to 10"),
            ("&feedback=receipt&feedback_to=nobody&reason=agreed+so", "is not one mail address"),
            ("&feedback=receipt&feedback_to=abuse%40desk.example&reason=agreed+so", "is our own address"),
        ] {
            let fields = form(0, more);
            let fields = if more.starts_with("&weight") { fields.replacen("weight=2&", "", 1) } else { fields };
            let fields = if more.starts_with("&feedback") { fields.replacen("feedback=none&", "", 1) } else { fields };
            let wrong = boss.post(&path, &fields).await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{more}: {}", wrong.text);
            assert!(wrong.text.contains(word), "{more}: {}", wrong.text);
        }
        let hook = "version=0&switched_on=yes&weight=2&feedback=receipt&feedback_by=webhook&feedback_to=https%3A%2F%2Fr.example%2F&reason=agreed";
        assert!(boss.post(&path, hook).await.text.contains("set webhook.signing_key first"));
        assert_eq!(boss.post(&path, &form(0, "&reason=often+wrong")).await.status, StatusCode::SEE_OTHER);
        assert_eq!(reporter(&world, WHO).await.settings.weight, 2);
        // A page that is older than the last decision decides nothing.
        let stale = boss.post(&path, &form(0, "&never_automatic=yes&reason=often+wrong")).await;
        assert_eq!(stale.status, StatusCode::SEE_OTHER);
        assert!(!reporter(&world, WHO).await.settings.never_automatic);
        let page = boss.get(&path).await;
        assert!(page.text.contains("somebody changed this") || page.text.contains("Somebody changed this"), "{}", page.text);
        assert!(page.text.contains("often wrong"), "the reason stands there");
        assert_eq!(boss.get("/reporters/nobody").await.status, StatusCode::NOT_FOUND);

        let mut analyst = Browser::of(&world, Role::Analyst).await;
        assert!(!analyst.get(&path).await.text.contains("Change…"));
        assert_eq!(analyst.post(&path, &form(1, "&reason=let+me")).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_late_reporter_is_seen_to_be_late() {
    both(|world| async move {
        for day in ["2026-11-02", "2026-11-03", "2026-11-22"] {
            world.take_in(arf("198.51.100.77", None, &format!("{day}T08:00:00Z")).as_bytes()).await;
        }
        assert_eq!(figures(&world, WHO).await.late, Some(30 * 24 * 60), "between two weeks and thirty days");
        world.clock.advance(TimeDelta::days(40));
        assert_eq!(figures(&world, WHO).await, ReporterFigures::default(), "another period");
    })
    .await;
}
