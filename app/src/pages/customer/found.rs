//! The answer to "who had this?", as it was found: who and how sure, the proof, the leases around, how far the sources reach.
use crate::{
    routes,
    ui::{
        Card, DataTable, Desk, EmptyState, KeyValues, LinkBtn, Pair, Strip, StripBar, Tag, Th, Top, When, defang,
        number, time,
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    attribution::{Candidate, Certainty},
    lease::{
        look::{LookUp, Part, Sight, Sighting, SourceReach, Target},
        resolver::Asked,
    },
};
use leptos::prelude::*;

/// What the page shows.
#[derive(Debug, Clone)]
pub struct FoundPage {
    /// The look-up with its answer.
    pub look: LookUp,
    /// What resolvers are asked for it.
    pub asked: Vec<Asked>,
    /// The time of the page.
    pub now: DateTime<Utc>,
}

/// The page of an answer.
pub fn found(page: FoundPage) -> AnyView {
    let FoundPage { look, asked: put, now } = page;
    let sub = defang(&look.what);
    let again = view! { <LinkBtn label="Ask another" href=routes::who() /> };
    let Some(sighting) = look.result.clone() else {
        return view! {
            <Top title="Who had this?" sub=sub>{again}</Top>
            <Desk side=Some(asked(&look, now))>
                <Card title="The answer is erased">
                    <p>"Answers are kept as long as the leases they show. That you asked, and why, stays in the record."</p>
                </Card>
            </Desk>
        }
        .into_any();
    };
    let parts: Vec<_> = sighting.parts.iter().map(|part| answer(part, &sighting, now)).collect();
    let resolved = resolved(&sighting, &look, now);
    let put: Vec<_> = put.iter().map(|one| super::asked::asked(one, look.id, now)).collect();
    let side = view! { {asked(&look, now)} {export(&look)} {sources(&sighting.sources, now)} }.into_any();
    view! {
        <Top title="Who had this?" sub=sub>{again}</Top>
        <Desk side=Some(side)>{put} {resolved} {parts}</Desk>
    }
    .into_any()
}

fn asked(look: &LookUp, now: DateTime<Utc>) -> AnyView {
    let (reason, at) = (look.why.clone(), look.made_at);
    view! {
        <Card title="Asked">
            <KeyValues>
                <Pair term="Why">{reason}</Pair>
                <Pair term="When"><When at=at now=now /></Pair>
            </KeyValues>
            <p class="sub">"Kept as it was found then, for you alone; looking at it asks nothing again."</p>
        </Card>
    }
    .into_any()
}

fn export(look: &LookUp) -> AnyView {
    let (csv, json) = (routes::look_up_file(look.id, "leases.csv"), routes::look_up_file(look.id, "answer.json"));
    view! {
        <Card title="Take with you">
            <p class="btns"><LinkBtn label="CSV" href=csv /> <LinkBtn label="JSON" href=json /></p>
            <p class="sub">"Other people's data: keep it no longer than the reason holds."</p>
        </Card>
    }
    .into_any()
}

fn resolved(sighting: &Sighting, look: &LookUp, now: DateTime<Utc>) -> Option<AnyView> {
    let Target::Host(name) = &sighting.question.target else { return None };
    let addresses: Vec<String> = sighting.resolved.iter().map(ToString::to_string).collect();
    let words = if addresses.is_empty() {
        "The name led nowhere when it was asked.".to_owned()
    } else {
        format!(
            "It led to {} when it was asked; where it led at the time in question, nobody here knows.",
            addresses.join(", ")
        )
    };
    let title = format!("{} in DNS", defang(name));
    let at = look.made_at;
    Some(view! { <Card title=title aside=view! { <When at=at now=now /> }.into_any()><p>{words}</p></Card> }.into_any())
}

fn answer(part: &Part, all: &Sighting, now: DateTime<Utc>) -> AnyView {
    let certain = part.answer.certainty;
    let title = defang(&part.target.to_string());
    let kind = match certain {
        Certainty::Certain => "",
        Certainty::Ambiguous | Certainty::Unknown => "warn",
    };
    let words = match part.answer.holder() {
        Some(holder) => holder_words(holder, all),
        None => open_words(part, all),
    };
    let proof: Vec<_> = part.answer.holder().map(|holder| proof(holder, part)).into_iter().collect();
    let strip = matches!(part.target, Target::Address(_) | Target::Prefix(_)).then(|| around(part, all, now));
    view! {
        <Card title=title kind=kind aside=view! { <Tag word=certain.as_str() /> }.into_any()>{words}</Card>
        {proof}
        {strip}
    }
    .into_any()
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

fn named(candidate: &Candidate, all: &Sighting) -> AnyView {
    let party = all.party(candidate.service);
    let name = party.map_or_else(|| "a service that is gone".to_owned(), |party| party.name.clone());
    let line = party.map(|party| format!("{} · {}", party.number, party.product));
    view! { <a class="who" href=routes::customer(candidate.customer)>{name}</a>" "<small>{line}</small> }.into_any()
}

fn holder_words(holder: &Candidate, all: &Sighting) -> AnyView {
    view! { <p class="answer">{named(holder, all)}</p> }.into_any()
}

fn open_words(part: &Part, all: &Sighting) -> AnyView {
    let answer = &part.answer;
    let why = (!answer.why.is_empty()).then(|| view! { <p>{sentence(&answer.why)}</p> });
    let settles = answer.doubt.map(domain::attribution::Doubt::settles).filter(|words| !words.is_empty());
    let settles = settles.map(|words| view! { <p><b>"What would settle it: "</b> {words} "."</p> });
    let rows: Vec<_> = answer
        .candidates
        .iter()
        .map(|one| {
            let ports = if one.ports == (0, u16::MAX) {
                "all".to_owned()
            } else {
                format!("{}–{}", one.ports.0, one.ports.1)
            };
            view! {
                <tr>
                    <td class="lead">{named(one, all)}</td>
                    <td data-label="Ports">{ports}</td>
                    <td data-label="From">{time::full(one.from)}</td>
                    <td data-label="To">{one.to.map_or_else(|| "no end known".to_owned(), time::full)}</td>
                    <td data-label="Source">{one.source.clone()}</td>
                </tr>
            }
        })
        .collect();
    let total = answer.total;
    let cut =
        (total > rows.len()).then(|| view! { <p class="note">{format!("{} of {total} are listed.", rows.len())}</p> });
    let table = (!rows.is_empty()).then(|| {
        view! {
            <DataTable label="Who it may have been" class="stack">
                <thead>
                    <tr><Th label="It may have been" /> <Th label="Ports" /> <Th label="From" /> <Th label="To" /> <Th label="Source" /></tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
        }
    });
    view! { {why} {settles} {table} {cut} }.into_any()
}

/// The row that proves it, and how far its source's word reached.
fn proof(holder: &Candidate, part: &Part) -> AnyView {
    let to = holder.to.map_or_else(|| "no end known".to_owned(), time::full);
    let row = holder.row.clone().map(|row| {
        let skew = time::span(TimeDelta::microseconds(row.skew_us));
        let skew = if row.skew_us == 0 { "none".to_owned() } else { format!("± {skew}") };
        let through = row.through.map_or_else(|| "states no watermark".to_owned(), time::full);
        let inside = row.inside.map(|ip| view! { <Pair term="Inside address">{ip.to_string()}</Pair> });
        let sure = row.sure_until.map(|at| view! { <Pair term="Last sign of life">{time::full(at)}</Pair> });
        view! {
            <Pair term="Address"><span class="mono">{row.net.to_string()}</span></Pair>
            <Pair term="Known to the source as">{row.said.to_string()}</Pair>
            {inside}
            {sure}
            <Pair term="Clock allowed for">{skew}</Pair>
            <Pair term="Source had spoken up to">{through}</Pair>
        }
    });
    let ports = (holder.ports != (0, u16::MAX))
        .then(|| view! { <Pair term="Ports">{format!("{}–{}", holder.ports.0, holder.ports.1)}</Pair> });
    let id = holder.lease.map(|id| view! { <Pair term="Row"><span class="mono">{id.to_string()}</span></Pair> });
    let (method, source, from) = (part.answer.method.clone(), holder.source.clone(), time::full(holder.from));
    view! {
        <Card title="Proof">
            <KeyValues>
                <Pair term="Found by">{method}</Pair>
                <Pair term="Source">{source}</Pair>
                <Pair term="From">{from}</Pair>
                <Pair term="To">{to}</Pair>
                {ports}
                {row}
                {id}
            </KeyValues>
        </Card>
    }
    .into_any()
}

fn around(part: &Part, all: &Sighting, now: DateTime<Utc>) -> AnyView {
    let title = "Leases around that time";
    if part.rows.is_empty() {
        return view! {
            <Card title=title flush=true>
                <EmptyState title="No lease">"Nobody known held it within three days before or after."</EmptyState>
            </Card>
        }
        .into_any();
    }
    let meant = |row: &Sight| part.answer.candidates.iter().any(|one| one.lease == Some(row.id));
    let prefix = matches!(part.target, Target::Prefix(_));
    let bars = part.rows.iter().map(|row| bar(row, all, meant(row), prefix)).collect();
    let label = format!("Who held {} when; the same as the table below", part.target);
    let rows: Vec<_> = part.rows.iter().rev().map(|row| line(row, all, meant(row), now)).collect();
    let more = (part.more > 0).then(|| {
        let words = number::plural(u64::try_from(part.more).unwrap_or(0), "lease", "leases");
        view! { <p class="note">{words} " farther away in time not shown."</p> }
    });
    let (span, window) = (all.around, all.question.moment().window());
    view! {
        <Card title=title flush=true>
            <Strip label=label around=span window=window bars=bars />
            <DataTable label="Leases around that time, newest first" class="stack">
                <thead>
                    <tr>
                        <Th label="Holder" /> <Th label="Address" /> <Th label="Ports" /> <Th label="From" /> <Th label="To" />
                        <Th label="Source" />
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
            {more}
        </Card>
    }
    .into_any()
}

fn bar(row: &Sight, all: &Sighting, meant: bool, prefix: bool) -> StripBar {
    let party = row.service.and_then(|service| all.party(service));
    let word = party.map_or_else(|| row.said.clone(), |party| party.number.clone());
    let who = party.map_or_else(|| row.said.clone(), |party| format!("{}, {}", party.name, party.number));
    let to = row.to.map_or_else(|| "no end known".to_owned(), time::full);
    let lane = match (prefix, row.ports) {
        (true, _) => row.place(),
        (false, (0, u16::MAX)) => "whole".to_owned(),
        // In the order of their numbers.
        (false, (low, high)) => format!("{low:>5}–{high}"),
    };
    let title = format!("{who}: {} to {to}, {}", time::full(row.from), row.source);
    StripBar { lane, word, title, from: row.from, to: row.to, sure_until: row.sure_until, meant }
}

pub(super) fn line(row: &Sight, all: &Sighting, meant: bool, now: DateTime<Utc>) -> AnyView {
    let who = match row.service.and_then(|service| all.party(service)) {
        Some(party) => view! {
            <a class="who" href=routes::customer(party.customer)>{party.name.clone()}</a>
            <small>{format!("{} {}", party.product, party.number)}</small>
        }
        .into_any(),
        None => {
            view! { <span class="who">{row.said.clone()}</span>" "<small>"no service has this name"</small> }.into_any()
        }
    };
    let from = row.from;
    view! {
        <tr data-row="" aria-selected=meant.then_some("true")>
            <td class="lead">{who}</td>
            <td class="mono" data-label="Address">{row.place()} " " {inside(row)}</td>
            <td data-label="Ports">{row.ports_words()}</td>
            <td data-label="From"><When at=from now=now /></td>
            <td data-label="To">{end(row, now)}</td>
            <td data-label="Source">{row.source.clone()}</td>
        </tr>
    }
    .into_any()
}

/// The inside address a row was found by.
pub(super) fn inside(row: &Sight) -> Option<AnyView> {
    row.inside.map(|ip| view! { <small>{format!("inside {ip}")}</small> }.into_any())
}

/// The end of a lease, and how far it is proven.
pub(super) fn end(row: &Sight, now: DateTime<Utc>) -> AnyView {
    let to = row.to.map_or_else(|| "no end known".into_any(), |to| view! { <When at=to now=now /> }.into_any());
    let sure = row.sure_until.map(|at| {
        let words = format!("last sign of life {}", time::stamp(at, now));
        view! { <small>{words}</small> }
    });
    view! { {to} " " {sure} }.into_any()
}

fn sources(sources: &[SourceReach], now: DateTime<Utc>) -> AnyView {
    let rows: Vec<_> = sources
        .iter()
        .map(|source| {
            let from = source.from.map_or_else(|| "all times".to_owned(), |at| format!("from {}", reach(at, now)));
            let through = source
                .through
                .map_or_else(|| ", states no watermark".to_owned(), |at| format!(" up to {}", time::stamp(at, now)));
            let gone = source.erased_before.map(|at| {
                view! { <small>{format!("older ones are gone since they ended before {}", time::day(at))}</small> }
            });
            let term = source.name.clone();
            view! { <Pair term=term>{from} {through} " " {gone}</Pair> }
        })
        .collect();
    view! {
        <Card title="What the sources knew">
            {rows.is_empty().then(|| view! { <p>"No lease source has said anything yet."</p> })}
            <KeyValues>{rows}</KeyValues>
        </Card>
    }
    .into_any()
}

/// An instant, or that it is from before anybody can say.
pub(crate) fn reach(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    if at < DateTime::<Utc>::UNIX_EPOCH { "always".to_owned() } else { time::stamp(at, now) }
}
