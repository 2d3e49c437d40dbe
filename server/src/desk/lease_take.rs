//! Takes what lease sources say into the index: sessions are folded, names become holders, and events that waited for it
//! are asked again.
use super::{Desk, DeskError, lease_session::Sessions};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    act::Act,
    actor::{Actor, Permission},
    id::LeaseId,
    lease::{Heard, ImportPlace, LeaseSource, LeaseSourceKind, SourceSetUp, Taken, session::Span},
    ledger::NewEntry,
    refusal::Refusal,
    saying::{HolderName, Saying, SourceName, Word},
};
use std::{borrow::Cow, collections::HashMap};
use store::{Chore, HolderNumber, HolderRow, LeaseRow, News, Reach, Tx};

/// Sayings of one batch.
pub const SAYINGS_MAX: usize = 20_000;
/// So many make a batch: leases come in no order of addresses, and the more are written at once, the fewer pages each costs.
pub const SAYINGS_FULL: usize = 16_000;
/// A source's clock may be this far ahead of ours before what it says is refused as in the future.
const FUTURE: TimeDelta = TimeDelta::hours(24);
/// Tries of one batch: another writer may have added the same names meanwhile.
const TRIES: u32 = 3;
/// A name longer than this is no name.
const NAME_CHARS_MAX: usize = 253;

/// The holders that the names of a batch stand for: by the kind of the name, and the name.
#[derive(Default)]
struct Holders {
    bindings: HashMap<&'static str, HashMap<String, Vec<HolderNumber>>>,
}

/// What a batch makes of the index.
#[derive(Default)]
pub(super) struct Changes {
    pub(super) keep: Vec<LeaseRow>,
    pub(super) remove: Vec<LeaseRow>,
    pub(super) news: Vec<News>,
}

impl Desk {
    /// Sets a lease source up, or changes what it is. From the settings, at the start.
    ///
    /// # Errors
    /// Any store error.
    pub async fn lease_source_set_up(&self, name: &SourceName, set_up: SourceSetUp) -> Result<(), DeskError> {
        let mut tx = self.store.write().await?;
        tx.lease_source_add(name.as_str(), set_up).await?;
        tx.lease_source_set_up(name.as_str(), set_up).await?;
        Ok(tx.commit_chore(Chore::LeasesHeard).await?)
    }

    /// How far the import of a file has come; none when it was never begun.
    ///
    /// # Errors
    /// Any store error.
    pub async fn lease_import_place(
        &self,
        source: &SourceName,
        sha256: &str,
    ) -> Result<Option<ImportPlace>, DeskError> {
        Ok(self.store.read().await?.lease_import_place(source.as_str(), sha256).await?)
    }

    /// All lease sources with their watermarks, by name.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`]; any store error.
    pub async fn lease_sources(&self, actor: &Actor) -> Result<Vec<LeaseSource>, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        Ok(self.store.read().await?.lease_sources().await?)
    }

    /// Takes a batch of what a source says, in one transaction with the place in its file. The same said twice changes
    /// nothing. Rows that cannot be used are named, the others are kept. Without sayings only the watermark moves.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`]; [`Refusal::Invalid`] for more than [`SAYINGS_MAX`]; any store error, then nothing is kept.
    pub async fn leases_take(
        &self,
        actor: &Actor,
        source: &SourceName,
        sayings: &[Saying],
        heard: &Heard,
    ) -> Result<Taken, DeskError> {
        if !matches!(actor, Actor::Machine { .. }) {
            self.require(actor, Permission::Administer)?;
        }
        if sayings.len() > SAYINGS_MAX {
            return Err(Refusal::invalid("sayings", format!("at most {SAYINGS_MAX} at a time")).into());
        }
        let mut tries = 0;
        loop {
            tries += 1;
            match self.try_take(actor, source, sayings, heard).await {
                Err(error) if tries < TRIES && error.passes() => {}
                outcome => return outcome,
            }
        }
    }

    async fn try_take(
        &self,
        actor: &Actor,
        name: &SourceName,
        sayings: &[Saying],
        heard: &Heard,
    ) -> Result<Taken, DeskError> {
        let mut tx = self.store.write().await?;
        let Took { taken, again } = take_in(&mut tx, name, sayings, heard).await?;
        if matches!(actor, Actor::System { .. }) && heard.place.is_none() {
            tx.commit_chore(Chore::LeasesHeard).await?;
        } else {
            let entry = NewEntry::new(actor, Act::LeasesImported, "lease_source", name.as_str());
            tx.commit(entry.fact("leases", taken.kept).fact("refused", taken.refused.len())).await?;
        }
        if again {
            self.wake.asks.notify_one();
        }
        Ok(taken)
    }
}

/// What a batch came to.
pub(super) struct Took {
    pub(super) taken: Taken,
    /// Whether there are events to be asked again.
    pub(super) again: bool,
}

