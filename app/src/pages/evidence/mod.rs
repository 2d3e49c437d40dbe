//! The evidence inbox: what came in, by customer and kind, with the panel of one row.
mod ask;
mod contradiction;
mod event;
mod peek;
mod row;

pub use ask::AskTyped;
pub use contradiction::{ContradictionsPage, contradictions};
pub(super) use contradiction::{act_warning, case_warning, customer_warning, doubt_tag};
pub use event::{Correction, EventPage, event};
pub(super) use peek::lease_words;

use crate::{
    islands::LiveQueue,
    routes,
    ui::{Act, AllCheck, Btn, BulkBar, Cols, DataTable, EmptyState, LongField, Pager, Query, Tab, Tabs, Th, Top, time},
};
use domain::{
    class::Category,
    evidence::{Inbox, InboxFilter, InboxTab, Peek},
    limit::PAGE_ROWS,
    page::PageOf,
};
use leptos::prelude::*;

/// What the inbox shows.
#[derive(Debug, Clone)]
pub struct InboxPage {
    /// Rows and the numbers of the tabs.
    pub inbox: Inbox,
    /// As it stands in the address.
    pub filter: InboxFilter,
    /// The page's number.
    pub page: PageOf,
    /// The row in the panel.
    pub peek: Option<Peek>,
    /// Whether this person may open cases and set evidence aside.
    pub works: bool,
}

/// The form of the bulk bar.
pub(super) const PICK: &str = "pick";

/// The inbox.
pub fn inbox(page: InboxPage) -> AnyView {
    let query = address(&page);
    let side = page.peek.clone().map(|peek| peek::panel(peek, page.works, page.inbox.now));
    let live = routes::live("evidence", page.inbox.now.timestamp_micros());
    let updated = format!("Updated {}", crate::ui::time::clock(page.inbox.now));
    let list = if page.inbox.rows.rows.is_empty() { nothing(&page) } else { list(&page, &query) };
    view! {
        <Top title="Evidence by customer" />
        <Tabs tabs=tabs(&page, &query)>
            {filter(&page, &query)} <LiveQueue poll=live href=query.without("page").url() text=updated />
        </Tabs>
        <Cols side=side>{list}</Cols>
    }
    .into_any()
}

/// The address of this list: what a link changes, the rest stays.
fn address(page: &InboxPage) -> Query {
    let filter = &page.filter;
    let word = |value: &str, default: &str| if value == default { String::new() } else { value.to_owned() };
    let number = if page.page.number > 1 { page.page.number.to_string() } else { String::new() };
    let defaults = InboxFilter::default();
    Query::new(routes::evidence(), "")
        .with("view", word(filter.tab.as_str(), defaults.tab.as_str()))
        .with("category", filter.category.map_or("", Category::as_str))
        .with("reporter", filter.reporter.as_str())
        .with("q", filter.text.as_str())
        .with("sort", word(filter.order.as_str(), defaults.order.as_str()))
        .with("page", number)
}

fn tabs(page: &InboxPage, query: &Query) -> Vec<Tab> {
    let counts = page.inbox.counts;
    let tab = |word: &str, tab: InboxTab, n: i64| {
        let value = if tab == InboxTab::Decide { "" } else { tab.as_str() };
        let href = query.without("page").with("view", value).url();
        Tab::new(word, href, u64::try_from(n).ok(), page.filter.tab == tab)
    };
    vec![
        tab("Needs a decision", InboxTab::Decide, counts.decide),
        tab("On a case", InboxTab::OnCase, counts.on_case),
        tab("Ambiguous", InboxTab::Ambiguous, counts.ambiguous),
        tab("Unknown", InboxTab::Unknown, counts.unknown),
        Tab::new("In doubt", routes::contradictions(), u64::try_from(counts.doubted).ok(), false),
    ]
}

fn filter(page: &InboxPage, query: &Query) -> AnyView {
    let hidden: Vec<_> = query
        .pairs_without(&["category", "q", "page"])
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
        .collect();
    let chosen = page.filter.category;
    let options: Vec<_> = Category::ALL
        .into_iter()
        .map(|category| {
            view! { <option value=category.as_str() selected=chosen == Some(category)>{category.title()}</option> }
        })
        .collect();
    let filtered = chosen.is_some() || !page.filter.text.is_empty() || !page.filter.reporter.is_empty();
    let all = query.without("category").without("q").without("reporter").without("page").url();
    let clear = filtered.then(|| view! { <a href=all>"Show all"</a> });
    let only = (!page.filter.reporter.is_empty()).then(|| format!("reported by {}", page.filter.reporter));
    view! {
        <form class="filter" method="get" action=routes::evidence()>
            {hidden}
            {only}
            <select name="category" aria-label="Kind">
                <option value="">"All kinds"</option>
                {options}
            </select>
            <input type="search" name="q" value=page.filter.text.clone() placeholder="Name, line, source" aria-label="Only rows with" size="16" />
            <button class="btn">"Filter"</button>
            {clear}
        </form>
    }
    .into_any()
}

