//! The evidence inbox: what waits, the panel of one row, setting aside, opening cases, and correcting whose an event was.
use super::{
    Desk, DeskError,
    again::kin,
    attribute::named,
    contradiction::{settle, view},
    feedback::owe_outcome,
};
use chrono::{DateTime, Utc};
use domain::{
    act::Act,
    actor::{Actor, Permission},
    attribution::{Answer, Candidate, Certainty},
    case::{CaseCommand, CaseFilter, CaseOrder, CaseRow, step},
    contradiction::ContradictionEnd,
    evidence::{Attribution, Event, EventState, EventView, Inbox, InboxCounts, InboxFilter, Named, Peek},
    id::{AttributionId, CustomerId, EventId},
    ledger::NewEntry,
    limit::{GROUPING, PAGE_ROWS},
    page::{PageOf, Rows},
    refusal::Refusal,
};
use std::collections::HashSet;
use store::{Conn, Tx};

/// Cases of the customer that the panel names.
const CASES_SHOWN: usize = 3;

impl Desk {
    /// A page of the inbox with the numbers of its tabs.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`]; any store error.
    pub async fn inbox(&self, actor: &Actor, filter: &InboxFilter, page: PageOf) -> Result<Inbox, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        let now = self.clock.now();
        let rows = self.store.read().await?.inbox_list(filter, now, page).await?;
        Ok(Inbox { rows, counts: self.inbox_counts(actor).await?, now })
    }

    /// The numbers on the inbox's tabs.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`]; any store error.
    pub async fn inbox_counts(&self, actor: &Actor) -> Result<InboxCounts, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        let count = async || Ok(self.store.read().await?.inbox_counts().await?);
        self.counted.inbox.get((), self.counting(), count).await
    }

    /// How many events came since an instant.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`]; any store error.
    pub async fn new_evidence(&self, actor: &Actor, since: DateTime<Utc>) -> Result<i64, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        Ok(self.store.read().await?.report_new_events(since).await?)
    }

    /// The panel beside the inbox: the row of this event in sentences.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; any store error.
    pub async fn peek(&self, actor: &Actor, event: EventId) -> Result<Peek, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        let mut conn = self.store.read().await?;
        let event = conn.event_by_id(event).await?.ok_or(Refusal::NotFound)?;
        let answer = newest(&mut conn, event.id).await?;
        let category = event.observation.class.category();
        let mut peek = Peek {
            customer: None,
            service: None,
            contract: None,
            cases: Vec::new(),
            waiting: None,
            never_automatic: false,
            doubted: 0,
            candidates: name_all(&mut conn, &answer.candidates).await?,
            answer,
            report: conn.report_by_id(event.report).await?,
            event,
        };
        let reporter = conn.reporter_by_name(&peek.event.reporter).await?;
        peek.never_automatic = reporter.is_some_and(|reporter| reporter.settings.never_automatic);
        let Some(customer) = peek.event.customer else { return Ok(peek) };
        peek.customer = conn.customer_by_id(customer).await?;
        if let Some(service) = peek.event.service {
            peek.service = conn.service_by_id(service).await?;
        }
        if let Some(service) = &peek.service {
            peek.contract = conn.contract_by_id(service.contract).await?;
        }
        peek.cases = cases_of(&mut conn, customer, self.clock.now()).await?;
        peek.cases.truncate(CASES_SHOWN);
        let pending = conn.case_pending(customer, category).await?;
        peek.doubted = match peek.event.state {
            EventState::Pending => conn.contradiction_count_of_group(customer, category).await?,
            _ => i64::from(conn.contradiction_of_event(peek.event.id).await?.is_some_and(|one| one.settled.is_none())),
        };
        peek.waiting = pending.map(|pending| (pending.events, pending.first_at, pending.last_at));
        Ok(peek)
    }

    /// Sets what waits in the rows of these events aside, all for one reason; how many events there were.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] without a reason or without rows; any store error.
    pub async fn dismiss_evidence(&self, actor: &Actor, picks: &[EventId], reason: &str) -> Result<u64, DeskError> {
        self.require(actor, Permission::WorkCases)?;
        domain::case_text("reason", reason)?;
        let mut tx = self.store.write().await?;
        let (mut entries, mut total) = (Vec::new(), 0);
        for event in rows_of(&mut tx, picks).await? {
            let category = event.observation.class.category();
            let (noun, id, ends, events) = match event.customer {
                Some(customer) => {
                    let ends = tx.event_ends_group(customer, category).await?;
                    ("customer", customer.to_string(), ends, tx.event_dismiss_group(customer, category).await?)
                }
                None => {
                    let source = event.observation.source.value.as_str();
                    let ends = tx.event_ends_source(source, category).await?;
                    ("source", source.to_owned(), ends, tx.event_dismiss_source(source, category).await?)
                }
            };
            total += events;
            for report in ends {
                owe_outcome(&mut tx, report).await?;
            }
            if events > 0 {
                let entry = NewEntry::new(actor, Act::EventsDismissed, noun, id);
                entries.push(entry.fact("category", category.as_str()).fact("events", events).why(reason.trim()));
            }
        }
        if let Some(first) = entries.pop() {
            tx.commit(store::Entries::from(first).and_all(entries)).await?;
        }
        Ok(total)
    }

    /// Opens a case for the row of each event (or joins the open one); numbers of the cases.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] without rows or for one whose holder is not certain; any store error.
    pub async fn open_evidence(&self, actor: &Actor, picks: &[EventId]) -> Result<Vec<String>, DeskError> {
        self.require(actor, Permission::WorkCases)?;
        let mut conn = self.store.read().await?;
        let rows = rows_of(&mut conn, picks).await?;
        drop(conn);
        let mut numbers = Vec::with_capacity(rows.len());
        for event in rows {
            let problem = "nobody is certain to have been it: say on the event's page who it was, then open a case";
            let customer = event.customer.ok_or_else(|| Refusal::invalid("pick", problem))?;
            numbers.push(self.open_case(actor, customer, event.observation.class.category()).await?.number);
        }
        Ok(numbers)
    }

    /// One event with every answer about whose it was.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; any store error.
    pub async fn event_view(&self, actor: &Actor, id: EventId) -> Result<EventView, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        let mut conn = self.store.read().await?;
        let event = conn.event_by_id(id).await?.ok_or(Refusal::NotFound)?;
        let report = conn.report_by_id(event.report).await?.ok_or(Refusal::NotFound)?;
        let mut answers = Vec::new();
        for made in conn.attributions_of(id).await? {
            let named = name_all(&mut conn, &made.answer.candidates).await?;
            answers.push((made, named));
        }
        let case = match event.case {
            Some(case) => conn.case_by_id(case).await?,
            None => None,
        };
        let customer = match event.customer {
            Some(customer) => conn.customer_by_id(customer).await?,
            None => None,
        };
        let kin = kin(&mut conn, id).await?;
        let contradiction = match conn.contradiction_of_event(id).await? {
            Some(row) => view(&mut conn, row).await?,
            None => None,
        };
        drop(conn);
        let asking = self.asking(&event, &report).await?;
        Ok(EventView { event, report, answers, case, customer, kin, asking, contradiction })
    }

    /// A page of a customer's events.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`]; any store error.
    pub async fn events_of(&self, actor: &Actor, customer: CustomerId, page: PageOf) -> Result<Rows<Event>, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        Ok(self.store.read().await?.events_of_customer(customer, page).await?)
    }

    /// A person says which service it was: a newer answer, the older ones stay. The event then waits for a decision, or
    /// joins the customer's open case of its kind.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for an unknown service number or without a reason; [`Refusal::Stale`] when the event does
    /// not wait any more.
    pub async fn attribute_event(
        &self,
        actor: &Actor,
        id: EventId,
        service_number: &str,
        reason: &str,
    ) -> Result<(), DeskError> {
        self.require(actor, Permission::WorkCases)?;
        domain::case_text("reason", reason)?;
        let mut tx = self.store.write().await?;
        let mut event = tx.event_by_id(id).await?.ok_or(Refusal::NotFound)?;
        let unknown = || Refusal::invalid("service", format!("there is no service {:?}", service_number.trim()));
        let service = tx.service_by_number(service_number.trim()).await?.ok_or_else(unknown)?;
        let before = newest(&mut tx, id).await?;
        // The lease that spoke for this service stays the proof; without one the person's word is all there is.
        let doubt = tx.contradiction_of_event(id).await?.map(|doubt| doubt.answer.candidates).unwrap_or_default();
        let candidate = before.candidates.into_iter().chain(doubt).find(|known| known.service == service.id);
        let candidate = candidate
            .unwrap_or_else(|| Candidate { source: format!("said by {}", label(actor)), ..named(&service, event.at) });
        let answer = Answer { why: reason.trim().to_owned(), ..Answer::certain(candidate, "a person") };
        let old = event.certainty;
        (event.certainty, event.customer, event.service) =
            (Certainty::Certain, Some(service.customer), Some(service.id));
        tx.event_set_holder(&event, EventState::Pending).await?;
        // What later leases said against the answer before is dealt with by this.
        settle(&mut tx, actor, id, ContradictionEnd::Corrected, reason).await?;
        let now = tx.now();
        let made_by = actor.ledger_text();
        tx.attribution_add(&[Attribution { id: AttributionId::new(), event: id, made_at: now, made_by, answer }])
            .await?;
        let entry = NewEntry::new(actor, Act::EventAttributed, "event", id)
            .change(old.as_str(), service.number.as_str())
            .why(reason.trim());
        let joined = join_open_case(&mut tx, actor, &event, service.customer).await?;
        tx.commit(store::Entries::from(entry).and_all(joined)).await?;
        Ok(())
    }
}

