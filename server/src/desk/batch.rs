//! Stores a batch of attributed events: the new ones, those said before, and the cases they join, in one transaction.
use super::{
    Desk, DeskError,
    attribute::moment,
    intake::{intake_actor, read_entry},
    reading::{Reading, count_events},
    report::PARSE_JOB,
};
use chrono::{DateTime, Utc};
use domain::{
    act::Act,
    attribution::Answer,
    case::{CaseCommand, step},
    class::{Category, Class},
    event::Observation,
    evidence::{Attribution, Event, EventState},
    id::{AttributionId, CustomerId, EventId},
    ledger::NewEntry,
    limit::GROUPING,
    policy,
    report::{Report, ReportState},
};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap, HashSet};
use store::{Joinable, NewEvent, Tx};

/// Tries of one batch: another writer may have changed a case meanwhile.
const TRIES: u32 = 5;

/// What ends the reading of a report, in the transaction of its last events.
pub(super) struct Finish<'r> {
    /// The report as it is then.
    pub(super) report: &'r Report,
    /// The state it was in.
    pub(super) from: ReportState,
    /// What the record says about it.
    pub(super) entry: NewEntry,
    /// What it leaves behind about its reporter, when a machine read it.
    pub(super) reading: Option<&'r Reading>,
}

impl<'r> Finish<'r> {
    /// A machine read it to its end.
    pub(super) fn read(report: &'r Report, reading: &'r Reading) -> Self {
        Self { report, from: ReportState::Received, entry: read_entry(report), reading: Some(reading) }
    }
}

/// Events of one report on their way into the store.
pub(super) struct Batch {
    events: Vec<NewEvent>,
    answers: Vec<Answer>,
}

impl Batch {
    /// `seen` are the report's events from `position` on, with the answer for each.
    pub(super) fn new(report: &Report, position: usize, seen: Vec<Observation>, answers: Vec<Answer>) -> Self {
        let reporter = report.reporter.as_deref().unwrap_or("unknown");
        let events = seen.into_iter().zip(&answers).enumerate().map(|(index, (observation, answer))| {
            let holder = answer.holder();
            let fingerprint = fingerprint(reporter, &observation, report.received_at);
            let event = Event {
                id: EventId::new(),
                report: report.id,
                position: i64::try_from(position + index).unwrap_or(i64::MAX),
                reporter: reporter.to_owned(),
                at: moment(&observation, report.received_at).from,
                observation,
                received_at: report.received_at,
                certainty: answer.certainty,
                customer: holder.map(|holder| holder.customer),
                service: holder.map(|holder| holder.service),
                case: None,
                state: EventState::Pending,
            };
            NewEvent { event, fingerprint }
        });
        let events = events.collect();
        Self { events, answers }
    }
}

/// The same observation of the same reporter counts once. Without a time and a reference, once a day.
fn fingerprint(reporter: &str, seen: &Observation, received_at: DateTime<Utc>) -> [u8; 32] {
    let mut hash = Sha256::new();
    let mut add = |part: &str| {
        hash.update(part.as_bytes());
        hash.update([0]);
    };
    add(reporter);
    add(seen.reference.as_deref().unwrap_or_default());
    add(&seen.source.value);
    add(&seen.source.port.map(|port| port.to_string()).unwrap_or_default());
    match (seen.from, &seen.reference) {
        (Some(from), _) => add(&from.timestamp_micros().to_string()),
        (None, Some(_)) => add(""),
        (None, None) => add(&received_at.date_naive().to_string()),
    }
    add(seen.class.as_str());
    hash.finalize().into()
}

/// A case that events of this batch join.
struct Joined {
    case: Joinable,
    events: i64,
    span: (DateTime<Utc>, DateTime<Utc>),
}

impl Desk {
    /// Stores the batch; with `last` also records that the report is read.
    pub(super) async fn store_batch(&self, batch: &Batch, last: Option<&Finish<'_>>) -> Result<(), DeskError> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.try_batch(batch, last).await {
                Err(error) if tries < TRIES && error.passes() => {}
                outcome => return outcome,
            }
        }
    }

    async fn try_batch(&self, batch: &Batch, last: Option<&Finish<'_>>) -> Result<(), DeskError> {
        let mut tx = self.store.write().await?;
        let now = tx.now();
        let mut cases = joinable(&mut tx, &batch.events).await?;
        let events: Vec<NewEvent> = batch.events.iter().map(|new| on_case(new.clone(), &cases)).collect();
        let new: HashSet<EventId> = tx.event_add(&events).await?.into_iter().collect();
        let said: Vec<NewEvent> =
            events.iter().filter(|one| !new.contains(&one.event.id)).map(|one| said_before(one.clone())).collect();
        tx.event_add(&said).await?;
        let fresh = || events.iter().zip(&batch.answers).filter(|(one, _)| new.contains(&one.event.id));
        let answers: Vec<Attribution> = fresh().map(|(one, answer)| made(&one.event, answer, now)).collect();
        tx.attribution_add(&answers).await?;
        count_days(&mut tx, fresh().map(|(one, _)| &one.event), now).await?;
        if let Some(first) = batch.events.first().map(|new| &new.event) {
            let whose = (first.reporter.as_str(), first.received_at);
            count_events(&mut tx, fresh().map(|(one, _)| &one.event), said.len(), whose).await?;
        }
        let mut entries = join(&mut tx, &mut cases, fresh().map(|(one, _)| &one.event), now).await?;
        match last {
            Some(finish) => {
                tx.report_settle(finish.report, finish.from).await?;
                tx.job_forget(PARSE_JOB, finish.report.id.0).await?;
                if let Some(reading) = finish.reading {
                    reading.keep(&mut tx, finish.report).await?;
                }
                entries.push(finish.entry.clone());
            }
            None => entries.push(part_entry(&events, said.len())),
        }
        let Some(first) = entries.pop() else { return Ok(()) };
        tx.commit(store::Entries::from(first).and_all(entries)).await?;
        Ok(())
    }
}

