//! Cases: the queue, one case, and the notice before it is sent.

mod acts;
mod compose;
mod correct;
mod corrections;
mod events;
mod evidence;
mod glance;
mod page;
mod prose;
mod queue;
mod timeline;
mod turn;

pub use compose::{Compose, compose};
pub use correct::{CorrectFields, CorrectPage, Follows, NOBODY, correct, follows};
pub use events::{EventsPage, events};
pub use page::{CasePage, case_page};
pub use prose::{Prose, prose};
pub use queue::{QueuePage, queue};

/// What was typed into a form of the page that was refused, and why: the form opens again with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed {
    /// Which form: `note`, `reply`, `close`...
    pub act: String,
    /// What is wrong.
    pub problem: String,
    /// What was typed.
    pub values: Vec<(String, String)>,
}

impl Typed {
    /// Whether it was this form.
    pub fn is(&self, act: &str) -> bool {
        !self.act.is_empty() && self.act == act
    }

    /// What was typed into the field of this form.
    pub fn value(&self, act: &str, field: &str) -> String {
        let found = self.values.iter().find(|(name, _)| self.is(act) && name == field);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// What is wrong with this form.
    pub fn error(&self, act: &str) -> Option<String> {
        self.is(act).then(|| self.problem.clone())
    }
}
