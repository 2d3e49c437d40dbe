//! What waits for a second person: signatures for protected services, release requests, objections.
use super::quarantine::{self, decide_request};
use crate::{
    routes,
    ui::{
        Act, Btn, Card, Choice, Desk, EmptyState, KeyValues, LongField, Pair, PostForm, Quote, Tag, Top, When,
        number::plural, time,
    },
};
use chrono::{DateTime, Utc};
use domain::{
    actor::Actor, dispute::DisputeRow, id::CaseId, quarantine::QuarantineRow, quarantine_view::Approvals,
    release::ReleaseRow,
};
use leptos::prelude::*;

/// The page, as `me` sees it.
pub fn approvals(data: Approvals, me: &Actor, now: DateTime<Utc>) -> AnyView {
    let shown = data.signatures.len() + data.requests.len() + data.disputes.len();
    let empty = (shown == 0).then(|| {
        view! { <EmptyState title="Nothing waits for you">"Protected services, release requests and objections show up here."</EmptyState> }
    });
    let doubted = |case: &CaseId| data.doubted.contains(case);
    let signatures: Vec<AnyView> = data
        .signatures
        .iter()
        .map(|row| signature(row, row.cases.iter().any(|case| doubted(&case.0)), me, now))
        .collect();
    let disputes: Vec<AnyView> =
        data.disputes.iter().map(|row| dispute(row, doubted(&row.dispute.case), me, now)).collect();
    let requests: Vec<AnyView> = data.requests.iter().map(|row| request(row, now)).collect();
    view! {
        <Top title="Approvals" sub="what needs a second person" />
        <Desk>
            {empty} {disputes} {rest(data.disputes.len(), data.counts.disputes, "objection", "objections")} {signatures}
            {rest(data.signatures.len(), data.counts.signatures, "signature", "signatures")} {requests}
            {rest(data.requests.len(), data.counts.requests, "release request", "release requests")}
        </Desk>
    }
    .into_any()
}

/// What is not shown yet of one kind.
fn rest(shown: usize, all: i64, one: &str, many: &str) -> Option<AnyView> {
    let more = u64::try_from(all).unwrap_or(0).saturating_sub(shown as u64);
    (more > 0).then(|| {
        let words = format!("{} more: they come up here as you decide the ones above.", plural(more, one, many));
        view! { <p><small>{words}</small></p> }.into_any()
    })
}

/// What speaks against it, before anybody signs.
fn doubt(doubted: bool) -> Option<AnyView> {
    doubted.then(|| {
        view! {
            <Pair term="Whose it was">
                <Tag word="in doubt" kind="bad" />
                " A lease that came in later says otherwise. "
                <a href=routes::contradictions()>"Look at it first"</a>
            </Pair>
        }
        .into_any()
    })
}

