//! The pages of cases and mail: stale forms, typed words that stay, what each role is offered, hostile text.
use crate::support::{Browser, House};
use axum::http::StatusCode;
use domain::{
    actor::Role,
    id::{MessageId, NoticeId},
};

async fn house() -> (House, String, Browser) {
    let house = House::new().await;
    let number = house.with_case().await;
    let browser = house.signed_in(Role::Analyst).await;
    (house, number, browser)
}

#[tokio::test]
async fn a_stale_form_changes_nothing_and_keeps_what_was_typed() {
    let (house, number, mut browser) = house().await;
    let words = "a long reason & <b>more</b>";
    let fields = [("version", "1"), ("outcome", "resolved"), ("why", words)];
    let answer = browser.post(&format!("/cases/{number}/close"), &fields).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.text.contains("a long reason &amp; &lt;b&gt;more&lt;/b&gt;"), "the words stay");
    assert!(answer.text.contains("look again"));
    let mut conn = house.desk.store().read().await.unwrap();
    let case = conn.case_by_number(&number).await.unwrap().unwrap();
    assert_eq!(case.outcome, None);
    let version = case.version.to_string();
    let fields = [("version", version.as_str()), ("outcome", "tea"), ("why", words)];
    let answer = browser.post(&format!("/cases/{number}/close"), &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "a hidden or invented choice is no choice");
    let answer = browser.post(&format!("/cases/{number}/fly"), &fields).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn hostile_text_is_text() {
    let (_house, number, mut browser) = house().await;
    let id = MessageId::new().to_string();
    let fields = [("id", id.as_str()), ("text", "<img src=x onerror=alert(1)> http://evil.example/x \u{202e}")];
    let answer = browser.post(&format!("/cases/{number}/note"), &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let page = browser.get(&format!("/cases/{number}")).await.text;
    assert!(page.contains("&lt;img src=x") && !page.contains("<img"), "escaped");
    assert!(page.contains("hxxp://evil[.]example") && !page.contains("http://evil.example"), "defanged");
    let searched = browser.get("/cases?q=%22%3E%3Cscript%3E&sort=%27;--&page=-9&state=tea").await;
    assert_eq!(searched.status, StatusCode::OK);
    assert!(!searched.text.contains("\"><script>"));
}

#[tokio::test]
async fn an_auditor_is_offered_nothing() {
    let (house, number, _) = house().await;
    let mut browser = house.signed_in(Role::Auditor).await;
    for path in [format!("/cases/{number}"), "/cases".to_owned(), "/mail".to_owned()] {
        let page = browser.get(&path).await.text;
        let forms: Vec<&str> = page.matches("method=\"post\"").collect();
        assert_eq!(forms.len(), 1, "{path}: only signing out");
    }
}

#[tokio::test]
async fn a_notice_can_be_taken_back_from_the_next_page() {
    let (house, number, mut browser) = house().await;
    let page = browser.get(&format!("/cases/{number}/notice?template=spam&language=de")).await.text;
    assert!(page.contains("[link]") && page.contains("nadia@mail.example"));
    let id = NoticeId::new().to_string();
    let mut conn = house.desk.store().read().await.unwrap();
    let version = conn.case_by_number(&number).await.unwrap().unwrap().version.to_string();
    let form = |subject: &'static str, body: &'static str| {
        [
            ("id", id.clone()),
            ("version", version.clone()),
            ("template", "spam".to_owned()),
            ("language", "de".to_owned()),
            ("subject", subject.to_owned()),
            ("body", body.to_owned()),
        ]
    };
    let path = format!("/cases/{number}/notify");
    let bad = form("News", "no link in here");
    let answer = browser.post(&path, &bad.each_ref().map(|(name, value)| (*name, value.as_str()))).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text.contains("no link in here") && answer.text.contains("It cannot go out like this"));
    let good = form("News", "Read this: [link]");
    for _ in 0..2 {
        let answer = browser.post(&path, &good.each_ref().map(|(name, value)| (*name, value.as_str()))).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    }
    let page = browser.get(&format!("/cases/{number}")).await.text;
    assert!(page.contains("Undo") && page.contains(&format!("/mail/{id}/cancel")));
    let view = house.desk.case_view(&house.user(Role::Supervisor).await.actor(), &number).await.unwrap();
    assert_eq!(view.notices.len(), 1, "a double click sends one");
    let answer = browser.post(&format!("/mail/{id}/cancel"), &[("back", number.as_str())]).await;
    assert_eq!(answer.location, format!("/cases/{number}"));
    assert!(browser.get(&format!("/mail/{id}")).await.text.contains("cancelled"));
    // Out of reach for a path that is not ours.
    let away = browser.post(&format!("/mail/{id}/cancel"), &[("back", "//evil.example")]).await;
    assert!(away.location.starts_with("/cases/"), "{}", away.location);
}

#[tokio::test]
async fn bulk_acts_say_what_was_refused() {
    let (house, number, mut browser) = house().await;
    let mut conn = house.desk.store().read().await.unwrap();
    let version = conn.case_by_number(&number).await.unwrap().unwrap().version;
    let (fresh, stale) = (format!("{number}:{version}"), format!("{number}:0"));
    let fields = [("pick", fresh.as_str()), ("pick", stale.as_str()), ("outcome", "no_action"), ("why", "all quiet")];
    let answer = browser.post("/cases/-/close", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let page = browser.get(&answer.location).await.text;
    assert!(page.contains("Done on 1 case, not on 1 case."), "{page}");
    let none = browser.post("/cases/-/close", &[("outcome", "no_action"), ("why", "all quiet")]).await;
    assert!(browser.get(&none.location).await.text.contains("tick at least one case"));
}
