//! Takes what lease sources say into the index: sessions are folded, names become holders, and events that waited for it
//! are asked again.
use super::{
    Desk, DeskError,
    lease_ready::{Before, Ready, begun, wrong},
    lease_settle::told,
};
use chrono::{DateTime, Utc};
use domain::{
    act::Act,
    actor::{Actor, Permission},
    lease::{Heard, ImportPlace, LeaseSource, LeaseSourceKind, SourceSetUp, Taken},
    ledger::NewEntry,
    refusal::Refusal,
    saying::{Saying, SourceName, Word},
};
use ipnet::IpNet;
use store::{Chore, News, Reach, Tx};

/// Sayings of one batch, at most.
pub const SAYINGS_MAX: usize = 140_000;
/// So many make a batch: leases come in no order of addresses, and the more are put in order before they are written, the
/// fewer pages each of them costs.
pub const SAYINGS_FULL: usize = 128_000;
/// Sayings of one transaction, at most: it holds SQLite's only writer.
pub(super) const TURN_MAX: usize = 16_000;
/// Tries of one batch: another writer may have added the same names meanwhile.
const TRIES: u32 = 3;

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
        let Some((some, others)) =
            cut.filter(|_| self.store.writers() > 1).and_then(|cut| ordered.split_at_checked(cut))
        else {
            return self.take_turns(actor, source, &ordered, heard).await;
        };
        self.days_known(&ordered).await?;
        // About addresses of their own: they do not wait for each other. What was heard is said when both are there.
        let not_yet = Heard::default();
        let some = self.take_turns(actor, source, some, &not_yet);
        let (mut all, others) = tokio::try_join!(some, self.take_turns(actor, source, others, &not_yet))?;
        all.add(others);
        let turn = Turn { source, heard, refused_before: all.refused.len(), before: None };
        all.add(self.take_turn(actor, turn, self.make_ready(source, &[]).await?).await?.taken);
        Ok(all)
    }

    /// Makes the days of a batch known, so that of two who write the second need not wait for the whole first turn of the other.
    async fn days_known(&self, said: &[&Saying]) -> Result<(), DeskError> {
        let now = self.clock.now();
        let usable = said.iter().filter(|said| wrong(said, now).is_none());
        let begun: Vec<DateTime<Utc>> = usable.map(|said| begun(&said.word)).collect();
        let mut tx = self.store.write().await?;
        tx.lease_days_known(&begun).await?;
        Ok(tx.commit_chore(Chore::LeasesHeard).await?)
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
        // In order of addresses, a turn knows all that is said of the sessions it speaks of; a reboot speaks of any.
        let in_order = !reboots(said) && said.is_sorted_by_key(|said| about(said));
        let (mut all, not_yet, mut before) = (Taken::default(), Heard::default(), None);
        let mut ready = self.make_ready(source, turns.next().unwrap_or_default()).await?;
        loop {
            let next = turns.next();
            let heard = if next.is_none() { heard } else { &not_yet };
            let turn = Turn { source, heard, refused_before: all.refused.len(), before };
            let last = ready.said.last().map(|said| about(said));
            let take = self.take_turn(actor, turn, ready);
            let Some(next) = next else {
                all.add(take.await?.taken);
                return Ok(all);
            };
            // While the engine writes this turn, the next is made ready.
            let (took, next) = tokio::try_join!(take, self.make_ready(source, next))?;
            all.add(took.taken);
            let parted = in_order && last != next.said.first().map(|said| about(said));
            before = Some(Before { rows: took.rows, parted });
            ready = next;
        }
    }

    /// What can be known of sayings before their transaction.
    async fn make_ready<'a>(&self, source: &SourceName, said: &'a [&'a Saying]) -> Result<Ready<'a>, DeskError> {
        Ready::read(&mut self.store.read().await?, source, said, self.clock.now(), &self.names).await
    }

    async fn take_turn(&self, actor: &Actor, turn: Turn<'_>, ready: Ready<'_>) -> Result<Took, DeskError> {
        let said = ready.said;
        let mut outcome = self.try_take(actor, turn, ready).await;
        for _ in 1..TRIES {
            if !outcome.as_ref().is_err_and(DeskError::passes) {
                break;
            }
            outcome = self.try_take(actor, turn, self.make_ready(turn.source, said).await?).await;
        }
        outcome
    }

    async fn try_take(&self, actor: &Actor, turn: Turn<'_>, ready: Ready<'_>) -> Result<Took, DeskError> {
        let mut tx = self.store.write().await?;
        let took = take_in(&mut tx, turn, ready).await?;
        if matches!(actor, Actor::System { .. }) && turn.heard.place.is_none() {
            tx.commit_chore(Chore::LeasesHeard).await?;
        } else {
            let entry = NewEntry::new(actor, Act::LeasesImported, "lease_source", turn.source.as_str());
            tx.commit(entry.fact("leases", took.taken.kept).fact("refused", took.taken.refused.len())).await?;
        }
        if took.again {
            self.wake.asks.notify_one();
        }
        Ok(took)
    }
}

