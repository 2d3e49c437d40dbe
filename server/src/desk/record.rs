//! The record: reading it, proving an entry, signing heads, checking the whole.
use super::{Desk, DeskError};
use chrono::{DateTime, Utc};
use domain::{
    actor::{Actor, Permission},
    id::CaseId,
    ledger::{Entry, EntryProof, EntryRow, LedgerFilter},
    limit::PAGE_ROWS,
    page::Rows,
    refusal::Refusal,
};
use ledger::{Frontier, PublicKey, Report, Row, SignedHead, SigningKey, Verifier, verify_inclusion};
use std::collections::{HashMap, VecDeque, hash_map::Entry::Vacant};
use store::{Chore, Conn};
use tokio::task::JoinHandle;

/// Rows read at a time while the whole record is checked.
const VERIFY_ROWS: i64 = 5_000;
/// Connections that read it at the same time: the engines' readers are what the check waits for.
const VERIFY_READERS: usize = 3;

/// How far the record goes.
#[derive(Debug, Clone, Copy)]
pub struct RecordState {
    /// Entries in all.
    pub size: i64,
    /// Size and time of the newest signed head.
    pub head: Option<(i64, DateTime<Utc>)>,
}

impl Desk {
    /// A page of the record, newest first.
    ///
    /// # Errors
    /// [`Refusal`] without the right to read the record.
    pub async fn record(
        &self,
        actor: &Actor,
        filter: &LedgerFilter,
    ) -> Result<(Rows<EntryRow>, RecordState), DeskError> {
        self.require(actor, Permission::ReadLedger)?;
        let mut conn = self.store.read().await?;
        let page = Rows::cut(conn.ledger_list(filter, PAGE_ROWS + 1).await?);
        let rows = with_numbers(&mut conn, page.rows).await?;
        let head = conn.ledger_newest_head().await?.map(|head| (head.size, instant(head.at)));
        let state = RecordState { size: conn.ledger_size().await?, head };
        Ok((Rows { rows, more: page.more }, state))
    }

    /// The case with this number, for the filter.
    ///
    /// # Errors
    /// [`Refusal`] without the right to read the record.
    pub async fn record_case(&self, actor: &Actor, number: &str) -> Result<Option<CaseId>, DeskError> {
        self.require(actor, Permission::ReadLedger)?;
        Ok(self.store.read().await?.case_by_number(number.trim()).await?.map(|case| case.id))
    }

    /// One entry with the proof that it is in the record, and the number of entries.
    ///
    /// # Errors
    /// [`Refusal`] without the right to read the record or when there is no such entry.
    pub async fn record_entry(&self, actor: &Actor, seq: i64) -> Result<(EntryRow, EntryProof, i64), DeskError> {
        self.require(actor, Permission::ReadLedger)?;
        let mut conn = self.store.read().await?;
        let entry = conn.ledger_entry(seq).await?.ok_or(Refusal::NotFound)?;
        let row = conn.ledger_row(seq).await?.ok_or(Refusal::NotFound)?;
        let size = conn.ledger_size().await?;
        let proof = prove(&mut conn, &row).await?;
        let rows = with_numbers(&mut conn, vec![entry]).await?;
        let row = rows.into_iter().next().ok_or(Refusal::NotFound)?;
        Ok((row, proof, size))
    }

    /// Signs the record as it is now, when there is something new. The head is kept here and returned to leave the house.
    ///
    /// # Errors
    /// When the store fails or the tree's right edge is damaged.
    pub async fn sign_head(&self, key: &SigningKey) -> Result<Option<SignedHead>, DeskError> {
        let mut conn = self.store.read().await?;
        let Some(tip) = conn.ledger_tip().await? else { return Ok(None) };
        let tree = frontier(&tip)?;
        let last = conn.ledger_newest_head().await?;
        drop(conn);
        if tree.size() == 0 || last.as_ref().is_some_and(|last| last.size >= tree.size()) {
            return Ok(None);
        }
        // A clock that was set back must not make the record look forged.
        let at = last.map_or(i64::MIN, |last| last.at + 1).max(self.clock.now().timestamp_micros());
        let head = SignedHead::sign(&tree, at, key);
        let mut tx = self.store.write().await?;
        tx.ledger_add_head(&head).await?;
        tx.commit_chore(Chore::LedgerHead).await?;
        Ok(Some(head))
    }