/// Takes a batch within the caller's transaction.
pub(super) async fn take_in(
    tx: &mut Tx,
    name: &SourceName,
    sayings: &[Saying],
    heard: &Heard,
) -> Result<Took, DeskError> {
    let now = tx.now();
    let source = source_of(tx, name).await?;
    let mut taken = Taken::default();
    let good: Vec<&Saying> = sayings.iter().filter(|said| usable(said, now, &mut taken)).collect();
    let holders = Holders::load(tx, &good).await?;
    let changes = changes(tx, &source, &good, &holders, &mut taken).await?;
    for row in &changes.remove {
        tx.lease_remove(row).await?;
    }
    if !changes.keep.is_empty() {
        taken.known_before = u64::try_from(tx.lease_keep(&changes.keep).await?).unwrap_or(0);
    }
    let refused = i64::try_from(taken.refused.len()).unwrap_or(i64::MAX);
    let reach = Reach {
        at: now,
        kept: i64::try_from(taken.kept).unwrap_or(i64::MAX),
        refused,
        // What a resolver says of one time is no beginning of its knowledge.
        from: if source.kind == LeaseSourceKind::Resolver {
            None
        } else {
            changes.news.iter().map(|news| news.from).min()
        },
        through: heard.through,
    };
    tx.lease_source_heard(source.id, &reach).await?;
    tx.lease_refuse(source.id, &taken.refused, now).await?;
    if let Some(place) = &heard.place {
        tx.lease_import_set(source.id, place, refused, now).await?;
    }
    let mut again = tx.event_touched(&changes.news).await?;
    if let Some(through) = heard.through {
        again.extend(tx.event_of_source(name.as_str(), through).await?);
    }
    tx.event_ask(&again, now).await?;
    Ok(Took { taken, again: !again.is_empty() })
}

/// The source, made known if it is not.
async fn source_of(tx: &mut Tx, name: &SourceName) -> Result<LeaseSource, DeskError> {
    let known = |sources: Vec<LeaseSource>| sources.into_iter().find(|source| source.name == name.as_str());
    if let Some(source) = known(tx.lease_sources().await?) {
        return Ok(source);
    }
    let kind = if name.as_str() == "static" { LeaseSourceKind::Static } else { LeaseSourceKind::Import };
    tx.lease_source_add(name.as_str(), SourceSetUp { kind, skew: None, silent_after: None }).await?;
    known(tx.lease_sources().await?).ok_or_else(|| Refusal::Stale.into())
}

/// Whether a saying is right in itself; else it is named.
fn usable(said: &Saying, now: DateTime<Utc>, taken: &mut Taken) -> bool {
    match wrong(said, now) {
        None => true,
        Some(problem) => {
            taken.refused.push((said.line, problem));
            false
        }
    }
}

fn wrong(said: &Saying, now: DateTime<Utc>) -> Option<String> {
    let begins = match &said.word {
        Word::Held { from, to } => {
            if to.is_some_and(|to| to <= *from) {
                return Some("ends before it begins, or at once".to_owned());
            }
            *from
        }
        Word::Start { at, .. } | Word::Alive { at, .. } | Word::Stop { at, .. } | Word::Reboot { at, .. } => *at,
    };
    if begins > now + FUTURE {
        return Some(format!("lies in the future: {}", begins.to_rfc3339()));
    }
    if matches!(said.word, Word::Reboot { .. }) {
        return None;
    }
    if said.ports.0 > said.ports.1 {
        return Some("the last port is lower than the first".to_owned());
    }
    if said.net.addr() != said.net.network() {
        return Some(format!("{} is an address inside a prefix: did you mean {}?", said.net, said.net.trunc()));
    }
    let name = said.holder.parts().1;
    if name.trim().is_empty() || name.chars().count() > NAME_CHARS_MAX {
        return Some("the holder's name is empty or too long".to_owned());
    }
    session_of(&said.word)
        .is_some_and(|session| session.trim().is_empty() || session.len() > 2 * NAME_CHARS_MAX)
        .then(|| "the session's name is empty or too long".to_owned())
}

pub(super) fn session_of(word: &Word) -> Option<&str> {
    match word {
        Word::Start { session, .. } | Word::Alive { session, .. } | Word::Stop { session, .. } => Some(session),
        Word::Held { .. } | Word::Reboot { .. } => None,
    }
}

