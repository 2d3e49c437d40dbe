//! The customer's link and page.
use crate::support::House;
use axum::http::StatusCode;
use chrono::TimeDelta;
use domain::{actor::Actor, case::CaseState, id::MessageId, import::ImportKind, limit::LINK_LIFE};
use lazaret::desk::ImportOrder;

/// 1, AbuseIO: portal tokens from md5 and rand, compared loosely, kept in plain text, never expiring.
#[tokio::test]
async fn bug_01_a_portal_token_is_random_hashed_expiring_and_revocable() {
    let house = House::new().await;
    let number = house.with_case().await;
    let (first, second) = (house.link(&number).await, house.link(&number).await);
    assert!(first.len() == 43 && first != second, "256 bits in base64url");
    let kept = std::fs::read(house.file_of_database()).unwrap();
    let wal = std::fs::read(format!("{}-wal", house.file_of_database().display())).unwrap_or_default();
    let holds = |bytes: &[u8]| bytes.windows(43).any(|window| window == first.as_bytes());
    assert!(!holds(&kept) && !holds(&wal), "only its hash is kept");
    let mut browser = house.browser();
    let right = browser.get(&format!("/c/{first}")).await;
    assert_eq!(right.status, StatusCode::OK);
    // PHP would have taken these for equal.
    let wrong =
        ["zzzzzz".to_owned(), format!("{first}0"), first.to_uppercase(), first.to_lowercase(), "000".repeat(999)];
    house.desk.revoke_links(&Actor::system("test"), &number, "sent to the wrong address").await.unwrap();
    let mut answers = std::collections::BTreeSet::new();
    for secret in wrong.into_iter().chain([first]) {
        let answer = browser.get(&format!("/c/{secret}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        answers.insert(answer.text.replace(&secret, "SECRET"));
    }
    assert_eq!(answers.len(), 1, "one answer for the wrong, the nearly right and the withdrawn");
    let third = house.link(&number).await;
    house.clock.advance(LINK_LIFE + TimeDelta::seconds(1));
    assert_eq!(browser.get(&format!("/c/{third}")).await.status, StatusCode::GONE);
}

/// 2, AbuseIO: after a ticket was given to another contact, the old one's link still opened it.
#[tokio::test]
async fn bug_02_the_old_owner_loses_access_when_the_case_is_somebody_elses() {
    let house = House::new().await;
    let number = house.with_case().await;
    let link = house.link(&number).await;
    house.other_customer("Piet de Vries", "C-2", "ln-20419", "198.51.100.78").await;
    let mut browser = house.browser();
    assert_eq!(browser.get(&format!("/c/{link}")).await.status, StatusCode::OK);
    let sql = "UPDATE cases SET customer_id = (SELECT id FROM customers WHERE number = 'C-2')";
    house.sql(sql).await.unwrap();
    let answer = browser.get(&format!("/c/{link}")).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "the link is the old customer's: it leads nowhere now");
    let fields = [("id", "0199b1c0-0000-7000-8000-000000000001"), ("claim", "not_me"), ("text", "it was not me")];
    assert_eq!(browser.post(&format!("/c/{link}"), &fields).await.status, StatusCode::NOT_FOUND);
    assert_eq!(house.case(&number).await.claim, None);
}

/// 9, ASH and PacketFence: a choice hidden in the page was still taken when posted.
#[tokio::test]
async fn bug_09_a_choice_that_is_not_offered_is_not_taken() {
    let house = House::new().await;
    let number = house.with_case().await;
    let link = house.link(&number).await;
    let (mut browser, before) = (house.browser(), house.ledger_size().await);
    for claim in ["ignored", "resolved", "closed", "FIXED", "release", ""] {
        let fields = [("id", &*MessageId::new().to_string()), ("claim", claim), ("text", "I cleaned the laptop")];
        let answer = browser.post(&format!("/c/{link}"), &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{claim:?}");
    }
    assert_eq!((house.ledger_size().await, house.case(&number).await.state), (before, CaseState::Open));
    // Nothing is cut: "fixed" asks for no release, whatever else is posted beside it.
    let fields = [("claim", "fixed"), ("text", "I cleaned it"), ("release", "yes"), ("ask_release", "true")];
    browser.post(&format!("/c/{link}"), &fields).await;
    let mut conn = house.desk.store().read().await.unwrap();
    assert!(conn.releases_waiting(1).await.unwrap().is_empty());
}

/// 19, PacketFence #2215: a double click on release ended in an error page.
#[tokio::test]
async fn bug_19_a_double_click_on_release_is_one_release_and_no_error() {
    let house = House::new().await;
    let number = house.with_case().await;
    let (id, network) = house.cut(&number).await;
    let (link, form) = (house.link(&number).await, MessageId::new().to_string());
    let fields = [("id", form.as_str()), ("claim", "fixed"), ("text", "I cleaned the laptop")];
    let mut browser = house.browser();
    let first = browser.post(&format!("/c/{link}"), &fields).await;
    let second = browser.post(&format!("/c/{link}"), &fields).await;
    house.enforce(&network).await;
    let third = browser.post(&format!("/c/{link}"), &fields).await;
    for answer in [&first, &second, &third] {
        assert_eq!((answer.status, &answer.location), (StatusCode::SEE_OTHER, &first.location));
    }
    let mut conn = house.desk.store().read().await.unwrap();
    assert_eq!(conn.releases_of_quarantine(id).await.unwrap().len(), 1);
    assert_eq!(house.case(&number).await.state, CaseState::Released);
}

/// 20, TheHive #2068 and #2355: with the id of somebody else's thing one could read and change it.
#[tokio::test]
async fn bug_20_an_id_is_no_authority() {
    let house = House::new().await;
    let number = house.with_case().await;
    let (mine, case) = (house.link(&number).await, house.case(&number).await);
    let (quarantine, _) = house.cut(&number).await;
    let mut browser = house.browser();
    for guess in [case.id.to_string(), case.number.clone(), case.customer.to_string(), quarantine.to_string()] {
        assert_eq!(browser.get(&format!("/c/{guess}")).await.status, StatusCode::NOT_FOUND, "{guess}");
        let answer = browser.get(&format!("/captive/{guess}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{guess}");
    }
    // A link names its case itself; the form cannot name another one.
    house.other_customer("Piet de Vries", "C-2", "ln-20419", "198.51.100.78").await;
    let other = house.other_case("C-2", "198.51.100.78").await;
    let other_id = house.case(&other).await.id.to_string();
    let fields = [("claim", "need_help"), ("text", "hello"), ("case", &*other_id), ("number", &*other)];
    browser.post(&format!("/c/{mine}"), &fields).await;
    assert_eq!(house.case(&other).await.claim, None);
    assert!(house.case(&number).await.claim.is_some());
    // The API tells nobody without a key of its own, signed in or not.
    let report = house.report("From: a@b.example\r\nSubject: hello\r\n\r\nhello\r\n").await;
    let mut staff = house.browser_of(domain::actor::Role::Administrator).await;
    for visitor in [&mut browser, &mut staff] {
        assert_eq!(visitor.get(&format!("/api/v1/reports/{report}")).await.status, StatusCode::UNAUTHORIZED);
    }
}

impl House {
    /// One more customer with a line at a fixed address.
    pub(crate) async fn other_customer(&self, name: &str, number: &str, service: &str, address: &str) {
        let csv = format!(
            "customer_number,name,email,phone,language,contract_number,terms_version,accepted_at,service_number,product,\
             username,circuit_id,mac,protected,addresses\n\
             {number},\"{}\",{number}@mail.example,,en,K-{number},2026-03,2026-03-14T10:00:00Z,{service},Fibre,{service},,,,{address}\n",
            name.replace('"', "\"\"")
        );
        let order = ImportOrder { kind: ImportKind::Customers, dry_run: false, progress: &|_| {} };
        let done = self.desk.import(&Actor::system("test"), csv.as_bytes(), order).await.unwrap();
        assert_eq!(done.refused, 0, "{done:?}");
    }

    /// A spam case of that customer; its number.
    pub(super) async fn other_case(&self, customer: &str, address: &str) -> String {
        let mail = crate::support::REPORT.replace("198.51.100.77", address).replace("r1@", &format!("{customer}@"));
        self.report(&mail).await;
        let found = self.desk.store().read().await.unwrap().customer_by_number(customer).await.unwrap().unwrap();
        let category = domain::class::Category::Messaging;
        self.desk.open_case(&Actor::system("test"), found.id, category).await.unwrap().number
    }
}
