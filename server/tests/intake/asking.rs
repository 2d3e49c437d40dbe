//! Ambiguous: the reporter is asked for exactly what is missing, and his answer settles it by itself.
use crate::world::{World, arf, both, system};
use domain::{
    attribution::Certainty,
    evidence::{Event, EventState},
    id::QuestionId,
    page::PageOf,
    question::Lacking,
    refusal::Refusal,
    triage::EventFields,
};
use lazaret::desk::{AskEvent, DeskError, Form, Replying};

/// A report about a shared address without a port.
async fn ambiguous(world: &World) -> Event {
    let report = world.take_in(arf("192.0.2.14", None, "2026-11-19T08:00:00Z").as_bytes()).await;
    let event = world.event(report.id).await;
    assert_eq!(event.certainty, Certainty::Ambiguous);
    event
}

fn order() -> AskEvent {
    AskEvent { id: QuestionId::new(), recipient: "fbl@reporter.example".into(), text: String::new() }
}

/// Asks; the secret of the form in the letter.
async fn asked(world: &World, event: &Event) -> String {
    world.desk.ask_about_event(&system(), event.id, &order()).await.unwrap();
    let (letters, _) = world.desk.letters(&system(), PageOf::default()).await.unwrap();
    let body = &letters.rows[0].body;
    assert!(body.contains("192.0.2.14") && body.contains("source port") && !body.contains("time zone"), "{body}");
    assert!(!body.contains("Okafor") && !body.contains("ln-"), "{body}");
    world.desk.form_secret_in(body).unwrap().to_owned()
}

fn port(text: &str) -> EventFields {
    EventFields { port: text.to_owned(), ..EventFields::default() }
}

async fn now(world: &World, event: &Event) -> Event {
    world.desk.store().read().await.unwrap().event_by_id(event.id).await.unwrap().unwrap()
}

#[tokio::test]
async fn the_port_settles_it() {
    both(|world| async move {
        let event = ambiguous(&world).await;
        let view = world.desk.event_view(&system(), event.id).await.unwrap();
        assert_eq!(view.asking.lacking, [Lacking::Port]);
        assert_eq!(view.asking.recipient, "fbl@reporter.example");
        let secret = asked(&world, &event).await;
        let Form::Open(form) = world.desk.reporter_form(&secret).await.unwrap() else { panic!("open") };
        assert_eq!((form.event.unwrap().id, form.question.lacking), (event.id, vec![Lacking::Port]));

        for wrong in ["", "0", "70000", "http"] {
            let fault = world.desk.reporter_answers(&secret, &port(wrong), "").await.unwrap();
            assert!(matches!(fault, Replying::Fault(_, (ref field, _)) if field == "port"), "{wrong}: {fault:?}");
        }
        let taken = world.desk.reporter_answers(&secret, &port("2050"), "").await.unwrap();
        assert!(matches!(taken, Replying::Taken), "{taken:?}");
        let settled = now(&world, &event).await;
        assert_eq!((settled.certainty, settled.state), (Certainty::Certain, EventState::Pending));
        assert_eq!(settled.observation.source.port, Some(2050));
        assert!(domain::again::by_hand(&settled), "no later reading takes the port away");
        let mut conn = world.desk.store().read().await.unwrap();
        let answers = conn.attributions_of(event.id).await.unwrap();
        assert_eq!(answers.len(), 2);
        assert_eq!(answers[0].made_by, "system:reporter's form");
        let holder = answers[0].answer.holder().unwrap();
        assert_eq!((holder.ports, holder.lease.is_some()), ((2048, 3071), true));
        assert_eq!(conn.service_by_id(holder.service).await.unwrap().unwrap().number, "ln-3");
        drop(conn);
        // The same link twice is one answer.
        let again = world.desk.reporter_answers(&secret, &port("1030"), "").await.unwrap();
        assert!(matches!(again, Replying::Over), "{again:?}");
        assert_eq!(now(&world, &event).await.observation.source.port, Some(2050));
        assert!(world.desk.verify_record(&[], &[], |_| {}).await.unwrap().findings.is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_answer_joins_the_open_case() {
    both(|world| async move {
        let first = world.take_in(arf("192.0.2.14", Some(2060), "2026-11-19T07:00:00Z").as_bytes()).await;
        let first = world.event(first.id).await;
        let opened = world.desk.open_evidence(&system(), &[first.id]).await.unwrap();
        let event = ambiguous(&world).await;
        let secret = asked(&world, &event).await;
        world.desk.reporter_answers(&secret, &port("2050"), "from our firewall").await.unwrap();
        let settled = now(&world, &event).await;
        assert_eq!(settled.state, EventState::OnCase);
        let view = world.desk.case_view(&system(), &opened[0]).await.unwrap();
        assert_eq!(view.case.events, 2);
    })
    .await;
}

#[tokio::test]
async fn he_is_asked_once_and_only_where_it_helps() {
    both(|world| async move {
        let event = ambiguous(&world).await;
        let (actor, order) = (system(), order());
        let ask = || world.desk.ask_about_event(&actor, event.id, &order);
        let (one, two) = tokio::join!(ask(), ask());
        one.unwrap();
        two.unwrap();
        let (letters, _) = world.desk.letters(&system(), PageOf::default()).await.unwrap();
        assert_eq!(letters.rows.len(), 1);
        let other = world.desk.ask_about_event(&system(), event.id, &self::order()).await;
        assert!(matches!(other, Err(DeskError::Refused(Refusal::Invalid { field: "recipient", .. }))), "{other:?}");
        // Certain: there is nothing to ask.
        let report = world.take_in(arf("198.51.100.77", None, "2026-11-19T08:00:00Z").as_bytes()).await;
        let sure = world.event(report.id).await;
        let refused = world.desk.ask_about_event(&system(), sure.id, &self::order()).await;
        assert!(matches!(refused, Err(DeskError::Refused(Refusal::Stale))), "{refused:?}");
        // Nobody's answer moves what a person decided meanwhile, and the report itself never waited.
        let secret = world.desk.form_secret_in(&letters.rows[0].body).unwrap().to_owned();
        world.desk.attribute_event(&system(), event.id, "ln-1", "seen in the firewall").await.unwrap();
        let late = world.desk.reporter_answers(&secret, &port("2050"), "").await.unwrap();
        assert!(matches!(late, Replying::Over), "{late:?}");
        world.later(30);
        assert_eq!(world.desk.questions_tick().await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn words_alone_are_kept_for_a_person() {
    both(|world| async move {
        let event = ambiguous(&world).await;
        let secret = asked(&world, &event).await;
        let said = world.desk.reporter_answers(&secret, &port(""), "Our sensor keeps no ports.").await.unwrap();
        assert!(matches!(said, Replying::Taken), "{said:?}");
        assert_eq!(now(&world, &event).await.certainty, Certainty::Ambiguous);
        let view = world.desk.event_view(&system(), event.id).await.unwrap();
        assert_eq!(view.asking.questions[0].answer, "Our sensor keeps no ports.");
    })
    .await;
}
