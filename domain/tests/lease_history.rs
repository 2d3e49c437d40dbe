//! The answer against a naive reference over random histories: never somebody who cannot have held the address then, never
//! certain when two could.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    attribution::{Certainty, Known, Moment, decide},
    id::{CustomerId, LeaseId, ServiceId},
    lease::{Held, HeldBy, LeaseSourceKind},
    saying::HolderName,
};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000 + second, 0).unwrap()
}

/// A row in small numbers: seconds, few holders, few ports.
#[derive(Debug, Clone)]
struct Row {
    who: usize,
    from: i64,
    to: Option<i64>,
    sure: Option<i64>,
    ports: (u16, u16),
    skew: i64,
}

fn row() -> impl Strategy<Value = Row> {
    let ports = prop_oneof![Just((0, 65_535)), Just((1_000, 1_999)), Just((2_000, 2_999)), Just((1_500, 2_500))];
    let life = prop::option::weighted(0.8, 1_i64..40);
    (0_usize..4, 0_i64..100, life, prop::option::weighted(0.3, 0_i64..40), ports, 0_i64..4).prop_map(
        |(who, from, life, sure, ports, skew)| {
            let to = life.map(|life| from + life);
            let sure = sure.map(|sure| to.map_or(from + sure, |to| (from + sure).min(to)));
            Row { who, from, to, sure, ports, skew }
        },
    )
}

/// Every instant and every error of the source's clock that is possible, one by one.
fn may(row: &Row, second: i64, over: Option<i64>) -> bool {
    let end = match row.sure {
        None => row.to,
        Some(sure) => [row.to, over].into_iter().flatten().min().map(|end| end.max(sure)),
    };
    (-row.skew..=row.skew)
        .any(|off| row.from + off <= second && end.is_none_or(|end| second < end + off.abs().max(row.skew)))
}

fn proven(row: &Row, second: i64) -> bool {
    let end = [row.to, row.sure].into_iter().flatten().min();
    row.from <= second && end.is_none_or(|end| second < end)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]
    #[test]
    fn never_a_stranger_and_never_certain_when_two_could(
        rows in prop::collection::vec(row(), 0..10),
        second in 0_i64..120, length in 0_i64..5, unsure in 0_i64..3,
        port in prop::option::weighted(0.8, prop_oneof![Just(1_200_u16), Just(1_700), Just(2_200), Just(80)]),
    ) {
        let holders: Vec<(ServiceId, CustomerId)> = (0..4).map(|_| (ServiceId::new(), CustomerId::new())).collect();
        // As the store tells: the next start of somebody else on the same block ends what is presumed.
        let over = |one: &Row| {
            let next = rows.iter().filter(|o| o.who != one.who && o.ports == one.ports && o.from > one.from);
            one.sure.and_then(|_| next.map(|o| o.from).min())
        };
        let held: Vec<Held> = rows.iter().map(|one| Held {
            id: LeaseId::new(),
            net: "198.51.100.77/32".parse().unwrap(),
            ports: one.ports,
            protocol: None,
            by: HeldBy { name: HolderName::Username(one.who.to_string()), service: Some(holders[one.who]) },
            from: at(one.from),
            to: one.to.map(at),
            sure_until: one.sure.map(at),
            over_at: over(one).map(at),
            inside: None,
            source: "radius".into(),
            kind: LeaseSourceKind::Radius,
            skew: TimeDelta::seconds(one.skew),
            through: None,
        }).collect();
        let moment = Moment {
            to: at(second + length),
            uncertainty: TimeDelta::seconds(unsure),
            ..Moment::at(at(second), port)
        };
        let answer = decide(&held, &moment, &Known::default());
        let window = second - unsure..=second + length + unsure;
        let fits = |one: &&Row| port.is_none_or(|port| one.ports.0 <= port && port <= one.ports.1);
        let could: BTreeSet<usize> = rows.iter().filter(fits)
            .filter(|one| window.clone().any(|second| may(one, second, over(one)))).map(|one| one.who).collect();
        for candidate in &answer.candidates {
            let who = holders.iter().position(|known| known.0 == candidate.service).unwrap();
            prop_assert!(could.contains(&who), "{who} cannot have held it; could: {could:?}");
        }
        match answer.certainty {
            Certainty::Certain => {
                prop_assert_eq!(could.len(), 1);
                let who = *could.first().unwrap();
                for second in window {
                    let any = rows.iter().filter(fits).any(|one| one.who == who && proven(one, second));
                    prop_assert!(any, "nothing proves {who} at {second}");
                }
                prop_assert!(port.is_some() || rows.iter().filter(fits)
                    .filter(|one| may(one, second, over(one))).all(|one| one.ports == (0, 65_535)));
            }
            Certainty::Unknown => prop_assert!(could.is_empty(), "{could:?}: {}", answer.why),
            Certainty::Ambiguous => {
                prop_assert_eq!(answer.total, could.len());
                prop_assert!(answer.doubt.is_some() && !answer.why.is_empty());
            }
        }
    }
}
