//! Passing evidence on to somebody outside as XARF v4: seen first exactly as it leaves, then given, and on record.
use super::{Desk, DeskError, passing_deliver::PASSING_JOB};
use domain::{
    act::Act,
    actor::{Actor, Permission},
    evidence::Event,
    id::{CaseId, CustomerId, PassingId},
    ledger::NewEntry,
    limit::PASSED_EVENTS_MAX,
    notice::{self, NoticeCommand, NoticeState},
    page::PageOf,
    passing::{Passing, Subject, Way, check_address},
    refusal::Refusal,
    xarf::{self, Contact, Envelope},
};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use store::Conn;

/// Letters of a word that names a customer; shorter ones are in every text.
const SECRET_CHARS_MIN: usize = 4;

/// What would leave, before it does.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What it is about, for people: class and source, or the number of the case.
    pub title: String,
    /// Exactly what leaves: one JSON object, or one a line.
    pub body: String,
    /// SHA-256 of it, lower-case hex: what was seen is what is given.
    pub sha256: String,
    /// How many events it holds.
    pub events: i64,
    /// What a person should know about it.
    pub remarks: Vec<String>,
    /// Whether the original reporter is named in it.
    pub named: bool,
    /// Names of the webhooks in the settings.
    pub targets: Vec<String>,
    /// What was passed on before.
    pub before: Vec<Passing>,
}

/// How it is to leave.
#[derive(Debug, Clone)]
pub struct Order {
    /// Given by the form.
    pub id: PassingId,
    /// The way.
    pub way: Way,
    /// Name of the webhook, or the mail address.
    pub target: String,
    /// A few words in the mail.
    pub note: String,
    /// Whether the original reporter is named.
    pub named: bool,
    /// What was seen: [`Draft::sha256`].
    pub sha256: String,
}

/// What left, or is on its way.
pub type Leaving = Passing;

impl Desk {
    /// What would leave; nothing is written.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] when nothing of it may leave; [`Refusal::NotFound`].
    pub async fn passing_draft(&self, actor: &Actor, subject: Subject, named: bool) -> Result<Draft, DeskError> {
        self.require(actor, Permission::WorkCases)?;
        let mut conn = self.store.read().await?;
        let (title, events, more) = match subject {
            Subject::Event(id) => {
                let event = conn.event_by_id(id).await?.ok_or(Refusal::NotFound)?;
                let title = format!("{} · {}", event.observation.class.title(), event.observation.source.value);
                (title, vec![event], false)
            }
            Subject::Case(id) => {
                let case = conn.case_by_id(id).await?.ok_or(Refusal::NotFound)?;
                let (events, more) = events_of(&mut conn, subject).await?;
                (case.number, events, more)
            }
        };
        let (lines, mut remarks) =
            self.written(&mut conn, &events, named, matches!(subject, Subject::Event(_))).await?;
        if more {
            remarks.push(format!("The case has more events: the newest {PASSED_EVENTS_MAX} leave."));
        }
        let body = lines.join("\n") + "\n";
        Ok(Draft {
            title,
            sha256: hex::encode(Sha256::digest(body.as_bytes())),
            events: i64::try_from(lines.len()).unwrap_or(i64::MAX),
            body,
            remarks,
            named,
            targets: self.config.names("passon"),
            before: conn.passings_of(subject).await?,
        })
    }

    async fn written(
        &self,
        conn: &mut Conn,
        events: &[Event],
        named: bool,
        single: bool,
    ) -> Result<(Vec<String>, Vec<String>), DeskError> {
        let mail = self.config.text("mail.from");
        let us = Contact {
            org: self.config.text("desk.name").to_owned(),
            contact: mail.to_owned(),
            domain: self.config.mail_domain().to_owned(),
        };
        let secrets = secrets(conn, events).await?;
        let (mut lines, mut remarks, mut refused) = (Vec::new(), Vec::new(), None);
        for event in events {
            let reporter = if named { reporter_of(conn, event).await? } else { None };
            let envelope = Envelope { us: us.clone(), reporter, secrets: secrets.clone() };
            match xarf::write(event, &envelope) {
                Ok(written) => {
                    let report = serde_json::Value::Object(written.report);
                    lines.push(if single { format!("{report:#}") } else { report.to_string() });
                    for remark in
                        written.remarks.into_iter().filter(|remark| !remarks.contains(remark)).collect::<Vec<_>>()
                    {
                        remarks.push(remark);
                    }
                    if named && envelope.reporter.is_none() {
                        let remark = format!("{:?} cannot be named: it is no domain.", event.reporter);
                        if !remarks.contains(&remark) {
                            remarks.push(remark);
                        }
                    }
                }
                Err(refusal) => refused = Some(refusal),
            }
        }
        match refused {
            Some(refusal) if lines.is_empty() => return Err(refusal.into()),
            Some(_) => {
                let out = events.len() - lines.len();
                remarks.push(format!("{out} of its events name a customer's account and stay here."));
            }
            None if lines.is_empty() => return Err(Refusal::invalid("event", "the case has no event").into()),
            None => {}
        }
        Ok((lines, remarks))
    }

    /// The case with this number.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; any store error.
    pub async fn case_named(&self, actor: &Actor, number: &str) -> Result<CaseId, DeskError> {
        self.require(actor, Permission::WorkCases)?;
        let found = self.store.read().await?.case_by_number(number).await?;
        Ok(found.ok_or(Refusal::NotFound)?.id)
    }

