//! The queue of cases.

use chrono::{DateTime, Utc};
use domain::{
    actor::{Permission, Role, may},
    case::{CaseCounts, CaseFilter, CaseRow, CaseState, DisputeState, Outcome},
    class::Category,
    page::{PageOf, Rows},
    search::HINT,
};
use leptos::prelude::*;

use crate::{
    islands::LiveQueue,
    routes,
    ui::{
        Act, AllCheck, Btn, BulkBar, Cols, DataTable, EmptyState, LongField, Pager, Pill, Query, RowCheck, Select,
        Strikes, Tab, Tabs, Tag, Th, Top, When, time,
    },
};

/// Everything the queue shows.
#[derive(Debug, Clone)]
pub struct QueuePage {
    /// The rows of this page.
    pub rows: Rows<CaseRow>,
    /// How many wait in each view.
    pub counts: CaseCounts,
    /// What was asked for.
    pub filter: CaseFilter,
    /// Which page.
    pub page: PageOf,
    /// The address as it is now.
    pub query: Query,
    /// Time of the page.
    pub now: DateTime<Utc>,
    /// Role of the person who looks.
    pub role: Role,
}

/// The queue.
pub fn queue(data: QueuePage) -> AnyView {
    let works = may(data.role, Permission::WorkCases);
    let QueuePage { rows, counts, query, now, .. } = data.clone();
    let shown = i64::try_from(rows.rows.len()).unwrap_or(0);
    let first = if shown == 0 { 0 } else { data.page.offset() + 1 };
    let to_page = |n: i64| query.with("page", n.to_string()).url();
    let prev = (data.page.number > 1).then(|| to_page(data.page.number - 1));
    let next = rows.more.then(|| to_page(data.page.number + 1));
    let list = query.url().split_once('?').map(|(_, q)| q.to_owned()).unwrap_or_default();
    let body: Vec<_> = rows.rows.into_iter().map(|row| line(row, &list, now, works)).collect();
    let table = if body.is_empty() { empty(&data.filter) } else { table(body, &query, works) };
    let updated = format!("Updated {}", crate::ui::time::clock(now));
    view! {
        <Top title="Cases" />
        <Tabs tabs=tabs(&query, &counts)>
            {filters(&data.filter, &query)}
            <LiveQueue poll=routes::live("cases", now.timestamp_micros()) href=query.url() text=updated />
        </Tabs>
        <Cols>
            {table}
            {(shown > 0).then(|| view! { <Pager from=whole(first) to=whole(first + shown - 1) prev=prev next=next /> })}
            {(works && shown > 0).then(|| bulk(&list))}
        </Cols>
    }
    .into_any()
}

