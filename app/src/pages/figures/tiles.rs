//! The single numbers: each with its spread, what it was before, and what it means.
use super::{count, opened_in};
use crate::{
    routes,
    ui::{Figure, Query, number, time::span},
};
use chrono::{DateTime, Utc};
use domain::metrics::{Figures, Share, Spread, Summary, definition, sentence};
use leptos::prelude::*;

/// All tiles in the order of a case's life.
pub(super) fn tiles(figures: &Figures, now: DateTime<Utc>) -> Vec<AnyView> {
    let (it, before) = (&figures.now, &figures.before);
    let opened = opened_in(figures.period).url();
    vec![
        open(figures, now),
        ageing(figures),
        lasting("Time to notice", "time_to_notice", it.to_notice, before.to_notice, &opened),
        lasting(
            "Time to containment",
            "time_to_containment",
            it.to_containment,
            before.to_containment,
            &routes::quarantines(),
        ),
        lasting("Time to release", "time_to_release", it.to_release, before.to_release, &routes::quarantines()),
        quarantines(figures),
        self_released(it, before),
        repeats(figures),
    ]
}

/// "12 fewer than the period before", in the colour of `better`: fewer, or more.
fn compared(now: i64, before: i64, fewer_is_better: bool) -> AnyView {
    let (class, words) = match now.cmp(&before) {
        std::cmp::Ordering::Equal => return view! { "as many as the period before" }.into_any(),
        std::cmp::Ordering::Less => (if fewer_is_better { "down" } else { "up" }, "fewer"),
        std::cmp::Ordering::Greater => (if fewer_is_better { "up" } else { "down" }, "more"),
    };
    let difference = number::thousands(now.abs_diff(before));
    view! { <span class=class>{difference} " " {words}</span> " than the period before" }.into_any()
}

fn open(figures: &Figures, now: DateTime<Utc>) -> AnyView {
    let it = &figures.now;
    let oldest = it.oldest_at.map(|at| format!("oldest {}", span(now.min(figures.period.to) - at))).unwrap_or_default();
    let than = compared(it.open, figures.before.open, true);
    view! {
        <Figure title="Open cases" big=number::thousands(count(it.open)) spread=oldest>
            <p>{than} "."</p>
            <p><a href=routes::cases()>"The cases"</a> ": " {definition("open_cases")} "."</p>
        </Figure>
    }
    .into_any()
}

fn ageing(figures: &Figures) -> AnyView {
    let it = &figures.now;
    let share = format!("{} of the open", number::percent(count(it.ageing), count(it.open)));
    let href = Query::new(routes::cases(), "sort=oldest").url();
    let than = compared(it.ageing, figures.before.ageing, true);
    view! {
        <Figure title="Ageing cases" big=number::thousands(count(it.ageing)) spread=share>
            <p>{than} "."</p>
            <p><a href=href>"Oldest first"</a> ": " {definition("ageing_cases")} "."</p>
        </Figure>
    }
    .into_any()
}

fn lasting(title: &'static str, name: &str, now: Option<Spread>, before: Option<Spread>, href: &str) -> AnyView {
    let (big, spread) = match now {
        Some(now) => (span(now.median), format!("p90 {}", span(now.p90))),
        None => ("–".to_owned(), "none in this period".to_owned()),
    };
    let than = match (now, before) {
        (Some(now), Some(before)) if now.median < before.median => {
            view! { <span class="down">{span(before.median - now.median)} " faster"</span> " than the period before." }
                .into_any()
        }
        (Some(now), Some(before)) if now.median > before.median => {
            view! { <span class="up">{span(now.median - before.median)} " slower"</span> " than the period before." }
                .into_any()
        }
        (Some(_), Some(_)) => "As fast as the period before.".into_any(),
        (_, None) => "Nothing to compare in the period before.".into_any(),
        (None, Some(before)) => format!("{} the period before.", span(before.median)).into_any(),
    };
    let measured = now.map_or(0, |now| count(now.count));
    let counted = number::plural(measured, "one measured", "measured");
    let (href, meaning) = (href.to_owned(), definition(name));
    view! {
        <Figure title=title big=big spread=spread>
            <p>{than}</p>
            <p>"Median of " <a href=href>{counted}</a> ": " {meaning} "."</p>
        </Figure>
    }
    .into_any()
}

fn quarantines(figures: &Figures) -> AnyView {
    let Share { part: overdue, whole } = figures.quarantines;
    let waiting = match figures.awaiting {
        0 => "none waits for approval".to_owned(),
        n => format!("{} for approval", number::plural(count(n), "waits", "wait")),
    };
    let overdue = if overdue == 0 {
        view! { "No review is overdue." }.into_any()
    } else {
        let words = number::plural(count(overdue), "review is", "reviews are");
        let href = Query::new(routes::quarantines(), "state=overdue").url();
        view! { <a class="up" href=href>{words} " overdue"</a> "." }.into_any()
    };
    view! {
        <Figure title="Quarantines in force" big=number::thousands(count(whole)) spread=waiting>
            <p>{overdue}</p>
            <p><a href=routes::quarantines()>"Now"</a> ": " {definition("quarantines")} "."</p>
        </Figure>
    }
    .into_any()
}

fn share_text(share: Share) -> String {
    number::percent(count(share.part), count(share.whole))
}

fn self_released(it: &Summary, before: &Summary) -> AnyView {
    let of = format!("of {}", number::plural(count(it.self_released.whole), "release", "releases"));
    let clean = match it.stayed_clean.whole {
        0 => "None in this period.".to_owned(),
        _ => format!("{} of these had no new case within 30 days.", share_text(it.stayed_clean)),
    };
    let was = share_text(before.self_released);
    view! {
        <Figure title="Released themselves" big=share_text(it.self_released) spread=of>
            <p>{clean} " The period before: " {was} "."</p>
            <p>{sentence("self_released")}</p>
        </Figure>
    }
    .into_any()
}

fn repeats(figures: &Figures) -> AnyView {
    let share = figures.now.repeats;
    let of = format!("{} of {} resolved", number::thousands(count(share.part)), number::thousands(count(share.whole)));
    let was = share_text(figures.before.repeats);
    view! {
        <Figure title="Came back within 30 days" big=share_text(share) spread=of>
            <p>"The period before: " {was} ". The latest can still come back."</p>
            <p>{sentence("repeat_rate")}</p>
        </Figure>
    }
    .into_any()
}
