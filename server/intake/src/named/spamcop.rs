//! SpamCop: reports of one mail or one advertised site, summaries and alerts.
use super::Letter;
use crate::sighting::{self, With};
use crate::time::{self, Precision, Stamp, Unzoned};
use crate::{Context, Parsed, address};
use chrono::{DateTime, Datelike, Duration, NaiveDate, Utc};
use domain::class::Class;
use domain::event::{Format, Observation, Source, SourceKind, TimeGrade};
use std::net::IpAddr;

const REPORTER: &str = "spamcop.net";

/// Reads SpamCop's own mails.
pub(crate) fn read(letter: &Letter<'_>, context: Context) -> Option<Parsed> {
    let subject = letter.subject.to_lowercase();
    let ours = subject.contains("[spamcop") || letter.is_from(REPORTER);
    let text_says =
        letter.lines().take(20).any(|l| l.contains("SpamCop V") && (l.starts_with('[') || l.starts_with('-')));
    if !(ours || text_says) {
        return None;
    }
    let events = if subject.contains("summary report") || letter.text.contains("Start/Length") {
        summary(letter, context)
    } else if subject.contains("] alert") {
        alert(letter, context)
    } else {
        report(letter, context)
    };
    // Bills, passwords and answers of the service's staff come from there too.
    if events.is_empty() && !text_says && !subject.contains("[spamcop") {
        return None;
    }
    let mut parsed = Parsed::events(Format::Spamcop, events).from(Some(REPORTER.to_owned()));
    if parsed.events.is_empty() {
        parsed.fault("SpamCop mail that names no address of a sender or of an advertised site");
    }
    parsed.reference = number(&letter.subject).or_else(|| number_of_link(letter));
    Some(parsed)
}

/// `id:1234567` of the subject.
pub(crate) fn number(subject: &str) -> Option<String> {
    let (_, rest) = subject.split_once("id:")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    (!digits.is_empty()).then_some(digits)
}

/// `...spamcop.net/w3m?i=z1234567z...` or `/sc?id=z...`.
fn number_of_link(letter: &Letter<'_>) -> Option<String> {
    let (_, rest) = letter.text.split_once("spamcop.net/w3m?i=z")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    (!digits.is_empty()).then_some(digits)
}

fn report(letter: &Letter<'_>, context: Context) -> Vec<Observation> {
    let mut events = Vec::new();
    let mut advertised: Option<&str> = None;
    // Behind the mark stands the offending mail, where everything is somebody else's word.
    for line in letter.lines().take_while(|l| !is_evidence(l)) {
        if let Some((ip, date)) = super::behind(line, "Email from").and_then(address_and_date) {
            let span = time::span(None, Some(date), Unzoned::IsGuess, context.received_at);
            events.push(sighting::event(Source::from_ip(ip, None), Class::Spam, span));
        } else if let Some(url) =
            super::behind(line, "Spamvertised web site:").or_else(|| super::behind(line, "Spamvertised website:"))
        {
            advertised = Some(url);
        } else if let Some((site, rest)) = line.rsplit_once(" is ")
            && let Some((ip, date)) = rest.split_once(';')
            && let Some(ip) = address::parse_ip(ip)
        {
            let span = time::span(None, Some(date), Unzoned::IsGuess, context.received_at);
            let event = sighting::event(Source::from_ip(ip, None), Class::Spam, span);
            events.push(event.detail("url", advertised.or(Some(site))).detail("kind", Some("spamvertised web site")));
        }
    }
    // A site of which the report names no address is its own source; who sent the mail is another report.
    if events.is_empty()
        && let Some(url) = advertised.and_then(|u| u.split_whitespace().next())
    {
        let span = time::assumed(context.received_at, "no event time");
        let source = Source::new(SourceKind::Url, crate::limits::clip(url, crate::limits::SOURCE_BYTES), None);
        events.push(sighting::event(source, Class::Spam, span).detail("kind", Some("spamvertised web site")));
    }
    if events.is_empty()
        && let Some(ip) = named_in(&letter.subject).or_else(|| header_source(letter))
    {
        let span = time::assumed(context.received_at, "no event time");
        events.push(sighting::event(Source::from_ip(ip, None), Class::Spam, span));
    }
    events.dedup_by(|b, a| a.source == b.source && a.from == b.from);
    events
}

