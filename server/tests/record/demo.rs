//! The demo desk: every state is there, the record is whole, and a seed makes the same desk again.
use chrono::{DateTime, Utc};
use domain::{
    actor::Actor,
    case::{CaseFilter, CaseOrder, CaseState},
    clock::SystemClock,
    metrics::Period,
    page::PageOf,
};
use lazaret::{
    config::Config,
    demo::{self, LOGINS, Plan},
    desk::{Desk, SignIn},
};
use std::{path::Path, sync::Arc};
use store::Store;

fn ends() -> DateTime<Utc> {
    "2026-11-24T10:40:00Z".parse().unwrap()
}

async fn filled(folder: &Path, seed: u64) -> Desk {
    let config = Config::defaults().with("database.url", format!("sqlite://{}", folder.join("desk.db").display()));
    let plan = Plan { customers: 250, events: 1_200, seed, ends: ends() };
    demo::fill(config.clone(), plan, &|_, _, _| {}).await.unwrap();
    let store = Store::open(config.database_url(), Arc::new(SystemClock)).await.unwrap();
    Desk::new(store, config)
}

/// Numbers, states and classes of all cases, newest first.
async fn cases(desk: &Desk) -> Vec<String> {
    let mut conn = desk.store().read().await.unwrap();
    let filter = CaseFilter { all: true, ..CaseFilter::default() };
    let mut all = Vec::new();
    for page in 1..20 {
        let rows = conn.case_list(&filter, CaseOrder::Newest, PageOf::new(page), ends()).await.unwrap().rows;
        all.extend(rows.iter().map(|row| format!("{} {} {}", row.case.number, row.case.state, row.case.class)));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_tuesday() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let desk = filled(one.path(), 1).await;
    let all = cases(&desk).await;
    for state in [CaseState::Open, CaseState::Notified, CaseState::Closed] {
        assert!(all.iter().any(|case| case.contains(&format!(" {state} "))), "no case is {state}");
    }
    let report = desk.verify_record(&[], &[], |_| {}).await.unwrap();
    assert!(report.is_clean() && report.entries > 500, "{:?}", report.findings);
    let figures = desk.figures(&Actor::system("test"), Period::last_days(ends(), 30)).await.unwrap();
    assert!(figures.now.to_notice.is_some() && figures.now.to_release.is_some() && !figures.work.is_empty());
    for (email, role, password) in LOGINS {
        let SignIn::Welcome(user) = desk.sign_in(email, password, "test").await.unwrap() else { panic!("{email}") };
        assert_eq!(user.role, *role);
    }
    let again = filled(two.path(), 1).await;
    assert_eq!(cases(&again).await, all, "the same seed makes the same desk");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_empty_database_is_filled() {
    let folder = tempfile::tempdir().unwrap();
    let desk = filled(folder.path(), 2).await;
    let config = desk.config().clone();
    let plan = Plan { customers: 50, events: 100, seed: 1, ends: ends() };
    let refused = demo::fill(config, plan, &|_, _, _| {}).await.unwrap_err().to_string();
    assert!(refused.contains("not empty"), "{refused}");
}