/// The cases that certain events of the batch may join, by customer and category.
async fn joinable(tx: &mut Tx, events: &[NewEvent]) -> Result<HashMap<(CustomerId, Category), Joined>, DeskError> {
    let customers: HashSet<CustomerId> = events.iter().filter_map(|new| new.event.customer).collect();
    let customers: Vec<CustomerId> = customers.into_iter().collect();
    if customers.is_empty() {
        return Ok(HashMap::new());
    }
    let found = tx.case_joinables(&customers).await?;
    let keyed = found.into_iter().map(|case| {
        let span = (case.last_event_at, case.first_event_at);
        ((case.customer, case.category), Joined { case, events: 0, span })
    });
    Ok(keyed.collect())
}

fn key(event: &Event) -> Option<(CustomerId, Category)> {
    event.customer.map(|customer| (customer, event.observation.class.category()))
}

/// Puts the event on the case of its key when it is near enough in time.
fn on_case(mut new: NewEvent, cases: &HashMap<(CustomerId, Category), Joined>) -> NewEvent {
    let event = &mut new.event;
    if let Some(joined) = key(event).and_then(|key| cases.get(&key))
        && event.at <= joined.case.last_event_at + GROUPING
        && event.at >= joined.case.first_event_at - GROUPING
    {
        event.case = Some(joined.case.id);
        event.state = EventState::OnCase;
    }
    new
}

fn said_before(mut new: NewEvent) -> NewEvent {
    new.event.case = None;
    new.event.state = EventState::Duplicate;
    new
}

fn made(event: &Event, answer: &Answer, now: DateTime<Utc>) -> Attribution {
    Attribution {
        id: AttributionId::new(),
        event: event.id,
        made_at: now,
        made_by: intake_actor().ledger_text(),
        answer: answer.clone(),
    }
}

async fn count_days<'e>(
    tx: &mut Tx,
    events: impl Iterator<Item = &'e Event>,
    now: DateTime<Utc>,
) -> Result<(), DeskError> {
    // In one order for everybody, so that two writers wait for each other instead of blocking each other.
    let mut days: BTreeMap<(Class, &str), i64> = BTreeMap::new();
    for event in events {
        *days.entry((event.observation.class, event.reporter.as_str())).or_default() += 1;
    }
    let today = now.timestamp().div_euclid(86_400);
    for ((class, reporter), events) in days {
        tx.event_on_day(today, class, reporter, events).await?;
    }
    Ok(())
}

/// Counts the new events on their cases; the ledger's lines about it.
async fn join<'e>(
    tx: &mut Tx,
    cases: &mut HashMap<(CustomerId, Category), Joined>,
    events: impl Iterator<Item = &'e Event>,
    now: DateTime<Utc>,
) -> Result<Vec<NewEntry>, DeskError> {
    for event in events.filter(|event| event.case.is_some()) {
        if let Some(joined) = key(event).and_then(|key| cases.get_mut(&key)) {
            joined.events += 1;
            joined.span = (joined.span.0.min(event.at), joined.span.1.max(event.at));
        }
    }
    let mut grown: Vec<&Joined> = cases.values().filter(|joined| joined.events > 0).collect();
    grown.sort_by_key(|joined| joined.case.id);
    let mut entries = Vec::with_capacity(grown.len());
    for Joined { case, events, span } in grown {
        let to = step(case.state, CaseCommand::Join, false)?;
        tx.case_grow(case, to, *events, *span, now).await?;
        let entry = NewEntry::new(&intake_actor(), Act::CaseJoined, "case", case.id)
            .case(case.id)
            .fact("events", *events)
            .fact("policy", policy::VERSION);
        entries.push(if case.state == to { entry } else { entry.change(case.state.as_str(), to.as_str()) });
    }
    Ok(entries)
}

fn part_entry(events: &[NewEvent], said_before: usize) -> NewEntry {
    let first = events.first().map(|new| &new.event);
    let report = first.map(|event| event.report.to_string()).unwrap_or_default();
    NewEntry::new(&intake_actor(), Act::ReportParsed, "report", report)
        .fact("from_position", first.map_or(0, |event| event.position))
        .fact("events", events.len())
        .fact("said_before", said_before)
}
