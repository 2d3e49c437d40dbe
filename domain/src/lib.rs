//! The trade of an abuse desk as pure rules: no IO, no clock of its own, no database.
//!
//! The nouns stand in the order in which they happen: a [`report`] arrives through a channel and holds [`event`]s of
//! some [`class`]; each is [attributed](attribution) to a [`customer`] through the [`lease`] that held then; events
//! make a [`case`]; the customer gets a [`notice`], perhaps a [`quarantine`] under a clause of the [`terms`] he
//! accepted; he answers on his page, asks for [`release`], and every act stands in the ledger under a word of [`act`].
pub mod act;
pub mod actor;
pub mod advice;
pub mod again;
pub mod attribution;
pub mod case;
pub mod channel;
pub mod class;
pub mod clock;
pub mod complaint;
pub mod contradiction;
pub mod correction;
pub mod customer;
pub mod dispute;
pub mod enforcement;
pub mod event;
pub mod evidence;
pub mod feed;
pub mod id;
pub mod import;
pub mod language;
pub mod lease;
pub mod ledger;
pub mod letter;
pub mod limit;
pub mod link;
pub mod metrics;
pub mod names;
pub mod notice;
pub mod page;
pub mod passing;
pub mod policy;
pub mod portal;
pub mod quarantine;
pub mod quarantine_view;
pub mod question;
pub mod refusal;
pub mod release;
pub mod report;
pub mod reporter;
pub mod saying;
pub mod search;
pub mod terms;
pub mod triage;
pub mod user;
mod words;
pub mod xarf;

use refusal::Refusal;

/// Checks a reason, note or statement: present, and not longer than [`limit::TEXT_CHARS_MAX`].
///
/// # Errors
/// [`Refusal::Invalid`] naming `field`.
pub fn case_text(field: &'static str, text: &str) -> Result<(), Refusal> {
    let chars = text.trim().chars().count();
    if chars < limit::REASON_CHARS_MIN {
        return Err(Refusal::invalid(field, format!("please write at least {} characters", limit::REASON_CHARS_MIN)));
    }
    if chars > limit::TEXT_CHARS_MAX {
        return Err(Refusal::invalid(field, format!("at most {} characters; this has {chars}", limit::TEXT_CHARS_MAX)));
    }
    Ok(())
}
