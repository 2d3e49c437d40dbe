//! The newest events of a case.

use std::sync::Arc;

use domain::{evidence::Event, id::EventId};
use leptos::prelude::*;

use super::page::CasePage;
use crate::{
    pages::evidence::doubt_tag,
    routes,
    ui::{Card, DataTable, EmptyState, Tag, defang, number::plural},
};

/// Rows shown before one asks for more.
const ROWS_IN_SIGHT: usize = 10;
/// Facts shown of one event.
const DETAILS_MAX: usize = 4;

pub(super) fn evidence(page: &Arc<CasePage>) -> AnyView {
    let page = page.clone();
    let case = &page.view.case;
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    let all = routes::with_query(routes::events(), &[("case", &case.number)]);
    let from = format!(
        "{} from {} · ",
        plural(count(case.events), "event", "events"),
        plural(count(page.view.sightings.reporters), "reporter", "reporters")
    );
    let aside = view! { {from} <a href=all>"all"</a> }.into_any();
    let doubted: Vec<EventId> = page.view.contradictions.iter().map(|one| one.event).collect();
    let mut rows: Vec<AnyView> = page.view.events.rows.iter().map(|event| row(event, &doubted)).collect();
    if rows.is_empty() {
        return view! {
            <Card title="Evidence" aside=aside flush=true><EmptyState title="No event is on this case" /></Card>
        }
        .into_any();
    }
    let rest = rows.split_off(rows.len().min(ROWS_IN_SIGHT));
    let more = (!rest.is_empty()).then(|| {
        let words = format!("{} more of the newest events", rest.len());
        view! { <details class="more"><summary>{words}</summary>{table(rest)}</details> }
    });
    let person = (!page.view.never_automatic.is_empty()).then(|| {
        let names = page.view.never_automatic.iter().map(|name| defang(name)).collect::<Vec<_>>().join(", ");
        view! { <p class="in sub"><Tag word="never automatic" kind="unsure" /> " " {names} ": no machine acts on this evidence without a person."</p> }
    });
    view! { <Card title="Evidence" aside=aside flush=true>{person} {table(rows)} {more}</Card> }.into_any()
}

pub(super) fn table(rows: Vec<AnyView>) -> AnyView {
    view! {
        <DataTable label="Newest events" class="stack">
            <thead>
                <tr>
                    <th scope="col">"Seen (UTC)"</th>
                    <th scope="col">"Source"</th>
                    <th scope="col">"Detail"</th>
                    <th scope="col">"Reporter"</th>
                    <th scope="col" class="opt">"Certainty"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

pub(super) fn row(event: &Event, doubted: &[EventId]) -> AnyView {
    let source = &event.observation.source;
    let port = source.port.map(|port| format!(":{port}")).unwrap_or_default();
    let times =
        (event.observation.count > 1).then(|| view! { <small>{format!("{} times", event.observation.count)}</small> });
    view! {
        <tr data-row="">
            <td class="mono nowrap lead">
                <a href=routes::event(event.id)>{event.at.format("%-d %b %H:%M:%S").to_string()}</a>
            </td>
            <td class="mono" data-label="Source">{format!("{}{port}", defang(&source.value))}</td>
            <td data-label="Detail">{detail(event)} {doubt_tag(event, doubted)} {times}</td>
            <td data-label="Reporter"><a class="quiet" href=routes::reporter(&event.reporter)>{defang(&event.reporter)}</a></td>
            <td class="opt"><Tag word=event.certainty.as_str() /></td>
        </tr>
    }
    .into_any()
}

/// The first facts of an event on one line.
pub(super) fn detail(event: &Event) -> String {
    let facts = event.observation.details.values().filter_map(|value| match value {
        leptos::serde_json::Value::String(text) if !text.is_empty() => Some(text.clone()),
        leptos::serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    });
    let facts: Vec<String> = facts.take(DETAILS_MAX).collect();
    let line: String = facts.join(", ").chars().take(160).collect();
    if line.is_empty() { event.observation.class.title().to_owned() } else { defang(&line) }
}
