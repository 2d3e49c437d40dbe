//! Whose an address was is told to people for a reason only, and the question stands in the ledger.
use crate::support::{Browser, House};
use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::Role,
    lease::{look::LookKind, resolver::Told},
    saying::{HolderName, Saying, Word},
};
use lazaret::config::Config;

async fn asked(browser: &mut Browser, fields: &[(&str, &str)]) -> String {
    let answer = browser.post("/who", fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    answer.location
}

#[tokio::test]
async fn an_answer_needs_a_reason_and_stands_in_the_ledger() {
    let house = House::new().await;
    let number = house.with_case().await;
    let mut browser = house.signed_in(Role::Analyst).await;
    let size = async || house.desk.store().read().await.unwrap().ledger_size().await.unwrap();
    let before = size().await;
    // A link fills the form in and tells nothing.
    let form = browser.get("/who?address=198.51.100.77&at=2026-11-22+10:00").await;
    assert!(form.text.contains("198.51.100.77") && !form.text.contains("Okafor"));
    let without = browser.post("/who", &[("address", "198.51.100.77"), ("reason", " ")]).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!without.text.contains("Okafor"));
    assert_eq!(size().await, before, "nothing was asked");
    let fields = [("address", "198[.]51[.]100[.]77"), ("reason", "abuse report 7"), ("case", &*number.to_lowercase())];
    let at = asked(&mut browser, &fields).await;
    let told = browser.get(&at).await;
    assert!(
        told.text.contains("Okafor") && told.text.contains("ln-20418") && told.text.contains("certain"),
        "{}",
        told.text
    );
    assert_eq!(told.headers["cache-control"], "no-store");
    assert_eq!(size().await, before + 1, "looking at it again asks nothing again");
    let entry = house.desk.store().read().await.unwrap().ledger_entry(before).await.unwrap().unwrap();
    assert_eq!((entry.act.as_str(), entry.text("why").as_str()), ("lease.looked_up", "abuse report 7"));
    assert!(entry.text("what").starts_with("198.51.100.77") && entry.case.is_some(), "{:?}", entry.body);
    let csv = browser.get(&format!("{at}/leases.csv")).await;
    assert!(csv.text.lines().nth(1).unwrap().contains("ln-20418"), "{}", csv.text);
    let json: serde_json::Value = serde_json::from_str(&browser.get(&format!("{at}/answer.json")).await.text).unwrap();
    assert_eq!(json["found"]["parts"][0]["answer"]["certainty"], "certain");
    assert_eq!(json["reason"], "abuse report 7");
    // My reason is offered again; to others my answer is not there.
    assert!(browser.get("/who").await.text.contains("abuse report 7"));
    let mut other = house.signed_in(Role::Supervisor).await;
    assert_eq!(other.get(&at).await.status, StatusCode::NOT_FOUND);
    assert!(other.get("/who").await.text.contains("abuse report 7"), "who reads the ledger sees that it was asked");
}

