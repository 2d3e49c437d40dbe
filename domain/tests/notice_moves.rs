//! What may happen to a notice, written out by hand for every state and command: a check on the table in `domain`.
use domain::{
    actor::{Permission, Role, may},
    notice::{NoticeCommand, NoticeState, right, step},
};

/// A row per command, a column per state: where it leads; `.` = not possible.
const TABLE: &str = "
         queued     sending  sent     failed  bounced  cancelled
begin    sending    sending  .        .       .        .
accept   .          sent     .        .       .        .
defer    .          queued   .        .       .        .
fail     .          failed   .        .       .        .
bounce   .          .        bounced  .       .        .
retry    .          .        .        queued  .        .
cancel   cancelled  .        .        .       .        .
";

/// Who may give a command; the mailer gives the others.
const STAFF: &str = "
         analyst  supervisor  administrator  auditor
begin    no       no          no             no
accept   no       no          no             no
defer    no       no          no             no
fail     no       no          no             no
bounce   no       no          no             no
retry    yes      yes         yes            no
cancel   yes      yes         yes            no
";

fn cell<'a>(table: &'a str, row: &str, column: &str) -> &'a str {
    let mut lines = table.trim().lines();
    let at = lines.next().unwrap().split_whitespace().position(|name| name == column).unwrap();
    let line = lines.find(|line| line.split_whitespace().next() == Some(row)).unwrap();
    line.split_whitespace().nth(at + 1).unwrap()
}

#[test]
fn every_command_in_every_state() {
    assert_eq!(TABLE.trim().lines().count(), NoticeCommand::ALL.len() + 1);
    for &command in NoticeCommand::ALL {
        for &state in NoticeState::ALL {
            let word = cell(TABLE, command.as_str(), state.as_str());
            assert_eq!(step(state, command).ok(), NoticeState::parse(word), "{command} from {state}");
        }
    }
}

#[test]
fn every_role() {
    for &command in NoticeCommand::ALL {
        for &role in Role::ALL {
            let wanted = cell(STAFF, command.as_str(), role.as_str()) == "yes";
            assert_eq!(right(command).is_some_and(|needed| may(role, needed)), wanted, "{role}: {command}");
        }
    }
    assert_eq!(right(NoticeCommand::Retry), Some(Permission::WorkCases));
}
