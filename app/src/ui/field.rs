//! Fields with a label, a hint, and what is wrong with them.

use leptos::prelude::*;

use super::TextArea;

/// One line of text, a date, a number, a password.
#[component]
pub fn Field(
    /// The label.
    #[prop(into)]
    label: String,
    /// The form field's name; also its id.
    #[prop(into)]
    name: String,
    /// What is in it.
    #[prop(optional, into)]
    value: String,
    /// text, email, password, date, datetime-local, number, search, file.
    #[prop(default = "text")]
    kind: &'static str,
    /// How to fill it in.
    #[prop(optional, into)]
    hint: String,
    /// What is wrong with it.
    #[prop(default = None)]
    error: Option<String>,
    /// Must be filled in.
    #[prop(optional)]
    required: bool,
    /// The `autocomplete` token.
    #[prop(optional)]
    complete: Option<&'static str>,
    /// Only this page's own id when several forms have the same field name.
    #[prop(optional, into)]
    id: String,
    /// Values the browser offers while one types, each with its reason.
    #[prop(optional)]
    offered: Vec<(String, String)>,
) -> AnyView {
    let id = if id.is_empty() { name.clone() } else { id };
    let below = Below::new(&id, &hint, error.as_deref());
    let (invalid, described) = (below.invalid(), below.ids());
    let list = (!offered.is_empty()).then(|| format!("{id}-offered"));
    let offered: Vec<_> =
        offered.into_iter().map(|(value, why)| view! { <option value=value>{why}</option> }).collect();
    let offered = list.clone().map(|list| view! { <datalist id=list>{offered}</datalist> });
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            {offered}
            <input
                list=list
                id=id
                name=name
                type=kind
                value=value
                required=required
                autocomplete=complete
                aria-invalid=invalid
                aria-describedby=described
            />
            {below.view()}
        </div>
    }
    .into_any()
}

/// Several lines of text with label, hint and error.
#[component]
pub fn LongField(
    /// The label.
    #[prop(into)]
    label: String,
    /// The form field's name; also its id.
    #[prop(into)]
    name: String,
    /// What is in it.
    #[prop(optional, into)]
    value: String,
    /// How to fill it in.
    #[prop(optional, into)]
    hint: String,
    /// What is wrong with it.
    #[prop(default = None)]
    error: Option<String>,
    /// Lines shown.
    #[prop(default = 3)]
    rows: u32,
    /// Must be filled in.
    #[prop(optional)]
    required: bool,
    /// Only this page's own id when several forms have the same field name.
    #[prop(optional, into)]
    id: String,
) -> AnyView {
    let id = if id.is_empty() { name.clone() } else { id };
    let below = Below::new(&id, &hint, error.as_deref());
    let (invalid, described) = (error.is_some(), below.ids());
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <TextArea id=id name=name value=value rows=rows required=required invalid=invalid described_by=described.unwrap_or_default() />
            {below.view()}
        </div>
    }
    .into_any()
}

/// One of several, in a list that opens. Options are value and word.
#[component]
pub fn Select(
    /// The label.
    #[prop(into)]
    label: String,
    /// The form field's name; also its id.
    #[prop(into)]
    name: String,
    /// Values and their words.
    options: Vec<(String, String)>,
    /// The chosen value.
    #[prop(optional, into)]
    value: String,
    /// How to choose.
    #[prop(optional, into)]
    hint: String,
    /// What is wrong.
    #[prop(default = None)]
    error: Option<String>,
    /// Only this page's own id when several forms have the same field name.
    #[prop(optional, into)]
    id: String,
) -> AnyView {
    let id = if id.is_empty() { name.clone() } else { id };
    let below = Below::new(&id, &hint, error.as_deref());
    let (invalid, described) = (below.invalid(), below.ids());
    let options: Vec<_> = options
        .into_iter()
        .map(|(v, word)| {
            let chosen = v == value;
            view! { <option value=v selected=chosen>{word}</option> }
        })
        .collect();
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select id=id name=name aria-invalid=invalid aria-describedby=described>{options}</select>
            {below.view()}
        </div>
    }
    .into_any()
}

/// One of a few, all in sight, each with what it means. Options are value, word and explanation.
#[component]
pub fn Choice(
    /// The question.
    #[prop(into)]
    label: String,
    /// The form field's name.
    #[prop(into)]
    name: String,
    /// Values, words, explanations.
    options: Vec<(String, String, String)>,
    /// The chosen value.
    #[prop(optional, into)]
    value: String,
    /// What is wrong.
    #[prop(default = None)]
    error: Option<String>,
) -> AnyView {
    let below = Below::new(&name, "", error.as_deref());
    let described = below.ids();
    let options: Vec<_> = options
        .into_iter()
        .map(|(v, word, why)| {
            let chosen = v == value;
            let why = (!why.is_empty()).then(|| view! { <small>{why}</small> });
            view! {
                <label class="choice">
                    <input type="radio" name=name.clone() value=v checked=chosen />
                    <span>{word} {why}</span>
                </label>
            }
        })
        .collect();
    view! {
        <fieldset class="field" aria-describedby=described>
            <legend>{label}</legend>
            {options}
            {below.view()}
        </fieldset>
    }
    .into_any()
}

/// Yes or no.
#[component]
pub fn Tick(
    /// What is said by ticking it.
    #[prop(into)]
    label: String,
    /// The form field's name.
    #[prop(into)]
    name: String,
    /// The value sent when ticked.
    #[prop(default = "yes")]
    value: &'static str,
    /// Ticked.
    #[prop(optional)]
    on: bool,
) -> AnyView {
    view! {
        <label class="choice">
            <input type="checkbox" name=name value=value checked=on />
            <span>{label}</span>
        </label>
    }
    .into_any()
}

/// What stands below a field: its hint, and what is wrong.
struct Below {
    hint: Option<(String, String)>,
    error: Option<(String, String)>,
}

impl Below {
    fn new(id: &str, hint: &str, error: Option<&str>) -> Self {
        Self {
            hint: (!hint.is_empty()).then(|| (format!("{id}-hint"), hint.to_owned())),
            error: error.map(|text| (format!("{id}-error"), text.to_owned())),
        }
    }

    fn invalid(&self) -> Option<&'static str> {
        self.error.is_some().then_some("true")
    }

    fn ids(&self) -> Option<String> {
        let ids: Vec<&str> = [&self.hint, &self.error].into_iter().flatten().map(|(id, _)| id.as_str()).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    fn view(self) -> AnyView {
        let hint = self.hint.map(|(id, text)| view! { <small id=id>{text}</small> });
        let error = self.error.map(|(id, text)| view! { <small id=id class="error">{text}</small> });
        view! { {hint} {error} }.into_any()
    }
}
