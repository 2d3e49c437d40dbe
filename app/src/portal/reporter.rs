//! Pages for reporters: completing a report by a link, and the public form for complaints. No script, no cookie.
use super::document;
use crate::ui::TextArea;
use domain::{
    class::{Category, Class},
    complaint::Complaint,
    language::Language,
    limit::TEXT_CHARS_MAX,
    portal::DeskContact,
    question::Lacking,
    triage::EventFields,
};
use leptos::prelude::*;

/// A field that was refused: its name, and why.
pub type Fault = Option<(String, String)>;

/// The form behind a reporter's link.
#[derive(Debug, Clone)]
pub struct Completing {
    /// What his report is called: its subject.
    pub subject: String,
    /// What is missing.
    pub lacking: Vec<Lacking>,
    /// The one observation he is asked about: only what is missing of it is asked for.
    pub about: Option<String>,
    /// The fields, filled in as far as we understood the report.
    pub fields: EventFields,
    /// His own words.
    pub text: String,
    /// What was refused.
    pub fault: Fault,
}

/// The form that completes a report.
#[must_use]
pub fn completing(desk: &DeskContact, form: &Completing, action: &str) -> String {
    let title = format!("{}Complete your report - {}", prefix(&form.fault), desk.name);
    let asked: Vec<_> = form.lacking.iter().map(|part| view! { <li>{part.sentence()}</li> }.into_any()).collect();
    document(Language::En, &title, &desk.name, None, || {
        view! {
            {summary(&form.fault)}
            <h1>"Complete your report"</h1>
            <p>{format!("Your report \u{201c}{}\u{201d} has arrived. We still need:", form.subject)}</p>
            <ul>{asked}</ul>
            <form method="post" action=action.to_owned() novalidate>
                {match &form.about {
                    None => event_fields(&form.fields, &form.fault),
                    Some(about) => missing_fields(about, form),
                }}
                {long("text", "Log lines, headers, or anything else", &form.text, false, &form.fault)}
                <button>"Send"</button>
                <small>"We never ask for a password. We do not tell who our customers are."</small>
            </form>
        }
        .into_any()
    })
}

/// The public form for complaints (Regulation (EU) 2022/2065, article 16).
#[must_use]
pub fn complaining(desk: &DeskContact, form: &Complaint, fault: &Fault) -> String {
    let title = format!("{}Report abuse - {}", prefix(fault), desk.name);
    let id = form.id.clone();
    document(Language::En, &title, &desk.name, None, || {
        view! {
            {summary(fault)}
            <h1>"Report abuse from our network"</h1>
            <p>"Spam, attacks, malware, phishing or illegal content from one of our addresses? Tell us where and when, and we find out whose it was."</p>
            <form method="post" action=crate::routes::complaint() novalidate>
                <input type="hidden" name="id" value=id/>
                {event_fields(&form.fields, fault)}
                {long("text", "What happened, and why is it illegal or abusive? Put log lines or full headers here.", &form.text, true, fault)}
                {line("name", "Your name or organisation", &form.name, "text", "", fault)}
                {line("email", "Your mail address", &form.email, "email", "For the receipt and for questions. We do not give it to our customer.", fault)}
                {good_faith(form.good_faith, fault)}
                <button>"Send the report"</button>
            </form>
        }
        .into_any()
    })
}

/// A page of one message.
#[must_use]
pub fn said(desk: &DeskContact, head: &'static str, kind: &'static str, lines: &[String]) -> String {
    document(Language::En, &format!("{head} - {}", desk.name), &desk.name, None, || {
        let lines: Vec<_> = lines.iter().map(|line| view! { <p>{line.clone()}</p> }).collect();
        view! { <h1>{head}</h1><div class=kind>{lines}</div> }.into_any()
    })
}

fn prefix(fault: &Fault) -> &'static str {
    if fault.is_some() { "Error: " } else { "" }
}

/// What is wrong, at the top where the browser lands, with a jump to the field (WCAG 2.2, 3.3.1).
fn summary(fault: &Fault) -> Option<AnyView> {
    let (field, problem) = fault.clone()?;
    let (href, text) = (format!("#{field}"), format!("{}: {problem}", label_of(&field)));
    Some(
        view! { <div class="box bad" role="alert"><h2>"Not sent yet"</h2><p><a href=href>{text}</a></p></div> }
            .into_any(),
    )
}

