//! What a resolver adds to an answer of the index: that it is still to be heard, or that it said nobody held it then.
use super::{Answer, Certainty, Doubt, Wait};
use crate::lease::resolver::ResolverQuestion;
use chrono::{DateTime, Utc};

/// Whether leases that the index does not have could settle it. Where several are known to have held it, or the report
/// lacks a part, more leases would not.
pub const fn lacks_leases(answer: &Answer) -> bool {
    let lacking = matches!(
        answer.doubt,
        Some(
            Doubt::NoLease
                | Doubt::BeforeKnowledge
                | Doubt::Waiting
                | Doubt::Presumed
                | Doubt::PartOfSpan
                | Doubt::Gone
        )
    );
    lacking && !matches!(answer.certainty, Certainty::Certain)
}

/// The answer as long as the resolver has not answered.
#[must_use]
pub fn unanswered(answer: Answer, question: ResolverQuestion) -> Answer {
    let why = format!("{}; {} has not answered yet", answer.why, question.resolver);
    let mut waits = answer.waits;
    waits.push(Wait::Resolver(question));
    Answer { why, waits, doubt: Some(Doubt::Unanswered), ..answer }
}

/// The answer when the resolver said at `at` that nobody held it then.
#[must_use]
pub fn nobody(answer: Answer, resolver: &str, at: DateTime<Utc>) -> Answer {
    let said = format!("{resolver} said on {} that nobody held it then", at.format("%Y-%m-%d %H:%M:%S UTC"));
    if !answer.candidates.is_empty() {
        return Answer { why: format!("{}; {said}", answer.why), ..answer };
    }
    Answer { why: format!("no lease of this address: {said}"), doubt: Some(Doubt::NoLease), ..answer }
}
