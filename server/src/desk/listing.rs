//! Own addresses on block lists: a listing makes one report, its end is written into the record and opens nothing.
use super::{Arrival, Desk, DeskError};
use base64::Engine as _;
use chrono::{DateTime, SecondsFormat, Utc};
use domain::{
    act::Act,
    actor::Actor,
    channel::{Listing, Tally},
    id::{ListingId, ReportId},
    ledger::NewEntry,
    report::Channel,
};
use std::net::IpAddr;
use store::{Chore, StoreError};

/// What a block list answered about an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding<'a> {
    /// The channel that asked.
    pub channel: &'a str,
    /// The list.
    pub zone: &'a str,
    /// The address.
    pub address: IpAddr,
    /// The name that was asked for.
    pub query: &'a str,
    /// Its answers, such as `127.0.0.4`; several are separated by blanks.
    pub answers: &'a str,
    /// Its words, or empty.
    pub reason: &'a str,
}

impl Desk {
    /// An own address stands on a block list: the first time this makes a report, later it only says that it still does.
    /// `None`: it was known.
    ///
    /// # Errors
    /// Any store error.
    pub async fn listing_found(&self, finding: &Finding<'_>) -> Result<Option<ReportId>, DeskError> {
        let actor = Actor::system(finding.channel);
        let mut tx = self.store.write().await?;
        let now = tx.now();
        if let Some(known) = tx.listing_now(finding.channel, finding.address).await? {
            tx.listing_seen(known.id, now, finding.answers, finding.reason).await?;
            tx.commit_chore(Chore::Channel).await?;
            return Ok(None);
        }
        let id = ListingId::new();
        let bytes = told(finding, id, now, self.config.text("mail.from"));
        let arrival = Arrival {
            channel: Channel::Dnsbl,
            bytes: &bytes,
            content_type: "application/json",
            file_name: "",
            read_by_caller: false,
        };
        tx.channel_add(finding.channel, now).await?;
        let (received, entry) = self.keep_report(&mut tx, &actor, arrival).await?;
        let listing = Listing {
            id,
            channel: finding.channel.to_owned(),
            zone: finding.zone.to_owned(),
            address: finding.address,
            answers: finding.answers.to_owned(),
            reason: finding.reason.to_owned(),
            listed_at: now,
            seen_at: now,
            cleared_at: None,
            report: received.id,
        };
        match tx.listing_add(&listing).await {
            // Another worker found it in the same moment.
            Err(StoreError::Conflict(_)) => return Ok(None),
            other => other?,
        }
        tx.channel_count(finding.channel, now, &Tally { received: 1, ..Tally::default() }).await?;
        tx.channel_news(finding.channel, now).await?;
        let found = about(&listing, NewEntry::new(&actor, Act::ListingFound, "listing", id));
        tx.commit(store::Entries::from(entry).and(found.why(finding.reason))).await?;
        self.wake.intake.notify_one();
        Ok(Some(received.id))
    }

    /// An address does not stand on a list any more: a line in the record, and in the case that the listing joined.
    /// False when it was not known to stand there.
    ///
    /// # Errors
    /// Any store error.
    pub async fn listing_cleared(&self, channel: &str, address: IpAddr) -> Result<bool, DeskError> {
        let Some(_) = self.store.read().await?.listing_now(channel, address).await? else { return Ok(false) };
        let mut tx = self.store.write().await?;
        let Some(listing) = tx.listing_now(channel, address).await? else { return Ok(false) };
        let now = tx.now();
        tx.listing_clear(listing.id, now).await?;
        let entry = NewEntry::new(&Actor::system(channel), Act::ListingCleared, "listing", listing.id);
        let entry = about(&listing, entry).fact("listed_at", listing.listed_at.to_rfc3339());
        let entry = match tx.report_case(listing.report).await? {
            Some(case) => entry.case(case),
            None => entry,
        };
        tx.commit(entry).await?;
        Ok(true)
    }

    /// What is known to stand on the list of a channel.
    ///
    /// # Errors
    /// Any store error.
    pub async fn listings_of(&self, channel: &str) -> Result<Vec<Listing>, DeskError> {
        Ok(self.store.read().await?.listings_of(channel).await?)
    }
}

fn about(listing: &Listing, entry: NewEntry) -> NewEntry {
    entry.fact("zone", listing.zone.as_str()).fact("address", listing.address.to_string())
}

/// The finding as XARF v4: `reputation/blocklist`, vouched for by the list, transmitted by us.
fn told(finding: &Finding<'_>, id: ListingId, now: DateTime<Utc>, ours: &str) -> Vec<u8> {
    let domain = ours.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
    let mut answer = String::new();
    for one in finding.answers.split(' ') {
        answer += &format!("{}. A {one}\n", finding.query);
    }
    if !finding.reason.is_empty() {
        answer += &format!("{}. TXT {:?}\n", finding.query, finding.reason);
    }
    let words = if finding.reason.is_empty() { "no reason given" } else { finding.reason };
    let description: String =
        format!("Listed in {} ({}): {words}", finding.zone, finding.answers).chars().take(900).collect();
    let report = serde_json::json!({
        "xarf_version": "4.2.0",
        "report_id": uuid::Builder::from_random_bytes(*id.0.as_bytes()).into_uuid().to_string(),
        "timestamp": now.to_rfc3339_opts(SecondsFormat::Secs, true),
        "reporter": { "org": finding.zone, "contact": ours, "domain": finding.zone },
        "sender": { "org": "Lazaret", "contact": ours, "domain": domain },
        "source_identifier": finding.address.to_string(),
        "category": "reputation",
        "type": "blocklist",
        "threat_type": "other",
        "evidence_source": "automated_scan",
        "description": description,
        "evidence": [{
            "content_type": "text/plain",
            "description": "The list's answer",
            "payload": base64::engine::general_purpose::STANDARD.encode(answer),
        }],
    });
    report.to_string().into_bytes()
}
