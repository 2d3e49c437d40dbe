//! "Who had this?" asked by a person: only with a reason, with a line in the ledger, and the answer kept as it was.
use super::{Desk, DeskError, attribute::Attributor, resolver::owe};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    act::Act,
    actor::{Actor, Permission},
    attribution::{Answer, Candidate, Certainty, Doubt, Moment, Wait},
    id::{CustomerId, LookUpId, ServiceId, UserId},
    lease::{
        Held,
        look::{
            LookKind, LookUp, LookUpRow, Part, Party, Question, ROWS_SHOWN, Reason, Sight, Sighting, Target,
            WHY_CHARS_MAX,
        },
        resolver::ResolverQuestion,
    },
    ledger::NewEntry,
    page::{PageOf, Rows},
    refusal::Refusal,
};
use ipnet::IpNet;
use std::{collections::HashSet, net::IpAddr};
use store::Conn;

/// How far around the asked time leases are shown: neighbours are other people's data, so no further than is needed.
const AROUND: TimeDelta = TimeDelta::days(3);
/// Rows of a prefix that are looked at.
const PREFIX_ROWS: i64 = 2_000;
/// Addresses of a host name that are asked about.
const RESOLVED_MAX: usize = 4;
/// Look-ups that the page lists.
const LISTED: i64 = 20;
/// For how long the reason for a customer's leases holds.
const OPEN_FOR: TimeDelta = TimeDelta::hours(8);

impl Desk {
    /// Asks whose something was. The answer is kept, and who asked what and why is in the ledger.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`]; [`Refusal::Invalid`] without a reason; any store error, then nothing is answered.
    pub async fn who(
        &self,
        actor: &Actor,
        question: &Question,
        resolved: &[IpAddr],
        reason: &Reason,
    ) -> Result<LookUpId, DeskError> {
        let by = self.may_look_up(actor, reason)?;
        let mut conn = self.store.read().await?;
        let found = self.sighting(&mut conn, question, resolved).await?;
        drop(conn);
        let asked = to_ask(&found);
        let certainty = found.parts.first().map_or(Certainty::Unknown, |part| part.answer.certainty);
        let look = LookUp {
            id: LookUpId::new(),
            made_at: self.clock.now(),
            by,
            kind: LookKind::Address,
            what: words(question),
            why: reason.why.trim().to_owned(),
            customer: None,
            result: Some(found),
        };
        let entry = NewEntry::new(actor, Act::AddressLookedUp, "look_up", look.id)
            .fact("what", look.what.clone())
            .fact("certainty", certainty.as_str());
        let put = asked.iter().map(|question| format!("{}: {question}", question.resolver)).collect::<Vec<_>>();
        let entry = if put.is_empty() { entry } else { entry.fact("asked", put.join("; ")) };
        let id = self.keep_look_up(look, entry, reason, &asked).await?;
        self.wake.resolver.notify_waiters();
        Ok(id)
    }

    /// Asks what a customer's services held. The leases are read with [`Desk::address_history`].
    ///
    /// # Errors
    /// As [`Desk::who`]; [`Refusal::NotFound`] for a customer who is not there.
    pub async fn ask_history(
        &self,
        actor: &Actor,
        customer: CustomerId,
        reason: &Reason,
    ) -> Result<LookUpId, DeskError> {
        let by = self.may_look_up(actor, reason)?;
        let known = self.store.read().await?.customer_by_id(customer).await?.ok_or(Refusal::NotFound)?;
        let look = LookUp {
            id: LookUpId::new(),
            made_at: self.clock.now(),
            by,
            kind: LookKind::Customer,
            what: format!("addresses of {} {}", known.number, known.name),
            why: reason.why.trim().to_owned(),
            customer: Some(customer),
            result: None,
        };
        let entry = NewEntry::new(actor, Act::AddressLookedUp, "look_up", look.id)
            .fact("what", format!("addresses of customer {}", known.number))
            .fact("customer", customer.to_string());
        self.keep_look_up(look, entry, reason, &[]).await
    }

