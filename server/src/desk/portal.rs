//! The customer's page: what he may see of his case, and what he states there. Reading it has no effect at all.
use super::{
    Desk, DeskError, portal_view, quarantine_step as step,
    release::{Letting, let_go},
};
use crate::secret;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    act::Act,
    actor::Actor,
    case::{self, Case, CaseCommand, Claim, DisputeState, Message, MessageKind, Outcome},
    dispute::Dispute,
    id::{DisputeId, MessageId, ReleaseId},
    language::Language,
    ledger::NewEntry,
    limit::{DESK_TIME, DISPUTE_TIME, SELF_RELEASE_WINDOW},
    link::Link,
    portal::{DeskContact, PortalView, Statement, StatementFault, check},
    quarantine::{Quarantine, QuarantineState},
    refusal::Refusal,
    release::{self, AskedBy, Release, ReleaseState},
};
use store::{Conn, Tx};

/// Statements a link takes within an hour: more than anybody needs, too few to fill the desk with.
const STATEMENTS_PER_HOUR_MAX: usize = 10;
/// Tries of writing a statement down while the desk works on the same case.
const TRIES: usize = 3;

/// Where a link leads.
#[derive(Debug, Clone, PartialEq)]
pub enum Portal {
    /// To the customer's page.
    Page(Box<PortalView>),
    /// It was right, and is too old.
    Expired(Language),
    /// It was right, and what it led to was not about him at all.
    Mistaken(Language),
    /// It never existed, or was withdrawn: the same answer for both.
    Unknown,
}

/// What came of a statement.
#[derive(Debug, Clone, PartialEq)]
pub enum Stated {
    /// Written down (now, or when the same form was sent before).
    Taken,
    /// Not written down: the page again with what is wrong.
    Fault(Box<PortalView>, StatementFault),
    /// Too many within an hour.
    TooMany,
    /// The link leads nowhere.
    Nowhere(Portal),
}

impl Desk {
    /// Whom to ask, for pages that know no customer.
    pub fn contact(&self) -> DeskContact {
        let phone = self.config.text("desk.phone");
        DeskContact {
            name: self.config.text("desk.name").to_owned(),
            phone: (!phone.is_empty()).then(|| phone.to_owned()),
            email: Some(self.config.text("mail.from").to_owned()),
        }
    }

