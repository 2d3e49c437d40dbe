//! Questions to resolvers: owed in the transaction of whoever needs the answer, put by a worker, and settled together with
//! what the answer says, the events that waited for it, and what people were shown.
use super::{
    Desk, DeskError,
    attribute::Attributor,
    lease_ready::Ready,
    lease_take::{Took, Turn, take_in},
    look_up::sighting_in,
};
use crate::config::resolver::Resolver;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    act::Act,
    actor::Actor,
    attribution::{Certainty, Wait},
    id::{EventId, ResolverQuestionId},
    lease::{
        Heard, LeaseSourceKind, SourceSetUp,
        look::LookUp,
        resolver::{Asked, ResolverQuestion, Told},
    },
    ledger::NewEntry,
    limit::JOB_LEASE,
    refusal::Refusal,
};
use store::{Chore, Conn, Entries, Job, Tx};

/// Tries of writing one answer down: another writer may have added the same names meanwhile.
const TRIES: u32 = 3;

/// A question that a worker holds.
#[derive(Debug, Clone)]
pub struct Due {
    /// The job; held for [`JOB_LEASE`].
    pub job: Job,
    /// What is asked.
    pub question: ResolverQuestion,
    /// How far the resolver's clock may be off.
    pub skew: TimeDelta,
}

/// Writes down what these events' answers hang on; of resolvers an answer is owed from now on.
pub(super) async fn hang(tx: &mut Tx, waits: &[(EventId, Wait)]) -> Result<(), DeskError> {
    tx.event_wait(waits).await?;
    let mut questions: Vec<&ResolverQuestion> = waits
        .iter()
        .filter_map(|(_, wait)| match wait {
            Wait::Resolver(question) => Some(question),
            _ => None,
        })
        .collect();
    // In one order for everybody, so that two writers wait for each other instead of blocking each other.
    questions.sort_unstable_by_key(|question| question.id);
    questions.dedup_by_key(|question| question.id);
    for question in questions {
        owe(tx, question).await?;
    }
    Ok(())
}

/// Owes the answer; nothing more where it is owed already. The kind of the job is the resolver: one that is down holds up
/// no other.
pub(super) async fn owe(tx: &mut Tx, question: &ResolverQuestion) -> Result<(), DeskError> {
    let now = tx.now();
    if tx.resolver_ask(question, now).await? {
        tx.job_owe(&question.resolver, question.id.0, now, now).await?;
    }
    Ok(())
}

impl Desk {
    /// Makes a resolver known among the lease sources. At the start of its worker.
    ///
    /// # Errors
    /// Any store error.
    pub async fn resolver_set_up(&self, resolver: &Resolver) -> Result<(), DeskError> {
        let set_up = SourceSetUp { kind: LeaseSourceKind::Resolver, skew: resolver.skew, silent_after: None };
        self.lease_source_set_up(&resolver.source, set_up).await
    }

