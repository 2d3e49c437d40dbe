//! All reporters with the numbers of a period: one line each, every column sorts.
use super::{count, flags, periods, share};
use crate::{
    routes,
    ui::{DataTable, EmptyState, LinkBtn, Pager, Query, Spark, Tabs, Tag, Th, Top, When, defang, number},
};
use chrono::{DateTime, Utc};
use domain::{
    page::{PageOf, Rows},
    reporter::{ReporterOrder, ReporterRow, age_words, definition},
};
use leptos::prelude::*;

/// What the list shows.
#[derive(Debug, Clone)]
pub struct ReportersPage {
    /// A page of the reporters.
    pub rows: Rows<ReporterRow>,
    /// How many fit the filter.
    pub total: usize,
    /// The period's length in days.
    pub days: i64,
    /// Part of a name.
    pub who: String,
    /// Sort order.
    pub order: ReporterOrder,
    /// The page's number.
    pub page: PageOf,
    /// The time of the page.
    pub now: DateTime<Utc>,
}

impl ReportersPage {
    fn query(&self, path: String) -> Query {
        Query::new(path, "")
            .with("days", self.days.to_string())
            .with("who", self.who.as_str())
            .with("sort", self.order.word())
    }
}

/// The list of reporters.
pub fn reporters(page: ReportersPage) -> AnyView {
    let query = page.query(routes::reporters());
    let tabs = periods(page.days, |days| query.with("days", days.to_string()).url());
    let csv = page.query(routes::reporters_csv()).url();
    let list = if page.rows.rows.is_empty() { nothing(&page.who) } else { table(&page, &query) };
    let sub = number::plural(page.total as u64, "reporter", "reporters");
    let (days, sort) = (page.days.to_string(), page.order.word());
    view! {
        <Top title="Reporters" sub=sub>
            <LinkBtn label="CSV" href=csv />
        </Top>
        <Tabs tabs=tabs>
            <form class="filter" method="get" action=routes::reporters()>
                <input type="hidden" name="days" value=days />
                <input type="hidden" name="sort" value=sort />
                <input type="search" name="who" value=page.who.clone() placeholder="Name" aria-label="Only names with" />
                <button class="btn">"Filter"</button>
            </form>
        </Tabs>
        <div class="cols one"><main>{list} {meanings()}</main></div>
    }
    .into_any()
}

fn nothing(who: &str) -> AnyView {
    let text = "A reporter appears here with his first report: who vouches for it, not who forwarded it.";
    let title = if who.is_empty() { "Nobody has reported anything yet" } else { "No reporter has such a name" };
    view! { <EmptyState title=title>{text}</EmptyState> }.into_any()
}

fn table(page: &ReportersPage, query: &Query) -> AnyView {
    let rows: Vec<_> = page.rows.rows.iter().map(|row| line(row, page.days, page.now)).collect();
    let (number, q) = (page.page.number, query.clone());
    let at = |number: i64| query.with("page", number.to_string()).url();
    view! {
        <DataTable label="Reporters" class="stack">
            <thead>
                <tr>
                    <Th label="Reporter" sort="name" query=q.clone() />
                    <Th label="Trend" class="opt" />
                    <Th label="Reports" class="n" sort="reports" query=q.clone() down_first=true />
                    <Th label="New events" class="n" sort="events" query=q.clone() down_first=true />
                    <Th label="Not read" class="n" sort="parked" query=q.clone() down_first=true />
                    <Th label="Said before" class="n" sort="repeated" query=q.clone() down_first=true />
                    <Th label="Age" class="n" sort="late" query=q.clone() down_first=true />
                    <Th label="Held up" class="n" sort="held" query=q.clone() down_first=true />
                    <Th label="Refuted" class="n" sort="refuted" query=q.clone() down_first=true />
                    <Th label="Weight" class="n" sort="weight" query=q.clone() down_first=true />
                    <Th label="Last" class="opt" sort="last" query=q down_first=true />
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
        <Pager prev=(number > 1).then(|| at(number - 1)) next=page.rows.more.then(|| at(number + 1)) />
    }
    .into_any()
}

fn line(row: &ReporterRow, days: i64, now: DateTime<Utc>) -> AnyView {
    let (reporter, figures) = (&row.reporter, &row.figures);
    let name = reporter.name.as_str();
    let href = routes::with_query(routes::reporter(name), &[("days", &days.to_string())]);
    let cases = format!("{href}#cases");
    let reports = routes::with_query(routes::reports(), &[("who", name)]);
    let events = routes::with_query(routes::events(), &[("reporter", name)]);
    let tags: Vec<_> =
        flags(&reporter.settings).into_iter().map(|(word, kind)| view! { " " <Tag word=word kind=kind /> }).collect();
    let n = |n: i64| number::thousands(count(n));
    // More than one in ten refuted: somebody should talk to the reporter.
    let bad = figures.refuted * 10 > figures.closed;
    let (held, refuted) = (share(figures.held_share()), share(figures.refuted_share()));
    let closed = figures.closed > 0;
    let held = if closed { view! { <a href=cases.clone()>{held}</a> }.into_any() } else { held.into_any() };
    let refuted = match (closed, bad) {
        (true, true) => view! { <a href=cases><b>{refuted}</b></a> }.into_any(),
        _ => refuted.into_any(),
    };
    let age = figures.late.map_or_else(|| "–".to_owned(), age_words);
    let points: Vec<u64> = row.days.iter().map(|n| count(*n)).collect();
    view! {
        <tr data-row="">
            <td class="lead"><a class="who" href=href data-open="">{defang(name)}</a> {tags}</td>
            <td class="opt"><Spark points=points /></td>
            <td class="n" data-label="Reports"><a href=reports>{n(figures.reports)}</a></td>
            <td class="n" data-label="New events"><a href=events>{n(figures.events)}</a></td>
            <td class="n" data-label="Not read">{share(figures.parked_share())}</td>
            <td class="n" data-label="Said before">{share(figures.repeated_share())}</td>
            <td class="n" data-label="Age">{age}</td>
            <td class="n" data-label="Held up">{held}</td>
            <td class="n" data-label="Refuted">{refuted}</td>
            <td class="n" data-label="Weight">{reporter.settings.weight}</td>
            <td class="opt when"><When at=reporter.last_at now=now /></td>
        </tr>
    }
    .into_any()
}

/// What the columns mean.
fn meanings() -> AnyView {
    let columns = [
        ("Reports", "reports"),
        ("New events", "events"),
        ("Not read", "parked"),
        ("Said before", "repeated"),
        ("Age", "late"),
        ("Held up", "held"),
        ("Refuted", "refuted"),
    ];
    let pairs: Vec<_> = columns
        .into_iter()
        .map(|(word, name)| view! { <div><dt>{word}</dt><dd>{definition(name)}</dd></div> })
        .collect();
    view! {
        <details class="more meanings">
            <summary>"What the columns mean"</summary>
            <dl class="kv in">{pairs}</dl>
        </details>
    }
    .into_any()
}
