//! The mailer: takes owed notices and hands them to the relay; without a relay they are kept for the mail page.
use crate::desk::{Desk, DeskError, Relayed};
use chrono::{DateTime, Utc};
use domain::notice::MailWay;
use domain::passing::Passing;
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    address::Envelope,
    message::{Attachment, Mailbox, MultiPart, SinglePart, header},
    transport::smtp::{Error as SmtpError, PoolConfig},
};
use std::time::Duration;

/// Longest wait for one answer of the relay.
const ANSWER_MAX: Duration = Duration::from_secs(40);
/// Longest time for a whole mail; below the job's lease, so that nobody else takes it meanwhile.
const MAIL_MAX: Duration = Duration::from_secs(75);
/// Mails on their way at the same time.
pub(super) const AT_ONCE: usize = 4;

/// Speaks to the relay.
pub struct Mailer {
    desk: Desk,
    relay: Option<AsyncSmtpTransport<Tokio1Executor>>,
    name: String,
}

impl Mailer {
    /// A mailer for the desk's settings; `name` tells the workers of all replicas apart.
    ///
    /// # Errors
    /// [`DeskError::Broken`] when `smtp.url` is not one.
    pub fn new(desk: &Desk, name: &str) -> Result<Self, DeskError> {
        let url = desk.config().text("smtp.url");
        let relay = if url.is_empty() {
            None
        } else {
            // The address may hold a password: it is not repeated.
            let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
                .map_err(|error| DeskError::Broken(format!("smtp.url: {error}")))?;
            let pool = PoolConfig::new().max_size(u32::try_from(AT_ONCE).unwrap_or(4));
            Some(builder.timeout(Some(ANSWER_MAX)).pool_config(pool).build())
        };
        Ok(Self { desk: desk.clone(), relay, name: format!("{name}-{}", uuid::Uuid::now_v7().simple()) })
    }

    /// Delivers one owed notice; false when none is due.
    ///
    /// # Errors
    /// Only when the store fails; the notice is then taken up again after the job's lease.
    pub async fn deliver_one(&self) -> Result<bool, DeskError> {
        let Some(delivery) = self.desk.begin_delivery(&self.name).await? else { return self.deliver_letter().await };
        let notice = &delivery.notice;
        let relayed = self
            .relay(&Outgoing {
                return_to: notice.return_address(self.desk.config().bounce_domain()),
                recipient: &notice.recipient,
                subject: &notice.subject,
                body: &notice.body,
                message_id: &notice.message_id,
                language: &notice.language,
                in_reply_to: "",
                written_at: notice.created_at,
                automatic: false,
                attachment: None,
            })
            .await;
        if let Relayed::Later(answer) | Relayed::Away(answer) | Relayed::Never(answer) = &relayed {
            tracing::warn!(notice = %delivery.notice.id, answer, "mail not taken");
        }
        self.desk.settle_delivery(&self.name, &delivery, &relayed).await?;
        Ok(true)
    }

    /// Delivers one owed letter to a reporter; false when none is due.
    async fn deliver_letter(&self) -> Result<bool, DeskError> {
        let Some(delivery) = self.desk.begin_letter(&self.name).await? else { return Ok(false) };
        let letter = &delivery.letter;
        let relayed = self
            .relay(&Outgoing {
                return_to: letter.return_address(self.desk.config().bounce_domain()),
                recipient: &letter.recipient,
                subject: &letter.subject,
                body: &letter.body,
                message_id: &letter.message_id,
                language: "en",
                in_reply_to: &letter.in_reply_to,
                written_at: letter.created_at,
                automatic: letter.kind.automatic(),
                attachment: None,
            })
            .await;
        self.desk.settle_letter(&self.name, &delivery, &relayed).await?;
        Ok(true)
    }

    /// Gives evidence to somebody outside: a few words, and the file.
    pub(super) async fn pass_on(&self, passing: &Passing) -> Relayed {
        let config = self.desk.config();
        let (desk, n) = (config.text("desk.name"), passing.events);
        let reports = if n == 1 { "one abuse report".to_owned() } else { format!("{n} abuse reports") };
        let note = if passing.note.is_empty() { String::new() } else { format!("{}\n\n", passing.note) };
        let body = format!(
            "{note}{desk} passes on {reports}, attached as {} in the format XARF v4 (xarf.org).\n\n-- \n{desk}\n{}\n",
            passing.file_name(),
            config.text("mail.from")
        );
        let domain = config.mail_domain();
        self.relay(&Outgoing {
            return_to: format!("bounce+{}@{}", passing.id, config.bounce_domain()),
            recipient: &passing.target,
            subject: &format!("Abuse report from {desk}"),
            body: &body,
            message_id: &format!("<{}@{domain}>", passing.id),
            language: "en",
            in_reply_to: "",
            written_at: passing.made_at,
            automatic: false,
            attachment: Some((passing.file_name(), passing.media_type(), &passing.body)),
        })
        .await
    }

