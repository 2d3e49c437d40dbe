//! Texts from the desk: notes for colleagues, replies for the customer.
use super::{
    Desk, DeskError,
    case::{Order, moved},
};
use domain::{
    act::Act,
    actor::{Actor, Permission},
    case::{self, CaseCommand, CaseState, Message, MessageKind},
    id::{MessageId, NoticeId},
    ledger::NewEntry,
    limit::ANSWER_TIME,
    notice::address_fault,
    refusal::Refusal,
};
use store::Chore;

/// What came of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replied {
    /// The mail that tells the customer; none when he has no usable address and finds it on his page only.
    pub notice: Option<NoticeId>,
}

impl Desk {
    /// Writes an internal note. Nothing is overwritten, so no version is asked for; the same id is written once.
    ///
    /// # Errors
    /// [`Refusal`] for a missing right, an unknown case or a text that is empty or too long.
    pub async fn note_case(&self, actor: &Actor, number: &str, id: MessageId, text: &str) -> Result<(), DeskError> {
        let right = case::right(CaseCommand::Note).ok_or(Refusal::NotFound)?;
        self.require(actor, right)?;
        domain::case_text("text", text)?;
        let mut tx = self.store.write().await?;
        let order = Order { actor, number, version: None, command: CaseCommand::Note, act: Act::CaseNoted, why: "" };
        let (case, _) = moved(&mut tx, &order).await?;
        let message = self.message(actor, case.id, id, MessageKind::Note, text);
        if !tx.message_add(&message).await? {
            return Ok(());
        }
        tx.case_seen(case.id).await?;
        let entry = NewEntry::new(actor, Act::CaseNoted, "case", case.id).case(case.id).fact("message", id.to_string());
        tx.commit(entry.fact("text", message.text)).await?;
        Ok(())
    }

    /// Somebody looked at the customer's words.
    ///
    /// # Errors
    /// [`Refusal`] for a missing right or an unknown case.
    pub async fn seen_case(&self, actor: &Actor, number: &str) -> Result<(), DeskError> {
        self.require(actor, Permission::WorkCases)?;
        let mut tx = self.store.write().await?;
        let case = tx.case_by_number(number).await?.ok_or(Refusal::NotFound)?;
        tx.case_seen(case.id).await?;
        Ok(tx.commit_chore(Chore::Seen).await?)
    }

    /// Answers the customer: on his page, and by mail with a fresh link.
    ///
    /// # Errors
    /// [`Refusal`] for a missing right, a closed case, a stale page or a text that is empty or too long.
    pub async fn reply_case(
        &self,
        actor: &Actor,
        number: &str,
        version: i64,
        id: MessageId,
        text: &str,
    ) -> Result<Replied, DeskError> {
        let right = case::right(CaseCommand::Reply).ok_or(Refusal::NotFound)?;
        self.require(actor, right)?;
        domain::case_text("text", text)?;
        let mut tx = self.store.write().await?;
        let now = tx.now();
        // The mail of a reply has the reply's id: a double click finds it and changes nothing.
        let notice = NoticeId(id.0);
        if tx.notice_by_id(notice).await?.is_some() {
            return Ok(Replied { notice: Some(notice) });
        }
        let order = Order {
            actor,
            number,
            version: Some(version),
            command: CaseCommand::Reply,
            act: Act::CaseReplied,
            why: "",
        };
        let (mut case, old) = moved(&mut tx, &order).await?;
        let message = self.message(actor, case.id, id, MessageKind::Reply, text);
        if !tx.message_add(&message).await? {
            return Ok(Replied { notice: None });
        }
        if old == CaseState::Answered {
            case.due_at = Some(now + ANSWER_TIME);
        }
        let mut entry =
            NewEntry::new(actor, Act::CaseReplied, "case", case.id).case(case.id).fact("message", id.to_string());
        if old != case.state {
            entry = entry.change(old.as_str(), case.state.as_str());
        }
        let mut entries = store::Entries::from(entry.fact("text", message.text.as_str()));
        let customer = tx.customer_by_id(case.customer).await?.ok_or(Refusal::NotFound)?;
        let reachable = address_fault(&customer.email).is_none();
        if reachable {
            let draft = self.reply_draft(&case, &customer, &message.text)?;
            entries = entries.and_all(self.owe_notice(&mut tx, actor, &case, notice, &draft).await?);
        }
        tx.case_save(&case).await?;
        tx.commit(entries).await?;
        self.wake.mail.notify_one();
        Ok(Replied { notice: reachable.then_some(notice) })
    }

    fn message(
        &self,
        actor: &Actor,
        case: domain::id::CaseId,
        id: MessageId,
        kind: MessageKind,
        text: &str,
    ) -> Message {
        let text = text.replace("\r\n", "\n");
        let text: String = text.chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).collect();
        Message {
            id,
            case,
            kind,
            claim: None,
            author: actor.ledger_text(),
            at: self.clock.now(),
            text: text.trim().to_owned(),
        }
    }
}
