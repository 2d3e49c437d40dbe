//! It was not his: choosing whose the events were, and seeing everything that follows before it is done.
mod follows;

pub use follows::{Follows, follows};

use super::evidence::detail;
use crate::{
    pages::evidence::lease_words,
    routes,
    ui::{Btn, Card, Choice, DataTable, Desk, Field, LinkBtn, LongField, Pill, Top, defang, number::plural},
};
use chrono::{DateTime, Utc};
use domain::{
    case::Case,
    customer::{Customer, Service},
    evidence::{Event, Named},
    id::EventId,
};
use leptos::prelude::*;

/// Stands for "nobody we know" among the services to choose from.
pub const NOBODY: &str = "-nobody-";

/// What was chosen and typed so far.
#[derive(Debug, Clone, Default)]
pub struct CorrectFields {
    /// Only the ticked events; else all.
    pub some: bool,
    /// The ticked events.
    pub events: Vec<EventId>,
    /// Number of the chosen service, or [`NOBODY`].
    pub to: String,
    /// Number of a service that is not in the list.
    pub service: String,
    /// How one knows.
    pub reason: String,
    /// Words of the search.
    pub q: String,
}

impl CorrectFields {
    /// The hidden fields that carry all of it to the next page.
    #[must_use]
    pub fn hidden(&self) -> Vec<(String, String)> {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut hidden = vec![
            pair("which", if self.some { "some" } else { "all" }),
            pair("to", &self.to),
            pair("service", &self.service),
            pair("reason", &self.reason),
        ];
        if self.some {
            hidden.extend(self.events.iter().map(|id| pair("event", &id.to_string())));
        }
        hidden
    }
}

/// The first page.
#[derive(Debug, Clone)]
pub struct CorrectPage {
    /// The case.
    pub case: Case,
    /// Whose it is now.
    pub customer: Customer,
    /// Its newest events, and those asked for.
    pub events: Vec<Event>,
    /// Other holders to choose from.
    pub candidates: Vec<Named>,
    /// What the search found, and the one chosen before.
    pub found: Vec<(Service, Customer)>,
    /// Something was searched for, and nothing found.
    pub nothing: bool,
    /// Chosen and typed so far.
    pub fields: CorrectFields,
    /// Field and problem.
    pub error: Option<(String, String)>,
    /// The time of the page.
    pub now: DateTime<Utc>,
}

impl CorrectPage {
    fn problem(&self, field: &str) -> Option<String> {
        self.error.as_ref().filter(|(name, _)| name == field).map(|(_, problem)| problem.clone())
    }
}

/// Which events, and whose they were.
pub fn correct(page: CorrectPage) -> AnyView {
    let number = page.case.number.clone();
    let (action, back) = (routes::case_correct(&number), routes::case(&number));
    let sub = format!("{number} · {} · {}", page.case.class.title(), page.customer.name);
    let state = page.case.state.as_str();
    let main = view! { {whose(&page)} {which(&page)} }.into_any();
    let side = side(&page);
    view! {
        <Top title="Wrong customer?" sub=sub>
            <Pill word=state />
            <span class="end"><LinkBtn label="Back to the case" href=back /></span>
        </Top>
        <form class="map" method="post" action=action>
            <Desk side=Some(side)>{main}</Desk>
        </form>
    }
    .into_any()
}

