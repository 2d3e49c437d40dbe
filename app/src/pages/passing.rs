//! Passing evidence on: exactly what leaves, the ways it can leave, and what left before.
use crate::{
    routes,
    ui::{
        Btn, Card, DataTable, Desk, Field, LinkBtn, LongField, Pill, PostForm, Select, Th, Tick, Top, When, defang,
        number,
    },
};
use chrono::{DateTime, Utc};
use domain::{
    actor::Actor,
    notice::NoticeState,
    passing::{Passing, Way},
};
use leptos::prelude::*;

/// What the page shows.
#[derive(Debug, Clone)]
pub struct PassingPage {
    /// Class and source of the event, or number of the case.
    pub title: String,
    /// Where the event or the case is.
    pub back: String,
    /// This page's address.
    pub here: String,
    /// What leaves.
    pub body: String,
    /// SHA-256 of it.
    pub sha256: String,
    /// How many events.
    pub events: i64,
    /// What a person should know about it.
    pub remarks: Vec<String>,
    /// Whether the reporter is named.
    pub named: bool,
    /// Names of the webhooks.
    pub targets: Vec<String>,
    /// What left before.
    pub before: Vec<Passing>,
    /// Id of the new one: a double click passes on once.
    pub id: String,
    /// The form as typed, after a refusal.
    pub typed: Typed,
    /// The time of the page.
    pub now: DateTime<Utc>,
}

/// The form as typed, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// Which way.
    pub way: String,
    /// To whom.
    pub target: String,
    /// Words in the mail.
    pub note: String,
    /// Field and problem.
    pub error: Option<(String, String)>,
}

/// Letters of the preview; the rest leaves unseen only by its end, which the page says.
const SHOWN_CHARS: usize = 60_000;

/// The page.
pub fn passing(page: PassingPage) -> AnyView {
    let title = format!("Pass on: {}", defang(&page.title));
    let n = number::plural(u64::try_from(page.events).unwrap_or(0), "report", "reports");
    let sub = format!("{n} in XARF v4, without anything about the customer");
    let shown: String = page.body.chars().take(SHOWN_CHARS).collect();
    let cut = (shown.len() < page.body.len()).then(|| {
        view! { <p class="sub">"Only the beginning is shown; the download holds all of it."</p> }
    });
    let remarks: Vec<_> = page.remarks.iter().map(|remark| view! { <li>{defang(remark)}</li> }).collect();
    let remarks = (!remarks.is_empty()).then(|| view! { <ul class="plain">{remarks}</ul> });
    let side = view! { {who(&page)} {ways(&page)} }.into_any();
    let (back, before) = (page.back.clone(), before(&page));
    view! {
        <Top title=title sub=sub><LinkBtn label="Back" href=back /></Top>
        <Desk side=Some(side)>
            <Card title="Exactly this leaves">
                {remarks}
                // Not defanged: this is what leaves, to the letter.
                <pre class="raw" tabindex="0">{shown}</pre>
                {cut}
            </Card>
            {before}
        </Desk>
    }
    .into_any()
}

fn who(page: &PassingPage) -> AnyView {
    let (here, named) = (page.here.clone(), page.named);
    view! {
        <Card title="Who is named">
            <form method="get" action=here class="stack">
                <Tick label="Name the original reporter, and the address that was attacked" name="named" on=named />
                <Btn label="Show it so" />
            </form>
            <p class="sub">
                {if named { "The reporter is named as far as he is a domain." } else { "We stand for the report; the reporter stays unknown." }}
            </p>
        </Card>
    }
    .into_any()
}

fn ways(page: &PassingPage) -> AnyView {
    let hidden = |way: Way| {
        let mut hidden = vec![
            ("id".to_owned(), page.id.clone()),
            ("way".to_owned(), way.to_string()),
            ("sha256".to_owned(), page.sha256.clone()),
        ];
        if page.named {
            hidden.push(("named".to_owned(), "yes".to_owned()));
        }
        hidden
    };
    let wrong = |way: Way, field: &str| {
        let error = page.typed.error.as_ref().filter(|_| page.typed.way == way.as_str());
        error.filter(|(name, _)| name == field).map(|(_, text)| text.clone())
    };
    let (target_error, note_error, hook_error) =
        (wrong(Way::Mail, "target"), wrong(Way::Mail, "note"), wrong(Way::Webhook, "target"));
    let (typed, here) = (page.typed.clone(), page.here.clone());
    let hook = if page.targets.is_empty() {
        view! { <p class="sub">"No webhook is set: passon.NAME.url in the settings."</p> }.into_any()
    } else {
        let options = page.targets.iter().map(|name| (name.clone(), name.clone())).collect();
        view! {
            <PostForm action=here.clone() hidden=hidden(Way::Webhook)>
                <Select label="Webhook" name="target" id="hook" options=options error=hook_error />
                <Btn label="Post it" />
            </PostForm>
        }
        .into_any()
    };
    let (download, mail, file) = (hidden(Way::Download), hidden(Way::Mail), here.clone());
    view! {
        <Card title="As a file">
            <PostForm action=file hidden=download class="inline">
                <Btn label="Download" key="d" />
            </PostForm>
        </Card>
        <Card title="To a webhook">{hook}</Card>
        <Card title="By mail">
            <PostForm action=here hidden=mail>
                <Field
                    label="To"
                    name="target"
                    kind="email"
                    value=typed.target
                    error=target_error
                    hint="Such as abuse@isp.example"
                    required=true
                />
                <LongField
                    label="A few words"
                    name="note"
                    value=typed.note
                    error=note_error
                    hint="Stands in the mail above the file. Nothing about the customer."
                    rows=3
                />
                <Btn label="Send it" kind="main" />
            </PostForm>
        </Card>
    }
    .into_any()
}

fn before(page: &PassingPage) -> Option<AnyView> {
    if page.before.is_empty() {
        return None;
    }
    let rows: Vec<_> = page.before.iter().map(|one| row(one, page.now)).collect();
    Some(
        view! {
            <Card title="Passed on before" flush=true>
                <DataTable label="Passed on before" class="stack">
                    <thead>
                        <tr>
                            <Th label="When" /> <Th label="To" /> <Th label="By" /> <Th label="State" />
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </DataTable>
            </Card>
        }
        .into_any(),
    )
}

fn row(one: &Passing, now: DateTime<Utc>) -> AnyView {
    let to = match one.way {
        Way::Download => "a file".to_owned(),
        Way::Webhook => format!("webhook {}", one.target),
        Way::Mail => defang(&one.target),
    };
    let retry = (one.state == NoticeState::Failed).then(|| {
        view! {
            <PostForm action=routes::passing_retry(one.id) class="inline"><Btn label="Try again" /></PostForm>
        }
    });
    let answer = (!one.answer.is_empty()).then(|| view! { <small>{defang(&one.answer)}</small> });
    view! {
        <tr data-row="">
            <td class="when" data-label="When"><When at=one.made_at now=now /></td>
            <td class="lead">{to}</td>
            <td data-label="By">{Actor::label(&one.made_by).to_owned()}</td>
            <td data-label="State"><Pill word=one.state.as_str() /> " " {answer} {retry}</td>
        </tr>
    }
    .into_any()
}
