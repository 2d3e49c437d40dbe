//! What anybody may complain about by the public form.
use crate::triage::EventFields;

/// A complaint by the public form, as typed (the fields of Regulation (EU) 2022/2065, article 16(2)).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Complaint {
    /// Made with the form, so that a double click complains once.
    pub id: String,
    /// Name of the person or organisation.
    pub name: String,
    /// Mail address for the receipt and the answer.
    pub email: String,
    /// Where, when and what.
    pub fields: EventFields,
    /// Why it is illegal or abusive, with log lines.
    pub text: String,
    /// The statement of good faith.
    pub good_faith: bool,
}
