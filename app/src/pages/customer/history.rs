//! What a customer's services held, newest first; shown for a reason, which stands in the record.
use super::{
    found::{end, inside},
    who::{Asked, why},
};
use crate::{
    routes,
    ui::{Btn, Card, DataTable, Desk, EmptyState, LinkBtn, Pager, PostForm, Tag, Th, Top, When},
};
use chrono::{DateTime, Utc};
use domain::{
    customer::Customer,
    lease::look::{LookUp, Party, Sight},
    page::{PageOf, Rows},
};
use leptos::prelude::*;

/// What the page shows.
#[derive(Debug, Clone)]
pub struct HistoryPage {
    /// Whose.
    pub customer: Customer,
    /// The look-up with its rows; none = the reason is still to be given.
    pub shown: Option<(LookUp, Rows<Sight>, Vec<Party>, PageOf)>,
    /// The form as typed.
    pub asked: Asked,
    /// The time of the page.
    pub now: DateTime<Utc>,
}

/// The page of the address history.
pub fn history(page: HistoryPage) -> AnyView {
    let HistoryPage { customer, shown, asked, now } = page;
    let back = view! { <LinkBtn label="Back to the customer" href=routes::customer(customer.id) /> };
    let sub = format!("{} {}", customer.number, customer.name);
    let body = match shown {
        None => form(&customer, &asked),
        Some((look, rows, parties, page)) => list(&customer, &look, &rows, &parties, page, now),
    };
    view! {
        <Top title="Address history" sub=sub>{back}</Top>
        <Desk>{body}</Desk>
    }
    .into_any()
}

fn form(customer: &Customer, asked: &Asked) -> AnyView {
    let (why, action) = (why(asked, Vec::new()), routes::addresses(customer.id));
    view! {
        <Card title="Which addresses did he have?">
            <p>
                "Which address a customer had when is traffic data. It is shown for a reason, for eight hours, and the question stands in the record. "
                "What he holds now stands on his page; what a case is about stands in the case."
            </p>
            <PostForm action=action class="ask">
                {why}
                <p class="wide"><Btn label="Show" kind="main" /></p>
            </PostForm>
        </Card>
    }
    .into_any()
}

fn list(
    customer: &Customer,
    look: &LookUp,
    rows: &Rows<Sight>,
    parties: &[Party],
    page: PageOf,
    now: DateTime<Utc>,
) -> AnyView {
    let address = routes::addresses_of(customer.id, look.id);
    let at = |number: i64| format!("{address}&page={number}");
    let (prev, next) = ((page.number > 1).then(|| at(page.number - 1)), rows.more.then(|| at(page.number + 1)));
    let aside = format!("asked because: {}", look.why).into_any();
    let table = if rows.rows.is_empty() {
        view! {
            <EmptyState title="No leases">
                "No source has said of an address of his services, or all that was said is erased."
            </EmptyState>
        }
        .into_any()
    } else {
        let rows: Vec<_> = rows.rows.iter().map(|row| line(row, parties, now)).collect();
        view! {
            <DataTable label="Leases, newest first" class="stack">
                <thead>
                    <tr>
                        <Th label="Address" /> <Th label="Ports" /> <Th label="From" /> <Th label="To" /> <Th label="Service" />
                        <Th label="Known as" /> <Th label="Source" />
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
            <Pager prev=prev next=next />
        }
        .into_any()
    };
    view! { <Card title="Leases, newest first" flush=true aside=aside>{table}</Card> }.into_any()
}

fn line(row: &Sight, parties: &[Party], now: DateTime<Utc>) -> AnyView {
    let party = parties.iter().find(|party| Some(party.service) == row.service);
    let number = party.map(|party| party.number.clone()).unwrap_or_default();
    let held = row.from <= now && row.to.is_none_or(|to| to > now);
    let here = held.then(|| view! { " " <Tag word="now" kind="sure" /> });
    let from = row.from;
    view! {
        <tr data-row="">
            <td class="lead mono">{row.place()} {inside(row)} {here}</td>
            <td data-label="Ports">{row.ports_words()}</td>
            <td data-label="From"><When at=from now=now /></td>
            <td data-label="To">{end(row, now)}</td>
            <td data-label="Service">{number}</td>
            <td data-label="Known as">{row.said.clone()}</td>
            <td data-label="Source">{row.source.clone()}</td>
        </tr>
    }
    .into_any()
}
