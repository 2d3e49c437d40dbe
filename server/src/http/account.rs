//! Signing in and out.
use super::{AppState, HttpError, Staff, client::Client, session::USER};
use crate::desk::{DeskError, SignIn};
use app::{
    pages::{self, SignInForm},
    routes,
};
use axum::{
    Router,
    extract::{Form, Query, State},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use domain::limit::SESSION_LIFE;
use serde::Deserialize;
use tower_sessions::{Expiry, Session, cookie::time::OffsetDateTime};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/sign-in", get(form).post(sign_in)).route("/sign-out", post(sign_out))
}

#[derive(Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
struct Typed {
    email: String,
    password: String,
}

async fn form(State(state): State<AppState>) -> Html<String> {
    Html(pages::sign_in(&SignInForm { demo: state.demo_logins, ..SignInForm::default() }))
}

async fn sign_in(
    State(state): State<AppState>,
    Client(client): Client,
    session: Session,
    Query(Next { next }): Query<Next>,
    Form(typed): Form<Typed>,
) -> Result<Response, HttpError> {
    let outcome = state.desk.sign_in(&typed.email, &typed.password, &client).await?;
    let (status, error) = match outcome {
        SignIn::Welcome(user) => {
            let broken = |error: tower_sessions::session::Error| DeskError::Broken(format!("session: {error}"));
            // A new id, so that an id planted before the sign-in is worth nothing.
            session.cycle_id().await.map_err(broken)?;
            session.insert(USER, user.id).await.map_err(broken)?;
            let life = SESSION_LIFE.num_seconds();
            let ends = OffsetDateTime::from_unix_timestamp(state.desk.clock().now().timestamp() + life);
            session.set_expiry(ends.ok().map(Expiry::AtDateTime));
            return Ok(Redirect::to(local(&next)).into_response());
        }
        SignIn::Wrong => (StatusCode::UNPROCESSABLE_ENTITY, "Address and password do not fit together.".to_owned()),
        SignIn::Wait(minutes) => {
            (StatusCode::TOO_MANY_REQUESTS, format!("Too many failed tries. Wait {minutes} minutes, then try again."))
        }
    };
    let form = SignInForm { email: typed.email, error: Some(error), demo: state.demo_logins };
    Ok((status, Html(pages::sign_in(&form))).into_response())
}

/// Only paths of our own: an address such as `//evil.example` must not become a redirect.
fn local(next: &str) -> &str {
    let ours =
        next.starts_with('/') && !next.starts_with("//") && !next.starts_with("/\\") && !next.contains(['\r', '\n']);
    if ours { next } else { "/" }
}

async fn sign_out(State(state): State<AppState>, staff: Staff) -> Result<Response, HttpError> {
    state.desk.sign_out(&staff.user).await?;
    let flushed = staff.session.flush().await;
    flushed.map_err(|error| DeskError::Broken(format!("session: {error}")))?;
    Ok(Redirect::to(&routes::sign_in()).into_response())
}
