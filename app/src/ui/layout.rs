//! The two ways a page is divided.

use leptos::prelude::*;

/// A list with a panel beside it: children are the list, `side` is a [`super::Peek`].
#[component]
pub fn Cols(
    /// The panel; without one the list takes the whole width.
    #[prop(default = None)]
    side: Option<AnyView>,
    /// The list.
    children: Children,
) -> AnyView {
    let class = if side.is_some() { "cols" } else { "cols one" };
    view! {
        <div class=class>
            <main>{children()}</main>
            {side}
        </div>
    }
    .into_any()
}

/// Work at the left (children), acts and facts at the right (`side`): the case and the customer page.
/// Without `side` it is a padded page of cards.
#[component]
pub fn Desk(
    /// The narrow column.
    #[prop(default = None)]
    side: Option<AnyView>,
    /// The wide column.
    children: Children,
) -> AnyView {
    let class = if side.is_some() { "desk" } else { "desk one" };
    let side = side.map(|s| view! { <aside class="side" aria-label="Acts and facts">{s}</aside> });
    view! {
        <div class=class>
            <main>{children()}</main>
            {side}
        </div>
    }
    .into_any()
}
