//! The mapping: what each column is, how to read it, and the events that come of it; one form, tried out or saved.
use super::{rules, sheet};
use crate::{
    routes,
    ui::{Btn, Card, Desk, LinkBtn, TextArea, Top, number},
};
use domain::{
    feed::{Difference, FeedProfile, FeedSheet},
    user::Token,
};
use leptos::prelude::*;

/// What the page shows.
#[derive(Debug, Clone)]
pub struct MapPage {
    /// The mapping as it is typed; version 0 is a new feed.
    pub profile: FeedProfile,
    /// The sample laid out by it.
    pub sheet: FeedSheet,
    /// The sample.
    pub sample: String,
    /// The report that the sample comes from, or empty.
    pub report: String,
    /// Tokens whose reports the feed could read.
    pub tokens: Vec<Token>,
    /// Somebody tried to save it: every problem is shown.
    pub saving: bool,
}

impl MapPage {
    /// What is wrong with a field, if it is to be shown yet.
    pub(super) fn problem(&self, field: &str) -> Option<String> {
        let early = matches!(field, "name" | "reporter");
        let found = self.sheet.problems.iter().find(|(name, _)| name == field);
        found.filter(|_| self.saving || !early).map(|(_, text)| text.clone())
    }
}

/// The page.
pub fn map(page: MapPage) -> AnyView {
    let new = page.profile.version == 0;
    let title = if new { "New feed".to_owned() } else { format!("Change {}", page.profile.name) };
    let sub = if new { "step 2 of 2: what the columns are" } else { "what the columns are" };
    let next = page.profile.version + 1;
    let back = if new { routes::feeds() } else { routes::feed(&page.profile.name) };
    let side = view! { {rules::source(&page)} {rules::time(&page)} {rules::what(&page)} {rules::form(&page)} };
    let hidden = [("version", page.profile.version.to_string()), ("report", page.report.clone())];
    let hidden: Vec<_> =
        hidden.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect();
    let wrong = wrong(&page);
    let differences = (!new).then(|| differences(&page.sheet.differences));
    let columns = sheet::columns(&page);
    let classes = sheet::classes(&page);
    let preview = sheet::preview(&page);
    let sample = page.sample.clone();
    let lines = number::plural(page.sheet.total as u64, "row", "rows");
    view! {
        <Top title=title sub=sub>
            <LinkBtn label="Cancel" href=back />
            <Btn label="Try it" name="act" value="preview" key="t" form="map" />
            <Btn label=format!("Save as version {next}") kind="main" name="act" value="save" form="map" />
        </Top>
        <form method="post" action=routes::feed_map() class="map" id="map">
            {hidden}
            <Desk side=Some(side.into_any())>
                {wrong}
                {columns}
                {classes}
                {preview}
                {differences}
                <Card title="The sample" aside=view! { {lines} }.into_any()>
                    <details>
                        <summary>"Look at it, or put other lines in its place"</summary>
                        <div class="field letter">
                            <label for="sample" class="sr">"Sample"</label>
                            <TextArea name="sample" value=sample rows=10 />
                        </div>
                    </details>
                </Card>
            </Desk>
        </form>
    }
    .into_any()
}

/// Everything that keeps it from being saved, with links to the fields.
fn wrong(page: &MapPage) -> AnyView {
    let broken = page.sheet.broken.clone().map(|why| {
        view! { <Card title="The sample is no such table" kind="bad"><p>{why} ". Look at “How the file is built”."</p></Card> }
    });
    let problems = page.sheet.problems.iter().filter(|_| page.saving);
    let problems: Vec<_> = problems
        .map(|(field, text)| {
            let anchor = format!("#{}", anchor(field));
            view! { <li><a href=anchor>{text.clone()}</a></li> }
        })
        .collect();
    let list = (!problems.is_empty()).then(|| {
        let title = format!("Not saved yet: {}", number::plural(problems.len() as u64, "thing", "things"));
        view! { <Card title=title kind="bad"><ul class="plain" role="alert">{problems}</ul></Card> }
    });
    view! { {broken} {list} }.into_any()
}

/// Where a field's problem is mended.
fn anchor(field: &str) -> String {
    match field.split_once(':') {
        Some(("column", _)) => "columns".to_owned(),
        _ => field.to_owned(),
    }
}

/// What a new version would change.
pub(super) fn differences(all: &[Difference]) -> AnyView {
    if all.is_empty() {
        return view! { <Card title="What the new version changes"><p>"Nothing yet."</p></Card> }.into_any();
    }
    let rows: Vec<_> = all.iter().map(difference).collect();
    view! { <Card title="What the new version changes"><ul class="plain changes">{rows}</ul></Card> }.into_any()
}

/// One change: what, old, new.
pub(super) fn difference(one: &Difference) -> AnyView {
    let shown = |text: &str| if text.is_empty() { "not said".to_owned() } else { text.replace('\t', "tab") };
    view! { <li><b>{one.what.clone()}</b> " " <del>{shown(&one.old)}</del> " → " <ins>{shown(&one.new)}</ins></li> }
        .into_any()
}
