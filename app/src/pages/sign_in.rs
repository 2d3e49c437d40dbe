//! The way in.

use leptos::prelude::*;

use crate::{
    document::{Shell, render},
    routes,
    ui::{Btn, Field, Icon, PostForm},
};

/// What was typed, and why it did not do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignInForm {
    /// The address typed.
    pub email: String,
    /// What is wrong; never says which of the two.
    pub error: Option<String>,
    /// Logins to show on a demo desk: address, role, password.
    pub demo: Vec<(String, String, String)>,
}

/// The sign-in page.
pub fn sign_in(form: &SignInForm) -> String {
    let form = form.clone();
    let shell = Shell { title: "Sign in".to_owned(), ..Shell::default() };
    render(shell, move || {
        let error = form.error.map(|text| view! { <p class="flash bad" role="alert">{text}</p> });
        view! {
            <section class="sheet">
                <p class="brand"><Icon name="sign" /> "Lazaret"</p>
                <h1>"Sign in to the abuse desk"</h1>
                {error}
                <PostForm action=routes::sign_in()>
                    <Field label="E-mail" name="email" kind="email" value=form.email complete="username" required=true />
                    <Field label="Password" name="password" kind="password" complete="current-password" required=true />
                    <Btn label="Sign in" kind="main" />
                </PostForm>
                {demo(form.demo)}
            </section>
        }
    })
}

fn demo(logins: Vec<(String, String, String)>) -> Option<AnyView> {
    if logins.is_empty() {
        return None;
    }
    let rows: Vec<_> = logins
        .into_iter()
        .map(|(email, role, password)| {
            view! {
                <tr>
                    <td>{role}</td>
                    <td class="mono">{email}</td>
                    <td class="mono">{password}</td>
                </tr>
            }
        })
        .collect();
    Some(
        view! {
            <div class="demo">
                <h2>"Demo logins"</h2>
                <table><tbody>{rows}</tbody></table>
            </div>
        }
        .into_any(),
    )
}
