//! The reporter's side: completing his report by the form behind a link, and complaining by the public form.
use super::{Desk, DeskError, batch::Answered, event_question::waits, letter::NewLetter, report::Received};
use crate::{desk::Arrival, secret};
use chrono::TimeDelta;
use domain::{
    act::Act,
    actor::Actor,
    class::Class,
    complaint::Complaint,
    evidence::Event,
    id::LetterId,
    ledger::NewEntry,
    letter::LetterKind,
    question::{Question, check_recipient},
    refusal::Refusal,
    report::{Channel, Report, ReportState},
    triage::EventFields,
};
use intake::Typed;
use serde_json::json;
use store::Tx;

/// Complaints that one address may send by the form within an hour.
const COMPLAINTS_PER_HOUR: i64 = 10;
/// Receipts that one mail address gets within a day: nobody is flooded with our mail.
const RECEIPTS_PER_DAY: i64 = 3;

/// Where a form's link leads.
#[derive(Debug, Clone)]
pub enum Form {
    /// To the open form of a report.
    Open(Box<OpenForm>),
    /// It was answered, or nobody waits for the answer any more.
    Over,
    /// It never existed.
    Unknown,
}

/// The form a reporter completes.
#[derive(Debug, Clone)]
pub struct OpenForm {
    /// What he was asked.
    pub question: Question,
    /// His report.
    pub report: Report,
    /// What his report already says, as far as we understood it.
    pub fields: EventFields,
    /// The one event he was asked about; none: the whole report.
    pub event: Option<Event>,
}

/// What a reporter was asked, and about what.
#[derive(Debug, Clone)]
pub struct AskedOf {
    /// The question.
    pub question: Question,
    /// His report.
    pub report: Report,
    /// The one event of it; none: the whole report.
    pub event: Option<Event>,
}

/// What came of an answer.
#[derive(Debug, Clone)]
pub enum Replying {
    /// Written down; his report has its event.
    Taken,
    /// A field was refused: its name, and why.
    Fault(Box<AskedOf>, (String, String)),
    /// It was answered before, or nobody waits for the answer any more.
    Over,
    /// The link never existed.
    Unknown,
}

/// The question behind a link.
enum Behind {
    Open(Box<AskedOf>),
    Over,
    Unknown,
}

/// What came of a complaint.
#[derive(Debug, Clone)]
pub enum Complained {
    /// Taken in; the reporter's number of it.
    Taken(Received),
    /// Too many from there.
    TooMany,
}

