//! The mail server hands reports over by LMTP (RFC 2033): 250 is said for each recipient once the bytes are durable,
//! 451 while the store is away, so that the mail server keeps the mail.
use super::lmtp_line::{Line, Text, command, text};
use crate::{
    config::channel::Door,
    desk::{Arrival, Desk, Kept},
};
use domain::{
    limit::REPORT_BYTES_MAX,
    refusal::Refusal,
    report::{Channel, Envelope},
};
use std::{io, os::unix::fs::PermissionsExt as _, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncBufRead, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader},
    net::{TcpListener, UnixListener, UnixStream},
    sync::Semaphore,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

/// Its name among the channels.
const NAME: &str = "lmtp";
/// Recipients of one mail (RFC 5321 §4.5.3.1.8 asks for 100 at least).
const RECIPIENTS_MAX: usize = 100;
/// Mail servers at once.
const SESSIONS_MAX: usize = 50;
/// Wait for a command (RFC 5321 §4.5.3.2.7).
const COMMAND_TIME_MAX: Duration = Duration::from_secs(300);
/// Wait for a whole mail.
const TEXT_TIME_MAX: Duration = Duration::from_secs(600);
/// Wait for the store before the mail server is asked to try again.
const STORE_TIME_MAX: Duration = Duration::from_secs(60);
/// Pause before another try to open the door.
const AGAIN: Duration = Duration::from_secs(5);

/// Listens until it is asked to stop.
pub(super) async fn listen(desk: Desk, stop: CancellationToken) {
    let Some(door) = desk.config().lmtp_door() else { return };
    loop {
        let outcome = tokio::select! {
            outcome = open(&desk, &door) => outcome,
            () = stop.cancelled() => break,
        };
        let Err(error) = outcome;
        let problem = format!("cannot listen on {}: {error}", desk.config().text("lmtp.listen"));
        tracing::error!(problem, "lmtp");
        if let Err(error) = desk.channel_failed(NAME, &problem).await {
            tracing::warn!(%error, "the store is away");
        }
        tokio::select! {
            () = tokio::time::sleep(AGAIN) => {}
            () = stop.cancelled() => break,
        }
    }
    if let Door::Unix(path) = door {
        // The next process makes its own.
        let _ = std::fs::remove_file(path);
    }
}

/// Accepts mail servers for ever.
async fn open(desk: &Desk, door: &Door) -> io::Result<std::convert::Infallible> {
    let places = Arc::new(Semaphore::new(SESSIONS_MAX));
    match door {
        Door::Tcp(address) => {
            let listener = TcpListener::bind(address).await?;
            opened(desk).await;
            loop {
                let (stream, _) = listener.accept().await?;
                serve(desk, &places, stream).await;
            }
        }
        Door::Unix(path) => {
            // A socket that nobody listens on is what a killed process left behind.
            if path.exists() && UnixStream::connect(path).await.is_err() {
                std::fs::remove_file(path)?;
            }
            let listener = UnixListener::bind(path)?;
            // Who may enter its folder may hand mail over: the mail server runs as somebody else.
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o666))?;
            opened(desk).await;
            loop {
                let (stream, _) = listener.accept().await?;
                serve(desk, &places, stream).await;
            }
        }
    }
}

async fn opened(desk: &Desk) {
    tracing::info!(door = desk.config().text("lmtp.listen"), "lmtp");
    if let Err(error) = desk.channel_went_well(NAME, None).await {
        tracing::warn!(%error, "the store is away");
    }
}

async fn serve(desk: &Desk, places: &Arc<Semaphore>, stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) {
    // Whoever comes when all places are taken waits in the queue of the system.
    let Ok(place) = places.clone().acquire_owned().await else { return };
    let desk = desk.clone();
    tokio::spawn(async move {
        let (from, to) = tokio::io::split(stream);
        let mut session =
            Session { desk, from: BufReader::new(from), to, greeted: false, sender: None, recipients: Vec::new() };
        if let Err(error) = session.talk().await {
            tracing::debug!(%error, "a mail server hung up");
        }
        drop(place);
    });
}

