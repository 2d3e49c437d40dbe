//! The record.
use super::forward;
use chrono::{DateTime, Utc};
use domain::{
    id::CaseId,
    ledger::{Entry, LedgerFilter, NewEntry},
};
use ledger::{Proof, Row, SignedHead};

forward! {
    /// The timeline of a case, newest first.
    fn ledger_of_case(case: CaseId, limit: i64) -> Vec<Entry> = ledger::of_case;
    /// The history of one thing, newest first.
    fn ledger_of_noun(noun: &str, id: &str, limit: i64) -> Vec<Entry> = ledger::of_noun;
    /// A page of the record, newest first.
    fn ledger_list(filter: &LedgerFilter, limit: i64) -> Vec<Entry> = ledger_list::list;
    /// Rows after `seq` in order, for verification (-1 = from the first).
    fn ledger_rows_after(seq: i64, limit: i64) -> Vec<Row> = ledger::rows_after;
    /// Rows after the one place up to and with the other, in order: several readers share a long check.
    fn ledger_rows_between(after: i64, last: i64) -> Vec<Row> = ledger::rows_between;
    /// One entry as the record page shows it.
    fn ledger_entry(seq: i64) -> Option<Entry> = ledger_proof::entry;
    /// One row with its hashes.
    fn ledger_row(seq: i64) -> Option<Row> = ledger_proof::row;
    /// The hashes that prove row `seq` to be in the tree of the first `size` rows; none when it is outside.
    fn ledger_proof(seq: i64, size: i64) -> Option<Proof> = ledger_proof::prove;
    /// The bytes of the tree's right edge; none before the first entry.
    fn ledger_tip() -> Option<Vec<u8>> = ledger::tip;
    /// Number of entries.
    fn ledger_size() -> i64 = ledger::size;
    /// Keeps a signed head.
    fn ledger_add_head(head: &SignedHead) -> () = ledger::add_head;
    /// The signed head of the most entries.
    fn ledger_newest_head() -> Option<SignedHead> = ledger::newest_head;
    /// All signed heads, smallest first.
    fn ledger_heads() -> Vec<SignedHead> = ledger::heads;
}

impl crate::Conn {
    /// Only a commit appends.
    pub(crate) async fn ledger_append(&mut self, entries: &[NewEntry], now: DateTime<Utc>) -> crate::Result<i64> {
        match self.raw() {
            crate::conn::Raw::Sqlite(conn) => crate::sqlite::repo::ledger::append(conn, entries, now).await,
            crate::conn::Raw::Postgres(conn) => crate::postgres::repo::ledger::append(conn, entries, now).await,
        }
    }
}
