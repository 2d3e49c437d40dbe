//! The panel beside the inbox: one row in sentences, with the acts that are possible now.
use crate::{
    routes,
    ui::{
        Act, Btn, KeyValues, LinkBtn, LongField, Pair, Peek as Panel, PostForm, Raw, Tag, When, defang, number, time,
    },
};
use chrono::{DateTime, Utc};
use domain::{
    attribution::Certainty,
    case::CaseRow,
    evidence::{Event, EventState, Named, Peek},
};
use leptos::prelude::*;

/// Candidates the panel names.
const CANDIDATES_SHOWN: usize = 4;

/// The panel.
pub(super) fn panel(peek: Peek, works: bool, now: DateTime<Utc>) -> AnyView {
    let title = match (&peek.customer, peek.event.certainty) {
        (Some(customer), _) => customer.name.clone(),
        (None, Certainty::Ambiguous) => format!("One of {}", peek.answer.candidates.len().max(1)),
        (None, _) => "Nobody known".to_owned(),
    };
    let href = peek.customer.as_ref().map(|customer| routes::customer(customer.id));
    let event = peek.event.clone();
    let (report, proof) = (routes::report(event.report), routes::event(event.id));
    let all = peek.customer.as_ref().map(|customer| {
        let href = format!("{}#events", routes::customer(customer.id));
        view! { <a href=href>"All events"</a> " · " }
    });
    let newest = match peek.waiting {
        Some((events, ..)) if events > 1 => format!("Newest of {} events", number::thousands(count(events))),
        _ => "The event".to_owned(),
    };
    let sub = sub(&peek, now);
    let body = view! {
        {facts(&peek, now)}
        {works.then(|| acts(&peek))}
            <div>
                <h3>{newest}</h3>
                <Raw text=raw(&event) />
                <p class="sub">
                    {all} <a href=report>"Report as received"</a> " · " <a href=proof>"Proof of attribution"</a>
                </p>
            </div>
    }
    .into_any();
    match href {
        Some(href) => view! { <Panel title=title sub=sub href=href>{body}</Panel> }.into_any(),
        None => view! { <Panel title=title sub=sub>{body}</Panel> }.into_any(),
    }
}

