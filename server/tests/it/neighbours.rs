//! What one page says about another noun agrees with that noun's own page.
use crate::support::House;
use domain::actor::Role;

#[tokio::test]
async fn the_customers_page_and_the_next_evidence_name_his_case() {
    let house = House::new().await;
    let number = house.with_case().await;
    let mut browser = house.signed_in(Role::Supervisor).await;
    let mut conn = house.desk.store().read().await.unwrap();
    let case = conn.case_by_number(&number).await.unwrap().unwrap();
    drop(conn);
    let page = browser.get(&format!("/customers/{}", case.customer)).await.text;
    assert!(page.contains(&number), "the customer's page lacks {number}");
    let inbox = browser.get("/evidence?view=on_case").await.text;
    assert!(inbox.contains(&number), "the evidence on a case does not name it");
    let peek = house.desk.peek(&house.user(Role::Analyst).await.actor(), newest(&house, case.id).await).await.unwrap();
    assert_eq!(peek.cases.len(), 1, "the panel must say what was before");
}

async fn newest(house: &House, case: domain::id::CaseId) -> domain::id::EventId {
    let mut conn = house.desk.store().read().await.unwrap();
    conn.events_of_case(case, domain::page::PageOf::default()).await.unwrap().rows[0].id
}
