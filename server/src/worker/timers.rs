//! Looks whose time has come: scheduled quarantines begin, those past their last day end.
use crate::desk::Desk;

/// One look.
pub async fn tick(desk: &Desk) {
    if let Err(error) = desk.quarantines_tick().await {
        tracing::warn!(%error, "quarantines begin and end a little later");
    }
    if let Err(error) = desk.questions_tick().await {
        tracing::warn!(%error, "unanswered questions are looked at a little later");
    }
}
