//! It was not his: what follows when events of a case turn out to be another customer's, another service's, or nobody's.
//!
//! One pure decision: from the events, the notices, the links and the quarantines of the case to a list of consequences.
//! A person sees that list before he confirms, and the desk does exactly that list in one transaction.
use crate::{
    attribution::Certainty,
    case::Case,
    event::Role,
    evidence::{Event, EventState},
    id::{CaseId, CorrectionId, CustomerId, DisputeId, EventId, NoticeId, QuarantineId, ServiceId},
    limit::CORRECTED_EVENTS_MAX,
    link::Link,
    notice::{Notice, NoticeState},
    quarantine::{Quarantine, QuarantineState},
    refusal::Refusal,
    words::words,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Name of the notice's template by which the desk takes back what it said.
pub const TEMPLATE: &str = "correction";

/// Whose it was after all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum To {
    /// This service of this customer.
    Holder {
        /// Whose.
        customer: CustomerId,
        /// Which line, server or account.
        service: ServiceId,
    },
    /// Nobody we know.
    Nobody,
}

/// Which events of the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// All of them.
    All,
    /// These.
    Some(Vec<EventId>),
}

words! {
    /// What becomes of a notice about what was not his.
    NoticeFate {
        /// Not sent yet: it never will be.
        Recalled = "recalled",
        /// The relay has it in its hands: it may reach him, so it is corrected like one that did.
        OnItsWay = "on_its_way",
        /// He was told: he is told now that it was wrong.
        Told = "told",
    }
}

words! {
    /// What becomes of a quarantine that the case holds.
    QuarantineFate {
        /// The case was its only ground: it is lifted.
        Lifted = "lifted",
        /// It had not begun, and has no ground any more: it is withdrawn.
        Withdrawn = "withdrawn",
        /// This case lets go; another case still holds it.
        OtherCase = "other_case",
        /// What stays on this case still is its ground.
        ThisCase = "this_case",
    }
}

/// A notice and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeEnd {
    /// Which.
    pub id: NoticeId,
    /// What becomes of it.
    pub fate: NoticeFate,
    /// When it was sent, or else written.
    pub at: DateTime<Utc>,
    /// Its subject.
    pub subject: String,
    /// To whom it went or would have gone.
    pub recipient: String,
}

/// A quarantine and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantineEnd {
    /// Which.
    pub id: QuarantineId,
    /// Number of the service it restricts.
    pub service: String,
    /// How, in words.
    pub measure: String,
    /// What becomes of it.
    pub fate: QuarantineFate,
    /// Numbers of the other cases that hold it.
    pub others: Vec<String>,
}

/// A quarantine of the case with what a decision about it needs.
#[derive(Debug, Clone)]
pub struct Holding {
    /// The quarantine.
    pub quarantine: Quarantine,
    /// Number of the service.
    pub service: String,
    /// This case is one of its causes now.
    pub ours: bool,
    /// Numbers of the other cases that hold it.
    pub others: Vec<String>,
}

/// Where the right customer's events go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Goes {
    /// To his open case of the same kind.
    Joins {
        /// Which case.
        id: CaseId,
        /// Its number.
        number: String,
    },
    /// To a new case of his.
    Opens,
    /// They wait as unknown.
    Waits,
    /// They stay on this case: the same customer, another service.
    Stays,
}

/// Everything a correction is decided from.
#[derive(Debug)]
pub struct Situation<'s> {
    /// The case.
    pub case: &'s Case,
    /// All its events.
    pub events: &'s [Event],
    /// Which of them were not his.
    pub which: &'s Which,
    /// Whose they were.
    pub to: To,
    /// The case's notices.
    pub notices: &'s [Notice],
    /// The case's links.
    pub links: &'s [Link],
    /// The case's quarantines.
    pub quarantines: &'s [Holding],
    /// The customer's objection that waits for its decision.
    pub dispute: Option<DisputeId>,
    /// The right customer's open case of the same kind.
    pub joins: Option<(CaseId, String)>,
    /// Why no mail reaches the customer who was wrongly told; none when one does.
    pub unreachable: Option<&'static str>,
    /// The instant of the decision.
    pub now: DateTime<Utc>,
}

