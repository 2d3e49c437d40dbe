//! What was seen, why it matters, and what to do about it.
use super::words::Words;
use domain::{
    advice::{Advice, Group},
    portal::{PortalState, PortalView},
};
use leptos::prelude::*;

/// What was seen and when.
pub(super) fn saw(view: &PortalView, words: &Words) -> AnyView {
    let advice = Advice::about(view.class, view.language);
    let moment = |at| view.language.moment_short(at, view.zone);
    let seen = if view.count <= 1 {
        (words.seen_once)(&moment(view.last_seen))
    } else {
        (words.seen_often)(&view.language.times(view.count), &moment(view.first_seen), &moment(view.last_seen))
    };
    // Nobody asked for comfort about a claim that may be wrong, or about what is over.
    let risk = match Group::of(view.class) {
        _ if !acting(view) => String::new(),
        Group::Copyright | Group::Other => advice.risk.to_owned(),
        _ => format!("{} {}", advice.risk, words.no_blame),
    };
    view! {
        <h2>{words.saw}</h2>
        <p>{advice.what}</p>
        <p>{seen}</p>
        {(!risk.is_empty()).then(|| view! { <p>{risk}</p> })}
    }
    .into_any()
}

/// The steps, as long as it is the customer's turn.
pub(super) fn steps(view: &PortalView, words: &Words) -> Option<AnyView> {
    if !acting(view) || waits(view) {
        return None;
    }
    let head = if Group::of(view.class) == Group::Copyright { words.can_do } else { words.todo };
    Some(view! { <h2>{head}</h2>{list(view)} }.into_any())
}

/// The steps to look them up, folded, while it is our turn.
pub(super) fn steps_folded(view: &PortalView, open: bool, words: &Words) -> Option<AnyView> {
    let folded = || view! { <details open=open><summary>{words.can_do}</summary>{list(view)}</details> }.into_any();
    (acting(view) && waits(view)).then(folded)
}

fn list(view: &PortalView) -> AnyView {
    let steps = Advice::about(view.class, view.language).steps;
    let steps: Vec<_> = steps.iter().map(|step| view! { <li>{*step}</li> }).collect();
    view! { <ol>{steps}</ol> }.into_any()
}

fn acting(view: &PortalView) -> bool {
    !matches!(view.state, PortalState::Released | PortalState::Closed)
}

/// We have his answer and no question of our own.
fn waits(view: &PortalView) -> bool {
    view.state == PortalState::WaitingForUs && view.unanswered().is_none()
}
