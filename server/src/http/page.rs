//! A staff page around a view, and the message for the next one.
use super::{AppState, HttpError, Staff, staff::FLASH};
use crate::desk::Counts;
use app::{
    document::{self, Shell},
    ui,
};
use axum::{
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use domain::actor::Permission;
use leptos::prelude::IntoView;
use serde::{Deserialize, Serialize};

/// What the last act did, kept in the session until the next page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// Something was refused or failed.
    pub bad: bool,
    /// One sentence.
    pub text: String,
    /// How to take it back: where to post, and the hidden fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<(String, Vec<(String, String)>)>,
}

impl Flash {
    /// It was done.
    pub fn done(text: impl Into<String>) -> Self {
        Self { bad: false, text: text.into(), undo: None }
    }

    /// It was not done, and why.
    pub fn refused(text: impl Into<String>) -> Self {
        Self { bad: true, text: text.into(), undo: None }
    }

    /// The refusal behind a desk error as a flash; other errors stay errors.
    ///
    /// # Errors
    /// Whatever is not a refusal, and refusals that must look like "not found".
    pub fn of(error: crate::desk::DeskError) -> Result<Self, HttpError> {
        use domain::refusal::Refusal;
        match error.refusal() {
            Some(Refusal::NotFound | Refusal::NotAllowed(_)) | None => Err(error.into()),
            Some(refusal) => Ok(Self::refused(super::error::capital(refusal))),
        }
    }

    /// Adds the way back.
    #[must_use]
    pub fn with_undo(mut self, action: String, fields: Vec<(String, String)>) -> Self {
        self.undo = Some((action, fields));
        self
    }
}

/// 303 to `to`, with a message for the page there.
///
/// # Errors
/// When the session cannot be written.
pub async fn redirect_with(staff: &Staff, flash: Flash, to: &str) -> Result<Response, HttpError> {
    let kept = staff.session.insert(FLASH, flash).await;
    kept.map_err(|error| crate::desk::DeskError::Broken(format!("session: {error}")))?;
    Ok(Redirect::to(to).into_response())
}

/// Runs a one-button act and goes to `to`: `done` says what was done, a refusal why not.
///
/// # Errors
/// Whatever is not a refusal.
pub async fn act(
    staff: &Staff,
    outcome: Result<String, crate::desk::DeskError>,
    to: &str,
) -> Result<Response, HttpError> {
    let flash = match outcome {
        Ok(done) => Flash::done(done),
        Err(error) => Flash::of(error)?,
    };
    redirect_with(staff, flash, to).await
}

/// Renders a staff page at `place` with the rail's numbers and the flash.
///
/// # Errors
/// When the numbers cannot be read.
pub async fn show<V: IntoView>(
    state: &AppState,
    staff: &Staff,
    place: ui::Place,
    title: &str,
    view: impl FnOnce() -> V,
) -> Result<Response, HttpError> {
    show_with(state, staff, StatusCode::OK, place, title, view).await
}

/// The same with another status: 422 for a form that must be typed again.
///
/// # Errors
/// When the numbers cannot be read.
pub async fn show_with<V: IntoView>(
    state: &AppState,
    staff: &Staff,
    status: StatusCode,
    place: ui::Place,
    title: &str,
    view: impl FnOnce() -> V,
) -> Result<Response, HttpError> {
    let counts = state.desk.counts().await?;
    let shell = Shell {
        title: title.to_owned(),
        nav: nav(place, staff, &counts),
        user: Some(ui::User { name: staff.user.name.clone(), role: staff.user.role.as_str().to_owned() }),
        flash: staff.flash.as_ref().map(shown),
        banner: (!state.demo_logins.is_empty()).then(|| "Demo desk: nothing leaves this machine.".to_owned()),
        zone: state.desk.config().zone(),
    };
    Ok((status, Html(document::render(shell, view))).into_response())
}

fn shown(flash: &Flash) -> ui::Flash {
    let shown = if flash.bad { ui::Flash::refused(&flash.text) } else { ui::Flash::done(&flash.text) };
    match &flash.undo {
        Some((action, fields)) => shown.with_undo(ui::Undo { action: action.clone(), fields: fields.clone() }),
        None => shown,
    }
}

fn nav(place: ui::Place, staff: &Staff, counts: &Counts) -> ui::Nav {
    let count = |place, n: i64, hot| ui::Count { place, n: u64::try_from(n).unwrap_or(0), hot };
    let mut shown = vec![
        count(ui::Place::Evidence, counts.evidence, false),
        count(ui::Place::SortOut, counts.sort_out, counts.sort_out > 0),
        count(ui::Place::Cases, counts.cases, counts.unread > 0),
        count(ui::Place::Quarantine, counts.quarantines, counts.quarantines_failed > 0),
        count(ui::Place::Feeds, counts.feed_alarms, counts.feed_alarms > 0),
        count(ui::Place::Mail, counts.mail, counts.mail > 0),
        count(ui::Place::Settings, counts.lease_warnings, counts.lease_warnings > 0),
    ];
    let mut hidden = vec![ui::Place::Policy];
    if staff.may(Permission::Approve) {
        shown.push(count(ui::Place::Approvals, counts.approvals, counts.approvals > 0));
    } else {
        hidden.push(ui::Place::Approvals);
    }
    if !staff.may(Permission::ReadLedger) {
        hidden.push(ui::Place::Record);
    }
    if !staff.may(Permission::Administer) {
        hidden.push(ui::Place::Settings);
    }
    ui::Nav { current: place, counts: shown, hidden }
}
