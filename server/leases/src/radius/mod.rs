//! RADIUS accounting (RFC 2866): packets as access servers send them, and the detail files that FreeRADIUS writes.
//!
//! | file | what |
//! | --- | --- |
//! | [`packet`] | requests checked against their shared secret, answers signed with it |
//! | [`record`] | one request, from a packet or from a file, as sayings |
//! | [`detail`] | the detail file, record after record |
pub(crate) mod detail;
pub mod packet;
pub mod record;

/// What a request tells (RFC 2866 §5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// A session began.
    Start,
    /// A session has ended.
    Stop,
    /// A session goes on.
    Interim,
    /// The access server has started, or is about to stop: no session is left.
    Reboot,
    /// Something else: tunnels, failures.
    Other,
}

impl Status {
    /// By its number.
    pub const fn of(number: u32) -> Self {
        match number {
            1 => Self::Start,
            2 => Self::Stop,
            3 => Self::Interim,
            7 | 8 => Self::Reboot,
            _ => Self::Other,
        }
    }

    /// By its name in FreeRADIUS' dictionaries, or its number.
    pub(crate) fn parse(text: &str) -> Self {
        match text {
            "Start" => Self::Start,
            "Stop" => Self::Stop,
            "Interim-Update" | "Alive" => Self::Interim,
            "Accounting-On" | "Accounting-Off" => Self::Reboot,
            number => number.parse().map_or(Self::Other, Self::of),
        }
    }
}
