//! What reporters are told: only what was agreed, once, never to a machine, and never a word about the customer.
use crate::{
    reporters::PROSE,
    world::{World, arf, both, system, with},
};
use axum::{Router, body::Bytes, extract::State, http::HeaderMap, http::StatusCode, routing::post};
use chrono::TimeDelta;
use domain::{
    case::Outcome,
    class::Category,
    id::ReportId,
    letter::{Letter, LetterKind},
    limit::OUTCOME_WAIT,
    notice::NoticeState,
    page::PageOf,
    reporter::{Feedback, FeedbackBy, ReporterSettings},
};
use lazaret::{config::Config, enforcement::signature, worker::webhook};
use std::sync::{Arc, Mutex};

const WHO: &str = "reporter.example";

async fn agree(world: &World, name: &str, feedback: Feedback, by: FeedbackBy, to: &str) {
    let now = world.desk.clock().now();
    let mut tx = world.desk.store().write().await.unwrap();
    tx.reporter_seen(name, now).await.unwrap();
    tx.commit_chore(store::Chore::Verified).await.unwrap();
    let known = world.desk.store().read().await.unwrap().reporter_by_name(name).await.unwrap().unwrap();
    let settings =
        ReporterSettings { feedback, feedback_by: by, feedback_to: to.to_owned(), ..ReporterSettings::default() };
    world.desk.change_reporter(&system(), name, known.version, settings, "agreed by mail").await.unwrap();
}

/// Does all that is owed now.
async fn work(world: &World) {
    while world.desk.feedback_step("test").await.unwrap() {}
}

async fn letters(world: &World) -> Vec<Letter> {
    world.desk.letters(&system(), PageOf::default()).await.unwrap().0.rows
}

/// Opens the case of a report's only event and closes it.
async fn closed(world: &World, report: ReportId, outcome: Outcome) -> String {
    let customer = world.event(report).await.customer.unwrap();
    let opened = world.desk.open_case(&system(), customer, Category::Messaging).await.unwrap();
    world.close(&opened.number, outcome).await;
    opened.number
}

fn with_id(mail: &str, id: &str) -> String {
    format!("Message-ID: <{id}@reporter.example>\r\n{mail}")
}

