//! A resolver: what counts as its answer, and what the answer makes of "whose was it then?".
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    attribution::{
        Answer, Certainty, Doubt, Known, Moment, Wait, decide,
        resolved::{lacks_leases, nobody, unanswered},
    },
    id::{CustomerId, LeaseId, ResolverQuestionId, ServiceId},
    lease::{
        Held, HeldBy, LeaseSource, LeaseSourceKind,
        board::warnings,
        resolver::{NoAnswer, ResolverAnswer, ResolverQuestion, Told, judged},
        session::{Span, fold},
    },
    saying::{HolderName, Saying, Word},
};
use proptest::prelude::*;
use std::collections::BTreeMap;

const ALL: (u16, u16) = (0, u16::MAX);
const SKEW: TimeDelta = TimeDelta::seconds(2);

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000 + second, 0).unwrap()
}

fn question(from: i64, to: i64) -> ResolverQuestion {
    ResolverQuestion {
        id: ResolverQuestionId::new(),
        resolver: "resolver.books".to_owned(),
        address: "198.51.100.9".parse().unwrap(),
        port: None,
        protocol: None,
        from: at(from),
        to: at(to),
    }
}

fn lease(line: u64, user: &str, from: i64, to: Option<i64>) -> Saying {
    Saying {
        line,
        net: "198.51.100.9/32".parse().unwrap(),
        ports: ALL,
        protocol: None,
        holder: HolderName::Username(user.to_owned()),
        word: Word::Held { from: at(from), to: to.map(at) },
    }
}

fn says(leases: &[Saying]) -> ResolverAnswer {
    ResolverAnswer { leases: leases.to_vec(), known_through: None, complete: true }
}

fn judge(answer: &ResolverAnswer) -> Result<Told, NoAnswer> {
    judged(&question(100, 110), SKEW, answer, at(1_000))
}

