//! Notices: previewed on the real case, sent once, taken back within the undo time, tried again.
use super::{
    Desk, DeskError,
    case::{Order, moved},
    contradiction::not_by_rule,
    notice_text::language_of,
};
use chrono::TimeDelta;
use domain::{
    act::Act,
    actor::{Actor, Permission},
    advice::Group,
    case::{self, Case, CaseCommand, Outcome},
    correction::TEMPLATE,
    id::NoticeId,
    language::Language,
    ledger::NewEntry,
    notice::{
        self, Draft, LINK_MARK, MailWay, Notice, NoticeCommand, NoticeFilter, NoticeForm, NoticeRow, NoticeState,
        faults,
    },
    page::{PageOf, Rows},
    refusal::Refusal,
};
use sha2::{Digest, Sha256};
use store::Tx;

/// Kind of the mailer's jobs.
pub(crate) const MAIL: &str = "mail";

/// How many notices are in each state that has any.
pub type StateCounts = Vec<(NoticeState, i64)>;

/// The compose page: the case, and the notice as it would go out now.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The case.
    pub case: Case,
    /// Name of the customer.
    pub customer_name: String,
    /// The notice.
    pub draft: Draft,
    /// Events of the case whose answer later leases speak against.
    pub doubted: i64,
}

impl Desk {
    /// The notice as it would go out now; none = the template of the case's class, the customer's language.
    ///
    /// # Errors
    /// [`Refusal`] for a missing right, an unknown case, or a closed one.
    pub async fn notice_preview(
        &self,
        actor: &Actor,
        number: &str,
        template: Option<Group>,
        language: Option<Language>,
    ) -> Result<Preview, DeskError> {
        self.require(actor, Permission::WorkCases)?;
        let mut conn = self.store.read().await?;
        let case = conn.case_by_number(number).await?.ok_or(Refusal::NotFound)?;
        case::step(case.state, CaseCommand::Notify, false)?;
        let customer = conn.customer_by_id(case.customer).await?.ok_or(Refusal::NotFound)?;
        let template = template.unwrap_or_else(|| Group::of(case.class));
        let language = language.unwrap_or_else(|| language_of(&customer));
        let draft = self.draft(&mut conn, &case, &customer, template, language).await?;
        let doubted = conn.contradiction_count_of_case(case.id).await?;
        Ok(Preview { case, customer_name: customer.name, draft, doubted })
    }

    /// Sends a notice: written, owed to the mailer after the undo time, with a fresh link, in one transaction. The same
    /// id is sent once.
    ///
    /// # Errors
    /// [`Refusal`] for a missing right, a closed case, a stale page, an unusable address, or faults of the text.
    pub async fn send_notice(&self, actor: &Actor, number: &str, form: &NoticeForm) -> Result<NoticeId, DeskError> {
        self.require(actor, Permission::WorkCases)?;
        let group =
            Group::parse(&form.template).ok_or_else(|| Refusal::invalid("template", "is not one of the list"))?;
        let mut tx = self.store.write().await?;
        if let Some(known) = tx.notice_by_id(form.id).await? {
            return Ok(known.id);
        }
        let version = Some(form.version);
        let order = Order { actor, number, version, command: CaseCommand::Notify, act: Act::NoticeQueued, why: "" };
        let (case, _) = moved(&mut tx, &order).await?;
        not_by_rule(&mut tx, actor, case.id).await?;
        let customer = tx.customer_by_id(case.customer).await?.ok_or(Refusal::NotFound)?;
        let mut draft = self.draft(&mut tx, &case, &customer, group, form.language).await?;
        if let Some(subject) = &form.subject {
            subject.trim().clone_into(&mut draft.subject);
        }
        if let Some(body) = &form.body {
            draft.body = body.replace("\r\n", "\n");
        }
        let entries = self.owe_notice(&mut tx, actor, &case, form.id, &draft).await?;
        tx.case_save(&case).await?;
        let mut entries = entries.into_iter();
        let first = entries.next().ok_or_else(|| DeskError::Broken("a notice without an entry".to_owned()))?;
        tx.commit(store::Entries::from(first).and_all(entries)).await?;
        self.wake.mail.notify_one();
        Ok(form.id)
    }

