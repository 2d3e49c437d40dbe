//! A restriction of one service: its measures, THE table of its life, and the ground it must stand on.
use crate::{
    actor::{Actor, Permission},
    customer::{Contract, Service},
    event::Role,
    id::{CaseId, ClauseId, CustomerId, QuarantineId, ServiceId, UserId},
    limit::START_HOURS_MAX,
    refusal::Refusal,
    terms::Clause,
    words::words,
};
use chrono::{DateTime, TimeDelta, Utc};

words! {
    /// How a service is restricted.
    Measure {
        /// Some ports are closed; the rest works.
        PortBlock = "port_block",
        /// Only the page that explains, updates and emergency services work.
        WalledGarden = "walled_garden",
        /// Nothing works.
        Suspension = "suspension",
    }
}

impl Measure {
    /// Words for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::PortBlock => "Port block",
            Self::WalledGarden => "Walled garden",
            Self::Suspension => "Suspension",
        }
    }
}

/// Ports closed by a port block unless others are named.
pub const PORTS_DEFAULT: &[u16] = &[25, 139, 445];

words! {
    /// Where a quarantine stands.
    QuarantineState {
        /// A supervisor must sign.
        AwaitingApproval = "awaiting_approval",
        /// Starts at its time.
        Scheduled = "scheduled",
        /// Asked for, not confirmed by the network.
        Applying = "applying",
        /// Confirmed by the network.
        InForce = "in_force",
        /// The network refused it for good, or never answered.
        Failed = "failed",
        /// To be taken away, not confirmed yet.
        Lifting = "lifting",
        /// Confirmed gone.
        Lifted = "lifted",
        /// Withdrawn before it began.
        Cancelled = "cancelled",
        /// The supervisor did not sign.
        Refused = "refused",
    }
}

words! {
    /// Everything that can happen to a quarantine.
    QuarantineCommand {
        /// The supervisor signs.
        Approve = "approve",
        /// The supervisor does not sign.
        Refuse = "refuse",
        /// Its time has come: ask the network.
        Begin = "begin",
        /// The network holds it.
        Confirm = "confirm",
        /// The network refused, or never answered.
        Fail = "fail",
        /// Try again.
        Retry = "retry",
        /// Take it away.
        Lift = "lift",
        /// The network no longer holds it.
        ConfirmLifted = "confirm_lifted",
        /// The network lost it: ask again.
        Repair = "repair",
        /// Withdraw before it began.
        Cancel = "cancel",
    }
}

use QuarantineCommand as Q;
use QuarantineState::{Applying, AwaitingApproval, Cancelled, Failed, InForce, Lifted, Lifting, Refused, Scheduled};

/// One row: command, legal from, leads to, the staff's right (None = machines only), the button's words.
pub type Move = (Q, &'static [QuarantineState], QuarantineState, Option<Permission>, &'static str);

/// The only authority on what may happen to a quarantine.
pub const MOVES: &[Move] = &[
    (Q::Approve, &[AwaitingApproval], Scheduled, Some(Permission::Approve), "Approve"),
    (Q::Refuse, &[AwaitingApproval], Refused, Some(Permission::Approve), "Refuse"),
    (Q::Begin, &[Scheduled], Applying, None, ""),
    (Q::Confirm, &[Applying, InForce], InForce, None, ""),
    (Q::Fail, &[Applying], Failed, None, ""),
    (Q::Retry, &[Failed], Applying, Some(Permission::OrderQuarantine), "Try again"),
    // Also from applying and failed: a call without an answer may have reached the network.
    (Q::Lift, &[Applying, InForce, Failed], Lifting, Some(Permission::OrderQuarantine), "Release"),
    (Q::ConfirmLifted, &[Lifting], Lifted, None, ""),
    (Q::Repair, &[InForce], Applying, None, ""),
    (Q::Cancel, &[AwaitingApproval, Scheduled], Cancelled, Some(Permission::OrderQuarantine), "Cancel"),
];

/// Decides where `command` leads from `state`.
///
/// # Errors
/// [`Refusal::QuarantineState`] when the table has no such move.
pub fn step(state: QuarantineState, command: Q) -> Result<QuarantineState, Refusal> {
    let found = MOVES.iter().find(|(known, from, ..)| *known == command && from.contains(&state));
    found.map(|row| row.2).ok_or(Refusal::QuarantineState { state, act: command.as_str() })
}

