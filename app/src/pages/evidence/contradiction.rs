//! Answers in doubt: what later leases say against them, and letting them stand or correcting them.
use super::lease_words;
use crate::{
    routes,
    ui::{
        Act, AllCheck, Btn, BulkBar, Card, DataTable, EmptyState, KeyValues, LinkBtn, LongField, Pager, Pair, PostForm,
        Query, Quote, RowCheck, Tab, Tabs, Tag, Th, Top, When, defang, number::plural,
    },
};
use chrono::{DateTime, Utc};
use domain::{
    actor::Actor,
    contradiction::{Contradiction, ContradictionEnd, ContradictionList, ContradictionView, Settled},
    evidence::{Event, EventState, Named},
    id::EventId,
    page::PageOf,
};
use leptos::prelude::*;

/// Those who may have had it instead that are named; the rest is counted.
const OTHERS_SHOWN: usize = 3;
/// Events that a link to the correction brings along.
const EVENTS_LINKED: usize = 50;
/// The form of the bulk bar.
const PICK: &str = "doubts";

/// What the list shows.
#[derive(Debug, Clone)]
pub struct ContradictionsPage {
    /// Its rows.
    pub list: ContradictionList,
    /// How many are open.
    pub open: i64,
    /// The page's number.
    pub page: PageOf,
    /// Whether this person may decide.
    pub works: bool,
}

/// The list.
pub fn contradictions(page: ContradictionsPage) -> AnyView {
    let query = Query::new(routes::contradictions(), "").with("view", if page.list.settled { "settled" } else { "" });
    let open = u64::try_from(page.open).ok();
    let tabs = vec![
        Tab::new("Wait for a decision", routes::contradictions(), open, !page.list.settled),
        Tab::new("Settled", query.with("view", "settled").url(), None, page.list.settled),
    ];
    let list = if page.list.rows.rows.is_empty() { nothing(page.list.settled) } else { table(&page, &query) };
    view! {
        <Top title="Answers in doubt" sub="they were certain; a lease that came in later says otherwise">
            <span class="end"><LinkBtn label="Evidence" href=routes::evidence() /></span>
        </Top>
        <Tabs tabs=tabs />
        <div class="cols one"><main>{list}</main></div>
    }
    .into_any()
}

fn nothing(settled: bool) -> AnyView {
    if settled {
        view! { <EmptyState title="Nothing was settled yet">"What was kept or corrected stands here."</EmptyState> }
            .into_any()
    } else {
        view! {
            <EmptyState title="No answer is in doubt">
                "When a lease that comes in later speaks against an answer that was certain, it waits here for a person."
            </EmptyState>
        }
        .into_any()
    }
}

fn table(page: &ContradictionsPage, query: &Query) -> AnyView {
    let list = &page.list;
    let ticks = page.works && !list.settled;
    let rows: Vec<_> = list.rows.rows.iter().map(|one| row(one, ticks, page.works, list.now)).collect();
    let check = ticks.then(|| view! { <th class="tick"><AllCheck form=PICK /></th> });
    let last = if list.settled { "Settled" } else { "Since" };
    let at = |number: i64| query.with("page", number.to_string()).url();
    let number = page.page.number;
    let bulk = ticks.then(|| {
        view! {
            <BulkBar id=PICK action=routes::contradictions_act("keep")>
                <Act label="Keep the answers…" key="k">
                    <LongField label="Reason" name="reason" id="keep-reason" hint=KEEP_HINT rows=2 required=true />
                    <Btn label="Keep them" kind="main" />
                </Act>
            </BulkBar>
        }
    });
    view! {
        <DataTable label="Answers in doubt" class="stack">
            <thead>
                <tr>
                    {check} <Th label="Event" /> <Th label="Laid to" /> <Th label="Because of" />
                    <Th label="Later leases say" /> <Th label=last />
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
        <Pager prev=(number > 1).then(|| at(number - 1)) next=list.rows.more.then(|| at(number + 1)) />
        {bulk}
    }
    .into_any()
}

/// How to give a reason for keeping an answer.
const KEEP_HINT: &str = "Such as: that source's clock was an hour off. Stands in the record.";

