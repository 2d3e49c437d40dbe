//! The append-only record: entries, the tree's right edge, signed heads.
use super::{
    Raw, Result, Row,
    load::{Load, all, get, micros, one, query, run, time},
};
use crate::error::StoreError;
use chrono::{DateTime, Utc};
use domain::{
    id::CaseId,
    ledger::{Entry, NewEntry},
};
use ledger::{Frontier, SignedHead};
use serde_json::Value;
use sqlx::Row as _;
use std::collections::BTreeMap;

// Locks the tip on both engines before it is read: entries get their places one transaction after the other.
pub(crate) const LOCK_TIP: &str = "UPDATE ledger_tip SET size = size + $1 WHERE id = 1 RETURNING size, frontier";
pub(crate) const MAKE_TIP: &str =
    "INSERT INTO ledger_tip (id, size, frontier) VALUES (1, 0, $1) ON CONFLICT (id) DO NOTHING";
pub(crate) const SET_TIP: &str = "UPDATE ledger_tip SET frontier = $1 WHERE id = 1";
pub(crate) const APPEND: &str = "INSERT INTO ledger
    (seq, at, actor, act, noun, noun_id, case_id, body, salt, content_hash, leaf_hash)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
pub(crate) const COUNT_WORK: &str = "INSERT INTO work_days (day, actor, act, acts) VALUES ($1, $2, $3, $4)
    ON CONFLICT (day, actor, act) DO UPDATE SET acts = work_days.acts + excluded.acts";
pub(crate) const ROWS_FROM: &str =
    "SELECT seq, at, actor, act, noun, noun_id, case_id, body, salt, content_hash, leaf_hash
    FROM ledger WHERE seq > $1 ORDER BY seq LIMIT $2";
pub(crate) const ROWS_BETWEEN: &str =
    "SELECT seq, at, actor, act, noun, noun_id, case_id, body, salt, content_hash, leaf_hash
    FROM ledger WHERE seq > $1 AND seq <= $2 ORDER BY seq";
pub(crate) const OF_CASE: &str = "SELECT seq, at, actor, act, noun, noun_id, case_id, body, leaf_hash
    FROM ledger WHERE case_id = $1 ORDER BY seq DESC LIMIT $2";
pub(crate) const OF_NOUN: &str = "SELECT seq, at, actor, act, noun, noun_id, case_id, body, leaf_hash
    FROM ledger WHERE noun_id = $1 AND noun = $2 ORDER BY seq DESC LIMIT $3";
pub(crate) const TIP: &str = "SELECT frontier FROM ledger_tip WHERE id = 1";
pub(crate) const SIZE: &str = "SELECT COALESCE(MAX(size), 0) AS n FROM ledger_tip";
pub(crate) const ADD_HEAD: &str = "INSERT INTO ledger_heads (size, root, at, key_id, signature)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (size) DO NOTHING";
pub(crate) const NEWEST_HEAD: &str =
    "SELECT size, root, at, key_id, signature FROM ledger_heads ORDER BY size DESC LIMIT 1";
pub(crate) const HEADS: &str = "SELECT size, root, at, key_id, signature FROM ledger_heads ORDER BY size";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[
    LOCK_TIP,
    MAKE_TIP,
    SET_TIP,
    APPEND,
    COUNT_WORK,
    ROWS_FROM,
    ROWS_BETWEEN,
    OF_CASE,
    OF_NOUN,
    TIP,
    SIZE,
    ADD_HEAD,
    NEWEST_HEAD,
    HEADS,
];

fn bytes<const N: usize>(row: &Row, column: &'static str) -> Result<[u8; N]> {
    let value: &[u8] = get(row, column)?;
    value.try_into().map_err(|_| StoreError::Inconsistent { column, value: format!("{} bytes", value.len()) })
}

impl Load for Entry {
    fn load(row: &Row) -> Result<Self> {
        let body: Option<String> = get(row, "body")?;
        let leaf: Vec<u8> = get(row, "leaf_hash")?;
        Ok(Self {
            seq: get(row, "seq")?,
            at: time(row, "at")?,
            actor: get(row, "actor")?,
            act: get(row, "act")?,
            noun: get(row, "noun")?,
            noun_id: get(row, "noun_id")?,
            case: get::<Option<uuid::Uuid>>(row, "case_id")?.map(CaseId),
            body: body.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or(Value::Null),
            leaf: leaf.iter().map(|byte| format!("{byte:02x}")).collect(),
        })
    }
}

impl Load for ledger::Row {
    fn load(row: &Row) -> Result<Self> {
        let salt: Option<&[u8]> = get(row, "salt")?;
        Ok(Self {
            seq: get(row, "seq")?,
            at: get(row, "at")?,
            actor: get(row, "actor")?,
            action: get(row, "act")?,
            noun: get(row, "noun")?,
            noun_id: get(row, "noun_id")?,
            case_id: get::<Option<uuid::Uuid>>(row, "case_id")?.map(|id| id.to_string()),
            body: get(row, "body")?,
            // A salt of another length cannot be ours; zeros make the content hash not fit, which names the row.
            salt: salt.map(|salt| salt.try_into().unwrap_or_default()),
            content_hash: bytes(row, "content_hash").unwrap_or_default(),
            leaf_hash: bytes(row, "leaf_hash").unwrap_or_default(),
        })
    }
}

impl Load for SignedHead {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            size: get(row, "size")?,
            root: bytes(row, "root")?,
            at: get(row, "at")?,
            key_id: get(row, "key_id")?,
            signature: bytes(row, "signature")?,
        })
    }
}

