//! Reports: the parked ones to sort out, all of them, and the form that takes one in by hand.
pub(crate) mod one;
mod triage;

pub use one::{ReportPage, report};
pub use triage::{AskFields, TriagePage, triage};

use crate::{
    routes,
    ui::{
        Act, Btn, DataTable, EmptyState, Field, LinkBtn, Pager, Pill, PostForm, Query, Tab, Tabs, Th, Top, When,
        defang, number,
    },
};
use chrono::{DateTime, Utc};
use domain::{
    evidence::InboxCounts,
    page::{PageOf, Rows},
    report::{Report, ReportFilter, ReportState},
};
use leptos::prelude::*;

/// What the list shows.
#[derive(Debug, Clone)]
pub struct ReportsPage {
    /// Reports, newest first.
    pub rows: Rows<Report>,
    /// As it stands in the address.
    pub filter: ReportFilter,
    /// The page's number.
    pub page: PageOf,
    /// How many wait.
    pub counts: InboxCounts,
    /// Whether this person may take reports in and set them aside.
    pub works: bool,
    /// Why the last upload was refused.
    pub upload_error: Option<String>,
    /// The time of the page.
    pub now: DateTime<Utc>,
}

/// The list of reports.
pub fn reports(page: ReportsPage) -> AnyView {
    let parked = page.filter.state == Some(ReportState::Parked);
    let (title, sub) = if parked {
        ("To sort out", "what no machine could make sense of; nothing here is lost")
    } else {
        ("Reports", "as they came")
    };
    let list = if page.rows.rows.is_empty() { nothing(parked) } else { table(&page) };
    let upload = page.works.then(|| upload(page.upload_error.clone()));
    let start = (parked && page.works && !page.rows.rows.is_empty())
        .then(|| view! { <LinkBtn label="Start" href=routes::sort_out_next() kind="main" key="o" /> });
    view! {
        <Top title=title sub=sub>{start} <LinkBtn label="Read again" href=routes::rereads() /> {upload}</Top>
        <Tabs tabs=tabs(&page)>{filter(&page)}</Tabs>
        <div class="cols one"><main>{list}</main></div>
    }
    .into_any()
}

fn tabs(page: &ReportsPage) -> Vec<Tab> {
    let n = |n: i64| u64::try_from(n).ok();
    let view = |view: &str| routes::with_query(routes::evidence(), &[("view", view)]);
    let state = |word: &str, state: ReportState, count: Option<u64>| {
        let href = routes::with_query(routes::reports(), &[("state", state.as_str())]);
        Tab::new(word, href, count, page.filter.state == Some(state))
    };
    vec![
        state("Parked", ReportState::Parked, n(page.counts.parked)),
        Tab::new("Ambiguous events", view("ambiguous"), n(page.counts.ambiguous), false),
        Tab::new("Unknown events", view("unknown"), n(page.counts.unknown), false),
        Tab::new("Answers in doubt", routes::contradictions(), n(page.counts.doubted), false),
        Tab::new("All reports", routes::reports(), None, page.filter.state.is_none()),
        state("Asked", ReportState::Asked, None),
        state("Read", ReportState::Done, None),
        state("Duplicates", ReportState::Duplicate, None),
        state("Set aside", ReportState::Dismissed, None),
    ]
}

fn filter(page: &ReportsPage) -> AnyView {
    let state = page.filter.state.map(ReportState::as_str);
    let hidden = state.map(|state| view! { <input type="hidden" name="state" value=state /> });
    view! {
        <form class="filter" method="get" action=routes::reports()>
            {hidden}
            <input type="search" name="who" value=page.filter.who.clone() placeholder="Reporter or sender" aria-label="Only of reporter or sender" />
            <button class="btn">"Filter"</button>
        </form>
    }
    .into_any()
}

fn table(page: &ReportsPage) -> AnyView {
    let rows: Vec<_> = page.rows.rows.iter().map(|report| row(report, page.now)).collect();
    let query = Query::new(routes::reports(), "")
        .with("state", page.filter.state.map_or("", ReportState::as_str))
        .with("who", page.filter.who.as_str());
    let number = page.page.number;
    let at = |number: i64| query.with("page", number.to_string()).url();
    view! {
        <DataTable label="Reports" class="stack">
            <thead>
                <tr>
                    <Th label="Came" /> <Th label="Report" /> <Th label="State" /> <Th label="Why" />
                    <Th label="Events" class="n" /> <Th label="Size" class="n opt" />
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
        <Pager
            prev=(number > 1).then(|| at(number - 1))
            next=page.rows.more.then(|| at(number + 1))
        />
    }
    .into_any()
}

/// What people call a report: its subject, its file, or how it came.
pub fn name(report: &Report) -> String {
    let subject = report.subject.clone().filter(|subject| !subject.trim().is_empty());
    let file = Some(report.file_name.clone()).filter(|name| !name.is_empty());
    let sha = report.sha256.get(..12).unwrap_or_default();
    defang(&subject.or(file).unwrap_or_else(|| format!("{} report {sha}", report.channel)))
}

fn row(report: &Report, now: DateTime<Utc>) -> AnyView {
    let href = routes::report(report.id);
    let positive = |n: i64| u64::try_from(n).unwrap_or(0);
    let from = report.reporter.clone().or(report.sender.clone()).unwrap_or_else(|| "unknown reporter".to_owned());
    let format = report.format.map(|format| format!(" · {format}")).unwrap_or_default();
    view! {
        <tr data-row="">
            <td class="when" data-label="Came"><When at=report.received_at now=now /> <small>{report.channel.as_str()}</small></td>
            <td class="lead"><a class="who" href=href>{name(report)}</a> <small>{defang(&from)} {format}</small></td>
            <td data-label="State"><Pill word=state_word(report.state) class=state_colour(report.state) /></td>
            <td data-label="Why">{report.reason.as_deref().map(defang)}</td>
            <td class="n" data-label="Events">{number::thousands(positive(report.events))}</td>
            <td class="n opt">{number::bytes(positive(report.size))}</td>
        </tr>
    }
    .into_any()
}

/// The state in words for people.
pub(crate) const fn state_word(state: ReportState) -> &'static str {
    match state {
        ReportState::Received => "waiting",
        ReportState::Done => "read",
        ReportState::Parked => "parked",
        ReportState::Asked => "asked",
        ReportState::Duplicate => "duplicate",
        ReportState::Dismissed => "set aside",
    }
}

/// The state's colour.
pub(crate) const fn state_colour(state: ReportState) -> &'static str {
    match state {
        ReportState::Received => "notified",
        ReportState::Done => "released",
        ReportState::Parked => "quarantined",
        ReportState::Asked => "answered",
        ReportState::Duplicate | ReportState::Dismissed => "closed",
    }
}

fn nothing(parked: bool) -> AnyView {
    let (title, text) = if parked {
        ("Nothing is parked", "Every report that came could be read.")
    } else {
        ("No report fits", "Reports come by the API, by mail pipe, from files, or by hand with the button above.")
    };
    view! { <EmptyState title=title>{text}</EmptyState> }.into_any()
}

fn upload(error: Option<String>) -> AnyView {
    let open = error.is_some();
    view! {
        <Act label="Take in a report…" open=open>
            <PostForm action=routes::reports() files=true>
                <Field
                    label="File"
                    name="file"
                    kind="file"
                    hint="A mail (.eml), XARF JSON, CSV or ZIP, at most 25 MiB."
                    error=error
                    required=true
                />
                <Btn label="Take in" kind="main" />
            </PostForm>
        </Act>
    }
    .into_any()
}
