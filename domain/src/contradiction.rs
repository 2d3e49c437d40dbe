//! A certain answer that later leases speak against: shown to a person, never changed by itself.
use crate::{
    attribution::{Answer, Certainty, Doubt},
    evidence::{Event, Named},
    id::{EventId, ServiceId},
    page::Rows,
    words::words,
};
use chrono::{DateTime, Utc};

words! {
    /// How a contradiction ended.
    ContradictionEnd {
        /// A person looked and lets the answer stand.
        Kept = "kept",
        /// A person gave the event to somebody else.
        Corrected = "corrected",
        /// The leases agree with the answer again.
        Withdrawn = "withdrawn",
    }
}

/// How a contradiction was settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// When.
    pub at: DateTime<Utc>,
    /// By whom, as the ledger names him.
    pub by: String,
    /// How.
    pub how: ContradictionEnd,
    /// Why.
    pub reason: String,
}

/// What later leases say against the certain answer about one event.
#[derive(Debug, Clone, PartialEq)]
pub struct Contradiction {
    /// The event.
    pub event: EventId,
    /// Since when it is known.
    pub made_at: DateTime<Utc>,
    /// What would be answered now.
    pub answer: Answer,
    /// How it ended; none while it is open.
    pub settled: Option<Settled>,
}

impl Contradiction {
    /// Whether the leases say nothing new with this answer: whoever settled it has seen as much.
    pub fn says(&self, found: &Answer) -> bool {
        let services = |answer: &Answer| {
            let mut services: Vec<ServiceId> = answer.candidates.iter().map(|one| one.service).collect();
            services.sort_unstable();
            services.dedup();
            services
        };
        let before = &self.answer;
        (before.certainty, before.doubt) == (found.certainty, found.doubt) && services(before) == services(found)
    }
}

/// Whether what is found now speaks against an answer that a lease gave.
pub fn contradicts(stands: &Answer, found: &Answer) -> bool {
    let Some(holder) = stands.holder().filter(|holder| holder.lease.is_some()) else { return false };
    match (found.certainty, found.doubt) {
        // Erased or not told yet is no contradiction.
        (_, Some(Doubt::Gone | Doubt::Waiting | Doubt::Unanswered | Doubt::BeforeKnowledge | Doubt::NotOurs)) => false,
        (Certainty::Certain, _) => found.holder().is_none_or(|now| now.service != holder.service),
        (Certainty::Ambiguous, _) => found.candidates.iter().any(|other| other.service != holder.service),
        (Certainty::Unknown, doubt) => matches!(doubt, Some(Doubt::NoLease | Doubt::NameUnknown)),
    }
}

/// A contradiction with the names people know it by.
#[derive(Debug, Clone)]
pub struct ContradictionView {
    /// The contradiction.
    pub contradiction: Contradiction,
    /// The event as it stands.
    pub event: Event,
    /// What the answer rests on; none when the event is nobody's by now.
    pub stands: Option<Named>,
    /// Who else had it, by later leases; empty when they name nobody.
    pub against: Vec<Named>,
    /// Number of the case it is on.
    pub case: Option<String>,
}

/// A page of contradictions.
#[derive(Debug, Clone)]
pub struct ContradictionList {
    /// The settled ones; else the open ones.
    pub settled: bool,
    /// Its rows.
    pub rows: Rows<ContradictionView>,
    /// When it was read.
    pub now: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        attribution::Candidate,
        id::{CustomerId, LeaseId},
    };

    fn candidate(service: ServiceId, lease: Option<LeaseId>) -> Candidate {
        let from = "2026-11-20T09:00:00Z".parse().unwrap();
        Candidate {
            lease,
            service,
            customer: CustomerId::new(),
            from,
            to: None,
            ports: (0, u16::MAX),
            source: "radius bng-3".to_owned(),
            row: None,
        }
    }

    fn several(services: &[ServiceId]) -> Answer {
        let candidates = services.iter().map(|service| candidate(*service, Some(LeaseId::new()))).collect();
        Answer::open(Certainty::Ambiguous, candidates, "two held it".to_owned()).because(Doubt::SeveralHolders)
    }

    fn open(answer: Answer) -> Contradiction {
        let made_at = "2026-11-20T09:00:00Z".parse().unwrap();
        Contradiction { event: EventId::new(), made_at, answer, settled: None }
    }

    #[test]
    fn who_else_had_it_contradicts_and_what_is_not_known_does_not() {
        let (mine, other) = (ServiceId::new(), ServiceId::new());
        let stands = Answer::certain(candidate(mine, Some(LeaseId::new())), "lease");
        let certain = |service| Answer::certain(candidate(service, Some(LeaseId::new())), "lease");
        let unknown = |doubt| Answer::unknown("nobody").because(doubt);
        assert!(!contradicts(&stands, &certain(mine)) && contradicts(&stands, &certain(other)));
        assert!(!contradicts(&stands, &several(&[mine])) && contradicts(&stands, &several(&[mine, other])));
        for doubt in Doubt::ALL {
            let speaks = matches!(doubt, Doubt::NoLease | Doubt::NameUnknown);
            assert_eq!(contradicts(&stands, &unknown(*doubt)), speaks, "{doubt}");
        }
        // What a person said is not weighed against leases.
        let said = Answer::certain(candidate(mine, None), "a person");
        assert!(!contradicts(&said, &certain(other)));
    }

    #[test]
    fn the_same_services_say_nothing_new() {
        let (mine, other, third) = (ServiceId::new(), ServiceId::new(), ServiceId::new());
        let known = open(several(&[mine, other]));
        assert!(known.says(&several(&[other, mine])), "in another order, by other rows");
        assert!(!known.says(&several(&[mine, other, third])) && !known.says(&several(&[mine])));
        assert!(!known.says(&Answer::certain(candidate(other, Some(LeaseId::new())), "lease")));
    }
}
