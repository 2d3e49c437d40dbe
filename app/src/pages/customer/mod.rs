//! Customers: the list, one customer with everything about him, and who had an address when.
mod asked;
mod found;
mod history;
mod one;
mod who;

pub(crate) use found::reach;
pub use found::{FoundPage, found};
pub use history::{HistoryPage, history};
pub use one::{CustomerPage, customer};
pub use who::{Asked, WhoPage, who};

use crate::{
    routes,
    ui::{DataTable, EmptyState, Pager, Query, Th, Top, When, number},
};
use chrono::{DateTime, Utc};
use domain::{
    customer::CustomerRow,
    page::{PageOf, Rows},
    search::HINT,
};
use leptos::prelude::*;

/// What the list shows.
#[derive(Debug, Clone)]
pub struct CustomersPage {
    /// Customers by name.
    pub rows: Rows<CustomerRow>,
    /// Words looked for.
    pub text: String,
    /// The page's number.
    pub page: PageOf,
    /// The time of the page.
    pub now: DateTime<Utc>,
}

/// The list of customers.
pub fn customers(page: CustomersPage) -> AnyView {
    let list = if page.rows.rows.is_empty() { nothing(&page.text) } else { table(&page) };
    let clear = (!page.text.is_empty()).then(|| view! { <a href=routes::customers()>"Show all"</a> });
    view! {
        <Top title="Customers" find=page.text.clone() />
        <div class="tabs">
            <form class="filter" method="get" action=routes::customers()>
                <input
                    type="search"
                    name="q"
                    value=page.text.clone()
                    size="34"
                    placeholder="Name, number, line, user name, mail, MAC"
                    aria-label="Only customers with"
                    title=HINT
                />
                <button class="btn">"Look"</button>
                {clear}
            </form>
        </div>
        <div class="cols one"><main>{list}</main></div>
    }
    .into_any()
}

fn table(page: &CustomersPage) -> AnyView {
    let rows: Vec<_> = page.rows.rows.iter().map(|row| line(row, page.now)).collect();
    let query = Query::new(routes::customers(), "").with("q", page.text.as_str());
    let number = page.page.number;
    let at = |number: i64| query.with("page", number.to_string()).url();
    view! {
        <DataTable label="Customers" class="stack">
            <thead>
                <tr>
                    <Th label="Customer" /> <Th label="Mail" /> <Th label="Services" class="n" />
                    <Th label="Open cases" class="n" /> <Th label="All cases" class="n opt" />
                    <Th label="Last event" class="opt" />
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
        <Pager prev=(number > 1).then(|| at(number - 1)) next=page.rows.more.then(|| at(number + 1)) />
    }
    .into_any()
}

fn line(row: &CustomerRow, now: DateTime<Utc>) -> AnyView {
    let customer = &row.customer;
    let n = |n: i64| number::thousands(u64::try_from(n).unwrap_or(0));
    let open = if row.cases_open > 0 {
        let href = routes::with_query(routes::cases(), &[("customer", &customer.id.to_string())]);
        view! { <a href=href><b>{n(row.cases_open)}</b></a> }.into_any()
    } else {
        "–".into_any()
    };
    let last = row.last_event_at.map(|at| view! { <When at=at now=now /> });
    view! {
        <tr data-row="">
            <td class="lead">
                <a class="who" href=routes::customer(customer.id)>{customer.name.clone()}</a>
                <small>{customer.number.clone()}</small>
            </td>
            <td data-label="Mail">{customer.email.clone()}</td>
            <td class="n" data-label="Services">{n(row.services)}</td>
            <td class="n" data-label="Open cases">{open}</td>
            <td class="n opt">{n(row.cases)}</td>
            <td class="opt">{last}</td>
        </tr>
    }
    .into_any()
}

fn nothing(text: &str) -> AnyView {
    if text.is_empty() {
        return view! {
            <EmptyState title="No customers yet">
                "They come from the provider's books: "
                <a href=routes::settings_page("import")>"import them"</a>
                ", or run " <code>"lazaret import customers FILE.csv"</code> "."
            </EmptyState>
        }
        .into_any();
    }
    view! {
        <EmptyState title="No such customer">
            "Nobody's name, number, mail address or line has these words. " {HINT} ". "
            <a href=routes::customers()>"Show all"</a>
        </EmptyState>
    }
    .into_any()
}
