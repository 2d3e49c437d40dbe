//! What resolvers are asked, how far each question is, and who waits for the answer.
use super::{
    Raw, Result, Row, bulk, lease_holder,
    load::{Load, all, get, micros, optional, query, run, run_one, time, time_opt},
};
use crate::error::StoreError;
use chrono::{DateTime, Utc};
use domain::{
    id::{EventId, LookUpId, ResolverQuestionId},
    lease::{
        address_key, address_of,
        resolver::{Asked, ResolverQuestion, Standing},
    },
};
use sqlx::Row as _;

/// Owes an answer; one that was given, and whose leases are gone by now, is owed again.
pub(crate) const ASK: &str = "INSERT INTO resolver_questions (id, resolver, address, port, protocol, from_at, to_at,
        made_at, asked_at, attempts, problem, answered_at, leases)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, 0, '', NULL, 0)
    ON CONFLICT (id) DO UPDATE SET made_at = excluded.made_at, answered_at = NULL, leases = 0
    WHERE resolver_questions.answered_at IS NOT NULL AND resolver_questions.leases > 0";
pub(crate) const BY_ID: &str =
    "SELECT id, resolver, address, port, protocol, from_at, to_at, made_at, asked_at, attempts,
        problem, answered_at, leases FROM resolver_questions WHERE id = $1";
const BY_IDS_HEAD: &str = "SELECT id, resolver, address, port, protocol, from_at, to_at, made_at, asked_at, attempts,
        problem, answered_at, leases FROM resolver_questions WHERE id IN (";
pub(crate) const OF_LOOK_UP: &str = "SELECT q.id, q.resolver, q.address, q.port, q.protocol, q.from_at, q.to_at,
        q.made_at, q.asked_at, q.attempts, q.problem, q.answered_at, q.leases
    FROM resolver_look_ups l JOIN resolver_questions q ON q.id = l.question_id
    WHERE l.look_up_id = $1 ORDER BY q.address";
pub(crate) const TRIED: &str =
    "UPDATE resolver_questions SET asked_at = $2, attempts = attempts + 1, problem = $3 WHERE id = $1";
pub(crate) const ANSWERED: &str = "UPDATE resolver_questions SET asked_at = $2, attempts = attempts + 1, problem = '',
        answered_at = $2, leases = $3 WHERE id = $1";
pub(crate) const LOOK_UP_WAITS: &str = "INSERT INTO resolver_look_ups (question_id, look_up_id) VALUES ($1, $2)
    ON CONFLICT (question_id, look_up_id) DO NOTHING";
pub(crate) const LOOK_UPS: &str = "SELECT look_up_id FROM resolver_look_ups WHERE question_id = $1 ORDER BY look_up_id";
pub(crate) const STANDINGS: &str = "SELECT o.resolver, o.open, o.since, o.wrong,
        COALESCE((SELECT p.problem FROM resolver_questions p WHERE p.resolver = o.resolver AND p.answered_at IS NULL
            AND p.problem <> '' ORDER BY p.asked_at DESC LIMIT 1), '') AS problem
    FROM (SELECT resolver, COUNT(*) AS open, MIN(made_at) AS since, COUNT(NULLIF(problem, '')) AS wrong
        FROM resolver_questions WHERE answered_at IS NULL GROUP BY resolver) o ORDER BY o.resolver";
pub(crate) const FORGET_LOOK_UPS: &str = "DELETE FROM resolver_look_ups
    WHERE question_id IN (SELECT id FROM resolver_questions WHERE answered_at < $1)";
// What is not answered says no more than the event or the look-up that waits for it.
pub(crate) const FORGET: &str = "DELETE FROM resolver_questions WHERE answered_at < $1";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] =
    &[ASK, BY_ID, OF_LOOK_UP, TRIED, ANSWERED, LOOK_UP_WAITS, LOOK_UPS, STANDINGS, FORGET_LOOK_UPS, FORGET];

