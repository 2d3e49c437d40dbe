//! The bar on top of each page: what it is, the find box, and what one can do with the whole page.

use leptos::prelude::*;

use crate::routes;

/// Heading, find box, and the page's own links and buttons as children (pills, saved filters, "CSV").
#[component]
pub fn Top(
    /// The page's heading; the only `h1`.
    #[prop(into)]
    title: String,
    /// What stands beside the heading in lighter ink.
    #[prop(optional, into)]
    sub: String,
    /// What is in the find box.
    #[prop(optional, into)]
    find: String,
    /// Right-hand side.
    #[prop(optional)]
    children: Option<Children>,
) -> AnyView {
    let sub = (!sub.is_empty()).then(|| view! { <span class="sub">{sub}</span> });
    view! {
        <header class="top">
            <h1>{title} " " {sub}</h1>
            <div class="acts">{children.map(|c| c())}</div>
            <form class="find" role="search" method="get" action=routes::find()>
                <input
                    type="search"
                    name="q"
                    value=find
                    placeholder="Customer, line, address, case…"
                    aria-label="Find"
                    data-find=""
                />
                <kbd aria-hidden="true">"/"</kbd>
            </form>
        </header>
    }
    .into_any()
}
