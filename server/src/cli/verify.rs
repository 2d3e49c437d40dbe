//! `lazaret verify`.
use super::End;
use crate::{config::Config, desk::Desk, ledger_key};
use anyhow::{Context as _, bail};
use domain::clock::SystemClock;
use ledger::{PublicKey, Report, SignedHead};
use std::{
    io::IsTerminal as _,
    path::{Path, PathBuf},
    sync::Arc,
};
use store::Store;

/// Read the whole record and name every entry that was changed, removed or inserted behind the desk.
#[derive(clap::Args)]
pub(crate) struct Verify {
    /// File with signed heads that left the house (one a line); may be given more than once.
    #[arg(long, value_name = "FILE")]
    heads: Vec<PathBuf>,
    /// Public key (PEM) that heads were signed with, beside the desk's own; may be given more than once.
    #[arg(long, value_name = "FILE")]
    key: Vec<PathBuf>,
    /// Print the report as one JSON object.
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub(crate) async fn run(self, config: Config) -> anyhow::Result<End> {
        let keys = self.keys(&config)?;
        let heads = self.outside(&config)?;
        let desk = Desk::new(open(&config).await?, config);
        let tell = std::io::stderr().is_terminal();
        let report = desk.verify_record(&heads, &keys, |seen| {
            if tell {
                eprint!("\r{seen} entries");
            }
        });
        let report = report.await?;
        if tell {
            eprintln!();
        }
        if self.json {
            println!("{}", serde_json::to_string(&report)?);
        }
        told(&report, self.json);
        Ok(if report.is_clean() { End::Done } else { End::Partly })
    }

    fn keys(&self, config: &Config) -> anyhow::Result<Vec<PublicKey>> {
        let own = ledger_key::load(Path::new(config.text("ledger.key_file")))?;
        let mut keys: Vec<PublicKey> = own.map(|key| key.public()).into_iter().collect();
        for file in &self.key {
            let place = || file.display().to_string();
            let pem = std::fs::read_to_string(file).with_context(place)?;
            keys.push(PublicKey::from_pem(&pem).with_context(place)?);
        }
        Ok(keys)
    }

    fn outside(&self, config: &Config) -> anyhow::Result<Vec<SignedHead>> {
        let own = Path::new(config.text("ledger.heads_file"));
        let own = (!own.as_os_str().is_empty() && own.exists()).then(|| own.to_owned());
        let files = self.heads.iter().cloned().chain(own);
        let read: anyhow::Result<Vec<Vec<SignedHead>>> = files.map(|file| ledger_key::heads_of(&file)).collect();
        Ok(read?.concat())
    }
}

/// Opens the store as it is: a check must neither make a database nor change one.
async fn open(config: &Config) -> anyhow::Result<Store> {
    let url = config.database_url();
    if let Some(file) = url.strip_prefix("sqlite://")
        && !Path::new(file).exists()
    {
        bail!("database.url: there is no file {file}");
    }
    Ok(Store::open(url, Arc::new(SystemClock)).await?)
}

fn told(report: &Report, json: bool) {
    for finding in &report.findings {
        eprintln!("lazaret: {finding}");
    }
    if report.found > report.findings.len() {
        eprintln!("lazaret: and {} more", report.found - report.findings.len());
    }
    if json {
        return;
    }
    let Report { entries, heads_checked, covered, erased, .. } = report;
    if report.is_clean() {
        println!(
            "the record is whole: {entries} entries, {covered} of them under {heads_checked} signed heads, {erased} erased"
        );
    } else {
        println!("the record was changed: {} findings in {entries} entries", report.found);
    }
}
