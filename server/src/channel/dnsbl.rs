//! Block lists are asked about the own ranges, address by address, within a budget. What a list says counts only if its
//! test entries are right before and after; an answer that means "error" is a problem of the channel, never a listing.
use super::{
    Post, Problem, away,
    dnsbl_ask::{Targets, addresses, check, meaning, name, plain, reason, resolver},
};
use crate::desk::Finding;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{actor::Actor, channel::ChannelState};
use hickory_resolver::TokioResolver;
use serde::{Deserialize, Serialize};
use std::{collections::HashSet, net::IpAddr, time::Duration};
use tokio::time::{Instant, Interval, MissedTickBehavior};

/// Length of a slice: then its results are written, and where the round stands. Shorter than the lease of a channel.
const SLICE: Duration = Duration::from_secs(40);
/// Questions without an answer, one after the other, after which the round is given up for now.
const SILENCE_MAX: u32 = 5;

/// Where a round stands.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Mark {
    /// When the round began; none = between two rounds.
    began: Option<DateTime<Utc>>,
    /// The last address whose answer is written.
    last: Option<IpAddr>,
}

/// What a slice found out.
#[derive(Default)]
struct Slice {
    listed: Vec<(IpAddr, String, String)>,
    free: Vec<IpAddr>,
    last: Option<IpAddr>,
    /// The round is through.
    through: bool,
}

/// Asks for one slice; when the next is due.
pub(super) async fn turn(post: &Post, state: &ChannelState) -> Result<DateTime<Utc>, Problem> {
    let now = post.desk.clock().now();
    let mut mark: Mark = serde_json::from_str(&state.mark).unwrap_or_default();
    let zone = post.set("zone").trim_end_matches('.').to_owned();
    let known = post.desk.listings_of(&post.name).await.map_err(|error| away(&error))?;
    let known: HashSet<IpAddr> = known.into_iter().map(|listing| listing.address).collect();
    let ranges = post.desk.ranges(&Actor::system(&post.name)).await.map_err(|error| away(&error))?;
    // What stands on the list is asked about until it is cleared, even when its range is not ours any more.
    let hosts = post.desk.config().dnsbl_hosts(post.short()).into_iter().chain(known.iter().copied());
    let targets = Targets::new(ranges.into_iter().map(|range| range.net), hosts);
    if targets.len() == 0 {
        return Err("there is nothing to ask about: add the own IPv4 ranges under Settings, or hosts here".to_owned());
    }
    let asker = Asker {
        resolver: resolver(post.desk.config().dnsbl_resolver())?,
        zone: &zone,
        ignored: post.desk.config().dnsbl_ignored(post.short()),
        v6: targets.has_v6(),
    };
    let mut pace = pace(post.number("queries_per_minute"));
    asker.check(&mut pace).await?;
    let began = mark.began.unwrap_or(now);
    let slice = asker.slice(&targets, mark.last, &mut pace).await?;
    asker.check(&mut pace).await?;
    write(post, &zone, &slice, &known).await?;
    mark = if slice.through { Mark::default() } else { Mark { began: Some(began), last: slice.last } };
    let text = serde_json::to_string(&mark).unwrap_or_default();
    post.desk.channel_went_well(&post.name, Some(&text)).await.map_err(|error| away(&error))?;
    let now = post.desk.clock().now();
    // A round that takes longer than its pause begins anew a minute after its end.
    let next = (began + TimeDelta::hours(post.number("every_hours"))).max(now + TimeDelta::minutes(1));
    Ok(if slice.through { next } else { now })
}

/// Writes what a slice found out.
async fn write(post: &Post, zone: &str, slice: &Slice, known: &HashSet<IpAddr>) -> Result<(), Problem> {
    for (address, answers, reason) in &slice.listed {
        let query = name(*address, zone);
        let finding = Finding { channel: &post.name, zone, address: *address, query: &query, answers, reason };
        post.desk.listing_found(&finding).await.map_err(|error| away(&error))?;
    }
    for address in slice.free.iter().filter(|address| known.contains(address)) {
        post.desk.listing_cleared(&post.name, *address).await.map_err(|error| away(&error))?;
    }
    Ok(())
}

/// One tick for each query.
fn pace(per_minute: i64) -> Interval {
    let per_minute = u32::try_from(per_minute.max(1)).unwrap_or(u32::MAX);
    let mut pace = tokio::time::interval(Duration::from_secs(60) / per_minute);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pace
}

/// Who asks which list.
struct Asker<'a> {
    resolver: TokioResolver,
    zone: &'a str,
    ignored: Vec<std::net::Ipv4Addr>,
    v6: bool,
}

impl Asker<'_> {
    async fn check(&self, pace: &mut Interval) -> Result<(), Problem> {
        // Two questions each.
        pace.tick().await;
        pace.tick().await;
        check(&self.resolver, self.zone, false).await?;
        if self.v6 {
            pace.tick().await;
            pace.tick().await;
            check(&self.resolver, self.zone, true).await?;
        }
        Ok(())
    }

    /// Asks on behind `last` until the slice or the round is over.
    async fn slice(&self, targets: &Targets, last: Option<IpAddr>, pace: &mut Interval) -> Result<Slice, Problem> {
        let end = Instant::now() + SLICE;
        let mut slice = Slice { last, ..Slice::default() };
        let mut silence = 0;
        loop {
            let Some(address) = targets.after(slice.last) else {
                slice.through = true;
                return Ok(slice);
            };
            if Instant::now() >= end {
                return Ok(slice);
            }
            pace.tick().await;
            let query = name(address, self.zone);
            match addresses(&self.resolver, &query).await {
                Ok(found) => {
                    silence = 0;
                    match meaning(found, &self.ignored)? {
                        None => slice.free.push(address),
                        Some(answers) => {
                            pace.tick().await;
                            slice.listed.push((address, answers, reason(&self.resolver, &query).await));
                        }
                    }
                }
                // Neither listed nor cleared: asked again in the next round.
                Err(error) => {
                    silence += 1;
                    if silence >= SILENCE_MAX {
                        return Err(plain(&error));
                    }
                }
            }
            slice.last = Some(address);
        }
    }
}
