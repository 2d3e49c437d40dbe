//! Reading a period again: which reports, how far, what differs, and putting it in force.
use crate::{
    routes,
    ui::{
        Act, Btn, Card, DataTable, Desk, EmptyState, Field, KeyValues, LinkBtn, LongField, Pager, Pair, Pill, PostForm,
        Select, Th, Top, When, number, time,
    },
};
use chrono::{DateTime, Utc};
use domain::{
    actor::Actor,
    again::{Reread, RereadFilter, RereadReport, RereadState, RereadSum},
    event::Format,
    page::{PageOf, Rows},
    report::ReportState,
};
use leptos::prelude::*;

/// The form as typed, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct PeriodForm {
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Only of this form.
    pub format: String,
    /// Only in this state.
    pub state: String,
    /// Field and problem.
    pub error: Option<(String, String)>,
}

/// The page where a period is chosen.
#[derive(Debug, Clone)]
pub struct PeriodPage {
    /// The form.
    pub form: PeriodForm,
    /// Id of the new one: a double click begins once.
    pub id: String,
    /// Earlier ones, newest first.
    pub rereads: Vec<Reread>,
    /// Version of today's parsers.
    pub parser_version: i64,
    /// Whether this person may begin one.
    pub works: bool,
    /// The time of the page.
    pub now: DateTime<Utc>,
}

/// Choosing a period.
pub fn period(page: PeriodPage) -> AnyView {
    let list = if page.rereads.is_empty() {
        view! {
            <EmptyState title="No period was read again yet">
                "After an update that reads more, or reads better: compare what is stored with what today's parsers make of it."
            </EmptyState>
        }
        .into_any()
    } else {
        list(&page)
    };
    let side = page.works.then(|| form(&page));
    let sub = format!("stored reports beside what today's parsers, version {}, make of them", page.parser_version);
    view! {
        <Top title="Read again" sub=sub />
        <Desk side=side><Card title="Periods" flush=true>{list}</Card></Desk>
    }
    .into_any()
}

