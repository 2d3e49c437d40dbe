//! Acts in the same instant, many rounds: what a rule counts is counted right, and nobody is cut off without a notice.
use crate::world::{World, both};
use chrono::TimeDelta;
use domain::{
    clock::Clock as _,
    id::{CaseId, MessageId, NoticeId, QuarantineId, ServiceId},
    limit::SELF_RELEASES_MAX,
    notice::{NoticeForm, NoticeState},
    quarantine::QuarantineState as S,
    refusal::Refusal,
};
use lazaret::{
    desk::{DeskError, Stated},
    enforcement::{Demo, Network},
};
use std::sync::Arc;
use tokio::task::JoinSet;

const ROUNDS: usize = 8;
const AT_ONCE: usize = 5;

fn demo() -> Network {
    Network::new(Arc::new(Demo::new()))
}

impl World {
    async fn cut(&self, service: ServiceId, case: CaseId) -> QuarantineId {
        let mut order = self.order();
        order.service = service;
        self.desk.quarantine_order(&self.analyst, case, order, false).await.unwrap().id
    }

    /// A notice to the customer, still within its undo time.
    async fn owed(&self, case: CaseId) -> NoticeId {
        let mut conn = self.desk.store().read().await.unwrap();
        let case = conn.case_by_id(case).await.unwrap().unwrap();
        drop(conn);
        let form = NoticeForm {
            id: NoticeId::new(),
            template: "bot".to_owned(),
            language: domain::language::Language::En,
            subject: None,
            body: None,
            version: case.version,
        };
        self.desk.send_notice(&self.analyst, &case.number, &form).await.unwrap()
    }

    /// Forgets that the customer was told in the case.
    async fn untold(&self, place: usize) {
        let mut tx = self.desk.store().write().await.unwrap();
        let sql = format!("UPDATE notices SET state = 'cancelled' WHERE message_id = '<{place}@x>'");
        store::testing::tamper(&mut tx, &sql).await.unwrap();
        tx.commit_chore(store::Chore::Seen).await.unwrap();
    }
}

fn refusal<T: std::fmt::Debug>(outcome: Result<T, DeskError>) -> Refusal {
    match outcome {
        Err(DeskError::Refused(refusal)) => refusal,
        other => panic!("refused expected: {other:?}"),
    }
}

#[tokio::test]
async fn self_releases_from_many_cases_in_one_instant_stay_within_the_rule() {
    both(|world| async move {
        let network = demo();
        for round in 0..ROUNDS {
            let mut lines = Vec::new();
            for line in 0..AT_ONCE {
                let (service, case) = world.another_line(100 + round * AT_ONCE + line).await;
                let id = world.cut(service, case).await;
                let (_, secret) = world.link_to(case, world.clock.now() + TimeDelta::days(90)).await;
                lines.push((id, secret));
            }
            world.work(&network).await;
            let mut asking = JoinSet::new();
            for (_, secret) in &lines {
                let (desk, secret) = (world.desk.clone(), secret.clone());
                asking.spawn(async move {
                    let form = MessageId::new();
                    desk.portal_state(&secret, form, "fixed", "I reset the tablet", None).await
                });
            }
            while let Some(said) = asking.join_next().await {
                assert_eq!(said.unwrap().unwrap(), Stated::Taken, "round {round}");
            }
            world.work(&network).await;
            let mut left = 0;
            for (id, _) in &lines {
                left += i64::from(world.state(*id).await == S::Lifted);
            }
            assert_eq!(left, SELF_RELEASES_MAX, "round {round}: the others wait for a person");
            world.clock.advance(domain::limit::SELF_RELEASE_WINDOW + TimeDelta::days(1));
        }
    })
    .await;
}

#[tokio::test]
async fn a_notice_that_a_cut_rests_on_is_not_taken_back_alone() {
    both(|world| async move {
        let (service, case) = world.another_line(7).await;
        world.untold(7).await;
        let mut order = world.order();
        order.service = service;
        let grounds = order.clone();
        let bare = world.desk.quarantine_order(&world.analyst, case, order, false).await;
        assert!(refusal(bare).to_string().contains("notice"), "no cut without a notice");
        // Order and notice in one act: the cut begins at once, the notice waits for its undo time.
        let id = world.desk.quarantine_order(&world.analyst, case, grounds, true).await.unwrap().id;
        let notice = NoticeId(id.0);
        let words = refusal(world.desk.cancel_notice(&world.analyst, notice).await).to_string();
        assert!(words.contains("ground of this case's quarantine"), "{words}");
        world.work(&demo()).await;
        assert_eq!(world.state(id).await, S::InForce);
        assert!(world.desk.cancel_notice(&world.analyst, notice).await.is_err(), "nor while it is in force");
        let state = async |id| world.desk.mail_one(&world.analyst, id).await.unwrap().notice.state;
        assert_eq!(state(notice).await, NoticeState::Queued);
        // With another notice on its way he will be told all the same.
        let other = world.owed(case).await;
        world.desk.cancel_notice(&world.analyst, notice).await.unwrap();
        assert!(world.desk.cancel_notice(&world.analyst, other).await.is_err(), "now that one is the ground");
        // Once he is out, it may go back.
        world.release(id, None).await;
        world.work(&demo()).await;
        assert_eq!(world.state(id).await, S::Lifted);
        world.desk.cancel_notice(&world.analyst, other).await.unwrap();
        assert_eq!(state(other).await, NoticeState::Cancelled);
    })
    .await;
}

#[tokio::test]
async fn nobody_orders_on_a_notice_that_is_being_taken_back() {
    both(|world| async move {
        let (mut cut, mut taken_back) = (0, 0);
        for round in 0..ROUNDS * 2 {
            let place = 500 + round;
            let (service, case) = world.another_line(place).await;
            world.untold(place).await;
            let notice = world.owed(case).await;
            let mut order = world.order();
            order.service = service;
            let (desk, analyst, id) = (world.desk.clone(), world.analyst.clone(), order.id);
            let ordering = tokio::spawn(async move { desk.quarantine_order(&analyst, case, order, false).await });
            let (desk, analyst) = (world.desk.clone(), world.analyst.clone());
            let taking = tokio::spawn(async move { desk.cancel_notice(&analyst, notice).await });
            let (ordered, taken) = (ordering.await.unwrap().is_ok(), taking.await.unwrap().is_ok());
            assert_ne!(ordered, taken, "round {round}: one of them was first, and the other was told so");
            cut += usize::from(ordered);
            taken_back += usize::from(taken);
            if ordered {
                world.release(id, None).await;
                world.work(&demo()).await;
            }
        }
        assert_eq!(cut + taken_back, ROUNDS * 2);
    })
    .await;
}
