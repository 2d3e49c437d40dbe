//! One customer: what he has, what he accepted, what happened, what he holds now.
use crate::{
    pages::{evidence::customer_warning, report::one::event_table},
    routes,
    ui::{
        Card, DataTable, Desk, EmptyState, Fact, Glance, KeyValues, LinkBtn, Pair, Pill, Tag, Th, Top, When, defang,
        number, time,
    },
};
use chrono::{DateTime, Utc};
use domain::{
    case::{CaseRow, CaseState},
    customer::{Contract, CustomerView, Service, ServiceView},
    lease::Lease,
    names::ServiceName,
};
use leptos::prelude::*;

/// What the page shows.
#[derive(Debug, Clone)]
pub struct CustomerPage {
    /// The customer with everything about him.
    pub view: CustomerView,
    /// Whether this person may ask what he held before.
    pub looks: bool,
}

/// The page of a customer.
pub fn customer(page: CustomerPage) -> AnyView {
    let CustomerView { customer, contracts, services, names, cases, events, contradictions, now } = page.view;
    let doubt = customer_warning(&contradictions);
    let doubted: Vec<_> = contradictions.iter().map(|one| one.event).collect();
    let history = page.looks.then(|| {
        let href = routes::addresses(customer.id);
        view! { <LinkBtn label="Address history…" href=href /> }
    });
    let names = names_card(&names, &services, now);
    let open = cases.iter().filter(|row| row.case.state != CaseState::Closed).count();
    let services_n = services.len();
    let protected = services.iter().find_map(|one| one.service.protected.clone());
    let services: Vec<_> = services.iter().map(|one| service(one, now)).collect();
    let side = view! {
        <Card title="How to reach">
            <KeyValues>
                <Pair term="Mail">{customer.email.clone()}</Pair>
                <Pair term="Telephone">{or_dash(&customer.phone)}</Pair>
                <Pair term="Language">{customer.language.clone()}</Pair>
                <Pair term="Here since">{time::day(customer.created_at)}</Pair>
            </KeyValues>
        </Card>
        {contracts_card(&contracts, now)}
        {names}
    }
    .into_any();
    let list = if events.rows.is_empty() {
        view! { <EmptyState title="No events">"Nobody has reported anything about this customer."</EmptyState> }
            .into_any()
    } else {
        event_table(&events.rows, &doubted, now)
    };
    let more = if events.more { "the newest 50" } else { "" };
    let (open_class, protected_class) =
        (if open > 0 { "open" } else { "" }, if protected.is_some() { "quarantined" } else { "" });
    let (terms, accepted) = (terms(&contracts), accepted(&contracts));
    let last = last(events.rows.first().map(|event| event.at), now);
    let cases = cases_card(&cases, now);
    view! {
        <Top title=customer.name.clone() sub=customer.number.clone()>{history}</Top>
        <Glance>
            <Fact term="Open cases" class=open_class>{open}</Fact>
            <Fact term="Services">{number::thousands(services_n as u64)}</Fact>
            <Fact term="Terms" sub=accepted>{terms}</Fact>
            <Fact term="Last event">{last}</Fact>
            <Fact term="Protected" class=protected_class>{protected.unwrap_or_else(|| "no".to_owned())}</Fact>
        </Glance>
        <Desk side=Some(side)>
            {doubt}
            {cases}
            {services}
            <Card title="Events" id="events" flush=true aside=more.into_any()>{list}</Card>
        </Desk>
    }
    .into_any()
}

fn or_dash(text: &str) -> String {
    if text.is_empty() { "–".to_owned() } else { text.to_owned() }
}