/// Joins the customer's open case of the event's kind, if there is one.
pub(super) async fn join_open_case(
    tx: &mut Tx,
    actor: &Actor,
    event: &Event,
    customer: CustomerId,
) -> Result<Option<NewEntry>, DeskError> {
    let category = event.observation.class.category();
    let Some(case) = tx.case_joinable(customer, category, event.at - GROUPING).await? else { return Ok(None) };
    let to = step(case.state, CaseCommand::Join, false)?;
    let events = tx.case_add_events(case.id, case.state, to, &[event.id]).await?;
    Ok(Some(NewEntry::new(actor, Act::CaseJoined, "case", case.id).case(case.id).fact("events", events)))
}

fn label(actor: &Actor) -> String {
    Actor::label(&actor.ledger_text()).to_owned()
}

/// One event for each row that the picked events stand for.
async fn rows_of(conn: &mut Conn, picks: &[EventId]) -> Result<Vec<Event>, DeskError> {
    let most = usize::try_from(PAGE_ROWS).unwrap_or(usize::MAX);
    if picks.is_empty() || picks.len() > most {
        return Err(Refusal::invalid("pick", format!("tick at least one row and at most {most}")).into());
    }
    let (mut seen, mut rows) = (HashSet::new(), Vec::new());
    for pick in picks {
        let event = conn.event_by_id(*pick).await?.ok_or(Refusal::NotFound)?;
        let category = event.observation.class.category();
        let source = if event.customer.is_some() { String::new() } else { event.observation.source.value.clone() };
        if seen.insert((event.customer, source, category)) {
            rows.push(event);
        }
    }
    Ok(rows)
}

