//! Ordering a quarantine, signing for it, reviewing, retrying and withdrawing it.
use super::{Desk, DeskError, contradiction::not_by_rule, quarantine_step as step};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    act::Act,
    actor::{Actor, Permission},
    case::{self, CaseCommand},
    case_text,
    customer::{Contract, Service},
    id::{CaseId, NoticeId, QuarantineId},
    ledger::NewEntry,
    limit::AUTOMATIC_CUTS_PER_HOUR_MAX,
    quarantine::{
        self, Ground, Measure, Order, PORTS_DEFAULT, Quarantine, QuarantineCommand, QuarantineState, expires_at,
    },
    refusal::Refusal,
    terms::Clause,
};
use store::{Entries, StoreError, Tx};

/// What came of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ordered {
    /// The quarantine.
    pub id: QuarantineId,
    /// Where it stands.
    pub state: QuarantineState,
    /// The service was restricted already: the case holds that quarantine now too.
    pub joined: bool,
}

impl Desk {
    /// Orders a quarantine from a case, with a notice in the same act where `notice` and none was given yet. The same
    /// order again changes nothing.
    ///
    /// # Errors
    /// Every rule of the ground; [`Refusal::Stale`] when the case holds one on the service already.
    pub async fn quarantine_order(
        &self,
        actor: &Actor,
        case: CaseId,
        order: Order,
        notice: bool,
    ) -> Result<Ordered, DeskError> {
        self.require(actor, Permission::OrderQuarantine)?;
        match self.order_once(actor, case, &order, notice).await {
            // Somebody ordered on the same service in that very moment: this case joins.
            Err(DeskError::Store(StoreError::Conflict(_))) => self.order_once(actor, case, &order, notice).await,
            other => other,
        }
    }

    async fn order_once(&self, actor: &Actor, case: CaseId, order: &Order, notice: bool) -> Result<Ordered, DeskError> {
        let mut tx = self.store.write().await?;
        // Nobody takes the notice back on which this order rests.
        tx.case_hold(case).await?;
        let mut told = Vec::new();
        if notice && tx.quarantine_by_id(order.id).await?.is_none() && tx.notice_given_or_owed(case).await? == 0 {
            let about = tx.case_by_id(case).await?.ok_or(Refusal::NotFound)?;
            let draft = self.usual_draft(&mut tx, &about).await?;
            told = self.owe_notice(&mut tx, actor, &about, NoticeId(order.id.0), &draft).await?;
        }
        let ordered = order_in(&mut tx, actor, case, order).await?;
        let Some((ordered, entry)) = ordered else {
            let known = tx.quarantine_by_id(order.id).await?.ok_or(Refusal::NotFound)?;
            return Ok(Ordered { id: known.id, state: known.state, joined: false });
        };
        tx.commit(Entries::from(entry).and_all(told)).await?;
        self.wake.enforcement.notify_one();
        self.wake.mail.notify_one();
        Ok(ordered)
    }

    /// A supervisor who did not order it signs, with a reason.
    ///
    /// # Errors
    /// [`Refusal::Stale`] when it changed; the rules of signing.
    pub async fn quarantine_approve(
        &self,
        actor: &Actor,
        id: QuarantineId,
        version: i64,
        reason: &str,
    ) -> Result<(), DeskError> {
        self.require(actor, Permission::Approve)?;
        case_text("reason", reason)?;
        let mut tx = self.store.write().await?;
        let mut found = seen(&mut tx, id, version).await?;
        quarantine::may_sign(&found, actor)?;
        let (old, now) = (found.state, tx.now());
        found.state = quarantine::step(found.state, QuarantineCommand::Approve)?;
        found.approved_by = actor.user();
        if found.starts_at < now {
            let late = now - found.starts_at;
            (found.starts_at, found.review_at, found.expires_at) =
                (now, found.review_at + late, found.expires_at + late);
        }
        if found.starts_at <= now {
            step::begin(&mut tx, &mut found).await?;
        }
        tx.quarantine_save(&found).await?;
        let entries = per_cause(&mut tx, found.id, actor, Act::QuarantineApproved, |entry| {
            entry.change(old.as_str(), found.state.as_str()).why(reason)
        })
        .await?;
        step::commit(tx, entries).await?;
        self.wake.enforcement.notify_one();
        Ok(())
    }

    /// A supervisor does not sign, with a reason.
    ///
    /// # Errors
    /// [`Refusal::Stale`] when it changed.
    pub async fn quarantine_refuse(
        &self,
        actor: &Actor,
        id: QuarantineId,
        version: i64,
        reason: &str,
    ) -> Result<(), DeskError> {
        self.require(actor, Permission::Approve)?;
        self.end_before_begin(actor, id, version, reason, QuarantineCommand::Refuse, Act::QuarantineRefused).await
    }

