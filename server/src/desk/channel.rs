//! Channels that fetch or listen by themselves: one worker at a time has each; what one brings is durable together with
//! what it remembers, so that a crash loses nothing and takes nothing twice.
use super::{Arrival, Desk, DeskError, Received};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    act::Act,
    actor::Actor,
    channel::{Alarm, ChannelState, Tally, TurnedAway},
    ledger::NewEntry,
    limit::{CHANNEL_LEASE, retry_wait},
    report::Envelope,
};
use store::{Chore, Tx};

/// What a channel brings at once.
#[derive(Debug, Clone, Copy)]
pub struct Kept<'a> {
    /// Its section in the settings.
    pub channel: &'a str,
    /// What it is there, if it may be seen again: `UIDVALIDITY.UID` of a mail.
    pub item: Option<&'a str>,
    /// What the channel will remember from now on (JSON), if that changes.
    pub mark: Option<&'a str>,
    /// How a mail server handed it over.
    pub envelope: Option<&'a Envelope>,
}

/// A worker's turn at a channel.
#[derive(Debug, Clone, Copy)]
pub struct Turn<'a> {
    /// The channel's section in the settings.
    pub channel: &'a str,
    /// The worker.
    pub holder: &'a str,
}

/// Who the ledger names for what a channel does.
fn actor(channel: &str) -> Actor {
    Actor::system(channel)
}

impl Desk {
    /// Takes a channel when it is due and nobody else has it.
    ///
    /// # Errors
    /// Any store error.
    pub async fn channel_take(&self, turn: Turn<'_>) -> Result<Option<ChannelState>, DeskError> {
        let found = self.store.read().await?.channel_by_name(turn.channel).await?;
        let now = self.clock.now();
        let mine = |state: &ChannelState| state.held_by.as_deref() == Some(turn.holder);
        // Looked at before it is written: on SQLite every write waits for every other.
        if found.is_some_and(|state| state.due_at > now || (state.held_until > now && !mine(&state))) {
            return Ok(None);
        }
        let mut tx = self.store.write().await?;
        let now = tx.now();
        tx.channel_add(turn.channel, now).await?;
        let taken = tx.channel_take(turn.channel, turn.holder, now, now + CHANNEL_LEASE).await?;
        let state = tx.channel_by_name(turn.channel).await?;
        tx.commit_chore(Chore::Channel).await?;
        Ok(state.filter(|_| taken))
    }

    /// Has it for longer; false when another worker has taken it over.
    ///
    /// # Errors
    /// Any store error.
    pub async fn channel_keep(&self, turn: Turn<'_>) -> Result<bool, DeskError> {
        let mut tx = self.store.write().await?;
        let until = tx.now() + CHANNEL_LEASE;
        let kept = tx.channel_keep(turn.channel, turn.holder, until).await?;
        tx.commit_chore(Chore::Channel).await?;
        Ok(kept)
    }

    /// It worked, with or without news; an alarm ends, or one for silence begins.
    ///
    /// # Errors
    /// Any store error.
    pub async fn channel_went_well(&self, channel: &str, mark: Option<&str>) -> Result<(), DeskError> {
        let mut tx = self.store.write().await?;
        let now = tx.now();
        tx.channel_add(channel, now).await?;
        tx.channel_went_well(channel, now).await?;
        if let Some(mark) = mark {
            tx.channel_mark(channel, mark).await?;
        }
        self.settle_alarm(tx, channel).await
    }

    /// It brought something that is no report, and remembers how far it came.
    ///
    /// # Errors
    /// Any store error.
    pub async fn channel_news_went_well(&self, channel: &str, mark: &str) -> Result<(), DeskError> {
        let mut tx = self.store.write().await?;
        let now = tx.now();
        tx.channel_add(channel, now).await?;
        tx.channel_went_well(channel, now).await?;
        tx.channel_news(channel, now).await?;
        tx.channel_mark(channel, mark).await?;
        self.settle_alarm(tx, channel).await
    }

    /// It did not work, for a reason in plain words; perhaps an alarm begins. Returns when to try again.
    ///
    /// # Errors
    /// Any store error.
    pub async fn channel_failed(&self, channel: &str, problem: &str) -> Result<DateTime<Utc>, DeskError> {
        let problem: String = problem.chars().filter(|letter| !letter.is_control()).take(300).collect();
        let mut tx = self.store.write().await?;
        let now = tx.now();
        tx.channel_add(channel, now).await?;
        tx.channel_failed(channel, now, &problem).await?;
        let failures = tx.channel_by_name(channel).await?.map_or(1, |state| state.failures);
        self.settle_alarm(tx, channel).await?;
        Ok(now + retry_wait(failures - 1))
    }

    /// Gives a channel back, to be tried from `due` on.
    ///
    /// # Errors
    /// Any store error.
    pub async fn channel_let_go(&self, turn: Turn<'_>, due: DateTime<Utc>) -> Result<(), DeskError> {
        let mut tx = self.store.write().await?;
        tx.channel_let_go(turn.channel, turn.holder, due).await?;
        Ok(tx.commit_chore(Chore::Channel).await?)
    }

