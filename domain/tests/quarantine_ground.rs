//! No quarantine without ground: each rule has its failing case, and the sound order passes.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::{self, Actor},
    customer::{Contract, Service},
    dispute::{self, Dispute},
    event::Role,
    id::{CaseId, ClauseId, ContractId, CustomerId, DisputeId, QuarantineId, ServiceId, UserId},
    quarantine::{Ground, Measure, Order, Quarantine, QuarantineState, expires_at, ground, may_sign, review},
    refusal::Refusal,
    terms::Clause,
};

struct World {
    service: Service,
    contract: Contract,
    clause: Clause,
    order: Order,
    roles: Vec<Role>,
    notice: bool,
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn world() -> World {
    let (customer, contract) = (CustomerId::new(), ContractId::new());
    let service = Service {
        id: ServiceId::new(),
        customer,
        contract,
        number: "ln-1".into(),
        product: "Fibre".into(),
        username: String::new(),
        circuit_id: String::new(),
        mac: String::new(),
        protected: None,
    };
    let clause = Clause {
        id: ClauseId::new(),
        terms_version: "2026-03".into(),
        number: "7.2".into(),
        text: "We may.".into(),
        permits: vec![Measure::PortBlock, Measure::WalledGarden],
        days_max: 14,
    };
    let order = Order {
        id: QuarantineId::new(),
        service: service.id,
        measure: Measure::WalledGarden,
        ports: vec![],
        clause: clause.id,
        reason: "bot traffic".into(),
        review_days: 7,
        start_hours: 0,
    };
    let contract = Contract {
        id: contract,
        customer,
        number: "c-1".into(),
        terms_version: "2026-03".into(),
        accepted_at: Some(at("2026-03-01T00:00:00Z")),
    };
    World { service, contract, clause, order, roles: vec![Role::Victim, Role::Infected], notice: true }
}

fn judge(world: &World) -> Result<QuarantineState, Refusal> {
    let found = Ground {
        service: &world.service,
        contract: &world.contract,
        clause: &world.clause,
        roles: &world.roles,
        notice: world.notice,
    };
    ground(&world.order, &found)
}

fn refused(change: impl FnOnce(&mut World)) -> String {
    let mut world = world();
    change(&mut world);
    judge(&world).unwrap_err().to_string()
}

#[test]
fn a_sound_order_passes() {
    assert_eq!(judge(&world()), Ok(QuarantineState::Scheduled));
}

#[test]
fn a_protected_service_waits_for_a_supervisor() {
    let mut world = world();
    world.service.protected = Some("hospital".into());
    assert_eq!(judge(&world), Ok(QuarantineState::AwaitingApproval));
}

#[test]
fn every_rule_has_its_refusal() {
    let cases: Vec<(&str, String)> = vec![
        ("belong to this contract", refused(|w| w.order.service = ServiceId::new())),
        ("belong to this contract", refused(|w| w.service.contract = ContractId::new())),
        ("no proof that the customer accepted", refused(|w| w.contract.accepted_at = None)),
        ("not of the terms this customer accepted", refused(|w| w.clause.terms_version = "2027-01".into())),
        ("does not permit this measure", refused(|w| w.order.measure = Measure::Suspension)),
        ("no certain evidence", refused(|w| w.roles = vec![Role::Victim, Role::RightsClaim, Role::Unknown])),
        ("no certain evidence", refused(|w| w.roles.clear())),
        ("no notice", refused(|w| w.notice = false)),
        ("review_days", refused(|w| w.order.review_days = 15)),
        ("review_days", refused(|w| w.order.review_days = 0)),
        ("start_hours", refused(|w| w.order.start_hours = -1)),
        ("start_hours", refused(|w| w.order.start_hours = 337)),
        ("ports", refused(|w| w.order.ports = vec![25, 0])),
        ("reason", refused(|w| w.order.reason = " x ".into())),
    ];
    for (expected, problem) in cases {
        assert!(problem.contains(expected), "{expected}: {problem}");
    }
}

#[test]
fn each_incriminating_role_is_enough() {
    for role in [Role::Actor, Role::Infected, Role::Vulnerable] {
        let mut world = world();
        world.roles = vec![role];
        assert!(judge(&world).is_ok(), "{role}");
    }
}

fn quarantine(by: &Actor) -> Quarantine {
    let world = world();
    let now = at("2026-11-22T12:00:00Z");
    Quarantine {
        id: world.order.id,
        service: world.service.id,
        customer: world.service.customer,
        measure: world.order.measure,
        ports: vec![],
        state: QuarantineState::AwaitingApproval,
        clause: world.clause.id,
        reason: world.order.reason,
        ordered_by: by.ledger_text(),
        ordered_at: now,
        approved_by: None,
        starts_at: now,
        review_at: now + TimeDelta::days(7),
        expires_at: expires_at(now, &world.clause),
        confirmed_at: None,
        verified_at: None,
        lift_asked_at: None,
        lifted_at: None,
        attempts: 0,
        answer: String::new(),
        version: 1,
    }
}

fn person(name: &str) -> Actor {
    Actor::User { id: UserId::new(), name: name.into(), role: actor::Role::Supervisor }
}

#[test]
fn nobody_signs_for_his_own_order() {
    let (one, other) = (person("One"), person("Other"));
    let order = quarantine(&one);
    assert!(may_sign(&order, &one).is_err());
    assert!(may_sign(&order, &other).is_ok());
}

#[test]
fn a_review_never_passes_the_end() {
    let order = quarantine(&person("One"));
    let now = order.ordered_at;
    assert!(review(&order, order.expires_at, now).is_ok());
    assert!(review(&order, order.expires_at + TimeDelta::microseconds(1), now).is_err());
    assert!(review(&order, now, now).is_err());
}

#[test]
fn the_first_decider_never_decides_the_objection() {
    let (first, second) = (UserId::new(), UserId::new());
    let mut objection = Dispute {
        id: DisputeId::new(),
        case: CaseId::new(),
        opened_at: at("2026-11-22T12:00:00Z"),
        text: "no".into(),
        first_decider: Some(first),
        due_at: at("2026-11-27T12:00:00Z"),
        decided_at: None,
        decided_by: None,
        verdict: None,
        reason: String::new(),
    };
    assert!(dispute::decide(&objection, first, "because").is_err());
    assert!(dispute::decide(&objection, second, "x").is_err());
    assert!(dispute::decide(&objection, second, "because").is_ok());
    objection.decided_at = Some(objection.opened_at);
    assert!(dispute::decide(&objection, second, "because").is_err());
}
