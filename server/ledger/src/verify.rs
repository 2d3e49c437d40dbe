//! Reads the whole ledger once, in order and in constant memory, and names what does not fit.
use crate::entry::{Row, content_hash, leaf_hash};
use crate::finding::{Checkpoint, Finding, Report};
use crate::frontier::Frontier;
use crate::head::SignedHead;
use crate::key::PublicKey;

/// Checks rows against each other, against the tip and against signed heads.
///
/// The tree is built from the stored leaf hashes, each of which must follow from its row. So a changed
/// row is named by itself, and only a row changed together with its hashes has to be searched between two heads.
pub struct Verifier {
    tree: Frontier,
    tip_size: Option<i64>,
    checkpoints: Vec<(i64, crate::Hash, Checkpoint)>,
    next_checkpoint: usize,
    last_fit: i64,
    misfits: Vec<(i64, Checkpoint)>,
    /// Set at the first gap: from there on the tree cannot be known.
    broken: bool,
    next: i64,
    erased: i64,
    heads_checked: usize,
    covered: i64,
    findings: Vec<Finding>,
    found: usize,
    buffer: Vec<u8>,
}

impl Verifier {
    /// Starts a check against the tip as stored ([`Frontier::to_bytes`]; `None` to check an export without one) and
    /// heads from anywhere: the database, mails to an auditor, customers' receipts. Heads of other keys are findings.
    pub fn new(tip: Option<&[u8]>, heads: &[SignedHead], keys: &[PublicKey]) -> Self {
        let mut check = Self {
            tree: Frontier::new(),
            tip_size: None,
            checkpoints: Vec::new(),
            next_checkpoint: 0,
            last_fit: 0,
            misfits: Vec::new(),
            broken: false,
            next: 0,
            erased: 0,
            heads_checked: 0,
            covered: 0,
            findings: Vec::new(),
            found: 0,
            buffer: Vec::new(),
        };
        check.take_heads(heads, keys);
        match tip.map(Frontier::from_bytes) {
            Some(Ok(tip)) => {
                check.tip_size = Some(tip.size());
                check.checkpoints.push((tip.size(), tip.root(), Checkpoint::Tip));
            }
            Some(Err(e)) => check.find(Finding::TipUnreadable { why: e.to_string() }),
            None => {}
        }
        check.checkpoints.sort_by_key(|(size, ..)| *size);
        check.compare_checkpoints();
        check
    }

    /// Takes the next row. What is found is also kept for the report; with several findings the gravest is returned.
    pub fn push(&mut self, row: &Row) -> Option<Finding> {
        if row.seq < self.next {
            return self.name(Finding::OutOfPlace { seq: row.seq, expected: self.next });
        }
        let before = self.findings.len();
        if row.seq > self.next {
            self.find(Finding::Missing { from: self.next, to: row.seq - 1 });
            self.broken = true;
        }
        self.next = row.seq.saturating_add(1);
        row.write_leaf_data(&mut self.buffer);
        if leaf_hash(&self.buffer) != row.leaf_hash {
            self.find(Finding::FieldsChanged { seq: row.seq });
        }
        match (&row.body, &row.salt) {
            (Some(body), Some(salt)) if content_hash(salt, body) == row.content_hash => {}
            (None, None) => self.erased += 1,
            _ => self.find(Finding::ContentChanged { seq: row.seq }),
        }
        self.tree.append(row.leaf_hash);
        if !self.broken {
            self.compare_checkpoints();
        }
        self.findings.get(before).cloned()
    }

    /// Ends the check: compares the number of rows and says between which heads a hidden change lies.
    pub fn finish(mut self) -> Report {
        let rows = self.next;
        let expected = self.checkpoints.iter().map(|(size, ..)| *size).max().unwrap_or(rows);
        if rows < expected {
            self.find(Finding::Truncated { rows, expected });
        }
        if let Some(tip) = self.tip_size.filter(|tip| *tip < rows) {
            self.find(Finding::AfterTip { from: tip, to: rows - 1 });
        }
        self.judge_misfits();
        Report {
            entries: self.tree.size(),
            erased: self.erased,
            heads_checked: self.heads_checked,
            covered: self.covered,
            root: self.tree.root(),
            findings: self.findings,
            found: self.found,
        }
    }

    fn take_heads(&mut self, heads: &[SignedHead], keys: &[PublicKey]) {
        for head in heads {
            let why = match keys.iter().find(|key| key.id() == head.key_id) {
                Some(key) => head.verify(key).err().map(|e| e.to_string()),
                None => Some(format!("the public key {} was not given", head.key_id)),
            };
            if let Some(why) = why {
                self.find(Finding::BadSignature { size: head.size, why });
                continue;
            }
            let from = Checkpoint::Head { at: head.at, key_id: head.key_id.clone() };
            self.checkpoints.push((head.size, head.root, from));
        }
        let mut times: Vec<(i64, i64)> = self
            .checkpoints
            .iter()
            .filter_map(|(size, _, from)| match from {
                Checkpoint::Head { at, .. } => Some((*size, *at)),
                Checkpoint::Tip => None,
            })
            .collect();
        times.sort_unstable();
        for pair in times.windows(2) {
            if pair[1].1 < pair[0].1 {
                self.find(Finding::TimeRunsBack { size: pair[1].0 });
            }
        }
    }

    /// Compares the tree with every checkpoint of its present size.
    fn compare_checkpoints(&mut self) {
        while let Some((size, root, from)) = self.checkpoints.get(self.next_checkpoint) {
            if *size != self.tree.size() {
                break;
            }
            if self.tree.root() == *root {
                // The tip can be rewritten with the rows; only a signed head vouches for what lies before it.
                if matches!(from, Checkpoint::Head { .. }) {
                    self.heads_checked += 1;
                    self.covered = *size;
                    self.last_fit = *size;
                }
            } else {
                self.misfits.push((*size, from.clone()));
            }
            self.next_checkpoint += 1;
        }
    }

    /// A checkpoint that fails although a later signed head holds was changed itself; the first one after the last
    /// that holds bounds the change, and those behind it fail for the same cause.
    fn judge_misfits(&mut self) {
        let last_fit = self.last_fit;
        let (changed, differing): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.misfits).into_iter().partition(|(size, _)| *size <= last_fit);
        for (size, checkpoint) in changed {
            self.find(Finding::CheckpointChanged { checkpoint, size });
        }
        if let Some((size, checkpoint)) = differing.into_iter().next() {
            self.find(Finding::RootDiffers { checkpoint, size, from: last_fit, to: size - 1 });
        }
    }

    fn name(&mut self, finding: Finding) -> Option<Finding> {
        self.find(finding.clone());
        Some(finding)
    }

    fn find(&mut self, finding: Finding) {
        self.found += 1;
        if self.findings.len() < Report::MOST {
            self.findings.push(finding);
        }
    }
}