    /// The page behind a link, in `language` or else the customer's own. Changes nothing.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn portal(&self, secret: &str, language: Option<Language>) -> Result<Portal, DeskError> {
        let mut conn = self.store.read().await?;
        self.portal_in(&mut conn, secret, language).await.map(|(portal, _)| portal)
    }

    async fn portal_in(
        &self,
        conn: &mut Conn,
        secret: &str,
        language: Option<Language>,
    ) -> Result<(Portal, Option<(Link, Case)>), DeskError> {
        // Found by the hash: how long it takes tells nothing about how much of a guess was right.
        let Some(link) = conn.link_by_hash(&secret::hash(secret)).await? else { return Ok((Portal::Unknown, None)) };
        if let Some(revoked_at) = link.revoked_at {
            let case = conn.case_by_id(link.case).await?;
            let mistaken = case.is_some_and(|case| took_it_back(&case, revoked_at));
            let portal =
                if mistaken { Portal::Mistaken(self.spoken(conn, &link, language).await?) } else { Portal::Unknown };
            return Ok((portal, None));
        }
        let customer = conn.customer_by_id(link.customer).await?.ok_or(Refusal::NotFound)?;
        let language = language.or_else(|| Language::of_tag(&customer.language)).unwrap_or(Language::En);
        if !link.alive(self.clock.now()) {
            return Ok((Portal::Expired(language), None));
        }
        let case = conn.case_by_id(link.case).await?.filter(|case| case.customer == link.customer);
        let Some(case) = case else { return Ok((Portal::Unknown, None)) };
        let view = portal_view::fill(self, conn, &link, &case, &customer, language).await?;
        Ok((Portal::Page(Box::new(view)), Some((link, case))))
    }

    async fn spoken(&self, conn: &mut Conn, link: &Link, asked: Option<Language>) -> Result<Language, DeskError> {
        let customer = conn.customer_by_id(link.customer).await?.ok_or(Refusal::NotFound)?;
        Ok(asked.or_else(|| Language::of_tag(&customer.language)).unwrap_or(Language::En))
    }

    /// Whether a device behind the link is held captive, for RFC 8908. None: the link leads nowhere.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn captive(&self, secret: &str) -> Result<Option<bool>, DeskError> {
        let mut conn = self.store.read().await?;
        let now = self.clock.now();
        let link = conn.link_by_hash(&secret::hash(secret)).await?.filter(|link| link.alive(now));
        let Some(link) = link else { return Ok(None) };
        let held = conn.quarantines_of_case(link.case).await?;
        Ok(Some(held.iter().any(|q| q.state.holding() && q.measure != domain::quarantine::Measure::PortBlock)))
    }

    /// Takes the customer's statement down; "fixed" asks for release too, and within the rule grants it.
    ///
    /// `id` comes with the form: the same form twice is one statement.
    ///
    /// # Errors
    /// Only when the store fails, or the case moved meanwhile (try again).
    pub async fn portal_state(
        &self,
        secret: &str,
        id: MessageId,
        claim: &str,
        text: &str,
        language: Option<Language>,
    ) -> Result<Stated, DeskError> {
        for _ in 1..TRIES {
            match self.state_once(secret, id, claim, text, language).await {
                // Someone at the desk changed the case in that very moment: the customer need not know.
                Err(error) if error.passes() => {}
                other => return other,
            }
        }
        self.state_once(secret, id, claim, text, language).await
    }

    async fn state_once(
        &self,
        secret: &str,
        id: MessageId,
        claim: &str,
        text: &str,
        language: Option<Language>,
    ) -> Result<Stated, DeskError> {
        let mut tx = self.store.write().await?;
        let (portal, found) = self.portal_in(&mut tx, secret, language).await?;
        let (Portal::Page(view), Some((link, case))) = (&portal, found) else { return Ok(Stated::Nowhere(portal)) };
        let said = tx.messages_of_case(case.id, 50).await?;
        if said.iter().any(|message| message.id == id) {
            return Ok(Stated::Taken);
        }
        let statement = match check(view, claim, text) {
            Ok(statement) => statement,
            Err(fault) => return Ok(Stated::Fault(view.clone(), fault)),
        };
        let hour_ago = tx.now() - TimeDelta::hours(1);
        let recent = said.iter().filter(|m| m.kind == MessageKind::Statement && m.at > hour_ago).count();
        if recent >= STATEMENTS_PER_HOUR_MAX {
            return Ok(Stated::TooMany);
        }
        let actor = Actor::Customer { id: link.customer, case: link.case };
        let Some(entry) = state(&mut tx, &actor, &case, id, &statement).await? else { return Ok(Stated::Taken) };
        let mut entries = vec![entry];
        if statement.claim == Claim::Dispute {
            entries.push(object(&mut tx, &actor, &case, id, &statement.text).await?);
        }
        if statement.claim == Claim::Fixed && view.may.ask_release {
            entries.extend(ask_release(&mut tx, &actor, &case, id, &statement).await?);
        }
        step::commit(tx, entries).await?;
        self.wake.enforcement.notify_one();
        Ok(Stated::Taken)
    }
}

/// Whether the link died because the case was not his. One that staff withdrew before, such as one that was passed on,
/// stays unknown to whoever holds it.
fn took_it_back(case: &Case, revoked_at: DateTime<Utc>) -> bool {
    case.outcome == Some(Outcome::WrongCustomer) && case.closed_at.is_some_and(|closed| closed <= revoked_at)
}

