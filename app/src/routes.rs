//! Every address of the staff's pages, written once; pages link with these and the server's router uses the same words.

use std::fmt::Display;

use crate::ui::Query;

/// Where one arrives: the evidence.
pub fn home() -> String {
    "/".to_owned()
}

/// The sign-in form and its post.
pub fn sign_in() -> String {
    "/sign-in".to_owned()
}

/// Post: signs out.
pub fn sign_out() -> String {
    "/sign-out".to_owned()
}

/// Finds customers, services, addresses, cases: `?q=`.
pub fn find() -> String {
    "/find".to_owned()
}

/// Evidence by customer, with `?view=`, `?sort=`, `?peek=` (the row in the panel).
pub fn evidence() -> String {
    "/evidence".to_owned()
}

/// Post: an act on picked rows of evidence: `open`, `dismiss`.
pub fn evidence_act(act: &str) -> String {
    format!("/evidence/{act}")
}

/// Answers in doubt: what later leases say against them, with `?view=settled`.
pub fn contradictions() -> String {
    "/evidence/doubts".to_owned()
}

/// Post: an act on answers in doubt: `keep`, `reopen`.
pub fn contradictions_act(act: &str) -> String {
    format!("/evidence/doubts/{act}")
}

/// One event with its proof of attribution.
pub fn event(id: impl Display) -> String {
    format!("/events/{id}")
}

/// Post: an act on one event: `attribute`.
pub fn event_act(id: impl Display, act: &str) -> String {
    format!("/events/{id}/{act}")
}

/// All events, with filters such as `?customer=`, `?case=`, `?class=`, `?address=`.
pub fn events() -> String {
    "/events".to_owned()
}

/// Reports, with `?state=` and `?who=`; post: takes one in by hand.
pub fn reports() -> String {
    "/reports".to_owned()
}

/// A report as received.
pub fn report(id: impl Display) -> String {
    format!("/reports/{id}")
}

/// The bytes of a report, as a download.
pub fn report_raw(id: impl Display) -> String {
    format!("/reports/{id}/raw")
}

/// A report beside what today's parsers make of it; post: puts it in force.
pub fn report_again(id: impl Display) -> String {
    format!("/reports/{id}/again")
}

/// Periods that are read again; post: compares one.
pub fn rereads() -> String {
    "/reports/again".to_owned()
}

/// One period that is read again.
pub fn reread(id: impl Display) -> String {
    format!("/reports/again/{id}")
}

/// Post: an act on a period: `apply`, `stop`.
pub fn reread_act(id: impl Display, act: &str) -> String {
    format!("/reports/again/{id}/{act}")
}

/// An event as it would leave the house; post: passes it on.
pub fn event_pass_on(id: impl Display) -> String {
    format!("/events/{id}/pass-on")
}

/// A case as it would leave the house; post: passes it on.
pub fn case_pass_on(number: impl Display) -> String {
    format!("/cases/{number}/pass-on")
}

/// Post: tries to pass on again.
pub fn passing_retry(id: impl Display) -> String {
    format!("/passings/{id}/retry")
}

/// Post: an act on one report: `accept`, `ask`, `retry`, `set-aside`.
pub fn report_act(id: impl Display, act: &str) -> String {
    format!("/reports/{id}/{act}")
}

/// Post: a marked sender or reporter is back to normal.
pub fn unmark() -> String {
    "/senders/unmark".to_owned()
}

/// Who reports, and how good it is: `?days=`, `?who=`, `?sort=`.
pub fn reporters() -> String {
    "/reporters".to_owned()
}

/// The same as CSV.
pub fn reporters_csv() -> String {
    "/reporters.csv".to_owned()
}

/// One reporter by his name; post: decides about him.
pub fn reporter(name: &str) -> String {
    let mut path = "/reporters/".to_owned();
    crate::ui::query::encode(&mut path, name);
    path
}

/// Reports nobody could read.
pub fn sort_out() -> String {
    "/sort-out".to_owned()
}

/// The first report nobody could read.
pub fn sort_out_next() -> String {
    "/sort-out/next".to_owned()
}

/// Letters to reporters.
pub fn letters() -> String {
    "/mail/letters".to_owned()
}

/// One letter as sent.
pub fn letter(id: impl Display) -> String {
    format!("/mail/letters/{id}")
}

/// The form behind a reporter's link.
pub fn reporter_form(secret: &str) -> String {
    format!("/r/{secret}")
}

/// The public form for complaints.
pub fn complaint() -> String {
    "/report".to_owned()
}

/// The queue of cases, with filters.
pub fn cases() -> String {
    "/cases".to_owned()
}

/// One case by its number (`L-2026-000123`).
pub fn case(number: impl Display) -> String {
    format!("/cases/{number}")
}

/// Post: an act on a case: `assign`, `hand-back`, `note`, `snooze`, `wake`, `close`, `reopen`, `notify`, `quarantine`, `release`, `refuse`, `link`.
pub fn case_act(number: impl Display, act: &str) -> String {
    format!("/cases/{number}/{act}")
}

/// A notice of a case before it is sent: preview on the real case.
pub fn case_notice(number: impl Display) -> String {
    format!("/cases/{number}/notice")
}

