//! Starts the web server and the workers, and ends them in order.
use crate::{
    config::Config,
    desk::Desk,
    enforcement::Network,
    http::{self, AppState},
    worker::Workers,
};
use anyhow::Context as _;
use std::{future::Future, net::SocketAddr};
use tokio::net::TcpListener;

/// Which parts run in this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// Web server and workers.
    All,
    /// Only the web server.
    Web,
    /// Only the workers.
    Worker,
}

/// Binds the listening address, so that port 0 is known before the desk is made.
///
/// # Errors
/// When the address is taken or not ours.
pub async fn bind(config: Config) -> anyhow::Result<(TcpListener, Config)> {
    let wanted = config.text("http.listen").to_owned();
    let listener =
        TcpListener::bind(&wanted).await.with_context(|| format!("http.listen: cannot listen on {wanted}"))?;
    let address = listener.local_addr()?.to_string();
    Ok((listener, config.with("http.listen", address)))
}

/// Serves until `stop` is ready.
///
/// # Errors
/// When the address file cannot be written or the server fails.
pub async fn run(
    state: AppState,
    listener: TcpListener,
    part: Part,
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let desk: Desk = state.desk.clone();
    let workers = match part {
        Part::Web => None,
        Part::All | Part::Worker => {
            let network = Network::of(desk.config(), desk.clock().clone()).map_err(anyhow::Error::msg)?;
            Some(Workers::start(&desk, &network))
        }
    };
    let address = listener.local_addr()?;
    let file = desk.config().text("http.address_file");
    if !file.is_empty() {
        std::fs::write(file, address.to_string()).with_context(|| format!("http.address_file: cannot write {file}"))?;
    }
    tracing::info!(%address, engine = desk.store().engine_name(), "ready");
    if part == Part::Worker {
        drop(listener);
        stop.await;
    } else {
        let service = http::router(state).into_make_service_with_connect_info::<SocketAddr>();
        axum::serve(listener, service).with_graceful_shutdown(stop).await?;
    }
    if let Some(workers) = workers {
        workers.stop().await;
    }
    desk.store().close().await;
    Ok(())
}

/// Ready when the process is asked to end (SIGINT, SIGTERM).
pub async fn asked_to_end() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        },
        Err(_) => drop(interrupt.await),
    }
}
