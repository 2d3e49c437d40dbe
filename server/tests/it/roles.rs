//! Who may do what: every route for every role, against a table written by hand. What a role may not see is not there.

use crate::support::{Browser, House};
use axum::http::StatusCode;
use domain::{
    actor::{Actor, Role},
    again::RereadFilter,
    id::{PassingId, RereadId},
    lease::look::{Question, Reason},
    page::PageOf,
    passing::{Subject, Way},
};
use lazaret::desk::Order;

/// Path, and for whom it is there: (a)nalyst, (s)upervisor, a(d)ministrator, audit(o)r. CASE, CUSTOMER and REPORT stand for ours.
const PAGES: &[(&str, &str)] = &[
    ("/", "asdo"),
    ("/evidence?view=ambiguous", "asdo"),
    ("/sort-out", "asdo"),
    ("/sort-out/next", "asdo"),
    ("/mail/letters", "asdo"),
    ("/reports", "asdo"),
    ("/reports/REPORT", "asdo"),
    ("/reports/REPORT/raw", "asdo"),
    ("/reports/REPORT/again", "asdo"),
    ("/reports/again", "asdo"),
    ("/reports/again/REREAD", "asdo"),
    ("/events/EVENT", "asdo"),
    ("/evidence/doubts", "asdo"),
    ("/evidence/doubts?view=settled", "asdo"),
    ("/events/EVENT/pass-on", "asd"),
    ("/cases/CASE/pass-on", "asd"),
    ("/cases/CASE/correct", "asd"),
    ("/cases", "asdo"),
    ("/cases/CASE", "asdo"),
    ("/cases/CASE/notice", "asd"),
    ("/cases/CASE/quarantine", "asd"),
    ("/cases/L-1999-000001", ""),
    ("/approvals", "sd"),
    ("/quarantine", "asdo"),
    ("/quarantine/network", "asdo"),
    ("/mail", "asdo"),
    ("/customers", "asdo"),
    ("/customers/CUSTOMER", "asdo"),
    ("/who?address=198.51.100.77", "asdo"),
    ("/who/LOOKUP", ""),
    ("/who/LOOKUP/leases.csv", ""),
    ("/who/LOOKUP/answer.json", ""),
    ("/customers/CUSTOMER/addresses", "asd"),
    // Another's reason is not mine: the form again.
    ("/customers/CUSTOMER/addresses?look=LOOKUP", "asd"),
    ("/figures", "asdo"),
    ("/figures.csv", "asdo"),
    ("/reporters", "asdo"),
    ("/reporters?days=90&sort=-held&who=example", "asdo"),
    ("/reporters.csv", "asdo"),
    ("/reporters/reporter.example", "asdo"),
    ("/reporters/nobody.example", ""),
    ("/record", "sdo"),
    ("/record/0", "sdo"),
    ("/settings/feeds", "asdo"),
    ("/settings/feeds/cert-list", "asdo"),
    ("/settings/feeds/cert-list/edit", "sd"),
    ("/settings/feeds/new", "sd"),
    ("/settings/feeds/new?report=REPORT", "sd"),
    ("/settings/feeds/no-such-feed", ""),
    ("/settings", "d"),
    ("/settings/users", "d"),
    ("/settings/tokens", "d"),
    ("/settings/ranges", "d"),
    ("/settings/channels", "d"),
    ("/settings/sources", "d"),
    ("/settings/import", "d"),
    ("/live/cases?since=0", "asdo"),
    ("/live/evidence?since=0", "asdo"),
];

/// The fields of a form.
type Fields = &'static [(&'static str, &'static str)];

