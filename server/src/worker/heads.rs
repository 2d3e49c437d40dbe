//! Signs the record every so many minutes, and lets the signed head leave the house.
use crate::{
    desk::{Desk, DeskError},
    ledger_key,
};
use ledger::SigningKey;
use std::{path::Path, time::Duration};

/// The key and the pause between heads; none when heads are switched off or there is no key.
pub(super) fn prepared(desk: &Desk) -> Option<(SigningKey, Duration)> {
    let minutes = u64::try_from(desk.config().number("ledger.head_minutes")).unwrap_or(0);
    if minutes == 0 {
        return None;
    }
    match ledger_key::load_or_make(Path::new(desk.config().text("ledger.key_file"))) {
        Ok(key) => Some((key, Duration::from_secs(minutes * 60))),
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "the record is not signed");
            None
        }
    }
}

/// Signs a head when there is something new.
///
/// # Errors
/// When the store fails; a head that cannot leave the house is logged and stays in the store.
pub async fn sign(desk: &Desk, key: &SigningKey) -> Result<(), DeskError> {
    let Some(head) = desk.sign_head(key).await? else { return Ok(()) };
    tracing::info!(size = head.size, key = head.key_id, "signed the record");
    let file = desk.config().text("ledger.heads_file");
    if !file.is_empty()
        && let Err(error) = ledger_key::send_out(Path::new(file), &head)
    {
        tracing::error!(error = format!("{error:#}"), "a signed head could not leave the house");
    }
    Ok(())
}
