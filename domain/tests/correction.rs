//! What follows from a correction, written out by hand: who is released, who is told, what is recalled, what stays.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    attribution::Certainty,
    case::{Case, CaseState, DisputeState},
    class::Class,
    correction::{Goes, Holding, NoticeFate, Plan, QuarantineFate, Situation, To, Which, plan},
    event::{Observation, Role, Source, TimeGrade},
    evidence::{Event, EventState},
    id::{CaseId, ClauseId, CustomerId, DisputeId, EventId, LinkId, NoticeId, QuarantineId, ReportId, ServiceId},
    link::Link,
    notice::{Notice, NoticeState},
    quarantine::{Measure, Quarantine, QuarantineState},
    refusal::Refusal,
};

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

/// A case of customer A with two events of his service 1, and what a test adds.
struct World {
    case: Case,
    events: Vec<Event>,
    notices: Vec<Notice>,
    links: Vec<Link>,
    held: Vec<Holding>,
    dispute: Option<DisputeId>,
    joins: Option<(CaseId, String)>,
    unreachable: Option<&'static str>,
    a1: ServiceId,
    a2: ServiceId,
    b: To,
}

impl World {
    fn new() -> Self {
        let (a, a1) = (CustomerId::new(), ServiceId::new());
        let case = case(a);
        let events = vec![event(&case, a1), event(&case, a1)];
        let b = To::Holder { customer: CustomerId::new(), service: ServiceId::new() };
        Self {
            case,
            events,
            notices: Vec::new(),
            links: Vec::new(),
            held: Vec::new(),
            dispute: None,
            joins: None,
            unreachable: None,
            a1,
            a2: ServiceId::new(),
            b,
        }
    }

    fn plan(&self, which: &Which, to: To) -> Result<Plan, Refusal> {
        plan(&Situation {
            case: &self.case,
            events: &self.events,
            which,
            to,
            notices: &self.notices,
            links: &self.links,
            quarantines: &self.held,
            dispute: self.dispute,
            joins: self.joins.clone(),
            unreachable: self.unreachable,
            now: NOW,
        })
    }

    fn all(&self, to: To) -> Plan {
        self.plan(&Which::All, to).unwrap()
    }

    fn first(&self, to: To) -> Plan {
        self.plan(&Which::Some(vec![self.events[0].id]), to).unwrap()
    }

    fn own(&self, service: ServiceId) -> To {
        To::Holder { customer: self.case.customer, service }
    }

    fn notice(&mut self, state: NoticeState) -> NoticeId {
        let notice = notice(&self.case, state);
        self.notices.push(notice.clone());
        notice.id
    }

    fn quarantine(&mut self, service: ServiceId, state: QuarantineState, others: &[&str]) {
        let mut quarantine = quarantine(&self.case, service);
        quarantine.state = state;
        quarantine.confirmed_at = (state == QuarantineState::InForce).then_some(NOW);
        let others = others.iter().map(|other| (*other).to_owned()).collect();
        self.held.push(Holding { quarantine, service: "ln-1".to_owned(), ours: true, others });
    }
}

#[test]
fn all_of_it_moves_and_the_case_closes() {
    let mut world = World::new();
    let told = world.notice(NoticeState::Sent);
    let queued = world.notice(NoticeState::Queued);
    let flying = world.notice(NoticeState::Sending);
    world.notice(NoticeState::Bounced);
    world.notice(NoticeState::Failed);
    world.notice(NoticeState::Cancelled);
    world.links = vec![link(&world.case, false), link(&world.case, true)];
    world.quarantine(world.a1, QuarantineState::InForce, &[]);
    world.dispute = Some(DisputeId::new());
    let plan = world.all(world.b);
    assert!(plan.closes && plan.takes_back && plan.releases() && !plan.rewrites);
    assert_eq!((plan.moved.len(), plan.kept, plan.links), (2, 0, 1));
    assert_eq!(plan.goes, Goes::Opens);
    let fates: Vec<_> = plan.notices.iter().map(|end| (end.id, end.fate)).collect();
    assert_eq!(fates, [(told, NoticeFate::Told), (queued, NoticeFate::Recalled), (flying, NoticeFate::OnItsWay)]);
    assert_eq!(plan.quarantines[0].fate, QuarantineFate::Lifted);
    assert_eq!(plan.upholds, world.dispute);
}

#[test]
fn nobody_is_told_of_what_nobody_heard() {
    let mut world = World::new();
    world.notice(NoticeState::Queued);
    world.notice(NoticeState::Bounced);
    let plan = world.all(To::Nobody);
    assert!(plan.closes && !plan.takes_back);
    assert_eq!(plan.goes, Goes::Waits);
    // But whoever was cut noticed, even if no mail reached him.
    world.quarantine(world.a1, QuarantineState::InForce, &[]);
    assert!(world.all(To::Nobody).takes_back);
    world.unreachable = Some("the customer has no mail address");
    assert_eq!(world.all(To::Nobody).unreachable, world.unreachable);
}