fn signature(row: &QuarantineRow, doubted: bool, me: &Actor, now: DateTime<Utc>) -> AnyView {
    let found = &row.quarantine;
    let own = found.ordered_by == me.ledger_text();
    let hidden = vec![("version".to_owned(), found.version.to_string()), ("back".to_owned(), routes::approvals())];
    let act = |word: &'static str, label: &'static str, kind: &'static str, hint: &'static str| {
        let field = format!("{word}-{}", found.id);
        view! {
            <PostForm action=routes::quarantine_act(found.id, word) hidden=hidden.clone()>
                <LongField label="Reason" name="reason" id=field rows=2 required=true hint=hint />
                <Btn label=label kind=kind />
            </PostForm>
        }
    };
    let sign = if own {
        view! { <p><small>"You ordered it: another supervisor must sign."</small></p> }.into_any()
    } else {
        let form = act("approve", "Sign and apply", "hard", "Why this protected service must be cut.");
        view! { <Act label="Approve…" group="approve">{form}</Act> }.into_any()
    };
    let refuse = act("refuse", "Refuse", "", "What should be done instead.");
    let cases: Vec<AnyView> = row
        .cases
        .iter()
        .map(|(_, number)| view! { <a href=routes::case(number)>{number.clone()}</a> " " }.into_any())
        .collect();
    let title = format!("{}: {}", row.customer_name, quarantine::measure(found));
    let service = format!("{} {}", row.service_number, row.product);
    let protected = row.protected.clone();
    let (by, at) = (Actor::label(&found.ordered_by).to_owned(), found.ordered_at);
    let ground = format!("clause {} of {}", row.clause_number, row.terms_version);
    let reason = found.reason.clone();
    view! {
        <Card title=title kind="next">
            <KeyValues>
                <Pair term="Service">{service} " " <Tag word="protected" kind="bad" /> " " {protected}</Pair>
                <Pair term="From case">{cases}</Pair>
                {doubt(doubted)}
                <Pair term="Ordered">{by} ", " <When at=at now=now relative=true /></Pair>
                <Pair term="Ground">{ground}</Pair>
            </KeyValues>
            <Quote text=reason />
            <div class="btns">{sign} <Act label="Refuse…" group="approve">{refuse}</Act></div>
        </Card>
    }
    .into_any()
}

fn request(row: &ReleaseRow, now: DateTime<Utc>) -> AnyView {
    let (id, at) = (row.release.quarantine, row.release.asked_at);
    let (number, service) = (row.case_number.clone(), row.service_number.clone());
    let forms = decide_request(&row.release, id, &routes::approvals());
    view! {
        <Card title=format!("{} asks for release", row.customer_name)>
            <KeyValues>
                <Pair term="Case"><a href=routes::case(&number)>{number.clone()}</a></Pair>
                <Pair term="Service"><a href=routes::quarantine(id)>{service}</a></Pair>
                <Pair term="Asked"><When at=at now=now relative=true /></Pair>
            </KeyValues>
            {forms}
        </Card>
    }
    .into_any()
}

fn dispute(row: &DisputeRow, doubted: bool, me: &Actor, now: DateTime<Utc>) -> AnyView {
    let found = &row.dispute;
    let first = me.user().is_some() && found.first_decider == me.user();
    let form = if first {
        view! { <p><small>"You took the first decision: another person must decide this objection."</small></p> }
            .into_any()
    } else {
        let options = vec![
            ("upheld".to_owned(), "The customer is right".to_owned(), "What the case holds is released.".to_owned()),
            ("rejected".to_owned(), "The desk was right".to_owned(), String::new()),
        ];
        let (field, action) = (format!("decide-{}", found.id), routes::dispute_decide(found.id));
        view! {
            <Act label="Decide…" group="decide">
                <PostForm action=action hidden=vec![("back".to_owned(), routes::approvals())]>
                    <Choice label="Decision" name="verdict" options=options />
                    <LongField label="Reason" name="reason" id=field rows=3 required=true hint="The customer reads this." />
                    <Btn label="Decide" kind="main" />
                </PostForm>
            </Act>
        }
        .into_any()
    };
    let late = found.due_at < now;
    let (number, opened, owed) = (row.case_number.clone(), found.opened_at, time::ago(found.due_at, now));
    let decider = row.first_decider_name.clone();
    let decider = if decider.is_empty() { "a machine, or nobody yet".to_owned() } else { decider };
    let text = found.text.clone();
    view! {
        <Card title=format!("{} objects", row.customer_name) kind=if late { "bad" } else { "next" }>
            <KeyValues>
                <Pair term="Case"><a href=routes::case(&number)>{number.clone()}</a></Pair>
                {doubt(doubted)}
                <Pair term="Objected"><When at=opened now=now relative=true /></Pair>
                <Pair term="Due">{owed}</Pair>
                <Pair term="First decider">{decider}</Pair>
            </KeyValues>
            <Quote text=text />
            <div class="btns">{form}</div>
        </Card>
    }
    .into_any()
}
