//! Reading a stored report again: how what a newer parser finds differs from what is stored, and what becomes of it.
use crate::{
    event::{Disposition, Format, Observation},
    evidence::{Event, EventState},
    id::{CaseId, EventId, ReportId, RereadId},
    report::{Report, ReportState},
    words::words,
};
use chrono::{DateTime, SubsecRound, Utc};
use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::Hash;

words! {
    /// What a later event is to an earlier one.
    LinkKind {
        /// The same observation of the same reporter, said again: it does not count.
        Copy = "copy",
        /// The same place of the same report as a newer parser reads it.
        Reading = "reading",
    }
}

words! {
    /// A fact of an event that decides what becomes of it.
    Field {
        /// What it points at.
        Source = "source",
        /// Port on the customer's side.
        Port = "port",
        /// First or last time seen, or how well it is known.
        Time = "time",
        /// What kind of abuse.
        Class = "class",
        /// What our customer is in it.
        Role = "role",
        /// How often.
        Count = "count",
        /// The reporter's own number.
        Reference = "reference",
    }
}

/// The facts in which two readings differ. Details and faults are for the eye and make no new reading.
#[must_use]
pub fn fields(old: &Observation, new: &Observation) -> Vec<Field> {
    let times = |seen: &Observation| (micros(seen.from), micros(seen.to), seen.time_grade);
    let facts = [
        (Field::Source, old.source.kind != new.source.kind || old.source.value != new.source.value),
        (Field::Port, old.source.port != new.source.port),
        (Field::Time, times(old) != times(new)),
        (Field::Class, old.class != new.class),
        (Field::Role, old.role != new.role),
        (Field::Count, old.count != new.count),
        (Field::Reference, old.reference != new.reference),
    ];
    facts.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| field).collect()
}

/// Times are kept in microseconds.
fn micros(at: Option<DateTime<Utc>>) -> Option<i64> {
    at.map(|at| at.timestamp_micros())
}

/// An event that the new parser reads differently.
#[derive(Debug, Clone)]
pub struct Change {
    /// As it is stored.
    pub old: Event,
    /// As it is read now.
    pub new: Observation,
    /// In what they differ.
    pub fields: Vec<Field>,
}

/// What a newer parser makes of a report, beside what is stored.
#[derive(Debug, Clone, Default)]
pub struct Difference {
    /// Events that are the same.
    pub same: usize,
    /// Found now, not before.
    pub added: Vec<Observation>,
    /// Not found any more, and nobody decided on them: they stop counting.
    pub gone: Vec<Event>,
    /// Not found any more, but on a case, set aside or typed by a person: they stay, a person may look.
    pub kept: Vec<Event>,
    /// Read differently.
    pub changed: Vec<Change>,
}

impl Difference {
    /// Whether applying it would change an event.
    #[must_use]
    pub fn acts(&self) -> bool {
        !(self.added.is_empty() && self.gone.is_empty() && self.changed.is_empty())
    }

    /// Cases with events that are gone or changed, each with how many: for a person.
    #[must_use]
    pub fn cases(&self) -> Vec<(CaseId, i64)> {
        let changed = self.changed.iter().map(|change| &change.old);
        let mut cases: Vec<(CaseId, i64)> = Vec::new();
        for case in self.kept.iter().chain(changed).filter_map(|event| event.case) {
            match cases.iter_mut().find(|(known, _)| *known == case) {
                Some((_, events)) => *events += 1,
                None => cases.push((case, 1)),
            }
        }
        cases
    }
}

/// Whether a person decided on the event, or wrote it: then no parser removes or alters it.
#[must_use]
pub fn held(event: &Event) -> bool {
    matches!(event.state, EventState::OnCase | EventState::Dismissed) || by_hand(event)
}

/// Whether a person typed it.
#[must_use]
pub fn by_hand(event: &Event) -> bool {
    event.observation.faults.iter().any(|fault| BY_HAND.iter().any(|mark| fault.starts_with(mark)))
}

/// How the faults of a typed event begin.
const BY_HAND: [&str; 2] = ["read by a person", "completed by the reporter"];

