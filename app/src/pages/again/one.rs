//! One report beside what today's parsers make of it.
use crate::{
    routes,
    ui::{
        Btn, Card, DataTable, Desk, EmptyState, KeyValues, LinkBtn, LongField, Pair, PostForm, Tag, Th, Top, defang,
        number, time,
    },
};
use chrono::{DateTime, Utc};
use domain::{
    again::{Again, Change, Field, held},
    event::Observation,
    evidence::Event,
};
use leptos::prelude::*;

/// Rows of one kind that are shown; the numbers count all.
const ROWS_SHOWN: usize = 100;

/// What the page shows.
#[derive(Debug, Clone)]
pub struct AgainPage {
    /// The comparison.
    pub again: Again,
    /// What people call the report.
    pub name: String,
    /// Whether this person may put it in force.
    pub works: bool,
    /// The reason as it was typed, after a refusal.
    pub reason: String,
    /// What is wrong with it.
    pub error: Option<String>,
    /// The time of the page.
    pub now: DateTime<Utc>,
}

/// The page of a comparison.
pub fn again(page: AgainPage) -> AnyView {
    let found = &page.again;
    let id = found.old.id;
    let differs = found.differs();
    let body = if differs { tables(&page) } else { nothing(found.difference.same) };
    let side = view! { {told(found)} {apply(&page)} }.into_any();
    let (title, sub) = (page.name.clone(), "read again by today's parsers; nothing is changed yet");
    view! {
        <Top title=title sub=sub>
            <LinkBtn label="The report" href=routes::report(id) />
        </Top>
        <Desk side=Some(side)>{body}</Desk>
    }
    .into_any()
}

fn nothing(same: usize) -> AnyView {
    let words = match same {
        0 => "Today's parsers say the same about it: no event.".to_owned(),
        n => format!("Today's parsers find the same {}.", events(n)),
    };
    view! { <Card title="Difference"><EmptyState title="It reads the same">{words}</EmptyState></Card> }.into_any()
}

fn events(n: usize) -> String {
    number::plural(u64::try_from(n).unwrap_or(u64::MAX), "event", "events")
}

fn told(again: &Again) -> AnyView {
    let (old, new) = (&again.old, &again.new);
    let pair = |term: &'static str, one: String, other: String| {
        let value = if one == other { one.into_any() } else { view! { {one} " → " <b>{other}</b> }.into_any() };
        view! { <Pair term=term>{value}</Pair> }
    };
    let word = |text: Option<&'static str>| text.unwrap_or("none").replace('_', " ");
    let state = |state| super::super::report::state_word(state).to_owned();
    let who = |text: &Option<String>| text.as_deref().map_or_else(|| "not stated".to_owned(), defang);
    let reason = new.reason.as_deref().filter(|reason| old.reason.as_deref() != Some(*reason)).map(|reason| {
        let reason = defang(reason);
        view! { <Pair term="Reason now">{reason}</Pair> }
    });
    let rows = [
        pair("State", state(old.state), state(new.state)),
        pair("Form", word(old.format.map(|f| f.as_str())), word(new.format.map(|f| f.as_str()))),
        pair("What it is", word(old.disposition.map(|d| d.as_str())), word(new.disposition.map(|d| d.as_str()))),
        pair("Reporter", who(&old.reporter), who(&new.reporter)),
        pair("Parser", format!("version {}", old.parser_version), format!("version {}", new.parser_version)),
    ];
    let rows = rows.into_iter().collect::<Vec<_>>();
    view! { <Card title="The report"><KeyValues>{rows} {reason}</KeyValues></Card> }.into_any()
}

fn apply(page: &AgainPage) -> AnyView {
    let found = &page.again;
    if !page.works || !found.writes() {
        return ().into_any();
    }
    let action = routes::report_act(found.old.id, "again");
    let (reason, error) = (page.reason.clone(), page.error.clone());
    let words = if found.differs() {
        "What only waited gets its newer reading. What a person decided on stays as it is, with the newer reading beside it."
    } else {
        "Only the parser's version and remarks are noted."
    };
    view! {
        <Card title="Put it in force" kind="next">
            <p>{words}</p>
            <PostForm action=action>
                <LongField label="Reason" name="reason" value=reason error=error hint="One sentence for the record." rows=2 required=true />
                <Btn label="Put it in force" kind="main" />
            </PostForm>
        </Card>
    }
    .into_any()
}

fn tables(page: &AgainPage) -> AnyView {
    let difference = &page.again.difference;
    let (settled, changed): (Vec<&Change>, Vec<&Change>) =
        difference.changed.iter().partition(|change| held(&change.old));
    let person = person(page, &settled);
    let changed = section("Read differently", &changed, |change| changed_row(change, page.now));
    let added: Vec<&Observation> = difference.added.iter().collect();
    let added = section("New", &added, |seen| seen_row(seen, page.now, ().into_any()));
    let gone: Vec<&Event> = difference.gone.iter().collect();
    let gone = section("Not found any more", &gone, |event| {
        let note = view! { <small>{event.state.as_str().replace('_', " ")}</small> }.into_any();
        event_row(event, page.now, note)
    });
    let same = (difference.same > 0).then(|| {
        let words = format!("{} more read the same.", events(difference.same));
        view! { <p class="sub">{words}</p> }
    });
    view! { {person} {changed} {added} {gone} {same} }.into_any()
}

