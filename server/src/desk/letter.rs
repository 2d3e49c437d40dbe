//! Letters to reporters: owed in the transaction of the act, delivered by the mailer, never twice (see `delivery`).
use super::{
    Desk, DeskError,
    delivery::{Relayed, Returned, verdict},
};
use domain::{
    act::Act,
    actor::{Actor, Permission},
    id::{LetterId, ReportId},
    ledger::NewEntry,
    letter::{Letter, LetterKind},
    limit::{JOB_LEASE, retry_wait},
    notice::{self, Notice, NoticeCommand, NoticeState, SUBJECT_CHARS_MAX},
    page::{PageOf, Rows},
    question::check_recipient,
    refusal::Refusal,
};
use sha2::{Digest, Sha256};
use store::{Chore, Job, Tx};

/// The mailer's kind of job for letters.
pub const LETTER_JOB: &str = "letter";

/// A letter to be written.
pub(crate) struct NewLetter<'l> {
    /// Its id; the same id is written once.
    pub(crate) id: LetterId,
    /// What it is for.
    pub(crate) kind: LetterKind,
    /// About which report.
    pub(crate) report: ReportId,
    /// To whom.
    pub(crate) recipient: &'l str,
    /// Subject line; control characters are taken out.
    pub(crate) subject: &'l str,
    /// Text.
    pub(crate) body: String,
    /// Message-ID of the report without angle brackets.
    pub(crate) in_reply_to: Option<&'l str>,
}

/// A letter that a worker holds.
#[derive(Debug, Clone)]
pub struct LetterDelivery {
    /// The job; held for [`JOB_LEASE`].
    pub job: Job,
    /// The letter, in `sending`.
    pub letter: Letter,
    /// An earlier try ended without a word: it may have been sent already.
    pub doubt: bool,
}

impl Desk {
    /// Writes a letter and its job within the caller's transaction; the entry is the caller's to commit.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] when the address cannot be written to; [`Refusal::Stale`] when this id is written already.
    pub(crate) async fn owe_letter(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        new: NewLetter<'_>,
    ) -> Result<NewEntry, DeskError> {
        check_recipient(new.recipient)?;
        let now = tx.now();
        let wait = if actor.user().is_some() { self.config.number("mail.undo_seconds") } else { 0 };
        let letter = Letter {
            id: new.id,
            kind: new.kind,
            report: new.report,
            recipient: new.recipient.to_owned(),
            subject: one_line(new.subject),
            body: new.body,
            message_id: Letter::message_id_of(new.id, &crate::secret::tag()?, self.config.mail_domain()),
            in_reply_to: new.in_reply_to.map(|id| format!("<{}>", one_line(id))).unwrap_or_default(),
            state: NoticeState::Queued,
            attempts: 0,
            answer: String::new(),
            created_at: now,
            next_at: now + chrono::TimeDelta::seconds(wait),
            sent_at: None,
        };
        if !tx.letter_add(&letter).await? {
            return Err(Refusal::Stale.into());
        }
        tx.job_owe(LETTER_JOB, letter.id.0, letter.next_at, now).await?;
        Ok(NewEntry::new(actor, Act::LetterQueued, "letter", letter.id)
            .fact("kind", letter.kind.as_str())
            .fact("report", letter.report.to_string())
            .fact("recipient", letter.recipient)
            .fact("body_sha256", hex::encode(Sha256::digest(letter.body.as_bytes()))))
    }

