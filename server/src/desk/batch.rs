//! Stores a batch of attributed events: the new ones, those said before, and the cases they join, in one transaction.
use super::{
    Desk, DeskError,
    attribute::{Attributor, moment},
    copies::{fingerprint, link_copies},
    intake::{intake_actor, read_entry},
    reading::{Reading, count_events},
    report::PARSE_JOB,
    resolver::hang,
};
use crate::config::resolver::Resolver;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    act::Act,
    again::LinkKind,
    attribution::{Answer, Certainty, Doubt},
    case::{CaseCommand, step},
    class::{Category, Class},
    event::Observation,
    evidence::{Attribution, Event, EventState},
    id::{AttributionId, CustomerId, EventId, QuestionId},
    ledger::NewEntry,
    limit::GROUPING,
    policy,
    report::{Report, ReportState},
};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};
use store::{Joinable, NewEvent, Tx};

/// An open answer is looked at once more after this time.
const SECOND_LOOK: TimeDelta = TimeDelta::seconds(60);
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
    /// The reporter's answer that completed it.
    pub(super) answered: Option<Answered<'r>>,
}

/// A reporter's answer by his form: it counts once, and only together with the event it makes.
pub(super) struct Answered<'r> {
    /// What he was asked.
    pub(super) question: QuestionId,
    /// His own words.
    pub(super) words: &'r str,
    /// What the record says about it.
    pub(super) entry: NewEntry,
}

impl<'r> Finish<'r> {
    /// A machine read it to its end.
    pub(super) fn read(report: &'r Report, reading: &'r Reading) -> Self {
        Self { report, from: ReportState::Received, entry: read_entry(report), reading: Some(reading), answered: None }
    }
}

/// Events of one report on their way into the store.
pub(super) struct Batch {
    slots: Vec<Slot>,
}

/// One event on its way: whose it was, and the stored event of which it is a newer reading.
struct Slot {
    new: NewEvent,
    answer: Answer,
    reads: Option<EventId>,
}

/// An observation as it is to be stored.
pub(super) struct Sighting {
    /// What was seen.
    pub(super) seen: Observation,
    /// Whose it was.
    pub(super) answer: Answer,
    /// [`EventState::Pending`]; [`EventState::Reading`] where it does not count beside the event it reads anew.
    pub(super) state: EventState,
    /// The stored event of which it is a newer reading.
    pub(super) reads: Option<EventId>,
}

impl Batch {
    /// `seen` are the report's events from `position` on, with the answer for each.
    pub(super) fn new(report: &Report, position: usize, seen: Vec<Observation>, answers: Vec<Answer>) -> Self {
        let new = |(seen, answer)| Sighting { seen, answer, state: EventState::Pending, reads: None };
        Self::of(report, position, seen.into_iter().zip(answers).map(new))
    }

    /// The same for readings of any kind.
    pub(super) fn of(report: &Report, position: usize, readings: impl IntoIterator<Item = Sighting>) -> Self {
        let reporter = report.reporter.as_deref().unwrap_or("unknown");
        let slots = readings.into_iter().enumerate().map(|(index, reading)| {
            let Sighting { seen, answer, state, reads } = reading;
            let fingerprint = fingerprint(reporter, &seen, report.received_at);
            let mut event = Event {
                id: EventId::new(),
                report: report.id,
                position: i64::try_from(position + index).unwrap_or(i64::MAX),
                reporter: reporter.to_owned(),
                at: moment(&seen, report.received_at).from,
                observation: seen,
                received_at: report.received_at,
                certainty: Certainty::Unknown,
                customer: None,
                service: None,
                case: None,
                state,
            };
            event.answer(&answer);
            Slot { new: NewEvent { event, fingerprint }, answer, reads }
        });
        let mut slots: Vec<Slot> = slots.collect();
        // In one order for everybody: two replicas that store the same events wait for each other instead of blocking
        // each other.
        slots.sort_by_key(|slot| slot.new.fingerprint);
        Self { slots }
    }

    /// The same events, answered with what is known now.
    async fn answered_anew(&self, tx: &mut Tx, resolvers: &Arc<[Resolver]>) -> Result<Self, DeskError> {
        let attributor = Attributor::load(tx, resolvers).await?;
        let events = || self.slots.iter().map(|slot| &slot.new.event);
        let seen: Vec<Observation> = events().map(|event| event.observation.clone()).collect();
        let Some(received_at) = events().next().map(|event| event.received_at) else {
            return Ok(Self { slots: Vec::new() });
        };
        let answers = attributor.answers(tx, &seen, received_at).await?;
        let slots = self.slots.iter().zip(answers).map(|(slot, answer)| {
            let mut new = slot.new.clone();
            new.event.answer(&answer);
            Slot { new, answer, reads: slot.reads }
        });
        Ok(Self { slots: slots.collect() })
    }
}

/// What became of a batch.
pub(super) struct Put {
    /// The ledger's lines about the cases that grew.
    pub(super) entries: Vec<NewEntry>,
    /// Events that were said before.
    pub(super) copies: usize,
}

/// A case that events of this batch join.
struct Joined {
    case: Joinable,
    events: i64,
    span: (DateTime<Utc>, DateTime<Utc>),
}