#[test]
fn a_quarantine_ends_with_its_last_ground_only() {
    use QuarantineFate as F;
    use QuarantineState as S;
    // State, the other cases that hold it, all events or the first, whether it was on the events' service: its fate.
    type Row = (S, &'static [&'static str], bool, bool, Option<F>);
    let table: &[Row] = &[
        (S::AwaitingApproval, &[], true, true, Some(F::Withdrawn)),
        (S::Scheduled, &[], true, true, Some(F::Withdrawn)),
        (S::Applying, &[], true, true, Some(F::Lifted)),
        (S::InForce, &[], true, true, Some(F::Lifted)),
        (S::Failed, &[], true, true, Some(F::Lifted)),
        (S::InForce, &[], true, false, Some(F::Lifted)),
        (S::InForce, &["L-2026-000002"], true, true, Some(F::OtherCase)),
        (S::Scheduled, &["L-2026-000002"], true, true, Some(F::OtherCase)),
        (S::InForce, &[], false, true, Some(F::ThisCase)),
        (S::InForce, &["L-2026-000002"], false, true, Some(F::ThisCase)),
        (S::InForce, &[], false, false, Some(F::ThisCase)),
        (S::Lifting, &[], true, true, None),
        (S::Lifted, &[], true, true, None),
        (S::Cancelled, &[], true, true, None),
        (S::Refused, &[], true, true, None),
    ];
    for (state, others, all, same, fate) in table {
        let mut world = World::new();
        let service = if *same { world.a1 } else { world.a2 };
        world.quarantine(service, *state, others);
        let plan = if *all { world.all(world.b) } else { world.first(world.b) };
        let found = plan.quarantines.first().map(|end| end.fate);
        assert_eq!(found, *fate, "{state}, held by {others:?}, all: {all}, same service: {same}");
    }
}

#[test]
fn what_is_left_must_be_a_ground_of_its_own() {
    for role in [Role::Victim, Role::RightsClaim, Role::Unknown] {
        let mut world = World::new();
        world.events[1].observation.role = role;
        world.quarantine(world.a1, QuarantineState::InForce, &[]);
        assert_eq!(world.first(world.b).quarantines[0].fate, QuarantineFate::Lifted, "{role}");
    }
    // Left is another line of his: it does not ground the cut of this one.
    let mut world = World::new();
    world.events[1].service = Some(world.a2);
    world.quarantine(world.a1, QuarantineState::InForce, &[]);
    assert_eq!(world.first(world.b).quarantines[0].fate, QuarantineFate::Lifted);
}

#[test]
fn one_of_several_leaves_the_rest() {
    let mut world = World::new();
    world.notice(NoticeState::Sent);
    world.links = vec![link(&world.case, false)];
    world.dispute = Some(DisputeId::new());
    let plan = world.first(world.b);
    assert!(!plan.closes && plan.takes_back && !plan.rewrites);
    assert_eq!((plan.moved.len(), plan.kept, plan.links, plan.upholds), (1, 1, 0, None));
    // A notice that is not sent is written anew about what is left.
    world.notices.clear();
    world.notice(NoticeState::Queued);
    let plan = world.first(world.b);
    assert!(plan.rewrites && !plan.takes_back);
    // What was written before the event came does not speak of it.
    world.notices[0].created_at = NOW - TimeDelta::days(2);
    assert!(world.first(world.b).notices.is_empty());
}

#[test]
fn another_line_of_the_same_customer_stays_his_case() {
    let mut world = World::new();
    world.notice(NoticeState::Sent);
    world.links = vec![link(&world.case, false)];
    world.quarantine(world.a1, QuarantineState::InForce, &[]);
    let to = world.own(world.a2);
    let plan = world.all(to);
    assert!(plan.within() && !plan.closes && !plan.takes_back);
    assert_eq!((plan.goes.clone(), plan.links, plan.notices.len()), (Goes::Stays, 0, 0));
    assert_eq!(plan.quarantines[0].fate, QuarantineFate::Lifted);
    // The other line is cut: these events are its ground from now on.
    world.held.clear();
    world.quarantine(world.a2, QuarantineState::InForce, &[]);
    assert_eq!(world.all(to).quarantines[0].fate, QuarantineFate::ThisCase);
}