fn list(page: &PeriodPage) -> AnyView {
    let rows: Vec<_> = page.rereads.iter().map(|reread| row(reread, page.now)).collect();
    view! {
        <DataTable label="Periods read again" class="stack">
            <thead>
                <tr>
                    <Th label="Asked for" /> <Th label="Reports that came" /> <Th label="By" class="opt" />
                    <Th label="Compared" class="n" /> <Th label="State" />
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

fn row(reread: &Reread, now: DateTime<Utc>) -> AnyView {
    let href = routes::reread(reread.id);
    view! {
        <tr data-row="">
            <td class="when" data-label="Asked for"><When at=reread.made_at now=now /></td>
            <td class="lead"><a class="who" href=href>{span(&reread.filter)}</a> <small>{narrowed(&reread.filter)}</small></td>
            <td class="opt">{Actor::label(&reread.made_by).to_owned()}</td>
            <td class="n" data-label="Compared">{progress(reread)}</td>
            <td data-label="State"><Pill word=state_word(reread.state) class=state_colour(reread.state) /></td>
        </tr>
    }
    .into_any()
}

fn span(filter: &RereadFilter) -> String {
    let last = filter.to - chrono::TimeDelta::microseconds(1);
    let day = |at: DateTime<Utc>| at.format("%-d %b %Y").to_string();
    if day(filter.from) == day(last) { day(last) } else { format!("{} to {}", day(filter.from), day(last)) }
}

fn narrowed(filter: &RereadFilter) -> String {
    let format = filter.format.map(|format| format!("only {format}"));
    let state = filter.state.map(|state| format!("only {}", super::super::report::state_word(state)));
    [format, state].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn progress(reread: &Reread) -> String {
    let n = |n: i64| number::thousands(u64::try_from(n).unwrap_or(0));
    format!("{} of {}", n(reread.looked), n(reread.total.max(reread.looked)))
}

const fn state_word(state: RereadState) -> &'static str {
    match state {
        RereadState::Looking => "comparing",
        RereadState::Ready => "to decide",
        RereadState::Applying => "being put in force",
        RereadState::Applied => "done",
        RereadState::Stopped => "stopped",
    }
}

const fn state_colour(state: RereadState) -> &'static str {
    match state {
        RereadState::Looking | RereadState::Applying => "notified",
        RereadState::Ready => "answered",
        RereadState::Applied => "released",
        RereadState::Stopped => "closed",
    }
}

fn form(page: &PeriodPage) -> AnyView {
    let typed = page.form.clone();
    let wrong = |field: &str| typed.error.as_ref().filter(|(name, _)| name == field).map(|(_, text)| text.clone());
    let (from_error, to_error) = (wrong("from"), wrong("to"));
    let any = |word: &str| vec![(String::new(), word.to_owned())];
    let formats = Format::ALL.iter().map(|format| (format.to_string(), format.to_string()));
    let formats = any("any form").into_iter().chain(formats).collect::<Vec<_>>();
    let states = [ReportState::Parked, ReportState::Done, ReportState::Asked];
    let states = states.map(|state| (state.to_string(), super::super::report::state_word(state).to_owned()));
    let states = any("any state").into_iter().chain(states).collect::<Vec<_>>();
    let hidden = vec![("id".to_owned(), page.id.clone())];
    view! {
        <Card title="Compare a period">
            <PostForm action=routes::rereads() hidden=hidden>
                <Field label="First day" name="from" kind="date" value=typed.from error=from_error required=true />
                <Field label="Last day" name="to" kind="date" value=typed.to error=to_error required=true />
                <Select label="Form" name="format" options=formats value=typed.format />
                <Select label="State" name="state" options=states value=typed.state />
                <Btn label="Compare" kind="main" />
                <p class="sub">"Days in UTC. Comparing changes nothing; you see every difference before it is put in force."</p>
            </PostForm>
        </Card>
    }
    .into_any()
}

/// The page of one period.
#[derive(Debug, Clone)]
pub struct RereadPage {
    /// Where it stands.
    pub reread: Reread,
    /// The differences in numbers.
    pub sum: RereadSum,
    /// A page of the reports that read differently.
    pub reports: Rows<RereadReport>,
    /// The page's number.
    pub page: PageOf,
    /// Whether this person may stop it.
    pub works: bool,
    /// Whether this person may put it in force.
    pub decides: bool,
    /// The reason as typed, after a refusal.
    pub reason: String,
    /// What is wrong with it.
    pub error: Option<String>,
    /// The time of the page.
    pub now: DateTime<Utc>,
}

/// One period.
pub fn reread(page: RereadPage) -> AnyView {
    let reread = &page.reread;
    let side = view! { {numbers(&page)} {decide(&page)} {stop(&page)} }.into_any();
    let moving = matches!(reread.state, RereadState::Looking | RereadState::Applying);
    let reload = moving.then(|| view! { <LinkBtn label="Look again" href=routes::reread(reread.id) key="r" /> });
    let (title, sub) = (format!("Read again: {}", span(&reread.filter)), narrowed(&reread.filter));
    let list = if page.reports.rows.is_empty() { none(reread.state) } else { differing(&page) };
    let (word, colour, bar) = (state_word(reread.state), state_colour(reread.state), bar(&page));
    view! {
        <Top title=title sub=sub>
            <Pill word=word class=colour />
            {reload}
            <LinkBtn label="All periods" href=routes::rereads() />
        </Top>
        <Desk side=Some(side)>{bar} <Card title="Reports that read differently" flush=true>{list}</Card></Desk>
    }
    .into_any()
}

/// How far it is, for the eyes and for those who cannot see it.
fn bar(page: &RereadPage) -> AnyView {
    let (reread, sum) = (&page.reread, &page.sum);
    let (done, all, words) = match reread.state {
        RereadState::Looking => {
            (reread.looked, reread.total.max(reread.looked), format!("{} reports compared", progress(reread)))
        }
        RereadState::Applying => {
            (sum.applied, sum.reports, format!("{} of {} reports put in force", sum.applied, sum.reports))
        }
        _ => return ().into_any(),
    };
    view! {
        <Card title="Progress">
            <p>
                <progress value=done.to_string() max=all.max(1).to_string()>{words.clone()}</progress>
                " "
                {words}
            </p>
        </Card>
    }
    .into_any()
}

fn none(state: RereadState) -> AnyView {
    let (title, text) = match state {
        RereadState::Looking => ("None so far", "The comparison goes on; look again in a moment."),
        _ => ("None", "Today's parsers say the same about every report of this period."),
    };
    view! { <EmptyState title=title>{text}</EmptyState> }.into_any()
}

fn differing(page: &RereadPage) -> AnyView {
    let rows: Vec<_> = page.reports.rows.iter().map(|report| report_row(report, page.now)).collect();
    let number = page.page.number;
    let at = |number: i64| routes::with_query(routes::reread(page.reread.id), &[("page", &number.to_string())]);
    view! {
        <DataTable label="Reports that read differently" class="stack">
            <thead>
                <tr>
                    <Th label="Came" /> <Th label="State" /> <Th label="New" class="n" /> <Th label="Gone" class="n" />
                    <Th label="Changed" class="n" /> <Th label="For a person" class="n" /> <Th label="In force" />
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
        <Pager prev=(number > 1).then(|| at(number - 1)) next=page.reports.more.then(|| at(number + 1)) />
    }
    .into_any()
}

fn report_row(report: &RereadReport, now: DateTime<Utc>) -> AnyView {
    let word = |state| super::super::report::state_word(state);
    let state = if report.old_state == report.new_state {
        word(report.old_state).to_owned()
    } else {
        format!("{} → {}", word(report.old_state), word(report.new_state))
    };
    view! {
        <tr data-row="">
            <td class="lead"><a class="who" href=routes::report_again(report.report)>{time::stamp(report.received_at, now)}</a></td>
            <td data-label="State">{state}</td>
            <td class="n" data-label="New">{report.added}</td>
            <td class="n" data-label="Gone">{report.gone}</td>
            <td class="n" data-label="Changed">{report.changed}</td>
            <td class="n" data-label="For a person">{report.kept}</td>
            <td data-label="In force">{if report.applied { "yes" } else { "no" }}</td>
        </tr>
    }
    .into_any()
}

fn numbers(page: &RereadPage) -> AnyView {
    let (reread, sum) = (&page.reread, page.sum);
    let reason = (!reread.reason.is_empty()).then(|| {
        let words = reread.reason.clone();
        view! { <Pair term="Reason">{words}</Pair> }
    });
    let by = Actor::label(&reread.made_by).to_owned();
    let (made, version, compared) = (time::full(reread.made_at), reread.parser_version, progress(reread));
    view! {
        <Card title="In numbers">
            <KeyValues>
                <Pair term="Asked for">{made} " by " {by}</Pair>
                <Pair term="Parsers">"version " {version}</Pair>
                <Pair term="Compared">{compared}</Pair>
                <Pair term="Read differently">{number::plural(u64::try_from(sum.reports).unwrap_or(0), "report", "reports")}</Pair>
                <Pair term="Change state">{sum.states}</Pair>
                <Pair term="Events new">{sum.added}</Pair>
                <Pair term="Events gone">{sum.gone}</Pair>
                <Pair term="Events changed">{sum.changed}</Pair>
                <Pair term="For a person">{sum.kept}</Pair>
                {reason}
            </KeyValues>
        </Card>
    }
    .into_any()
}

fn decide(page: &RereadPage) -> AnyView {
    if page.reread.state != RereadState::Ready {
        return ().into_any();
    }
    if !page.decides {
        return view! { <Card title="Put it in force"><p>"A supervisor decides that."</p></Card> }.into_any();
    }
    let (reason, error) = (page.reason.clone(), page.error.clone());
    let label =
        format!("Put {} in force", number::plural(u64::try_from(page.sum.reports).unwrap_or(0), "report", "reports"));
    let action = routes::reread_act(page.reread.id, "apply");
    view! {
        <Card title="Put it in force" kind="next">
            <p>
                "What only waited gets its newer reading. What a person decided on stays as it is, with the newer reading beside it."
            </p>
            <PostForm action=action>
                <LongField label="Reason" name="reason" value=reason error=error hint="One sentence for the record." rows=2 required=true />
                <Btn label=label kind="main" />
            </PostForm>
        </Card>
    }
    .into_any()
}

fn stop(page: &RereadPage) -> AnyView {
    if !page.works || matches!(page.reread.state, RereadState::Applied | RereadState::Stopped) {
        return ().into_any();
    }
    let action = routes::reread_act(page.reread.id, "stop");
    view! {
        <Card title="Also possible">
            <Act label="Stop…">
                <PostForm action=action>
                    <p>"What is in force already stays in force."</p>
                    <Btn label="Stop" kind="hard" />
                </PostForm>
            </Act>
        </Card>
    }
    .into_any()
}
