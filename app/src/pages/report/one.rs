//! One report: what became of it, its events, and the bytes as they came, shown as text.
use super::{name, state_colour, state_word};
use crate::{
    pages::{evidence::doubt_tag, reporter::mark},
    routes,
    ui::{
        Act, Btn, Card, DataTable, Desk, KeyValues, LinkBtn, LongField, Pager, Pair, Pill, PostForm, Raw, Tag, Th, Top,
        When, defang, number, time,
    },
};
use chrono::{DateTime, Utc};
use domain::{
    evidence::Event,
    id::EventId,
    page::{PageOf, Rows},
    report::{Envelope, Report, ReportState},
    reporter::{Markable, Provenance},
};
use leptos::prelude::*;

/// What the page shows.
#[derive(Debug, Clone)]
pub struct ReportPage {
    /// The report.
    pub report: Report,
    /// A page of its events.
    pub events: Rows<Event>,
    /// The page's number.
    pub page: PageOf,
    /// Later reports with the same bytes.
    pub duplicates: Vec<Report>,
    /// The first bytes as text.
    pub text: String,
    /// Whether the text was cut.
    pub cut: bool,
    /// How it was delivered, where it came by mail.
    pub provenance: Option<Provenance>,
    /// How a mail server handed it over, where one did.
    pub envelope: Option<Envelope>,
    /// What could be marked, and what is.
    pub markable: Markable,
    /// Whether this person may read it again or set it aside.
    pub works: bool,
    /// The time of the page.
    pub now: DateTime<Utc>,
}

/// The page of a report.
pub fn report(page: ReportPage) -> AnyView {
    let report = &page.report;
    let parked = (report.state == ReportState::Parked).then(|| parked(report, page.works));
    let marks = mark::marks(&page.markable, page.works);
    let side = view! { {marks} {parked} {facts(&page)} }.into_any();
    let cut = page.cut.then(|| view! { <small>"Only the beginning is shown; the download has all of it."</small> });
    let events = (!page.events.rows.is_empty()).then(|| events(&page));
    let (word, colour) = (state_word(report.state), state_colour(report.state));
    let comparable = matches!(report.state, ReportState::Done | ReportState::Parked | ReportState::Asked);
    let again = comparable.then(|| {
        view! { <LinkBtn label="Compare with today's parsers" href=routes::report_again(report.id) /> }
    });
    let (title, download, text) = (name(report), routes::report_raw(report.id), page.text.clone());
    view! {
        <Top title=title>
            <Pill word=word class=colour />
            {again}
        </Top>
        <Desk side=Some(side)>
            {events}
            <Card title="As received" aside=view! { <a href=download>"Download"</a> }.into_any()>
                <Raw text=text />
                {cut}
            </Card>
        </Desk>
    }
    .into_any()
}

fn parked(report: &Report, works: bool) -> AnyView {
    let reason = defang(report.reason.as_deref().unwrap_or("Nobody said why."));
    let id = report.id;
    let acts = works.then(|| {
        view! {
            <div class="btns">
                <PostForm action=routes::report_act(id, "retry") class="inline">
                    <Btn label="Read again" key="r" />
                </PostForm>
                <Act label="Set aside…" key="c">
                    <PostForm action=routes::report_act(id, "set-aside")>
                        <LongField label="Reason" name="reason" hint="One sentence for the record." rows=2 required=true />
                        <Btn label="Set aside" kind="hard" />
                    </PostForm>
                </Act>
            </div>
        }
    });
    view! {
        <Card title="A person has to look at this" kind="warn">
            <p>{reason}</p>
            {acts}
        </Card>
    }
    .into_any()
}