#[test]
fn the_right_customer_gets_them_by_the_usual_grouping() {
    let mut world = World::new();
    world.joins = Some((CaseId::new(), "L-2026-000009".to_owned()));
    let plan = world.all(world.b);
    assert!(matches!(plan.goes, Goes::Joins { ref number, .. } if number == "L-2026-000009"));
}

#[test]
fn a_closed_case_is_corrected_too() {
    let mut world = World::new();
    world.case.state = CaseState::Closed;
    world.notice(NoticeState::Sent);
    let plan = world.all(world.b);
    assert!(plan.closes && plan.takes_back);
}

#[test]
fn a_correction_notice_is_no_wrong_word() {
    let mut world = World::new();
    world.notice(NoticeState::Sent);
    world.notices[0].template = domain::correction::TEMPLATE.to_owned();
    assert!(!world.all(world.b).takes_back);
}

#[test]
fn refusals_name_what_is_wrong() {
    let world = World::new();
    let field = |result: Result<Plan, Refusal>| match result.unwrap_err() {
        Refusal::Invalid { field, .. } => field,
        Refusal::Stale => "stale",
        other => panic!("{other}"),
    };
    assert_eq!(field(world.plan(&Which::Some(Vec::new()), world.b)), "event");
    assert_eq!(field(world.plan(&Which::Some(vec![EventId::new()]), world.b)), "stale");
    assert_eq!(field(world.plan(&Which::All, world.own(world.a1))), "to");
    let mut many = World::new();
    let one = many.events[0].clone();
    many.events =
        (0..=domain::limit::CORRECTED_EVENTS_MAX).map(|_| Event { id: EventId::new(), ..one.clone() }).collect();
    assert_eq!(field(many.plan(&Which::All, many.b)), "event");
}

fn case(customer: CustomerId) -> Case {
    Case {
        id: CaseId::new(),
        number: "L-2026-000001".to_owned(),
        customer,
        service: None,
        category: Class::InfectedHost.category(),
        class: Class::InfectedHost,
        state: CaseState::Notified,
        outcome: None,
        claim: None,
        dispute: DisputeState::None,
        assignee: None,
        opened_at: NOW,
        first_event_at: NOW,
        last_event_at: NOW,
        events: 2,
        notified_at: None,
        due_at: None,
        snoozed_until: None,
        closed_at: None,
        repeat_of: None,
        strikes: 0,
        unread: false,
        version: 1,
    }
}

fn event(case: &Case, service: ServiceId) -> Event {
    Event {
        id: EventId::new(),
        report: ReportId::new(),
        position: 0,
        reporter: "reporter.example".to_owned(),
        observation: Observation {
            source: Source::from_ip("192.0.2.7".parse().unwrap(), None),
            from: Some(NOW),
            to: None,
            time_grade: TimeGrade::Stated,
            class: Class::InfectedHost,
            role: Role::Infected,
            count: 1,
            reference: None,
            details: serde_json::Map::new(),
            faults: Vec::new(),
        },
        at: NOW,
        received_at: NOW - TimeDelta::days(1),
        certainty: Certainty::Certain,
        customer: Some(case.customer),
        service: Some(service),
        case: Some(case.id),
        state: EventState::OnCase,
    }
}

fn notice(case: &Case, state: NoticeState) -> Notice {
    Notice {
        id: NoticeId::new(),
        case: case.id,
        customer: case.customer,
        template: "bot".to_owned(),
        language: "en".to_owned(),
        recipient: "a@mail.example".to_owned(),
        subject: "A device is infected".to_owned(),
        body: String::new(),
        message_id: String::new(),
        state,
        attempts: 0,
        answer: String::new(),
        created_at: NOW,
        next_at: NOW,
        sent_at: None,
        bounced_at: None,
    }
}

fn link(case: &Case, dead: bool) -> Link {
    Link {
        id: LinkId::new(),
        case: case.id,
        customer: case.customer,
        created_at: NOW,
        expires_at: NOW + TimeDelta::days(90),
        revoked_at: dead.then_some(NOW),
    }
}

fn quarantine(case: &Case, service: ServiceId) -> Quarantine {
    Quarantine {
        id: QuarantineId::new(),
        service,
        customer: case.customer,
        measure: Measure::WalledGarden,
        ports: Vec::new(),
        state: QuarantineState::InForce,
        clause: ClauseId::new(),
        reason: "Bots.".to_owned(),
        ordered_by: "system:test".to_owned(),
        ordered_at: NOW,
        approved_by: None,
        starts_at: NOW,
        review_at: NOW,
        expires_at: NOW,
        confirmed_at: None,
        verified_at: None,
        lift_asked_at: None,
        lifted_at: None,
        attempts: 0,
        answer: String::new(),
        version: 1,
    }
}
