//! `lazaret import`: customers and terms from CSV, leases in every form that their sources write.
use super::{End, import_leases::ImportLeases, input::Ticker};
use crate::desk::{Desk, ImportOrder};
use anyhow::Context as _;
use domain::{
    actor::Actor,
    import::{ImportKind, ImportReport, PROBLEMS_MAX},
};
use std::{fmt::Write as _, io::Read as _, path::PathBuf};

/// Import customers, leases, terms or names. Bad rows are named with line, column and problem; good rows are kept.
#[derive(clap::Args)]
#[command(after_long_help = help())]
pub(crate) struct Import {
    /// What the files hold.
    #[arg(value_parser = kind, value_name = "customers|leases|terms|cgnat-rules|names")]
    what: ImportKind,
    /// The files; - is standard input.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Check everything, write nothing.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    leases: ImportLeases,
}

fn kind(word: &str) -> Result<ImportKind, String> {
    ImportKind::parse(word).ok_or_else(|| "use customers, leases, terms, cgnat-rules or names".to_owned())
}

/// The columns of every file, from the one place where they are defined.
fn help() -> String {
    let mut text = String::from("Columns (* = must be there). Dates need a zone: 2026-03-14T10:00:00Z\n");
    for kind in ImportKind::ALL {
        let _ = write!(text, "\n{kind}.csv\n");
        for column in kind.columns() {
            let mark = if column.required { "*" } else { " " };
            let _ = writeln!(text, "  {mark} {:<16} {}", column.name, column.meaning);
        }
    }
    text
}

impl Import {
    pub(crate) async fn run(self, desk: &Desk) -> anyhow::Result<End> {
        let mut end = End::Done;
        for file in &self.files {
            let name = file.display().to_string();
            let report = match self.what {
                ImportKind::Leases => self.leases.one(desk, file, self.dry_run).await,
                _ => self.table(desk, file).await,
            };
            let report = match report {
                Ok(report) => report,
                Err(error) if error.downcast_ref().is_some_and(|e: &crate::desk::DeskError| e.refusal().is_some()) => {
                    eprintln!("lazaret: {name}: {error}");
                    end = End::Partly;
                    continue;
                }
                Err(error) => return Err(error),
            };
            tell(&name, &report);
            if report.refused > 0 {
                end = End::Partly;
            }
        }
        Ok(end)
    }

    async fn table(&self, desk: &Desk, file: &PathBuf) -> anyhow::Result<ImportReport> {
        let mut bytes = Vec::new();
        if file.as_os_str() == "-" {
            std::io::stdin().lock().read_to_end(&mut bytes).context("standard input")?;
        } else {
            bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
        }
        let ticker = Ticker::new("rows");
        let progress = |rows: u64| ticker.at(rows);
        let order = ImportOrder { kind: self.what, dry_run: self.dry_run, progress: &progress };
        Ok(desk.import(&Actor::system("cli"), &bytes, order).await?)
    }
}

fn tell(name: &str, report: &ImportReport) {
    for problem in &report.problems {
        let column = if problem.column.is_empty() { String::new() } else { format!("{}: ", problem.column) };
        eprintln!("{name}:{}: {column}{}", problem.line, problem.problem);
    }
    if usize::try_from(report.refused).unwrap_or(usize::MAX) > PROBLEMS_MAX {
        eprintln!("lazaret: only the first {PROBLEMS_MAX} problems are shown");
    }
    let verb = if report.dry_run { "would be imported" } else { "imported" };
    println!("{} of {} rows {verb}, {} refused", report.good, report.rows, report.refused);
}
