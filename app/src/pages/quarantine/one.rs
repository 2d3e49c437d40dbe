//! One quarantine: why it may be, what the network says, who asked for release, everything that happened.
use super::{acts::Acting, card::facts, history::history, measure, state};
use crate::{
    routes,
    ui::{Act, Btn, Card, Desk, KeyValues, LongField, Pair, Pill, PostForm, Quote, Raw, Tag, Top, When},
};
use chrono::{DateTime, Utc};
use domain::{
    actor::Actor,
    id::QuarantineId,
    quarantine::QuarantineCommand,
    quarantine_view::QuarantinePage,
    release::{Release, ReleaseState},
};
use leptos::prelude::*;

/// The page.
pub fn one(data: QuarantinePage, now: DateTime<Utc>) -> AnyView {
    let found = &data.row.quarantine;
    let back = routes::quarantine(found.id);
    let acting = Acting { row: &data.row, may: &data.may, case: None, back: &back, own_order: data.own_order };
    let buttons = acting.buttons();
    let may_decide = data.may.contains(&QuarantineCommand::Lift);
    let requests: Vec<AnyView> =
        data.releases.iter().map(|release| request(release, found.id, &back, may_decide, now)).collect();
    let requests = (!requests.is_empty()).then(|| view! { <Card title="Release asked for">{requests}</Card> });
    let ordered_by = Actor::label(&found.ordered_by).to_owned();
    let protected = data.row.protected.clone().map(|why| {
        view! { <Pair term="Protected"><Tag word="protected" kind="bad" /> " " {why}</Pair> }
    });
    let facts = facts(&data.row, None, now);
    let clause = format!("{} of terms {}", data.row.clause_number, data.row.terms_version);
    let (ordered_at, clause_text) = (found.ordered_at, data.clause_text.clone());
    let side = view! {
        <Card title="Now">{facts} {buttons}</Card>
        <Card title="Why we may">
            <KeyValues>
                <Pair term="Clause">{clause}</Pair>
                <Pair term="Ordered by">{ordered_by} ", " <When at=ordered_at now=now /></Pair>
                {protected}
            </KeyValues>
            <Raw text=clause_text />
        </Card>
    }
    .into_any();
    let sub = format!("{} of {} · {}", measure(found), data.row.service_number, data.row.customer_name);
    let (word, reason) = (state(found.state), found.reason.clone());
    let history = history(data.history, now);
    view! {
        <Top title="Quarantine" sub=sub><Pill word=word /></Top>
        <Desk side=Some(side)>
            {requests}
            <Card title="Reason, as the customer reads it"><Quote text=reason /></Card>
            <Card title="What happened">{history}</Card>
        </Desk>
    }
    .into_any()
}

fn request(release: &Release, id: QuarantineId, back: &str, may_decide: bool, now: DateTime<Utc>) -> AnyView {
    let by = release.decided_by.as_deref().map(Actor::label).unwrap_or_default().to_owned();
    let decided = match release.state {
        ReleaseState::Waiting => "waits for a person".to_owned(),
        ReleaseState::Granted if release.by_himself => "granted by the self-release rule".to_owned(),
        ReleaseState::Granted => format!("granted by {by}"),
        ReleaseState::Refused => format!("refused by {by}"),
    };
    let waits = release.state == ReleaseState::Waiting && may_decide;
    let forms = waits.then(|| decide_request(release, id, back));
    let reason = (!release.reason.is_empty()).then(|| view! { <Quote text=release.reason.clone() /> });
    view! {
        <div>
            <p><When at=release.asked_at now=now /> " by " {release.asked_by.as_str()} ": " <b>{decided}</b></p>
            {reason}
            {forms}
        </div>
    }
    .into_any()
}

/// The two answers to a request, each with its reason.
pub(crate) fn decide_request(release: &Release, id: QuarantineId, back: &str) -> AnyView {
    let form = |act: &'static str, label: &'static str, kind: &'static str, hint: &'static str| {
        let hidden = vec![("release".to_owned(), release.id.to_string()), ("back".to_owned(), back.to_owned())];
        let field = format!("{act}-{}", release.id);
        view! {
            <PostForm action=routes::quarantine_act(id, act) hidden=hidden>
                <LongField label="Reason" name="reason" id=field rows=2 required=true hint=hint />
                <Btn label=label kind=kind />
            </PostForm>
        }
    };
    let grant = form("grant", "Release", "main", "What makes you believe it is fixed.");
    let deny = form("deny", "Refuse", "", "The customer reads this: say what is still to be done.");
    view! {
        <div class="btns">
            <Act label="Release…" group="request">{grant}</Act>
            <Act label="Refuse…" group="request">{deny}</Act>
        </div>
    }
    .into_any()
}
