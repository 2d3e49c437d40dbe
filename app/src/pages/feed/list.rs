//! The list of feeds: how each does, and which one needs somebody.
use super::{found_by, state};
use crate::{
    routes,
    ui::{Cols, DataTable, EmptyState, LinkBtn, Pill, Th, Top, When, number},
};
use chrono::{DateTime, Utc};
use domain::feed::Feed;
use leptos::prelude::*;

/// What the list shows.
#[derive(Debug, Clone)]
pub struct FeedsPage {
    /// All feeds by name.
    pub feeds: Vec<Feed>,
    /// Whether this person may change them.
    pub manages: bool,
    /// The time of the page.
    pub now: DateTime<Utc>,
}

/// The list.
pub fn feeds(page: FeedsPage) -> AnyView {
    let alarms = page.feeds.iter().filter(|feed| state(feed).0 == "alarm").count();
    let sub = match alarms {
        0 => "lists that people taught the desk to read".to_owned(),
        n => format!("{} to look after", number::plural(n as u64, "alarm", "alarms")),
    };
    let new = page.manages.then(|| view! { <LinkBtn label="New feed" href=routes::feed_new() kind="main" key="n" /> });
    let list = if page.feeds.is_empty() { nothing(page.manages) } else { table(&page) };
    view! {
        <Top title="Feeds" sub=sub>{new}</Top>
        <Cols>{list}</Cols>
    }
    .into_any()
}

fn nothing(manages: bool) -> AnyView {
    let how = if manages {
        "Somebody sends a list that no reader knows? Show one example, say what its columns are, and it is read from then on."
    } else {
        "A supervisor can teach the desk to read lists that no reader knows."
    };
    view! { <EmptyState title="No feeds yet">{how}</EmptyState> }.into_any()
}

fn table(page: &FeedsPage) -> AnyView {
    let (mut feeds, now) = (page.feeds.clone(), page.now);
    // What needs somebody first, what is over last.
    feeds.sort_by_key(|feed| match state(feed).0 {
        "alarm" => 0,
        "in use" => 1,
        _ => 2,
    });
    let rows: Vec<_> = feeds.iter().map(|feed| row(feed, now)).collect();
    view! {
        <DataTable label="Feeds" class="stack">
            <thead>
                <tr>
                    <Th label="Feed" /> <Th label="State" /> <Th label="Reads" /> <Th label="Last report" />
                    <Th label="Rows read" class="n" /> <Th label="Not read" class="n" /> <Th label="Reports" class="n opt" />
                    <Th label="Version" class="n" />
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

fn row(feed: &Feed, now: DateTime<Utc>) -> AnyView {
    let (word, colour) = state(feed);
    let count = |n: i64| number::thousands(u64::try_from(n).unwrap_or(0));
    let profile = &feed.profile;
    let alarm =
        feed.alarm.as_ref().filter(|_| word == "alarm").map(|alarm| view! { <small>{alarm.text.clone()}</small> });
    let last = match feed.last_report {
        Some((report, at)) => view! { <a href=routes::report(report)><When at=at now=now /></a> }.into_any(),
        None => view! { <span class="sub">"none yet"</span> }.into_any(),
    };
    let bad =
        if feed.bad_rows > 0 { view! { <b>{count(feed.bad_rows)}</b> }.into_any() } else { view! { "0" }.into_any() };
    view! {
        <tr data-row="">
            <td class="lead">
                <a class="who" href=routes::feed(&profile.name)>{profile.name.clone()}</a>
                <small>{profile.reporter.clone()} " · " {profile.form.as_str().to_uppercase()}</small>
            </td>
            <td data-label="State"><Pill word=word class=colour /> {alarm}</td>
            <td data-label="Reads">{found_by(&profile.found, None)}</td>
            <td class="when" data-label="Last report">{last}</td>
            <td class="n" data-label="Rows read">{count(feed.rows)}</td>
            <td class="n" data-label="Not read">{bad}</td>
            <td class="n opt">{count(feed.reports)}</td>
            <td class="n" data-label="Version">{profile.version}</td>
        </tr>
    }
    .into_any()
}
