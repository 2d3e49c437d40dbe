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
    framed(Framed {
        title: "Reporters that hold up",
        label: "Events by reporter",
        columns: &["Reporter", "Events", "Held up"],
        rows: figures.reporters.iter().map(reporter).collect(),
        none: "Nothing in this period.",
        figure: "events_by_reporter",
    })
}

fn reporter(row: &ReporterFigure) -> AnyView {
    let name = if row.reporter.is_empty() { "not named".to_owned() } else { row.reporter.clone() };
    let href = routes::reporter(&row.reporter);
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
    framed(Framed {
        title: "Work by person",
        label: "Work by member of staff",
        columns: &["Who", "Opened", "Notices", "Quarantine", "Notes, replies", "Closed", "All acts"],
        rows: figures.work.iter().map(person).collect(),
        none: "Nobody did anything in this period.",
        figure: "work_by_analyst",
    })
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

/// A table with a name in the first column and numbers in the others.
struct Framed {
    title: &'static str,
    /// What it lists, for those who cannot see it.
    label: &'static str,
    columns: &'static [&'static str],
    rows: Vec<AnyView>,
    /// Said where there are no rows.
    none: &'static str,
    /// Whose definition stands below.
    figure: &'static str,
}

fn framed(it: Framed) -> AnyView {
    let heading = |(place, name): (usize, &&'static str)| {
        let class = (place > 0).then_some("n");
        view! { <th scope="col" class=class>{*name}</th> }
    };
    let head: Vec<_> = it.columns.iter().enumerate().map(heading).collect();
    let table = if it.rows.is_empty() {
        view! { <p>{it.none}</p> }.into_any()
    } else {
        view! {
            <div class="scroll">
                <table aria-label=it.label>
                    <thead>
                        <tr>{head}</tr>
                    </thead>
                    <tbody>{it.rows}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    view! {
        <Figure title=it.title wide=true>
            {table}
            <p>{sentence(it.figure)}</p>
        </Figure>
    }
    .into_any()
}