impl Desk {
    /// Stores the batch; with `last` also records that the report is read. `news`: how often something new had been told of
    /// leases when it was answered.
    pub(super) async fn store_batch(
        &self,
        batch: &Batch,
        news: i64,
        last: Option<&Finish<'_>>,
    ) -> Result<(), DeskError> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.try_batch(batch, news, last).await {
                Err(error) if tries < TRIES && error.passes() => {}
                outcome => return outcome,
            }
        }
    }

    async fn try_batch(&self, batch: &Batch, news: i64, last: Option<&Finish<'_>>) -> Result<(), DeskError> {
        let mut tx = self.store.write().await?;
        // Leases that were told meanwhile could not have these events asked again: they are not stored yet.
        let anew;
        let batch = if tx.lease_news_held().await? == news {
            batch
        } else {
            anew = batch.answered_anew(&mut tx, &self.resolvers).await?;
            &anew
        };
        let now = tx.now();
        let Put { mut entries, copies } = put(&mut tx, batch, now, true).await?;
        match last {
            Some(finish) => {
                tx.report_settle(finish.report, finish.from).await?;
                tx.job_forget(PARSE_JOB, finish.report.id.0).await?;
                if let Some(answered) = &finish.answered {
                    tx.question_answer(answered.question, now, answered.words).await?;
                    entries.push(answered.entry.clone());
                }
                if let Some(reading) = finish.reading {
                    reading.keep(&mut tx, finish.report).await?;
                }
                entries.push(finish.entry.clone());
            }
            None => entries.push(part_entry(batch, copies)),
        }
        let Some(first) = entries.pop() else { return Ok(()) };
        tx.commit(store::Entries::from(first).and_all(entries)).await?;
        Ok(())
    }
}

/// Stores the batch within the caller's transaction: what is new counts from `day` on, and joins cases; what was said
/// before is kept as a copy of the event that counts. `heard`: the reporter says it now, so it counts for his quality.
pub(super) async fn put(tx: &mut Tx, batch: &Batch, day: DateTime<Utc>, heard: bool) -> Result<Put, DeskError> {
    let now = tx.now();
    let mut cases = joinable(tx, batch).await?;
    let events: Vec<NewEvent> = batch.slots.iter().map(|slot| on_case(slot.new.clone(), &cases)).collect();
    let new: HashSet<EventId> = tx.event_add(&events).await?.into_iter().collect();
    let said: Vec<NewEvent> =
        events.iter().filter(|one| !new.contains(&one.event.id)).map(|one| said_before(one.clone())).collect();
    tx.event_add(&said).await?;
    let readings = batch.slots.iter().filter_map(|slot| Some((slot.new.event.id, LinkKind::Reading, slot.reads?)));
    let readings: Vec<_> = readings.collect();
    tx.event_link_add(&readings, now).await?;
    link_copies(tx, &said, &readings, now).await?;
    let fresh = || events.iter().zip(&batch.slots).filter(|(one, _)| new.contains(&one.event.id));
    let answers: Vec<Attribution> = fresh().map(|(one, slot)| made(&one.event, &slot.answer, now)).collect();
    tx.attribution_add(&answers).await?;
    let waits: Vec<_> =
        answers.iter().flat_map(|made| made.answer.waits.iter().map(|wait| (made.event, wait.clone()))).collect();
    hang(tx, &waits).await?;
    // Names, watermarks and answers of resolvers that came while these were looked up are seen at the second look.
    let open = answers.iter().filter(|made| hangs(&made.answer));
    let again: Vec<EventId> = open.map(|made| made.event).collect();
    tx.event_ask(&again, now + SECOND_LOOK).await?;
    let counted = || fresh().map(|(one, _)| &one.event).filter(|event| event.state != EventState::Reading);
    count_days(tx, counted(), day).await?;
    if heard && let Some(first) = batch.slots.first().map(|slot| &slot.new.event) {
        count_events(tx, counted(), said.len(), (first.reporter.as_str(), first.received_at)).await?;
    }
    let entries = join(tx, &mut cases, counted(), now).await?;
    Ok(Put { entries, copies: said.len() })
}

/// The cases that certain events of the batch may join, by customer and category.
async fn joinable(tx: &mut Tx, batch: &Batch) -> Result<HashMap<(CustomerId, Category), Joined>, DeskError> {
    let customers: HashSet<CustomerId> = batch.slots.iter().filter_map(|slot| slot.new.event.customer).collect();
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
    if event.state == EventState::Pending
        && let Some(joined) = key(event).and_then(|key| cases.get(&key))
        && event.at <= joined.case.last_event_at + GROUPING
        && event.at >= joined.case.first_event_at - GROUPING
    {
        event.case = Some(joined.case.id);
        event.state = EventState::OnCase;
    }
    new
}

/// Whether later leases may change the answer.
fn hangs(answer: &Answer) -> bool {
    let fixed = [Doubt::NotOurs, Doubt::NoAddress, Doubt::SeveralNames, Doubt::Gone];
    answer.certainty != Certainty::Certain && answer.doubt.is_none_or(|doubt| !fixed.contains(&doubt))
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
    day: DateTime<Utc>,
) -> Result<(), DeskError> {
    // In one order for everybody, so that two writers wait for each other instead of blocking each other.
    let mut days: BTreeMap<(Class, &str), i64> = BTreeMap::new();
    for event in events {
        *days.entry((event.observation.class, event.reporter.as_str())).or_default() += 1;
    }
    let today = day.timestamp().div_euclid(86_400);
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

fn part_entry(batch: &Batch, said_before: usize) -> NewEntry {
    let first = batch.slots.iter().map(|slot| &slot.new.event).min_by_key(|event| event.position);
    let report = first.map(|event| event.report.to_string()).unwrap_or_default();
    NewEntry::new(&intake_actor(), Act::ReportParsed, "report", report)
        .fact("from_position", first.map_or(0, |event| event.position))
        .fact("events", batch.slots.len())
        .fact("said_before", said_before)
}
