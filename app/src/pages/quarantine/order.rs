//! The order form: which service, which measure, under which clause, why, until when a person looks again.
use crate::{
    pages::evidence::act_warning,
    routes,
    ui::{Btn, Card, Choice, Desk, Field, KeyValues, LinkBtn, LongField, Pair, Pill, PostForm, Select, Tag, Tick, Top},
};
use chrono::{DateTime, Utc};
use domain::{
    event::Role,
    quarantine::{Measure, PORTS_DEFAULT},
    quarantine_view::{OrderChoices, ServiceChoice},
    refusal::Refusal,
};
use leptos::prelude::*;

/// What was typed, and why it was refused.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderForm {
    /// Id of the quarantine to be, made when the form was rendered: a double click orders once.
    pub id: String,
    /// Service and clause, separated by a blank.
    pub ground: String,
    /// The measure's word.
    pub measure: String,
    /// Ports, separated by commas.
    pub ports: String,
    /// Why.
    pub reason: String,
    /// Days until a person looks again.
    pub review_days: String,
    /// Hours before it begins.
    pub start_hours: String,
    /// Sends a notice in the same act.
    pub notice: bool,
    /// Why it was refused.
    pub refusal: Option<Refusal>,
}

impl OrderForm {
    fn error(&self, names: &[&str]) -> Option<String> {
        match &self.refusal {
            Some(Refusal::Invalid { field, problem }) if names.contains(field) => Some(problem.clone()),
            _ => None,
        }
    }

    /// What is wrong with no field of its own.
    fn whole(&self) -> Option<String> {
        const FIELDS: &[&str] =
            &["ground", "service", "clause", "measure", "ports", "reason", "review_days", "start_hours"];
        match &self.refusal {
            Some(Refusal::Invalid { field, .. }) if FIELDS.contains(field) => None,
            Some(Refusal::Invalid { problem, .. }) => Some(format!("Not ordered: {problem}.")),
            other => other.as_ref().map(|refusal| format!("Not ordered: {refusal}.")),
        }
    }
}

/// The page.
pub fn order(data: OrderChoices, form: OrderForm, now: DateTime<Utc>) -> AnyView {
    let number = data.case.number.clone();
    let grounds = grounds(&data.services);
    let body = if grounds.is_empty() { none(&number) } else { fields(&data, &form, grounds) };
    let wrong = form.whole().map(|text| view! { <p class="flash bad" role="alert">{text}</p> });
    let sub = format!("{number} · {}", data.customer_name);
    let (ground, restricted) = (ground(&data), restricted(&data.services, now));
    let side = view! { <Card title="Ground">{ground}</Card> {restricted} }.into_any();
    view! {
        <Top title="Order a quarantine" sub=sub><LinkBtn label="Back to the case" href=routes::case(&number) /></Top>
        <Desk side=Some(side)>{act_warning(data.doubted)} {wrong} <Card title="Order">{body}</Card></Desk>
    }
    .into_any()
}

fn none(number: &str) -> AnyView {
    view! {
        <p>"No service of this customer stands under terms with a clause that permits a measure."</p>
        <p><a class="btn" href=routes::case(number)>"Back to the case"</a></p>
    }
    .into_any()
}

/// Service and clause in one choice: a clause belongs to the terms of that service's contract.
fn grounds(services: &[ServiceChoice]) -> Vec<(String, String)> {
    let mut options = Vec::new();
    for choice in services {
        for clause in &choice.clauses {
            let permits: Vec<&str> = clause.permits.iter().map(|measure| measure.title()).collect();
            let protected = if choice.service.protected.is_some() { " (protected)" } else { "" };
            options.push((
                format!("{} {}", choice.service.id, clause.id),
                format!(
                    "{}{protected}, {}: clause {} of {}, at most {} days: {}",
                    choice.service.number,
                    choice.service.product,
                    clause.number,
                    clause.terms_version,
                    clause.days_max,
                    permits.join(", ").to_lowercase()
                ),
            ));
        }
    }
    options
}

fn measures() -> Vec<(String, String, String)> {
    let why = |measure: Measure| match measure {
        Measure::PortBlock => "Some ports are closed, the rest works.",
        Measure::WalledGarden => "Only the page that explains, updates and emergency services work.",
        Measure::Suspension => "Nothing works.",
    };
    Measure::ALL
        .iter()
        .map(|measure| (measure.as_str().to_owned(), measure.title().to_owned(), why(*measure).to_owned()))
        .collect()
}

