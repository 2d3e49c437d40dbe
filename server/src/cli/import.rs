//! `lazaret import`: customers, leases and terms from CSV.
use super::{End, input::Ticker};
use crate::desk::{Desk, ImportOrder};
use anyhow::Context as _;
use domain::{
    actor::Actor,
    import::{ImportKind, PROBLEMS_MAX},
};
use std::{fmt::Write as _, io::Read as _, path::PathBuf};

/// Import a CSV file. Bad rows are named with line, column and problem; good rows are kept.
#[derive(clap::Args)]
#[command(after_long_help = help())]
pub(crate) struct Import {
    /// What the file holds.
    #[arg(value_parser = kind, value_name = "customers|leases|terms")]
    what: ImportKind,
    /// The file; - is standard input.
    #[arg(value_name = "FILE.csv")]
    file: PathBuf,
    /// Check everything, write nothing.
    #[arg(long)]
    dry_run: bool,
}

fn kind(word: &str) -> Result<ImportKind, String> {
    ImportKind::parse(word).ok_or_else(|| "use customers, leases or terms".to_owned())
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
        let name = self.file.display().to_string();
        let mut bytes = Vec::new();
        if name == "-" {
            std::io::stdin().lock().read_to_end(&mut bytes).context("standard input")?;
        } else {
            bytes = std::fs::read(&self.file).with_context(|| name.clone())?;
        }
        let ticker = Ticker::new("rows");
        let progress = |rows: u64| ticker.at(rows);
        let order = ImportOrder { kind: self.what, dry_run: self.dry_run, progress: &progress };
        let report = match desk.import(&Actor::system("cli"), &bytes, order).await {
            Ok(report) => report,
            Err(error) if error.refusal().is_some() => {
                eprintln!("lazaret: {name}: {error}");
                return Ok(End::Partly);
            }
            Err(error) => return Err(error.into()),
        };
        drop(ticker);
        for problem in &report.problems {
            let column = if problem.column.is_empty() { String::new() } else { format!("{}: ", problem.column) };
            eprintln!("{name}:{}: {column}{}", problem.line, problem.problem);
        }
        if usize::try_from(report.refused).unwrap_or(usize::MAX) > PROBLEMS_MAX {
            eprintln!("lazaret: only the first {PROBLEMS_MAX} problems are shown");
        }
        let verb = if report.dry_run { "would be imported" } else { "imported" };
        println!("{} of {} rows {verb}, {} refused", report.good, report.rows, report.refused);
        Ok(if report.refused == 0 { End::Done } else { End::Partly })
    }
}