fn list(page: &InboxPage, query: &Query) -> AnyView {
    let shown = page.peek.as_ref().map(|peek| peek.event.id);
    let tab = page.filter.tab;
    let now = page.inbox.now;
    let works = page.works && tab != InboxTab::OnCase;
    let rows: Vec<_> =
        page.inbox.rows.rows.iter().map(|row| row::row(row, query, shown == Some(row.event), works, now)).collect();
    let who = if matches!(tab, InboxTab::Ambiguous | InboxTab::Unknown) { "Who" } else { "Customer" };
    // The default order is not in the address, but the heading shows it.
    let sorted = match query.get("sort") {
        None => query.with("sort", InboxFilter::default().order.as_str()),
        Some(_) => query.clone(),
    };
    let check = works.then(|| view! { <th class="tick"><AllCheck form=PICK /></th> });
    view! {
        <DataTable label="Evidence" class="stack">
            <thead>
                <tr>
                    {check} <Th label="Events" class="n" sort="events" query=sorted.clone() down_first=true />
                    <Th label="10 days" class="opt" sort="last" query=sorted down_first=true /> <Th label=who />
                    <Th label="What" />
                    <Th label="Source, certainty, reported by" />
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
        {pager(page, query)}
        {works.then(|| bulk(tab))}
    }
    .into_any()
}

fn pager(page: &InboxPage, query: &Query) -> AnyView {
    let number = page.page.number;
    let first = (number - 1) * PAGE_ROWS + 1;
    let shown = i64::try_from(page.inbox.rows.rows.len()).unwrap_or(0);
    let at = |number: i64| query.with("page", if number > 1 { number.to_string() } else { String::new() }).url();
    let positive = |n: i64| u64::try_from(n).unwrap_or(0);
    view! {
        <Pager
            from=positive(first)
            to=positive(first + shown - 1)
            prev=(number > 1).then(|| at(number - 1))
            next=page.inbox.rows.more.then(|| at(number + 1))
        />
    }
    .into_any()
}

fn bulk(tab: InboxTab) -> AnyView {
    let open = (tab == InboxTab::Decide)
        .then(|| view! { <Btn label="Open cases" key="o" action=routes::evidence_act("open") /> });
    let hidden = vec![("view".to_owned(), tab.as_str().to_owned())];
    view! {
        <BulkBar id=PICK action=routes::evidence_act("dismiss") hidden=hidden>
            {open}
            <Act label="Not abuse…" key="c">
                <LongField
                    label="Reason for all of them"
                    name="reason"
                    id="bulk-reason"
                    hint="Goes into the record. The events stay findable."
                    rows=2
                />
                <Btn label="Set aside" kind="hard" action=routes::evidence_act("dismiss") />
            </Act>
        </BulkBar>
    }
    .into_any()
}

fn nothing(page: &InboxPage) -> AnyView {
    let filter = &page.filter;
    if filter.category.is_some() || !filter.text.is_empty() || !filter.reporter.is_empty() {
        let all = routes::with_query(routes::evidence(), &[("view", filter.tab.as_str())]);
        return view! {
            <EmptyState title="Nothing fits the filter">
                "Take a word away, or "
                <a href=all>"show all"</a> "."
            </EmptyState>
        }
        .into_any();
    }
    let (title, text) = match filter.tab {
        InboxTab::Decide => ("Nothing waits for a decision", "New reports appear here by themselves."),
        InboxTab::OnCase => ("No open case has evidence", "Open one from what needs a decision."),
        InboxTab::Ambiguous => ("Nothing is ambiguous", "Every event fits exactly one customer, or none."),
        InboxTab::Unknown => ("Nothing is unknown", "Every event belongs to somebody we know."),
    };
    let updated = time::full(page.inbox.now);
    view! { <EmptyState title=title>{text} " " <small>{updated}</small></EmptyState> }.into_any()
}
