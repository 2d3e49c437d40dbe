//! One feed: what is wrong, what its columns are, its versions with what each changed, its reports, what it could still read.
use super::{form_title, found_by, map::difference, state, time_title};
use crate::{
    pages::report::{name, state_colour, state_word},
    routes,
    ui::{
        Act, Btn, Card, DataTable, Desk, EmptyState, KeyValues, LinkBtn, Pair, Pill, PostForm, Tag, Th, Top, When,
        defang, number,
    },
};
use chrono::{DateTime, Utc};
use domain::{
    actor::Actor,
    event::{Role, SourceKind},
    feed::{Difference, FeedAlarm, FeedVersion, FeedView, Meaning},
    report::Report,
};
use leptos::prelude::*;

/// What the page shows.
#[derive(Debug, Clone)]
pub struct FeedPage {
    /// The feed with everything.
    pub view: FeedView,
    /// Whether this person may change it.
    pub manages: bool,
    /// The time of the page.
    pub now: DateTime<Utc>,
}

/// The page.
pub fn feed(page: FeedPage) -> AnyView {
    let feed = &page.view.feed;
    let (word, colour) = state(feed);
    let title = feed.profile.name.clone();
    let sub = format!("version {}", feed.profile.version);
    let alarm = feed.alarm.as_ref().filter(|_| feed.retired_at.is_none()).map(|alarm| self::alarm(&page, alarm));
    let fitting = fitting(&page);
    let side = view! { {facts(&page)} {acts(&page)} };
    let change =
        page.manages.then(|| view! { <LinkBtn label="Change" href=routes::feed_edit(&title) kind="main" key="e" /> });
    view! {
        <Top title=title.clone() sub=sub>
            <Pill word=word class=colour />
            {change}
        </Top>
        <Desk side=Some(side.into_any())>
            {alarm}
            {fitting}
            {columns(&page)}
            {reports(&page)}
            {versions(&page)}
        </Desk>
    }
    .into_any()
}

fn alarm(page: &FeedPage, alarm: &FeedAlarm) -> AnyView {
    let (alarm, now) = (alarm.clone(), page.now);
    let name = page.view.feed.profile.name.clone();
    let edit = routes::with_query(routes::feed_edit(&name), &[("report", &alarm.report.to_string())]);
    let acts = page.manages.then(|| {
        view! {
            <div class="btns">
                <LinkBtn label="Map it again on this report" href=edit kind="main" />
                <PostForm action=routes::feed_act(&name, "clear") class="inline"><Btn label="It is dealt with" /></PostForm>
            </div>
        }
    });
    view! {
        <Card title="This feed is not read as it was meant" kind="bad" aside=view! { "since " <When at=alarm.at now=now /> }.into_any()>
            <p>{defang(&alarm.text)} ". " <a href=routes::report(alarm.report)>"The report"</a> " is kept."</p>
            {acts}
        </Card>
    }
    .into_any()
}

fn fitting(page: &FeedPage) -> AnyView {
    let reports = &page.view.fitting;
    if reports.is_empty() {
        return ().into_any();
    }
    let n = number::plural(reports.len() as u64, "parked report", "parked reports");
    let rows: Vec<_> = reports.iter().map(|report| report_row(report, page.now)).collect();
    let title = format!("{n} could be read with it");
    let act = page.manages.then(|| {
        let action = routes::feed_act(&page.view.feed.profile.name, "reread");
        let label = if reports.len() == 1 { "Read it now".to_owned() } else { format!("Read all {}", reports.len()) };
        let hidden = reports.iter().map(|report| ("report".to_owned(), report.id.to_string())).collect();
        view! { <div class="note"><PostForm action=action hidden=hidden class="inline"><Btn label=label kind="main" key="r" /></PostForm></div> }
    });
    view! {
        <Card title=title kind="next" flush=true>
            {act}
            <DataTable label="Parked reports that fit" class="stack"><tbody>{rows}</tbody></DataTable>
        </Card>
    }
    .into_any()
}

