//! AbuseHub's mails about one incident: a sentence with reporter, address and time; the IODEF file says the same.
use super::Letter;
use crate::feed;
use crate::sighting::{self, With};
use crate::time::{self, Unzoned};
use crate::{Context, Parsed, address};
use domain::event::{Format, Source};

/// Reads "we received an abuse report from N6 about abuse from 192.0.2.1 (event time 2018-01-08 16:52:02 +01:00)".
pub(crate) fn read(letter: &Letter<'_>, context: Context) -> Option<Parsed> {
    if !(letter.is_from("abusehub.nl") || letter.subject.starts_with("[Abusehub]")) {
        return None;
    }
    let words = letter.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (_, rest) = words.split_once("we received an abuse report from ")?;
    let (feed, rest) = rest.split_once(" about abuse from ")?;
    let (ip, rest) = rest.split_once(' ')?;
    let ip = address::parse_ip(ip)?;
    let date = rest.split_once("event time").and_then(|(_, t)| t.split(')').next());
    let span = time::span(None, date, Unzoned::IsGuess, context.received_at);
    let (class, role) = feed::class_of(feed);
    let event = sighting::event(Source::from_ip(ip, None), class, span).role(role).detail("feed", Some(feed));
    Some(Parsed::events(Format::Mime, vec![event]).from(Some("abusehub.nl".to_owned())))
}
