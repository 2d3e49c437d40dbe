//! Correcting whose events were, before it is done: the choice of the right holder, and everything that would follow.
use super::{Desk, DeskError, evidence::name_all, notice_text::Wrong};
use chrono::TimeDelta;
use domain::{
    actor::{Actor, Permission},
    case::{Case, Outcome},
    correction::{Holding, NoticeFate, Plan, QuarantineFate, Situation, To, Which, plan},
    customer::{Customer, Service},
    evidence::{Event, Named},
    id::{CaseId, CorrectionId, DisputeId, EventId, ServiceId},
    lease::look::{Question, Reason, Sight, WHY_CHARS_MAX, address_of},
    limit::{CORRECTED_EVENTS_MAX, GROUPING},
    link::Link,
    notice::{Draft, Notice, address_fault},
    page::PageOf,
    quarantine::QuarantineState,
    refusal::Refusal,
};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use store::Conn;

/// Events that the page lists to be ticked.
const EVENTS_SHOWN: usize = 50;
/// Events whose answers are looked through for other candidates.
const ANSWERS_READ: usize = 20;
/// Candidates offered before one searches.
const CANDIDATES_SHOWN: usize = 12;
/// Customers of a search whose services are shown.
const CUSTOMERS_FOUND: usize = 10;
/// Services of one customer that a search shows.
const SERVICES_FOUND: usize = 6;
/// How far around an event other holders of an address are offered.
const AROUND: TimeDelta = TimeDelta::hours(12);

/// Whose it was, as a person says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// The service with this number.
    Service(String),
    /// Nobody we know.
    Nobody,
}

/// What a person corrects.
#[derive(Debug, Clone)]
pub struct CorrectOrder {
    /// Made with the page, so that a double click corrects once.
    pub id: CorrectionId,
    /// Which events of the case.
    pub which: Which,
    /// Whose they were.
    pub whose: Whose,
    /// How he knows.
    pub reason: String,
}

/// The first page: which events, and whose they were.
#[derive(Debug, Clone)]
pub struct CorrectBoard {
    /// The case.
    pub case: Case,
    /// Whose it is now.
    pub customer: Customer,
    /// Its newest events, and those asked for.
    pub events: Vec<Event>,
    /// Other holders that the answers and the doubts about them named.
    pub candidates: Vec<Named>,
    /// The service chosen so far, and whose it is.
    pub chosen: Option<(Service, Customer)>,
}

/// The second page: everything that would follow.
#[derive(Debug, Clone)]
pub struct CorrectPreview {
    /// The case.
    pub case: Case,
    /// To whom the events were wrongly laid.
    pub wrong: Customer,
    /// Whose they were; none: nobody we know.
    pub right: Option<(Service, Customer)>,
    /// What follows.
    pub plan: Plan,
    /// The mail that takes back what was wrongly said.
    pub notice: Option<Draft>,
    /// Stands for all of this: the act is refused when anything of it changed meanwhile.
    pub seen: String,
}

/// Everything a correction is decided from, as it is stored now.
pub(super) struct Facts {
    pub(super) case: Case,
    pub(super) customer: Customer,
    pub(super) events: Vec<Event>,
    pub(super) notices: Vec<Notice>,
    links: Vec<Link>,
    holdings: Vec<Holding>,
    dispute: Option<DisputeId>,
    joins: Option<(CaseId, String)>,
    pub(super) right: Option<(Service, Customer)>,
    to: To,
}

impl Desk {
    /// The first page of a correction: the case's events, the candidates, and the service with the number `chosen`.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for an unknown case; [`Refusal::Invalid`] when nothing is on it.
    pub async fn correct_board(
        &self,
        actor: &Actor,
        number: &str,
        asked: &[EventId],
        chosen: &str,
    ) -> Result<CorrectBoard, DeskError> {
        self.require(actor, Permission::WorkCases)?;
        let mut conn = self.store.read().await?;
        let case = conn.case_by_number(number).await?.ok_or(Refusal::NotFound)?;
        if case.events == 0 {
            return Err(nothing_left(&case).into());
        }
        let customer = conn.customer_by_id(case.customer).await?.ok_or(Refusal::NotFound)?;
        let events = listed(&mut conn, case.id, asked).await?;
        let candidates = candidates(&mut conn, &events, asked).await?;
        let chosen = service(&mut conn, chosen.trim()).await?;
        Ok(CorrectBoard { case, customer, events, candidates, chosen })
    }

