//! Sessions whose Stop was lost: when somebody else began to hold the same.
use super::{
    Raw, Result, Row, bulk,
    given::{Column, Given},
    lease_find::{Found, Net, filled},
    lease_keep::day_of,
    load::{get, micros, time_opt},
};
use crate::types::LeaseAsk;
use domain::lease::{Held, net_bytes, net_key};
use std::borrow::Cow;

const NEXT_HEAD: &str = "WITH p (n, shape, net, port, from_at, holder, day, day_last) AS (";
// When somebody else began to hold the same block after this lease began.
const NEXT_TAIL: &str = ") SELECT p.n, (SELECT MIN(l.started_at) FROM lease_days d CROSS JOIN leases l
    WHERE d.day BETWEEN p.day AND p.day_last AND l.day = d.day AND l.shape = p.shape AND l.net = p.net
        AND l.port_from = p.port AND l.started_at > p.from_at AND l.holder_id <> p.holder) AS at FROM p";

/// Statements of this file that are made for as many rows as there are.
#[cfg(feature = "testing")]
pub(crate) fn made() -> Vec<String> {
    [1, 5].map(|rows| following().text(rows)).into()
}

/// A lease found of which nobody says that it had not ended by then: whoever followed it ended it.
#[derive(Clone, Copy)]
pub(super) struct Unsure {
    /// The question, and which of its leases.
    at: (usize, usize),
    shape: i64,
    net: Net,
    port: i64,
    from: i64,
    holder: i64,
    days: (i64, i64),
}

impl Unsure {
    pub(super) fn of(found: &Found, nth: usize, ask: &LeaseAsk) -> Self {
        Self {
            at: (found.ask, nth),
            shape: found.shape,
            net: net_key(&found.held.net),
            port: found.port_from,
            from: micros(found.held.from),
            holder: found.holder,
            days: (day_of(found.held.from, false), day_of(ask.to, false)),
        }
    }
}

/// Says of each when somebody else began to hold the same.
pub(super) async fn followed(conn: &mut Raw, unsure: &[Unsure], answers: &mut [Vec<Held>]) -> Result<()> {
    for chunk in unsure.chunks(bulk::CHUNK) {
        let numbered: Vec<(usize, Unsure)> = chunk.iter().copied().enumerate().collect();
        let Some(last) = numbered.last() else { break };
        let load = |row: &Row| Ok((get::<i64>(row, "n")?, time_opt(row, "at")?));
        for (n, over_at) in following().fetch_as(conn, &filled(&numbered, *last), true, load).await? {
            let of = usize::try_from(n).ok().and_then(|n| chunk.get(n)).map(|unsure| unsure.at);
            let held = of.and_then(|(ask, nth)| answers.get_mut(ask)?.get_mut(nth));
            if let Some(held) = held {
                held.over_at = over_at;
            }
        }
    }
    Ok(())
}

const fn following() -> Given<8, (usize, Unsure)> {
    Given {
        head: NEXT_HEAD,
        columns: [
            Column::Int(|(n, _)| i64::try_from(*n).unwrap_or(-1)),
            Column::Int(|(_, unsure)| unsure.shape),
            Column::Bytes(|(_, unsure)| net_bytes(&unsure.net.0, unsure.net.1).to_vec()),
            Column::Int(|(_, unsure)| unsure.port),
            Column::Int(|(_, unsure)| unsure.from),
            Column::Int(|(_, unsure)| unsure.holder),
            Column::Int(|(_, unsure)| unsure.days.0),
            Column::Int(|(_, unsure)| unsure.days.1),
        ],
        tail: Cow::Borrowed(NEXT_TAIL),
    }
}