    /// Makes what a channel brought durable, as [`Desk::receive`] does, together with the item it was there and with
    /// what the channel will remember. `None`: this item was taken in before.
    ///
    /// # Errors
    /// As [`Desk::receive`].
    pub async fn channel_receive(&self, kept: Kept<'_>, arrival: Arrival<'_>) -> Result<Option<Received>, DeskError> {
        let mut tx = self.store.write().await?;
        let now = tx.now();
        tx.channel_add(kept.channel, now).await?;
        let (received, entry) = self.keep_report(&mut tx, &actor(kept.channel), arrival).await?;
        if let Some(envelope) = kept.envelope {
            tx.report_envelope_add(received.id, envelope).await?;
        }
        let profile = format!("{}.profile", kept.channel);
        let feed = if kept.channel.starts_with("feed.") { self.config.text(&profile) } else { "" };
        super::feed_read::name_by_channel(&mut tx, feed, received.id).await?;
        if let Some(item) = kept.item
            && !tx.channel_item_add(kept.channel, item, received.id, now).await?
        {
            return Ok(None);
        }
        if let Some(mark) = kept.mark {
            tx.channel_mark(kept.channel, mark).await?;
        }
        let duplicates = i64::from(received.duplicate_of.is_some());
        tx.channel_count(kept.channel, now, &Tally { received: 1, duplicates, ..Tally::default() }).await?;
        tx.channel_news(kept.channel, now).await?;
        tx.channel_went_well(kept.channel, now).await?;
        tx.commit(entry.fact("from", kept.channel)).await?;
        if received.duplicate_of.is_none() {
            self.wake.intake.notify_one();
        }
        Ok(Some(received))
    }

    /// Whether an item was taken in before.
    ///
    /// # Errors
    /// Any store error.
    pub async fn channel_item_taken(&self, channel: &str, item: &str) -> Result<bool, DeskError> {
        Ok(self.store.read().await?.channel_item_taken(channel, item).await?)
    }

    /// The items are gone from where they came from: they need not be remembered.
    ///
    /// # Errors
    /// Any store error.
    pub async fn channel_items_moved(&self, channel: &str, items: &[String]) -> Result<(), DeskError> {
        let mut tx = self.store.write().await?;
        for item in items {
            tx.channel_item_forget(channel, item).await?;
        }
        Ok(tx.commit_chore(Chore::Channel).await?)
    }

    /// Remembers what a channel could not take in, and why: it stays where it came from.
    ///
    /// # Errors
    /// Any store error.
    pub async fn channel_turned_away(&self, channel: &str, what: &str, reason: &str) -> Result<(), DeskError> {
        let mut tx = self.store.write().await?;
        let now = tx.now();
        let away = TurnedAway { channel: channel.into(), at: now, what: what.into(), reason: reason.into() };
        tx.channel_turn_away(&away).await?;
        tx.channel_count(channel, now, &Tally { refused: 1, ..Tally::default() }).await?;
        let entry = NewEntry::new(&actor(channel), Act::ChannelTurnedAway, "channel", channel);
        tx.commit(entry.fact("what", what).why(reason)).await?;
        Ok(())
    }

    /// Raises the alarms of channels that nobody has tried for long, or that only listen; how many are raised now.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn channels_tick(&self) -> Result<usize, DeskError> {
        let now = self.clock.now();
        let states = self.store.read().await?.channel_list().await?;
        let mut raised = 0;
        for (_, name, _) in self.channel_places() {
            let Some(state) = states.iter().find(|state| state.name == name) else { continue };
            let wanted = self.alarm_due(state, now);
            raised += usize::from(wanted.is_some());
            if wanted != state.alarm {
                let tx = self.store.write().await?;
                self.settle_alarm(tx, &name).await?;
            }
        }
        Ok(raised)
    }

    fn alarm_due(&self, state: &ChannelState, now: DateTime<Utc>) -> Option<Alarm> {
        let hours = |key: &str| TimeDelta::hours(self.config.number(key));
        state.alarm_at(now, hours("channel.alarm_hours"), hours(&format!("{}.silent_hours", state.name)))
    }

    /// Raises the alarm that is due, or ends the one that is over, and commits.
    async fn settle_alarm(&self, mut tx: Tx, channel: &str) -> Result<(), DeskError> {
        let now = tx.now();
        let Some(state) = tx.channel_by_name(channel).await? else { return Ok(tx.commit_chore(Chore::Channel).await?) };
        let wanted = self.alarm_due(&state, now);
        if wanted == state.alarm {
            return Ok(tx.commit_chore(Chore::Channel).await?);
        }
        tx.channel_alarm(channel, wanted).await?;
        let entry = match wanted {
            Some(alarm) => {
                tracing::error!(channel, %alarm, problem = state.problem.as_deref(), "a channel needs attention");
                let why = state.problem.as_deref().filter(|_| state.failing_since.is_some()).unwrap_or_default();
                NewEntry::new(&actor(channel), Act::ChannelAlarm, "channel", channel)
                    .fact("alarm", alarm.as_str())
                    .why(why)
            }
            None => NewEntry::new(&actor(channel), Act::ChannelMended, "channel", channel),
        };
        tx.commit(entry).await?;
        Ok(())
    }
}
