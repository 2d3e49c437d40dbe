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
    // Nobody asked for comfort about a claim that may be wrong.
    let comfort = !matches!(Group::of(view.class), Group::Copyright | Group::Other) && acting(view);
    let risk = if comfort { format!("{} {}", advice.risk, words.no_blame) } else { advice.risk.to_owned() };
    view! {
        <h2>{words.saw}</h2>
        <p>{advice.what}</p>
        <p>{seen}</p>
        {(!risk.is_empty()).then(|| view! { <p>{risk}</p> })}
    }
    .into_any()
}

/// The steps, as long as there is something to do.
pub(super) fn steps(view: &PortalView, words: &Words) -> Option<AnyView> {
    if !acting(view) {
        return None;
    }
    let group = Group::of(view.class);
    let head = if group == Group::Copyright { words.can_do } else { words.todo };
    let steps: Vec<_> = Advice::of(group, view.language).steps.iter().map(|step| view! { <li>{*step}</li> }).collect();
    Some(view! { <h2>{head}</h2><ol>{steps}</ol> }.into_any())
}

fn acting(view: &PortalView) -> bool {
    !matches!(view.state, PortalState::Released | PortalState::Closed)
}
