//! The provider's own address ranges: events from elsewhere are not ours.
use super::tabs;
use crate::{
    routes,
    ui::{Act, Btn, Card, DataTable, Desk, EmptyState, Field, PostForm, Tabs, Top},
};
use domain::lease::OwnRange;
use leptos::prelude::*;

/// What was typed for a new range, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct RangeForm {
    /// The prefix.
    pub net: String,
    /// What it is used for.
    pub label: String,
    /// Field and problem.
    pub error: Option<(String, String)>,
}

/// What the page shows.
#[derive(Debug, Clone)]
pub struct RangesPage {
    /// All ranges by address.
    pub ranges: Vec<OwnRange>,
    /// The form for a new one.
    pub form: RangeForm,
}

/// The ranges.
pub fn ranges(page: RangesPage) -> AnyView {
    let list = if page.ranges.is_empty() {
        view! {
            <EmptyState title="No ranges yet">
                "Add the prefixes you announce. Until then every event whose address no lease covers looks unknown rather than not ours."
            </EmptyState>
        }
        .into_any()
    } else {
        let rows: Vec<_> = page.ranges.into_iter().map(row).collect();
        view! {
            <DataTable label="Own address ranges">
                <thead>
                    <tr>
                        <th scope="col">"Prefix"</th>
                        <th scope="col">"Used for"</th>
                        <th scope="col"><span class="sr">"Acts"</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
        }
        .into_any()
    };
    let form = page.form;
    let wrong = |field: &str| form.error.as_ref().filter(|(name, _)| name == field).map(|(_, text)| text.clone());
    let (net, label) = (wrong("net"), wrong("label"));
    let side = view! {
        <Card title="New range">
            <PostForm action=routes::settings_page("ranges")>
                <Field label="Prefix" name="net" value=form.net error=net hint="Such as 198.51.100.0/24 or 2001:db8::/32" required=true />
                <Field label="Used for" name="label" value=form.label error=label hint="Such as: DSL pool north" required=true />
                <Btn label="Add the range" kind="main" />
            </PostForm>
        </Card>
    };
    view! {
        <Top title="Own ranges" sub="whose addresses these are, before asking which customer's" />
        <Tabs tabs=tabs("ranges") />
        <Desk side=Some(side.into_any())><Card title="Ranges" flush=true>{list}</Card></Desk>
    }
    .into_any()
}

fn row(range: OwnRange) -> AnyView {
    view! {
        <tr>
            <td class="mono">{range.net.to_string()}</td>
            <td>{range.label}</td>
            <td>
                <Act label="Remove…" kind="hard" group="ranges">
                    <PostForm action=routes::settings_page(&format!("ranges/{}/remove", range.id))>
                        <p>"New events from these addresses will count as not ours. Events and cases that exist stay."</p>
                        <Btn label="Remove the range" kind="hard" />
                    </PostForm>
                </Act>
            </td>
        </tr>
    }
    .into_any()
}