fn row(one: &ContradictionView, ticks: bool, works: bool, now: DateTime<Utc>) -> AnyView {
    let event = &one.event;
    let seen = &event.observation;
    let port = seen.source.port.map(|port| format!(":{port}")).unwrap_or_default();
    let label = format!("{} of {}", seen.class.title(), defang(&seen.source.value));
    let check = ticks.then(|| view! { <td><RowCheck form=PICK value=event.id.to_string() label=label /></td> });
    let since = match &one.contradiction.settled {
        None => {
            let correct = works.then(|| view! { <LinkBtn label="Correct…" href=correct_link(one) /> });
            view! { <When at=one.contradiction.made_at now=now /> <p class="btns">{correct}</p> }.into_any()
        }
        Some(settled) => view! { {ended(settled, now)} {reopen(one, works)} }.into_any(),
    };
    view! {
        <tr data-row="">
            {check}
            <td class="lead">
                <a class="who" href=routes::event(event.id)>{seen.class.title()}</a>
                <small><When at=event.at now=now /></small>
                <small class="mono">{format!("{}{port}", defang(&seen.source.value))}</small>
            </td>
            <td data-label="Laid to">{laid_to(one)}</td>
            <td data-label="Because of">{rests_on(one, now)}</td>
            <td data-label="Later leases say">{against(one, now)}</td>
            <td data-label="Since">{since}</td>
        </tr>
    }
    .into_any()
}

fn laid_to(one: &ContradictionView) -> AnyView {
    let who = match &one.stands {
        Some(holder) => customer(holder),
        None => "nobody known".into_any(),
    };
    let case = match &one.case {
        Some(number) => view! { <small><a href=routes::case(number)>{number.clone()}</a></small> }.into_any(),
        None => view! { <small>{one.event.state.as_str().replace('_', " ")} ", on no case"</small> }.into_any(),
    };
    view! { {who} " " {case} }.into_any()
}

fn customer(named: &Named) -> AnyView {
    let href = routes::customer(named.candidate.customer);
    let service = format!(" · {}", named.service_number);
    view! { <a href=href>{named.customer_name.clone()}</a> {service} }.into_any()
}

fn rests_on(one: &ContradictionView, now: DateTime<Utc>) -> String {
    one.stands.as_ref().map_or_else(|| "–".to_owned(), |holder| lease_words(holder, now))
}

fn against(one: &ContradictionView, now: DateTime<Utc>) -> AnyView {
    let why = one.contradiction.answer.why.clone();
    let why = (!why.is_empty()).then(|| view! { <small>{why}</small> });
    if one.against.is_empty() {
        return why.into_any();
    }
    let more = one.against.len().saturating_sub(OTHERS_SHOWN);
    let more = (more > 0).then(|| view! { <li>{format!("and {more} more")}</li> });
    let items: Vec<_> = one
        .against
        .iter()
        .take(OTHERS_SHOWN)
        .map(|other| view! { <li>{customer(other)} " " <small>{lease_words(other, now)}</small></li> })
        .collect();
    view! { <ul class="plain">{items} {more}</ul> {why} }.into_any()
}

fn ended(settled: &Settled, now: DateTime<Utc>) -> AnyView {
    let who = Actor::label(&settled.by).to_owned();
    let (word, kind) = match settled.how {
        ContradictionEnd::Kept => ("kept", "sure"),
        ContradictionEnd::Corrected => ("corrected", "sure"),
        ContradictionEnd::Withdrawn => ("leases agree again", "sure"),
    };
    let reason = (!settled.reason.is_empty() && settled.how != ContradictionEnd::Withdrawn)
        .then(|| view! { <Quote text=settled.reason.clone() /> });
    view! { <p><Tag word=word kind=kind /> " " {who} ", " <When at=settled.at now=now /></p> {reason} }.into_any()
}

/// The way back from keeping the answer.
fn reopen(one: &ContradictionView, works: bool) -> Option<AnyView> {
    let kept = one.contradiction.settled.as_ref().is_some_and(|settled| settled.how == ContradictionEnd::Kept);
    let hidden = vec![("pick".to_owned(), one.event.id.to_string())];
    (works && kept).then(|| {
        view! {
            <PostForm action=routes::contradictions_act("reopen") class="inline" hidden=hidden>
                <Btn label="Open again" />
            </PostForm>
        }
        .into_any()
    })
}

