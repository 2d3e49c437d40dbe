//! Every bound and deadline of the trade: value, unit, reason.
use chrono::TimeDelta;

/// Largest report taken in, in bytes (25 MiB; DESIGN §5).
pub const REPORT_BYTES_MAX: usize = 25 * 1024 * 1024;
/// Events written in one transaction: enough to amortise a commit, short enough not to stop other writers.
pub const EVENTS_PER_TRANSACTION: usize = 500;
/// Events of a case that leave in one go; more would be a data set, not a complaint.
pub const PASSED_EVENTS_MAX: i64 = 2_000;
/// Events that one correction moves: all in one transaction, and more than a desk ever lays to one customer by mistake.
pub const CORRECTED_EVENTS_MAX: usize = 20_000;
/// Tries of one passing on before it counts as failed.
pub const PASSING_ATTEMPTS_MAX: i64 = 12;
/// Rows of a list page.
pub const PAGE_ROWS: i64 = 50;
/// Of each kind of decision on the page of approvals: each has its forms, and is read before it is signed.
pub const APPROVALS_EACH: i64 = 20;
/// Characters of a note, reason or statement.
pub const TEXT_CHARS_MAX: usize = 4_000;
/// Characters a reason must at least have, so that it is one.
pub const REASON_CHARS_MIN: usize = 4;
/// New evidence of the same category joins the customer's case within this time after its last event.
pub const GROUPING: TimeDelta = TimeDelta::days(14);
/// New evidence after a case was closed makes a repeat (strike) within this time.
pub const REPEAT_WINDOW: TimeDelta = TimeDelta::days(365);
/// Time a customer has to act, counted from the delivery of the notice.
pub const ANSWER_TIME: TimeDelta = TimeDelta::days(3);
/// Time the desk has for a case that waits for it: opened, or answered by the customer.
pub const DESK_TIME: TimeDelta = TimeDelta::hours(24);
/// Watch period after a release.
pub const WATCH: TimeDelta = TimeDelta::days(7);
/// Self-releases within [`SELF_RELEASE_WINDOW`]; then a person decides.
pub const SELF_RELEASES_MAX: i64 = 2;
/// The window of [`SELF_RELEASES_MAX`].
pub const SELF_RELEASE_WINDOW: TimeDelta = TimeDelta::days(90);
/// Time in which a person owes a customer the decision on an objection.
pub const DISPUTE_TIME: TimeDelta = TimeDelta::days(5);
/// Longest notice before a quarantine begins, in hours (two weeks).
pub const START_HOURS_MAX: i64 = 336;
/// Life of a customer's link.
pub const LINK_LIFE: TimeDelta = TimeDelta::days(90);
/// Life of a staff session, whatever happens in it.
pub const SESSION_LIFE: TimeDelta = TimeDelta::hours(12);
/// Failed sign-ins per account and per address before waiting.
pub const SIGN_IN_FAILURES_MAX: i64 = 5;
/// The wait after too many failed sign-ins.
pub const SIGN_IN_WAIT: TimeDelta = TimeDelta::minutes(15);
/// Characters of a new password, at least.
pub const PASSWORD_CHARS_MIN: usize = 12;
/// Bytes of a password, at most: longer ones only cost hashing time.
pub const PASSWORD_BYTES_MAX: usize = 256;
/// Tries of one mail before it counts as failed.
pub const MAIL_ATTEMPTS_MAX: i64 = 12;
/// Tries of putting a quarantine in force before it counts as failed; a lift is tried for ever.
pub const APPLY_ATTEMPTS_MAX: i64 = 12;
/// First wait before a retry; doubles with each try up to [`RETRY_WAIT_MAX`].
pub const RETRY_WAIT_MIN: TimeDelta = TimeDelta::seconds(5);
/// Longest wait before a retry.
pub const RETRY_WAIT_MAX: TimeDelta = TimeDelta::minutes(15);
/// After the end of a case its reporters are told so much later: a case closed by mistake is taken up again by then.
pub const OUTCOME_WAIT: TimeDelta = TimeDelta::minutes(15);
/// How long a worker may hold a job before another may take it.
pub const JOB_LEASE: TimeDelta = TimeDelta::seconds(90);
/// How long a worker has a mailbox, feed or block list to himself without saying so again.
pub const CHANNEL_LEASE: TimeDelta = TimeDelta::seconds(150);
/// Automatic cuts per hour before the circuit breaker stops further ones.
pub const AUTOMATIC_CUTS_PER_HOUR_MAX: i64 = 50;

/// The wait before try number `attempts + 1`.
pub fn retry_wait(attempts: i64) -> TimeDelta {
    let doubled = RETRY_WAIT_MIN * 2_i32.saturating_pow(u32::try_from(attempts.clamp(0, 12)).unwrap_or(12));
    doubled.min(RETRY_WAIT_MAX)
}

/// The wait before asking again whether something accepted is done: 1 s, doubling to a minute.
pub fn poll_wait(attempts: i64) -> TimeDelta {
    TimeDelta::seconds(2_i64.saturating_pow(u32::try_from(attempts.clamp(0, 6)).unwrap_or(6)).min(60))
}
