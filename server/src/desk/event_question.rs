//! Ambiguous: the reporter is asked for exactly the missing port or time of one event, and his answer settles it.
use super::{
    Desk, DeskError,
    attribute::{Attributor, moment},
    evidence::{join_open_case, newest},
    letter::NewLetter,
    resolver::hang,
    triage::whom_of,
};
use crate::secret;
use domain::{
    act::Act,
    actor::{Actor, Permission},
    attribution::Certainty,
    event::{Observation, TimeGrade},
    evidence::{Asking, Attribution, Event, EventState},
    id::{AttributionId, EventId, LetterId, QuestionId},
    ledger::NewEntry,
    letter::LetterKind,
    question::{Lacking, QUESTION_LIFE, Question, lacking_text, missing},
    refusal::Refusal,
    report::Report,
    triage::EventFields,
};
use intake::Typed;

/// The question about one event, as typed. What is asked for is not typed: it is what is missing.
#[derive(Debug, Clone)]
pub struct AskEvent {
    /// Made with the page, so that a double click asks once.
    pub id: QuestionId,
    /// To whom.
    pub recipient: String,
    /// A sentence of the analyst's own.
    pub text: String,
}

/// Whether an event still waits for its holder.
pub(super) fn waits(event: &Event) -> bool {
    event.state == EventState::Pending && event.certainty != Certainty::Certain
}

/// The observation in one line, as its reporter knows it.
pub fn about_event(event: &Event) -> String {
    let source = &event.observation.source;
    let port = source.port.map(|port| format!(", port {port}")).unwrap_or_default();
    let at = event.at.format("%Y-%m-%d %H:%M:%S UTC");
    let at = match event.observation.time_grade {
        TimeGrade::Assumed | TimeGrade::None => "at a time that it does not state exactly".to_owned(),
        _ => format!("at {at}"),
    };
    format!("It names {}{port}, {at} ({}).", source.value, event.observation.class.title().to_lowercase())
}

impl Desk {
    /// What the reporter of an event could add, whom to ask, and what he was asked.
    pub(super) async fn asking(&self, event: &Event, report: &Report) -> Result<Asking, DeskError> {
        let mut conn = self.store.read().await?;
        let questions = conn.questions_of_event(event.id).await?;
        if !waits(event) {
            return Ok(Asking { questions, ..Asking::default() });
        }
        let lacking = missing(&event.observation, &newest(&mut conn, event.id).await?);
        if lacking.is_empty() {
            return Ok(Asking { questions, ..Asking::default() });
        }
        let told = conn.reporter_by_name(&event.reporter).await?.map(|known| known.settings.feedback_to);
        drop(conn);
        let (found, bytes) = self.report_with_bytes(&Actor::system("form"), report.id).await?;
        let read = tokio::task::spawn_blocking(move || {
            let hint = intake::Hint {
                content_type: Some(found.content_type.as_str()).filter(|text| !text.is_empty()),
                file_name: Some(found.file_name.as_str()).filter(|text| !text.is_empty()),
            };
            whom_of(&intake::readable(&bytes, hint).headers)
        });
        let recipient = read.await.map_err(|error| DeskError::Broken(format!("the reader stopped: {error}")))?;
        let known = told.filter(|to| recipient.is_empty() && to.contains('@'));
        Ok(Asking { lacking, recipient: known.unwrap_or(recipient), questions })
    }

    /// Asks the reporter of one event for exactly what is missing, by a letter with a link to a form. The event waits as
    /// it is.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] naming the field, when he was asked already, or when no word of his would settle it.
    pub async fn ask_about_event(&self, actor: &Actor, id: EventId, ask: &AskEvent) -> Result<(), DeskError> {
        self.require(actor, Permission::WorkCases)?;
        if !ask.text.trim().is_empty() {
            domain::case_text("text", &ask.text)?;
        }
        let event = self.store.read().await?.event_by_id(id).await?.ok_or(Refusal::NotFound)?;
        let (report, bytes) = self.report_with_bytes(actor, event.report).await?;
        let parsed = super::intake::parse(&report, bytes).await?.parsed;
        let mut tx = self.store.write().await?;
        let now = tx.now();
        let asked = tx.questions_of_event(id).await?;
        if asked.iter().any(|known| known.id == ask.id) {
            return Ok(());
        }
        if asked.iter().any(|known| known.open(now)) {
            return Err(Refusal::invalid("recipient", "was asked already, and has time to answer").into());
        }
        let event = tx.event_by_id(id).await?.filter(waits).ok_or(Refusal::Stale)?;
        let lacking = missing(&event.observation, &newest(&mut tx, id).await?);
        if lacking.is_empty() {
            return Err(
                Refusal::invalid("recipient", "could not settle it: nothing that a reporter knows is missing").into()
            );
        }
        let secret = secret::fresh()?;
        let question = Question {
            id: ask.id,
            report: report.id,
            event: Some(id),
            recipient: ask.recipient.trim().to_owned(),
            lacking,
            asked_by: actor.ledger_text(),
            asked_at: now,
            expires_at: now + QUESTION_LIFE,
            answered_at: None,
            answer: String::new(),
        };
        if !tx.question_add(&question, &secret::hash(&secret)).await? {
            return Ok(());
        }
        let subject = report.subject.clone().filter(|subject| !subject.trim().is_empty());
        let url = format!("{}{secret}", self.form_base());
        let letter = NewLetter {
            id: LetterId(ask.id.0),
            kind: LetterKind::Question,
            report: report.id,
            recipient: &question.recipient,
            subject: &format!("Re: {}", subject.as_deref().unwrap_or("your report")),
            body: self.question_text(&question, &about_event(&event), &ask.text, &url),
            in_reply_to: parsed.message_id.as_deref(),
        };
        let queued = self.owe_letter(&mut tx, actor, letter).await?;
        let entry = NewEntry::new(actor, Act::EventAsked, "event", id)
            .fact("lacking", lacking_text(&question.lacking))
            .fact("question", question.id.to_string());
        tx.commit(store::Entries::from(entry).and(queued)).await?;
        self.wake.mail.notify_one();
        Ok(())
    }

