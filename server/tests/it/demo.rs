//! The demo desk shows every state at its end: nobody learns a page that is empty.
use chrono::{DateTime, Utc};
use domain::{
    actor::Actor,
    case::{CaseFilter, CaseOrder, CaseState},
    clock::FrozenClock,
    notice::{NoticeFilter, NoticeState},
    page::PageOf,
    quarantine::{QuarantineState, QuarantineTab},
};
use lazaret::{
    config::Config,
    demo::{self, Plan},
    desk::Desk,
};
use std::{collections::HashSet, sync::Arc};
use store::Store;

async fn demo_desk(folder: &std::path::Path, ends: DateTime<Utc>) -> Desk {
    let url = format!("sqlite://{}", folder.join("desk.db").display());
    let config = Config::defaults().with("database.url", url.clone());
    let plan = Plan { customers: 400, events: 4_000, seed: 1, ends };
    demo::fill(config.clone(), plan, &|_, _, _| {}).await.unwrap();
    Desk::new(Store::open(&url, Arc::new(FrozenClock::at(ends))).await.unwrap(), config)
}

#[tokio::test]
async fn the_demo_shows_every_state() {
    let folder = tempfile::tempdir().unwrap();
    let desk = demo_desk(folder.path(), "2026-11-22T10:42:00Z".parse().unwrap()).await;
    let reader = Actor::system("cli");

    let mut seen = HashSet::new();
    for tab in [QuarantineTab::InForce, QuarantineTab::Waiting, QuarantineTab::Failed, QuarantineTab::Ended] {
        for page in 1..5 {
            let list = desk.quarantines(&reader, tab, PageOf::new(page)).await.unwrap();
            seen.extend(list.rows.rows.iter().map(|row| row.quarantine.state));
        }
    }
    // On the way to another state: whether one is caught there depends on the minute.
    let passing = [QuarantineState::Applying, QuarantineState::Lifting];
    for state in QuarantineState::ALL.iter().filter(|state| !passing.contains(state)) {
        assert!(seen.contains(state), "no quarantine is {state}");
    }
    let counts = desk.quarantines(&reader, QuarantineTab::InForce, PageOf::default()).await.unwrap().counts;
    assert!(counts.overdue >= 2 && counts.requests >= 2 && counts.failed >= 2 && counts.in_force >= 6, "{counts:?}");
    let approvals = desk.approvals(&reader).await.unwrap();
    assert!(approvals.signatures.len() >= 2 && approvals.disputes.len() >= 2, "{approvals:?}");

    let (_, mail) = desk.mail(&reader, &NoticeFilter::default(), PageOf::default()).await.unwrap();
    for state in NoticeState::ALL.iter().filter(|state| **state != NoticeState::Sending) {
        assert!(mail.iter().any(|(known, many)| known == state && *many > 0), "no notice is {state}: {mail:?}");
    }

    let some = |filter: CaseFilter| {
        let (desk, reader) = (desk.clone(), reader.clone());
        async move { desk.cases(&reader, &filter, CaseOrder::Due, PageOf::default()).await.unwrap().rows.len() }
    };
    for state in CaseState::ALL {
        let filter = CaseFilter { state: Some(*state), ..CaseFilter::default() };
        assert!(some(filter).await > 0, "no case is {state}");
    }
    assert!(some(CaseFilter { disputed: true, ..CaseFilter::default() }).await >= 2);
    assert!(some(CaseFilter { snoozed: true, ..CaseFilter::default() }).await >= 3);
    assert!(some(CaseFilter { unassigned: true, ..CaseFilter::default() }).await >= 5);
    let mara = desk.users(&reader).await.unwrap().into_iter().find(|user| user.name == "Mara Lind").unwrap();
    let unread = CaseFilter { assignee: Some(mara.id), unread: true, ..CaseFilter::default() };
    assert!(some(unread).await >= 3);
    desk.store().close().await;
}
