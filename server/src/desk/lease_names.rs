//! Names whose holder this process has seen: most of what sources say is about names they spoke of before.
use super::lease_holder::Bindings;
use chrono::{DateTime, Utc};
use domain::saying::Saying;
use std::{
    collections::{HashMap, hash_map::RandomState},
    hash::BuildHasher as _,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Names kept, at most: 26 MB of them.
const MOST: usize = 917_504;

/// Numbers of holders by name, for names that never changed hands.
#[derive(Default)]
pub(crate) struct NamesSeen(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    /// How often names had changed hands when these were read: they hold only while it stays the same.
    changes: i64,
    /// By a fingerprint of kind and name: 128 bits with a key of this process, so that nobody can make two names alike.
    numbers: HashMap<[u64; 2], i64>,
    keys: [RandomState; 2],
    /// Names that were not among them since they became as many as may be.
    missed: usize,
}

impl NamesSeen {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        // What a panic left is still right: each entry stands for itself.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// For each saying the holder of its name, if that is among them and names have changed hands as often as that.
    pub(super) fn of(&self, changes: i64, said: &[&Saying]) -> Vec<Option<i64>> {
        let mut seen = self.seen();
        if seen.changes != changes {
            return vec![None; said.len()];
        }
        let number = |said: &&Saying| {
            let (kind, name) = said.holder.parts();
            seen.numbers.get(&seen.fingerprint(kind, &name)).copied()
        };
        let found: Vec<Option<i64>> = said.iter().map(number).collect();
        if seen.numbers.len() >= MOST {
            seen.missed += found.iter().filter(|found| found.is_none()).count();
        }
        found
    }

    /// Keeps what was read of names when they had changed hands as often as that.
    pub(super) fn keep(&self, changes: i64, known: &HashMap<&'static str, HashMap<String, Bindings>>) {
        let mut seen = self.seen();
        // Names of long ago would leave no room for those of today.
        let full = seen.numbers.len() >= MOST && seen.missed > MOST;
        if seen.changes != changes || full {
            if seen.changes > changes {
                return;
            }
            seen.numbers.clear();
            (seen.changes, seen.missed) = (changes, 0);
        }
        for (kind, names) in known {
            for (name, bindings) in names {
                let [(since, id)] = bindings[..] else { continue };
                if since == DateTime::<Utc>::MIN_UTC && seen.numbers.len() < MOST {
                    let fingerprint = seen.fingerprint(kind, name);
                    seen.numbers.insert(fingerprint, id);
                }
            }
        }
    }
}

impl Seen {
    fn fingerprint(&self, kind: &str, name: &str) -> [u64; 2] {
        self.keys.each_ref().map(|key| key.hash_one((kind, name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::saying::{HolderName, Word};

    type Known = HashMap<&'static str, HashMap<String, Bindings>>;

    fn known(name: &str, bindings: &[(DateTime<Utc>, i64)]) -> Known {
        Known::from([("username", HashMap::from([(name.to_owned(), bindings.to_vec())]))])
    }

    fn number(seen: &NamesSeen, changes: i64, name: &str) -> Option<i64> {
        let said = Saying {
            line: 1,
            net: "198.51.100.7/32".parse().unwrap(),
            ports: (0, u16::MAX),
            protocol: None,
            holder: HolderName::Username(name.to_owned()),
            word: Word::Held { from: EVER, to: None },
        };
        seen.of(changes, &[&said])[0]
    }

    const EVER: DateTime<Utc> = DateTime::<Utc>::MIN_UTC;

    #[test]
    fn a_name_is_known_again_until_some_name_changes_hands() {
        let seen = NamesSeen::default();
        seen.keep(3, &known("u1", &[(EVER, 7)]));
        assert_eq!((number(&seen, 3, "u1"), number(&seen, 3, "u2")), (Some(7), None));
        assert_eq!((number(&seen, 4, "u1"), number(&seen, 2, "u1")), (None, None), "read before or after a change");
        seen.keep(4, &known("u2", &[(EVER, 8)]));
        assert_eq!((number(&seen, 4, "u1"), number(&seen, 4, "u2")), (None, Some(8)), "all is read again");
        seen.keep(3, &known("u1", &[(EVER, 7)]));
        assert_eq!(
            (number(&seen, 3, "u1"), number(&seen, 4, "u2")),
            (None, Some(8)),
            "whoever read earlier comes late"
        );
    }

    #[test]
    fn a_name_that_has_changed_hands_is_always_read() {
        let seen = NamesSeen::default();
        let later = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        seen.keep(1, &known("u1", &[(EVER, 7), (later, 9)]));
        seen.keep(1, &known("u2", &[(later, 10)]));
        assert_eq!((number(&seen, 1, "u1"), number(&seen, 1, "u2")), (None, None));
    }
}
