//! What `lazaret check` adds to "settings are fine": how each channel does, as far as the database knows. Never a failure.
use crate::{config::Config, desk::Desk};
use chrono::{DateTime, Utc};
use domain::{actor::Actor, channel::ChannelRow, clock::SystemClock, lease::LeaseSource};
use std::{path::Path, sync::Arc};
use store::Store;

/// Prints a line for each channel of the settings.
pub(super) async fn channels(config: Config) {
    // A check makes no database.
    if let Some(path) = config.database_url().strip_prefix("sqlite://")
        && !Path::new(path).exists()
    {
        return;
    }
    let Ok(store) = Store::open(config.database_url(), Arc::new(SystemClock)).await else { return };
    let desk = Desk::new(store, config);
    let Ok(board) = desk.channels(&Actor::system("check")).await else { return };
    for row in &board.own {
        println!("{}", line(row));
    }
    if let Ok(board) = desk.lease_board(&Actor::system("check")).await {
        for source in &board.sources {
            println!("{}", source_line(source));
        }
        for warning in &board.warnings {
            println!("warning: {warning}");
        }
    }
    desk.store().close().await;
}

fn source_line(source: &LeaseSource) -> String {
    let at =
        |at: Option<DateTime<Utc>>| at.map_or_else(|| "?".to_owned(), |at| at.format("%Y-%m-%d %H:%M UTC").to_string());
    format!(
        "lease source {} ({}): knows from {} to {}, last heard {}, {} rows, {} refused",
        source.name,
        source.kind,
        at(source.known_from),
        at(source.known_through),
        at(source.last_heard_at),
        source.rows_kept,
        source.rows_refused
    )
}

fn line(row: &ChannelRow) -> String {
    let mut line = format!("{} ({}): {}", row.name, row.place, row.health);
    if let Some(state) = &row.state {
        if let Some(at) = state.ok_at {
            line += &format!(", last worked {}", at.format("%Y-%m-%d %H:%M UTC"));
        }
        if let Some(problem) = state.problem.as_deref().filter(|_| state.failing_since.is_some()) {
            line += &format!(", {problem}");
        }
    }
    line
}
