//! The demo desk shows every state at its end: nobody learns a page that is empty.
use chrono::{DateTime, Utc};
use domain::{
    actor::Actor,
    attribution::Doubt,
    case::{CaseFilter, CaseOrder, CaseState},
    clock::FrozenClock,
    evidence::{InboxFilter, InboxTab},
    lease::board::LeaseWarning,
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
    leases(&desk, &reader).await;
    desk.store().close().await;
}

/// Whose was it then: each kind of doubt, a question, an answer in doubt and one that was kept, a source that is silent.
async fn leases(desk: &Desk, reader: &Actor) {
    let mut conn = desk.store().read().await.unwrap();
    let mut doubts = HashSet::new();
    let mut asked = 0;
    for tab in [InboxTab::Ambiguous, InboxTab::Unknown] {
        let filter = InboxFilter { tab, ..InboxFilter::default() };
        for row in desk.inbox(reader, &filter, PageOf::default()).await.unwrap().rows.rows {
            doubts.extend(conn.attributions_of(row.event).await.unwrap()[0].answer.doubt);
            asked += conn.questions_of_event(row.event).await.unwrap().len();
        }
    }
    for doubt in [Doubt::NoPort, Doubt::Presumed, Doubt::NameUnknown, Doubt::Waiting, Doubt::NoLease] {
        assert!(doubts.contains(&doubt), "no answer is open because of {doubt}: {doubts:?}");
    }
    assert_eq!(asked, 1, "one reporter is asked for the port");
    let open = desk.contradictions(reader, false, PageOf::default()).await.unwrap().rows.rows;
    assert!(open.iter().any(|one| one.case.is_some() && !one.against.is_empty()), "{open:?}");
    let settled = desk.contradictions(reader, true, PageOf::default()).await.unwrap().rows.rows;
    assert!(settled.iter().any(|one| one.case.is_some()), "{settled:?}");
    let warnings = desk.lease_warnings().await.unwrap();
    assert!(
        matches!(warnings.as_slice(), [LeaseWarning::Silent { source, .. }] if source == "dhcp.olt-7"),
        "{warnings:?}"
    );
    let sources = conn.lease_sources().await.unwrap();
    assert!(sources.iter().any(|source| source.known_through.is_some()), "no source has a watermark");
}
