//! Reads abuse reports: bytes in, normalised events out, with a reason for everything that is not an event.
//!
//! [`parse`] is total: any bytes give a [`Parsed`]. It does no IO and has no clock; the caller says when
//! the report arrived. [`open`] reads the same and hands the events over one by one, so that a table of any length needs
//! no more memory than its bytes. Parsers are versioned ([`PARSER_VERSION`]) so that parked reports can be read again.
mod address;
mod archive;
mod arf;
mod attached;
mod auto_reply;
mod block;
mod copies;
mod csv_file;
mod detect;
mod dsn;
mod dsn_text;
mod enclosed;
mod events;
mod eyes;
mod feed;
mod foreign;
mod jmrp;
mod json;
mod limits;
pub mod line;
mod mail;
mod mail_readers;
mod named;
mod parsed;
pub mod profile;
mod provenance;
mod role;
mod shadowserver;
mod shadowserver_types;
mod sighting;
mod spreadsheet;
mod suggestion;
mod summary;
mod text;
mod time;
mod typed;
mod xarf3;
mod xarf4;
mod xarf4_schema;
mod xarf_old;
mod xml;

pub use events::Opened;
pub use eyes::{Readable, readable};
pub use parsed::{Bounce, Parsed};
pub use provenance::provenance;
pub use suggestion::{Hinted, Moment, Suggestion, suggest};
pub use typed::Typed;

use chrono::{DateTime, Utc};
use domain::event::{Disposition, Format};
use sha2::{Digest, Sha256};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Raised with every change that makes a parser read something differently.
pub const PARSER_VERSION: i64 = 5;

/// What the channel said about the bytes; both may be absent or wrong.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hint<'a> {
    /// Media type, such as `message/rfc822`.
    pub content_type: Option<&'a str>,
    /// Name of the file or attachment, without a meaning for its folder.
    pub file_name: Option<&'a str>,
}

/// What every reader needs to know about the report it is reading.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context<'c> {
    /// When the report reached us: the time assumed for events that give none.
    pub(crate) received_at: DateTime<Utc>,
    /// How deep inside forwarded mails and archives we are.
    pub(crate) depth: u8,
    /// The bytes we are inside of, when the events of their tables are read from them as they are asked for; `None` keeps
    /// all events.
    pub(crate) streamed: Option<&'c Arc<Vec<u8>>>,
}

impl Context<'_> {
    /// At the top of a report all of whose events are kept.
    pub(crate) fn of(received_at: DateTime<Utc>) -> Self {
        Self { received_at, depth: 0, streamed: None }
    }

    pub(crate) fn deeper(self) -> Self {
        Self { depth: self.depth.saturating_add(1), ..self }
    }
}

/// Reads one report. Never fails and never panics: what cannot be read comes back as
/// [`Disposition::Unreadable`](domain::event::Disposition::Unreadable) or
/// [`NeedsHuman`](domain::event::Disposition::NeedsHuman) with a reason.
#[must_use]
pub fn parse(bytes: &[u8], hint: Hint<'_>, received_at: DateTime<Utc>) -> Parsed {
    read(bytes, hint, Context::of(received_at)).collect()
}

/// The same for who takes the events one after the other: the events of a large table are not kept in memory but read
/// from the bytes, which stay, each time they are asked for.
#[must_use]
pub fn open(bytes: &Arc<Vec<u8>>, hint: Hint<'_>, received_at: DateTime<Utc>) -> Opened {
    read(bytes, hint, Context { streamed: Some(bytes), ..Context::of(received_at) })
}

fn read(bytes: &[u8], hint: Hint<'_>, context: Context<'_>) -> Opened {
    // A fault in a reader or in a library must park one report, not stop the desk.
    let outcome = catch_unwind(AssertUnwindSafe(|| detect::read(bytes, hint, context)));
    let mut opened = Opened::of(outcome.unwrap_or_else(|_| {
        Parsed::unreadable(Format::Unknown, "the reader failed on these bytes; they are kept and can be read again")
    }));
    let parsed = &mut opened.parsed;
    if parsed.disposition == Disposition::NeedsHuman && parsed.suggestion.is_none() {
        parsed.suggestion = Some(suggest(bytes, hint, context.received_at, &[]));
    }
    parsed.sha256 = sha256_hex(bytes);
    opened
}

/// SHA-256 of the bytes in lower-case hex.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
