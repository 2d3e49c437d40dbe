//! Takes what lease sources say into the index: sessions are folded, names become holders, and events that waited for it
//! are asked again.
use super::{
    Desk, DeskError,
    lease_holder::{Holders, names_of},
    lease_session::Sessions,
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    act::Act,
    actor::{Actor, Permission},
    id::LeaseId,
    lease::{Heard, ImportPlace, LeaseSource, LeaseSourceKind, SourceSetUp, Taken, session::Span},
    ledger::NewEntry,
    refusal::Refusal,
    saying::{Saying, SourceName, Word},
};
use store::{Chore, Conn, LeaseRow, News, Reach, Tx};

/// Sayings of one batch, at most.
pub const SAYINGS_MAX: usize = 140_000;
/// So many make a batch: leases come in no order of addresses, and the more are put in order before they are written, the
/// fewer pages each of them costs.
pub const SAYINGS_FULL: usize = 128_000;
/// Sayings of one transaction, at most: it holds SQLite's only writer.
pub(super) const TURN_MAX: usize = 16_000;
/// A source's clock may be this far ahead of ours before what it says is refused as in the future.
const FUTURE: TimeDelta = TimeDelta::hours(24);
/// Tries of one batch: another writer may have added the same names meanwhile.
const TRIES: u32 = 3;
/// A name longer than this is no name.
const NAME_CHARS_MAX: usize = 253;

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

    /// Takes a batch of what a source says. A large one is put in order of addresses and taken in several transactions, the
    /// watermark and the place in its file with the last of them: broken off, it is said again. The same said twice changes
    /// nothing. Rows that cannot be used are named, the others are kept. Without sayings only the watermark moves.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`]; [`Refusal::Invalid`] for more than [`SAYINGS_MAX`]; any store error, then watermark and place
    /// stay where they were.
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
        if sayings.len() <= TURN_MAX {
            return self.take_turns(actor, source, &sayings.iter().collect::<Vec<_>>(), heard).await;
        }
        let (ordered, cut) = ordered(sayings);
        self.holders_known(&ordered).await?;
        let Some((some, others)) = cut.filter(|_| self.store.writers() > 1).and_then(|cut| ordered.split_at_checked(cut))
        else {
            return self.take_turns(actor, source, &ordered, heard).await;
        };
        // About addresses of their own: they do not wait for each other. What was heard is said when both are there.
        let not_yet = Heard::default();
        let some = self.take_turns(actor, source, some, &not_yet);
        let (mut all, others) = tokio::try_join!(some, self.take_turns(actor, source, others, &not_yet))?;
        all.add(others);
        let turn = Turn { source, heard, refused_before: all.refused.len() };
        all.add(self.take_turn(actor, turn, self.make_ready(&[]).await?).await?);
        Ok(all)
    }

    /// One transaction after the other; what was heard comes with the last.
    async fn take_turns(
        &self,
        actor: &Actor,
        source: &SourceName,
        said: &[&Saying],
        heard: &Heard,
    ) -> Result<Taken, DeskError> {
        let turns = said.len().div_ceil(TURN_MAX).max(1);
        let mut turns = said.chunks(said.len().div_ceil(turns).max(1));
        let (mut all, not_yet) = (Taken::default(), Heard::default());
        let mut ready = self.make_ready(turns.next().unwrap_or_default()).await?;
        loop {
            let next = turns.next();
            let heard = if next.is_none() { heard } else { &not_yet };
            let refused_before = all.refused.len();
            let take = self.take_turn(actor, Turn { source, heard, refused_before }, ready);
            let Some(next) = next else {
                all.add(take.await?);
                return Ok(all);
            };
            // While the engine writes this turn, the next is made ready.
            let (taken, next) = tokio::try_join!(take, self.make_ready(next))?;
            all.add(taken);
            ready = next;
        }
    }

    /// What can be known of sayings before their transaction.
    async fn make_ready<'a>(&self, said: &'a [&'a Saying]) -> Result<Ready<'a>, DeskError> {
        Ready::read(&mut self.store.read().await?, said, self.clock.now()).await
    }

    async fn take_turn(&self, actor: &Actor, turn: Turn<'_>, ready: Ready<'_>) -> Result<Taken, DeskError> {
        let said = ready.said;
        let mut outcome = self.try_take(actor, turn, ready).await;
        for _ in 1..TRIES {
            if !outcome.as_ref().is_err_and(DeskError::passes) {
                break;
            }
            outcome = self.try_take(actor, turn, self.make_ready(said).await?).await;
        }
        outcome
    }

    async fn try_take(&self, actor: &Actor, turn: Turn<'_>, ready: Ready<'_>) -> Result<Taken, DeskError> {
        let mut tx = self.store.write().await?;
        let Took { taken, again } = take_in(&mut tx, turn, ready).await?;
        if matches!(actor, Actor::System { .. }) && turn.heard.place.is_none() {
            tx.commit_chore(Chore::LeasesHeard).await?;
        } else {
            let entry = NewEntry::new(actor, Act::LeasesImported, "lease_source", turn.source.as_str());
            tx.commit(entry.fact("leases", taken.kept).fact("refused", taken.refused.len())).await?;
        }
        if again {
            self.wake.asks.notify_one();
        }
        Ok(taken)
    }
}

