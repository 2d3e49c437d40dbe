//! `lazaret token`.
use super::End;
use crate::desk::Desk;
use domain::{actor::Actor, id::TokenId, user::TokenScope};

/// Manage the keys of the HTTP API.
#[derive(clap::Subcommand)]
pub(crate) enum Token {
    /// Make a key; its secret is printed once.
    Add {
        /// What it is for.
        #[arg(long)]
        name: String,
        /// What it may be used for: all, reports or leases.
        #[arg(long, value_parser = scope, default_value = "all", value_name = "WORD")]
        only: TokenScope,
    },
    /// Withdraw a key.
    Revoke {
        /// Its id, see `lazaret token list`.
        id: TokenId,
    },
    /// List all keys.
    List,
}

fn scope(word: &str) -> Result<TokenScope, String> {
    TokenScope::parse(word).ok_or_else(|| "use all, reports or leases".to_owned())
}

impl Token {
    pub(crate) async fn run(self, desk: &Desk) -> anyhow::Result<End> {
        let cli = Actor::system("cli");
        match self {
            Self::Add { name, only } => {
                let (_, secret) = desk.add_token_for(&cli, &name, only).await?;
                println!("{secret}");
            }
            Self::Revoke { id } => desk.revoke_token(&cli, id).await?,
            Self::List => {
                for token in desk.store().read().await?.token_list().await? {
                    let state = if token.revoked_at.is_some() { "revoked" } else { "valid" };
                    println!("{}\t{state}\t{}\t{}", token.id, token.name, token.scope);
                }
            }
        }
        Ok(End::Done)
    }
}
