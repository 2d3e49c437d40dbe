//! The parts pages are made of.
mod textarea;

pub use textarea::TextArea;