    /// Takes the next due letter for `worker`.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn begin_letter(&self, worker: &str) -> Result<Option<LetterDelivery>, DeskError> {
        self.begin_written(LETTER_JOB, worker).await
    }

    /// The same for letters that go out another way.
    pub(super) async fn begin_written(&self, kind: &str, worker: &str) -> Result<Option<LetterDelivery>, DeskError> {
        loop {
            let mut tx = self.store.write().await?;
            let now = tx.now();
            let Some(job) = tx.job_take(kind, worker, now, now + JOB_LEASE).await? else { return Ok(None) };
            let letter = tx.letter_by_id(LetterId(job.noun)).await?;
            let begun =
                letter.and_then(|letter| Some((notice::step(letter.state, NoticeCommand::Begin).ok()?, letter)));
            let Some((to, mut letter)) = begun else {
                // Sent by somebody else: nothing is owed any more.
                tx.job_settle(job.id, worker).await?;
                tx.commit_chore(Chore::JobLease).await?;
                continue;
            };
            let from = letter.state;
            letter.state = to;
            letter.attempts += 1;
            tx.letter_save(&letter, from).await?;
            tx.commit_chore(Chore::JobLease).await?;
            return Ok(Some(LetterDelivery { job, letter, doubt: from == NoticeState::Sending }));
        }
    }

    /// Writes down what the relay said.
    ///
    /// # Errors
    /// Only when the store fails; the letter then stays in `sending` until the lease runs out.
    pub async fn settle_letter(
        &self,
        worker: &str,
        delivery: &LetterDelivery,
        relayed: &Relayed,
    ) -> Result<(), DeskError> {
        let mut tx = self.store.write().await?;
        let now = tx.now();
        let mut letter = tx.letter_by_id(delivery.letter.id).await?.ok_or(Refusal::NotFound)?;
        if letter.state != NoticeState::Sending {
            tx.job_settle(delivery.job.id, worker).await?;
            return Ok(tx.commit_chore(Chore::JobLease).await?);
        }
        let (command, answer) = verdict(letter.attempts, relayed);
        letter.state = notice::step(letter.state, command)?;
        letter.answer = answer;
        let act = match command {
            NoticeCommand::Accept => {
                letter.sent_at = Some(now);
                if self.mails_out() {
                    letter.body = self.without_form_secret(&letter.body);
                }
                tx.job_settle(delivery.job.id, worker).await?;
                Act::LetterSent
            }
            NoticeCommand::Defer => {
                letter.next_at = now + retry_wait(delivery.job.attempts);
                if matches!(relayed, Relayed::Away(_)) {
                    letter.attempts -= 1;
                }
                tx.job_postpone(delivery.job.id, worker, letter.next_at).await?;
                Act::LetterDeferred
            }
            _ => {
                tx.job_settle(delivery.job.id, worker).await?;
                Act::LetterFailed
            }
        };
        tx.letter_save(&letter, NoticeState::Sending).await?;
        let part = if delivery.job.kind == LETTER_JOB { "mailer" } else { "webhook" };
        let entry = NewEntry::new(&Actor::system(part), act, "letter", letter.id)
            .fact("answer", letter.answer.as_str())
            .fact("attempt", letter.attempts);
        tx.commit(entry).await?;
        Ok(())
    }

    /// A mail came back to one of the addresses `to`, perhaps naming the Message-ID of what it answers: the letter did not
    /// reach the reporter. As with notices only those can say so who had it in their hands.
    ///
    /// # Errors
    /// [`Refusal::Stale`] while the letter is still at the relay (try later), or when the store fails.
    pub async fn letter_returned(
        &self,
        to: &[String],
        message_id: Option<&str>,
        why: &str,
    ) -> Result<Returned, DeskError> {
        let mut tx = self.store.write().await?;
        let mut found = None;
        for (id, key) in to.iter().filter_map(|address| Notice::named_by(address, self.config.bounce_domain())) {
            found = tx.letter_by_id(LetterId(id.0)).await?.filter(|letter| letter.return_key() == key).or(found);
        }
        if let (None, Some(id)) = (&found, message_id) {
            let wanted = format!("<{}>", id.trim().trim_start_matches('<').trim_end_matches('>'));
            found = tx.letter_by_message_id(&wanted).await?;
        }
        let Some(mut letter) = found else { return Ok(Returned::Stranger) };
        let from = letter.state;
        if from == NoticeState::Sending {
            return Err(Refusal::Stale.into());
        }
        let Ok(to) = notice::step(from, NoticeCommand::Bounce) else { return Ok(Returned::Before(from)) };
        letter.state = to;
        letter.answer = why.chars().filter(|letter| !letter.is_control()).take(300).collect();
        tx.letter_save(&letter, from).await?;
        let entry = NewEntry::new(&Actor::system("mailer"), Act::LetterBounced, "letter", letter.id);
        tx.commit(entry.fact("answer", letter.answer.as_str()).fact("report", letter.report.to_string())).await?;
        Ok(Returned::Now)
    }

    /// A page of the letters, newest first.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`]; any store error.
    pub async fn letters(&self, actor: &Actor, page: PageOf) -> Result<(Rows<Letter>, i64), DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        let mut conn = self.store.read().await?;
        Ok((conn.letter_list(page).await?, conn.letter_count().await?))
    }

    /// One letter as written; the secret of its link is struck out where mail really leaves the house.
    ///
    /// # Errors
    /// [`Refusal`] for a missing right or an unknown letter.
    pub async fn letter(&self, actor: &Actor, id: LetterId) -> Result<Letter, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        let mut letter = self.store.read().await?.letter_by_id(id).await?.ok_or(Refusal::NotFound)?;
        if self.mails_out() {
            letter.body = self.without_form_secret(&letter.body);
        }
        Ok(letter)
    }
}

/// A subject or id from outside on one line, without control characters.
fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(SUBJECT_CHARS_MAX).collect()
}