    /// Writes the notice, its link and its job within the caller's transaction; the entries are the caller's to commit.
    /// From a person it waits for the undo time, from a machine it goes at once.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] when the address or the text cannot be sent.
    pub(crate) async fn owe_notice(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        case: &Case,
        id: NoticeId,
        draft: &Draft,
    ) -> Result<Vec<NewEntry>, DeskError> {
        let faults = faults(&draft.recipient, &draft.subject, &draft.body);
        if !faults.is_empty() {
            return Err(Refusal::invalid("notice", faults.join("; ")).into());
        }
        let link = self.make_link(tx, actor, case).await?;
        let body = draft.body.replace(LINK_MARK, &link.url);
        Ok(vec![self.owe_written(tx, actor, case, id, Draft { body, ..draft.clone() }).await?, link.entry])
    }

    /// Writes a notice whose text is as it will go out, and its job, within the caller's transaction.
    ///
    /// # Errors
    /// [`Refusal::Stale`] when a notice with this id is written already.
    pub(super) async fn owe_written(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        case: &Case,
        id: NoticeId,
        draft: Draft,
    ) -> Result<NewEntry, DeskError> {
        let now = tx.now();
        let wait = if actor.user().is_some() { self.config.number("mail.undo_seconds") } else { 0 };
        let notice = Notice {
            id,
            case: case.id,
            customer: case.customer,
            template: draft.template,
            language: draft.language.as_str().to_owned(),
            recipient: draft.recipient,
            subject: draft.subject,
            body: draft.body,
            message_id: Notice::message_id_of(id, &crate::secret::tag()?, self.config.mail_domain()),
            state: NoticeState::Queued,
            attempts: 0,
            answer: String::new(),
            created_at: now,
            next_at: now + TimeDelta::seconds(wait),
            sent_at: None,
            bounced_at: None,
        };
        if !tx.notice_add(&notice).await? {
            return Err(Refusal::Stale.into());
        }
        tx.job_owe(MAIL, id.0, notice.next_at, now).await?;
        Ok(NewEntry::new(actor, Act::NoticeQueued, "notice", id)
            .case(case.id)
            .fact("template", notice.template)
            .fact("language", notice.language)
            .fact("recipient", notice.recipient)
            .fact("subject", notice.subject)
            .fact("body_sha256", hex::encode(Sha256::digest(notice.body.as_bytes()))))
    }

    /// The notice of the case's own template in the customer's language, for an act that owes one besides (an order).
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when the customer is gone; a template that cannot be filled.
    pub(crate) async fn usual_draft(&self, tx: &mut Tx, case: &Case) -> Result<Draft, DeskError> {
        let customer = tx.customer_by_id(case.customer).await?.ok_or(Refusal::NotFound)?;
        self.draft(tx, case, &customer, Group::of(case.class), language_of(&customer)).await
    }

    /// Takes a notice back that the mailer has not begun; its link dies with it.
    ///
    /// # Errors
    /// [`Refusal`] for a missing right, when it is under way already, or when a quarantine of its case rests on it.
    pub async fn cancel_notice(&self, actor: &Actor, id: NoticeId) -> Result<Notice, DeskError> {
        let (mut tx, mut notice, from) = self.staff_step(actor, id, NoticeCommand::Cancel).await?;
        // Nobody orders a quarantine on this notice while we look.
        tx.case_hold(notice.case).await?;
        let held = !tx.case_holds(notice.case).await?.is_empty();
        notice::may_take_back(held, tx.notice_given_or_owed(notice.case).await? <= 1)?;
        let entry = self.recall(&mut tx, actor, &mut notice, from).await?;
        tx.commit(entry).await?;
        Ok(notice)
    }

