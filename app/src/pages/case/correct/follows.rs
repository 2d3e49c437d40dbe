//! Every consequence of a correction in words, before anything is done.
use super::CorrectFields;
use crate::{
    routes,
    ui::{Btn, Card, Desk, KeyValues, Pair, Pill, PostForm, Quote, Raw, Top, number::plural, time},
};
use chrono::{DateTime, Utc};
use domain::{
    case::Case,
    correction::{Goes, NoticeEnd, NoticeFate, Plan, QuarantineEnd, QuarantineFate},
    customer::{Customer, Service},
    id::CorrectionId,
    notice::Draft,
};
use leptos::prelude::*;

/// The second page.
#[derive(Debug, Clone)]
pub struct Follows {
    /// The case.
    pub case: Case,
    /// To whom the events were wrongly laid.
    pub wrong: Customer,
    /// Whose they were; none: nobody we know.
    pub right: Option<(Service, Customer)>,
    /// What follows.
    pub plan: Plan,
    /// The mail that takes back what was wrongly said.
    pub notice: Option<Draft>,
    /// Stands for all of this.
    pub seen: String,
    /// Chosen and typed before.
    pub fields: CorrectFields,
    /// Made with the page: a double click corrects once.
    pub id: CorrectionId,
    /// The time of the page.
    pub now: DateTime<Utc>,
}

/// What follows, and the button that does it.
pub fn follows(page: Follows) -> AnyView {
    let number = page.case.number.clone();
    let sub = format!("{number} · {} · {}", page.case.class.title(), page.wrong.name);
    let state = page.case.state.as_str();
    let list = list(&page);
    let mail = mail(&page);
    // Right below what it does, on a phone too.
    let confirm = confirm(&page);
    view! {
        <Top title="What follows" sub=sub><Pill word=state /></Top>
        <Desk side=Some(good_to_know())>
            <Card title="When you confirm" id="follows">{list}</Card>
            {confirm}
            {mail}
        </Desk>
    }
    .into_any()
}

fn list(page: &Follows) -> AnyView {
    let plan = &page.plan;
    let mut pairs: Vec<AnyView> = vec![pair("Events", vec![events(page)]), pair("Case", vec![case(page)])];
    let notices: Vec<String> = plan.notices.iter().map(|end| notice(end, page.now)).collect();
    pairs.extend((!notices.is_empty()).then(|| pair("Notices", notices)));
    pairs.extend(
        plan.rewrites.then(|| pair("New notice", vec!["One about what is left is written and sent.".to_owned()])),
    );
    if plan.links > 0 {
        let n = plural(u64::try_from(plan.links).unwrap_or(0), "link", "links");
        pairs.push(pair(
            "Links",
            vec![format!("{n} of {} revoked: the page says that it was a mistake, and nothing else.", page.wrong.name)],
        ));
    }
    let held: Vec<String> = plan.quarantines.iter().map(|end| quarantine(end, &page.case.number)).collect();
    pairs.extend((!held.is_empty()).then(|| pair("Quarantine", held)));
    if plan.upholds.is_some() {
        pairs.push(pair("Objection", vec!["The customer objected: the objection is upheld.".to_owned()]));
    }
    pairs.push(pair("Told", vec![told(page)]));
    view! { <KeyValues>{pairs}</KeyValues> }.into_any()
}

fn pair(term: &'static str, lines: Vec<String>) -> AnyView {
    let lines: Vec<_> = lines.into_iter().map(|line| view! { <li>{line}</li> }).collect();
    view! { <Pair term=term><ul class="plain">{lines}</ul></Pair> }.into_any()
}

fn events(page: &Follows) -> String {
    let plan = &page.plan;
    let n = plural(u64::try_from(plan.moved.len()).unwrap_or(0), "event", "events");
    let moves = if plan.moved.len() == 1 { "moves" } else { "move" };
    let from = format!("{n} {moves} from {} ({})", page.wrong.name, page.case.number);
    match (&plan.goes, &page.right) {
        (Goes::Stays, Some((service, _))) => {
            format!(
                "{n} of {} laid to {}, another service of the same customer, on the same case.",
                page.case.number, service.number
            )
        }
        (Goes::Joins { number, .. }, Some((service, customer))) => {
            format!("{from} to {}, {}, and join the open case {number}.", customer.name, service.number)
        }
        (_, Some((service, customer))) => {
            format!("{from} to {}, {}: a new case is opened and is yours.", customer.name, service.number)
        }
        (_, None) => {
            format!("{from} to nobody: they wait as unknown until somebody or a later lease says whose they were.")
        }
    }
}