/// Path, fields, and for whom the act exists. An act that exists may still be refused for its fields.
const ACTS: &[(&str, Fields, &str)] = &[
    ("/evidence/open", &[("pick", "EVENT")], "asd"),
    ("/evidence/dismiss", &[("pick", "EVENT"), ("reason", "not abuse at all")], "asd"),
    ("/evidence/doubts/keep", &[("pick", "EVENT"), ("reason", "its clock was off")], "asd"),
    ("/evidence/doubts/reopen", &[("pick", "EVENT")], "asd"),
    ("/reports/REPORT/retry", &[], "asd"),
    ("/reports/REPORT/accept", &[("source", "198.51.100.77"), ("class", "messaging/spam")], "asd"),
    ("/reports/REPORT/ask", &[("recipient", "r@reporter.example"), ("lacking", "time")], "asd"),
    ("/reports/REPORT/set-aside", &[("reason", "not a report")], "asd"),
    ("/reports/REPORT/mark", &[("kind", "sender"), ("reason", "only newsletters")], "asd"),
    ("/senders/unmark", &[("kind", "sender"), ("name", "fbl@reporter.example")], "asd"),
    ("/reporters/reporter.example", &[("version", "0"), ("weight", "2"), ("reason", "often wrong")], "sd"),
    ("/reports/REPORT/again", &[("reason", "a newer parser")], "asd"),
    ("/reports/again", &[("id", UUID), ("from", "2026-11-20"), ("to", "2026-11-22")], "asd"),
    ("/reports/again/REREAD/apply", &[("reason", "a newer parser")], "sd"),
    ("/reports/again/REREAD/stop", &[], "asd"),
    ("/events/EVENT/pass-on", &[("id", UUID), ("way", "mail"), ("target", "a@isp.example"), ("sha256", "0")], "asd"),
    ("/events/EVENT/ask", &[("id", UUID), ("recipient", "r@reporter.example")], "asd"),
    ("/cases/CASE/correct", &[("step", "search"), ("q", "198.51.100.78"), ("reason", "a wrong lease")], "asd"),
    ("/cases/CASE/correct", &[("step", "around"), ("reason", "a wrong lease")], "asd"),
    ("/cases/CASE/correct", &[("step", "look"), ("to", "-nobody-"), ("reason", "a wrong lease")], "asd"),
    ("/cases/CASE/pass-on", &[("id", UUID), ("way", "download"), ("sha256", "0")], "asd"),
    ("/passings/PASSING/retry", &[], "asd"),
    ("/who", &[("address", "198.51.100.77"), ("reason", "abuse report")], "asd"),
    ("/customers/CUSTOMER/addresses", &[("reason", "abuse report"), ("case", "CASE")], "asd"),
    ("/events/EVENT/attribute", &[("service", "ln-20418"), ("reason", "looked it up")], "asd"),
    ("/cases/CASE/note", &[("version", "0"), ("id", UUID), ("text", "a note")], "asd"),
    ("/cases/CASE/assign", &[("version", "0"), ("assignee", UUID)], "asd"),
    ("/cases/CASE/close", &[("version", "0"), ("outcome", "resolved"), ("why", "all is well")], "asd"),
    ("/cases/CASE/quarantine", &[("measure", "walled_garden"), ("reason", "sends spam")], "asd"),
    ("/settings/feeds/map", &[("act", "guess"), ("sample", "ip,time\n192.0.2.1,2026-11-22")], "sd"),
    ("/settings/feeds/map", &[("act", "preview"), ("sample", "ip,time\n192.0.2.1,2026-11-22")], "sd"),
    ("/settings/feeds/map", &[("act", "save"), ("sample", "ip,time\n192.0.2.1,2026-11-22")], "sd"),
    ("/settings/feeds/cert-list/restore", &[("version", "1"), ("to", "1")], "sd"),
    ("/settings/feeds/cert-list/clear", &[], "sd"),
    ("/settings/feeds/cert-list/reread", &[("report", "REPORT")], "sd"),
    ("/settings/feeds/cert-list/retire", &[], "sd"),
    ("/settings/feeds/cert-list/reopen", &[], "sd"),
    ("/settings/users", &[("name", "N"), ("email", "n@desk.example"), ("role", "analyst")], "d"),
    ("/settings/tokens", &[("name", "mailbox"), ("only", "reports")], "d"),
    ("/settings/sources/static", &[("skew", "0"), ("silent", "0")], "d"),
    ("/settings/ranges", &[("net", "203.0.113.0/24"), ("label", "pool")], "d"),
];

const ROLES: &[(Role, char)] =
    &[(Role::Analyst, 'a'), (Role::Supervisor, 's'), (Role::Administrator, 'd'), (Role::Auditor, 'o')];

/// Any id.
const UUID: &str = "0199b1c0-0000-7000-8000-000000000001";

