//! The way in and out: throttle, session rotation, other sites, headers.

use crate::support::{House, PASSWORD};
use axum::http::{Method, StatusCode};
use chrono::TimeDelta;
use domain::{
    actor::{Actor, Role},
    user::TokenScope,
};

#[tokio::test]
async fn who_is_not_signed_in_is_sent_to_the_sign_in_and_back() {
    let house = House::new().await;
    house.user(Role::Analyst).await;
    let mut browser = house.browser();
    let answer = browser.get("/cases?state=open").await;
    assert_eq!(
        (answer.status, answer.location.as_str()),
        (StatusCode::SEE_OTHER, "/sign-in?next=%2Fcases%3Fstate%3Dopen")
    );
    let fields = [("email", "analyst@desk.example"), ("password", PASSWORD)];
    let answer = browser.post("/sign-in?next=%2Fcases%3Fstate%3Dopen", &fields).await;
    assert_eq!((answer.status, answer.location.as_str()), (StatusCode::SEE_OTHER, "/cases?state=open"));
    let answer = browser.post("/sign-in?next=%2F%2Fevil.example", &fields).await;
    assert_eq!(answer.location, "/", "an address of another house is not followed");
}

#[tokio::test]
async fn a_wrong_password_says_nothing_about_the_account_and_keeps_the_address() {
    let house = House::new().await;
    house.user(Role::Analyst).await;
    let mut browser = house.browser();
    let wrong = browser.sign_in("analyst@desk.example", "wrong").await;
    let nobody = browser.sign_in("nobody@desk.example", "wrong").await;
    assert_eq!((wrong.status, nobody.status), (StatusCode::UNPROCESSABLE_ENTITY, StatusCode::UNPROCESSABLE_ENTITY));
    assert_eq!(wrong.text.replace("analyst@", "nobody@"), nobody.text);
    assert!(wrong.text.contains("value=\"analyst@desk.example\""), "what was typed stays");
    assert!(browser.cookie.is_none(), "a failed try makes no session");
}

#[tokio::test]
async fn five_failures_wait_even_for_the_right_password_and_time_forgives() {
    let house = House::new().await;
    house.user(Role::Analyst).await;
    let mut browser = house.browser();
    for _ in 0..5 {
        assert_eq!(browser.sign_in("analyst@desk.example", "wrong").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(browser.sign_in("ANALYST@desk.example ", PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
    house.clock.advance(TimeDelta::minutes(16));
    assert_eq!(browser.sign_in("analyst@desk.example", PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_key_is_made_for_the_use_that_was_chosen() {
    let house = House::new().await;
    let mut browser = house.signed_in(Role::Administrator).await;
    let form = browser.get("/settings/tokens").await.text;
    for word in ["Everything machines may do", "Reports only", "Leases only"] {
        assert!(form.contains(word), "{word}");
    }
    let made = browser.post("/settings/tokens", &[("name", "dhcp-1"), ("only", "leases")]).await;
    assert_eq!(made.status, StatusCode::OK);
    let tokens = house.desk.store().read().await.unwrap().token_list().await.unwrap();
    assert_eq!((tokens.len(), tokens[0].scope), (1, TokenScope::Leases));
    let listed = browser.get("/settings/tokens").await.text;
    assert_eq!(listed.matches("Leases only").count(), 2, "in the form, and in the list");
    // What is not on the list makes no key, and what was typed stays.
    for only in ["", "everything", "ALL"] {
        let refused = browser.post("/settings/tokens", &[("name", "dhcp-2"), ("only", only)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{only:?}");
        assert!(refused.text.contains("choose what it may be used for") && refused.text.contains("dhcp-2"), "{only:?}");
    }
    assert_eq!(house.desk.store().read().await.unwrap().token_list().await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_session_id_changes_at_sign_in_and_dies_at_sign_out() {
    let house = House::new().await;
    let mut browser = house.signed_in(Role::Administrator).await;
    let first = browser.cookie.clone();
    let answer = browser.sign_in("administrator@desk.example", PASSWORD).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_ne!(first, browser.cookie, "an id planted before the sign-in is worth nothing");
    let stolen = browser.cookie.clone();
    assert_eq!(browser.post("/sign-out", &[]).await.location, "/sign-in");
    browser.cookie = stolen;
    assert_eq!(browser.get("/cases").await.status, StatusCode::SEE_OTHER, "the old id is dead");
}

#[tokio::test]
async fn a_closed_account_is_out_at_once_and_the_last_administrator_stays() {
    let house = House::new().await;
    let mut browser = house.signed_in(Role::Analyst).await;
    let boss = house.user(Role::Administrator).await;
    let analyst =
        house.desk.store().read().await.unwrap().user_by_email("analyst@desk.example").await.unwrap().unwrap();
    house.desk.disable_user(&boss.actor(), analyst.id).await.unwrap();
    assert_eq!(browser.get("/cases").await.status, StatusCode::SEE_OTHER);
    let refused = house.desk.disable_user(&boss.actor(), boss.id).await.unwrap_err();
    assert!(refused.to_string().contains("last administrator"), "{refused}");
    let refused =
        house.desk.add_user(&analyst.actor(), "x@desk.example", "x", Role::Analyst, PASSWORD).await.unwrap_err();
    assert!(refused.to_string().contains("role"), "{refused}");
}

#[tokio::test]
async fn passwords_and_names_are_checked_with_the_field_named() {
    let house = House::new().await;
    let cli = Actor::system("test");
    for (email, name, password, field) in [
        ("no-at-sign", "N", PASSWORD, "email"),
        ("a@desk.example", "", PASSWORD, "name"),
        ("a@desk.example", "N", "short", "password"),
        ("a@desk.example", "N", &"x".repeat(300), "password"),
    ] {
        let refused = house.desk.add_user(&cli, email, name, Role::Analyst, password).await.unwrap_err();
        assert!(refused.to_string().starts_with(field), "{refused}");
    }
    house.user(Role::Analyst).await;
    let twice = house.desk.add_user(&cli, "Analyst@desk.example", "N", Role::Analyst, PASSWORD).await.unwrap_err();
    assert!(twice.to_string().contains("has an account"), "{twice}");
}

#[tokio::test]
async fn other_sites_cannot_post() {
    let house = House::new().await;
    let mut browser = house.browser();
    for headers in [
        [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
        [("origin", "https://evil.example"), ("accept", "*/*")],
    ] {
        let answer = browser.send(Method::POST, "/sign-in", &headers, "email=a&password=b".to_owned()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{headers:?}");
    }
}

#[tokio::test]
async fn every_answer_is_guarded_and_unknown_addresses_are_told_kindly() {
    let house = House::new().await;
    let mut browser = house.browser();
    for path in ["/sign-in", "/nowhere", "/assets/desk.css", "/healthz"] {
        let answer = browser.get(path).await;
        for header in ["content-security-policy", "x-content-type-options", "referrer-policy", "x-frame-options"] {
            assert!(answer.headers.contains_key(header), "{path} lacks {header}");
        }
    }
    let missing = browser.get("/nowhere").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert!(missing.text.contains("Back to the desk"));
    let page = browser.get("/sign-in").await.text;
    assert!(page.contains("<title>Sign in · Lazaret</title>"), "no mark of the renderer in the tab");
    let big = browser.send(Method::POST, "/sign-in", &[], "x".repeat(300_000)).await;
    assert_eq!(big.status, StatusCode::PAYLOAD_TOO_LARGE);
}
