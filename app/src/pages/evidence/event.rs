//! One event: what was seen, the proof of whose it was, and the correction.
use super::{
    ask::AskTyped,
    peek::{lease_words, raw, when},
};
use crate::{
    routes,
    ui::{
        Btn, Card, Choice, Desk, Field, KeyValues, LinkBtn, LongField, Moment, Pair, Pill, PostForm, Quote, Raw, Tag,
        Timeline, Top, defang, number, time,
    },
};
use chrono::{DateTime, Utc};
use domain::{
    actor::Actor,
    again::LinkKind,
    evidence::{Attribution, Event, EventState, EventView, Named},
};
use leptos::prelude::*;

/// What the page shows.
#[derive(Debug, Clone)]
pub struct EventPage {
    /// The event with its answers.
    pub view: EventView,
    /// Whether this person may correct the answer.
    pub works: bool,
    /// What was typed into the question to the reporter, after a refusal.
    pub ask: AskTyped,
    /// What was typed into the correction, after a refusal.
    pub typed: Correction,
    /// The time of the page.
    pub now: DateTime<Utc>,
}

/// The correction form as it was typed.
#[derive(Debug, Clone, Default)]
pub struct Correction {
    /// Number of the service.
    pub service: String,
    /// Why.
    pub reason: String,
    /// What is wrong with the service.
    pub service_error: Option<String>,
    /// What is wrong with the reason.
    pub reason_error: Option<String>,
}

/// Candidates to choose from; more of them are typed, their numbers stand in the proof.
const CHOICES_SHOWN: usize = 8;

/// The page of an event.
pub fn event(page: EventPage) -> AnyView {
    let event = &page.view.event;
    let source = defang(&event.observation.source.value);
    let correct = page.works && event.state == EventState::Pending;
    let wrong = page.view.case.as_ref().map(|case| {
        let chosen = [("which", "some"), ("event", &event.id.to_string())];
        let href = routes::with_query(routes::case_correct(&case.number), &chosen);
        view! { <LinkBtn label="Wrong customer?" href=href key="w" /> }
    });
    let pass_on = page.works.then(|| {
        view! {
            <span class="end btns">
                {wrong} <LinkBtn label="Pass on…" href=routes::event_pass_on(event.id) />
            </span>
        }
    });
    let kin = kin(&page);
    let asking = super::ask::asking(&page);
    let doubt = page.view.contradiction.as_ref().map(|one| super::contradiction::card(one, page.works, page.now));
    let (before, after) = match page.view.contradiction.as_ref().is_some_and(|one| one.contradiction.settled.is_none())
    {
        true => (doubt, None),
        false => (None, doubt),
    };
    let side = view! { {facts(&page)} {asking} {correct.then(|| correction(&page))} }.into_any();
    let (title, state) = (event.observation.class.title(), event.state.as_str().replace('_', " "));
    let (certainty, seen) = (event.certainty.as_str(), raw(event));
    let (faults, answers) = (faults(&event.observation.faults), answers(&page));
    view! {
        <Top title=title sub=source>
            <Pill word=state />
            <Tag word=certainty />
            {pass_on}
        </Top>
        <Desk side=Some(side)>
            {before}
            <Card title="What was seen">
                <Raw text=seen />
                {faults}
            </Card>
            <Card title="Whose was it then?" id="proof">{answers}</Card>
            {after}
            {kin}
        </Desk>
    }
    .into_any()
}

fn facts(page: &EventPage) -> AnyView {
    let EventView { event, report, case, customer, .. } = page.view.clone();
    let now = page.now;
    let customer = customer.map(|customer| {
        let href = routes::customer(customer.id);
        view! { <Pair term="Customer"><a href=href>{customer.name}</a></Pair> }
    });
    let case = case.map(|case| {
        let href = routes::case(&case.number);
        view! { <Pair term="Case"><a href=href>{case.number}</a></Pair> }
    });
    let name = if report.file_name.is_empty() { "as received".to_owned() } else { report.file_name.clone() };
    let grade = match event.observation.time_grade.as_str() {
        "stated" | "stated_utc" => "stated by the reporter",
        "range" => "somewhere in a span",
        "assumed" => "assumed",
        _ => "not stated: the arrival counts",
    };
    view! {
        <Card title="Facts">
            <KeyValues>
                {customer}
                {case}
                <Pair term="Seen">{time::full(event.at)} " " <small>{grade}</small></Pair>
                <Pair term="Stored">{when(event.received_at, now)}</Pair>
                <Pair term="Role">{event.observation.role.as_str().replace('_', " ")}</Pair>
                <Pair term="Count">{event.observation.count}</Pair>
                <Pair term="RSIT">{event.observation.class.rsit()}</Pair>
                <Pair term="Reporter">{event.reporter.clone()}</Pair>
                <Pair term="Report"><a href=routes::report(event.report)>{name}</a></Pair>
            </KeyValues>
        </Card>
    }
    .into_any()
}