/// What follows: what the person sees, and what the desk does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Whose they were.
    pub to: To,
    /// The events that get another answer.
    pub moved: Vec<EventId>,
    /// Events that stay on the case as they are.
    pub kept: usize,
    /// Where they go.
    pub goes: Goes,
    /// Nothing of the customer's is left on the case: it is closed, and counts against nobody.
    pub closes: bool,
    /// Notices about what was not his.
    pub notices: Vec<NoticeEnd>,
    /// A notice was recalled, but the case keeps other events: he is told of those.
    pub rewrites: bool,
    /// Living links that die.
    pub links: usize,
    /// Quarantines the case holds.
    pub quarantines: Vec<QuarantineEnd>,
    /// The customer's objection is upheld by it.
    pub upholds: Option<DisputeId>,
    /// He was wrongly told or wrongly cut: a notice takes it back.
    pub takes_back: bool,
    /// He should be told, but no mail reaches him: why.
    pub unreachable: Option<&'static str>,
    /// The case's version it was decided on.
    pub version: i64,
}

impl Plan {
    /// Whether a quarantine changes: that needs the right to order and to release.
    #[must_use]
    pub fn releases(&self) -> bool {
        self.quarantines.iter().any(|end| end.fate != QuarantineFate::ThisCase)
    }

    /// Whether the customer himself stays the same.
    #[must_use]
    pub fn within(&self) -> bool {
        self.goes == Goes::Stays
    }
}

/// Decides what follows.
///
/// # Errors
/// [`Refusal::Invalid`] without events, or when they are that service's already; [`Refusal::Stale`] for events that are
/// not on the case any more.
pub fn plan(situation: &Situation<'_>) -> Result<Plan, Refusal> {
    let case = situation.case;
    let within = matches!(situation.to, To::Holder { customer, .. } if customer == case.customer);
    let chosen = chosen(situation)?;
    let moved: Vec<&Event> = chosen.into_iter().filter(|event| !already(event, situation.to)).collect();
    if moved.is_empty() {
        return Err(Refusal::invalid("to", "these events are laid to exactly this service already"));
    }
    let ids: HashSet<EventId> = moved.iter().map(|event| event.id).collect();
    let kept: Vec<&Event> = situation.events.iter().filter(|event| !ids.contains(&event.id)).collect();
    let closes = !within && kept.is_empty();
    let notices = if within { Vec::new() } else { notices(situation, &moved, closes) };
    let quarantines = quarantines(situation, &moved, &kept, within);
    let told = notices.iter().any(|end| end.fate != NoticeFate::Recalled);
    let takes_back = told || cut(situation, &quarantines, closes, within);
    Ok(Plan {
        to: situation.to,
        moved: moved.iter().map(|event| event.id).collect(),
        kept: kept.len(),
        goes: match (situation.to, &situation.joins) {
            _ if within => Goes::Stays,
            (To::Nobody, _) => Goes::Waits,
            (To::Holder { .. }, Some((id, number))) => Goes::Joins { id: *id, number: number.clone() },
            (To::Holder { .. }, None) => Goes::Opens,
        },
        closes,
        rewrites: !closes && notices.iter().any(|end| end.fate == NoticeFate::Recalled),
        notices,
        links: if closes { situation.links.iter().filter(|link| link.alive(situation.now)).count() } else { 0 },
        quarantines,
        upholds: situation.dispute.filter(|_| closes),
        takes_back,
        unreachable: situation.unreachable.filter(|_| takes_back),
        version: case.version,
    })
}

fn chosen<'s>(situation: &Situation<'s>) -> Result<Vec<&'s Event>, Refusal> {
    let chosen: Vec<&Event> = match situation.which {
        Which::All => situation.events.iter().collect(),
        Which::Some(ids) => {
            let wanted: HashSet<EventId> = ids.iter().copied().collect();
            let found: Vec<&Event> = situation.events.iter().filter(|event| wanted.contains(&event.id)).collect();
            if found.len() < wanted.len() {
                return Err(Refusal::Stale);
            }
            found
        }
    };
    if chosen.is_empty() {
        return Err(Refusal::invalid("event", "tick at least one event"));
    }
    if chosen.len() > CORRECTED_EVENTS_MAX {
        let problem = format!("at most {CORRECTED_EVENTS_MAX} in one correction; these are {}", chosen.len());
        return Err(Refusal::invalid("event", problem));
    }
    Ok(chosen)
}

