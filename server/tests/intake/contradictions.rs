//! Later leases speak against a certain answer: a person decides, nothing goes on by rule, and the record tells it.
use crate::world::{World, at, both, system};
use domain::{
    actor::{Actor, Role},
    attribution::Certainty,
    case::Case,
    class::Category,
    contradiction::{ContradictionEnd, ContradictionView},
    correction::Which,
    evidence::Event,
    id::{ClauseId, CorrectionId, NoticeId, QuarantineId},
    language::Language,
    lease::Heard,
    notice::NoticeForm,
    page::PageOf,
    quarantine::{Measure, Order, QuarantineState},
    refusal::Refusal,
    saying::{HolderName, Saying, SourceName, Word},
};
use lazaret::desk::{CorrectOrder, DeskError, Whose};

/// An event that is certainly `ln-1`'s, on his case.
async fn certain(world: &World, when: &str) -> (Event, Case) {
    let report = crate::world::arf("198.51.100.77", None, &at(when).to_rfc3339());
    let report = world.take_in(report.as_bytes()).await;
    let event = world.event(report.id).await;
    assert_eq!(event.certainty, Certainty::Certain);
    world.desk.open_case(&system(), event.customer.unwrap(), Category::Messaging).await.unwrap();
    let mut conn = world.desk.store().read().await.unwrap();
    let event = conn.event_by_id(event.id).await.unwrap().unwrap();
    let case = conn.case_by_id(event.case.unwrap()).await.unwrap().unwrap();
    (event, case)
}

/// A source says that `service` held the address from one instant to the other.
async fn says(world: &World, source: &str, service: &str, from: &str, to: &str) {
    let saying = Saying {
        line: 1,
        net: "198.51.100.77/32".parse().unwrap(),
        ports: (0, 65_535),
        protocol: None,
        holder: HolderName::Service(service.to_owned()),
        word: Word::Held { from: at(from), to: Some(at(to)) },
    };
    world.desk.leases_take(&system(), &SourceName::new(source).unwrap(), &[saying], &Heard::default()).await.unwrap();
    while world.desk.ask_again().await.unwrap() {}
}

/// Those that wait for a person.
pub(crate) async fn open(world: &World) -> Vec<ContradictionView> {
    world.desk.contradictions(&system(), false, PageOf::default()).await.unwrap().rows.rows
}

async fn settled(world: &World) -> Vec<ContradictionView> {
    world.desk.contradictions(&system(), true, PageOf::default()).await.unwrap().rows.rows
}

async fn ana(world: &World) -> Actor {
    let password = "correct horse battery";
    world.desk.add_user(&system(), "ana@desk.example", "Ana", Role::Supervisor, password).await.unwrap().actor()
}

async fn acts(world: &World, case: &Case) -> Vec<(String, String)> {
    let entries = world.desk.store().read().await.unwrap().ledger_of_case(case.id, 100).await.unwrap();
    let told = entries.into_iter().filter(|entry| entry.act.starts_with("attribution."));
    told.map(|entry| (entry.act.clone(), entry.actor.split(':').next().unwrap_or_default().to_owned())).collect()
}

fn refusal<T: std::fmt::Debug>(outcome: Result<T, DeskError>) -> Refusal {
    match outcome {
        Err(DeskError::Refused(refusal)) => refusal,
        other => panic!("refused expected: {other:?}"),
    }
}

