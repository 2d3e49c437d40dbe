//! Puts the difference between a stored report and today's reading of it in force: new events are added, events that
//! only waited make room for newer readings, and what a person decided on stays as it is with the newer reading beside.
//!
//! Each part is one transaction and leaves a state from which the same comparison goes on, so a crash, a second
//! replica, or doing it twice changes nothing more.
use super::{
    Desk, DeskError,
    attribute::Attributor,
    batch::{Batch, Put, Sighting, put},
    evidence::{join_open_case, newest},
    intake::intake_actor,
    report::PARSE_JOB,
};
use domain::{
    act::Act,
    actor::{Actor, Permission},
    again::{Again, Change, Field, held},
    attribution::Answer,
    event::{Disposition, Observation},
    evidence::{Attribution, Event, EventState},
    id::{AttributionId, EventId, ReportId},
    ledger::NewEntry,
    limit::EVENTS_PER_TRANSACTION,
    report::{Report, ReportState},
};
use std::collections::{HashMap, HashSet};
use store::{Conn, StoreError, Tx};

/// Tries of the whole comparison: somebody else may work on the same report or its cases.
const TRIES: u32 = 5;

/// One thing to do about one event.
enum Step {
    /// Found now.
    Add(Observation),
    /// Not found any more.
    Drop(Box<Event>),
    /// Read differently.
    Change(Box<Change>),
}

/// Who puts it in force, and why.
#[derive(Clone, Copy)]
struct Order<'o> {
    actor: &'o Actor,
    reason: &'o str,
}

impl Desk {
    /// Puts the difference of one report in force; what it was. Nothing is written when there is none.
    ///
    /// # Errors
    /// [`domain::refusal::Refusal::Invalid`] without a reason or for a report that parsers do not read; any store error.
    pub async fn apply_again(&self, actor: &Actor, id: ReportId, reason: &str) -> Result<Again, DeskError> {
        self.require(actor, Permission::WorkCases)?;
        domain::case_text("reason", reason)?;
        let first = self.compared(id).await?;
        let (mut again, mut tries) = (first.clone(), 0);
        loop {
            tries += 1;
            if !again.writes() {
                return Ok(first);
            }
            let order = Order { actor, reason: reason.trim() };
            match self.apply_once(order, again).await {
                Ok(()) => return Ok(first),
                Err(error) if tries < TRIES && another(&error) => again = self.compared(id).await?,
                Err(error) => return Err(error),
            }
        }
    }

    async fn apply_once(&self, order: Order<'_>, again: Again) -> Result<(), DeskError> {
        let mut conn = self.store.read().await?;
        let last = conn.event_last_position(again.old.id).await?;
        let roots = roots(&mut conn, again.old.id).await?;
        drop(conn);
        let bounce = again.new.disposition == Some(Disposition::Bounce);
        if last < 0 && (again.new.state != again.old.state || !again.difference.added.is_empty() || bounce) {
            return self.read_from_the_start(order, &again).await;
        }
        let cases = again.difference.cases();
        let (old, new) = (again.old, again.new);
        let mut steps = steps(again.difference).into_iter().peekable();
        let mut position = usize::try_from(last + 1).unwrap_or(0);
        loop {
            let part: Vec<Step> = steps.by_ref().take(EVENTS_PER_TRANSACTION).collect();
            let done = steps.peek().is_none();
            let mut tx = self.store.write().await?;
            let answers = self.answers_of(&mut tx, &part, &new).await?;
            let mut entries = part_of(&mut tx, &new, position, &part, answers, &roots).await?;
            position += part.iter().filter(|step| !matches!(step, Step::Drop(_))).count();
            if done {
                tx.report_settle(&new, old.state).await?;
                for (case, events) in &cases {
                    let entry = NewEntry::new(order.actor, Act::CaseReread, "report", old.id).case(*case);
                    entries.push(entry.fact("events", *events).why(order.reason));
                }
            }
            let entry = entry(order, &old, &new, &part);
            tx.commit(store::Entries::from(entry).and_all(entries)).await?;
            if done {
                return Ok(());
            }
        }
    }

    /// A report without any event yet is read as if it came now, bounces of our own notices included.
    async fn read_from_the_start(&self, order: Order<'_>, again: &Again) -> Result<(), DeskError> {
        let old = &again.old;
        let mut tx = self.store.write().await?;
        let now = tx.now();
        tx.report_set_state(old.id, old.state, ReportState::Received).await?;
        tx.job_owe(PARSE_JOB, old.id.0, now + domain::limit::JOB_LEASE, now).await?;
        tx.commit(entry(order, old, &Report { state: ReportState::Received, ..again.new.clone() }, &[])).await?;
        self.read_report(old.id).await?;
        Ok(())
    }

    /// Whose each event to be stored was. A newer reading of the same source at the same time keeps the answer that
    /// holds, which a person may have given.
    async fn answers_of(&self, tx: &mut Tx, part: &[Step], report: &Report) -> Result<Vec<Option<Answer>>, DeskError> {
        let attributor = Attributor::load_holding(tx, &self.resolvers).await?;
        let seen: Vec<Observation> = part.iter().filter_map(Step::seen).cloned().collect();
        let mut looked_up = attributor.answers(tx, &seen, report.received_at).await?.into_iter();
        let mut answers = Vec::with_capacity(part.len());
        for step in part {
            answers.push(match step {
                Step::Drop(_) => None,
                Step::Add(_) => looked_up.next(),
                Step::Change(change) => {
                    let fresh = looked_up.next();
                    let moved = [Field::Source, Field::Port, Field::Time];
                    let kept = !change.fields.iter().any(|field| moved.contains(field));
                    let known = if kept { tx.attributions_of(change.old.id).await? } else { Vec::new() };
                    let waits = fresh.iter().flat_map(|fresh| fresh.waits.clone()).collect();
                    known.into_iter().next().map(|made| Answer { waits, ..made.answer }).or(fresh)
                }
            });
        }
        Ok(answers)
    }
}

