//! Triage of the parked: the screen, accepting what a person reads in a report, and asking the reporter.
use super::{
    Desk, DeskError,
    attribute::Attributor,
    attribute_part::Answers,
    batch::{Answered, Batch, Finish},
    evidence::name_all,
    letter::NewLetter,
};
use crate::secret;
use domain::{
    act::Act,
    actor::{Actor, Permission},
    event::{Observation, TimeGrade},
    id::{LetterId, QuestionId, ReportId},
    ledger::NewEntry,
    letter::LetterKind,
    question::{Lacking, QUESTION_LIFE, Question, lacking_text},
    refusal::Refusal,
    report::{Report, ReportState},
    triage::{EventFields, Guess, Guesses, Triage, Words},
};
use intake::{Hint, Hinted, Moment, Suggestion, Typed};
use ipnet::IpNet;

/// Guesses of one kind that are shown.
const GUESSES_SHOWN: usize = 6;

/// What the reporter is to be asked, as typed.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Made with the page, so that a double click asks once.
    pub id: QuestionId,
    /// To whom.
    pub recipient: String,
    /// What is missing.
    pub lacking: Vec<Lacking>,
    /// A sentence of the analyst's own.
    pub text: String,
}

impl Desk {
    /// The triage screen of a report that waits for a person.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; any store error.
    pub async fn triage(&self, actor: &Actor, id: ReportId) -> Result<Triage, DeskError> {
        let (report, bytes) = self.report_with_bytes(actor, id).await?;
        let mut conn = self.store.read().await?;
        let own: Vec<IpNet> = conn.range_list().await?.into_iter().map(|range| range.net).collect();
        let (words, suggestion) = looked_at(&report, bytes, own).await?;
        let guesses = guesses(&suggestion);
        let first = EventFields { class: "other/unclassified".to_owned(), ..guesses.filled() };
        let whose = match Typed(&first).observation(report.received_at) {
            Err(_) => None,
            Ok(seen) => {
                let attributor = Attributor::load(&mut conn, &self.resolvers).await?;
                let mut answers = attributor.answers(&mut conn, &[seen], report.received_at).await?;
                match answers.pop() {
                    Some(answer) => {
                        let named = name_all(&mut conn, &answer.candidates).await?;
                        Some((answer, named))
                    }
                    None => None,
                }
            }
        };
        Ok(Triage {
            recipient: whom_to_ask(&words),
            questions: conn.questions_of_report(id).await?,
            letters: conn.letters_of_report(id).await?,
            next: conn.report_next_parked(report.received_at, id).await?,
            left: conn.report_count(ReportState::Parked).await?,
            provenance: conn.provenance(id).await?,
            envelope: conn.report_envelope(id).await?,
            markable: super::sender::markable(&mut conn, &report).await?,
            report,
            words,
            guesses,
            whose,
        })
    }

    /// The parked report after this one in the queue; none when no other is parked.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; any store error.
    pub async fn next_parked(&self, actor: &Actor, after: ReportId) -> Result<Option<ReportId>, DeskError> {
        let report = self.report(actor, after).await?;
        Ok(self.store.read().await?.report_next_parked(report.received_at, after).await?)
    }