    /// Takes the next due question to a resolver for `worker`.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn resolver_take(&self, resolver: &Resolver, worker: &str) -> Result<Option<Due>, DeskError> {
        let name = resolver.source.as_str();
        loop {
            let mut tx = self.store.write().await?;
            let now = tx.now();
            let Some(job) = tx.job_take(name, worker, now, now + JOB_LEASE).await? else { return Ok(None) };
            let asked = tx.resolver_by_id(ResolverQuestionId(job.noun)).await?;
            let Some(asked) = asked.filter(|asked| asked.answered.is_none()) else {
                tx.job_settle(job.id, worker).await?;
                tx.commit_chore(Chore::JobLease).await?;
                continue;
            };
            let sources = tx.lease_sources().await?;
            let skew = sources.iter().find(|source| source.name == name).map(|source| source.skew);
            let skew = skew.or(resolver.skew).unwrap_or_else(|| LeaseSourceKind::Resolver.usual_skew());
            tx.commit_chore(Chore::JobLease).await?;
            return Ok(Some(Due { job, question: asked.question, skew }));
        }
    }

    /// Writes an answer down, all in one transaction: its leases, that the question is answered, the events that are to be
    /// looked at again, and for people who asked what they are shown, with a line in the ledger. None when it is done;
    /// else why the index cannot take it.
    ///
    /// # Errors
    /// Only when the store fails; the question is then put again after the job's lease.
    pub async fn resolver_answered(
        &self,
        resolver: &Resolver,
        worker: &str,
        due: &Due,
        told: &Told,
    ) -> Result<Option<String>, DeskError> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.try_answered(resolver, worker, due, told).await {
                Err(error) if tries < TRIES && error.passes() => {}
                outcome => return outcome,
            }
        }
    }

    async fn try_answered(
        &self,
        resolver: &Resolver,
        worker: &str,
        due: &Due,
        told: &Told,
    ) -> Result<Option<String>, DeskError> {
        let mut tx = self.store.write().await?;
        let now = tx.now();
        if !tx.job_settle(due.job.id, worker).await? {
            // Another worker asks by now; his answer counts.
            return Ok(None);
        }
        let (said, heard) = (told.sayings.iter().collect::<Vec<_>>(), Heard::default());
        let turn = Turn { source: &resolver.source, heard: &heard, refused_before: 0, before: None };
        let ready = Ready::read(&mut tx, &resolver.source, &said, now, &self.names).await?;
        let Took { taken, .. } = take_in(&mut tx, turn, ready).await?;
        if let Some((line, problem)) = taken.refused.first() {
            return Ok(Some(format!("lease {line}: {problem}")));
        }
        let id = due.question.id;
        tx.resolver_answered(id, now, i64::try_from(told.leases).unwrap_or(i64::MAX)).await?;
        let waiting = tx.resolver_events(id).await?;
        tx.event_ask(&waiting, now).await?;
        let mut entries = self.show_people(&mut tx, resolver, due, told).await?;
        match entries.pop() {
            Some(last) => {
                tx.commit(Entries::from(last).and_all(entries)).await?;
            }
            None => tx.commit_chore(Chore::LeasesHeard).await?,
        }
        self.wake.asks.notify_one();
        Ok(None)
    }

    /// The answers of the look-ups that waited, as they are now; the ledger's lines about them.
    async fn show_people(
        &self,
        tx: &mut Tx,
        resolver: &Resolver,
        due: &Due,
        told: &Told,
    ) -> Result<Vec<NewEntry>, DeskError> {
        let looks = tx.resolver_look_ups(due.question.id).await?;
        if looks.is_empty() {
            return Ok(Vec::new());
        }
        let attributor = Attributor::load(tx, &self.resolvers).await?;
        let mut entries = Vec::new();
        for id in looks {
            let Some(look) = tx.look_up_by_id(id).await? else { continue };
            let certainty = match &look.result {
                Some(before) => {
                    let now = sighting_in(tx, &attributor, &before.question, &before.resolved).await?;
                    let certainty = now.parts.first().map_or(Certainty::Unknown, |part| part.answer.certainty);
                    tx.look_up_answer(id, &now).await?;
                    certainty.as_str()
                }
                None => "erased",
            };
            let actor = Actor::system(resolver.source.as_str());
            let entry = NewEntry::new(&actor, Act::ResolverAnswered, "look_up", id)
                .fact("what", due.question.to_string())
                .fact("leases", told.leases)
                .fact("certainty", certainty);
            entries.push(entry);
        }
        Ok(entries)
    }

    /// There is no answer yet: `problem` says why, empty when nothing is wrong; it is asked again from `due_at` on.
    ///
    /// # Errors
    /// Only when the store fails; the question is then put again after the job's lease.
    pub async fn resolver_tried(
        &self,
        worker: &str,
        due: &Due,
        problem: &str,
        due_at: DateTime<Utc>,
    ) -> Result<(), DeskError> {
        let problem: String = problem.chars().filter(|letter| !letter.is_control()).take(300).collect();
        let mut tx = self.store.write().await?;
        let now = tx.now();
        if tx.job_postpone(due.job.id, worker, due_at).await? {
            tx.resolver_tried(due.question.id, now, &problem).await?;
        }
        Ok(tx.commit_chore(Chore::LeasesHeard).await?)
    }

    /// How far the questions of a look-up are, for the one who made it.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for everybody else; any store error.
    pub async fn look_up_asked(&self, actor: &Actor, look: &LookUp) -> Result<Vec<Asked>, DeskError> {
        if actor.user() != Some(look.by) {
            return Err(Refusal::NotFound.into());
        }
        let mut conn: Conn = self.store.read().await?;
        Ok(conn.resolver_of_look_up(look.id).await?)
    }
}
