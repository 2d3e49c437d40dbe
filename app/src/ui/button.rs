//! Buttons: one main act a page, plain ones, and hard ones that cut somebody off or end something.

use leptos::prelude::*;

/// A key cap; nothing when there is no key.
#[component]
pub fn Key(
    /// The key.
    #[prop(into)]
    key: String,
) -> AnyView {
    if key.is_empty() { ().into_any() } else { view! { <kbd aria-hidden="true">{key}</kbd> }.into_any() }
}

/// A button of the form around it (or of the form named by `form`).
#[component]
pub fn Btn(
    /// What it does.
    #[prop(into)]
    label: String,
    /// `main`, `hard` or none.
    #[prop(optional, into)]
    kind: String,
    /// Its key, "" for none.
    #[prop(optional, into)]
    key: String,
    /// Posts there instead of the form's own address.
    #[prop(optional, into)]
    action: Option<String>,
    /// Name and value sent when this button was pressed.
    #[prop(optional, into)]
    name: Option<String>,
    /// See `name`.
    #[prop(optional, into)]
    value: Option<String>,
    /// Id of the form, when the button stands outside it.
    #[prop(optional, into)]
    form: Option<String>,
) -> AnyView {
    let data_key = (!key.is_empty()).then(|| key.clone());
    view! {
        <button class=format!("btn {kind}") formaction=action name=name value=value form=form data-key=data_key>
            {label}
            <Key key=key />
        </button>
    }
    .into_any()
}

/// A link that looks like a button: goes somewhere, changes nothing.
#[component]
pub fn LinkBtn(
    /// What is there.
    #[prop(into)]
    label: String,
    /// Where.
    #[prop(into)]
    href: String,
    /// `main` or none.
    #[prop(optional, into)]
    kind: String,
    /// Its key, "" for none.
    #[prop(optional, into)]
    key: String,
) -> AnyView {
    let data_key = (!key.is_empty()).then(|| key.clone());
    view! {
        <a class=format!("btn {kind}") href=href data-key=data_key>
            {label}
            <Key key=key />
        </a>
    }
    .into_any()
}
