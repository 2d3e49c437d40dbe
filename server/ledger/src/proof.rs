//! Proofs that one entry is in the ledger, and that a later ledger continues an earlier one (RFC 6962 §2.1.1 and §2.1.2).
use std::convert::Infallible;

use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::entry::Hash;
use crate::frontier::{Frontier, bag};

/// The hashes beside the path, from the leaf upwards; in JSON a list of hex texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof(#[serde(with = "hexes")] pub Vec<Hash>);

/// A complete subtree: the `index`-th run of 2^`level` leaves. Such a node never changes once it is full, so it may be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Node {
    /// 0 for a leaf, one more for each doubling.
    pub level: u32,
    /// Place among the nodes of its level, from 0.
    pub index: u64,
}

/// Why there is no proof, or why it proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// Asked about something outside the tree.
    #[error("entry or size {asked} is outside the ledger of {size} entries")]
    Outside {
        /// The entry or the earlier size.
        asked: i64,
        /// The tree's size.
        size: i64,
    },
    /// The entry is not at that place in that tree.
    #[error("the proof does not fit: {0}")]
    Refused(String),
}

/// Proves that leaf `seq` is in the tree of all these leaf hashes. Costs O(n); see [`prove_inclusion_from`] for stored nodes.
///
/// # Errors
/// [`ProofError::Outside`] when there is no such leaf.
pub fn prove_inclusion(leaves: &[Hash], seq: i64) -> Result<Proof, ProofError> {
    let size = i64::try_from(leaves.len()).unwrap_or(i64::MAX);
    let path = inclusion_path(seq, size)?;
    Ok(Proof(path.iter().map(|range| range_of(leaves, *range)).collect()))
}

/// The same from stored [`Node`]s: `node` is asked for at most 2 log2(size) complete subtrees.
///
/// # Errors
/// `Ok(Err(ProofError::Outside))` when there is no such leaf; else whatever `node` fails with.
pub fn prove_inclusion_from<E>(
    size: i64,
    seq: i64,
    mut node: impl FnMut(Node) -> Result<Hash, E>,
) -> Result<Result<Proof, ProofError>, E> {
    let path = match inclusion_path(seq, size) {
        Ok(path) => path,
        Err(outside) => return Ok(Err(outside)),
    };
    let hashes: Result<Vec<Hash>, E> = path.iter().map(|range| range.hash(&mut node)).collect();
    hashes.map(|hashes| Ok(Proof(hashes)))
}

/// Proves that the tree of these leaf hashes continues the tree of its first `old_size` leaves.
///
/// # Errors
/// [`ProofError::Outside`] unless 0 < `old_size` <= number of leaves.
pub fn prove_consistency(leaves: &[Hash], old_size: i64) -> Result<Proof, ProofError> {
    let size = i64::try_from(leaves.len()).unwrap_or(i64::MAX);
    let (Ok(mut old), true) = (u64::try_from(old_size), 0 < old_size && old_size <= size) else {
        return Err(ProofError::Outside { asked: old_size, size });
    };
    let (mut part, mut whole) = (Range { first: 0, count: leaves.len() as u64 }, true);
    let mut path = Vec::new();
    while old != part.count {
        let (left, right) = part.split();
        if old <= left.count {
            path.push(right);
            part = left;
        } else {
            path.push(left);
            old -= left.count;
            (part, whole) = (right, false);
        }
    }
    if !whole {
        path.push(part);
    }
    Ok(Proof(path.iter().rev().map(|range| range_of(leaves, *range)).collect()))
}

/// Checks that the entry with this leaf data ([`crate::Row::leaf_data`]) is entry `seq` of the tree with this size and root.
///
/// # Errors
/// [`ProofError::Refused`] when it is not, [`ProofError::Outside`] when it cannot be.
pub fn verify_inclusion(leaf_data: &[u8], seq: i64, size: i64, root: &Hash, proof: &Proof) -> Result<(), ProofError> {
    let outside = ProofError::Outside { asked: seq, size };
    let place = u64::try_from(seq).map_err(|_| outside.clone())?;
    let proof = InclusionProof::<Sha256>::from_digests(proof.0.iter().map(Into::into));
    tree(size, root)
        .ok_or(outside)?
        .verify_inclusion(&leaf_data, place, &proof)
        .map_err(|e| ProofError::Refused(e.to_string()))
}

/// Checks that the tree with `root` continues the tree with `old_root` and changed nothing in it.
///
/// # Errors
/// [`ProofError::Refused`] when it does not, [`ProofError::Outside`] when it cannot.
pub fn verify_consistency(old: (i64, &Hash), new: (i64, &Hash), proof: &Proof) -> Result<(), ProofError> {
    let outside = ProofError::Outside { asked: old.0, size: new.0 };
    let (Some(old), Some(new)) = (tree(old.0, old.1), tree(new.0, new.1)) else {
        return Err(outside);
    };
    let proof = ConsistencyProof::<Sha256>::from_digests(proof.0.iter().map(Into::into));
    new.verify_consistency(&old, &proof).map_err(|e| ProofError::Refused(e.to_string()))
}

fn tree(size: i64, root: &Hash) -> Option<RootHash<Sha256>> {
    u64::try_from(size).ok().map(|size| RootHash::new((*root).into(), size))
}

/// The siblings on the way from leaf `seq` up to the root, as ranges of leaves.
fn inclusion_path(seq: i64, size: i64) -> Result<Vec<Range>, ProofError> {
    let (Ok(seq), Ok(count), true) = (u64::try_from(seq), u64::try_from(size), seq < size) else {
        return Err(ProofError::Outside { asked: seq, size });
    };
    let mut part = Range { first: 0, count };
    let mut path = Vec::new();
    while part.count > 1 {
        let (left, right) = part.split();
        let (down, beside) = if seq < right.first { (left, right) } else { (right, left) };
        path.push(beside);
        part = down;
    }
    path.reverse();
    Ok(path)
}