/// Whose the events of a case were after all: `?which=some&event=`; post: looks, searches, does it.
pub fn case_correct(number: impl Display) -> String {
    format!("/cases/{number}/correct")
}

/// The case's dispute pack, as a download.
pub fn case_pack(number: impl Display) -> String {
    format!("/cases/{number}/pack")
}

/// Post: an act on picked cases: `assign`, `close`, `snooze`.
pub fn cases_act(act: &str) -> String {
    format!("/cases/-/{act}")
}

/// Hard acts that wait for a supervisor.
pub fn approvals() -> String {
    "/approvals".to_owned()
}

/// Restrictions, with `?state=`.
pub fn quarantines() -> String {
    "/quarantine".to_owned()
}

/// One restriction with its back-end calls.
pub fn quarantine(id: impl Display) -> String {
    format!("/quarantine/{id}")
}

/// What the network holds, beside what it should hold.
pub fn network() -> String {
    "/quarantine/network".to_owned()
}

/// Post: decides an objection.
pub fn dispute_decide(id: impl Display) -> String {
    format!("/disputes/{id}/decide")
}

/// Post: an act on a restriction: `approve`, `refuse`, `cancel`, `release`, `review`, `retry`, `grant`, `deny`.
pub fn quarantine_act(id: impl Display, act: &str) -> String {
    format!("/quarantine/{id}/{act}")
}

/// What went out, with `?state=`.
pub fn mail() -> String {
    "/mail".to_owned()
}

/// One mail as sent.
pub fn mail_one(id: impl Display) -> String {
    format!("/mail/{id}")
}

/// Customers.
pub fn customers() -> String {
    "/customers".to_owned()
}

/// One customer.
pub fn customer(id: impl Display) -> String {
    format!("/customers/{id}")
}

/// Post: an act on a customer: `link`, `revoke-links`, `note`.
pub fn customer_act(id: impl Display, act: &str) -> String {
    format!("/customers/{id}/{act}")
}

/// Whose was this address at that time: `?address=`, `?port=`, `?at=`, `?case=` fill the form in; post: asks.
pub fn who() -> String {
    "/who".to_owned()
}

/// The answer to a look-up, for the one who made it.
pub fn look_up(id: impl Display) -> String {
    format!("/who/{id}")
}

/// The same as a file: `leases.csv` or `answer.json`.
pub fn look_up_file(id: impl Display, file: &str) -> String {
    format!("/who/{id}/{file}")
}

/// What a customer held: asks for a reason; post: asks.
pub fn addresses(customer: impl Display) -> String {
    format!("/customers/{customer}/addresses")
}

/// What a customer held, shown under the reason of a look-up.
pub fn addresses_of(customer: impl Display, look: impl Display) -> String {
    format!("/customers/{customer}/addresses?look={look}")
}

/// Figures, with `?period=`.
pub fn figures() -> String {
    "/figures".to_owned()
}

/// The same figures as CSV.
pub fn figures_csv() -> String {
    "/figures.csv".to_owned()
}

/// The ledger.
pub fn record() -> String {
    "/record".to_owned()
}

/// One entry of the ledger, with its proof.
pub fn record_entry(seq: impl Display) -> String {
    format!("/record/{seq}")
}

/// Playbooks and terms.
pub fn policy() -> String {
    "/policy".to_owned()
}

/// Users, ranges, feeds.
pub fn settings() -> String {
    "/settings".to_owned()
}

/// One page of the settings: `users`, `ranges`, `feeds`.
pub fn settings_page(page: &str) -> String {
    format!("/settings/{page}")
}

/// Post: takes back an act by its ledger number, while it can be.
pub fn undo(seq: impl Display) -> String {
    format!("/undo/{seq}")
}

/// How much is new in a queue since an instant (µs since the epoch): answers `{"new": n}`.
pub fn live(queue: &str, since: i64) -> String {
    format!("/live/{queue}?since={since}")
}

/// The customer's own page behind a link.
pub fn customer_page(secret: &str) -> String {
    format!("/c/{secret}")
}

/// An address with parameters, encoded: `with_query(cases(), &[("q", "a b")])`.
pub fn with_query(path: String, pairs: &[(&str, &str)]) -> String {
    pairs.iter().fold(Query::new(path, ""), |query, (name, value)| query.with(name, *value)).url()
}

/// Feeds that people mapped.
pub fn feeds() -> String {
    "/settings/feeds".to_owned()
}

/// A new feed: takes a sample; posted, the mapping begins.
pub fn feed_new() -> String {
    "/settings/feeds/new".to_owned()
}

/// A new feed from a parked report.
pub fn feed_teach(report: impl Display) -> String {
    format!("/settings/feeds/new?report={report}")
}

/// Post: tries a mapping out, or saves it.
pub fn feed_map() -> String {
    "/settings/feeds/map".to_owned()
}

/// One feed by its name.
pub fn feed(name: &str) -> String {
    format!("/settings/feeds/{name}")
}

/// Changes a feed; with `?report=` on the rows of that report.
pub fn feed_edit(name: &str) -> String {
    format!("/settings/feeds/{name}/edit")
}

/// Post: an act on a feed: `retire`, `reopen`, `restore`, `clear`, `reread`.
pub fn feed_act(name: &str, act: &str) -> String {
    format!("/settings/feeds/{name}/{act}")
}
