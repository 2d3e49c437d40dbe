//! Files that grow: one worker at a time has each; what was read is durable before the place in the file is, so that a
//! crash reads twice what is the same when said twice, and loses nothing.
use super::{
    set_up,
    tail::{Fate, Mark, Tail},
};
use crate::{
    config::lease::Origin,
    desk::{Desk, SAYINGS_FULL, SAYINGS_MAX, Turn},
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::Actor,
    channel::ChannelState,
    lease::Heard,
    saying::{Saying, Word},
};
use leases::{Place, Reader, Settings};
use std::{io, path::PathBuf, time::Duration};
use tokio_util::sync::CancellationToken;

/// How often a file is looked at that had nothing new.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often it is said that the file is still being followed; less than the lease of a channel.
const KEEP_EVERY: TimeDelta = TimeDelta::seconds(45);
/// Bytes read at once.
const PIECE: usize = 256 * 1024;
/// Bad rows that a note names; the others are counted.
const NAMED_MAX: usize = 5;

type Problem = String;

/// Follows a file until it is asked to stop, whenever no other worker does.
pub(super) async fn run(desk: Desk, origin: Origin, holder: String, stop: CancellationToken) {
    if let Err(error) = desk.lease_source_set_up(&origin.source, set_up(&origin)).await {
        tracing::warn!(source = %origin.source, %error, "the store is away");
    }
    while !stop.is_cancelled() {
        let turn = Turn { channel: &origin.section, holder: &holder };
        match desk.channel_take(turn).await {
            Ok(Some(state)) => one_turn(&desk, &origin, turn, &state, &stop).await,
            Ok(None) => {}
            Err(error) => tracing::warn!(source = %origin.source, %error, "the store is away"),
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

async fn one_turn(desk: &Desk, origin: &Origin, turn: Turn<'_>, state: &ChannelState, stop: &CancellationToken) {
    let outcome = tokio::select! {
        outcome = follow(desk, origin, turn, state) => outcome,
        () = stop.cancelled() => Ok(()),
    };
    let due = match outcome {
        Ok(()) => Ok(desk.clock().now()),
        Err(problem) => {
            tracing::warn!(source = %origin.source, problem, "a lease source does not work");
            desk.channel_failed(turn.channel, &problem).await
        }
    };
    let done = match due {
        Ok(due) => desk.channel_let_go(turn, due).await,
        Err(error) => Err(error),
    };
    if let Err(error) = done {
        tracing::warn!(source = %origin.source, %error, "the store is away");
    }
}

async fn follow(desk: &Desk, origin: &Origin, turn: Turn<'_>, state: &ChannelState) -> Result<(), Problem> {
    let mut follower = Follower::begin(desk, origin, state).await?;
    let mut kept_at = desk.clock().now();
    loop {
        let new = follower.look().await?;
        if desk.clock().now() - kept_at >= KEEP_EVERY {
            kept_at = desk.clock().now();
            match desk.channel_keep(turn).await {
                Ok(true) => {}
                // Another worker has it now.
                Ok(false) => return Ok(()),
                Err(error) => return Err(away(&error)),
            }
            // The alarm for silence is raised here too.
            desk.channel_went_well(turn.channel, None).await.map_err(|error| away(&error))?;
        }
        if !new {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

fn away(error: &crate::desk::DeskError) -> Problem {
    format!("the desk could not keep it: {error}")
}

struct Follower<'a> {
    desk: &'a Desk,
    origin: &'a Origin,
    actor: Actor,
    tail: Tail,
    reader: Reader,
    /// What the store knows of the place.
    marked: Mark,
    /// How far the source's word reaches.
    through: Option<DateTime<Utc>>,
    piece: Vec<u8>,
}

impl<'a> Follower<'a> {
    /// Finds the place where the last worker stopped.
    async fn begin(desk: &'a Desk, origin: &'a Origin, state: &ChannelState) -> Result<Self, Problem> {
        let marked: Mark = serde_json::from_str(&state.mark).unwrap_or_default();
        let settings = Settings { zone: origin.zone, written: desk.clock().now(), prefer: origin.prefer };
        let mut reader = Reader::new(origin.format, &settings);
        let unreadable = |error: io::Error| format!("{} cannot be read: {error}", origin.file.display());
        let found = match marked.inode {
            0 => None,
            _ => Tail::find(&origin.file, &marked).map_err(unreadable)?,
        };
        let lost = marked.inode != 0 && found.is_none();
        let tail = match found {
            Some(mut tail) if !origin.format.remembers() => {
                let header =
                    if origin.format.has_header() { tail.first_line().map_err(unreadable)? } else { String::new() };
                reader.resume(Place { offset: marked.offset, line: marked.line }, &header);
                tail
            }
            _ => Tail::open(&origin.file).map_err(unreadable)?,
        };
        let actor = Actor::system(&origin.section);
        let piece = vec![0; PIECE];
        let mut follower = Self { desk, origin, actor, tail, reader, marked, through: None, piece };
        if lost && !origin.format.remembers() {
            let reason = "the file was replaced while nobody read it: import the old one by hand";
            follower.note("lines of an older file", reason).await?;
        }
        follower.read_older().await?;
        desk.channel_went_well(&origin.section, None).await.map_err(|error| away(&error))?;
        Ok(follower)
    }

    /// What Kea's clean-up has put aside is older than its file, and part of it.
    async fn read_older(&mut self) -> Result<(), Problem> {
        if !matches!(self.origin.format, leases::Format::Kea | leases::Format::Kea6) {
            return Ok(());
        }
        for end in [".2", ".1"] {
            let path = PathBuf::from(format!("{}{end}", self.origin.file.display()));
            let Ok(mut tail) = Tail::open(&path) else { continue };
            std::mem::swap(&mut tail, &mut self.tail);
            while self.read_piece().await? {}
            self.reader.next_file();
            std::mem::swap(&mut tail, &mut self.tail);
        }
        Ok(())
    }

    /// Reads what is new and makes it durable; whether there was anything.
    async fn look(&mut self) -> Result<bool, Problem> {
        self.reader.written(self.desk.clock().now());
        let mut new = false;
        while self.read_piece().await? {
            new = true;
        }
        if new {
            self.reader.pause();
            self.keep().await?;
            self.remember().await?;
        }
        let fate = self.tail.fate().map_err(|error| self.unreadable(&error))?;
        if fate != Fate::Same {
            self.change_over(fate).await?;
            new = true;
        }
        Ok(new)
    }

    /// Another file stands in the place of this one, or it was cut.
    async fn change_over(&mut self, fate: Fate) -> Result<(), Problem> {
        if fate == Fate::Replaced {
            // Its writer may have written to the old one until now.
            while self.read_piece().await? {}
        }
        self.reader.next_file();
        self.keep().await?;
        self.tail = Tail::open(&self.origin.file).map_err(|error| self.unreadable(&error))?;
        if !self.origin.format.remembers() {
            let now = self.desk.clock().now();
            let settings = Settings { zone: self.origin.zone, written: now, prefer: self.origin.prefer };
            self.reader = Reader::new(self.origin.format, &settings);
        }
        Ok(())
    }

    async fn read_piece(&mut self) -> Result<bool, Problem> {
        let count = self.tail.read(&mut self.piece).map_err(|error| self.unreadable(&error))?;
        self.reader.bytes(self.piece.get(..count).unwrap_or_default());
        if self.reader.waiting() >= SAYINGS_FULL {
            self.keep().await?;
        }
        Ok(count > 0)
    }

    fn unreadable(&self, error: &io::Error) -> Problem {
        format!("{} cannot be read: {error}", self.origin.file.display())
    }

    async fn keep(&mut self) -> Result<(), Problem> {
        let out = self.reader.take();
        if let Some(problem) = out.useless {
            return Err(format!("{}: {problem}", self.origin.file.display()));
        }
        let sayings: Vec<Saying> = out.said.into_iter().map(|said| said.saying).collect();
        let mut refused: Vec<(u64, String)> =
            out.refused.into_iter().map(|refused| (refused.line, refused.reason)).collect();
        let now = self.desk.clock().now();
        for batch in sayings.chunks(SAYINGS_MAX) {
            let reaches = batch.iter().map(|saying| told_at(&saying.word)).filter(|at| *at <= now).max();
            self.through = self.through.max(reaches);
            let heard = Heard { through: self.through, place: None };
            let taken = self.desk.leases_take(&self.actor, &self.origin.source, batch, &heard).await;
            refused.extend(taken.map_err(|error| away(&error))?.refused);
        }
        if refused.is_empty() {
            return Ok(());
        }
        let named: Vec<String> =
            refused.iter().take(NAMED_MAX).map(|(line, reason)| format!("line {line}: {reason}")).collect();
        self.note(&format!("{} rows of {}", refused.len(), self.origin.file.display()), &named.join("; ")).await
    }

    async fn note(&mut self, what: &str, reason: &str) -> Result<(), Problem> {
        tracing::warn!(source = %self.origin.source, what, reason, "rows of a lease source were left out");
        self.desk.channel_turned_away(&self.origin.section, what, reason).await.map_err(|error| away(&error))
    }

    /// The place is kept when what stands before it is.
    async fn remember(&mut self) -> Result<(), Problem> {
        let place = self.reader.settled();
        let mark = self.tail.mark(place).map_err(|error| self.unreadable(&error))?;
        if mark != self.marked {
            let text = serde_json::to_string(&mark).unwrap_or_default();
            self.desk.channel_news_went_well(&self.origin.section, &text).await.map_err(|error| away(&error))?;
            self.marked = mark;
        }
        Ok(())
    }
}

/// When a source said something: a lease that will run out tomorrow was told of when it began.
fn told_at(word: &Word) -> DateTime<Utc> {
    match word {
        Word::Held { from, .. } => *from,
        other => other.reaches(),
    }
}