/// Of all events of a report the ones that count as its reading now: not superseded, and not read anew. `readings` are
/// the links from newer readings to the events they stand for.
#[must_use]
pub fn current(events: Vec<Event>, readings: &[(EventId, EventId)]) -> Vec<Event> {
    let alive: HashSet<EventId> =
        events.iter().filter(|event| event.state != EventState::Superseded).map(|event| event.id).collect();
    let replaced: HashSet<EventId> =
        readings.iter().filter(|(newer, _)| alive.contains(newer)).map(|(_, older)| *older).collect();
    events.into_iter().filter(|event| alive.contains(&event.id) && !replaced.contains(&event.id)).collect()
}

/// Compares the stored reading with the new one: first what is wholly the same, then what is most alike.
#[must_use]
pub fn compare(mut known: Vec<Event>, found: Vec<Observation>) -> Difference {
    // What a person decided on is matched first: the copies beside it are what goes.
    known.sort_by_key(|event| (rank(event), event.position));
    let mut known: Vec<Option<Event>> = known.into_iter().map(Some).collect();
    let mut found: Vec<Option<Observation>> = found.into_iter().map(Some).collect();
    let mut difference = Difference::default();
    pair(&mut known, &mut found, |seen| Some(whole(seen)), |_, _| difference.same += 1);
    let mut change = |old: Event, new: Observation| {
        difference.changed.push(Change { fields: fields(&old.observation, &new), old, new });
    };
    let source = |seen: &Observation| (seen.source.kind, seen.source.value.clone());
    pair(&mut known, &mut found, |seen| Some((source(seen), seen.source.port, micros(seen.from))), &mut change);
    pair(&mut known, &mut found, |seen| Some((source(seen), seen.class)), &mut change);
    pair(&mut known, &mut found, |seen| Some(source(seen)), &mut change);
    pair(&mut known, &mut found, |seen| Some((seen.reference.clone()?, micros(seen.from))), &mut change);
    if known.iter().flatten().count() == 1 && found.iter().flatten().count() == 1 {
        pair(&mut known, &mut found, |_| Some(()), &mut change);
    }
    difference.changed.sort_by_key(|change| change.old.position);
    difference.added = found.into_iter().flatten().collect();
    for event in known.into_iter().flatten() {
        if held(&event) { difference.kept.push(event) } else { difference.gone.push(event) }
    }
    // A typed event is no parser's: it is neither missed nor read differently.
    difference.kept.retain(|event| !by_hand(event));
    difference
}

const fn rank(event: &Event) -> u8 {
    match event.state {
        EventState::OnCase => 0,
        EventState::Dismissed => 1,
        EventState::Pending => 2,
        EventState::Reading => 3,
        EventState::Duplicate | EventState::Superseded => 4,
    }
}

/// All facts that make a reading.
fn whole(seen: &Observation) -> impl Eq + Hash + use<> {
    let times = (micros(seen.from), micros(seen.to), seen.time_grade);
    (seen.source.clone(), times, seen.class, seen.role, seen.count, seen.reference.clone())
}

/// Takes out of both lists what has the same key, one for one.
fn pair<K: Eq + Hash>(
    known: &mut [Option<Event>],
    found: &mut [Option<Observation>],
    key: impl Fn(&Observation) -> Option<K>,
    mut matched: impl FnMut(Event, Observation),
) {
    let mut waiting: HashMap<K, VecDeque<usize>> = HashMap::new();
    for (index, event) in known.iter().enumerate() {
        if let Some(key) = event.as_ref().filter(|event| !by_hand(event)).and_then(|event| key(&event.observation)) {
            waiting.entry(key).or_default().push_back(index);
        }
    }
    for seen in found {
        let index = seen.as_ref().and_then(&key).and_then(|key| waiting.get_mut(&key)?.pop_front());
        if let Some(event) = index.and_then(|index| known.get_mut(index)?.take())
            && let Some(seen) = seen.take()
        {
            matched(event, seen);
        }
    }
}

/// An observation with its times as the store keeps them: a comparison of what was stored and what is read now must not
/// differ in nanoseconds.
#[must_use]
pub fn as_stored(mut seen: Observation) -> Observation {
    seen.from = seen.from.map(|at| at.trunc_subsecs(6));
    seen.to = seen.to.map(|at| at.trunc_subsecs(6));
    seen
}