#[tokio::test]
async fn what_cannot_be_asked_is_named_field_by_field() {
    let house = House::new().await;
    house.with_evidence().await;
    let mut browser = house.signed_in(Role::Analyst).await;
    let wrong: &[(&[(&str, &str)], &str)] = &[
        (&[("address", "300.1.2.3")], "no IP address, prefix or host name"),
        (&[("address", "10.0.0.0/8")], "too large"),
        (&[("address", "198.51.100.77"), ("port", "70000")], "no port"),
        (&[("address", "198.51.100.77"), ("at", "yesterday")], "write it like"),
        (
            &[("address", "198.51.100.77"), ("at", "2026-11-22 10:00"), ("until", "2026-11-21 10:00")],
            "before the beginning",
        ),
        (&[("address", "198.51.100.77"), ("uncertainty", "-1")], "number of seconds"),
        (&[("address", "198.51.100.77"), ("case", "L-1999-000001")], "no such case"),
    ];
    for (fields, problem) in wrong {
        let mut fields = fields.to_vec();
        fields.push(("reason", "a test of the form"));
        let answer = browser.post("/who", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        assert!(answer.text.contains(problem), "{fields:?}: {problem}");
    }
}

#[tokio::test]
async fn prefixes_and_unknown_addresses_have_answers_too() {
    let house = House::new().await;
    house.with_evidence().await;
    let mut browser = house.signed_in(Role::Analyst).await;
    let at = asked(&mut browser, &[("address", "198.51.100.0/24"), ("reason", "a whole prefix")]).await;
    let text = browser.get(&at).await.text;
    assert!(
        text.contains("ambiguous") && text.contains("Okafor") && text.contains("ask for the one address"),
        "{text}"
    );
    let at = asked(&mut browser, &[("address", "198.51.100.78"), ("reason", "the neighbour")]).await;
    let text = browser.get(&at).await.text;
    assert!(text.contains("unknown") && text.contains("No lease"), "{text}");
}

#[tokio::test]
async fn the_search_of_a_correction_by_address_needs_a_reason_too() {
    let house = House::new().await;
    let number = house.with_case().await;
    house.other_customer("Piet de Vries", "C-2", "ln-20419", "198.51.100.78").await;
    let mut browser = house.signed_in(Role::Analyst).await;
    let path = format!("/cases/{number}/correct");
    let size = async || house.desk.store().read().await.unwrap().ledger_size().await.unwrap();
    let before = size().await;
    // A link tells nothing, and words about a customer need no reason: that is his name, not his address.
    let linked = browser.get(&format!("{path}?q=198.51.100.78")).await;
    assert!(linked.status == StatusCode::OK && !linked.text.contains("de Vries"));
    let named = browser.post(&path, &[("step", "search"), ("q", "Vries")]).await;
    assert!(named.text.contains("ln-20419"), "{}", named.text);
    for step in ["search", "around"] {
        let without = browser.post(&path, &[("step", step), ("q", "198.51.100.78"), ("reason", " ")]).await;
        assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY, "{step}");
        assert!(!without.text.contains("de Vries") && without.text.contains("value=\"198.51.100.78\""), "{step}");
    }
    assert_eq!(size().await, before, "nothing was asked");
    let reason = "the BNG's clock was an hour off";
    let told = browser.post(&path, &[("step", "search"), ("q", "198.51.100.78"), ("reason", reason)]).await;
    assert!(told.status == StatusCode::OK && told.text.contains("ln-20419"), "{}", told.text);
    assert_eq!(size().await, before + 1);
    let entry = house.desk.store().read().await.unwrap().ledger_entry(before).await.unwrap().unwrap();
    assert_eq!((entry.act.as_str(), entry.text("why").as_str()), ("lease.looked_up", reason));
    assert!(
        entry.text("what").starts_with("198.51.100.78, 2026-11-22 08:30:00") && entry.case.is_some(),
        "{:?}",
        entry.body
    );
    // Whoever had the event's own address is asked for in the same way.
    let told = browser.post(&path, &[("step", "around"), ("reason", reason)]).await;
    assert!(told.text.contains("the same customer"), "{}", told.text);
    assert_eq!(size().await, before + 2);
    assert!(browser.get("/who").await.text.contains(reason), "it stands among my look-ups");
}

#[tokio::test]
async fn what_a_customer_held_needs_a_reason_too() {
    let house = House::new().await;
    house.with_evidence().await;
    let customer = house.desk.store().read().await.unwrap().customer_by_number("C-1").await.unwrap().unwrap();
    let mut browser = house.signed_in(Role::Analyst).await;
    let path = format!("/customers/{}/addresses", customer.id);
    let form = browser.get(&path).await;
    assert!(!form.text.contains("198.51.100.77"), "nothing before the reason");
    let told = browser.post(&path, &[("reason", "he asked himself")]).await;
    assert_eq!(told.status, StatusCode::SEE_OTHER);
    let shown = browser.get(&told.location).await;
    assert!(shown.text.contains("198.51.100.77") && shown.text.contains("he asked himself"), "{}", shown.text);
    let me = house.desk.store().read().await.unwrap().user_by_email("analyst@desk.example").await.unwrap().unwrap();
    let made = house.desk.look_ups(&me.actor()).await.unwrap();
    assert_eq!((made.len(), made[0].kind), (1, LookKind::Customer));
    house.clock.advance(chrono::TimeDelta::hours(9));
    assert!(!browser.get(&told.location).await.text.contains("198.51.100.77"), "a reason does not hold for ever");
}

/// A lease of Nadia's, as the resolver's worker says it.
fn nadias(from: DateTime<Utc>, to: DateTime<Utc>) -> Told {
    let saying = Saying {
        line: 1,
        net: "198.51.100.78/32".parse().unwrap(),
        ports: (0, 65_535),
        protocol: None,
        holder: HolderName::Username("nadia".to_owned()),
        word: Word::Stop { at: to, session: "asked/1".to_owned(), started: Some(from) },
    };
    Told { sayings: vec![saying], leases: 1 }
}

