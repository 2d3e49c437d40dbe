//! "Who had this?": the form with the reason, and the look-ups that were made.
use crate::{
    routes,
    ui::{Btn, Card, DataTable, Desk, EmptyState, Field, PostForm, Select, Tag, Th, Top, When, defang},
};
use chrono::{DateTime, Utc};
use domain::{
    id::UserId,
    lease::look::{LookUpRow, PREFIX_MIN, WHY_CHARS_MAX},
};
use leptos::prelude::*;

/// Reasons that the form offers, beside those one gave before.
const REASONS: &[&str] = &[
    "abuse report",
    "request of an authority",
    "the customer asked about his own line",
    "fault in the network",
    "check of the lease data",
];
/// Reasons of before that are offered.
const REMEMBERED: usize = 6;

/// The question as it was typed, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Address, prefix or host name.
    pub address: String,
    /// Source port.
    pub port: String,
    /// `tcp`, `udp` or none.
    pub protocol: String,
    /// First instant; UTC.
    pub at: String,
    /// Last instant.
    pub until: String,
    /// Seconds by which the time may be off.
    pub uncertainty: String,
    /// Why.
    pub reason: String,
    /// Number of the case it is for.
    pub case: String,
    /// Fields and problems.
    pub errors: Vec<(String, String)>,
}

impl Asked {
    /// What is wrong with a field.
    pub(super) fn error(&self, field: &str) -> Option<String> {
        self.errors.iter().find(|(name, _)| name == field).map(|(_, problem)| problem.clone())
    }
}

/// What the page shows.
#[derive(Debug, Clone)]
pub struct WhoPage {
    /// As typed.
    pub asked: Asked,
    /// The newest look-ups.
    pub made: Vec<LookUpRow>,
    /// Who reads this.
    pub me: UserId,
    /// Whether this person may ask.
    pub may: bool,
    /// Whether the list has everybody's.
    pub all: bool,
    /// The time of the page.
    pub now: DateTime<Utc>,
}

/// The page of the question.
pub fn who(page: WhoPage) -> AnyView {
    let offered = remembered(&page.made, page.me);
    let form = page.may.then(|| form(page.asked.clone(), offered));
    let barred = (!page.may).then(|| {
        view! {
            <Card title="Look up">
                <p>"Your role checks look-ups and makes none. Who asked what, and why, stands below and in the record."</p>
            </Card>
        }
    });
    let title = if page.all { "Look-ups made" } else { "My look-ups" };
    let list = made(&page);
    view! {
        <Top title="Who had this?" sub="address, port and time decide" />
        <Desk>
            {form} {barred}
            <Card title=title flush=true>{list}</Card>
        </Desk>
    }
    .into_any()
}

/// Reasons one gave before, then the usual ones.
fn remembered(made: &[LookUpRow], me: UserId) -> Vec<(String, String)> {
    let mut reasons: Vec<(String, String)> = Vec::new();
    for row in made.iter().filter(|row| row.by == me) {
        if reasons.len() < REMEMBERED && !reasons.iter().any(|(known, _)| *known == row.why) {
            reasons.push((row.why.clone(), "used before".to_owned()));
        }
    }
    for usual in REASONS {
        if !reasons.iter().any(|(known, _)| known == usual) {
            reasons.push(((*usual).to_owned(), String::new()));
        }
    }
    reasons
}

/// Reason and case: the same two fields wherever somebody asks.
pub(super) fn why(asked: &Asked, offered: Vec<(String, String)>) -> AnyView {
    let (reason_error, case_error) = (asked.error("reason"), asked.error("case"));
    let (reason, case) = (asked.reason.clone(), asked.case.clone());
    let hint = format!("Stands in the record with your name; at most {WHY_CHARS_MAX} characters");
    view! {
        <Field label="Why do you ask?" name="reason" value=reason error=reason_error hint=hint required=true offered=offered />
        <Field label="For case" name="case" value=case error=case_error hint="L-2026-000123, or empty" />
    }
    .into_any()
}

fn form(asked: Asked, offered: Vec<(String, String)>) -> AnyView {
    let error = |field: &str| asked.error(field);
    let (address, port, at) = (error("address"), error("port"), error("at"));
    let (until, uncertainty) = (error("until"), error("uncertainty"));
    let protocols =
        [("", "any"), ("tcp", "TCP"), ("udp", "UDP")].map(|(value, word)| (value.to_owned(), word.to_owned())).to_vec();
    let hint = format!("198.51.100.77:49431, a prefix down to /{} or /{}, or a host name", PREFIX_MIN.0, PREFIX_MIN.1);
    let why = why(&asked, offered);
    view! {
        <Card title="Look up">
            <PostForm action=routes::who() class="ask">
                <Field label="Address, prefix or host" name="address" value=asked.address error=address hint=hint required=true />
                <Field label="Source port" name="port" value=asked.port error=port hint="decides where an address is shared" />
                <Select label="Protocol" name="protocol" options=protocols value=asked.protocol />
                <Field label="Time (UTC)" name="at" value=asked.at error=at hint="2026-11-22 10:38:12, or with a zone; empty = now" />
                <Field label="Until" name="until" value=asked.until error=until hint="if it was a span" />
                <Field
                    label="Clock may be off by (s)"
                    name="uncertainty"
                    value=asked.uncertainty
                    error=uncertainty
                    hint="as the reporter states it; empty = exact"
                />
                {why}
                <p class="wide"><Btn label="Look up" kind="main" /> <small>"A host name is looked up in DNS: its servers may see that."</small></p>
            </PostForm>
        </Card>
    }
    .into_any()
}

fn made(page: &WhoPage) -> AnyView {
    if page.made.is_empty() {
        return view! {
            <EmptyState title="No look-ups yet">
                "Whose an address was is asked with a reason; each question stands in the record and, with its answer, here."
            </EmptyState>
        }
        .into_any();
    }
    let rows: Vec<_> = page.made.iter().map(|row| line(row, page)).collect();
    view! {
        <DataTable label="Look-ups" class="stack">
            <thead>
                <tr><Th label="Asked" /> <Th label="Why" /> <Th label="Who" /> <Th label="When" /></tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

fn line(row: &LookUpRow, page: &WhoPage) -> AnyView {
    let mine = row.by == page.me;
    let what = defang(&row.what);
    let asked = match (mine && page.may, row.kept, row.customer) {
        (true, _, Some(customer)) => view! { <a href=routes::addresses_of(customer, row.id)>{what}</a> }.into_any(),
        (true, true, None) => view! { <a href=routes::look_up(row.id)>{what}</a> }.into_any(),
        (true, false, None) => view! { {what} " " <Tag word="answer erased" /> }.into_any(),
        _ => what.into_any(),
    };
    view! {
        <tr>
            <td class="lead">{asked}</td>
            <td data-label="Why">{row.why.clone()}</td>
            <td data-label="Who">{row.by_name.clone()}</td>
            <td data-label="When"><When at=row.made_at now=page.now /></td>
        </tr>
    }
    .into_any()
}
