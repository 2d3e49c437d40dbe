//! The figures of a period beside the period before, each with its definition and the way to the cases behind it.
mod people;
mod tiles;

use crate::{
    routes,
    ui::{Act, BarRow, BarTable, Btn, Day, DayChart, Field, Figure, Figures, LinkBtn, Query, Tab, Tabs, Top, number},
};
use chrono::{DateTime, SecondsFormat, Utc};
use domain::metrics::{self, Period};
use leptos::prelude::*;

/// What the page shows, and for which choice of period.
#[derive(Debug, Clone)]
pub struct FiguresPage {
    /// The numbers.
    pub figures: metrics::Figures,
    /// 7, 30 or 90; none for the person's own period.
    pub days: Option<i64>,
    /// Why the period asked for could not be used.
    pub problem: Option<String>,
    /// The time of the page.
    pub now: DateTime<Utc>,
}

/// The figures page.
pub fn figures(page: FiguresPage) -> AnyView {
    let FiguresPage { figures, days, problem, now } = page;
    let period = figures.period;
    let csv = period_query(routes::figures_csv(), days, period).url();
    let own = problem.is_some();
    let (from, to) = (period.from.date_naive().to_string(), period.last_day().to_string());
    let problem = problem.map(|text| view! { <p class="flash bad" role="alert">{text}</p> });
    view! {
        <Top title="Figures" sub=named(period)>
            <LinkBtn label="CSV" href=csv />
        </Top>
        <Tabs tabs=tabs(days)>
            <Act label="Own period…" open=own>
                <form class="stack" method="get" action=routes::figures()>
                    <Field label="First day" name="from" kind="date" value=from.clone() required=true />
                    <Field label="Last day" name="to" kind="date" value=to.clone() required=true />
                    <Btn label="Show" kind="main" />
                </form>
            </Act>
        </Tabs>
        {problem}
        <Figures>
            {tiles::tiles(&figures, now)}
            {cases_per_day(&figures)}
            {outcomes(&figures)}
            {classes(&figures)}
            {people::reporters(&figures)}
            {people::work(&figures)}
        </Figures>
    }
    .into_any()
}

fn named(period: Period) -> String {
    format!("{} – {}, UTC days", period.from.format("%-d %b %Y"), period.last_day().format("%-d %b %Y"))
}

fn period_query(path: String, days: Option<i64>, period: Period) -> Query {
    match days {
        Some(days) => Query::new(path, "").with("days", days.to_string()),
        None => Query::new(path, "")
            .with("from", period.from.date_naive().to_string())
            .with("to", period.last_day().to_string()),
    }
}

fn tabs(chosen: Option<i64>) -> Vec<Tab> {
    let choices = [(7, "7 days"), (30, "30 days"), (90, "90 days")];
    let tab = |(days, word): (i64, &str)| {
        Tab::new(
            word,
            routes::with_query(routes::figures(), &[("days", &days.to_string())]),
            None,
            chosen == Some(days),
        )
    };
    choices.into_iter().map(tab).collect()
}

fn stamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The queue with every case opened in the period.
fn opened_in(period: Period) -> Query {
    Query::new(routes::cases(), "view=all").with("from", stamp(period.from)).with("to", stamp(period.to))
}

fn count(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

fn cases_per_day(figures: &metrics::Figures) -> AnyView {
    let days = figures.days.iter().map(|day| Day {
        label: day.day.format("%-d %b").to_string(),
        bar: count(day.opened),
        line: count(day.closed),
    });
    let href = opened_in(figures.period).url();
    let opened = number::plural(count(figures.now.opened), "case", "cases");
    let closed = number::thousands(count(figures.now.closed));
    let days: Vec<Day> = days.collect();
    view! {
        <Figure title="Cases opened and closed" wide=true>
            <DayChart label="Cases opened (bars) and closed (line) per day" bar="opened" line="closed" days=days />
            <p>
                <a href=href>{opened} " opened"</a> ", " {closed}
                " closed. " {metrics::sentence("cases_per_day")}
            </p>
        </Figure>
    }
    .into_any()
}

fn outcomes(figures: &metrics::Figures) -> AnyView {
    let rows = figures.outcomes.iter().map(|(outcome, n)| BarRow {
        label: outcome.as_str().replace('_', " "),
        href: Query::new(routes::cases(), "view=closed")
            .with("outcome", outcome.as_str())
            .with("closed_from", stamp(figures.period.from))
            .with("closed_to", stamp(figures.period.to))
            .url(),
        n: count(*n),
    });
    let rows: Vec<BarRow> = rows.collect();
    view! {
        <Figure title="How cases ended" wide=true>
            {bars("Cases by outcome", rows)}
            <p>{metrics::sentence("outcomes")}</p>
        </Figure>
    }
    .into_any()
}

fn classes(figures: &metrics::Figures) -> AnyView {
    let shown = 10;
    let rows = figures.classes.iter().take(shown).map(|(class, n)| BarRow {
        label: class.title().to_owned(),
        href: routes::with_query(routes::events(), &[("class", class.as_str())]),
        n: count(*n),
    });
    let mut rows: Vec<BarRow> = rows.collect();
    let rest: i64 = figures.classes.iter().skip(shown).map(|(_, n)| n).sum();
    if rest > 0 {
        rows.push(BarRow { label: "All others".to_owned(), href: String::new(), n: count(rest) });
    }
    view! {
        <Figure title="What it was" wide=true>
            {bars("Events by class", rows)}
            <p>{metrics::sentence("events_by_class")}</p>
        </Figure>
    }
    .into_any()
}

fn bars(label: &'static str, rows: Vec<BarRow>) -> AnyView {
    if rows.is_empty() {
        view! { <p>"Nothing in this period."</p> }.into_any()
    } else {
        view! { <BarTable label=label rows=rows /> }.into_any()
    }
}