    /// Reads the whole record in order and names what does not fit. `outside` are heads that left the house; `seen` is
    /// told after each page how many entries were read.
    ///
    /// # Errors
    /// When the store fails; what does not fit is in the report.
    pub async fn verify_record(
        &self,
        outside: &[SignedHead],
        keys: &[PublicKey],
        mut seen: impl FnMut(i64),
    ) -> Result<Report, DeskError> {
        let mut conn = self.store.read().await?;
        let tip = conn.ledger_tip().await?;
        let mut heads = conn.ledger_heads().await?;
        for head in outside {
            if !heads.contains(head) {
                heads.push(head.clone());
            }
        }
        drop(conn);
        let written = tip.as_deref().and_then(|tip| Frontier::from_bytes(tip).ok()).map_or(0, |tree| tree.size());
        let mut check = Verifier::new(tip.as_deref(), &heads, keys);
        // What is written does not change: the next pages are read while this one is checked.
        let mut reading: VecDeque<JoinHandle<_>> = VecDeque::with_capacity(VERIFY_READERS);
        let mut ends = (1..).map(|page| (page * VERIFY_ROWS).min(written) - 1);
        let mut after = i64::MIN;
        loop {
            while reading.len() < VERIFY_READERS && after < written - 1 {
                let Some(last) = ends.next() else { break };
                let store = self.store.clone();
                reading
                    .push_back(tokio::spawn(async move { store.read().await?.ledger_rows_between(after, last).await }));
                after = last;
            }
            let Some(page) = reading.pop_front() else { break };
            let rows = page.await.map_err(|error| DeskError::Broken(format!("reading the record: {error}")))??;
            rows.iter().for_each(|row| drop(check.push(row)));
            if let Some(last) = rows.last() {
                seen(last.seq + 1);
            }
        }
        let mut conn = self.store.read().await?;
        loop {
            let rows = conn.ledger_rows_after(after, VERIFY_ROWS).await?;
            let Some(last) = rows.last() else { break };
            // The desk goes on writing meanwhile: those entries belong to the next check.
            if conn.ledger_tip().await? != tip {
                break;
            }
            rows.iter().for_each(|row| drop(check.push(row)));
            after = last.seq;
            seen(last.seq + 1);
        }
        Ok(check.finish())
    }
}

fn frontier(tip: &[u8]) -> Result<Frontier, DeskError> {
    Frontier::from_bytes(tip).map_err(|error| DeskError::Broken(format!("{error}: run lazaret verify")))
}

fn instant(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}

async fn with_numbers(conn: &mut Conn, entries: Vec<Entry>) -> Result<Vec<EntryRow>, DeskError> {
    let mut numbers: HashMap<CaseId, String> = HashMap::new();
    for case in entries.iter().filter_map(|entry| entry.case) {
        if let Vacant(place) = numbers.entry(case) {
            place.insert(conn.case_by_id(case).await?.map(|case| case.number).unwrap_or_default());
        }
    }
    let number = |entry: &Entry| entry.case.and_then(|case| numbers.get(&case).cloned()).unwrap_or_default();
    Ok(entries.into_iter().map(|entry| EntryRow { case_number: number(&entry), entry }).collect())
}

/// Proves the row against the newest signed head when that covers it, else against the tip.
async fn prove(conn: &mut Conn, row: &Row) -> Result<EntryProof, DeskError> {
    let head = conn.ledger_newest_head().await?.filter(|head| head.size > row.seq);
    let (size, root, signed) = match head {
        Some(head) => (head.size, head.root, Some((instant(head.at), head.key_id))),
        None => {
            let tree = frontier(&conn.ledger_tip().await?.unwrap_or_default())?;
            (tree.size(), tree.root(), None)
        }
    };
    let proof = conn.ledger_proof(row.seq, size).await;
    let (path, problem) = match proof {
        Ok(Some(proof)) => {
            let fits = verify_inclusion(&row.leaf_data(), row.seq, size, &root, &proof);
            let changed = match (&row.body, &row.salt) {
                (Some(body), Some(salt)) => ledger::content_hash(salt, body) != row.content_hash,
                (None, None) => false,
                _ => true,
            };
            let problem = match fits {
                Err(error) => error.to_string(),
                Ok(()) if changed => "the words do not fit their hash".to_owned(),
                Ok(()) => String::new(),
            };
            (proof.0.iter().map(hex::encode).collect(), problem)
        }
        Ok(None) => (Vec::new(), "the entry lies outside the tree".to_owned()),
        Err(store::StoreError::Ledger(problem)) => (Vec::new(), problem),
        Err(error) => return Err(error.into()),
    };
    Ok(EntryProof {
        content: hex::encode(row.content_hash),
        erased: row.body.is_none(),
        size,
        root: hex::encode(root),
        signed,
        path,
        problem,
    })
}
