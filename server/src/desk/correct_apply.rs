//! Correcting whose events were: everything that follows, in one transaction.
use super::{
    Desk, DeskError,
    attribute::{Attributor, moment},
    case::new_case,
    contradiction::settle,
    correct::{CorrectOrder, Facts, seen},
    quarantine_step as step,
    release::{Letting, let_go},
};
use chrono::Datelike;
use domain::{
    act::Act,
    actor::{Actor, Permission},
    attribution::{Answer, Candidate, Certainty, Moment},
    case::{self, Case, CaseCommand, CaseState, DisputeState, Outcome},
    contradiction::ContradictionEnd,
    correction::{Correction, Goes, NoticeFate, Plan, QuarantineFate},
    customer::Service,
    dispute::Verdict,
    evidence::{Attribution, Event},
    id::{AttributionId, CaseId, EventId, NoticeId},
    lease::Held,
    ledger::NewEntry,
    limit::GROUPING,
    notice::{self, NoticeCommand, faults},
    refusal::Refusal,
    release::AskedBy,
};
use std::{
    collections::{BTreeMap, HashMap, HashSet, hash_map::Entry},
    net::IpAddr,
    sync::Arc,
};
use store::{Conn, HolderOf, Pending, StoreError, Tx};

/// Tries when another replica was faster: the plan is made anew each time and must be the one that was seen.
const TRIES: usize = 4;
/// Why the wrong customer's restriction ends: it names nobody.
const LET_GO: &str = "The events were not this customer's.";
/// Events whose older answers are looked through for a lease that the index has forgotten.
const ANSWERS_READ: usize = 200;
/// The method of an answer that a person gave.
const BY_PERSON: &str = "a person";

/// What came of a correction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Corrected {
    /// How many events moved.
    pub events: i64,
    /// Number of the case that has them now.
    pub to: Option<String>,
    /// Nothing was left on the wrong customer's case.
    pub closed: bool,
}

/// What the steps of one correction share.
struct Making<'c> {
    actor: &'c Actor,
    order: &'c CorrectOrder,
    facts: &'c Facts,
    plan: &'c Plan,
    reason: &'c str,
}

impl Desk {
    /// Corrects whose the events were, with everything that follows, in one transaction. `as_seen` stands for the plan
    /// that the person saw. The same id again changes nothing.
    ///
    /// # Errors
    /// [`Refusal::Stale`] when anything of the plan is different by now; [`Refusal::Invalid`] naming the field;
    /// [`Refusal::NotAllowed`] without the right to release, when a quarantine changes by it.
    pub async fn correct(
        &self,
        actor: &Actor,
        number: &str,
        order: &CorrectOrder,
        as_seen: &str,
    ) -> Result<Corrected, DeskError> {
        self.require(actor, Permission::WorkCases)?;
        domain::case_text("reason", &order.reason)?;
        let mut tries = 0;
        loop {
            tries += 1;
            match self.correct_once(actor, number, order, as_seen).await {
                Err(DeskError::Store(StoreError::Conflict(_))) if tries < TRIES => {}
                Err(DeskError::Store(error)) if error.is_transient() && tries < TRIES => {}
                other => return other,
            }
        }
    }

