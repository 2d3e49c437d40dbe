//! What one sees when something is not there, not allowed, or broken.

use leptos::prelude::*;

use crate::{
    document::{Shell, render},
    routes,
};

/// An error page: the HTTP status, what is wrong in a few words, and what to do.
pub fn error_page(status: u16, title: &str, what_to_do: &str) -> String {
    let (title, what_to_do) = (title.to_owned(), what_to_do.to_owned());
    let shell = Shell { title: title.clone(), ..Shell::default() };
    render(shell, move || {
        view! {
            <section class="sheet">
                <p class="sub">{status}</p>
                <h1>{title}</h1>
                <p>{what_to_do}</p>
                <p><a class="btn" href=routes::home()>"Back to the desk"</a></p>
            </section>
        }
    })
}
