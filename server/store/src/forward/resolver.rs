//! What resolvers are asked.
use super::forward;
use chrono::{DateTime, Utc};
use domain::{
    id::{EventId, LookUpId, ResolverQuestionId},
    lease::resolver::{Asked, ResolverQuestion, Standing},
};

forward! {
    /// Owes an answer to the question; false when it is owed already, or was given and still stands.
    fn resolver_ask(question: &ResolverQuestion, now: DateTime<Utc>) -> bool = resolver::ask;
    /// A question by its id.
    fn resolver_by_id(id: ResolverQuestionId) -> Option<Asked> = resolver::by_id;
    /// Those of these questions that were ever asked.
    fn resolver_by_ids(ids: &[ResolverQuestionId]) -> Vec<Asked> = resolver::by_ids;
    /// The questions of a person's look-up.
    fn resolver_of_look_up(look: LookUpId) -> Vec<Asked> = resolver::of_look_up;
    /// A question was put, and not answered; `problem`: why, empty when nothing is wrong.
    fn resolver_tried(id: ResolverQuestionId, at: DateTime<Utc>, problem: &str) -> () = resolver::tried;
    /// A question was answered by so many leases.
    fn resolver_answered(id: ResolverQuestionId, at: DateTime<Utc>, leases: i64) -> () = resolver::answered;
    /// The events that wait for an answer.
    fn resolver_events(id: ResolverQuestionId) -> Vec<EventId> = resolver::events;
    /// A look-up waits for an answer.
    fn resolver_look_up_waits(id: ResolverQuestionId, look: LookUpId) -> () = resolver::look_up_waits;
    /// The look-ups that wait for an answer.
    fn resolver_look_ups(id: ResolverQuestionId) -> Vec<LookUpId> = resolver::look_ups;
    /// How the questions of each resolver do that has open ones.
    fn resolver_standings() -> Vec<Standing> = resolver::standings;
    /// Forgets what was answered before; how many questions there were.
    fn resolver_forget(before: DateTime<Utc>) -> u64 = resolver::forget;
}
