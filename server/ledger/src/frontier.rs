//! The growing edge of the Merkle tree: enough to append and to know the root, in 32 bytes per level.
use sha2::{Digest, Sha256};

use crate::entry::Hash;
use crate::proof::Node;

const FORMAT: u8 = 1;
const CHECK: usize = 4;

/// The roots ("peaks") of the complete subtrees that make up a tree of n leaves, largest first.
///
/// Their number is the number of one bits in n, so append and root cost O(log n) and the whole fits one database row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

/// Why bytes are no frontier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrontierError {
    /// Not written by [`Frontier::to_bytes`], or cut off.
    #[error(
        "the ledger's tip has {got} bytes where {wanted} were expected: restore it from a backup or rebuild it from the rows"
    )]
    Length {
        /// Bytes found.
        got: usize,
        /// Bytes that a tip of the stated size has.
        wanted: usize,
    },
    /// Written by a newer version of this crate.
    #[error("the ledger's tip has format {0}, this program knows format 1")]
    Format(u8),
    /// Bytes were changed.
    #[error("the ledger's tip does not fit its own check sum: it was changed or damaged")]
    Check,
}

impl Frontier {
    /// The frontier of the empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many leaves the tree has; also the `seq` of the next entry.
    pub fn size(&self) -> i64 {
        i64::try_from(self.size).unwrap_or(i64::MAX)
    }

    /// Adds one leaf hash at the right.
    pub fn append(&mut self, leaf_hash: Hash) {
        self.append_with(leaf_hash, |_, _| {});
    }

    /// The same, and names each subtree that became complete by it: what may be stored to prove inclusion quickly.
    pub fn append_with(&mut self, leaf_hash: Hash, mut complete: impl FnMut(Node, Hash)) {
        let mut node = leaf_hash;
        // Each trailing one bit of the size is a complete subtree that the new node closes.
        for level in 1..=self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                node = parent_hash(&left, &node);
                complete(Node { level, index: self.size >> level }, node);
            }
        }
        self.peaks.push(node);
        self.size += 1;
    }

    /// The Merkle Tree Hash of all leaves (RFC 6962 §2.1); SHA-256 of nothing for the empty tree.
    pub fn root(&self) -> Hash {
        bag(&self.peaks)
    }

    /// `format u8, size u64, peaks, first 4 bytes of SHA-256 of all that`: guards against damage, not against intent.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(9 + self.peaks.len() * 32 + CHECK);
        bytes.push(FORMAT);
        bytes.extend_from_slice(&self.size.to_be_bytes());
        bytes.extend(self.peaks.iter().flatten());
        let check = Sha256::digest(&bytes);
        bytes.extend_from_slice(&check[..CHECK]);
        bytes
    }

    /// Reads what [`Frontier::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`FrontierError`] when the bytes are cut off, of another format or changed.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FrontierError> {
        let short = FrontierError::Length { got: bytes.len(), wanted: 9 + CHECK };
        let (&format, rest) = bytes.split_first().ok_or(short.clone())?;
        if format != FORMAT {
            return Err(FrontierError::Format(format));
        }
        let (size, rest) = rest.split_first_chunk::<8>().ok_or(short)?;
        let size = u64::from_be_bytes(*size);
        let wanted = 9 + size.count_ones() as usize * 32 + CHECK;
        if bytes.len() != wanted {
            return Err(FrontierError::Length { got: bytes.len(), wanted });
        }
        let (body, check) = bytes.split_at(wanted - CHECK);
        if Sha256::digest(body)[..CHECK] != *check {
            return Err(FrontierError::Check);
        }
        let (peaks, _) = rest[..rest.len() - CHECK].as_chunks::<32>();
        Ok(Self { size, peaks: peaks.to_vec() })
    }
}

/// Joins the roots of complete subtrees, largest first, to the root of the whole.
pub(crate) fn bag(peaks: &[Hash]) -> Hash {
    peaks
        .iter()
        .rev()
        .copied()
        .reduce(|right, left| parent_hash(&left, &right))
        .unwrap_or_else(|| Sha256::digest(b"").into())
}

/// SHA-256(0x01 || left || right), RFC 6962 §2.1.
pub(crate) fn parent_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::leaf_hash;
    use ct_merkle::mem_backed_tree::MemoryBackedTree;

    /// The reference set used by Certificate Transparency implementations, sizes 0 to 8.
    const LEAVES: [&str; 8] =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    const ROOTS: [&str; 9] = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    #[test]
    fn roots_equal_the_reference_vectors() {
        let mut frontier = Frontier::new();
        assert_eq!(hex::encode(frontier.root()), ROOTS[0]);
        for (leaf, root) in LEAVES.iter().zip(&ROOTS[1..]) {
            frontier.append(leaf_hash(&hex::decode(leaf).unwrap()));
            assert_eq!(hex::encode(frontier.root()), *root, "size {}", frontier.size());
        }
    }

    #[test]
    fn roots_equal_the_whole_tree_at_every_size() {
        let (mut frontier, mut tree) = (Frontier::new(), MemoryBackedTree::<Sha256, Vec<u8>>::new());
        for n in 0_u32..300 {
            frontier.append(leaf_hash(&n.to_be_bytes()));
            tree.push(n.to_be_bytes().to_vec());
            assert_eq!(frontier.root().as_slice(), tree.root().as_bytes().as_slice(), "size {}", n + 1);
        }
    }

    #[test]
    fn complete_subtrees_are_named_once_with_their_root() {
        let leaves: Vec<Hash> = (0_u32..70).map(|n| leaf_hash(&n.to_be_bytes())).collect();
        let (mut frontier, mut seen) = (Frontier::new(), Vec::new());
        for leaf in &leaves {
            frontier.append_with(*leaf, |node, hash| seen.push((node, hash)));
        }
        assert_eq!(seen.len(), 35 + 17 + 8 + 4 + 2 + 1);
        for (node, hash) in seen {
            let mut tree = Frontier::new();
            let first = (node.index << node.level) as usize;
            leaves.iter().skip(first).take(1 << node.level).for_each(|leaf| tree.append(*leaf));
            assert_eq!(tree.root(), hash, "{node:?}");
        }
    }

    #[test]
    fn bytes_come_back_and_damage_is_refused() {
        let mut frontier = Frontier::new();
        for n in 0_u32..37 {
            let bytes = frontier.to_bytes();
            assert_eq!(Frontier::from_bytes(&bytes).unwrap(), frontier);
            for place in 0..bytes.len() {
                let mut bad = bytes.clone();
                bad[place] ^= 1;
                assert!(Frontier::from_bytes(&bad).is_err(), "size {n}, byte {place}");
                assert!(Frontier::from_bytes(&bytes[..place]).is_err(), "size {n}, cut at {place}");
            }
            frontier.append(leaf_hash(&n.to_be_bytes()));
        }
    }
}
