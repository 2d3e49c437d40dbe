//! Proofs that a row is in the tree, from the stored roots of its larger subtrees.
use super::{
    Raw, Result, Row,
    load::{all, get, optional, query, run},
};
use crate::error::StoreError;
use ledger::{Frontier, Hash, Node, Proof, prove_inclusion_from};
use std::collections::HashMap;

/// Every eighth level is stored: one row more for 256 entries, and no node needs more than 128 rows below it.
const LEVELS_APART: u32 = 8;

pub(crate) const ROW: &str = "SELECT seq, at, actor, act, noun, noun_id, case_id, body, salt, content_hash, leaf_hash
    FROM ledger WHERE seq = $1";
pub(crate) const KEEP: &str = "INSERT INTO ledger_nodes (level, place, hash) VALUES ($1, $2, $3)";
pub(crate) const LEAVES: &str = "SELECT leaf_hash AS hash FROM ledger WHERE seq >= $1 AND seq < $2 ORDER BY seq";
pub(crate) const NODES: &str =
    "SELECT hash FROM ledger_nodes WHERE level = $3 AND place >= $1 AND place < $2 ORDER BY place";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[ROW, KEEP, LEAVES, NODES];

/// A stored hash; a wrong length cannot be ours and gives a proof that does not fit.
struct Stored(Hash);

impl super::load::Load for Stored {
    fn load(row: &Row) -> Result<Self> {
        let hash: Vec<u8> = get(row, "hash")?;
        Ok(Self(hash.try_into().unwrap_or_default()))
    }
}

/// The same row as the record page shows it.
pub(crate) async fn entry(conn: &mut Raw, seq: i64) -> Result<Option<domain::ledger::Entry>> {
    optional(conn, query(ROW).bind(seq)).await
}

/// Keeps those subtrees whose level is stored.
pub(crate) async fn keep(conn: &mut Raw, complete: &[(Node, Hash)]) -> Result<()> {
    for (node, hash) in complete.iter().filter(|(node, _)| node.level.is_multiple_of(LEVELS_APART)) {
        let place = i64::try_from(node.index).unwrap_or(i64::MAX);
        run(conn, query(KEEP).bind(i64::from(node.level)).bind(place).bind(hash.to_vec())).await?;
    }
    Ok(())
}

/// One row with its hashes.
pub(crate) async fn row(conn: &mut Raw, seq: i64) -> Result<Option<ledger::Row>> {
    optional(conn, query(ROW).bind(seq)).await
}

/// The hashes that prove row `seq` to be in the tree of the first `size` rows; none when it is outside.
pub(crate) async fn prove(conn: &mut Raw, seq: i64, size: i64) -> Result<Option<Proof>> {
    let mut wanted = Vec::new();
    let mut note = |node: Node| {
        wanted.push(node);
        Ok::<Hash, std::convert::Infallible>(Hash::default())
    };
    if !matches!(prove_inclusion_from(size, seq, &mut note), Ok(Ok(_))) {
        return Ok(None);
    }
    let mut known = HashMap::new();
    for node in wanted {
        known.insert(node, subtree(conn, node).await?);
    }
    let look_up = |node: Node| known.get(&node).copied().ok_or(());
    Ok(prove_inclusion_from(size, seq, look_up).ok().and_then(std::result::Result::ok))
}

/// The root of one complete subtree, from the nearest stored level below it.
async fn subtree(conn: &mut Raw, node: Node) -> Result<Hash> {
    let base = node.level - node.level % LEVELS_APART;
    let first = i64::try_from(node.index << (node.level - base)).unwrap_or(i64::MAX);
    let count = 1_i64 << (node.level - base);
    let bound = if base == 0 {
        query(LEAVES).bind(first).bind(first + count)
    } else {
        query(NODES).bind(first).bind(first + count).bind(i64::from(base))
    };
    let below: Vec<Stored> = all(conn, bound).await?;
    if i64::try_from(below.len()) != Ok(count) {
        return Err(StoreError::Ledger(format!(
            "{} of {count} hashes of level {base} from {first} on are there",
            below.len()
        )));
    }
    let mut tree = Frontier::new();
    below.iter().for_each(|hash| tree.append(hash.0));
    Ok(tree.root())
}
