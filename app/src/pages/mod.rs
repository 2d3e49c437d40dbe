//! The pages, each a function from its data to one string.

pub mod approvals;
mod error;
pub mod figures;
pub mod quarantine;
pub mod record;
pub mod settings;
mod sign_in;

pub use error::error_page;
pub use sign_in::{SignInForm, sign_in};
