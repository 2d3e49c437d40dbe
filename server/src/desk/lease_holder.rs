//! The holders that the names of sayings stand for; names nobody knew become known.
use super::{Desk, DeskError, lease_names::NamesSeen, lease_ready::wrong, lease_take::TURN_MAX};
use chrono::{DateTime, Utc};
use domain::saying::{HolderName, Saying, Word};
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
};
use store::{Chore, Conn, HolderNumber, HolderRow, Tx};

/// A name's holders: since when each.
pub(super) type Bindings = Vec<(DateTime<Utc>, i64)>;

/// Names by their kind, in order, each once.
pub(super) type Names = BTreeMap<&'static str, Vec<String>>;

/// One in so many sayings is looked at to see whether a batch brings many new names.
const SAMPLE: usize = 64;

/// The names that sayings are about.
pub(super) fn names_of(sayings: &[&Saying]) -> Names {
    let mut kinds: BTreeMap<&'static str, Vec<Cow<'_, str>>> = BTreeMap::new();
    for said in sayings.iter().filter(|said| !matches!(said.word, Word::Reboot { .. })) {
        let (kind, name) = said.holder.parts();
        kinds.entry(kind).or_default().push(name);
    }
    let owned = |mut names: Vec<Cow<'_, str>>| {
        names.sort_unstable();
        names.dedup();
        names.into_iter().map(Cow::into_owned).collect()
    };
    kinds.into_iter().map(|(kind, names)| (kind, owned(names))).collect()
}

/// The names in parts of one transaction each.
fn in_parts(names: &Names) -> Vec<Names> {
    let parts = |(kind, names): (&&'static str, &Vec<String>)| -> Vec<Names> {
        names.chunks(TURN_MAX).map(|part| Names::from([(*kind, part.to_vec())])).collect()
    };
    names.iter().flat_map(parts).collect()
}

impl Desk {
    /// Where a large batch brings many new names, as the first of a network does, they are made known before its leases, in
    /// their own order: in that of the addresses each transaction would change almost every page of their index.
    pub(super) async fn holders_known(&self, sayings: &[&Saying]) -> Result<(), DeskError> {
        let now = self.clock.now();
        let good = |said: &&Saying| wrong(said, now).is_none();
        let sample: Vec<&Saying> = sayings.iter().copied().step_by(SAMPLE).filter(good).collect();
        let read = Holders::of(&mut self.store.read().await?, &sample, &self.names).await?;
        if read.unknown() * 8 < sample.len() {
            return Ok(());
        }
        let names = names_of(&sayings.iter().copied().filter(good).collect::<Vec<_>>());
        let mut some = in_parts(&names);
        let others = some.split_off(some.len().div_ceil(self.store.writers()));
        tokio::try_join!(self.parts_known(some), self.parts_known(others)).map(drop)
    }

    /// One part after the other: while the engine writes one, the next is read.
    async fn parts_known(&self, parts: Vec<Names>) -> Result<(), DeskError> {
        let mut read = Holders::default();
        for part in parts {
            ((), read) = tokio::try_join!(self.make_known(read), self.read_holders(part))?;
        }
        self.make_known(read).await
    }

    async fn read_holders(&self, names: Names) -> Result<Holders, DeskError> {
        Holders::read(&mut self.store.read().await?, names).await
    }

    async fn make_known(&self, holders: Holders) -> Result<(), DeskError> {
        if holders.unknown() == 0 {
            return Ok(());
        }
        match self.try_known(holders).await {
            // Somebody else made some of them known: the turns will see which are left.
            Err(error) if error.passes() => Ok(()),
            outcome => outcome,
        }
    }

    async fn try_known(&self, mut holders: Holders) -> Result<(), DeskError> {
        let mut tx = self.store.write().await?;
        if !holders.hold(&mut tx).await? {
            holders = Holders::read(&mut tx, holders.names).await?;
        }
        holders.add_new(&mut tx).await?;
        tx.commit_chore(Chore::LeasesHeard).await?;
        self.names.keep(holders.changes, &holders.known);
        Ok(())
    }
}

/// The holders that names stand for.
#[derive(Default)]
pub(super) struct Holders {
    /// Those of the sayings they were read for, where this process had seen the name.
    seen: Vec<Option<i64>>,
    /// The names that were read.
    names: Names,
    known: HashMap<&'static str, HashMap<String, Bindings>>,
    /// Rows for those that nobody knows yet.
    new: BTreeMap<&'static str, Vec<HolderRow>>,
    /// How often names had changed hands by then, or had come to services.
    changes: i64,
}

