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
    /// A fact as text, empty when absent.
    pub fn text(&self, name: &str) -> String {
        match &self.body[name] {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }
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
