//! Asking the reporter for exactly what an event lacks: the port, or the time with its zone.
use super::EventPage;
use crate::{
    routes,
    ui::{Btn, Card, Field, LongField, PostForm, Quote, time},
};
use domain::{actor::Actor, attribution::Certainty, evidence::EventState, id::QuestionId, question::Question};
use leptos::prelude::*;

/// The question as it was typed.
#[derive(Debug, Clone, Default)]
pub struct AskTyped {
    /// To whom.
    pub recipient: String,
    /// A sentence of one's own.
    pub text: String,
    /// Field and problem.
    pub error: Option<(String, String)>,
}

/// What was asked, and the form that asks.
pub(super) fn asking(page: &EventPage) -> Option<AnyView> {
    let (event, asking) = (&page.view.event, &page.view.asking);
    let waits = event.state == EventState::Pending && event.certainty != Certainty::Certain;
    let open = asking.questions.iter().any(|question| question.open(page.now));
    let offer = (waits && !open && page.works && !asking.lacking.is_empty()).then(|| form(page));
    if offer.is_none() && asking.questions.is_empty() {
        return None;
    }
    let before: Vec<_> = asking.questions.iter().map(|question| asked(question, page)).collect();
    Some(view! { <Card title="Ask the reporter" id="ask">{before} {offer}</Card> }.into_any())
}

fn asked(question: &Question, page: &EventPage) -> AnyView {
    let now = page.now;
    let by = Actor::label(&question.asked_by).to_owned();
    let words = format!("{by} asked {} on {}. ", question.recipient, time::stamp(question.asked_at, now));
    let what: Vec<_> = question.lacking.iter().map(|part| view! { <li>{part.sentence()}</li> }).collect();
    let then = match question.answered_at {
        Some(at) => format!("Answered {}.", time::stamp(at, now)),
        None if question.open(now) => format!("The form is open until {}.", time::stamp(question.expires_at, now)),
        None => "Nobody answered in time.".to_owned(),
    };
    let answer = (!question.answer.is_empty()).then(|| view! { <Quote text=question.answer.clone() /> });
    view! { <p>{words} {then}</p> <ul class="plain">{what}</ul> {answer} }.into_any()
}

fn form(page: &EventPage) -> AnyView {
    let (event, asking, typed) = (&page.view.event, &page.view.asking, page.ask.clone());
    let problem = |name: &str| typed.error.as_ref().filter(|(field, _)| field == name).map(|(_, words)| words.clone());
    let (to_error, text_error) = (problem("recipient"), problem("text"));
    let recipient = if typed.recipient.is_empty() { asking.recipient.clone() } else { typed.recipient.clone() };
    let what: Vec<_> = asking.lacking.iter().map(|part| view! { <li>{part.sentence()}</li> }).collect();
    let hidden = vec![("id".to_owned(), QuestionId::new().to_string())];
    let action = routes::event_act(event.id, "ask");
    view! {
        <p>"Only the reporter can settle it. He is asked for exactly this, with a link to a form:"</p>
        <ul>{what}</ul>
        <PostForm action=action hidden=hidden>
            <Field label="To" name="recipient" kind="email" value=recipient error=to_error required=true />
            <LongField
                label="A sentence of your own"
                name="text"
                id="ask-text"
                value=typed.text
                error=text_error
                hint="Optional. Nothing about our customers."
                rows=2
            />
            <Btn label="Ask the reporter" key="a" />
        </PostForm>
    }
    .into_any()
}
