//! The lines of LMTP: commands up to a length, and a mail's text up to its lone dot.
use std::io;
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _};

/// Longest command with its parameters, in bytes: RFC 5321 §4.5.3.1.4 asks for 512, extensions add to it.
const COMMAND_BYTES_MAX: usize = 2048;

/// A command line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Its text without the end.
    Text(String),
    /// Longer than [`COMMAND_BYTES_MAX`]; it was passed over.
    TooLong,
    /// The other side has hung up.
    End,
}

/// The text of a mail.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Text {
    /// The bytes, dots unstuffed.
    Whole(Vec<u8>),
    /// More than allowed; it was passed over up to its end.
    TooLarge,
    /// The other side hung up in the middle, or would not come to an end.
    Broken,
}

/// Reads a command.
pub(super) async fn command(from: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Line> {
    let mut line = Vec::new();
    let mut too_long = false;
    loop {
        let part = from.fill_buf().await?;
        if part.is_empty() {
            return Ok(Line::End);
        }
        let end = part.iter().position(|byte| *byte == b'\n');
        let taken = end.map_or(part.len(), |end| end + 1);
        too_long |= line.len() + taken > COMMAND_BYTES_MAX;
        if !too_long {
            line.extend_from_slice(part.get(..taken).unwrap_or_default());
        }
        from.consume(taken);
        if end.is_some() {
            break;
        }
    }
    if too_long {
        return Ok(Line::TooLong);
    }
    Ok(Line::Text(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned()))
}

/// Where the reader of a mail's text stands. Only CR LF ends a line: a bare LF before a dot is part of the mail, or a
/// sender could smuggle a second mail in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    LineStart,
    Dot,
    DotCr,
    Inside,
    Cr,
}

/// Unstuffs a mail's text, byte by byte.
struct Unstuff {
    at: At,
    text: Vec<u8>,
    seen: usize,
    max: usize,
}

impl Unstuff {
    /// Takes one byte; true at the end of the text.
    fn take(&mut self, byte: u8) -> bool {
        self.seen += 1;
        match (self.at, byte) {
            (At::LineStart, b'.') => {
                self.at = At::Dot;
                return false;
            }
            (At::Dot, b'\r') => {
                self.at = At::DotCr;
                return false;
            }
            (At::DotCr, b'\n') => return true,
            (At::DotCr, _) => self.keep(b'\r'),
            _ => {}
        }
        self.keep(byte);
        self.at = match (self.at, byte) {
            (_, b'\r') => At::Cr,
            (At::Cr, b'\n') => At::LineStart,
            _ => At::Inside,
        };
        false
    }

    fn keep(&mut self, byte: u8) {
        // One more than allowed is enough to know that it is too large.
        if self.text.len() <= self.max {
            self.text.push(byte);
        }
    }
}

/// Reads a mail's text of at most `max` bytes.
pub(super) async fn text(from: &mut (impl AsyncBufRead + Unpin), max: usize) -> io::Result<Text> {
    let mut unstuff = Unstuff { at: At::LineStart, text: Vec::new(), seen: 0, max };
    loop {
        let part = from.fill_buf().await?;
        if part.is_empty() || unstuff.seen > max.saturating_mul(8) {
            return Ok(Text::Broken);
        }
        let end = part.iter().position(|byte| unstuff.take(*byte));
        let taken = end.map_or(part.len(), |end| end + 1);
        from.consume(taken);
        if end.is_some() {
            let too_large = unstuff.text.len() > max;
            return Ok(if too_large { Text::TooLarge } else { Text::Whole(unstuff.text) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Line, Text, command, text};

    async fn read(bytes: &[u8], max: usize) -> Text {
        text(&mut tokio::io::BufReader::with_capacity(3, bytes), max).await.unwrap()
    }

    #[tokio::test]
    async fn dots_are_unstuffed_and_the_lone_dot_ends() {
        assert_eq!(read(b"a\r\n..b\r\n.\r\nQUIT\r\n", 99).await, Text::Whole(b"a\r\n.b\r\n".to_vec()));
        assert_eq!(read(b".\r\n", 99).await, Text::Whole(Vec::new()));
        assert_eq!(read(b"a\n.\r\nb\r\n.\r\n", 99).await, Text::Whole(b"a\n.\r\nb\r\n".to_vec()));
        assert_eq!(read(b"a\r\n.\rb\r\n.\r\n", 99).await, Text::Whole(b"a\r\n\rb\r\n".to_vec()));
        assert_eq!(read(b"a\r\n", 99).await, Text::Broken);
    }

    #[tokio::test]
    async fn too_much_is_passed_over() {
        assert_eq!(read(b"12345678\r\n.\r\n", 10).await, Text::Whole(b"12345678\r\n".to_vec()));
        assert_eq!(read(b"123456789\r\n.\r\n", 10).await, Text::TooLarge);
        assert_eq!(read(&[b'x'; 200], 10).await, Text::Broken);
    }

    #[tokio::test]
    async fn commands_end_with_their_line() {
        let long = [b"x".repeat(3000), b"\r\nNOOP\r\n".to_vec()].concat();
        let mut from = tokio::io::BufReader::new(long.as_slice());
        assert_eq!(command(&mut from).await.unwrap(), Line::TooLong);
        assert_eq!(command(&mut from).await.unwrap(), Line::Text("NOOP".into()));
        assert_eq!(command(&mut from).await.unwrap(), Line::End);
    }
}
