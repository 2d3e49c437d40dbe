//! One entry of the record with everything it says, and the proof that it stands there unchanged.
use crate::{
    routes,
    ui::{Card, Desk, KeyValues, LinkBtn, Pair, Raw, Tag, Top, number, time},
};
use chrono::{DateTime, Utc};
use domain::{
    actor::Actor,
    ledger::{EntryProof, EntryRow},
};
use leptos::prelude::*;

/// What the page shows.
#[derive(Debug, Clone)]
pub struct EntryPage {
    /// The entry.
    pub row: EntryRow,
    /// Its proof.
    pub proof: EntryProof,
    /// Entries in all.
    pub size: i64,
    /// The time of the page.
    pub now: DateTime<Utc>,
}

/// The page of one entry.
pub fn record_entry(page: EntryPage) -> AnyView {
    let EntryPage { row, proof, size, now } = page;
    let entry = &row.entry;
    let seq = entry.seq;
    let prev = (seq > 0).then(|| view! { <LinkBtn label="← Before" href=routes::record_entry(seq - 1) key="[" /> });
    let next =
        (seq + 1 < size).then(|| view! { <LinkBtn label="After →" href=routes::record_entry(seq + 1) key="]" /> });
    let side = view! { {proof_card(&proof, seq, now)} {hashes(&proof, &entry.leaf)} }.into_any();
    view! {
        <Top title=format!("Entry {seq}") sub=entry.act.clone()>{prev} {next}</Top>
        <Desk side=Some(side)>{what(&row)} {said(&row, proof.erased)}</Desk>
    }
    .into_any()
}

fn what(row: &EntryRow) -> AnyView {
    let entry = row.entry.clone();
    let case = if row.case_number.is_empty() {
        "none".into_any()
    } else {
        view! { <a href=routes::case(&row.case_number)>{row.case_number.clone()}</a> }.into_any()
    };
    let actor = routes::with_query(routes::record(), &[("actor", &entry.actor)]);
    let act = routes::with_query(routes::record(), &[("act", &entry.act)]);
    let (who, when) = (Actor::label(&entry.actor).to_owned(), time::full(entry.at));
    view! {
        <Card title="What happened">
            <KeyValues>
                <Pair term="When">{when}</Pair>
                <Pair term="Who"><a href=actor>{who}</a> " " <small class="mono">{entry.actor}</small></Pair>
                <Pair term="What"><a href=act><code>{entry.act}</code></a></Pair>
                <Pair term="To">{entry.noun} " " <small class="mono">{entry.noun_id}</small></Pair>
                <Pair term="Case">{case}</Pair>
            </KeyValues>
        </Card>
    }
    .into_any()
}

fn said(row: &EntryRow, erased: bool) -> AnyView {
    let content = if erased {
        view! { <p>"The words were erased. Their hash stays, so that the record as a whole can still be proven."</p> }
            .into_any()
    } else {
        let names = row.entry.names();
        let pairs: Vec<_> = names
            .into_iter()
            .map(|name| {
                let text = row.entry.text(&name);
                view! { <Pair term=name.replace('_', " ")>{value(text)}</Pair> }
            })
            .collect();
        if pairs.is_empty() {
            view! { <p>"Nothing more."</p> }.into_any()
        } else {
            view! { <KeyValues>{pairs}</KeyValues> }.into_any()
        }
    };
    view! { <Card title="Old, new, why">{content}</Card> }.into_any()
}

fn value(text: String) -> AnyView {
    if text.is_empty() {
        "empty".into_any()
    } else if text.contains('\n') || text.len() > 90 {
        view! { <Raw text=text /> }.into_any()
    } else {
        crate::ui::defang(&text).into_any()
    }
}

fn proof_card(proof: &EntryProof, seq: i64, now: DateTime<Utc>) -> AnyView {
    let size = number::thousands(u64::try_from(proof.size).unwrap_or(0));
    let signed = match &proof.signed {
        Some((at, key)) => {
            let words = format!("signed {} with key {key}", time::stamp(*at, now));
            view! { <p>{words} ". A copy of this head outside the house proves it against everybody, also against us."</p> }
                .into_any()
        }
        None => view! { <p>"Not signed yet: the next signed head will cover it."</p> }.into_any(),
    };
    if proof.problem.is_empty() {
        view! {
            <Card title="Proof">
                <p><Tag word="in the record" kind="sure" /> {format!(" as entry {seq} of the first {size}.")}</p>
                {signed}
                <p class="sub">"The whole record is checked by " <code>"lazaret verify"</code> "."</p>
            </Card>
        }
        .into_any()
    } else {
        let problem = proof.problem.clone();
        view! {
            <Card title="Proof" kind="bad">
                <p><Tag word="does not fit" kind="bad" /> " " {problem}</p>
                <p>"Somebody changed the database behind the desk. Run " <code>"lazaret verify"</code> " and keep the disk."</p>
            </Card>
        }
        .into_any()
    }
}

fn hashes(proof: &EntryProof, leaf: &str) -> AnyView {
    let path: Vec<_> = proof.path.iter().map(|hash| view! { <li class="mono">{hash.clone()}</li> }).collect();
    let (content, leaf, root) = (proof.content.clone(), leaf.to_owned(), proof.root.clone());
    let steps = number::plural(u64::try_from(path.len()).unwrap_or(0), "hash", "hashes");
    view! {
        <Card title="Hashes">
            <KeyValues>
                <Pair term="Words"><span class="mono hash">{content}</span></Pair>
                <Pair term="Leaf"><span class="mono hash">{leaf}</span></Pair>
                <Pair term="Root"><span class="mono hash">{root}</span></Pair>
            </KeyValues>
            <details class="numbers">
                <summary>{format!("Path from leaf to root: {steps}")}</summary>
                <ol class="hashes">{path}</ol>
            </details>
        </Card>
    }
    .into_any()
}