    /// Takes a notice that is `Cancelled` from now on out of the mailer's hands, and its link with it.
    pub(super) async fn recall(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        notice: &mut Notice,
        from: NoticeState,
    ) -> Result<NewEntry, DeskError> {
        let now = tx.now();
        if let Some(secret) = self.secret_in(&notice.body)
            && let Some(link) = tx.link_by_hash(&crate::secret::hash(secret)).await?
        {
            tx.link_revoke(link.id, now).await?;
        }
        notice.body = self.without_secret(&notice.body);
        tx.notice_save(notice, from).await?;
        tx.job_forget(MAIL, notice.id.0).await?;
        let entry = NewEntry::new(actor, Act::NoticeCancelled, "notice", notice.id).case(notice.case);
        Ok(entry.change(from.as_str(), notice.state.as_str()))
    }

    /// Tries a failed notice again, from the beginning of its back-off.
    ///
    /// # Errors
    /// [`Refusal`] for a missing right, or when it has not failed.
    pub async fn retry_notice(&self, actor: &Actor, id: NoticeId) -> Result<Notice, DeskError> {
        let (mut tx, mut notice, from) = self.staff_step(actor, id, NoticeCommand::Retry).await?;
        let about = tx.case_by_id(notice.case).await?.ok_or(Refusal::NotFound)?;
        if about.outcome == Some(Outcome::WrongCustomer) && notice.template != TEMPLATE {
            return Err(Refusal::invalid("notice", "is about what was another customer's: it must not be sent").into());
        }
        let now = tx.now();
        notice.attempts = 0;
        notice.next_at = now;
        tx.notice_save(&notice, from).await?;
        tx.job_owe(MAIL, id.0, now, now).await?;
        let entry = NewEntry::new(actor, Act::NoticeQueued, "notice", id).case(notice.case);
        tx.commit(entry.change(from.as_str(), notice.state.as_str())).await?;
        self.wake.mail.notify_one();
        Ok(notice)
    }

    async fn staff_step(
        &self,
        actor: &Actor,
        id: NoticeId,
        command: NoticeCommand,
    ) -> Result<(Tx, Notice, NoticeState), DeskError> {
        self.require(actor, notice::right(command).ok_or(Refusal::NotFound)?)?;
        let mut tx = self.store.write().await?;
        let mut notice = tx.notice_by_id(id).await?.ok_or(Refusal::NotFound)?;
        let from = notice.state;
        notice.state = notice::step(from, command)?;
        Ok((tx, notice, from))
    }

    /// A page of the mail with the number of notices in each state.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] without the right to read.
    pub async fn mail(
        &self,
        actor: &Actor,
        filter: &NoticeFilter,
        page: PageOf,
    ) -> Result<(Rows<NoticeRow>, StateCounts), DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        let rows = self.store.read().await?.notice_list(filter, page).await?;
        let count = async || Ok(self.store.read().await?.notice_counts().await?);
        Ok((rows, self.counted.mail.get((), self.counting(), count).await?))
    }

    /// One notice as written. The secret of its link is struck out where mail leaves the house; a desk that
    /// keeps it shows it, because there the mail page is the only way to the customer's page.
    ///
    /// # Errors
    /// [`Refusal`] for a missing right or an unknown notice.
    pub async fn mail_one(&self, actor: &Actor, id: NoticeId) -> Result<NoticeRow, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        let mut conn = self.store.read().await?;
        let mut notice = conn.notice_by_id(id).await?.ok_or(Refusal::NotFound)?;
        if self.mails_out() {
            notice.body = self.without_secret(&notice.body);
        }
        let case = conn.case_by_id(notice.case).await?.ok_or(Refusal::NotFound)?;
        let customer = conn.customer_by_id(notice.customer).await?.ok_or(Refusal::NotFound)?;
        Ok(NoticeRow { notice, case_number: case.number, customer_name: customer.name })
    }

    /// Whether mail leaves the house, or will as soon as a relay is set: then only the recipient gets the link's secret.
    pub fn mails_out(&self) -> bool {
        self.outgoing() != MailWay::Kept
    }

    /// Where notices go. A desk without a relay does not claim that anybody was told, unless it is there to be tried out.
    pub fn outgoing(&self) -> MailWay {
        match (self.config.text("smtp.url"), self.config.text("mail.keep")) {
            ("", "true") => MailWay::Kept,
            ("", _) => MailWay::Waiting,
            _ => MailWay::Relay,
        }
    }
}
