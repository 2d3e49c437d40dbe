//! Who had this address then? The look-up, its answer, and the leases around that moment.
use super::one::{net, ports};
use crate::{
    routes,
    ui::{Card, DataTable, Desk, EmptyState, Field, Tag, Th, Top, When, time},
};
use chrono::{DateTime, Utc};
use domain::{
    attribution::{Candidate, Certainty},
    lease::{Holder, Who},
};
use leptos::prelude::*;

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct WhoPage {
    /// As typed.
    pub address: String,
    /// As typed.
    pub port: String,
    /// As typed; UTC.
    pub at: String,
    /// What is wrong with the address.
    pub address_error: Option<String>,
    /// What is wrong with the port.
    pub port_error: Option<String>,
    /// What is wrong with the time.
    pub at_error: Option<String>,
    /// The answer.
    pub answer: Option<Who>,
    /// The time of the page.
    pub now: DateTime<Utc>,
}

/// The look-up page.
pub fn who(page: WhoPage) -> AnyView {
    let answer = page.answer.as_ref().map(|who| answer(who, page.now));
    view! {
        <Top title="Who had this?" sub="address, port and time decide" />
        <Desk>
            <Card title="Look up">
                <form class="inline" method="get" action=routes::who()>
                    <Field
                        label="Address"
                        name="address"
                        value=page.address
                        error=page.address_error
                        hint="198.51.100.77 or 198.51.100.77:49431"
                        required=true
                    />
                    <Field label="Source port" name="port" value=page.port error=page.port_error hint="if it was given" />
                    <Field label="Time (UTC)" name="at" value=page.at error=page.at_error hint="2026-11-22 10:38:12, empty = now" />
                    <button class="btn main">"Look up"</button>
                </form>
            </Card>
            {answer}
        </Desk>
    }
    .into_any()
}

fn answer(who: &Who, now: DateTime<Utc>) -> AnyView {
    let port = who.port.map(|port| format!(" port {port}")).unwrap_or_default();
    let title = format!("{}{port}, {}", who.address, time::full(who.at));
    let certain = who.answer.certainty;
    let words = match certain {
        Certainty::Certain => who.answer.holder().map(|holder| named(who, holder)),
        _ => None,
    };
    let why = (!who.answer.why.is_empty()).then(|| view! { <p>{sentence(&who.answer.why)}</p> });
    let foreign = (!who.ours).then(|| view! { <p>"This is not one of our own ranges."</p> });
    let kind = if certain == Certainty::Certain { "" } else { "warn" };
    let rows: Vec<_> = who.holders.iter().map(|holder| row(who, holder, now)).collect();
    let list = if rows.is_empty() {
        view! { <EmptyState title="No lease">"Nobody known held it within 30 days before or after."</EmptyState> }
            .into_any()
    } else {
        view! {
            <DataTable label="Leases around that moment" class="stack">
                <thead>
                    <tr>
                        <Th label="Holder" /> <Th label="Address" /> <Th label="Ports" /> <Th label="From" />
                        <Th label="To" /> <Th label="Source" class="opt" />
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
        }
        .into_any()
    };
    view! {
        <Card title=title kind=kind aside=view! { <Tag word=certain.as_str() /> }.into_any()>
            {words} {why} {foreign}
        </Card>
        <Card title="Leases around that moment" flush=true>{list}</Card>
    }
    .into_any()
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

fn named(who: &Who, holder: &Candidate) -> AnyView {
    let found = who.holders.iter().find(|one| Some(one.lease.id) == holder.lease);
    let name = found.map(|one| one.customer_name.clone()).unwrap_or_default();
    let line = found.map(|one| format!(" · {} {}", one.product, one.service_number)).unwrap_or_default();
    view! { <p><a class="who" href=routes::customer(holder.customer)>{name}</a> {line}</p> }.into_any()
}

fn row(who: &Who, holder: &Holder, now: DateTime<Utc>) -> AnyView {
    let lease = &holder.lease;
    let meant = who.answer.candidates.iter().any(|candidate| candidate.lease == Some(lease.id));
    let to = lease.to.map_or_else(|| "still held".into_any(), |to| view! { <When at=to now=now /> }.into_any());
    view! {
        <tr data-row="" aria-selected=meant.then_some("true")>
            <td class="lead">
                <a class="who" href=routes::customer(lease.customer)>{holder.customer_name.clone()}</a>
                <small>{format!("{} {}", holder.product, holder.service_number)}</small>
            </td>
            <td class="mono" data-label="Address">{net(lease)}</td>
            <td data-label="Ports">{ports(lease)}</td>
            <td data-label="From"><When at=lease.from now=now /></td>
            <td data-label="To">{to}</td>
            <td class="opt">{lease.source.clone()}</td>
        </tr>
    }
    .into_any()
}