struct Things {
    pairs: Vec<(&'static str, String)>,
}

impl Things {
    async fn of(house: &House) -> Self {
        let number = house.with_case().await;
        house.with_feed("cert-list").await;
        let mut conn = house.desk.store().read().await.unwrap();
        let case = conn.case_by_number(&number).await.unwrap().unwrap();
        let events = conn.events_of_case(case.id, PageOf::default()).await.unwrap().rows;
        let reread = RereadId::new();
        let (from, to) = ("2026-11-20T00:00:00Z".parse().unwrap(), "2026-11-23T00:00:00Z".parse().unwrap());
        let filter = RereadFilter { from, to, format: None, state: None };
        let system = Actor::system("test");
        house.desk.begin_reread(&system, reread, filter).await.unwrap();
        let draft = house.desk.passing_draft(&system, Subject::Event(events[0].id), false).await.unwrap();
        let order = Order {
            id: PassingId::new(),
            way: Way::Download,
            target: String::new(),
            note: String::new(),
            named: false,
            sha256: draft.sha256,
        };
        let passing = house.desk.pass_on(&system, Subject::Event(events[0].id), order).await.unwrap();
        let someone = house.user_named("someone@desk.example", Role::Supervisor).await;
        let question = Question::at("198.51.100.77".parse().unwrap(), None, house.desk.clock().now());
        let reason = Reason { why: "abuse report".into(), case: None };
        let look = house.desk.who(&someone.actor(), &question, &[], &reason).await.unwrap();
        let pairs = vec![
            ("LOOKUP", look.to_string()),
            ("REREAD", reread.to_string()),
            ("PASSING", passing.id.to_string()),
            ("CASE", number),
            ("CUSTOMER", case.customer.to_string()),
            ("REPORT", events[0].report.to_string()),
            ("EVENT", events[0].id.to_string()),
        ];
        Self { pairs }
    }

    fn named(&self, text: &str) -> String {
        self.pairs.iter().fold(text.to_owned(), |text, (word, value)| text.replace(word, value))
    }
}

async fn signed_in(house: &House, role: Role) -> Browser {
    let mut browser = house.browser();
    browser.sign_in(&format!("{role}@desk.example"), crate::support::PASSWORD).await;
    browser
}

#[tokio::test]
async fn every_page_is_there_for_its_roles_only() {
    let house = House::new().await;
    let things = Things::of(&house).await;
    let mut wrong = Vec::new();
    for (role, letter) in ROLES {
        house.user(*role).await;
        let mut browser = signed_in(&house, *role).await;
        for (path, whom) in PAGES {
            let answer = browser.get(&things.named(path)).await;
            let wanted = if whom.contains(*letter) { StatusCode::OK } else { StatusCode::NOT_FOUND };
            // A page that only leads to another one is there too.
            let leads = wanted == StatusCode::OK && answer.status == StatusCode::SEE_OTHER;
            if answer.status != wanted && !leads {
                wrong.push(format!("{role} {path}: {} instead of {wanted}", answer.status));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn every_act_exists_for_its_roles_only_and_changes_nothing_for_others() {
    let house = House::new().await;
    let things = Things::of(&house).await;
    let mut wrong = Vec::new();
    for (role, letter) in ROLES {
        house.user(*role).await;
        let mut browser = signed_in(&house, *role).await;
        for (path, fields, whom) in ACTS {
            let fields: Vec<(&str, String)> = fields.iter().map(|(name, value)| (*name, things.named(value))).collect();
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let before = house.desk.store().read().await.unwrap().ledger_size().await.unwrap();
            let answer = browser.post(&things.named(path), &fields).await;
            let there = answer.status != StatusCode::NOT_FOUND;
            if there != whom.contains(*letter) || answer.status.is_server_error() {
                wrong.push(format!("{role} {path}: {}", answer.status));
            }
            let after = house.desk.store().read().await.unwrap().ledger_size().await.unwrap();
            if !whom.contains(*letter) && before != after {
                wrong.push(format!("{role} {path}: something was written"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn a_stranger_sees_nothing_and_does_nothing() {
    let house = House::new().await;
    let things = Things::of(&house).await;
    let before = house.desk.store().read().await.unwrap().ledger_size().await.unwrap();
    let mut browser = house.browser();
    for (path, _) in PAGES {
        let answer = browser.get(&things.named(path)).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        assert!(answer.location.starts_with("/sign-in"), "{path} leads to {}", answer.location);
    }
    for (path, fields, _) in ACTS {
        let answer = browser.post(&things.named(path), fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
    }
    assert_eq!(before, house.desk.store().read().await.unwrap().ledger_size().await.unwrap());
}
