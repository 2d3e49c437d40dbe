//! What happened, in prose, with the proof of each line one click away.

use leptos::prelude::*;

/// The list. Children are [`Moment`]s.
#[component]
pub fn Timeline(
    /// The moments.
    children: Children,
) -> AnyView {
    view! { <ol class="time">{children()}</ol> }.into_any()
}

/// One thing that happened: a sentence with bold actor, then [`Quote`] and `<small>` proof as children.
#[component]
pub fn Moment(
    /// When, short: a time for today, else a day.
    #[prop(into)]
    time: String,
    /// When, in full.
    #[prop(optional, into)]
    full: String,
    /// The colour of the state it led to.
    #[prop(optional, into)]
    class: String,
    /// What.
    children: Children,
) -> AnyView {
    view! {
        <li class=class>
            <time title=full>{time}</time>
            <i aria-hidden="true"></i>
            <div>{children()}</div>
        </li>
    }
    .into_any()
}

/// Words of a person, as typed: shown as text, line breaks kept.
#[component]
pub fn Quote(
    /// The words.
    #[prop(into)]
    text: String,
) -> AnyView {
    view! { <q>{text}</q> }.into_any()
}
