//! It was not his: the wrong customer is released, told, and out of it; the right one has his case; the record tells it.
use crate::{
    network::Peer,
    world::{World, both, start},
};
use domain::{
    actor::Actor,
    attribution::Certainty,
    case::{Case, CaseState, Outcome},
    correction::{Goes, NoticeFate, QuarantineFate, Which},
    customer::{Contract, Customer, Service},
    evidence::Event,
    id::{ContractId, CorrectionId, CustomerId, NoticeId, QuarantineId, ServiceId},
    language::Language,
    metrics::Period,
    notice::{NoticeForm, NoticeState},
    quarantine::QuarantineState as S,
    refusal::Refusal,
};
use lazaret::desk::{CorrectOrder, CorrectPreview, DeskError, Portal, Relayed, Whose};
use store::Chore;

const WHY: &str = "The BNG's clock was an hour off: see the session of 11:58.";

/// The customer whose events they were after all, with his line `ln-9`.
async fn right(world: &World) -> Customer {
    let customer = Customer {
        id: CustomerId::new(),
        number: "k-9".into(),
        name: "Schulz, Erika".into(),
        email: "e.schulz@mail.example".into(),
        phone: String::new(),
        language: "de".into(),
        created_at: start(),
    };
    let contract = Contract {
        id: ContractId::new(),
        customer: customer.id,
        number: "c-9".into(),
        terms_version: "2026-03".into(),
        accepted_at: Some(start()),
    };
    let mut tx = world.desk.store().write().await.unwrap();
    tx.customer_add(&customer).await.unwrap();
    tx.contract_put(&contract).await.unwrap();
    let line = tx.service_by_id(world.services[0]).await.unwrap().unwrap();
    let line =
        Service { id: ServiceId::new(), customer: customer.id, contract: contract.id, number: "ln-9".into(), ..line };
    tx.service_put(&line).await.unwrap();
    let counter = "INSERT INTO counters (name, value) VALUES ('case-2026', 100)";
    store::testing::tamper(&mut tx, counter).await.unwrap();
    tx.commit_chore(Chore::Seen).await.unwrap();
    customer
}

fn order(which: Which, to: &str) -> CorrectOrder {
    let whose = if to.is_empty() { Whose::Nobody } else { Whose::Service(to.to_owned()) };
    CorrectOrder { id: CorrectionId::new(), which, whose, reason: WHY.to_owned() }
}

async fn preview(world: &World, place: usize, order: &CorrectOrder) -> CorrectPreview {
    world.desk.correct_preview(&world.analyst, &world.case(place).await.number, order).await.unwrap()
}

/// Looks and confirms; the number of the case that has the events now.
async fn correct(world: &World, place: usize, to: &str) -> Option<String> {
    let order = order(Which::All, to);
    let seen = preview(world, place, &order).await.seen;
    let number = world.case(place).await.number;
    world.desk.correct(&world.analyst, &number, &order, &seen).await.unwrap().to
}

async fn case(world: &World, number: &str) -> Case {
    world.desk.store().read().await.unwrap().case_by_number(number).await.unwrap().unwrap()
}

async fn events(world: &World, case: &Case) -> Vec<Event> {
    world.desk.store().read().await.unwrap().case_events(case.id, 100).await.unwrap()
}

/// One more event on the first case, of the same line.
async fn another_event(world: &World) {
    let about = world.case(0).await;
    let old = events(world, &about).await.remove(0);
    let mut event = Event { id: domain::id::EventId::new(), position: 77, ..old };
    event.at += chrono::TimeDelta::minutes(1);
    let mut tx = world.desk.store().write().await.unwrap();
    tx.event_add(&[store::NewEvent { event, fingerprint: [7; 32] }]).await.unwrap();
    tx.case_recount(about.id).await.unwrap();
    tx.commit_chore(Chore::Seen).await.unwrap();
}