impl Load for Asked {
    fn load(row: &Row) -> Result<Self> {
        let address: Vec<u8> = get(row, "address")?;
        let bytes = address.len();
        let bad = || StoreError::Inconsistent { column: "address", value: format!("{bytes} bytes") };
        let small = |column| get::<Option<i64>>(row, column);
        let question = ResolverQuestion {
            id: ResolverQuestionId(get(row, "id")?),
            resolver: get(row, "resolver")?,
            address: address_of(address.try_into().map_err(|_| bad())?),
            port: small("port")?.and_then(|port| u16::try_from(port).ok()),
            protocol: small("protocol")?.and_then(|protocol| u8::try_from(protocol).ok()),
            from: time(row, "from_at")?,
            to: time(row, "to_at")?,
        };
        let leases: i64 = get(row, "leases")?;
        Ok(Self {
            question,
            made_at: time(row, "made_at")?,
            asked_at: time_opt(row, "asked_at")?,
            attempts: get(row, "attempts")?,
            problem: get(row, "problem")?,
            answered: time_opt(row, "answered_at")?.map(|at| (at, leases)),
        })
    }
}

impl Load for Standing {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            resolver: get(row, "resolver")?,
            open: get(row, "open")?,
            since: time_opt(row, "since")?,
            wrong: get(row, "wrong")?,
            problem: get(row, "problem")?,
        })
    }
}

impl Load for LookUpId {
    /// The first column.
    fn load(row: &Row) -> Result<Self> {
        Ok(Self(row.try_get(0)?))
    }
}

/// Owes an answer to the question; false when it is owed already, or was given and still stands.
pub(crate) async fn ask(conn: &mut Raw, question: &ResolverQuestion, now: DateTime<Utc>) -> Result<bool> {
    let bound = query(ASK)
        .bind(question.id.0)
        .bind(question.resolver.clone())
        .bind(address_key(question.address).to_vec())
        .bind(question.port.map(i64::from))
        .bind(question.protocol.map(i64::from))
        .bind(micros(question.from))
        .bind(micros(question.to))
        .bind(micros(now));
    Ok(run(conn, bound).await? == 1)
}

/// A question by its id.
pub(crate) async fn by_id(conn: &mut Raw, id: ResolverQuestionId) -> Result<Option<Asked>> {
    optional(conn, query(BY_ID).bind(id.0)).await
}

/// Those of these questions that were ever asked.
pub(crate) async fn by_ids(conn: &mut Raw, ids: &[ResolverQuestionId]) -> Result<Vec<Asked>> {
    bulk::of_keys(conn, (BY_IDS_HEAD, ")"), ids, true, |list, id| {
        list.push_bind(id.0);
    })
    .await
}

/// The questions of a person's look-up.
pub(crate) async fn of_look_up(conn: &mut Raw, look: LookUpId) -> Result<Vec<Asked>> {
    all(conn, query(OF_LOOK_UP).bind(look.0)).await
}

/// It was put, and not answered; `problem`: why, empty when nothing is wrong.
pub(crate) async fn tried(conn: &mut Raw, id: ResolverQuestionId, at: DateTime<Utc>, problem: &str) -> Result<()> {
    run_one(conn, query(TRIED).bind(id.0).bind(micros(at)).bind(problem.to_owned())).await
}

/// It was answered by so many leases.
pub(crate) async fn answered(conn: &mut Raw, id: ResolverQuestionId, at: DateTime<Utc>, leases: i64) -> Result<()> {
    run_one(conn, query(ANSWERED).bind(id.0).bind(micros(at)).bind(leases)).await
}

/// The events that wait for the answer.
pub(crate) async fn events(conn: &mut Raw, id: ResolverQuestionId) -> Result<Vec<EventId>> {
    all(conn, query(lease_holder::WAITING).bind("resolver").bind(id.0.as_bytes().to_vec())).await
}

/// A look-up waits for the answer.
pub(crate) async fn look_up_waits(conn: &mut Raw, id: ResolverQuestionId, look: LookUpId) -> Result<()> {
    run(conn, query(LOOK_UP_WAITS).bind(id.0).bind(look.0)).await.map(drop)
}

/// The look-ups that wait for the answer.
pub(crate) async fn look_ups(conn: &mut Raw, id: ResolverQuestionId) -> Result<Vec<LookUpId>> {
    all(conn, query(LOOK_UPS).bind(id.0)).await
}

/// How the questions of each resolver do that has open ones.
pub(crate) async fn standings(conn: &mut Raw) -> Result<Vec<Standing>> {
    all(conn, query(STANDINGS)).await
}

/// Forgets what was answered before; how many questions there were.
pub(crate) async fn forget(conn: &mut Raw, before: DateTime<Utc>) -> Result<u64> {
    run(conn, query(FORGET_LOOK_UPS).bind(micros(before))).await?;
    run(conn, query(FORGET).bind(micros(before))).await
}
