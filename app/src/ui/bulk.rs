//! Acting on many rows at once: the ticks, and the bar with what can be done.

use leptos::prelude::*;

use crate::islands::BulkCount;

/// The tick of a row. It belongs to the [`BulkBar`] of that id wherever it stands, so rows may have own forms.
#[component]
pub fn RowCheck(
    /// The bar's id.
    #[prop(into)]
    form: String,
    /// What is sent as `pick`.
    #[prop(into)]
    value: String,
    /// What the row is, for those who cannot see it.
    #[prop(into)]
    label: String,
) -> AnyView {
    view! { <input type="checkbox" name="pick" form=form value=value aria-label=format!("Select {label}") data-pick="" /> }
        .into_any()
}

/// The tick in the table's head that ticks all rows; needs script, so it is hidden until there is some.
#[component]
pub fn AllCheck(
    /// The bar's id.
    #[prop(into)]
    form: String,
) -> AnyView {
    view! { <input type="checkbox" data-all=form aria-label="Select all rows shown" hidden=true /> }.into_any()
}

/// The bar: a form whose `pick` fields are the ticked rows. Children are buttons with `action`, or [`super::Act`]s.
/// Without script it is always there; with script it shows when something is ticked.
#[component]
pub fn BulkBar(
    /// Its id.
    #[prop(into)]
    id: String,
    /// Where it goes when a button has no `action` of its own.
    #[prop(into)]
    action: String,
    /// Hidden fields.
    #[prop(optional)]
    hidden: Vec<(String, String)>,
    /// Buttons.
    children: Children,
) -> AnyView {
    let hidden: Vec<_> =
        hidden.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect();
    let form = id.clone();
    view! {
        <form class="bulk" id=id method="post" action=action data-bulk="">
            {hidden}
            <BulkCount form=form />
            {children()}
            <span class="keys">
                <kbd>"x"</kbd> " tick · " <kbd>"?"</kbd> " all keys"
            </span>
        </form>
    }
    .into_any()
}
