//! The ways by which reports come in, as their administrator sees them: when each last worked, what it brought, what is wrong.
use crate::{
    id::{ListingId, ReportId},
    lease::board::LeaseWay,
    report::Channel,
    words::words,
};
use chrono::{DateTime, TimeDelta, Utc};
use std::net::IpAddr;

words! {
    /// Why a channel asks for attention.
    Alarm {
        /// It has failed for too long.
        Failing = "failing",
        /// It works, but has brought nothing for too long.
        Silent = "silent",
    }
}

words! {
    /// How a channel does, in one word.
    Health {
        /// It worked the last time.
        Fine = "fine",
        /// Nothing was tried yet.
        New = "not tried yet",
        /// It did not work the last time; it is tried again.
        Failing = "failing",
        /// It has failed, or been silent, for too long.
        Alarm = "alarm",
        /// Not set up.
        Off = "off",
    }
}

/// What is known of a channel that fetches or listens by itself: `lmtp`, `mailbox.NAME`, `feed.NAME`, `dnsbl.NAME`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelState {
    /// Its section in the settings.
    pub name: String,
    /// Until when a worker has it to himself.
    pub held_until: DateTime<Utc>,
    /// Who that is.
    pub held_by: Option<String>,
    /// Not to be tried before.
    pub due_at: DateTime<Utc>,
    /// When it was first tried.
    pub created_at: DateTime<Utc>,
    /// When it last worked, with or without news.
    pub ok_at: Option<DateTime<Utc>>,
    /// When it last brought something new.
    pub news_at: Option<DateTime<Utc>>,
    /// Since when it has failed every time.
    pub failing_since: Option<DateTime<Utc>>,
    /// How many times in a row.
    pub failures: i64,
    /// What went wrong the last time, in plain words; kept after it was mended.
    pub problem: Option<String>,
    /// When that was.
    pub problem_at: Option<DateTime<Utc>>,
    /// The alarm that was raised and not yet over.
    pub alarm: Option<Alarm>,
    /// What the channel remembers for itself (JSON): an ETag, a position.
    pub mark: String,
}

impl ChannelState {
    /// In one word.
    pub const fn health(&self) -> Health {
        match (self.alarm, self.failing_since, self.ok_at) {
            (Some(_), _, _) => Health::Alarm,
            (None, Some(_), _) => Health::Failing,
            (None, None, Some(_)) => Health::Fine,
            (None, None, None) => Health::New,
        }
    }

    /// The alarm that is due now: failing for `failing`, or without news for `silent`; zero = never.
    pub fn alarm_at(&self, now: DateTime<Utc>, failing: TimeDelta, silent: TimeDelta) -> Option<Alarm> {
        let over = |since: DateTime<Utc>, limit: TimeDelta| limit > TimeDelta::zero() && now - since >= limit;
        if self.failing_since.is_some_and(|since| over(since, failing)) {
            return Some(Alarm::Failing);
        }
        over(self.news_at.unwrap_or(self.created_at), silent).then_some(Alarm::Silent)
    }
}

/// What a channel brought on one day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Reports, the same bytes again among them.
    pub received: i64,
    /// The same bytes again.
    pub duplicates: i64,
    /// What could not be taken in.
    pub refused: i64,
    /// When the last came, if known.
    pub last_at: Option<DateTime<Utc>>,
}

/// Something a channel could not take in: it stays where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnedAway {
    /// Which channel.
    pub channel: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What it was, such as `mail 4711, 31 MiB`.
    pub what: String,
    /// Why.
    pub reason: String,
}

/// An own address on a block list, from the first look that found it to the first that did not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Identifier.
    pub id: ListingId,
    /// The channel that watches.
    pub channel: String,
    /// The list.
    pub zone: String,
    /// The address.
    pub address: IpAddr,
    /// The list's answers, such as `127.0.0.4`; several are separated by blanks.
    pub answers: String,
    /// The list's words (TXT), or empty.
    pub reason: String,
    /// First seen.
    pub listed_at: DateTime<Utc>,
    /// Last seen.
    pub seen_at: DateTime<Utc>,
    /// First look that did not find it any more.
    pub cleared_at: Option<DateTime<Utc>>,
    /// The report it made.
    pub report: ReportId,
}

/// A line of the page of channels.
#[derive(Debug, Clone)]
pub struct ChannelRow {
    /// What kind of way it is.
    pub channel: Channel,
    /// Its section in the settings; empty for a way that is always open.
    pub name: String,
    /// Where it leads: host and folder, address, zone, socket.
    pub place: String,
    /// What is known of it; none = never tried, or always open.
    pub state: Option<ChannelState>,
    /// In one word.
    pub health: Health,
    /// What it brought today.
    pub today: Tally,
}

/// The page of channels.
#[derive(Debug, Clone)]
pub struct ChannelBoard {
    /// Those that fetch or listen by themselves, as they stand in the settings.
    pub own: Vec<ChannelRow>,
    /// The ways by which leases come in.
    pub leases: Vec<LeaseWay>,
    /// Those that wait for others: API, pipe, files, upload.
    pub open: Vec<ChannelRow>,
    /// What could not be taken in, newest first.
    pub turned_away: Vec<TurnedAway>,
    /// Own addresses on block lists now.
    pub listings: Vec<Listing>,
    /// How many those are in all.
    pub listed: i64,
    /// The instant of the page.
    pub now: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::{Alarm, ChannelState, Health};
    use chrono::{DateTime, TimeDelta, Utc};

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hour)
    }

    fn state() -> ChannelState {
        ChannelState {
            name: "feed.x".into(),
            held_until: at(0),
            held_by: None,
            due_at: at(0),
            created_at: at(0),
            ok_at: Some(at(10)),
            news_at: None,
            failing_since: None,
            failures: 0,
            problem: None,
            problem_at: None,
            alarm: None,
            mark: "{}".into(),
        }
    }

    #[test]
    fn an_alarm_is_raised_after_its_time_and_never_when_switched_off() {
        let (day, two, never) = (TimeDelta::hours(24), TimeDelta::hours(48), TimeDelta::zero());
        let failing = ChannelState { failing_since: Some(at(10)), ..state() };
        assert_eq!(failing.alarm_at(at(33), day, never), None);
        assert_eq!(failing.alarm_at(at(34), day, never), Some(Alarm::Failing));
        assert_eq!(failing.alarm_at(at(900), never, never), None);
        assert_eq!(state().alarm_at(at(47), day, two), None);
        assert_eq!(state().alarm_at(at(48), day, two), Some(Alarm::Silent));
        let news = ChannelState { news_at: Some(at(40)), ..state() };
        assert_eq!(news.alarm_at(at(60), day, two), None);
    }

    #[test]
    fn health_is_one_word() {
        assert_eq!(state().health(), Health::Fine);
        assert_eq!(ChannelState { ok_at: None, ..state() }.health(), Health::New);
        assert_eq!(ChannelState { failing_since: Some(at(1)), ..state() }.health(), Health::Failing);
        assert_eq!(ChannelState { alarm: Some(Alarm::Silent), ..state() }.health(), Health::Alarm);
    }
}
