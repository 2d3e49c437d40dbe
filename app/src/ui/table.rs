//! Lists: a table that scrolls by itself when it must, and headings that sort.

use leptos::prelude::*;

use super::Query;

/// A table. Children are `<thead>` and `<tbody>`; mark rows with `data-row=""` (and `data-peek=url`) for the keys.
#[component]
pub fn DataTable(
    /// What the table lists, for those who cannot see it.
    #[prop(into)]
    label: String,
    /// More classes: `stack` turns rows into cards on a phone (cells then need `data-label`).
    #[prop(optional, into)]
    class: String,
    /// Head and body.
    children: Children,
) -> AnyView {
    view! {
        <div class="scroll">
            <table class=class aria-label=label>
                {children()}
            </table>
        </div>
    }
    .into_any()
}

/// A column heading; with `sort` and `query` it is a link that sorts, and sorts the other way when it already does.
#[component]
pub fn Th(
    /// The column's name.
    #[prop(into)]
    label: String,
    /// `n` for numbers (right-aligned), `opt` for a column that small screens leave out.
    #[prop(optional, into)]
    class: String,
    /// The value of the `sort` parameter.
    #[prop(optional)]
    sort: &'static str,
    /// The list's address as it is now.
    #[prop(optional, into)]
    query: Option<Query>,
    /// First click sorts from the highest down.
    #[prop(optional)]
    down_first: bool,
) -> AnyView {
    let Some(query) = query.filter(|_| !sort.is_empty()) else {
        return view! { <th scope="col" class=class>{label}</th> }.into_any();
    };
    let down = format!("-{sort}");
    let (state, arrow, next) = match query.get("sort") {
        Some(now) if now == sort => (Some("ascending"), "↑", down),
        Some(now) if now == down => (Some("descending"), "↓", sort.to_owned()),
        _ if down_first => (None, "", down),
        _ => (None, "", sort.to_owned()),
    };
    let href = query.without("after").without("before").without("page").with("sort", next).url();
    view! {
        <th scope="col" class=class aria-sort=state>
            <a href=href>{label} <i aria-hidden="true">{arrow}</i></a>
        </th>
    }
    .into_any()
}
