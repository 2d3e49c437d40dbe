//! What comes again and again.
use crate::support::House;
use chrono::TimeDelta;

/// 17, AbuseIO #55 and #317: a mail about the same trouble each minute. Ours is raised once, tries come less and less often,
/// and its end is said once.
#[tokio::test]
async fn bug_17_an_alarm_is_raised_once_and_tries_get_rarer() {
    let house = House::new().await;
    let mut waits = Vec::new();
    for _ in 0..200 {
        let again = house.desk.channel_failed("mailbox.abuse", "connection refused").await.unwrap();
        waits.push(again - house.desk.clock().now());
        house.clock.advance(TimeDelta::hours(1));
    }
    house.desk.channel_went_well("mailbox.abuse", None).await.unwrap();
    house.desk.channel_went_well("mailbox.abuse", None).await.unwrap();
    assert!(waits.is_sorted() && waits[20] > waits[0] * 10, "{waits:?}");
    let mut conn = house.desk.store().read().await.unwrap();
    let acts: Vec<String> = conn
        .ledger_of_noun("channel", "mailbox.abuse", 500)
        .await
        .unwrap()
        .into_iter()
        .map(|entry| entry.act)
        .collect();
    assert_eq!(acts, ["channel.mended", "channel.alarm"], "the newest first");
}
