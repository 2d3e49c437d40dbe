//! The ledger: an append-only history in a Merkle tree (RFC 6962) whose signed heads leave the house.
//!
//! This crate knows no database and no clock, so that an auditor can use it on exported rows alone:
//! an [`Entry`] becomes a [`Row`] with its hashes, a [`Frontier`] grows the tree by one leaf at a time,
//! a [`SignedHead`] fixes what the tree was at one moment, and a [`Verifier`] reads the rows again and
//! names the one that does not fit. Bodies and salts may be erased; the proof stays.
mod entry;
mod finding;
mod frontier;
mod head;
mod key;
mod proof;
mod verify;

pub use entry::{Entry, Hash, LEAF_VERSION, Row, Salt, content_hash, fresh_salt};
pub use finding::{Checkpoint, Finding, Report};
pub use frontier::{Frontier, FrontierError};
pub use head::{HeadError, SignedHead};
pub use key::{KeyError, PublicKey, SigningKey};
pub use proof::{
    Node, Proof, ProofError, prove_consistency, prove_inclusion, prove_inclusion_from, verify_consistency,
    verify_inclusion,
};
pub use verify::Verifier;
