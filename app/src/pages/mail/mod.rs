//! What went out to whom, and what the relay said.

mod list;
mod one;

pub use list::{MailPage, mail_list};
pub use one::{MailOne, mail_one};