#[tokio::test]
async fn a_look_up_asks_the_resolver_and_shows_its_answer_after_a_reload() {
    let house = House::with(Config::defaults().with("resolver.books.url", "https://leases.isp.example/who")).await;
    house.with_evidence().await;
    let resolver = house.desk.config().resolvers().remove(0);
    house.desk.resolver_set_up(&resolver).await.unwrap();
    let mut browser = house.signed_in(Role::Analyst).await;
    let size = async || house.desk.store().read().await.unwrap().ledger_size().await.unwrap();
    let entry = async |back: i64| {
        let seq = size().await - back;
        house.desk.store().read().await.unwrap().ledger_entry(seq).await.unwrap().unwrap()
    };
    let fields = [("address", "198.51.100.78"), ("at", "2026-11-22 08:30"), ("reason", "the neighbour")];
    let at = asked(&mut browser, &fields).await;
    let text = browser.get(&at).await.text;
    assert!(text.contains("resolver.books") && text.contains("no answer yet: reload this page"), "{text}");
    assert!(text.contains("unknown") && text.contains("has not answered yet"), "{text}");
    assert!(entry(1).await.text("asked").starts_with("resolver.books: 198.51.100.78, 2026-11-22 08:30:00 UTC"));
    let due = house.desk.resolver_take(&resolver, "w").await.unwrap().unwrap();
    let now: DateTime<Utc> = "2026-11-22T10:42:00Z".parse().unwrap();
    house.desk.resolver_tried("w", &due, "cannot be reached", now).await.unwrap();
    assert!(browser.get(&at).await.text.contains("The last try: cannot be reached. It is asked again by itself."));
    let due = house.desk.resolver_take(&resolver, "w").await.unwrap().unwrap();
    let told = nadias(now - TimeDelta::hours(5), now - TimeDelta::hours(1));
    assert_eq!(house.desk.resolver_answered(&resolver, "w", &due, &told).await.unwrap(), None);
    let answered = entry(1).await;
    assert_eq!((answered.act.as_str(), answered.text("certainty").as_str()), ("resolver.answered", "certain"));
    assert_eq!(answered.actor, "system:resolver.books");
    let before = size().await;
    let text = browser.get(&at).await.text;
    assert!(text.contains("Okafor") && text.contains("answered with 1 lease"), "{text}");
    assert!(!text.contains("no answer yet") && text.contains("external resolver"), "{text}");
    assert_eq!(size().await, before, "looking at it again asks nothing again");
    // Of what it said already nobody is asked; and nobody is an answer.
    asked(&mut browser, &[("address", "198.51.100.78"), ("at", "2026-11-22 09:00"), ("reason", "an hour later")]).await;
    assert!(house.desk.resolver_take(&resolver, "w").await.unwrap().is_none());
    let at =
        asked(&mut browser, &[("address", "198.51.100.79"), ("at", "2026-11-22 09:00"), ("reason", "another")]).await;
    let due = house.desk.resolver_take(&resolver, "w").await.unwrap().unwrap();
    let none = Told { sayings: Vec::new(), leases: 0 };
    house.desk.resolver_answered(&resolver, "w", &due, &none).await.unwrap();
    let text = browser.get(&at).await.text;
    assert!(
        text.contains("answered: nobody held it then") && text.contains("resolver.books said on 2026-11-22"),
        "{text}"
    );
}

#[tokio::test]
async fn one_page_tells_which_lease_source_does_not_work() {
    let config = Config::defaults()
        .with("resolver.books.url", "https://leases.isp.example/who")
        .with("lease.dhcp-1.file", "/var/lib/kea/kea-leases4.csv")
        .with("lease.dhcp-1.format", "kea");
    let house = House::with(config).await;
    house.with_evidence().await;
    let resolver = house.desk.config().resolvers().remove(0);
    house.desk.resolver_set_up(&resolver).await.unwrap();
    let mut browser = house.signed_in(Role::Administrator).await;
    let channels = browser.get("/settings/channels").await.text;
    assert!(channels.contains("resolver.books") && channels.contains("https://leases.isp.example/who"), "{channels}");
    assert!(channels.contains("dhcp-1") && channels.contains("/var/lib/kea/kea-leases4.csv"), "{channels}");
    assert!(channels.contains("not tried yet") && channels.contains("how reports and leases come in"), "{channels}");
    house.desk.channel_failed("resolver.books", "cannot be reached").await.unwrap();
    let channels = browser.get("/settings/channels").await.text;
    assert!(
        channels.contains("1 of 2 does not work right now") && channels.contains("cannot be reached"),
        "{channels}"
    );
    let sources = browser.get("/settings/sources").await.text;
    assert!(sources.contains("resolver.books does not work") && sources.contains("asked by HTTP"), "{sources}");
    let ready = browser.get("/readyz").await;
    assert_eq!(ready.status, StatusCode::OK, "the desk is ready all the same");
    assert!(ready.text.contains("warning: lease sources: 1 do not work"), "{}", ready.text);
    assert!(!ready.text.contains("books"), "everybody may ask there");
    house.desk.channel_went_well("resolver.books", None).await.unwrap();
    assert!(!browser.get("/settings/channels").await.text.contains("does not work right now"));
}