/// Where one says whose it was instead: on the case, with the event chosen, or on the event's own page.
fn correct_link(one: &ContradictionView) -> String {
    match &one.case {
        Some(number) => correct_events(number, &[one.event.id]),
        None => format!("{}#who", routes::event(one.event.id)),
    }
}

fn correct_events(number: &str, events: &[EventId]) -> String {
    let some = routes::with_query(routes::case_correct(number), &[("which", "some")]);
    events.iter().take(EVENTS_LINKED).fold(some, |href, event| format!("{href}&event={event}"))
}

/// The card of an event whose answer is or was in doubt.
pub(super) fn card(one: &ContradictionView, works: bool, now: DateTime<Utc>) -> AnyView {
    let (laid_to, rests_on, against, since) =
        (laid_to(one), rests_on(one, now), against(one, now), one.contradiction.made_at);
    let facts = view! {
        <KeyValues>
            <Pair term="Laid to">{laid_to}</Pair>
            <Pair term="Because of">{rests_on}</Pair>
            <Pair term="Later leases say">{against}</Pair>
            <Pair term="Known since"><When at=since now=now /></Pair>
        </KeyValues>
    }
    .into_any();
    if let Some(settled) = &one.contradiction.settled {
        let end = view! { {ended(settled, now)} {reopen(one, works)} }.into_any();
        return view! { <Card title="The answer was in doubt" id="doubt">{facts} {end}</Card> }.into_any();
    }
    let hidden = vec![("pick".to_owned(), one.event.id.to_string()), ("back".to_owned(), routes::event(one.event.id))];
    let live = matches!(one.event.state, EventState::OnCase | EventState::Pending);
    let correct = live.then(|| view! { <LinkBtn label="Correct…" href=correct_link(one) kind="main" /> }.into_any());
    let acts = works.then(move || {
        view! {
            <div class="btns">
                {correct}
                <Act label="Keep the answer…" key="k">
                    <PostForm action=routes::contradictions_act("keep") hidden=hidden>
                        <LongField label="Reason" name="reason" id="keep-reason" hint=KEEP_HINT rows=2 required=true />
                        <Btn label="Keep it" kind="main" />
                    </PostForm>
                </Act>
            </div>
        }
    });
    view! {
        <Card title="A lease that came in later says otherwise" kind="warn" id="doubt">
            {facts}
            {acts}
        </Card>
    }
    .into_any()
}

/// The warning on the page of a case, before anybody acts on it.
pub(in crate::pages) fn case_warning(number: &str, open: &[Contradiction], works: bool) -> Option<AnyView> {
    let events: Vec<EventId> = open.iter().map(|one| one.event).collect();
    let correct = works.then(|| view! { <LinkBtn label="Correct…" href=correct_events(number, &events) /> });
    warning(open.len(), "of this case", events.first().copied(), correct.into_any())
}

/// The warning on the page of a customer.
pub(in crate::pages) fn customer_warning(open: &[Contradiction]) -> Option<AnyView> {
    warning(open.len(), "laid to this customer", open.first().map(|one| one.event), ().into_any())
}

/// The warning where one is about to write to a customer or to cut him off.
pub(in crate::pages) fn act_warning(doubted: i64) -> Option<AnyView> {
    warning(usize::try_from(doubted).unwrap_or(0), "of this case", None, ().into_any())
}

fn warning(n: usize, whose: &str, one: Option<EventId>, correct: AnyView) -> Option<AnyView> {
    if n == 0 {
        return None;
    }
    let events = plural(n as u64, "event", "events");
    let words = format!(
        "It is about {events} {whose}. Nobody is told and nothing is cut off by rule until a person has looked."
    );
    let look = match one.filter(|_| n == 1) {
        Some(event) => format!("{}#doubt", routes::event(event)),
        None => routes::contradictions(),
    };
    Some(
        view! {
            <Card title="A lease that came in later says otherwise" kind="warn">
                <p>{words}</p>
                <div class="btns"><LinkBtn label="Look at it" href=look /> {correct}</div>
            </Card>
        }
        .into_any(),
    )
}

/// The tag of an event in a list.
pub(in crate::pages) fn doubt_tag(event: &Event, doubted: &[EventId]) -> Option<AnyView> {
    doubted.contains(&event.id).then(|| view! { " " <Tag word="in doubt" kind="bad" /> }.into_any())
}
