//! API tokens: make and withdraw.
use super::{
    super::{AppState, HttpError, Staff, act, show_with},
    refused,
};
use app::{
    pages::settings::{TokensPage, tokens},
    routes,
    ui::Place,
};
use axum::{
    Router,
    extract::{Form, Path, State},
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use domain::{id::TokenId, refusal::Refusal, user::TokenScope};
use serde::Deserialize;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/settings/tokens", get(list).post(add)).route("/settings/tokens/{id}/revoke", post(revoke))
}

#[derive(Deserialize)]
struct Typed {
    #[serde(default)]
    name: String,
    #[serde(default)]
    only: String,
}

/// What the page shows beside the list.
#[derive(Default)]
struct Shown {
    name: String,
    only: String,
    error: Option<(String, String)>,
    secret: Option<(String, String)>,
}

async fn list(State(state): State<AppState>, staff: Staff) -> Result<Response, HttpError> {
    page(&state, &staff, StatusCode::OK, Shown::default()).await
}

async fn page(state: &AppState, staff: &Staff, status: StatusCode, shown: Shown) -> Result<Response, HttpError> {
    let page = TokensPage {
        tokens: state.desk.tokens(&staff.actor()).await?,
        name: shown.name,
        only: if shown.only.is_empty() { TokenScope::All.to_string() } else { shown.only },
        error: shown.error,
        secret: shown.secret,
        public_url: state.desk.public_url(),
        now: state.desk.clock().now(),
    };
    show_with(state, staff, status, Place::Settings, "API tokens", || tokens(page)).await
}

async fn add(State(state): State<AppState>, staff: Staff, Form(typed): Form<Typed>) -> Result<Response, HttpError> {
    let refusal = || Refusal::invalid("only", "choose what it may be used for");
    let made = match TokenScope::parse(&typed.only) {
        Some(only) => state.desk.add_token_for(&staff.actor(), &typed.name, only).await,
        // Whoever may not make one is not told what would be wrong with it.
        None => state.desk.tokens(&staff.actor()).await.and_then(|_| Err(refusal().into())),
    };
    match made {
        Ok((token, secret)) => {
            let shown = Shown { secret: Some((token.name, secret)), ..Shown::default() };
            page(&state, &staff, StatusCode::OK, shown).await
        }
        Err(error) => {
            let shown = Shown { error: Some(refused(error)?), name: typed.name, only: typed.only, secret: None };
            page(&state, &staff, StatusCode::UNPROCESSABLE_ENTITY, shown).await
        }
    }
}

async fn revoke(State(state): State<AppState>, staff: Staff, Path(id): Path<TokenId>) -> Result<Response, HttpError> {
    let done = state.desk.revoke_token(&staff.actor(), id).await;
    act(&staff, done.map(|()| "The token is withdrawn.".to_owned()), &routes::settings_page("tokens")).await
}
