//! Accounts: add, change, close, open again, new password.
use super::{
    super::{AppState, HttpError, Staff, act, show_with},
    refused,
};
use crate::secret;
use app::{
    pages::settings::{UserForm, UsersPage, users},
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
use domain::{actor::Role, id::UserId, refusal::Refusal};
use serde::Deserialize;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/settings/users", get(list).post(add))
        .route("/settings/users/{id}/change", post(change))
        .route("/settings/users/{id}/close", post(close))
        .route("/settings/users/{id}/open", post(open))
        .route("/settings/users/{id}/password", post(password))
}

#[derive(Deserialize)]
struct Typed {
    name: String,
    #[serde(default)]
    email: String,
    role: String,
}

async fn list(State(state): State<AppState>, staff: Staff) -> Result<Response, HttpError> {
    page(&state, &staff, StatusCode::OK, UserForm::default(), None).await
}

async fn page(
    state: &AppState,
    staff: &Staff,
    status: StatusCode,
    form: UserForm,
    secret: Option<(String, String)>,
) -> Result<Response, HttpError> {
    let accounts = state.desk.users(&staff.actor()).await?;
    let page = UsersPage { users: accounts, form, secret, me: staff.user.id, now: state.desk.clock().now() };
    show_with(state, staff, status, Place::Settings, "Users", || users(page)).await
}

fn role(word: &str) -> Result<Role, Refusal> {
    Role::parse(word).ok_or_else(|| Refusal::invalid("role", "choose one of the roles"))
}

/// Twenty characters in groups of five: 119 bits, and still possible to read out.
fn new_password() -> Result<String, HttpError> {
    let letters: String = secret::fresh()?.chars().filter(char::is_ascii_alphanumeric).take(20).collect();
    let groups: Vec<&str> = (0..letters.len()).step_by(5).filter_map(|at| letters.get(at..at + 5)).collect();
    Ok(groups.join("-"))
}

async fn add(State(state): State<AppState>, staff: Staff, Form(typed): Form<Typed>) -> Result<Response, HttpError> {
    let password = new_password()?;
    let made = match role(&typed.role) {
        Ok(role) => state.desk.add_user(&staff.actor(), &typed.email, &typed.name, role, &password).await,
        Err(refusal) => Err(refusal.into()),
    };
    match made {
        Ok(user) => page(&state, &staff, StatusCode::OK, UserForm::default(), Some((user.email, password))).await,
        Err(error) => {
            let error = Some(refused(error)?);
            let form = UserForm { email: typed.email, name: typed.name, role: typed.role, error };
            page(&state, &staff, StatusCode::UNPROCESSABLE_ENTITY, form, None).await
        }
    }
}

async fn change(
    State(state): State<AppState>,
    staff: Staff,
    Path(id): Path<UserId>,
    Form(typed): Form<Typed>,
) -> Result<Response, HttpError> {
    let changed = match role(&typed.role) {
        Ok(role) => state.desk.change_user(&staff.actor(), id, &typed.name, role).await,
        Err(refusal) => Err(refusal.into()),
    };
    let done = changed.map(|user| format!("{} is {} now.", user.name, user.role));
    act(&staff, done, &routes::settings_page("users")).await
}

async fn close(State(state): State<AppState>, staff: Staff, Path(id): Path<UserId>) -> Result<Response, HttpError> {
    let outcome = if id == staff.user.id {
        Err(Refusal::invalid("account", "is your own; let a colleague close it").into())
    } else {
        state.desk.disable_user(&staff.actor(), id).await
    };
    let done = outcome.map(|()| "The account is closed; its sessions have ended.".to_owned());
    act(&staff, done, &routes::settings_page("users")).await
}

async fn open(State(state): State<AppState>, staff: Staff, Path(id): Path<UserId>) -> Result<Response, HttpError> {
    let done = state.desk.reopen_user(&staff.actor(), id).await;
    act(&staff, done.map(|user| format!("{} may sign in again.", user.name)), &routes::settings_page("users")).await
}

async fn password(State(state): State<AppState>, staff: Staff, Path(id): Path<UserId>) -> Result<Response, HttpError> {
    let accounts = state.desk.users(&staff.actor()).await?;
    let user = accounts.into_iter().find(|user| user.id == id).ok_or_else(HttpError::not_found)?;
    let password = new_password()?;
    state.desk.set_password(&staff.actor(), id, &password).await?;
    page(&state, &staff, StatusCode::OK, UserForm::default(), Some((user.email, password))).await
}