fn case(page: &Follows) -> String {
    let (plan, number) = (&page.plan, &page.case.number);
    if plan.closes {
        return format!("{number} is closed: it was another customer. It counts neither as a strike nor as a repeat.");
    }
    match plan.kept {
        0 => format!("{number} goes on."),
        kept => format!("{number} keeps {} and goes on.", plural(u64::try_from(kept).unwrap_or(0), "event", "events")),
    }
}

fn notice(end: &NoticeEnd, now: DateTime<Utc>) -> String {
    let of = format!("“{}” of {} to {}", end.subject, time::stamp(end.at, now), end.recipient);
    match end.fate {
        NoticeFate::Recalled => format!("{of} is not sent yet: recalled."),
        NoticeFate::OnItsWay => format!("{of} is on its way: taken back by a correction notice."),
        NoticeFate::Told => format!("{of} was sent: taken back by a correction notice."),
    }
}

fn quarantine(end: &QuarantineEnd, number: &str) -> String {
    let of = format!("{} of {}", end.measure, end.service);
    match end.fate {
        QuarantineFate::Lifted => format!("{of}: {number} was its only ground. It is lifted."),
        QuarantineFate::Withdrawn => {
            format!("{of}: {number} was its only ground, and it has not begun. It is withdrawn.")
        }
        QuarantineFate::OtherCase => format!("{of} stays: {} still holds it.", end.others.join(", ")),
        QuarantineFate::ThisCase => format!("{of} stays: what is left on {number} is ground enough."),
    }
}

fn told(page: &Follows) -> String {
    let (plan, wrong) = (&page.plan, &page.wrong.name);
    let right = match &page.right {
        Some((_, customer)) if !plan.within() => format!(" Nothing is sent to {} by this.", customer.name),
        _ => String::new(),
    };
    match (&page.notice, plan.unreachable) {
        (_, Some(why)) => format!("{wrong} should be told and cannot be reached by mail ({why}). Call.{right}"),
        (Some(draft), None) => format!("{wrong} gets the correction notice below, at {}.{right}", draft.recipient),
        (None, None) => format!("{wrong} was never told, so nothing has to be taken back.{right}"),
    }
}

fn mail(page: &Follows) -> Option<AnyView> {
    let draft = page.notice.clone()?;
    let to = format!("to {}", draft.recipient).into_any();
    let text = format!("{}\n\n{}", draft.subject, draft.body);
    Some(view! { <Card title="The correction notice" aside=to><Raw text=text /></Card> }.into_any())
}

fn confirm(page: &Follows) -> AnyView {
    let action = routes::case_correct(&page.case.number);
    let mut hidden = page.fields.hidden();
    let back = hidden.clone();
    hidden.push(("id".to_owned(), page.id.to_string()));
    hidden.push(("seen".to_owned(), page.seen.clone()));
    let reason = page.fields.reason.trim().to_owned();
    view! {
        <Card title="Confirm" kind="next">
            <Quote text=reason />
            <p>"All of it happens at once, or nothing."</p>
            <PostForm action=action.clone() hidden=hidden>
                <Btn label="Correct it" kind="main" name="step" value="do" />
            </PostForm>
            <PostForm action=action hidden=back>
                <Btn label="Change something" name="step" value="back" />
            </PostForm>
        </Card>
    }
    .into_any()
}

fn good_to_know() -> AnyView {
    view! {
        <Card title="Good to know">
            <p class="sub">"A correction can be corrected: the case that gets the events has the same button."</p>
            <p class="sub">
                "What the leases say is not changed by it. If a lease is wrong, correct it at its source, or the next event is laid to the same customer."
            </p>
        </Card>
    }
    .into_any()
}
