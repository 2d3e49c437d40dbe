//! The life of a quarantine over its whole product of state x command x role, against a table written by hand.
use domain::{
    actor::{Permission, Role, may},
    quarantine::{QuarantineCommand as Q, QuarantineState as S, offered, step},
};

/// Every legal move; whatever is not here must be refused.
const LEGAL: &[(S, Q, S)] = &[
    (S::AwaitingApproval, Q::Approve, S::Scheduled),
    (S::AwaitingApproval, Q::Refuse, S::Refused),
    (S::AwaitingApproval, Q::Cancel, S::Cancelled),
    (S::Scheduled, Q::Begin, S::Applying),
    (S::Scheduled, Q::Cancel, S::Cancelled),
    (S::Applying, Q::Confirm, S::InForce),
    (S::Applying, Q::Fail, S::Failed),
    (S::Applying, Q::Lift, S::Lifting),
    (S::InForce, Q::Confirm, S::InForce),
    (S::InForce, Q::Lift, S::Lifting),
    (S::InForce, Q::Repair, S::Applying),
    (S::Failed, Q::Retry, S::Applying),
    (S::Failed, Q::Lift, S::Lifting),
    (S::Lifting, Q::ConfirmLifted, S::Lifted),
];

#[test]
fn the_whole_product_is_as_written() {
    for &state in S::ALL {
        for &command in Q::ALL {
            let expected = LEGAL.iter().find(|row| row.0 == state && row.1 == command).map(|row| row.2);
            assert_eq!(step(state, command).ok(), expected, "{state} {command}");
        }
    }
}

#[test]
fn each_role_is_offered_what_its_rights_allow() {
    for &state in S::ALL {
        for &role in Role::ALL {
            let rights: &[Q] = match role {
                Role::Analyst => &[Q::Retry, Q::Lift, Q::Cancel],
                Role::Supervisor | Role::Administrator => &[Q::Approve, Q::Refuse, Q::Retry, Q::Lift, Q::Cancel],
                Role::Auditor => &[],
            };
            let expected: Vec<Q> = rights
                .iter()
                .copied()
                .filter(|command| LEGAL.iter().any(|row| row.0 == state && row.1 == *command))
                .collect();
            assert_eq!(offered(state, |right| may(role, right)), expected, "{state} {role}");
        }
    }
}

#[test]
fn machines_moves_are_no_bodys_button() {
    for &state in S::ALL {
        let all = offered(state, |_: Permission| true);
        for machine in [Q::Begin, Q::Confirm, Q::Fail, Q::ConfirmLifted, Q::Repair] {
            assert!(!all.contains(&machine), "{state} {machine}");
        }
    }
}

#[test]
fn ends_lead_nowhere_and_holding_states_lead_to_lifted() {
    for &state in S::ALL {
        let leads = Q::ALL.iter().any(|command| step(state, *command).is_ok());
        assert_eq!(leads, state.live(), "{state}");
        if state.holding() {
            let lifting = step(state, Q::Lift).unwrap_or(state);
            assert_eq!(step(lifting, Q::ConfirmLifted).ok(), Some(S::Lifted), "nobody is left inside: {state}");
        }
    }
}