fn facts(page: &ReportPage) -> AnyView {
    let report = &page.report;
    let text = |value: &Option<String>| value.as_deref().map_or_else(|| "not stated".to_owned(), defang);
    let format = report.format.map_or("not read yet", |format| format.as_str());
    let positive = |n: i64| u64::try_from(n).unwrap_or(0);
    let kind = if report.content_type.is_empty() { "not stated".to_owned() } else { defang(&report.content_type) };
    let first = report.duplicate_of.map(|first| {
        view! { <Pair term="Duplicate"><a href=routes::report(first)>"of the first report with these bytes"</a></Pair> }
    });
    let again = (!page.duplicates.is_empty()).then(|| {
        let links: Vec<_> = page
            .duplicates
            .iter()
            .map(|one| view! { <a href=routes::report(one.id)>{time::stamp(one.received_at, page.now)}</a> " " })
            .collect();
        view! { <Pair term="Came again">{links}</Pair> }
    });
    let reason = report.reason.clone().filter(|_| report.state != ReportState::Parked);
    let reason = reason.map(|reason| view! { <Pair term="Remark">{defang(&reason)}</Pair> });
    let (came, channel, sha) = (time::full(report.received_at), report.channel.as_str(), report.sha256.clone());
    let (sender, version) = (text(&report.sender), report.parser_version);
    let reporter = reporter_link(report.reporter.as_deref());
    let origin = (mark::handed(page.envelope.as_ref()), mark::delivery(page.provenance.as_ref()));
    let size = number::bytes(positive(report.size));
    view! {
        <Card title="Facts">
            <KeyValues>
                <Pair term="Came">{came} " by " {channel}</Pair>
                <Pair term="Reporter">{reporter}</Pair>
                <Pair term="Sender">{sender}</Pair>
                {origin}
                <Pair term="Format">{format}</Pair>
                {reason}
                {first}
                {again}
                <Pair term="Media type">{kind}</Pair>
                <Pair term="Size">{size}</Pair>
                <Pair term="Parser">"version " {version}</Pair>
                <Pair term="SHA-256"><small class="mono">{sha}</small></Pair>
            </KeyValues>
        </Card>
    }
    .into_any()
}

/// The reporter with the way to what he is worth.
pub(super) fn reporter_link(name: Option<&str>) -> AnyView {
    match name {
        Some(name) => view! { <a href=routes::reporter(name)>{defang(name)}</a> }.into_any(),
        None => "not stated".into_any(),
    }
}

fn events(page: &ReportPage) -> AnyView {
    let id = page.report.id;
    let number = page.page.number;
    let at = |number: i64| routes::with_query(routes::report(id), &[("page", &number.to_string())]);
    let total = u64::try_from(page.report.events).unwrap_or(0);
    let long = page.events.more || number > 1;
    let pager = long.then(|| {
        view! { <Pager prev=(number > 1).then(|| at(number - 1)) next=page.events.more.then(|| at(number + 1)) /> }
    });
    let title = number::plural(total, "event", "events");
    let table = event_table(&page.events.rows, &[], page.now);
    view! {
        <Card title=title flush=true>
            {table}
            {pager}
        </Card>
    }
    .into_any()
}

/// Events as a table: when, what, which source, how sure, where it stands.
pub(crate) fn event_table(events: &[Event], doubted: &[EventId], now: DateTime<Utc>) -> AnyView {
    let rows: Vec<_> = events.iter().map(|event| event_row(event, doubted, now)).collect();
    view! {
        <DataTable label="Events" class="stack">
            <thead>
                <tr>
                    <Th label="Seen" /> <Th label="What" /> <Th label="Source" /> <Th label="Reporter" class="opt" />
                    <Th label="State" />
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

fn event_row(event: &Event, doubted: &[EventId], now: DateTime<Utc>) -> AnyView {
    let seen = &event.observation;
    let port = seen.source.port.map(|port| format!(" port {port}")).unwrap_or_default();
    view! {
        <tr data-row="">
            <td class="when" data-label="Seen"><When at=event.at now=now /></td>
            <td class="lead">
                <a class="who" href=routes::event(event.id)>{seen.class.title()}</a>
                <small class="mono">{seen.class.as_str()}</small>
            </td>
            <td data-label="Source">
                <span class="mono">{defang(&seen.source.value)} {port}</span>
                " "
                <Tag word=event.certainty.as_str() />
                {doubt_tag(event, doubted)}
            </td>
            <td class="opt">{event.reporter.clone()}</td>
            <td data-label="State">{event.state.as_str().replace('_', " ")}</td>
        </tr>
    }
    .into_any()
}