fn wrong(answer: &ResolverAnswer) -> String {
    match judge(answer).unwrap_err() {
        NoAnswer::Wrong(problem) => problem,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_over_is_said_whole_and_what_goes_on_only_as_far_as_it_is_known() {
    let told = judge(&says(&[lease(1, "anna", 0, Some(105)), lease(2, "bert", 105, None)])).unwrap();
    let session = |from: i64| format!("asked/{}", at(from).timestamp_micros());
    assert_eq!(told.leases, 2);
    assert_eq!(told.sayings[0].word, Word::Stop { at: at(105), session: session(0), started: Some(at(0)) });
    assert_eq!(told.sayings[1].word, Word::Alive { at: at(1_000), session: session(105), started: Some(at(105)) });
    // An end that lies beyond what it knows is a promise.
    let known = ResolverAnswer { known_through: Some(at(200)), ..says(&[lease(1, "anna", 0, Some(300))]) };
    let told = judge(&known).unwrap();
    assert_eq!(told.sayings[0].word, Word::Alive { at: at(200), session: session(0), started: Some(at(0)) });
    // It cannot know what comes after it was asked.
    let boast = ResolverAnswer { known_through: Some(at(9_000)), ..says(&[lease(1, "anna", 0, None)]) };
    assert!(matches!(judge(&boast).unwrap().sayings[0].word, Word::Alive { at: until, .. } if until == at(1_000)));
}

#[test]
fn nobody_is_an_answer_and_other_ports_are_nobody() {
    assert_eq!(judge(&says(&[])).unwrap(), Told { sayings: Vec::new(), leases: 0 });
    let block = Saying { ports: (1_024, 2_047), ..lease(1, "anna", 0, None) };
    let asked = ResolverQuestion { port: Some(4_711), ..question(100, 110) };
    let told = judged(&asked, SKEW, &says(&[block]), at(1_000)).unwrap();
    assert_eq!((told.sayings.len(), told.leases), (1, 0));
}

#[test]
fn a_lie_is_no_answer() {
    let partial = ResolverAnswer { complete: false, ..says(&[lease(1, "anna", 0, None)]) };
    assert!(wrong(&partial).contains("complete"));
    let elsewhere = Saying { net: "198.51.100.10/32".parse().unwrap(), ..lease(1, "anna", 0, None) };
    assert_eq!(wrong(&says(&[elsewhere])), "lease 1: 198.51.100.10/32 was not asked about");
    assert!(wrong(&says(&[lease(1, "anna", 0, Some(50))])).contains("does not reach the asked time"));
    assert!(wrong(&says(&[lease(1, "anna", 200, None)])).contains("does not reach the asked time"));
    let event = Saying { word: Word::Start { at: at(0), session: "1".to_owned() }, ..lease(1, "anna", 0, None) };
    assert!(wrong(&says(&[event])).contains("must have from"));
    let two = says(&[lease(1, "anna", 0, None), lease(2, "bert", 50, None)]);
    assert_eq!(wrong(&two), "leases 1 and 2 give the same to two holders at the same time");
    let block = |line, user, low, high| Saying { ports: (low, high), ..lease(line, user, 0, None) };
    let blocks = [block(1, "anna", 1_024, 2_047), block(2, "bert", 2_048, 3_071)];
    assert_eq!(judge(&says(&blocks)).unwrap().leases, 2, "a shared address has many holders");
    assert!(wrong(&says(&[blocks[0].clone(), block(2, "bert", 2_000, 3_071)])).contains("two holders"));
    let tcp = Saying { protocol: Some(6), ..blocks[0].clone() };
    let udp = Saying { protocol: Some(17), holder: HolderName::Username("bert".to_owned()), ..blocks[0].clone() };
    assert!(judge(&says(&[tcp, udp])).is_ok());
    let prefix = Saying { net: "198.51.100.0/24".parse().unwrap(), ..lease(1, "anna", 0, None) };
    assert!(judge(&says(&[prefix])).is_ok());
}

#[test]
fn clocks_may_overlap_as_far_as_they_may_be_off() {
    assert!(judge(&says(&[lease(1, "anna", 0, Some(107)), lease(2, "bert", 105, None)])).is_ok());
    assert!(judge(&says(&[lease(1, "anna", 0, Some(108)), lease(2, "bert", 105, None)])).is_err());
    // Leases that only clocks bring into the asked time are part of the answer.
    assert_eq!(judge(&says(&[lease(1, "anna", 0, Some(99)), lease(2, "bert", 112, None)])).unwrap().leases, 2);
}

#[test]
fn knowledge_that_ends_before_the_event_is_not_enough() {
    let early = |through| ResolverAnswer { known_through: Some(at(through)), ..says(&[lease(1, "anna", 0, None)]) };
    assert_eq!(judge(&early(111)), Err(NoAnswer::TooEarly(at(111))));
    assert!(judge(&early(112)).is_ok());
    assert_eq!(judged(&question(100, 110), SKEW, &says(&[]), at(105)), Err(NoAnswer::TooEarly(at(105))));
}

fn held(user: &str, span: Span) -> Held {
    Held {
        id: LeaseId::new(),
        net: "198.51.100.9/32".parse().unwrap(),
        ports: ALL,
        protocol: None,
        by: HeldBy {
            name: HolderName::Username(user.to_owned()),
            service: Some((ServiceId::new(), CustomerId::new())),
        },
        from: span.from,
        to: span.to,
        sure_until: span.sure_until,
        over_at: None,
        inside: None,
        source: "resolver.books".into(),
        kind: LeaseSourceKind::Resolver,
        skew: SKEW,
        through: None,
    }
}

#[test]
fn what_goes_on_is_certain_as_far_as_it_was_told_and_asked_again_beyond() {
    let row = held("anna", Span { from: at(0), to: None, sure_until: Some(at(1_000)) });
    let whose = |second| decide(std::slice::from_ref(&row), &Moment::at(at(second), None), &Known::default());
    assert_eq!(whose(500).certainty, Certainty::Certain);
    assert_eq!(whose(500).method, "external resolver");
    // Near the end of what was told clocks decide nothing: more would be told if it were asked.
    for second in [999, 1_000, 5_000] {
        assert_eq!(whose(second).doubt, Some(Doubt::Presumed), "{second}");
        assert!(lacks_leases(&whose(second)));
    }
    let ended = held("anna", Span { from: at(0), to: Some(at(1_000)), sure_until: None });
    let near = decide(&[ended], &Moment::at(at(999), None), &Known::default());
    assert_eq!(near.doubt, Some(Doubt::NearChange), "a real end is one");
    assert!(!lacks_leases(&near), "asking again would not settle it");
}

#[test]
fn how_far_a_resolver_was_asked_bounds_no_other_answer() {
    let source = LeaseSource {
        id: 1,
        name: "resolver.books".into(),
        kind: LeaseSourceKind::Resolver,
        skew: SKEW,
        silent_after: None,
        known_from: Some(at(0)),
        known_through: Some(at(0)),
        last_heard_at: Some(at(0)),
        erased_before: Some(at(5_000_000)),
        rows_kept: 1,
        rows_refused: 0,
    };
    assert_eq!(Known::of(std::slice::from_ref(&source)), Known::default());
    assert_eq!(warnings(&[source], 7, 14, at(1_000_000)), []);
    // What other sources have erased does not take away what the resolver says.
    let known = Known { erased_before: Some(at(2_000)), ..Known::default() };
    let row = held("anna", Span { from: at(0), to: Some(at(1_000)), sure_until: None });
    assert_eq!(decide(&[row], &Moment::at(at(500), None), &known).certainty, Certainty::Certain);
}

#[test]
fn as_long_as_it_has_not_answered_the_event_waits_and_says_for_whom() {
    let open = decide(&[], &Moment::at(at(105), None), &Known::default());
    assert!(lacks_leases(&open));
    let waiting = unanswered(open.clone(), question(105, 105));
    assert_eq!((waiting.certainty, waiting.doubt), (Certainty::Unknown, Some(Doubt::Unanswered)));
    assert!(waiting.why.ends_with("; resolver.books has not answered yet"), "{}", waiting.why);
    assert!(matches!(&waiting.waits[..], [Wait::Resolver(asked)] if asked.resolver == "resolver.books"));
    assert!(!lacks_leases(&waiting));
    let none = nobody(open, "resolver.books", at(1_000));
    assert_eq!((none.certainty, none.doubt), (Certainty::Unknown, Some(Doubt::NoLease)));
    assert!(none.why.contains("resolver.books said on 2026-09-21") && none.why.contains("nobody held it then"));
    for doubt in [Doubt::NoPort, Doubt::SeveralHolders, Doubt::NotOurs, Doubt::NearChange, Doubt::NameUnknown] {
        assert!(!lacks_leases(&Answer::unknown("x").because(doubt)), "{doubt}");
    }
}

#[test]
fn a_question_in_words() {
    let asked = ResolverQuestion { port: Some(4_711), protocol: Some(6), ..question(0, 10) };
    assert_eq!(asked.to_string(), "198.51.100.9 port 4711 TCP, 2026-09-21 14:13:20 to 2026-09-21 14:13:30 UTC");
}

/// Who held it in truth: holders one after the other, each with the second he began and the one he ended.
type Truth = Vec<(usize, i64, i64)>;

fn truth() -> impl Strategy<Value = Truth> {
    prop::collection::vec((0_usize..3, 0_i64..40, 20_i64..200), 1..12).prop_map(|steps| {
        let mut now = 0;
        let mut history = Truth::new();
        for (holder, gap, length) in steps {
            let from = now + gap;
            now = from + length;
            history.push((holder, from, now));
        }
        history
    })
}

/// What a truthful resolver says when it is asked at `now`.
fn told(history: &Truth, from: i64, to: i64, now: i64) -> Option<Told> {
    let mut leases = Vec::new();
    for (holder, begin, end) in history {
        if *begin <= now && *begin <= to + 2 && *end > from - 2 {
            let to = (*end <= now).then_some(*end);
            leases.push(lease(leases.len() as u64 + 1, &format!("user-{holder}"), *begin, to));
        }
    }
    judged(&question(from, to), SKEW, &says(&leases), at(now)).ok()
}

proptest! {
    #[test]
    fn whatever_was_asked_and_when_nobody_is_certain_who_did_not_hold_it(
        history in truth(),
        asks in prop::collection::vec((0_i64..1_500, 0_i64..20, 0_i64..600), 1..10),
        events in prop::collection::vec((0_i64..1_800, 0_i64..10), 1..10),
    ) {
        let services: Vec<_> = (0..3).map(|_| (ServiceId::new(), CustomerId::new())).collect();
        let mut rows: BTreeMap<(String, DateTime<Utc>), Span> = BTreeMap::new();
        for (from, length, later) in asks {
            let Some(told) = told(&history, from, from + length, from + length + later) else { continue };
            for saying in told.sayings {
                let (Word::Stop { started, .. } | Word::Alive { started, .. }) = saying.word else {
                    panic!("{saying:?}")
                };
                let started = started.unwrap();
                let key = (saying.holder.parts().1.into_owned(), started);
                let span = fold(rows.get(&key).copied(), &saying.word).unwrap().unwrap();
                rows.insert(key, span);
            }
        }
        let begins = |name: &str, after: DateTime<Utc>| {
            rows.keys().filter(|(other, from)| other != name && *from > after).map(|(_, from)| *from).min()
        };
        let held: Vec<Held> = rows.iter().map(|((name, from), span)| {
            let number: usize = name.trim_start_matches("user-").parse().unwrap();
            let by = HeldBy { name: HolderName::Username(name.clone()), service: Some(services[number]) };
            Held { by, over_at: begins(name, *from), ..held(name, *span) }
        }).collect();
        for (from, length) in events {
            let moment = Moment { to: at(from + length), ..Moment::at(at(from), None) };
            if let Some(holder) = decide(&held, &moment, &Known::default()).holder() {
                for second in from..=from + length {
                    let who = history.iter().find(|one| one.1 <= second && second < one.2);
                    prop_assert_eq!(who.map(|one| services[one.0].0), Some(holder.service), "at {}", second);
                }
            }
        }
    }
}
