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

/// Looks for what should have come and has not.
pub async fn silence(desk: &Desk) {
    if let Err(error) = desk.feeds_tick().await {
        tracing::warn!(%error, "late feeds are looked at a little later");
    }
    if let Err(error) = desk.channels_tick().await {
        tracing::warn!(%error, "silent channels are looked at a little later");
    }
}
