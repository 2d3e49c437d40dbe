//! Random histories through the store of both engines, against a naive reference: never a stranger, never certain when two
//! could have held it.
use crate::world::{both, system};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    attribution::Certainty,
    lease::{Heard, LeaseSourceKind, SourceSetUp},
    saying::{HolderName, Saying, SourceName, Word},
};
use lazaret::demo::Rng;
use std::{collections::BTreeSet, net::IpAddr};

const SKEW: i64 = 3;
const HISTORIES: usize = 40;
const QUESTIONS: usize = 25;

/// What was said, in seconds since the first day.
#[derive(Debug, Clone)]
struct Said {
    who: usize,
    from: i64,
    /// The end; none = the Stop was lost, and `sure` is the last sign of life.
    to: Option<i64>,
    sure: i64,
    ports: (u16, u16),
    net: &'static str,
}

fn at(second: i64) -> DateTime<Utc> {
    "2026-11-10T00:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::seconds(second)
}

/// Some leases of hours, some of days: both kinds of look-up are used.
fn history(rng: &mut Rng) -> Vec<Said> {
    let blocks = [(0, 65_535), (1_024, 2_047), (2_048, 3_071), (3_000, 3_999)];
    let nets = ["/56", "/56", "/64"];
    let shared = rng.chance(60);
    let said = |rng: &mut Rng| {
        let from = rng.between(0, 8 * 86_400);
        let life = if rng.chance(70) { rng.between(1, 20 * 3_600) } else { rng.between(1, 5 * 86_400) };
        let lost = rng.chance(25);
        Said {
            who: rng.below(3),
            from,
            to: (!lost).then_some(from + life),
            sure: from + life,
            ports: if shared { *rng.pick(&blocks) } else { blocks[0] },
            net: nets[rng.below(nets.len())],
        }
    };
    (0..rng.below(14)).map(|_| said(rng)).collect()
}

fn saying(said: &Said, history: usize, n: usize) -> Saying {
    let net = format!("2001:db8:77:{:x}::{}", history * 256, said.net).parse().unwrap();
    let word = match said.to {
        Some(to) => Word::Held { from: at(said.from), to: Some(at(to)) },
        None => Word::Alive { at: at(said.sure), session: format!("bng/{history}-{n}"), started: Some(at(said.from)) },
    };
    let holder = HolderName::Service(format!("ln-{}", said.who + 1));
    Saying { line: n as u64, net, ports: said.ports, protocol: None, holder, word }
}

fn may(one: &Said, second: i64, all: &[Said]) -> bool {
    let end = one.to.or_else(|| {
        let next =
            all.iter().filter(|o| o.who != one.who && o.ports == one.ports && o.net == one.net && o.from > one.from);
        next.map(|o| o.from.max(one.sure)).min()
    });
    one.from - SKEW <= second && end.is_none_or(|end| second < end + SKEW)
}

fn proven(one: &Said, second: i64) -> bool {
    one.from <= second && second < one.sure
}

#[tokio::test]
async fn what_the_index_says_is_what_the_history_allows() {
    both(|world| async move {
        let name = SourceName::new("random-1").unwrap();
        let skew = Some(TimeDelta::seconds(SKEW));
        let set_up = SourceSetUp { kind: LeaseSourceKind::Radius, skew, silent_after: None };
        world.desk.lease_source_set_up(&name, set_up).await.unwrap();
        let mut rng = Rng::new(2026);
        let (mut certain, mut ambiguous) = (0, 0);
        for number in 0..HISTORIES {
            let mut said = history(&mut rng);
            let mut sayings: Vec<Saying> = said.iter().enumerate().map(|(n, one)| saying(one, number, n)).collect();
            // In any order, and some of it twice.
            sayings.extend(sayings.clone().into_iter().step_by(3));
            rng.shuffle(&mut sayings);
            for part in sayings.chunks(4) {
                let taken = world.desk.leases_take(&system(), &name, part, &Heard::default()).await.unwrap();
                assert!(taken.refused.is_empty(), "{:?}", taken.refused);
            }
            // The same start, block and holder said with two ends: the later word counts, and which that was is chance here.
            said.dedup_by_key(|one| (one.from, one.ports, one.who));
            for _ in 0..QUESTIONS {
                let second = match said.len() {
                    0 => rng.between(0, 9 * 86_400),
                    n if rng.chance(50) => said[rng.below(n)].from + rng.between(-5, 5),
                    n => {
                        let one = &said[rng.below(n)];
                        rng.between(one.from - 10, one.sure + 7_200)
                    }
                };
                let port = rng.chance(80).then(|| *rng.pick(&[80_u16, 1_500, 2_500, 3_050, 3_500]));
                let address: IpAddr = format!("2001:db8:77:{:x}::9", number * 256).parse().unwrap();
                let answer = world.desk.answer_at(&system(), address, port, at(second)).await.unwrap();
                let fits = |one: &&Said| port.is_none_or(|port| one.ports.0 <= port && port <= one.ports.1);
                let could: BTreeSet<usize> =
                    said.iter().filter(fits).filter(|one| may(one, second, &said)).map(|one| one.who).collect();
                let named: BTreeSet<usize> = {
                    let mut conn = world.desk.store().read().await.unwrap();
                    let mut named = BTreeSet::new();
                    for candidate in &answer.candidates {
                        let service = conn.service_by_id(candidate.service).await.unwrap().unwrap();
                        named.insert(service.number.trim_start_matches("ln-").parse::<usize>().unwrap() - 1);
                    }
                    named
                };
                let told = format!("history {number} at {second}, port {port:?}: {said:?}\n{answer:?}");
                assert_eq!(named, could, "{told}");
                match answer.certainty {
                    Certainty::Certain => {
                        certain += 1;
                        assert_eq!(could.len(), 1, "{told}");
                        let who = *could.first().unwrap();
                        let any = said.iter().filter(fits).any(|one| one.who == who && proven(one, second));
                        assert!(any, "{told}");
                    }
                    Certainty::Ambiguous => ambiguous += 1,
                    Certainty::Unknown => assert!(could.is_empty(), "{told}"),
                }
            }
        }
        assert!(certain > 50 && ambiguous > 50, "{certain} certain, {ambiguous} ambiguous");
    })
    .await;
}
