//! What a person sees when something is not there, not allowed, or broken.
use super::AppState;
use crate::desk::DeskError;
use app::pages::error_page;
use axum::{
    body::Body,
    extract::State,
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use domain::refusal::Refusal;
use std::{any::Any, collections::BTreeMap};

/// A request that came to nothing.
#[derive(Debug)]
pub struct HttpError(DeskError);

impl<E: Into<DeskError>> From<E> for HttpError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl HttpError {
    /// 404.
    pub fn not_found() -> Self {
        Self(Refusal::NotFound.into())
    }

    /// Status and words.
    pub fn told(&self) -> (StatusCode, &'static str, String) {
        match &self.0 {
            // What you may not see is not there (design rule 9).
            DeskError::Refused(Refusal::NotFound | Refusal::NotAllowed(_)) => {
                (StatusCode::NOT_FOUND, "Not found", "There is no such page, or not for your role.".to_owned())
            }
            DeskError::Refused(refusal @ Refusal::Stale) => {
                (StatusCode::CONFLICT, "Changed meanwhile", capital(refusal))
            }
            DeskError::Refused(refusal) => (StatusCode::UNPROCESSABLE_ENTITY, "Not possible", capital(refusal)),
            DeskError::Store(_) | DeskError::Broken(_) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "The desk cannot do this right now",
                "Nothing was changed. Try again in a moment; if it stays, tell the administrator the time.".to_owned(),
            ),
        }
    }
}

/// The refusal as a sentence.
pub(super) fn capital(refusal: &Refusal) -> String {
    let text = refusal.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        let (status, title, words) = self.told();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            tracing::error!(error = %self.0, "request failed");
        }
        (status, Html(error_page(status.as_u16(), title, &words))).into_response()
    }
}

/// Any address nobody answers to.
pub(super) async fn not_found() -> HttpError {
    HttpError::not_found()
}

/// Whether the store answers.
pub(super) async fn ready(State(state): State<AppState>) -> Response {
    match state.desk.channel_healths().await {
        // A channel that fails makes nobody unready: the desk is what shows it.
        Ok(healths) => {
            let each: Vec<String> = healths.iter().map(|(health, n)| format!("{n} {health}")).collect();
            let channels = if each.is_empty() { String::new() } else { format!("channels: {}\n", each.join(", ")) };
            format!("ready\n{channels}{}", lease_words(&state).await).trim_end().to_owned().into_response()
        }
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {error}")).into_response(),
    }
}

/// What is wrong with the lease sources, without their names: everybody may ask here. The desk is ready all the same.
async fn lease_words(state: &AppState) -> String {
    use domain::lease::board::LeaseWarning as W;
    let Ok(warnings) = state.desk.lease_warnings().await else { return String::new() };
    let mut told: BTreeMap<&str, usize> = BTreeMap::new();
    for warning in &warnings {
        let word = match warning {
            W::Silent { .. } => "silent",
            W::TooYoung { .. } => "know too little of the past",
            W::Behind { .. } => "lag behind",
            W::Failing { .. } => "do not work",
            W::NoAnswer { .. } => "give no usable answer",
            W::KeptTooShort => "kept too short",
        };
        *told.entry(word).or_default() += 1;
    }
    told.iter().map(|(word, n)| format!("warning: lease sources: {n} {word}\n")).collect()
}

/// A fault of ours: logged, and told without its inside.
pub(super) fn panicked(_panic: Box<dyn Any + Send>) -> axum::http::Response<Body> {
    tracing::error!("a handler panicked");
    HttpError(DeskError::Broken("panic".to_owned())).into_response()
}
