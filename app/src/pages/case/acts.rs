//! What else can be done with a case: only what the table allows in this state and for this role.

use std::sync::Arc;

use domain::{
    actor::Permission,
    case::{CaseCommand, CaseState, Outcome},
    id::MessageId,
};
use leptos::prelude::*;

use super::{
    page::CasePage,
    queue::{outcome_words, snooze_options},
    turn::reply,
};
use crate::{
    routes,
    ui::{Act, Btn, Card, Choice, LinkBtn, LongField, PostForm, Select},
};

pub(super) fn acts_card(page: &Arc<CasePage>) -> AnyView {
    let page = page.clone();
    let offered = page.offered();
    let state = page.view.case.state;
    let mut buttons: Vec<AnyView> = offered.iter().filter_map(|command| button(&page, *command, state)).collect();
    if page.may(Permission::WorkCases) && page.view.case.events > 0 {
        let href = routes::case_pass_on(&page.view.case.number);
        buttons.push(view! { <LinkBtn label="Pass on…" href=href /> }.into_any());
        let href = routes::case_correct(&page.view.case.number);
        buttons.push(view! { <LinkBtn label="Wrong customer?" href=href key="w" /> }.into_any());
    }
    if buttons.is_empty() {
        return ().into_any();
    }
    let why = page.view.held().then(|| {
        view! { <p class="sub">"Cannot be closed while a quarantine holds it: release first."</p> }
    });
    view! {
        <Card title="Also possible">
            <div class="btns">{buttons}</div>
            {why}
        </Card>
    }
    .into_any()
}

fn button(page: &Arc<CasePage>, command: CaseCommand, state: CaseState) -> Option<AnyView> {
    let page = page.clone();
    let case = &page.view.case;
    let mine = case.assignee == Some(page.me);
    match command {
        CaseCommand::Assign => Some(assign(&page, mine)),
        CaseCommand::HandBack if case.assignee.is_some() => Some(hand_back(&page)),
        CaseCommand::Note => Some(note(&page)),
        CaseCommand::Snooze if case.snoozed_until.is_some_and(|until| until > page.now) => {
            Some(one_button(&page, "wake", "Wake", ""))
        }
        CaseCommand::Snooze => Some(snooze(&page)),
        // The first card offers these where they are expected.
        CaseCommand::Notify if !matches!(state, CaseState::Open | CaseState::Notified) => {
            let href = routes::with_query(routes::case_notice(&case.number), &[("list", &page.list)]);
            Some(view! { <LinkBtn label="Notice" href=href key="n" /> }.into_any())
        }
        CaseCommand::OrderQuarantine => {
            let href = routes::case_act(&case.number, "quarantine");
            Some(view! { <LinkBtn label="Quarantine" href=href key="q" /> }.into_any())
        }
        CaseCommand::Reply if state != CaseState::Answered => Some(reply(&page, false)),
        CaseCommand::Close => Some(close(&page)),
        // Its events are on another case: that one is corrected.
        CaseCommand::Reopen if case.outcome == Some(Outcome::WrongCustomer) => None,
        CaseCommand::Reopen => Some(reopen(&page)),
        _ => None,
    }
}

/// A form of one button.
pub(super) fn one_button(page: &Arc<CasePage>, act: &str, label: &'static str, key: &'static str) -> AnyView {
    let page = page.clone();
    view! {
        <PostForm action=routes::case_act(&page.view.case.number, act) hidden=page.hidden() class="inline">
            <Btn label=label key=key />
        </PostForm>
    }
    .into_any()
}

fn assign(page: &Arc<CasePage>, mine: bool) -> AnyView {
    let page = page.clone();
    let hidden = [page.hidden(), vec![("assignee".to_owned(), page.me.to_string())]].concat();
    let action = routes::case_act(&page.view.case.number, "assign");
    let take = (!mine).then(|| {
        view! { <PostForm action=action.clone() hidden=hidden class="inline"><Btn label="Take" key="a" /></PostForm> }
    });
    let others: Vec<(String, String)> = page
        .view
        .colleagues
        .iter()
        .filter(|(id, _)| Some(*id) != page.view.case.assignee && *id != page.me)
        .map(|(id, name)| (id.to_string(), name.clone()))
        .collect();
    let give = (!others.is_empty()).then(|| {
        view! {
            <Act label="Give to…" group="acts" open=page.typed.is("assign")>
                <PostForm action=action hidden=page.hidden()>
                    <Select label="Colleague" name="assignee" options=others error=page.typed.error("assign") />
                    <Btn label="Give" />
                </PostForm>
            </Act>
        }
    });
    view! { {take} {give} }.into_any()
}

