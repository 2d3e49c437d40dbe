//! What `lazaret check` adds to "settings are fine": how each channel does, as far as the database knows. Never a failure.
use crate::{config::Config, desk::Desk};
use domain::{actor::Actor, channel::ChannelRow, clock::SystemClock};
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
    desk.store().close().await;
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