/// A talk with a mail server.
struct Session<R, W> {
    desk: Desk,
    from: BufReader<R>,
    to: W,
    /// LHLO was said.
    greeted: bool,
    /// MAIL was said, with this address; empty = the null sender.
    sender: Option<String>,
    recipients: Vec<String>,
}

/// Whether the talk goes on.
#[derive(PartialEq, Eq)]
enum Next {
    On,
    End,
}

impl<R: AsyncRead + Unpin, W: AsyncWrite + Unpin> Session<R, W>
where
    BufReader<R>: AsyncBufRead,
{
    async fn talk(&mut self) -> io::Result<()> {
        self.say("220 Lazaret LMTP").await?;
        loop {
            let line = match timeout(COMMAND_TIME_MAX, command(&mut self.from)).await {
                Ok(line) => line?,
                Err(_) => return self.say("421 4.4.2 too long a silence").await,
            };
            let next = match line {
                Line::Text(line) => self.answer(&line).await?,
                Line::TooLong => {
                    self.say("500 5.5.2 line too long").await?;
                    Next::On
                }
                Line::End => Next::End,
            };
            if next == Next::End {
                return Ok(());
            }
        }
    }

    async fn say(&mut self, line: &str) -> io::Result<()> {
        self.to.write_all(format!("{line}\r\n").as_bytes()).await?;
        self.to.flush().await
    }

    async fn answer(&mut self, line: &str) -> io::Result<Next> {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "LHLO" => self.greet().await?,
            // RFC 2033 §4.1: these would promise another protocol.
            "HELO" | "EHLO" => self.say("500 5.5.1 this is LMTP: say LHLO").await?,
            "MAIL" => self.mail(rest).await?,
            "RCPT" => self.recipient(rest).await?,
            "DATA" => return self.data().await,
            "RSET" => {
                self.forget();
                self.say("250 2.0.0 forgotten").await?;
            }
            "NOOP" => self.say("250 2.0.0 ok").await?,
            "VRFY" => self.say("252 2.5.2 send it and see").await?,
            "QUIT" => {
                self.say("221 2.0.0 bye").await?;
                return Ok(Next::End);
            }
            _ => self.say("500 5.5.1 unknown command").await?,
        }
        Ok(Next::On)
    }

    fn forget(&mut self) {
        self.sender = None;
        self.recipients.clear();
    }

    async fn greet(&mut self) -> io::Result<()> {
        self.greeted = true;
        self.forget();
        let size = format!("250 SIZE {REPORT_BYTES_MAX}");
        for line in ["250-Lazaret", "250-PIPELINING", "250-ENHANCEDSTATUSCODES", "250-8BITMIME", "250-SMTPUTF8", &size]
        {
            self.say(line).await?;
        }
        Ok(())
    }

    async fn mail(&mut self, rest: &str) -> io::Result<()> {
        let Some((address, parameters)) = path(rest, "FROM:") else {
            return self.say("501 5.5.4 MAIL FROM:<address> is wanted").await;
        };
        if !self.greeted || self.sender.is_some() {
            return self.say("503 5.5.1 not now").await;
        }
        let size = parameters.split(' ').find_map(|word| word.to_ascii_uppercase().strip_prefix("SIZE=")?.parse().ok());
        if size.is_some_and(|size: u64| size > REPORT_BYTES_MAX as u64) {
            return self.say(&too_large()).await;
        }
        self.sender = Some(address.to_owned());
        self.say("250 2.1.0 go on").await
    }

    async fn recipient(&mut self, rest: &str) -> io::Result<()> {
        let Some((address, _)) = path(rest, "TO:").filter(|(address, _)| !address.is_empty()) else {
            return self.say("501 5.5.4 RCPT TO:<address> is wanted").await;
        };
        if self.sender.is_none() {
            return self.say("503 5.5.1 MAIL first").await;
        }
        if self.recipients.len() >= RECIPIENTS_MAX {
            return self.say("452 4.5.3 too many recipients").await;
        }
        self.recipients.push(address.to_owned());
        self.say("250 2.1.5 go on").await
    }

    /// The text, and one answer for each recipient (RFC 2033 §4.2).
    async fn data(&mut self) -> io::Result<Next> {
        if self.recipients.is_empty() {
            self.say("503 5.5.1 no recipient").await?;
            return Ok(Next::On);
        }
        self.say("354 end with a lone dot").await?;
        let answer = match timeout(TEXT_TIME_MAX, text(&mut self.from, REPORT_BYTES_MAX)).await {
            Err(_) => {
                self.say("421 4.4.2 the mail took too long").await?;
                return Ok(Next::End);
            }
            Ok(text) => match text? {
                Text::Whole(bytes) => {
                    let (sender, recipients) = (self.sender.clone().unwrap_or_default(), self.recipients.clone());
                    keep(&self.desk, &Envelope { sender, recipients }, &bytes).await
                }
                Text::TooLarge => {
                    self.turn_away().await;
                    too_large()
                }
                Text::Broken => return Ok(Next::End),
            },
        };
        for _ in 0..self.recipients.len() {
            self.say(&answer).await?;
        }
        self.forget();
        Ok(Next::On)
    }

    async fn turn_away(&mut self) {
        let what = format!("a mail to {}", self.recipients.first().map_or("nobody", String::as_str));
        let reason = format!("larger than {} MiB; its sender was told", REPORT_BYTES_MAX / (1024 * 1024));
        if let Err(error) = self.desk.channel_turned_away(NAME, &what, &reason).await {
            tracing::warn!(%error, "the store is away");
        }
    }
}

