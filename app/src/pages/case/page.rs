//! One case: the answers at a glance, whose turn it is, what happened, the evidence, and what can be done.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::{
    actor::{Permission, Role, may},
    case::{CaseCommand, CaseView, offered},
    id::UserId,
};
use leptos::prelude::*;

use super::{Typed, acts, corrections, evidence, glance, timeline, turn};
use crate::{
    pages::{evidence::case_warning, quarantine::QuarantineCard},
    routes,
    ui::{Card, Desk, LinkBtn, Pill, Tag, Top},
};

/// Everything the case page shows.
#[derive(Debug, Clone)]
pub struct CasePage {
    /// The case with its surroundings.
    pub view: CaseView,
    /// Time of the page.
    pub now: DateTime<Utc>,
    /// Role of the person who looks.
    pub role: Role,
    /// Who looks.
    pub me: UserId,
    /// The query of the queue one came from.
    pub list: String,
    /// The neighbours in that queue, by number.
    pub prev: Option<String>,
    /// The next one.
    pub next: Option<String>,
    /// Oldest first.
    pub oldest_first: bool,
    /// A form that was refused.
    pub typed: Typed,
}

impl CasePage {
    /// Whether the person's role holds the right.
    pub fn may(&self, permission: Permission) -> bool {
        may(self.role, permission)
    }

    /// The acts that are legal now for this person.
    pub fn offered(&self) -> Vec<CaseCommand> {
        offered(self.view.case.state, self.view.held(), |permission| may(self.role, permission))
    }

    /// The hidden fields of every form: what the person saw, and where he came from.
    pub fn hidden(&self) -> Vec<(String, String)> {
        vec![("version".to_owned(), self.view.case.version.to_string()), ("list".to_owned(), self.list.clone())]
    }

    /// This page's address.
    pub fn here(&self) -> String {
        self.neighbour(&self.view.case.number)
    }

    /// A neighbour's address.
    fn neighbour(&self, number: &str) -> String {
        routes::with_query(routes::case(number), &[("list", &self.list)])
    }
}

/// One case.
pub fn case_page(page: CasePage) -> AnyView {
    let page = Arc::new(page);
    let case = &page.view.case;
    let sub = format!("{} · {}", case.class.title(), page.view.customer.name);
    let whose = match case.assignee {
        Some(id) if id == page.me => "assigned to you".to_owned(),
        Some(_) => format!("assigned to {}", page.view.assignee_name),
        None => "of nobody yet".to_owned(),
    };
    let snoozed = case.snoozed_until.filter(|until| *until > page.now);
    let snoozed = snoozed.map(|until| {
        view! { <Tag word=format!("snoozed until {}", crate::ui::time::stamp(until, page.now)) /> }
    });
    let outcome = case.outcome.map(|o| view! { <Tag word=super::queue::outcome_words(o) /> });
    let repeats = page.view.repeats.clone().map(|number| {
        view! { <span class="sub">"repeats " <a href=routes::case(&number)>{number.clone()}</a></span> }
    });
    let prev = page.prev.as_deref().map(|n| view! { <LinkBtn label="Previous" href=page.neighbour(n) key="[" /> });
    let next = page.next.as_deref().map(|n| view! { <LinkBtn label="Next" href=page.neighbour(n) key="]" /> });
    let doubt = case_warning(&case.number, &page.view.contradictions, page.may(Permission::WorkCases));
    let number = case.number.clone();
    let state = case.state.as_str();
    view! {
        <Top title=number sub=sub>
            <Pill word=state />
            {outcome}
            {snoozed}
            <span class="sub">{whose}</span>
            {repeats}
            <span class="end btns">{prev} {next}</span>
        </Top>
        {glance::glance(&page)}
        <Desk side=Some(side(&page))>{doubt} {corrections::corrections(&page)} {timeline::timeline(&page)} {evidence::evidence(&page)}</Desk>
    }
    .into_any()
}

fn side(page: &Arc<CasePage>) -> AnyView {
    let page = page.clone();
    view! {
        {turn::turn_card(&page)}
        {quarantines(&page)}
        {acts::acts_card(&page)}
        {dispute(&page)}
    }
    .into_any()
}

/// The quarantine that holds, else the last one.
fn quarantines(page: &Arc<CasePage>) -> Vec<AnyView> {
    let live: Vec<_> = page.view.quarantines.iter().filter(|row| row.quarantine.state.live()).cloned().collect();
    let shown = if live.is_empty() { page.view.quarantines.iter().take(1).cloned().collect() } else { live };
    let (back, now, case) = (page.here(), page.now, page.view.case.id);
    shown
        .into_iter()
        .map(|row| {
            let may = domain::quarantine::offered(row.quarantine.state, |permission| page.may(permission));
            view! { <QuarantineCard row=row may=may case=Some(case) back=back.clone() now=now /> }.into_any()
        })
        .collect()
}

fn dispute(page: &Arc<CasePage>) -> AnyView {
    let page = page.clone();
    let case = &page.view.case;
    let count = page.view.entries.len();
    let proof = page.may(Permission::ReadLedger).then(|| {
        let href = routes::with_query(routes::record(), &[("case", &case.number)]);
        view! { <a href=href>"Its entries in the record"</a> }
    });
    let alive = page.view.links.iter().filter(|link| link.alive(page.now)).count();
    let withdraw = (alive > 0 && page.may(Permission::WorkCases)).then(|| acts::withdraw(&page));
    view! {
        <Card title="Record">
            <p>
                {format!("{count} {} in the record, append-only and hashed. ", if count == 1 { "entry" } else { "entries" })}
                {proof}
            </p>
            <p class="sub">
                {match alive {
                    0 => "The customer has no living link.".to_owned(),
                    1 => "The customer has one living link.".to_owned(),
                    n => format!("The customer has {n} living links."),
                }}
            </p>
            {withdraw}
        </Card>
    }
    .into_any()
}
