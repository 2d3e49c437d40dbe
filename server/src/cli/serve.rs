//! `lazaret serve`.
use super::{End, desk};
use crate::{
    config::Config,
    http::AppState,
    serve::{Part, asked_to_end, bind, run},
};

/// Serve the desk.
#[derive(clap::Args)]
pub(crate) struct Serve {
    /// Which parts run in this process; several replicas share one PostgreSQL.
    #[arg(long, value_enum, default_value = "all")]
    role: Part,
}

impl Serve {
    pub(crate) async fn run(self, config: Config) -> anyhow::Result<End> {
        let (listener, config) = bind(config).await?;
        let desk = desk(config).await?;
        if desk.store().read().await?.user_count().await? == 0 {
            eprintln!(
                "lazaret: nobody can sign in yet: lazaret user add --email YOU@EXAMPLE --name YOU --role administrator"
            );
        }
        eprintln!("lazaret: the desk is at {}", desk.public_url());
        run(AppState::new(desk), listener, self.role, asked_to_end()).await?;
        Ok(End::Done)
    }
}
