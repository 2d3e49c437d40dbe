//! What was corrected about whose the events of a case were, with the way to the other case.
use super::page::CasePage;
use crate::{
    routes,
    ui::{Card, Moment, Quote, Timeline, number::plural, time},
};
use domain::{actor::Actor, correction::CorrectionRow};
use leptos::prelude::*;
use std::sync::Arc;

pub(super) fn corrections(page: &Arc<CasePage>) -> Option<AnyView> {
    if page.view.corrections.is_empty() {
        return None;
    }
    let lines: Vec<_> = page.view.corrections.iter().map(|row| line(page, row)).collect();
    Some(view! { <Card title="Corrected" flush=true id="corrected"><Timeline>{lines}</Timeline></Card> }.into_any())
}

fn line(page: &Arc<CasePage>, row: &CorrectionRow) -> AnyView {
    let (made, now) = (&row.correction, page.now);
    let events = plural(u64::try_from(made.events).unwrap_or(0), "event", "events");
    let link = |number: &str| {
        let (href, number) = (routes::case(number), number.to_owned());
        view! { <a href=href>{number}</a> }
    };
    let who = Actor::label(&made.made_by).to_owned();
    let away = made.from == page.view.case.id;
    let words = match (&row.to_number, away) {
        (Some(to), true) => view! { {format!(" moved {events} to the right customer: ")} {link(to)} }.into_any(),
        (None, true) if made.closed => format!(" found {events} to be nobody's we know").into_any(),
        (None, true) => format!(" corrected whose {events} were").into_any(),
        (_, false) => {
            view! { {format!(" moved {events} here, which had been laid to another customer: ")} {link(&row.from_number)} }
                .into_any()
        }
    };
    let reason = made.reason.clone();
    view! {
        <Moment time=time::short(made.made_at, now) full=time::full(made.made_at)>
            <b>{who}</b>
            {words}
            <Quote text=reason />
        </Moment>
    }
    .into_any()
}
