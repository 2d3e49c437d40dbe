//! THE table of what may happen to a case: it guards the desk, decides what the pages offer, and is restated in tests.
use super::{CaseCommand, CaseState};
use crate::{actor::Permission, refusal::Refusal};

/// Where a command leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The state stays.
    Same,
    /// Into this state.
    To(CaseState),
    /// To `quarantined` if a quarantine holds, else to `notified`.
    Waiting,
}

/// One row of the table: command, states from which it is legal, where it leads, the staff's right (None = not a staff
/// command), the button's words.
pub struct Move {
    /// The command.
    pub command: CaseCommand,
    /// Legal from these states.
    pub from: &'static [CaseState],
    /// Leads there.
    pub next: Next,
    /// The right a member of staff needs; None = machines and customers only.
    pub right: Option<Permission>,
    /// The words on the button.
    pub label: &'static str,
}

use CaseState::{Answered, Closed, Notified, Open, Quarantined, Released};
const ACTIVE: &[CaseState] = &[Open, Notified, Quarantined, Answered, Released];
const ALL: &[CaseState] = &[Open, Notified, Quarantined, Answered, Released, Closed];
const WORK: Option<Permission> = Some(Permission::WorkCases);

/// The only authority on what may happen to a case.
pub const MOVES: &[Move] = &[
    Move {
        command: CaseCommand::Join,
        from: &[Open, Notified, Quarantined, Answered],
        next: Next::Same,
        right: WORK,
        label: "Join",
    },
    // New evidence in the watch period: it was not fixed.
    Move { command: CaseCommand::Join, from: &[Released], next: Next::To(Open), right: WORK, label: "Join" },
    Move { command: CaseCommand::Assign, from: ACTIVE, next: Next::Same, right: WORK, label: "Take" },
    Move { command: CaseCommand::HandBack, from: ACTIVE, next: Next::Same, right: WORK, label: "Hand back" },
    Move { command: CaseCommand::Note, from: ALL, next: Next::Same, right: WORK, label: "Note" },
    Move { command: CaseCommand::Snooze, from: ACTIVE, next: Next::Same, right: WORK, label: "Snooze" },
    Move { command: CaseCommand::Notify, from: ACTIVE, next: Next::Same, right: WORK, label: "Notify" },
    Move { command: CaseCommand::NoticeDelivered, from: &[Open], next: Next::To(Notified), right: None, label: "" },
    Move {
        command: CaseCommand::NoticeDelivered,
        from: &[Notified, Quarantined, Answered, Released, Closed],
        next: Next::Same,
        right: None,
        label: "",
    },
    Move { command: CaseCommand::NoticeBounced, from: &[Notified], next: Next::To(Open), right: None, label: "" },
    Move {
        command: CaseCommand::NoticeBounced,
        from: &[Open, Quarantined, Answered, Released, Closed],
        next: Next::Same,
        right: None,
        label: "",
    },
    Move {
        command: CaseCommand::OrderQuarantine,
        from: ACTIVE,
        next: Next::Same,
        right: Some(Permission::OrderQuarantine),
        label: "Quarantine",
    },
    Move {
        command: CaseCommand::QuarantineInForce,
        from: &[Open, Notified, Quarantined, Released],
        next: Next::To(Quarantined),
        right: None,
        label: "",
    },
    // The customer's word stands until the desk has answered it.
    Move {
        command: CaseCommand::QuarantineInForce,
        from: &[Answered, Closed],
        next: Next::Same,
        right: None,
        label: "",
    },
    Move { command: CaseCommand::QuarantineLifted, from: ACTIVE, next: Next::To(Released), right: None, label: "" },
    Move { command: CaseCommand::QuarantineLifted, from: &[Closed], next: Next::Same, right: None, label: "" },
    Move {
        command: CaseCommand::State,
        from: &[Open, Notified, Quarantined, Answered],
        next: Next::To(Answered),
        right: None,
        label: "",
    },
    Move { command: CaseCommand::State, from: &[Released, Closed], next: Next::Same, right: None, label: "" },
    Move { command: CaseCommand::Reply, from: &[Answered], next: Next::Waiting, right: WORK, label: "Reply" },
    Move {
        command: CaseCommand::Reply,
        from: &[Open, Notified, Quarantined, Released],
        next: Next::Same,
        right: WORK,
        label: "Reply",
    },
    Move { command: CaseCommand::Settle, from: &[Answered], next: Next::Waiting, right: WORK, label: "Nothing to add" },
    Move {
        command: CaseCommand::Close,
        from: &[Open, Notified, Answered, Released],
        next: Next::To(Closed),
        right: WORK,
        label: "Close",
    },
    Move { command: CaseCommand::Reopen, from: &[Closed], next: Next::To(Open), right: WORK, label: "Reopen" },
    Move { command: CaseCommand::Correct, from: ALL, next: Next::Same, right: WORK, label: "Wrong customer" },
    // Whatever it holds is let go in the same act; a closed one only gets its true outcome.
    Move { command: CaseCommand::Withdraw, from: ALL, next: Next::To(Closed), right: WORK, label: "Wrong customer" },
];

/// Decides where `command` leads from `state`.
///
/// `held` says whether the case holds a quarantine that is not lifted yet: such a case cannot be closed.
///
/// # Errors
/// [`Refusal::CaseState`] when the table has no such move.
pub fn step(state: CaseState, command: CaseCommand, held: bool) -> Result<CaseState, Refusal> {
    let refused = Refusal::CaseState { state, act: command.as_str() };
    if command == CaseCommand::Close && held {
        return Err(Refusal::Invalid {
            field: "outcome",
            problem: "release the quarantine first, then close the case".to_owned(),
        });
    }
    let found = MOVES.iter().find(|row| row.command == command && row.from.contains(&state)).ok_or(refused)?;
    Ok(match found.next {
        Next::Same => state,
        Next::To(to) => to,
        Next::Waiting if held => Quarantined,
        Next::Waiting => Notified,
    })
}

/// What a person with the rights of `may` can do in `state`: what the interface offers.
pub fn offered(state: CaseState, held: bool, may: impl Fn(Permission) -> bool) -> Vec<CaseCommand> {
    let mut commands: Vec<CaseCommand> = MOVES
        .iter()
        .filter(|row| {
            row.from.contains(&state) && row.right.is_some_and(&may) && step(state, row.command, held).is_ok()
        })
        .map(|row| row.command)
        .filter(|command| *command != CaseCommand::Join)
        .collect();
    commands.dedup();
    commands
}

/// The right a member of staff needs for a command; none = machines and customers only.
pub fn right(command: CaseCommand) -> Option<Permission> {
    MOVES.iter().find(|row| row.command == command).and_then(|row| row.right)
}
