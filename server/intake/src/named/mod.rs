//! The forms that have a name: one small reader each, tried on mails and on plain texts alike.
mod abusehub;
pub(crate) mod acns;
pub(crate) mod cleanmx;
mod cyscon;
mod fail2ban;
mod honeypot;
mod listing;
mod mynetwatchman;
mod netcraft;
mod safebrowsing;
mod sensor;
pub(crate) mod spamcop;
mod webiron;

use crate::mail::Mail;
use crate::time::{self, Stamp};
use crate::{Context, Parsed, limits};
use std::borrow::Cow;

/// What a reader looks at: a mail's envelope and text, or a text alone.
pub(crate) struct Letter<'l> {
    /// Whose mail it is (the originator's address, lower case), or empty.
    pub(crate) from: String,
    /// Its subject, or empty.
    pub(crate) subject: String,
    /// The readable text, without marks of quotation.
    pub(crate) text: Cow<'l, str>,
    /// What the mail says about its date: good for a missing year, never for an event's time.
    pub(crate) dated: Option<Stamp>,
    /// The mail itself, for its other parts.
    pub(crate) mail: Option<&'l Mail<'l>>,
}

type Reader = fn(&Letter<'_>, Context) -> Option<Parsed>;

const READERS: [Reader; 13] = [
    acns::read,
    spamcop::read,
    mynetwatchman::read,
    safebrowsing::read,
    honeypot::read,
    cleanmx::read,
    cyscon::read,
    webiron::read,
    abusehub::read,
    fail2ban::read,
    sensor::read,
    listing::read,
    netcraft::read,
];

fn letter<'l>(mail: &'l Mail<'l>) -> Letter<'l> {
    Letter {
        from: mail.originator().unwrap_or_default(),
        subject: mail.subject().unwrap_or_default(),
        text: unquoted(mail.text()),
        dated: mail.header("Date").as_deref().and_then(time::parse),
        mail: Some(mail),
    }
}

/// Reads a mail of a form that has a name.
pub(crate) fn read(mail: &Mail<'_>, context: Context) -> Option<Parsed> {
    let letter = letter(mail);
    READERS.iter().find_map(|read| read(&letter, context))
}

/// Reads a mail that is a feedback report too, and whose text says something else: SpamCop's about advertised sites.
pub(crate) fn before_arf(mail: &Mail<'_>, context: Context) -> Option<Parsed> {
    let advertises = mail.text().contains("Spamvertised web");
    let letter =
        advertises.then(|| letter(mail)).filter(|l| l.is_from("spamcop.net") || l.subject.contains("[SpamCop"))?;
    spamcop::read(&letter, context)
}

/// Reads a text of a form that has a name.
pub(crate) fn read_text(text: &str, context: Context) -> Option<Parsed> {
    let text = Cow::Borrowed(limits::clip(text, limits::TEXT_BYTES));
    let letter = Letter { from: String::new(), subject: String::new(), text: unquoted(text), dated: None, mail: None };
    READERS.iter().find_map(|read| read(&letter, context))
}

impl Letter<'_> {
    /// Whether the mail comes from that domain or one below it.
    pub(crate) fn is_from(&self, domain: &str) -> bool {
        let host = self.from.rsplit('@').next().unwrap_or_default().trim_end_matches(['>', ' ']);
        host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
    }

    /// The lines of the text, trimmed.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &str> {
        self.text.lines().map(str::trim)
    }

    /// What stands behind a label at the start of a line (`Source IP: 192.0.2.1`), without regard to case.
    pub(crate) fn after(&self, label: &str) -> Option<&str> {
        self.lines().find_map(|line| behind(line, label))
    }
}

/// What stands behind a label at the start of a line.
pub(crate) fn behind<'t>(line: &'t str, label: &str) -> Option<&'t str> {
    let head = line.get(..label.len())?;
    head.eq_ignore_ascii_case(label)
        .then(|| line.get(label.len()..).unwrap_or_default().trim())
        .filter(|v| !v.is_empty())
}

/// Takes the marks of quotation off a text that is quoted as a whole.
fn unquoted(text: Cow<'_, str>) -> Cow<'_, str> {
    let (mut quoted, mut all) = (0_usize, 0_usize);
    for line in text.lines().filter(|l| !l.trim().is_empty()).take(60) {
        all += 1;
        quoted += usize::from(line.starts_with('>'));
    }
    if quoted * 10 < all * 6 || all == 0 {
        return text;
    }
    let plain = text.lines().map(|line| line.strip_prefix('>').map_or(line, |l| l.strip_prefix(' ').unwrap_or(l)));
    Cow::Owned(plain.collect::<Vec<_>>().join("\n"))
}
