//! Pages for reporters: completing a report behind a link, and the public form for complaints.
use super::{AppState, Client, HttpError, portal::closed};
use crate::desk::{AskedOf, Complained, DeskError, Form as Behind, Replying, about_event};
use app::portal::{self, Completing};
use axum::{
    Form, Router,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
    routing::get,
};
use domain::{complaint::Complaint, refusal::Refusal, triage::EventFields};
use serde::Deserialize;
use uuid::Uuid;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/r/{secret}", get(form).post(answer)).route("/report", get(public_form).post(complain))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Typed {
    id: String,
    name: String,
    email: String,
    source: String,
    port: String,
    seen: String,
    class: String,
    text: String,
    good_faith: String,
}

impl Typed {
    fn fields(&self) -> EventFields {
        EventFields {
            source: self.source.clone(),
            port: self.port.clone(),
            seen: self.seen.clone(),
            class: self.class.clone(),
            ..EventFields::default()
        }
    }
}

fn told(state: &AppState, status: StatusCode, head: &'static str, kind: &'static str, lines: &[&str]) -> Response {
    let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    closed(status, portal::said(&state.desk.contact(), head, kind, &lines))
}

fn over(state: &AppState) -> Response {
    let lines = ["This form was answered, or we no longer need the answer. Thank you."];
    told(state, StatusCode::GONE, "This form is closed", "box", &lines)
}

fn unknown(state: &AppState) -> Response {
    let lines = ["This address leads to no form. Check that it was copied whole from our mail."];
    told(state, StatusCode::NOT_FOUND, "No such form", "box bad", &lines)
}

async fn form(State(state): State<AppState>, Path(secret): Path<String>) -> Result<Response, HttpError> {
    Ok(match state.desk.reporter_form(&secret).await? {
        Behind::Open(open) => {
            let form = Completing {
                subject: open.report.subject.clone().unwrap_or_else(|| "without a subject".to_owned()),
                lacking: open.question.lacking.clone(),
                about: open.event.as_ref().map(about_event),
                fields: open.fields.clone(),
                text: String::new(),
                fault: None,
            };
            let action = app::routes::reporter_form(&secret);
            closed(StatusCode::OK, portal::completing(&state.desk.contact(), &form, &action))
        }
        Behind::Over => over(&state),
        Behind::Unknown => unknown(&state),
    })
}

async fn answer(
    State(state): State<AppState>,
    Path(secret): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, HttpError> {
    Ok(match state.desk.reporter_answers(&secret, &typed.fields(), &typed.text).await? {
        Replying::Taken => {
            let lines = ["Your answer has arrived and was added to your report. You can close this page."];
            told(&state, StatusCode::OK, "Thank you", "box ok", &lines)
        }
        Replying::Fault(open, fault) => {
            let AskedOf { question, report, event } = *open;
            let form = Completing {
                subject: report.subject.unwrap_or_default(),
                lacking: question.lacking,
                about: event.as_ref().map(about_event),
                fields: typed.fields(),
                text: typed.text,
                fault: Some(fault),
            };
            let action = app::routes::reporter_form(&secret);
            let page = portal::completing(&state.desk.contact(), &form, &action);
            closed(StatusCode::UNPROCESSABLE_ENTITY, page)
        }
        Replying::Over => over(&state),
        Replying::Unknown => unknown(&state),
    })
}

async fn public_form(State(state): State<AppState>) -> Response {
    let form = Complaint { id: Uuid::now_v7().to_string(), ..Complaint::default() };
    closed(StatusCode::OK, portal::complaining(&state.desk.contact(), &form, &None))
}

async fn complain(
    State(state): State<AppState>,
    Client(client): Client,
    Form(typed): Form<Typed>,
) -> Result<Response, HttpError> {
    let complaint = Complaint {
        id: typed.id.parse::<Uuid>().unwrap_or_else(|_| Uuid::now_v7()).to_string(),
        fields: typed.fields(),
        name: typed.name,
        email: typed.email,
        text: typed.text,
        good_faith: typed.good_faith == "yes",
    };
    match state.desk.complain(&complaint, &client).await {
        Ok(Complained::Taken(received)) => {
            let number = format!("Its number is {}. Please name it when you write to us.", received.id);
            let lines = ["Your report has arrived. We look into it.", number.as_str()];
            Ok(told(&state, StatusCode::OK, "Thank you", "box ok", &lines))
        }
        Ok(Complained::TooMany) => {
            let lines = [
                "There were many reports from your address within the last hour. Please try again later, or send them by mail.",
            ];
            Ok(told(&state, StatusCode::TOO_MANY_REQUESTS, "Too many reports", "box bad", &lines))
        }
        Err(DeskError::Refused(Refusal::Invalid { field, problem })) => {
            let fault = Some((field.to_owned(), problem));
            let page = portal::complaining(&state.desk.contact(), &complaint, &fault);
            Ok(closed(StatusCode::UNPROCESSABLE_ENTITY, page))
        }
        Err(error) => Err(error.into()),
    }
}
