//! How much of anything we are ready to read: hostile input must cost neither time nor memory.

/// Largest report: the same bound as the HTTP intake.
pub(crate) const INPUT_BYTES: usize = 25 * 1024 * 1024;
/// Archives of one mail that are opened.
pub(crate) const MAIL_ARCHIVES: usize = 10;
/// Files in one archive.
pub(crate) const ARCHIVE_ENTRIES: usize = 100;
/// All files of one archive, unpacked.
pub(crate) const UNPACKED_BYTES: u64 = 256 * 1024 * 1024;
/// Unpacked to packed. Deflate reaches 1032; real feeds stay below 60.
pub(crate) const ARCHIVE_RATIO: u64 = 250;
/// Below this size the ratio does not matter.
pub(crate) const ARCHIVE_SMALL: u64 = 8 * 1024 * 1024;
/// Forwarded mails and archives inside one another.
pub(crate) const DEPTH: u8 = 3;
/// Events of one report.
pub(crate) const EVENTS: usize = 500_000;
/// Values of one JSON text; evidence in base64 counts as one.
pub(crate) const JSON_VALUES: usize = 1_000_000;
/// Lines of one mail.
const MIME_LINES: usize = 1_000_000;
/// Boundary-like lines of one mail.
const MIME_BOUNDARIES: usize = 20_000;
/// `multipart/` and `message/` in one mail: how deep its parts can nest.
const MIME_NESTING: usize = 200;
/// The same for large mails, where looking for a missing boundary costs most.
const MIME_NESTING_LARGE: usize = 50;
/// Header fields of one mail that are looked at; real mails have less than a hundred.
pub(crate) const HEADERS: usize = 2000;
/// Text of a mail that the readers of free text look at.
pub(crate) const TEXT_BYTES: usize = 256 * 1024;
/// One name, subject, reference, reason or fault.
pub(crate) const NAME_BYTES: usize = 500;
/// One source; only URLs come near it.
pub(crate) const SOURCE_BYTES: usize = 2000;
/// One detail of an event.
pub(crate) const DETAIL_BYTES: usize = 300;

/// The first `max` bytes.
pub(crate) fn head(bytes: &[u8], max: usize) -> &[u8] {
    bytes.get(..bytes.len().min(max)).unwrap_or_default()
}

/// The longest prefix of at most `max` bytes that ends between characters.
pub(crate) fn clip(text: &str, max: usize) -> &str {
    if text.len() <= max {
        return text;
    }
    let mut end = max;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// Cuts a text to at most `max` bytes and takes out control characters, NUL among them, which PostgreSQL refuses.
pub(crate) fn shorten(text: &mut String, max: usize) {
    if text.len() > max {
        text.truncate(clip(text, max).len());
    }
    // 0xc2 leads the control characters beyond ASCII.
    let suspicious = text.bytes().any(|b| b < 0x20 || b == 0x7f || b == 0xc2);
    if suspicious && text.chars().any(char::is_control) {
        *text = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    }
}

/// Why a mail should not even be split into parts, if so.
pub(crate) fn hostile_mail(bytes: &[u8]) -> Option<String> {
    // So few bytes cannot nest deep enough to hurt.
    if bytes.len() < 16 * 1024 {
        return None;
    }
    let (mut lines, mut boundaries, mut nesting) = (0_usize, 0_usize, 0_usize);
    let mut start = true;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'\n' => lines += 1,
            b'-' if start && bytes.get(at + 1) == Some(&b'-') => boundaries += 1,
            b'/' if ends_with(bytes, at, b"multipart") || ends_with(bytes, at, b"message") => nesting += 1,
            _ => {}
        }
        start = *byte == b'\n';
    }
    let most = if bytes.len() > 4 * 1024 * 1024 { MIME_NESTING_LARGE } else { MIME_NESTING };
    if lines > MIME_LINES {
        Some(format!("the mail has {lines} lines; at most {MIME_LINES} are read"))
    } else if boundaries > MIME_BOUNDARIES {
        Some(format!("the mail has {boundaries} boundary lines; at most {MIME_BOUNDARIES} are read"))
    } else if nesting > most {
        Some(format!("the mail names {nesting} inner parts; at most {most} are read"))
    } else {
        None
    }
}

fn ends_with(bytes: &[u8], end: usize, word: &[u8]) -> bool {
    end.checked_sub(word.len())
        .and_then(|start| bytes.get(start..end))
        .is_some_and(|part| part.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clips_between_characters() {
        assert_eq!(clip("aäb", 2), "a");
        assert_eq!(clip("aäb", 9), "aäb");
    }

    #[test]
    fn deep_nesting_is_refused_before_it_is_split() {
        let bomb = "Content-Type: message/rfc822\n\n".repeat(10_000);
        assert!(hostile_mail(bomb.as_bytes()).unwrap().contains("inner parts"));
        let lines = "a:b\n".repeat(1_200_000);
        assert!(hostile_mail(lines.as_bytes()).unwrap().contains("lines"));
        assert_eq!(hostile_mail("Subject: x\n\nhello\n".repeat(2000).as_bytes()), None);
    }
}
