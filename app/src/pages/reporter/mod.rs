//! Reporters: who sends what, how good it is, what the desk decided about him; and marks on senders.
mod list;
pub(crate) mod mark;
mod one;
mod settings;

pub use list::{ReportersPage, reporters};
pub use one::{ReporterPage, reporter};
pub use settings::SettingsFields;

use crate::ui::{Tab, number};
use domain::{metrics::Share, reporter::ReporterSettings};

/// Periods one can choose, in days.
pub const PERIODS: [i64; 3] = [7, 30, 90];

/// The tabs of the periods; `at` makes the address for a number of days.
fn periods(chosen: i64, at: impl Fn(i64) -> String) -> Vec<Tab> {
    PERIODS.into_iter().map(|days| Tab::new(format!("{days} days"), at(days), None, days == chosen)).collect()
}

fn count(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

/// A share as percent; a dash when there is nothing to share.
fn share(share: Share) -> String {
    if share.whole == 0 { "–".to_owned() } else { number::percent(count(share.part), count(share.whole)) }
}

/// What is special about a reporter, as word and colour.
fn flags(settings: &ReporterSettings) -> Vec<(&'static str, &'static str)> {
    use domain::reporter::Feedback;
    let mut flags = Vec::new();
    if !settings.switched_on {
        flags.push(("switched off", "bad"));
    }
    if settings.never_automatic {
        flags.push(("never automatic", "unsure"));
    }
    match settings.feedback {
        Feedback::None => {}
        Feedback::Receipt => flags.push(("gets receipts", "")),
        Feedback::Outcome => flags.push(("gets outcomes", "")),
    }
    flags
}
