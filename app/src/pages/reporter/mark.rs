//! "Mark sender": on a report, files what comes from there, now and later; and how a report was delivered.
use crate::{
    routes,
    ui::{Act, Btn, Card, LongField, Pair, PostForm, Tag, Tick, defang, number},
};
use domain::{
    actor::Actor,
    id::ReportId,
    report::Envelope,
    reporter::{MarkKind, Markable, Method, Provenance, Standing},
};
use leptos::prelude::*;

/// The button with its form; nothing when there is nobody to mark.
pub(crate) fn act(report: ReportId, markable: &Markable) -> Option<AnyView> {
    if markable.offers.is_empty() {
        return None;
    }
    let one = markable.offers.len() == 1;
    let most = markable.offers.iter().map(|(.., parked)| *parked).max().unwrap_or(0);
    let offers: Vec<_> = markable
        .offers
        .iter()
        .enumerate()
        .map(|(place, (kind, name, parked))| {
            let what = if *kind == MarkKind::Sender { "Sender" } else { "Reporter" };
            let waits = number::plural(u64::try_from(*parked).unwrap_or(0), "report waits", "reports wait");
            view! {
                <label class="choice">
                    <input type="radio" name="kind" value=kind.as_str() checked=place == 0 />
                    <span>{what} " " <b>{defang(name)}</b> <small>{waits}</small></span>
                </label>
            }
        })
        .collect();
    let legend = if one { "Everything from" } else { "Everything from one of" };
    let file = (most > 0).then(|| view! { <Tick label="File what waits from there too" name="file" on=true /> });
    Some(
        view! {
            <Act label="Mark sender…" key="m" group="triage">
                <PostForm action=routes::report_act(report, "mark")>
                    <fieldset class="field"><legend>{legend}</legend>{offers}</fieldset>
                    <p class="sub">"Always not abuse: it is kept, and filed away unread. It can be taken back."</p>
                    {file}
                    <LongField label="Reason" name="reason" rows=2 hint="One sentence for the record." id="mark-reason" required=true />
                    <Btn label="File away" kind="hard" />
                </PostForm>
            </Act>
        }
        .into_any(),
    )
}

/// The marks that hold for a report, each with the way back.
pub(crate) fn marks(markable: &Markable, works: bool) -> Option<AnyView> {
    if markable.marks.is_empty() {
        return None;
    }
    let rows: Vec<_> = markable
        .marks
        .iter()
        .map(|mark| {
            let text = format!("{}: {}", Actor::label(&mark.marked_by), mark.reason);
            let back = works.then(|| back(mark.kind, &mark.name));
            view! { <p><b>{defang(&mark.name)}</b> " – always not abuse. " {text}</p> {back} }
        })
        .collect();
    Some(view! { <Card title="Marked" kind="warn">{rows}</Card> }.into_any())
}

/// The button that takes a mark back.
pub(super) fn back(kind: MarkKind, name: &str) -> AnyView {
    let hidden = vec![("kind".to_owned(), kind.to_string()), ("name".to_owned(), name.to_owned())];
    view! {
        <PostForm action=routes::unmark() hidden=hidden class="inline">
            <Btn label="Back to normal" />
        </PostForm>
    }
    .into_any()
}

/// How a mail server handed a report over, as a pair of its facts.
pub(crate) fn handed(envelope: Option<&Envelope>) -> Option<AnyView> {
    let envelope = envelope?;
    let from = if envelope.sender.is_empty() { "nobody (null sender)".to_owned() } else { defang(&envelope.sender) };
    let to: Vec<String> = envelope.recipients.iter().map(|address| defang(address)).collect();
    Some(view! { <Pair term="Envelope">"from " {from} " to " {to.join(", ")}</Pair> }.into_any())
}

/// How a report was delivered, as a pair of its facts.
pub(crate) fn delivery(provenance: Option<&Provenance>) -> Option<AnyView> {
    let shown = provenance?;
    let verdicts: Vec<String> = shown
        .verdicts
        .iter()
        .map(|verdict| {
            let domain =
                if verdict.domain.is_empty() { String::new() } else { format!(" for {}", defang(&verdict.domain)) };
            let hint = if verdict.method == Method::Arc { " (a forwarder's word)" } else { "" };
            format!("{} {}{domain}{hint}", verdict.method.as_str().to_uppercase(), verdict.result)
        })
        .collect();
    let kind = match shown.standing {
        Standing::Verified => "sure",
        Standing::Other | Standing::Unchecked => "unsure",
        Standing::Failed => "bad",
    };
    let (word, why) = (shown.standing.as_str().replace('_', " "), shown.standing.sentence());
    let verdicts = (!verdicts.is_empty()).then(|| view! { <small>{verdicts.join(", ")}</small> });
    let silent = (!shown.silent.is_empty()).then(|| {
        let text = format!("No machine answers it: {}", defang(&shown.silent));
        view! { <small>{text}</small> }
    });
    Some(
        view! {
            <Pair term="Origin">
                <Tag word=word kind=kind /> " " {why}
                <span class="stack">{verdicts} {silent}</span>
            </Pair>
        }
        .into_any(),
    )
}
