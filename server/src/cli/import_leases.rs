//! `lazaret import leases`: a file of any form, piece by piece; what was broken off goes on.
use super::input::Ticker;
use crate::desk::{Desk, LeaseImport, LeaseOrder};
use anyhow::Context as _;
use chrono::{DateTime, Utc};
use domain::{actor::Actor, import::ImportReport, saying::SourceName};
use leases::{Format, Prefer, Settings, Zone};
use sha2::{Digest as _, Sha256};
use std::{
    fs::File,
    io::{self, Read, Seek as _},
    path::Path,
};

/// How files of leases are read.
#[derive(clap::Args)]
pub(super) struct ImportLeases {
    /// Form of lease files: kea, kea6, isc, isc6, radius-detail, cgnat, conntrack, csv, ndjson.
    #[arg(long, value_parser = format, default_value = "csv", value_name = "FORM")]
    format: Format,
    /// Source of leases that name none, such as dhcp-1.
    #[arg(long, value_parser = source, default_value = "import", value_name = "NAME")]
    source: SourceName,
    /// Zone of times that name none, such as Europe/Berlin; without one such rows are refused.
    #[arg(long, value_parser = zone, value_name = "ZONE")]
    zone: Option<Zone>,
    /// What names the holder of a lease: best, username, circuit or mac.
    #[arg(long, value_parser = holder, default_value = "best", value_name = "WORD")]
    holder: Prefer,
    /// Take the whole file again, from its beginning.
    #[arg(long)]
    again: bool,
}

fn format(word: &str) -> Result<Format, String> {
    let words = || Format::ALL.iter().map(|format| format.as_str()).collect::<Vec<_>>().join(", ");
    Format::parse(word).ok_or_else(|| format!("use one of {}", words()))
}

fn source(word: &str) -> Result<SourceName, String> {
    SourceName::new(word).ok_or_else(|| "use 1 to 60 letters, digits, dots, hyphens and underscores".to_owned())
}

fn zone(word: &str) -> Result<Zone, String> {
    Zone::parse(word).ok_or_else(|| "use UTC, +02:00 or a name such as Europe/Berlin".to_owned())
}

fn holder(word: &str) -> Result<Prefer, String> {
    Prefer::parse(word).ok_or_else(|| "use best, username, circuit or mac".to_owned())
}

impl ImportLeases {
    pub(super) async fn one(&self, desk: &Desk, path: &Path, dry_run: bool) -> anyhow::Result<ImportReport> {
        let name = || path.display().to_string();
        let ticker = Ticker::new("rows");
        let pipe = path.as_os_str() == "-";
        let (mut from, sha256, written): (Box<dyn Read + Send>, _, _) = if pipe {
            (Box::new(io::stdin()), None, desk.clock().now())
        } else {
            let mut file = File::open(path).with_context(name)?;
            let written = file.metadata()?.modified().map_or_else(|_| desk.clock().now(), DateTime::<Utc>::from);
            let sha256 = if self.again { None } else { Some(sum(&mut file).with_context(name)?) };
            (Box::new(file), sha256, written)
        };
        let settings = Settings { zone: self.zone, written, prefer: self.holder };
        let order = LeaseOrder { source: self.source.clone(), format: self.format, settings, dry_run, sha256 };
        let actor = Actor::system("cli");
        let mut import = LeaseImport::begin(desk, &actor, order).await?;
        if import.known_before() > 0 {
            eprintln!("lazaret: {}: begun before; goes on after {} leases", name(), import.known_before());
        }
        let mut piece = vec![0; 1024 * 1024];
        loop {
            let count = from.read(&mut piece).with_context(name)?;
            if count == 0 {
                break;
            }
            import.bytes(piece.get(..count).unwrap_or_default()).await?;
            ticker.at(import.rows());
        }
        Ok(import.end().await?)
    }
}

/// SHA-256 of a file, which is left at its beginning.
fn sum(file: &mut File) -> io::Result<String> {
    let mut sum = Sha256::new();
    let mut piece = vec![0; 1024 * 1024];
    loop {
        match file.read(&mut piece)? {
            0 => break,
            count => sum.update(piece.get(..count).unwrap_or_default()),
        }
    }
    file.rewind()?;
    Ok(hex::encode(sum.finalize()))
}