impl Holders {
    /// Those of a batch; names nobody knew are made known, with the service that has them.
    async fn load(tx: &mut Tx, sayings: &[&Saying]) -> Result<Self, DeskError> {
        let mut kinds: HashMap<&'static str, Vec<Cow<'_, str>>> = HashMap::new();
        for said in sayings.iter().filter(|said| !matches!(said.word, Word::Reboot { .. })) {
            let (kind, name) = said.holder.parts();
            kinds.entry(kind).or_default().push(name);
        }
        let mut holders = Self::default();
        for (kind, mut names) in kinds {
            names.sort_unstable();
            names.dedup();
            let names: Vec<String> = names.into_iter().map(Cow::into_owned).collect();
            holders.insert(kind, tx.lease_holders_named(kind, &names).await?);
            let new: Vec<String> = names.into_iter().filter(|name| holders.named(kind, name).is_none()).collect();
            if new.is_empty() {
                continue;
            }
            let rows = new_holders(tx, kind, &new).await?;
            let numbers = match tx.lease_holder_add(&rows).await? {
                Some(numbers) => numbers,
                None => tx.lease_holders_named(kind, &new).await?,
            };
            holders.insert(kind, numbers);
        }
        Ok(holders)
    }

    fn insert(&mut self, kind: &'static str, rows: Vec<HolderNumber>) {
        let known = self.bindings.entry(kind).or_default();
        known.reserve(rows.len());
        for row in rows {
            let known = known.entry(row.name.clone()).or_default();
            if !known.iter().any(|one| one.id == row.id) {
                known.push(row);
            }
        }
    }

    fn named(&self, kind: &str, name: &str) -> Option<&[HolderNumber]> {
        self.bindings.get(kind)?.get(name).map(Vec::as_slice)
    }

    /// The holder that a name stood for at an instant.
    fn at(&self, name: &HolderName, at: DateTime<Utc>) -> Option<i64> {
        let (kind, name) = name.parts();
        let bindings = self.named(kind, &name)?;
        let then = bindings.iter().filter(|row| row.bound_from <= at).max_by_key(|row| row.bound_from);
        then.or(bindings.first()).map(|row| row.id)
    }
}

/// Rows for names that are new. A service number that no service has is left out: its lease is refused.
async fn new_holders(tx: &mut Tx, kind: &'static str, names: &[String]) -> Result<Vec<HolderRow>, DeskError> {
    let mut owners: HashMap<String, Vec<_>> = HashMap::new();
    for found in tx.services_named(kind, names).await? {
        let owners = owners.entry(found.name).or_default();
        if !owners.contains(&(found.service, found.customer)) {
            owners.push((found.service, found.customer));
        }
    }
    let row = |name: &String| {
        let service = match owners.get(name).map(Vec::as_slice) {
            Some([sole]) => Some(*sole),
            // Two services with one name: it is nobody's, for who would it be?
            Some(_) => None,
            None if kind == "service" => return None,
            None => None,
        };
        let bound_from = DateTime::<Utc>::MIN_UTC;
        Some(HolderRow { id: 0, kind: kind.to_owned(), name: name.clone(), bound_from, service })
    };
    Ok(names.iter().filter_map(row).collect())
}

async fn changes(
    tx: &mut Tx,
    source: &LeaseSource,
    sayings: &[&Saying],
    holders: &Holders,
    taken: &mut Taken,
) -> Result<Changes, DeskError> {
    let mut sessions = Sessions::load(tx, source, sayings).await?;
    let mut changes = Changes { keep: Vec::with_capacity(sayings.len()), ..Changes::default() };
    for said in sayings {
        let began = match &said.word {
            Word::Reboot { nas, at } => {
                sessions.forget(nas, *at);
                taken.kept += 1;
                continue;
            }
            Word::Held { from, .. } => *from,
            Word::Start { at, .. } => *at,
            Word::Alive { at, started, .. } | Word::Stop { at, started, .. } => started.unwrap_or(*at),
        };
        let Some(holder) = holders.at(&said.holder, began) else {
            taken.refused.push((said.line, format!("there is no {}: import the customers first", said.holder)));
            continue;
        };
        let told = match &said.word {
            Word::Held { from, to } => {
                let span = Span { from: *from, to: *to, sure_until: None };
                changes.keep.push(row(source, said, holder, span));
                changes.news.push(News { net: said.net, from: *from, to: *to });
                Ok(())
            }
            _ => sessions.tell(source, said, holder, began),
        };
        match told {
            Ok(()) => taken.kept += 1,
            Err(problem) => taken.refused.push((said.line, problem)),
        }
    }
    sessions.settle(&mut changes);
    Ok(changes)
}

/// A row that says so.
pub(super) fn row(source: &LeaseSource, said: &Saying, holder: i64, span: Span) -> LeaseRow {
    LeaseRow {
        id: LeaseId::new(),
        net: said.net,
        ports: said.ports,
        protocol: said.protocol,
        holder,
        source: source.id,
        fixed: source.kind == LeaseSourceKind::Static,
        from: span.from,
        to: span.to,
        sure_until: span.sure_until,
        session: session_of(&said.word).map(str::to_owned),
    }
}
