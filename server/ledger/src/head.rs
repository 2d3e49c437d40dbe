//! Signed tree heads: what the whole ledger was at one moment, in one line that can leave the house.
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::entry::Hash;
use crate::frontier::Frontier;
use crate::key::{PublicKey, SigningKey};

const WORD: &str = "lazaret-head-1";

/// Size and root of the tree at a time, signed with Ed25519.
///
/// Its text form (`Display`, `FromStr`) is one line: `lazaret-head-1 SIZE ROOT AT KEY_ID SIGNATURE`, times in µs, bytes in hex.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedHead {
    /// Number of leaves.
    pub size: i64,
    /// Merkle Tree Hash of those leaves.
    #[serde(with = "hex::serde")]
    pub root: Hash,
    /// Microseconds since 1970-01-01 UTC when it was signed.
    pub at: i64,
    /// [`PublicKey::id`] of the key.
    pub key_id: String,
    /// Over [`SignedHead::message`].
    #[serde(with = "hex::serde")]
    pub signature: [u8; 64],
}

/// Why a head is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeadError {
    /// Signed by another key than the one it is checked with.
    #[error("the head was signed by key {signed_by}, not by {checked_with}: get the public key of that id")]
    OtherKey {
        /// Key id in the head.
        signed_by: String,
        /// Key id of the public key.
        checked_with: String,
    },
    /// The signature does not fit: the head was changed after it was signed.
    #[error("the signature of the head at size {size} does not fit: it was changed after it was signed")]
    Signature {
        /// Size stated by the head.
        size: i64,
    },
    /// Not a line written by this type.
    #[error("this is no tree head: expected \"lazaret-head-1 SIZE ROOT AT KEY_ID SIGNATURE\", wrong at {0}")]
    Line(&'static str),
}

impl SignedHead {
    /// Signs the present state of the tree. `at` is in µs since the epoch and has to rise from head to head.
    pub fn sign(tree: &Frontier, at: i64, key: &SigningKey) -> Self {
        let mut head = Self { size: tree.size(), root: tree.root(), at, key_id: key.public().id(), signature: [0; 64] };
        head.signature = key.sign(&head.message());
        head
    }

    /// The signed bytes: the word `lazaret-head-1`, a zero byte, size, time (i64 big-endian), root.
    pub fn message(&self) -> Vec<u8> {
        let (size, at) = (self.size.to_be_bytes(), self.at.to_be_bytes());
        [WORD.as_bytes(), b"\0", &size, &at, &self.root].concat()
    }

    /// Checks the signature.
    ///
    /// # Errors
    /// [`HeadError::OtherKey`] or [`HeadError::Signature`].
    pub fn verify(&self, public: &PublicKey) -> Result<(), HeadError> {
        if self.key_id != public.id() {
            return Err(HeadError::OtherKey { signed_by: self.key_id.clone(), checked_with: public.id() });
        }
        if self.size < 0 || !public.verifies(&self.message(), &self.signature) {
            return Err(HeadError::Signature { size: self.size });
        }
        Ok(())
    }
}

impl fmt::Display for SignedHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (root, signature) = (hex::encode(self.root), hex::encode(self.signature));
        write!(f, "{WORD} {} {root} {} {} {signature}", self.size, self.at, self.key_id)
    }
}

impl FromStr for SignedHead {
    type Err = HeadError;

    fn from_str(line: &str) -> Result<Self, HeadError> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [word, size, root, at, key_id, signature] = words[..] else {
            return Err(HeadError::Line("the number of words"));
        };
        if word != WORD {
            return Err(HeadError::Line("the first word"));
        }
        let mut head = Self {
            size: size.parse().map_err(|_| HeadError::Line("SIZE"))?,
            root: [0; 32],
            at: at.parse().map_err(|_| HeadError::Line("AT"))?,
            key_id: key_id.to_owned(),
            signature: [0; 64],
        };
        hex::decode_to_slice(root, &mut head.root).map_err(|_| HeadError::Line("ROOT"))?;
        hex::decode_to_slice(signature, &mut head.signature).map_err(|_| HeadError::Line("SIGNATURE"))?;
        Ok(head)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed() -> (SignedHead, SigningKey) {
        let mut tree = Frontier::new();
        tree.append([3; 32]);
        let key = SigningKey::generate().unwrap();
        (SignedHead::sign(&tree, 1_795_000_000_000_000, &key), key)
    }

    #[test]
    fn a_head_verifies_and_survives_the_line() {
        let (head, key) = signed();
        head.verify(&key.public()).unwrap();
        let again: SignedHead = head.to_string().parse().unwrap();
        assert_eq!(again, head);
        let json = serde_json::to_string(&head).unwrap();
        assert_eq!(serde_json::from_str::<SignedHead>(&json).unwrap(), head);
    }

    #[test]
    fn a_changed_head_is_refused() {
        let (head, key) = signed();
        let public = key.public();
        let bad = HeadError::Signature { size: 1 };
        assert_eq!(SignedHead { at: head.at + 1, ..head.clone() }.verify(&public), Err(bad.clone()));
        assert_eq!(SignedHead { root: [4; 32], ..head.clone() }.verify(&public), Err(bad));
        assert!(SignedHead { size: 2, ..head.clone() }.verify(&public).is_err());
        let other = SigningKey::generate().unwrap().public();
        assert!(matches!(head.verify(&other), Err(HeadError::OtherKey { .. })));
    }

    #[test]
    fn other_lines_name_the_wrong_word() {
        let (head, _) = signed();
        let line = head.to_string();
        assert_eq!("".parse::<SignedHead>(), Err(HeadError::Line("the number of words")));
        assert_eq!(line.replacen("lazaret", "other", 1).parse::<SignedHead>(), Err(HeadError::Line("the first word")));
        assert_eq!(line.replacen(" 1 ", " x ", 1).parse::<SignedHead>(), Err(HeadError::Line("SIZE")));
        assert_eq!(line[..line.len() - 1].parse::<SignedHead>(), Err(HeadError::Line("SIGNATURE")));
    }
}
