//! What may happen to a case, written out by hand for every state, command and role: a check on the table in `domain`.
use domain::{
    actor::{Role, may},
    case::{CaseCommand, CaseState, offered, step},
};

/// A row per command; a column per state: where it leads with nothing held, `.` = not possible. `*` behind a state: the
/// answer is another one while a quarantine is held, see [`HELD`].
const TABLE: &str = "
                     open         notified     quarantined  answered     released     closed
join                 open         notified     quarantined  answered     open         .
assign               open         notified     quarantined  answered     released     .
hand_back            open         notified     quarantined  answered     released     .
note                 open         notified     quarantined  answered     released     closed
snooze               open         notified     quarantined  answered     released     .
notify               open         notified     quarantined  answered     released     .
notice_delivered     notified     notified     quarantined  answered     released     closed
notice_bounced       open         open         quarantined  answered     released     closed
order_quarantine     open         notified     quarantined  answered     released     .
quarantine_in_force  quarantined  quarantined  quarantined  answered     quarantined  closed
quarantine_lifted    released     released     released     released     released     closed
state                answered     answered     answered     answered     released     closed
reply                open         notified     quarantined  notified*    released     .
settle               .            .            .            notified*    .            .
close                closed*      closed*      .            closed*      closed*      .
reopen               .            .            .            .            .            open
correct              open         notified     quarantined  answered     released     closed
withdraw             closed       closed       closed       closed       closed       closed
";

/// The starred ones while a quarantine is held.
const HELD: &str = "
                     open         notified     quarantined  answered     released     closed
reply                -            -            -            quarantined  -            -
settle               -            -            -            quarantined  -            -
close                .            .            -            .            .            -
";

/// Who may: every command a member of staff can give. Machines and customers give the others.
const STAFF: &str = "
                     analyst  supervisor  administrator  auditor
join                 yes      yes         yes            no
assign               yes      yes         yes            no
hand_back            yes      yes         yes            no
note                 yes      yes         yes            no
snooze               yes      yes         yes            no
notify               yes      yes         yes            no
notice_delivered     no       no          no             no
notice_bounced       no       no          no             no
order_quarantine     yes      yes         yes            no
quarantine_in_force  no       no          no             no
quarantine_lifted    no       no          no             no
state                no       no          no             no
reply                yes      yes         yes            no
settle               yes      yes         yes            no
close                yes      yes         yes            no
reopen               yes      yes         yes            no
correct              yes      yes         yes            no
withdraw             yes      yes         yes            no
";

fn cell<'a>(table: &'a str, row: &str, column: &str) -> Option<&'a str> {
    let mut lines = table.trim().lines();
    let at = lines.next()?.split_whitespace().position(|name| name == column)?;
    let line = lines.find(|line| line.split_whitespace().next() == Some(row))?;
    line.split_whitespace().nth(at + 1)
}

fn expected(command: CaseCommand, state: CaseState, held: bool) -> Option<CaseState> {
    let plain = cell(TABLE, command.as_str(), state.as_str()).unwrap();
    let word = match plain.strip_suffix('*') {
        Some(_) if held => cell(HELD, command.as_str(), state.as_str()).unwrap(),
        Some(bare) => bare,
        None => plain,
    };
    (word != ".").then(|| CaseState::parse(word).unwrap())
}

#[test]
fn every_command_in_every_state() {
    assert_eq!(TABLE.trim().lines().count(), CaseCommand::ALL.len() + 1);
    for &command in CaseCommand::ALL {
        for &state in CaseState::ALL {
            for held in [false, true] {
                assert_eq!(
                    step(state, command, held).ok(),
                    expected(command, state, held),
                    "{command} from {state}, held: {held}"
                );
            }
        }
    }
}

#[test]
fn every_role_is_offered_what_is_legal_and_nothing_else() {
    assert_eq!(STAFF.trim().lines().count(), CaseCommand::ALL.len() + 1);
    for &role in Role::ALL {
        for &state in CaseState::ALL {
            for held in [false, true] {
                let offered = offered(state, held, |right| may(role, right));
                for &command in CaseCommand::ALL {
                    let wanted = command != CaseCommand::Join
                        && cell(STAFF, command.as_str(), role.as_str()) == Some("yes")
                        && expected(command, state, held).is_some();
                    assert_eq!(offered.contains(&command), wanted, "{role}: {command} from {state}, held: {held}");
                }
            }
        }
    }
}

#[test]
fn nothing_is_offered_twice() {
    for &state in CaseState::ALL {
        let mut commands = offered(state, false, |_| true);
        let count = commands.len();
        commands.sort();
        commands.dedup();
        assert_eq!(commands.len(), count, "{state}");
    }
}