fn fields(data: &OrderChoices, form: &OrderForm, grounds: Vec<(String, String)>) -> AnyView {
    let or = |typed: &str, otherwise: &str| if typed.is_empty() { otherwise.to_owned() } else { typed.to_owned() };
    let ports: Vec<String> = PORTS_DEFAULT.iter().map(u16::to_string).collect();
    let hidden = vec![("id".to_owned(), form.id.clone())];
    let on = form.notice;
    let notice = (!data.notice).then(|| {
        view! { <Tick label="Send the notice of this kind of abuse in the same act (none was given yet)" name="notice" on=on /> }
    });
    let ground_error = form.error(&["ground", "service", "clause"]);
    let (measure_error, ports_error, reason_error) =
        (form.error(&["measure"]), form.error(&["ports"]), form.error(&["reason"]));
    let (review_error, start_error) = (form.error(&["review_days"]), form.error(&["start_hours"]));
    let (ground, measure, ports) =
        (form.ground.clone(), or(&form.measure, Measure::WalledGarden.as_str()), or(&form.ports, &ports.join(", ")));
    let (reason, review, start) = (form.reason.clone(), or(&form.review_days, "7"), or(&form.start_hours, "0"));
    view! {
        <PostForm action=routes::case_act(&data.case.number, "quarantine") hidden=hidden>
            <Select label="Service and clause" name="ground" options=grounds value=ground error=ground_error />
            <Choice label="Measure" name="measure" options=measures() value=measure error=measure_error />
            <Field label="Ports (port block only)" name="ports" value=ports
                hint="Numbers separated by commas." error=ports_error />
            <LongField label="Reason" name="reason" value=reason required=true
                hint="The customer reads this on his page: facts, no names of others." error=reason_error />
            <Field label="A person looks again in (days)" name="review_days" kind="number" value=review
                required=true error=review_error />
            <Field label="Begins in (hours)" name="start_hours" kind="number" value=start
                hint="0: at once. Give notice before it begins where the harm allows." error=start_error />
            {notice}
            <Btn label="Order" kind="hard" />
        </PostForm>
    }
    .into_any()
}

fn ground(data: &OrderChoices) -> AnyView {
    let against = |role: &Role| matches!(role, Role::Actor | Role::Infected | Role::Vulnerable);
    let roles: Vec<String> = data.roles.iter().map(|role| role.as_str().replace('_', " ")).collect();
    let evidence = if data.roles.iter().any(against) { ("sure", roles.join(", ")) } else { ("bad", "none".to_owned()) };
    let notice = if data.notice { ("sure", "given or owed") } else { ("bad", "none: send one with the order") };
    let accepted = data.services.first().map(|choice| match choice.contract.accepted_at {
        Some(at) => ("sure", format!("{} accepted {}", choice.contract.terms_version, crate::ui::time::day(at))),
        None => ("bad", "no proof of acceptance".to_owned()),
    });
    let accepted = accepted.map(|(kind, words)| view! { <Pair term="Terms"><Tag word=words kind=kind /></Pair> });
    view! {
        <KeyValues>
            <Pair term="Certain evidence"><Tag word=evidence.1 kind=evidence.0 /></Pair>
            <Pair term="Notice"><Tag word=notice.1 kind=notice.0 /></Pair>
            {accepted}
        </KeyValues>
        <p><small>"A protected service waits for the signature of a supervisor. Every quarantine ends by itself on the last day its clause allows."</small></p>
    }
    .into_any()
}

fn restricted(services: &[ServiceChoice], now: DateTime<Utc>) -> AnyView {
    let rows: Vec<AnyView> = services
        .iter()
        .filter_map(|choice| choice.live.as_ref())
        .map(|row| {
            view! {
                <p>
                    <a href=routes::quarantine(row.quarantine.id)>{row.service_number.clone()}</a> " "
                    {super::measure(&row.quarantine)} " "
                    <Pill word=super::state(row.quarantine.state) />
                    <small>{super::network_says(&row.quarantine, now)}</small>
                </p>
            }
            .into_any()
        })
        .collect();
    if rows.is_empty() {
        return ().into_any();
    }
    view! {
        <Card title="Restricted already" kind="warn">
            {rows}
            <p><small>"An order on such a service makes this case hold the same quarantine: it ends when the last case lets go."</small></p>
        </Card>
    }
    .into_any()
}
