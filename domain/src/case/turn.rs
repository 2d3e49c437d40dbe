//! Whose turn it is in a case, what is expected and by when: the card on top of the case page.
use super::{Case, CaseState, Claim, DisputeState, Outcome};
use chrono::{DateTime, Utc};

/// Who has to act next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// We.
    Desk,
    /// The customer.
    Customer,
    /// Nobody: time has to pass, or it is over.
    Nobody,
}

/// Whose turn it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Who has to act next.
    pub whose: Whose,
    /// What is expected, and why: one or two sentences.
    pub what: String,
    /// By when.
    pub by: Option<DateTime<Utc>>,
    /// Whether that time has passed.
    pub late: bool,
}

/// Decides whose turn it is. `release_waits`: a release waits for a person; `notice_owed`: a notice is on its way;
/// `notice_failed`: the newest notice failed or came back.
#[must_use]
pub fn turn(case: &Case, release_waits: bool, notice_owed: bool, notice_failed: bool, now: DateTime<Utc>) -> Turn {
    let late = case.due_at.is_some_and(|due| due < now);
    let (whose, what) = words(case, release_waits, notice_owed, notice_failed, late);
    Turn { whose, what: what.to_owned(), by: case.due_at, late }
}

fn words(case: &Case, release_waits: bool, owed: bool, failed: bool, late: bool) -> (Whose, &'static str) {
    if case.state == CaseState::Closed {
        if case.outcome == Some(Outcome::WrongCustomer) {
            return (Whose::Nobody, "It was another customer: the case is closed and counts against nobody.");
        }
        return (
            Whose::Nobody,
            "The case is closed. New evidence within the repeat window opens a new one that names it.",
        );
    }
    if case.dispute == DisputeState::Open {
        return (Whose::Desk, "The customer objects. Somebody who did not decide before looks at it and says why.");
    }
    if release_waits {
        return (Whose::Desk, "The customer asks for release and has no self-release left, so a person decides.");
    }
    match case.state {
        CaseState::Open if owed => {
            (Whose::Nobody, "The notice is on its way. The customer's time runs from its delivery.")
        }
        CaseState::Open if failed => (
            Whose::Desk,
            "The notice did not reach the customer: it does not count as given. Find another address, or call.",
        ),
        CaseState::Open => {
            (Whose::Desk, "Nobody told the customer yet. Look at the evidence, then send a notice or close.")
        }
        CaseState::Notified if late => (
            Whose::Desk,
            "The customer was told and did not answer in time. Remind, quarantine, or look whether it stopped.",
        ),
        CaseState::Notified => (Whose::Customer, "The customer was told and has time to answer."),
        CaseState::Quarantined => (
            Whose::Customer,
            "The line is restricted. The customer cleans up and says so on the page, or the review comes.",
        ),
        CaseState::Answered => (Whose::Desk, answered(case.claim)),
        CaseState::Released => {
            (Whose::Nobody, "Lifted and watched. New evidence opens it again; quiet until then, it can be closed.")
        }
        CaseState::Closed => (Whose::Nobody, ""),
    }
}

const fn answered(claim: Option<Claim>) -> &'static str {
    match claim {
        Some(Claim::Fixed) => "The customer says it is fixed. See whether it went quiet, then answer or close.",
        Some(Claim::NotMe) => "The customer says it was somebody else. Check the proof of attribution, then answer.",
        Some(Claim::NeedHelp) => "The customer cannot do it alone and asks for help.",
        Some(Claim::Dispute) => "The customer objected. Answer what was decided.",
        None => "The customer wrote. Answer, or say that there is nothing to add.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        class::Class,
        id::{CaseId, CustomerId},
    };

    fn case(state: CaseState) -> Case {
        let at = DateTime::UNIX_EPOCH;
        Case {
            id: CaseId::new(),
            number: "L-2026-000001".to_owned(),
            customer: CustomerId::new(),
            service: None,
            category: Class::InfectedHost.category(),
            class: Class::InfectedHost,
            state,
            outcome: None,
            claim: None,
            dispute: DisputeState::None,
            assignee: None,
            opened_at: at,
            first_event_at: at,
            last_event_at: at,
            events: 1,
            notified_at: None,
            due_at: Some(at),
            snoozed_until: None,
            closed_at: None,
            repeat_of: None,
            strikes: 0,
            unread: false,
            version: 1,
        }
    }

    fn whose(state: CaseState, hours: i64) -> Whose {
        turn(&case(state), false, false, false, DateTime::UNIX_EPOCH + chrono::TimeDelta::hours(hours)).whose
    }

    #[test]
    fn the_desk_acts_first_the_customer_after_he_was_told() {
        assert_eq!(whose(CaseState::Open, -1), Whose::Desk);
        assert_eq!(whose(CaseState::Notified, -1), Whose::Customer);
        assert_eq!(whose(CaseState::Notified, 1), Whose::Desk);
        assert_eq!(whose(CaseState::Quarantined, -1), Whose::Customer);
        assert_eq!(whose(CaseState::Answered, -1), Whose::Desk);
        assert_eq!(whose(CaseState::Released, -1), Whose::Nobody);
        assert_eq!(whose(CaseState::Closed, 1), Whose::Nobody);
    }

    #[test]
    fn what_needs_a_person_comes_first() {
        let now = DateTime::UNIX_EPOCH;
        let mut disputed = case(CaseState::Quarantined);
        assert_eq!(turn(&disputed, true, false, false, now).whose, Whose::Desk);
        disputed.dispute = DisputeState::Open;
        assert!(turn(&disputed, false, false, false, now).what.contains("objects"));
        assert!(turn(&case(CaseState::Open), false, false, true, now).what.contains("did not reach"));
        assert_eq!(turn(&case(CaseState::Open), false, true, false, now).whose, Whose::Nobody);
    }
}
