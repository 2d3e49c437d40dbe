//! Who works at the demo desk.
use crate::desk::Desk;
use domain::actor::{Actor, Role};

/// Logins that are told: address, role, password.
pub const LOGINS: &[(&str, Role, &str)] = &[
    ("mara@desk.example", Role::Analyst, "lazaret-demo"),
    ("jonas@desk.example", Role::Supervisor, "lazaret-demo"),
    ("ines@desk.example", Role::Administrator, "lazaret-demo"),
    ("paul@desk.example", Role::Auditor, "lazaret-demo"),
];

const NAMES: &[&str] = &["Mara Lind", "Jonas Weber", "Ines Castro", "Paul Okafor"];
/// Colleagues without a told login.
const COLLEAGUES: &[(&str, &str)] = &[("tomek@desk.example", "Tomek Zając"), ("aylin@desk.example", "Aylin Demir")];

/// The people as actors.
pub(super) struct Staff {
    /// Work on cases.
    pub(super) analysts: Vec<Actor>,
    /// Signs and decides.
    pub(super) supervisor: Actor,
}

/// Makes the accounts.
pub(super) async fn hire(desk: &Desk) -> anyhow::Result<Staff> {
    let cli = Actor::system("cli");
    let mut analysts = Vec::new();
    let mut supervisor = None;
    for ((email, role, password), name) in LOGINS.iter().zip(NAMES) {
        let user = desk.add_user(&cli, email, name, *role, password).await?;
        match role {
            Role::Analyst => analysts.push(user.actor()),
            Role::Supervisor => supervisor = Some(user.actor()),
            Role::Administrator | Role::Auditor => {}
        }
    }
    for (email, name) in COLLEAGUES {
        let password = crate::secret::fresh()?;
        analysts.push(desk.add_user(&cli, email, name, Role::Analyst, &password).await?.actor());
    }
    let supervisor = supervisor.unwrap_or(cli);
    Ok(Staff { analysts, supervisor })
}
