//! Who reports, and who works: two tables of the figures page.
use super::count;
use crate::{
    routes,
    ui::{Figure, number},
};
use domain::{
    actor::Actor,
    metrics::{Figures, ReporterFigure, WorkFigure, sentence},
};
use leptos::prelude::*;

/// Reporters with their share that held up.
pub(super) fn reporters(figures: &Figures) -> AnyView {
    let rows: Vec<_> = figures.reporters.iter().map(reporter).collect();
    let table = if rows.is_empty() {
        view! { <p>"Nothing in this period."</p> }.into_any()
    } else {
        view! {
            <div class="scroll">
                <table aria-label="Events by reporter">
                    <thead>
                        <tr>
                            <th scope="col">"Reporter"</th>
                            <th scope="col" class="n">"Events"</th>
                            <th scope="col" class="n">"Held up"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    view! {
        <Figure title="Reporters that hold up" wide=true>
            {table}
            <p>{sentence("events_by_reporter")}</p>
        </Figure>
    }
    .into_any()
}

fn reporter(row: &ReporterFigure) -> AnyView {
    let name = if row.reporter.is_empty() { "not named".to_owned() } else { row.reporter.clone() };
    let href = routes::with_query(routes::events(), &[("reporter", &row.reporter)]);
    let held = count(row.events - row.refuted);
    // Below nine in ten somebody should talk to the reporter.
    let class = if held * 10 < count(row.events) * 9 { "n up" } else { "n" };
    view! {
        <tr>
            <th scope="row"><a href=href>{name}</a></th>
            <td class="n">{number::thousands(count(row.events))}</td>
            <td class=class>{number::percent(held, count(row.events))}</td>
        </tr>
    }
    .into_any()
}

/// Work by member of staff.
pub(super) fn work(figures: &Figures) -> AnyView {
    let rows: Vec<_> = figures.work.iter().map(person).collect();
    let table = if rows.is_empty() {
        view! { <p>"Nobody did anything in this period."</p> }.into_any()
    } else {
        view! {
            <div class="scroll">
                <table aria-label="Work by member of staff">
                    <thead>
                        <tr>
                            <th scope="col">"Who"</th>
                            <th scope="col" class="n">"Opened"</th>
                            <th scope="col" class="n">"Notices"</th>
                            <th scope="col" class="n">"Quarantine"</th>
                            <th scope="col" class="n">"Notes, replies"</th>
                            <th scope="col" class="n">"Closed"</th>
                            <th scope="col" class="n">"All acts"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    view! {
        <Figure title="Work by person" wide=true>
            {table}
            <p>{sentence("work_by_analyst")}</p>
        </Figure>
    }
    .into_any()
}

fn person(row: &WorkFigure) -> AnyView {
    let href = routes::with_query(routes::record(), &[("actor", &row.actor)]);
    let numbers = [row.opened, row.notices, row.quarantines, row.messages, row.closed, row.acts];
    let cells: Vec<_> =
        numbers.into_iter().map(|n| view! { <td class="n">{number::thousands(count(n))}</td> }).collect();
    view! {
        <tr>
            <th scope="row"><a href=href>{Actor::label(&row.actor).to_owned()}</a></th>
            {cells}
        </tr>
    }
    .into_any()
}
