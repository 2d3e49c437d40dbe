//! Triage: what no machine understood is finished by a person or by the reporter; the public form makes a report.
use crate::{
    pages::{Answer, Browser},
    world::{World, both, system},
};
use axum::http::StatusCode;
use chrono::TimeDelta;
use domain::{
    actor::Role,
    event::TimeGrade,
    evidence::{EventState, InboxTab},
    id::ReportId,
    letter::{Letter, LetterKind},
    notice::NoticeState,
    page::PageOf,
    report::{Report, ReportState},
};
use lazaret::worker::mail::Mailer;

/// A complaint that names an address in prose, for a person.
const PROSE: &str = "From: Jo Doe <jo@complainer.example>\r\nTo: abuse@isp.example\r\nSubject: trouble\r\n\
    Message-ID: <m1@complainer.example>\r\nDate: Sat, 21 Nov 2026 08:00:00 +0000\r\n\r\n\
    Hello, I think somebody near 198.51.100.77 does odd things, please have a look some time.\r\n";

async fn parked(world: &World, mail: &str) -> Report {
    let report = world.take_in(mail.as_bytes()).await;
    assert_eq!(report.state, ReportState::Parked, "{:?}", report.reason);
    report
}

async fn state(world: &World, id: ReportId) -> ReportState {
    world.desk.report(&system(), id).await.unwrap().state
}

async fn letters(world: &World) -> Vec<Letter> {
    world.desk.letters(&system(), PageOf::default()).await.unwrap().0.rows
}

fn secret(letter: &Letter) -> String {
    let (_, rest) = letter.body.split_once("/r/").unwrap();
    rest.chars().take(43).collect()
}

fn accept(answer: &Answer) -> (StatusCode, String) {
    (answer.status, answer.location().to_owned())
}

#[tokio::test]
async fn accepting_makes_an_event_and_goes_on_to_the_next() {
    both(|world| async move {
        let first = parked(&world, PROSE).await;
        let second = parked(&world, &PROSE.replace("trouble", "more trouble")).await;
        let mut browser = Browser::of(&world, Role::Analyst).await;
        let page = browser.get(&format!("/reports/{}", first.id)).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("somebody near"), "the words are shown");
        assert!(page.text.contains("value=\"198.51.100.77\""), "the source is filled in: {}", page.text);

        let path = format!("/reports/{}/accept", first.id);
        let wrong = browser.post(&path, "source=nowhere&seen=&class=messaging%2Fspam").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            wrong.text.contains("value=\"nowhere\"") && wrong.text.contains("is not one address"),
            "{}",
            wrong.text
        );
        assert_eq!(state(&world, first.id).await, ReportState::Parked);

        let form = "source=198.51.100.77&seen=2026-11-19+10%3A00+%2B0000&class=messaging%2Fspam";
        let done = browser.post(&path, form).await;
        assert_eq!(accept(&done), (StatusCode::SEE_OTHER, format!("/reports/{}", second.id)));
        let event = world.event(first.id).await;
        assert_eq!((event.observation.time_grade, event.certainty.as_str()), (TimeGrade::Stated, "certain"));
        assert_eq!(event.reporter, "complainer.example");
        assert_eq!(state(&world, first.id).await, ReportState::Done);
        // A double click and a second analyst change nothing more.
        browser.post(&path, form).await;
        assert_eq!(world.event(first.id).await.id, event.id);

        // Several events in one report.
        let path = format!("/reports/{}/accept", second.id);
        let more = browser.post(&path, &format!("{form}&port=4000&more=yes")).await;
        assert_eq!(accept(&more), (StatusCode::SEE_OTHER, format!("/reports/{}", second.id)));
        let last = browser.post(&path, &form.replace("100.77", "100.78")).await;
        assert_eq!(accept(&last), (StatusCode::SEE_OTHER, "/sort-out".to_owned()));
        assert_eq!(world.desk.report(&system(), second.id).await.unwrap().events, 2);
    })
    .await;
}