#[tokio::test]
async fn receipt_and_outcome_come_once() {
    both(|world| async move {
        agree(&world, WHO, Feedback::Outcome, FeedbackBy::Mail, "desk@reporter.example").await;
        let mail = with_id(&arf("198.51.100.77", None, "2026-11-19T08:00:00Z"), "one");
        let report = world.take_in(mail.as_bytes()).await;
        work(&world).await;
        let written = letters(&world).await;
        assert_eq!(written.len(), 1);
        let receipt = &written[0];
        assert_eq!((receipt.kind, receipt.recipient.as_str()), (LetterKind::Receipt, "desk@reporter.example"));
        assert_eq!((receipt.in_reply_to.as_str(), receipt.report), ("<one@reporter.example>", report.id));

        let number = closed(&world, report.id, Outcome::Resolved).await;
        work(&world).await;
        assert_eq!(letters(&world).await.len(), 1, "a case closed by mistake can be taken up again first");
        world.reopen(&number).await;
        world.clock.advance(OUTCOME_WAIT + TimeDelta::seconds(1));
        work(&world).await;
        assert_eq!(letters(&world).await.len(), 1, "it is not over");
        for round in 0..2 {
            world.close(&number, Outcome::Resolved).await;
            world.clock.advance(OUTCOME_WAIT + TimeDelta::seconds(1));
            work(&world).await;
            let outcomes: Vec<Letter> =
                letters(&world).await.into_iter().filter(|letter| letter.kind == LetterKind::Outcome).collect();
            assert_eq!(outcomes.len(), 1, "closed {} times", round + 2);
            assert!(outcomes[0].body.contains("acted on it"), "{}", outcomes[0].body);
            if round == 0 {
                world.reopen(&number).await;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn only_what_was_agreed() {
    both(|world| async move {
        let report = world.take_in(arf("198.51.100.77", None, "2026-11-19T08:00:00Z").as_bytes()).await;
        agree(&world, WHO, Feedback::Receipt, FeedbackBy::Mail, "desk@reporter.example").await;
        closed(&world, report.id, Outcome::Resolved).await;
        world.clock.advance(OUTCOME_WAIT + TimeDelta::seconds(1));
        work(&world).await;
        assert!(letters(&world).await.is_empty(), "no receipt was agreed when it came, and no outcome at all");
    })
    .await;
}

#[tokio::test]
async fn a_report_is_over_when_all_of_it_is() {
    both(|world| async move {
        agree(&world, "complainer.example", Feedback::Outcome, FeedbackBy::Mail, "jo@complainer.example").await;
        let report = world.take_in(PROSE.as_bytes()).await;
        let fields = |source: &str| domain::triage::EventFields {
            source: source.to_owned(),
            seen: "2026-11-21 10:00 +0000".to_owned(),
            class: "messaging/spam".to_owned(),
            ..Default::default()
        };
        world.desk.accept_report(&system(), report.id, &fields("198.51.100.77"), true).await.unwrap();
        world.desk.accept_report(&system(), report.id, &fields("203.0.113.200"), false).await.unwrap();
        let events =
            world.desk.store().read().await.unwrap().events_of_report(report.id, PageOf::default()).await.unwrap();
        let customer = events.rows[0].customer.unwrap();
        let opened = world.desk.open_case(&system(), customer, Category::Messaging).await.unwrap();
        world.close(&opened.number, Outcome::FalsePositive).await;
        world.clock.advance(OUTCOME_WAIT + TimeDelta::seconds(1));
        work(&world).await;
        let outcomes = |letters: Vec<Letter>| letters.into_iter().filter(|one| one.kind == LetterKind::Outcome).count();
        assert_eq!(outcomes(letters(&world).await), 0, "one event still waits");
        world.desk.dismiss_evidence(&system(), &[events.rows[1].id], "nobody of ours").await.unwrap();
        world.reopen(&opened.number).await;
        world.close(&opened.number, Outcome::FalsePositive).await;
        world.clock.advance(OUTCOME_WAIT + TimeDelta::seconds(1));
        work(&world).await;
        let told: Vec<Letter> =
            letters(&world).await.into_iter().filter(|one| one.kind == LetterKind::Outcome).collect();
        assert!(told.len() == 1 && told[0].body.contains("found no abuse"), "{told:?}");
    })
    .await;
}

#[tokio::test]
async fn what_never_became_a_case_has_an_outcome_too() {
    both(|world| async move {
        agree(&world, WHO, Feedback::Outcome, FeedbackBy::Mail, "desk@reporter.example").await;
        agree(&world, "complainer.example", Feedback::Outcome, FeedbackBy::Mail, "jo@complainer.example").await;
        let ours = world.take_in(arf("198.51.100.77", None, "2026-11-19T08:00:00Z").as_bytes()).await;
        let strange = world.take_in(arf("203.0.113.200", None, "2026-11-19T08:00:00Z").as_bytes()).await;
        let prose = world.take_in(PROSE.as_bytes()).await;
        let (one, other) = (world.event(ours.id).await.id, world.event(strange.id).await.id);
        world.desk.dismiss_evidence(&system(), &[one], "a drill of ours").await.unwrap();
        world.desk.dismiss_evidence(&system(), &[other], "nobody of ours").await.unwrap();
        world.desk.dismiss_report(&system(), prose.id, "no abuse at all").await.unwrap();
        let outcomes = async || {
            let mut all = letters(&world).await;
            all.retain(|letter| letter.kind == LetterKind::Outcome);
            all
        };
        work(&world).await;
        assert!(outcomes().await.is_empty(), "not at once: it may have been a mistake");
        world.clock.advance(OUTCOME_WAIT + TimeDelta::seconds(1));
        work(&world).await;
        let told = outcomes().await;
        let of = |report: ReportId| told.iter().find(|letter| letter.report == report).unwrap();
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(of(ours.id).body.contains("found no abuse"), "{:?}", of(ours.id));
        assert!(of(prose.id).body.contains("found no abuse"), "{:?}", of(prose.id));
        assert!(!of(strange.id).body.contains("found no abuse"), "{:?}", of(strange.id));
        work(&world).await;
        assert_eq!(outcomes().await.len(), 3, "once");
    })
    .await;
}

#[tokio::test]
async fn machines_are_not_answered() {
    both(|world| async move {
        agree(&world, WHO, Feedback::Receipt, FeedbackBy::Mail, "desk@reporter.example").await;
        for (n, header) in [
            "Auto-Submitted: auto-generated",
            "Precedence: bulk",
            "List-Id: <abuse.reporter.example>",
            "Return-Path: <>",
            "Sender: MAILER-DAEMON@reporter.example",
            "Reply-To: abuse@desk.example",
        ]
        .into_iter()
        .enumerate()
        {
            let mail = format!("{header}\r\n{}", arf("198.51.100.77", None, &format!("2026-11-19T08:0{n}:00Z")));
            world.take_in(mail.as_bytes()).await;
        }
        work(&world).await;
        assert!(letters(&world).await.is_empty());
        let mut conn = world.desk.store().read().await.unwrap();
        assert_eq!(conn.job_count(lazaret::desk::RECEIPT_JOB).await.unwrap(), 0, "and it is not tried again");
    })
    .await;
}

#[tokio::test]
async fn nobody_is_flooded() {
    with(Config::defaults().with("mail.feedback_per_day", "2"), |world| async move {
        agree(&world, WHO, Feedback::Receipt, FeedbackBy::Mail, "desk@reporter.example").await;
        for n in 0..4 {
            world.take_in(arf("198.51.100.77", None, &format!("2026-11-19T08:0{n}:00Z")).as_bytes()).await;
        }
        work(&world).await;
        assert_eq!(letters(&world).await.len(), 2);
        world.clock.advance(TimeDelta::hours(25));
        world.take_in(arf("198.51.100.77", None, "2026-11-19T09:00:00Z").as_bytes()).await;
        work(&world).await;
        assert_eq!(letters(&world).await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn no_letter_holds_a_word_about_the_customer() {
    // Whatever the end, the way, and however much the report itself says about the customer.
    let ends = Outcome::CHOICES;
    for by in [FeedbackBy::Mail, FeedbackBy::Webhook] {
        let config = Config::defaults().with("webhook.signing_key", "secret");
        with(config, |world| async move {
            let to = if by == FeedbackBy::Mail { "desk@reporter.example" } else { "https://reporter.example/hook" };
            agree(&world, WHO, Feedback::Outcome, by, to).await;
            for (n, outcome) in ends.iter().enumerate() {
                let mail = arf("198.51.100.77", None, &format!("2026-11-19T0{n}:00:00Z"))
                    .replace("complaint 198", "Okafor, Nadia C-1 nadia@customer.example ln-1 198");
                let report = world.take_in(mail.as_bytes()).await;
                closed(&world, report.id, *outcome).await;
                world.clock.advance(OUTCOME_WAIT + TimeDelta::seconds(1));
                work(&world).await;
            }
            let written = letters(&world).await;
            assert_eq!(written.len(), 2 * ends.len());
            let secret =
                ["Okafor", "Nadia", "C-1", "K-1", "nadia@", "ln-1", "Fibre", "198.51.100.77", "L-2026", "02-00-5E"];
            for letter in &written {
                let all = format!("{} {} {}", letter.subject, letter.body, letter.in_reply_to);
                for word in secret {
                    assert!(!all.contains(word), "{word} in {all}");
                }
            }
        })
        .await;
    }
}

/// What came: path, headers, body.
type Came = Arc<Mutex<Vec<(HeaderMap, String)>>>;

async fn hook(
    State((came, answer)): State<(Came, Arc<Mutex<Vec<StatusCode>>>)>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    came.lock().unwrap().push((headers, String::from_utf8_lossy(&body).into_owned()));
    answer.lock().unwrap().pop().unwrap_or(StatusCode::OK)
}

#[tokio::test]
async fn a_webhook_is_signed_and_tried_again() {
    let came: Came = Arc::default();
    // The first answer is the last of the list.
    let answers = Arc::new(Mutex::new(vec![StatusCode::OK, StatusCode::BAD_GATEWAY, StatusCode::TOO_MANY_REQUESTS]));
    let router = Router::new().route("/hook", post(hook)).with_state((came.clone(), answers.clone()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    with(Config::defaults().with("webhook.signing_key", "secret").with("webhook.private", "yes"), |world| {
        let (came, answers, url) = (came.clone(), answers.clone(), url.clone());
        async move {
            came.lock().unwrap().clear();
            *answers.lock().unwrap() = vec![StatusCode::OK, StatusCode::BAD_GATEWAY, StatusCode::TOO_MANY_REQUESTS];
            agree(&world, WHO, Feedback::Receipt, FeedbackBy::Webhook, &url).await;
            // What forbids a mail does not forbid a webhook.
            let mail = with_id(&arf("198.51.100.77", None, "2026-11-19T08:00:00Z"), "w");
            let report = world.take_in(format!("Precedence: bulk\r\n{mail}").as_bytes()).await;
            work(&world).await;
            let poster = webhook::Poster::new(&world.desk);
            for (tries, state) in [(1, NoticeState::Queued), (2, NoticeState::Queued), (3, NoticeState::Sent)] {
                assert!(webhook::deliver_one(&world.desk, &poster, "test").await.unwrap(), "try {tries}");
                let letter = letters(&world).await.remove(0);
                assert_eq!((letter.attempts, letter.state), (tries, state), "{}", letter.answer);
                assert!(!webhook::deliver_one(&world.desk, &poster, "test").await.unwrap(), "not before its time");
                world.clock.advance(TimeDelta::minutes(15));
            }
            let came = came.lock().unwrap().clone();
            assert_eq!(came.len(), 3);
            let ids: Vec<&str> = came.iter().map(|(headers, _)| headers["idempotency-key"].to_str().unwrap()).collect();
            assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
            let (headers, body) = &came[2];
            let signed = headers["lazaret-signature"].to_str().unwrap();
            let at: i64 = signed.split(['=', ',']).nth(1).unwrap().parse().unwrap();
            assert_eq!(signed, signature("secret", "POST", "/hook", at, body.as_bytes()));
            let object: serde_json::Value = serde_json::from_str(body).unwrap();
            assert_eq!((&object["kind"], &object["message_id"]), (&"receipt".into(), &"w@reporter.example".into()));
            assert_eq!(object["report"], report.id.to_string());
        }
    })
    .await;
    server.abort();
}