    /// The first parked report of the queue.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`]; any store error.
    pub async fn first_parked(&self, actor: &Actor) -> Result<Option<ReportId>, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        let now = self.clock.now();
        Ok(self.store.read().await?.report_next_parked(now, ReportId::new()).await?)
    }

    /// A person read the report and says what it says: an event as if a parser had found it. With `more` the report
    /// stays where it is, for the next event in it.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] naming the field; [`Refusal::Stale`] when somebody else was faster.
    pub async fn accept_report(
        &self,
        actor: &Actor,
        id: ReportId,
        fields: &EventFields,
        more: bool,
    ) -> Result<Observation, DeskError> {
        self.require(actor, Permission::WorkCases)?;
        let report = self.store.read().await?.report_by_id(id).await?.ok_or(Refusal::NotFound)?;
        if !matches!(report.state, ReportState::Parked | ReportState::Asked) {
            return Err(Refusal::Stale.into());
        }
        let mut seen = Typed(fields).observation(report.received_at)?;
        seen.faults.push(format!("read by a person: {}", Actor::label(&actor.ledger_text())));
        let from = report.state;
        let state = if more { from } else { ReportState::Done };
        let entry = NewEntry::new(actor, Act::ReportAccepted, "report", id);
        let report = Report { state, events: report.events + 1, ..report };
        self.store_typed(&report, from, seen.clone(), entry, None).await?;
        Ok(seen)
    }

    /// Stores one typed event of a report with the record's entry about it, and the answer that gave it.
    pub(super) async fn store_typed(
        &self,
        report: &Report,
        from: ReportState,
        seen: Observation,
        entry: NewEntry,
        answered: Option<Answered<'_>>,
    ) -> Result<(), DeskError> {
        let last = self.store.read().await?.event_last_position(report.id).await?;
        let position = usize::try_from(last + 1).unwrap_or(0);
        let seen = vec![seen];
        let Answers { given, news } = self.answers(&seen, report.received_at).await?;
        let entry = entry
            .change(from.as_str(), report.state.as_str())
            .fact("source", seen.first().map(|seen| seen.source.value.clone()).unwrap_or_default())
            .fact("class", seen.first().map_or("", |seen| seen.class.as_str()));
        let batch = Batch::new(report, position, seen, given);
        self.store_batch(&batch, news, Some(&Finish { report, from, entry, reading: None, answered })).await
    }

    /// Asks the reporter for what is missing, by a letter with a link to a form. The report waits for his answer.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] naming the field; [`Refusal::Stale`] when the report does not wait for a person any more.
    pub async fn ask_reporter(&self, actor: &Actor, report: ReportId, ask: &Ask) -> Result<(), DeskError> {
        self.require(actor, Permission::WorkCases)?;
        if ask.lacking.is_empty() {
            return Err(Refusal::invalid("lacking", "tick at least one thing that is missing").into());
        }
        if !ask.text.trim().is_empty() {
            domain::case_text("text", &ask.text)?;
        }
        let (found, bytes) = self.report_with_bytes(actor, report).await?;
        let parsed = super::intake::parse(&found, bytes).await?.parsed;
        let mut tx = self.store.write().await?;
        let now = tx.now();
        if tx.questions_of_report(report).await?.iter().any(|known| known.id == ask.id) {
            return Ok(());
        }
        let secret = secret::fresh()?;
        let question = Question {
            id: ask.id,
            report,
            event: None,
            recipient: ask.recipient.trim().to_owned(),
            lacking: ask.lacking.clone(),
            asked_by: actor.ledger_text(),
            asked_at: now,
            expires_at: now + QUESTION_LIFE,
            answered_at: None,
            answer: String::new(),
        };
        tx.question_add(&question, &secret::hash(&secret)).await?;
        let subject = found.subject.clone().filter(|subject| !subject.trim().is_empty());
        let letter = NewLetter {
            id: LetterId(ask.id.0),
            kind: LetterKind::Question,
            report,
            recipient: &question.recipient,
            subject: &format!("Re: {}", subject.as_deref().unwrap_or("your report")),
            body: self.question_text(&question, "", &ask.text, &format!("{}{secret}", self.form_base())),
            in_reply_to: parsed.message_id.as_deref(),
        };
        let queued = self.owe_letter(&mut tx, actor, letter).await?;
        if found.state != ReportState::Asked {
            tx.report_set_state(report, ReportState::Parked, ReportState::Asked).await?;
        }
        let entry = NewEntry::new(actor, Act::ReportAsked, "report", report)
            .change(found.state.as_str(), ReportState::Asked.as_str())
            .fact("lacking", lacking_text(&question.lacking))
            .fact("question", question.id.to_string());
        tx.commit(store::Entries::from(entry).and(queued)).await?;
        self.wake.mail.notify_one();
        Ok(())
    }

    /// Parks reports again whose reporter did not answer in time; how many there were.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn questions_tick(&self) -> Result<usize, DeskError> {
        let now = self.clock.now();
        let silent = self.store.read().await?.questions_expired(now, 100).await?;
        for id in &silent {
            let mut tx = self.store.write().await?;
            tx.report_set_state(*id, ReportState::Asked, ReportState::Parked).await?;
            let entry = NewEntry::new(&Actor::system("timer"), Act::ReportParked, "report", *id);
            tx.commit(entry.change("asked", "parked").why("the reporter did not answer in time")).await?;
        }
        Ok(silent.len())
    }

    pub(super) fn question_text(&self, question: &Question, about: &str, own: &str, url: &str) -> String {
        let list: Vec<String> = question.lacking.iter().map(|part| format!("  * {}", part.sentence())).collect();
        let about = if about.is_empty() { String::new() } else { format!("{about}\n\n") };
        let own = own.trim();
        let own = if own.is_empty() { String::new() } else { format!("{own}\n\n") };
        format!(
            "Hello,\n\nthank you for your report. {about}To find out who is responsible we still need:\n\n{}\n\n{own}\
             Please complete it here; what you sent is already filled in:\n\n  {url}\n\n\
             The page works until {}. You can also answer this mail.\n\n{}\n",
            list.join("\n"),
            question.expires_at.format("%-d %B %Y"),
            self.config.text("desk.name"),
        )
    }

    /// Where the forms for reporters begin.
    pub(super) fn form_base(&self) -> String {
        format!("{}/r/", self.public_url())
    }
}

