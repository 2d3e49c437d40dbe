//! A list with nothing in it says why, and what to do.

use leptos::prelude::*;

/// Nothing here: a heading, and as children what one can do about it.
#[component]
pub fn EmptyState(
    /// What there is none of.
    #[prop(into)]
    title: String,
    /// What to do.
    #[prop(optional)]
    children: Option<Children>,
) -> AnyView {
    view! {
        <div class="empty">
            <h2>{title}</h2>
            <p>{children.map(|c| c())}</p>
        </div>
    }
    .into_any()
}