/// A report beside what it would be if it came today.
#[derive(Debug, Clone)]
pub struct Again {
    /// As it is.
    pub old: Report,
    /// As it would be.
    pub new: Report,
    /// Its events.
    pub difference: Difference,
    /// Numbers of the cases that [`Difference::cases`] names.
    pub case_numbers: Vec<(CaseId, String)>,
}

impl Again {
    /// Whether the report itself would be told differently: state, form, what became of it, who vouches.
    #[must_use]
    pub fn told_differently(&self) -> bool {
        let told = |report: &Report| (report.state, report.format, report.disposition, report.reporter.clone());
        told(&self.old) != told(&self.new)
    }

    /// Whether anything differs that a person should see.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.told_differently() || self.difference.acts() || !self.difference.kept.is_empty()
    }

    /// Whether applying it would write anything at all.
    #[must_use]
    pub fn writes(&self) -> bool {
        let told = |report: &Report| {
            let who = (report.reporter.clone(), report.sender.clone(), report.subject.clone());
            (who, report.reason.clone(), report.events, report.parser_version)
        };
        self.told_differently() || self.difference.acts() || told(&self.old) != told(&self.new)
    }
}

/// State that a report has after its reading ended so.
#[must_use]
pub const fn state_after(disposition: Disposition) -> ReportState {
    match disposition {
        Disposition::NeedsHuman | Disposition::Unreadable => ReportState::Parked,
        Disposition::Events | Disposition::Bounce | Disposition::AutoReply | Disposition::NotAReport => {
            ReportState::Done
        }
    }
}

/// Which stored reports are read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RereadFilter {
    /// Arrived at or after.
    pub from: DateTime<Utc>,
    /// Arrived before.
    pub to: DateTime<Utc>,
    /// Only of this form.
    pub format: Option<Format>,
    /// Only in this state.
    pub state: Option<ReportState>,
}

words! {
    /// Where reading a period again stands.
    RereadState {
        /// The reports are compared; nothing is changed.
        Looking = "looking",
        /// All are compared: a person decides.
        Ready = "ready",
        /// The differences are put in force.
        Applying = "applying",
        /// All are in force.
        Applied = "applied",
        /// A person stopped it.
        Stopped = "stopped",
    }
}

/// Reading the stored reports of a period again.
#[derive(Debug, Clone)]
pub struct Reread {
    /// Identifier.
    pub id: RereadId,
    /// When it was asked for.
    pub made_at: DateTime<Utc>,
    /// By whom, as the ledger names him.
    pub made_by: String,
    /// Which reports.
    pub filter: RereadFilter,
    /// Today's parsers then.
    pub parser_version: i64,
    /// Where it stands.
    pub state: RereadState,
    /// Why the differences are put in force.
    pub reason: String,
    /// Reports it is about.
    pub total: i64,
    /// Reports compared so far.
    pub looked: i64,
    /// The report compared last: arrival and id.
    pub cursor: (DateTime<Utc>, ReportId),
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
}

/// A report that reads differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RereadReport {
    /// Which.
    pub report: ReportId,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// Its state.
    pub old_state: ReportState,
    /// Its state if it came today.
    pub new_state: ReportState,
    /// Events found now, not before.
    pub added: i64,
    /// Events not found any more.
    pub gone: i64,
    /// Events read differently.
    pub changed: i64,
    /// Events that stay as they are because a person decided on them: gone or changed.
    pub kept: i64,
    /// Whether it is in force.
    pub applied: bool,
}

/// The differences of a period in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RereadSum {
    /// Reports that read differently.
    pub reports: i64,
    /// Of these, in force.
    pub applied: i64,
    /// Reports whose state changes.
    pub states: i64,
    /// Events found now.
    pub added: i64,
    /// Events not found any more.
    pub gone: i64,
    /// Events read differently.
    pub changed: i64,
    /// Events for a person to look at.
    pub kept: i64,
}

impl From<&Again> for RereadReport {
    fn from(again: &Again) -> Self {
        let difference = &again.difference;
        let n = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let settled = difference.changed.iter().filter(|change| held(&change.old)).count();
        Self {
            report: again.old.id,
            received_at: again.old.received_at,
            old_state: again.old.state,
            new_state: again.new.state,
            added: n(difference.added.len()),
            gone: n(difference.gone.len()),
            changed: n(difference.changed.len()),
            kept: n(difference.kept.len() + settled),
            applied: false,
        }
    }
}
