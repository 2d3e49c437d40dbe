//! One row of the inbox.
use crate::{
    routes,
    ui::{Query, RowCheck, Spark, Strikes, Tag, When, defang, number},
};
use chrono::{DateTime, Utc};
use domain::{attribution::Certainty, evidence::InboxRow};
use leptos::prelude::*;

/// A row; `query` is the list's address, `shown` says that the panel shows it.
pub(super) fn row(row: &InboxRow, query: &Query, shown: bool, works: bool, now: DateTime<Utc>) -> AnyView {
    let peek = query.with("peek", row.event.to_string()).url();
    // On a phone the panel stands below the list.
    let (who, href) = (who(row), format!("{peek}#peek"));
    let label = format!("{}, {}", who, row.class.title());
    let check = works.then(|| {
        view! { <td><RowCheck form=super::PICK value=row.event.to_string() label=label.clone() /></td> }
    });
    let positive = |n: i64| u64::try_from(n).unwrap_or(0);
    let days: Vec<u64> = row.days.iter().map(|n| positive(*n)).collect();
    let below = below(row);
    view! {
        <tr data-row="" data-peek=peek aria-selected=if shown { "true" } else { "false" }>
            {check}
            <td class="n" data-label="Events">
                <b>{number::thousands(positive(row.events))}</b>
                <small><When at=row.last_at now=now relative=true /></small>
            </td>
            <td class="opt"><Spark points=days /></td>
            <td class="lead">
                <a class="who" href=href>{who}</a>
                " "
                <Strikes n=positive(row.strikes) />
                {below}
            </td>
            <td data-label="What">{row.class.title()}<small class="mono">{row.class.as_str()}</small></td>
            <td data-label="Source">
                <span class="mono">{source(row)}</span>
                " "
                <Tag word=row.certainty.as_str() />
                {reporters(row, query)}
            </td>
        </tr>
    }
    .into_any()
}

/// The customer, or in a few words why there is none.
fn who(row: &InboxRow) -> String {
    match row.certainty {
        Certainty::Certain if !row.customer_name.is_empty() => row.customer_name.clone(),
        Certainty::Ambiguous if row.candidates == 1 => "1 candidate".to_owned(),
        Certainty::Ambiguous => format!("{} candidates", row.candidates),
        _ if row.why.contains("not one of our") => "Not our range".to_owned(),
        _ => "Nobody known".to_owned(),
    }
}

fn below(row: &InboxRow) -> AnyView {
    let text = if row.service.is_empty() { row.why.clone() } else { row.service.clone() };
    match &row.case {
        Some((_, number)) => {
            let href = routes::case(number);
            view! { <small><a href=href>{number.clone()}</a> " · " {text}</small> }.into_any()
        }
        None => view! { <small>{text}</small> }.into_any(),
    }
}

/// The source as people write it, harmless.
fn source(row: &InboxRow) -> String {
    let text = defang(&row.source);
    match row.port {
        Some(port) if row.source.contains(':') && !row.source.contains("//") => format!("[{text}]:{port}"),
        Some(port) => format!("{text}:{port}"),
        None => text,
    }
}

fn reporters(row: &InboxRow, query: &Query) -> AnyView {
    let only = query.without("page").with("reporter", row.reporter.as_str()).url();
    let more = (row.reporters > 1).then(|| format!(" +{}", row.reporters - 1));
    view! { <small><a href=only title="Only of this reporter">{row.reporter.clone()}</a> {more}</small> }.into_any()
}