fn refusal<T: std::fmt::Debug>(outcome: Result<T, DeskError>) -> Refusal {
    match outcome {
        Err(DeskError::Refused(refusal)) => refusal,
        other => panic!("refused expected: {other:?}"),
    }
}

fn form(version: i64) -> NoticeForm {
    NoticeForm {
        id: NoticeId::new(),
        template: "bot".into(),
        language: Language::En,
        subject: None,
        body: None,
        version,
    }
}

#[tokio::test]
async fn the_wrong_customer_is_released_told_and_out_of_it() {
    both(|world| async move {
        let peer = Peer::start().await;
        let network = peer.network(world.clock.clone());
        let schulz = right(&world).await;
        let id = world.ordered().await;
        world.work(&network).await;
        let (_, secret) = world.link(0, 30).await;
        assert!(matches!(world.desk.portal(&secret, None).await.unwrap(), Portal::Page(_)));

        let order = order(Which::All, "ln-9");
        let shown = preview(&world, 0, &order).await;
        assert_eq!((shown.plan.moved.len(), shown.plan.links, shown.plan.closes), (1, 1, true));
        assert_eq!(shown.plan.goes, Goes::Opens);
        assert_eq!(shown.plan.notices[0].fate, NoticeFate::Told);
        assert_eq!(shown.plan.quarantines[0].fate, QuarantineFate::Lifted);
        let number = world.case(0).await.number;
        let made = world.desk.correct(&world.analyst, &number, &order, &shown.seen).await.unwrap();
        let to = made.to.unwrap();

        // The wrong customer: closed, nothing counted, released, told in his language without a word about anybody.
        let wrong = world.case(0).await;
        assert_eq!((wrong.state, wrong.outcome, wrong.events), (CaseState::Closed, Some(Outcome::WrongCustomer), 0));
        assert_eq!(world.state(id).await, S::Lifting);
        world.work(&network).await;
        assert_eq!((world.state(id).await, peer.held()), (S::Lifted, 0));
        let mut conn = world.desk.store().read().await.unwrap();
        let notice =
            conn.notices_of_case(wrong.id).await.unwrap().into_iter().find(|n| n.template == "correction").unwrap();
        assert_eq!((notice.state, notice.recipient.as_str()), (NoticeState::Queued, "n.okafor@mail.example"));
        assert_eq!(shown.notice.unwrap().body, notice.body);
        for word in ["Schulz", "ln-9", "e.schulz", "198.51.100.77", "secret-reporter", "/c/"] {
            assert!(!notice.body.contains(word), "{word} in {}", notice.body);
        }
        assert!(notice.body.contains("22 November 2026") && notice.body.contains("lifting"), "{}", notice.body);
        assert_eq!(conn.case_strikes(world.customer, start() - chrono::TimeDelta::days(9)).await.unwrap(), 1);
        // His link is dead and says so, and neither a statement nor a captive portal works by it.
        assert_eq!(world.desk.portal(&secret, None).await.unwrap(), Portal::Mistaken(Language::En));
        assert_eq!(world.desk.captive(&secret).await.unwrap(), None);

        // The right one: his case, with the event, its proof, and nothing sent by itself.
        let his = case(&world, &to).await;
        assert_eq!((his.customer, his.state, his.events, his.strikes), (schulz.id, CaseState::Open, 1, 0));
        assert_eq!(his.assignee, world.analyst.user());
        let moved = events(&world, &his).await.remove(0);
        assert_eq!((moved.customer, moved.certainty), (Some(schulz.id), Certainty::Certain));
        let answer = conn.attributions_of(moved.id).await.unwrap().remove(0);
        assert_eq!((answer.made_by, answer.answer.why.as_str()), (world.analyst.ledger_text(), WHY));
        assert!(conn.notices_of_case(his.id).await.unwrap().is_empty());
        assert!(conn.links_of_case(his.id).await.unwrap().is_empty());

        // The record tells it in both cases; what the wrong customer may see names nobody else.
        let told = |entries: &[domain::ledger::Entry], act: &str| entries.iter().any(|entry| entry.act == act);
        let entries = conn.ledger_of_case(wrong.id, 100).await.unwrap();
        for act in ["case.corrected", "link.revoked", "quarantine.lifting", "quarantine.lifted", "notice.queued"] {
            assert!(told(&entries, act), "{act}");
        }
        let body: String = entries.iter().map(|entry| entry.body.to_string()).collect();
        assert!(!body.contains("ln-9") && !body.contains(&to) && !body.contains("Schulz"), "{body}");
        assert!(told(&conn.ledger_of_case(his.id, 100).await.unwrap(), "case.opened"));
        drop(conn);
        let report = world.desk.verify_record(&[], &[], |_| {}).await.unwrap();
        assert!(report.findings.is_empty(), "{:?}", report.findings);
        // Both timelines lead to the other.
        let view = world.desk.case_view(&world.analyst, &to).await.unwrap();
        assert_eq!(view.corrections[0].from_number, number);
    })
    .await;
}