/// The statement itself; None when this form was sent before.
async fn state(
    tx: &mut Tx,
    actor: &Actor,
    seen: &Case,
    id: MessageId,
    statement: &Statement,
) -> Result<Option<NewEntry>, DeskError> {
    let now = tx.now();
    let message = Message {
        id,
        case: seen.id,
        kind: MessageKind::Statement,
        claim: Some(statement.claim),
        author: actor.ledger_text(),
        at: now,
        text: statement.text.clone(),
    };
    if !tx.message_add(&message).await? {
        return Ok(None);
    }
    let held = tx.case_holds(seen.id).await?.into_iter().any(QuarantineState::holding);
    let mut case = seen.clone();
    case.state = case::step(seen.state, CaseCommand::State, held)?;
    case.claim = Some(statement.claim);
    case.unread = true;
    case.snoozed_until = None;
    if case.state == case::CaseState::Answered {
        case.due_at = Some(now + DESK_TIME);
    }
    if statement.claim == Claim::Dispute {
        case.dispute = DisputeState::Open;
    }
    tx.case_save(&case).await?;
    let entry = NewEntry::new(actor, Act::CaseStated, "case", seen.id).case(seen.id);
    let entry = entry.fact("claim", statement.claim.as_str()).fact("text", statement.text.clone());
    Ok(Some(entry.change(seen.state.as_str(), case.state.as_str())))
}

/// The objection: it goes to a person who did not take the first decision.
async fn object(tx: &mut Tx, actor: &Actor, case: &Case, id: MessageId, text: &str) -> Result<NewEntry, DeskError> {
    let now = tx.now();
    let ordered = tx.quarantines_of_case(case.id).await?.into_iter().next();
    let orderer = ordered.and_then(|found| Actor::user_of(&found.ordered_by));
    // Only an account that exists can be named.
    let first_decider = match orderer.or(case.assignee) {
        Some(user) => tx.user_by_id(user).await?.map(|user| user.id),
        None => None,
    };
    let objection = Dispute {
        id: DisputeId(id.0),
        case: case.id,
        opened_at: now,
        text: text.to_owned(),
        first_decider,
        due_at: now + DISPUTE_TIME,
        decided_at: None,
        decided_by: None,
        verdict: None,
        reason: String::new(),
    };
    tx.dispute_add(&objection).await?;
    let entry = NewEntry::new(actor, Act::DisputeOpened, "dispute", objection.id).case(case.id);
    Ok(entry.change("none", "open").fact("due_at", objection.due_at.to_rfc3339()).why(text))
}

/// The request for release: granted at once within the rule, else a person decides.
async fn ask_release(
    tx: &mut Tx,
    actor: &Actor,
    case: &Case,
    id: MessageId,
    statement: &Statement,
) -> Result<Vec<NewEntry>, DeskError> {
    // From two cases in the same instant: the second counts what the first has used.
    tx.customer_hold(case.customer).await?;
    let since = tx.now() - SELF_RELEASE_WINDOW;
    let used = tx.self_releases_used(case.customer, since).await?;
    let granted = release::asked_by_customer(statement.claim, &statement.text, used)? == ReleaseState::Granted;
    let mut entries = Vec::new();
    for mut held in tx.quarantines_of_case(case.id).await? {
        let open = held.state.holding() && held.state != QuarantineState::Lifting;
        if !open || !tx.quarantine_causes(held.id).await?.contains(&case.id) {
            continue;
        }
        if granted {
            let himself = Some(if entries.is_empty() { ReleaseId(id.0) } else { ReleaseId::new() });
            let reason = statement.text.as_str();
            let letting = Letting { actor, asked_by: AskedBy::Customer, reason, case: Some(case.id), himself };
            entries.extend(let_go(tx, &mut held, &letting).await?);
        } else {
            entries.push(ask(tx, actor, case, &held).await?);
        }
    }
    Ok(entries)
}

async fn ask(tx: &mut Tx, actor: &Actor, case: &Case, held: &Quarantine) -> Result<NewEntry, DeskError> {
    let request = Release {
        id: ReleaseId::new(),
        quarantine: held.id,
        case: case.id,
        customer: case.customer,
        asked_by: AskedBy::Customer,
        asked_at: tx.now(),
        state: ReleaseState::Waiting,
        by_himself: false,
        decided_by: None,
        decided_at: None,
        reason: String::new(),
    };
    tx.release_add(&request).await?;
    Ok(NewEntry::new(actor, Act::ReleaseAsked, "quarantine", held.id)
        .case(case.id)
        .fact("release", request.id.to_string()))
}