/// The report's words and what could be guessed from them; looked for beside the web server's threads.
async fn looked_at(report: &Report, bytes: Vec<u8>, own: Vec<IpNet>) -> Result<(Words, Suggestion), DeskError> {
    let (content_type, file_name, received_at) =
        (report.content_type.clone(), report.file_name.clone(), report.received_at);
    let looked = tokio::task::spawn_blocking(move || {
        let hint = Hint {
            content_type: Some(content_type.as_str()).filter(|text| !text.is_empty()),
            file_name: Some(file_name.as_str()).filter(|text| !text.is_empty()),
        };
        (intake::readable(&bytes, hint), intake::suggest(&bytes, hint, received_at, &own))
    });
    let (shown, suggestion) =
        looked.await.map_err(|error| DeskError::Broken(format!("the reader stopped: {error}")))?;
    let words = Words { headers: shown.headers, text: shown.text, cut: shown.cut, attachments: shown.attachments };
    Ok((words, suggestion))
}

fn guesses(suggestion: &Suggestion) -> Guesses {
    fn guess<T>(hinted: &Hinted<T>, value: String) -> Guess {
        Guess { value, reason: hinted.reason.clone(), excerpt: hinted.excerpt.clone() }
    }
    let sources = suggestion.sources.iter().take(GUESSES_SHOWN);
    let times = suggestion.times.iter().take(GUESSES_SHOWN);
    let classes = suggestion.classes.iter().take(GUESSES_SHOWN);
    let port = suggestion.sources.first().and_then(|first| first.value.port);
    Guesses {
        sources: sources.map(|hinted| guess(hinted, hinted.value.value.clone())).collect(),
        port: port.map(|port| port.to_string()).unwrap_or_default(),
        times: times.map(|hinted| guess(hinted, as_typed(hinted.value))).collect(),
        classes: classes.map(|hinted| (hinted.value, hinted.reason.clone())).collect(),
    }
}

/// A time as it would be typed. One that is only assumed bears no zone, so that accepting it states nothing.
fn as_typed(moment: Moment) -> String {
    match moment.grade {
        TimeGrade::Assumed | TimeGrade::None => moment.at.format("%Y-%m-%d %H:%M:%S").to_string(),
        _ => moment.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
    }
}

/// The address in Reply-To, else in From; nobody answers at a machine's address.
fn whom_to_ask(words: &Words) -> String {
    whom_of(&words.headers)
}

/// The same from the headers alone.
pub(super) fn whom_of(headers: &[(String, String)]) -> String {
    let header = |name: &str| headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let text = header("Reply-To").or_else(|| header("From")).unwrap_or_default();
    let address = text.rsplit_once('<').map_or(text, |(_, rest)| rest.split('>').next().unwrap_or_default()).trim();
    let local = address.split('@').next().unwrap_or_default().to_lowercase();
    let deaf = ["noreply", "no-reply", "donotreply", "do-not-reply", "mailer-daemon", "postmaster", "bounce"];
    if address.contains('@') && !deaf.iter().any(|name| local.contains(name)) {
        address.to_owned()
    } else {
        String::new()
    }
}
