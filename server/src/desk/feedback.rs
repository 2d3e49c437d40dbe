//! What reporters are told: that a report arrived, and the class of what came of it. By letter or webhook, only where it
//! was agreed, never twice, never to a machine (RFC 3834), and never a word about a customer.
use super::{
    Desk, DeskError,
    letter::{LetterDelivery, NewLetter},
};
use chrono::TimeDelta;
use domain::{
    act::Act,
    actor::Actor,
    id::{CaseId, LetterId, ReportId},
    ledger::NewEntry,
    letter::{Letter, LetterKind},
    limit::{JOB_LEASE, OUTCOME_WAIT},
    notice::NoticeState,
    report::{Report, ReportState},
    reporter::{Feedback, FeedbackBy, OutcomeClass, Provenance, Reporter, Told},
};
use sha2::{Digest, Sha256};
use store::{Chore, Job, Tx};

/// A report's reporter is to be told that it arrived.
pub const RECEIPT_JOB: &str = "receipt";
/// A report's reporter is to be told what came of it, if everything in it is over.
pub const OUTCOME_JOB: &str = "outcome";
/// A case was closed: the reports on it may be over.
pub const CLOSED_JOB: &str = "closed_case";
/// A letter that goes out as a signed POST.
pub const WEBHOOK_JOB: &str = "webhook";
/// Reports of one case that are looked at.
const REPORTS_MAX: i64 = 1_000;

/// What to do about one report.
enum Verdict {
    /// Tell him so.
    Tell(Box<Reporter>, Option<Provenance>, Told),
    /// It was agreed, but must not be done now: why.
    Withhold(String),
    /// Nothing was agreed, or nothing is over, or he was told.
    Nothing,
}

impl Desk {
    /// Notes what the end of a case means for its reporters, within the transaction that closes it.
    pub(super) async fn end_for_reporters(&self, tx: &mut Tx, case: CaseId) -> Result<(), DeskError> {
        if tx.reporter_case_closed(case).await? {
            // A case closed by mistake is soon taken up again; a mail is not.
            let now = tx.now();
            tx.job_owe(CLOSED_JOB, case.0, now + OUTCOME_WAIT, now).await?;
        }
        Ok(())
    }

    /// A report was set aside as a whole: its reporter may be told.
    pub(super) async fn end_of_report(&self, tx: &mut Tx, report: &Report) -> Result<(), DeskError> {
        let reporter = tx.reporter_by_name(super::reading::name_of(report)).await?;
        if reporter.is_some_and(|known| known.settings.feedback == Feedback::Outcome) {
            owe_outcome(tx, report.id).await?;
        }
        Ok(())
    }

    /// Does one thing that is owed to reporters; false when nothing is due.
    ///
    /// # Errors
    /// Only when the store fails; it is taken up again after the job's lease.
    pub async fn feedback_step(&self, worker: &str) -> Result<bool, DeskError> {
        let mut tx = self.store.write().await?;
        let now = tx.now();
        for kind in [CLOSED_JOB, RECEIPT_JOB, OUTCOME_JOB] {
            let Some(job) = tx.job_take(kind, worker, now, now + JOB_LEASE).await? else { continue };
            if kind != CLOSED_JOB {
                self.tell(tx, worker, &job).await?;
                return Ok(true);
            }
            for report in tx.reports_to_end(CaseId(job.noun), REPORTS_MAX).await? {
                tx.job_owe(OUTCOME_JOB, report.0, now, now).await?;
            }
            tx.job_settle(job.id, worker).await?;
            tx.commit_chore(Chore::JobLease).await?;
            return Ok(true);
        }
        Ok(false)
    }

    async fn tell(&self, mut tx: Tx, worker: &str, job: &Job) -> Result<(), DeskError> {
        let (report, kind) = (ReportId(job.noun), kind_of(&job.kind));
        let verdict = self.verdict(&mut tx, report, kind).await?;
        tx.job_settle(job.id, worker).await?;
        let actor = Actor::system("feedback");
        let entry = match verdict {
            Verdict::Nothing => return Ok(tx.commit_chore(Chore::JobLease).await?),
            Verdict::Withhold(why) => {
                let entry = NewEntry::new(&actor, Act::FeedbackWithheld, "report", report);
                entry.fact("kind", kind.as_str()).why(&why)
            }
            Verdict::Tell(reporter, provenance, told) => {
                let message_id = provenance.map(|shown| shown.message_id).unwrap_or_default();
                match reporter.settings.feedback_by {
                    FeedbackBy::Mail => self.owe_told(&mut tx, &actor, &reporter, told, &message_id).await?,
                    FeedbackBy::Webhook => self.owe_hook(&mut tx, &actor, &reporter, told, &message_id).await?,
                }
            }
        };
        tx.commit(entry).await?;
        self.wake.mail.notify_one();
        Ok(())
    }

