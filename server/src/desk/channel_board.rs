//! The page of channels: how each does, what it brought today, what it could not take in.
use super::{Desk, DeskError};
use crate::config::channel::Door;
use domain::{
    actor::{Actor, Permission},
    channel::{ChannelBoard, ChannelRow, ChannelState, Health, Tally},
    report::Channel,
};
use std::collections::{BTreeMap, HashMap};

/// The ways that are always open, in the order of the page.
const OPEN: [Channel; 5] = [Channel::Api, Channel::Pipe, Channel::File, Channel::Desk, Channel::Form];

impl Desk {
    /// Every way by which reports come in.
    ///
    /// # Errors
    /// [`domain::refusal::Refusal`] without the right to administer; any store error.
    pub async fn channels(&self, actor: &Actor) -> Result<ChannelBoard, DeskError> {
        self.require(actor, Permission::Administer)?;
        let now = self.clock.now();
        let mut conn = self.store.read().await?;
        let states = conn.channel_list().await?;
        let states: HashMap<_, _> = states.into_iter().map(|state| (state.name.clone(), state)).collect();
        let today: HashMap<_, _> = conn.channel_day(now).await?.into_iter().collect();
        let ways: HashMap<_, _> = conn.channel_ways(now).await?.into_iter().collect();
        let tally = |from: &HashMap<String, Tally>, name: &str| from.get(name).cloned().unwrap_or_default();
        let own = self.channel_places().into_iter().map(|(channel, name, place)| {
            let state = states.get(&name).cloned();
            let health = state.as_ref().map_or(Health::New, ChannelState::health);
            ChannelRow { channel, today: tally(&today, &name), name, place, state, health }
        });
        let open = OPEN.into_iter().map(|channel| ChannelRow {
            channel,
            name: String::new(),
            place: String::new(),
            state: None,
            health: Health::Fine,
            today: tally(&ways, channel.as_str()),
        });
        let turned_away = conn.channel_turned_away().await?;
        let (listings, listed) = (conn.listings_now().await?, conn.listing_count().await?);
        let leases = self.lease_ways(&mut conn).await?;
        Ok(ChannelBoard { own: own.collect(), leases, open: open.collect(), turned_away, listings, listed, now })
    }

    /// How many channels of the settings do how, for whoever asks whether the desk is ready.
    ///
    /// # Errors
    /// Any store error.
    pub async fn channel_healths(&self) -> Result<BTreeMap<Health, usize>, DeskError> {
        let states = self.store.read().await?.channel_list().await?;
        let mut healths = BTreeMap::new();
        for (_, name, _) in self.channel_places() {
            let health = states.iter().find(|state| state.name == name).map_or(Health::New, ChannelState::health);
            *healths.entry(health).or_default() += 1;
        }
        Ok(healths)
    }

    /// The channels of the settings: kind, section, and where each leads.
    pub fn channel_places(&self) -> Vec<(Channel, String, String)> {
        let config = &self.config;
        let mut places = Vec::new();
        if let Some(door) = config.lmtp_door() {
            let place = match door {
                Door::Tcp(address) => address.to_string(),
                Door::Unix(path) => path.display().to_string(),
            };
            places.push((Channel::Lmtp, "lmtp".to_owned(), place));
        }
        for name in config.names("mailbox") {
            let place = config.mailbox_url(&name).map(|url| format!("{} at {}, {}", url.user, url.host, url.folder));
            places.push((Channel::Imap, format!("mailbox.{name}"), place.unwrap_or_default()));
        }
        for name in config.names("feed") {
            // Without what stands behind the question mark: it is often a key.
            let url = config.text(&format!("feed.{name}.url"));
            let place = url.split(['?', '#']).next().unwrap_or_default().to_owned();
            let place = match place.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.split_once('@')?))) {
                Some((scheme, (_, rest))) => format!("{scheme}://{rest}"),
                None => place,
            };
            places.push((Channel::Feed, format!("feed.{name}"), place));
        }
        for name in config.names("dnsbl") {
            let zone = config.text(&format!("dnsbl.{name}.zone")).to_owned();
            places.push((Channel::Dnsbl, format!("dnsbl.{name}"), zone));
        }
        places
    }
}
