//! A report as lines of text: what stands in the mail itself, in its attachments and in the mail it encloses.
use crate::mail::{self, Mail};
use crate::{limits, time};
use chrono::{DateTime, Utc};
use std::borrow::Cow;

/// Most lines that are looked at.
const LINES: usize = 20_000;
/// Most parts that are looked at.
const PARTS: usize = 20;

/// Text of one file out of an archive.
const PACKED_BYTES: usize = 64 * 1024;

/// Headers of mail that goes to many.
const LISTS: [&str; 6] = ["List-Unsubscribe", "List-Id", "List-Post", "X-Mailing-List", "X-BeenThere", "Mailing-List"];

/// Which part of the report a line comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// What the reporter wrote.
    Body,
    /// A text attached to it, such as a log.
    Attachment,
    /// The head of a mail that the report encloses.
    EnclosedHead,
    /// The text of a mail that the report encloses: what the accused wrote.
    EnclosedBody,
}

/// One line, defanged text made whole again by the readers, not here.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) place: Place,
}

/// The readable text of one report.
#[derive(Debug, Clone, Default)]
pub(crate) struct Document {
    /// Subject of the mail; empty for a plain text.
    pub(crate) subject: String,
    /// Address of the sender, lower case.
    pub(crate) from: Option<String>,
    /// Whom it was sent to, lower case.
    pub(crate) to: Vec<String>,
    /// The mail's own date, as far as it can be trusted at all.
    pub(crate) date: Option<DateTime<Utc>>,
    /// Whether it refers to an earlier mail, or quotes one.
    pub(crate) answers: bool,
    /// Whether it went to many.
    pub(crate) bulk: bool,
    pub(crate) lines: Vec<Line>,
}

impl Document {
    /// A text that is not a mail.
    pub(crate) fn of_text(text: &str) -> Self {
        let mut document = Self::default();
        document.add(text, Place::Body, limits::TEXT_BYTES);
        document
    }

    /// The texts of a mail; of alternatives the plain one.
    pub(crate) fn of_mail(mail: &Mail<'_>) -> Self {
        let mut document = Self {
            subject: mail.subject().map(|s| limits::clip(&s, limits::NAME_BYTES).to_owned()).unwrap_or_default(),
            from: mail.originator(),
            to: mail.delivered_to(),
            date: mail.header("Date").and_then(|d| time::parse(&d)).map(|s| s.at),
            answers: mail.has_header("In-Reply-To") || mail.has_header("References"),
            // Abuse mailboxes kept as groups put list headers on every mail.
            bulk: LISTS.iter().any(|name| mail.has_header(name)) && !mail.has_header("X-Google-Group-Id"),
            lines: Vec::new(),
        };
        let length = |sub| -> usize {
            mail.parts
                .iter()
                .filter(|p| p.is("text", sub) && p.name.is_none())
                .map(|p| p.bytes.trim_ascii().len())
                .sum()
        };
        // A plain text of a line or two stands for the page beside it.
        let plain = length("plain") > 200 || length("plain") > 3 && length("html") < length("plain") * 20;
        let mut left = limits::TEXT_BYTES;
        let mut body = false;
        for part in mail.parts.iter().take(PARTS) {
            if let Some(enclosed) = part.enclosed {
                left = left.saturating_sub(document.add_enclosed(enclosed, left));
                continue;
            }
            let html = part.is("text", "html");
            if !part.is_text() && !part.name_ends(&[".txt", ".log"]) || (html && plain && part.name.is_none()) {
                continue;
            }
            let place = if body { Place::Attachment } else { Place::Body };
            body = true;
            let text = part.text_head();
            let html = html || part.name.is_none() && is_markup(&text);
            let text = if html { super::html::text_of(&text).into() } else { text };
            left = left.saturating_sub(document.add(&text, place, left));
        }
        for text in mail.packed().iter().filter(|a| !a.list) {
            left = left.saturating_sub(document.add(limits::clip(&text.text, PACKED_BYTES), Place::Attachment, left));
        }
        document.answers |= document.lines.iter().any(|l| l.place == Place::Body && l.text.starts_with('>'));
        document
    }

