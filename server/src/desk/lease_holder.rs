//! The holders that the names of sayings stand for; names nobody knew become known.
use super::{Desk, DeskError, lease_ready::wrong, lease_take::TURN_MAX};
use chrono::{DateTime, Utc};
use domain::saying::{HolderName, Saying, Word};
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
};
use store::{Chore, Conn, HolderNumber, HolderRow, Tx};

/// A name's holders: since when each.
type Bindings = Vec<(DateTime<Utc>, i64)>;

/// Names by their kind, in order, each once.
pub(super) type Names = BTreeMap<&'static str, Vec<String>>;

/// One in so many names is looked at to see whether a batch brings many new ones.
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

/// Some of the names.
fn sample_of(names: &Names) -> Names {
    names.iter().map(|(kind, names)| (*kind, names.iter().step_by(SAMPLE).cloned().collect())).collect()
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
        let good: Vec<&Saying> = sayings.iter().copied().filter(|said| wrong(said, now).is_none()).collect();
        let names = names_of(&good);
        let sample = self.read_holders(sample_of(&names)).await?;
        if sample.unknown() * 8 < sample.names.values().map(Vec::len).sum() {
            return Ok(());
        }
        let mut read = Holders::default();
        for part in in_parts(&names) {
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
        holders.complete(&mut tx).await?;
        Ok(tx.commit_chore(Chore::LeasesHeard).await?)
    }
}

/// The holders that names stand for.
#[derive(Default)]
pub(super) struct Holders {
    /// The names in question.
    names: Names,
    known: HashMap<&'static str, HashMap<String, Bindings>>,
    /// Rows for those that nobody knows yet.
    new: BTreeMap<&'static str, Vec<HolderRow>>,
    /// How often names had changed hands by then, or had come to services.
    changes: i64,
}

impl Holders {
    /// Those that are known by now, and the services of the others. Read before the transaction, so that another turn may be
    /// written meanwhile.
    pub(super) async fn read(conn: &mut Conn, names: Names) -> Result<Self, DeskError> {
        let mut holders = Self { changes: conn.lease_holder_changes().await?, names, ..Self::default() };
        holders.look_up(conn).await?;
        Ok(holders)
    }

    async fn look_up(&mut self, conn: &mut Conn) -> Result<(), DeskError> {
        (self.known, self.new) = Default::default();
        let names = std::mem::take(&mut self.names);
        for (kind, names) in &names {
            self.insert(kind, conn.lease_holders_named(kind, names).await?);
            let new: Vec<String> = names.iter().filter(|name| self.named(kind, name).is_none()).cloned().collect();
            if !new.is_empty() {
                self.new.insert(kind, new_holders(conn, kind, &new).await?);
            }
        }
        self.names = names;
        Ok(())
    }

    /// Names that nobody knew by then.
    pub(super) fn unknown(&self) -> usize {
        self.new.values().map(Vec::len).sum()
    }

    /// Names nobody knew are made known, with the service that has them; if any name changed hands meanwhile or came to a
    /// service, all are read again. Whether all was as it had been read.
    pub(super) async fn complete(&mut self, tx: &mut Tx) -> Result<bool, DeskError> {
        let mut as_read = tx.lease_holder_changes().await? == self.changes;
        if !as_read {
            self.look_up(tx).await?;
        }
        for (kind, rows) in std::mem::take(&mut self.new).into_iter().filter(|(_, rows)| !rows.is_empty()) {
            as_read = false;
            let numbers = match tx.lease_holder_add(&rows).await? {
                Some(numbers) => numbers,
                None => {
                    let names: Vec<String> = rows.into_iter().map(|row| row.name).collect();
                    tx.lease_holders_named(kind, &names).await?
                }
            };
            self.insert(kind, numbers);
        }
        Ok(as_read)
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

    /// The holder that a name stood for at an instant.
    pub(super) fn at(&self, name: &HolderName, at: DateTime<Utc>) -> Option<i64> {
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