/// The sayings by address, those about one address as they came, and where to cut them in two of about the same size that have
/// no address in common. A reboot speaks of every session that began before it, whatever its address: then all stays as it
/// came, and in one.
fn ordered(sayings: &[Saying]) -> (Vec<&Saying>, Option<usize>) {
    let mut ordered: Vec<&Saying> = sayings.iter().collect();
    if sayings.iter().any(|said| matches!(said.word, Word::Reboot { .. })) {
        return (ordered, None);
    }
    ordered.sort_by_key(|said| (said.net, said.ports));
    let middle = ordered.get(ordered.len() / 2).map(|said| said.net);
    let cut = ordered.partition_point(|said| Some(said.net) < middle);
    (ordered, Some(cut).filter(|cut| *cut > 0))
}

/// What is taken in one transaction beside the sayings.
#[derive(Clone, Copy)]
pub(super) struct Turn<'a> {
    pub(super) source: &'a SourceName,
    pub(super) heard: &'a Heard,
    /// Sayings of the same batch that were refused in earlier turns.
    pub(super) refused_before: usize,
}

/// Sayings of one turn, looked at before its transaction.
pub(super) struct Ready<'a> {
    said: &'a [&'a Saying],
    good: Vec<&'a Saying>,
    taken: Taken,
    holders: Holders,
}

impl<'a> Ready<'a> {
    /// Names those that are wrong in themselves, and reads the holders of the others.
    pub(super) async fn read(conn: &mut Conn, said: &'a [&'a Saying], now: DateTime<Utc>) -> Result<Self, DeskError> {
        let mut taken = Taken::default();
        let good: Vec<&Saying> = said.iter().copied().filter(|said| usable(said, now, &mut taken)).collect();
        let holders = Holders::read(conn, names_of(&good)).await?;
        Ok(Self { said, good, taken, holders })
    }
}

/// What a turn came to.
pub(super) struct Took {
    pub(super) taken: Taken,
    /// Whether there are events to be asked again.
    pub(super) again: bool,
}

/// Takes sayings within the caller's transaction.
pub(super) async fn take_in(tx: &mut Tx, turn: Turn<'_>, ready: Ready<'_>) -> Result<Took, DeskError> {
    let (Turn { heard, .. }, Ready { good, mut taken, mut holders, .. }) = (turn, ready);
    let now = tx.now();
    let source = source_of(tx, turn.source).await?;
    holders.complete(tx).await?;
    let changes = changes(tx, &source, &good, &holders, &mut taken).await?;
    for row in &changes.remove {
        tx.lease_remove(row).await?;
    }
    if !changes.keep.is_empty() {
        taken.known_before = u64::try_from(tx.lease_keep(&changes.keep).await?).unwrap_or(0);
    }
    let count = |many: usize| i64::try_from(many).unwrap_or(i64::MAX);
    let reach = Reach {
        at: now,
        kept: i64::try_from(taken.kept).unwrap_or(i64::MAX),
        refused: count(taken.refused.len()),
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
        let refused = count(turn.refused_before + taken.refused.len());
        tx.lease_import_set(source.id, place, refused, now).await?;
    }
    let mut again = tx.event_touched(&changes.news).await?;
    if let Some(through) = heard.through {
        again.extend(tx.event_of_source(turn.source.as_str(), through).await?);
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

/// What is wrong with it in itself.
pub(super) fn wrong(said: &Saying, now: DateTime<Utc>) -> Option<String> {
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