/// What a person with the rights of `may` can do in `state`.
pub fn offered(state: QuarantineState, may: impl Fn(Permission) -> bool) -> Vec<Q> {
    let rows = MOVES.iter().filter(|row| row.1.contains(&state) && row.3.is_some_and(&may));
    rows.map(|row| row.0).collect()
}

impl QuarantineState {
    /// States in which the network may hold the restriction: such a quarantine holds its cases open.
    pub const HOLDING: &'static [Self] = &[Applying, InForce, Failed, Lifting];
    /// States which are not the end.
    pub const LIVE: &'static [Self] = &[AwaitingApproval, Scheduled, Applying, InForce, Failed, Lifting];

    /// Whether the network may hold the restriction.
    pub fn holding(self) -> bool {
        Self::HOLDING.contains(&self)
    }

    /// Whether it is not over.
    pub fn live(self) -> bool {
        Self::LIVE.contains(&self)
    }
}

/// A restriction of one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantine {
    /// Identifier; the back end's id too.
    pub id: QuarantineId,
    /// What is restricted.
    pub service: ServiceId,
    /// Whose service.
    pub customer: CustomerId,
    /// How.
    pub measure: Measure,
    /// Closed ports (port block only).
    pub ports: Vec<u16>,
    /// Where it stands.
    pub state: QuarantineState,
    /// The clause it stands on.
    pub clause: ClauseId,
    /// Why, in words the customer reads too.
    pub reason: String,
    /// Who ordered it, as the ledger names him.
    pub ordered_by: String,
    /// Asked for.
    pub ordered_at: DateTime<Utc>,
    /// Who signed for a protected service.
    pub approved_by: Option<UserId>,
    /// Not before.
    pub starts_at: DateTime<Utc>,
    /// A person looks at it by then; unreviewed, it ends at `expires_at`.
    pub review_at: DateTime<Utc>,
    /// Ends by itself: the last day the clause allows.
    pub expires_at: DateTime<Utc>,
    /// Confirmed by the network.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// Last seen in force by reading back.
    pub verified_at: Option<DateTime<Utc>>,
    /// Lift asked for.
    pub lift_asked_at: Option<DateTime<Utc>>,
    /// Confirmed gone.
    pub lifted_at: Option<DateTime<Utc>>,
    /// Tries of the present step.
    pub attempts: i64,
    /// What the back end last said.
    pub answer: String,
    /// Rises with each change.
    pub version: i64,
}

/// A quarantine with the names a list shows.
#[derive(Debug, Clone)]
pub struct QuarantineRow {
    /// The quarantine.
    pub quarantine: Quarantine,
    /// Number of the service.
    pub service_number: String,
    /// Its product.
    pub product: String,
    /// Why the service is protected, if it is.
    pub protected: Option<String>,
    /// Name of the customer.
    pub customer_name: String,
    /// Clause number, such as `7.2`.
    pub clause_number: String,
    /// Terms version of the clause.
    pub terms_version: String,
    /// The cases that hold it: id and number.
    pub cases: Vec<(CaseId, String)>,
}

/// What a person orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Identifier, given by the form, so that a double click orders once.
    pub id: QuarantineId,
    /// The service.
    pub service: ServiceId,
    /// How.
    pub measure: Measure,
    /// Ports of a port block; empty = [`PORTS_DEFAULT`].
    pub ports: Vec<u16>,
    /// Under which clause.
    pub clause: ClauseId,
    /// Why.
    pub reason: String,
    /// Days until a person looks at it (1..=days the clause allows).
    pub review_days: i64,
    /// Hours of notice before it begins (0..=[`crate::limit::START_HOURS_MAX`]).
    pub start_hours: i64,
}

/// What must be known to judge the ground.
#[derive(Debug)]
pub struct Ground<'a> {
    /// The service to be restricted.
    pub service: &'a Service,
    /// Its contract.
    pub contract: &'a Contract,
    /// The clause.
    pub clause: &'a Clause,
    /// Roles of the customer in the case's certain events.
    pub roles: &'a [Role],
    /// Whether a notice was given, or is owed in the same act.
    pub notice: bool,
}

