//! A ledger entry as the desk writes it and as the record and the timelines show it.
use crate::{act::Act, actor::Actor, id::CaseId};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

/// What is written with every change: who, what, old → new, why, under which clause or policy.
#[derive(Debug, Clone)]
pub struct NewEntry {
    /// Who.
    pub actor: Actor,
    /// What.
    pub act: Act,
    /// Kind of the thing: `case`, `quarantine`, `user`...
    pub noun: &'static str,
    /// Which thing.
    pub noun_id: String,
    /// In whose case, if any: makes it a line of that timeline.
    pub case: Option<CaseId>,
    /// Old, new, why, policy, clause...: personal data, erasable while the proof stays.
    pub body: Map<String, Value>,
}

impl NewEntry {
    /// `actor` did `act` to the `noun` with `noun_id`.
    pub fn new(actor: &Actor, act: Act, noun: &'static str, noun_id: impl ToString) -> Self {
        Self { actor: actor.clone(), act, noun, noun_id: noun_id.to_string(), case: None, body: Map::new() }
    }

    /// Makes it a line of the case's timeline.
    #[must_use]
    pub fn case(mut self, case: CaseId) -> Self {
        self.case = Some(case);
        self
    }

    /// Adds one fact.
    #[must_use]
    pub fn fact(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.body.insert(name.to_owned(), value.into());
        self
    }

    /// Adds `old → new`.
    #[must_use]
    pub fn change(self, old: impl Into<Value>, new: impl Into<Value>) -> Self {
        self.fact("old", old).fact("new", new)
    }

    /// Adds the reason, if there is one.
    #[must_use]
    pub fn why(self, reason: &str) -> Self {
        if reason.is_empty() { self } else { self.fact("why", reason) }
    }
}

/// An entry as read back.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Position, from 0.
    pub seq: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who (see [`Actor::label`]).
    pub actor: String,
    /// What: a word of [`Act`].
    pub act: String,
    /// Kind of the thing.
    pub noun: String,
    /// Which thing.
    pub noun_id: String,
    /// In whose case.
    pub case: Option<CaseId>,
    /// The facts; null when erased.
    pub body: Value,
    /// Leaf hash, hex.
    pub leaf: String,
}

impl Entry {
    /// Whether the words were erased.
    pub fn erased(&self) -> bool {
        self.body.is_null()
    }

    /// Whether the fact is there and not null.
    pub fn has(&self, name: &str) -> bool {
        !self.body[name].is_null()
    }

    /// Names of all facts.
    pub fn names(&self) -> Vec<String> {
        self.body.as_object().map(|body| body.keys().cloned().collect()).unwrap_or_default()
    }

    /// A fact as text, empty when absent.
    pub fn text(&self, name: &str) -> String {
        match &self.body[name] {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }
}

/// A row of the record page.
#[derive(Debug, Clone)]
pub struct EntryRow {
    /// The entry.
    pub entry: Entry,
    /// Human number of its case, where it has one.
    pub case_number: String,
}

/// The proof that an entry is in the record, as the entry's page shows it.
#[derive(Debug, Clone)]
pub struct EntryProof {
    /// SHA-256 of salt and body, hex.
    pub content: String,
    /// The body was erased; the hashes stay.
    pub erased: bool,
    /// The proof is for the tree of the first so many entries.
    pub size: i64,
    /// Its root, hex.
    pub root: String,
    /// When that tree was signed and with which key; none = not signed yet.
    pub signed: Option<(DateTime<Utc>, String)>,
    /// The hashes beside the path from the leaf up, hex.
    pub path: Vec<String>,
    /// What does not fit; empty = the entry is in that tree as it stands here.
    pub problem: String,
}

/// Filter of the record page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LedgerFilter {
    /// Only this act, or acts of this noun (`case`, `quarantine`...) when it has no dot.
    pub act: String,
    /// Only of this actor text prefix.
    pub actor: String,
    /// Only of this case.
    pub case: Option<CaseId>,
    /// Only before this position (keyset paging, newest first).
    pub before: Option<i64>,
}
