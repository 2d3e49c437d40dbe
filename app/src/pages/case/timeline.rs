//! What happened in a case, from the ledger, each line with its proof.

use std::sync::Arc;

use domain::{actor::Permission, ledger::Entry};
use leptos::prelude::*;

use super::{page::CasePage, prose::prose};
use crate::{
    routes,
    ui::{Card, Moment, Quote, Timeline, defang, number::thousands, time},
};

pub(super) fn timeline(page: &Arc<CasePage>) -> AnyView {
    let page = page.clone();
    let base = routes::case(&page.view.case.number);
    let (order, word) = if page.oldest_first { ("", "newest first") } else { ("oldest", "oldest first") };
    let href = crate::ui::Query::new(base, "").with("list", page.list.clone()).with("order", order).url();
    let aside = view! { {format!("times in {} · ", time::zone())} <a href=href>{word}</a> }.into_any();
    let mut entries: Vec<&Entry> = page.view.entries.iter().collect();
    if page.oldest_first {
        entries.reverse();
    }
    let lines: Vec<_> = entries.into_iter().filter_map(|entry| line(&page, entry)).collect();
    view! {
        <Card title="What happened" aside=aside flush=true>
            <Timeline>{lines}</Timeline>
        </Card>
    }
    .into_any()
}

fn line(page: &Arc<CasePage>, entry: &Entry) -> Option<AnyView> {
    let page = page.clone();
    let prose = prose(entry, &page.view.messages)?;
    let quote = prose.quote.map(|text| view! { <Quote text=defang(&text) /> });
    let seq = u64::try_from(entry.seq).unwrap_or(0);
    let proof = if page.may(Permission::ReadLedger) {
        view! { <a href=routes::record_entry(seq)>{format!("record {}", thousands(seq))}</a> }.into_any()
    } else {
        format!("record {}", thousands(seq)).into_any()
    };
    let small = if prose.small.is_empty() { String::new() } else { format!("{} · ", prose.small) };
    let sent = (entry.noun == "notice").then(|| {
        view! { <a href=routes::mail_one(&entry.noun_id)>"as written"</a> " · " }
    });
    Some(
        view! {
            <Moment time=time::short(entry.at, page.now) full=time::full(entry.at) class=prose.class>
                <b>{prose.who}</b>
                {format!(" {}", prose.did)}
                {quote}
                <small>{small} {sent} {proof}</small>
            </Moment>
        }
        .into_any(),
    )
}