/// What a person decided on: it stays, he may look.
fn person(page: &AgainPage, settled: &[&Change]) -> Option<AnyView> {
    let kept = &page.again.difference.kept;
    if kept.is_empty() && settled.is_empty() {
        return None;
    }
    let number = |event: &Event| {
        let case = page.again.case_numbers.iter().find(|(id, _)| Some(*id) == event.case);
        match case {
            Some((_, number)) => view! { "on " <a href=routes::case(number)>{number.clone()}</a> }.into_any(),
            None => view! { "set aside by a person" }.into_any(),
        }
    };
    let changed = settled.iter().take(ROWS_SHOWN).map(|change| {
        let note = view! { {number(&change.old)} ": now " {differences(change, page.now)} }.into_any();
        event_row(&change.old, page.now, note)
    });
    let gone = kept
        .iter()
        .take(ROWS_SHOWN)
        .map(|event| event_row(event, page.now, view! { {number(event)} ": not found any more" }.into_any()));
    let rows: Vec<AnyView> = changed.chain(gone).collect();
    let title = format!("For a person: {}", events(kept.len() + settled.len()));
    let aside = view! { "they stay as they are: look whether their cases still hold" }.into_any();
    let table = table(rows);
    Some(
        view! {
            <Card title=title kind="warn" flush=true aside=aside>{table}</Card>
        }
        .into_any(),
    )
}

fn section<T>(title: &str, items: &[&T], row: impl Fn(&T) -> AnyView) -> Option<AnyView> {
    if items.is_empty() {
        return None;
    }
    let rows: Vec<AnyView> = items.iter().take(ROWS_SHOWN).map(|item| row(item)).collect();
    let title = format!("{title}: {}", events(items.len()));
    let words = if items.len() > ROWS_SHOWN { format!("the first {ROWS_SHOWN} are shown") } else { String::new() };
    let (table, aside) = (table(rows), view! { {words} }.into_any());
    Some(view! { <Card title=title flush=true aside=aside>{table}</Card> }.into_any())
}

fn table(rows: Vec<AnyView>) -> AnyView {
    view! {
        <DataTable label="Events" class="stack">
            <thead>
                <tr>
                    <Th label="Seen" /> <Th label="What" /> <Th label="Source" /> <Th label="Role" class="opt" />
                    <Th label="Times" class="n opt" /> <Th label="Now" />
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

fn changed_row(change: &Change, now: DateTime<Utc>) -> AnyView {
    event_row(&change.old, now, differences(change, now))
}

fn event_row(event: &Event, now: DateTime<Utc>, note: AnyView) -> AnyView {
    row(&event.observation, Some(routes::event(event.id)), now, note)
}

fn seen_row(seen: &Observation, now: DateTime<Utc>, note: AnyView) -> AnyView {
    row(seen, None, now, note)
}

fn row(seen: &Observation, href: Option<String>, now: DateTime<Utc>, note: AnyView) -> AnyView {
    let what = match href {
        Some(href) => view! { <a class="who" href=href>{seen.class.title()}</a> }.into_any(),
        None => view! { <span class="who">{seen.class.title()}</span> }.into_any(),
    };
    view! {
        <tr data-row="">
            <td class="when" data-label="Seen">{moment(seen, now)}</td>
            <td class="lead">{what} <small class="mono">{seen.class.as_str()}</small></td>
            <td class="mono" data-label="Source">{source(seen)}</td>
            <td class="opt">{seen.role.as_str().replace('_', " ")}</td>
            <td class="n opt">{seen.count}</td>
            <td data-label="Now">{note}</td>
        </tr>
    }
    .into_any()
}

fn source(seen: &Observation) -> String {
    let port = seen.source.port.map(|port| format!(" port {port}")).unwrap_or_default();
    format!("{}{port}", defang(&seen.source.value))
}

fn moment(seen: &Observation, now: DateTime<Utc>) -> String {
    seen.from.map_or_else(|| "no time".to_owned(), |at| time::stamp(at, now))
}

/// What is different now, fact by fact.
fn differences(change: &Change, now: DateTime<Utc>) -> AnyView {
    let (old, new) = (&change.old.observation, &change.new);
    let whole = |seen: &Observation| match (seen.from, seen.to) {
        (Some(from), Some(to)) if to > from => format!("{} to {}", time::full(from), time::full(to)),
        (Some(from), _) => time::full(from),
        (None, _) => "no time".to_owned(),
    };
    let told = |field: Field| match field {
        Field::Source => defang(&new.source.value),
        Field::Port => new.source.port.map_or_else(|| "no port".to_owned(), |port| format!("port {port}")),
        Field::Time if whole(old) == whole(new) => format!("time {}", new.time_grade.as_str().replace('_', " ")),
        Field::Time => whole(new),
        Field::Class => new.class.title().to_owned(),
        Field::Role => format!("role {}", new.role.as_str().replace('_', " ")),
        Field::Count => number::plural(u64::try_from(new.count).unwrap_or(1), "time", "times"),
        Field::Reference => new
            .reference
            .as_deref()
            .map_or_else(|| "no reference".to_owned(), |text| format!("reference {}", defang(text))),
    };
    let _ = now;
    let tags: Vec<_> = change.fields.iter().map(|field| view! { <Tag word=told(*field) /> " " }).collect();
    view! { {tags} }.into_any()
}
