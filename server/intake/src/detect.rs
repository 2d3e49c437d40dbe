//! What kind of bytes these are, judged by the bytes first and by the channel's hints second.
use crate::text::document::Document;
use crate::{Context, Hint, Parsed, archive, csv_file, feed, foreign, json, limits, mail_readers, named};
use domain::event::Format;
use std::borrow::Cow;

/// Reads bytes of any kind.
pub(crate) fn read(bytes: &[u8], hint: Hint<'_>, context: Context) -> Parsed {
    if bytes.len() > limits::INPUT_BYTES {
        // Feeds are read row by row: for them alone size does not matter much.
        let feed = (bytes.len() as u64 <= limits::UNPACKED_BYTES)
            .then(|| csv_file::read_known(bytes, hint.file_name, context))
            .flatten();
        if let Some(parsed) = feed {
            return parsed;
        }
        let size = bytes.len() / (1024 * 1024);
        return Parsed::parked(
            Format::Unknown,
            format!("larger than 25 MiB ({size} MiB): ask the reporter for smaller files"),
        );
    }
    let bytes = decode_utf16(bytes);
    let body = without_preamble(&bytes);
    if body.is_empty() {
        return Parsed::unreadable(Format::Unknown, "empty: there is nothing to read");
    }
    if archive::is_zip(body) {
        return archive::read(body, context);
    }
    if archive::is_gzip(body) {
        return archive::read_gzip(body, hint.file_name, context);
    }
    let text = String::from_utf8_lossy(body);
    if matches!(body.first(), Some(b'{' | b'['))
        && let Some(parsed) = json::read(&text, context)
    {
        return parsed;
    }
    if is_mail(body, hint) {
        return mail_readers::read(body, context);
    }
    if let Some(parsed) = csv_file::read(body, hint, context) {
        return parsed;
    }
    rest(&text, body, context)
}

/// The readable text of bytes of any kind; empty for an archive or other binary data.
pub(crate) fn document(bytes: &[u8], hint: Hint<'_>) -> Document {
    let bytes = decode_utf16(limits::head(bytes, limits::INPUT_BYTES));
    let body = without_preamble(&bytes);
    if archive::is_zip(body) || body.starts_with(&[0x1f, 0x8b]) {
        return Document::default();
    }
    let mail = is_mail(body, hint).then(|| crate::mail_readers::document(body)).flatten();
    mail.unwrap_or_else(|| Document::of_text(&String::from_utf8_lossy(limits::head(body, limits::TEXT_BYTES))))
}

/// Text of a form that is not a report on its own.
fn rest(text: &str, body: &[u8], context: Context) -> Parsed {
    if let Some(parsed) = crate::xarf_old::read_text(text, context) {
        return parsed;
    }
    let known =
        named::read_text(text, context).or_else(|| feed::read_text(text, context)).or_else(|| foreign::read_text(text));
    if let Some(parsed) = known {
        return parsed;
    }
    let odd = body.iter().take(4096).filter(|b| **b < 0x20 && !matches!(b, b'\n' | b'\r' | b'\t' | 0x0c)).count();
    if odd * 20 > body.len().min(4096) {
        return Parsed::unreadable(Format::Unknown, "binary data of no known form");
    }
    crate::text::read_text(text, context)
}

/// Skips a byte order mark, white space and empty lines in front.
fn without_preamble(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = bytes.iter().position(|b| !b.is_ascii_whitespace() && *b != 0).unwrap_or(bytes.len());
    bytes.get(start..).unwrap_or_default()
}

pub(crate) fn decode_utf16(bytes: &[u8]) -> Cow<'_, [u8]> {
    let big_endian = match bytes {
        [0xff, 0xfe, ..] => false,
        [0xfe, 0xff, ..] => true,
        _ => return Cow::Borrowed(bytes),
    };
    let units = bytes.get(2..).unwrap_or_default().chunks_exact(2).map(|pair| match (pair, big_endian) {
        ([a, b], true) => u16::from_be_bytes([*a, *b]),
        ([a, b], false) => u16::from_le_bytes([*a, *b]),
        _ => 0,
    });
    let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    Cow::Owned(text.into_bytes())
}

/// Headers that no other kind of text starts with.
const MAIL_HEADERS: [&str; 17] = [
    "from",
    "to",
    "subject",
    "date",
    "received",
    "return-path",
    "message-id",
    "mime-version",
    "content-type",
    "delivered-to",
    "reply-to",
    "sender",
    "authentication-results",
    "envelope-to",
    "x-original-to",
    "cc",
    "x-apparently-to",
];

pub(crate) fn is_mail(body: &[u8], hint: Hint<'_>) -> bool {
    if body.starts_with(b"From ") && body.get(..200.min(body.len())).is_some_and(|head| head.contains(&b'\n')) {
        return true;
    }
    let (mut known, mut fields) = (0, 0);
    let head = body.get(..body.len().min(32 * 1024)).unwrap_or_default();
    for line in head.split(|b| matches!(b, b'\n' | b'\r')).take(400) {
        if line.is_empty() && fields > 0 {
            break;
        }
        let Some(colon) = line.iter().position(|b| *b == b':') else {
            if line.first().is_some_and(|b| !b.is_ascii_whitespace()) && fields == 0 {
                return hinted_mail(hint) && !line.contains(&b',');
            }
            continue;
        };
        let name = line.get(..colon).unwrap_or_default();
        if name.is_empty() || !name.iter().all(|b| b.is_ascii_graphic()) {
            if fields == 0 {
                return false;
            }
            continue;
        }
        fields += 1;
        if MAIL_HEADERS.iter().any(|h| name.eq_ignore_ascii_case(h.as_bytes())) {
            known += 1;
        }
    }
    known > 0 || (fields > 0 && hinted_mail(hint))
}

fn hinted_mail(hint: Hint<'_>) -> bool {
    let by_type = hint.content_type.is_some_and(|t| t.to_ascii_lowercase().starts_with("message/"));
    let by_name = hint.file_name.is_some_and(|n| {
        let n = n.to_ascii_lowercase();
        [".eml", ".msg", ".mbox"].iter().any(|end| n.ends_with(end))
    });
    by_type || by_name
}