/// Appends the entries; the position of the first.
pub(crate) async fn append(conn: &mut Raw, entries: &[NewEntry], now: DateTime<Utc>) -> Result<i64> {
    let count = i64::try_from(entries.len()).unwrap_or(i64::MAX);
    let (size_after, mut tree) = lock_tip(conn, count).await?;
    let first = size_after - count;
    if tree.size() != first {
        return Err(StoreError::Ledger(format!("the tip says {first} entries, its tree {}", tree.size())));
    }
    for (place, entry) in (first..).zip(entries) {
        let row = stored(entry, place, now)?;
        let mut nodes = Vec::new();
        tree.append_with(row.leaf_hash, |node, hash| nodes.push((node, hash)));
        run(conn, insert(&row, entry.case)).await?;
        super::ledger_proof::keep(conn, &nodes).await?;
    }
    run(conn, query(SET_TIP).bind(tree.to_bytes())).await?;
    count_work(conn, entries, now).await?;
    Ok(first)
}

/// Counts what people did, for the figures.
async fn count_work(conn: &mut Raw, entries: &[NewEntry], now: DateTime<Utc>) -> Result<()> {
    // In one order for everybody, so that two writers wait for each other instead of blocking each other.
    let mut work: BTreeMap<(String, &'static str), i64> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.actor.user().is_some()) {
        *work.entry((entry.actor.ledger_text(), entry.act.as_str())).or_default() += 1;
    }
    let day = now.timestamp().div_euclid(86_400);
    for ((actor, act), acts) in work {
        run(conn, query(COUNT_WORK).bind(day).bind(actor).bind(act).bind(acts)).await?;
    }
    Ok(())
}

async fn lock_tip(conn: &mut Raw, count: i64) -> Result<(i64, Frontier)> {
    let mut tip = query(LOCK_TIP).bind(count).fetch_optional(&mut *conn).await?;
    if tip.is_none() {
        run(conn, query(MAKE_TIP).bind(Frontier::new().to_bytes())).await?;
        tip = query(LOCK_TIP).bind(count).fetch_optional(&mut *conn).await?;
    }
    let tip = tip.ok_or_else(|| StoreError::Ledger("the tip row is missing".to_owned()))?;
    let frontier: Vec<u8> = tip.try_get("frontier")?;
    Ok((tip.try_get("size")?, Frontier::from_bytes(&frontier)?))
}

fn stored(entry: &NewEntry, seq: i64, now: DateTime<Utc>) -> Result<ledger::Row> {
    let salt = ledger::fresh_salt().map_err(|error| StoreError::Ledger(format!("no random salt: {error}")))?;
    let entry = ledger::Entry {
        seq,
        at: micros(now),
        actor: entry.actor.ledger_text(),
        action: entry.act.as_str().to_owned(),
        noun: entry.noun.to_owned(),
        noun_id: entry.noun_id.clone(),
        case_id: entry.case.map(|id| id.to_string()),
        body: Value::Object(entry.body.clone()).to_string(),
        salt,
    };
    Ok(entry.into_row())
}

fn insert(row: &ledger::Row, case: Option<CaseId>) -> super::load::Bound {
    query(APPEND)
        .bind(row.seq)
        .bind(row.at)
        .bind(row.actor.clone())
        .bind(row.action.clone())
        .bind(row.noun.clone())
        .bind(row.noun_id.clone())
        .bind(case.map(|id| id.0))
        .bind(row.body.clone())
        .bind(row.salt.map(|salt| salt.to_vec()))
        .bind(row.content_hash.to_vec())
        .bind(row.leaf_hash.to_vec())
}

/// Rows after `seq` in order, for verification (-1 = from the first).
pub(crate) async fn rows_after(conn: &mut Raw, seq: i64, limit: i64) -> Result<Vec<ledger::Row>> {
    all(conn, query(ROWS_FROM).bind(seq).bind(limit)).await
}

/// Rows after the one place up to and with the other, in order: several readers share a long check.
pub(crate) async fn rows_between(conn: &mut Raw, after: i64, last: i64) -> Result<Vec<ledger::Row>> {
    all(conn, query(ROWS_BETWEEN).bind(after).bind(last)).await
}

/// The timeline of a case, newest first.
pub(crate) async fn of_case(conn: &mut Raw, case: CaseId, limit: i64) -> Result<Vec<Entry>> {
    all(conn, query(OF_CASE).bind(case.0).bind(limit)).await
}

/// The history of one thing, newest first.
pub(crate) async fn of_noun(conn: &mut Raw, noun: &str, id: &str, limit: i64) -> Result<Vec<Entry>> {
    all(conn, query(OF_NOUN).bind(id.to_owned()).bind(noun.to_owned()).bind(limit)).await
}

/// The bytes of the tree's right edge; none before the first entry.
pub(crate) async fn tip(conn: &mut Raw) -> Result<Option<Vec<u8>>> {
    Ok(query(TIP).fetch_optional(conn).await?.map(|row| row.try_get(0)).transpose()?)
}

/// Keeps a signed head.
pub(crate) async fn add_head(conn: &mut Raw, head: &SignedHead) -> Result<()> {
    let bound = query(ADD_HEAD)
        .bind(head.size)
        .bind(head.root.to_vec())
        .bind(head.at)
        .bind(head.key_id.clone())
        .bind(head.signature.to_vec());
    run(conn, bound).await.map(drop)
}

/// The signed head of the most entries.
pub(crate) async fn newest_head(conn: &mut Raw) -> Result<Option<SignedHead>> {
    super::load::optional(conn, query(NEWEST_HEAD)).await
}

/// All signed heads, smallest first.
pub(crate) async fn heads(conn: &mut Raw) -> Result<Vec<SignedHead>> {
    all(conn, query(HEADS)).await
}

/// Number of entries.
pub(crate) async fn size(conn: &mut Raw) -> Result<i64> {
    one(conn, query(SIZE)).await
}