fn report_row(report: &Report, now: DateTime<Utc>) -> AnyView {
    let events = u64::try_from(report.events).unwrap_or(0);
    let reason = report.reason.as_deref().map(|reason| view! { <small>{defang(reason)}</small> });
    view! {
        <tr data-row="">
            <td class="when" data-label="Came"><When at=report.received_at now=now /></td>
            <td class="lead"><a class="who" href=routes::report(report.id)>{name(report)}</a> {reason}</td>
            <td class="nowrap" data-label="State"><Pill word=state_word(report.state) class=state_colour(report.state) /></td>
            <td class="n" data-label="Gave">{number::plural(events, "event", "events")}</td>
        </tr>
    }
    .into_any()
}

fn reports(page: &FeedPage) -> AnyView {
    let rows: Vec<_> = page.view.reports.iter().map(|report| report_row(report, page.now)).collect();
    let list = if rows.is_empty() {
        view! { <EmptyState title="No report yet">"The next one that fits is read with this feed."</EmptyState> }
            .into_any()
    } else {
        view! { <DataTable label="Last reports" class="stack"><tbody>{rows}</tbody></DataTable> }.into_any()
    };
    view! { <Card title="Last reports" flush=true>{list}</Card> }.into_any()
}

fn columns(page: &FeedPage) -> AnyView {
    let profile = &page.view.feed.profile;
    let row = |column: &domain::feed::Column| {
        let used = !matches!(column.is, Meaning::Ignore | Meaning::Detail);
        let title = column.is.title();
        let title = if used {
            view! { <b>{title}</b> }.into_any()
        } else {
            view! { <span class="sub">{title}</span> }.into_any()
        };
        view! { <tr><th scope="row" class="mono">{column.name.clone()}</th> <td>{title}</td></tr> }
    };
    let rows: Vec<_> = profile.columns.iter().map(row).collect();
    let classes = profile.classes.iter().map(|row| {
        view! { <tr><th scope="row" class="mono">{row.value.clone()}</th> <td>{row.class.title()}</td></tr> }
    });
    let classes: Vec<_> = classes.collect();
    let shown = profile.column(Meaning::Class).is_some() && !classes.is_empty();
    let classes = shown.then(|| {
        view! {
            <details class="more">
                <summary>{number::plural(profile.classes.len() as u64, "value has", "values have")} " a kind of abuse"</summary>
                <DataTable label="Kinds of abuse by value"><tbody>{classes}</tbody></DataTable>
            </details>
        }
    });
    view! {
        <Card title="Columns" flush=true>
            <DataTable label="Columns">
                <thead><tr><Th label="Column" /> <Th label="What it is" /></tr></thead>
                <tbody>{rows}</tbody>
            </DataTable>
            {classes}
        </Card>
    }
    .into_any()
}

fn facts(page: &FeedPage) -> AnyView {
    let (feed, profile) = (page.view.feed.clone(), page.view.feed.profile.clone());
    let reads = found_by(&profile.found, page.view.token.as_deref());
    let count = |n: i64| number::thousands(u64::try_from(n).unwrap_or(0));
    let zone = if profile.zone.is_empty() { "none: UTC is assumed".to_owned() } else { profile.zone.clone() };
    let time = if profile.time_pattern.is_empty() {
        time_title(profile.time_form).to_owned()
    } else {
        profile.time_pattern.clone()
    };
    let last = match feed.last_report {
        Some((_, at)) => view! { <When at=at now=page.now /> }.into_any(),
        None => "none yet".into_any(),
    };
    let late = match profile.silent_hours {
        0 => "never: it may come when it likes".to_owned(),
        hours => format!("after {hours} hours without a report"),
    };
    let kind = if profile.column(Meaning::Class).is_some() {
        format!("by its column, else {}", profile.class.title())
    } else {
        profile.class.title().to_owned()
    };
    view! {
        <Card title="Facts">
            <KeyValues>
                <Pair term="Vouches">{profile.reporter.clone()}</Pair>
                <Pair term="Reads">{reads}</Pair>
                <Pair term="Form">{form_title(profile.form)}</Pair>
                <Pair term="Times">{time}</Pair>
                <Pair term="Zone">{zone}</Pair>
                <Pair term="Kind">{kind}</Pair>
                <Pair term="Role">{profile.role.map_or("by the kind", Role::as_str).replace('_', " ")}</Pair>
                <Pair term="Source">{profile.source.map_or("by its look", SourceKind::as_str)}</Pair>
                <Pair term="Reports">{count(feed.reports)} ", last " {last}</Pair>
                <Pair term="Late">{late}</Pair>
                <Pair term="Rows">{count(feed.rows)} " read, " {count(feed.bad_rows)} " not"</Pair>
            </KeyValues>
        </Card>
    }
    .into_any()
}

