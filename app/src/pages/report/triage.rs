//! Triage: a report that no machine understood, finished by a person in seconds. Accept, ask the reporter, or set aside.
use super::{name, state_colour, state_word};
use crate::{
    pages::reporter::mark,
    routes,
    ui::{
        Act, Btn, Card, Desk, Field, KeyValues, LinkBtn, LongField, Pair, Pill, PostForm, Quote, Select, Tag, Tick,
        Top, When, defang, number, time,
    },
};
use chrono::{DateTime, Utc};
use domain::{
    class::{Category, Class},
    event::Role,
    letter::LetterKind,
    question::Lacking,
    report::ReportState,
    triage::{EventFields, Guess, Triage},
};
use leptos::prelude::*;

/// What the screen shows.
#[derive(Debug, Clone)]
pub struct TriagePage {
    /// The report with what was guessed.
    pub triage: Triage,
    /// Whether this person may decide.
    pub works: bool,
    /// Whether this person may make a feed of it.
    pub teaches: bool,
    /// The form as typed, or as guessed.
    pub fields: EventFields,
    /// The question as typed, or as prepared.
    pub ask: AskFields,
    /// The field that was refused, and why.
    pub error: Option<(String, String)>,
    /// Id of a question asked from this page.
    pub question: String,
    /// The time of the page.
    pub now: DateTime<Utc>,
}

/// The question to the reporter, as typed.
#[derive(Debug, Clone, Default)]
pub struct AskFields {
    /// To whom.
    pub recipient: String,
    /// What is missing.
    pub lacking: Vec<Lacking>,
    /// A sentence of one's own.
    pub text: String,
    /// The form was sent and refused: it stays open.
    pub open: bool,
}

impl AskFields {
    /// What a report lacks, by what could be guessed.
    #[must_use]
    pub fn prepared(triage: &Triage) -> Self {
        let guesses = &triage.guesses;
        let shared = triage.whose.as_ref().is_some_and(|(answer, _)| answer.candidates.len() > 1);
        let mut lacking = Vec::new();
        if guesses.sources.is_empty() {
            lacking.push(Lacking::Source);
        }
        if guesses.times.is_empty() {
            lacking.push(Lacking::Time);
        }
        if shared && guesses.port.is_empty() {
            lacking.push(Lacking::Port);
        }
        if guesses.classes.is_empty() {
            lacking.push(Lacking::What);
        }
        Self { recipient: triage.recipient.clone(), lacking, text: String::new(), open: false }
    }
}

/// The triage screen.
pub fn triage(page: TriagePage) -> AnyView {
    let report = &page.triage.report;
    let acts = page.works.then(|| view! { {accept(&page)} {others(&page)} }.into_any());
    let marks = mark::marks(&page.triage.markable, page.works);
    let side = view! { {marks} {acts} {asked(&page)} {facts(&page)} }.into_any();
    let sub = match page.triage.left {
        1 => "the last one to sort out".to_owned(),
        n => format!("{} to sort out", number::thousands(u64::try_from(n).unwrap_or(0))),
    };
    let next = page.triage.next.map(|next| view! { <LinkBtn label="Skip" href=routes::report(next) key="s" /> });
    let (word, colour, title) = (state_word(report.state), state_colour(report.state), name(report));
    let words = words(&page);
    view! {
        <Top title=title sub=sub>
            <Pill word=word class=colour />
            <span class="end">{next}</span>
        </Top>
        <Desk side=Some(side)>{words}</Desk>
    }
    .into_any()
}

/// The report's words, with the lines in which something was found marked.
fn words(page: &TriagePage) -> AnyView {
    let (words, guesses) = (&page.triage.words, &page.triage.guesses);
    let headers = words.headers.iter().map(|(name, value)| (name.clone(), defang(value))).collect::<Vec<_>>();
    let headers: Vec<_> = headers.into_iter().map(|(name, value)| view! { <Pair term=name>{value}</Pair> }).collect();
    let found: Vec<&str> = guesses
        .sources
        .iter()
        .chain(&guesses.times)
        .map(|guess| guess.excerpt.trim())
        .filter(|line| !line.is_empty())
        .collect();
    let lines: Vec<_> = words
        .text
        .lines()
        .map(|line| {
            let text = defang(line);
            let hit = found.iter().any(|excerpt| line.contains(excerpt));
            if hit { view! { <mark>{text}</mark> "\n" }.into_any() } else { view! { {text} "\n" }.into_any() }
        })
        .collect();
    let attached: Vec<_> = words
        .attachments
        .iter()
        .map(|(name, size)| {
            let size = number::bytes(u64::try_from(*size).unwrap_or(0));
            view! { <li>{format!("{} ({size})", defang(name))}</li> }
        })
        .collect();
    let attached = (!attached.is_empty()).then(|| {
        view! { <p>"Attached, and in the download: "</p><ul class="plain">{attached}</ul> }
    });
    let cut = words.cut.then(|| view! { <small>"Only the beginning is shown; the download has all of it."</small> });
    let headers = (!headers.is_empty()).then(|| view! { <KeyValues>{headers}</KeyValues> });
    let download = view! { <a href=routes::report_raw(page.triage.report.id)>"Download"</a> }.into_any();
    view! {
        <Card title="What it says" aside=download kind="first">
            {headers}
            <pre class="raw" tabindex="0">{lines}</pre>
            {cut}
            {attached}
        </Card>
    }
    .into_any()
}

