//! What a check of the ledger can find, each named so that a person knows which row to look at.
use std::fmt;

use serde::Serialize;

use crate::entry::Hash;

/// Something with a size and a root that the rows have to fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "checkpoint", rename_all = "snake_case")]
pub enum Checkpoint {
    /// The frontier kept beside the rows.
    Tip,
    /// A signed head.
    Head {
        /// When it was signed, µs since the epoch.
        at: i64,
        /// The key that signed it.
        key_id: String,
    },
}

/// One thing that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
pub enum Finding {
    /// Body or salt no longer give the content hash, or only one of the two was erased.
    ContentChanged {
        /// The row.
        seq: i64,
    },
    /// Time, actor, action, noun, case or a hash column no longer fit the leaf hash.
    FieldsChanged {
        /// The row.
        seq: i64,
    },
    /// Rows are not there.
    Missing {
        /// First missing row.
        from: i64,
        /// Last missing row.
        to: i64,
    },
    /// A row whose number was seen before, is negative, or comes out of order: inserted or swapped.
    OutOfPlace {
        /// The row.
        seq: i64,
        /// The number that was due.
        expected: i64,
    },
    /// The rows end early: the tip or a head knows of more.
    Truncated {
        /// Rows there are.
        rows: i64,
        /// Rows there should be.
        expected: i64,
    },
    /// Rows that were added without the tip.
    AfterTip {
        /// First such row.
        from: i64,
        /// Last such row.
        to: i64,
    },
    /// Some row in `from..=to` was changed together with its hashes.
    RootDiffers {
        /// The first checkpoint that the rows do not fit.
        checkpoint: Checkpoint,
        /// Its size.
        size: i64,
        /// First row after the last checkpoint that fits.
        from: i64,
        /// Last row covered by the checkpoint that does not.
        to: i64,
    },
    /// The rows fit a later checkpoint, so it is this one that was changed.
    CheckpointChanged {
        /// Which.
        checkpoint: Checkpoint,
        /// Its size.
        size: i64,
    },
    /// The tip cannot be read.
    TipUnreadable {
        /// Why.
        why: String,
    },
    /// A head whose signature does not fit, or that was signed by a key nobody gave.
    BadSignature {
        /// Size stated by the head.
        size: i64,
        /// Why.
        why: String,
    },
    /// A head claims an earlier time than a smaller one.
    TimeRunsBack {
        /// Size stated by the head.
        size: i64,
    },
}

/// What a whole check came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Rows read in their place.
    pub entries: i64,
    /// Rows whose body was erased while the hashes fit.
    pub erased: i64,
    /// Heads whose signature and root fit.
    pub heads_checked: usize,
    /// Rows `0..covered` are vouched for by a signed head; the later ones by the tip alone.
    pub covered: i64,
    /// Merkle Tree Hash of the rows read.
    #[serde(with = "hex::serde")]
    pub root: Hash,
    /// The first [`Report::MOST`] findings, in the order of the rows.
    pub findings: Vec<Finding>,
    /// How many findings there were in all.
    pub found: usize,
}

impl Report {
    /// No more findings than this are kept, so that a ruined ledger does not fill the memory.
    pub const MOST: usize = 1000;

    /// Nothing was found.
    pub fn is_clean(&self) -> bool {
        self.found == 0
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tip => write!(f, "the tip"),
            Self::Head { key_id, .. } => write!(f, "the head signed by {key_id}"),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ContentChanged { seq } => {
                write!(f, "entry {seq} was changed: its body does not fit its content hash")
            }
            Self::FieldsChanged { seq } => write!(f, "entry {seq} was changed: its columns do not fit its leaf hash"),
            Self::Missing { from, to } if from == to => write!(f, "entry {from} was removed"),
            Self::Missing { from, to } => write!(f, "entries {from} to {to} were removed"),
            Self::OutOfPlace { seq, expected } => {
                write!(f, "entry {seq} was inserted or moved: entry {expected} was due there")
            }
            Self::Truncated { rows, expected } => {
                write!(f, "the end was cut off: {rows} entries are there, {expected} were written")
            }
            Self::AfterTip { from, to } => write!(f, "entries {from} to {to} were added behind the ledger's back"),
            Self::RootDiffers { checkpoint, size, from, to } => write!(
                f,
                "{checkpoint} at size {size} does not fit: an entry between {from} and {to} was changed together with its hashes"
            ),
            Self::CheckpointChanged { checkpoint, size } => {
                write!(f, "{checkpoint} at size {size} was changed: the entries fit a later one")
            }
            Self::TipUnreadable { why } => write!(f, "{why}"),
            Self::BadSignature { size, why } => {
                write!(f, "the head at size {size} is not believed: {why}")
            }
            Self::TimeRunsBack { size } => {
                write!(f, "the head at size {size} claims an earlier time than a smaller one")
            }
        }
    }
}