    /// Withdraws it before it began.
    ///
    /// # Errors
    /// [`Refusal::Stale`] when it changed; [`Refusal::QuarantineState`] when it began.
    pub async fn quarantine_cancel(
        &self,
        actor: &Actor,
        id: QuarantineId,
        version: i64,
        reason: &str,
    ) -> Result<(), DeskError> {
        self.require(actor, Permission::OrderQuarantine)?;
        self.end_before_begin(actor, id, version, reason, QuarantineCommand::Cancel, Act::QuarantineCancelled).await
    }

    async fn end_before_begin(
        &self,
        actor: &Actor,
        id: QuarantineId,
        version: i64,
        reason: &str,
        command: QuarantineCommand,
        act: Act,
    ) -> Result<(), DeskError> {
        case_text("reason", reason)?;
        let mut tx = self.store.write().await?;
        let mut found = seen(&mut tx, id, version).await?;
        let old = found.state;
        found.state = quarantine::step(found.state, command)?;
        tx.quarantine_save(&found).await?;
        let entries = per_cause(&mut tx, found.id, actor, act, |entry| {
            entry.change(old.as_str(), found.state.as_str()).why(reason)
        })
        .await?;
        tx.quarantine_causes_gone(id, self.clock.now()).await?;
        step::commit(tx, entries).await
    }

    /// Somebody looked: the next look is due at `review_at`, never past the end.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for the date; [`Refusal::Stale`] when it changed.
    pub async fn quarantine_review(
        &self,
        actor: &Actor,
        id: QuarantineId,
        version: i64,
        review_at: DateTime<Utc>,
        reason: &str,
    ) -> Result<(), DeskError> {
        self.require(actor, Permission::OrderQuarantine)?;
        case_text("reason", reason)?;
        let mut tx = self.store.write().await?;
        let mut found = seen(&mut tx, id, version).await?;
        if !found.state.live() || found.state == QuarantineState::Lifting {
            return Err(Refusal::QuarantineState { state: found.state, act: "review" }.into());
        }
        quarantine::review(&found, review_at, tx.now())?;
        let old = std::mem::replace(&mut found.review_at, review_at);
        tx.quarantine_save(&found).await?;
        let entries = per_cause(&mut tx, found.id, actor, Act::QuarantineReviewed, |entry| {
            entry.change(old.to_rfc3339(), review_at.to_rfc3339()).why(reason)
        })
        .await?;
        step::commit(tx, entries).await
    }

    /// Asks the network again after a failure.
    ///
    /// # Errors
    /// [`Refusal::QuarantineState`] unless it failed; [`Refusal::Stale`] when it changed.
    pub async fn quarantine_retry(&self, actor: &Actor, id: QuarantineId, version: i64) -> Result<(), DeskError> {
        self.require(actor, Permission::OrderQuarantine)?;
        let mut tx = self.store.write().await?;
        let mut found = seen(&mut tx, id, version).await?;
        let old = found.state;
        step::ask_again(&mut tx, &mut found, QuarantineCommand::Retry).await?;
        let entries = per_cause(&mut tx, found.id, actor, Act::QuarantineRetried, |entry| {
            entry.change(old.as_str(), found.state.as_str())
        })
        .await?;
        step::commit(tx, entries).await?;
        self.wake.enforcement.notify_one();
        Ok(())
    }
}

/// One entry per case that holds it, so that it stands in each timeline.
async fn per_cause(
    tx: &mut Tx,
    id: QuarantineId,
    actor: &Actor,
    act: Act,
    facts: impl Fn(NewEntry) -> NewEntry,
) -> Result<Vec<NewEntry>, DeskError> {
    Ok(step::entries(tx, id, actor, act).await?.into_iter().map(facts).collect())
}

/// The quarantine as the form saw it.
pub(super) async fn seen(tx: &mut Tx, id: QuarantineId, version: i64) -> Result<Quarantine, DeskError> {
    let found = tx.quarantine_by_id(id).await?.ok_or(Refusal::NotFound)?;
    if found.version == version { Ok(found) } else { Err(Refusal::Stale.into()) }
}