/// The form with what was guessed: right as it stands in most cases.
fn accept(page: &TriagePage) -> AnyView {
    let (guesses, fields) = (&page.triage.guesses, page.fields.clone());
    let error = |name: &str| page.error.as_ref().filter(|(field, _)| field == name).map(|(_, problem)| problem.clone());
    let why = |guesses: &[Guess], typed: &str, none: &str| {
        let found = guesses.iter().find(|guess| guess.value == typed);
        found.map_or_else(
            || if typed.is_empty() { none.to_owned() } else { String::new() },
            |guess| guess.reason.clone(),
        )
    };
    let offered =
        |guesses: &[Guess]| guesses.iter().map(|guess| (guess.value.clone(), guess.reason.clone())).collect::<Vec<_>>();
    let class_why = guesses.classes.iter().find(|(class, _)| class.as_str() == fields.class);
    let class_why = class_why.map(|(_, why)| why.clone()).unwrap_or_default();
    let action = routes::report_act(page.triage.report.id, "accept");
    let source_why = why(&guesses.sources, &fields.source, "Address, host, URL or account");
    let seen_why = why(&guesses.times, &fields.seen, "2026-11-20 14:03 +0100; empty: not stated");
    let (sources, times) = (offered(&guesses.sources), offered(&guesses.times));
    let wrong = ["source", "port", "seen", "class", "role", "count"].map(error);
    let [source_wrong, port_wrong, seen_wrong, class_wrong, role_wrong, count_wrong] = wrong;
    let (whose, more) = (whose(page), role_wrong.is_some() || count_wrong.is_some());
    view! {
        <Card title="Accept as an event" kind="next">
            {whose}
            <PostForm action=action id="accept">
                <Field
                    label="Source"
                    name="source"
                    value=fields.source
                    hint=source_why
                    error=source_wrong
                    offered=sources
                    required=true
                />
                <Field label="Port" name="port" value=fields.port error=port_wrong hint="On our customer's side; tells customers behind one address apart" />
                <Field
                    label="Seen"
                    name="seen"
                    value=fields.seen
                    hint=seen_why
                    error=seen_wrong
                    offered=times
                />
                <Select label="What" name="class" options=classes() value=fields.class hint=class_why error=class_wrong />
                <details class="more" open=more>
                    <summary>"Role and count"</summary>
                    <div class="stack in">
                        <Select label="Our customer is" name="role" options=roles() value=fields.role error=role_wrong />
                        <Field label="How often" name="count" value=fields.count hint="Empty: once" error=count_wrong />
                    </div>
                </details>
                <div class="btns">
                    <Btn label="Accept" kind="main" key="y" />
                    <Btn label="Accept, and one more" name="more" value="yes" />
                </div>
            </PostForm>
        </Card>
    }
    .into_any()
}

/// Whose the guessed source was then.
fn whose(page: &TriagePage) -> Option<AnyView> {
    let (answer, named) = page.triage.whose.as_ref()?;
    let certainty = answer.certainty.as_str();
    let text = match named.as_slice() {
        [] => answer.why.clone(),
        [one] => format!("{} · {}", one.customer_name, one.service_number),
        several => format!("{} customers: {}", several.len(), answer.why),
    };
    Some(view! { <p><Tag word=certainty /> " " {text}</p> }.into_any())
}

fn classes() -> Vec<(String, String)> {
    let mut options = vec![(String::new(), "choose…".to_owned())];
    for category in Category::ALL {
        let of = Class::ALL.iter().filter(|class| class.category() == category);
        options.extend(of.map(|class| (class.as_str().to_owned(), class.title().to_owned())));
    }
    options
}

fn roles() -> Vec<(String, String)> {
    let mut options = vec![(String::new(), "as the kind says".to_owned())];
    options.extend(Role::ALL.iter().map(|role| (role.as_str().to_owned(), role.as_str().replace('_', " "))));
    options
}

