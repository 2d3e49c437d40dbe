//! The customer's page behind its link, the walled garden's landing, and the captive portal API (RFC 8908).
use super::{AppState, HttpError};
use crate::desk::{Portal, Stated};
use app::portal::{self, PortalForm};
use axum::{
    Form, Router,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use domain::{id::MessageId, language::Language};
use serde::Deserialize;

const NO_INDEX: HeaderName = HeaderName::from_static("x-robots-tag");
/// RFC 8908 section 5.
const CAPTIVE_JSON: &str = "application/captive+json";

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/c/{link}", get(page).post(state))
        .route("/garden", get(garden))
        .route("/captive/{link}", get(captive))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Wanted {
    lang: String,
    all: String,
    done: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Typed {
    id: String,
    claim: String,
    text: String,
    lang: String,
}

/// No script, no cookie, nothing from elsewhere, in no search engine.
pub(super) fn closed(status: StatusCode, html: String) -> Response {
    let policy = format!(
        "default-src 'none'; style-src {}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        portal::STYLE_SHA256
    );
    let mut response = (status, Html(html)).into_response();
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(NO_INDEX, HeaderValue::from_static("noindex, nofollow"));
    // Not no-referrer: browsers would then send `Origin: null` with the form, which the CSRF guard refuses.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

fn accepted(headers: &HeaderMap) -> Option<Language> {
    Language::of_accept(headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?)
}

fn fresh_form() -> PortalForm {
    PortalForm { id: MessageId::new().to_string(), ..PortalForm::default() }
}

/// The page for a link that leads nowhere: 410 for one that was right, 404 for all others alike.
fn nowhere(state: &AppState, portal: &Portal, headers: &HeaderMap, lang: Option<Language>, url: &str) -> Response {
    let contact = state.desk.contact();
    let chosen = |own: Option<Language>| lang.or(own).or_else(|| accepted(headers)).unwrap_or(Language::En);
    match portal {
        Portal::Expired(own) => closed(StatusCode::GONE, portal::link_expired(&contact, chosen(Some(*own)), url)),
        Portal::Mistaken(own) => closed(StatusCode::GONE, portal::link_mistaken(&contact, chosen(Some(*own)), url)),
        _ => closed(StatusCode::NOT_FOUND, portal::link_unknown(&contact, chosen(None), url)),
    }
}

async fn page(
    State(state): State<AppState>,
    Path(link): Path<String>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    let language = Language::of_tag(&wanted.lang);
    let url = app::routes::customer_page(&link);
    Ok(match state.desk.portal(&link, language).await? {
        Portal::Page(view) => {
            let form = PortalForm { done: wanted.done == "statement", all: wanted.all == "1", ..fresh_form() };
            closed(StatusCode::OK, portal::page(&view, &form, &url))
        }
        other => nowhere(&state, &other, &headers, language, &url),
    })
}

async fn state(
    State(state): State<AppState>,
    Path(link): Path<String>,
    headers: HeaderMap,
    Form(typed): Form<Typed>,
) -> Result<Response, HttpError> {
    let language = Language::of_tag(&typed.lang);
    let url = app::routes::customer_page(&link);
    // A form without a readable id is one that was made by hand: it gets a new one and is not protected from twice.
    let id = typed.id.parse().unwrap_or_else(|_| MessageId::new());
    Ok(match state.desk.portal_state(&link, id, &typed.claim, &typed.text, language).await? {
        Stated::Taken => {
            let mut to = format!("{url}?done=statement");
            if let Some(language) = language {
                to.push_str("&lang=");
                to.push_str(language.as_str());
            }
            Redirect::to(&to).into_response()
        }
        Stated::Fault(view, fault) => {
            let form = PortalForm { claim: typed.claim, text: typed.text, fault: Some(fault), ..fresh_form() };
            closed(StatusCode::UNPROCESSABLE_ENTITY, portal::page(&view, &form, &url))
        }
        Stated::TooMany => {
            let wait = [(header::RETRY_AFTER, "3600")];
            (StatusCode::TOO_MANY_REQUESTS, wait, "Too many messages within an hour. Please try again later.\n")
                .into_response()
        }
        Stated::Nowhere(portal) => nowhere(&state, &portal, &headers, language, &url),
    })
}

/// Where a restricted line ends up that asked for any page.
async fn garden(State(state): State<AppState>, Query(wanted): Query<Wanted>, headers: HeaderMap) -> Response {
    let language = Language::of_tag(&wanted.lang).or_else(|| accepted(&headers)).unwrap_or(Language::En);
    closed(StatusCode::OK, portal::garden(&state.desk.contact(), language, "/garden"))
}

/// RFC 8908: whether the device is captive, and where its user reads why. A browser is sent to that page.
async fn captive(
    State(state): State<AppState>,
    Path(link): Path<String>,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    let Some(captive) = state.desk.captive(&link).await? else {
        return Ok(nowhere(&state, &Portal::Unknown, &headers, None, "/garden"));
    };
    let path = app::routes::customer_page(&link);
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // RFC 8910 writes the type differently in its text; both are asked for in the field.
    if !accept.contains("captive+json") && !accept.contains("capport+json") && !accept.contains("*/*") {
        return Ok(
            ([(header::CACHE_CONTROL, "no-store"), (header::VARY, "accept")], Redirect::to(&path)).into_response()
        );
    }
    let body = serde_json::json!({
        "captive": captive,
        "user-portal-url": format!("{}{path}", state.desk.public_url()),
    });
    let headers =
        [(header::CONTENT_TYPE, CAPTIVE_JSON), (header::CACHE_CONTROL, "private, no-store"), (header::VARY, "accept")];
    Ok((headers, body.to_string()).into_response())
}
