//! Cases at the desk: opened once, moved by those who may, refused to stale pages; notices given when delivered.
use crate::world::{World, both, with};
use domain::{
    actor::{Actor, Role},
    case::{CaseState, Outcome},
    class::Category,
    id::{MessageId, NoticeId},
    language::Language,
    notice::{LINK_MARK, NoticeForm, NoticeState},
    quarantine::QuarantineState,
    refusal::Refusal,
};
use lazaret::{
    config::Config,
    desk::{BulkAct, DeskError, Relayed, Returned},
};

fn refusal<T: std::fmt::Debug>(outcome: Result<T, DeskError>) -> Refusal {
    match outcome {
        Err(DeskError::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

async fn open(world: &World) -> (String, i64) {
    world.events(3).await;
    let opened = world.desk.open_case(&world.mara, world.customer.id, Category::Connection).await.unwrap();
    (opened.number.clone(), world.case(&opened.number).await.version)
}

fn form(version: i64) -> NoticeForm {
    NoticeForm {
        id: NoticeId::new(),
        template: "bot".to_owned(),
        language: Language::En,
        subject: None,
        body: None,
        version,
    }
}

#[tokio::test]
async fn a_double_click_opens_one_case() {
    both(|world| async move {
        world.events(5).await;
        let open = || world.desk.open_case(&world.mara, world.customer.id, Category::Connection);
        let (one, two) = tokio::join!(open(), open());
        let (one, two) = (one.unwrap(), two.unwrap());
        assert_eq!(one.number, two.number);
        assert_eq!(one.events + two.events, 5);
        assert_ne!(one.joined, two.joined);
        world.events(2).await;
        let again = open().await.unwrap();
        assert!(again.joined && again.events == 2 && again.number == one.number);
        assert_eq!(world.case(&one.number).await.events, 7);
    })
    .await;
}

#[tokio::test]
async fn a_repeat_is_linked_and_counted() {
    both(|world| async move {
        let (number, version) = open(&world).await;
        let desk = &world.desk;
        desk.close_case(&world.mara, &number, version, Outcome::Resolved, "The tablet was reset.").await.unwrap();
        let (second, version) = open(&world).await;
        assert_ne!(second, number);
        let case = world.case(&second).await;
        assert_eq!((case.strikes, case.repeat_of), (1, Some(world.case(&number).await.id)));
        desk.close_case(&world.mara, &second, version, Outcome::FalsePositive, "The list was wrong.").await.unwrap();
        let (third, _) = open(&world).await;
        let third = world.case(&third).await;
        assert_eq!((third.strikes, third.repeat_of), (1, Some(world.case(&number).await.id)), "a mistake is no strike");
    })
    .await;
}

#[tokio::test]
async fn two_analysts_with_the_same_page() {
    both(|world| async move {
        let (number, version) = open(&world).await;
        let desk = &world.desk;
        let jonas = world.user(Role::Supervisor, "Jonas").await;
        let (one, two) = tokio::join!(
            desk.close_case(&world.mara, &number, version, Outcome::NoAction, "Nothing to be done."),
            desk.assign_case(&jonas, &number, version, jonas.user().unwrap()),
        );
        assert!(one.is_ok() != two.is_ok(), "one of the two pages was stale");
        let late = if one.is_ok() { refusal(two) } else { refusal(one) };
        assert_eq!(late, Refusal::Stale);
        // A note overwrites nothing and is never stale; its double click is kept once.
        let id = MessageId::new();
        for _ in 0..2 {
            desk.note_case(&world.mara, &number, id, "Rang twice, nobody there.").await.unwrap();
        }
        let view = desk.case_view(&world.mara, &number).await.unwrap();
        assert_eq!(view.messages.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn roles_hold_at_the_desk() {
    both(|world| async move {
        let (number, version) = open(&world).await;
        let desk = &world.desk;
        let paul = world.user(Role::Auditor, "Paul").await;
        let not_allowed = |refusal: Refusal| assert!(matches!(refusal, Refusal::NotAllowed(_)), "{refusal:?}");
        assert!(desk.case_view(&paul, &number).await.is_ok(), "an auditor reads");
        not_allowed(refusal(desk.note_case(&paul, &number, MessageId::new(), "I was here.").await));
        not_allowed(refusal(desk.reply_case(&paul, &number, version, MessageId::new(), "Hello there").await));
        not_allowed(refusal(desk.close_case(&paul, &number, version, Outcome::Resolved, "because").await));
        not_allowed(refusal(desk.hand_back_case(&paul, &number, version, "").await));
        not_allowed(refusal(desk.settle_case(&paul, &number, version).await));
        not_allowed(refusal(desk.reopen_case(&paul, &number, version, "because").await));
        not_allowed(refusal(desk.snooze_case(&paul, &number, version, None, "").await));
        not_allowed(refusal(desk.send_notice(&paul, &number, &form(version)).await));
        not_allowed(refusal(desk.notice_preview(&paul, &number, None, None).await));
        not_allowed(refusal(desk.revoke_links(&paul, &number, "because").await));
        not_allowed(refusal(desk.open_case(&paul, world.customer.id, Category::Connection).await));
        let picks = [(number.clone(), version)];
        not_allowed(refusal(desk.act_on_cases(&paul, &picks, BulkAct::Close(Outcome::Resolved), "because").await));
        let customer = Actor::Customer { id: world.customer.id, case: world.case(&number).await.id };
        assert!(matches!(refusal(desk.case_view(&customer, &number).await), Refusal::NotAllowed(_)));
        // Given to somebody who cannot work on it.
        let given = desk.assign_case(&world.mara, &number, version, paul.user().unwrap()).await;
        assert!(matches!(refusal(given), Refusal::Invalid { field: "assignee", .. }));
        assert_eq!(world.case(&number).await.version, version, "nothing was changed");
    })
    .await;
}

#[tokio::test]
async fn snooze_close_reopen_and_bulk() {
    both(|world| async move {
        let (number, version) = open(&world).await;
        let desk = &world.desk;
        let past = desk.clock().now() - chrono::TimeDelta::hours(1);
        let snoozed = desk.snooze_case(&world.mara, &number, version, Some(past), "not yet").await;
        assert!(matches!(refusal(snoozed), Refusal::Invalid { field: "until", .. }));
        let no_reason = desk.close_case(&world.mara, &number, version, Outcome::Resolved, " ").await;
        assert!(matches!(refusal(no_reason), Refusal::Invalid { field: "reason", .. }));
        let picks = [(number.clone(), version), (number.clone(), version), ("L-2026-999999".to_owned(), 1)];
        let done =
            desk.act_on_cases(&world.mara, &picks, BulkAct::Close(Outcome::Resolved), "All quiet.").await.unwrap();
        assert_eq!((done.done, done.refused.len()), (1, 2));
        let case = world.case(&number).await;
        assert_eq!((case.state, case.outcome, case.due_at), (CaseState::Closed, Some(Outcome::Resolved), None));
        let case = desk.reopen_case(&world.mara, &number, case.version, "It began again.").await.unwrap();
        assert_eq!((case.state, case.outcome, case.closed_at), (CaseState::Open, None, None));
        // Reopened, it is joined again.
        world.events(1).await;
        let joined = desk.open_case(&world.mara, world.customer.id, Category::Connection).await.unwrap();
        assert_eq!(joined.number, number);
    })
    .await;
}

#[tokio::test]
async fn a_notice_is_given_when_it_was_delivered() {
    both(|world| async move {
        let (number, version) = open(&world).await;
        let desk = &world.desk;
        let preview = desk.notice_preview(&world.mara, &number, None, None).await.unwrap();
        assert!(preview.draft.faults.is_empty(), "{:?}", preview.draft.faults);
        assert!(preview.draft.subject.contains(&number) && preview.draft.body.contains(LINK_MARK));
        assert!(preview.draft.body.contains("192.0.2.7") && !preview.draft.body.contains("Shadow"), "no reporter");
        let form = form(version);
        desk.send_notice(&world.mara, &number, &form).await.unwrap();
        desk.send_notice(&world.mara, &number, &form).await.unwrap();
        let view = desk.case_view(&world.mara, &number).await.unwrap();
        assert_eq!((view.notices.len(), view.links.len()), (1, 1), "a double click sends one mail with one link");
        assert_eq!((view.case.state, view.case.notified_at), (CaseState::Open, None), "queued is not given");
        assert!(desk.begin_delivery("w1").await.unwrap().is_none(), "it waits for the undo time");
        world.clock.advance(chrono::TimeDelta::seconds(11));
        let delivery = desk.begin_delivery("w1").await.unwrap().unwrap();
        assert!(desk.begin_delivery("w2").await.unwrap().is_none(), "one worker holds it");
        let cancelled = desk.cancel_notice(&world.mara, form.id).await;
        assert!(matches!(refusal(cancelled), Refusal::Invalid { field: "notice", .. }), "too late to take it back");
        desk.settle_delivery("w1", &delivery, &Relayed::Later("451 later".to_owned())).await.unwrap();
        assert_eq!(world.case(&number).await.state, CaseState::Open);
        world.clock.advance(chrono::TimeDelta::minutes(1));
        let delivery = desk.begin_delivery("w2").await.unwrap().unwrap();
        assert_eq!((delivery.notice.attempts, delivery.doubt), (2, false));
        let secret = desk.case_view(&world.mara, &number).await.unwrap().notices[0].body.clone();
        desk.settle_delivery("w2", &delivery, &Relayed::Taken("250 kept".to_owned())).await.unwrap();
        let case = world.case(&number).await;
        let now = desk.clock().now();
        assert_eq!((case.state, case.notified_at), (CaseState::Notified, Some(now)));
        assert_eq!(case.due_at, Some(now + domain::limit::ANSWER_TIME), "time runs from the delivery");
        assert!(desk.begin_delivery("w1").await.unwrap().is_none());
        // The link of the mail leads to the case, and to nothing once it was withdrawn.
        let start = secret.find("/c/").unwrap() + 3;
        let secret = &secret[start..start + 43];
        assert_eq!(world.leads_to(secret).await, Some(case.id));
        desk.revoke_links(&world.mara, &number, "Sent to the wrong person.").await.unwrap();
        assert_eq!(world.leads_to(secret).await, None);
        // It came back: not given, no deadline.
        let message_id = view.notices[0].message_id.clone();
        let returned = async |message_id: &str| desk.notice_returned(&[], Some(message_id), "550 no such user").await;
        assert_eq!(returned(&message_id).await.unwrap(), Returned::Now);
        let again = returned(&message_id).await.unwrap();
        assert_eq!(again, Returned::Before(NoticeState::Bounced), "a bounce counts once");
        assert_eq!(returned("<nobody@elsewhere.example>").await.unwrap(), Returned::Stranger);
        let case = world.case(&number).await;
        assert_eq!((case.state, case.notified_at, case.due_at), (CaseState::Open, None, None));
    })
    .await;
}

#[tokio::test]
async fn a_lost_lease_is_tried_again_and_says_so() {
    both(|world| async move {
        let (number, version) = open(&world).await;
        let desk = &world.desk;
        desk.send_notice(&world.mara, &number, &form(version)).await.unwrap();
        world.clock.advance(chrono::TimeDelta::seconds(11));
        let lost = desk.begin_delivery("dead").await.unwrap().unwrap();
        world.clock.advance(domain::limit::JOB_LEASE + chrono::TimeDelta::seconds(1));
        let taken = desk.begin_delivery("heir").await.unwrap().unwrap();
        assert!(
            taken.doubt && taken.notice.message_id == lost.notice.message_id && taken.notice.body == lost.notice.body
        );
        desk.settle_delivery("heir", &taken, &Relayed::Taken("250 ok".to_owned())).await.unwrap();
        // The first one wakes up and says that it failed: nothing changes.
        desk.settle_delivery("dead", &lost, &Relayed::Never("550 no".to_owned())).await.unwrap();
        let view = desk.case_view(&world.mara, &number).await.unwrap();
        assert_eq!(view.notices[0].state, NoticeState::Sent);
        assert!(view.notices[0].answer.contains("same Message-ID"), "{}", view.notices[0].answer);
    })
    .await;
}

#[tokio::test]
async fn nothing_goes_to_an_address_that_is_none() {
    both(|world| async move {
        let (number, version) = open(&world).await;
        let desk = &world.desk;
        let smuggled = NoticeForm { subject: Some("News\r\nBcc: all@mail.example".to_owned()), ..form(version) };
        let fault = refusal(desk.send_notice(&world.mara, &number, &smuggled).await);
        assert!(fault.to_string().contains("control character"), "{fault}");
        let no_link = NoticeForm { body: Some("Dear customer".to_owned()), ..form(version) };
        assert!(refusal(desk.send_notice(&world.mara, &number, &no_link).await).to_string().contains(LINK_MARK));
        for bad in ["", "n@mail.example\r\nBcc: x@y.example", "nobody"] {
            world.address(bad).await;
            let preview = desk.notice_preview(&world.mara, &number, None, None).await.unwrap();
            assert_eq!(preview.draft.faults.len(), 1, "{bad:?}");
            assert!(matches!(
                refusal(desk.send_notice(&world.mara, &number, &form(version)).await),
                Refusal::Invalid { field: "notice", .. }
            ));
        }
        assert!(desk.case_view(&world.mara, &number).await.unwrap().notices.is_empty());
        // A reply is still worth writing: it stands on the customer's page.
        let replied = desk.reply_case(&world.mara, &number, version, MessageId::new(), "We rang you.").await.unwrap();
        assert_eq!(replied.notice, None);
    })
    .await;
}

#[tokio::test]
async fn a_held_case_cannot_be_closed() {
    both(|world| async move {
        let (number, version) = open(&world).await;
        let id = world.quarantine(&number, QuarantineState::Scheduled).await;
        let desk = &world.desk;
        let close = || desk.close_case(&world.mara, &number, version, Outcome::Resolved, "All quiet.");
        let refused = refusal(close().await);
        assert!(refused.to_string().contains("release the quarantine first"), "{refused}");
        assert_eq!(world.case(&number).await.version, version);
        world.end(id).await;
        close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn taken_back_within_the_undo_time() {
    with(Config::defaults().with("mail.keep", "true"), |world| async move {
        let (number, version) = open(&world).await;
        let desk = &world.desk;
        let form = form(version);
        desk.send_notice(&world.mara, &number, &form).await.unwrap();
        let body = desk.mail_one(&world.mara, form.id).await.unwrap().notice.body;
        let start = body.find("/c/").unwrap() + 3;
        let secret = body[start..start + 43].to_owned();
        assert!(world.leads_to(&secret).await.is_some());
        desk.cancel_notice(&world.mara, form.id).await.unwrap();
        assert_eq!(world.leads_to(&secret).await, None, "its link died with it");
        world.clock.advance(chrono::TimeDelta::hours(1));
        assert!(desk.begin_delivery("w").await.unwrap().is_none());
        let again = desk.cancel_notice(&world.mara, form.id).await;
        assert!(matches!(refusal(again), Refusal::Invalid { .. }));
    })
    .await;
}

#[tokio::test]
async fn people_read_times_in_the_zone_of_the_desk() {
    let config = Config::defaults().with("mail.keep", "true").with("desk.zone", "Europe/Vienna");
    with(config, |world| async move {
        let (number, version) = open(&world).await;
        let desk = &world.desk;
        let form = form(version);
        desk.send_notice(&world.mara, &number, &form).await.unwrap();
        let body = desk.mail_one(&world.mara, form.id).await.unwrap().notice.body;
        assert!(body.contains("22 November 2026, 11:41 UTC+1"), "{body}");
        let start = body.find("/c/").unwrap() + 3;
        let portal = desk.portal(&body[start..start + 43], None).await.unwrap();
        let lazaret::desk::Portal::Page(view) = portal else { panic!("not his page: {portal:?}") };
        assert_eq!(domain::language::Language::zone(view.zone), "UTC+1");
    })
    .await;
    let nowhere = [("LAZARET_DESK__ZONE".to_owned(), "Mars/Olympus".to_owned())];
    let refused = Config::load(None, nowhere.into_iter()).map(|_| ()).unwrap_err().to_string();
    assert!(refused.contains("desk.zone") && refused.contains("Europe/Vienna"), "{refused}");
}
