//! What becomes of a notice on its way: the mailer's side of the desk. A notice is given when the relay took it.
//!
//! Never twice: a worker takes the job's lease and sets the notice to `sending` in one transaction before it speaks to
//! the relay. Only a crash (or a lost answer) after the relay's 250 and before our commit leaves a doubt: then the lease
//! runs out, the notice is found in `sending`, and it is sent once more under the same Message-ID, by which the relay or
//! the reader can tell that it is the same mail. Its answer says so.
use super::{Desk, DeskError, case::held, notice::MAIL};
use domain::{
    act::Act,
    actor::Actor,
    case::{self, Case, CaseCommand},
    id::NoticeId,
    ledger::NewEntry,
    limit::{ANSWER_TIME, JOB_LEASE, MAIL_ATTEMPTS_MAX, retry_wait},
    notice::{self, Notice, NoticeCommand, NoticeState},
    refusal::Refusal,
};
use store::{Chore, Job, Tx};

/// Tries when somebody changed the case at the same instant.
const TRIES: usize = 5;

/// A notice that a worker holds.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The job; held for [`JOB_LEASE`].
    pub job: Job,
    /// The notice, in `sending`.
    pub notice: Notice,
    /// An earlier try ended without a word: it may have been sent already.
    pub doubt: bool,
}

/// What the relay said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Relayed {
    /// It took the mail.
    Taken(String),
    /// Not now: 4xx.
    Later(String),
    /// It could not be reached, or went away without an answer: never the mail's fault.
    Away(String),
    /// Never: 5xx, or a mail that cannot be written.
    Never(String),
}

/// What a mail that came back did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Returned {
    /// A notice counts as not given from now on.
    Now,
    /// It is about a notice of ours that counts as not given already, and stands like this.
    Before(NoticeState),
    /// It is about no notice of ours.
    Stranger,
}

impl Desk {
    /// Takes the next due notice for `worker`.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn begin_delivery(&self, worker: &str) -> Result<Option<Delivery>, DeskError> {
        let mut tx = self.store.write().await?;
        let now = tx.now();
        let Some(job) = tx.job_take(MAIL, worker, now, now + JOB_LEASE).await? else { return Ok(None) };
        let notice = tx.notice_by_id(NoticeId(job.noun)).await?;
        let Some((mut notice, to)) = notice.and_then(|notice| {
            let to = notice::step(notice.state, NoticeCommand::Begin).ok()?;
            Some((notice, to))
        }) else {
            // Taken back, or sent by somebody else: nothing is owed any more.
            tx.job_settle(job.id, worker).await?;
            tx.commit_chore(Chore::JobLease).await?;
            return Box::pin(self.begin_delivery(worker)).await;
        };
        let from = notice.state;
        notice.state = to;
        notice.attempts += 1;
        tx.notice_save(&notice, from).await?;
        tx.commit_chore(Chore::JobLease).await?;
        Ok(Some(Delivery { job, notice, doubt: from == NoticeState::Sending }))
    }

    /// Writes down what the relay said, and moves the case on when the notice was given.
    ///
    /// # Errors
    /// Only when the store fails; the notice then stays in `sending` until the lease runs out.
    pub async fn settle_delivery(&self, worker: &str, delivery: &Delivery, relayed: &Relayed) -> Result<(), DeskError> {
        let mut tries = 0;
        loop {
            match self.settle_once(worker, delivery, relayed).await {
                Err(error) if error.passes() && tries < TRIES => tries += 1,
                other => return other,
            }
        }
    }

    async fn settle_once(&self, worker: &str, delivery: &Delivery, relayed: &Relayed) -> Result<(), DeskError> {
        let mut tx = self.store.write().await?;
        let now = tx.now();
        let mut notice = tx.notice_by_id(delivery.notice.id).await?.ok_or(Refusal::NotFound)?;
        if notice.state != NoticeState::Sending {
            // Another worker held it after us and was done first.
            tx.job_settle(delivery.job.id, worker).await?;
            return Ok(tx.commit_chore(Chore::JobLease).await?);
        }
        let (command, answer) = verdict(notice.attempts, relayed);
        notice.state = notice::step(notice.state, command)?;
        notice.answer = if delivery.doubt {
            format!("{answer} (sent again under the same Message-ID: an earlier try ended without an answer)")
        } else {
            answer
        };
        let mailer = Actor::system("mailer");
        let mut entry = NewEntry::new(&mailer, act_of(command), "notice", notice.id)
            .case(notice.case)
            .fact("answer", notice.answer.as_str())
            .fact("attempt", notice.attempts);
        match command {
            NoticeCommand::Accept => {
                notice.sent_at = Some(now);
                if self.mails_out() {
                    notice.body = self.without_secret(&notice.body);
                }
                entry = entry.fact("message_id", notice.message_id.as_str());
                entry = given(&mut tx, &notice, entry).await?;
                tx.job_settle(delivery.job.id, worker).await?;
            }
            NoticeCommand::Defer => {
                notice.next_at = now + retry_wait(delivery.job.attempts);
                if matches!(relayed, Relayed::Away(_)) {
                    // A relay that is down must not use up the mail's tries.
                    notice.attempts -= 1;
                }
                entry = entry.fact("next_at", notice.next_at.to_rfc3339());
                tx.job_postpone(delivery.job.id, worker, notice.next_at).await?;
            }
            _ => drop(tx.job_settle(delivery.job.id, worker).await?),
        }
        tx.notice_save(&notice, NoticeState::Sending).await?;
        tx.commit(entry).await?;
        Ok(())
    }

    /// A mail came back to one of the addresses `to`, perhaps naming the Message-ID of what it answers: the notice was
    /// not given, and the customer's deadline stops.
    ///
    /// # Errors
    /// [`Refusal::Stale`] while the notice is still at the relay (try later), or when the store fails.
    pub async fn notice_returned(
        &self,
        to: &[String],
        message_id: Option<&str>,
        why: &str,
    ) -> Result<Returned, DeskError> {
        let mut tx = self.store.write().await?;
        let now = tx.now();
        let Some(mut notice) = self.came_back(&mut tx, to, message_id).await? else { return Ok(Returned::Stranger) };
        let from = notice.state;
        if from == NoticeState::Sending {
            // It came back faster than we wrote down that it had gone.
            return Err(Refusal::Stale.into());
        }
        let Ok(to) = notice::step(from, NoticeCommand::Bounce) else { return Ok(Returned::Before(from)) };
        let why: String = why.chars().filter(|c| !c.is_control()).take(300).collect();
        notice.state = to;
        notice.bounced_at = Some(now);
        notice.answer = why.clone();
        tx.notice_save(&notice, from).await?;
        let entry = NewEntry::new(&Actor::system("mailer"), Act::NoticeBounced, "notice", notice.id);
        let entry = entry.case(notice.case).fact("answer", why);
        let other_given = tx
            .notices_of_case(notice.case)
            .await?
            .iter()
            .any(|other| other.id != notice.id && other.state == NoticeState::Sent);
        let entry = match tx.case_by_id(notice.case).await? {
            // Another notice reached him: he was told.
            Some(case) if !other_given => {
                let old = case.state;
                let case = bounced(case)?;
                tx.case_save(&case).await?;
                if old == case.state { entry } else { entry.change(old.as_str(), case.state.as_str()) }
            }
            _ => entry,
        };
        tx.commit(entry).await?;
        Ok(Returned::Now)
    }

    /// The notice of ours that came back: by the address it returned to, else by the Message-ID. Both hold a random tag
    /// that only those know who had the mail in their hands, so that nobody else can say it came back.
    async fn came_back(
        &self,
        tx: &mut Tx,
        to: &[String],
        message_id: Option<&str>,
    ) -> Result<Option<Notice>, DeskError> {
        let domain = self.config.bounce_domain();
        for (id, key) in to.iter().filter_map(|address| Notice::named_by(address, domain)) {
            if let Some(notice) = tx.notice_by_id(id).await?.filter(|notice| notice.return_key() == key) {
                return Ok(Some(notice));
            }
        }
        let Some(message_id) = message_id else { return Ok(None) };
        let wanted = format!("<{}>", message_id.trim().trim_start_matches('<').trim_end_matches('>'));
        Ok(tx.notice_by_message_id(&wanted).await?)
    }
}