fn is_evidence(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    line.starts_with("[ offending message") || line.starts_with("offending message:")
}

/// `192.0.2.1 / Thu, 19 Jun 2003 17:34:13 -0400`.
fn address_and_date(text: &str) -> Option<(IpAddr, &str)> {
    let (ip, date) = text.split_once('/')?;
    Some((address::parse_ip(ip)?, date.trim()))
}

/// `[SpamCop (192.0.2.1) id:1]`.
fn named_in(subject: &str) -> Option<IpAddr> {
    let (_, rest) = subject.split_once('(')?;
    address::parse_ip(rest.split(')').next()?)
}

fn header_source(letter: &Letter<'_>) -> Option<IpAddr> {
    letter.mail?.header("X-SpamCop-sourceip").as_deref().and_then(address::parse_ip)
}

/// Rows `192.0.2.1  Oct 16 18h/20  51  0  0  0  comment`; the name of the host stands on the next line.
fn summary(letter: &Letter<'_>, context: Context) -> Vec<Observation> {
    let near = letter.dated.map_or(context.received_at, |d| d.at);
    letter.lines().filter_map(|line| row(line, near, context.received_at)).collect()
}

fn row(line: &str, near: DateTime<Utc>, received_at: DateTime<Utc>) -> Option<Observation> {
    let mut words = line.split_whitespace();
    let ip = words.next().and_then(address::parse_ip)?;
    let (month, day) = (words.next()?, words.next()?.parse::<u32>().ok()?);
    let (hour, length) = words.next()?.split_once("h/")?;
    let (hour, length) = (hour.parse::<u32>().ok()?, length.parse::<i64>().ok()?.clamp(0, 60));
    let month = time::parse(&format!("1 {month} 2000")).map(|s| s.at.month())?;
    let at = |year: i32| Some(NaiveDate::from_ymd_opt(year, month, day)?.and_hms_opt(hour, 0, 0)?.and_utc());
    let from = at(near.year()).filter(|t| *t <= near + Duration::days(2)).or_else(|| at(near.year() - 1))?;
    let counts: Vec<i64> = words.by_ref().map_while(|w| w.parse::<i64>().ok()).take(4).collect();
    let mut span = sighting::between(
        Stamp::utc(from, false, Precision::Hour),
        Stamp::utc(from + Duration::days(length) + Duration::minutes(59), false, Precision::Hour),
        received_at,
    );
    if length > 0 {
        span.grade = TimeGrade::Range;
    }
    let event = sighting::event(Source::from_ip(ip, None), Class::Spam, span);
    let said = ["trap", "user", "mole", "simple"].iter().zip(&counts).map(|(n, c)| format!("{n} {c}"));
    Some(event.count(counts.iter().sum()).detail("reports", Some(&said.collect::<Vec<_>>().join(", "))))
}

/// Lines that begin with an address.
fn alert(letter: &Letter<'_>, context: Context) -> Vec<Observation> {
    let mut found: Vec<IpAddr> = Vec::new();
    for ip in letter.lines().filter_map(|l| l.split_whitespace().next()).filter_map(address::parse_ip) {
        if address::is_public(ip) && !found.contains(&ip) && found.len() < 5000 {
            found.push(ip);
        }
    }
    let event = |ip| {
        let span = time::assumed(context.received_at, "SpamCop's alert gives no time");
        sighting::event(Source::from_ip(ip, None), Class::Spam, span)
    };
    found.into_iter().map(event).collect()
}
