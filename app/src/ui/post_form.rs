//! Forms that write: plain posts, answered by a redirect or by the same page with what is wrong.

use leptos::prelude::*;

use super::Key;

/// A post with its hidden fields (version, form id). Children are fields and buttons.
#[component]
pub fn PostForm(
    /// Where it goes.
    #[prop(into)]
    action: String,
    /// Hidden fields.
    #[prop(optional)]
    hidden: Vec<(String, String)>,
    /// `stack` (the default look of several fields), `inline` (one line), or your own.
    #[prop(optional, into)]
    class: String,
    /// For buttons and fields that stand elsewhere.
    #[prop(optional, into)]
    id: Option<String>,
    /// Sends files.
    #[prop(optional)]
    files: bool,
    /// Fields and buttons.
    children: Children,
) -> AnyView {
    let class = if class.is_empty() { "stack".to_owned() } else { class };
    let enctype = files.then_some("multipart/form-data");
    let hidden: Vec<_> =
        hidden.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect();
    view! {
        <form method="post" action=action class=class id=id enctype=enctype>
            {hidden}
            {children()}
        </form>
    }
    .into_any()
}

/// An act that needs a word first ("Close…"): a button that opens its form in place, with or without script.
#[component]
pub fn Act(
    /// The button; write the dots.
    #[prop(into)]
    label: String,
    /// `hard` or none.
    #[prop(optional, into)]
    kind: String,
    /// Its key, "" for none.
    #[prop(optional, into)]
    key: String,
    /// Already open: after an error.
    #[prop(optional)]
    open: bool,
    /// Acts with the same group close each other.
    #[prop(optional, into)]
    group: Option<String>,
    /// A [`PostForm`].
    children: Children,
) -> AnyView {
    let data_key = (!key.is_empty()).then(|| key.clone());
    view! {
        <details class="act" name=group open=open>
            <summary class=format!("btn {kind}") data-key=data_key>
                {label}
                <Key key=key />
            </summary>
            <div class="pop">{children()}</div>
        </details>
    }
    .into_any()
}
