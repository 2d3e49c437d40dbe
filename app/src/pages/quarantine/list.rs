//! The list of quarantines in its views.
use super::{measure, network_says, state};
use crate::{
    routes,
    ui::{Cols, DataTable, EmptyState, LinkBtn, Pager, Pill, Query, Tab, Tabs, Tag, Th, Top, When},
};
use chrono::{DateTime, Utc};
use domain::{
    page::PageOf,
    quarantine::{QuarantineRow, QuarantineTab},
    quarantine_view::QuarantineList,
};
use leptos::prelude::*;

/// A page of the list.
pub fn list(data: QuarantineList, page: PageOf, now: DateTime<Utc>) -> AnyView {
    let here = Query::new(routes::quarantines(), "").with("state", data.tab.as_str());
    let step = |number: i64| here.with("page", number.to_string()).url();
    let prev = (page.number > 1).then(|| step(page.number - 1));
    let next = data.rows.more.then(|| step(page.number + 1));
    let pager = (prev.is_some() || next.is_some()).then(|| view! { <Pager prev=prev next=next /> });
    let body = if data.rows.rows.is_empty() { empty(data.tab) } else { table(data.rows.rows, now) };
    view! {
        <Top title="Quarantine" sub="what is cut, by which case, and what the network says">
            <LinkBtn label="What the network holds" href=routes::network() />
        </Top>
        <Tabs tabs=tabs(&data.counts, data.tab) />
        <Cols>{body} {pager}</Cols>
    }
    .into_any()
}

fn tabs(counts: &domain::quarantine::QuarantineCounts, current: QuarantineTab) -> Vec<Tab> {
    let tab = |which: QuarantineTab, word: &str, n: Option<i64>| {
        let href = Query::new(routes::quarantines(), "").with("state", which.as_str()).url();
        Tab::new(word, href, n.and_then(|n| u64::try_from(n).ok()), which == current)
    };
    vec![
        tab(QuarantineTab::InForce, "In force", Some(counts.in_force)),
        tab(QuarantineTab::Waiting, "To approve or begin", Some(counts.waiting)),
        tab(QuarantineTab::Failed, "Failed or retrying", Some(counts.failed)),
        tab(QuarantineTab::Overdue, "Review overdue", Some(counts.overdue)),
        tab(QuarantineTab::Requests, "Release asked for", Some(counts.requests)),
        tab(QuarantineTab::Ended, "Ended", None),
    ]
}

fn empty(tab: QuarantineTab) -> AnyView {
    let (title, words) = match tab {
        QuarantineTab::InForce => ("Nobody is quarantined", "A quarantine is ordered from a case."),
        QuarantineTab::Waiting => ("Nothing waits", "Protected services and notice periods show up here."),
        QuarantineTab::Failed => {
            ("The network does what it is told", "What it refuses or does not answer shows up here.")
        }
        QuarantineTab::Overdue => ("Every review is in time", "A quarantine past its review date shows up here."),
        QuarantineTab::Requests => ("Nobody waits for release", "Requests beyond the self-releases show up here."),
        QuarantineTab::Ended => ("None has ended yet", "Lifted, withdrawn and refused quarantines show up here."),
    };
    view! { <EmptyState title=title>{words}</EmptyState> }.into_any()
}

fn table(rows: Vec<QuarantineRow>, now: DateTime<Utc>) -> AnyView {
    let rows: Vec<AnyView> = rows.iter().map(|row| line(row, now)).collect();
    view! {
        <DataTable label="Quarantines" class="stack">
            <thead>
                <tr>
                    <Th label="Customer" />
                    <Th label="Measure" />
                    <Th label="State" />
                    <Th label="Held by" />
                    <Th label="Since" />
                    <Th label="Review by" />
                    <Th label="Ends" class="opt" />
                    <Th label="Network says" class="opt" />
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

fn line(row: &QuarantineRow, now: DateTime<Utc>) -> AnyView {
    let found = &row.quarantine;
    let protected = row.protected.is_some().then(|| view! { " " <Tag word="protected" kind="bad" /> });
    let cases: Vec<AnyView> = row
        .cases
        .iter()
        .map(|(_, number)| view! { <a class="mono" href=routes::case(number)>{number.clone()}</a> " " }.into_any())
        .collect();
    let overdue = found.state.live() && found.review_at < now;
    view! {
        <tr data-row="">
            <td data-label="Customer">
                <a href=routes::quarantine(found.id)><b>{row.customer_name.clone()}</b></a>
                {protected}
                <small>{format!("{} {}", row.service_number, row.product)}</small>
            </td>
            <td data-label="Measure">{measure(found)}</td>
            <td data-label="State"><Pill word=state(found.state) /></td>
            <td data-label="Held by">{cases}</td>
            <td data-label="Since"><When at=found.confirmed_at.unwrap_or(found.ordered_at) now=now /></td>
            <td data-label="Review by">
                <When at=found.review_at now=now />
                {overdue.then(|| view! { " " <Tag word="overdue" kind="bad" /> })}
            </td>
            <td class="opt" data-label="Ends">{super::ends(found, now)}</td>
            <td class="opt" data-label="Network says">{network_says(found, now)}</td>
        </tr>
    }
    .into_any()
}
