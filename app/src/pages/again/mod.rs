//! Reading stored reports again: the difference before it is put in force, of one report and of a period.
mod one;
mod period;

pub use one::{AgainPage, again};
pub use period::{PeriodForm, PeriodPage, RereadPage, period, reread};
