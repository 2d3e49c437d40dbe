//! Whatever the back end does: nothing is claimed that was not read back, and afterwards nobody is left inside.
use crate::{
    network::{Mood, Peer},
    world::{World, both},
};
use axum::http::Method;
use chrono::TimeDelta;
use domain::{
    case::CaseState,
    enforcement::Held,
    quarantine::{QuarantineState as S, QuarantineTab},
};
use lazaret::{enforcement::Network, worker::reconcile::compare};
use std::time::Duration;

async fn peer(world: &World) -> (Peer, Network) {
    let peer = Peer::start().await;
    let network = peer.network(world.clock.clone());
    (peer, network)
}

/// Releases, works, and insists that the network holds nothing.
async fn comes_out(world: &World, peer: &Peer, network: &Network, id: domain::id::QuarantineId) {
    world.release(id, None).await;
    world.work_for(network, 24).await;
    assert_eq!(world.state(id).await, S::Lifted);
    assert_eq!(peer.held(), 0, "nobody is left inside");
    assert_eq!(world.case(0).await.state, CaseState::Released);
}

#[tokio::test]
async fn in_force_and_out_again() {
    both(|world| async move {
        let (peer, network) = peer(&world).await;
        let id = world.ordered().await;
        assert_eq!(world.state(id).await, S::Applying);
        world.work(&network).await;
        let found = world.now(id).await;
        assert_eq!((found.state, found.answer.as_str()), (S::InForce, "in force"));
        assert!(found.confirmed_at.is_some() && found.verified_at.is_some());
        assert!(peer.holds(id));
        assert_eq!(world.case(0).await.state, CaseState::Quarantined);
        comes_out(&world, &peer, &network, id).await;
        assert_eq!((peer.count(&Method::PUT), peer.count(&Method::DELETE)), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn a_lying_back_end_is_not_believed_and_repaired() {
    both(|world| async move {
        let (peer, network) = peer(&world).await;
        peer.next(Mood::Lying);
        let id = world.ordered().await;
        world.work(&network).await;
        let found = world.now(id).await;
        assert_eq!(found.state, S::Applying, "a yes without the thing is no yes");
        assert!(found.answer.contains("holds nothing") && found.attempts == 1, "{}", found.answer);
        assert_eq!(world.case(0).await.state, CaseState::Notified);
        let mut conn = world.desk.store().read().await.unwrap();
        let shown = conn.quarantine_list(QuarantineTab::Failed, Default::default(), found.ordered_at).await.unwrap();
        assert_eq!(shown.len(), 1, "shown as retrying");
        drop(conn);
        world.work_for(&network, 1).await;
        assert_eq!(world.state(id).await, S::InForce);
        peer.next(Mood::Lying);
        comes_out(&world, &peer, &network, id).await;
        assert_eq!(peer.count(&Method::DELETE), 2);
    })
    .await;
}

#[tokio::test]
async fn wrong_answers_are_tried_again() {
    both(|world| async move {
        let (peer, network) = peer(&world).await;
        for mood in [Mood::Broken, Mood::Garbage, Mood::Endless, Mood::Twisted] {
            peer.next(mood);
        }
        let id = world.ordered().await;
        world.work(&network).await;
        assert!(world.now(id).await.answer.contains("500"), "{}", world.now(id).await.answer);
        world.work_for(&network, 2).await;
        assert_eq!(world.state(id).await, S::InForce);
        for mood in [Mood::Broken, Mood::Endless] {
            peer.next(mood);
        }
        comes_out(&world, &peer, &network, id).await;
    })
    .await;
}

#[tokio::test]
async fn a_back_end_that_is_down_fails_in_the_end_and_a_lift_never_gives_up() {
    both(|world| async move {
        let nowhere = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let down = lazaret::enforcement::HttpBackend::new(&format!("http://{nowhere}"), "", "", world.clock.clone());
        let down = Network::new(std::sync::Arc::new(down.unwrap()));
        let id = world.ordered().await;
        world.work_for(&down, 24).await;
        let found = world.now(id).await;
        assert_eq!((found.state, found.attempts), (S::Failed, 12));
        assert!(found.answer.contains("cannot be reached"), "{}", found.answer);
        world.release(id, None).await;
        world.work_for(&down, 24).await;
        assert_eq!(world.state(id).await, S::Lifting, "a lift is tried for ever");
        assert!(world.now(id).await.attempts > 12);
        let (peer, network) = peer(&world).await;
        world.work_for(&network, 1).await;
        assert_eq!((world.state(id).await, peer.held()), (S::Lifted, 0));
    })
    .await;
}

#[tokio::test]
async fn a_refusal_is_final_until_a_person_tries_again() {
    both(|world| async move {
        let (peer, network) = peer(&world).await;
        peer.next(Mood::Refusing);
        let id = world.ordered().await;
        world.work_for(&network, 1).await;
        let found = world.now(id).await;
        assert_eq!((found.state, found.answer.as_str()), (S::Failed, "no such line"));
        world.desk.quarantine_retry(&world.analyst, id, found.version).await.unwrap();
        world.work(&network).await;
        assert_eq!(world.state(id).await, S::InForce);
        comes_out(&world, &peer, &network, id).await;
    })
    .await;
}

#[tokio::test]
async fn accepted_is_not_in_force_until_it_is() {
    both(|world| async move {
        let (peer, network) = peer(&world).await;
        peer.next(Mood::Accepting(3));
        let id = world.ordered().await;
        world.work(&network).await;
        let found = world.now(id).await;
        assert_eq!((found.state, found.attempts), (S::Applying, 0));
        world.work_for(&network, 1).await;
        assert_eq!(world.state(id).await, S::InForce);
        assert_eq!(peer.count(&Method::PUT), 1, "asked for once, then only looked at");
        comes_out(&world, &peer, &network, id).await;
    })
    .await;
}

#[tokio::test]
async fn a_customer_without_a_session_is_no_failure() {
    both(|world| async move {
        let (peer, network) = peer(&world).await;
        for _ in 0..20 {
            peer.next(Mood::NotOnline);
        }
        let id = world.ordered().await;
        world.work_for(&network, 10).await;
        let found = world.now(id).await;
        assert_eq!((found.state, found.attempts), (S::InForce, 0), "kept until his next session");
        comes_out(&world, &peer, &network, id).await;
    })
    .await;
}

#[tokio::test]
async fn released_while_the_order_is_on_its_way() {
    both(|world| async move {
        let (peer, network) = peer(&world).await;
        peer.next(Mood::Slow(Duration::from_millis(600)));
        let id = world.ordered().await;
        let slow = async {
            world.work(&network).await;
        };
        let quick = async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            world.release(id, None).await;
            world.work(&network).await;
        };
        tokio::join!(slow, quick);
        world.work_for(&network, 1).await;
        assert_eq!(world.state(id).await, S::Lifted);
        assert_eq!(peer.held(), 0, "the late order was taken back");
    })
    .await;
}

#[tokio::test]
async fn too_slow_is_unknown_not_done() {
    both(|world| async move {
        let (peer, network) = peer(&world).await;
        peer.next(Mood::Slow(Duration::from_secs(11)));
        let id = world.ordered().await;
        world.work(&network).await;
        let found = world.now(id).await;
        assert_eq!((found.state, found.answer.as_str()), (S::Applying, "no answer in time"));
        tokio::time::sleep(Duration::from_secs(2)).await;
        world.work_for(&network, 1).await;
        assert_eq!(world.state(id).await, S::InForce);
        assert_eq!(peer.held(), 1);
        comes_out(&world, &peer, &network, id).await;
    })
    .await;
}

#[tokio::test]
async fn two_workers_never_ask_twice() {
    both(|world| async move {
        let (peer, network) = peer(&world).await;
        let id = world.ordered().await;
        tokio::join!(world.work(&network), world.work(&network), world.work(&network));
        assert_eq!((world.state(id).await, peer.count(&Method::PUT)), (S::InForce, 1));
        world.release(id, None).await;
        tokio::join!(world.work(&network), world.work(&network), world.work(&network));
        assert_eq!((world.state(id).await, peer.count(&Method::DELETE)), (S::Lifted, 1));
    })
    .await;
}

#[tokio::test]
async fn the_comparison_repairs_both_ways_and_leaves_strangers_alone() {
    both(|world| async move {
        let (peer, network) = peer(&world).await;
        let id = world.ordered().await;
        world.work(&network).await;
        compare(&world.desk, &network).await;
        let heard = world.desk.network_last_heard().findings;
        assert!(heard.missing.is_empty() && heard.left_over.is_empty() && heard.strangers.is_empty(), "{heard:?}");

        // The network loses it.
        let thing = peer.inside.lock().unwrap().held.remove(&id.to_string()).unwrap();
        compare(&world.desk, &network).await;
        assert_eq!(world.desk.network_last_heard().findings.missing, [id.to_string()]);
        assert_eq!(world.state(id).await, S::Applying);
        world.work(&network).await;
        assert_eq!((world.state(id).await, peer.holds(id)), (S::InForce, true));

        // The network holds something else.
        peer.inside.lock().unwrap().held.get_mut(&id.to_string()).unwrap()["measure"] = "suspension".into();
        compare(&world.desk, &network).await;
        world.work(&network).await;
        assert_eq!(peer.inside.lock().unwrap().held[&id.to_string()]["measure"], "walled_garden");

        // The network brings a lifted one back, and holds two that are not ours.
        world.release(id, None).await;
        world.work(&network).await;
        for (key, stranger) in [(id.to_string(), thing.clone()), ("not-ours".into(), thing.clone())] {
            let mut stranger = stranger;
            stranger["id"] = key.as_str().into();
            peer.inside.lock().unwrap().held.insert(key, stranger);
        }
        let size = world.ledger_size().await;
        compare(&world.desk, &network).await;
        compare(&world.desk, &network).await;
        assert_eq!(world.ledger_size().await, size + 1, "said once");
        let heard = world.desk.network_last_heard().findings;
        assert_eq!(heard.left_over, [id.to_string()]);
        let strangers: Vec<&Held> = heard.strangers.iter().collect();
        assert_eq!(strangers.len(), 1);
        world.work(&network).await;
        assert!(!peer.holds(id), "told to let go again");
        assert!(peer.holds("not-ours"), "reported, never touched");
        assert_eq!(world.state(id).await, S::Lifted);
    })
    .await;
}

#[tokio::test]
async fn a_comparison_that_fails_changes_nothing() {
    both(|world| async move {
        let (peer, network) = peer(&world).await;
        let id = world.ordered().await;
        world.work(&network).await;
        let nowhere = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let down = lazaret::enforcement::HttpBackend::new(&format!("http://{nowhere}"), "", "", world.clock.clone());
        compare(&world.desk, &Network::new(std::sync::Arc::new(down.unwrap()))).await;
        assert_eq!(world.state(id).await, S::InForce);
        assert!(world.desk.network_last_heard().findings.problem.is_some());
        assert_eq!(peer.count(&Method::PUT), 1);
    })
    .await;
}

#[tokio::test]
async fn scheduled_ones_begin_and_expired_ones_end_by_themselves() {
    both(|world| async move {
        let (peer, network) = peer(&world).await;
        let mut order = world.order();
        order.start_hours = 24;
        let id = order.id;
        world.desk.quarantine_order(&world.analyst, world.cases[0], order, false).await.unwrap();
        assert_eq!(world.desk.quarantines_tick().await.unwrap(), 0);
        assert_eq!(world.state(id).await, S::Scheduled);
        world.clock.advance(TimeDelta::hours(24));
        assert_eq!(world.desk.quarantines_tick().await.unwrap(), 1);
        world.work(&network).await;
        assert_eq!(world.state(id).await, S::InForce);
        world.clock.advance(TimeDelta::days(14));
        assert_eq!(world.desk.quarantines_tick().await.unwrap(), 1);
        world.work(&network).await;
        assert_eq!((world.state(id).await, peer.held()), (S::Lifted, 0));
    })
    .await;
}