/// The ground of a quarantine (design rule 4): a clause of the terms this customer accepted, evidence against him as
/// actor, infected or vulnerable, a notice, a review date within the clause.
///
/// Returns the state it begins in: `awaiting_approval` for a protected service, else `scheduled`.
///
/// # Errors
/// [`Refusal::NoGround`] or [`Refusal::Invalid`] with the rule that is not met.
pub fn ground(order: &Order, ground: &Ground<'_>) -> Result<QuarantineState, Refusal> {
    if ground.service.id != order.service || ground.service.contract != ground.contract.id {
        return Err(Refusal::NoGround("the service does not belong to this contract"));
    }
    let Some(_accepted) = ground.contract.accepted_at else {
        return Err(Refusal::NoGround("no proof that the customer accepted the terms"));
    };
    if ground.clause.terms_version != ground.contract.terms_version {
        return Err(Refusal::NoGround("the clause is not of the terms this customer accepted"));
    }
    if !ground.clause.permits.contains(&order.measure) {
        return Err(Refusal::NoGround("the clause does not permit this measure"));
    }
    if !ground.roles.iter().any(|role| matches!(role, Role::Actor | Role::Infected | Role::Vulnerable)) {
        return Err(Refusal::NoGround(
            "no certain evidence against the customer (a victim or a mere rights claim is none)",
        ));
    }
    if !ground.notice {
        return Err(Refusal::NoGround("no notice was given and none is owed: send one with the order"));
    }
    if !(1..=ground.clause.days_max).contains(&order.review_days) {
        let problem = format!("must be between 1 and {} days, the most the clause allows", ground.clause.days_max);
        return Err(Refusal::invalid("review_days", problem));
    }
    if !(0..=START_HOURS_MAX).contains(&order.start_hours) {
        return Err(Refusal::invalid("start_hours", format!("must be between 0 and {START_HOURS_MAX} hours")));
    }
    if order.ports.contains(&0) {
        return Err(Refusal::invalid("ports", "ports are numbers from 1 to 65535"));
    }
    crate::case_text("reason", &order.reason)?;
    Ok(if ground.service.protected.is_some() { AwaitingApproval } else { Scheduled })
}

/// When the measure ends at the latest.
pub fn expires_at(starts_at: DateTime<Utc>, clause: &Clause) -> DateTime<Utc> {
    starts_at + TimeDelta::days(clause.days_max)
}

/// Whether `signer` may sign for what `quarantine.ordered_by` ordered: four eyes.
///
/// # Errors
/// [`Refusal::Invalid`] when it is the same person.
pub fn may_sign(quarantine: &Quarantine, signer: &Actor) -> Result<(), Refusal> {
    if signer.ledger_text() == quarantine.ordered_by {
        return Err(Refusal::invalid("approval", "whoever ordered it cannot sign for it: ask another supervisor"));
    }
    Ok(())
}

/// Checks a new review date: in the future, never past the day on which the quarantine ends.
///
/// # Errors
/// [`Refusal::Invalid`] naming the bound.
pub fn review(quarantine: &Quarantine, review_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), Refusal> {
    if review_at <= now {
        return Err(Refusal::invalid("review_at", "the next review must be in the future"));
    }
    if review_at > quarantine.expires_at {
        let problem =
            format!("the clause lets it last until {} at most", quarantine.expires_at.format("%Y-%m-%d %H:%M"));
        return Err(Refusal::invalid("review_at", problem));
    }
    Ok(())
}

words! {
    /// The views of the quarantine list.
    QuarantineTab {
        /// Held by the network, or on its way there.
        InForce = "in_force",
        /// A supervisor must sign, or its time has not come.
        Waiting = "waiting",
        /// The network refused, or does not answer.
        Failed = "failed",
        /// In force past the review date.
        Overdue = "overdue",
        /// A customer asked for release and a person must decide.
        Requests = "requests",
        /// Over.
        Ended = "ended",
    }
}

/// How many are in each view.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QuarantineCounts {
    /// Held, or on the way.
    pub in_force: i64,
    /// To be signed, or scheduled.
    pub waiting: i64,
    /// Refused or retried.
    pub failed: i64,
    /// Past the review date.
    pub overdue: i64,
    /// Release requests.
    pub requests: i64,
}
