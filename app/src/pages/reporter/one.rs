//! One reporter: each figure with its definition, the trend, his newest reports, his cases, and what the desk decided.
use super::{
    count, flags, periods,
    settings::{SettingsFields, settings},
    share,
};
use crate::{
    pages::report::{name as report_name, state_colour, state_word},
    routes,
    ui::{BarRow, BarTable, Day, DayChart, Figure, Figures, LinkBtn, Pill, Tabs, Tag, Top, When, defang, number, time},
};
use chrono::{DateTime, Utc};
use domain::reporter::{ReporterView, age_words, definition};
use leptos::prelude::*;

/// What the page shows.
#[derive(Debug, Clone)]
pub struct ReporterPage {
    /// The reporter with his numbers.
    pub view: ReporterView,
    /// The period's length in days.
    pub days: i64,
    /// Whether this person may decide about him.
    pub decides: bool,
    /// Whether this person may take marks back.
    pub works: bool,
    /// The form as it stands or as typed.
    pub fields: SettingsFields,
    /// The field that was refused, and why.
    pub error: Option<(String, String)>,
    /// The time of the page.
    pub now: DateTime<Utc>,
}

/// The page of a reporter.
pub fn reporter(page: ReporterPage) -> AnyView {
    let reporter = &page.view.reporter;
    let name = reporter.name.clone();
    let tabs = periods(page.days, |days| routes::with_query(routes::reporter(&name), &[("days", &days.to_string())]));
    let sub = format!("since {}, last {}", time::day(reporter.first_at), time::ago(reporter.last_at, page.now));
    let tags: Vec<_> =
        flags(&reporter.settings).into_iter().map(|(word, kind)| view! { <Tag word=word kind=kind /> " " }).collect();
    let (title, reports) = (defang(&name), routes::with_query(routes::reports(), &[("who", &name)]));
    view! {
        <Top title=title sub=sub>
            {tags}
            <LinkBtn label="His reports" href=reports />
            <LinkBtn label="All reporters" href=routes::reporters() />
        </Top>
        <Tabs tabs=tabs>""</Tabs>
        <Figures>
            {tiles(&page)}
            {trend(&page)}
            {settings(&page)}
            {recent(&page)}
            {cases(&page)}
            {delivered(&page)}
            {told(&page)}
        </Figures>
    }
    .into_any()
}

