//! What the network holds, beside what it should hold.
use super::{measure, state};
use crate::{
    routes,
    ui::{Card, DataTable, Desk, EmptyState, LinkBtn, Pill, Tag, Th, Top, time},
};
use chrono::{DateTime, Utc};
use domain::{
    enforcement::{Held, NetworkBoard},
    quarantine::QuarantineState,
    quarantine_view::NetworkPage,
};
use leptos::prelude::*;

/// The page.
pub fn network(data: NetworkPage, now: DateTime<Utc>) -> AnyView {
    let sub = match data.board.findings.at {
        Some(at) => format!("as {} said {}", data.board.name, time::ago(at, now)),
        None => "not asked yet".to_owned(),
    };
    let body = table(&data);
    let found = found(&data.board, now);
    view! {
        <Top title="What the network holds" sub=sub>
            <LinkBtn label="All quarantines" href=routes::quarantines() />
        </Top>
        <Desk>
            {found}
            <Card title="Held beside wanted" flush=true>{body}</Card>
        </Desk>
    }
    .into_any()
}

fn found(board: &NetworkBoard, now: DateTime<Utc>) -> AnyView {
    let findings = &board.findings;
    let Some(at) = findings.at else {
        return view! { <Card title="Last comparison"><p>"None yet."</p></Card> }.into_any();
    };
    let problem = findings.problem.clone().map(|text| view! { <p class="bad">{text}</p> });
    let line = |n: usize, words: &str| (n > 0).then(|| format!("{n} {words}"));
    let told: Vec<String> = [
        line(findings.missing.len(), "had been lost or changed: asked again"),
        line(findings.left_over.len(), "should have been gone: told to let go again"),
        line(findings.strangers.len(), "are not ours: left alone"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let told = if told.is_empty() { "Nothing to repair.".to_owned() } else { told.join("; ") };
    let kind = if findings.problem.is_some() { "bad" } else { "" };
    let told = format!("{}: {} held. {told}", time::ago(at, now), board.held.len());
    view! {
        <Card title="Last comparison" kind=kind>
            <p>{told}</p>
            {problem}
        </Card>
    }
    .into_any()
}

fn table(data: &NetworkPage) -> AnyView {
    let held = &data.board.held;
    let mut rows: Vec<AnyView> = Vec::new();
    for row in &data.wanted {
        let id = row.quarantine.id.to_string();
        let there = held.iter().find(|held| held.id == id);
        let wanted = row.quarantine.state != QuarantineState::Lifting;
        let agrees = there.is_some() == wanted;
        let says = there.map_or("nothing".to_owned(), said);
        rows.push(
            view! {
                <tr data-row="">
                    <td data-label="Service"><a href=routes::quarantine(&id)><b>{row.service_number.clone()}</b></a>
                        <small>{row.customer_name.clone()}</small></td>
                    <td data-label="Wanted">{measure(&row.quarantine)} " " <Pill word=state(row.quarantine.state) /></td>
                    <td data-label="Held">{says}</td>
                    <td data-label="Same">{same(agrees)}</td>
                </tr>
            }
            .into_any(),
        );
    }
    let known = |held: &Held| data.wanted.iter().any(|row| row.quarantine.id.to_string() == held.id);
    for stranger in held.iter().filter(|held| !known(held)) {
        let ours = !data.board.findings.strangers.iter().any(|known| known.id == stranger.id);
        let words = if ours { "on another page, or being let go" } else { "not ours: left alone" };
        rows.push(
            view! {
                <tr data-row="">
                    <td data-label="Service"><b>{stranger.service.clone()}</b> <small class="mono">{stranger.id.clone()}</small></td>
                    <td data-label="Wanted">{words}</td>
                    <td data-label="Held">{said(stranger)}</td>
                    <td data-label="Same">{(!ours).then(|| view! { <Tag word="stranger" kind="unsure" /> })}</td>
                </tr>
            }
            .into_any(),
        );
    }
    if rows.is_empty() {
        return view! { <EmptyState title="The network holds nothing">"Nobody is quarantined."</EmptyState> }
            .into_any();
    }
    view! {
        <DataTable label="Held beside wanted" class="stack">
            <thead><tr><Th label="Service" /><Th label="The desk wants" /><Th label="The network holds" /><Th label="Same" /></tr></thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

fn said(held: &Held) -> String {
    let measure = held.measure.map_or("unnamed measure", domain::quarantine::Measure::title);
    let ports: Vec<String> = held.ports.iter().map(u16::to_string).collect();
    format!("{measure} {} ({})", ports.join(", "), held.state.as_str().replace('_', " "))
}

fn same(agrees: bool) -> AnyView {
    if agrees {
        view! { <Tag word="same" kind="sure" /> }.into_any()
    } else {
        view! { <Tag word="on its way" kind="unsure" /> }.into_any()
    }
}
