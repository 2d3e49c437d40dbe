//! The notice before it is sent: rendered on the real case, editable, with what forbids to send it.

use domain::{
    advice::Group,
    case::Case,
    id::NoticeId,
    language::Language,
    notice::{Draft, LINK_MARK, MailWay},
};
use leptos::prelude::*;

use crate::{
    pages::evidence::act_warning,
    routes,
    ui::{Btn, Card, Desk, Field, KeyValues, LinkBtn, LongField, Pair, Pill, PostForm, Select, Top},
};

/// Everything the compose page shows.
#[derive(Debug, Clone)]
pub struct Compose {
    /// The case.
    pub case: Case,
    /// Name of the customer.
    pub customer_name: String,
    /// Events of the case whose answer later leases speak against.
    pub doubted: i64,
    /// The notice as it would go out, perhaps edited.
    pub draft: Draft,
    /// Identifier of the notice: a second click sends nothing.
    pub id: NoticeId,
    /// What the desk said to the first try.
    pub problem: Option<String>,
    /// The query of the queue one came from.
    pub list: String,
    /// Seconds in which it can be taken back.
    pub undo_seconds: i64,
    /// Where mail goes.
    pub outgoing: MailWay,
}

/// The compose page.
pub fn compose(page: Compose) -> AnyView {
    let number = page.case.number.clone();
    let back = routes::with_query(routes::case(&number), &[("list", &page.list)]);
    let state = page.case.state.as_str();
    view! {
        <Top title="Notice" sub=format!("{number} · {} · {}", page.case.class.title(), page.customer_name)>
            <Pill word=state />
            <span class="end"><LinkBtn label="Back to the case" href=back /></span>
        </Top>
        <Desk side=Some(side(&page))>{act_warning(page.doubted)} {letter(&page)}</Desk>
    }
    .into_any()
}

fn letter(page: &Compose) -> AnyView {
    let Compose { case, draft, id, problem, list, .. } = page.clone();
    let field = |name: &str, value: String| (name.to_owned(), value);
    let hidden = vec![
        field("id", id.to_string()),
        field("version", case.version.to_string()),
        field("template", draft.template.clone()),
        field("language", draft.language.as_str().to_owned()),
        field("list", list),
    ];
    let faults: Vec<_> = problem.iter().chain(&draft.faults).map(|f| view! { <li>{f.clone()}</li> }).collect();
    let faults = (!faults.is_empty()).then(|| {
        view! { <Card title="It cannot go out like this" kind="bad"><ul>{faults}</ul></Card> }
    });
    let hint =
        format!("{LINK_MARK} becomes the customer's own link when it is sent; the link stands only in this mail.");
    view! {
        {faults}
        <Card title="The mail" aside=format!("to {}", draft.recipient).into_any()>
            <PostForm action=routes::case_act(&case.number, "notify") hidden=hidden class="stack letter">
                <Field label="Subject" name="subject" value=draft.subject.clone() required=true />
                <LongField label="Text" name="body" value=draft.body.clone() rows=26 hint=hint required=true />
                <Btn label="Send" kind="main" />
            </PostForm>
        </Card>
    }
    .into_any()
}

fn side(page: &Compose) -> AnyView {
    let page = page.clone();
    let options = Group::ALL.iter().map(|group| (group.as_str().to_owned(), group_words(*group).to_owned())).collect();
    let languages = Language::ALL.iter().map(|l| (l.as_str().to_owned(), language_words(*l).to_owned())).collect();
    let list = page.list.clone();
    let how = match page.outgoing {
        MailWay::Relay => {
            "A worker hands it to the relay. It counts as given when the relay has taken it; the customer's time runs from then."
        }
        MailWay::Kept => "No relay is set: the mail is kept on the mail page of this desk and counts as given.",
        MailWay::Waiting => "No relay is set: the mail waits on the mail page and does not count as given.",
    };
    view! {
        <Card title="Template">
            <form method="get" action=routes::case_notice(&page.case.number) class="stack">
                <input type="hidden" name="list" value=list />
                <Select label="About" name="template" options=options value=page.draft.template.clone() />
                <Select label="Language" name="language" options=languages value=page.draft.language.as_str() />
                <Btn label="Show" />
            </form>
            <p class="sub">"Showing another template drops what was typed."</p>
        </Card>
        <Card title="What happens then">
            <KeyValues>
                <Pair term="Goes out">{format!("{} seconds after Send: until then it can be taken back", page.undo_seconds)}</Pair>
                <Pair term="Given">{how}</Pair>
                <Pair term="Bounces">"Counts as not given, and stops the deadline."</Pair>
            </KeyValues>
        </Card>
    }
    .into_any()
}

const fn group_words(group: Group) -> &'static str {
    match group {
        Group::Bot => "An infected device",
        Group::Spam => "Unwanted mail",
        Group::OpenService => "A service open to strangers",
        Group::Attack => "Break-in attempts and scans",
        Group::Ddos => "Floods",
        Group::Content => "Harmful web content",
        Group::Copyright => "A rights holder's claim",
        Group::Weakness => "A known security hole",
        Group::Server => "A hacked server",
        Group::Other => "Anything else",
    }
}

const fn language_words(language: Language) -> &'static str {
    match language {
        Language::En => "English",
        Language::De => "Deutsch",
    }
}
