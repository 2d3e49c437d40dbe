//! Checks what the customer typed before anything is written.
use super::PortalView;
use crate::{
    case::Claim,
    limit::{REASON_CHARS_MIN, TEXT_CHARS_MAX},
};

/// A statement fit to be stored: line breaks are `\n`, no other control characters, trimmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// What he claims.
    pub claim: Claim,
    /// His words; empty only with a plea for help.
    pub text: String,
}

/// What is wrong with it; the page has words for each in each language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatementFault {
    /// None of the choices was taken, or one that is not offered to him.
    Choose,
    /// "Fixed" without saying what was done.
    SayWhatYouDid,
    /// "Not me" or an objection without saying why.
    SayWhy,
    /// Longer than [`TEXT_CHARS_MAX`].
    TooLong {
        /// Characters it has.
        chars: usize,
    },
}

impl StatementFault {
    /// Whether the fault is in the choice (else in the text).
    #[must_use]
    pub const fn in_choice(self) -> bool {
        matches!(self, Self::Choose)
    }
}

/// Checks the form's two fields against what this customer is offered.
///
/// # Errors
/// The first [`StatementFault`].
pub fn check(view: &PortalView, claim: &str, text: &str) -> Result<Statement, StatementFault> {
    let claim = Claim::parse(claim).filter(|claim| view.options().contains(claim)).ok_or(StatementFault::Choose)?;
    let text = tidy(text);
    let chars = text.chars().count();
    if chars > TEXT_CHARS_MAX {
        return Err(StatementFault::TooLong { chars });
    }
    if chars < REASON_CHARS_MIN {
        match claim {
            Claim::Fixed => return Err(StatementFault::SayWhatYouDid),
            Claim::NotMe | Claim::Dispute => return Err(StatementFault::SayWhy),
            Claim::NeedHelp => {}
        }
    }
    Ok(Statement { claim, text })
}

fn tidy(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept: String = text.chars().filter(|c| *c == '\n' || *c == '\t' || !c.is_control()).collect();
    kept.trim().to_owned()
}
