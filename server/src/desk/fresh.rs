//! Numbers that are counted once and shown until something is written: the rail stands on every page.
use super::DeskError;
use chrono::{DateTime, TimeDelta, Utc};
use std::{
    collections::HashMap,
    future::Future,
    hash::Hash,
    sync::{Mutex, PoisonError},
};

/// Another replica may have written what this one cannot know of: nothing is shown for longer than this.
const LONGEST: TimeDelta = TimeDelta::seconds(1);

/// Values by key, all counted after the same commit of this process.
pub(crate) struct Fresh<K, V> {
    kept: Mutex<Kept<K, V>>,
}

struct Kept<K, V> {
    commits: u64,
    values: HashMap<K, (DateTime<Utc>, V)>,
}

impl<K, V> Default for Fresh<K, V> {
    fn default() -> Self {
        Self { kept: Mutex::new(Kept { commits: 0, values: HashMap::new() }) }
    }
}

impl<K: Eq + Hash, V: Clone> Fresh<K, V> {
    /// The value of `key` as it was counted after commit number `commits` and just before `now`, else what `count` says.
    ///
    /// # Errors
    /// Those of `count`; nothing is kept then.
    pub(crate) async fn get<F: Future<Output = Result<V, DeskError>>>(
        &self,
        key: K,
        (commits, now): (u64, DateTime<Utc>),
        count: impl FnOnce() -> F,
    ) -> Result<V, DeskError> {
        if let Some(value) = self.known(&key, commits, now) {
            return Ok(value);
        }
        let value = count().await?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.commits != commits {
            *kept = Kept { commits, values: HashMap::new() };
        }
        kept.values.insert(key, (now, value.clone()));
        Ok(value)
    }

    fn known(&self, key: &K, commits: u64, now: DateTime<Utc>) -> Option<V> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (counted, value) = kept.values.get(key).filter(|_| kept.commits == commits)?;
        let age = now - *counted;
        (TimeDelta::zero() <= age && age < LONGEST).then(|| value.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::Fresh;
    use chrono::{DateTime, TimeDelta, Utc};

    async fn get(fresh: &Fresh<u8, u8>, commits: u64, now: DateTime<Utc>, counted: u8) -> u8 {
        fresh.get(1, (commits, now), || async { Ok(counted) }).await.unwrap()
    }

    #[tokio::test]
    async fn a_number_is_counted_again_after_a_commit_and_after_a_second() {
        let (fresh, now) = (Fresh::default(), DateTime::<Utc>::UNIX_EPOCH);
        assert_eq!(get(&fresh, 7, now, 1).await, 1);
        assert_eq!(get(&fresh, 7, now + TimeDelta::milliseconds(999), 2).await, 1);
        assert_eq!(get(&fresh, 8, now, 3).await, 3);
        assert_eq!(get(&fresh, 8, now + TimeDelta::seconds(1), 4).await, 4);
        // A clock that was set back must not keep an old number for long.
        assert_eq!(get(&fresh, 8, now - TimeDelta::seconds(5), 5).await, 5);
    }
}
