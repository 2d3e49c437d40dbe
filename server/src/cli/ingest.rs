//! `lazaret ingest`: takes reports in durably and reads them at once.
use super::{
    End,
    input::{Input, Ticker, inputs},
};
use crate::desk::{Arrival, Desk};
use domain::{
    actor::Actor,
    report::{Channel, ReportState},
};
use std::path::PathBuf;

/// Take reports in: the bytes are durable before anything else happens to them.
///
/// In a mail pipe use `lazaret ingest -`. Exit 1 says that a report was parked or refused: it is named on stderr; a parked
/// one is kept and waits on the desk under "To sort out".
#[derive(clap::Args)]
pub(crate) struct Ingest {
    /// Files; folders are walked; - is standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl Ingest {
    pub(crate) async fn run(self, desk: &Desk) -> anyhow::Result<End> {
        let (inputs, mut troubled) = inputs(&self.files);
        let ticker = Ticker::new("reports");
        for (done, input) in (1..).zip(&inputs) {
            if let Some(trouble) = take_in(desk, input).await? {
                eprintln!("lazaret: {}: {trouble}", input.name);
                troubled += 1;
            }
            ticker.at(done);
        }
        Ok(if troubled == 0 { End::Done } else { End::Partly })
    }
}

/// Takes one input in; what is wrong with it, if anything.
async fn take_in(desk: &Desk, input: &Input) -> anyhow::Result<Option<String>> {
    let bytes = match input.read() {
        Ok(bytes) => bytes,
        Err(error) => return Ok(Some(error.to_string())),
    };
    let file_name = input.file_name();
    let channel = if input.is_pipe() { Channel::Pipe } else { Channel::File };
    let arrival = Arrival { channel, bytes: &bytes, content_type: "", file_name: &file_name, read_by_caller: true };
    let received = match desk.receive(&Actor::system("cli"), arrival).await {
        Ok(received) => received,
        Err(error) if error.refusal().is_some() => return Ok(Some(error.to_string())),
        Err(error) => return Err(error.into()),
    };
    if received.duplicate_of.is_some() {
        return Ok(None);
    }
    let report = desk.read_report(received.id).await?;
    let parked = report.state == ReportState::Parked;
    Ok(parked.then(|| format!("parked: {}", report.reason.as_deref().unwrap_or("a person has to look at it"))))
}