/// The newest cases of a customer, closed ones too.
pub(super) async fn cases_of(
    conn: &mut Conn,
    customer: CustomerId,
    now: DateTime<Utc>,
) -> Result<Vec<CaseRow>, DeskError> {
    let filter = CaseFilter { customer: Some(customer), all: true, ..CaseFilter::default() };
    Ok(conn.case_list(&filter, CaseOrder::Newest, PageOf::default(), now).await?.rows)
}

pub(super) async fn newest(conn: &mut Conn, event: EventId) -> Result<Answer, DeskError> {
    let answers = conn.attributions_of(event).await?;
    Ok(answers.into_iter().next().map_or_else(|| Answer::unknown("never looked up"), |made| made.answer))
}

/// The candidates with the names people know them by.
pub(super) async fn name_all(conn: &mut Conn, candidates: &[Candidate]) -> Result<Vec<Named>, DeskError> {
    let mut named = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        let service = conn.service_by_id(candidate.service).await?;
        let customer = conn.customer_by_id(candidate.customer).await?;
        let net = candidate.row.as_ref().map(|row| row.net.to_string());
        named.push(Named {
            candidate: candidate.clone(),
            customer_name: customer.map(|customer| customer.name).unwrap_or_default(),
            service_number: service.as_ref().map(|service| service.number.clone()).unwrap_or_default(),
            product: service.map(|service| service.product).unwrap_or_default(),
            net: net.unwrap_or_default(),
        });
    }
    Ok(named)
}