    /// Services found by their number or by words about their customer. Not by an address: see
    /// [`Desk::correct_find_by_address`].
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`]; any store error.
    pub async fn correct_find(&self, actor: &Actor, text: &str) -> Result<Vec<(Service, Customer)>, DeskError> {
        self.require(actor, Permission::WorkCases)?;
        let text = text.trim();
        if text.is_empty() || address_of(text).is_some() {
            return Ok(Vec::new());
        }
        found(&mut self.store.read().await?, text).await
    }

    /// Services that held an address around the time of the events: the written one, else that of the newest event. As
    /// every look-up by a person it needs a reason, and stands in the record of the case.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] without a reason; [`Refusal::NotFound`] for an unknown case; as [`Desk::who`].
    pub async fn correct_find_by_address(
        &self,
        actor: &Actor,
        number: &str,
        asked: &[EventId],
        written: &str,
        reason: &str,
    ) -> Result<Vec<(Service, Customer)>, DeskError> {
        self.require(actor, Permission::WorkCases)?;
        let mut conn = self.store.read().await?;
        let case = conn.case_by_number(number).await?.ok_or(Refusal::NotFound)?;
        let events = listed(&mut conn, case.id, asked).await?;
        drop(conn);
        let wanted = |event: &&Event| asked.is_empty() || asked.contains(&event.id);
        let chosen = || events.iter().filter(wanted);
        let about = chosen().find(|event| event.observation.source.ip().is_some()).or_else(|| chosen().next());
        let source = about.and_then(|event| Some((event.observation.source.ip()?, event.observation.source.port)));
        let Some(((address, port), at)) = address_of(written).or(source).zip(about.map(|event| event.at)) else {
            return Err(Refusal::invalid("q", "these events name no address: write one").into());
        };
        let why = reason.trim().chars().take(WHY_CHARS_MAX).collect();
        let reason = Reason { why, case: Some(case.id) };
        let look = self.who(actor, &Question::at(address, port, at), &[], &reason).await?;
        let Some(told) = self.look_up(actor, look).await?.result else { return Ok(Vec::new()) };
        let (from, to) = (at - AROUND, at + AROUND);
        let mut conn = self.store.read().await?;
        let mut found = Vec::new();
        for party in &told.parties {
            let near = told.parts.iter().any(|part| {
                let named = part.answer.candidates.iter().any(|one| one.service == party.service);
                let reaches = |row: &&Sight| row.from < to && row.to.is_none_or(|over| over > from);
                let held = |row: &Sight| row.service == Some(party.service);
                named || part.rows.iter().filter(reaches).any(held)
            });
            if near && let Some(one) = service(&mut conn, &party.number).await? {
                found.push(one);
            }
        }
        Ok(found)
    }

    /// Everything that would follow from the correction. Changes nothing.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] naming the field; [`Refusal::Stale`] when the events are not on the case any more.
    pub async fn correct_preview(
        &self,
        actor: &Actor,
        number: &str,
        order: &CorrectOrder,
    ) -> Result<CorrectPreview, DeskError> {
        self.require(actor, Permission::WorkCases)?;
        domain::case_text("reason", &order.reason)?;
        let mut conn = self.store.read().await?;
        let facts = Facts::load(&mut conn, number, order).await?;
        let plan = facts.plan(&order.which, self.clock.now())?;
        let notice = match plan.takes_back && plan.unreachable.is_none() {
            true => Some(self.correction_draft(&facts.case, &facts.customer, &facts.wrong(&plan))?),
            false => None,
        };
        let seen = seen(&plan);
        Ok(CorrectPreview { case: facts.case, wrong: facts.customer, right: facts.right, plan, notice, seen })
    }
}

/// What stands for a plan in the form that confirms it.
pub(super) fn seen(plan: &Plan) -> String {
    hex::encode(Sha256::digest(format!("{plan:?}").as_bytes()))
}

fn nothing_left(case: &Case) -> Refusal {
    let problem = if case.outcome == Some(Outcome::WrongCustomer) {
        "was corrected already: correct the case that has its events now"
    } else {
        "has no event that could be another customer's"
    };
    Refusal::invalid("case", problem)
}

impl Facts {
    pub(super) async fn load(conn: &mut Conn, number: &str, order: &CorrectOrder) -> Result<Self, DeskError> {
        let case = conn.case_by_number(number).await?.ok_or(Refusal::NotFound)?;
        if case.events == 0 {
            return Err(nothing_left(&case).into());
        }
        let customer = conn.customer_by_id(case.customer).await?.ok_or(Refusal::NotFound)?;
        let most = i64::try_from(CORRECTED_EVENTS_MAX + 1).unwrap_or(i64::MAX);
        let events = conn.case_events(case.id, most).await?;
        let right = right(conn, &order.whose).await?;
        let to = match &right {
            Some((service, _)) => To::Holder { customer: service.customer, service: service.id },
            None => To::Nobody,
        };
        let joins = match &right {
            Some((service, _)) if service.customer != case.customer => {
                joins(conn, &case, service, &events, order).await?
            }
            _ => None,
        };
        let disputes = conn.disputes_of_case(case.id).await?;
        Ok(Self {
            notices: conn.notices_of_case(case.id).await?,
            links: conn.links_of_case(case.id).await?,
            holdings: holdings(conn, case.id).await?,
            dispute: disputes.into_iter().find(|dispute| dispute.decided_at.is_none()).map(|dispute| dispute.id),
            joins,
            right,
            to,
            case,
            customer,
            events,
        })
    }

    pub(super) fn plan(&self, which: &Which, now: chrono::DateTime<chrono::Utc>) -> Result<Plan, Refusal> {
        plan(&Situation {
            case: &self.case,
            events: &self.events,
            which,
            to: self.to,
            notices: &self.notices,
            links: &self.links,
            quarantines: &self.holdings,
            dispute: self.dispute,
            joins: self.joins.clone(),
            unreachable: address_fault(self.customer.email.trim()),
            now,
        })
    }

    /// What the correction notice takes back.
    pub(super) fn wrong(&self, plan: &Plan) -> Wrong {
        let told = plan.notices.iter().filter(|end| end.fate != NoticeFate::Recalled).map(|end| end.at);
        let mut told: Vec<_> = told.collect();
        told.sort_unstable();
        let confirmed = |holding: &&Holding| holding.quarantine.confirmed_at.is_some();
        let lifts = |id| plan.quarantines.iter().any(|end| end.id == id && end.fate == QuarantineFate::Lifted);
        let gone = |state| matches!(state, QuarantineState::Lifted | QuarantineState::Lifting);
        Wrong {
            told,
            lifting: self.holdings.iter().filter(confirmed).any(|holding| lifts(holding.quarantine.id)),
            lifted: self.holdings.iter().filter(confirmed).any(|holding| plan.closes && gone(holding.quarantine.state)),
            part: !plan.closes,
        }
    }
}

/// The newest events of the case, and those asked for.
async fn listed(conn: &mut Conn, case: CaseId, asked: &[EventId]) -> Result<Vec<Event>, DeskError> {
    let mut events = conn.events_of_case(case, PageOf::default()).await?.rows;
    events.truncate(EVENTS_SHOWN);
    for id in asked.iter().take(EVENTS_SHOWN) {
        if !events.iter().any(|event| event.id == *id)
            && let Some(event) = conn.event_by_id(*id).await?.filter(|event| event.case == Some(case))
        {
            events.push(event);
        }
    }
    Ok(events)
}

/// The service with this number, and whose it is.
async fn service(conn: &mut Conn, number: &str) -> Result<Option<(Service, Customer)>, DeskError> {
    let Some(service) = conn.service_by_number(number).await? else { return Ok(None) };
    Ok(conn.customer_by_id(service.customer).await?.map(|customer| (service, customer)))
}

async fn right(conn: &mut Conn, whose: &Whose) -> Result<Option<(Service, Customer)>, DeskError> {
    let Whose::Service(number) = whose else { return Ok(None) };
    let number = number.trim();
    if number.is_empty() {
        return Err(Refusal::invalid("to", "choose whose it was").into());
    }
    let unknown = || Refusal::invalid("to", format!("there is no service {number:?}"));
    Ok(Some(service(conn, number).await?.ok_or_else(unknown)?))
}

/// The right customer's open case of the same kind that these events may join.
async fn joins(
    conn: &mut Conn,
    case: &Case,
    service: &Service,
    events: &[Event],
    order: &CorrectOrder,
) -> Result<Option<(CaseId, String)>, DeskError> {
    let chosen = |event: &&Event| match &order.which {
        Which::All => true,
        Which::Some(ids) => ids.contains(&event.id),
    };
    let Some(last) = events.iter().filter(chosen).map(|event| event.at).max() else { return Ok(None) };
    let open = conn.case_joinable(service.customer, case.category, last - GROUPING).await?;
    Ok(open.map(|open| (open.id, open.number)))
}

async fn holdings(conn: &mut Conn, case: CaseId) -> Result<Vec<Holding>, DeskError> {
    let mut holdings = Vec::new();
    for quarantine in conn.quarantines_of_case(case).await? {
        let causes = conn.quarantine_causes(quarantine.id).await?;
        let mut others = Vec::new();
        for other in causes.iter().filter(|cause| **cause != case) {
            others.extend(conn.case_by_id(*other).await?.map(|case| case.number));
        }
        let service = conn.service_by_id(quarantine.service).await?.map(|service| service.number);
        let (ours, service) = (causes.contains(&case), service.unwrap_or_default());
        holdings.push(Holding { quarantine, service, ours, others });
    }
    Ok(holdings)
}

/// Other holders of what was seen, from what is kept with the events: what later leases say, then the older answers.
async fn candidates(conn: &mut Conn, events: &[Event], asked: &[EventId]) -> Result<Vec<Named>, DeskError> {
    let wanted = |event: &&Event| asked.is_empty() || asked.contains(&event.id);
    let chosen: Vec<&Event> = events.iter().filter(wanted).take(ANSWERS_READ).collect();
    let now: HashSet<Option<ServiceId>> = chosen.iter().map(|event| event.service).collect();
    let mut known: HashSet<ServiceId> = HashSet::new();
    let mut fresh = |service: ServiceId| !now.contains(&Some(service)) && known.insert(service);
    let mut named = Vec::new();
    for event in &chosen {
        let doubt = conn.contradiction_of_event(event.id).await?.map(|doubt| doubt.answer);
        let made = conn.attributions_of(event.id).await?.into_iter().map(|made| made.answer);
        for answer in doubt.into_iter().chain(made) {
            let others: Vec<_> = answer.candidates.into_iter().filter(|one| fresh(one.service)).collect();
            named.extend(name_all(conn, &others).await?);
        }
    }
    named.truncate(CANDIDATES_SHOWN);
    Ok(named)
}

/// Services found by their number or by words about their customer.
async fn found(conn: &mut Conn, text: &str) -> Result<Vec<(Service, Customer)>, DeskError> {
    let mut found: Vec<(Service, Customer)> = Vec::new();
    for row in conn.customer_list(text, PageOf::default()).await?.rows.into_iter().take(CUSTOMERS_FOUND) {
        let services = conn.services_of(row.customer.id).await?;
        found.extend(services.into_iter().take(SERVICES_FOUND).map(|service| (service, row.customer.clone())));
    }
    if let Some(exactly) = service(conn, text).await? {
        found.insert(0, exactly);
    }
    let mut known = HashSet::new();
    found.retain(|(service, _)| known.insert(service.id));
    Ok(found)
}
