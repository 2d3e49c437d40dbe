//! The sessions that a batch of sayings speaks of: as they were in the store, and as they are now.
use super::{
    DeskError,
    lease_ready::{Changes, begun, row, session_of},
};
use chrono::{DateTime, Utc};
use domain::{
    lease::{
        LeaseSource,
        session::{Span, fold},
    },
    saying::{Saying, Word},
};
use ipnet::IpNet;
use std::collections::HashMap;
use store::{Conn, LeaseRow, News, SessionAsk};

/// What identifies one session's lease of one address: the same session may hold several, and a name may come back.
type Key = (String, IpNet, (u16, u16), Option<u8>, i64);

/// A session's row as it was in the store, and as it is now.
struct Session {
    before: Option<LeaseRow>,
    now: LeaseRow,
}

/// The sessions of a batch, those of one key by their start.
#[derive(Default)]
pub(super) struct Sessions(HashMap<Key, Vec<Session>>);

const fn span(row: &LeaseRow) -> Span {
    Span { from: row.from, to: row.to, sure_until: row.sure_until }
}

/// The question which session a word is about; none for words about none.
fn ask_of(said: &Saying) -> Option<SessionAsk> {
    let session = session_of(&said.word)?.to_owned();
    let sure = match &said.word {
        Word::Alive { started, .. } | Word::Stop { started, .. } => started.is_some(),
        Word::Start { .. } | Word::Held { .. } | Word::Reboot { .. } => true,
    };
    let began = begun(&said.word);
    Some(SessionAsk { session, net: said.net, ports: said.ports, protocol: said.protocol, began, sure })
}

impl Sessions {
    /// Those that are spoken of, and the open ones of access servers that are said to have been rebooted.
    pub(super) async fn load(conn: &mut Conn, source: &LeaseSource, sayings: &[&Saying]) -> Result<Self, DeskError> {
        let asks: Vec<SessionAsk> = sayings.iter().filter_map(|said| ask_of(said)).collect();
        let mut rows = conn.lease_of_sessions(source.id, &asks).await?;
        for said in sayings {
            if let Word::Reboot { nas, at } = &said.word {
                rows.extend(conn.lease_open_of_nas(source.id, nas, *at).await?);
            }
        }
        let mut sessions = Self::default();
        for row in rows {
            let key = (row.session.clone().unwrap_or_default(), row.net, row.ports, row.protocol, row.holder);
            let known = sessions.0.entry(key).or_default();
            if !known.iter().any(|one| one.now.from == row.from) {
                known.push(Session { before: Some(row.clone()), now: row });
            }
        }
        for known in sessions.0.values_mut() {
            known.sort_by_key(|one| one.now.from);
        }
        Ok(sessions)
    }

    /// A session's Start, Alive or Stop.
    pub(super) fn tell(
        &mut self,
        source: &LeaseSource,
        said: &Saying,
        holder: i64,
        began: DateTime<Utc>,
    ) -> Result<(), String> {
        let session = session_of(&said.word).unwrap_or_default().to_owned();
        let known = self.0.entry((session, said.net, said.ports, said.protocol, holder)).or_default();
        // The latest that began by then; else the earliest, whose beginning comes late.
        let at = known.iter().rposition(|one| one.now.from <= began).or(if known.is_empty() { None } else { Some(0) });
        let before = at.and_then(|at| known.get(at)).map(|one| span(&one.now));
        let Some(new) = fold(before, &said.word)? else { return Ok(()) };
        // A session that is told on begins no later than before; else it is another of the same name.
        match at.and_then(|at| known.get_mut(at)).filter(|one| new.from <= one.now.from) {
            Some(one) => (one.now.from, one.now.to, one.now.sure_until) = (new.from, new.to, new.sure_until),
            None => {
                known.push(Session { before: None, now: row(source, said, holder, new) });
                known.sort_by_key(|one| one.now.from);
            }
        }
        Ok(())
    }

    /// The access server has forgotten its sessions.
    pub(super) fn forget(&mut self, nas: &str, at: DateTime<Utc>) {
        let prefix = format!("{nas}/");
        for (_, known) in self.0.iter_mut().filter(|(key, _)| key.0.starts_with(&prefix)) {
            for one in known {
                let span = span(&one.now).forgotten(at);
                (one.now.to, one.now.sure_until) = (span.to, span.sure_until);
            }
        }
    }

    /// What of them is to be written.
    pub(super) fn settle(self, changes: &mut Changes) {
        for Session { before, now } in self.0.into_values().flatten() {
            if before.as_ref() == Some(&now) {
                continue;
            }
            let (from, to) = span(&now).changed(before.as_ref().map(span));
            changes.news.push(News { net: now.net, from, to });
            changes.remove.extend(before.filter(|before| before.from != now.from));
            changes.keep.push(now);
        }
    }
}