impl Desk {
    /// The form behind a link. Changes nothing.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn reporter_form(&self, secret: &str) -> Result<Form, DeskError> {
        let AskedOf { question, report, event } = match self.question_behind(secret).await? {
            Behind::Open(open) => *open,
            Behind::Over => return Ok(Form::Over),
            Behind::Unknown => return Ok(Form::Unknown),
        };
        let fields = match &event {
            Some(_) => EventFields::default(),
            None => self.triage(&Actor::system("form"), report.id).await?.guesses.filled(),
        };
        Ok(Form::Open(Box::new(OpenForm { question, report, fields, event })))
    }

    async fn question_behind(&self, secret: &str) -> Result<Behind, DeskError> {
        let mut conn = self.store.read().await?;
        let Some(question) = conn.question_by_hash(&secret::hash(secret)).await? else { return Ok(Behind::Unknown) };
        let report = conn.report_by_id(question.report).await?.ok_or(Refusal::NotFound)?;
        let event = match question.event {
            Some(id) => conn.event_by_id(id).await?,
            None => None,
        };
        let waits = match &event {
            Some(event) => waits(event),
            None => report.state == ReportState::Asked,
        };
        let open = question.open(self.clock.now()) && waits;
        Ok(if open { Behind::Open(Box::new(AskedOf { question, report, event })) } else { Behind::Over })
    }

    /// Takes the reporter's answer: his fields become an event of the same report, in the transaction that ends the
    /// question.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn reporter_answers(
        &self,
        secret: &str,
        fields: &EventFields,
        words: &str,
    ) -> Result<Replying, DeskError> {
        let open = match self.question_behind(secret).await? {
            Behind::Open(open) => open,
            Behind::Over => return Ok(Replying::Over),
            Behind::Unknown => return Ok(Replying::Unknown),
        };
        let done = match &open.event {
            Some(event) => self.complete_event(&open.question, &open.report, event, fields, words.trim()).await,
            None => self.complete(&open.question, &open.report, fields, words.trim()).await,
        };
        match done {
            Ok(()) => Ok(Replying::Taken),
            Err(DeskError::Refused(Refusal::Invalid { field, problem })) => {
                Ok(Replying::Fault(open, (field.to_owned(), problem)))
            }
            Err(DeskError::Refused(Refusal::Stale)) => Ok(Replying::Over),
            Err(error) => Err(error),
        }
    }

    async fn complete(
        &self,
        question: &Question,
        report: &Report,
        fields: &EventFields,
        words: &str,
    ) -> Result<(), DeskError> {
        if !words.is_empty() {
            domain::case_text("text", words)?;
        }
        let mut seen = Typed(fields).observation(report.received_at)?;
        seen.faults.push("completed by the reporter".to_owned());
        if !words.is_empty() {
            seen.details.insert("reporter_says".into(), words.into());
        }
        let actor = Actor::system("reporter's form");
        let said = NewEntry::new(&actor, Act::ReportAnswered, "report", report.id)
            .fact("question", question.id.to_string())
            .fact("source", fields.source.trim())
            .fact("seen", fields.seen.trim())
            .fact("port", fields.port.trim())
            .fact("class", fields.class.trim());
        let answered = Answered { question: question.id, words, entry: said.why(words) };
        let done = Report { state: ReportState::Done, events: report.events + 1, ..report.clone() };
        let entry = NewEntry::new(&actor, Act::ReportParsed, "report", done.id);
        self.store_typed(&done, report.state, seen, entry, Some(answered)).await
    }

    /// Takes a complaint from the public form: a report like any other, in the form of XARF v4, and a receipt by mail
    /// (article 16(4)).
    ///
    /// # Errors
    /// [`Refusal::Invalid`] naming the field; any store error.
    pub async fn complain(&self, complaint: &Complaint, client: &str) -> Result<Complained, DeskError> {
        let now = self.clock.now();
        let seen = checked(complaint, now)?;
        let key = format!("form:{client}");
        let since = now - TimeDelta::hours(1);
        if self.store.read().await?.sign_in_failures(&key, since).await? >= COMPLAINTS_PER_HOUR {
            return Ok(Complained::TooMany);
        }
        let bytes = written(complaint, &seen);
        let arrival = Arrival {
            channel: Channel::Form,
            bytes: bytes.as_bytes(),
            content_type: "application/json",
            file_name: "complaint.json",
            read_by_caller: false,
        };
        let mut tx = self.store.write().await?;
        tx.sign_in_failed(&key, now, since).await?;
        // The report and its receipt are one transaction: nobody who got no receipt was taken in.
        let (received, entry) = self.keep_report(&mut tx, &Actor::system("form"), arrival).await?;
        let new = received.duplicate_of.is_none();
        let receipt = if new { self.owe_receipt(&mut tx, &received, complaint.email.trim()).await? } else { None };
        tx.commit(store::Entries::from(entry).and_all(receipt)).await?;
        if new {
            self.wake.intake.notify_one();
            self.wake.mail.notify_one();
        }
        Ok(Complained::Taken(received))
    }

    /// The receipt for a complaint; none for whoever gave no address, or had several within a day.
    async fn owe_receipt(&self, tx: &mut Tx, received: &Received, email: &str) -> Result<Option<NewEntry>, DeskError> {
        let day = tx.now() - TimeDelta::days(1);
        if email.is_empty() || tx.letters_since(email, LetterKind::Receipt, day).await? >= RECEIPTS_PER_DAY {
            return Ok(None);
        }
        let body = format!(
            "Hello,\n\nwe received your report. Its number is {}.\n\nWe look into it and act where our terms or the law \
             ask for it. We do not tell reporters who our customers are.\n\n{}\n",
            received.id,
            self.config.text("desk.name"),
        );
        let letter = NewLetter {
            id: LetterId(received.id.0),
            kind: LetterKind::Receipt,
            report: received.id,
            recipient: email,
            subject: "Your report has arrived",
            body,
            in_reply_to: None,
        };
        Ok(Some(self.owe_letter(tx, &Actor::system("form"), letter).await?))
    }
}

/// Checks what the form must hold.
fn checked(complaint: &Complaint, now: chrono::DateTime<chrono::Utc>) -> Result<domain::event::Observation, Refusal> {
    let seen = Typed(&complaint.fields).observation(now)?;
    // Article 16(2)(c): whoever reports child sexual abuse need not say who he is.
    let anonymous = matches!(seen.class, Class::Csam | Class::Csem);
    if complaint.name.trim().is_empty() && !anonymous {
        return Err(Refusal::invalid("name", "is empty: who complains?"));
    }
    if complaint.name.chars().count() > 200 {
        return Err(Refusal::invalid("name", "may have at most 200 characters"));
    }
    if !(anonymous && complaint.email.trim().is_empty()) && check_recipient(complaint.email.trim()).is_err() {
        return Err(Refusal::invalid("email", "is not one mail address, such as abuse@example.net"));
    }
    domain::case_text("text", &complaint.text)?;
    if !complaint.good_faith {
        return Err(Refusal::invalid("good_faith", "tick it: we act only on reports made in good faith"));
    }
    Ok(seen)
}

/// The complaint as XARF v4: what its bytes say is what the typed fields said.
fn written(complaint: &Complaint, seen: &domain::event::Observation) -> String {
    let email = complaint.email.trim();
    let domain = email.rsplit_once('@').map_or("public-form.invalid", |(_, domain)| domain);
    let who = json!({
        "org": if complaint.name.trim().is_empty() { "anonymous" } else { complaint.name.trim() },
        "contact": if email.is_empty() { "anonymous@public-form.invalid" } else { email },
        "domain": domain,
    });
    let (category, kind) = seen.class.as_str().split_once('/').unwrap_or(("other", "unclassified"));
    let mut report = json!({
        "xarf_version": "4.2.0",
        "report_id": complaint.id,
        "timestamp": seen.from.map(|at| at.to_rfc3339()),
        "reporter": who,
        "sender": who,
        "source_identifier": seen.source.value,
        "category": category,
        "type": kind,
        "evidence_source": "manual_analysis",
        "description": complaint.text.trim(),
        "_internal": { "form": true },
    });
    if let (Some(port), Some(fields)) = (seen.source.port, report.as_object_mut()) {
        fields.insert("source_port".to_owned(), port.into());
    }
    report.to_string()
}
