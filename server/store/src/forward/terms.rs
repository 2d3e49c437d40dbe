//! Terms and clauses.
use super::forward;
use chrono::{DateTime, Utc};
use domain::{
    id::ClauseId,
    terms::{Clause, Terms},
};

forward! {
    /// A terms version; nothing happens when it is there.
    fn terms_add(version: &str, published_at: DateTime<Utc>) -> () = terms::add;
    /// A clause of a version; a conflict when its number is taken: published text does not change.
    fn clause_add(clause: &Clause) -> () = terms::add_clause;
    /// All versions with their clauses, newest first.
    fn terms_list() -> Vec<Terms> = terms::list;
    /// One version with its clauses.
    fn terms_by_version(version: &str) -> Option<Terms> = terms::by_version;
    /// The clauses of a version by number.
    fn clauses_of(version: &str) -> Vec<Clause> = terms::clauses;
    /// One clause.
    fn clause_by_id(id: ClauseId) -> Option<Clause> = terms::clause_by_id;
}
