//! Opening cases and moving them: each act checks the version the person saw, the table, and writes its entry.
use super::{Desk, DeskError};
use chrono::{DateTime, Datelike, Utc};
use domain::{
    act::Act,
    actor::Actor,
    actor::Permission,
    case::{self, Case, CaseCommand, CaseState, DisputeState, Outcome},
    class::Category,
    id::{CaseId, CustomerId, UserId},
    ledger::NewEntry,
    limit::{DESK_TIME, GROUPING, REPEAT_WINDOW},
    policy,
    quarantine::QuarantineState,
    refusal::Refusal,
};
use store::{Conn, NewCase, Pending, StoreError, Tx};

/// Tries when another replica was faster: the second finds the case that the other opened.
const TRIES: usize = 4;

/// What came of opening a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Which case.
    pub id: CaseId,
    /// Its number.
    pub number: String,
    /// It was there already and the events joined it.
    pub joined: bool,
    /// How many events it got.
    pub events: i64,
}

/// A command to a case as a form gives it.
pub(super) struct Order<'a> {
    pub(super) actor: &'a Actor,
    pub(super) number: &'a str,
    /// The version the person saw; none where nothing is overwritten.
    pub(super) version: Option<i64>,
    pub(super) command: CaseCommand,
    pub(super) act: Act,
    pub(super) why: &'a str,
}

impl Desk {
    /// Opens a case from all waiting certain events of a customer and category, or joins them to the one that is open. A
    /// second call finds nothing waiting and returns the same case.
    ///
    /// # Errors
    /// [`Refusal`] for a missing right or when nothing waits and no case is open.
    pub async fn open_case(
        &self,
        actor: &Actor,
        customer: CustomerId,
        category: Category,
    ) -> Result<Opened, DeskError> {
        self.require(actor, Permission::WorkCases)?;
        let mut tries = 0;
        loop {
            match self.open_once(actor, customer, category).await {
                Err(DeskError::Store(StoreError::Conflict(_)) | DeskError::Refused(Refusal::Stale))
                    if tries < TRIES =>
                {
                    tries += 1;
                }
                Err(DeskError::Store(error)) if error.is_transient() && tries < TRIES => tries += 1,
                other => return other,
            }
        }
    }

    async fn open_once(&self, actor: &Actor, customer: CustomerId, category: Category) -> Result<Opened, DeskError> {
        let mut tx = self.store.write().await?;
        let now = tx.now();
        let Some(pending) = tx.case_pending(customer, category).await? else {
            let open = tx.case_joinable(customer, category, now - REPEAT_WINDOW).await?;
            let open = open
                .ok_or_else(|| Refusal::invalid("events", "no evidence of this kind waits for a decision any more"))?;
            return Ok(Opened { id: open.id, number: open.number, joined: true, events: 0 });
        };
        let since = pending.last_at - GROUPING;
        if let Some(open) = tx.case_joinable(customer, category, since).await? {
            return joined(tx, actor, &open).await;
        }
        let new = new_case(&mut tx, actor, customer, category, &pending, now).await?;
        let number = tx.case_add(&new, now.year(), since).await?;
        let opened = tx.case_by_id(new.id).await?.ok_or(Refusal::NotFound)?;
        let events = tx.case_take_pending(&opened, CaseState::Open).await?;
        let entry = NewEntry::new(actor, Act::CaseOpened, "case", new.id)
            .case(new.id)
            .fact("number", number.as_str())
            .fact("events", events)
            .fact("class", new.class.as_str())
            .fact("grouping", format!("customer + {category}, {} days", GROUPING.num_days()))
            .fact("strikes", new.strikes);
        let entry = match new.repeat_of {
            Some(earlier) => entry.fact("repeat_of", earlier.to_string()),
            None => entry,
        };
        tx.commit(by_policy(entry, actor)).await?;
        Ok(Opened { id: new.id, number, joined: false, events })
    }

