//! Quarantines: the list, one with its history, the order form, what the network holds, and the card of a case.
mod acts;
pub mod card;
mod history;
mod list;
mod network;
mod one;
mod order;

pub use card::QuarantineCard;
pub use list::list;
pub use network::network;
pub(crate) use one::decide_request;
pub use one::one;
pub use order::{OrderForm, order};

use crate::ui::time;
use chrono::{DateTime, Utc};
use domain::quarantine::{Measure, Quarantine, QuarantineState};

/// `Port block 25, 139, 445`.
pub(crate) fn measure(quarantine: &Quarantine) -> String {
    let ports: Vec<String> = quarantine.ports.iter().map(u16::to_string).collect();
    match quarantine.measure {
        Measure::PortBlock => format!("{} {}", quarantine.measure.title(), ports.join(", ")),
        other => other.title().to_owned(),
    }
}

/// The state's words for people.
pub(crate) fn state(state: QuarantineState) -> String {
    state.as_str().replace('_', " ")
}

/// What the network says of it, and when it was last seen to hold it.
pub(crate) fn network_says(quarantine: &Quarantine, now: DateTime<Utc>) -> String {
    let said = match (quarantine.state, quarantine.answer.as_str()) {
        (QuarantineState::AwaitingApproval | QuarantineState::Scheduled, _) => "not asked yet".to_owned(),
        (_, "") => "no answer yet".to_owned(),
        (_, answer) => answer.to_owned(),
    };
    match (quarantine.state, quarantine.verified_at) {
        (QuarantineState::InForce, Some(at)) => format!("{said}, seen {}", time::ago(at, now)),
        _ if quarantine.attempts > 0 => format!("{said}, tried {} times", quarantine.attempts),
        _ => said,
    }
}

/// When it ends, or when it did.
pub(crate) fn ends(quarantine: &Quarantine, now: DateTime<Utc>) -> String {
    match quarantine.lifted_at {
        Some(at) => format!("lifted {}", time::stamp(at, now)),
        None => time::stamp(quarantine.expires_at, now),
    }
}
