//! The policy a machine's decisions name: version and the numbers it used. (Playbooks replace it later.)

/// Version of the built-in policy, written into every decision a machine made.
pub const VERSION: &str = "built-in 1";