    async fn correct_once(
        &self,
        actor: &Actor,
        number: &str,
        order: &CorrectOrder,
        as_seen: &str,
    ) -> Result<Corrected, DeskError> {
        let mut tx = self.store.write().await?;
        let about = tx.case_by_number(number).await?.ok_or(Refusal::NotFound)?;
        // A second click, another analyst and the mailer wait here until we are done.
        tx.case_hold(about.id).await?;
        if let Some(known) = tx.correction_by_id(order.id).await? {
            return already(&mut tx, &known).await;
        }
        let facts = Facts::load(&mut tx, number, order).await?;
        let plan = facts.plan(&order.which, tx.now())?;
        if seen(&plan) != as_seen {
            return Err(Refusal::Stale.into());
        }
        if plan.releases() {
            self.require(actor, Permission::OrderQuarantine)?;
        }
        let act = Making { actor, order, facts: &facts, plan: &plan, reason: order.reason.trim() };
        let mut entries = lay(&mut tx, &act).await?;
        entries.extend(let_go_all(&mut tx, &act).await?);
        let (old, about) = settle_case(&mut tx, &act).await?;
        entries.extend(self.settle_notices(&mut tx, &act, &about).await?);
        entries.extend(objection(&mut tx, &act).await?);
        let went = goes(&mut tx, &act).await?;
        let (to, joined) = went.map_or((None, None), |(id, number, entry)| (Some((id, number)), Some(entry)));
        entries.extend(joined);
        let now = tx.now();
        let made = Correction {
            id: order.id,
            from: about.id,
            to: to.as_ref().map(|to| to.0),
            events: count(plan.moved.len()),
            closed: plan.closes,
            reason: act.reason.to_owned(),
            made_by: actor.ledger_text(),
            made_at: now,
        };
        if !tx.correction_add(&made).await? {
            return Err(Refusal::Stale.into());
        }
        entries.insert(0, corrected(&act, old, &about));
        step::commit(tx, entries).await?;
        self.wake.enforcement.notify_one();
        self.wake.mail.notify_one();
        Ok(Corrected { events: made.events, to: to.map(|to| to.1), closed: plan.closes })
    }