    async fn relay(&self, mail: &Outgoing<'_>) -> Relayed {
        let Some(relay) = &self.relay else {
            return match self.desk.outgoing() {
                MailWay::Kept => Relayed::Taken("kept here: no smtp.url set".to_owned()),
                MailWay::Waiting | MailWay::Relay => Relayed::Away("no relay is set: smtp.url".to_owned()),
            };
        };
        let (envelope, bytes) = match self.written(mail) {
            Ok(written) => written,
            Err(problem) => return Relayed::Never(format!("not a mail that can be sent: {problem}")),
        };
        match tokio::time::timeout(MAIL_MAX, relay.send_raw(&envelope, &bytes)).await {
            Err(_) => Relayed::Away("the relay did not answer in time".to_owned()),
            Ok(Ok(response)) => {
                let text: Vec<&str> = response.message().collect();
                Relayed::Taken(shortened(&format!("{} {}", response.code(), text.join(" "))))
            }
            Ok(Err(error)) => judged(&error),
        }
    }

    /// The mail as it leaves: the same bytes at every try.
    fn written(&self, mail: &Outgoing<'_>) -> Result<(Envelope, Vec<u8>), Box<dyn std::error::Error + Send + Sync>> {
        let config = self.desk.config();
        let from: Address = config.text("mail.from").parse()?;
        let to: Address = mail.recipient.parse()?;
        let back: Address = mail.return_to.parse()?;
        let sender = Mailbox::new(Some(config.text("desk.name").to_owned()), from);
        // RFC 3834 section 5: what a machine answers by itself says so.
        let submitted = if mail.automatic { "auto-replied" } else { "auto-generated" };
        let mut message = Message::builder()
            .message_id(Some(mail.message_id.to_owned()))
            .date(mail.written_at.into())
            .from(sender.clone())
            .reply_to(sender)
            .to(Mailbox::new(None, to.clone()))
            .subject(mail.subject.to_owned())
            .raw_header(raw("Auto-Submitted", submitted)?)
            .raw_header(raw("Content-Language", mail.language)?);
        if !mail.in_reply_to.is_empty() {
            message = message.in_reply_to(mail.in_reply_to.to_owned()).references(mail.in_reply_to.to_owned());
        }
        let message = match mail.attachment {
            None => message.header(header::ContentType::TEXT_PLAIN).body(mail.body.to_owned())?,
            Some((name, kind, text)) => {
                let file = Attachment::new(name.to_owned()).body(text.to_owned(), header::ContentType::parse(kind)?);
                message.multipart(
                    MultiPart::mixed().singlepart(SinglePart::plain(mail.body.to_owned())).singlepart(file),
                )?
            }
        };
        // An answer written by a machine has the null return path: nothing ever answers it.
        Ok((Envelope::new((!mail.automatic).then_some(back), vec![to])?, message.formatted()))
    }
}

/// A mail on its way out, whatever it is about.
struct Outgoing<'m> {
    /// Address that a bounce comes back to.
    return_to: String,
    recipient: &'m str,
    subject: &'m str,
    body: &'m str,
    message_id: &'m str,
    language: &'m str,
    /// Message-ID it answers, or empty.
    in_reply_to: &'m str,
    written_at: DateTime<Utc>,
    /// Written by a machine without a person's act (RFC 3834).
    automatic: bool,
    /// A file: its name, its media type and what is in it.
    attachment: Option<(&'m str, &'m str, &'m str)>,
}

fn raw(name: &'static str, value: &str) -> Result<header::HeaderValue, header::InvalidHeaderName> {
    Ok(header::HeaderValue::new(header::HeaderName::new_from_ascii(name.to_owned())?, value.to_owned()))
}

fn judged(error: &SmtpError) -> Relayed {
    let words = shortened(&words(error));
    if error.is_permanent() {
        Relayed::Never(words)
    } else if error.is_transient() {
        Relayed::Later(words)
    } else {
        Relayed::Away(words)
    }
}

/// The error with its causes: lettre keeps the relay's words in the cause.
fn words(error: &SmtpError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        cause = inner.source();
    }
    text
}

fn shortened(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect()
}
