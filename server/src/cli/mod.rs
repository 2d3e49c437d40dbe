//! The commands. Exit codes: 0 done, 1 some inputs parked or refused (each named on stderr), 2 usage, 3 the desk is
//! unreachable or misconfigured.
mod check;
mod demo;
mod import;
mod import_leases;
mod ingest;
mod input;
mod parse;
mod reparse;
mod serve;
mod token;
mod user;
mod verify;

use crate::{config::Config, desk::Desk};
use clap::{Parser, Subcommand};
use domain::clock::SystemClock;
use std::{path::PathBuf, process::ExitCode, sync::Arc};
use store::Store;

/// The abuse desk of an internet provider: reports in, customers told, lines quarantined and released, all on record.
#[derive(Parser)]
#[command(name = "lazaret", version, propagate_version = true)]
struct Cli {
    /// Settings file; without it lazaret.toml is read if it is there.
    #[arg(long, global = true, value_name = "FILE", env = "LAZARET_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a fresh demo desk and serve it.
    Demo(demo::Demo),
    /// Fill an empty database with a made-up provider and its history.
    Seed(demo::Seed),
    /// Serve the desk: web pages, API and workers.
    Serve(serve::Serve),
    /// Bring the database to this version's schema; running it again changes nothing.
    Migrate,
    /// Check the settings and name every mistake; --explain lists all settings with their defaults.
    Check {
        /// Print every setting with its default and meaning, as a lazaret.toml.
        #[arg(long)]
        explain: bool,
    },
    /// Read reports and print what they say as JSON lines; no database.
    Parse(parse::Parse),
    /// Take reports in durably and read them.
    Ingest(ingest::Ingest),
    /// Compare stored reports with what today's parsers make of them; --apply puts it in force.
    Reparse(reparse::Reparse),
    /// Import customers, leases or terms.
    Import(import::Import),
    /// Manage staff accounts.
    #[command(subcommand)]
    User(user::User),
    /// Manage the keys of the HTTP API.
    #[command(subcommand)]
    Token(token::Token),
    /// Check that nobody changed the record: exit 0 whole, 1 changed (each finding on stderr), 3 unreachable.
    Verify(verify::Verify),
}

/// How a command ended, beside errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Everything was done.
    Done,
    /// Some inputs were parked or refused; each was named on stderr.
    Partly,
}

/// Runs the command line.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    log_to_stderr();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return misconfigured(&error.into()),
    };
    match runtime.block_on(run(cli)) {
        Ok(End::Done) => ExitCode::SUCCESS,
        Ok(End::Partly) => ExitCode::from(1),
        Err(error) => misconfigured(&error),
    }
}

fn misconfigured(error: &anyhow::Error) -> ExitCode {
    eprintln!("lazaret: {error:#}");
    ExitCode::from(3)
}

fn log_to_stderr() {
    let filter =
        tracing_subscriber::EnvFilter::try_from_env("LAZARET_LOG").unwrap_or_else(|_| "warn,lazaret=info".into());
    let quiet = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
    drop(quiet);
}

async fn run(cli: Cli) -> anyhow::Result<End> {
    if let Command::Check { explain: true } = cli.command {
        print!("{}", crate::config::explained());
        return Ok(End::Done);
    }
    if let Command::Parse(parse) = &cli.command {
        return parse.run();
    }
    let config = Config::load(cli.config.as_deref(), std::env::vars())?;
    match cli.command {
        Command::Demo(demo) => demo.run(config).await,
        Command::Seed(seed) => seed.run(config).await,
        Command::Serve(serve) => serve.run(config).await,
        Command::Migrate => {
            let desk = desk(config).await?;
            desk.store().close().await;
            println!("the schema is up to date");
            Ok(End::Done)
        }
        Command::Check { .. } => {
            println!("settings are fine");
            check::channels(config).await;
            Ok(End::Done)
        }
        Command::Parse(_) => Ok(End::Done),
        Command::Ingest(ingest) => ingest.run(&desk(config).await?).await,
        Command::Reparse(reparse) => reparse.run(&desk(config).await?).await,
        Command::Import(import) => import.run(&desk(config).await?).await,
        Command::User(user) => user.run(&desk(config).await?).await,
        Command::Token(token) => token.run(&desk(config).await?).await,
        Command::Verify(verify) => verify.run(config).await,
    }
}

/// Opens the store, brings its schema up to date, and makes the desk over it.
pub(crate) async fn desk(config: Config) -> anyhow::Result<Desk> {
    let store = Store::open(config.database_url(), Arc::new(SystemClock)).await?;
    store.migrate().await?;
    Ok(Desk::new(store, config))
}
