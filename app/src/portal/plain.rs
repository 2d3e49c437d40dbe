//! Pages that know no customer: the walled garden's landing, and links that no longer work.
use super::{document, words::Words};
use domain::{language::Language, portal::DeskContact};
use leptos::prelude::*;

/// `/garden`: where a restricted line ends up that asked for any page.
#[must_use]
pub fn garden(desk: &DeskContact, language: Language, url: &str) -> String {
    let words = Words::of(language);
    let steps: Vec<_> = words.garden_steps.iter().map(|step| view! { <li>{*step}</li> }).collect();
    let steps = view! { <h2>{words.garden_find}</h2><ol>{steps}</ol> }.into_any();
    plain(desk, language, url, words.garden_head, "box bad", words.garden, Some(steps))
}

/// A link that was right but is too old.
#[must_use]
pub fn link_expired(desk: &DeskContact, language: Language, url: &str) -> String {
    let words = Words::of(language);
    plain(desk, language, url, words.expired_head, "box", words.expired, None)
}

/// A link to a case that turned out not to be about him: nothing of it is told, not even what it was.
#[must_use]
pub fn link_mistaken(desk: &DeskContact, language: Language, url: &str) -> String {
    let words = Words::of(language);
    plain(desk, language, url, words.mistaken_head, "box ok", words.mistaken, None)
}

/// A link that never existed or was revoked: the same answer for both, so that guessing teaches nothing.
#[must_use]
pub fn link_unknown(desk: &DeskContact, language: Language, url: &str) -> String {
    let words = Words::of(language);
    plain(desk, language, url, words.unknown_head, "box", words.unknown, None)
}

fn plain(
    desk: &DeskContact,
    language: Language,
    url: &str,
    head: &'static str,
    kind: &'static str,
    lines: &'static [&'static str],
    steps: Option<AnyView>,
) -> String {
    let words = Words::of(language);
    let other = format!("{url}?lang={}", words.other.1);
    document(language, &format!("{head} - {}", desk.name), &desk.name, Some(other), || {
        let lines: Vec<_> = lines.iter().map(|line| view! { <p>{*line}</p> }).collect();
        view! {
            <h1>{head}</h1>
            <div class=kind>{lines}</div>
            {steps}
            <h2>{words.reach}</h2>
            {reach(desk, words)}
            <p><small>{words.no_password}</small></p>
        }
        .into_any()
    })
}

fn reach(desk: &DeskContact, words: &Words) -> AnyView {
    let phone = desk.phone.as_deref().map(|phone| view! { <p>{words.phone}{tel(phone)}</p> });
    let mail = desk.email.clone().map(|mail| {
        let href = format!("mailto:{mail}");
        view! { <p>{words.mail}<a href=href>{mail}</a></p> }
    });
    let bill = (phone.is_none() && mail.is_none()).then(|| view! { <p>{words.reach_bill}</p> });
    view! { {phone}{mail}{bill} }.into_any()
}

/// A telephone number that a phone can dial.
pub(super) fn tel(phone: &str) -> AnyView {
    let digits: String = phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    let (href, phone) = (format!("tel:{digits}"), phone.to_owned());
    view! { <a href=href>{phone}</a> }.into_any()
}
