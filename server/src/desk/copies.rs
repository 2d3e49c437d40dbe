//! What makes two events the same: copies are kept and linked, and never count.
use super::DeskError;
use chrono::{DateTime, Utc};
use domain::{
    again::LinkKind,
    event::{Observation, TimeGrade},
    id::EventId,
    refusal::Refusal,
};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use store::{NewEvent, Tx};

/// The same observation of the same reporter counts once: his reference, source, port, time and class, whatever
/// message it came in. Without a stated time and a reference nothing tells two reports of one day apart.
pub(super) fn fingerprint(reporter: &str, seen: &Observation, received_at: DateTime<Utc>) -> [u8; 32] {
    let mut hash = Sha256::new();
    let mut add = |part: &str| {
        hash.update(part.as_bytes());
        hash.update([0]);
    };
    add(reporter);
    add(seen.reference.as_deref().unwrap_or_default());
    add(&seen.source.value);
    add(&seen.source.port.map(|port| port.to_string()).unwrap_or_default());
    match (stated(seen, received_at), &seen.reference) {
        (Some(from), _) => add(&from.timestamp_micros().to_string()),
        (None, Some(_)) => add(""),
        (None, None) => add(&received_at.date_naive().to_string()),
    }
    add(seen.class.as_str());
    hash.finalize().into()
}

/// The time that the report gives. The arrival in its place differs with every resend and says nothing.
fn stated(seen: &Observation, received_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let guessed = matches!(seen.time_grade, TimeGrade::Assumed | TimeGrade::None);
    seen.from.filter(|from| !(guessed && from.timestamp_micros() == received_at.timestamp_micros()))
}

/// Links copies to the events that count in their place. `readings` are those linked already: a newer reading is no copy
/// of what it reads.
pub(super) async fn link_copies(
    tx: &mut Tx,
    copies: &[NewEvent],
    readings: &[(EventId, LinkKind, EventId)],
    now: DateTime<Utc>,
) -> Result<(), DeskError> {
    if copies.is_empty() {
        return Ok(());
    }
    let wanted: Vec<[u8; 32]> = copies.iter().map(|copy| copy.fingerprint).collect();
    let counted: HashMap<Vec<u8>, EventId> =
        tx.event_counted(&wanted).await?.into_iter().map(|(event, fingerprint)| (fingerprint, event)).collect();
    let mut links = Vec::with_capacity(copies.len());
    for copy in copies {
        // It stopped counting between our two statements: the whole batch is tried again.
        let first = counted.get(copy.fingerprint.as_slice()).ok_or(Refusal::Stale)?;
        if !readings.contains(&(copy.event.id, LinkKind::Reading, *first)) {
            links.push((copy.event.id, LinkKind::Copy, *first));
        }
    }
    Ok(tx.event_link_add(&links, now).await?)
}
