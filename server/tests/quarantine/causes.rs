//! The ground at the desk, several cases holding one quarantine, signatures, and roles.
use crate::{
    network::Peer,
    world::{World, both},
};
use domain::{
    case::CaseState,
    dispute::Verdict,
    id::QuarantineId,
    quarantine::{Measure, QuarantineState as S},
    refusal::Refusal,
};
use lazaret::desk::DeskError;

fn refusal<T: std::fmt::Debug>(outcome: Result<T, DeskError>) -> Refusal {
    match outcome {
        Err(DeskError::Refused(refusal)) => refusal,
        other => panic!("refused expected: {other:?}"),
    }
}

#[tokio::test]
async fn the_last_cause_lets_go() {
    both(|world| async move {
        let peer = Peer::start().await;
        let network = peer.network(world.clock.clone());
        let id = world.ordered().await;
        world.work(&network).await;
        let joined = world.desk.quarantine_order(&world.analyst, world.cases[1], world.order(), false).await.unwrap();
        assert_eq!((joined.id, joined.joined), (id, true));
        assert_eq!(world.case(1).await.state, CaseState::Quarantined);
        assert_eq!(world.release(id, Some(world.cases[0])).await, S::InForce);
        world.work(&network).await;
        assert!(peer.holds(id), "another case still holds it");
        assert_eq!(
            (world.case(0).await.state, world.case(1).await.state),
            (CaseState::Released, CaseState::Quarantined)
        );
        let again = world.now(id).await.version;
        let gone = world.desk.quarantine_release(&world.analyst, id, again, Some(world.cases[0]), "again").await;
        assert!(matches!(refusal(gone), Refusal::Invalid { .. }));
        assert_eq!(world.release(id, Some(world.cases[1])).await, S::Lifting);
        world.work(&network).await;
        assert_eq!((world.state(id).await, peer.held()), (S::Lifted, 0));
        assert_eq!(world.case(1).await.state, CaseState::Released);
    })
    .await;
}

#[tokio::test]
async fn the_whole_service_can_be_freed_at_once() {
    both(|world| async move {
        let peer = Peer::start().await;
        let network = peer.network(world.clock.clone());
        let id = world.ordered().await;
        world.desk.quarantine_order(&world.analyst, world.cases[1], world.order(), false).await.unwrap();
        world.work(&network).await;
        world.release(id, None).await;
        world.work(&network).await;
        assert_eq!((world.state(id).await, peer.held()), (S::Lifted, 0));
        assert_eq!((world.case(0).await.state, world.case(1).await.state), (CaseState::Released, CaseState::Released));
    })
    .await;
}

#[tokio::test]
async fn a_double_click_orders_once_and_stale_forms_do_nothing() {
    both(|world| async move {
        let order = world.order();
        let first = world.desk.quarantine_order(&world.analyst, world.cases[0], order.clone(), false).await.unwrap();
        let size = world.ledger_size().await;
        let second = world.desk.quarantine_order(&world.analyst, world.cases[0], order, false).await.unwrap();
        assert_eq!(first, second);
        assert_eq!(world.ledger_size().await, size);
        let other = world.desk.quarantine_order(&world.supervisor, world.cases[0], world.order(), false).await;
        assert!(matches!(refusal(other), Refusal::Invalid { .. }), "two analysts, one case");
        let stale = world.desk.quarantine_release(&world.analyst, first.id, 99, None, "he cleaned up").await;
        assert_eq!(refusal(stale), Refusal::Stale);
    })
    .await;
}

#[tokio::test]
async fn no_quarantine_without_ground() {
    both(|world| async move {
        let refused = async |change: &dyn Fn(&mut domain::quarantine::Order)| {
            let mut order = world.order();
            change(&mut order);
            refusal(world.desk.quarantine_order(&world.analyst, world.cases[0], order, false).await).to_string()
        };
        assert!(refused(&|order| order.measure = Measure::Suspension).await.contains("does not permit"));
        assert!(refused(&|order| order.review_days = 15).await.contains("review_days"));
        assert!(refused(&|order| order.reason = String::new()).await.contains("reason"));
        assert!(refused(&|order| order.service = domain::id::ServiceId::new()).await.contains("service"));
        assert!(refused(&|order| order.clause = domain::id::ClauseId::new()).await.contains("clause"));
        let auditor = world.desk.quarantine_order(&world.auditor, world.cases[0], world.order(), false).await;
        assert!(matches!(refusal(auditor), Refusal::NotAllowed(_)));
    })
    .await;
}