fn count(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

fn sub(peek: &Peek, now: DateTime<Utc>) -> String {
    let mut parts = Vec::new();
    if let Some(service) = &peek.service {
        parts.extend([service.product.clone(), service.number.clone()]);
    }
    if let Some(contract) = &peek.contract {
        let accepted = match contract.accepted_at {
            Some(at) => format!("accepted {}", time::stamp(at, now).rsplit_once(' ').map_or("", |(day, _)| day)),
            None => "acceptance not proven".to_owned(),
        };
        parts.push(format!("terms {}, {accepted}", contract.terms_version));
    }
    if parts.is_empty() {
        parts.push(peek.answer.why.clone());
    }
    parts.retain(|part| !part.is_empty());
    parts.join(" · ")
}

fn facts(peek: &Peek, now: DateTime<Utc>) -> AnyView {
    let protected = peek.service.as_ref().and_then(|service| service.protected.clone());
    let protected = protected.map(|why| view! { <Pair term="Protected"><Tag word=why kind="bad" /></Pair> });
    let person = peek.never_automatic.then(|| view! { " " <Tag word="never automatic" kind="unsure" /> });
    let name = peek.event.reporter.as_str();
    let reporter = view! { <a href=routes::reporter(name)>{defang(name)}</a> {person} };
    let doubted = (peek.doubted > 0).then(|| {
        let words = format!(
            "A lease that came in later says otherwise about {}. ",
            number::plural(count(peek.doubted), "event", "events")
        );
        view! {
            <Pair term="In doubt">
                <Tag word="in doubt" kind="bad" /> " " {words} <a href=routes::contradictions()>"Look at it"</a>
            </Pair>
        }
    });
    let (what, proof, before) = (what(peek), proof(peek, now), before(&peek.cases));
    let (role, certainty) = (peek.event.observation.role.as_str().replace('_', " "), peek.event.certainty.as_str());
    view! {
        <KeyValues>
            <Pair term="What">{what}</Pair>
            <Pair term="Role">{role}</Pair>
            <Pair term="How sure">
                <Tag word=certainty />
                " "
                {proof}
            </Pair>
            {doubted}
            {protected}
            <Pair term="Reporter">{reporter}</Pair>
            <Pair term="Before">{before}</Pair>
        </KeyValues>
    }
    .into_any()
}

/// What was seen, how often, over which time.
fn what(peek: &Peek) -> String {
    let title = peek.event.observation.class.title();
    match peek.waiting {
        Some((events, first, last)) if events > 1 => {
            let times = number::thousands(count(events));
            let over = time::span(last - first);
            format!("{title}: {times} events over {over}")
        }
        _ => title.to_owned(),
    }
}

/// The lease that proves it, or the candidates.
fn proof(peek: &Peek, now: DateTime<Utc>) -> AnyView {
    match peek.candidates.as_slice() {
        [] => peek.answer.why.clone().into_any(),
        [one] if peek.event.certainty == Certainty::Certain => lease_words(one, now).into_any(),
        several => {
            let more = several.len().saturating_sub(CANDIDATES_SHOWN);
            let more = (more > 0).then(|| view! { <li>{format!("and {more} more, see the proof")}</li> });
            let items: Vec<_> = several
                .iter()
                .take(CANDIDATES_SHOWN)
                .map(|one| {
                    let href = routes::customer(one.candidate.customer);
                    view! {
                        <li>
                            <a href=href>{one.customer_name.clone()}</a>
                            " "
                            <small>{one.service_number.clone()} ", " {lease_words(one, now)}</small>
                        </li>
                    }
                })
                .collect();
            view! { {peek.answer.why.clone()} <ul class="plain">{items} {more}</ul> }.into_any()
        }
    }
}

/// `lease 198.51.100.77/32, ports 49152–50175, 16 Nov 03:12 to now (radius bng-3)`.
pub(in crate::pages) fn lease_words(named: &Named, now: DateTime<Utc>) -> String {
    let candidate = &named.candidate;
    if candidate.lease.is_none() {
        return candidate.source.clone();
    }
    let net = named.net.trim_end_matches("/32").trim_end_matches("/128");
    let ports = match candidate.ports {
        (0, u16::MAX) => String::new(),
        (from, to) => format!(", ports {from}–{to}"),
    };
    let to = candidate.to.map_or_else(|| "now".to_owned(), |to| time::stamp(to, now));
    format!("lease {net}{ports}, {} to {to} ({})", time::stamp(candidate.from, now), candidate.source)
}

fn before(cases: &[CaseRow]) -> AnyView {
    if cases.is_empty() {
        return "no case of this customer".into_any();
    }
    let items: Vec<_> = cases
        .iter()
        .map(|row| {
            let case = &row.case;
            let end = case.outcome.map_or_else(|| case.state.as_str(), |outcome| outcome.as_str()).replace('_', " ");
            view! {
                <li>
                    <a href=routes::case(&case.number)>{case.number.clone()}</a>
                    {format!(" {}, {end}", case.class.title().to_lowercase())}
                </li>
            }
        })
        .collect();
    view! { <ul class="plain">{items}</ul> }.into_any()
}

fn acts(peek: &Peek) -> AnyView {
    let pick = vec![("pick".to_owned(), peek.event.id.to_string())];
    match (peek.event.state, &peek.customer) {
        (EventState::Pending, Some(_)) => view! {
            <div class="btns">
                <PostForm action=routes::evidence_act("open") class="inline" hidden=pick.clone()>
                    <Btn label="Open case" kind="main" key="o" />
                </PostForm>
                {dismiss(pick)}
            </div>
        }
        .into_any(),
        (EventState::Pending, None) => view! {
            <div class="btns">
                <LinkBtn label="Say who it was" kind="main" href=format!("{}#who", routes::event(peek.event.id)) key="w" />
                {dismiss(pick)}
            </div>
        }
        .into_any(),
        (EventState::OnCase, _) => {
            let case = peek.cases.iter().find(|row| Some(row.case.id) == peek.event.case);
            let link = case.map(|row| {
                view! { <LinkBtn label="Go to the case" kind="main" href=routes::case(&row.case.number) key="o" /> }
            });
            view! { <div class="btns">{link}</div> }.into_any()
        }
        _ => ().into_any(),
    }
}

fn dismiss(pick: Vec<(String, String)>) -> AnyView {
    view! {
        <Act label="Not abuse…" key="c">
            <PostForm action=routes::evidence_act("dismiss") hidden=pick>
                <LongField label="Reason" name="reason" hint="One sentence for the record." rows=2 required=true />
                <Btn label="Set aside" kind="hard" />
            </PostForm>
        </Act>
    }
    .into_any()
}

/// The event in a few lines of fixed width.
pub(super) fn raw(event: &Event) -> String {
    let seen = &event.observation;
    let port = seen.source.port.map(|port| format!(" port {port}")).unwrap_or_default();
    let mut lines = vec![
        ("time", seen.from.map_or_else(|| "not stated".to_owned(), time::full)),
        ("source", format!("{}{port}", seen.source.value)),
        ("class", seen.class.as_str().to_owned()),
        ("reporter", event.reporter.clone()),
    ];
    if let Some(reference) = &seen.reference {
        lines.push(("reference", reference.clone()));
    }
    let details = seen.details.iter().map(|(name, value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        (name.as_str(), text)
    });
    lines.extend(details);
    let width = lines.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    lines.iter().map(|(name, text)| format!("{name:<width$}  {text}")).collect::<Vec<_>>().join("\n")
}

/// A time for a sentence.
pub(super) fn when(at: DateTime<Utc>, now: DateTime<Utc>) -> AnyView {
    view! { <When at=at now=now /> }.into_any()
}