    /// Recalls what is not sent, writes what is left to be said, kills the links, and takes back what was said.
    async fn settle_notices(&self, tx: &mut Tx, act: &Making<'_>, about: &Case) -> Result<Vec<NewEntry>, DeskError> {
        let Making { actor, plan, .. } = *act;
        let mut entries = Vec::new();
        for end in plan.notices.iter().filter(|end| end.fate == NoticeFate::Recalled) {
            let mut notice = tx.notice_by_id(end.id).await?.ok_or(Refusal::NotFound)?;
            let from = notice.state;
            notice.state = notice::step(from, NoticeCommand::Cancel)?;
            entries.push(self.recall(tx, actor, &mut notice, from).await?);
        }
        if plan.closes {
            let now = tx.now();
            let links = tx.link_revoke_of_case(about.id, now).await?;
            if links > 0 {
                let entry = NewEntry::new(actor, Act::LinkRevoked, "case", about.id).case(about.id);
                entries.push(entry.fact("links", links).change("alive", "revoked").why(LET_GO));
            }
        }
        if plan.rewrites && about.state != CaseState::Closed {
            let draft = self.usual_draft(tx, about).await?;
            if faults(&draft.recipient, &draft.subject, &draft.body).is_empty() {
                entries.extend(self.owe_notice(tx, actor, about, NoticeId::new(), &draft).await?);
            }
        }
        if plan.takes_back && plan.unreachable.is_none() {
            let draft = self.correction_draft(about, &act.facts.customer, &act.facts.wrong(plan))?;
            if !draft.faults.is_empty() {
                return Err(Refusal::invalid("notice", draft.faults.join("; ")).into());
            }
            entries.push(self.owe_written(tx, actor, about, NoticeId(act.order.id.0), draft).await?);
        }
        Ok(entries)
    }
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

async fn already(tx: &mut Tx, known: &Correction) -> Result<Corrected, DeskError> {
    let to = match known.to {
        Some(id) => tx.case_by_id(id).await?.map(|case| case.number),
        None => None,
    };
    Ok(Corrected { events: known.events, to, closed: known.closed })
}

/// The line of the wrong customer's case. It names nobody else: the case may be shown to him.
fn corrected(act: &Making<'_>, old: CaseState, about: &Case) -> NewEntry {
    let to = match act.plan.goes {
        Goes::Stays => "another service of this customer",
        Goes::Waits => "nobody known",
        Goes::Joins { .. } | Goes::Opens => "another customer",
    };
    let entry = NewEntry::new(act.actor, Act::CaseCorrected, "correction", act.order.id)
        .case(about.id)
        .change(old.as_str(), about.state.as_str())
        .fact("events", act.plan.moved.len())
        .fact("kept", act.plan.kept)
        .fact("to", to)
        .why(act.reason);
    if act.plan.closes { entry.fact("outcome", Outcome::WrongCustomer.as_str()) } else { entry }
}

/// Gives the events their new answer with its proof; the record's lines, one for each source and service before.
async fn lay(tx: &mut Tx, act: &Making<'_>) -> Result<Vec<NewEntry>, DeskError> {
    let Making { facts, plan, .. } = *act;
    let wanted: HashSet<EventId> = plan.moved.iter().copied().collect();
    let moved: Vec<&Event> = facts.events.iter().filter(|event| wanted.contains(&event.id)).collect();
    let holder = match &facts.right {
        Some((service, _)) => {
            HolderOf { certainty: Certainty::Certain, customer: Some(service.customer), service: Some(service.id) }
        }
        None => HolderOf { certainty: Certainty::Unknown, customer: None, service: None },
    };
    if tx.events_lay(facts.case.id, &plan.moved, &holder, !plan.within()).await? != moved.len() {
        return Err(Refusal::Stale.into());
    }
    let answers = answers(tx, act, &moved).await?;
    tx.attribution_add(&answers).await?;
    if tx.contradiction_count().await? > 0 {
        for event in &moved {
            // What later leases said against the answer is dealt with by this.
            settle(tx, act.actor, event.id, ContradictionEnd::Corrected, act.reason).await?;
        }
    }
    lines(tx, act, &moved).await
}

/// The new answers: the lease that speaks for the right service is the proof; without one a person's word is.
async fn answers(tx: &mut Tx, act: &Making<'_>, moved: &[&Event]) -> Result<Vec<Attribution>, DeskError> {
    let (now, made_by) = (tx.now(), act.actor.ledger_text());
    let made = |event: EventId, answer: Answer| Attribution {
        id: AttributionId::new(),
        event,
        made_at: now,
        made_by: made_by.clone(),
        answer,
    };
    let Some((service, _)) = &act.facts.right else {
        let nobody = || Answer { method: BY_PERSON.to_owned(), ..Answer::unknown(act.reason) };
        return Ok(moved.iter().map(|event| made(event.id, nobody())).collect());
    };
    let said = format!("said by {}", Actor::label(&made_by));
    let spoken = rows(tx, moved).await?;
    let mut answers = Vec::with_capacity(moved.len());
    for (n, event) in moved.iter().enumerate() {
        let held = spoken.get(&event.id).into_iter().flatten();
        let mut proof = held.filter(|row| speaks(row, service, event)).find_map(Candidate::of);
        if proof.is_none() && n < ANSWERS_READ {
            let known = tx.attributions_of(event.id).await?.into_iter().flat_map(|known| known.answer.candidates);
            proof = known.into_iter().find(|known| known.service == service.id);
        }
        let proof =
            proof.unwrap_or_else(|| Candidate { source: said.clone(), ..super::attribute::named(service, event.at) });
        answers.push(made(event.id, Answer { why: act.reason.to_owned(), ..Answer::certain(proof, BY_PERSON) }));
    }
    Ok(answers)
}

/// What the lease index says of each event's address and time.
async fn rows(tx: &mut Tx, moved: &[&Event]) -> Result<HashMap<EventId, Vec<Held>>, DeskError> {
    let asked: Vec<(EventId, (IpAddr, Moment))> = moved
        .iter()
        .filter_map(|event| {
            let when = moment(&event.observation, event.received_at);
            Some((event.id, (event.observation.source.ip()?, when)))
        })
        .collect();
    // Its rows, not its answers: nobody is asked.
    let attributor = Attributor::load(tx, &Arc::default()).await?;
    let placed: Vec<(IpAddr, Moment)> = asked.iter().map(|one| one.1).collect();
    let held = attributor.held(tx, &placed).await?;
    Ok(asked.into_iter().map(|one| one.0).zip(held).collect())
}

fn speaks(row: &Held, service: &Service, event: &Event) -> bool {
    let (from, to) = moment(&event.observation, event.received_at).window();
    let port = event.observation.source.port;
    row.by.service.is_some_and(|by| by.0 == service.id) && row.may_reach(from, to) && row.fits(port, None)
}

/// Whether a person took the event from exactly this holder and left it to nobody: then no machine lays it to him again.
pub(super) async fn taken_away(conn: &mut Conn, event: EventId, found: &Answer) -> Result<bool, DeskError> {
    let Some(holder) = found.holder() else { return Ok(false) };
    let mut answers = conn.attributions_of(event).await?.into_iter();
    let by_person = answers
        .next()
        .is_some_and(|made| made.answer.certainty == Certainty::Unknown && made.answer.method == BY_PERSON);
    Ok(by_person && answers.filter_map(|made| made.answer.holder().cloned()).any(|was| was.service == holder.service))
}

/// The record's lines about the events. They stand in no case: they name both customers' services.
async fn lines(tx: &mut Tx, act: &Making<'_>, moved: &[&Event]) -> Result<Vec<NewEntry>, DeskError> {
    let mut groups: BTreeMap<(&str, Option<domain::id::ServiceId>), Vec<EventId>> = BTreeMap::new();
    for event in moved {
        groups.entry((event.observation.source.value.as_str(), event.service)).or_default().push(event.id);
    }
    let mut numbers: HashMap<Option<domain::id::ServiceId>, String> = HashMap::new();
    let new = act.facts.right.as_ref().map_or_else(|| "unknown".to_owned(), |(service, _)| service.number.clone());
    let mut entries = Vec::with_capacity(groups.len());
    for ((source, service), events) in groups {
        if let Entry::Vacant(place) = numbers.entry(service) {
            let known = match service {
                Some(id) => tx.service_by_id(id).await?.map(|service| service.number),
                None => None,
            };
            place.insert(known.unwrap_or_else(|| "certain".to_owned()));
        }
        let entry = match events.as_slice() {
            [one] => NewEntry::new(act.actor, Act::EventAttributed, "event", one),
            _ => NewEntry::new(act.actor, Act::EventAttributed, "source", source),
        };
        let old = numbers.get(&service).cloned().unwrap_or_default();
        entries.push(
            entry
                .change(old, new.clone())
                .fact("events", events.len())
                .fact("correction", act.order.id.to_string())
                .why(act.reason),
        );
    }
    Ok(entries)
}

/// What the case holds without ground lets go; the network is told where no other case holds it.
async fn let_go_all(tx: &mut Tx, act: &Making<'_>) -> Result<Vec<NewEntry>, DeskError> {
    let mut entries = Vec::new();
    for end in act.plan.quarantines.iter().filter(|end| end.fate != QuarantineFate::ThisCase) {
        let mut held = tx.quarantine_by_id(end.id).await?.ok_or(Refusal::NotFound)?;
        let case = Some(act.facts.case.id);
        let letting = Letting { actor: act.actor, asked_by: AskedBy::Staff, reason: LET_GO, case, himself: None };
        entries.extend(let_go(tx, &mut held, &letting).await?);
    }
    Ok(entries)
}

/// The wrong customer's case after it: closed and taken out of his history, or going on with what is left.
async fn settle_case(tx: &mut Tx, act: &Making<'_>) -> Result<(CaseState, Case), DeskError> {
    let (now, before) = (tx.now(), &act.facts.case);
    // What it held may just have moved it.
    let mut about = tx.case_by_id(before.id).await?.ok_or(Refusal::NotFound)?;
    if act.plan.closes {
        let counted = about.outcome.is_none_or(|outcome| matches!(outcome, Outcome::Resolved | Outcome::NoAction));
        about.state = case::step(about.state, CaseCommand::Withdraw, false)?;
        about.outcome = Some(Outcome::WrongCustomer);
        about.closed_at = about.closed_at.or(Some(now));
        (about.due_at, about.snoozed_until, about.unread) = (None, None, false);
        if act.plan.upholds.is_some() {
            about.dispute = DisputeState::Upheld;
        }
        tx.case_save(&about).await?;
        tx.case_acquit(&about, counted).await?;
        tx.reporter_case_reopened(about.id).await?;
    } else {
        about.state = case::step(about.state, CaseCommand::Correct, false)?;
        tx.case_save(&about).await?;
    }
    tx.case_recount(about.id).await?;
    if !act.plan.closes && about.state == CaseState::Closed {
        // Whose evidence all left is no reporter of the case any more.
        tx.reporter_case_closed(about.id).await?;
    }
    let about = tx.case_by_id(about.id).await?.ok_or(Refusal::NotFound)?;
    Ok((before.state, about))
}

/// He objected, and was right. To agree with him takes no second person; to refuse him would.
async fn objection(tx: &mut Tx, act: &Making<'_>) -> Result<Option<NewEntry>, DeskError> {
    let Some(id) = act.plan.upholds else { return Ok(None) };
    let decider = act.actor.user().ok_or(Refusal::NotAllowed(Permission::WorkCases))?;
    let now = tx.now();
    tx.dispute_decide(id, decider, Verdict::Upheld, LET_GO, now).await?;
    let entry = NewEntry::new(act.actor, Act::DisputeDecided, "dispute", id).case(act.facts.case.id);
    Ok(Some(entry.change("open", Verdict::Upheld.as_str()).why(LET_GO)))
}

/// The right customer gets the events by the usual grouping: his open case of the kind, or a new one.
async fn goes(tx: &mut Tx, act: &Making<'_>) -> Result<Option<(CaseId, String, NewEntry)>, DeskError> {
    let (facts, plan) = (act.facts, act.plan);
    let Some((service, customer)) = facts.right.as_ref().filter(|_| !plan.within()) else { return Ok(None) };
    let told = |entry: NewEntry, case: CaseId, events: i64| {
        entry.case(case).fact("events", events).fact("correction", act.order.id.to_string())
    };
    if let Goes::Joins { id, number } = &plan.goes {
        let open = tx.case_by_id(*id).await?.ok_or(Refusal::Stale)?;
        let to = case::step(open.state, CaseCommand::Join, false)?;
        let events = tx.case_add_events(open.id, open.state, to, &plan.moved).await?;
        let entry = told(NewEntry::new(act.actor, Act::CaseJoined, "case", open.id), open.id, events);
        return Ok(Some((open.id, number.clone(), entry.change(open.state.as_str(), to.as_str()))));
    }
    let wanted: HashSet<EventId> = plan.moved.iter().copied().collect();
    let moved = || facts.events.iter().filter(|event| wanted.contains(&event.id));
    let first = moved().min_by_key(|event| event.at).ok_or(Refusal::Stale)?;
    let last_at = moved().map(|event| event.at).max().unwrap_or(first.at);
    let pending = Pending {
        events: count(plan.moved.len()),
        first_at: first.at,
        last_at,
        stored_at: moved().map(|event| event.received_at).min().unwrap_or(first.received_at),
        class: first.observation.class,
        service: Some(service.id),
    };
    let now = tx.now();
    let new = new_case(tx, act.actor, customer.id, facts.case.category, &pending, now).await?;
    let number = tx.case_add(&new, now.year(), last_at - GROUPING).await?;
    let events = tx.case_add_events(new.id, CaseState::Open, CaseState::Open, &plan.moved).await?;
    let entry = told(NewEntry::new(act.actor, Act::CaseOpened, "case", new.id), new.id, events)
        .fact("number", number.as_str())
        .fact("class", new.class.as_str())
        .fact("strikes", new.strikes);
    Ok(Some((new.id, number, entry)))
}