    async fn keep_look_up(
        &self,
        mut look: LookUp,
        entry: NewEntry,
        reason: &Reason,
        asked: &[ResolverQuestion],
    ) -> Result<LookUpId, DeskError> {
        let mut tx = self.store.write().await?;
        let mut answered = false;
        for question in asked {
            owe(&mut tx, question).await?;
            answered |= tx.resolver_by_id(question.id).await?.is_some_and(|asked| asked.answered.is_some());
        }
        // The answer to somebody else's question came in between.
        if answered && let Some(before) = look.result.take() {
            look.result = Some(self.sighting(&mut tx, &before.question, &before.resolved).await?);
        }
        tx.look_up_add(&look).await?;
        for question in asked {
            tx.resolver_look_up_waits(question.id, look.id).await?;
        }
        let entry = entry.why(&look.why);
        tx.commit(match reason.case {
            Some(case) => entry.case(case),
            None => entry,
        })
        .await?;
        Ok(look.id)
    }

    /// A look-up with its answer, for the one who made it: another's reason is not mine.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for everybody else; any store error.
    pub async fn look_up(&self, actor: &Actor, id: LookUpId) -> Result<LookUp, DeskError> {
        self.require(actor, Permission::LookUp)?;
        let found = self.store.read().await?.look_up_by_id(id).await?;
        found.filter(|look| actor.user() == Some(look.by)).ok_or_else(|| Refusal::NotFound.into())
    }

    /// The newest look-ups: one's own; all of them, without their answers, for those who read the ledger.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`]; any store error.
    pub async fn look_ups(&self, actor: &Actor) -> Result<Vec<LookUpRow>, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        let whose = if actor.may(Permission::ReadLedger) { None } else { actor.user() };
        Ok(self.store.read().await?.look_up_list(whose, LISTED).await?)
    }

    /// A page of what a customer's services held, newest first, for whoever has given his reason within the last hours.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] without such a look-up; any store error.
    pub async fn address_history(
        &self,
        actor: &Actor,
        customer: CustomerId,
        id: LookUpId,
        page: PageOf,
    ) -> Result<(LookUp, Rows<Sight>, Vec<Party>), DeskError> {
        let look = self.look_up(actor, id).await?;
        if look.customer != Some(customer) || self.clock.now() - look.made_at > OPEN_FOR {
            return Err(Refusal::NotFound.into());
        }
        let mut conn = self.store.read().await?;
        let held = conn.leases_of_customer(customer, page).await?;
        let rows: Vec<Sight> = held.rows.iter().map(Sight::of).collect();
        let services: Vec<ServiceId> = rows.iter().filter_map(|row| row.service).collect();
        let parties = parties(&mut conn, services).await?;
        Ok((look, Rows { rows, more: held.more }, parties))
    }

    /// The case a reason names by its number.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] when there is none; any store error.
    pub async fn reason(&self, actor: &Actor, why: &str, case: &str) -> Result<Reason, DeskError> {
        self.require(actor, Permission::LookUp)?;
        let case = match case.trim() {
            "" => None,
            number => {
                let found = self.store.read().await?.case_by_number(&number.to_uppercase()).await?;
                let missing = || Refusal::invalid("case", "there is no such case; it is written L-2026-000123");
                Some(found.ok_or_else(missing)?.id)
            }
        };
        Ok(Reason { why: why.trim().to_owned(), case })
    }

    /// What is found for a question, for Lazaret's own parts only: people give a reason and use [`Desk::who`].
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for everybody else; any store error.
    pub async fn sight(&self, actor: &Actor, question: &Question) -> Result<Sighting, DeskError> {
        if !matches!(actor, Actor::System { .. }) {
            return Err(Refusal::NotAllowed(Permission::LookUp).into());
        }
        self.sighting(&mut self.store.read().await?, question, &[]).await
    }

    async fn sighting(&self, conn: &mut Conn, question: &Question, resolved: &[IpAddr]) -> Result<Sighting, DeskError> {
        let attributor = Attributor::load(conn, &self.resolvers).await?;
        sighting_in(conn, &attributor, question, resolved).await
    }

    /// The answer for one address at one instant, for Lazaret's own parts only, as [`Desk::sight`].
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for everybody else; any store error.
    pub async fn answer_at(
        &self,
        actor: &Actor,
        address: IpAddr,
        port: Option<u16>,
        at: DateTime<Utc>,
    ) -> Result<Answer, DeskError> {
        let found = self.sight(actor, &Question::at(address, port, at)).await?;
        Ok(found.parts.into_iter().next().map_or_else(|| Answer::unknown("never looked up"), |part| part.answer))
    }

    fn may_look_up(&self, actor: &Actor, reason: &Reason) -> Result<UserId, DeskError> {
        self.require(actor, Permission::LookUp)?;
        let by = actor.user().ok_or(Refusal::NotAllowed(Permission::LookUp))?;
        domain::case_text("reason", &reason.why)?;
        if reason.why.trim().chars().count() > WHY_CHARS_MAX {
            return Err(Refusal::invalid("reason", format!("at most {WHY_CHARS_MAX} characters")).into());
        }
        Ok(by)
    }
}

