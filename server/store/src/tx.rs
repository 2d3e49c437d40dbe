//! A write: its changes, its ledger entries and its jobs are one transaction.
use crate::{Conn, Result, StoreError};
use chrono::{DateTime, Utc};
use domain::{clock::SharedClock, ledger::NewEntry};
use std::{
    ops::{Deref, DerefMut},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// A transaction. Dropped, it is rolled back.
pub struct Tx {
    conn: Conn,
    clock: SharedClock,
    commits: Arc<AtomicU64>,
}

/// One ledger entry or more: what a commit needs.
#[derive(Debug)]
pub struct Entries(Vec<NewEntry>);

impl Entries {
    /// Adds another entry.
    #[must_use]
    pub fn and(mut self, entry: NewEntry) -> Self {
        self.0.push(entry);
        self
    }

    /// Adds others.
    #[must_use]
    pub fn and_all(mut self, entries: impl IntoIterator<Item = NewEntry>) -> Self {
        self.0.extend(entries);
        self
    }
}

impl From<NewEntry> for Entries {
    fn from(first: NewEntry) -> Self {
        Self(vec![first])
    }
}

/// A change that is not an act of anybody and has no place in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chore {
    /// A session was made, touched or forgotten.
    Session,
    /// The count of failed sign-ins.
    Throttle,
    /// A worker took or put back a job.
    JobLease,
    /// A read-back confirmed what was known.
    Verified,
    /// A signed head of the ledger itself.
    LedgerHead,
    /// How a feed does: rows, its last report.
    FeedRead,
    /// A customer's message was looked at.
    Seen,
    /// How a channel did.
    Channel,
    /// Leases that a source told of by itself; who knows them is asked by look-ups, which are in the ledger.
    LeasesHeard,
    /// An event was looked up again, and its answer is the same.
    AskedAgain,
    /// How far a comparison of stored reports has come; nothing of it is in force.
    Compared,
}

impl Tx {
    pub(crate) const fn new(conn: Conn, clock: SharedClock, commits: Arc<AtomicU64>) -> Self {
        Self { conn, clock, commits }
    }

    /// The instant of this transaction's entries.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Appends the entries to the ledger and commits everything together. Returns the position of the first entry: the
    /// number on a customer's receipt.
    ///
    /// # Errors
    /// [`StoreError::Ledger`] when the ledger's right edge is damaged; any engine error. Nothing is changed then.
    pub async fn commit(mut self, entries: impl Into<Entries>) -> Result<i64> {
        let entries = entries.into().0;
        let now = self.clock.now();
        let first = self.conn.ledger_append(&entries, now).await?;
        self.conn.commit().await?;
        self.commits.fetch_add(1, Ordering::Release);
        Ok(first)
    }

    /// Commits a change that has no place in the ledger.
    ///
    /// # Errors
    /// Any engine error. Nothing is changed then.
    pub async fn commit_chore(self, chore: Chore) -> Result<()> {
        self.conn.commit().await?;
        // Pages do not count sessions and leases of jobs, and those are written all the time.
        if !matches!(chore, Chore::Session | Chore::Throttle | Chore::JobLease) {
            self.commits.fetch_add(1, Ordering::Release);
        }
        Ok(())
    }
}

impl Deref for Tx {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}

impl From<ledger::FrontierError> for StoreError {
    fn from(error: ledger::FrontierError) -> Self {
        Self::Ledger(error.to_string())
    }
}
