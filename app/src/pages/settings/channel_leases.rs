//! Lease sources on the page of channels: one page tells whether anything that should come in does not.
use super::channels::{ago, fault, health};
use crate::{
    routes,
    ui::{Card, DataTable, EmptyState, Th},
};
use chrono::{DateTime, Utc};
use domain::lease::{LeaseSourceKind, board::LeaseWay};
use leptos::prelude::*;

/// The card of the ways by which leases come in.
pub(super) fn leases(ways: &[LeaseWay], now: DateTime<Utc>) -> AnyView {
    let all = view! { <a href=routes::settings_page("sources")>"What each knows"</a> };
    if ways.is_empty() {
        return view! {
            <Card title="Lease sources" flush=true>
                <EmptyState title="No lease source yet">
                    "Only fixed addresses have an owner then: "
                    <a href=routes::settings_page("sources")>"how to add one"</a> "."
                </EmptyState>
            </Card>
        }
        .into_any();
    }
    let rows: Vec<_> = ways.iter().map(|way| row(way, now)).collect();
    view! {
        <Card title="Lease sources" flush=true aside=all.into_any()>
            <DataTable label="Ways by which leases come in" class="stack">
                <thead>
                    <tr>
                        <Th label="Source" /> <Th label="State" /> <Th label="Last heard" /> <Th label="Last error" />
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
        </Card>
    }
    .into_any()
}

fn row(way: &LeaseWay, now: DateTime<Utc>) -> AnyView {
    let place = match (way.place.as_str(), way.kind) {
        ("", _) => "brought as a file, or by the API".into_any(),
        (place, LeaseSourceKind::Resolver) => {
            let place = place.to_owned();
            view! { "asked at " <span class="mono">{place}</span> }.into_any()
        }
        (place, _) => {
            let place = place.to_owned();
            view! { <span class="mono">{place}</span> }.into_any()
        }
    };
    let silent = way.silent.then(|| view! { " " <small>"silent for too long"</small> });
    let name = way.source.clone();
    let (heard, error) = (ago(way.heard_at, now), fault(way.state.as_ref(), now));
    view! {
        <tr>
            <td class="lead"><b>{name}</b> " " <small>{place}</small></td>
            <td data-label="State">{health(way.health())}</td>
            <td data-label="Last heard">{heard} {silent}</td>
            <td data-label="Last error">{error}</td>
        </tr>
    }
    .into_any()
}