/// The question in one line, for the ledger and lists.
fn words(question: &Question) -> String {
    let time = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M:%S").to_string();
    let mut words = question.target.to_string();
    if let Some(port) = question.port {
        words += &format!(" port {port}");
    }
    match question.protocol {
        Some(6) => words += " TCP",
        Some(17) => words += " UDP",
        _ => {}
    }
    words += &format!(", {}", time(question.from));
    if question.to > question.from {
        words += &format!(" to {}", time(question.to));
    }
    words += " UTC";
    if question.uncertainty_s > 0 {
        words += &format!(" ± {} s", question.uncertainty_s);
    }
    words
}

/// What resolvers are asked because of what was not found.
fn to_ask(found: &Sighting) -> Vec<ResolverQuestion> {
    let waits = found.parts.iter().flat_map(|part| &part.answer.waits);
    let questions = waits.filter_map(|wait| match wait {
        Wait::Resolver(question) => Some(question.clone()),
        _ => None,
    });
    let mut questions: Vec<ResolverQuestion> = questions.collect();
    // In one order for everybody, as in `hang`.
    questions.sort_unstable_by_key(|question| question.id);
    questions.dedup_by_key(|question| question.id);
    questions
}

/// What is found for a question now.
pub(super) async fn sighting_in(
    conn: &mut Conn,
    attributor: &Attributor,
    question: &Question,
    resolved: &[IpAddr],
) -> Result<Sighting, DeskError> {
    let moment = question.moment();
    let window = moment.window();
    let around = (window.0 - AROUND, window.1 + AROUND);
    let mut parts = Vec::new();
    match &question.target {
        Target::Address(ip) => {
            parts.push(address(conn, attributor, domain::event::canonical_ip(*ip), moment, around).await?)
        }
        Target::Prefix(net) => parts.push(prefix(conn, attributor, *net, moment, around).await?),
        Target::Host(name) => {
            let answer = attributor.by_host(conn, name, &moment).await?;
            parts.push(Part { target: question.target.clone(), ours: true, answer, rows: Vec::new(), more: 0 });
            for ip in resolved.iter().take(RESOLVED_MAX) {
                parts.push(address(conn, attributor, *ip, moment, around).await?);
            }
        }
    }
    let mut services: Vec<ServiceId> = Vec::new();
    for part in &parts {
        services.extend(part.answer.candidates.iter().map(|one| one.service));
        services.extend(part.rows.iter().filter_map(|row| row.service));
    }
    let parties = parties(conn, services).await?;
    let sources = attributor.sources().iter().map(Into::into).collect();
    Ok(Sighting { question: question.clone(), resolved: resolved.to_vec(), parts, parties, sources, around })
}

async fn address(
    conn: &mut Conn,
    attributor: &Attributor,
    ip: IpAddr,
    moment: Moment,
    around: (DateTime<Utc>, DateTime<Utc>),
) -> Result<Part, DeskError> {
    let answer = attributor.at(conn, &[(ip, moment)]).await?.pop();
    let answer = answer.unwrap_or_else(|| Answer::unknown("never looked up"));
    let wide = Moment { from: around.0, to: around.1, uncertainty: TimeDelta::zero(), ..moment };
    let held = attributor.held(conn, &[(ip, wide)]).await?.pop().unwrap_or_default();
    let (rows, more) = nearest(held, moment);
    Ok(Part { target: Target::Address(ip), ours: attributor.ours(ip), answer, rows, more })
}

