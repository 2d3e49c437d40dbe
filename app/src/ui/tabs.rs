//! Views of one list, each with how much is in it.

use leptos::prelude::*;

use super::number;

/// One view.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tab {
    /// Its word.
    pub label: String,
    /// Its address.
    pub href: String,
    /// How many rows it has.
    pub count: Option<u64>,
    /// Whether it is shown.
    pub current: bool,
}

impl Tab {
    /// A view with a count.
    pub fn new(label: impl Into<String>, href: impl Into<String>, count: Option<u64>, current: bool) -> Self {
        Self { label: label.into(), href: href.into(), count, current }
    }
}

/// The views in a row. Children (a filter form, a live-queue island) stand at the right.
#[component]
pub fn Tabs(
    /// Which.
    tabs: Vec<Tab>,
    /// Right-hand side.
    #[prop(optional)]
    children: Option<Children>,
) -> AnyView {
    let links: Vec<_> = tabs
        .into_iter()
        .map(|tab| {
            let count = tab.count.map(|n| view! { <span>{number::thousands(n)}</span> });
            view! { <a href=tab.href aria-current=tab.current.then_some("true")>{tab.label} {count}</a> }
        })
        .collect();
    let rest = children.map(|c| view! { <div class="rest">{c()}</div> });
    view! { <nav class="tabs" aria-label="Views">{links} {rest}</nav> }.into_any()
}