impl Holders {
    /// Those that sayings are about, as far as they are known by now, and the services of the others. Read before the
    /// transaction, so that another turn may be written meanwhile.
    pub(super) async fn of(conn: &mut Conn, said: &[&Saying], names: &NamesSeen) -> Result<Self, DeskError> {
        let changes = conn.lease_holder_changes().await?;
        let seen = names.of(changes, said);
        let unseen = said.iter().zip(&seen).filter(|(_, seen)| seen.is_none()).map(|(said, _)| *said);
        let holders = Self::named_so(conn, changes, names_of(&unseen.collect::<Vec<_>>())).await?;
        names.keep(changes, &holders.known);
        Ok(Self { seen, ..holders })
    }

    /// The same of names.
    pub(super) async fn read(conn: &mut Conn, names: Names) -> Result<Self, DeskError> {
        let changes = conn.lease_holder_changes().await?;
        Self::named_so(conn, changes, names).await
    }

    async fn named_so(conn: &mut Conn, changes: i64, names: Names) -> Result<Self, DeskError> {
        let mut holders = Self { changes, ..Self::default() };
        for (kind, names) in &names {
            holders.insert(kind, conn.lease_holders_named(kind, names).await?);
            let new = holders.unnamed(kind, names);
            if !new.is_empty() {
                holders.new.insert(kind, new_holders(conn, kind, &new).await?);
            }
        }
        Ok(Self { names, ..holders })
    }

    fn unnamed(&self, kind: &str, names: &[String]) -> Vec<String> {
        names.iter().filter(|name| self.named(kind, name).is_none()).cloned().collect()
    }

    /// Names that nobody knew by then.
    pub(super) fn unknown(&self) -> usize {
        self.new.values().map(Vec::len).sum()
    }

    /// Whether no name has changed hands since, or come to a service.
    pub(super) async fn hold(&self, tx: &mut Tx) -> Result<bool, DeskError> {
        Ok(tx.lease_holder_changes().await? == self.changes)
    }

    /// Names nobody knew are made known, with the service that has them; whether there were any.
    pub(super) async fn add_new(&mut self, tx: &mut Tx) -> Result<bool, DeskError> {
        let mut any = false;
        for (kind, rows) in std::mem::take(&mut self.new).into_iter().filter(|(_, rows)| !rows.is_empty()) {
            any = true;
            let numbers = match tx.lease_holder_add(&rows).await? {
                Some(numbers) => numbers,
                None => {
                    let names: Vec<String> = rows.into_iter().map(|row| row.name).collect();
                    tx.lease_holders_named(kind, &names).await?
                }
            };
            self.insert(kind, numbers);
        }
        Ok(any)
    }

    fn insert(&mut self, kind: &'static str, rows: Vec<HolderNumber>) {
        let known = self.known.entry(kind).or_default();
        known.reserve(rows.len());
        for row in rows {
            let bindings = known.entry(row.name).or_default();
            if !bindings.iter().any(|(_, id)| *id == row.id) {
                bindings.push((row.bound_from, row.id));
            }
        }
    }

    fn named(&self, kind: &str, name: &str) -> Option<&Bindings> {
        self.known.get(kind)?.get(name)
    }

    /// The holder that the name in a saying, the `nth` of those it was read for, stood for at an instant.
    pub(super) fn at(&self, nth: usize, name: &HolderName, at: DateTime<Utc>) -> Option<i64> {
        if let Some(Some(seen)) = self.seen.get(nth) {
            return Some(*seen);
        }
        let (kind, name) = name.parts();
        let bindings = self.named(kind, &name)?;
        let then = bindings.iter().filter(|(since, _)| *since <= at).max_by_key(|(since, _)| *since);
        then.or(bindings.first()).map(|(_, id)| *id)
    }
}

/// Rows for names that are new. A service number that no service has is left out: its lease is refused.
async fn new_holders(conn: &mut Conn, kind: &'static str, names: &[String]) -> Result<Vec<HolderRow>, DeskError> {
    let mut owners: HashMap<String, Vec<_>> = HashMap::new();
    for found in conn.services_named(kind, names).await? {
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
