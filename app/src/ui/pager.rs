//! The way through a long list.

use leptos::prelude::*;

use super::number;

/// Which rows are shown, of how many, and the neighbours' addresses (keyset or page number: the caller knows).
#[component]
pub fn Pager(
    /// Number of the first row shown, from 1; 0 when that is not known.
    #[prop(optional)]
    from: u64,
    /// Number of the last row shown.
    #[prop(optional)]
    to: u64,
    /// All rows, when counted.
    #[prop(default = None)]
    total: Option<u64>,
    /// Address of the page before.
    #[prop(default = None)]
    prev: Option<String>,
    /// Address of the page after.
    #[prop(default = None)]
    next: Option<String>,
) -> AnyView {
    let range = (from > 0).then(|| format!("{}–{}", number::thousands(from), number::thousands(to)));
    let total = total.map(|n| format!("of {}", number::thousands(n)));
    view! {
        <nav class="pager" aria-label="Pages">
            <span>{range} " " {total}</span>
            {step(prev, "prev", "[", "← Previous")}
            {step(next, "next", "]", "Next →")}
        </nav>
    }
    .into_any()
}

fn step(href: Option<String>, rel: &'static str, key: &'static str, word: &'static str) -> AnyView {
    match href {
        Some(href) => view! { <a class="btn" href=href rel=rel data-key=key>{word}</a> }.into_any(),
        None => view! { <span class="btn off">{word}</span> }.into_any(),
    }
}