fn bounced(mut case: Case) -> Result<Case, DeskError> {
    let to = case::step(case.state, CaseCommand::NoticeBounced, false)?;
    if to != case.state {
        // Not given: nothing the customer could be late with.
        case.due_at = None;
    }
    case.state = to;
    case.notified_at = None;
    Ok(case)
}

/// What the relay's word means for a mail after so many tries.
pub(super) fn verdict(attempts: i64, relayed: &Relayed) -> (NoticeCommand, String) {
    match relayed {
        Relayed::Taken(answer) => (NoticeCommand::Accept, answer.clone()),
        Relayed::Never(answer) => (NoticeCommand::Fail, answer.clone()),
        Relayed::Later(answer) if attempts >= MAIL_ATTEMPTS_MAX => {
            (NoticeCommand::Fail, format!("given up after {attempts} tries: {answer}"))
        }
        Relayed::Later(answer) | Relayed::Away(answer) => (NoticeCommand::Defer, answer.clone()),
    }
}

const fn act_of(command: NoticeCommand) -> Act {
    match command {
        NoticeCommand::Accept => Act::NoticeSent,
        NoticeCommand::Defer => Act::NoticeDeferred,
        _ => Act::NoticeFailed,
    }
}

/// The customer was told: his time runs from now.
async fn given(tx: &mut Tx, notice: &Notice, entry: NewEntry) -> Result<NewEntry, DeskError> {
    let now = tx.now();
    let Some(mut case) = tx.case_by_id(notice.case).await? else { return Ok(entry) };
    let old = case.state;
    let held = held(tx, case.id, CaseCommand::NoticeDelivered).await?;
    case.state = case::step(old, CaseCommand::NoticeDelivered, held)?;
    let first = case.notified_at.is_none();
    if first {
        case.notified_at = Some(now);
    }
    if case.state != old {
        case.due_at = Some(now + ANSWER_TIME);
    }
    if first || case.state != old {
        tx.case_save(&case).await?;
    }
    Ok(if old == case.state { entry } else { entry.change(old.as_str(), case.state.as_str()) })
}