    /// Passes it on: at once as a download, else owed to the worker. The same id passes on once.
    ///
    /// # Errors
    /// [`Refusal::Stale`] when it would not leave as it was seen; [`Refusal::Invalid`] for the target.
    pub async fn pass_on(&self, actor: &Actor, subject: Subject, order: Order) -> Result<Leaving, DeskError> {
        self.require(actor, Permission::WorkCases)?;
        let target = order.target.trim().to_owned();
        match order.way {
            Way::Download => {}
            Way::Mail => check_address(&target)?,
            Way::Webhook if self.config.names("passon").contains(&target) => {}
            Way::Webhook => return Err(Refusal::invalid("target", "is not one of the settings (passon)").into()),
        }
        if !order.note.trim().is_empty() {
            domain::case_text("note", &order.note)?;
        }
        let draft = self.passing_draft(actor, subject, order.named).await?;
        let mut tx = self.store.write().await?;
        if let Some(known) = tx.passing_by_id(order.id).await? {
            return Ok(known);
        }
        if draft.sha256 != order.sha256 {
            return Err(Refusal::Stale.into());
        }
        let now = tx.now();
        let given = order.way == Way::Download;
        let passing = Passing {
            id: order.id,
            way: order.way,
            target: if given { String::new() } else { target },
            subject,
            events: draft.events,
            body: draft.body,
            note: order.note.trim().to_owned(),
            made_by: actor.ledger_text(),
            made_at: now,
            state: if given { NoticeState::Sent } else { NoticeState::Queued },
            attempts: 0,
            answer: String::new(),
            next_at: now,
            sent_at: given.then_some(now),
        };
        tx.passing_add(&passing).await?;
        if !given {
            tx.job_owe(PASSING_JOB, passing.id.0, now, now).await?;
        }
        let entry = NewEntry::new(actor, Act::EvidencePassed, "passing", passing.id)
            .fact("way", passing.way.as_str())
            .fact("target", passing.target.as_str())
            .fact("events", passing.events)
            .fact("reporter_named", order.named)
            .fact("body_sha256", draft.sha256);
        let entry = match subject {
            Subject::Event(event) => entry.fact("event", event.to_string()),
            Subject::Case(_) => entry,
        };
        let entry = match case_of(&mut tx, subject).await? {
            Some(case) => entry.case(case),
            None => entry,
        };
        tx.commit(entry.why(&passing.note)).await?;
        self.wake.passing.notify_one();
        Ok(passing)
    }

    /// Tries one that failed again.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] when it did not fail.
    pub async fn retry_passing(&self, actor: &Actor, id: PassingId) -> Result<Leaving, DeskError> {
        self.require(actor, Permission::WorkCases)?;
        let mut tx = self.store.write().await?;
        let now = tx.now();
        let mut passing = tx.passing_by_id(id).await?.ok_or(Refusal::NotFound)?;
        let from = passing.state;
        passing.state = notice::step(from, NoticeCommand::Retry)?;
        (passing.attempts, passing.next_at) = (0, now);
        tx.passing_save(&passing, from).await?;
        tx.job_owe(PASSING_JOB, id.0, now, now).await?;
        let entry = NewEntry::new(actor, Act::EvidencePassed, "passing", id)
            .change(from.as_str(), passing.state.as_str())
            .fact("way", passing.way.as_str())
            .fact("target", passing.target.as_str());
        let entry = match case_of(&mut tx, passing.subject).await? {
            Some(case) => entry.case(case),
            None => entry,
        };
        tx.commit(entry).await?;
        self.wake.passing.notify_one();
        Ok(passing)
    }
}

/// The case in whose timeline it stands.
pub(super) async fn case_of(conn: &mut Conn, subject: Subject) -> Result<Option<CaseId>, DeskError> {
    Ok(match subject {
        Subject::Case(case) => Some(case),
        Subject::Event(event) => conn.event_by_id(event).await?.and_then(|event| event.case),
    })
}

/// The newest counted events of a case, and whether there are more.
async fn events_of(conn: &mut Conn, subject: Subject) -> Result<(Vec<Event>, bool), DeskError> {
    let Subject::Case(case) = subject else { return Ok((Vec::new(), false)) };
    let most = usize::try_from(PASSED_EVENTS_MAX).unwrap_or(usize::MAX);
    let (mut events, mut page) = (Vec::new(), 1);
    loop {
        let rows = conn.events_of_case(case, PageOf::new(page)).await?;
        events.extend(rows.rows);
        if !rows.more || events.len() >= most {
            let more = rows.more || events.len() > most;
            events.truncate(most);
            return Ok((events, more));
        }
        page += 1;
    }
}

/// Everything that names the customers whom these events may be about.
async fn secrets(conn: &mut Conn, events: &[Event]) -> Result<Vec<String>, DeskError> {
    let mut customers: BTreeSet<CustomerId> = BTreeSet::new();
    for event in events {
        match event.customer {
            Some(customer) => drop(customers.insert(customer)),
            None => {
                let newest = conn.attributions_of(event.id).await?.into_iter().next();
                customers.extend(newest.into_iter().flat_map(|made| made.answer.candidates).map(|one| one.customer));
            }
        }
    }
    let mut secrets = BTreeSet::new();
    for id in customers {
        let Some(customer) = conn.customer_by_id(id).await? else { continue };
        secrets.extend(customer.name.split(|letter: char| !letter.is_alphanumeric()).map(str::to_owned));
        secrets.extend([customer.name, customer.number, customer.email, customer.phone]);
        for service in conn.services_of(id).await? {
            secrets.extend([service.number, service.username, service.circuit_id, service.mac]);
        }
    }
    Ok(secrets.into_iter().filter(|secret| secret.chars().count() >= SECRET_CHARS_MIN).collect())
}

async fn reporter_of(conn: &mut Conn, event: &Event) -> Result<Option<Contact>, DeskError> {
    let sender = conn.report_by_id(event.report).await?.and_then(|report| report.sender);
    Ok(Contact::of_reporter(&event.reporter, sender.as_deref()))
}