    /// Gives the case to a colleague, or takes it.
    ///
    /// # Errors
    /// [`Refusal`] for a missing right, a closed case, a stale page or an account that cannot work on cases.
    pub async fn assign_case(&self, actor: &Actor, number: &str, version: i64, to: UserId) -> Result<Case, DeskError> {
        self.require(actor, Permission::WorkCases)?;
        let order = Order {
            actor,
            number,
            version: Some(version),
            command: CaseCommand::Assign,
            act: Act::CaseAssigned,
            why: "",
        };
        let user = self.store.read().await?.user_by_id(to).await?.filter(|user| user.disabled_at.is_none());
        let user = user.filter(|user| domain::actor::may(user.role, Permission::WorkCases));
        let user = user.ok_or_else(|| Refusal::invalid("assignee", "choose a colleague who works on cases"))?;
        self.move_case(order, |case, _, entry| {
            case.assignee = Some(to);
            entry.fact("assignee", user.name.as_str())
        })
        .await
    }

    /// Puts the case back into the queue of all.
    ///
    /// # Errors
    /// [`Refusal`] for a missing right, a closed case or a stale page.
    pub async fn hand_back_case(
        &self,
        actor: &Actor,
        number: &str,
        version: i64,
        why: &str,
    ) -> Result<Case, DeskError> {
        let order = Order {
            actor,
            number,
            version: Some(version),
            command: CaseCommand::HandBack,
            act: Act::CaseHandedBack,
            why,
        };
        self.move_case(order, |case, _, entry| {
            case.assignee = None;
            entry
        })
        .await
    }

    /// Hides the case from the queue until a time; none shows it again.
    ///
    /// # Errors
    /// [`Refusal`] for a missing right or reason, a time that is not ahead, a closed case or a stale page.
    pub async fn snooze_case(
        &self,
        actor: &Actor,
        number: &str,
        version: i64,
        until: Option<DateTime<Utc>>,
        why: &str,
    ) -> Result<Case, DeskError> {
        let now = self.clock.now();
        if let Some(until) = until {
            domain::case_text("reason", why)?;
            if until <= now || until > now + chrono::TimeDelta::days(365) {
                return Err(Refusal::invalid("until", "must lie between now and a year from now").into());
            }
        }
        let order =
            Order { actor, number, version: Some(version), command: CaseCommand::Snooze, act: Act::CaseSnoozed, why };
        self.move_case(order, |case, _, entry| {
            case.snoozed_until = until;
            entry.fact("until", until.map(|at| at.to_rfc3339()))
        })
        .await
    }

    /// Says that the customer's answer needs nothing more.
    ///
    /// # Errors
    /// [`Refusal`] for a missing right, a case without an answer or a stale page.
    pub async fn settle_case(&self, actor: &Actor, number: &str, version: i64) -> Result<Case, DeskError> {
        let order = Order {
            actor,
            number,
            version: Some(version),
            command: CaseCommand::Settle,
            act: Act::CaseSettled,
            why: "",
        };
        self.move_case(order, |case, _, entry| {
            case.due_at = None;
            entry
        })
        .await
    }

    /// Closes the case.
    ///
    /// # Errors
    /// [`Refusal`] for a missing right or reason, an open objection, a quarantine that still holds, or a stale page.
    pub async fn close_case(
        &self,
        actor: &Actor,
        number: &str,
        version: i64,
        outcome: Outcome,
        why: &str,
    ) -> Result<Case, DeskError> {
        domain::case_text("reason", why)?;
        if !Outcome::CHOICES.contains(&outcome) {
            return Err(Refusal::invalid("outcome", "say first whose it was: see Wrong customer on the case").into());
        }
        let order =
            Order { actor, number, version: Some(version), command: CaseCommand::Close, act: Act::CaseClosed, why };
        self.move_case(order, |case, now, entry| {
            case.outcome = Some(outcome);
            case.closed_at = Some(now);
            case.due_at = None;
            case.snoozed_until = None;
            entry.fact("outcome", outcome.as_str())
        })
        .await
    }

    /// Takes a closed case up again.
    ///
    /// # Errors
    /// [`Refusal`] for a missing right or reason, a case that is not closed, or a stale page.
    pub async fn reopen_case(&self, actor: &Actor, number: &str, version: i64, why: &str) -> Result<Case, DeskError> {
        domain::case_text("reason", why)?;
        let order =
            Order { actor, number, version: Some(version), command: CaseCommand::Reopen, act: Act::CaseReopened, why };
        self.move_case(order, |case, now, entry| {
            case.outcome = None;
            case.closed_at = None;
            case.due_at = Some(now + DESK_TIME);
            entry
        })
        .await
    }