impl Step {
    const fn seen(&self) -> Option<&Observation> {
        match self {
            Self::Add(seen) => Some(seen),
            Self::Change(change) => Some(&change.new),
            Self::Drop(_) => None,
        }
    }
}

/// Somebody was faster: what is left to do is compared anew.
fn another(error: &DeskError) -> bool {
    error.passes() || matches!(error, DeskError::Store(StoreError::Conflict(_)))
}

fn steps(difference: domain::again::Difference) -> Vec<Step> {
    let gone = difference.gone.into_iter().map(|event| Step::Drop(Box::new(event)));
    let changed = difference.changed.into_iter().map(|change| Step::Change(Box::new(change)));
    gone.chain(changed).chain(difference.added.into_iter().map(Step::Add)).collect()
}

/// Writes one part: first the events that stop counting, so that their newer readings may count.
async fn part_of(
    tx: &mut Tx,
    report: &Report,
    position: usize,
    part: &[Step],
    answers: Vec<Option<Answer>>,
    roots: &HashMap<EventId, EventId>,
) -> Result<Vec<NewEntry>, DeskError> {
    let mut dropped = Vec::new();
    for step in part {
        let old = match step {
            Step::Drop(old) => old.as_ref(),
            Step::Change(change) if !held(&change.old) => &change.old,
            Step::Change(_) | Step::Add(_) => continue,
        };
        tx.event_supersede(old.id, old.state).await?;
        if old.state == EventState::Pending {
            let day = old.received_at.timestamp().div_euclid(86_400);
            tx.event_on_day(day, old.observation.class, &old.reporter, -1).await?;
            dropped.push(old);
        }
    }
    let readings = part.iter().zip(answers).filter_map(|(step, answer)| reading(step, answer?, roots));
    let batch = Batch::of(report, position, readings);
    let Put { mut entries, .. } = put(tx, &batch, report.received_at, false).await?;
    for old in dropped {
        entries.extend(heirs(tx, old).await?);
    }
    Ok(entries)
}

/// The newer readings in a report of events that a person decided on: their own successors stand for the same.
async fn roots(conn: &mut Conn, report: ReportId) -> Result<HashMap<EventId, EventId>, DeskError> {
    let readings = conn.event_readings(report).await?;
    if readings.is_empty() {
        return Ok(HashMap::new());
    }
    let events = conn.event_all_of_report(report).await?;
    let decided: HashSet<EventId> = events.iter().filter(|event| held(event)).map(|event| event.id).collect();
    Ok(readings.into_iter().filter(|(_, older)| decided.contains(older)).collect())
}

fn reading(step: &Step, answer: Answer, roots: &HashMap<EventId, EventId>) -> Option<Sighting> {
    let seen = step.seen()?.clone();
    let (state, reads) = match step {
        Step::Change(change) if held(&change.old) => (EventState::Reading, Some(change.old.id)),
        Step::Change(change) => match roots.get(&change.old.id) {
            Some(root) => (EventState::Reading, Some(*root)),
            None => (EventState::Pending, Some(change.old.id)),
        },
        Step::Add(_) | Step::Drop(_) => (EventState::Pending, None),
    };
    Some(Sighting { seen, answer, state, reads })
}

/// The copies of an event that does not count any more: of whatever counts in its place now, else the first of them
/// counts.
async fn heirs(tx: &mut Tx, old: &Event) -> Result<Option<NewEntry>, DeskError> {
    let fingerprint: Option<[u8; 32]> = tx.event_fingerprint(old.id).await?.and_then(|bytes| bytes.try_into().ok());
    let Some(fingerprint) = fingerprint else { return Ok(None) };
    if let Some((counted, _)) = tx.event_counted(&[fingerprint]).await?.into_iter().next() {
        tx.event_relink(old.id, counted).await?;
        return Ok(None);
    }
    let Some(heir) = tx.event_heir(old.id).await? else { return Ok(None) };
    tx.event_inherit(heir, old.id).await?;
    let Some(mut event) = tx.event_by_id(heir).await? else { return Ok(None) };
    let now = tx.now();
    // The same source at the same time was the same customer's.
    let answer = newest(tx, old.id).await?;
    let day = event.received_at.timestamp().div_euclid(86_400);
    tx.event_on_day(day, event.observation.class, &event.reporter, 1).await?;
    event.answer(&answer);
    tx.event_set_holder(&event, EventState::Pending).await?;
    // What its answer hangs on is written down when it is asked again.
    tx.event_ask(&[heir], now).await?;
    let made_by = intake_actor().ledger_text();
    tx.attribution_add(&[Attribution { id: AttributionId::new(), event: heir, made_at: now, made_by, answer }]).await?;
    match event.customer {
        Some(customer) => join_open_case(tx, &intake_actor(), &event, customer).await,
        None => Ok(None),
    }
}

fn entry(order: Order<'_>, old: &Report, new: &Report, part: &[Step]) -> NewEntry {
    let count = |fits: fn(&Step) -> bool| part.iter().filter(|step| fits(step)).count();
    NewEntry::new(order.actor, Act::ReportReparsed, "report", old.id)
        .change(old.state.as_str(), new.state.as_str())
        .fact("parser_before", old.parser_version)
        .fact("parser", new.parser_version)
        .fact("added", count(|step| matches!(step, Step::Add(_))))
        .fact("gone", count(|step| matches!(step, Step::Drop(_))))
        .fact("changed", count(|step| matches!(step, Step::Change(_))))
        .why(order.reason)
}