/// The sayings by address, those about one address as they came, and where to cut them in two of about the same size that have
/// no address in common. A reboot speaks of every session that began before it, whatever its address: then all stays as it
/// came, and in one.
fn ordered(sayings: &[Saying]) -> (Vec<&Saying>, Option<usize>) {
    let mut ordered: Vec<&Saying> = sayings.iter().collect();
    if reboots(&ordered) {
        return (ordered, None);
    }
    ordered.sort_by_key(|said| (said.net, said.ports));
    let middle = ordered.get(ordered.len() / 2).map(|said| said.net);
    let cut = ordered.partition_point(|said| Some(said.net) < middle);
    (ordered, Some(cut).filter(|cut| *cut > 0))
}

fn reboots(sayings: &[&Saying]) -> bool {
    sayings.iter().any(|said| matches!(said.word, Word::Reboot { .. }))
}

/// What is taken in one transaction beside the sayings.
#[derive(Clone, Copy)]
pub(super) struct Turn<'a> {
    pub(super) source: &'a SourceName,
    pub(super) heard: &'a Heard,
    /// Sayings of the same batch that were refused in earlier turns.
    pub(super) refused_before: usize,
    /// The turn before.
    pub(super) before: Option<Before>,
}

/// What a turn came to.
pub(super) struct Took {
    pub(super) taken: Taken,
    /// Whether there are events to be asked again.
    pub(super) again: bool,
    /// Rows the source had told of before and after it.
    rows: (i64, i64),
}

/// What a saying is about: sessions with the same name of another address or other ports are other sessions.
const fn about(said: &Saying) -> (IpNet, (u16, u16)) {
    (said.net, said.ports)
}

/// Takes sayings within the caller's transaction.
pub(super) async fn take_in(tx: &mut Tx, turn: Turn<'_>, ready: Ready<'_>) -> Result<Took, DeskError> {
    let heard = turn.heard;
    let now = tx.now();
    let source = source_of(tx, turn.source).await?;
    let (changes, mut taken) = ready.settle(tx, &source, turn.before).await?;
    for row in &changes.remove {
        tx.lease_remove(row).await?;
    }
    if !changes.keep.is_empty() {
        taken.known_before = u64::try_from(tx.lease_keep(&changes.keep).await?).unwrap_or(0);
    }
    let count = |many: usize| i64::try_from(many).unwrap_or(i64::MAX);
    let kept = i64::try_from(taken.kept).unwrap_or(i64::MAX);
    let reach = Reach {
        at: now,
        kept,
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
    // Whoever is asked about a moment near a border is answered with its clock in mind.
    let near = |news: &News| News {
        net: news.net,
        from: news.from.checked_sub_signed(source.skew).unwrap_or(news.from),
        to: news.to.and_then(|to| to.checked_add_signed(source.skew)),
    };
    let mut again = told(tx, &changes.news.iter().map(near).collect::<Vec<_>>()).await?;
    if let Some(through) = heard.through {
        let waited = tx.event_of_source(turn.source.as_str(), through).await?;
        tx.event_ask(&waited, now).await?;
        again |= !waited.is_empty();
    }
    Ok(Took { taken, again, rows: (source.rows_kept, source.rows_kept.saturating_add(kept)) })
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