#[tokio::test]
async fn what_speaks_against_an_answer_waits_with_both_leases_until_a_person_keeps_it() {
    both(|world| async move {
        let ana = ana(&world).await;
        let (event, case) = certain(&world, "19T09:00:00").await;
        says(&world, "late-1", "ln-2", "19T08:00:00", "19T10:00:00").await;
        let waits = open(&world).await;
        let [one] = waits.as_slice() else { panic!("{waits:?}") };
        let stands = one.stands.as_ref().unwrap();
        assert_eq!((stands.service_number.as_str(), stands.candidate.source.as_str()), ("ln-1", "radius.bng-3"));
        let against: Vec<_> = one.against.iter().map(|it| (&*it.service_number, &*it.candidate.source)).collect();
        assert_eq!(against, [("ln-2", "late-1")], "only who else it may have been");
        assert_eq!(one.case.as_deref(), Some(case.number.as_str()));
        // It is shown and counted wherever one may act on it.
        assert_eq!(world.counts().await.doubted, 1);
        let view = world.desk.case_view(&ana, &case.number).await.unwrap();
        assert_eq!(view.contradictions.iter().map(|it| it.event).collect::<Vec<_>>(), [event.id]);
        assert_eq!(world.desk.customer_view(&ana, case.customer).await.unwrap().contradictions.len(), 1);
        assert!(world.desk.event_view(&ana, event.id).await.unwrap().contradiction.is_some());
        assert_eq!(world.desk.notice_preview(&ana, &case.number, None, None).await.unwrap().doubted, 1);
        // Without a reason it waits.
        assert!(matches!(
            refusal(world.desk.keep_answers(&ana, &[event.id], " ").await),
            Refusal::Invalid { field: "reason", .. }
        ));
        assert!(matches!(
            refusal(world.desk.keep_answers(&ana, &[], "that file's clock is wrong").await),
            Refusal::Invalid { field: "pick", .. }
        ));
        assert_eq!(world.desk.keep_answers(&ana, &[event.id], "that file's clock is wrong").await.unwrap(), 1);
        assert!(open(&world).await.is_empty());
        let done = settled(&world).await.remove(0).contradiction.settled.unwrap();
        assert_eq!((done.how, done.by), (ContradictionEnd::Kept, ana.ledger_text()));
        assert_eq!(done.reason, "that file's clock is wrong");
        let now = world.desk.event_view(&ana, event.id).await.unwrap();
        assert_eq!((now.event.service, now.answers.len()), (event.service, 1), "the answer itself never changed");
        // Said once more, by more rows, it says nothing new.
        says(&world, "late-1", "ln-2", "19T07:00:00", "19T10:30:00").await;
        assert!(open(&world).await.is_empty());
        assert_eq!(refusal(world.desk.keep_answers(&ana, &[event.id], "once more").await), Refusal::Stale);
        let machine = ("attribution.doubted".to_owned(), "system".to_owned());
        assert_eq!(acts(&world, &case).await, [("attribution.upheld".to_owned(), "user".to_owned()), machine]);
        // Somebody else's lease is new.
        says(&world, "late-2", "ln-3", "19T08:30:00", "19T09:30:00").await;
        assert_eq!(open(&world).await[0].against.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn keeping_an_answer_is_undone_by_opening_the_doubt_again() {
    both(|world| async move {
        let ana = ana(&world).await;
        let (event, case) = certain(&world, "19T09:00:00").await;
        says(&world, "late-1", "ln-2", "19T08:00:00", "19T10:00:00").await;
        let since = open(&world).await[0].contradiction.made_at;
        assert_eq!(refusal(world.desk.reopen_contradictions(&ana, &[event.id]).await), Refusal::Stale, "it is open");
        world.desk.keep_answers(&ana, &[event.id], "that file's clock is wrong").await.unwrap();
        world.later(1);
        assert_eq!(world.desk.reopen_contradictions(&ana, &[event.id]).await.unwrap(), 1);
        let again = open(&world).await.remove(0).contradiction;
        assert_eq!((again.made_at, again.settled), (since, None));
        assert!(settled(&world).await.is_empty());
        assert_eq!(acts(&world, &case).await[0].0, "attribution.doubt_reopened");
        let report = world.desk.verify_record(&[], &[], |_| {}).await.unwrap();
        assert!(report.findings.is_empty(), "{:?}", report.findings);
    })
    .await;
}

#[tokio::test]
async fn a_doubt_goes_when_the_leases_agree_again() {
    both(|world| async move {
        let ana = ana(&world).await;
        let (event, case) = certain(&world, "19T09:00:00").await;
        says(&world, "late-1", "ln-2", "19T08:00:00", "19T10:00:00").await;
        assert_eq!(open(&world).await.len(), 1);
        // The lease that spoke against it is gone.
        let mut tx = world.desk.store().write().await.unwrap();
        let sources = tx.lease_sources().await.unwrap();
        let late = sources.iter().find(|source| source.name.as_str() == "late-1").unwrap().id;
        tx.lease_erase(late, at("22T00:00:00")).await.unwrap();
        tx.event_ask(&[event.id], at("22T00:00:00")).await.unwrap();
        tx.commit_chore(store::Chore::AskedAgain).await.unwrap();
        while world.desk.ask_again().await.unwrap() {}
        assert!(open(&world).await.is_empty());
        let done = settled(&world).await.remove(0).contradiction.settled.unwrap();
        assert_eq!(done.how, ContradictionEnd::Withdrawn);
        assert_eq!(acts(&world, &case).await[0], ("attribution.upheld".to_owned(), "system".to_owned()));
        // That was nobody's decision: there is nothing to take back.
        assert_eq!(refusal(world.desk.reopen_contradictions(&ana, &[event.id]).await), Refusal::Stale);
    })
    .await;
}

#[tokio::test]
async fn correcting_settles_the_doubt_and_the_late_lease_is_the_proof() {
    both(|world| async move {
        let ana = ana(&world).await;
        let (event, case) = certain(&world, "19T09:00:00").await;
        says(&world, "late-1", "ln-2", "19T08:00:00", "19T10:00:00").await;
        // The correction offers whom the late lease names, without anybody looking anything up.
        let board = world.desk.correct_board(&ana, &case.number, &[event.id], "").await.unwrap();
        assert_eq!(board.candidates.iter().map(|it| &*it.service_number).collect::<Vec<_>>(), ["ln-2"]);
        let order = CorrectOrder {
            id: CorrectionId::new(),
            which: Which::Some(vec![event.id]),
            whose: Whose::Service("ln-2".to_owned()),
            reason: "the RADIUS server lost the Stop".to_owned(),
        };
        let seen = world.desk.correct_preview(&ana, &case.number, &order).await.unwrap().seen;
        world.desk.correct(&ana, &case.number, &order, &seen).await.unwrap();
        assert!(open(&world).await.is_empty());
        let done = settled(&world).await.remove(0);
        let end = done.contradiction.settled.unwrap();
        assert_eq!((end.how, end.reason.as_str()), (ContradictionEnd::Corrected, "the RADIUS server lost the Stop"));
        let stands = done.stands.unwrap();
        assert_eq!((stands.service_number.as_str(), stands.candidate.source.as_str()), ("ln-2", "late-1"));
        assert!(stands.candidate.lease.is_some());
    })
    .await;
}

#[tokio::test]
async fn an_event_on_no_case_is_corrected_on_its_own_page() {
    both(|world| async move {
        let ana = ana(&world).await;
        let report = crate::world::arf("198.51.100.77", None, &at("19T09:00:00").to_rfc3339());
        let report = world.take_in(report.as_bytes()).await;
        let event = world.event(report.id).await;
        says(&world, "late-1", "ln-2", "19T08:00:00", "19T10:00:00").await;
        assert_eq!(world.desk.peek(&ana, event.id).await.unwrap().doubted, 1);
        world.desk.attribute_event(&ana, event.id, "ln-2", "the late lease is right").await.unwrap();
        let done = settled(&world).await.remove(0);
        assert_eq!(done.contradiction.settled.unwrap().how, ContradictionEnd::Corrected);
        assert_eq!(done.stands.unwrap().candidate.source, "late-1", "the lease is the proof");
        assert_eq!(world.desk.peek(&ana, event.id).await.unwrap().doubted, 0);
    })
    .await;
}

fn notice(version: i64) -> NoticeForm {
    let template = "spam".to_owned();
    NoticeForm { id: NoticeId::new(), template, language: Language::En, subject: None, body: None, version }
}

async fn order(world: &World, ana: &Actor, case: &Case, start_hours: i64) -> Order {
    let choices = world.desk.quarantine_choices(ana, &case.number).await.unwrap();
    let clause: ClauseId = choices.services[0].clauses[0].id;
    Order {
        id: QuarantineId::new(),
        service: choices.services[0].service.id,
        measure: Measure::WalledGarden,
        ports: Vec::new(),
        clause,
        reason: "the line sends spam".to_owned(),
        review_days: 7,
        start_hours,
    }
}

#[tokio::test]
async fn nobody_is_told_or_cut_off_by_rule_while_the_answer_is_in_doubt() {
    both(|world| async move {
        let ana = ana(&world).await;
        let (event, case) = certain(&world, "19T09:00:00").await;
        // Ordered by a person before anybody knew, and to begin later.
        let planned = order(&world, &ana, &case, 2).await;
        world.desk.quarantine_order(&ana, case.id, planned.clone(), true).await.unwrap();
        says(&world, "late-1", "ln-2", "19T08:00:00", "19T10:00:00").await;
        let version = world.desk.case_view(&ana, &case.number).await.unwrap().case.version;
        let rule = Actor::system("playbook");
        let size = async || world.desk.store().read().await.unwrap().ledger_size().await.unwrap();
        let before = size().await;
        assert_eq!(refusal(world.desk.send_notice(&rule, &case.number, &notice(version)).await), Refusal::Doubted);
        let cut = order(&world, &ana, &case, 0).await;
        assert_eq!(refusal(world.desk.quarantine_order(&rule, case.id, cut, false).await), Refusal::Doubted);
        let state = async || {
            let mut conn = world.desk.store().read().await.unwrap();
            conn.quarantine_by_id(planned.id).await.unwrap().unwrap().state
        };
        world.clock.advance(chrono::TimeDelta::hours(3));
        assert_eq!(world.desk.quarantines_tick().await.unwrap(), 0, "its time has come, and it waits");
        assert_eq!((state().await, size().await), (QuarantineState::Scheduled, before));
        // A person sees the warning and may.
        let choices = world.desk.quarantine_choices(&ana, &case.number).await.unwrap();
        assert_eq!(choices.doubted, 1);
        assert_eq!(world.desk.store().read().await.unwrap().contradicted_cases(&[case.id]).await.unwrap(), [case.id]);
        world.desk.send_notice(&ana, &case.number, &notice(version)).await.unwrap();
        // Kept: the rules go on.
        world.desk.keep_answers(&ana, &[event.id], "that file's clock is wrong").await.unwrap();
        assert_eq!(world.desk.quarantines_tick().await.unwrap(), 1);
        assert_eq!(state().await, QuarantineState::Applying);
        let version = world.desk.case_view(&ana, &case.number).await.unwrap().case.version;
        world.desk.send_notice(&rule, &case.number, &notice(version)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_restriction_that_waits_for_a_decision_too_long_never_begins() {
    both(|world| async move {
        let ana = ana(&world).await;
        let (_, case) = certain(&world, "19T09:00:00").await;
        let planned = order(&world, &ana, &case, 2).await;
        world.desk.quarantine_order(&ana, case.id, planned.clone(), true).await.unwrap();
        says(&world, "late-1", "ln-2", "19T08:00:00", "19T10:00:00").await;
        world.later(40);
        assert_eq!(world.desk.quarantines_tick().await.unwrap(), 1);
        let found = world.desk.store().read().await.unwrap().quarantine_by_id(planned.id).await.unwrap().unwrap();
        assert_eq!((found.state, found.confirmed_at), (QuarantineState::Cancelled, None));
    })
    .await;
}
