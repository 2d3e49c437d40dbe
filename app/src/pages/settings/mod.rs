//! What an administrator looks after: accounts, API tokens, own address ranges, and what is still to be set up.
mod channel_leases;
mod channels;
mod import;
mod ranges;
mod sources;
mod tokens;
mod users;

pub use channels::channels;
pub use import::{ImportPage, import};
pub use ranges::{RangeForm, RangesPage, ranges};
pub use sources::{LimitForm, SourcesPage, sources};
pub use tokens::{TokensPage, tokens};
pub use users::{UserForm, UsersPage, users};

use crate::{
    routes,
    ui::{Card, DataTable, Desk, Tab, Tabs, Tag, Top},
};
use leptos::prelude::*;

/// One thing to set up before the desk can work.
#[derive(Debug, Clone)]
pub struct Step {
    /// What.
    pub title: String,
    /// How it stands: `3 ranges`, `none yet`.
    pub now: String,
    /// Whether it is done.
    pub done: bool,
    /// What to do, as a sentence.
    pub how: String,
    /// A command that does it, or empty.
    pub command: String,
    /// A page that does it, or empty.
    pub href: String,
}

/// A setting as it is in force.
#[derive(Debug, Clone)]
pub struct Setting {
    /// `section.key`.
    pub name: String,
    /// Its value; secrets only say whether they are set.
    pub value: String,
    /// Whether it was changed from the default.
    pub changed: bool,
    /// What it means.
    pub meaning: String,
}

/// The overview.
#[derive(Debug, Clone)]
pub struct SettingsPage {
    /// What a working desk needs, in the order in which to do it.
    pub steps: Vec<Step>,
    /// Every setting.
    pub settings: Vec<Setting>,
}

/// The pages of the settings as views; `current` is the last word of the address.
fn tabs(current: &str) -> Vec<Tab> {
    let pages = [
        ("", "Overview"),
        ("users", "Users"),
        ("tokens", "API tokens"),
        ("ranges", "Own ranges"),
        ("channels", "Channels"),
        ("sources", "Lease sources"),
        ("import", "Import"),
    ];
    let address = |page: &str| if page.is_empty() { routes::settings() } else { routes::settings_page(page) };
    pages.into_iter().map(|(page, word)| Tab::new(word, address(page), None, page == current)).collect()
}

/// A secret that is shown this once.
fn shown_once(title: String, secret: String, what: &'static str) -> AnyView {
    view! {
        <Card title=title kind="next">
            <p><code class="secret">{secret}</code></p>
            <p>{what} " It is shown this once and kept only as a hash."</p>
        </Card>
    }
    .into_any()
}

/// The overview page.
pub fn settings(page: SettingsPage) -> AnyView {
    let open = page.steps.iter().filter(|step| !step.done).count();
    let sub = if open == 0 { "everything is set up".to_owned() } else { format!("{open} still to do") };
    let steps: Vec<_> = page.steps.into_iter().map(step).collect();
    let settings: Vec<_> = page.settings.into_iter().map(setting).collect();
    view! {
        <Top title="Settings" sub=sub />
        <Tabs tabs=tabs("") />
        <Desk>
            <Card title="What a working desk needs" flush=true>
                <DataTable label="Steps to a working desk">
                    <tbody>{steps}</tbody>
                </DataTable>
            </Card>
            <Card title="Settings in force" flush=true>
                <p class="note">
                    "Read at the start from " <code>"lazaret.toml"</code> " and from " <code>"LAZARET_SECTION__KEY"</code>
                    " in the environment; " <code>"lazaret check"</code> " names mistakes."
                </p>
                <DataTable label="Settings in force" class="stack">
                    <thead>
                        <tr>
                            <th scope="col">"Setting"</th>
                            <th scope="col">"Value"</th>
                            <th scope="col">"Meaning"</th>
                        </tr>
                    </thead>
                    <tbody>{settings}</tbody>
                </DataTable>
            </Card>
        </Desk>
    }
    .into_any()
}

fn step(step: Step) -> AnyView {
    let (word, kind) = if step.done { ("done", "sure") } else { ("to do", "unsure") };
    let title = if step.href.is_empty() {
        view! { <b>{step.title}</b> }.into_any()
    } else {
        view! { <a class="who" href=step.href>{step.title}</a> }.into_any()
    };
    let command = (!step.command.is_empty()).then(|| view! { <small><code>{step.command}</code></small> });
    view! {
        <tr>
            <td><Tag word=word kind=kind /></td>
            <td>{title} <small>{step.now}</small></td>
            <td>{step.how} {command}</td>
        </tr>
    }
    .into_any()
}

fn setting(setting: Setting) -> AnyView {
    let value = if setting.value.is_empty() { "not set".to_owned() } else { setting.value };
    let value = if setting.changed {
        view! { <b class="mono">{value}</b> }.into_any()
    } else {
        view! { <span class="mono">{value}</span> }.into_any()
    };
    view! {
        <tr>
            <th scope="row"><code>{setting.name}</code></th>
            <td data-label="Value">{value}</td>
            <td data-label="Meaning">{setting.meaning}</td>
        </tr>
    }
    .into_any()
}
