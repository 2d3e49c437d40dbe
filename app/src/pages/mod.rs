//! The pages, each a function from its data to one string.

mod error;
pub mod figures;
pub mod record;
pub mod settings;
mod sign_in;

pub use error::error_page;
pub use sign_in::{SignInForm, sign_in};
