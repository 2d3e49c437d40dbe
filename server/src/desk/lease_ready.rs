//! What can be made ready before a turn's transaction: what is wrong with sayings in themselves, whose names they say, and what
//! they make of the sessions that they speak of. On SQLite everybody who writes waits for that transaction.
use super::{
    DeskError,
    lease_holder::{Holders, names_of},
    lease_names::NamesSeen,
    lease_session::Sessions,
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    id::LeaseId,
    lease::{LeaseSource, LeaseSourceKind, Taken, session::Span},
    saying::{Saying, SourceName, Word},
};
use store::{Conn, LeaseRow, News, Tx};

/// A source's clock may be this far ahead of ours before what it says is refused as in the future.
const FUTURE: TimeDelta = TimeDelta::hours(24);
/// A name longer than this is no name.
const NAME_CHARS_MAX: usize = 253;

/// What a turn makes of the index.
#[derive(Default)]
pub(super) struct Changes {
    pub(super) keep: Vec<LeaseRow>,
    pub(super) remove: Vec<LeaseRow>,
    pub(super) news: Vec<News>,
}

/// The turn before, of the same batch.
#[derive(Clone, Copy)]
pub(super) struct Before {
    /// Rows its source had told of before and after it.
    pub(super) rows: (i64, i64),
    /// Whether it was about other sessions than this one, and said nothing of this one's.
    pub(super) parted: bool,
}

/// Sayings of one turn, looked at before its transaction.
pub(super) struct Ready<'a> {
    pub(super) said: &'a [&'a Saying],
    good: Vec<&'a Saying>,
    taken: Taken,
    holders: Holders,
    made: Option<Made>,
}

/// What they make of the index, if their source has told of nothing else meanwhile.
struct Made {
    /// Rows the source had told of when its sessions were read.
    rows: i64,
    changes: Changes,
    taken: Taken,
}

impl Made {
    /// Whether the sessions are still as they were read, if the source has `told` of so many rows by now: they are counted up
    /// with whatever changes a session.
    const fn holds(&self, told: i64, before: Option<Before>) -> bool {
        match before {
            None => self.rows == told,
            // Read before the turn before was written, or after: both is right if that turn was about something else.
            Some(Before { rows: (then, since), parted }) => {
                told == since && (self.rows == since || parted && self.rows == then)
            }
        }
    }
}

impl<'a> Ready<'a> {
    /// Names those that are wrong in themselves, and reads the holders and sessions of the others.
    pub(super) async fn read(
        conn: &mut Conn,
        source: &SourceName,
        said: &'a [&'a Saying],
        now: DateTime<Utc>,
        seen: &NamesSeen,
    ) -> Result<Self, DeskError> {
        let mut taken = Taken::default();
        let good: Vec<&Saying> = said.iter().copied().filter(|said| usable(said, now, &mut taken)).collect();
        // How many rows it has told of is read before its sessions are.
        let source = conn.lease_sources().await?.into_iter().find(|known| known.name == source.as_str());
        let holders = Holders::of(conn, &good, seen).await?;
        let made = match source {
            Some(source) if holders.unknown() == 0 => {
                let mut taken = taken.clone();
                let changes = changes(conn, &source, &good, &holders, &mut taken).await?;
                Some(Made { rows: source.rows_kept, changes, taken })
            }
            _ => None,
        };
        Ok(Self { said, good, taken, holders, made })
    }

    /// What they make of the index, and what became of each. Worked out anew where something has changed meanwhile.
    pub(super) async fn settle(
        self,
        tx: &mut Tx,
        source: &LeaseSource,
        before: Option<Before>,
    ) -> Result<(Changes, Taken), DeskError> {
        let Self { good, mut taken, mut holders, made, .. } = self;
        let as_read = holders.hold(tx).await?;
        if !as_read {
            holders = Holders::read(tx, names_of(&good)).await?;
        }
        let any_new = holders.add_new(tx).await?;
        match made.filter(|made| as_read && !any_new && made.holds(source.rows_kept, before)) {
            Some(made) => Ok((made.changes, made.taken)),
            None => {
                let changes = changes(tx, source, &good, &holders, &mut taken).await?;
                Ok((changes, taken))
            }
        }
    }
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

/// When what it tells of began, as far as it says.
pub(super) fn begun(word: &Word) -> DateTime<Utc> {
    match word {
        Word::Held { from, .. } => *from,
        Word::Start { at, .. } | Word::Reboot { at, .. } => *at,
        Word::Alive { at, started, .. } | Word::Stop { at, started, .. } => started.unwrap_or(*at),
    }
}

async fn changes(
    conn: &mut Conn,
    source: &LeaseSource,
    sayings: &[&Saying],
    holders: &Holders,
    taken: &mut Taken,
) -> Result<Changes, DeskError> {
    let mut sessions = Sessions::load(conn, source, sayings).await?;
    let mut changes = Changes { keep: Vec::with_capacity(sayings.len()), ..Changes::default() };
    for (nth, said) in sayings.iter().enumerate() {
        if let Word::Reboot { nas, at } = &said.word {
            sessions.forget(nas, *at);
            taken.kept += 1;
            continue;
        }
        let began = begun(&said.word);
        let Some(holder) = holders.at(nth, &said.holder, began) else {
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

#[cfg(test)]
mod tests {
    use super::*;

    const fn made(rows: i64) -> Made {
        let changes = Changes { keep: Vec::new(), remove: Vec::new(), news: Vec::new() };
        Made { rows, changes, taken: Taken { kept: 0, known_before: 0, refused: Vec::new() } }
    }

    #[test]
    fn what_was_read_ahead_holds_only_while_nobody_else_told_of_the_source() {
        let before = |parted| Some(Before { rows: (10, 14), parted });
        assert!(made(10).holds(10, None));
        assert!(!made(10).holds(11, None), "somebody else told of it meanwhile");
        assert!(made(10).holds(14, before(true)), "only the turn before did, of something else");
        assert!(made(14).holds(14, before(true)), "read when that was written");
        assert!(made(14).holds(14, before(false)));
        assert!(!made(10).holds(14, before(false)), "the turn before was about the same address");
        assert!(!made(9).holds(14, before(true)), "somebody else did between the reading and the turn before");
        assert!(!made(10).holds(15, before(true)), "somebody else did after it");
        assert!(!made(15).holds(15, before(true)));
    }
}
