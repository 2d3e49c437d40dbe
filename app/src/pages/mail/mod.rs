//! What went out to whom, and what the relay said.

mod letters;
mod list;
mod one;

pub use letters::{LettersPage, letter, letters};
pub use list::{MailPage, mail_list};
pub use one::{MailOne, mail_one};
