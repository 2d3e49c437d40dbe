//! The trade of an abuse desk as pure rules: no IO, no clock of its own, no database.
//!
//! The nouns stand in the order in which they happen: a report arrives, holds [`event`]s of a [`class`],
//! which are attributed to a customer.
pub mod class;
pub mod event;