    async fn verdict(&self, tx: &mut Tx, id: ReportId, kind: LetterKind) -> Result<Verdict, DeskError> {
        let Some(report) = tx.report_by_id(id).await? else { return Ok(Verdict::Nothing) };
        let Some(reporter) = tx.reporter_by_name(super::reading::name_of(&report)).await? else {
            return Ok(Verdict::Nothing);
        };
        let wanted = match kind {
            LetterKind::Outcome => reporter.settings.feedback == Feedback::Outcome,
            _ => reporter.settings.feedback != Feedback::None,
        };
        // Whoever used the public form has his receipt already.
        let known = tx.letters_of_report(id).await?;
        if !wanted || known.iter().any(|letter| letter.kind == kind) {
            return Ok(Verdict::Nothing);
        }
        let outcome = match kind {
            LetterKind::Outcome => match outcome(tx, &report).await? {
                Some(outcome) => Some(outcome),
                None => return Ok(Verdict::Nothing),
            },
            _ => None,
        };
        let provenance = tx.provenance(id).await?;
        let nobody = tx.report_envelope(id).await?.is_some_and(|envelope| envelope.sender.is_empty());
        let silent = provenance.as_ref().map(|shown| shown.silent.clone()).filter(|why| !why.is_empty());
        let silent = silent.or_else(|| nobody.then(|| "its envelope names nobody to return it to".to_owned()));
        if let Some(why) = self.forbidden(tx, &reporter, silent).await? {
            return Ok(Verdict::Withhold(why));
        }
        let told = Told { report: id, received_at: report.received_at, outcome };
        Ok(Verdict::Tell(Box::new(reporter), provenance, told))
    }

    /// Why he must not be told now.
    async fn forbidden(
        &self,
        tx: &mut Tx,
        reporter: &Reporter,
        silent: Option<String>,
    ) -> Result<Option<String>, DeskError> {
        let settings = &reporter.settings;
        let to = settings.feedback_to.as_str();
        if settings.feedback_by == FeedbackBy::Mail {
            // RFC 3834 section 2: a machine does not answer machines. A webhook is no mail.
            if silent.is_some() {
                return Ok(silent);
            }
            if to.eq_ignore_ascii_case(self.config.text("mail.from")) {
                return Ok(Some("the address is our own".to_owned()));
            }
        } else if self.config.text("webhook.signing_key").is_empty() {
            return Ok(Some("webhook.signing_key is not set".to_owned()));
        }
        let most = self.config.number("mail.feedback_per_day");
        let day = tx.now() - TimeDelta::days(1);
        let mut lately = 0;
        for kind in [LetterKind::Receipt, LetterKind::Outcome] {
            lately += tx.letters_since(to, kind, day).await?;
        }
        Ok((lately >= most).then(|| format!("{lately} messages went there within a day already")))
    }

    async fn owe_told(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        reporter: &Reporter,
        told: Told,
        message_id: &str,
    ) -> Result<NewEntry, DeskError> {
        let (subject, body) = told.letter(self.config.text("desk.name"));
        let new = NewLetter {
            id: letter_id(&told),
            kind: letter_kind(&told),
            report: told.report,
            recipient: &reporter.settings.feedback_to,
            subject,
            body,
            in_reply_to: Some(message_id).filter(|id| !id.is_empty()),
        };
        self.owe_letter(tx, actor, new).await
    }

    /// The same words as JSON, to be posted. It stands among the letters.
    async fn owe_hook(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        reporter: &Reporter,
        told: Told,
        message_id: &str,
    ) -> Result<NewEntry, DeskError> {
        let (id, now) = (letter_id(&told), tx.now());
        let (subject, _) = told.letter("");
        let letter = Letter {
            id,
            kind: letter_kind(&told),
            report: told.report,
            recipient: reporter.settings.feedback_to.clone(),
            subject: subject.to_owned(),
            body: told.json(message_id),
            message_id: format!("<{id}@{}>", self.config.mail_domain()),
            in_reply_to: String::new(),
            state: NoticeState::Queued,
            attempts: 0,
            answer: String::new(),
            created_at: now,
            next_at: now,
            sent_at: None,
        };
        if !tx.letter_add(&letter).await? {
            return Err(domain::refusal::Refusal::Stale.into());
        }
        tx.job_owe(WEBHOOK_JOB, id.0, now, now).await?;
        Ok(NewEntry::new(actor, Act::LetterQueued, "letter", id)
            .fact("kind", letter.kind.as_str())
            .fact("report", letter.report.to_string())
            .fact("recipient", letter.recipient)
            .fact("body_sha256", hex::encode(Sha256::digest(letter.body.as_bytes()))))
    }

    /// Takes the next webhook that is due for `worker`.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn begin_webhook(&self, worker: &str) -> Result<Option<LetterDelivery>, DeskError> {
        self.begin_written(WEBHOOK_JOB, worker).await
    }
}

/// The reporter of a report is told what came of it, if all of it is over by then: as long as after the end of a case.
pub(super) async fn owe_outcome(tx: &mut Tx, report: ReportId) -> Result<(), DeskError> {
    let now = tx.now();
    Ok(tx.job_owe(OUTCOME_JOB, report.0, now + OUTCOME_WAIT, now).await?)
}

fn kind_of(job: &str) -> LetterKind {
    if job == OUTCOME_JOB { LetterKind::Outcome } else { LetterKind::Receipt }
}

const fn letter_kind(told: &Told) -> LetterKind {
    if told.outcome.is_some() { LetterKind::Outcome } else { LetterKind::Receipt }
}

/// Made from the report: there can be one of each kind only, whatever happens.
fn letter_id(told: &Told) -> LetterId {
    let mut hash = Sha256::new();
    hash.update(letter_kind(told).as_str().as_bytes());
    hash.update(told.report.0.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    LetterId(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

/// What came of a report; none while a part of it is not over, or when it held nothing new.
async fn outcome(tx: &mut Tx, report: &Report) -> Result<Option<OutcomeClass>, DeskError> {
    let endings = tx.report_endings(report.id).await?;
    if endings.open > 0 {
        return Ok(None);
    }
    // A person looked at a report that no machine could read, and set it aside.
    let aside = (report.state == ReportState::Dismissed).then_some(OutcomeClass::NoAbuse);
    Ok(OutcomeClass::strongest(endings.over).or(aside))
}