fn acts(page: &FeedPage) -> AnyView {
    if !page.manages {
        return ().into_any();
    }
    let name = page.view.feed.profile.name.clone();
    let act = if page.view.feed.retired_at.is_some() {
        view! {
            <p>"Retired: nothing is read with it. Its versions and reports stay."</p>
            <PostForm action=routes::feed_act(&name, "reopen")><Btn label="Use it again" kind="main" /></PostForm>
        }
        .into_any()
    } else {
        view! {
            <Act label="Retire…" kind="hard">
                <PostForm action=routes::feed_act(&name, "retire")>
                    <p>"Reports like these are parked from then on. Versions, reports and events stay; it can be used again."</p>
                    <Btn label="Retire the feed" kind="hard" />
                </PostForm>
            </Act>
        }
        .into_any()
    };
    view! { <Card title="End it">{act}</Card> }.into_any()
}

fn versions(page: &FeedPage) -> AnyView {
    let rows: Vec<_> =
        page.view.versions.iter().map(|(version, changes)| version_row(page, version, changes)).collect();
    view! {
        <Card title="Versions" flush=true id="versions">
            <DataTable label="Versions" class="stack">
                <thead><tr><Th label="Version" /> <Th label="Saved" /> <Th label="What it changed" /> <th scope="col"><span class="sr">"Acts"</span></th></tr></thead>
                <tbody>{rows}</tbody>
            </DataTable>
        </Card>
    }
    .into_any()
}

fn version_row(page: &FeedPage, version: &FeedVersion, changes: &[Difference]) -> AnyView {
    let current = page.view.feed.profile.version;
    let number = version.profile.version;
    let shown: Vec<_> = changes.iter().map(difference).collect();
    let shown = match (number, shown.is_empty()) {
        (1, _) => view! { <span class="sub">"the first"</span> }.into_any(),
        (_, true) => view! { <span class="sub">"nothing"</span> }.into_any(),
        _ => view! { <ul class="plain changes">{shown}</ul> }.into_any(),
    };
    let act = if number == current {
        view! { <Tag word="in force" kind="sure" /> }.into_any()
    } else if page.manages && page.view.feed.retired_at.is_none() {
        let hidden = vec![("to".to_owned(), number.to_string()), ("version".to_owned(), current.to_string())];
        view! {
            <PostForm action=routes::feed_act(&page.view.feed.profile.name, "restore") hidden=hidden class="inline">
                <Btn label="Go back to this" />
            </PostForm>
        }
        .into_any()
    } else {
        ().into_any()
    };
    view! {
        <tr>
            <td data-label="Version"><b>{number}</b></td>
            <td data-label="Saved"><When at=version.saved_at now=page.now /> <small>{Actor::label(&version.saved_by).to_owned()}</small></td>
            <td data-label="Changed">{shown}</td>
            <td class="nowrap">{act}</td>
        </tr>
    }
    .into_any()
}
