//! The signed-in member of staff as an extractor: a handler that asks for [`Staff`] is closed to everybody else.
use super::{AppState, HttpError, page::Flash, session::USER};
use app::routes;
use axum::{
    extract::{FromRequestParts, OriginalUri},
    http::{Method, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    actor::{Actor, Permission},
    user::User,
};
use tower_sessions::Session;

/// Key of the message for the next page in a session.
pub(super) const FLASH: &str = "flash";

/// Who is signed in, with his session.
#[derive(Clone)]
pub struct Staff {
    /// The account.
    pub user: User,
    /// The session, for flash messages and signing out.
    pub session: Session,
    /// What the last act did; shown on this page.
    pub flash: Option<Flash>,
}

impl Staff {
    /// This person as the actor of a command.
    pub fn actor(&self) -> Actor {
        self.user.actor()
    }

    /// Whether the role holds the right: for offering acts; the desk checks again.
    pub fn may(&self, permission: Permission) -> bool {
        domain::actor::may(self.user.role, permission)
    }
}

impl FromRequestParts<AppState> for Staff {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let session = Session::from_request_parts(parts, state).await.map_err(IntoResponse::into_response)?;
        let broken = |error: tower_sessions::session::Error| {
            HttpError::from(crate::desk::DeskError::Broken(format!("session: {error}"))).into_response()
        };
        let id = session.get::<domain::id::UserId>(USER).await.map_err(broken)?;
        let user = match id {
            Some(id) => state.desk.staff(id).await.map_err(|error| HttpError::from(error).into_response())?,
            None => None,
        };
        let Some(user) = user else { return Err(to_sign_in(parts)) };
        // Shown once: a GET takes it out of the session.
        let flash =
            if parts.method == Method::GET { session.remove::<Flash>(FLASH).await.map_err(broken)? } else { None };
        Ok(Self { user, session, flash })
    }
}

fn to_sign_in(parts: &Parts) -> Response {
    let wanted = parts.extensions.get::<OriginalUri>().map_or_else(|| parts.uri.clone(), |uri| uri.0.clone());
    let next = wanted.path_and_query().map_or("/", |path| path.as_str());
    let next = if parts.method == Method::GET { next } else { "/" };
    Redirect::to(&routes::with_query(routes::sign_in(), &[("next", next)])).into_response()
}
