//! Copies of one event inside one report: senders attach a list twice, or write one row several times.
use domain::event::Observation;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Different events of one address at one moment that are compared with each other.
const COMPARED: usize = 50;

/// Counts copies as one event, and says so on it.
pub(crate) fn join(events: Vec<Observation>) -> Vec<Observation> {
    let mut seen: HashMap<u64, Vec<usize>> = HashMap::with_capacity(events.len());
    let mut kept: Vec<Observation> = Vec::with_capacity(events.len());
    let mut copies: HashMap<usize, u64> = HashMap::new();
    for event in events {
        let places = seen.entry(key(&event)).or_default();
        let same = places.iter().copied().find(|place| kept.get(*place).is_some_and(|other| alike(other, &event)));
        if let Some(first) = same.and_then(|place| kept.get_mut(place)) {
            first.count = first.count.saturating_add(event.count);
            *copies.entry(same.unwrap_or_default()).or_insert(1) += 1;
            continue;
        }
        // Comparing very many of them with each other would take too long.
        if places.len() < COMPARED {
            places.push(kept.len());
        }
        kept.push(event);
    }
    for (place, number) in copies {
        if let Some(event) = kept.get_mut(place) {
            event.faults.push(format!("stands {number} times in the report: counted as one event"));
        }
    }
    kept
}

fn key(event: &Observation) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&event.source, event.from).hash(&mut hasher);
    hasher.finish()
}

/// Alike in everything but how often and what was wrong.
fn alike(one: &Observation, other: &Observation) -> bool {
    one.source == other.source
        && one.from == other.from
        && one.to == other.to
        && one.class == other.class
        && one.role == other.role
        && one.reference == other.reference
        && one.details == other.details
}
