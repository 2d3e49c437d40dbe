//! The pages, each a function from its data to one string.

pub mod again;
pub mod approvals;
pub mod case;
pub mod customer;
mod error;
pub mod evidence;
pub mod feed;
pub mod figures;
pub mod mail;
pub mod passing;
pub mod quarantine;
pub mod record;
pub mod report;
pub mod reporter;
pub mod settings;
mod sign_in;

pub use error::error_page;
pub use sign_in::{SignInForm, sign_in};
