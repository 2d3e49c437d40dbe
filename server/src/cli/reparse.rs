//! `lazaret reparse`: compares stored reports with what today's parsers make of them, and puts it in force when told to.
use super::{End, input::Ticker};
use crate::desk::Desk;
use anyhow::{Context as _, bail};
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use domain::{
    actor::Actor,
    again::{RereadFilter, RereadReport},
    event::Format,
    id::ReportId,
    report::ReportState,
};
use serde_json::json;

/// Compare stored reports with what today's parsers make of them. Nothing is changed without --apply.
///
/// One JSON object a line for each report that reads differently. With --apply what only waited gets its newer reading;
/// events on a case, set aside or typed by a person stay as they are, with the newer reading beside them. It can be
/// interrupted and run again. Exit 1 says that some events are for a person: they are the "kept" of a line.
#[derive(clap::Args)]
pub(crate) struct Reparse {
    /// First day of arrival (UTC), such as 2026-11-01; default: the beginning.
    #[arg(long, value_name = "DAY")]
    from: Option<NaiveDate>,
    /// Last day of arrival (UTC); default: today.
    #[arg(long, value_name = "DAY")]
    to: Option<NaiveDate>,
    /// Only reports of this form, such as arf.
    #[arg(long, value_name = "FORM")]
    format: Option<String>,
    /// Only reports in this state: done, parked, asked.
    #[arg(long, value_name = "STATE")]
    state: Option<String>,
    /// Put the differences in force.
    #[arg(long, requires = "reason")]
    apply: bool,
    /// Why, for the record.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

impl Reparse {
    pub(crate) async fn run(self, desk: &Desk) -> anyhow::Result<End> {
        let filter = self.filter(desk)?;
        let cli = Actor::system("cli");
        let (mut after, mut looked, mut kept) =
            ((filter.from - TimeDelta::microseconds(1), ReportId(uuid::Uuid::nil())), 0_u64, 0);
        let ticker = Ticker::new("reports");
        loop {
            let next = desk.reread_next(&filter, after).await?;
            if next.is_empty() {
                break;
            }
            for (id, received_at) in next {
                after = (received_at, id);
                looked += 1;
                kept += self.one(desk, &cli, id).await?;
                ticker.at(looked);
            }
        }
        Ok(if kept == 0 { End::Done } else { End::Partly })
    }

    /// Compares one; how many of its events are for a person.
    async fn one(&self, desk: &Desk, cli: &Actor, id: ReportId) -> anyhow::Result<i64> {
        let outcome = match (self.apply, self.reason.as_deref()) {
            (true, Some(reason)) => desk.apply_again(cli, id, reason).await,
            _ => desk.again(cli, id).await,
        };
        let again = match outcome {
            Ok(again) => again,
            // Taken up by somebody meanwhile.
            Err(error) if error.refusal().is_some() => {
                eprintln!("lazaret: report {id}: {error}");
                return Ok(0);
            }
            Err(error) => return Err(error.into()),
        };
        if !again.differs() {
            return Ok(0);
        }
        let found = RereadReport::from(&again);
        let line = json!({
            "report": id.to_string(), "received_at": found.received_at.to_rfc3339(), "state": found.old_state,
            "new_state": found.new_state, "format": again.new.format, "added": found.added, "gone": found.gone,
            "changed": found.changed, "kept": found.kept, "applied": self.apply,
        });
        println!("{line}");
        Ok(found.kept)
    }

    fn filter(&self, desk: &Desk) -> anyhow::Result<RereadFilter> {
        let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
        let today = desk.clock().now().date_naive();
        let last = self.to.unwrap_or(today);
        let filter = RereadFilter {
            from: self.from.map_or(DateTime::<Utc>::UNIX_EPOCH, midnight),
            to: midnight(last.checked_add_days(Days::new(1)).unwrap_or(last)),
            format: match self.format.as_deref() {
                Some(word) => Some(Format::parse(word).with_context(|| format!("--format: {word:?} is no form"))?),
                None => None,
            },
            state: match self.state.as_deref() {
                Some(word) => Some(ReportState::parse(word).with_context(|| format!("--state: {word:?} is no state"))?),
                None => None,
            },
        };
        if filter.to <= filter.from {
            bail!("--to lies before --from");
        }
        Ok(filter)
    }
}
