//! The answers on top of a case: who, how sure, told, cut, they say, why we may.

use leptos::prelude::*;

/// The strip. Children are [`Fact`]s, six at the most.
#[component]
pub fn Glance(
    /// The facts.
    children: Children,
) -> AnyView {
    view! { <section aria-label="At a glance"><dl class="glance">{children()}</dl></section> }.into_any()
}

/// One answer (children), with its context below in small.
#[component]
pub fn Fact(
    /// The question.
    #[prop(into)]
    term: String,
    /// Context in a few words.
    #[prop(optional, into)]
    sub: String,
    /// A state colour for the answer, or none.
    #[prop(optional, into)]
    class: String,
    /// The answer.
    children: Children,
) -> AnyView {
    let sub = (!sub.is_empty()).then(|| view! { <small>{sub}</small> });
    view! {
        <div>
            <dt>{term}</dt>
            <dd class=class>{children()} {sub}</dd>
        </div>
    }
    .into_any()
}
