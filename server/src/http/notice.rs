//! The notice before it is sent, and the mail page.
use super::{AppState, Flash, HttpError, Staff, act, redirect_with, show, show_with};
use crate::desk::{DeskError, Preview};
use app::{
    pages::{
        case::{Compose, compose},
        mail::{MailOne, MailPage, mail_list, mail_one},
    },
    routes,
    ui::{Place, Query as Address},
};
use axum::{
    Router,
    extract::{Path, Query, RawQuery, State},
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use axum_extra::extract::Form;
use domain::{
    advice::Group,
    id::NoticeId,
    language::Language,
    notice::{NoticeFilter, NoticeForm, NoticeState},
    page::PageOf,
    refusal::Refusal,
};
use serde::Deserialize;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/cases/{number}/notice", get(preview))
        .route("/cases/{number}/notify", post(send))
        .route("/mail", get(list))
        .route("/mail/{id}", get(one))
        .route("/mail/{id}/retry", post(retry))
        .route("/mail/{id}/cancel", post(cancel))
}

#[derive(Deserialize, Default)]
struct Choice {
    #[serde(default)]
    template: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    list: String,
}

async fn preview(
    State(state): State<AppState>,
    staff: Staff,
    Path(number): Path<String>,
    Query(choice): Query<Choice>,
) -> Result<Response, HttpError> {
    let (group, language) = (Group::parse(&choice.template), Language::parse(&choice.language));
    match state.desk.notice_preview(&staff.actor(), &number, group, language).await {
        Ok(preview) => {
            let page = composed(&state, preview, NoticeId::new(), choice.list);
            show(&state, &staff, Place::Cases, &format!("Notice {number}"), || compose(page)).await
        }
        Err(error) => act(&staff, Err(error), &routes::case(&number)).await,
    }
}

fn composed(state: &AppState, preview: Preview, id: NoticeId, list: String) -> Compose {
    Compose {
        case: preview.case,
        customer_name: preview.customer_name,
        draft: preview.draft,
        doubted: preview.doubted,
        id,
        problem: None,
        list,
        undo_seconds: state.desk.config().number("mail.undo_seconds"),
        outgoing: state.desk.outgoing(),
    }
}

#[derive(Deserialize)]
struct Letter {
    id: String,
    version: i64,
    template: String,
    language: String,
    subject: String,
    body: String,
    #[serde(default)]
    list: String,
}

async fn send(
    State(state): State<AppState>,
    staff: Staff,
    Path(number): Path<String>,
    Form(letter): Form<Letter>,
) -> Result<Response, HttpError> {
    let actor = staff.actor();
    let form = NoticeForm {
        id: letter.id.parse().map_err(|_| Refusal::invalid("id", "is missing: load the page again"))?,
        template: letter.template,
        language: Language::parse(&letter.language)
            .ok_or_else(|| Refusal::invalid("language", "is not one of the list"))?,
        subject: Some(letter.subject),
        body: Some(letter.body),
        version: letter.version,
    };
    match state.desk.send_notice(&actor, &number, &form).await {
        Ok(id) => {
            let seconds = state.desk.config().number("mail.undo_seconds");
            let flash = Flash::done(format!("The notice goes out in {seconds} seconds."))
                .with_undo(format!("{}/cancel", routes::mail_one(id)), vec![("back".to_owned(), number.clone())]);
            let back = routes::with_query(routes::case(&number), &[("list", &letter.list)]);
            redirect_with(&staff, flash, &back).await
        }
        Err(DeskError::Refused(refusal)) if !matches!(refusal, Refusal::NotFound | Refusal::NotAllowed(_)) => {
            let group = Group::parse(&form.template);
            let mut preview = state.desk.notice_preview(&actor, &number, group, Some(form.language)).await?;
            preview.draft.subject = form.subject.unwrap_or_default();
            preview.draft.body = form.body.unwrap_or_default();
            preview.draft.faults.clear();
            let mut page = composed(&state, preview, form.id, letter.list);
            page.problem = Some(super::error::capital(&refusal));
            let stale = refusal == Refusal::Stale;
            let status = if stale { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
            show_with(&state, &staff, status, Place::Cases, &format!("Notice {number}"), || compose(page)).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn list(State(state): State<AppState>, staff: Staff, RawQuery(raw): RawQuery) -> Result<Response, HttpError> {
    let query = Address::new(routes::mail(), raw.as_deref().unwrap_or_default());
    let filter = NoticeFilter {
        state: query.get("state").and_then(NoticeState::parse),
        text: query.get("q").unwrap_or_default().chars().take(200).collect(),
    };
    let page = query.get("page").and_then(|n| n.parse().ok()).map_or_else(PageOf::default, PageOf::new);
    let (rows, counts) = state.desk.mail(&staff.actor(), &filter, page).await?;
    let (now, outgoing) = (state.desk.clock().now(), state.desk.outgoing());
    let data = MailPage { rows, counts, filter, page, query, now, outgoing };
    show(&state, &staff, Place::Mail, "Mail", || mail_list(data)).await
}

async fn one(State(state): State<AppState>, staff: Staff, Path(id): Path<NoticeId>) -> Result<Response, HttpError> {
    let row = state.desk.mail_one(&staff.actor(), id).await?;
    let customer_page = state.desk.secret_in(&row.notice.body).map(routes::customer_page);
    let title = row.notice.subject.clone();
    let page = MailOne { row, now: state.desk.clock().now(), role: staff.user.role, customer_page };
    show(&state, &staff, Place::Mail, &title, || mail_one(page)).await
}

async fn retry(State(state): State<AppState>, staff: Staff, Path(id): Path<NoticeId>) -> Result<Response, HttpError> {
    let outcome = state.desk.retry_notice(&staff.actor(), id).await;
    act(&staff, outcome.map(|_| "It is tried again now.".to_owned()), &routes::mail_one(id)).await
}

#[derive(Deserialize, Default)]
struct Back {
    /// Number of the case one came from.
    #[serde(default)]
    back: String,
}

async fn cancel(
    State(state): State<AppState>,
    staff: Staff,
    Path(id): Path<NoticeId>,
    Form(form): Form<Back>,
) -> Result<Response, HttpError> {
    let to = if form.back.is_empty() { routes::mail_one(id) } else { routes::case(&form.back) };
    let outcome = state.desk.cancel_notice(&staff.actor(), id).await;
    act(&staff, outcome.map(|_| "The notice was taken back: nothing was sent.".to_owned()), &to).await
}
