//! A resolver is asked what the index does not know: right, slow, down or lying, nothing is guessed and nothing asked twice.
use crate::{
    contradictions,
    resolving::{Mood, Peer, TOKEN},
    world::{World, arf, at, system, with},
};
use chrono::TimeDelta;
use domain::{
    attribution::{Answer, Certainty, Doubt},
    evidence::{Event, EventState},
    id::CgnatRuleId,
    lease::{CgnatRule, board::LeaseWarning, resolver::Told},
    limit::JOB_LEASE,
};
use lazaret::{
    config::Config,
    lease_source::resolver::{Asker, Step},
};
use serde_json::json;
use std::time::Duration;

/// Runs the test on both engines with a resolver for 198.51.100.0/24 and the inside addresses.
async fn asked<F: Future<Output = ()>>(test: impl Fn(World, Peer) -> F) {
    asked_with(&[], test).await;
}

async fn asked_with<F: Future<Output = ()>>(settings: &[(&str, &str)], test: impl Fn(World, Peer) -> F) {
    let peer = Peer::start().await;
    let config = Config::defaults()
        .with("mail.keep", "true")
        .with("resolver.books.url", peer.url.clone())
        .with("resolver.books.token", TOKEN)
        .with("resolver.books.prefixes", "198.51.100.0/24, 100.64.0.0/10")
        .with("resolver.books.timeout_seconds", "1")
        .with("resolver.books.per_second", "100");
    let config = settings.iter().fold(config, |config, (name, value)| config.with(name, *value));
    with(config, |world| {
        peer.reset();
        let run = test(world.clone(), peer.clone());
        async move {
            for resolver in world.desk.config().resolvers() {
                world.desk.resolver_set_up(&resolver).await.unwrap();
            }
            run.await;
        }
    })
    .await;
}

fn asker(world: &World) -> Asker {
    Asker::new(&world.desk, &world.desk.config().resolvers()[0]).unwrap()
}

/// Asks whatever is due, and has events looked at again.
async fn work(world: &World) -> Vec<Step> {
    let asker = asker(world);
    let mut steps = Vec::new();
    loop {
        match asker.step().await.unwrap() {
            Step::Idle => break,
            step => steps.push(step),
        }
        if steps.len() > 20 || matches!(steps.last(), Some(Step::Away(..))) {
            break;
        }
    }
    while world.desk.ask_again().await.unwrap() {}
    steps
}

async fn event(world: &World, address: &str, port: Option<u16>, when: &str) -> Event {
    let report = world.take_in(arf(address, port, &at(when).to_rfc3339()).as_bytes()).await;
    world.event(report.id).await
}

async fn now(world: &World, event: &Event) -> (Event, Answer) {
    let mut conn = world.desk.store().read().await.unwrap();
    let event = conn.event_by_id(event.id).await.unwrap().unwrap();
    let answers = conn.attributions_of(event.id).await.unwrap();
    (event, answers[0].answer.clone())
}

async fn rows(world: &World) -> i64 {
    world.desk.store().read().await.unwrap().lease_count().await.unwrap()
}

