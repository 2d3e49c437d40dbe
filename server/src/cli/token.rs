//! `lazaret token`.
use super::End;
use crate::desk::Desk;
use domain::{actor::Actor, id::TokenId};

/// Manage the keys of the HTTP API.
#[derive(clap::Subcommand)]
pub(crate) enum Token {
    /// Make a key; its secret is printed once.
    Add {
        /// What it is for.
        #[arg(long)]
        name: String,
    },
    /// Withdraw a key.
    Revoke {
        /// Its id, see `lazaret token list`.
        id: TokenId,
    },
    /// List all keys.
    List,
}

impl Token {
    pub(crate) async fn run(self, desk: &Desk) -> anyhow::Result<End> {
        let cli = Actor::system("cli");
        match self {
            Self::Add { name } => {
                let (_, secret) = desk.add_token(&cli, &name).await?;
                println!("{secret}");
            }
            Self::Revoke { id } => desk.revoke_token(&cli, id).await?,
            Self::List => {
                for token in desk.store().read().await?.token_list().await? {
                    let state = if token.revoked_at.is_some() { "revoked" } else { "valid" };
                    println!("{}\t{state}\t{}", token.id, token.name);
                }
            }
        }
        Ok(End::Done)
    }
}