fn too_large() -> String {
    format!("552 5.3.4 at most {REPORT_BYTES_MAX} bytes")
}

/// Makes the mail durable; the answer.
async fn keep(desk: &Desk, envelope: &Envelope, bytes: &[u8]) -> String {
    let arrival =
        Arrival { channel: Channel::Lmtp, bytes, content_type: "message/rfc822", file_name: "", read_by_caller: false };
    let kept = Kept { channel: NAME, item: None, mark: None, envelope: Some(envelope) };
    match timeout(STORE_TIME_MAX, desk.channel_receive(kept, arrival)).await {
        Ok(Ok(Some(received))) => format!("250 2.0.0 kept as {}", received.id),
        Ok(Ok(None)) => "250 2.0.0 kept before".to_owned(),
        Ok(Err(error)) if matches!(error.refusal(), Some(Refusal::Limit(_))) => too_large(),
        Ok(Err(error)) => {
            tracing::error!(%error, "a mail is left with the mail server");
            "451 4.3.0 the desk cannot keep it right now; try again".to_owned()
        }
        Err(_) => "451 4.3.0 the desk's store does not answer; try again".to_owned(),
    }
}

/// Address and parameters of `FROM:<address> parameters`.
fn path<'a>(rest: &'a str, word: &str) -> Option<(&'a str, &'a str)> {
    let rest = rest.trim_start();
    let (head, rest) = rest.split_at_checked(word.len())?;
    if !head.eq_ignore_ascii_case(word) {
        return None;
    }
    let (address, parameters) = rest.trim_start().strip_prefix('<')?.split_once('>')?;
    Some((address, parameters.trim()))
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn paths_are_read_as_mail_servers_write_them() {
        assert_eq!(path("FROM:<a@x.example> SIZE=5", "FROM:"), Some(("a@x.example", "SIZE=5")));
        assert_eq!(path("from: <>", "FROM:"), Some(("", "")));
        assert_eq!(path("TO:<é@x.example>", "TO:"), Some(("é@x.example", "")));
        assert_eq!(path("é", "TO:"), None);
        assert_eq!(path("TO:a@x.example", "TO:"), None);
    }
}