/// Certain only if one lease covers all of the prefix and nobody else had a part of it.
async fn prefix(
    conn: &mut Conn,
    attributor: &Attributor,
    net: IpNet,
    moment: Moment,
    around: (DateTime<Utc>, DateTime<Utc>),
) -> Result<Part, DeskError> {
    let ip = net.network();
    let moment = Moment { port: None, ..moment };
    let window = moment.window();
    let inner = conn.lease_within(net, around.0, around.1, PREFIX_ROWS).await?;
    let wide = Moment { from: around.0, to: around.1, uncertainty: TimeDelta::zero(), ..moment };
    let outer = attributor.held(conn, &[(ip, wide)]).await?.pop().unwrap_or_default();
    let mut held: Vec<Held> = outer.into_iter().filter(|row| row.net.contains(&net)).collect();
    for row in inner {
        if !held.iter().any(|known| known.id == row.id) {
            held.push(row);
        }
    }
    let now: Vec<&Held> = held.iter().filter(|row| row.may_reach(window.0, window.1)).collect();
    let parts_of_it = now.iter().any(|row| !row.net.contains(&net));
    let answer = if parts_of_it {
        several(&now, net)
    } else {
        // Resolvers are asked about addresses only.
        let asked = [(ip, moment)];
        let held = attributor.held(conn, &asked).await?;
        attributor.by_index(&asked, &held).pop().unwrap_or_else(|| Answer::unknown("never looked up"))
    };
    let (rows, more) = nearest(held, moment);
    Ok(Part { target: Target::Prefix(net), ours: attributor.ours(ip), answer, rows, more })
}

fn several(now: &[&Held], net: IpNet) -> Answer {
    let mut holders: Vec<&Held> = Vec::new();
    for row in now {
        if !holders.iter().any(|other| other.by.same(&row.by)) {
            holders.push(row);
        }
    }
    let total = holders.len();
    let candidates: Vec<Candidate> = holders.iter().filter_map(|row| Candidate::of(row)).collect();
    let why = match total {
        1 => format!("one holder had a part of {net} then: ask for the one address"),
        n => format!("{n} holders had addresses in {net} then: ask for the one address"),
    };
    let certainty = if candidates.is_empty() { Certainty::Unknown } else { Certainty::Ambiguous };
    Answer { total, ..Answer::open(certainty, candidates, why).because(Doubt::SeveralHolders) }
}

/// The rows nearest to the time, oldest first, and how many are left out.
fn nearest(mut held: Vec<Held>, moment: Moment) -> (Vec<Sight>, usize) {
    let (from, to) = moment.window();
    let distance = |row: &Held| {
        let after = row.from - to;
        let before = row.over_by().map_or(TimeDelta::zero(), |over| from - over);
        after.max(before).max(TimeDelta::zero())
    };
    held.sort_by_key(|row| (distance(row), row.from, row.ports.0));
    let more = held.len().saturating_sub(ROWS_SHOWN);
    held.truncate(ROWS_SHOWN);
    held.sort_by_key(|row| (row.from, row.ports.0, row.id));
    (held.iter().map(Sight::of).collect(), more)
}

async fn parties(conn: &mut Conn, services: Vec<ServiceId>) -> Result<Vec<Party>, DeskError> {
    let mut seen = HashSet::new();
    let mut parties = Vec::new();
    for id in services {
        if !seen.insert(id) {
            continue;
        }
        let Some(service) = conn.service_by_id(id).await? else { continue };
        let name = conn.customer_by_id(service.customer).await?.map(|customer| customer.name).unwrap_or_default();
        let (number, product) = (service.number, service.product);
        parties.push(Party { service: id, customer: service.customer, number, product, name });
    }
    Ok(parties)
}