#[tokio::test]
async fn a_quarantine_with_two_grounds_stays_until_the_last_is_gone() {
    both(|world| async move {
        let peer = Peer::start().await;
        let network = peer.network(world.clock.clone());
        right(&world).await;
        let id = world.ordered().await;
        world.desk.quarantine_order(&world.analyst, world.cases[1], world.order(), false).await.unwrap();
        world.work(&network).await;
        let shown = preview(&world, 0, &order(Which::All, "ln-9")).await;
        assert_eq!(shown.plan.quarantines[0].fate, QuarantineFate::OtherCase);
        assert_eq!(shown.plan.quarantines[0].others, [world.case(1).await.number]);
        correct(&world, 0, "ln-9").await;
        world.work(&network).await;
        assert_eq!((world.state(id).await, peer.held()), (S::InForce, 1));
        assert_eq!((world.case(0).await.state, world.case(1).await.state), (CaseState::Closed, CaseState::Quarantined));
        correct(&world, 1, "").await;
        world.work(&network).await;
        assert_eq!((world.state(id).await, peer.held()), (S::Lifted, 0));
    })
    .await;
}

#[tokio::test]
async fn two_clicks_correct_once_and_two_people_do_not_both() {
    both(|world| async move {
        right(&world).await;
        let order = order(Which::All, "ln-9");
        let (seen, number) = (preview(&world, 0, &order).await.seen, world.case(0).await.number);
        let click = || world.desk.correct(&world.analyst, &number, &order, &seen);
        let (one, two, three) = tokio::join!(click(), click(), click());
        let one = one.unwrap();
        assert_eq!((&two.unwrap(), &three.unwrap()), (&one, &one));
        let made = world.desk.store().read().await.unwrap().corrections_of_case(world.cases[0]).await.unwrap();
        assert_eq!(made.len(), 1);

        let (mine, theirs) = (CorrectOrder { id: CorrectionId::new(), ..order.clone() }, self::order(Which::All, ""));
        let (seen, other) = (preview(&world, 1, &mine).await.seen, preview(&world, 1, &theirs).await.seen);
        let number = world.case(1).await.number;
        let (mine, theirs) = tokio::join!(
            world.desk.correct(&world.analyst, &number, &mine, &seen),
            world.desk.correct(&world.supervisor, &number, &theirs, &other),
        );
        assert_eq!([mine.is_ok(), theirs.is_ok()].into_iter().filter(|ok| *ok).count(), 1, "{mine:?} {theirs:?}");
        assert!(matches!(refusal(mine.and(theirs)), Refusal::Stale | Refusal::Invalid { .. }));
        let made = world.desk.store().read().await.unwrap().corrections_of_case(world.cases[1]).await.unwrap();
        assert_eq!(made.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_was_not_seen_is_not_done() {
    both(|world| async move {
        right(&world).await;
        let order = order(Which::All, "ln-9");
        let (seen, number) = (preview(&world, 0, &order).await.seen, world.case(0).await.number);
        // Somebody cuts him meanwhile.
        let id = world.ordered().await;
        let before = world.ledger_size().await;
        let late = world.desk.correct(&world.analyst, &number, &order, &seen).await;
        assert_eq!(refusal(late), Refusal::Stale);
        assert_eq!((world.ledger_size().await, world.case(0).await.events), (before, 1));
        let seen = preview(&world, 0, &order).await.seen;
        world.desk.correct(&world.analyst, &number, &order, &seen).await.unwrap();
        assert_eq!(world.state(id).await, S::Lifting);
        // The same again, as somebody else sees it: nothing is left.
        let again = world.desk.correct_preview(&world.analyst, &number, &self::order(Which::All, "ln-9")).await;
        assert!(matches!(refusal(again), Refusal::Invalid { field: "case", .. }));
    })
    .await;
}

#[tokio::test]
async fn a_notice_that_is_not_sent_is_recalled_and_one_on_its_way_taken_back() {
    both(|world| async move {
        right(&world).await;
        // Nobody was told yet, in either case.
        for place in [0, 1] {
            let sql = format!("DELETE FROM notices WHERE message_id = '<{place}@x>'");
            let mut tx = world.desk.store().write().await.unwrap();
            store::testing::tamper(&mut tx, &sql).await.unwrap();
            tx.commit_chore(Chore::Seen).await.unwrap();
        }
        let first = world.case(0).await;
        let id = world.desk.send_notice(&world.analyst, &first.number, &form(first.version)).await.unwrap();
        let shown = preview(&world, 0, &order(Which::All, "ln-9")).await;
        assert_eq!(shown.plan.notices[0].fate, NoticeFate::Recalled);
        assert!(!shown.plan.takes_back && shown.notice.is_none());
        correct(&world, 0, "ln-9").await;
        let mut conn = world.desk.store().read().await.unwrap();
        assert_eq!(conn.notice_by_id(id).await.unwrap().unwrap().state, NoticeState::Cancelled);
        assert_eq!(conn.notices_of_case(first.id).await.unwrap().len(), 1);
        drop(conn);
        world.clock.advance(chrono::TimeDelta::hours(1));
        assert!(world.desk.begin_delivery("w").await.unwrap().is_none(), "nothing is owed");

        let second = world.case(1).await;
        let id = world.desk.send_notice(&world.analyst, &second.number, &form(second.version)).await.unwrap();
        let stale = preview(&world, 1, &order(Which::All, "ln-9")).await;
        world.clock.advance(chrono::TimeDelta::hours(1));
        let flying = world.desk.begin_delivery("w").await.unwrap().unwrap();
        assert_eq!(flying.notice.id, id);
        let order = order(Which::All, "ln-9");
        let late = world.desk.correct(&world.analyst, &second.number, &order, &stale.seen).await;
        assert_eq!(refusal(late), Refusal::Stale, "the mailer was faster");
        let shown = preview(&world, 1, &order).await;
        assert_eq!(shown.plan.notices[0].fate, NoticeFate::OnItsWay);
        world.desk.correct(&world.analyst, &second.number, &order, &shown.seen).await.unwrap();
        world.desk.settle_delivery("w", &flying, &Relayed::Taken("250 ok".into())).await.unwrap();
        let second = world.case(1).await;
        assert_eq!((second.state, second.outcome), (CaseState::Closed, Some(Outcome::WrongCustomer)));
        world.clock.advance(chrono::TimeDelta::hours(1));
        let next = world.desk.begin_delivery("w").await.unwrap().unwrap();
        assert_eq!(next.notice.template, "correction");
        // A mail that failed before is not sent after all.
        world.desk.settle_delivery("w", &next, &Relayed::Never("550 no".into())).await.unwrap();
        world.desk.retry_notice(&world.analyst, next.notice.id).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn one_of_several_moves_and_the_case_goes_on() {
    both(|world| async move {
        let peer = Peer::start().await;
        let network = peer.network(world.clock.clone());
        let schulz = right(&world).await;
        another_event(&world).await;
        let id = world.ordered().await;
        world.work(&network).await;
        let (_, secret) = world.link(0, 30).await;
        let about = world.case(0).await;
        let one = events(&world, &about).await.remove(0).id;
        let order = order(Which::Some(vec![one]), "ln-9");
        let shown = preview(&world, 0, &order).await;
        assert_eq!((shown.plan.moved.len(), shown.plan.kept, shown.plan.links), (1, 1, 0));
        assert_eq!(shown.plan.quarantines[0].fate, QuarantineFate::ThisCase);
        let made = world.desk.correct(&world.analyst, &about.number, &order, &shown.seen).await.unwrap();
        let about = world.case(0).await;
        assert_eq!((about.state, about.events, about.outcome), (CaseState::Quarantined, 1, None));
        assert_eq!(world.state(id).await, S::InForce);
        let Portal::Page(view) = world.desk.portal(&secret, None).await.unwrap() else { panic!("his page stays") };
        assert_eq!(view.moments.len(), 1);
        // A second one of the right customer's joins the case that the first opened.
        let his = case(&world, &made.to.clone().unwrap()).await;
        assert_eq!((his.customer, his.events), (schulz.id, 1));
        assert_eq!(correct(&world, 0, "ln-9").await, made.to);
        assert_eq!(case(&world, &his.number).await.events, 2);
        world.work(&network).await;
        assert_eq!(world.state(id).await, S::Lifted);
    })
    .await;
}

#[tokio::test]
async fn what_leaves_a_closed_case_is_refuted_no_more() {
    both(|world| async move {
        right(&world).await;
        another_event(&world).await;
        let mut tx = world.desk.store().write().await.unwrap();
        let sql = "UPDATE events SET reporter = 'other.example' WHERE position = 77";
        store::testing::tamper(&mut tx, sql).await.unwrap();
        tx.commit_chore(Chore::Seen).await.unwrap();
        let about = world.case(0).await;
        let outcome = Outcome::FalsePositive;
        world.desk.close_case(&world.analyst, &about.number, about.version, outcome, "a test of ours").await.unwrap();
        let counted = async |reporter: &str| {
            let mut conn = world.desk.store().read().await.unwrap();
            let days = format!("figure_days WHERE figure = 'refuted' AND part = '{reporter}'");
            let period = Period::last_days(start() + chrono::TimeDelta::hours(1), 7);
            let figures = conn.reporter_figures(period, reporter).await.unwrap();
            (store::testing::rows(&mut conn, &days).await.unwrap(), figures.get(reporter).map_or(0, |it| it.0.refuted))
        };
        assert_eq!((counted("secret-reporter.example").await, counted("other.example").await), ((1, 1), (1, 1)));
        let moved = events(&world, &about).await.into_iter().find(|event| event.reporter == "other.example").unwrap();
        let order = order(Which::Some(vec![moved.id]), "ln-9");
        let seen = preview(&world, 0, &order).await.seen;
        world.desk.correct(&world.analyst, &about.number, &order, &seen).await.unwrap();
        let about = world.case(0).await;
        assert_eq!((about.state, about.outcome, about.events), (CaseState::Closed, Some(outcome), 1));
        assert_eq!((counted("secret-reporter.example").await, counted("other.example").await), ((1, 1), (0, 0)));
    })
    .await;
}

#[tokio::test]
async fn another_line_of_his_is_cut_free_and_the_case_stays_his() {
    both(|world| async move {
        let peer = Peer::start().await;
        let network = peer.network(world.clock.clone());
        let id = world.ordered().await;
        world.work(&network).await;
        let (_, secret) = world.link(0, 30).await;
        assert_eq!(correct(&world, 0, "ln-1").await, None);
        world.work(&network).await;
        assert_eq!(world.state(id).await, S::Lifted);
        let about = world.case(0).await;
        assert_eq!((about.customer, about.events, about.service), (world.customer, 1, Some(world.services[1])));
        assert_ne!(about.state, CaseState::Closed);
        assert!(matches!(world.desk.portal(&secret, None).await.unwrap(), Portal::Page(_)));
    })
    .await;
}

#[tokio::test]
async fn a_correction_can_be_corrected() {
    both(|world| async move {
        right(&world).await;
        let to = correct(&world, 0, "ln-9").await.unwrap();
        let order = order(Which::All, "ln-0");
        let seen = world.desk.correct_preview(&world.analyst, &to, &order).await.unwrap().seen;
        let back = world.desk.correct(&world.analyst, &to, &order, &seen).await.unwrap().to.unwrap();
        let again = case(&world, &back).await;
        assert_eq!((again.customer, again.events, again.repeat_of), (world.customer, 1, None));
        // The other case is his own; the one that was laid to him by mistake does not count.
        assert_eq!(again.strikes, 1);
        assert_eq!(case(&world, &to).await.outcome, Some(Outcome::WrongCustomer));
        let answers = events(&world, &again).await.remove(0).id;
        assert_eq!(world.desk.store().read().await.unwrap().attributions_of(answers).await.unwrap().len(), 2);
        // Neither closed case is opened again by hand, nor ended so by hand.
        let wrong = world.case(0).await;
        let reopen = world.desk.reopen_case(&world.analyst, &wrong.number, wrong.version, "by mistake").await;
        assert!(matches!(refusal(reopen), Refusal::Invalid { field: "case", .. }));
        let by_hand = Outcome::WrongCustomer;
        let close = world.desk.close_case(&world.analyst, &back, again.version, by_hand, "by mistake").await;
        assert!(matches!(refusal(close), Refusal::Invalid { field: "outcome", .. }));
    })
    .await;
}

#[tokio::test]
async fn a_later_case_loses_the_strike() {
    both(|world| async move {
        right(&world).await;
        let mut tx = world.desk.store().write().await.unwrap();
        let sql = "UPDATE cases SET strikes = 1, opened_at = opened_at + 1 WHERE number = 'L-2026-000001'";
        store::testing::tamper(&mut tx, sql).await.unwrap();
        tx.commit_chore(Chore::Seen).await.unwrap();
        correct(&world, 0, "ln-9").await;
        assert_eq!(world.case(1).await.strikes, 0);
    })
    .await;
}

#[tokio::test]
async fn whoever_may_not_release_does_not_correct_what_is_cut() {
    both(|world| async move {
        right(&world).await;
        let (number, order) = (world.case(0).await.number, order(Which::All, "ln-9"));
        let auditor = world.desk.correct_preview(&world.auditor, &number, &order).await;
        assert!(matches!(refusal(auditor), Refusal::NotAllowed(_)));
        let seen = preview(&world, 0, &order).await.seen;
        let auditor = world.desk.correct(&world.auditor, &number, &order, &seen).await;
        assert!(matches!(refusal(auditor), Refusal::NotAllowed(_)));
        let machine = Actor::Machine { id: domain::id::TokenId::new(), name: "crm".into() };
        let id: QuarantineId = world.ordered().await;
        let seen = preview(&world, 0, &order).await.seen;
        let machine = world.desk.correct(&machine, &number, &order, &seen).await;
        assert!(matches!(refusal(machine), Refusal::NotAllowed(_)));
        assert_ne!(world.state(id).await, S::Lifting);
        for (to, reason) in [("ln-77", WHY), ("ln-9", "no"), ("ln-0", WHY)] {
            let order = CorrectOrder { reason: reason.into(), ..self::order(Which::All, to) };
            let refused = world.desk.correct_preview(&world.analyst, &number, &order).await;
            assert!(matches!(refusal(refused), Refusal::Invalid { .. }), "{to} {reason}");
        }
    })
    .await;
}