fn hand_back(page: &Arc<CasePage>) -> AnyView {
    let page = page.clone();
    view! {
        <Act label="Hand back…" group="acts" open=page.typed.is("hand-back")>
            <PostForm action=routes::case_act(&page.view.case.number, "hand-back") hidden=page.hidden()>
                <LongField label="Why (for colleagues)" name="why" id="hand-back-why" rows=2 value=page.typed.value("hand-back", "why") />
                <Btn label="Hand back to the queue" />
            </PostForm>
        </Act>
    }
    .into_any()
}

fn note(page: &Arc<CasePage>) -> AnyView {
    let page = page.clone();
    let hidden = [page.hidden(), vec![("id".to_owned(), MessageId::new().to_string())]].concat();
    view! {
        <Act label="Note…" key="m" group="acts" open=page.typed.is("note")>
            <PostForm action=routes::case_act(&page.view.case.number, "note") hidden=hidden>
                <LongField
                    label="For colleagues only"
                    name="text"
                    id="note-text"
                    rows=4
                    hint="The customer never sees it."
                    value=page.typed.value("note", "text")
                    error=page.typed.error("note")
                    required=true
                />
                <Btn label="Keep the note" />
            </PostForm>
        </Act>
    }
    .into_any()
}

fn snooze(page: &Arc<CasePage>) -> AnyView {
    let page = page.clone();
    view! {
        <Act label="Snooze…" group="acts" open=page.typed.is("snooze")>
            <PostForm action=routes::case_act(&page.view.case.number, "snooze") hidden=page.hidden()>
                <Select label="For" name="for" options=snooze_options() value=page.typed.value("snooze", "for") />
                <LongField
                    label="Reason"
                    name="why"
                    id="snooze-why"
                    rows=2
                    value=page.typed.value("snooze", "why")
                    error=page.typed.error("snooze")
                    required=true
                />
                <Btn label="Snooze" />
            </PostForm>
        </Act>
    }
    .into_any()
}

fn close(page: &Arc<CasePage>) -> AnyView {
    let page = page.clone();
    let options = Outcome::CHOICES
        .iter()
        .map(|outcome| (outcome.as_str().to_owned(), outcome_words(*outcome).to_owned(), meaning(*outcome).to_owned()))
        .collect();
    let chosen = page.typed.value("close", "outcome");
    view! {
        <Act label="Close…" kind="hard" key="c" group="acts" open=page.typed.is("close")>
            <PostForm action=routes::case_act(&page.view.case.number, "close") hidden=page.hidden()>
                <Choice label="Outcome" name="outcome" options=options value=chosen />
                <LongField
                    label="Reason"
                    name="why"
                    id="close-why"
                    rows=2
                    hint="Goes into the record."
                    value=page.typed.value("close", "why")
                    error=page.typed.error("close")
                    required=true
                />
                <Btn label="Close the case" kind="hard" />
            </PostForm>
        </Act>
    }
    .into_any()
}

const fn meaning(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Resolved => "The cause is gone.",
        Outcome::FalsePositive => "The report was wrong; it counts against the reporter.",
        Outcome::NotOurs => "Not this customer's doing; no strike.",
        Outcome::Victim => "Somebody abused the customer; no strike.",
        Outcome::NoAction => "True, but nothing to be done about it.",
        Outcome::Duplicate => "The work goes on in another case.",
        Outcome::WrongCustomer => "The events were laid to the wrong customer.",
    }
}

fn reopen(page: &Arc<CasePage>) -> AnyView {
    let page = page.clone();
    view! {
        <Act label="Reopen…" group="acts" open=page.typed.is("reopen")>
            <PostForm action=routes::case_act(&page.view.case.number, "reopen") hidden=page.hidden()>
                <LongField
                    label="Reason"
                    name="why"
                    id="reopen-why"
                    rows=2
                    value=page.typed.value("reopen", "why")
                    error=page.typed.error("reopen")
                    required=true
                />
                <Btn label="Reopen the case" />
            </PostForm>
        </Act>
    }
    .into_any()
}

/// Makes the customer's links lead nowhere: sent to the wrong person, or passed on.
pub(super) fn withdraw(page: &Arc<CasePage>) -> AnyView {
    let page = page.clone();
    view! {
        <Act label="Withdraw the links…" group="acts" open=page.typed.is("revoke-links")>
            <PostForm action=routes::case_act(&page.view.case.number, "revoke-links") hidden=page.hidden()>
                <LongField
                    label="Reason"
                    name="why"
                    id="revoke-why"
                    rows=2
                    hint="The customer's page leads nowhere then; the next notice brings a new link."
                    value=page.typed.value("revoke-links", "why")
                    error=page.typed.error("revoke-links")
                    required=true
                />
                <Btn label="Withdraw" kind="hard" />
            </PostForm>
        </Act>
    }
    .into_any()
}
