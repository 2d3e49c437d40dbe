//! Free text: what a person wrote or a program printed for people, read with a reason for each choice.
pub(crate) mod document;

use crate::suggestion::{Hinted, Suggestion};
use crate::{Context, address, limits};
use document::Document;
use domain::event::Source;
use ipnet::IpNet;

/// Most guesses of one kind.
const GUESSES: usize = 12;
/// Longest excerpt.
const EXCERPT_BYTES: usize = 200;

/// Guesses about a text that nobody could read for certain.
pub(crate) fn suggest(document: &Document, _context: Context, own: &[IpNet]) -> Suggestion {
    let mut sources: Vec<Hinted<Source>> = Vec::new();
    for line in &document.lines {
        for ip in address::ips_in(&line.text).filter(|ip| address::is_public(*ip)) {
            let value = Source::from_ip(ip, None);
            if sources.len() < GUESSES && !sources.iter().any(|s| s.value == value) {
                sources.push(Hinted { value, reason: "an address in the text".into(), excerpt: excerpt(&line.text) });
            }
        }
    }
    sources.sort_by_key(|s| !s.value.ip().is_some_and(|ip| own.iter().any(|net| net.contains(&ip))));
    Suggestion { sources, ..Suggestion::default() }
}

/// A line as it is shown beside a guess.
fn excerpt(line: &str) -> String {
    let mut text = limits::clip(line.trim(), EXCERPT_BYTES).to_owned();
    limits::shorten(&mut text, EXCERPT_BYTES);
    text
}