/// Copies and newer readings: nothing of them counts beside this event.
fn kin(page: &EventPage) -> Option<AnyView> {
    let kin = &page.view.kin;
    let n = u64::try_from(kin.copies).unwrap_or(0);
    if kin.earlier.is_empty() && kin.later.is_empty() {
        return None;
    }
    let link = |event: &Event| {
        let words = format!(
            "{} in the report of {}",
            event.observation.class.title(),
            time::stamp(event.received_at, page.now)
        );
        view! { <a href=routes::event(event.id)>{words}</a> }
    };
    let earlier: Vec<_> = kin
        .earlier
        .iter()
        .map(|(kind, event)| {
            let words = match kind {
                LinkKind::Copy => "A copy, which does not count, of ",
                LinkKind::Reading => "A newer parser's reading of ",
            };
            view! { <li>{words} {link(event)}</li> }
        })
        .collect();
    let readings: Vec<_> = kin
        .later
        .iter()
        .filter(|(kind, _)| *kind == LinkKind::Reading)
        .map(|(_, event)| {
            let told = domain::again::fields(&page.view.event.observation, &event.observation);
            let told: Vec<&str> = told.iter().map(|field| field.as_str()).collect();
            let words = format!("A newer parser reads it differently ({}): ", told.join(", "));
            view! { <li>{words} {link(event)}</li> }
        })
        .collect();
    let copies: Vec<_> = kin
        .later
        .iter()
        .filter(|(kind, _)| *kind == LinkKind::Copy)
        .map(|(_, event)| view! { <li>{link(event)}</li> })
        .collect();
    let said = (n > 0).then(|| {
        let title = format!("Said again {}; it counts once", number::plural(n, "time", "times"));
        view! { <h3>{title}</h3> <ul class="plain">{copies}</ul> }
    });
    Some(
        view! { <Card title="Copies and readings" id="copies"><ul class="plain">{earlier} {readings}</ul> {said}</Card> }
            .into_any(),
    )
}

fn faults(faults: &[String]) -> Option<AnyView> {
    if faults.is_empty() {
        return None;
    }
    let items: Vec<_> = faults.iter().map(|fault| view! { <li>{defang(fault)}</li> }).collect();
    Some(view! { <div><h3>"What was odd or guessed"</h3><ul class="plain">{items}</ul></div> }.into_any())
}

fn answers(page: &EventPage) -> AnyView {
    let answers = &page.view.answers;
    if answers.is_empty() {
        return view! { <p>"The same reporter said this before: the answer stands with the event that counts, below."</p> }.into_any();
    }
    let moments: Vec<_> = answers.iter().map(|(made, named)| answer(made, named, page.now)).collect();
    view! { <Timeline>{moments}</Timeline> }.into_any()
}

fn answer(made: &Attribution, named: &[Named], now: DateTime<Utc>) -> AnyView {
    let who = Actor::label(&made.made_by).to_owned();
    let rows: Vec<_> = named
        .iter()
        .map(|one| {
            let href = routes::customer(one.candidate.customer);
            view! {
                <p>
                    <a href=href>{one.customer_name.clone()}</a>
                    {format!(" · {} {}", one.product, one.service_number)}
                    <small>{lease_words(one, now)}</small>
                </p>
            }
        })
        .collect();
    let certainty = made.answer.certainty.as_str();
    let why = (!made.answer.why.is_empty()).then(|| view! { <Quote text=made.answer.why.clone() /> });
    view! {
        <Moment time=time::short(made.made_at, now) full=time::full(made.made_at)>
            <b>{who}</b>
            ": "
            <Tag word=certainty />
            {rows}
            {why}
        </Moment>
    }
    .into_any()
}

fn correction(page: &EventPage) -> AnyView {
    let (event, typed) = (&page.view.event, page.typed.clone());
    let named = page.view.answers.first().map(|(_, named)| named.clone()).unwrap_or_default();
    let options: Vec<(String, String, String)> = named
        .iter()
        .map(|one| {
            let name = format!("{} · {}", one.customer_name, one.service_number);
            (one.service_number.clone(), name, lease_words(one, page.now))
        })
        .collect();
    let several = (2..=CHOICES_SHOWN).contains(&options.len());
    let choice = several.then(|| {
        view! { <Choice label="It was" name="candidate" options=options value=typed.service.clone() /> }
    });
    let action = routes::event_act(event.id, "attribute");
    let label = if several { "or another service" } else { "Number of the service" };
    view! {
        <Card title="Say who it was" id="who">
            <PostForm action=action>
                {choice}
                <Field label=label name="service" value=typed.service hint="Such as ln-20418" error=typed.service_error />
                <LongField
                    label="How do you know?"
                    name="reason"
                    value=typed.reason
                    hint="Stands beside the answer as its proof."
                    error=typed.reason_error
                    required=true
                />
                <Btn label="It was this service" kind="main" />
            </PostForm>
        </Card>
    }
    .into_any()
}