fn whole(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

fn tabs(query: &Query, counts: &CaseCounts) -> Vec<Tab> {
    let now = query.get("view").unwrap_or_default().to_owned();
    let tab = |word: &str, view: &str, n: Option<i64>| {
        let href = query.without("page").without("state").with("view", view).url();
        Tab::new(word, href, n.map(whole), now == view)
    };
    vec![
        tab("To do", "", Some(counts.active)),
        tab("Mine", "mine", Some(counts.mine)),
        tab("Of nobody", "unassigned", Some(counts.unassigned)),
        tab("Unread", "unread", Some(counts.unread)),
        tab("Overdue", "overdue", Some(counts.overdue)),
        tab("Disputed", "disputed", Some(counts.disputed)),
        tab("Snoozed", "snoozed", Some(counts.snoozed)),
        tab("Closed", "closed", None),
        tab("All", "all", None),
    ]
}

fn filters(filter: &CaseFilter, query: &Query) -> AnyView {
    let kept: Vec<_> = query
        .pairs_without(&["category", "state", "q", "page"])
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
        .collect();
    let categories: Vec<_> = Category::ALL
        .into_iter()
        .map(|c| view! { <option value=c.as_str() selected=filter.category == Some(c)>{c.title()}</option> })
        .collect();
    let states: Vec<_> = CaseState::ALL
        .iter()
        .map(|s| view! { <option value=s.as_str() selected=filter.state == Some(*s)>{s.as_str()}</option> })
        .collect();
    view! {
        <form class="filter" method="get" action=routes::cases()>
            {kept}
            <select name="category" aria-label="Kind">
                <option value="">"any kind"</option>
                {categories}
            </select>
            <select name="state" aria-label="State">
                <option value="">"any state"</option>
                {states}
            </select>
            <input type="search" name="q" value=filter.text.clone() placeholder="name, line, number" aria-label="Words" title=HINT />
            <button class="btn">"Filter"</button>
        </form>
    }
    .into_any()
}

fn table(body: Vec<AnyView>, query: &Query, works: bool) -> AnyView {
    let query = query.clone();
    view! {
        <DataTable label="Cases" class="stack">
            <thead>
                <tr>
                    {works.then(|| view! { <th><AllCheck form="pick" /></th> })}
                    <Th label="Due" sort="due" query=query.clone() />
                    <Th label="Customer" />
                    <Th label="What" />
                    <Th label="State" />
                    <Th label="Events" class="n" sort="events" query=query.clone() down_first=true />
                    <Th label="Last event" class="opt" sort="last" query=query.clone() down_first=true />
                    <Th label="Opened" class="opt" sort="opened" query=query.clone() down_first=true />
                    <Th label="Who" />
                </tr>
            </thead>
            <tbody>{body}</tbody>
        </DataTable>
    }
    .into_any()
}

fn line(row: CaseRow, list: &str, now: DateTime<Utc>, works: bool) -> AnyView {
    let case = row.case;
    let href = routes::with_query(routes::case(&case.number), &[("list", list)]);
    let due = match case.due_at {
        Some(due) if due < now => {
            view! { <Tag word=format!("late {}", time::span(now - due)) kind="bad" /> }.into_any()
        }
        Some(due) => view! { <When at=due now=now relative=true /> }.into_any(),
        None => view! { <span class="sub">"–"</span> }.into_any(),
    };
    let snoozed = case.snoozed_until.filter(|until| *until > now);
    let snoozed = snoozed.map(|until| view! { <small>{format!("snoozed until {}", time::stamp(until, now))}</small> });
    let claim =
        case.claim.filter(|_| case.state == CaseState::Answered).map(|c| view! { <small>{claim_words(c)}</small> });
    let disputed = (case.dispute == DisputeState::Open).then(|| view! { " " <Tag word="disputed" kind="bad" /> });
    let outcome = case.outcome.map(|o| view! { <small>{outcome_words(o)}</small> });
    let who = if row.assignee_name.is_empty() { "–".to_owned() } else { row.assignee_name };
    let check = works.then(|| {
        let value = format!("{}:{}", case.number, case.version);
        view! { <td><RowCheck form="pick" value=value label=case.number.clone() /></td> }
    });
    view! {
        <tr data-row="" class=if case.unread { "unread" } else { "" }>
            {check}
            <td class="nowrap" data-label="Due">{due}{snoozed}</td>
            <td class="lead">
                <a class="who" href=href data-open="">{row.customer_name}</a>
                " "
                <Strikes n=whole(case.strikes) />
                <small>{[case.number.as_str(), row.service_number.as_str()].join(" ").trim().replace(' ', " · ")}</small>
            </td>
            <td data-label="What">{case.class.title()} <small class="mono">{case.class.as_str()}</small></td>
            <td data-label="State"><Pill word=case.state.as_str() />{disputed}{claim}{outcome}</td>
            <td class="n" data-label="Events"><b>{crate::ui::number::thousands(whole(case.events))}</b></td>
            <td class="opt nowrap"><When at=case.last_event_at now=now relative=true /></td>
            <td class="opt nowrap"><When at=case.opened_at now=now /></td>
            <td data-label="Who">{who}</td>
        </tr>
    }
    .into_any()
}

fn bulk(list: &str) -> AnyView {
    let outcomes = Outcome::CHOICES.iter().map(|o| (o.as_str().to_owned(), outcome_words(*o).to_owned())).collect();
    view! {
        <BulkBar id="pick" action=routes::cases_act("assign") hidden=vec![("list".to_owned(), list.to_owned())]>
            <Btn label="Take" key="a" action=routes::cases_act("assign") />
            <Act label="Snooze…" group="bulk">
                <Select label="For" name="for" options=snooze_options() id="bulk-for" />
                <LongField label="Reason" name="snooze_why" id="bulk-snooze-why" rows=2 />
                <Btn label="Snooze" kind="main" action=routes::cases_act("snooze") />
            </Act>
            <Act label="Close…" key="c" group="bulk">
                <Select label="Outcome" name="outcome" options=outcomes id="bulk-outcome" />
                <LongField label="Reason" name="why" id="bulk-why" hint="Goes into the record of each." rows=2 />
                <Btn label="Close the cases" kind="hard" action=routes::cases_act("close") />
            </Act>
        </BulkBar>
    }
    .into_any()
}

fn empty(filter: &CaseFilter) -> AnyView {
    let plain = *filter == CaseFilter::default();
    let (title, what) = if plain {
        ("No case waits", "Cases are opened from the evidence; new ones show up here.")
    } else {
        ("No case fits", "Take a word or a filter away, or look at all cases.")
    };
    view! {
        <EmptyState title=title>
            {what} " " <a href=routes::evidence()>"Evidence"</a> " · "
            <a href=routes::with_query(routes::cases(), &[("view", "all")])>"All cases"</a>
        </EmptyState>
    }
    .into_any()
}

/// Hours and their words.
pub(super) fn snooze_options() -> Vec<(String, String)> {
    let option = |hours: &str, words: &str| (hours.to_owned(), words.to_owned());
    vec![
        option("4", "4 hours"),
        option("24", "a day"),
        option("72", "3 days"),
        option("168", "a week"),
        option("336", "2 weeks"),
        option("720", "30 days"),
    ]
}

/// What the customer claims, in words.
pub(super) const fn claim_words(claim: domain::case::Claim) -> &'static str {
    use domain::case::Claim;
    match claim {
        Claim::Fixed => "says: fixed",
        Claim::NotMe => "says: it was not me",
        Claim::NeedHelp => "needs help",
        Claim::Dispute => "objects",
    }
}

/// An outcome in words.
pub(super) const fn outcome_words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Resolved => "Resolved",
        Outcome::FalsePositive => "False positive",
        Outcome::NotOurs => "Not our customer",
        Outcome::Victim => "Our customer was the victim",
        Outcome::NoAction => "Nothing to be done",
        Outcome::Duplicate => "Handled in another case",
        Outcome::WrongCustomer => "It was another customer",
    }
}