fn already(event: &Event, to: To) -> bool {
    match to {
        To::Holder { service, .. } => event.service == Some(service),
        To::Nobody => false,
    }
}

fn notices(situation: &Situation<'_>, moved: &[&Event], closes: bool) -> Vec<NoticeEnd> {
    let about = |notice: &Notice| closes || moved.iter().any(|event| event.received_at <= notice.created_at);
    let ends = situation.notices.iter().filter(|notice| notice.template != TEMPLATE && about(notice));
    ends.filter_map(|notice| {
        let fate = match notice.state {
            NoticeState::Queued => NoticeFate::Recalled,
            NoticeState::Sending => NoticeFate::OnItsWay,
            NoticeState::Sent => NoticeFate::Told,
            // It reached nobody.
            NoticeState::Failed | NoticeState::Bounced | NoticeState::Cancelled => return None,
        };
        Some(NoticeEnd {
            id: notice.id,
            fate,
            at: notice.sent_at.unwrap_or(notice.created_at),
            subject: notice.subject.clone(),
            recipient: notice.recipient.clone(),
        })
    })
    .collect()
}

fn quarantines(situation: &Situation<'_>, moved: &[&Event], kept: &[&Event], within: bool) -> Vec<QuarantineEnd> {
    let wrong: HashSet<Option<ServiceId>> = moved.iter().map(|event| event.service).collect();
    let held = situation
        .quarantines
        .iter()
        .filter(|held| held.ours && held.quarantine.state.live() && held.quarantine.state != QuarantineState::Lifting);
    held.map(|held| {
        let service = held.quarantine.service;
        let to = match situation.to {
            To::Holder { service, .. } if within => Some(service),
            _ => None,
        };
        // What is left must be a ground of its own: against him, and of this service if the wrong ones named it.
        let rest = kept
            .iter()
            .any(|event| grounds(event) && (!wrong.contains(&Some(service)) || event.service == Some(service)));
        let here = moved.iter().any(|event| grounds(event))
            && to.is_some_and(|to| to == service || !wrong.contains(&Some(service)));
        let fate = match (rest || here, held.others.is_empty()) {
            (true, _) => QuarantineFate::ThisCase,
            (false, false) => QuarantineFate::OtherCase,
            (false, true) if began(held.quarantine.state) => QuarantineFate::Lifted,
            (false, true) => QuarantineFate::Withdrawn,
        };
        QuarantineEnd {
            id: held.quarantine.id,
            service: held.service.clone(),
            measure: held.quarantine.measure.title().to_owned(),
            fate,
            others: held.others.clone(),
        }
    })
    .collect()
}

const fn began(state: QuarantineState) -> bool {
    !matches!(state, QuarantineState::AwaitingApproval | QuarantineState::Scheduled)
}

/// Whether the event can ground a quarantine (design rule 4).
fn grounds(event: &Event) -> bool {
    event.certainty == Certainty::Certain
        && event.state == EventState::OnCase
        && matches!(event.observation.role, Role::Actor | Role::Infected | Role::Vulnerable)
}

/// Whether the network restricted him on the word of what was not his.
fn cut(situation: &Situation<'_>, ends: &[QuarantineEnd], closes: bool, within: bool) -> bool {
    let lost =
        |held: &Holding| ends.iter().any(|end| end.id == held.quarantine.id && end.fate == QuarantineFate::Lifted);
    !within && situation.quarantines.iter().any(|held| held.quarantine.confirmed_at.is_some() && (closes || lost(held)))
}

/// A correction as it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// Identifier, made with the page, so that a double click corrects once.
    pub id: CorrectionId,
    /// The case the events were on.
    pub from: CaseId,
    /// The case they are on now; none while they wait as unknown.
    pub to: Option<CaseId>,
    /// How many events.
    pub events: i64,
    /// Whether nothing of the customer's was left.
    pub closed: bool,
    /// Why.
    pub reason: String,
    /// By whom, as the ledger names him.
    pub made_by: String,
    /// When.
    pub made_at: DateTime<Utc>,
}

/// A correction with the numbers of its cases, as the timelines show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectionRow {
    /// The correction.
    pub correction: Correction,
    /// Number of the case the events were on.
    pub from_number: String,
    /// Number of the case they are on now.
    pub to_number: Option<String>,
}