    fn add_enclosed(&mut self, message: &mail_parser::Message<'_>, most: usize) -> usize {
        let head = mail::header_text(message);
        let used = self.add(&head, Place::EnclosedHead, most);
        let inner = Mail::new(message);
        used + self.add(&inner.text(), Place::EnclosedBody, most.saturating_sub(used))
    }

    fn add(&mut self, text: &str, place: Place, most: usize) -> usize {
        let text = limits::clip(text, most);
        let room = LINES.saturating_sub(self.lines.len());
        for line in text.lines().take(room) {
            // Programs that make text of a page leave this behind.
            let line =
                if line.contains("&nbsp;") { Cow::Owned(line.replace("&nbsp;", " ")) } else { Cow::Borrowed(line) };
            let line = line.trim_end();
            match self.lines.last_mut() {
                Some(last)
                    if place == Place::Body
                        && last.place == place
                        && (is_broken(&last.text, line) || is_parted(&last.text)) =>
                {
                    last.text.push(' ');
                    last.text.push_str(line);
                }
                _ => self.lines.extend(pieces(line).map(|piece| Line { text: piece.to_owned(), place })),
            }
        }
        self.lines.truncate(LINES);
        text.len()
    }
}

/// A line; the head of a mail that a mail program pasted as one line is cut before each of its fields.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let joined = text.len() > 300 && text.starts_with("Received: ");
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let line = rest?;
        let next = if joined { line.match_indices(' ').map(|(at, _)| at).find(|at| is_field(line, *at)) } else { None };
        rest = next.and_then(|at| line.get(at + 1..));
        Some(next.and_then(|at| line.get(..at)).unwrap_or(line))
    })
}

/// Whether the name of a field of a mail's head follows a blank.
fn is_field(line: &str, at: usize) -> bool {
    const SHORT: [&str; 6] = ["Received", "From", "To", "Subject", "Date", "Cc"];
    let Some((name, _)) = line.get(at + 1..).and_then(|r| r.split_once(' ')) else { return false };
    let Some(name) = name.strip_suffix(':') else { return false };
    SHORT.contains(&name)
        || name.contains('-')
            && name.starts_with(|c: char| c.is_ascii_uppercase())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// Whether a mail program broke a defanged link behind its dot.
fn is_parted(line: &str) -> bool {
    line.len() >= 16 && ["[.]", "(.)", "[dot]", "(dot)"].iter().any(|dot| line.ends_with(dot))
}

/// Whether a plain text is really the source of a page.
fn is_markup(text: &str) -> bool {
    let head = limits::clip(text.trim_start(), 4096).to_ascii_lowercase();
    head.starts_with('<')
        && ["<p>", "<br", "<div", "<table", "<html", "</p>"].iter().filter(|tag| head.contains(**tag)).count() >= 2
}

/// Whether a mail program broke a row of values between these lines: it is too long with the next word, and no sentence.
fn is_broken(line: &str, next: &str) -> bool {
    const WIDTH: usize = 70;
    let commas = |text: &str| text.bytes().filter(|b| *b == b',').count();
    let word = next.split(' ').next().unwrap_or_default();
    let row = |text: &str| commas(text) >= 2 && text.contains('.') || commas(text) >= 3;
    commas(line) >= 1
        // Whole rows have as many values as their neighbours.
        && commas(line) != commas(next)
        && commas(line) + commas(next) >= 3
        && (row(line) || row(next))
        && line.len() < 85
        && line.len() + 1 + word.len() > WIDTH
        && !line.contains(". ")
        && !next.contains(". ")
        && !line.ends_with(['.', ':', ';', '>', '!'])
}
