//! A real block-list server: listed and cleared, test entries, and answers that are errors.
use crate::{
    house::{House, system},
    peers::Rbldnsd,
};
use domain::{
    class::Class,
    page::PageOf,
    report::{Channel, ReportState},
};

const TEST: &str = ":127.0.0.2:Test entry\n127.0.0.2\n";

async fn house(rbldnsd: &Rbldnsd, zones: &[&str]) -> House {
    let mut settings = vec![("dnsbl.resolver".to_owned(), rbldnsd.address.clone())];
    for zone in zones {
        let name = zone.split('.').next().unwrap();
        settings.push((format!("dnsbl.{name}.zone"), (*zone).to_owned()));
        settings.push((format!("dnsbl.{name}.queries_per_minute"), "60000".to_owned()));
    }
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let house = House::new(&settings).await;
    house.desk.add_range(&system(), "198.51.100.0/28", "pool").await.unwrap();
    house
}

#[tokio::test]
async fn a_listing_makes_one_report_and_its_end_a_line_in_the_record() {
    let two =
        format!("{TEST}198.51.100.7 :4:Spam from $\n198.51.100.9 :10:Policy only\n203.0.113.1 :2:Somebody else's");
    let Some(rbldnsd) = Rbldnsd::start(&[("bl.example", &two)]) else { return };
    let house = house(&rbldnsd, &["bl.example"]).await;
    let _server = house.serve();
    house
        .until("two reports read", async || {
            house.reports().await.iter().filter(|report| report.state == ReportState::Done).count() == 2
        })
        .await;
    let reports = house.reports().await;
    assert!(
        reports
            .iter()
            .all(|report| report.channel == Channel::Dnsbl && report.reporter.as_deref() == Some("bl.example"))
    );
    let mut conn = house.desk.store().read().await.unwrap();
    let known = conn.listings_of("dnsbl.bl").await.unwrap();
    let shown: Vec<_> =
        known.iter().map(|listing| format!("{} {} {}", listing.address, listing.answers, listing.reason)).collect();
    assert_eq!(shown, ["198.51.100.7 127.0.0.4 Spam from 198.51.100.7", "198.51.100.9 127.0.0.10 Policy only"]);
    let events = conn.events_of_report(known[0].report, PageOf::default()).await.unwrap().rows;
    assert_eq!((events.len(), events[0].observation.class), (1, Class::Blocklist));
    assert!(events[0].observation.faults.is_empty(), "{:?}", events[0].observation.faults);
    drop(conn);

    // The next round finds both again: nothing new.
    house.due("dnsbl.bl").await;
    let first = known[0].seen_at;
    house.until("seen again", async || house.desk.listings_of("dnsbl.bl").await.unwrap()[0].seen_at > first).await;
    assert_eq!(house.reports().await.len(), 2);

    // One is cleared.
    rbldnsd.change("bl.example", &format!("{TEST}198.51.100.9 :10:Policy only"));
    house.due("dnsbl.bl").await;
    house.until("cleared", async || house.desk.listings_of("dnsbl.bl").await.unwrap().len() == 1).await;
    let acts = house.acts("listing.").await;
    assert_eq!(acts, ["listing.found", "listing.found", "listing.cleared"]);
    assert_eq!(house.reports().await.len(), 2, "the end of a listing opens nothing");

    // Listed anew: a new report.
    rbldnsd.change("bl.example", &two);
    house.due("dnsbl.bl").await;
    house.until("a third report", async || house.reports().await.len() == 3).await;
}

#[tokio::test]
async fn what_a_broken_list_says_is_never_a_listing() {
    let Some(rbldnsd) = Rbldnsd::start(&[
        ("untested.example", "198.51.100.7 :2:x"),
        ("world.example", ":127.0.0.2:everything\n0.0.0.0/1\n128.0.0.0/1"),
        ("public.example", ":127.255.255.254:Error: open resolver\n0.0.0.0/1\n128.0.0.0/1"),
        ("limit.example", &format!("{TEST}198.51.100.7 :127.255.255.255:Error: excessive queries")),
        ("parked.example", &format!("{TEST}198.51.100.7 :192.0.2.1:This domain is for sale")),
    ]) else {
        return;
    };
    let zones =
        ["untested.example", "world.example", "public.example", "limit.example", "parked.example", "gone.example"];
    let house = house(&rbldnsd, &zones).await;
    let _server = house.serve();
    let wanted = [
        ("dnsbl.untested", "does not list its test entry"),
        ("dnsbl.world", "perhaps everything"),
        ("dnsbl.public", "127.255.255.254"),
        ("dnsbl.limit", "we ask too much"),
        ("dnsbl.parked", "192.0.2.1"),
        ("dnsbl.gone", "the DNS server answers"),
    ];
    for (name, words) in wanted {
        house.until(words, async || house.problem(name).await.contains(words)).await;
    }
    assert!(house.reports().await.is_empty());
    assert_eq!(house.desk.store().read().await.unwrap().listing_count().await.unwrap(), 0);
}

/// An error in the middle of a round, after a cleared address was seen: nothing of that slice counts.
#[tokio::test]
async fn a_list_that_goes_away_clears_nothing() {
    let Some(rbldnsd) = Rbldnsd::start(&[("bl.example", &format!("{TEST}198.51.100.7 :4:x"))]) else { return };
    let house = house(&rbldnsd, &["bl.example"]).await;
    let _server = house.serve();
    house.until("the listing", async || house.desk.listings_of("dnsbl.bl").await.unwrap().len() == 1).await;
    rbldnsd.change("bl.example", "192.0.2.1");
    house.due("dnsbl.bl").await;
    house.until("the problem", async || house.problem("dnsbl.bl").await.contains("test entry")).await;
    assert_eq!(house.desk.listings_of("dnsbl.bl").await.unwrap().len(), 1);
}
