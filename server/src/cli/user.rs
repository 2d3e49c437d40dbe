//! `lazaret user`.
use super::End;
use crate::desk::Desk;
use anyhow::{Context as _, anyhow};
use domain::actor::{Actor, Role};
use std::io::Read as _;

/// Manage staff accounts.
#[derive(clap::Subcommand)]
pub(crate) enum User {
    /// Make an account; the password is read from the first line of standard input.
    Add {
        /// Sign-in name: a mail address.
        #[arg(long)]
        email: String,
        /// Name shown to colleagues.
        #[arg(long)]
        name: String,
        /// analyst, supervisor, administrator or auditor.
        #[arg(long, value_parser = role)]
        role: Role,
        /// Says that the password comes on standard input (it always does; for scripts that like to be clear).
        #[arg(long)]
        password_stdin: bool,
    },
    /// Set a new password (read from standard input) and end all sessions of the account.
    Passwd {
        /// Whose.
        #[arg(long)]
        email: String,
    },
    /// Close an account.
    Disable {
        /// Whose.
        #[arg(long)]
        email: String,
    },
    /// List all accounts.
    List,
}

fn role(word: &str) -> Result<Role, String> {
    Role::parse(word).ok_or_else(|| "one of analyst, supervisor, administrator, auditor".to_owned())
}

fn password() -> anyhow::Result<String> {
    let mut text = String::new();
    std::io::stdin().take(1024).read_to_string(&mut text).context("cannot read the password from standard input")?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

impl User {
    pub(crate) async fn run(self, desk: &Desk) -> anyhow::Result<End> {
        let cli = Actor::system("cli");
        match self {
            Self::Add { email, name, role, password_stdin: _ } => {
                let user = desk.add_user(&cli, &email, &name, role, &password()?).await?;
                println!("{} may sign in as {}", user.email, user.role);
            }
            Self::Passwd { email } => {
                let user = by_email(desk, &email).await?;
                desk.set_password(&cli, user.id, &password()?).await?;
                println!("{} has a new password; all sessions are ended", user.email);
            }
            Self::Disable { email } => {
                let user = by_email(desk, &email).await?;
                desk.disable_user(&cli, user.id).await?;
                println!("{} can no longer sign in", user.email);
            }
            Self::List => {
                for user in desk.store().read().await?.user_list().await? {
                    let closed = user.disabled_at.map(|at| format!("\tclosed {}", at.to_rfc3339())).unwrap_or_default();
                    println!("{}\t{}\t{}{closed}", user.email, user.role, user.name);
                }
            }
        }
        Ok(End::Done)
    }
}

async fn by_email(desk: &Desk, email: &str) -> anyhow::Result<domain::user::User> {
    let found = desk.store().read().await?.user_by_email(&email.trim().to_lowercase()).await?;
    found.ok_or_else(|| anyhow!("no account {email}"))
}
