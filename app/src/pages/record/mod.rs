//! The record: who did what, when, to what, from old to new, and why.
mod entry;

pub use entry::{EntryPage, record_entry};

use crate::{
    routes,
    ui::{Act, Btn, DataTable, EmptyState, Field, Pager, Query, Select, Tab, Tabs, Tag, Top, When, defang, number},
};
use chrono::{DateTime, Utc};
use domain::{
    actor::Actor,
    ledger::{Entry, EntryRow, LedgerFilter},
    page::Rows,
};
use leptos::prelude::*;

/// What the list shows, and for which filter.
#[derive(Debug, Clone)]
pub struct RecordPage {
    /// Entries, newest first.
    pub rows: Rows<EntryRow>,
    /// As it stands in the address.
    pub filter: LedgerFilter,
    /// The case of the filter by its number, or what was typed for it.
    pub case_number: String,
    /// Entries in all.
    pub size: i64,
    /// The newest signed head: its size and when.
    pub head: Option<(i64, DateTime<Utc>)>,
    /// The time of the page.
    pub now: DateTime<Utc>,
}

/// The record as a list.
pub fn record(page: RecordPage) -> AnyView {
    let query = address(&page);
    let sub = sealed(&page);
    let list = if page.rows.rows.is_empty() {
        view! {
            <EmptyState title="No such entry">
                "Nothing in the record fits. "
                <a href=routes::record()>"Show everything"</a>
            </EmptyState>
        }
        .into_any()
    } else {
        table(&page, &query)
    };
    view! {
        <Top title="Record" sub=sub />
        <Tabs tabs=tabs(&page.filter, &query)>{search(&page)}</Tabs>
        <div class="cols one"><main>{list}</main></div>
    }
    .into_any()
}

fn sealed(page: &RecordPage) -> String {
    let entries = number::plural(u64::try_from(page.size).unwrap_or(0), "entry", "entries");
    match page.head {
        Some((size, at)) if size >= page.size => {
            format!("{entries}, all signed {}", crate::ui::time::ago(at, page.now))
        }
        Some((size, at)) => {
            let signed = number::thousands(u64::try_from(size).unwrap_or(0));
            format!("{entries}, the first {signed} signed {}", crate::ui::time::ago(at, page.now))
        }
        None => format!("{entries}, not signed yet"),
    }
}

fn address(page: &RecordPage) -> Query {
    Query::new(routes::record(), "")
        .with("act", page.filter.act.as_str())
        .with("actor", page.filter.actor.as_str())
        .with("case", page.case_number.as_str())
}

/// The nouns of the acts, as views.
fn tabs(filter: &LedgerFilter, query: &Query) -> Vec<Tab> {
    let nouns = [
        ("", "Everything"),
        ("case", "Cases"),
        ("notice", "Notices"),
        ("quarantine", "Quarantine"),
        ("release", "Releases"),
        ("dispute", "Disputes"),
        ("report", "Reports"),
        ("user", "Accounts"),
    ];
    let noun_of = |act: &str| act.split('.').next().unwrap_or_default().to_owned();
    let tab =
        |(noun, word): (&str, &str)| Tab::new(word, query.with("act", noun).url(), None, noun_of(&filter.act) == noun);
    nouns.into_iter().map(tab).collect()
}

fn search(page: &RecordPage) -> AnyView {
    let word = |act: &domain::act::Act| (act.as_str().to_owned(), act.as_str().replace(['.', '_'], " "));
    let acts = std::iter::once((String::new(), "any".to_owned())).chain(domain::act::Act::ALL.iter().map(word));
    let acts: Vec<(String, String)> = acts.collect();
    let (act, case, actor) = (page.filter.act.clone(), page.case_number.clone(), page.filter.actor.clone());
    let all = address(page).without("actor").without("case").url();
    let chosen = [Actor::label(&actor).to_owned(), case.clone()].into_iter().filter(|word| !word.is_empty());
    let chosen = chosen.collect::<Vec<_>>().join(", ");
    let who = (!chosen.is_empty()).then(|| view! { <span>"only " <b>{chosen}</b> " · " <a href=all>"all"</a></span> });
    view! {
        {who}
        <Act label="Filter…" key="f">
            <form class="stack" method="get" action=routes::record()>
                <Select label="Act" name="act" options=acts value=act />
                <Field label="Case" name="case" value=case hint="Such as L-2026-000123" />
                <input type="hidden" name="actor" value=actor />
                <Btn label="Show" kind="main" />
            </form>
        </Act>
    }
    .into_any()
}

fn table(page: &RecordPage, query: &Query) -> AnyView {
    let rows: Vec<_> = page.rows.rows.iter().map(|row| line(row, query, page.now)).collect();
    let last = page.rows.rows.last().map(|row| row.entry.seq);
    let next = last.filter(|_| page.rows.more).map(|seq| query.with("before", seq.to_string()).url());
    let prev = page.filter.before.map(|_| query.url());
    view! {
        <DataTable label="Entries of the record, newest first" class="record stack">
            <thead>
                <tr>
                    <th scope="col" class="n">"No."</th>
                    <th scope="col">"When"</th>
                    <th scope="col">"Who"</th>
                    <th scope="col">"What"</th>
                    <th scope="col">"Old → new, why"</th>
                    <th scope="col">"Case"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
        <Pager prev=prev next=next />
    }
    .into_any()
}

fn line(row: &EntryRow, query: &Query, now: DateTime<Utc>) -> AnyView {
    let entry = &row.entry;
    let who = query.with("actor", entry.actor.as_str()).url();
    let case = (!row.case_number.is_empty())
        .then(|| view! { <a class="mono" href=routes::case(&row.case_number)>{row.case_number.clone()}</a> });
    view! {
        <tr data-row="">
            <td class="n"><a href=routes::record_entry(entry.seq) data-open="">{entry.seq}</a></td>
            <td data-label="When" class="nowrap"><When at=entry.at now=now /></td>
            <td data-label="Who" class="nowrap"><a class="who" href=who>{Actor::label(&entry.actor).to_owned()}</a></td>
            <td data-label="What"><code>{entry.act.clone()}</code></td>
            <td data-label="Change">{facts(entry)}</td>
            <td data-label="Case" class="nowrap">{case}</td>
        </tr>
    }
    .into_any()
}

/// `old → new`, why, and the other facts of an entry in small.
fn facts(entry: &Entry) -> AnyView {
    if entry.erased() {
        return view! { <Tag word="erased" /> }.into_any();
    }
    let change = change(entry).map(|(old, new)| view! { <span>{old} " → " <b>{new}</b></span> });
    let why = entry.text("why");
    let why = (!why.is_empty()).then(|| view! { <span class="sub">"“" {defang(&why)} "”"</span> });
    let others: Vec<String> = entry
        .names()
        .iter()
        .filter(|name| !matches!(name.as_str(), "old" | "new" | "why"))
        .map(|name| format!("{}: {}", name.replace('_', " "), defang(&short(&entry.text(name)))))
        .collect();
    let others = (!others.is_empty()).then(|| view! { <small>{others.join(" · ")}</small> });
    view! { {change} " " {why} {others} }.into_any()
}

/// Old and new where the entry has either.
fn change(entry: &Entry) -> Option<(String, String)> {
    let text = |name: &str| if entry.has(name) { defang(&short(&entry.text(name))) } else { "nothing".to_owned() };
    (entry.has("old") || entry.has("new")).then(|| (text("old"), text("new")))
}

/// At most 160 characters.
fn short(text: &str) -> String {
    if text.chars().count() <= 160 {
        return text.to_owned();
    }
    text.chars().take(159).chain(['…']).collect()
}