    /// Takes the reporter's answer about one event: it is completed, looked up again, and laid to whom it is found to be,
    /// all in the transaction that ends the question.
    pub(super) async fn complete_event(
        &self,
        question: &Question,
        report: &Report,
        event: &Event,
        fields: &EventFields,
        words: &str,
    ) -> Result<(), DeskError> {
        if !words.is_empty() {
            domain::case_text("text", words)?;
        }
        let seen = completed(question, report, &event.observation, fields, words)?;
        let actor = Actor::system("reporter's form");
        let mut tx = self.store.write().await?;
        let now = tx.now();
        // What was decided about it meanwhile stands.
        let event = tx.event_by_id(event.id).await?.filter(waits).ok_or(Refusal::Stale)?;
        tx.question_answer(question.id, now, words).await?;
        let said = NewEntry::new(&actor, Act::EventAnswered, "event", event.id)
            .fact("question", question.id.to_string())
            .fact("port", seen.source.port)
            .fact("seen", seen.from.map(|at| at.to_rfc3339()))
            .why(words);
        if seen == event.observation {
            // Only words: a person reads them.
            tx.commit(said).await?;
            return Ok(());
        }
        // Held: leases that are told meanwhile would look for it at the time it said before.
        let attributor = Attributor::load_holding(&mut tx, &self.resolvers).await?;
        let found = attributor.answers(&mut tx, std::slice::from_ref(&seen), report.received_at).await?.pop();
        let found = found.ok_or_else(|| DeskError::Broken("a look-up without an answer".to_owned()))?;
        let (before, holder) = (event.certainty, found.holder().cloned());
        let at = moment(&seen, report.received_at).from;
        let mut event = Event { at, observation: seen, ..event };
        event.answer(&found);
        tx.event_complete(&event).await?;
        tx.event_unwait(event.id).await?;
        let hangs: Vec<_> = found.waits.iter().map(|wait| (event.id, wait.clone())).collect();
        hang(&mut tx, &hangs).await?;
        let said = said.change(before.as_str(), found.certainty.as_str());
        let made_by = actor.ledger_text();
        let made = Attribution { id: AttributionId::new(), event: event.id, made_at: now, made_by, answer: found };
        tx.attribution_add(&[made]).await?;
        let joined = match holder {
            Some(holder) => join_open_case(&mut tx, &actor, &event, holder.customer).await?,
            None => None,
        };
        tx.commit(store::Entries::from(said).and_all(joined)).await?;
        Ok(())
    }
}

/// The observation with what the reporter added; each addition is noted beside it, and no later reading takes it away.
fn completed(
    question: &Question,
    report: &Report,
    old: &Observation,
    fields: &EventFields,
    words: &str,
) -> Result<Observation, Refusal> {
    let asked = |part: Lacking, text: &str| question.lacking.contains(&part) && !text.trim().is_empty();
    let (port, time) = (asked(Lacking::Port, &fields.port), asked(Lacking::Time, &fields.seen));
    if !port && !time {
        if !words.is_empty() {
            return Ok(old.clone());
        }
        let field = if question.lacking.contains(&Lacking::Port) { "port" } else { "seen" };
        return Err(Refusal::invalid(field, "is empty: please fill it in, or write why you cannot"));
    }
    // Only its port and its time are taken from what he typed.
    let typed = EventFields {
        source: "event.example".to_owned(),
        port: if port { fields.port.clone() } else { String::new() },
        seen: if time { fields.seen.clone() } else { String::new() },
        class: old.class.as_str().to_owned(),
        ..EventFields::default()
    };
    let read = Typed(&typed).observation(report.received_at)?;
    let mut seen = old.clone();
    if port {
        seen.source.port = read.source.port;
        seen.faults.push(format!("completed by the reporter: source port {}", fields.port.trim()));
    }
    if time {
        if !matches!(read.time_grade, TimeGrade::Stated | TimeGrade::StatedUtc | TimeGrade::Range) {
            return Err(Refusal::invalid("seen", "needs its time zone, such as 2026-11-20 14:03:07 +0100"));
        }
        (seen.from, seen.to, seen.time_grade) = (read.from, read.to, read.time_grade);
        seen.faults.push(format!("completed by the reporter: time {}", fields.seen.trim()));
    }
    Ok(seen)
}
