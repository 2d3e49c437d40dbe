//! A box with a heading.

use leptos::prelude::*;

/// A box. Its padding goes with `flush`, for a table or a list that brings its own.
#[component]
pub fn Card(
    /// The heading.
    #[prop(into)]
    title: String,
    /// What stands at the heading's right: text or links.
    #[prop(optional)]
    aside: Option<AnyView>,
    /// `next` (your turn), `warn`, `bad`, or none.
    #[prop(optional, into)]
    kind: String,
    /// Content goes to the edge.
    #[prop(optional)]
    flush: bool,
    /// An anchor.
    #[prop(optional, into)]
    id: Option<String>,
    /// The content.
    children: Children,
) -> AnyView {
    let aside = aside.map(|a| view! { <span>{a}</span> });
    view! {
        <section class=format!("card {kind}") id=id>
            <h2>{title} {aside}</h2>
            <div class=if flush { "flush" } else { "in" }>{children()}</div>
        </section>
    }
    .into_any()
}