#[tokio::test]
async fn a_reporter_is_asked_once_and_completes_his_own_report() {
    both(|world| async move {
        let report = parked(&world, PROSE).await;
        let mut browser = Browser::of(&world, Role::Analyst).await;
        let path = format!("/reports/{}/ask", report.id);
        let id = uuid::Uuid::now_v7();
        let nothing = browser.post(&path, &format!("id={id}&recipient=jo%40complainer.example")).await;
        assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(nothing.text.contains("at least one thing"));
        let form = format!("id={id}&recipient=jo%40complainer.example&lacking=time&lacking=port&text=Thanks");
        for _ in 0..2 {
            assert_eq!(browser.post(&path, &form).await.status, StatusCode::SEE_OTHER);
        }
        assert_eq!(state(&world, report.id).await, ReportState::Asked);
        let written = letters(&world).await;
        assert_eq!(written.len(), 1, "a double click asks once");
        let letter = &written[0];
        assert_eq!((letter.kind, letter.in_reply_to.as_str()), (LetterKind::Question, "<m1@complainer.example>"));
        assert!(!letter.body.contains("Okafor") && !letter.body.contains("ln-1"), "never a word about a customer");

        // It goes out after the undo time; without a relay it is kept and counts as given.
        let mailer = Mailer::new(&world.desk, "test").unwrap();
        assert!(!mailer.deliver_one().await.unwrap());
        world.clock.advance(TimeDelta::minutes(1));
        assert!(mailer.deliver_one().await.unwrap());
        assert_eq!(letters(&world).await[0].state, NoticeState::Sent);

        // The form needs no account, no script, and reading it changes nothing.
        let path = format!("/r/{}", secret(letter));
        let mut stranger = Browser::stranger(&world);
        let page = stranger.get(&path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("value=\"198.51.100.77\"") && !page.text.contains("<script"), "{}", page.text);
        assert!(!page.text.contains("Okafor"));
        assert_eq!(stranger.get(&format!("{path}x")).await.status, StatusCode::NOT_FOUND);
        let wrong = stranger.post(&path, "source=198.51.100.77&seen=soon&class=messaging%2Fspam&text=abc+def").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains("value=\"soon\""), "what was typed is kept");
        let form =
            "source=198.51.100.77&port=50000&seen=2026-11-19+10%3A00+%2B0100&class=messaging%2Fspam&text=see+log";
        assert_eq!(stranger.post(&path, form).await.status, StatusCode::OK);
        assert_eq!(stranger.post(&path, form).await.status, StatusCode::GONE, "an answer counts once");
        assert_eq!(stranger.get(&path).await.status, StatusCode::GONE);
        let event = world.event(report.id).await;
        assert_eq!((event.observation.source.port, event.state), (Some(50_000), EventState::Pending));
        assert_eq!(state(&world, report.id).await, ReportState::Done);
        assert_eq!(world.rows(InboxTab::Decide).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_silent_reporters_report_comes_back() {
    both(|world| async move {
        let report = parked(&world, PROSE).await;
        let mut browser = Browser::of(&world, Role::Analyst).await;
        let form = format!("id={}&recipient=jo%40complainer.example&lacking=time", uuid::Uuid::now_v7());
        browser.post(&format!("/reports/{}/ask", report.id), &form).await;
        world.later(13);
        assert_eq!(world.desk.questions_tick().await.unwrap(), 0);
        world.later(2);
        assert_eq!(world.desk.questions_tick().await.unwrap(), 1);
        assert_eq!(state(&world, report.id).await, ReportState::Parked);
        let path = format!("/r/{}", secret(&letters(&world).await[0]));
        assert_eq!(Browser::stranger(&world).get(&path).await.status, StatusCode::GONE);
    })
    .await;
}

#[tokio::test]
async fn the_public_form_makes_a_report_and_sends_a_receipt() {
    both(|world| async move {
        let mut stranger = Browser::stranger(&world);
        let page = stranger.get("/report").await;
        assert!(page.status == StatusCode::OK && !page.text.contains("<script"), "{}", page.text);
        let good = "id=0190a0a0-0000-7000-8000-000000000001&source=198.51.100.77&seen=2026-11-19+10%3A00+UTC&\
                    class=content%2Fphishing&name=Jo+Doe&email=jo%40complainer.example&text=A+fake+bank.&good_faith=yes";
        for (cut, field) in [("&good_faith=yes", "good_faith"), ("Jo+Doe", "name"), ("jo%40complainer.example", "email")] {
            let answer = stranger.post("/report", &good.replace(cut, "")).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
            assert!(answer.text.contains(&format!("href=\"#{field}\"")), "{field}: {}", answer.text);
            assert!(answer.text.contains("A fake bank."), "what was typed is kept");
        }
        for _ in 0..2 {
            assert_eq!(stranger.post("/report", good).await.status, StatusCode::OK);
        }
        let written = letters(&world).await;
        assert_eq!(written.len(), 1, "a double click is one report and one receipt");
        assert_eq!((written[0].kind, written[0].recipient.as_str()), (LetterKind::Receipt, "jo@complainer.example"));
        let report = world.desk.read_report(written[0].report).await.unwrap();
        assert_eq!(report.state, ReportState::Done, "{:?}", report.reason);
        let event = world.event(report.id).await;
        assert_eq!(event.observation.class.as_str(), "content/phishing");
        assert_eq!((event.reporter.as_str(), event.certainty.as_str()), ("complainer.example", "certain"));
        for _ in 0..20 {
            stranger.post("/report", &good.replace("fake", "false")).await;
        }
        assert_eq!(stranger.post("/report", good).await.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(letters(&world).await.len() <= 3, "nobody is flooded with receipts");
    })
    .await;
}

#[tokio::test]
async fn a_complaint_and_its_receipt_are_taken_in_together_or_not_at_all() {
    both(|world| async move {
        let mut stranger = Browser::stranger(&world);
        let good = "id=0190a0a0-0000-7000-8000-000000000002&source=198.51.100.77&seen=2026-11-19+10%3A00+UTC&\
                    class=content%2Fphishing&name=Jo+Doe&email=jo%40complainer.example&text=A+fake+bank.&good_faith=yes";
        // Whatever breaks where the receipt is owed, a crash among it.
        tamper(&world, "ALTER TABLE letters RENAME TO letters_away").await;
        let broken = stranger.post("/report", good).await;
        assert!(broken.status.is_server_error(), "{}", broken.status);
        tamper(&world, "ALTER TABLE letters_away RENAME TO letters").await;
        let mut conn = world.desk.store().read().await.unwrap();
        assert_eq!(store::testing::rows(&mut conn, "reports").await.unwrap(), 0, "not half taken in");
        drop(conn);
        assert_eq!(stranger.post("/report", good).await.status, StatusCode::OK, "so it can be sent again");
        assert_eq!(letters(&world).await.len(), 1);
    })
    .await;
}

async fn tamper(world: &World, sql: &str) {
    let mut tx = world.desk.store().write().await.unwrap();
    store::testing::tamper(&mut tx, sql).await.unwrap();
    tx.commit_chore(store::Chore::Verified).await.unwrap();
}

#[tokio::test]
async fn a_question_that_comes_back_is_known_and_shown() {
    both(|world| async move {
        let report = parked(&world, PROSE).await;
        let mut browser = Browser::of(&world, Role::Analyst).await;
        let form = format!("id={}&recipient=jo%40complainer.example&lacking=time", uuid::Uuid::now_v7());
        browser.post(&format!("/reports/{}/ask", report.id), &form).await;
        world.clock.advance(TimeDelta::minutes(1));
        assert!(Mailer::new(&world.desk, "test").unwrap().deliver_one().await.unwrap());
        let letter = letters(&world).await.remove(0);
        let back = letter.return_address("desk.example");
        let dsn = |to: &str| {
            format!(
                "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nTo: {to}\r\nSubject: Undelivered\r\n\
                 MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"d\"\r\n\r\n\
                 --d\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
                 Final-Recipient: rfc822; jo@complainer.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--d--\r\n"
            )
        };
        // Knowing its number is not enough: that stands on pages and in the record.
        let forged = world.take_in(dsn(&format!("bounce+{}@desk.example", letter.id)).as_bytes()).await;
        assert_eq!(forged.state, ReportState::Parked);
        assert_eq!(letters(&world).await[0].state, NoticeState::Sent);
        let known = world.take_in(dsn(&back).as_bytes()).await;
        assert_eq!(known.state, ReportState::Done, "{:?}", known.reason);
        let shown = letters(&world).await.remove(0);
        assert_eq!(shown.state, NoticeState::Bounced);
        assert!(shown.answer.contains("5.1.1"), "{}", shown.answer);
        let page = browser.get(&app::routes::letter(shown.id)).await;
        assert!(page.text.contains("5.1.1") && page.text.contains("bounced"), "{}", page.text);
    })
    .await;
}