/// The order within a transaction that also writes its notice; None when this very order was given before.
///
/// # Errors
/// Every rule of the ground.
pub(super) async fn order_in(
    tx: &mut Tx,
    actor: &Actor,
    case: CaseId,
    order: &Order,
) -> Result<Option<(Ordered, NewEntry)>, DeskError> {
    if tx.quarantine_by_id(order.id).await?.is_some() {
        return Ok(None);
    }
    let case = tx.case_by_id(case).await?.ok_or(Refusal::NotFound)?;
    case::step(case.state, CaseCommand::OrderQuarantine, false)?;
    let service = tx.service_by_id(order.service).await?.filter(|service| service.customer == case.customer);
    let service = service.ok_or_else(|| Refusal::invalid("service", "choose a service of this customer"))?;
    let contract = tx.contract_by_id(service.contract).await?.ok_or(Refusal::NotFound)?;
    let clause = tx.clause_by_id(order.clause).await?;
    let clause = clause.ok_or_else(|| Refusal::invalid("clause", "choose the clause that permits it"))?;
    let state = judge(tx, case.id, order, &service, &contract, &clause).await?;
    breaker(tx, actor).await?;
    not_by_rule(tx, actor, case.id).await?;

    let now = tx.now();
    let entry = NewEntry::new(actor, Act::QuarantineOrdered, "quarantine", order.id).case(case.id);
    let entry = entry
        .fact("measure", order.measure.as_str())
        .fact("service", service.number.clone())
        .fact("clause", format!("{} of {}", clause.number, clause.terms_version))
        .why(order.reason.trim());
    if let Some(live) = tx.quarantine_live_of_service(service.id).await? {
        return join(tx, &live, case.id, entry).await.map(Some);
    }
    let starts_at = now + TimeDelta::hours(order.start_hours);
    let ends = expires_at(starts_at, &clause);
    let mut ordered = Quarantine {
        id: order.id,
        service: service.id,
        customer: case.customer,
        measure: order.measure,
        ports: ports(order),
        state,
        clause: clause.id,
        reason: order.reason.trim().to_owned(),
        ordered_by: actor.ledger_text(),
        ordered_at: now,
        approved_by: None,
        starts_at,
        review_at: (starts_at + TimeDelta::days(order.review_days)).min(ends),
        expires_at: ends,
        confirmed_at: None,
        verified_at: None,
        lift_asked_at: None,
        lifted_at: None,
        attempts: 0,
        answer: String::new(),
        version: 1,
    };
    if state == QuarantineState::Scheduled && starts_at <= now {
        step::begin(tx, &mut ordered).await?;
    }
    tx.quarantine_add(&ordered).await?;
    tx.quarantine_cause_add(ordered.id, case.id).await?;
    let entry = entry.fact("new", ordered.state.as_str()).fact("review_at", ordered.review_at.to_rfc3339());
    Ok(Some((Ordered { id: ordered.id, state: ordered.state, joined: false }, entry)))
}

async fn judge(
    tx: &mut Tx,
    case: CaseId,
    order: &Order,
    service: &Service,
    contract: &Contract,
    clause: &Clause,
) -> Result<QuarantineState, DeskError> {
    let roles = tx.quarantine_roles(case).await?;
    let notice = tx.notice_given_or_owed(case).await? > 0;
    Ok(quarantine::ground(order, &Ground { service, contract, clause, roles: &roles, notice })?)
}

/// Automatic cuts stop when there are too many of them within an hour: then a rule is wrong, not the customers.
async fn breaker(tx: &mut Tx, actor: &Actor) -> Result<(), DeskError> {
    if matches!(actor, Actor::System { .. }) {
        let since = tx.now() - TimeDelta::hours(1);
        if tx.quarantine_automatic(since).await? >= AUTOMATIC_CUTS_PER_HOUR_MAX {
            let words = format!("more than {AUTOMATIC_CUTS_PER_HOUR_MAX} automatic quarantines within an hour");
            return Err(Refusal::Limit(words).into());
        }
    }
    Ok(())
}

/// The service is restricted already: the case becomes one more cause.
async fn join(tx: &mut Tx, live: &Quarantine, case: CaseId, entry: NewEntry) -> Result<(Ordered, NewEntry), DeskError> {
    if live.state == QuarantineState::Lifting {
        let problem = "its last quarantine is being lifted: order again when the network has confirmed";
        return Err(Refusal::invalid("service", problem).into());
    }
    if tx.quarantine_causes(live.id).await?.contains(&case) {
        return Err(Refusal::invalid("service", "this case holds a quarantine of this service already").into());
    }
    tx.quarantine_cause_add(live.id, case).await?;
    let mut entry = NewEntry { noun_id: live.id.to_string(), ..entry }.fact("joined", true);
    if live.state == QuarantineState::InForce
        && let Some((old, new)) =
            step::tell_case(tx, case, CaseCommand::QuarantineInForce, Some(live.review_at)).await?
    {
        entry = entry.change(old.as_str(), new.as_str());
    }
    Ok((Ordered { id: live.id, state: live.state, joined: true }, entry))
}

fn ports(order: &Order) -> Vec<u16> {
    if order.measure != Measure::PortBlock {
        return Vec::new();
    }
    let mut ports = if order.ports.is_empty() { PORTS_DEFAULT.to_vec() } else { order.ports.clone() };
    ports.sort_unstable();
    ports.dedup();
    ports
}