#[tokio::test]
async fn a_protected_service_needs_another_supervisor_with_a_reason() {
    both(|world| async move {
        let mut order = world.order();
        order.service = world.services[1];
        let id = order.id;
        world.desk.quarantine_order(&world.supervisor, world.cases[0], order, false).await.unwrap();
        assert_eq!(world.state(id).await, S::AwaitingApproval);
        let waiting = world.desk.approvals(&world.supervisor).await.unwrap();
        assert_eq!((waiting.signatures.len(), waiting.counts.signatures, waiting.doubted.len()), (1, 1, 0));
        let approve = async |actor: &domain::actor::Actor, reason: &str| {
            world.desk.quarantine_approve(actor, id, 1, reason).await
        };
        assert!(matches!(refusal(approve(&world.analyst, "needed").await), Refusal::NotAllowed(_)));
        assert!(matches!(refusal(approve(&world.supervisor, "needed").await), Refusal::Invalid { .. }), "four eyes");
        let other = second_supervisor(&world).await;
        assert!(matches!(refusal(approve(&other, "").await), Refusal::Invalid { .. }));
        approve(&other, "the alarm line has a fallback").await.unwrap();
        assert_eq!(world.state(id).await, S::Applying);
        assert_eq!(world.now(id).await.approved_by, other.user());
    })
    .await;
}

async fn second_supervisor(world: &World) -> domain::actor::Actor {
    let user = domain::user::User {
        id: domain::id::UserId::new(),
        email: "two@desk.example".into(),
        name: "two".into(),
        role: domain::actor::Role::Supervisor,
        disabled_at: None,
        created_at: crate::world::start(),
        signed_in_at: None,
    };
    let mut tx = world.desk.store().write().await.unwrap();
    tx.user_add(&user, "x").await.unwrap();
    tx.commit_chore(store::Chore::Seen).await.unwrap();
    user.actor()
}

#[tokio::test]
async fn withdrawn_and_refused_orders_never_reach_the_network() {
    both(|world| async move {
        let peer = Peer::start().await;
        let network = peer.network(world.clock.clone());
        let mut ended: Vec<QuarantineId> = Vec::new();
        for refuse in [true, false] {
            let mut order = world.order();
            order.service = world.services[1];
            let id = order.id;
            world.desk.quarantine_order(&world.analyst, world.cases[0], order, false).await.unwrap();
            if refuse {
                world.desk.quarantine_refuse(&world.supervisor, id, 1, "no need").await.unwrap();
            } else {
                world.desk.quarantine_cancel(&world.analyst, id, 1, "no need").await.unwrap();
            }
            ended.push(id);
        }
        world.work_for(&network, 1).await;
        assert_eq!((world.state(ended[0]).await, world.state(ended[1]).await), (S::Refused, S::Cancelled));
        assert!(peer.inside.lock().unwrap().calls.is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_upheld_objection_frees_and_the_first_decider_may_not_decide() {
    both(|world| async move {
        let peer = Peer::start().await;
        let network = peer.network(world.clock.clone());
        let order = world.order();
        let id = order.id;
        world.desk.quarantine_order(&world.supervisor, world.cases[0], order, false).await.unwrap();
        world.work(&network).await;
        let (_, secret) = world.link(0, 90).await;
        let message = domain::id::MessageId::new();
        world.desk.portal_state(&secret, message, "dispute", "I was on holiday", None).await.unwrap();
        let open = world.desk.approvals(&world.supervisor).await.unwrap().disputes;
        assert_eq!((open.len(), open[0].dispute.first_decider), (1, world.supervisor.user()));
        let first =
            world.desk.dispute_decide(&world.supervisor, open[0].dispute.id, Verdict::Upheld, "sorry for that").await;
        assert!(matches!(refusal(first), Refusal::Invalid { .. }));
        let other = second_supervisor(&world).await;
        world.desk.dispute_decide(&other, open[0].dispute.id, Verdict::Upheld, "sorry for that").await.unwrap();
        assert_eq!(world.state(id).await, S::Lifting);
        world.work(&network).await;
        assert_eq!(peer.held(), 0);
        let again = world.desk.dispute_decide(&other, open[0].dispute.id, Verdict::Rejected, "no after all").await;
        assert!(matches!(refusal(again), Refusal::Invalid { .. }));
    })
    .await;
}
