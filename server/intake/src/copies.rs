//! Copies of one event inside one report: senders attach a list twice, or write one row several times. They are found by
//! small keys, so that the events themselves need not be in memory.
use domain::event::Observation;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, Hash, Hasher as _, RandomState};
use std::sync::LazyLock;

/// Two hashes under keys that nobody outside knows: different events have the same by no chance worth naming, and by no
/// intent.
static HASHES: LazyLock<[RandomState; 2]> = LazyLock::new(|| [RandomState::new(), RandomState::new()]);

type Hashes = [u64; 2];

fn hashes(of: impl Fn(&mut std::hash::DefaultHasher)) -> Hashes {
    HASHES.each_ref().map(|state| {
        let mut hasher = state.build_hasher();
        of(&mut hasher);
        hasher.finish()
    })
}

/// What an event is, but for how often it was seen and what was wrong with it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key {
    hashes: Hashes,
    count: i64,
}

impl Key {
    pub(crate) fn of(event: &Observation) -> Self {
        Self { hashes: hashes_of(event), count: event.count }
    }
}

fn hashes_of(event: &Observation) -> Hashes {
    let Observation { source, from, to, class, role, reference, details, .. } = event;
    hashes(|hasher| (source, from, to, class.as_str(), role.as_str(), reference, details).hash(hasher))
}

/// A list of events, told from others by a few bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Digest(Hashes);

impl Digest {
    pub(crate) fn add(&mut self, key: &Key) {
        self.0 = hashes(|hasher| (self.0, key.hashes, key.count).hash(hasher));
    }
}

/// The events that stand several times in a report: how often, and how much they count together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Copies(HashMap<Hashes, (usize, i64)>);

impl Copies {
    pub(crate) fn among(mut keys: Vec<Key>) -> Self {
        keys.sort_unstable_by_key(|key| key.hashes);
        let several = keys.chunk_by(|one, next| one.hashes == next.hashes).filter_map(|same| match same {
            [first, _, ..] => {
                Some((first.hashes, (same.len(), same.iter().fold(0_i64, |sum, key| sum.saturating_add(key.count)))))
            }
            _ => None,
        });
        Self(several.collect())
    }

    /// How many are not counted beside the first of their kind.
    pub(crate) fn superfluous(&self) -> usize {
        self.0.values().map(|(times, _)| times - 1).sum()
    }

    pub(crate) fn counting(&self) -> Counting<'_> {
        Counting { copies: self, said: HashSet::new() }
    }
}

/// A walk through the events of a report that counts copies as one event, and says so on it.
pub(crate) struct Counting<'c> {
    copies: &'c Copies,
    said: HashSet<Hashes>,
}

impl Counting<'_> {
    /// The event, unless it was there before.
    pub(crate) fn once(&mut self, mut event: Observation) -> Option<Observation> {
        if self.copies.0.is_empty() {
            return Some(event);
        }
        let hashes = hashes_of(&event);
        if let Some((times, count)) = self.copies.0.get(&hashes) {
            if !self.said.insert(hashes) {
                return None;
            }
            event.count = *count;
            event.faults.push(format!("stands {times} times in the report: counted as one event"));
        }
        Some(event)
    }
}
