//! Figures: a number, its spread, and its definition beside it.

use leptos::prelude::*;

/// The grid. Children are [`Figure`]s.
#[component]
pub fn Figures(
    /// The figures.
    children: Children,
) -> AnyView {
    view! { <main class="figs">{children()}</main> }.into_any()
}

/// One figure. Children say what it counts, or are a chart or table.
#[component]
pub fn Figure(
    /// Its name.
    #[prop(into)]
    title: String,
    /// The number; "" when the children are a chart.
    #[prop(optional, into)]
    big: String,
    /// Its spread: "p90 1 h 20 min", "of 211".
    #[prop(optional, into)]
    spread: String,
    /// Takes two columns.
    #[prop(optional)]
    wide: bool,
    /// Definition, links, chart.
    children: Children,
) -> AnyView {
    let big = (!big.is_empty()).then(|| {
        view! { <p class="big">{big} " " <small>{spread}</small></p> }
    });
    view! {
        <section class=if wide { "fig wide" } else { "fig" }>
            <h2>{title}</h2>
            {big}
            {children()}
        </section>
    }
    .into_any()
}