/// Leaves `first .. first + count`; `first` is a multiple of a power of two that is not below `count`.
#[derive(Clone, Copy)]
struct Range {
    first: u64,
    count: u64,
}

impl Range {
    /// Splits at the largest power of two below the count (RFC 6962 §2.1); only for counts above 1.
    fn split(self) -> (Self, Self) {
        let left = 1 << (self.count - 1).ilog2();
        (Self { first: self.first, count: left }, Self { first: self.first + left, count: self.count - left })
    }

    fn hash<E>(self, mut node: impl FnMut(Node) -> Result<Hash, E>) -> Result<Hash, E> {
        let (mut first, mut rest, mut peaks) = (self.first, self.count, Vec::new());
        while rest > 0 {
            let level = rest.ilog2();
            peaks.push(node(Node { level, index: first >> level })?);
            first += 1 << level;
            rest -= 1 << level;
        }
        Ok(bag(&peaks))
    }
}

fn range_of(leaves: &[Hash], range: Range) -> Hash {
    let complete = |node: Node| {
        let first = (node.index << node.level) as usize;
        let mut tree = Frontier::new();
        for leaf in leaves.iter().skip(first).take(1 << node.level) {
            tree.append(*leaf);
        }
        Ok::<_, Infallible>(tree.root())
    };
    match range.hash(complete) {
        Ok(hash) => hash,
        Err(never) => match never {},
    }
}

mod hexes {
    use super::Hash;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(hashes: &[Hash], out: S) -> Result<S::Ok, S::Error> {
        out.collect_seq(hashes.iter().map(hex::encode))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Hash>, D::Error> {
        let decode = |text: String| {
            let mut hash = [0; 32];
            hex::decode_to_slice(text, &mut hash).map_err(D::Error::custom)?;
            Ok(hash)
        };
        Vec::<String>::deserialize(from)?.into_iter().map(decode).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::leaf_hash;
    use ct_merkle::mem_backed_tree::MemoryBackedTree;

    fn data(n: usize) -> Vec<Vec<u8>> {
        (0..n).map(|i| i.to_be_bytes().to_vec()).collect()
    }

    fn root_of(leaves: &[Hash]) -> Hash {
        range_of(leaves, Range { first: 0, count: leaves.len() as u64 })
    }

    #[test]
    fn proofs_equal_the_reference_implementation_and_verify() {
        for n in 1..40_usize {
            let data = data(n);
            let leaves: Vec<Hash> = data.iter().map(|d| leaf_hash(d)).collect();
            let mut tree = MemoryBackedTree::<Sha256, Vec<u8>>::new();
            data.iter().for_each(|d| tree.push(d.clone()));
            let (size, root) = (n as i64, root_of(&leaves));
            for (seq, leaf) in data.iter().enumerate() {
                let proof = prove_inclusion(&leaves, seq as i64).unwrap();
                assert_eq!(proof.0.concat(), tree.prove_inclusion(seq).as_bytes(), "{seq} in {n}");
                verify_inclusion(leaf, seq as i64, size, &root, &proof).unwrap();
                assert!(verify_inclusion(b"other", seq as i64, size, &root, &proof).is_err());
                assert!(verify_inclusion(leaf, seq as i64, size, &[0; 32], &proof).is_err());
            }
            for old in 1..=n {
                let proof = prove_consistency(&leaves, old as i64).unwrap();
                let old_root = root_of(&leaves[..old]);
                verify_consistency((old as i64, &old_root), (size, &root), &proof).unwrap();
                assert!(verify_consistency((old as i64, &[7; 32]), (size, &root), &proof).is_err());
            }
        }
    }

    #[test]
    fn stored_nodes_give_the_same_proof_with_few_questions() {
        let leaves: Vec<Hash> = data(1000).iter().map(|d| leaf_hash(d)).collect();
        for seq in [0, 1, 511, 512, 767, 998, 999] {
            let mut asked = 0;
            let node = |node: Node| {
                asked += 1;
                let range = Range { first: node.index << node.level, count: 1 << node.level };
                Ok::<_, Infallible>(range_of(&leaves, range))
            };
            let Ok(proof) = prove_inclusion_from(1000, seq, node);
            assert_eq!(proof, prove_inclusion(&leaves, seq));
            assert!(asked <= 20, "{asked} nodes for {seq}");
        }
    }

    #[test]
    fn questions_outside_the_tree_are_refused() {
        let leaves = [[1; 32], [2; 32]];
        let outside = |asked| Err(ProofError::Outside { asked, size: 2 });
        assert_eq!(prove_inclusion(&leaves, 2), outside(2));
        assert_eq!(prove_inclusion(&leaves, -1), outside(-1));
        assert_eq!(prove_consistency(&leaves, 0), outside(0));
        assert_eq!(prove_consistency(&leaves, 3), outside(3));
        assert!(verify_inclusion(b"", 0, -1, &[0; 32], &Proof(vec![])).is_err());
        assert!(verify_inclusion(b"", 5, 2, &[0; 32], &Proof(vec![])).is_err());
        assert!(verify_consistency((3, &[0; 32]), (2, &[0; 32]), &Proof(vec![])).is_err());
    }

    #[test]
    fn json_is_a_list_of_hex() {
        let proof = Proof(vec![[0xab; 32]]);
        let json = serde_json::to_string(&proof).unwrap();
        assert_eq!(json, format!("[\"{}\"]", "ab".repeat(32)));
        assert_eq!(serde_json::from_str::<Proof>(&json).unwrap(), proof);
    }
}
