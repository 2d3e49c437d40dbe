//! The ways by which reports come in without anybody's doing: mail handed over, mailboxes, feeds, block lists.
//!
//! | file | channel |
//! | --- | --- |
//! | [`lmtp`] | the mail server hands a mail over (RFC 2033) |
//! | [`imap`] | mailboxes are emptied into their done folder |
//! | [`feed`] | web addresses are fetched on a schedule |
//! | [`dnsbl`] | block lists are asked about the own ranges (RFC 5782) |
//!
//! One worker at a time has a mailbox, feed or block list: a lease in the store, renewed while it works. What is told to
//! the other side (250, a move, the next ETag) is told after the bytes are durable.
pub mod dnsbl;
mod dnsbl_ask;
pub mod feed;
pub mod imap;
mod imap_session;
pub mod lmtp;
mod lmtp_line;

use crate::{
    desk::{Desk, DeskError, Turn},
    worker::Workers,
};
use chrono::{DateTime, Utc};
use domain::{channel::ChannelState, report::Channel};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often a channel looks whether it is due and free.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Why a channel did not work, in plain words for the administrator.
pub(crate) type Problem = String;

/// No fault of the channel's: this worker was too slow to say that it still has it, and another took it.
const TAKEN_OVER: &str = "another worker has taken it over";

/// A mailbox, feed or block list that this process takes care of when it has it.
#[derive(Clone)]
pub(crate) struct Post {
    pub(crate) desk: Desk,
    kind: Channel,
    /// Its section in the settings, such as `mailbox.abuse`.
    pub(crate) name: String,
    holder: String,
    pub(crate) stop: CancellationToken,
}

impl Post {
    /// A setting of its section.
    pub(crate) fn set(&self, key: &str) -> &str {
        self.desk.config().text(&format!("{}.{key}", self.name))
    }

    /// A setting that is a whole number.
    pub(crate) fn number(&self, key: &str) -> i64 {
        self.desk.config().number(&format!("{}.{key}", self.name))
    }

    /// The name after the dot.
    pub(crate) fn short(&self) -> &str {
        self.name.split_once('.').map_or(self.name.as_str(), |(_, name)| name)
    }

    /// The turn of this worker.
    pub(crate) fn turn(&self) -> Turn<'_> {
        Turn { channel: &self.name, holder: &self.holder }
    }

    /// Says that it still works on it; a problem when another worker has taken it over.
    pub(crate) async fn keep(&self) -> Result<(), Problem> {
        match self.desk.channel_keep(self.turn()).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(TAKEN_OVER.to_owned()),
            Err(error) => Err(away(&error)),
        }
    }

    async fn run(self) {
        while !self.stop.is_cancelled() {
            match self.desk.channel_take(self.turn()).await {
                Ok(Some(state)) => self.take_turn(state).await,
                Ok(None) => {}
                Err(error) => tracing::warn!(channel = self.name, %error, "the store is away"),
            }
            tokio::select! {
                () = self.stop.cancelled() => break,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    async fn take_turn(&self, state: ChannelState) {
        let outcome = tokio::select! {
            outcome = self.work(&state) => outcome,
            // What it had begun is rolled back, or found again next time.
            () = self.stop.cancelled() => Ok(state.due_at),
        };
        let due = match outcome {
            Ok(due) => Ok(due),
            Err(problem) if problem == TAKEN_OVER => {
                return tracing::info!(channel = self.name, "another worker has it now");
            }
            Err(problem) => {
                tracing::warn!(channel = self.name, problem, "a channel does not work");
                self.desk.channel_failed(&self.name, &problem).await
            }
        };
        let done = match due {
            Ok(due) => self.desk.channel_let_go(self.turn(), due).await,
            Err(error) => Err(error),
        };
        if let Err(error) = done {
            tracing::warn!(channel = self.name, %error, "the store is away");
        }
    }

    /// One turn; when the next is due.
    async fn work(&self, state: &ChannelState) -> Result<DateTime<Utc>, Problem> {
        match self.kind {
            Channel::Imap => imap::turn(self).await,
            Channel::Feed => feed::turn(self, state).await,
            _ => dnsbl::turn(self, state).await,
        }
    }
}

/// Starts every channel of the settings.
pub(crate) fn start(workers: &Workers, desk: &Desk) {
    // With the process, so that whoever reads the table knows which one to look at.
    let holder = format!("channels-{}-{}", std::process::id(), uuid::Uuid::now_v7().simple());
    for (kind, name, _) in desk.channel_places() {
        let stop = workers.stopping();
        if kind == Channel::Lmtp {
            workers.spawn(lmtp::listen(desk.clone(), stop));
        } else {
            workers.spawn(Post { desk: desk.clone(), kind, name, holder: holder.clone(), stop }.run());
        }
    }
}

/// The store's error as a channel's problem.
pub(crate) fn away(error: &DeskError) -> Problem {
    format!("the desk could not keep it: {error}")
}
