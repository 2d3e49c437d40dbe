//! Names and their values, one pair a line.

use leptos::prelude::*;

/// The list. Children are [`Pair`]s.
#[component]
pub fn KeyValues(
    /// The pairs.
    children: Children,
) -> AnyView {
    view! { <dl class="kv">{children()}</dl> }.into_any()
}

/// One name with its value as children.
#[component]
pub fn Pair(
    /// The name.
    #[prop(into)]
    term: String,
    /// The value.
    children: Children,
) -> AnyView {
    view! {
        <div>
            <dt>{term}</dt>
            <dd>{children()}</dd>
        </div>
    }
    .into_any()
}
