//! The panel beside a list: the selected row in sentences, with the acts that are legal now.

use leptos::prelude::*;

/// The panel. The keys island swaps it for the next row's when the row has `data-peek`, so it has a fixed id.
#[component]
pub fn Peek(
    /// Whom or what it is about.
    #[prop(into)]
    title: String,
    /// Context in one line.
    #[prop(optional, into)]
    sub: String,
    /// Address of the whole thing.
    #[prop(optional, into)]
    href: Option<String>,
    /// Facts, acts, newest evidence.
    children: Children,
) -> AnyView {
    let title = match href {
        Some(href) => view! { <a href=href>{title}</a> }.into_any(),
        None => title.into_any(),
    };
    view! {
        <aside class="peek" id="peek" aria-label="Selected">
            <div>
                <h2>{title}</h2>
                <p class="sub">{sub}</p>
            </div>
            {children()}
        </aside>
    }
    .into_any()
}