fn sentence(name: &str) -> String {
    let text = definition(name);
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

fn tiles(page: &ReporterPage) -> Vec<AnyView> {
    let (it, was) = (&page.view.figures, &page.view.before);
    let n = |n: i64| number::thousands(count(n));
    let of = |part: i64, whole: i64, word: &str| format!("{} of {} {word}", n(part), n(whole));
    let tile = |title: &'static str, name: &'static str, big: String, spread: String, before: String| {
        view! {
            <Figure title=title big=big spread=spread>
                <p>{format!("The period before: {before}.")}</p>
                <p>{sentence(name)}</p>
            </Figure>
        }
        .into_any()
    };
    let age = |late: Option<i64>| late.map_or_else(|| "–".to_owned(), age_words);
    let again = format!("{} came again byte for byte", n(it.duplicates));
    vec![
        tile("Reports", "reports", n(it.reports), again, n(was.reports)),
        tile("New events", "events", n(it.events), String::new(), n(was.events)),
        tile(
            "Not read by machine",
            "parked",
            share(it.parked_share()),
            of(it.parked, it.reports, "reports"),
            share(was.parked_share()),
        ),
        tile(
            "Said before",
            "repeated",
            share(it.repeated_share()),
            of(it.repeated, it.events + it.repeated, "events"),
            share(was.repeated_share()),
        ),
        tile("Age at arrival", "late", age(it.late), String::new(), age(was.late)),
        tile("Held up", "held", share(it.held_share()), of(it.held, it.closed, "cases"), share(was.held_share())),
        tile(
            "Refuted",
            "refuted",
            share(it.refuted_share()),
            of(it.refuted, it.closed, "cases"),
            share(was.refuted_share()),
        ),
        weight(page),
    ]
}

fn weight(page: &ReporterPage) -> AnyView {
    let settings = &page.view.reporter.settings;
    let big = settings.weight.to_string();
    let text = if settings.never_automatic {
        "No playbook acts on his word alone: a person decides."
    } else {
        "Playbooks may act on his word, as far as his weight goes."
    };
    let off = (!settings.switched_on)
        .then(|| view! { <p class="up">"Switched off: his reports are kept and set aside."</p> });
    view! {
        <Figure title="Weight" big=big spread="of 10">
            {off}
            <p>{text}</p>
            <p>"What the desk gives on his word; 5 where nobody has judged yet."</p>
        </Figure>
    }
    .into_any()
}

fn trend(page: &ReporterPage) -> AnyView {
    let days = page.view.days.iter().map(|day| Day {
        label: day.day.format("%-d %b").to_string(),
        bar: count(day.events),
        line: count(day.reports),
    });
    let days: Vec<Day> = days.collect();
    view! {
        <Figure title="Day by day" wide=true>
            <DayChart label="New events (bars) and reports (line) per day" bar="new events" line="reports" days=days />
        </Figure>
    }
    .into_any()
}

fn recent(page: &ReporterPage) -> AnyView {
    let rows: Vec<_> = page
        .view
        .reports
        .iter()
        .take(10)
        .map(|report| {
            view! {
                <tr>
                    <td class="when"><When at=report.received_at now=page.now /></td>
                    <td>
                        <a class="who" href=routes::report(report.id)>{report_name(report)}</a>
                        <small>{report.reason.as_deref().map(defang)}</small>
                    </td>
                    <td class="n">{number::thousands(count(report.events))}</td>
                    <td><Pill word=state_word(report.state) class=state_colour(report.state) /></td>
                </tr>
            }
        })
        .collect();
    let all = routes::with_query(routes::reports(), &[("who", &page.view.reporter.name)]);
    view! {
        <Figure title="Newest reports" wide=true>
            <div class="scroll">
                <table aria-label="Newest reports">
                    <thead>
                        <tr>
                            <th scope="col">"Came"</th>
                            <th scope="col">"Report"</th>
                            <th scope="col" class="n">"Events"</th>
                            <th scope="col">"State"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <p><a href=all>"All his reports"</a></p>
        </Figure>
    }
    .into_any()
}

fn cases(page: &ReporterPage) -> AnyView {
    let rows: Vec<_> = page
        .view
        .cases
        .iter()
        .map(|(number, outcome, at)| {
            view! {
                <tr>
                    <td class="when"><When at=*at now=page.now /></td>
                    <td><a class="who" href=routes::case(number)>{number.clone()}</a></td>
                    <td>{outcome.as_str().replace('_', " ")}</td>
                </tr>
            }
        })
        .collect();
    let table = if rows.is_empty() {
        view! { <p>"No case with his evidence was closed in this period."</p> }.into_any()
    } else {
        view! {
            <div class="scroll">
                <table aria-label="Closed cases with his evidence">
                    <thead>
                        <tr>
                            <th scope="col">"Closed"</th>
                            <th scope="col">"Case"</th>
                            <th scope="col">"Outcome"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    view! {
        <Figure title="How his cases ended" wide=true>
            <span id="cases"></span>
            {table}
        </Figure>
    }
    .into_any()
}

fn delivered(page: &ReporterPage) -> AnyView {
    let rows: Vec<BarRow> = page
        .view
        .standings
        .iter()
        .map(|(standing, n)| BarRow { label: standing.as_str().replace('_', " "), href: String::new(), n: count(*n) })
        .collect();
    let body = if rows.is_empty() {
        view! { <p>"None of his reports came by mail in this period."</p> }.into_any()
    } else {
        view! { <BarTable label="Mails by what our server verified" rows=rows /> }.into_any()
    };
    view! { <Figure title="Where his mail comes from" wide=true>{body} <p>{sentence("standing")}</p></Figure> }
        .into_any()
}

fn told(page: &ReporterPage) -> AnyView {
    let rows: Vec<_> = page
        .view
        .told
        .iter()
        .map(|letter| {
            view! {
                <tr>
                    <td class="when"><When at=letter.created_at now=page.now /></td>
                    <td>
                        <a class="who" href=routes::letter(letter.id)>{letter.subject.clone()}</a>
                        <small>{letter.recipient.clone()}</small>
                    </td>
                    <td><Pill word=letter.state.as_str() /></td>
                </tr>
            }
        })
        .collect();
    let body = if rows.is_empty() {
        view! { <p>"Nothing was written to him about these reports."</p> }.into_any()
    } else {
        view! { <div class="scroll"><table aria-label="What he was told"><tbody>{rows}</tbody></table></div> }
            .into_any()
    };
    view! { <Figure title="What he was told" wide=true>{body}</Figure> }.into_any()
}
