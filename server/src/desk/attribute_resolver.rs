//! Where the index does not know whose an address was and a resolver may: what it is to be asked, and what it said.
use super::{DeskError, attribute::Attributor};
use crate::config::resolver::Resolver;
use domain::{
    attribution::{
        Answer, Doubt, Moment,
        resolved::{lacks_leases, nobody, unanswered},
    },
    id::ResolverQuestionId,
    lease::{
        Held,
        resolver::{Asked, ResolverQuestion},
    },
    saying::HolderName,
};
use sha2::{Digest as _, Sha256};
use std::{
    collections::{HashMap, HashSet},
    net::IpAddr,
};
use store::Conn;
use uuid::Builder;

impl Attributor {
    /// Adds to open answers what the resolvers said, or that one is to be asked: the answer then waits for it.
    pub(super) async fn resolve(
        &self,
        conn: &mut Conn,
        asked: &[(IpAddr, Moment)],
        held: &[Vec<Held>],
        answers: &mut [Answer],
    ) -> Result<(), DeskError> {
        let mut wanted: Vec<(usize, ResolverQuestion)> = Vec::new();
        for (n, ((place, rows), answer)) in asked.iter().zip(held).zip(answers.iter()).enumerate() {
            wanted.extend(self.question(*place, rows, answer).map(|question| (n, question)));
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let ids: HashSet<ResolverQuestionId> = wanted.iter().map(|(_, question)| question.id).collect();
        let mut ids: Vec<ResolverQuestionId> = ids.into_iter().collect();
        ids.sort_unstable();
        let known = conn.resolver_by_ids(&ids).await?;
        let known: HashMap<ResolverQuestionId, Asked> =
            known.into_iter().map(|asked| (asked.question.id, asked)).collect();
        for (n, question) in wanted {
            let (Some(answer), Some(rows)) = (answers.get_mut(n), held.get(n)) else { continue };
            let before = answer.clone();
            *answer = match known.get(&question.id).and_then(|asked| asked.answered) {
                Some((at, 0)) => nobody(before, &question.resolver, at),
                // What it said is in the rows already; if not any more, it is asked again.
                Some(_) if rows.iter().any(|row| said_by(row, &question.resolver)) => before,
                _ => unanswered(before, question),
            };
        }
        Ok(())
    }

    /// What a resolver would be asked so that this answer becomes certain; none when more leases would not help.
    fn question(&self, (ip, moment): (IpAddr, Moment), rows: &[Held], answer: &Answer) -> Option<ResolverQuestion> {
        if lacks_leases(answer) {
            return self.responsible(ip).map(|resolver| question(resolver, ip, &moment));
        }
        if answer.doubt != Some(Doubt::NameUnknown) {
            return None;
        }
        // Behind a CGNAT: who had the one inside address.
        let inside = |row: &Held| match row.by.name {
            HolderName::Inside(ip) => Some(ip),
            _ => None,
        };
        let mut inside = rows.iter().filter_map(inside);
        let first = inside.next().filter(|first| inside.all(|other| other == *first))?;
        let moment = Moment { port: None, protocol: None, ..moment };
        self.responsible(first).map(|resolver| question(resolver, first, &moment))
    }

    /// The resolver with the narrowest prefix around an address of ours.
    fn responsible(&self, ip: IpAddr) -> Option<&Resolver> {
        let ours = self.ours(ip);
        // What is named is asked about, own range or not: inside addresses are in none.
        let fits = |resolver: &&Resolver| ours || !resolver.prefixes.is_empty();
        let narrow =
            self.resolvers().iter().filter(fits).filter_map(|resolver| Some((resolver.narrowness(ip)?, resolver)));
        narrow.max_by_key(|(bits, _)| *bits).map(|(_, resolver)| resolver)
    }
}

/// Whether a row rests on the word of this source.
fn said_by(row: &Held, source: &str) -> bool {
    row.source.split(", ").any(|name| name == source)
}

fn question(resolver: &Resolver, address: IpAddr, moment: &Moment) -> ResolverQuestion {
    let (from, to) = moment.window();
    let resolver = resolver.source.as_str();
    // One text for one question; not secret, so no key.
    let text = format!(
        "{resolver}\n{address}\n{:?}\n{:?}\n{}\n{}",
        moment.port,
        moment.protocol,
        from.timestamp_micros(),
        to.timestamp_micros()
    );
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(Sha256::digest(text.as_bytes())) {
        *to = from;
    }
    ResolverQuestion {
        id: ResolverQuestionId(Builder::from_custom_bytes(bytes).into_uuid()),
        resolver: resolver.to_owned(),
        address,
        port: moment.port,
        protocol: moment.protocol,
        from,
        to,
    }
}
