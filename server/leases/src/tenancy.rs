//! Who holds which address as a lease file tells it, row after row: renewals are joined, an end that came early is known
//! by the next holder or by the row that says so.
use crate::Out;
use chrono::{DateTime, TimeDelta, Utc};
use domain::saying::{HolderName, Saying, Word};
use ipnet::IpNet;
use std::collections::HashMap;

struct Tenancy {
    holder: HolderName,
    from: DateTime<Utc>,
    /// First instant after it; none = for ever.
    to: Option<DateTime<Utc>>,
    /// When it was last renewed.
    renewed: DateTime<Utc>,
    line: u64,
    /// Not said since it was changed.
    dirty: bool,
}

/// All addresses of a file.
#[derive(Default)]
pub(crate) struct Tenancies {
    of: HashMap<IpNet, Tenancy>,
    dirty: Vec<IpNet>,
    /// The latest time of any row: rows are written in the order in which things happen.
    clock: Option<DateTime<Utc>>,
    /// When the file was last read to its end: what comes now was written afterwards.
    looked: Option<DateTime<Utc>>,
}

/// One row: from when to when, as it was known then.
pub(crate) struct Row {
    pub(crate) line: u64,
    pub(crate) net: IpNet,
    pub(crate) holder: HolderName,
    pub(crate) at: DateTime<Utc>,
    pub(crate) to: Option<DateTime<Utc>>,
}

impl Tenancies {
    /// A lease was given or renewed.
    pub(crate) fn held(&mut self, row: Row, out: &mut Out) {
        self.clock = self.clock.max(Some(row.at));
        if let Some(known) = self.of.get_mut(&row.net) {
            let goes_on = known.holder == row.holder && known.to.is_none_or(|to| row.at <= to);
            if goes_on && row.at >= known.from {
                known.to = row.to;
                known.renewed = known.renewed.max(row.at);
                known.line = row.line;
                mark(&mut self.dirty, row.net, known);
                return;
            }
            if row.at < known.from {
                // An older row, out of order: it is said by itself and changes nothing that is newer.
                let to = row.to.map_or(known.from, |to| to.min(known.from));
                if to > row.at {
                    let word = Word::Held { from: row.at, to: Some(to) };
                    out.say(saying(row.line, row.net, row.holder, word));
                }
                return;
            }
            // Somebody else has it, or the same after a pause: the old lease is over.
            known.to = Some(known.to.map_or(row.at, |to| to.min(row.at)));
            settle(row.net, known, out);
        }
        let tenancy =
            Tenancy { holder: row.holder, from: row.at, to: row.to, renewed: row.at, line: row.line, dirty: true };
        self.of.insert(row.net, tenancy);
        self.dirty.push(row.net);
    }

    /// The file is written at this time, or later.
    pub(crate) fn not_before(&mut self, at: DateTime<Utc>) {
        self.clock = self.clock.max(Some(at));
    }

    /// The file, read to its end before, is read on now.
    pub(crate) fn look(&mut self, now: DateTime<Utc>) {
        self.clock = self.clock.max(self.looked.replace(now));
    }

    /// The lease was given back or taken away: at `at` if that is known, else between its last renewal and the next row,
    /// of which only the part that is proven counts.
    pub(crate) fn ended(&mut self, line: u64, net: &IpNet, at: Option<DateTime<Utc>>) {
        let Some(known) = self.of.get_mut(net) else { return };
        let proven = known.renewed.max(self.clock.unwrap_or(known.renewed));
        let end = at.unwrap_or(proven).max(known.from);
        if known.to.is_none_or(|to| to > end) {
            known.to = Some(end);
            known.line = line;
            mark(&mut self.dirty, *net, known);
        }
    }

    /// Says everything that is new.
    pub(crate) fn pause(&mut self, out: &mut Out) {
        for net in std::mem::take(&mut self.dirty) {
            if let Some(known) = self.of.get_mut(&net).filter(|known| known.dirty) {
                settle(net, known, out);
            }
        }
    }
}

fn mark(dirty: &mut Vec<IpNet>, net: IpNet, known: &mut Tenancy) {
    if !known.dirty {
        known.dirty = true;
        dirty.push(net);
    }
}

fn settle(net: IpNet, known: &mut Tenancy, out: &mut Out) {
    known.dirty = false;
    // An end at once is said as the shortest time: it replaces the end that was said before.
    let to = known.to.map(|to| to.max(known.from + TimeDelta::microseconds(1)));
    let word = Word::Held { from: known.from, to };
    out.say(saying(known.line, net, known.holder.clone(), word));
}

fn saying(line: u64, net: IpNet, holder: HolderName, word: Word) -> Saying {
    Saying { line, net, ports: (0, u16::MAX), protocol: None, holder, word }
}