    /// One command to one case in one transaction.
    pub(super) async fn move_case(
        &self,
        order: Order<'_>,
        edit: impl FnOnce(&mut Case, DateTime<Utc>, NewEntry) -> NewEntry,
    ) -> Result<Case, DeskError> {
        let right = case::right(order.command).ok_or(Refusal::NotFound)?;
        self.require(order.actor, right)?;
        let mut tx = self.store.write().await?;
        let now = tx.now();
        let mut case = moved(&mut tx, &order).await?;
        let old = case.1;
        let entry = NewEntry::new(order.actor, order.act, "case", case.0.id).case(case.0.id).why(order.why.trim());
        let entry = if old == case.0.state { entry } else { entry.change(old.as_str(), case.0.state.as_str()) };
        let entry = edit(&mut case.0, now, entry);
        tx.case_save(&case.0).await?;
        if order.command == CaseCommand::Reopen {
            tx.case_rejoin(case.0.id).await?;
            tx.reporter_case_reopened(case.0.id).await?;
        }
        if order.command == CaseCommand::Close {
            self.end_for_reporters(&mut tx, case.0.id).await?;
        }
        tx.commit(entry).await?;
        case.0.version += 1;
        Ok(case.0)
    }
}

/// The case after the command's step, with the state it had before.
pub(super) async fn moved(tx: &mut Tx, order: &Order<'_>) -> Result<(Case, CaseState), DeskError> {
    let mut case = tx.case_by_number(order.number).await?.ok_or(Refusal::NotFound)?;
    if order.version.is_some_and(|version| version != case.version) {
        return Err(Refusal::Stale.into());
    }
    let held = held(tx, case.id, order.command).await?;
    let old = case.state;
    case.state = case::step(old, order.command, held)?;
    if order.command == CaseCommand::Close && case.dispute == DisputeState::Open {
        return Err(Refusal::invalid("outcome", "decide the customer's objection first, then close the case").into());
    }
    if order.command == CaseCommand::Reopen && case.outcome == Some(Outcome::WrongCustomer) {
        let problem =
            "was laid to the wrong customer: if it was his after all, correct the case that has its events now";
        return Err(Refusal::invalid("case", problem).into());
    }
    // Whoever acts on a case has looked at it.
    case.unread = false;
    Ok((case, old))
}

/// Whether a quarantine holds the case: for closing one that is not over, else one that the network may hold.
pub(super) async fn held(conn: &mut Conn, case: CaseId, command: CaseCommand) -> Result<bool, DeskError> {
    let states = conn.case_holds(case).await?;
    Ok(match command {
        CaseCommand::Close => !states.is_empty(),
        _ => states.into_iter().any(QuarantineState::holding),
    })
}

async fn joined(mut tx: Tx, actor: &Actor, open: &Case) -> Result<Opened, DeskError> {
    let to = case::step(open.state, CaseCommand::Join, false)?;
    let events = tx.case_take_pending(open, to).await?;
    let entry = NewEntry::new(actor, Act::CaseJoined, "case", open.id).case(open.id).fact("events", events);
    let entry = if to == open.state { entry } else { entry.change(open.state.as_str(), to.as_str()) };
    tx.commit(by_policy(entry, actor)).await?;
    Ok(Opened { id: open.id, number: open.number.clone(), joined: true, events })
}

pub(super) async fn new_case(
    tx: &mut Tx,
    actor: &Actor,
    customer: CustomerId,
    category: Category,
    pending: &Pending,
    now: DateTime<Utc>,
) -> Result<NewCase, DeskError> {
    let since = now - REPEAT_WINDOW;
    let strikes = tx.case_strikes(customer, since).await?;
    let repeats = tx.case_repeats(customer, category, since).await?;
    Ok(NewCase {
        id: CaseId::new(),
        customer,
        service: pending.service,
        category,
        class: pending.class,
        assignee: actor.user(),
        opened_at: now,
        first_event_at: pending.first_at,
        last_event_at: pending.last_at,
        first_stored_at: pending.stored_at,
        due_at: Some(now + DESK_TIME),
        repeat_of: repeats.map(|case| case.id),
        strikes,
    })
}

/// What no person decided names the policy that did (design rule 10).
fn by_policy(entry: NewEntry, actor: &Actor) -> NewEntry {
    match actor {
        Actor::System { .. } => entry.fact("policy", policy::VERSION),
        _ => entry,
    }
}
