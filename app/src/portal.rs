//! The customer's page: what happened, what to do, how to get back online, how to object. No script, no cookie, one round trip.
//!
//! Whole documents as strings: they are the same for a browser of today and for an old phone in a walled garden.
//! Serve them with a content security policy of `default-src 'none'; style-src` [`STYLE_SHA256`]`; form-action 'self';
//! base-uri 'none'; frame-ancestors 'none'`, and with `Cache-Control: no-store`.
mod form;
mod more;
mod plain;
mod reporter;
mod saw;
mod status;
mod words;

use domain::{
    language::Language,
    portal::{PortalView, StatementFault},
};
use leptos::prelude::*;

pub use plain::{garden, link_expired, link_mistaken, link_unknown};
pub use reporter::{Completing, Fault, complaining, completing, said};
use words::Words;

const STYLE: &str = include_str!("portal/style.css");

/// Source expression for `style-src` of a content security policy: the only style on these pages.
pub const STYLE_SHA256: &str = "'sha256-5Rszcce9WEx8puZ5ShqE6GlEqQ26e3rp70DxsdL+0Og='";

/// What was typed, asked for and found wrong; `PortalForm::default()` for the plain page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PortalForm {
    /// Id of the statement to be written, made afresh for each page, so that a double click writes once.
    pub id: String,
    /// The choice, as sent.
    pub claim: String,
    /// The text, as sent.
    pub text: String,
    /// Why it was not taken: show with status 422.
    pub fault: Option<StatementFault>,
    /// A statement was just taken (`?done=statement` after the redirect).
    pub done: bool,
    /// Everything unfolded and uncut, for printing (`?all=1`); the only form of the page that may exceed 14 kB.
    pub all: bool,
}

/// The customer's page of one case.
///
/// `action_url` is its path, such as `/c/3f…`; the form posts `id`, `claim`, `text` and `lang` to it. Links on the page
/// add `?lang=de` (the other language) and `?all=1`.
#[must_use]
pub fn page(view: &PortalView, form: &PortalForm, action_url: &str) -> String {
    let words = Words::of(view.language);
    let headline = status::headline(view, words);
    let prefix = if form.fault.is_some() { words.error_prefix } else { "" };
    let title = format!("{prefix}{headline} - {}", view.desk_name);
    let other = format!("{action_url}?lang={}", words.other.1);
    let language = view.language;
    document(language, &title, &view.desk_name, Some(other), || {
        view! {
            {form::summary(form, words)}
            <h1>{headline}</h1>
            {status::done(view, form, words)}
            {status::state_box(view, words)}
            {status::desk_wrote(view, words)}
            {saw::saw(view, words)}
            {saw::steps(view, words)}
            {form::form(view, form, action_url, words)}
            {more::more(view, form, action_url, words)}
            {more::foot(view, form, action_url, words)}
        }
        .into_any()
    })
}

/// Head, style and the bar with the desk's name around `main`.
fn document(
    language: Language,
    title: &str,
    desk_name: &str,
    other_language: Option<String>,
    main: impl FnOnce() -> AnyView,
) -> String {
    let words = Words::of(language);
    let (title, desk_name) = (title.to_owned(), desk_name.to_owned());
    let body = Owner::new().with(|| {
        let switch = other_language
            .map(|href| view! { <a href=href hreflang=words.other.1 lang=words.other.1>{words.other.0}</a> });
        view! {
            <html lang=language.as_str()>
                <head>
                    <meta charset="utf-8"/>
                    <meta name="viewport" content="width=device-width,initial-scale=1"/>
                    <meta name="robots" content="noindex"/>
                    <title>{title}</title>
                    <style>{STYLE}</style>
                </head>
                <body>
                    <header>
                        <span>{desk_name}</span>
                        {switch}
                    </header>
                    <main>{main()}</main>
                </body>
            </html>
        }
        .to_html()
    });
    format!("<!DOCTYPE html>{body}")
}