fn label_of(field: &str) -> &'static str {
    match field {
        "source" => "Address",
        "port" => "Source port",
        "seen" => "Date and time",
        "class" => "What it is",
        "email" => "Your mail address",
        "name" => "Your name",
        "good_faith" => "Good faith",
        _ => "Text",
    }
}

fn event_fields(fields: &EventFields, fault: &Fault) -> AnyView {
    view! {
        {kinds(&fields.class, fault)}
        {line("source", "Address: IP, host name or exact URL", &fields.source, "text", "Such as 192.0.2.7 or https://shop.example/login", fault)}
        {line("port", "Source port, if you know it", &fields.port, "text", "Several customers may share one address", fault)}
        {line("seen", "Date and time with time zone", &fields.seen, "text", "Such as 2026-11-20 14:03 +0100; addresses change hands", fault)}
    }
    .into_any()
}

/// Only what is missing of one observation.
fn missing_fields(about: &str, form: &Completing) -> AnyView {
    let (about, fields, fault) = (about.to_owned(), &form.fields, &form.fault);
    let port = form.lacking.contains(&Lacking::Port).then(|| {
        line(
            "port",
            "Source port",
            &fields.port,
            "text",
            "A number from 1 to 65535: the port of our customer, not yours",
            fault,
        )
    });
    let seen = form.lacking.contains(&Lacking::Time).then(|| {
        line(
            "seen",
            "Exact date and time with time zone",
            &fields.seen,
            "text",
            "Such as 2026-11-20 14:03:07 +0100",
            fault,
        )
    });
    view! { <p>{about}</p> {port} {seen} }.into_any()
}

fn line(
    name: &'static str,
    label: &'static str,
    value: &str,
    kind: &'static str,
    hint: &'static str,
    fault: &Fault,
) -> AnyView {
    let wrong = problem(name, fault);
    let (hint_id, invalid) = (format!("{name}-hint"), wrong.is_some().then_some("true"));
    let value = value.to_owned();
    view! {
        <label class="q" for=name>{label}</label>
        <small id=hint_id.clone()>{hint}</small>
        {wrong}
        <input id=name name=name type=kind value=value aria-describedby=hint_id aria-invalid=invalid/>
    }
    .into_any()
}

fn long(name: &'static str, label: &'static str, value: &str, required: bool, fault: &Fault) -> AnyView {
    let wrong = problem(name, fault);
    let invalid = wrong.is_some();
    view! {
        <label class="q" for=name>{label}</label>
        {wrong}
        <TextArea name=name value=value.to_owned() rows=5 maxlength=TEXT_CHARS_MAX required=required invalid=invalid/>
    }
    .into_any()
}

fn problem(name: &str, fault: &Fault) -> Option<AnyView> {
    let (_, problem) = fault.as_ref().filter(|(field, _)| field == name)?;
    let problem = problem.clone();
    Some(view! { <p class="wrong">{problem}</p> }.into_any())
}

fn kinds(chosen: &str, fault: &Fault) -> AnyView {
    let groups: Vec<_> = Category::ALL
        .into_iter()
        .map(|category| {
            let options: Vec<_> = Class::ALL
                .iter()
                .filter(|class| class.category() == category)
                .map(|class| {
                    let on = class.as_str() == chosen;
                    view! { <option value=class.as_str() selected=on>{class.title()}</option> }
                })
                .collect();
            view! { <optgroup label=category.title()>{options}</optgroup> }
        })
        .collect();
    view! {
        <label class="q" for="class">"What is it?"</label>
        {problem("class", fault)}
        <select id="class" name="class"><option value="">"Choose"</option>{groups}</select>
    }
    .into_any()
}

fn good_faith(checked: bool, fault: &Fault) -> AnyView {
    view! {
        {problem("good_faith", fault)}
        <label class="opt">
            <input type="checkbox" id="good_faith" name="good_faith" value="yes" checked=checked/>
            <span>"I believe in good faith that what I say here is right and complete."</span>
        </label>
    }
    .into_any()
}
