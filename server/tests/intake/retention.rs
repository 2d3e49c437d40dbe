//! Leases are erased when their time is over; what an attribution was based on stays, and nothing gone is taken for nothing.
use crate::world::{arf, both, system};
use chrono::TimeDelta;
use domain::{
    attribution::{Certainty, Doubt},
    lease::look::Question,
};

#[tokio::test]
async fn leases_go_in_small_batches_and_the_watermark_says_so() {
    both(|world| async move {
        // Both held 198.51.100.77: ln-1 until 20 November, ln-2 since.
        let report = world.take_in(arf("198.51.100.77", None, "2026-11-10T10:00:00Z").as_bytes()).await;
        let event = world.event(report.id).await;
        assert_eq!(event.certainty, Certainty::Certain);
        let count = async || world.desk.store().read().await.unwrap().lease_count().await.unwrap();
        let size = async || world.desk.store().read().await.unwrap().ledger_size().await.unwrap();
        let asked = async |at: &str| {
            let question = Question::at("198.51.100.77".parse().unwrap(), None, at.parse().unwrap());
            world.desk.sight(&system(), &question).await.unwrap().parts.remove(0).answer
        };
        let before = count().await;
        assert!(!world.desk.leases_expire(1).await.unwrap(), "nothing has ended 14 days ago");
        assert_eq!(count().await, before);
        assert_eq!(asked("2026-11-10T10:00:00Z").await.certainty, Certainty::Certain);
        // ln-1's lease ended on 20 November: over on 4 December, not a day sooner.
        world.clock.set("2026-12-04T11:59:00Z".parse().unwrap());
        world.desk.leases_expire(1).await.unwrap();
        assert_eq!(count().await, before);
        world.clock.set("2026-12-04T13:01:00Z".parse().unwrap());
        let written = size().await;
        let mut turns = 0;
        while world.desk.leases_expire(1).await.unwrap() {
            turns += 1;
            assert!(turns < 10);
        }
        assert_eq!(count().await, before - 1, "only what has ended; fixed and open ones stay");
        let mut conn = world.desk.store().read().await.unwrap();
        let entry = conn.ledger_entry(written).await.unwrap().unwrap();
        assert_eq!((entry.act.as_str(), entry.text("leases").as_str()), ("leases.erased", "1"));
        assert!(!entry.body.to_string().contains("198.51.100"), "counts, not content: {}", entry.body);
        assert_eq!(size().await, written + 1, "nothing else was written");
        let then = asked("2026-11-10T10:00:00Z").await;
        assert_eq!((then.certainty, then.doubt), (Certainty::Unknown, Some(Doubt::Gone)), "{}", then.why);
        assert_eq!(asked("2026-12-01T10:00:00Z").await.certainty, Certainty::Certain);
        let kept = conn.attributions_of(event.id).await.unwrap();
        let holder = kept[0].answer.holder().unwrap();
        assert!(holder.row.is_some() && holder.source.contains("bng-3"), "the proof stays with its event");
    })
    .await;
}

#[tokio::test]
async fn a_source_that_knew_nothing_of_the_time_has_lost_nothing() {
    both(|world| async move {
        world.clock.advance(TimeDelta::days(1));
        world.desk.leases_expire(100).await.unwrap();
        let sources = world.desk.lease_sources(&system()).await.unwrap();
        let books = sources.iter().find(|source| source.name == "static").unwrap();
        assert_eq!(books.erased_before, None, "the books are no traffic data");
        let begun = sources.iter().find(|source| source.name == "cgnat").unwrap();
        assert!(
            begun
                .erased_before
                .is_some_and(|at| at > "2026-11-01T00:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap())
        );
    })
    .await;
}