fn last(at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> AnyView {
    at.map_or_else(|| "never".into_any(), |at| view! { <When at=at now=now relative=true /> }.into_any())
}

fn terms(contracts: &[Contract]) -> String {
    contracts.first().map_or_else(|| "none".to_owned(), |contract| contract.terms_version.clone())
}

fn accepted(contracts: &[Contract]) -> String {
    match contracts.first().map(|contract| contract.accepted_at) {
        Some(Some(at)) => format!("accepted {}", time::day(at)),
        Some(None) => "acceptance not proven".to_owned(),
        None => "no contract".to_owned(),
    }
}

fn contracts_card(contracts: &[Contract], now: DateTime<Utc>) -> AnyView {
    let pairs: Vec<_> = contracts
        .iter()
        .map(|contract| {
            let accepted = contract.accepted_at.map(|at| view! { "accepted " <When at=at now=now /> });
            let missing = contract.accepted_at.is_none().then(|| {
                view! { <Tag word="acceptance not proven" kind="unsure" /> <small>" no quarantine possible"</small> }
            });
            let terms = format!("terms {} ", contract.terms_version);
            view! { <Pair term=contract.number.clone()>{terms} {accepted} {missing}</Pair> }
        })
        .collect();
    view! { <Card title="Contracts"><KeyValues>{pairs}</KeyValues></Card> }.into_any()
}

fn cases_card(cases: &[CaseRow], now: DateTime<Utc>) -> AnyView {
    if cases.is_empty() {
        return view! { <Card title="Cases"><p>"No case so far."</p></Card> }.into_any();
    }
    let rows: Vec<_> = cases.iter().map(|row| case_row(row, now)).collect();
    view! {
        <Card title="Cases" flush=true>
            <DataTable label="Cases" class="stack">
                <thead>
                    <tr>
                        <Th label="Case" /> <Th label="State" /> <Th label="Events" class="n" /> <Th label="Opened" />
                        <Th label="Who" class="opt" />
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
        </Card>
    }
    .into_any()
}

fn case_row(row: &CaseRow, now: DateTime<Utc>) -> AnyView {
    let case = &row.case;
    let outcome = case.outcome.map(|outcome| view! { <small>{outcome.as_str().replace('_', " ")}</small> });
    view! {
        <tr data-row="">
            <td class="lead">
                <a class="who" href=routes::case(&case.number)>{case.number.clone()}</a>
                <small>{case.class.title()}</small>
            </td>
            <td data-label="State"><Pill word=case.state.as_str() /> {outcome}</td>
            <td class="n" data-label="Events">{number::thousands(u64::try_from(case.events).unwrap_or(0))}</td>
            <td data-label="Opened"><When at=case.opened_at now=now /></td>
            <td class="opt">{row.assignee_name.clone()}</td>
        </tr>
    }
    .into_any()
}

fn service(one: &ServiceView, now: DateTime<Utc>) -> AnyView {
    let service = &one.service;
    let protected =
        service.protected.clone().map(|why| view! { <Pair term="Protected"><Tag word=why kind="bad" /></Pair> });
    let identities = identities(service);
    let leases = (!one.leases.is_empty()).then(|| leases(&one.leases, now));
    view! {
        <Card title=service.number.clone() aside=service.product.clone().into_any()>
            <KeyValues>{identities} {protected}</KeyValues>
            {leases}
        </Card>
    }
    .into_any()
}

fn identities(service: &Service) -> Vec<AnyView> {
    let named = [("User name", &service.username), ("Circuit", &service.circuit_id), ("MAC", &service.mac)];
    named
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(term, value)| {
            let value = value.clone();
            view! { <Pair term=term><span class="mono">{value}</span></Pair> }.into_any()
        })
        .collect()
}

/// Hosts, accounts and servers of his.
fn names_card(names: &[ServiceName], services: &[ServiceView], now: DateTime<Utc>) -> Option<AnyView> {
    if names.is_empty() {
        return None;
    }
    let rows: Vec<_> = names
        .iter()
        .map(|name| {
            let service = services.iter().find(|one| one.service.id == name.service);
            let number = service.map(|one| one.service.number.clone()).unwrap_or_default();
            let until = name.to.filter(|to| *to <= now).map(|to| format!(" until {}", time::day(to)));
            let since =
                format!("{} {number} since {}{}", name.kind.title(), time::day(name.from), until.unwrap_or_default());
            view! { <li><b>{defang(&name.name)}</b> <small>{since}</small></li> }
        })
        .collect();
    Some(view! { <Card title="Names"><ul class="plain">{rows}</ul></Card> }.into_any())
}

fn leases(leases: &[Lease], now: DateTime<Utc>) -> AnyView {
    let rows: Vec<_> = leases
        .iter()
        .map(|lease| {
            let to = lease.to.map_or_else(
                || view! { <Tag word="now" kind="sure" /> }.into_any(),
                |to| view! { <When at=to now=now /> }.into_any(),
            );
            view! {
                <tr>
                    <td class="mono">{net(lease)}</td>
                    <td>{ports(lease)}</td>
                    <td><When at=lease.from now=now /></td>
                    <td>{to}</td>
                    <td class="opt">{lease.source.clone()}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <DataTable label="Addresses held now">
            <thead>
                <tr>
                    <Th label="Address" /> <Th label="Ports" /> <Th label="From" /> <Th label="To" />
                    <Th label="Source" class="opt" />
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

/// The prefix, or the bare address where it is one.
pub(super) fn net(lease: &Lease) -> String {
    let text = lease.net.to_string();
    let single = lease.net.prefix_len() == lease.net.max_prefix_len();
    if single { lease.net.addr().to_string() } else { text }
}

/// The port span, or that the address was not shared.
pub(super) fn ports(lease: &Lease) -> String {
    if lease.whole_address() { "all".to_owned() } else { format!("{}–{}", lease.ports.0, lease.ports.1) }
}
