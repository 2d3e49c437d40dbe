//! The card that says whose turn it is, and offers what is expected.

use std::sync::Arc;

use domain::{
    actor::Permission,
    case::{CaseCommand, CaseState, Whose, turn},
    id::MessageId,
    notice::NoticeState,
    release::ReleaseState,
};
use leptos::prelude::*;

use super::{acts, page::CasePage};
use crate::{
    pages::quarantine::decide_request,
    routes,
    ui::{Act, Btn, Card, LinkBtn, LongField, PostForm, time},
};

pub(super) fn turn_card(page: &Arc<CasePage>) -> AnyView {
    let page = page.clone();
    let newest = page.view.notices.iter().find(|notice| notice.state != NoticeState::Cancelled).map(|n| n.state);
    let owed = matches!(newest, Some(NoticeState::Queued | NoticeState::Sending));
    let failed = matches!(newest, Some(NoticeState::Failed | NoticeState::Bounced));
    let waits = page.view.release_waits();
    let turn = turn(&page.view.case, waits, owed, failed, page.now);
    let title = match turn.whose {
        Whose::Desk => "Your turn",
        Whose::Customer => "The customer's turn",
        Whose::Nobody if page.view.case.state == CaseState::Closed => "Closed",
        Whose::Nobody => "Nobody's turn",
    };
    let by = turn.by.map(|by| match by < page.now {
        true => format!("{} late", time::span(page.now - by)),
        false => format!("within {}", time::span(by - page.now)),
    });
    let kind = match (turn.whose, turn.late) {
        (Whose::Desk, true) => "bad",
        (Whose::Desk, false) => "next",
        _ => "",
    };
    let aside = by.map(|words| words.into_any());
    let quiet = time::span(page.now - page.view.case.last_event_at);
    let last = format!("Last event {quiet} ago.");
    let open = page.view.case.state != CaseState::Closed;
    view! {
        <Card title=title aside=aside.unwrap_or_else(|| ().into_any()) kind=kind>
            <p>{turn.what} {open.then(|| format!(" {last}"))}</p>
            {offer(&page, waits, turn.whose)}
        </Card>
    }
    .into_any()
}

fn offer(page: &Arc<CasePage>, release_waits: bool, whose: Whose) -> Option<AnyView> {
    let page = page.clone();
    let offered = page.offered();
    let has = |command| offered.contains(&command);
    let case = &page.view.case;
    let mut buttons: Vec<AnyView> = Vec::new();
    match case.state {
        CaseState::Open | CaseState::Notified if has(CaseCommand::Notify) => {
            let href = routes::with_query(routes::case_notice(&case.number), &[("list", &page.list)]);
            let label = if case.state == CaseState::Open { "Write the notice" } else { "Write again" };
            let kind = if whose == Whose::Desk { "main" } else { "" };
            buttons.push(view! { <LinkBtn label=label href=href kind=kind key="n" /> }.into_any());
        }
        CaseState::Answered if has(CaseCommand::Reply) => {
            buttons.push(reply(&page, true));
            buttons.push(acts::one_button(&page, "settle", "Nothing to add", ""));
        }
        _ => {}
    }
    if case.unread && page.may(Permission::WorkCases) {
        buttons.push(acts::one_button(&page, "seen", "Mark as read", ""));
    }
    let waiting = page.view.releases.iter().find(|release| release.state == ReleaseState::Waiting);
    let decide = waiting.filter(|_| release_waits && page.may(Permission::OrderQuarantine));
    let decide = decide.map(|release| decide_request(release, release.quarantine, &page.here()));
    let buttons = (!buttons.is_empty()).then(|| view! { <div class="btns">{buttons}</div> });
    Some(view! { {decide} {buttons} }.into_any())
}

/// The reply form.
pub(super) fn reply(page: &Arc<CasePage>, first: bool) -> AnyView {
    let page = page.clone();
    let hidden = [page.hidden(), vec![("id".to_owned(), MessageId::new().to_string())]].concat();
    let kind = if first { "main" } else { "" };
    let hint = if page.view.customer.email.is_empty() {
        "Stands on the customer's page; there is no mail address to send it to."
    } else {
        "Goes to the customer by mail and stands on the customer's page."
    };
    view! {
        <Act label="Reply…" kind=kind key="e" group="acts" open=page.typed.is("reply")>
            <PostForm action=routes::case_act(&page.view.case.number, "reply") hidden=hidden>
                <LongField
                    label="To the customer"
                    name="text"
                    id="reply-text"
                    rows=5
                    hint=hint
                    value=page.typed.value("reply", "text")
                    error=page.typed.error("reply")
                    required=true
                />
                <Btn label="Send the reply" kind="main" />
            </PostForm>
        </Act>
    }
    .into_any()
}