#[tokio::test]
async fn what_nobody_knows_is_asked_and_the_event_settles() {
    asked(|world, peer| async move {
        peer.knows("198.51.100.9", "nadia@isp.example", "20T08:00:00", Some("20T11:00:00"));
        let early = event(&world, "198.51.100.9", Some(4_711), "20T09:00:00").await;
        let (_, answer) = now(&world, &early).await;
        assert_eq!((answer.certainty, answer.doubt), (Certainty::Unknown, Some(Doubt::Unanswered)));
        assert!(answer.why.ends_with("resolver.books has not answered yet"), "{}", answer.why);
        assert!(peer.asked().is_empty(), "the desk itself asks nobody");
        assert_eq!(work(&world).await, [Step::Answered]);
        let question = json!({ "address": "198.51.100.9", "port": 4711, "from": "2026-11-20T09:00:00Z",
            "to": "2026-11-20T09:00:00Z", "skew_seconds": 2 });
        assert_eq!(peer.asked(), [question]);
        let (settled, answer) = now(&world, &early).await;
        assert_eq!((settled.certainty, settled.state), (Certainty::Certain, EventState::Pending));
        assert_eq!(answer.method, "external resolver");
        let holder = answer.holder().unwrap();
        assert_eq!(
            (holder.source.as_str(), holder.from, holder.to),
            ("resolver.books", at("20T08:00:00"), Some(at("20T11:00:00")))
        );
        // What it said serves other events of that lease.
        let other = event(&world, "198.51.100.9", None, "20T10:00:00").await;
        assert_eq!(other.certainty, Certainty::Certain);
        assert_eq!((work(&world).await.len(), peer.asked().len()), (0, 1));
        // Elsewhere it is not asked, nor about what is known.
        let elsewhere = event(&world, "192.0.2.77", None, "20T09:00:00").await;
        assert_eq!(now(&world, &elsewhere).await.1.doubt, Some(Doubt::NoLease));
        event(&world, "198.51.100.77", None, "19T09:00:00").await;
        assert_eq!(work(&world).await, []);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_an_answer_with_a_name_and_a_time() {
    asked(|world, peer| async move {
        let early = event(&world, "198.51.100.9", None, "20T09:00:00").await;
        assert_eq!(work(&world).await, [Step::Answered]);
        let (event_now, answer) = now(&world, &early).await;
        assert_eq!((event_now.certainty, answer.doubt), (Certainty::Unknown, Some(Doubt::NoLease)));
        let said = "no lease of this address: resolver.books said on 2026-11-22 10:42:00 UTC that nobody held it then";
        assert_eq!(answer.why, said);
        // The same question is not put again, whoever asks.
        world.clock.advance(TimeDelta::minutes(5));
        assert_eq!(work(&world).await, []);
        event(&world, "198.51.100.9", Some(1), "20T09:00:00").await;
        assert_eq!(work(&world).await, [Step::Answered], "another port is another question");
        assert_eq!(peer.asked().len(), 2);
    })
    .await;
}

fn row(user: &str, from: &str, to: Option<&str>) -> serde_json::Value {
    let mut row = json!({ "address": "198.51.100.9", "username": user, "from": format!("2026-11-{from}Z") });
    if let Some(to) = to {
        row["to"] = json!(format!("2026-11-{to}Z"));
    }
    row
}

fn says(leases: &[serde_json::Value]) -> Mood {
    Mood::Says(json!({ "leases": leases, "complete": true }).to_string())
}

/// Every way to be no answer, and what is said of it.
fn lies() -> Vec<(Mood, &'static str)> {
    let good = row("nadia@isp.example", "20T08:00:00", None);
    let mut elsewhere = good.clone();
    elsewhere["address"] = json!("198.51.100.10");
    let mut service = good.clone();
    service["service_number"] = json!("ln-99");
    let partial = json!({ "leases": [good] }).to_string();
    vec![
        (Mood::Status(500), "answered 500"),
        (Mood::Status(401), "is the token right"),
        (Mood::Status(404), "answered 404"),
        (Mood::Status(422), "does not take the question"),
        (Mood::Status(204), "answered 204"),
        (Mood::Elsewhere, "redirects are not followed"),
        (Mood::Later(1), "answered 503"),
        (Mood::Slow(Duration::from_millis(1_500)), "no answer in time"),
        (Mood::Broken, "the connection broke"),
        (Mood::Huge, "answered more than"),
        (Mood::Says("<html>down for maintenance</html>".to_owned()), "cannot be read"),
        (Mood::Says(partial), "does not say that it is complete"),
        (says(&[elsewhere]), "198.51.100.10/32 was not asked about"),
        (says(&[row("nadia@isp.example", "19T08:00:00", Some("19T09:00:00"))]), "does not reach the asked time"),
        (says(&[row("nadia@isp.example", "20T08:00:00", None), row("bert", "20T08:30:00", None)]), "two holders"),
        (says(&[service]), "there is no service ln-99"),
        (says(&[json!({ "address": "198.51.100.9", "from": "2026-11-20T08:00:00Z" })]), "names no holder"),
        (says(&[row("nadia@isp.example", "20T09:30:00", Some("20T09:00:00"))]), "later than from"),
    ]
}

#[tokio::test]
async fn whatever_it_does_instead_of_answering_nothing_is_guessed() {
    asked(|world, peer| async move {
        let before = rows(&world).await;
        let early = event(&world, "198.51.100.9", None, "20T09:00:00").await;
        for (mood, problem) in lies() {
            peer.next(mood.clone());
            let steps = work(&world).await;
            let [Step::Wrong(said) | Step::Away(said, _)] = &steps[..] else { panic!("{mood:?}: {steps:?}") };
            assert!(said.contains(problem), "{mood:?}: {said}");
            let (event, answer) = now(&world, &early).await;
            assert_eq!((event.certainty, answer.doubt), (Certainty::Unknown, Some(Doubt::Unanswered)), "{mood:?}");
            assert_eq!(rows(&world).await, before, "{mood:?}");
            let standing = world.desk.store().read().await.unwrap().resolver_standings().await.unwrap().remove(0);
            assert_eq!((standing.open, standing.wrong), (1, 1), "{mood:?}");
            assert!(standing.problem.contains(problem), "{}", standing.problem);
            world.clock.advance(TimeDelta::minutes(15));
        }
        let warned = world.desk.lease_warnings().await.unwrap();
        let wrong = warned
            .iter()
            .find(|warning| matches!(warning, LeaseWarning::NoAnswer { source, .. } if source == "resolver.books"));
        assert!(wrong.is_some(), "{warned:?}");
        peer.knows("198.51.100.9", "nadia@isp.example", "20T08:00:00", Some("20T11:00:00"));
        assert_eq!(work(&world).await, [Step::Answered]);
        assert_eq!(now(&world, &early).await.0.certainty, Certainty::Certain);
        assert!(world.desk.store().read().await.unwrap().resolver_standings().await.unwrap().is_empty());
        let warned = world.desk.lease_warnings().await.unwrap();
        assert!(warned.iter().all(|warning| warning.source() != "resolver.books"), "{warned:?}");
    })
    .await;
}

#[tokio::test]
async fn a_resolver_that_is_down_is_asked_again_for_ever() {
    asked_with(&[("resolver.books.url", "http://127.0.0.1:9/who")], |world, _| async move {
        let early = event(&world, "198.51.100.9", None, "20T09:00:00").await;
        for _ in 0..20 {
            let steps = work(&world).await;
            assert!(matches!(&steps[..], [Step::Away(problem, _)] if problem == "cannot be reached"), "{steps:?}");
        }
        assert_eq!(now(&world, &early).await.1.doubt, Some(Doubt::Unanswered));
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_was_lost_is_asked_for_again_and_its_rows_are_not_doubled() {
    asked(|world, peer| async move {
        let before = rows(&world).await;
        peer.knows("198.51.100.9", "nadia@isp.example", "20T08:00:00", None);
        let early = event(&world, "198.51.100.9", None, "20T09:00:00").await;
        let resolver = world.desk.config().resolvers().remove(0);
        let dead = world.desk.resolver_take(&resolver, "dead").await.unwrap().unwrap();
        // Its worker dies with the answer in its hands; meanwhile nobody else asks.
        assert_eq!(work(&world).await, []);
        world.clock.advance(JOB_LEASE);
        assert_eq!(work(&world).await, [Step::Answered]);
        assert_eq!(rows(&world).await, before + 1);
        // It was not dead but slow: its answer comes too late to count.
        let told = Told { sayings: Vec::new(), leases: 0 };
        assert_eq!(world.desk.resolver_answered(&resolver, "dead", &dead, &told).await.unwrap(), None);
        world.desk.resolver_tried("dead", &dead, "too late", world.clock_now()).await.unwrap();
        assert_eq!(now(&world, &early).await.0.certainty, Certainty::Certain);
        // The same lease told again, in the answer to another question.
        event(&world, "198.51.100.9", None, "22T10:50:00").await;
        world.clock.advance(TimeDelta::hours(1));
        assert_eq!(work(&world).await, [Step::Answered]);
        assert_eq!(rows(&world).await, before + 1);
    })
    .await;
}

#[tokio::test]
async fn two_replicas_never_ask_the_same() {
    asked(|world, peer| async move {
        for host in 20..40 {
            event(&world, &format!("198.51.100.{host}"), None, "20T09:00:00").await;
        }
        let askers: Vec<Asker> = (0..4).map(|_| asker(&world)).collect();
        for _ in 0..10 {
            for step in futures_util::future::join_all(askers.iter().map(Asker::step)).await {
                assert!(matches!(step.unwrap(), Step::Answered | Step::Idle));
            }
        }
        let mut addresses: Vec<String> = peer.asked().iter().map(|asked| asked["address"].to_string()).collect();
        addresses.sort_unstable();
        addresses.dedup();
        assert_eq!((addresses.len(), peer.asked().len()), (20, 20));
    })
    .await;
}

#[tokio::test]
async fn what_goes_on_is_asked_again_for_later_events() {
    asked(|world, peer| async move {
        peer.knows("198.51.100.9", "nadia@isp.example", "22T08:00:00", None);
        let first = event(&world, "198.51.100.9", None, "22T10:00:00").await;
        work(&world).await;
        assert_eq!(now(&world, &first).await.0.certainty, Certainty::Certain);
        // Meanwhile somebody else got it.
        peer.forgets();
        peer.knows("198.51.100.9", "nadia@isp.example", "22T08:00:00", Some("22T11:00:00"));
        peer.knows("198.51.100.9", "bert@isp.example", "22T11:00:00", None);
        world.clock.advance(TimeDelta::hours(1));
        let later = event(&world, "198.51.100.9", None, "22T11:10:00").await;
        let (_, answer) = now(&world, &later).await;
        assert_eq!((answer.certainty, answer.doubt), (Certainty::Ambiguous, Some(Doubt::Unanswered)), "{}", answer.why);
        assert_eq!(work(&world).await, [Step::Answered]);
        let (_, answer) = now(&world, &later).await;
        assert_eq!(answer.doubt, Some(Doubt::NameUnknown), "{}", answer.why);
        assert!(answer.why.contains("bert@isp.example"), "{}", answer.why);
    })
    .await;
}

#[tokio::test]
async fn what_it_does_not_know_yet_is_asked_later() {
    asked(|world, peer| async move {
        peer.knows("198.51.100.9", "nadia@isp.example", "22T08:00:00", None);
        peer.through(Some("22T10:30:00"));
        let just_now = event(&world, "198.51.100.9", None, "22T10:41:00").await;
        assert_eq!(work(&world).await, [Step::TooEarly]);
        assert_eq!(now(&world, &just_now).await.1.doubt, Some(Doubt::Unanswered));
        assert_eq!(work(&world).await, [], "not at once");
        world.clock.advance(TimeDelta::minutes(15));
        peer.through(None);
        assert_eq!(work(&world).await, [Step::Answered]);
        assert_eq!(now(&world, &just_now).await.0.certainty, Certainty::Certain);
    })
    .await;
}

#[tokio::test]
async fn what_it_said_is_erased_in_time_and_asked_for_again() {
    asked_with(&[("leases.keep_days", "1")], |world, peer| async move {
        peer.knows("198.51.100.9", "nadia@isp.example", "10T08:00:00", Some("10T11:00:00"));
        let old = event(&world, "198.51.100.9", None, "10T09:00:00").await;
        while world.desk.leases_expire(100).await.unwrap() {}
        assert_eq!(work(&world).await, [Step::Answered]);
        assert_eq!(now(&world, &old).await.0.certainty, Certainty::Certain, "however long ago, it can be asked");
        let before = rows(&world).await;
        while world.desk.leases_expire(100).await.unwrap() {}
        assert_eq!(rows(&world).await, before - 1);
        // What is frozen stays, and nothing speaks against it.
        let (settled, answer) = now(&world, &old).await;
        assert_eq!(settled.certainty, Certainty::Certain);
        assert!(answer.holder().unwrap().row.is_some());
        let mut tx = world.desk.store().write().await.unwrap();
        tx.event_ask(&[old.id], world.clock_now()).await.unwrap();
        tx.commit_chore(store::Chore::AskedAgain).await.unwrap();
        assert_eq!(work(&world).await, []);
        assert!(contradictions::open(&world).await.is_empty());
        // Another complaint of the same moment is a new question, for what was said is gone.
        let by = async |reporter: &str, port| {
            let mail = arf("198.51.100.9", port, &at("10T09:00:00").to_rfc3339()).replace("reporter.example", reporter);
            world.event(world.take_in(mail.as_bytes()).await.id).await
        };
        let (again, same) = (by("second.example", Some(7)).await, by("third.example", None).await);
        assert_eq!(work(&world).await.len(), 2);
        assert_eq!(now(&world, &again).await.0.certainty, Certainty::Certain);
        assert_eq!(now(&world, &same).await.0.certainty, Certainty::Certain);
        world.later(3);
        while world.desk.leases_expire(100).await.unwrap() {}
        let question = peer.asked().len();
        assert_eq!((question, work(&world).await.len()), (3, 0));
    })
    .await;
}

#[tokio::test]
async fn behind_a_cgnat_it_is_asked_about_the_inside_address() {
    asked(|world, peer| async move {
        let rule = CgnatRule {
            id: CgnatRuleId::new(),
            inside: "100.64.0.0/24".parse().unwrap(),
            outside: "203.0.113.200/32".parse().unwrap(),
            ports: 1_008,
            first_port: 1_024,
            from: at("01T00:00:00"),
            to: None,
        };
        world.desk.cgnat_rule_add(&system(), &rule).await.unwrap();
        peer.knows("100.64.0.2", "nadia@isp.example", "20T08:00:00", Some("20T11:00:00"));
        let shared = event(&world, "203.0.113.200", Some(1_024 + 2 * 1_008), "20T09:00:00").await;
        assert_eq!(now(&world, &shared).await.1.doubt, Some(Doubt::Unanswered));
        assert_eq!(work(&world).await, [Step::Answered]);
        assert_eq!(peer.asked()[0]["address"], "100.64.0.2");
        assert!(peer.asked()[0].get("port").is_none());
        let (settled, answer) = now(&world, &shared).await;
        assert_eq!(settled.certainty, Certainty::Certain, "{}", answer.why);
    })
    .await;
}