fn whose(page: &CorrectPage) -> AnyView {
    let mut options: Vec<(String, String, String)> = page
        .found
        .iter()
        .map(|(service, customer)| {
            let words = format!("{} · {}", customer.name, service.number);
            (service.number.clone(), words, found_words(service, &page.case, customer))
        })
        .collect();
    for one in &page.candidates {
        if !options.iter().any(|known| known.0 == one.service_number) {
            let words = format!("{} · {}", one.customer_name, one.service_number);
            options.push((one.service_number.clone(), words, lease_words(one, page.now)));
        }
    }
    let none = page.nothing.then(|| {
        let words = match page.fields.q.trim() {
            "" => "No lease names anybody who had the address around then.".to_owned(),
            q => format!("Nothing found for {q:?}."),
        };
        view! { <p class="sub" role="status">{words}</p> }
    });
    options.push((NOBODY.to_owned(), "Nobody we know".to_owned(), "The events wait as unknown.".to_owned()));
    let (q, to, service) = (page.fields.q.clone(), page.fields.to.clone(), page.fields.service.clone());
    let (error, q_error) = (page.problem("to"), page.problem("q"));
    let hint = "Name, number or user name. Or an address: whose it was at that time is looked up for your reason, and stands in the record.";
    view! {
        <Card title="Whose were they?">
            <div class="stack">
                <Field label="Find a customer or service" name="q" value=q hint=hint error=q_error />
                <span class="btns">
                    <Btn label="Search" name="step" value="search" />
                    <Btn label="Who had the events' address around then?" name="step" value="around" />
                </span>
                {none}
                <Choice label="It was" name="to" options=options value=to error=error />
                <Field label="or the number of another service" name="service" value=service hint="Such as ln-20418" />
            </div>
        </Card>
    }
    .into_any()
}

fn found_words(service: &Service, case: &Case, customer: &Customer) -> String {
    let same = if customer.id == case.customer { ", the same customer" } else { "" };
    let protected = service.protected.as_ref().map(|why| format!(", protected: {why}")).unwrap_or_default();
    format!("{}, {}{same}{protected}", service.product, customer.number)
}

fn which(page: &CorrectPage) -> AnyView {
    let all = u64::try_from(page.case.events).unwrap_or(0);
    let shown = page.events.len();
    let options = vec![
        ("all".to_owned(), format!("All of this case: {}", plural(all, "event", "events")), String::new()),
        ("some".to_owned(), "Only the ticked ones".to_owned(), "The case keeps the others.".to_owned()),
    ];
    let error = page.problem("event");
    let value = if page.fields.some { "some" } else { "all" };
    let rows: Vec<_> = page.events.iter().map(|event| row(page, event)).collect();
    let more = (all > u64::try_from(shown).unwrap_or(0)).then(|| {
        view! { <p class="sub">{format!("The newest {shown} are listed. Correct an older one from its own page.")}</p> }
    });
    view! {
        <Card title="Which events?">
            <Choice label="Not this customer's" name="which" options=options value=value error=error />
            {more}
        </Card>
        <Card title="Events" flush=true>
            <DataTable label="Events of the case" class="stack">
                <thead>
                    <tr>
                        <th scope="col">"Tick"</th>
                        <th scope="col">"Seen (UTC)"</th>
                        <th scope="col">"Source"</th>
                        <th scope="col">"Detail"</th>
                        <th scope="col">"Reporter"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
        </Card>
    }
    .into_any()
}

fn row(page: &CorrectPage, event: &Event) -> AnyView {
    let on = page.fields.events.contains(&event.id);
    let source = &event.observation.source;
    let port = source.port.map(|port| format!(":{port}")).unwrap_or_default();
    let at = event.at.format("%-d %b %H:%M:%S").to_string();
    let label = format!("Event of {at}");
    view! {
        <tr data-row="">
            <td class="tick">
                <input type="checkbox" name="event" value=event.id.to_string() checked=on aria-label=label />
            </td>
            <td class="mono nowrap lead"><a href=routes::event(event.id)>{at}</a></td>
            <td class="mono" data-label="Source">{format!("{}{port}", defang(&source.value))}</td>
            <td data-label="Detail">{detail(event)}</td>
            <td data-label="Reporter">{defang(&event.reporter)}</td>
        </tr>
    }
    .into_any()
}

fn side(page: &CorrectPage) -> AnyView {
    let (reason, error) = (page.fields.reason.clone(), page.problem("reason"));
    view! {
        <Card title="How do you know?">
            <div class="stack">
                <LongField
                    label="Reason"
                    name="reason"
                    value=reason
                    error=error
                    hint="Stands in the record and beside the new answer. Do not name the other customer."
                    rows=4
                />
                <Btn label="See what follows" kind="main" name="step" value="look" />
                <p class="sub">"Nothing is changed yet: the next page shows every consequence and asks once more."</p>
            </div>
        </Card>
    }
    .into_any()
}
