//! `lazaret parse`: reads reports and prints what they say; no database.
use super::{
    End,
    input::{Ticker, inputs},
};
use domain::{
    clock::{Clock as _, SystemClock},
    event::Disposition,
};
use intake::{Hint, line::Line, open};
use std::{collections::HashMap, io::Write, path::PathBuf, sync::Arc};

/// Read reports and print one JSON object a line; nothing is stored.
#[derive(clap::Args)]
pub(crate) struct Parse {
    /// Files; folders are walked; - is standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl Parse {
    pub(crate) fn run(&self) -> anyhow::Result<End> {
        let (inputs, mut troubled) = inputs(&self.files);
        let ticker = Ticker::new("reports");
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        let mut first: HashMap<String, String> = HashMap::new();
        for (done, input) in (1..).zip(&inputs) {
            let bytes = match input.read() {
                Ok(bytes) => Arc::new(bytes),
                Err(error) => {
                    eprintln!("lazaret: {}: {error}", input.name);
                    troubled += 1;
                    continue;
                }
            };
            let file_name = input.file_name();
            let hint = Hint { content_type: None, file_name: Some(file_name.as_str()).filter(|name| !name.is_empty()) };
            let report = open(&bytes, hint, SystemClock.now());
            let parsed = &report.parsed;
            let earlier = first.get(&parsed.sha256).cloned();
            first.entry(parsed.sha256.clone()).or_insert_with(|| input.name.clone());
            if let Err(error) = print(&mut out, &Line::new(&input.name, &report, earlier.as_deref())) {
                // Whoever read our output has seen enough: `lazaret parse | head`.
                if error.kind() == std::io::ErrorKind::BrokenPipe {
                    return Ok(End::Done);
                }
                return Err(error.into());
            }
            if matches!(parsed.disposition, Disposition::NeedsHuman | Disposition::Unreadable) {
                eprintln!("lazaret: {}: {}", input.name, parsed.reason.as_deref().unwrap_or("needs a person"));
                troubled += 1;
            }
            ticker.at(done);
        }
        out.flush()?;
        Ok(if troubled == 0 { End::Done } else { End::Partly })
    }
}

/// One report a line, written as its events are read.
fn print(out: &mut impl Write, line: &Line<'_>) -> std::io::Result<()> {
    serde_json::to_writer(&mut *out, line).map_err(std::io::Error::from)?;
    out.write_all(b"\n")
}
