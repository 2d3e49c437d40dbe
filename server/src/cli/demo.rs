//! `lazaret seed` and `lazaret demo`.
use super::End;
use crate::{
    config::Config,
    demo::{self, LOGINS, Plan},
    http::AppState,
    serve::{Part, asked_to_end, bind, run},
};
use anyhow::Context as _;
use chrono::{DateTime, Utc};
use domain::clock::{Clock as _, SystemClock};
use std::{
    io::{IsTerminal as _, Write as _},
    path::{Path, PathBuf},
};

/// Fill an empty database with a provider that does not exist and sixty days of its abuse desk.
#[derive(clap::Args, Debug, Clone)]
pub(crate) struct Seed {
    /// Customers, one line each.
    #[arg(long, default_value_t = 2_000)]
    customers: usize,
    /// Events, roughly.
    #[arg(long, default_value_t = 20_000)]
    events: usize,
    /// The same seed makes the same desk.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// When the history ends; default: now.
    #[arg(long, value_name = "TIME")]
    end: Option<DateTime<Utc>>,
}

impl Seed {
    pub(crate) async fn run(self, config: Config) -> anyhow::Result<End> {
        self.fill(config).await?;
        for (email, role, password) in LOGINS {
            println!("{role}\t{email}\t{password}");
        }
        Ok(End::Done)
    }

    async fn fill(&self, config: Config) -> anyhow::Result<()> {
        let ends = self.end.unwrap_or_else(|| SystemClock.now());
        let plan = Plan { customers: self.customers.max(20), events: self.events, seed: self.seed, ends };
        let shown = std::io::stderr().is_terminal();
        let tell = move |what: &str, done: usize, of: usize| {
            if shown {
                let percent = done * 100 / of.max(1);
                let _ = write!(std::io::stderr(), "\r{what}: {percent} %   ");
            }
        };
        demo::fill(config, plan, &tell).await?;
        if shown {
            eprintln!();
        }
        Ok(())
    }
}

/// Make a fresh demo desk in a folder and serve it; nothing leaves this machine.
#[derive(clap::Args)]
pub(crate) struct Demo {
    /// Folder of the demo desk; what a former demo left in it is replaced. Default: lazaret-demo in the temporary folder.
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// Serve again what the same program left there within the last 12 hours, instead of a fresh desk.
    #[arg(long)]
    keep: bool,
    #[command(flatten)]
    seed: Seed,
}

/// Written when a demo desk is complete: which program made it, how, and when.
const MARK: &str = "complete";
/// An older demo desk is made anew: its "today" is over.
const KEPT_HOURS_MAX: i64 = 12;

impl Demo {
    /// The program and the plan, and on a second line the hour.
    fn mark(&self) -> String {
        let program = std::env::current_exe().and_then(std::fs::metadata).ok();
        let program = program.map(|file| (file.len(), file.modified().ok()));
        let hour = SystemClock.now().timestamp() / 3600;
        format!("{program:?} {:?}\n{hour}", self.seed)
    }

    fn is_there(&self, folder: &Path) -> bool {
        let Ok(left) = std::fs::read_to_string(folder.join(MARK)) else { return false };
        let wanted = self.mark();
        let (Some((made, hour)), Some((same, now))) = (left.split_once('\n'), wanted.split_once('\n')) else {
            return false;
        };
        let age = now.parse::<i64>().unwrap_or(i64::MAX).saturating_sub(hour.parse().unwrap_or(0));
        made == same && age <= KEPT_HOURS_MAX
    }

    pub(crate) async fn run(self, config: Config) -> anyhow::Result<End> {
        let folder = self.folder.clone().unwrap_or_else(|| std::env::temp_dir().join("lazaret-demo"));
        let place = || folder.display().to_string();
        std::fs::create_dir_all(&folder).with_context(place)?;
        let kept = self.keep && self.is_there(&folder);
        if !kept {
            for name in [MARK, "desk.db", "desk.db-wal", "desk.db-shm", "ledger-key.pem", "heads.txt"] {
                let file = folder.join(name);
                if file.exists() {
                    std::fs::remove_file(&file).with_context(|| file.display().to_string())?;
                }
            }
        }
        let file = |name: &str| folder.join(name).display().to_string();
        let config = config
            .without_channels()
            .with("database.url", format!("sqlite://{}", file("desk.db")))
            .with("ledger.key_file", file("ledger-key.pem"))
            .with("ledger.heads_file", file("heads.txt"))
            // Whatever the settings say: a demo sends nothing, fetches nothing and cuts nobody.
            .with("smtp.url", "")
            .with("mail.keep", "true")
            .with("mail.authserv_id", "mx.seetal.example")
            .with("quarantine.url", "")
            .with("desk.name", "Seetal Net")
            .with("desk.zone", "Europe/Vienna")
            .with("desk.phone", "+43 1 555 0100");
        let (listener, config) = bind(config).await?;
        if kept {
            eprintln!("lazaret: serving the demo desk of before, in {}", folder.display());
        } else {
            eprintln!("lazaret: filling the demo desk in {}", folder.display());
            self.seed.fill(config.clone()).await?;
            std::fs::write(folder.join(MARK), self.mark()).with_context(place)?;
        }
        let desk = super::desk(config).await?;
        println!("\nThe demo desk is at {}\n", desk.public_url());
        for (email, role, password) in LOGINS {
            println!("  {:<14} {email:<22} {password}", role.as_str());
        }
        println!(
            "\nNothing leaves this machine: mail is shown under Mail, quarantines are kept in memory. Ctrl-C ends it."
        );
        let mut state = AppState::new(desk);
        let login = |(email, role, password): &(&str, domain::actor::Role, &str)| {
            ((*email).to_owned(), role.as_str().to_owned(), (*password).to_owned())
        };
        state.demo_logins = LOGINS.iter().map(login).collect();
        run(state, listener, Part::All, asked_to_end()).await?;
        Ok(End::Done)
    }
}