fn others(page: &TriagePage) -> AnyView {
    let report = &page.triage.report;
    let id = report.id;
    let reason = defang(report.reason.as_deref().unwrap_or("Nobody said why."));
    let teach = page.teaches.then(|| view! { <LinkBtn label="Teach" href=routes::feed_teach(id) key="t" /> });
    let ask = ask(page);
    let mark = mark::act(id, &page.triage.markable);
    let again = (report.state == ReportState::Parked).then(|| {
        view! {
            <PostForm action=routes::report_act(id, "retry") class="inline">
                <Btn label="Read again" key="r" />
            </PostForm>
            <Act label="Not abuse…" key="c" group="triage">
                <PostForm action=routes::report_act(id, "set-aside")>
                    <LongField label="Reason" name="reason" hint="One sentence for the record." rows=2 required=true />
                    <Btn label="Set aside" kind="hard" />
                </PostForm>
            </Act>
        }
    });
    view! {
        <Card title="Or" kind="warn">
            <p>{reason}</p>
            <div class="btns">
                {ask}
                {again}
                {mark}
                {teach}
            </div>
        </Card>
    }
    .into_any()
}

fn ask(page: &TriagePage) -> AnyView {
    let typed = page.ask.clone();
    let error = |name: &str| page.error.as_ref().filter(|(field, _)| field == name).map(|(_, problem)| problem.clone());
    let lacking: Vec<_> = Lacking::ALL
        .iter()
        .map(|part| {
            let on = typed.lacking.contains(part);
            let label = match part {
                Lacking::Source => "source",
                Lacking::Port => "source port",
                Lacking::Time => "time with zone",
                Lacking::What => "what happened",
                Lacking::Evidence => "log lines or headers",
            };
            view! { <Tick label=label name="lacking" value=part.as_str() on=on /> }
        })
        .collect();
    let none = error("lacking").map(|problem| view! { <p class="wrong">{problem}</p> });
    let hidden = vec![("id".to_owned(), page.question.clone())];
    let (recipient_wrong, text_wrong) = (error("recipient"), error("text"));
    let action = routes::report_act(page.triage.report.id, "ask");
    view! {
        <Act label="Ask the reporter…" key="a" open=typed.open group="triage">
            <PostForm action=action hidden=hidden>
                <Field label="To" name="recipient" value=typed.recipient kind="email" id="ask-recipient" error=recipient_wrong required=true />
                <fieldset class="field">
                    <legend>"Missing"</legend>
                    {lacking}
                    {none}
                </fieldset>
                <LongField label="In your own words" name="text" value=typed.text rows=2 error=text_wrong hint="Optional. Never name a customer." id="ask-text" />
                <Btn label="Ask" kind="main" />
            </PostForm>
        </Act>
    }
    .into_any()
}

/// What the reporter was asked, and what he said.
fn asked(page: &TriagePage) -> Option<AnyView> {
    if page.triage.questions.is_empty() {
        return None;
    }
    let now = page.now;
    let rows: Vec<_> = page
        .triage
        .questions
        .iter()
        .map(|question| {
            let parts: Vec<&str> = question.lacking.iter().map(|part| part.as_str()).collect();
            let letter = page.triage.letters.iter().find(|letter| letter.id.0 == question.id.0);
            let letter = letter.filter(|letter| letter.kind == LetterKind::Question).map(|letter| {
                view! { " " <a href=routes::letter(letter.id)>"the letter"</a> " (" {letter.state.as_str()} ")" }
            });
            let end = match question.answered_at {
                Some(at) => format!("answered {}", time::ago(at, now)),
                None => format!("no answer yet; the form works until {}", time::stamp(question.expires_at, now)),
            };
            let answer = (!question.answer.is_empty()).then(|| view! { <Quote text=defang(&question.answer) /> });
            view! {
                <li>
                    <When at=question.asked_at now=now />
                    {format!(" {} was asked for: {}; {end}", defang(&question.recipient), parts.join(", "))}
                    {letter}
                    {answer}
                </li>
            }
        })
        .collect();
    Some(view! { <Card title="Asked"><ul class="plain">{rows}</ul></Card> }.into_any())
}

fn facts(page: &TriagePage) -> AnyView {
    let report = &page.triage.report;
    let format = report.format.map_or("not read yet", |format| format.as_str());
    let who = super::one::reporter_link(report.reporter.as_deref());
    let origin = (mark::handed(page.triage.envelope.as_ref()), mark::delivery(page.triage.provenance.as_ref()));
    let (came, channel, size) = (time::full(report.received_at), report.channel.as_str(), report.size);
    let size = number::bytes(u64::try_from(size).unwrap_or(0));
    let (events, sha) = (report.events, report.sha256.clone());
    let events = (events > 0).then(|| view! { <Pair term="Events">{events}</Pair> });
    view! {
        <Card title="Facts">
            <KeyValues>
                <Pair term="Came">{came} " by " {channel}</Pair>
                <Pair term="Reporter">{who}</Pair>
                {origin}
                <Pair term="Format">{format}</Pair>
                {events}
                <Pair term="Size">{size}</Pair>
                <Pair term="SHA-256"><small class="mono">{sha}</small></Pair>
            </KeyValues>
        </Card>
    }
    .into_any()
}
