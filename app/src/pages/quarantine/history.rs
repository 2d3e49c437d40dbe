//! What happened to a quarantine: its entries in the ledger as sentences.
use crate::{
    routes,
    ui::{Moment, Quote, Timeline, time},
};
use chrono::{DateTime, Utc};
use domain::{act::Act, actor::Actor, ledger::Entry};
use leptos::prelude::*;

/// The history, newest first.
pub(super) fn history(entries: Vec<Entry>, now: DateTime<Utc>) -> AnyView {
    let moments: Vec<AnyView> = entries.into_iter().map(|entry| moment(&entry, now)).collect();
    view! { <Timeline>{moments}</Timeline> }.into_any()
}

fn moment(entry: &Entry, now: DateTime<Utc>) -> AnyView {
    let act = Act::parse(&entry.act);
    let who = if entry.actor.starts_with("system:") { "Lazaret" } else { Actor::label(&entry.actor) }.to_owned();
    let why = entry.text("why");
    let why = (!why.is_empty()).then(|| view! { <Quote text=why /> });
    let answer = entry.text("answer");
    let answer = (!answer.is_empty()).then(|| format!("the network said: {answer} · "));
    let (short, full, seq, said) = (time::stamp(entry.at, now), time::full(entry.at), entry.seq, said(act, entry));
    view! {
        <Moment time=short full=full class=colour(act)>
            <b>{who}</b> " " {said}
            {why}
            <small>{answer} <a href=routes::record_entry(seq)>{format!("entry {seq}")}</a></small>
        </Moment>
    }
    .into_any()
}

const fn colour(act: Option<Act>) -> &'static str {
    match act {
        Some(Act::QuarantineInForce | Act::QuarantineFailed) => "quarantined",
        Some(Act::QuarantineLifted) => "released",
        Some(Act::ReleaseAsked) => "answered",
        Some(Act::QuarantineLifting | Act::QuarantineRepaired | Act::QuarantineBegun) => "notified",
        _ => "",
    }
}

fn said(act: Option<Act>, entry: &Entry) -> String {
    match act {
        Some(Act::QuarantineOrdered) if entry.text("joined") == "true" => "held it from one more case".to_owned(),
        Some(Act::QuarantineOrdered) => {
            let measure = entry.text("measure").replace('_', " ");
            format!("ordered: {measure} of {} under clause {}", entry.text("service"), entry.text("clause"))
        }
        Some(Act::QuarantineApproved) => "signed".to_owned(),
        Some(Act::QuarantineRefused) => "did not sign".to_owned(),
        Some(Act::QuarantineBegun) => "asked the network".to_owned(),
        Some(Act::QuarantineInForce) => "confirmed it in force, read back from the network".to_owned(),
        Some(Act::QuarantineFailed) => "could not put it in force".to_owned(),
        Some(Act::QuarantineRetried) => "tried again".to_owned(),
        Some(Act::QuarantineRepaired) => "repaired it".to_owned(),
        Some(Act::QuarantineReviewed) => "looked at it and kept it".to_owned(),
        Some(Act::QuarantineCancelled) => "withdrew it before it began".to_owned(),
        Some(Act::QuarantineLifting) => "told the network to let go".to_owned(),
        Some(Act::QuarantineLifted) => "confirmed it gone, read back from the network".to_owned(),
        Some(Act::ReleaseAsked) => "asked for release".to_owned(),
        Some(Act::ReleaseGranted) if entry.text("last_cause") == "false" => "released one of the cases".to_owned(),
        Some(Act::ReleaseGranted) => "released".to_owned(),
        Some(Act::ReleaseRefused) => "refused the release".to_owned(),
        _ => entry.act.clone(),
    }
}
